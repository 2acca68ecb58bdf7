//! Seats that are not let in, are taken back, or are claimed by two.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::app::{turn, until};
use crate::support::console::Console;

use super::party::{
    LATER, SOON, Show, ask, devices, has_notice, is_in, link, open_devices, person, stamp, through, took,
};

/// In this time somebody who tried again by themselves would have done so.
const A_WHILE: Duration = Duration::from_secs(10);

/// FX-N11: a token that this server never signed.
// S-255
#[test]
fn a_seat_whose_token_is_refused_says_so_and_tries_again_only_when_asked_to() {
    let _turn = turn();
    let mut show = Show::open();
    let proxy = show.proxy();
    let good = through(&proxy, show.host.seat("guest", "cara", "Cara"));
    let mut bad = good.clone();
    let token = good["token"].as_str().unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other: String = signature.chars().rev().collect();
    bad["token"] = format!("{signed}.{other}").into();

    let mut seat = show.take_seat("cara", &bad);
    let refused = json!({ "over": "refused" });
    link(&seat, refused.clone());
    assert!(has_notice(&seat.snapshot(), "seat_refused"), "{:#}", seat.snapshot()["notices"]);
    let once = proxy.connections();
    std::thread::sleep(A_WHILE);
    assert_eq!(proxy.connections(), once, "it tried again by itself");
    // What one attempt costs: the library asks a second time why it was refused.
    assert!((1..=2).contains(&once), "{once} connections for one attempt");
    ask(&mut seat, json!({ "here": "come_back" }));
    until("one more attempt", LATER, || (proxy.connections() == 2 * once).then_some(()));
    link(&seat, refused);
    assert!(proxy.connections() == 2 * once, "one wish is one attempt");
    assert_eq!(person(&show.host.snapshot(), "cara")["presence"], "invited");
    drop(seat);

    let mut seat = show.take_seat("cara", &good);
    is_in(&seat);
    open_devices(&mut seat);
    show.host.until("media follow", LATER, |snapshot| {
        (person(snapshot, "cara")["camera"]["flowing"] == true).then_some(())
    });
    show.close();
}

/// FX-N11: the host puts somebody out and refuses the seat from then on.
#[test]
fn a_seat_that_is_taken_back_is_over_at_once_and_nobody_tries_again() {
    let _turn = turn();
    let mut show = Show::open();
    let proxy = show.proxy();
    let mut seat = show.sit_through(&proxy, "guest", "cara");
    open_devices(&mut seat);
    // Both rooms, before the connections are counted.
    seat.until("the audience's room too", LATER, |snapshot| {
        (snapshot["seat"] == "in" && proxy.open() >= 2).then_some(())
    });
    let began = Instant::now();
    show.ask(json!({ "show": { "remove": { "person": "cara", "refuse": true } } }));
    let over = json!({ "over": "removed" });
    link(&seat, over.clone());
    took("the seat is over", began);
    assert!(has_notice(&seat.snapshot(), "seat_revoked"), "{:#}", seat.snapshot()["notices"]);
    let connections = proxy.connections();
    std::thread::sleep(A_WHILE);
    assert_eq!(proxy.connections(), connections, "it tried again");
    assert_eq!(seat.snapshot()["seat"], over);
    assert_eq!(person(&show.host.snapshot(), "cara")["presence"], "removed");

    // Asked to, it tries, and is put out again.
    ask(&mut seat, json!({ "here": "come_back" }));
    until("one more attempt", SOON, || (proxy.connections() > connections).then_some(()));
    link(&seat, over);
    assert_eq!(person(&show.host.snapshot(), "cara")["presence"], "removed");
    show.close();
}

/// Two machines with one seat file: the second one has just thrown the first one out.
struct Contest {
    show: Show,
    first: Console,
    newcomer: Console,
    other: crate::support::python::Client,
}

impl Contest {
    fn begin() -> Self {
        let mut show = Show::live("grid");
        let mut other = show.foreign_guest("ana", 440);
        let seat = show.host.seat("guest", "cara", "Cara");
        let mut first = show.take_seat("first", &seat);
        is_in(&first);
        show.bring_on("cara");
        open_devices(&mut first);
        until("the first one may publish", LATER, || {
            (stamp(&mut other, "cara")["position"] == "on_stage").then_some(())
        });
        let newcomer = show.take_seat("newcomer", &seat);
        let contest = Self { show, first, newcomer, other };
        contest.stands();
        contest
    }

    /// The first one is out and knows why; the host is told; the newcomer is in and may nothing.
    fn stands(&self) {
        link(&self.first, json!({ "over": "duplicate" }));
        assert!(has_notice(&self.first.snapshot(), "seat_taken"), "{:#}", self.first.snapshot()["notices"]);
        self.show.host.until("the host is told", LATER, |snapshot| {
            let shown = person(snapshot, "cara");
            let told = shown["contested"] == true && has_notice(snapshot, "seat_contested");
            (told && shown["position"] == "backstage").then_some(())
        });
        is_in(&self.newcomer);
    }

    fn newcomer_may_publish(&mut self) -> bool {
        let sources = stamp(&mut self.other, "cara");
        sources["publish"] == true
    }

    fn settle(&mut self, claim: &str) {
        self.show.ask(json!({ "show": { "settle": { "person": "cara", "claim": claim } } }));
    }

    fn uncontested(&self) {
        self.show.host.until("nobody doubts", LATER, |snapshot| {
            let doubted =
                person(snapshot, "cara")["contested"] == true || has_notice(snapshot, "seat_contested");
            (!doubted).then_some(())
        });
    }
}

/// FX-N12, and the host says: the first one.
#[test]
fn a_seat_that_two_people_claim_goes_back_to_the_first_one_by_one_click_of_the_host() {
    let _turn = turn();
    let mut contest = Contest::begin();
    until("the newcomer may publish nothing", LATER, || (!contest.newcomer_may_publish()).then_some(()));
    let wish = json!({ "here": { "camera": { "on": true } } });
    let refused = contest.newcomer.command(wish);
    assert!(refused.is_err(), "the newcomer opened a camera");

    let began = Instant::now();
    contest.settle("first");
    is_in(&contest.first);
    took("the first one is in again", began);
    link(&contest.newcomer, json!({ "over": "removed" }));
    contest.uncontested();
    assert!(!has_notice(&contest.first.snapshot(), "seat_taken"));
    let on = |snapshot: &Value| devices(snapshot, "cara");
    let opened = on(&contest.first.snapshot());
    contest.show.bring_on("cara");
    contest.show.host.until("the first one is on stage", LATER, |snapshot| {
        let shown = person(snapshot, "cara");
        (shown["position"] == "on_stage" && on(snapshot) == opened).then_some(())
    });
    assert_eq!(contest.newcomer.snapshot()["seat"], json!({ "over": "removed" }));
    contest.show.end();
}

/// FX-N12, and the host says: the newcomer.
#[test]
fn a_seat_that_two_people_claim_is_the_newcomers_when_the_host_says_so() {
    let _turn = turn();
    let mut contest = Contest::begin();
    contest.settle("newcomer");
    contest.uncontested();
    until("the newcomer may publish", LATER, || contest.newcomer_may_publish().then_some(()));
    open_devices(&mut contest.newcomer);
    contest.show.bring_on("cara");
    contest.show.host.until("the newcomer is in the program", LATER, |snapshot| {
        let shown = person(snapshot, "cara");
        (shown["position"] == "on_stage" && shown["camera"]["flowing"] == true).then_some(())
    });
    assert_eq!(contest.first.snapshot()["seat"], json!({ "over": "duplicate" }));
    contest.show.end();
}
