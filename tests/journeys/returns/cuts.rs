//! Signalling is cut while media go on.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::app::turn;

use super::party::{LATER, Show, devices, flows, is_in, open_devices, person, sees_it_move, standing, took};

/// FX-N3: a guest's signalling is snapped, and later cut for two seconds. The program shows the guest all the time.
#[test]
fn a_guest_whose_signalling_is_cut_stays_in_the_program_and_keeps_the_seat() {
    let _turn = turn();
    let mut show = Show::live("grid");
    let proxy = show.proxy();
    let mut seat = show.sit_through(&proxy, "guest", "cara");
    show.bring_on("cara");
    open_devices(&mut seat);
    let mut viewer = show.foreign_viewer("far");
    sees_it_move(&mut viewer, "host/program");
    let before = show.host.until("the guest is in the program", LATER, |snapshot| {
        let there = devices(snapshot, "cara") == [true, true] && flows(snapshot, "cara");
        (there && person(snapshot, "cara")["position"] == "on_stage").then(|| standing(snapshot))
    });
    let figures = show.host.figures();

    for cut in [Duration::ZERO, Duration::from_secs(2)] {
        let (began, connections) = (Instant::now(), proxy.connections());
        if cut.is_zero() {
            proxy.snap();
        } else {
            proxy.cut();
            std::thread::sleep(cut);
            proxy.heal();
        }
        // Whoever were thought to be gone after a moment's fault would be missing by then.
        let end = began + if cut.is_zero() { Duration::from_secs(8) } else { Duration::ZERO };
        while Instant::now() < end {
            let snapshot = show.host.snapshot();
            assert_eq!(standing(&snapshot), before, "something changed at the host");
            assert!(flows(&snapshot, "cara"), "the guest's media stopped");
            std::thread::sleep(Duration::from_millis(20));
        }
        seat.until("the seat is in again", LATER, |snapshot| {
            assert_eq!(devices(snapshot, "cara"), [true, true], "a device of the seat was switched");
            let again = proxy.connections() >= connections + 2 && snapshot["seat"] == "in";
            again.then_some(())
        });
        took("the seat is in again", began);
        // After a longer cut the library may make a whole new connection, with new tracks.
        show.host.until("the guest is in the program as before", LATER, |snapshot| {
            assert_eq!(person(snapshot, "cara")["position"], "on_stage");
            (standing(snapshot) == before && flows(snapshot, "cara")).then_some(())
        });
        took("the guest is in the program as before", began);
        is_in(&seat);
    }
    let after = show.host.figures();
    let since = |what: &str| after[what].as_u64().unwrap() - figures[what].as_u64().unwrap();
    eprintln!("program frames: {} due, {} late", since("due"), since("late"));
    assert!(since("due") > 100, "{after}");
    // One may be under way when it is counted.
    assert!(since("composed").abs_diff(since("due")) <= 1, "{figures} {after}");
    drop((viewer, seat));
    show.ask(json!({ "show": "end_stream" }));
    show.reach("idle");
    show.close();
}
