//! What the server is told of people, and what can be done to them.

use super::*;

// S-85 S-91
#[test]
fn roles_positions_and_rights_are_stamped_by_the_server_as_they_change() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    let all = [TrackKind::Camera, TrackKind::Microphone, TrackKind::Screen, TrackKind::ScreenSound];
    let stamp = |role, position, may: &[TrackKind]| Some(Stamp { role, position, may: may.to_vec() });
    assert_eq!(rig.stamp("leo"), stamp(Role::Guest, Position::Backstage, &all));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(rig.stamp("leo"), stamp(Role::Guest, Position::OnStage, &all));
    let permit = |speak, video| ShowCommand::Permit { person: "leo".into(), speak, video };
    let ack = rig.show(permit(Some(false), None)).unwrap();
    assert_eq!(ack.person.unwrap().rights, Rights { speak: false, video: true });
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera, TrackKind::Screen]);
    rig.show(permit(None, Some(false))).unwrap();
    assert_eq!(rig.stamp("leo").unwrap().may, []);
    rig.show(ShowCommand::SetRole { person: "leo".into(), role: Role::Producer }).unwrap();
    assert_eq!(rig.stamp("leo"), stamp(Role::Producer, Position::Backstage, &[TrackKind::Talkback]));
    assert!(rig.snapshot().show.program.people.is_empty(), "a producer is never on air");
}

#[test]
fn whoever_comes_back_is_stamped_anew_whatever_their_token_says() {
    let mut rig = rig();
    rig.show(ShowCommand::SetRole { person: "kim".into(), role: Role::Guest }).unwrap();
    play_on(&mut rig, "20 left kim");
    rig.ports.stamps.clear();
    rig.guest("kim", Role::Cohost);
    assert_eq!(rig.stamp("kim").map(|stamp| stamp.role), Some(Role::Guest));
    assert_eq!(rig.call("kim", SOLO), refused(Act::Layout, Role::Guest));
}

#[test]
fn after_the_room_was_lost_everybody_is_stamped_again() {
    let mut rig = rig();
    rig.ports.stamps.clear();
    rig.news(RoomKind::Crew, RoomNews::Lost { gone: None });
    play_on(&mut rig, "20 left leo\n30 joined\n40 guest leo");
    assert_eq!(rig.stamp("leo").map(|stamp| stamp.position), Some(Position::Backstage));
    assert!(rig.stamp("host").is_some());
}

// S-86
#[test]
fn what_the_server_does_not_take_is_told_and_tried_again() {
    let mut rig = rig();
    let stamp = rig.stamp("leo").unwrap();
    let refused = |refused: Option<&str>| {
        Event::Rtc(RtcReport::Stamped {
            room: RoomKind::Crew,
            identity: "leo".into(),
            stamp: stamp.clone(),
            refused: refused.map(Into::into),
        })
    };
    rig.feed(refused(Some("no")));
    let failed = Fault::UpdateFailed { person: "leo".into(), said: "no".into() };
    assert!(told(&rig, &failed));
    rig.ports.stamps.clear();
    rig.pass(2_100);
    assert_eq!(rig.stamp("leo"), Some(stamp.clone()));
    rig.feed(refused(None));
    assert!(!told(&rig, &failed));
}

#[test]
fn nobody_is_switched_on_by_somebody_else() {
    let mut rig = rig();
    let mute = |kind| ShowCommand::Mute { person: "leo".into(), kind };
    rig.show(mute(TrackKind::Microphone)).unwrap();
    assert!(rig.lines.iter().any(|line| line.contains("rtc mute leo")), "{:#?}", rig.lines);
    assert_eq!(rig.studio.view(&Seat::Guest("leo".into()), rig.time()).mine.muted, [1, 0, 0]);
    let ask = ShowCommand::AskOn { person: "leo".into(), kind: TrackKind::Microphone };
    rig.show(ask).unwrap();
    let mine = rig.studio.view(&Seat::Guest("leo".into()), rig.time()).mine;
    assert_eq!(mine.asked, [TrackKind::Microphone]);
    assert!(rig.call("leo", ShowCommand::Decline { kind: TrackKind::Microphone }).is_ok());
    assert_eq!(person(&rig, "leo").asked, []);
    assert_eq!(rig.show(mute(TrackKind::Screen)), Err(Fault::NothingToMute { person: "leo".into() }));
}

#[test]
fn who_turns_on_what_was_asked_for_is_asked_no_longer() {
    let mut rig = rig();
    let ask = ShowCommand::AskOn { person: "leo".into(), kind: TrackKind::Screen };
    rig.show(ask).unwrap();
    rig.track("leo", TrackKind::Screen, false);
    assert_eq!(person(&rig, "leo").asked, []);
}

#[test]
fn a_desk_mutes_the_host_and_cannot_unmute_them() {
    let mut rig = rig();
    rig.wish(Actor::LocalHost, Command::Here(HereCommand::Microphone { on: true })).unwrap();
    rig.call("kim", ShowCommand::Mute { person: "host".into(), kind: TrackKind::Microphone }).unwrap();
    assert!(!person(&rig, "host").microphone.on);
    let ask = ShowCommand::AskOn { person: "host".into(), kind: TrackKind::Microphone };
    assert_eq!(rig.call("kim", ask), refused(Act::AskOn, Role::Host));
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: LaneId(1), muted: false });
    assert!(!person(&rig, "host").microphone.on);
}

#[test]
fn what_the_server_muted_of_this_machine_stays_muted() {
    let mut rig = rig();
    rig.wish(Actor::LocalHost, Command::Here(HereCommand::Camera { on: true })).unwrap();
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: LaneId(0), muted: true });
    assert!(!person(&rig, "host").camera.on);
    assert!(told(&rig, &Fault::MutedByHost { kind: TrackKind::Camera }));
}

#[test]
fn who_is_removed_is_out_and_who_is_refused_stays_out_until_readmitted() {
    let mut rig = rig();
    let out = |refuse| ShowCommand::Remove { person: "leo".into(), refuse };
    rig.show(out(false)).unwrap();
    assert!(ordered(&rig, "rtc put out leo of crew"));
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    assert_eq!(person(&rig, "leo").presence, Presence::Left);
    rig.lines.clear();
    play_on(&mut rig, "30 guest leo");
    assert!(!ordered(&rig, "rtc put out leo of crew"));
    rig.show(out(true)).unwrap();
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    for n in 0..3 {
        rig.lines.clear();
        play_on(&mut rig, &format!("{} guest leo", 100 + n));
        assert!(ordered(&rig, "rtc put out leo of crew"));
        assert_eq!(rig.stamp("leo").unwrap().may, [], "and given no right meanwhile");
        assert_eq!(person(&rig, "leo").presence, Presence::Removed);
        let answer = rig.hello(RoomKind::Crew, "leo", Holder::Same);
        assert_eq!(answer, RoomAnswer::Refused(Fault::NotWelcome { person: "leo".into() }));
        rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    }
    rig.show(ShowCommand::Readmit { person: "leo".into() }).unwrap();
    rig.lines.clear();
    play_on(&mut rig, "200 guest leo");
    assert_eq!(person(&rig, "leo").presence, Presence::Joined);
    assert!(!ordered(&rig, "rtc put out leo of crew"));
}

#[test]
fn a_viewer_who_is_let_in_enters_crew_and_one_who_is_sent_back_leaves_it() {
    let mut rig = rig();
    rig.call("vi", ShowCommand::Request { up: true }).unwrap();
    rig.show(ShowCommand::SetRole { person: "vi".into(), role: Role::Guest }).unwrap();
    let RoomAnswer::Welcome { view, passes, .. } = rig.hello(RoomKind::Air, "vi", Holder::Same) else {
        panic!("no welcome")
    };
    assert_eq!((view.role, passes), (Role::Guest, RoomKind::ALL.to_vec()));
    rig.news(RoomKind::Crew, came("vi", Role::Guest));
    assert_eq!(person(&rig, "vi").position, Position::Backstage);
    rig.show(ShowCommand::SetRole { person: "vi".into(), role: Role::Viewer }).unwrap();
    assert!(ordered(&rig, "rtc put out vi of crew"));
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "vi".into(), why: Parting::Removed });
    assert_eq!((person(&rig, "vi").presence, rig.snapshot().show.viewers), (Presence::Joined, 1));
}

#[test]
fn the_stage_never_hears_the_host_backstage() {
    let mut rig = rig();
    let open_to = |rig: &Rig| rig.ports.crew[1].open_to.clone();
    assert_eq!(open_to(&rig), Some(vec!["kim".into(), "pat".into(), "leo".into()]));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(open_to(&rig), Some(vec!["kim".into(), "pat".into()]));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "host".into() }).unwrap();
    assert_eq!(open_to(&rig), None);
}

#[test]
fn a_client_that_keeps_no_list_has_a_microphone_on_stage_only() {
    let mut rig = rig();
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera]);
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert!(rig.stamp("leo").unwrap().may.contains(&TrackKind::Microphone));
    rig.show(ShowCommand::RemoveFromStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera]);
}

#[test]
fn a_picture_is_taken_in_as_large_as_it_is_shown_and_a_screen_only_on_stage() {
    let mut rig = rig();
    rig.track("leo", TrackKind::Screen, false);
    let sizes = |rig: &Rig| rig.ports.watch.iter().map(|watch| watch.size).collect::<Vec<_>>();
    assert_eq!(sizes(&rig), [Some((320, 180)), None]);
    rig.show(ShowCommand::AddToStage { bus: Bus::Preview, person: "leo".into() }).unwrap();
    assert_eq!(sizes(&rig), [Some((1280, 720)), None, None]);
    rig.show(ShowCommand::Take).unwrap();
    assert_eq!(rig.ports.scene.tiles.len(), 2, "a screen has a place of its own");
}

// S-75 S-78 S-79
#[test]
fn presence_is_told_and_never_asked_for_and_a_record_is_as_it_was_written_last() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 8\n21 flowing 32");
    rig.pass(1_000);
    assert_eq!(rig.studio.next_deadline(), None, "nothing is polled while nothing happens");
    rig.lines.clear();
    rig.pass(10 * 60_000);
    assert_eq!(rig.lines, [] as [&str; 0]);
    rig.show(ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost }).unwrap();
    assert_eq!(person(&rig, "leo").role, Role::Cohost);
    assert!(ordered(&rig, "store person leo cohost Joined Backstage"));
    play_on(&mut rig, &format!("{} left leo", 10 * 60_000 + 2_000));
    assert_eq!(person(&rig, "leo").presence, Presence::Left);
    assert!(ordered(&rig, "store person leo cohost Left None"));
}

/// The server announces somebody who publishes nothing up to three seconds late, unless it has something to say of
/// them; until then nobody knows whose their packets are.
#[test]
fn a_viewer_who_says_hello_is_stamped_and_a_stock_one_is_not() {
    let mut rig = rig();
    let key = |who: &str| (RoomKind::Air, Identity::from(who));
    assert!(!rig.ports.stamps.contains_key(&key("vi")));
    rig.hello(RoomKind::Air, "vi", Holder::First);
    assert_eq!(rig.ports.stamps.get(&key("vi")).map(|stamp| stamp.role), Some(Role::Viewer));
}
