use studio_wire::chat::{ChatLine, ChatPage, PAGE};
use studio_wire::rtc::RoomKind::{self, Air, Crew};
use studio_wire::store::StoreOrder;
use studio_wire::view::StateName;

use crate::table::bench::{Bench, ODD, SHOW, said, session};

fn keep_in(bench: &Bench, show: &str, line: &ChatLine) {
    bench.write(&StoreOrder::Chat { session: show.into(), line: line.clone() });
}

fn keep(bench: &Bench, line: &ChatLine) {
    keep_in(bench, SHOW, line);
}

fn page(bench: &Bench, room: RoomKind, after: Option<u64>, before: Option<u64>) -> ChatPage {
    super::page(&bench.connection, &SHOW.into(), room, after, before).unwrap()
}

fn numbers(page: &ChatPage) -> Vec<u64> {
    page.lines.iter().map(|line| line.seq).collect()
}

#[test]
fn a_line_comes_back_as_it_was_said_whoever_said_it() {
    let bench = Bench::new();
    let lines: Vec<_> = (1..)
        .zip(ODD)
        .map(|(seq, &odd)| ChatLine {
            id: odd.to_owned(),
            from: odd.into(),
            name: odd.to_owned(),
            at_ms: u64::MAX >> 1,
            ..said(Air, seq, odd)
        })
        .collect();
    lines.iter().for_each(|line| keep(&bench, line));
    let newest = lines.len() as u64;
    assert_eq!(page(&bench, Air, None, None), ChatPage { room: Air, lines, newest });
}

#[test]
fn a_message_sent_twice_is_kept_once_and_a_number_given_twice_keeps_the_first() {
    let bench = Bench::new();
    let first = ChatLine { id: "a".into(), ..said(Crew, 1, "hello") };
    keep(&bench, &first);
    keep(&bench, &ChatLine { seq: 2, text: "hello again".into(), ..first.clone() });
    keep(&bench, &ChatLine { room: Air, ..first.clone() });
    keep(&bench, &ChatLine { id: "b".into(), text: "number one, too".into(), ..first.clone() });
    assert_eq!(page(&bench, Crew, None, None).lines, std::slice::from_ref(&first));
    assert_eq!(page(&bench, Air, None, None).lines, []);

    let other = ChatLine { from: "other".into(), seq: 2, ..first.clone() };
    keep(&bench, &other);
    assert_eq!(page(&bench, Crew, None, None).lines, [first.clone(), other], "another sender, the same id");
    bench.write(&session("next", StateName::Live, 1));
    keep_in(&bench, "next", &first);
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM chat WHERE session_id = 'next'"), 1, "another show");
}

#[test]
fn each_room_and_each_show_has_its_own_lines_and_numbers() {
    let bench = Bench::new();
    bench.write(&session("next", StateName::Live, 1));
    (1..=3).for_each(|seq| keep(&bench, &said(Crew, seq, "private")));
    (1..=5).for_each(|seq| keep(&bench, &said(Air, seq, "public")));
    keep_in(&bench, "next", &said(Crew, 9, "later"));
    let (crew, air) = (page(&bench, Crew, None, None), page(&bench, Air, None, None));
    assert_eq!((numbers(&crew), crew.newest), (vec![1, 2, 3], 3));
    assert!(crew.lines.iter().all(|line| line.room == Crew && line.text == "private"));
    assert_eq!((numbers(&air), air.newest), (vec![1, 2, 3, 4, 5], 5));
}

#[test]
fn lines_come_by_number_in_whatever_order_they_were_kept() {
    let bench = Bench::new();
    [7, 2, 9, 4].into_iter().for_each(|seq| keep(&bench, &said(Crew, seq, "x")));
    let all = page(&bench, Crew, None, None);
    assert_eq!((numbers(&all), all.newest), (vec![2, 4, 7, 9], 9));
    assert_eq!(numbers(&page(&bench, Crew, Some(2), None)), [4, 7, 9]);
    assert_eq!(numbers(&page(&bench, Crew, Some(3), None)), [4, 7, 9], "after a number that is not there");
    assert_eq!(numbers(&page(&bench, Crew, None, Some(9))), [2, 4, 7]);
    assert_eq!(numbers(&page(&bench, Crew, None, Some(8))), [2, 4, 7], "before a number that is not there");
    assert_eq!(numbers(&page(&bench, Crew, Some(2), Some(9))), [4, 7]);
}

#[test]
fn a_page_is_the_newest_the_oldest_after_or_the_newest_before() {
    let bench = Bench::new();
    let page_size = PAGE as u64;
    let last = 3 * page_size + 20;
    (1..=last).for_each(|seq| keep(&bench, &said(Crew, seq, "x")));
    let read = |after, before| {
        let page = page(&bench, Crew, after, before);
        assert_eq!(page.newest, last);
        numbers(&page)
    };
    assert!(read(None, None).into_iter().eq(last - page_size + 1..=last), "the newest");
    assert!(read(Some(0), None).into_iter().eq(1..=page_size), "the oldest of all");
    assert!(read(Some(50), None).into_iter().eq(51..=50 + page_size), "the oldest after");
    assert!(read(None, Some(150)).into_iter().eq(150 - page_size..150), "the newest before");
    assert!(read(Some(10), Some(last)).into_iter().eq(11..=10 + page_size), "the oldest between");
    assert!(read(Some(last), None).is_empty() && read(Some(u64::MAX), None).is_empty());
    assert!(read(None, Some(1)).is_empty() && read(None, Some(0)).is_empty());
    assert!(read(None, Some(u64::MAX)).into_iter().eq(last - page_size + 1..=last));
}

#[test]
fn ten_thousand_lines_are_all_there_forwards_and_backwards() {
    let bench = Bench::new();
    let all = bench.connection.unchecked_transaction().unwrap();
    (1..=10_000).for_each(|seq| keep(&bench, &said(Air, seq, &format!("message {seq}"))));
    all.commit().unwrap();

    let (mut forwards, mut after) = (Vec::new(), 0);
    while let Some(last) = page(&bench, Air, Some(after), None).lines.last().map(|line| line.seq) {
        forwards.extend(page(&bench, Air, Some(after), None).lines);
        after = last;
    }
    assert!(forwards.iter().map(|line| line.seq).eq(1..=10_000));
    assert!(forwards.iter().all(|line| line.text == format!("message {}", line.seq)));

    let (mut backwards, mut before) = (Vec::new(), None);
    loop {
        let lines = page(&bench, Air, None, before).lines;
        let Some(first) = lines.first() else { break };
        before = Some(first.seq);
        backwards.splice(0..0, lines);
    }
    assert_eq!(backwards, forwards);
}

#[test]
fn a_line_of_a_show_that_is_not_there_does_not_fit() {
    let bench = Bench::new();
    let line = said(Crew, 1, "hello");
    let lost = StoreOrder::Chat { session: "never".into(), line };
    let error = crate::table::write(&bench.connection, &lost).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation));
}

#[test]
fn a_show_of_which_nothing_is_kept_has_empty_pages() {
    let bench = Bench::new();
    let nothing = super::page(&bench.connection, &"never".into(), Air, None, None).unwrap();
    assert_eq!(nothing, ChatPage { room: Air, lines: Vec::new(), newest: 0 });
}
