//! People, their tracks and their places.

use studio_core::{Effect, Event, Start, Studio};
use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, LaneId, SourceId};
use studio_wire::layout::LayoutName;
use studio_wire::media::Feed;
use studio_wire::people::{Actor, Parting, Position, Presence, Role};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, TrackKind};
use studio_wire::store::{Kept, StoreOrder, Unfinished};
use studio_wire::view::{PersonView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

fn add(rig: &mut Rig, person: &str) -> Result<(), Fault> {
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: person.into() }).map(drop)
}

fn person(rig: &Rig, identity: &str) -> PersonView {
    let people = rig.snapshot().show.people;
    people.into_iter().find(|person| person.identity.as_str() == identity).unwrap()
}

fn place(rig: &Rig, identity: &str) -> (Presence, Position) {
    let person = person(rig, identity);
    (person.presence, person.position)
}

#[test]
fn whoever_leaves_is_off_the_stage_and_comes_back_backstage() {
    let mut rig = Rig::in_state(StateName::Live);
    play_on(&mut rig, "10 guest leo\n11 add leo\n12 prepare leo");
    assert_eq!(place(&rig, "leo"), (Presence::Joined, Position::OnStage));
    play_on(&mut rig, "20 left leo");
    assert_eq!(place(&rig, "leo"), (Presence::Left, Position::None));
    let show = rig.snapshot().show;
    assert!(show.program.people.is_empty() && show.preview.unwrap().people.is_empty());
    play_on(&mut rig, "30 guest leo");
    assert_eq!(place(&rig, "leo"), (Presence::Joined, Position::Backstage));
    assert!(rig.on_air_sources().is_empty());
}

#[test]
fn only_who_is_there_and_may_be_on_air_goes_on_stage_and_only_once() {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("leo", Role::Guest);
    rig.guest("pat", Role::Producer);
    rig.guest("kim", Role::Host);
    let act = Command::Show(ShowCommand::AddToStage { bus: Bus::Program, person: "x".into() }).act();
    assert_eq!(add(&mut rig, "nobody"), Err(Fault::NobodyThere { person: "nobody".into() }));
    assert_eq!(add(&mut rig, "pat"), Err(Fault::NotAllowed { act, role: Role::Producer }));
    assert_eq!(add(&mut rig, "kim"), Err(Fault::NotAllowed { act, role: Role::Viewer }));
    assert_eq!(add(&mut rig, "leo"), Ok(()));
    assert_eq!(add(&mut rig, "leo"), Err(Fault::AlreadyOnStage { person: "leo".into() }));
    let off = ShowCommand::RemoveFromStage { bus: Bus::Preview, person: "leo".into() };
    assert_eq!(rig.show(off), Err(Fault::NotOnStage { person: "leo".into() }));
}

#[test]
fn the_twenty_first_person_finds_the_stage_full() {
    let mut rig = Rig::in_state(StateName::Ready);
    for n in 0..20 {
        rig.guest(&format!("guest-{n}"), Role::Guest);
        add(&mut rig, &format!("guest-{n}")).unwrap();
    }
    assert_eq!(add(&mut rig, "host"), Err(Fault::StageFull { most: 20 }));
    assert_eq!(rig.ports.scene.tiles.len(), 20);
}

// S-16
#[test]
fn the_scene_has_a_place_for_everybody_on_stage_and_a_slate_for_who_has_no_picture() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "1 guest leo\n2 came zoe\n3 add host\n4 add leo\n5 add zoe");
    rig.track("zoe", TrackKind::Microphone, false);
    let leo = person(&rig, "leo");
    let tiles: Vec<_> = rig.ports.scene.tiles.iter().map(|tile| tile.source).collect();
    assert_eq!(tiles, [None, leo.camera.source, None]);
    let voice = |person: &str| self::person(&rig, person).microphone.source.unwrap();
    assert_eq!(rig.ports.scene.voices, [voice("leo"), voice("zoe")]);
    assert_eq!(rig.feed_of(leo.camera.source.unwrap()), Some(Feed::CrewPicture(LaneId(8))));

    let on = |on| Command::Here(HereCommand::Microphone { on });
    rig.wish(Actor::LocalHost, on(true)).unwrap();
    assert_eq!(rig.ports.scene.voices.len(), 3);
    assert_eq!(rig.ports.scene.voices[0], SourceId(1));

    rig.show(ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo }).unwrap();
    assert_eq!(rig.ports.scene.tiles.len(), 1);
    assert_eq!(rig.ports.scene.voices.len(), 3, "all are heard, whoever is seen");
}

#[test]
fn a_muted_guest_is_a_slate_and_silent_and_comes_back_in_the_same_source() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "1 came leo\n2 add leo");
    let (identity, sid) = (Identity::from("leo"), rig.track("leo", TrackKind::Camera, false));
    let source = person(&rig, "leo").camera.source;
    assert_eq!(rig.ports.scene.tiles[0].source, source);
    let mute = |muted| RoomNews::Track {
        identity: identity.clone(),
        sid: sid.clone(),
        kind: TrackKind::Camera,
        muted,
    };
    rig.news(RoomKind::Crew, mute(true));
    assert_eq!((rig.ports.scene.tiles[0].source, person(&rig, "leo").camera.on), (None, false));
    rig.news(RoomKind::Crew, mute(false));
    assert_eq!(rig.ports.scene.tiles[0].source, source);
}

#[test]
fn a_stalled_picture_is_noticed_until_it_flows_or_its_owner_leaves() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "1 guest leo\n2 guest zoe\n3 flowing 8\n4 stalled 8\n5 stalled 9\n6 stalled 32");
    let told =
        |rig: &Rig| -> Vec<Fault> { rig.snapshot().notices.into_iter().map(|notice| notice.fault).collect() };
    let stalled = |person: &str| Fault::PictureStalled { person: person.into() };
    assert_eq!(told(&rig), [stalled("leo"), stalled("zoe")]);
    assert!(!person(&rig, "leo").camera.flowing);
    play_on(&mut rig, "10 flowing 8");
    assert_eq!(told(&rig), [stalled("zoe")]);
    assert!(person(&rig, "leo").camera.flowing);
    play_on(&mut rig, "11 left zoe");
    assert_eq!(told(&rig), []);
}

#[test]
fn nobody_in_the_room_opens_a_device_of_this_machine_or_changes_the_show_without_the_role() {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("leo", Role::Guest);
    rig.guest("pat", Role::Producer);
    let camera = Command::Here(HereCommand::Camera { on: true });
    for (who, role) in [("leo", Role::Guest), ("pat", Role::Producer), ("nobody", Role::Viewer)] {
        let refusal = Fault::NotAllowed { act: camera.act(), role };
        assert_eq!(rig.wish(Actor::Person(who.into()), camera.clone()), Err(refusal));
    }
    let solo = Command::Show(ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo });
    let refusal = Fault::NotAllowed { act: solo.act(), role: Role::Guest };
    assert_eq!(rig.wish(Actor::Person("leo".into()), solo.clone()), Err(refusal));
    assert!(rig.wish(Actor::Person("pat".into()), solo).is_ok());
    assert_eq!(rig.snapshot().show.program.layout, LayoutName::Solo);
}

#[test]
fn a_chosen_layout_is_stored_and_the_next_show_starts_with_it() {
    let mut rig = Rig::in_state(StateName::Ready);
    let solo = ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo };
    let effects = rig.feed(Event::Command(studio_wire::Ticket(99), Actor::LocalHost, Command::Show(solo)));
    let stored = effects.into_iter().find_map(|effect| match effect {
        Effect::Store(StoreOrder::Preferences(preferences)) => Some(*preferences),
        _ => None,
    });
    let preferences = stored.unwrap();
    assert_eq!(preferences.layout, LayoutName::Solo);
    play_on(&mut rig, "1 release\n2 obey\n3 open Again\n4 obey");
    assert_eq!(rig.snapshot().show.program.layout, LayoutName::Solo);

    let kept = Kept { preferences, ..Kept::default() };
    let reopened = Rig::from(Start { kept, ..Start::new(8, "host", "Ada") });
    assert_eq!(reopened.snapshot().show.program.layout, LayoutName::Solo);
}

#[test]
fn what_the_store_could_not_read_is_shown_from_the_start() {
    let faults =
        vec![Fault::StoreNewer { found: 2, known: 1 }, Fault::PreferenceBroken { group: "x".into() }];
    let kept = Kept { faults, ..Kept::default() };
    let rig = Rig::from(Start { kept, ..Start::new(8, "host", "Ada") });
    let shown: Vec<_> =
        rig.snapshot().notices.iter().map(|notice| (notice.fault.code(), notice.standing)).collect();
    assert_eq!(shown, [("store_newer", true), ("preference_broken", false)]);
}

#[test]
fn a_show_that_an_earlier_life_left_open_is_over_once_another_one_begins() {
    let unfinished = Unfinished {
        session: "old".into(),
        title: "Old show".into(),
        state: StateName::Live,
        ..Unfinished::default()
    };
    let kept = Kept { unfinished: Some(unfinished), ..Kept::default() };
    let mut rig = Rig::from(Start { kept, ..Start::new(8, "host", "Ada") });
    let open = Command::Show(ShowCommand::Open { title: "New show".into() });
    let effects = rig.feed(Event::Command(studio_wire::Ticket(99), Actor::LocalHost, open));
    let sessions: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Store(StoreOrder::Session { title, state, .. }) => Some((title.as_str(), *state)),
            _ => None,
        })
        .collect();
    assert_eq!(sessions, [("Old show", StateName::Idle), ("New show", StateName::Initializing)]);
}

#[test]
fn own_sources_are_off_at_the_start_of_every_show_and_kept_nowhere() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "1 camera on\n2 microphone on");
    let host = person(&rig, "host");
    assert!(host.camera.on && host.camera.flowing && host.microphone.on);
    assert!(!rig.lines.iter().any(|line| line.contains("preferences")), "{:#?}", rig.lines);
    play_on(&mut rig, "3 release\n4 obey\n5 open Again\n6 obey");
    let host = person(&rig, "host");
    assert!(!host.camera.on && !host.microphone.on);
}

#[test]
fn the_audience_is_who_is_in_air_and_not_crew() {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("leo", Role::Guest);
    let came = |identity: &str| RoomNews::Came { identity: identity.into(), name: "x".into(), role: None };
    for identity in ["leo", "host", "ann", "bob"] {
        rig.news(RoomKind::Air, came(identity));
    }
    assert_eq!(rig.snapshot().show.viewers, 2);
    rig.news(RoomKind::Air, RoomNews::Left { identity: "bob".into(), why: Parting::Left });
    assert_eq!(rig.snapshot().show.viewers, 1);
    let views = rig.snapshot().show;
    assert_eq!((views.counts.online, views.people.len()), (3, 4), "the host sees everybody");
}

#[test]
fn a_name_without_anything_to_read_falls_back_to_the_identity() {
    let mut rig = Rig::in_state(StateName::Ready);
    let identity = Identity::from("leo");
    rig.news(RoomKind::Crew, RoomNews::Came { identity, name: "\u{202e}\u{7}".into(), role: None });
    assert_eq!(person(&rig, "leo").name, "leo");
}

// S-8 S-58
#[test]
fn what_follows_from_the_state_is_sent_when_it_changes_and_not_again() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "1 guest leo\n2 add leo");
    let epoch = rig.ports.engines[0].unwrap();
    let silent = RoomNews::Speaking { people: Vec::new() };
    let same = [Event::Rtc(RtcReport::Room { room: RoomKind::Crew, epoch, news: silent }), Event::Wake];
    for event in same {
        assert_eq!(rig.feed(event), []);
    }
    let rev = rig.snapshot().rev;
    let again = rig.wish(Actor::LocalHost, Command::Here(HereCommand::Camera { on: false })).unwrap();
    assert_eq!(again.rev, rev, "nothing changed, nothing is published");
}

// S-9
#[test]
fn the_same_named_events_give_the_same_state_and_the_same_effects() {
    let run = || {
        let mut rig = Rig::new();
        play_on(&mut rig, "0 open Evening show\n1 obey\n2 guest leo\n3 add leo\n4 go-live\n5 obey");
        (rig.snapshot(), rig.lines)
    };
    assert_eq!(run(), run());
}

// S-180
#[test]
fn the_timer_counts_from_the_moment_the_show_went_live() {
    let mut rig = Rig::in_state(StateName::Starting);
    rig.pass(1_234);
    rig.obey();
    rig.pass(5_000);
    let snapshot = rig.snapshot();
    assert_eq!(snapshot.show.broadcast.state, StateName::Live);
    assert_eq!(snapshot.show.broadcast.since.ms(), 1_234);
    assert_eq!(snapshot.at.since(snapshot.show.broadcast.since).ms(), 5_000);
}

#[test]
fn what_the_loop_met_is_told_and_asks_nothing_of_anybody() {
    let mut rig = Rig::in_state(StateName::Live);
    let before = rig.snapshot();
    let now = rig.time();
    rig.studio.note(Fault::CoreRestarted, now);
    let after = rig.snapshot();
    assert_eq!((after.rev, after.notices.len()), (before.rev + 1, 1));
    assert_eq!(after.show, before.show);
}

#[test]
fn a_copy_of_the_studio_undoes_an_event() {
    let mut rig = Rig::in_state(StateName::Live);
    let (copy, before) = (rig.studio.clone(), rig.snapshot());
    rig.show(ShowCommand::EmergencyStop).unwrap();
    rig.studio = copy;
    assert_eq!(rig.snapshot(), before);
}

#[test]
fn the_journal_tells_what_moved_without_texts_of_people() {
    let mut rig = Rig::new();
    play_on(&mut rig, "0 open Top secret title\n1 obey\n2 guest leo\n3 release");
    let studio: &Studio = &rig.studio;
    let rows: Vec<_> = studio.journal().map(|row| format!("{} {}", row.kind, row.payload())).collect();
    let first = r#"open {"about":"","from":"idle","to":"initializing","orders":["store.session","store.person","store.scenes"]}"#;
    assert_eq!(rows[0], first);
    assert!(rows.iter().any(|row| row.starts_with(r#"rtc.came {"about":"leo""#)), "{rows:#?}");
    assert!(!rows.iter().any(|row| row.contains("secret") || row.contains("Name of")), "{rows:#?}");
}
