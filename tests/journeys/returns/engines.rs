//! A seat's own engine dies.

use std::time::Instant;

use serde_json::json;

use crate::support::app::{turn, until};

use super::party::{
    LATER, SOON, Show, ask, devices, flows, open_devices, person, sees_it_move, standing, took,
};

/// The engine is killed twice: with the microphone muted, and with it open.
#[test]
fn a_seat_whose_engine_is_killed_comes_back_with_its_devices_as_they_were() {
    let _turn = turn();
    let mut show = Show::live("grid");
    let mut other = show.foreign_guest("ana", 440);
    let mut seat = show.sit("guest", "cara");
    show.bring_on("cara");
    open_devices(&mut seat);

    for speaks in [false, true] {
        ask(&mut seat, json!({ "here": { "microphone": { "on": speaks } } }));
        let before = show.host.until("the guest is in the program", LATER, |snapshot| {
            let there = devices(snapshot, "cara") == [true, speaks] && flows(snapshot, "cara");
            (there && person(snapshot, "cara")["position"] == "on_stage").then(|| standing(snapshot))
        });
        sees_it_move(&mut other, "cara/camera");
        let engine = seat.process("sidestage-engine crew").expect("a seat in crew has an engine");
        let (began, seen) = (Instant::now(), other.seen().count());
        rig::kill(engine);
        until("another engine runs", SOON, || {
            seat.process("sidestage-engine crew").filter(|pid| *pid != engine)
        });
        seat.until("the seat is in again", LATER, |snapshot| {
            assert_eq!(devices(snapshot, "cara"), [true, speaks], "a device of the seat was switched");
            (snapshot["seat"] == "in").then_some(())
        });
        took("the seat is in again", began);
        let wrongly_open = |snapshot: &serde_json::Value| !speaks && devices(snapshot, "cara")[1];
        show.host.until("the guest is in the program again", LATER, |snapshot| {
            assert!(!wrongly_open(snapshot), "a muted microphone was opened");
            (flows(snapshot, "cara") && standing(snapshot) == before).then_some(())
        });
        took("the guest is in the program again", began);
        sees_it_move(&mut other, "cara/camera");
        let opened = other.seen().all().split_off(seen).into_iter().any(|event| {
            let it = &event["muted"];
            it["of"] == "cara" && it["source"] == "microphone" && it["muted"] == false
        });
        assert!(speaks || !opened, "a muted microphone was opened, says somebody else");
    }
    drop((other, seat));
    show.end();
}
