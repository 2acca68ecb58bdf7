//! Two people with one seat.

use super::*;

#[test]
fn a_seat_whose_holder_comes_back_is_theirs_without_a_word() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 8\n30 add leo");
    replaced(&mut rig);
    assert!(
        !rig.on_air_sources().contains(&person(&rig, "leo").camera.source.unwrap()),
        "not before it is known"
    );
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    assert_eq!(person(&rig, "leo").position, Position::OnStage);
    assert!(rig.on_air_sources().contains(&person(&rig, "leo").camera.source.unwrap()));
    rig.pass(5_000);
    assert!(!told(&rig, &Fault::SeatContested { person: "leo".into() }));
}

#[test]
fn a_hello_that_is_heard_before_the_news_of_the_replacement_is_asked_for_again() {
    for holder in [Holder::Same, Holder::Other] {
        let mut rig = rig();
        rig.hello(RoomKind::Crew, "leo", Holder::First);
        play_on(&mut rig, "20 flowing 8\n30 add leo");
        let RoomAnswer::Welcome { rev: seen, .. } = rig.hello(RoomKind::Crew, "leo", holder) else {
            panic!("no welcome")
        };
        rig.ports.tales.clear();
        replaced(&mut rig);
        let told = rig.ports.tales.iter().find_map(|(_, to, tale)| match tale {
            Tale::Stale { rev } if *to == ["leo".into()] => Some(*rev),
            _ => None,
        });
        assert!(told.is_some_and(|rev| rev > seen), "{told:?} after {seen}");
        rig.hello(RoomKind::Crew, "leo", holder);
        rig.pass(5_000);
        assert_eq!(person(&rig, "leo").contested, holder == Holder::Other);
    }
}

// S-91
#[test]
fn a_newcomer_in_a_taken_seat_waits_backstage_without_rights_and_the_host_decides() {
    let contested = Fault::SeatContested { person: "leo".into() };
    let settle = |claim| ShowCommand::Settle { person: "leo".into(), claim };
    for held in [false, true] {
        let mut rig = rig();
        if held {
            rig.hello(RoomKind::Crew, "leo", Holder::First);
        }
        rig.news(RoomKind::Air, came("leo", Role::Guest));
        play_on(&mut rig, "20 flowing 8\n30 add leo");
        replaced(&mut rig);
        assert!(rig.on_air_sources().is_empty());
        if held {
            let RoomAnswer::Welcome { passes, bind, .. } = rig.hello(RoomKind::Crew, "leo", Holder::Other)
            else {
                panic!("no welcome")
            };
            assert_eq!((passes, bind), (vec![], false));
        } else {
            rig.pass(2_000);
        }
        let leo = person(&rig, "leo");
        assert_eq!((leo.position, leo.contested), (Position::Backstage, true));
        assert_eq!(rig.stamp("leo").unwrap().may, []);
        assert!(told(&rig, &contested));
        assert_eq!(rig.call("leo", SOLO), refused(Act::Layout, Role::Viewer), "it is not known who asks");
        rig.lines.clear();
        rig.show(settle(Claim::First)).unwrap();
        assert!(ordered(&rig, "rtc put out leo of crew"));
        assert_eq!(ordered(&rig, "rtc tell air [leo] recall"), held);
        rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
        let at = rig.now + 10;
        play_on(&mut rig, &format!("{at} guest leo"));
        if held {
            rig.lines.clear();
            rig.hello(RoomKind::Crew, "leo", Holder::Other);
            assert!(ordered(&rig, "rtc put out leo of crew"), "the thief again");
            rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
            let at = rig.now + 10;
            play_on(&mut rig, &format!("{at} guest leo"));
            rig.hello(RoomKind::Crew, "leo", Holder::Same);
        }
        assert!(!person(&rig, "leo").contested && rig.stamp("leo").unwrap().may.contains(&TrackKind::Camera));
        assert!(!told(&rig, &contested));
    }
}

#[test]
fn a_first_holder_of_whom_the_audiences_room_has_not_told_yet_is_called_back_all_the_same() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.lines.clear();
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::First }).unwrap();
    assert!(ordered(&rig, "rtc tell air [leo] recall"));
    rig.lines.clear();
    rig.news(RoomKind::Air, came("leo", Role::Guest));
    assert!(ordered(&rig, "rtc tell air [leo] recall"), "the first word may have found nobody");
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    rig.lines.clear();
    rig.news(RoomKind::Air, came("leo", Role::Guest));
    assert!(!ordered(&rig, "rtc tell air [leo] recall"), "they are back");
}

#[test]
fn a_seat_given_to_a_newcomer_stays_theirs_when_the_news_of_the_replacement_comes_last() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 8\n30 add leo");
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    assert!(person(&rig, "leo").contested);
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::Newcomer }).unwrap();
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.pass(5_000);
    assert!(!person(&rig, "leo").contested);
    assert!(!told(&rig, &Fault::SeatContested { person: "leo".into() }));
}

#[test]
fn a_seat_given_to_the_newcomer_is_theirs_after_one_more_hello() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 8");
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::Newcomer }).unwrap();
    assert!(ordered(&rig, "rtc tell crew [leo] stale"));
    let RoomAnswer::Welcome { bind, .. } = rig.hello(RoomKind::Crew, "leo", Holder::Other) else {
        panic!("no welcome")
    };
    assert!(bind);
    assert!(rig.stamp("leo").unwrap().may.contains(&TrackKind::Microphone));
    let settle = ShowCommand::Settle { person: "leo".into(), claim: Claim::First };
    assert_eq!(rig.show(settle), Err(Fault::NotContested { person: "leo".into() }));
}

#[test]
fn a_client_that_was_not_well_any_more_is_taken_to_be_back() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 8\n21 flowing 32\n30 add leo\n40 stalled 8\n41 stalled 32");
    replaced(&mut rig);
    rig.pass(5_000);
    let leo = person(&rig, "leo");
    assert_eq!((leo.position, leo.contested), (Position::OnStage, false));
}

#[test]
fn the_ends_of_tracks_that_are_told_before_a_replacement_do_not_make_its_holder_unwell() {
    for (pause, contested) in [(100, true), (5_000, false)] {
        let mut rig = rig();
        play_on(&mut rig, "10 add leo");
        let sid = rig.track("leo", TrackKind::Camera, false);
        play_on(&mut rig, "20 flowing 8");
        rig.news(RoomKind::Crew, RoomNews::TrackGone { identity: "leo".into(), sid });
        rig.pass(pause);
        replaced(&mut rig);
        rig.pass(2_000);
        assert_eq!(person(&rig, "leo").contested, contested, "after {pause} ms");
    }
}

/// A connection that is slow to say hello: whose seat it is was in doubt for too long, and then it was not.
#[test]
fn who_shows_late_that_they_are_the_same_is_back_in_their_place() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 8\n30 add host\n31 add leo");
    replaced(&mut rig);
    rig.pass(2_000);
    assert_eq!((person(&rig, "leo").position, person(&rig, "leo").contested), (Position::Backstage, true));
    assert_eq!(rig.snapshot().show.program.people, ["host".into()]);
    assert_eq!(rig.ports.scene.tiles.len(), 1);
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    assert_eq!((person(&rig, "leo").position, person(&rig, "leo").contested), (Position::OnStage, false));
    assert_eq!(rig.snapshot().show.program.people, ["host".into(), "leo".into()]);
}
