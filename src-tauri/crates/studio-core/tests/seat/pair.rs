//! A seat and the real host, with a wire between them that takes its time and, where a test says so, loses things.

use std::collections::{BTreeMap, VecDeque};

use studio_core::{Effect, Effects, Event, Machine, SeatStart, Start};
use studio_wire::chat::ChatLine;
use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, Identity, Ticket};
use studio_wire::layout::LayoutName;
use studio_wire::media::{MediaOrder, MediaReport};
use studio_wire::people::{Actor, Parting, Position, Role};
use studio_wire::preferences::Preferences;
use studio_wire::room::{Holder, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{Ack, PersonView, SeatLink, Snapshot};

use crate::rig::{Air, Crew};

const HOST: usize = 0;
const SEAT: usize = 1;
/// From one machine to the other, in ms.
const WAY: u64 = 150;
/// How far the host's clock is ahead.
const AHEAD: u64 = 700_000;

/// Two machines, a clock, and everything that is on its way, by when it arrives.
struct Pair {
    machines: [Machine; 2],
    now: u64,
    way: BTreeMap<(u64, u64), (usize, Event)>,
    sent: u64,
    engines: [[Option<Epoch>; 2]; 2],
    hello: bool,
    /// Views that are told are lost.
    deaf: bool,
    replies: BTreeMap<(usize, u64), Result<Ack, Fault>>,
    tickets: u64,
}

impl Pair {
    /// A show of the host's, with ana in it.
    fn new(role: Role) -> Self {
        let mut start = Start::new(9, "nobody", "Nobody");
        start.seat = Some(SeatStart { identity: "ana".into(), role, name: "Ana".into() });
        let mut host = Start::new(7, "host", "Ada");
        for start in [&mut start, &mut host] {
            start.kept.preferences = Preferences::default().on_test_sources();
        }
        let mut pair = Self {
            machines: [Machine::new(host), Machine::new(start)],
            now: 1_000,
            way: BTreeMap::new(),
            sent: 0,
            engines: [[None; 2]; 2],
            hello: false,
            deaf: false,
            replies: BTreeMap::new(),
            tickets: 0,
        };
        pair.show(HOST, ShowCommand::Open { title: "Evening show".into() });
        pair.pass(1_000);
        pair.feed(SEAT, Event::Shell(ShellReport::Started { adopt: false }));
        pair.enters(role.room(), role);
        pair.pass(2_000);
        assert_eq!(pair.seat().seat, SeatLink::In);
        pair
    }

    fn enters(&mut self, room: RoomKind, role: Role) {
        self.news(
            HOST,
            room,
            RoomNews::Came { identity: "ana".into(), name: "Ana".into(), role: Some(role) },
            1,
        );
    }

    fn time(&self, who: usize) -> Now {
        let ahead = if who == HOST { AHEAD } else { 0 };
        Now { show: ShowTime::from_ms(self.now + ahead), wall_ms: 1_795_287_600_000 + self.now }
    }

    fn snapshot(&self, who: usize) -> Snapshot {
        self.machines[who].snapshot(self.time(who))
    }

    fn seat(&self) -> Snapshot {
        self.snapshot(SEAT)
    }

    fn ana(&self) -> PersonView {
        self.seat().show.people.into_iter().find(|person| person.local).unwrap()
    }

    fn show(&mut self, who: usize, command: ShowCommand) -> u64 {
        self.tickets += 1;
        let ticket = self.tickets;
        self.feed(who, Event::Command(Ticket(ticket), Actor::LocalHost, Command::Show(command)));
        ticket
    }

    fn here(&mut self, who: usize, command: HereCommand) {
        self.tickets += 1;
        let ticket = self.tickets;
        self.feed(who, Event::Command(Ticket(ticket), Actor::LocalHost, Command::Here(command)));
        assert!(self.replies[&(who, ticket)].is_ok(), "{:?}", self.replies[&(who, ticket)]);
    }

    fn texts(&self, who: usize, room: RoomKind) -> Vec<ChatLine> {
        self.machines[who].chat_after(room, 0)
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        loop {
            let arrival = self.way.keys().next().map(|(at, _)| *at);
            let ahead = [AHEAD, 0];
            let wake =
                |who: usize| self.machines[who].next_deadline().map(|at| at.ms().saturating_sub(ahead[who]));
            let due = [arrival, wake(HOST), wake(SEAT)].into_iter().flatten().min();
            let Some(due) = due.filter(|due| *due <= until) else { break };
            self.now = self.now.max(due);
            if arrival.is_some_and(|at| at <= self.now) {
                let (_, (who, event)) = self.way.pop_first().unwrap();
                self.feed(who, event);
            } else {
                let who = if wake(HOST).is_some_and(|at| at <= self.now) { HOST } else { SEAT };
                self.feed(who, Event::Wake);
            }
        }
        self.now = until;
    }

    fn send(&mut self, to: usize, event: Event, after: u64) {
        self.sent += 1;
        self.way.insert((self.now + after, self.sent), (to, event));
    }

    fn news(&mut self, to: usize, room: RoomKind, news: RoomNews, after: u64) {
        if let Some(epoch) = self.engines[to][room as usize] {
            self.send(to, Event::Rtc(RtcReport::Room { room, epoch, news }), after);
        }
    }

    fn feed(&mut self, who: usize, event: Event) {
        let (now, mut out) = (self.time(who), Effects::default());
        self.machines[who].apply(now, event, &mut out);
        let mut effects: VecDeque<Effect> = out.drain().collect();
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Reply(ticket, reply) => {
                    assert!(self.replies.insert((who, ticket.0), reply).is_none(), "one reply");
                }
                Effect::Rtc(order) => self.rtc(who, order),
                Effect::Media(MediaOrder::Open { epoch, .. }) => {
                    self.send(who, Event::Media(MediaReport::Opened { epoch }), 1);
                }
                Effect::Media(MediaOrder::CheckRecorder { epoch, .. }) => {
                    self.send(who, Event::Media(MediaReport::RecorderReady { epoch }), 1);
                }
                Effect::Store(StoreOrder::Session { epoch, .. }) => {
                    self.send(who, Event::Store(StoreReport::Persisted { epoch }), 1);
                }
                _ => {}
            }
        }
    }

    fn rtc(&mut self, who: usize, order: RtcOrder) {
        let (other, ana) = (1 - who, Identity::from("ana"));
        match order {
            RtcOrder::Open { epoch, .. } | RtcOrder::Attend { epoch } => {
                self.send(who, Event::Rtc(RtcReport::RoomsReady { epoch }), 1);
            }
            RtcOrder::Start { room, epoch, .. } => {
                self.engines[who][room as usize] = Some(epoch);
                self.news(who, room, RoomNews::Joined, 5);
            }
            RtcOrder::Ask { room, call, ask, .. } => {
                let ask = match ask {
                    RoomAsk::Hello { version, .. } => {
                        let holder = if self.hello { Holder::Same } else { Holder::First };
                        self.hello = true;
                        RoomAsk::Hello { version, holder }
                    }
                    ask => ask,
                };
                self.news(other, room, RoomNews::Asked { call, from: ana, ask }, WAY);
            }
            RtcOrder::Answer { room, call, answer } => {
                let call: CallId = call;
                self.news(other, room, RoomNews::Answered { call, answer: Some(answer) }, WAY);
            }
            RtcOrder::Tell { tale: Tale::View { .. }, .. } if self.deaf => {}
            RtcOrder::Tell { room, to, tale } if to.contains(&ana) => {
                self.news(other, room, RoomNews::Told { tale }, WAY);
            }
            RtcOrder::Say { room, id, text, .. } => {
                self.news(other, room, RoomNews::Said { from: ana, id: Some(id), text }, WAY);
            }
            RtcOrder::Stamp { room, identity, stamp } => {
                let stamped = RtcReport::Stamped { room, identity, stamp, refused: None };
                self.send(who, Event::Rtc(stamped), 5);
            }
            _ => {}
        }
    }
}

fn solo() -> ShowCommand {
    ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo }
}

// S-87 S-88 S-90
#[test]
fn a_desk_sees_its_wish_at_once_and_the_hosts_view_takes_its_place_without_a_flicker() {
    let mut pair = Pair::new(Role::Cohost);
    let ticket = pair.show(SEAT, solo());
    for _ in 0..400 {
        assert_eq!(pair.seat().show.program.layout, LayoutName::Solo);
        pair.pass(10);
    }
    assert!(pair.replies[&(SEAT, ticket)].is_ok());
    assert_eq!(pair.snapshot(HOST).show.program.layout, LayoutName::Solo);
    let ask = pair.show(HOST, ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Grid });
    assert!(pair.replies[&(HOST, ask)].is_ok());
    pair.pass(WAY + 40);
    assert_eq!(pair.seat().show.program.layout, LayoutName::Grid, "nothing of the wish is left");
}

// S-89
#[test]
fn a_desk_that_is_refused_sees_its_wish_taken_back_after_the_answer() {
    let mut pair = Pair::new(Role::Cohost);
    let nobody: Identity = "leo".into();
    pair.show(SEAT, ShowCommand::AddToStage { bus: Bus::Program, person: nobody.clone() });
    assert!(pair.seat().show.program.people.contains(&nobody));
    pair.pass(2 * WAY + 10);
    assert!(!pair.seat().show.program.people.contains(&nobody));
    let notices: Vec<_> = pair.seat().notices.into_iter().map(|notice| notice.fault).collect();
    assert_eq!(notices, [Fault::NobodyThere { person: nobody }]);
}

// S-90
#[test]
fn a_seat_that_missed_what_was_told_has_the_hosts_view_again_after_its_next_wish() {
    let mut pair = Pair::new(Role::Cohost);
    pair.deaf = true;
    pair.show(HOST, ShowCommand::AddToStage { bus: Bus::Program, person: "ana".into() });
    pair.pass(1_000);
    assert_eq!(pair.ana().position, Position::Backstage, "it was not told");
    pair.show(SEAT, solo());
    pair.pass(3_000);
    let (seat, host) = (pair.seat().show, pair.snapshot(HOST).show);
    assert_eq!((&seat.program, pair.ana().position), (&host.program, Position::OnStage));
}

#[test]
fn what_is_said_is_kept_once_and_shown_to_both() {
    let mut pair = Pair::new(Role::Guest);
    for n in 0..30 {
        pair.here(SEAT, HereCommand::Say { room: Crew, text: format!("from ana {n}") });
        pair.pass(500);
        pair.here(HOST, HereCommand::Say { room: Crew, text: format!("from ada {n}") });
        pair.pass(700);
    }
    pair.pass(5_000);
    assert_eq!(pair.texts(HOST, Crew).len(), 60);
    assert_eq!(pair.texts(SEAT, Crew), pair.texts(HOST, Crew));
    assert_eq!(pair.texts(SEAT, Air), []);
}

// S-43
#[test]
fn a_guest_is_put_on_stage_muted_and_never_switched_on() {
    let mut pair = Pair::new(Role::Guest);
    pair.show(HOST, ShowCommand::AddToStage { bus: Bus::Program, person: "ana".into() });
    pair.pass(500);
    assert_eq!((pair.ana().position, pair.ana().microphone.on), (Position::OnStage, false));
    pair.here(SEAT, HereCommand::Microphone { on: true });
    let (identity, sid, kind) = (Identity::from("ana"), "TR_1".into(), TrackKind::Microphone);
    pair.news(HOST, Crew, RoomNews::Track { identity, sid, kind, muted: false }, WAY);
    pair.pass(500);
    assert!(pair.ana().microphone.on);
    let mute = pair.show(HOST, ShowCommand::Mute { person: "ana".into(), kind: TrackKind::Microphone });
    assert!(pair.replies[&(HOST, mute)].is_ok(), "{:?}", pair.replies[&(HOST, mute)]);
    pair.pass(500);
    assert!(!pair.ana().microphone.on);
    let notices: Vec<_> = pair.seat().notices.into_iter().map(|notice| notice.fault).collect();
    assert_eq!(notices, [Fault::MutedByHost { kind: TrackKind::Microphone }]);
}

#[test]
fn the_hosts_times_are_shown_by_the_clock_of_the_seat() {
    let pair = Pair::new(Role::Guest);
    let (host, seat) = (pair.snapshot(HOST), pair.seat());
    let age = |snapshot: &Snapshot| snapshot.at.since(snapshot.show.broadcast.since).ms();
    assert!(age(&host).abs_diff(age(&seat)) <= 2 * WAY, "{} {}", age(&host), age(&seat));
}

#[test]
fn a_host_that_went_and_came_finds_the_seat_where_it_was() {
    let mut pair = Pair::new(Role::Guest);
    let left = RoomNews::Left { identity: "host".into(), why: Parting::Left };
    pair.news(SEAT, Crew, left, 1);
    pair.pass(10);
    assert_eq!(pair.seat().seat, SeatLink::HostAway);
    pair.news(SEAT, Crew, RoomNews::Came { identity: "host".into(), name: "Ada".into(), role: None }, 1);
    pair.pass(3 * WAY);
    assert_eq!(pair.seat().seat, SeatLink::In);
    let _ = pair.engines[HOST][Air as usize].expect("the audience's room is open");
}
