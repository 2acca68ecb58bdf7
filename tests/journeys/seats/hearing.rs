//! Who hears whom, by tones: seats that are ours, and one on stage that is not and takes in whatever it gets.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::app::until as look;
use crate::support::console::Console;
use crate::support::python::Client;
use crate::support::show::{Ears, LIMIT, Show, person};

use super::{here, seen, sit, turn_on, until};

/// The tone of each seat of ours, 100 ms of each second.
const OURS: u32 = 1_000;
/// The tone of the one on stage, all the time.
const THEIRS: u32 = 700;
const DBFS: f64 = -20.0;

/// The highest of what a seat's meters say, for longer than the pause of a tone that comes and goes.
fn highest(seat: &mut Console, of: impl Fn(&serde_json::Value) -> f64) -> f64 {
    let end = Instant::now() + Duration::from_millis(1_300);
    let mut most = -120.0;
    while Instant::now() < end {
        most = f64::max(most, of(&seat.meters()));
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}

/// Everything that is heard at that machine.
fn monitor(seat: &mut Console) -> f64 {
    highest(seat, |meters| meters["monitor"]["peak"][0].as_f64().unwrap_or(-120.0))
}

/// How loud somebody's own voice arrives at that machine; `None` when it does not take it in.
fn voice(seat: &mut Console, identity: &str) -> Option<f64> {
    let source = seen(seat, identity)["microphone"]["source"].clone();
    let level = |meters: &serde_json::Value| {
        let sources = meters["sources"].as_array().into_iter().flatten();
        sources
            .filter(|one| one[0] == source)
            .filter_map(|one| one[1]["peak"][0].as_f64())
            .fold(-120.0, f64::max)
    };
    (!source.is_null()).then(|| highest(seat, level))
}

fn hears_voice(seat: &mut Console, identity: &str) {
    look(&format!("{identity} is heard"), LIMIT, || voice(seat, identity).filter(|level| *level > -40.0));
}

fn hears_program(seat: &mut Console) {
    look("the program is heard as loud as it is", LIMIT, || {
        let level = monitor(seat);
        ((level - DBFS).abs() <= 3.0).then_some(())
    });
}

fn takes_in_no_voice(seat: &Console, identity: &str) {
    until(seat, &format!("{identity} is not taken in"), |snapshot| {
        person(snapshot, identity).is_some_and(|person| person["microphone"]["source"].is_null())
    });
}

#[test]
fn the_stage_never_hears_backstage_and_backstage_hears_itself_and_the_program() {
    let mut show = Show::live();
    let (seat, hall) = (show.guest("pia"), show.viewer("hall"));
    let mut pia = Client::join(&seat, Client::devices(THEIRS, DBFS));
    let mut hall = Client::join(&hall, json!({}));
    let mut ann = sit(&mut show, "guest", "ann");
    let mut ben = sit(&mut show, "guest", "ben");
    show.joined("pia");
    show.on_stage("pia", true);
    hall.hears("the hall", THEIRS);
    hears_program(&mut ben);

    turn_on(&mut ann, "microphone");
    show.flowing("ann", "microphone");
    until(&ben, "who speaks is shown", |snapshot| {
        person(snapshot, "ann").is_some_and(|ann| ann["microphone"]["on"] == true)
    });
    hears_voice(&mut ben, "ann");
    pia.misses("the stage", OURS);
    hall.misses("the hall", OURS);

    show.on_stage("ann", true);
    pia.hears("the stage", OURS);
    hall.hears("the hall", OURS);
    hears_voice(&mut ann, "pia");
    takes_in_no_voice(&ben, "ann");
    takes_in_no_voice(&ben, "pia");
    assert!(monitor(&mut ben) > -30.0, "backstage lost the program");

    // The other way round: what is said backstage reaches nobody on stage, ours or not.
    here(&mut ann, json!({ "microphone": { "on": false } }));
    turn_on(&mut ben, "microphone");
    show.flowing("ben", "microphone");
    pia.misses("the stage", OURS);
    takes_in_no_voice(&ann, "ben");
    show.close();
}
