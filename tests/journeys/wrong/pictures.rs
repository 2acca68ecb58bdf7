//! Pictures that come much faster than any camera's.

use serde_json::{Value, json};

use crate::support::app::{find, until};
use crate::support::python::Client;
use crate::support::recording::Recording;
use crate::support::show::{LIMIT, Show};

#[test]
fn a_picture_of_120_frames_a_second_costs_the_program_no_frame() {
    let mut show = Show::live();
    let picture = json!({ "width": 640, "height": 360, "fps": 120, "luma": 145, "chroma": [54, 34] });
    let _eve = Client::join(&show.guest("eve"), json!({ "picture": picture }));
    show.joined("eve");
    show.on_stage("eve", true);
    show.flowing("eve", "camera");
    let before = show.host.figures();
    let after = until("three seconds of the program", LIMIT, || {
        let figures = show.host.figures();
        (passed(&before, &figures, "due") >= 90).then_some(figures)
    });
    // A machine that is busy with something else may miss one.
    let missed = passed(&before, &after, "due").saturating_sub(passed(&before, &after, "composed"));
    assert!(missed <= 9, "{missed} of the program's frames were never composed: {before} {after}");
    show.flowing("eve", "camera");

    // And it shows her.
    show.ask(json!("end_stream"));
    show.reach("idle");
    let takes = show.place.path("takes");
    let place = show.close();
    let recording = Recording::read(&find(&takes, ".mp4").expect("a recording"));
    let [y, u, v] = recording.colour(recording.seconds - 1.0, 0.5, 0.5);
    let near = |got: u8, sent: u8| got.abs_diff(sent) <= 12;
    assert!(near(y, 145) && near(u, 54) && near(v, 34), "the program shows {:?}", [y, u, v]);
    drop(place);
}

fn passed(before: &Value, after: &Value, what: &str) -> u64 {
    after[what].as_u64().unwrap() - before[what].as_u64().unwrap()
}
