//! What the host tells: in order, twice, too late, with holes, while a hello is open.

use studio_wire::fault::Fault;
use studio_wire::people::Role;
use studio_wire::room::Tale;
use studio_wire::rtc::RoomNews;
use studio_wire::view::{Change, SeatLink};

use crate::rig::{Crew, Rig, hello};

fn titled(rig: &mut Rig, title: &str) -> Tale {
    rig.change(Change::Title(title.into()))
}

fn title(rig: &Rig) -> String {
    rig.snapshot().show.title
}

#[test]
fn changes_that_follow_each_other_are_taken_over_each_once() {
    let mut rig = Rig::seated(Role::Guest);
    let (one, two) = (titled(&mut rig, "one"), titled(&mut rig, "two"));
    rig.tell(one.clone());
    rig.tell(two.clone());
    assert_eq!(title(&rig), "two");
    let rev = rig.snapshot().rev;
    rig.tell(one);
    rig.tell(two);
    assert_eq!((title(&rig).as_str(), rig.snapshot().rev, rig.hellos()), ("two", rev, 0));
}

#[test]
fn a_change_that_was_lost_makes_the_seat_ask_for_everything_once() {
    let mut rig = Rig::seated(Role::Guest);
    titled(&mut rig, "lost");
    let (two, three) = (titled(&mut rig, "two"), titled(&mut rig, "three"));
    rig.tell(two);
    assert_eq!((title(&rig).as_str(), rig.hellos()), ("Evening show", 1));
    rig.tell(three);
    assert_eq!(rig.hellos(), 1);
    assert_eq!(rig.link(), SeatLink::In, "a question is no absence");
    rig.welcome();
    assert_eq!((title(&rig).as_str(), rig.hellos()), ("three", 0));
}

#[test]
fn changes_in_the_wrong_order_end_in_the_same_view() {
    let mut rig = Rig::seated(Role::Guest);
    let (one, two) = (titled(&mut rig, "one"), titled(&mut rig, "two"));
    rig.tell(two);
    rig.tell(one);
    rig.welcome();
    assert_eq!((title(&rig).as_str(), rig.hellos()), ("two", 0));
}

#[test]
fn while_a_hello_is_open_only_what_is_newer_than_the_welcome_counts() {
    let mut rig = Rig::seated(Role::Guest);
    rig.tell(Tale::Stale { rev: rig.rev + 1 });
    let old = titled(&mut rig, "old");
    let answer = {
        titled(&mut rig, "welcome");
        rig.whole(vec![])
    };
    let newer = titled(&mut rig, "newer");
    rig.tell(newer);
    rig.tell(old);
    assert_eq!(title(&rig), "Evening show");
    let open = rig.call(hello).unwrap();
    rig.answer(&open, Some(answer));
    assert_eq!((title(&rig).as_str(), rig.hellos()), ("newer", 0));
}

#[test]
fn a_hole_behind_the_welcome_is_asked_for_again() {
    let mut rig = Rig::seated(Role::Guest);
    rig.tell(Tale::Stale { rev: rig.rev + 1 });
    let answer = rig.whole(vec![]);
    titled(&mut rig, "lost");
    let newer = titled(&mut rig, "newer");
    rig.tell(newer);
    let open = rig.call(hello).unwrap();
    rig.answer(&open, Some(answer));
    assert_eq!(rig.hellos(), 1);
    rig.welcome();
    assert_eq!(title(&rig), "newer");
}

#[test]
fn a_view_that_is_too_much_to_tell_is_asked_for() {
    let mut rig = Rig::seated(Role::Guest);
    rig.tell(Tale::Stale { rev: rig.rev });
    assert_eq!(rig.hellos(), 0, "known already");
    titled(&mut rig, "much");
    rig.tell(Tale::Stale { rev: rig.rev });
    rig.welcome();
    assert_eq!(title(&rig), "much");
}

#[test]
fn changes_of_another_view_than_the_one_that_is_here_are_not_taken_over() {
    for from in [0, 9, 11] {
        let mut rig = Rig::seated(Role::Guest);
        assert_eq!(rig.rev, 10);
        rig.tell(Tale::View { from, rev: 12, changes: vec![Change::Title("mixed".into())] });
        assert_eq!((title(&rig).as_str(), rig.hellos()), ("Evening show", 1), "{from}");
    }
}

#[test]
fn an_answer_to_an_older_hello_is_dropped() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    let first = rig.call(hello).unwrap();
    let stale = rig.whole(vec![]);
    titled(&mut rig, "now");
    rig.lose(Crew, None);
    rig.news(Crew, RoomNews::Joined);
    rig.answer(&first, Some(stale));
    assert_eq!(title(&rig), "");
    rig.welcome();
    assert_eq!(title(&rig), "now");
    assert_eq!(rig.faults(), Vec::<Fault>::new());
}

#[test]
fn nothing_is_told_to_who_was_not_welcomed() {
    let mut rig = Rig::starting(Role::Guest);
    let tale = titled(&mut rig, "early");
    rig.tell(tale);
    assert_eq!((title(&rig).as_str(), rig.hellos()), ("", 0));
}
