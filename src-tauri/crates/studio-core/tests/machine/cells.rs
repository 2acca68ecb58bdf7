//! The table of seven states and fifteen events: 105 cells, each one tried.

use studio_core::Event;
use studio_wire::command::ShowCommand;
use studio_wire::engine::lanes;
use studio_wire::fault::Fault;
use studio_wire::ids::Epoch;
use studio_wire::media::MediaReport;
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport};
use studio_wire::store::StoreReport;
use studio_wire::time::ShowTime;
use studio_wire::view::StateName;
use studio_wire::view::StateName::{Error, Idle, Initializing, Live, Ready, Starting, Stopping};

use crate::rig::Rig;

/// An event, where it leads from each of the seven states in their order (`·`: it is refused and changes
/// nothing), and how it is made to happen.
type Row = (&'static str, &'static str, fn(&mut Rig));

const TABLE: [Row; 15] = [
    ("initialize", "Z · · · · · ·", |rig| wish(rig, ShowCommand::Open { title: "Next".into() })),
    ("init ok", "· R · · · · ·", init_ok),
    ("init failed", "· E · · · · ·", init_failed),
    ("start", "· · S · · · ·", |rig| wish(rig, ShowCommand::GoLive)),
    ("start ok", "· · · L · · ·", start_ok),
    ("start failed", "· · · E · · ·", start_failed),
    ("degraded", "· · · S L · ·", |rig| link(rig, RoomNews::Lost { gone: None })),
    ("restored", "· · · S L · ·", |rig| link(rig, RoomNews::Joined)),
    ("stop", "· · · P P P ·", |rig| wish(rig, ShowCommand::EndStream)),
    ("stop ok", "· · · · · I ·", stop_ok),
    ("stop timeout", "· · · · · E ·", |rig| rig.pass(10_000)),
    ("fatal", "· E E E E E E", fatal),
    ("recover", "· · · · · · I", |rig| wish(rig, ShowCommand::Recover)),
    ("release", "· · I · · · ·", |rig| wish(rig, ShowCommand::Release)),
    ("emergency stop", "I I I I I I I", |rig| wish(rig, ShowCommand::EmergencyStop)),
];

/// In the order of the table's columns.
const COLUMNS: [StateName; 7] = [Idle, Initializing, Ready, Starting, Live, Stopping, Error];

// S-299 S-300 S-301 S-302 S-303 S-304
#[test]
fn each_event_leads_from_each_state_where_the_table_says() {
    let mut tried = 0;
    for (name, row, happen) in TABLE {
        for (from, cell) in COLUMNS.into_iter().zip(row.split(' ')) {
            let wanted = COLUMNS[match cell {
                "·" => COLUMNS.iter().position(|state| *state == from).unwrap(),
                letter => "IZRSLPE".find(letter).unwrap(),
            }];
            let mut rig = Rig::in_state(from);
            rig.hung.extend(["store", "media", "rtc"].map(String::from));
            happen(&mut rig);
            assert_eq!(rig.state(), wanted, "{name} in {from:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, 105);
}

// S-303
#[test]
fn a_command_that_does_not_fit_the_state_is_refused_with_act_and_state() {
    let commands = [
        (ShowCommand::Open { title: "Next".into() }, vec![Idle]),
        (ShowCommand::GoLive, vec![Ready]),
        (ShowCommand::EndStream, vec![Starting, Live, Stopping]),
        (ShowCommand::Recover, vec![Error]),
        (ShowCommand::Release, vec![Ready]),
        (ShowCommand::EmergencyStop, COLUMNS.to_vec()),
    ];
    for (command, fitting) in commands {
        for state in COLUMNS {
            let mut rig = Rig::in_state(state);
            let act = studio_wire::Command::Show(command.clone()).act();
            match rig.show(command.clone()) {
                Ok(_) => assert!(fitting.contains(&state), "{act:?} in {state:?}"),
                Err(fault) => {
                    assert!(!fitting.contains(&state), "{act:?} in {state:?}");
                    assert_eq!(fault, Fault::NotNow { act, state });
                }
            }
        }
    }
}

fn wish(rig: &mut Rig, command: ShowCommand) {
    drop(rig.show(command));
}

fn run(rig: &Rig) -> Epoch {
    rig.ports.media.unwrap_or(Epoch(1))
}

/// Whatever intent is waiting is stored; then everything that an opening waits for.
fn init_ok(rig: &mut Rig) {
    // A stop or a start that waits for its intent must not be moved by the end of an opening.
    if rig.state() == Initializing {
        rig.hung.clear();
        rig.obey();
        return;
    }
    let epoch = run(rig);
    let check = rig.ports.check.unwrap_or(Epoch(2));
    rig.feed(Event::Media(MediaReport::Opened { epoch }));
    rig.feed(Event::Media(MediaReport::RecorderReady { epoch: check }));
    rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
    for room in RoomKind::ALL {
        rig.news(room, RoomNews::Joined);
    }
}

fn init_failed(rig: &mut Rig) {
    persist(rig);
    let (epoch, fault) = (run(rig), Fault::ServerFailed { said: String::new() });
    rig.feed(Event::Rtc(RtcReport::Failed { epoch, fault }));
}

fn persist(rig: &mut Rig) {
    if let Some((epoch, _, _)) = rig.ports.intent {
        rig.feed(Event::Store(StoreReport::Persisted { epoch }));
    }
}

fn start_ok(rig: &mut Rig) {
    if rig.state() == Starting {
        persist(rig);
    }
    recording(rig);
    for lane in [lanes::AIR_PICTURE, lanes::AIR_SOUND] {
        rig.news(RoomKind::Air, RoomNews::Published { lane });
    }
}

fn recording(rig: &mut Rig) {
    let epoch = rig.ports.take.unwrap_or(Epoch(9));
    let (path, at) = ("/videos/x.mkv".into(), ShowTime::from_ms(rig.now));
    rig.feed(Event::Media(MediaReport::Recording { epoch, segment: 0, path, at }));
}

fn start_failed(rig: &mut Rig) {
    if rig.state() == Starting {
        persist(rig);
    }
    let (epoch, fault) = (rig.ports.take.unwrap_or(Epoch(9)), Fault::MediaFailed);
    rig.feed(Event::Media(MediaReport::RecordingFailed { epoch, fault }));
}

fn link(rig: &mut Rig, news: RoomNews) {
    rig.news(RoomKind::Air, news);
}

/// Everything that a stop waits for, with the epochs of whatever runs.
fn stop_ok(rig: &mut Rig) {
    let (epoch, take) = (run(rig), rig.ports.take.unwrap_or(Epoch(9)));
    if rig.state() == Stopping {
        persist(rig);
    }
    let path = "/videos/x.mkv".into();
    rig.feed(Event::Media(MediaReport::Recorded { epoch: take, path, bytes: 1, frames: 1 }));
    rig.feed(Event::Media(MediaReport::Closed { epoch }));
    rig.feed(Event::Rtc(RtcReport::Closed { epoch }));
}

fn fatal(rig: &mut Rig) {
    if rig.state() == Initializing {
        persist(rig);
    }
    let (epoch, fault) = (run(rig), Fault::MediaFailed);
    rig.feed(Event::Media(MediaReport::Failed { epoch, fault }));
}
