//! Who hears whom: shown by tones of everybody's own.

use serde_json::json;

use crate::support::python::Client;
use crate::support::show::{Ears, Show, tracks_of_host};
use crate::support::web::Web;

/// The host's microphone, for 100 ms each second.
const HOST: u32 = 1_000;
const PIA: u32 = 700;
const WILL: u32 = 1_800;
const CHORD: [u32; 3] = [440, 554, 659];

// S-91 S-163 S-190
#[test]
fn the_stage_never_hears_backstage_and_the_audience_hears_exactly_the_program() {
    let mut show = Show::live();
    let mut pia = Client::join(&show.guest("pia"), Client::devices(PIA, -20.0));
    let seat = show.guest("will");
    let mut will = Web::join(&seat, json!({ "camera": true, "microphone": { "hz": WILL, "dbfs": -20.0 } }));
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    show.joined("pia");
    show.on_stage("pia", true);
    show.flowing("pia", "microphone");
    show.flowing("will", "camera");
    vera.hears("vera", PIA);
    will.hears("will", PIA);

    // Backstage, the host is heard backstage.
    show.here(json!({ "microphone": { "on": true } }));
    will.hears("will", HOST);
    pia.misses("pia", HOST);
    vera.misses("vera", HOST);
    // A client that keeps no list of who may hear it has no voice backstage.
    assert_eq!(sources(&will), ["camera"]);
    pia.misses("pia", WILL);

    show.on_stage("host", true);
    pia.hears("pia", HOST);
    will.hears("will", HOST);
    vera.hears("vera", HOST);

    show.ask(json!({ "stage_media": { "on": true } }));
    for hz in CHORD {
        pia.hears("pia", hz);
        vera.hears("vera", hz);
    }
    show.ask(json!({ "stage_media": { "on": false } }));
    pia.misses("pia", CHORD[1]);

    show.on_stage("will", true);
    pia.hears("pia", WILL);
    vera.hears("vera", WILL);
    show.on_stage("will", false);
    pia.misses("pia", WILL);
    vera.misses("vera", WILL);
    vera.hears("vera", PIA);

    // And nothing but the program is there for the audience to have.
    let people = vera.people();
    assert_eq!(tracks_of_host(&people), ["program", "program-sound"]);
    let others = people.as_array().unwrap().iter().filter(|person| person["identity"] != "host");
    assert!(others.clone().all(|person| person["tracks"] == json!([])), "{people:#}");
}

// S-163
#[test]
fn the_audience_hears_what_the_strips_and_the_program_let_pass() {
    let mut show = Show::live();
    let mut pia = Client::join(&show.guest("pia"), Client::devices(PIA, -20.0));
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    show.joined("pia");
    show.on_stage("pia", true);
    show.on_stage("host", true);
    show.here(json!({ "microphone": { "on": true } }));
    vera.hears("vera", PIA);
    vera.hears("vera", HOST);
    let part = |part| json!({ "strip": { "person": "pia", "kind": "microphone", "part": part } });
    show.ask(part(json!({ "mute": true })));
    vera.misses("vera", PIA);
    vera.hears("vera", HOST);
    show.ask(part(json!({ "mute": false })));
    vera.hears("vera", PIA);
    show.ask(json!({ "program_bus": { "bus": { "gain_db": -60.0 } } }));
    vera.misses("vera", HOST);
    vera.misses("vera", PIA);
    pia.hears("pia", HOST);
    show.ask(json!({ "program_bus": { "bus": { "gain_db": 0.0 } } }));
    vera.hears("vera", HOST);
    show.close();
}

#[test]
fn a_word_beside_the_show_is_heard_by_those_it_is_for_and_by_nobody_else() {
    let mut show = Show::live();
    let mut pia = Client::join(&show.guest("pia"), Client::devices(PIA, -20.0));
    let mut will = Client::join(&show.guest("will"), json!({}));
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    show.joined("pia");
    show.joined("will");
    show.on_stage("pia", true);
    show.on_stage("host", true);
    show.here(json!({ "microphone": { "on": true } }));
    vera.hears("vera", HOST);
    pia.hears("pia", HOST);

    show.here(json!({ "talk": { "to": { "person": "will" } } }));
    vera.misses("vera", HOST);
    pia.misses("pia", HOST);
    will.hears("will", HOST);
    vera.misses("vera", HOST);

    show.here(json!({ "talk": { "to": { "person": "pia" } } }));
    pia.hears("pia", HOST);
    will.misses("will", HOST);
    vera.misses("vera", HOST);

    show.here(json!({ "talk": { "to": null } }));
    vera.hears("vera", HOST);
    show.close();
}

fn sources(web: &Web) -> Vec<String> {
    web.people();
    let me = web.seen().of("me").pop().unwrap();
    serde_json::from_value(me["permissions"]["sources"].clone()).unwrap()
}
