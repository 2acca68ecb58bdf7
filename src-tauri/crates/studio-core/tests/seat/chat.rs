//! Chat: nothing lost, nothing twice, own messages until the host has told them.

use studio_wire::chat::{ChatLine, ChatPage, MOST_CHARACTERS, Reaction};
use studio_wire::command::{Act, HereCommand};
use studio_wire::fault::Fault;
use studio_wire::people::Role;
use studio_wire::room::{RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews};
use studio_wire::view::{Change, May};

use crate::rig::{Air, Crew, Rig, history, line, page};

fn seqs(rig: &Rig, room: RoomKind) -> Vec<u64> {
    rig.visit.chat_after(room, 0).iter().map(|line| line.seq).collect()
}

fn empty(room: RoomKind, newest: u64) -> ChatPage {
    ChatPage { room, lines: Vec::new(), newest }
}

fn say(rig: &mut Rig, room: RoomKind, text: &str) -> Result<(), Fault> {
    rig.here(HereCommand::Say { room, text: text.into() })
}

/// A seat whose welcome brought lines 1 to 3 of the private chat.
fn chatting() -> Rig {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    rig.welcome_with(vec![page(Crew, 1..=3, 3), empty(Air, 0)]);
    rig.news(Air, RoomNews::Joined);
    rig
}

/// Answers every question for what was missed, as a host does that has all lines up to a number.
fn give_history(rig: &mut Rig, newest: u64) -> u32 {
    let mut pages = 0;
    while let Some(open) = rig.call(history) {
        let RoomAsk::History { room, after: Some(after), .. } = open.ask else { panic!("{open:?}") };
        let last = newest.min(after + 100);
        rig.answer(&open, Some(RoomAnswer::History(page(room, after + 1..=last, newest))));
        pages += 1;
    }
    pages
}

#[test]
fn lines_follow_each_other_and_the_same_one_comes_once() {
    let mut rig = chatting();
    for seq in [4, 5, 5, 4, 6, 1] {
        rig.tell(Tale::Chat(line(Crew, seq)));
    }
    assert_eq!((seqs(&rig, Crew), rig.open.len()), ((1..=6).collect(), 0));
    assert_eq!(rig.visit.chat(Crew).newest, 6);
    assert_eq!(seqs(&rig, Air), []);
}

#[test]
fn a_hole_is_filled_page_by_page_in_order() {
    let mut rig = chatting();
    rig.tell(Tale::Chat(line(Crew, 250)));
    let ask = RoomAsk::History { room: Crew, after: Some(3), before: None };
    assert_eq!((rig.open.len(), &rig.open[0].ask), (1, &ask));
    rig.tell(Tale::Chat(line(Crew, 251)));
    assert_eq!(rig.open.len(), 1, "one question at a time");
    assert_eq!(give_history(&mut rig, 251), 3);
    assert_eq!(seqs(&rig, Crew), (1..=251).collect::<Vec<_>>());
    rig.tell(Tale::Chat(line(Crew, 252)));
    assert_eq!((rig.visit.chat(Crew).newest, rig.open.len()), (252, 0));
}

#[test]
fn what_was_said_while_the_connection_was_away_is_fetched_after_it() {
    let mut rig = chatting();
    rig.lose(Crew, None);
    rig.pass(2_000);
    rig.news(Crew, RoomNews::Joined);
    rig.welcome_with(vec![page(Crew, 151..=250, 250), page(Air, 1..=7, 7)]);
    assert_eq!(give_history(&mut rig, 250), 3);
    assert_eq!(seqs(&rig, Crew), (1..=250).collect::<Vec<_>>());
    assert_eq!(seqs(&rig, Air), (1..=7).collect::<Vec<_>>());
}

#[test]
fn a_welcome_that_overlaps_adds_only_what_is_new() {
    let mut rig = chatting();
    rig.lose(Crew, None);
    rig.news(Crew, RoomNews::Joined);
    rig.tell(Tale::Chat(line(Crew, 4)));
    rig.welcome_with(vec![page(Crew, 2..=5, 5)]);
    assert_eq!((seqs(&rig, Crew), give_history(&mut rig, 5)), ((1..=5).collect(), 0));
}

#[test]
fn a_line_that_overtakes_the_welcome_is_not_lost() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    rig.tell(Tale::Chat(line(Crew, 4)));
    rig.welcome_with(vec![page(Crew, 1..=3, 3)]);
    assert_eq!(give_history(&mut rig, 4), 1);
    assert_eq!(seqs(&rig, Crew), [1, 2, 3, 4]);
}

#[test]
fn a_first_page_that_did_not_fit_into_the_welcome_is_fetched_whole() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    rig.welcome_with(vec![page(Crew, 391..=400, 400)]);
    assert_eq!(give_history(&mut rig, 400), 1);
    assert_eq!(seqs(&rig, Crew), (301..=400).collect::<Vec<_>>());
}

#[test]
fn a_question_that_nobody_answers_is_asked_again_and_a_hole_that_nobody_can_fill_is_left() {
    let mut rig = chatting();
    rig.tell(Tale::Chat(line(Crew, 9)));
    let open = rig.call(history).unwrap();
    rig.answer(&open, None);
    assert_eq!(rig.open, []);
    rig.pass(1_100);
    let open = rig.call(history).unwrap();
    rig.answer(&open, Some(RoomAnswer::History(empty(Crew, 9))));
    rig.pass(60_000);
    rig.tell(Tale::Chat(line(Crew, 10)));
    assert_eq!((seqs(&rig, Crew), rig.open.len()), (vec![1, 2, 3, 10], 0));
}

#[test]
fn a_host_that_counts_anew_is_believed() {
    let mut rig = chatting();
    rig.lose(Crew, None);
    rig.news(Crew, RoomNews::Joined);
    rig.welcome_with(vec![page(Crew, 1..=1, 1)]);
    rig.tell(Tale::Chat(line(Crew, 2)));
    assert_eq!(seqs(&rig, Crew), [1, 2]);
}

#[test]
fn memory_holds_five_hundred_lines_and_a_page_a_hundred() {
    let mut rig = chatting();
    for seq in 4..=700 {
        rig.tell(Tale::Chat(line(Crew, seq)));
    }
    assert_eq!(seqs(&rig, Crew), (201..=700).collect::<Vec<_>>());
    let newest = rig.visit.chat(Crew);
    assert_eq!((newest.lines.len(), newest.lines[0].seq, newest.newest), (100, 601, 700));
}

#[test]
fn a_message_is_sent_again_with_the_same_id_until_the_host_tells_it() {
    let mut rig = chatting();
    say(&mut rig, Crew, "  hello\u{202e} there ").unwrap();
    rig.pass(4_500);
    let times: Vec<_> = rig.said.iter().map(|(at, ..)| at - rig.said[0].0).collect();
    assert_eq!(times, [0, 2_000, 4_000]);
    let (_, id, text) = rig.said[0].clone();
    assert!(id.len() >= 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    assert!(rig.said.iter().all(|said| said.1 == id && said.2 == "hello there"), "{text}");
    assert_eq!(seqs(&rig, Crew), [1, 2, 3], "shown when it is told");
    let other = ChatLine { id: id.clone(), ..line(Crew, 4) };
    rig.tell(Tale::Chat(other));
    rig.pass(2_000);
    assert_eq!(rig.said.len(), 4, "the same id of somebody else is not it");
    let told = ChatLine { id, from: "ana".into(), ..line(Crew, 5) };
    rig.tell(Tale::Chat(told));
    rig.pass(20_000);
    assert_eq!((rig.said.len(), seqs(&rig, Crew)), (4, vec![1, 2, 3, 4, 5]));
}

#[test]
fn a_message_waits_for_the_connection_and_goes_at_once_after_it() {
    let mut rig = chatting();
    rig.lose(Crew, None);
    say(&mut rig, Crew, "wait").unwrap();
    rig.pass(10_000);
    assert_eq!(rig.said, []);
    rig.news(Crew, RoomNews::Joined);
    assert_eq!(rig.said.len(), 1);
    rig.lose(Crew, None);
    rig.news(Crew, RoomNews::Joined);
    assert_eq!(rig.said.len(), 2, "again, at once");
    let told = ChatLine { id: rig.said[0].1.clone(), from: "ana".into(), ..line(Crew, 4) };
    rig.welcome_with(vec![ChatPage { room: Crew, lines: vec![told], newest: 4 }]);
    rig.pass(20_000);
    assert_eq!((rig.said.len(), seqs(&rig, Crew)), (2, vec![1, 2, 3, 4]));
}

#[test]
fn a_message_that_was_lost_on_its_way_is_not_overtaken_by_the_next_one() {
    let mut rig = chatting();
    for text in ["one", "two", "three"] {
        say(&mut rig, Crew, text).unwrap();
    }
    say(&mut rig, Air, "elsewhere").unwrap();
    let texts = |rig: &Rig| rig.said.iter().map(|said| said.2.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&rig), ["one", "elsewhere"]);
    rig.pass(2_100);
    assert_eq!(texts(&rig)[2..], ["one", "elsewhere"]);
    for (seq, room, said) in [(4, Crew, 0), (5, Crew, 4), (1, Air, 1)] {
        let told = ChatLine { id: rig.said[said].1.clone(), from: "ana".into(), ..line(room, seq) };
        rig.tell(Tale::Chat(told));
    }
    assert_eq!(texts(&rig)[4..], ["two", "three"], "each at once when the one before is told");
    rig.tell(Tale::Unsaid { id: rig.said[5].1.clone(), fault: Fault::TooFast });
    rig.pass(20_000);
    assert_eq!(rig.said.len(), 6);
}

#[test]
fn a_message_that_was_not_kept_is_dropped_with_a_word() {
    let mut rig = chatting();
    say(&mut rig, Air, "much").unwrap();
    let id = rig.said[0].1.clone();
    rig.tell(Tale::Unsaid { id: "another".into(), fault: Fault::TooFast });
    assert_eq!(rig.faults(), []);
    rig.tell(Tale::Unsaid { id, fault: Fault::TooFast });
    rig.pass(10_000);
    assert_eq!((rig.faults(), rig.said.len()), (vec![Fault::TooFast], 1));
}

#[test]
fn what_is_no_message_is_refused_before_it_is_sent() {
    let mut rig = chatting();
    let most = MOST_CHARACTERS as u32;
    for bad in ["", " \n ", "\u{202e}", &"x".repeat(MOST_CHARACTERS + 1)] {
        assert_eq!(say(&mut rig, Crew, bad), Err(Fault::BadText { most }));
    }
    assert_eq!(say(&mut rig, Crew, &"é".repeat(MOST_CHARACTERS)), Ok(()));
    let mut mine = rig.view.mine.clone();
    mine.silenced = true;
    rig.changed(Change::Mine(mine));
    assert_eq!(say(&mut rig, Crew, "but"), Err(Fault::Silenced));
    let mut viewer = Rig::seated(Role::Viewer);
    let refused = Err(Fault::NotAllowed { act: Act::Say, role: Role::Viewer });
    assert_eq!(say(&mut viewer, Crew, "psst"), refused, "the private chat is not the audience's");
    assert_eq!(say(&mut viewer, Air, "hi"), Ok(()));
    viewer.changed(Change::May(vec![May { act: Act::Say, refusal: Some(Fault::TooFast) }]));
    assert_eq!(say(&mut viewer, Air, "hi"), Err(Fault::TooFast));
    assert_eq!(say(&mut Rig::starting(Role::Guest), Crew, "early"), Err(Fault::HostAway));
}

#[test]
fn cheers_go_out_once_and_only_where_one_is() {
    let mut rig = chatting();
    rig.orders.clear();
    rig.here(HereCommand::React { room: Air, reaction: Reaction::Clap }).unwrap();
    assert_eq!(rig.orders, ["react air clap"]);
    rig.lose(Air, None);
    let away = rig.here(HereCommand::React { room: Air, reaction: Reaction::Clap });
    assert_eq!(away, Err(Fault::HostAway));
    let mut viewer = Rig::seated(Role::Viewer);
    let refused = viewer.here(HereCommand::React { room: Crew, reaction: Reaction::Up });
    assert_eq!(refused, Err(Fault::NotAllowed { act: Act::React, role: Role::Viewer }));
}

#[test]
fn who_is_moved_out_of_crew_keeps_none_of_its_chat() {
    let mut rig = chatting();
    rig.view.role = Role::Viewer;
    rig.changed(Change::Role(Role::Viewer));
    assert_eq!((seqs(&rig, Crew), rig.visit.chat(Crew).newest), (vec![], 0));
}
