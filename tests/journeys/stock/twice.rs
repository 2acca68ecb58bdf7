//! Two who hold one seat: the server throws the first one out, and the host decides whose it is.

use serde_json::{Value, json};

use crate::support::python::Client;
use crate::support::show::{Ears, LIMIT, Show, notice};
use crate::support::web::Web;

const PIA: u32 = 700;
const EVE: u32 = 1_800;

#[test]
fn a_newcomer_on_a_seat_that_is_taken_gets_no_right_until_the_host_has_decided() {
    let mut show = Show::live();
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    let seat = show.guest("pia");
    let pia = Client::join(&seat, Client::devices(PIA, -20.0));
    show.joined("pia");
    show.on_stage("pia", true);
    show.flowing("pia", "camera");
    vera.hears("vera", PIA);

    let eve = take(&seat);
    pia.wait("thrown out", |event| (event["disconnected"] == "DUPLICATE_IDENTITY").then_some(()));
    contested(&show, &eve);
    // Neither the one nor the other is in the program; the seat is not put on stage either.
    assert_eq!(show.host.snapshot()["show"]["program"]["people"], json!([]));
    let fault =
        show.host.command(json!({ "show": { "add_to_stage": { "bus": "program", "person": "pia" } } }));
    assert_eq!(fault.unwrap_err(), json!({ "not_allowed": { "act": "add_to_stage", "role": "guest" } }));
    vera.misses("vera", PIA);
    vera.misses("vera", EVE);
    // It may no more than somebody of whom nothing is known.
    let layout = json!({ "layout": { "bus": "program", "layout": "solo" } });
    let refused = json!({ "refused": { "not_allowed": { "act": "layout", "role": "viewer" } } });
    let answer = eve.call("host", "studio.command", &layout.to_string());
    assert_eq!(answer["answer"], refused.to_string());

    show.ask(json!({ "settle": { "person": "pia", "claim": "first" } }));
    eve.wait("put out", |event| (event["disconnected"] == "PARTICIPANT_REMOVED").then_some(()));
    settled(&show);
    drop(eve);
    let again = Client::join(&seat, Client::devices(PIA, -20.0));
    show.joined("pia");
    show.on_stage("pia", true);
    show.flowing("pia", "microphone");
    vera.hears("vera", PIA);

    let eve = take(&seat);
    again.wait("thrown out", |event| (event["disconnected"] == "DUPLICATE_IDENTITY").then_some(()));
    contested(&show, &eve);
    show.ask(json!({ "settle": { "person": "pia", "claim": "newcomer" } }));
    settled(&show);
    show.flowing("pia", "camera");
    show.on_stage("pia", true);
    vera.hears("vera", EVE);
}

/// Somebody else joins with the seat, and sends all that is let through.
fn take(seat: &Value) -> Web {
    let tone = json!({ "hz": EVE, "dbfs": -20.0 });
    Web::join(seat, json!({ "camera": true, "microphone": tone }))
}

fn contested(show: &Show, eve: &Web) {
    eve.wait("no right to publish", |event| {
        let told = event.get("permissions")?;
        (told["publish"] == false && told["of"] == "pia").then_some(())
    });
    show.until("contested", "pia", |person| person["contested"] == true);
    let told = show.notice("seat_contested");
    assert_eq!(
        (&told["fault"]["seat_contested"]["person"], &told["standing"]),
        (&json!("pia"), &json!(true))
    );
    let person = show.until("dark", "pia", |person| person["camera"]["on"] == false);
    assert_eq!((&person["position"], &person["microphone"]["on"]), (&json!("backstage"), &json!(false)));
}

fn settled(show: &Show) {
    show.host.until("settled", LIMIT, |snapshot| notice(snapshot, "seat_contested").is_none().then_some(()));
    assert_eq!(show.person("pia")["contested"], false);
}
