//! Words that are under way while signalling is cut.

use std::path::Path;
use std::time::{Duration, Instant};

use rig::Dice;
use rusqlite::Connection;
use serde_json::json;

use crate::support::app::{turn, until};
use crate::support::console::Console;

use super::party::{LATER, Show, chat, is_in, person, say, took};

const SEATS: usize = 5;
/// Of each seat, while signalling is cut once.
const WORDS: usize = 100;
/// A little less than the host lets one person say: 30 at once and 10 a second, calls and repeats included.
const AT_ONCE: usize = 20;
const PACE: Duration = Duration::from_millis(125);

struct Seat {
    identity: String,
    console: Console,
    said: Vec<String>,
}

/// FX-N10: twice 500 messages, and signalling is cut in the middle of each 500.
// S-186
#[test]
fn words_under_way_while_signalling_is_cut_are_kept_once_and_in_order() {
    let _turn = turn();
    let mut dice = Dice::new("words under way");
    let mut show = Show::open();
    let proxy = show.proxy();
    let names = (1..=SEATS).map(|number| format!("seat-{number}"));
    let mut seats: Vec<Seat> = names
        .map(|identity| {
            let console = show.sit_through(&proxy, "guest", &identity);
            Seat { identity, console, said: Vec::new() }
        })
        .collect();

    for round in 0..2 {
        let cut_at = 20 + usize::try_from(dice.below(WORDS as u64 - 40)).unwrap();
        let began = Instant::now();
        for number in 0..WORDS {
            if number == cut_at {
                proxy.snap();
            }
            for seat in &mut seats {
                let text = format!("{round} {number}");
                say(&mut seat.console, &text);
                seat.said.push(text);
            }
            let due = began + PACE * u32::try_from(number.saturating_sub(AT_ONCE)).unwrap();
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let said = SEATS * WORDS * (round + 1);
        let began = Instant::now();
        until("everything is kept", LATER, || (chat(&show.host).len() >= said).then_some(()));
        took("everything is kept", began);
        seats.iter().for_each(|seat| is_in(&seat.console));
    }

    let kept = chat(&show.host);
    assert!(kept.iter().map(|(seq, ..)| *seq).eq(1..=kept.len() as u64), "the numbers have a gap");
    for seat in &seats {
        let own = kept.iter().filter(|(_, from, _)| *from == seat.identity);
        let own: Vec<_> = own.map(|(_, _, text)| text.clone()).collect();
        assert_eq!(own, seat.said, "{} is not kept as it was said", seat.identity);
        until("every seat has every line", LATER, || (chat(&seat.console).len() >= kept.len()).then_some(()));
        assert_eq!(chat(&seat.console), kept, "{}", seat.identity);
    }

    // One leaves; who stays is heard as before, and who left is nobody any more.
    let gone = seats.pop().unwrap();
    gone.console.close();
    show.host.until("who left has left", LATER, |snapshot| {
        let shown = person(snapshot, &gone.identity);
        assert_ne!(shown["presence"], "removed");
        (shown["presence"] != "joined" && snapshot["show"]["counts"]["online"] == SEATS).then_some(())
    });
    say(&mut seats[0].console, "still here");
    for console in seats.iter().map(|seat| &seat.console).chain([&show.host]) {
        console.told("crew", "still here", LATER).expect("a word after somebody left");
    }
    let kept = chat(&show.host);
    drop(seats);
    show.ask(json!({ "show": "release" }));
    show.reach("idle");
    let place = show.close();
    assert_eq!(stored(&place.home().join("studio.db")), kept);
}

fn stored(database: &Path) -> Vec<(u64, String, String)> {
    let database = Connection::open(database).unwrap();
    let mut rows =
        database.prepare("SELECT seq, sender, text FROM chat WHERE room = 'crew' ORDER BY seq").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(|row| row.unwrap()).map(|(seq, from, text)| (u64::try_from(seq).unwrap(), from, text)).collect()
}
