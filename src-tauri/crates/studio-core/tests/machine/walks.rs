//! Random walks: ports that succeed, fail, hang, repeat and answer late, people who come and go, a host who
//! presses everything. What must always hold is looked at after each event (`Rig::feed`); what must hold for
//! the kind of step, here.

use proptest::prelude::*;
use studio_core::Event;
use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, Identity, LaneId, TrackSid};
use studio_wire::layout::LayoutName;
use studio_wire::media::{MediaFigures, MediaReport};
use studio_wire::mixer::{StripPart, TalkTo};
use studio_wire::people::{Actor, Parting, Role};
use studio_wire::room::{Holder, RoomAsk, VERSION};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::store::StoreReport;
use studio_wire::view::StateName;

use crate::rig::Rig;

/// What happens, and a number that says to whom or how.
type Step = (u8, u16);

const PEOPLE: [&str; 6] = ["leo", "zoe", "kim", "host", "pat", "sam"];

/// 250 walks of 400 steps.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((any::<u8>(), any::<u16>()), 400)
}

proptest! {
    #![proptest_config(config())]

    // S-303 S-304
    #[test]
    fn whatever_happens_the_broadcast_keeps_its_promises(steps in steps()) {
        let mut rig = Rig::new();
        let mut old = Vec::new();
        for step in steps {
            walk(&mut rig, step, &mut old);
            can_go_on(&rig);
            rig.lines.clear();
        }
        every_change_ends(&mut rig);
        stops_at_once(&mut rig);
    }

    #[test]
    fn what_guests_do_leaves_the_state_and_the_own_devices_alone(steps in steps()) {
        let mut rig = Rig::in_state(StateName::Ready);
        for (what, how) in steps {
            let before = rig.snapshot();
            match what % 3 {
                0 => drop(guest_wish(&mut rig, how)),
                _ => people(&mut rig, what, how),
            }
            let after = rig.snapshot();
            prop_assert_eq!(after.show.broadcast.state, StateName::Ready);
            prop_assert!(!after.show.people[0].camera.on && !after.show.people[0].microphone.on);
            prop_assert!(rig.on_air_sources().is_empty());
            prop_assert!(after.show.program.people.is_empty());
            prop_assert_eq!(before.preferences, after.preferences);
            rig.lines.clear();
        }
    }
}

/// One step; reports that were delivered are remembered in `old`.
fn walk(rig: &mut Rig, (what, how): Step, old: &mut Vec<Event>) {
    match what % 32 {
        0..=2 => drop(rig.wish(Actor::LocalHost, onwards(rig.state(), how))),
        3 | 4 => drop(rig.wish(Actor::LocalHost, wish(how))),
        5 => drop(guest_wish(rig, how)),
        6..=16 => deliver(rig, 0, old),
        17 => deliver(rig, usize::from(how), old),
        18 if how % 4 == 0 => fail(rig, how),
        18 if how % 4 == 1 => drop(rig.pending.pop_front()),
        18 | 19 => rig.pass(u64::from(how % 3_000)),
        20 if how % 4 == 0 => {
            if let Some(deadline) = rig.studio.next_deadline() {
                rig.pass(deadline.ms().saturating_sub(rig.now));
            }
        }
        20 | 21 => connection(rig, how),
        22..=27 => people(rig, (how >> 8) as u8, how),
        28 | 29 => repeat_old(rig, how, old),
        _ => media(rig, how),
    }
}

/// What a host would do next, so that walks see more than openings.
fn onwards(state: StateName, how: u16) -> Command {
    let person = Identity::from(PEOPLE[usize::from(how / 32) % PEOPLE.len()]);
    match state {
        StateName::Idle => Command::Show(ShowCommand::Open { title: "Evening show".into() }),
        StateName::Error => Command::Show(ShowCommand::Recover),
        StateName::Ready if how.is_multiple_of(2) => Command::Show(ShowCommand::GoLive),
        StateName::Live if how.is_multiple_of(16) => Command::Show(ShowCommand::EndStream),
        _ if how % 4 == 1 => Command::Here(HereCommand::Camera { on: true }),
        _ => Command::Show(ShowCommand::AddToStage { bus: Bus::Program, person }),
    }
}

/// Delivers an answer, and the same one again: the second one moves no state.
fn deliver(rig: &mut Rig, at: usize, old: &mut Vec<Event>) {
    if rig.pending.is_empty() {
        return;
    }
    let event = rig.pending.remove(at % rig.pending.len()).unwrap();
    rig.feed(event.clone());
    let state = rig.state();
    rig.feed(event.clone());
    assert_eq!(rig.state(), state, "twice: {event:?}");
    old.push(event);
}

/// An answer of an earlier show changes nothing, asks for nothing.
fn repeat_old(rig: &mut Rig, how: u16, old: &[Event]) {
    let show = rig.ports.media.or(rig.ports.rtc);
    let Some(event) = old.get(usize::from(how) % old.len().max(1)) else { return };
    // Epochs only grow: what is older than the show under way belongs to another one.
    let stale = |epoch: &Epoch| show.is_some_and(|show| *epoch < show);
    let late = match event {
        Event::Media(
            MediaReport::Opened { epoch }
            | MediaReport::RecorderReady { epoch }
            | MediaReport::Closed { epoch }
            | MediaReport::Failed { epoch, .. },
        ) => stale(epoch),
        Event::Rtc(
            RtcReport::RoomsReady { epoch } | RtcReport::Closed { epoch } | RtcReport::Room { epoch, .. },
        ) => stale(epoch),
        Event::Store(StoreReport::Persisted { epoch }) => stale(epoch),
        _ => false,
    };
    if late {
        let before = format!("{:?}", rig.studio);
        let effects = rig.feed(event.clone());
        assert!(effects.is_empty(), "{event:?} of an earlier show asked for {effects:?}");
        assert_eq!(format!("{:?}", rig.studio), before, "{event:?} of an earlier show changed something");
    }
}

fn wish(how: u16) -> Command {
    let person = Identity::from(PEOPLE[usize::from(how / 32) % PEOPLE.len()]);
    let bus = if how & 256 == 0 { Bus::Program } else { Bus::Preview };
    Command::Show(match how % 32 {
        0..=5 => ShowCommand::Open { title: "Evening show".into() },
        6..=10 => ShowCommand::GoLive,
        11 | 12 => ShowCommand::EndStream,
        13 | 14 => ShowCommand::Recover,
        15 => ShowCommand::Release,
        16 => ShowCommand::EmergencyStop,
        17..=22 => ShowCommand::AddToStage { bus, person },
        23 => ShowCommand::RemoveFromStage { bus, person },
        24 => ShowCommand::Layout { bus, layout: LayoutName::ALL[usize::from(how / 32) % 2] },
        25 => strip(person, how),
        26 if how & 64 == 0 => ShowCommand::Take,
        26 => ShowCommand::Open { title: " ".into() },
        27 | 28 => return Command::Here(HereCommand::Camera { on: how & 64 == 0 }),
        29 => return Command::Here(voice(person, how)),
        30 => return Command::Here(HereCommand::Dismiss { notice: u64::from(how / 32 % 20) }),
        _ => {
            let folder = (how & 64 == 0).then(|| "/videos".to_owned());
            return Command::Here(HereCommand::RecordingFolder { folder });
        }
    })
}

fn strip(person: Identity, how: u16) -> ShowCommand {
    let kinds = [TrackKind::Microphone, TrackKind::ScreenSound, TrackKind::StageMedia];
    let on = how & 512 == 0;
    let part = match how / 1024 % 3 {
        0 => StripPart::Solo(on),
        1 => StripPart::Mute(on),
        _ => StripPart::Gain(f32::from(how % 80) - 64.0),
    };
    ShowCommand::Strip { person, kind: kinds[usize::from(how / 4096) % 3], part }
}

fn voice(person: Identity, how: u16) -> HereCommand {
    let on = how & 512 == 0;
    match how / 1024 % 8 {
        0..=2 => HereCommand::Microphone { on },
        3 => HereCommand::PushToTalk { on },
        4 => HereCommand::Press { down: on },
        5 => HereCommand::HeedMuted { on },
        6 if on => HereCommand::Talk { to: Some(TalkTo::Person(person)) },
        6 => HereCommand::Talk { to: None },
        _ => HereCommand::Talk { to: Some(TalkTo::Backstage) },
    }
}

/// A wish of somebody in the room who runs nothing: always refused.
fn guest_wish(rig: &mut Rig, how: u16) -> Result<(), Fault> {
    let guests = ["leo", "zoe", "sam", "nobody"];
    let person = Identity::from(guests[usize::from(how / 7) % guests.len()]);
    let verdict = rig.wish(Actor::Person(person), wish(how));
    assert!(matches!(verdict, Err(Fault::NotAllowed { .. })), "{verdict:?}");
    verdict.map(drop)
}

const PARTINGS: [Parting; 3] = [Parting::Left, Parting::Replaced, Parting::Removed];

fn people(rig: &mut Rig, what: u8, how: u16) {
    let guests = ["leo", "zoe", "kim", "sam"];
    let who = usize::from(how) % guests.len();
    let identity = Identity::from(guests[who]);
    let kinds = [
        TrackKind::Camera,
        TrackKind::Microphone,
        TrackKind::Screen,
        TrackKind::ScreenSound,
        TrackKind::Talkback,
    ];
    let kind = kinds[usize::from(how / 4) % kinds.len()];
    // Few sids, so that tracks change, go and come back under the same name.
    let sid = TrackSid(format!("TR_{identity}_{kind:?}_{}", how / 64 % 2));
    let lane = LaneId(how % 57);
    let roles = [Some(Role::Guest), Some(Role::Guest), Some(Role::Host), None];
    let holders = [Holder::First, Holder::Same, Holder::Other];
    let news = match what % 11 {
        // Each of them has a role of record, and an impostor and a stranger are among them.
        0 | 1 => RoomNews::Came { name: format!("{identity}"), role: roles[who], identity },
        2 => RoomNews::Left { identity, why: PARTINGS[usize::from(how / 4) % 3] },
        3 | 4 => RoomNews::Track { identity, sid, kind, muted: how & 128 != 0 },
        5 => RoomNews::TrackGone { identity, sid },
        6 => RoomNews::Flowing { lane },
        7 => {
            let ask = RoomAsk::Hello { version: VERSION, holder: holders[usize::from(how / 4) % 3] };
            RoomNews::Asked { call: CallId(1), from: identity, ask }
        }
        8 => {
            // Somebody who runs nothing asks for everything.
            let Command::Show(command) = wish(how) else { return };
            RoomNews::Asked { call: CallId(2), from: identity, ask: RoomAsk::Command(command) }
        }
        9 => RoomNews::Said { from: identity, id: Some(format!("m{}", how / 4 % 8)), text: "x".into() },
        _ if how & 64 == 0 => RoomNews::TooLarge { lane, width: 4_096, height: 2_160 },
        _ => RoomNews::Stalled { lane },
    };
    let room = if how.is_multiple_of(11) { RoomKind::Air } else { RoomKind::Crew };
    rig.news(room, news);
}

fn connection(rig: &mut Rig, how: u16) {
    let room = RoomKind::ALL[usize::from(how / 8) % 2];
    let engine = rig.ports.engines[room as usize];
    match (how % 8, engine, rig.ports.rtc) {
        (0 | 1, Some(epoch), _) => drop(rig.feed(Event::Rtc(RtcReport::EngineLost { room, epoch }))),
        (2, ..) => drop(rig.news(room, RoomNews::Lost { gone: Some(LostWhy::Away) })),
        (3, ..) => drop(rig.news(room, RoomNews::Lost { gone: None })),
        (4 | 5, ..) => drop(rig.news(room, RoomNews::Joined)),
        (6, _, Some(epoch)) => drop(rig.feed(Event::Rtc(RtcReport::ServerLost { epoch }))),
        _ => {}
    }
}

/// The next answer becomes a failure of the same order.
fn fail(rig: &mut Rig, how: u16) {
    let Some(event) = rig.pending.pop_front() else { return };
    let fault = if how & 1 == 0 { Fault::MediaFailed } else { Fault::ServerFailed { said: "no".into() } };
    let failed = match event {
        Event::Media(MediaReport::Opened { epoch } | MediaReport::RecorderReady { epoch }) => {
            Event::Media(MediaReport::Failed { epoch, fault })
        }
        Event::Media(MediaReport::Recording { epoch, .. } | MediaReport::Recorded { epoch, .. }) => {
            Event::Media(MediaReport::RecordingFailed { epoch, fault })
        }
        Event::Rtc(RtcReport::RoomsReady { epoch } | RtcReport::Room { epoch, .. }) => {
            Event::Rtc(RtcReport::Failed { epoch, fault })
        }
        Event::Store(_) => Event::Store(StoreReport::Trouble { fault: Fault::StoreFailed }),
        other => other,
    };
    rig.feed(failed);
}

fn media(rig: &mut Rig, how: u16) {
    let (media, take) = (rig.ports.media, rig.ports.take);
    let event = match (how % 32, media, take) {
        (0, Some(epoch), _) => Event::Media(MediaReport::Failed { epoch, fault: Fault::MediaFailed }),
        (1..=3, _, Some(epoch)) => {
            Event::Media(MediaReport::RecordingFailed { epoch, fault: Fault::MediaFailed })
        }
        (4..=6, _, Some(epoch)) => {
            let fault = Fault::EncoderLost { segments: u32::from(how / 32) };
            Event::Media(MediaReport::RecordingTrouble { epoch, fault })
        }
        (11, _, Some(epoch)) => {
            Event::Media(MediaReport::Remuxed { epoch, path: "/videos/x.mp4".into(), bytes: 1 })
        }
        (7, ..) if (how / 32).is_multiple_of(64) => Event::Shell(ShellReport::Closing),
        (8..=10, ..) => Event::Store(StoreReport::Well),
        _ => {
            let figures = MediaFigures { recorded_bytes: u64::from(how), ..MediaFigures::default() };
            Event::Media(MediaReport::Figures(figures))
        }
    };
    rig.feed(event);
}

/// No state is a trap: something that the host can do leads out of it.
fn can_go_on(rig: &Rig) {
    let snapshot = rig.snapshot();
    let ways: Vec<_> = snapshot.show.may.iter().filter(|may| may.refusal.is_none()).collect();
    assert!(!ways.is_empty());
    for may in &snapshot.show.may {
        let command = [ShowCommand::Release, ShowCommand::GoLive, ShowCommand::EndStream, ShowCommand::Take]
            .map(Command::Show)
            .into_iter()
            .find(|command| command.act() == may.act);
        if let Some(command) = command {
            let verdict = rig.studio.allowed(&Actor::LocalHost, &command).err();
            assert_eq!(may.refusal, verdict, "a button says what the command would answer");
        }
    }
}

/// Whatever the ports do from here on, even nothing at all, no change of state stays under way.
fn every_change_ends(rig: &mut Rig) {
    rig.pending.clear();
    rig.hung.extend(["store", "media", "rtc"].map(String::from));
    rig.pass(60_000);
    let under_way = [StateName::Initializing, StateName::Starting, StateName::Stopping];
    assert!(!under_way.contains(&rig.state()), "{:?} has no end", rig.state());
}

fn stops_at_once(rig: &mut Rig) {
    rig.show(ShowCommand::EmergencyStop).unwrap();
    assert_eq!(rig.state(), StateName::Idle);
    assert!(rig.ports.media.is_none() && rig.ports.rtc.is_none());
}

#[test]
fn an_emergency_stop_is_immediate_in_every_state_with_ports_that_never_answer() {
    for state in StateName::ALL {
        let mut rig = Rig::in_state(state);
        rig.pending.clear();
        stops_at_once(&mut rig);
    }
}
