//! The host's app dies or stands still under a live show.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::app::{turn, until};
use crate::support::console::Console;
use crate::support::python::Client;
use crate::support::tree;

use super::party::{
    LATER, SOON, Show, chat, devices, flows, is_in, link, open_devices, person, say, sees_it_move, standing,
    took,
};

/// A live show with the host, a foreign guest and a seat on stage, a producer and a foreign viewer.
struct Party {
    show: Show,
    guest: Client,
    seat: Console,
    producer: Console,
    viewer: Client,
}

const ON_STAGE: [&str; 2] = ["ana", "cara"];

impl Party {
    fn begin() -> Self {
        let mut show = Show::live("grid");
        show.ask(json!({ "here": { "camera": { "on": true } } }));
        show.ask(json!({ "here": { "microphone": { "on": true } } }));
        show.bring_on("host");
        let guest = show.foreign_guest("ana", 440);
        let mut seat = show.sit("guest", "cara");
        show.bring_on("cara");
        open_devices(&mut seat);
        let producer = show.sit("producer", "paula");
        let mut viewer = show.foreign_viewer("far");
        sees_it_move(&mut viewer, "host/program");
        Self { show, guest, seat, producer, viewer }
    }

    /// Waits until everybody on stage is seen and heard there, and says how everything is then.
    fn stands(&self) -> Value {
        self.show.host.until("all is as it should be", LATER, |snapshot| {
            let there = ON_STAGE.iter().all(|who| {
                let open = devices(snapshot, who) == [true, true] && flows(snapshot, who);
                open && person(snapshot, who)["position"] == "on_stage"
            });
            there.then(|| standing(snapshot))
        })
    }

    /// Waits until this is what the show is like, with everything that is open flowing.
    fn stands_as(&self, wanted: &Value) {
        self.show.host.until("all is as it was", LATER, |snapshot| {
            let flows = ON_STAGE.iter().all(|who| flows(snapshot, who));
            (standing(snapshot) == *wanted && flows).then_some(())
        });
    }

    /// What the file that is written now is called, once something is in it.
    fn recorded(&self) -> Value {
        self.show.host.until("the recording grows", LATER, |snapshot| {
            let recording = &snapshot["show"]["recording"];
            let grows = recording["running"] == true && recording["bytes"].as_u64() > Some(0);
            grows.then(|| recording["path"].clone())
        })
    }

    fn nobody_was_thrown_out(&self) {
        for client in [&self.guest, &self.viewer] {
            assert_eq!(client.seen().of("disconnected"), Vec::<Value>::new());
        }
    }
}

/// FX-X1: the app is killed twice and started again on the same home; once at once, and once after its guests have
/// noticed that it is away.
#[test]
fn a_show_whose_host_is_killed_goes_on_with_the_same_people_when_the_app_is_back() {
    let _turn = turn();
    let mut party = Party::begin();
    let mut wanted = party.stands();
    // What is the host's own is off until the host opens it again; everything else is as it was.
    for one in wanted["people"].as_array_mut().unwrap().iter_mut().filter(|one| one["identity"] == "host") {
        (one["camera"], one["microphone"]) = (false.into(), false.into());
    }
    let (mut processes, mut files, mut words) = (Vec::new(), vec![party.recorded()], Vec::new());

    for guests_notice in [false, true] {
        let word = format!("said before {guests_notice}");
        say(&mut party.seat, &word);
        party.show.host.told("crew", &word, SOON).expect("a word before");
        words.push(word);
        processes.extend(tree::family(party.show.host.pid()));

        let killed = Instant::now();
        party.show.host.kill();
        if guests_notice {
            link(&party.seat, json!("host_away"));
            took("the seat has noticed", killed);
            assert_eq!(devices(&party.seat.snapshot(), "cara"), [true, true], "a device of the seat");
        }
        let began = Instant::now();
        party.show.host = Console::host(&party.show.place.home());
        party.show.reach("live");
        took("live again", began);
        party.stands_as(&wanted);
        took("everybody is there", began);
        sees_it_move(&mut party.viewer, "host/program");
        took("the audience sees the program", began);
        files.push(party.recorded());
        party.nobody_was_thrown_out();

        // What is said by a seat that is in is kept, and its numbers go on.
        let word = format!("said after {guests_notice}");
        say(&mut party.seat, &word);
        words.push(word);
        for console in [&party.show.host, &party.seat, &party.producer] {
            console.told("crew", &words[words.len() - 1], LATER).expect("a word after");
            until("all words", SOON, || (chat(console).len() == words.len()).then_some(()));
            let kept = chat(console).into_iter();
            let said = (1..).zip(&words).map(|(seq, text)| (seq, "cara".to_owned(), text.clone()));
            assert!(kept.eq(said), "{:?}", chat(console));
        }
        took("the seats are heard", began);
        is_in(&party.seat);
        is_in(&party.producer);
        assert_eq!(
            devices(&party.seat.snapshot(), "cara"),
            [true, true],
            "a device of the seat was switched"
        );
    }

    files.dedup();
    assert_eq!(files.len(), 3, "each life of the app has a take of its own: {files:?}");
    let Party { show, .. } = party;
    processes.extend(tree::family(show.host.pid()));
    let place = show.end();
    until("no process is left", SOON, || tree::left(&processes).is_empty().then_some(()));
    let database = Connection::open(place.home().join("studio.db")).unwrap();
    let count = |query: &str| database.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM live_sessions"), 1, "it is the same show");
    assert_eq!(count("SELECT count(*) FROM takes"), 3);
}

#[test]
fn a_host_that_stands_still_for_a_moment_loses_no_word_and_no_person() {
    let _turn = turn();
    let mut party = Party::begin();
    let before = party.stands();
    say(&mut party.seat, "before");
    rig::freeze(party.show.host.pid());
    for number in 0..6 {
        say(&mut party.seat, &format!("meanwhile {number}"));
        std::thread::sleep(Duration::from_millis(500));
    }
    rig::thaw(party.show.host.pid());
    let began = Instant::now();
    say(&mut party.seat, "after");
    party.show.host.told("crew", "after", LATER).expect("the last word comes");
    took("the last word", began);
    party.stands_as(&before);
    took("all is as it was", began);
    is_in(&party.seat);
    assert_eq!(devices(&party.seat.snapshot(), "cara"), [true, true], "a device of the seat was switched");
    let meanwhile = (0..6).map(|number| format!("meanwhile {number}"));
    let said: Vec<_> =
        std::iter::once("before".to_owned()).chain(meanwhile).chain(["after".into()]).collect();
    let kept: Vec<_> = chat(&party.show.host).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(kept, said);
    party.nobody_was_thrown_out();
    let Party { show, .. } = party;
    show.end();
}
