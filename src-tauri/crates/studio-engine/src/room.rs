//! The room: getting in, doing what a wish asks for, getting out.

mod calls;
mod delays;
mod events;
mod figures;
mod opening;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use studio_lane::hello::Welcome;
use studio_wire::engine::{
    EngineFault, Link, LostWhy, Order, Person, Publish, Report, Token, Track, Want, Watch, limits,
};
use studio_wire::rtc::TrackKind;
use studio_wire::{Identity, LaneId, TrackSid};

use crate::access::Access;
use crate::arrivals::Arrivals;
use crate::kit::{
    ConnectError, Events, LocalParticipant, LocalTrackPublication, PublishError, RemoteTrack,
    RemoteTrackPublication, Room, RoomEvent, RoomOptions, RpcError, TextError, TextReading,
};
use crate::output::{Output, Place};
use crate::publish::Outlet;
use crate::report::{Reports, why_refused};
use crate::serve::Input;
use crate::want::{Have, Standing, Step, must_join, steps};
use crate::watch::{Inlet, Watching};
use crate::watchdog::Alarm;
use calls::Calls;
pub(crate) use delays::Delay;
use words::Mouth;

/// How long leaving may take; without a network it would hang.
const TO_LEAVE: Duration = Duration::from_secs(1);
/// How long a subscription is given up for before it is asked for anew.
const REST: Duration = Duration::from_millis(100);

/// What happened in a room or beside it. Marked with the generation of the room, so that what comes from an earlier one
/// is dropped.
pub(crate) enum News {
    Entered(Result<(Room, Events), ConnectError>),
    Event(Box<RoomEvent>),
    /// No more events come.
    Ended,
    Published(LaneId, Result<LocalTrackPublication, PublishError>),
    /// Which outputs are being encoded.
    Active(BTreeMap<LaneId, bool>),
    /// What the library has measured of the tracks that are watched.
    Delays(Vec<(TrackSid, Delay)>),
    /// What came of a call of ours.
    Answered(u64, Result<String, RpcError>),
    /// Whether a text of ours was handed to the connection.
    Sent(u64, bool),
    /// A text of somebody has come to its end.
    Text(Identity, u64, Result<String, TextError>),
}

/// All that an engine is. Belongs to one thread.
pub(crate) struct Engine {
    pub(crate) reports: Reports,
    welcome: Welcome,
    inbox: Sender<Input>,
    want: Option<Want>,
    standing: Standing,
    /// The token of the room that is joined or being joined.
    token: Token,
    generation: u32,
    inside: Option<Inside>,
    outlets: BTreeMap<LaneId, Outlet>,
    inlets: BTreeMap<LaneId, Arc<Inlet>>,
    calls: Calls,
    /// Texts of ours that were not handed to the connection yet.
    unsaid: BTreeSet<u64>,
    /// Statistics are being asked for.
    counting: bool,
}

/// What there is while a room is joined.
struct Inside {
    room: Room,
    own: LocalParticipant,
    /// False while the library makes the connection again.
    linked: bool,
    people: BTreeMap<Identity, Person>,
    /// Who went without a reason, and when: somebody else may have taken their place.
    missing: BTreeMap<Identity, Instant>,
    offered: BTreeMap<TrackSid, Offered>,
    outputs: BTreeMap<LaneId, Output>,
    watched: BTreeMap<TrackSid, Watching>,
    /// What the server knows of who may take in what; not sure after the connection was made again.
    access: Option<Access>,
    /// When the server was told last.
    access_told: Option<Instant>,
    /// Methods of ours that can be called.
    methods: BTreeSet<String>,
    mouth: Mouth,
    arrivals: Arrivals<TextReading>,
    /// When the library was last asked how long its tracks take, and whether it has not answered yet.
    delays_asked: Option<Instant>,
    asking_delays: bool,
    /// Packets without a name.
    nameless: u64,
}

/// A track that can be watched.
struct Offered {
    track: Track,
    publication: RemoteTrackPublication,
    /// Where it has arrived since it is on offer, the newest first.
    arrived: VecDeque<RemoteTrack>,
}

impl Engine {
    pub(crate) fn new(welcome: Welcome, inbox: Sender<Input>, reports: Reports) -> Engine {
        Engine {
            reports,
            welcome,
            inbox,
            want: None,
            standing: Standing::Outside,
            token: Token(String::new()),
            generation: 0,
            inside: None,
            outlets: BTreeMap::new(),
            inlets: BTreeMap::new(),
            calls: Calls::default(),
            unsaid: BTreeSet::new(),
            counting: false,
        }
    }

    pub(crate) fn order(&mut self, order: Order) {
        match order {
            Order::Want(want) => {
                self.want = Some(want);
                self.fulfil();
            }
            Order::Ping(number) => self.reports.say(&Report::Pong(number)),
            Order::Stats => self.count(),
            Order::Say(say) => self.say(say),
            Order::Send(packet) => self.send(packet),
            Order::Call { call, to, method, payload, within_ms } => {
                self.call(call, to, method, payload, Duration::from_millis(within_ms.into()));
            }
            Order::Answer { call, answer } => self.answer(call, answer),
            Order::Leave => {}
        }
    }

    pub(crate) fn news(&mut self, generation: u32, news: News) {
        if generation != self.generation {
            return;
        }
        match news {
            News::Entered(Ok((room, events))) => self.entered(room, events),
            News::Entered(Err(error)) => {
                tracing::warn!("not joined: {error}");
                self.lose(why_refused(&error));
            }
            News::Event(event) => self.event(*event),
            News::Ended => self.lose(LostWhy::Away),
            News::Published(lane, result) => self.published(lane, result),
            News::Active(active) => self.counted(&active),
            News::Delays(delays) => self.delays(delays),
            News::Answered(call, answer) => self.answered(call, answer),
            News::Sent(say, handed) => self.sent(say, handed),
            News::Text(from, number, text) => self.text_ends(&from, number, text),
        }
    }

    /// Does what the wish asks for and is not done. Called after everything that may have changed either.
    fn fulfil(&mut self) {
        let Some(want) = &self.want else { return };
        if must_join(&self.standing, &want.room) {
            return self.enter();
        }
        self.take_calls();
        // Before anything is published: it has to be closed by then.
        self.open();
        let (Some(inside), Some(want)) = (&self.inside, &self.want) else { return };
        for step in steps(&inside.have(), want) {
            match step {
                Step::Unwatch(track) => self.unwatch(&track),
                Step::Watch(watch) => self.watch(watch),
                Step::Resize(watch) => self.resize(&watch),
                Step::Publish(output) => self.publish(output),
                Step::Mute(lane, muted) => self.mute(lane, muted),
            }
        }
    }

    /// Joins on a thread of its own; the answer comes as [`News::Entered`].
    fn enter(&mut self) {
        let Some(want) = &self.want else { return };
        let room = want.room.clone();
        self.standing = Standing::Entering;
        self.token = room.token.clone();
        self.beside("join", move || {
            let options = RoomOptions {
                auto_subscribe: false,
                dynacast: true,
                single_peer_connection: Some(false),
                max_stream_bytes: Some(limits::CALL as u64),
                ..RoomOptions::default()
            };
            News::Entered(Room::connect(&room.url, &room.token.0, options))
        });
    }

    fn entered(&mut self, room: Room, events: Events) {
        let own = room.local_participant();
        let Ok(mouth) = Mouth::new(own.clone(), self.inbox.clone(), self.generation) else {
            return self.lose(LostWhy::Away);
        };
        self.inside = Some(Inside {
            room,
            own,
            linked: true,
            people: BTreeMap::new(),
            missing: BTreeMap::new(),
            offered: BTreeMap::new(),
            outputs: BTreeMap::new(),
            watched: BTreeMap::new(),
            access: Some(Access::EVERYTHING),
            access_told: None,
            methods: BTreeSet::new(),
            mouth,
            arrivals: Arrivals::default(),
            delays_asked: None,
            asking_delays: false,
            nameless: 0,
        });
        self.standing = Standing::Inside;
        self.reports.say(&Report::Link(Link::Joined));
        let (inbox, generation) = (self.inbox.clone(), self.generation);
        let forward = move || {
            let send = |news| inbox.send(Input::News(generation, news)).is_ok();
            if events.into_iter().all(|event| send(News::Event(Box::new(event)))) {
                send(News::Ended);
            }
        };
        if std::thread::Builder::new().name("room-events".into()).spawn(forward).is_err() {
            return self.lose(LostWhy::Away);
        }
        self.fulfil();
    }

    /// The room is gone. What was published and watched in it goes with it; lanes and their threads stay.
    fn lose(&mut self, why: LostWhy) {
        self.standing = Standing::Lost(self.token.clone());
        self.generation += 1;
        self.counting = false;
        if let Some(nameless) = self.inside.take().map(|inside| inside.nameless).filter(|&count| count > 0) {
            tracing::warn!("{nameless} packets without a name were dropped");
        }
        self.lose_calls();
        self.lose_texts();
        self.reports.say(&Report::Link(Link::Lost(why)));
        self.fulfil();
    }

    /// Leaves the room and ends every thread of the lanes.
    pub(crate) fn leave(mut self) {
        self.generation += 1;
        if let Some(Inside { room, watched, outputs, .. }) = self.inside.take() {
            drop((watched, outputs));
            // Failing to say good-bye is no failure: the server notices by itself.
            let _ = room.close(TO_LEAVE);
        }
        self.outlets.clear();
        self.reports.close();
    }

    fn publish(&mut self, output: Publish) {
        let lane = output.lane;
        let outlet = match self.outlets.get(&lane) {
            Some(outlet) => Some(outlet),
            None => match Outlet::new(&output, &self.welcome.block, &self.welcome.bells) {
                Ok(outlet) => Some(&*self.outlets.entry(lane).or_insert(outlet)),
                Err(error) => {
                    tracing::warn!("lane {lane} cannot be published: {error}");
                    None
                }
            },
        };
        let Some(inside) = &mut self.inside else { return };
        let place = if outlet.is_some() { Place::Underway } else { Place::Refused };
        let standing = Output::new(output.clone(), place);
        let Some(outlet) = outlet else {
            inside.outputs.insert(lane, standing);
            return self.reports.say(&Report::Fault(EngineFault::PublishRefused { lane }));
        };
        outlet.mute(standing.is_silent());
        inside.outputs.insert(lane, standing);
        let (publisher, own) = (outlet.publisher(output), inside.own.clone());
        self.beside("publish", move || News::Published(lane, publisher(&own)));
    }

    fn published(&mut self, lane: LaneId, result: Result<LocalTrackPublication, PublishError>) {
        let Some(inside) = &mut self.inside else { return };
        let Some(output) = inside.outputs.get_mut(&lane) else { return };
        match result {
            Ok(publication) => {
                let sid = publication.sid().as_str().into();
                output.sent(publication);
                self.open();
                self.reports.say(&Report::Published { lane, sid });
            }
            Err(error) => {
                tracing::warn!("lane {lane} is not published: {error}");
                if output.refused() {
                    inside.outputs.remove(&lane);
                    return self.fulfil();
                }
                self.reports.say(&Report::Fault(EngineFault::PublishRefused { lane }));
            }
        }
    }

    fn mute(&mut self, lane: LaneId, muted: bool) {
        let Some(output) = self.inside.as_mut().and_then(|inside| inside.outputs.get_mut(&lane)) else {
            return;
        };
        output.mute(muted);
        if let Some(outlet) = self.outlets.get(&lane) {
            outlet.mute(output.is_silent());
        }
    }

    fn watch(&mut self, wish: Watch) {
        let lane = wish.lane;
        let inlet = match self.inlets.get(&lane) {
            Some(inlet) => Arc::clone(inlet),
            None => {
                let Some(inlet) = Inlet::new(lane, &self.welcome.block) else {
                    return tracing::warn!("there is no lane {lane} to watch into");
                };
                Arc::clone(self.inlets.entry(lane).or_insert(Arc::new(inlet)))
            }
        };
        let Some(inside) = &mut self.inside else { return };
        if let Some(offered) = inside.offered.get(&wish.track) {
            let publication = offered.publication.clone();
            let mut watching = Watching::new(wish.clone(), inlet, publication, Instant::now());
            offered.arrived.iter().rev().for_each(|track| watching.listen(track));
            watching.resize(wish.size);
            inside.watched.insert(wish.track, watching);
        }
    }

    fn unwatch(&mut self, track: &TrackSid) {
        if let Some(watching) = self.inside.as_mut().and_then(|inside| inside.watched.remove(track)) {
            watching.end();
        }
    }

    fn resize(&mut self, wish: &Watch) {
        if let Some(watching) = self.inside.as_mut().and_then(|inside| inside.watched.get_mut(&wish.track)) {
            watching.resize(wish.size);
        }
    }

    /// Looks at every watched lane: what flows, what does not, what does not fit. Says what could not be said at once.
    pub(crate) fn look(&mut self, now: Instant) {
        self.end_late_calls(now);
        self.give_up_late_texts(now);
        self.miss(now);
        self.open();
        self.ask_delays(now);
        let Some(inside) = &mut self.inside else { return };
        inside.outputs.values_mut().for_each(Output::apply_mute);
        for (sid, watching) in &mut inside.watched {
            let lane = watching.wish.lane;
            watching.ask_anew(now);
            watching.confirm(now);
            let track = inside.offered.get(sid).map(|offered| &offered.track);
            // A shared screen on which nothing moves may rightly send nothing.
            let still =
                track.is_some_and(|track| track.kind == TrackKind::Screen) && watching.dog.is_flowing();
            let expected = inside.linked && !still && track.is_some_and(|track| !track.muted);
            match watching.look(now, expected) {
                Some(Alarm::Flowing) => self.reports.say(&Report::Flowing(lane)),
                Some(Alarm::Again) => {
                    tracing::warn!("lane {lane} has no frames: {} is subscribed to anew", sid.as_str());
                    watching.give_up_until(now + REST);
                }
                Some(Alarm::Stalled) => self.reports.say(&Report::Stalled(lane)),
                None => {}
            }
            if let Some((width, height)) = watching.too_large() {
                self.reports.say(&Report::Fault(EngineFault::PictureTooLarge { lane, width, height }));
            }
        }
    }

    /// Does something that takes its time on a thread of its own. Its news is dropped if the room is another by then.
    fn beside(&mut self, name: &str, work: impl FnOnce() -> News + Send + 'static) {
        let (inbox, generation) = (self.inbox.clone(), self.generation);
        let work = move || {
            let _ = inbox.send(Input::News(generation, work()));
        };
        // A machine that has no thread left to give is one on which the app has to start this engine anew.
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(work) {
            self.reports.fail(error);
        }
    }
}

impl Inside {
    fn have(&self) -> Have {
        Have {
            published: self.outputs.iter().map(|(&lane, output)| (lane, output.muted)).collect(),
            offered: self.offered.keys().cloned().collect(),
            watched: self
                .watched
                .iter()
                .map(|(sid, watching)| (sid.clone(), watching.wish.clone()))
                .collect(),
        }
    }
}
