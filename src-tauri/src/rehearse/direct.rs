//! Directs a rehearsal: opens the show, waits for the cast, goes live, changes layouts, stops.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use studio_media::Media;
use studio_media::clock::{self, TickClock};
use studio_rtc::Rtc;
use studio_wire::media::Drawing;
use studio_wire::view::{PersonView, StateName};
use studio_wire::{
    Actor, Bus, Command, Fault, HereCommand, Identity, LayoutName, Position, Presence, Role, ShowCommand,
    ShowTime, Snapshot, SourceId, room,
};

use super::cast::{self, Robot};
use super::{Heard, News, devices};
use crate::arguments::{LayoutChoice, Rehearsal};
use crate::runtime::Inbox;
use crate::script;

const OPENS_WITHIN: Duration = Duration::from_secs(20);
const DEVICES_WITHIN: Duration = Duration::from_secs(10);
const CAST_WITHIN: Duration = Duration::from_secs(60);
const LIVE_WITHIN: Duration = Duration::from_secs(20);
const STOPS_WITHIN: Duration = Duration::from_secs(30);
const LAYOUT_EVERY: ShowTime = ShowTime::from_ms(3_000);

/// Everything a director needs.
pub(super) struct Stage<'a> {
    pub inbox: Inbox,
    pub news: Sender<News>,
    pub heard: Heard,
    pub media: Arc<Media>,
    pub rtc: Arc<Rtc>,
    pub rehearsal: &'a Rehearsal,
    pub lines: Vec<script::Line>,
}

/// What was seen of a show while it ran.
#[derive(Default)]
pub(super) struct Shown {
    pub interrupted: bool,
    pub failed: Option<Fault>,
    pub clock: Option<TickClock>,
    pub live_seconds: f64,
    pub scenes: Vec<(u64, Drawing)>,
    pub figures: super::figures::Program,
    pub guests: Vec<GuestSeen>,
    pub engine_restarts: u32,
    pub devices: Vec<devices::Used>,
    pub faults: Vec<Fault>,
}

/// A guest as the host saw it.
#[derive(Clone, Debug)]
pub(super) struct GuestSeen {
    pub identity: Identity,
    pub k: Option<u32>,
    pub camera: Option<SourceId>,
    pub started: ShowTime,
    pub join_ms: Option<f64>,
    pub first_frame_ms: Option<f64>,
}

impl Stage<'_> {
    /// Runs the whole show. An error means that it could not be run at all.
    pub fn show(self) -> anyhow::Result<Shown> {
        let mut director = Director {
            inbox: self.inbox,
            news: self.news,
            heard: self.heard,
            media: self.media,
            rtc: self.rtc,
            snapshot: Snapshot::default(),
            asked_on: BTreeSet::new(),
            guests: BTreeMap::new(),
            host: None,
            shown: Shown::default(),
        };
        director.run(self.rehearsal, self.lines)?;
        Ok(director.finish())
    }
}

struct Director {
    inbox: Inbox,
    news: Sender<News>,
    heard: Heard,
    media: Arc<Media>,
    rtc: Arc<Rtc>,
    snapshot: Snapshot,
    asked_on: BTreeSet<(Identity, u64)>,
    guests: BTreeMap<Identity, GuestSeen>,
    /// Where the recording is to be looked through for the host.
    host: Option<GuestSeen>,
    shown: Shown,
}

impl Director {
    fn run(&mut self, rehearsal: &Rehearsal, lines: Vec<script::Line>) -> anyhow::Result<()> {
        self.ask(ShowCommand::Open { title: "Rehearsal".to_owned() });
        self.until("the show did not open", OPENS_WITHIN, |snapshot| state(snapshot) == StateName::Ready)?;
        if let Some(seats) = rehearsal.seats {
            for (role, identity) in seats.everybody() {
                self.ask(ShowCommand::Expect { person: Identity(identity), role, name: String::new() });
            }
            cast::print_seats(&self.rtc, seats, &mut std::io::stdout().lock())?;
        }
        self.choose(match rehearsal.layout {
            LayoutChoice::Auto => LayoutName::Grid,
            LayoutChoice::Only(layout) => layout,
        });
        let robots = self.cast(rehearsal)?;
        if !self.stopped() {
            self.live(rehearsal, lines)?;
        }
        self.stop()?;
        drop(robots);
        Ok(())
    }

    /// Brings everybody on stage: the robots, and the host where there are none or a device was named.
    fn cast(&mut self, rehearsal: &Rehearsal) -> anyhow::Result<Vec<Robot>> {
        if let Err(why) = self.until("not every device is there", DEVICES_WITHIN, devices::are_there) {
            bail!("{why}; there are:\n{}", devices::on_offer(&self.snapshot));
        }
        if rehearsal.shows_host() {
            for here in [HereCommand::Camera { on: true }, HereCommand::Microphone { on: true }] {
                self.ask_here(here);
            }
            self.ask(ShowCommand::AddToStage { bus: Bus::Program, person: Identity::from(room::HOST) });
            self.until("not every device gives something", DEVICES_WITHIN, devices::flow)?;
        }
        let mut robots = Vec::new();
        for k in 0..rehearsal.guests {
            let started = clock::now();
            let robot = cast::robot(&self.rtc, k, self.news.clone())?;
            let guest = GuestSeen {
                identity: robot.identity.clone(),
                k: Some(robot.k),
                camera: None,
                started,
                join_ms: None,
                first_frame_ms: None,
            };
            self.guests.insert(robot.identity.clone(), guest);
            robots.push(robot);
        }
        let expected: Vec<_> = robots.iter().map(|robot| robot.identity.clone()).collect();
        self.until("not every robot came on stage", CAST_WITHIN, |snapshot| {
            expected.iter().all(|identity| {
                person(snapshot, identity).is_some_and(|person| {
                    person.position == Position::OnStage && person.camera.flowing && person.microphone.flowing
                })
            })
        })?;
        Ok(robots)
    }

    fn live(&mut self, rehearsal: &Rehearsal, lines: Vec<script::Line>) -> anyhow::Result<()> {
        self.shown.figures = super::figures::Program::begin(&self.media);
        self.ask(ShowCommand::GoLive);
        self.until("the show did not go live", LIVE_WITHIN, |snapshot| state(snapshot) == StateName::Live)?;
        let since = self.snapshot.show.recording.as_ref().map(|recording| recording.since);
        let since = since.context("the show went live without a recording")?;
        let news = self.news.clone();
        script::play(lines, since, self.inbox.clone(), move |fault| drop(news.send(News::Refused(fault))))?;

        self.shown.devices = devices::used(&self.snapshot);
        self.host = rehearsal.host_as.and_then(|k| host(&self.snapshot, k));
        self.shown.clock = Some(self.media.ticks());
        let end = since + ShowTime::from_ms(u64::from(rehearsal.seconds) * 1000);
        let mut next_layout = since + LAYOUT_EVERY;
        while !self.stopped() && state(&self.snapshot) == StateName::Live && clock::now() < end {
            let now = clock::now();
            if rehearsal.layout == LayoutChoice::Auto && now >= next_layout {
                next_layout = next_layout + LAYOUT_EVERY;
                self.choose(after(self.snapshot.show.program.layout));
            }
            let wait = end.min(next_layout).since(now);
            self.hear(Duration::from_nanos(wait.0))?;
        }
        self.shown.figures.end(&self.media, self.media.ticks().due(since) - 1);
        devices::measure(&mut self.shown.devices, self.media.device_figures());
        self.shown.live_seconds = seconds(clock::now().since(since));
        Ok(())
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        self.shown.scenes = self.media.scenes();
        match state(&self.snapshot) {
            StateName::Live | StateName::Starting => self.ask(ShowCommand::EndStream),
            StateName::Ready => self.ask(ShowCommand::Release),
            _ => {}
        }
        let limit = Instant::now() + STOPS_WITHIN;
        while !matches!(state(&self.snapshot), StateName::Idle | StateName::Error) {
            if Instant::now() > limit {
                bail!("the show did not stop");
            }
            self.hear(Duration::from_millis(200))?;
        }
        if state(&self.snapshot) == StateName::Error {
            self.shown.failed = self.snapshot.show.broadcast.fault.clone();
        }
        Ok(())
    }

    fn finish(mut self) -> Shown {
        self.shown.guests = self.guests.into_values().collect();
        self.shown.guests.extend(self.host);
        self.shown.faults.extend(self.shown.failed.clone());
        self.shown
    }

    fn stopped(&self) -> bool {
        self.shown.interrupted
    }

    /// Hears news until something is true. Interrupted or failed shows end the wait too.
    fn until(
        &mut self,
        otherwise: &'static str,
        patience: Duration,
        done: impl Fn(&Snapshot) -> bool,
    ) -> anyhow::Result<()> {
        let limit = Instant::now() + patience;
        while !done(&self.snapshot) {
            if self.stopped() {
                return Ok(());
            }
            if let Some(fault) = &self.snapshot.show.broadcast.fault {
                bail!("{otherwise}: {} ({fault:?})", fault.code());
            }
            if Instant::now() > limit {
                bail!("{otherwise} within {patience:?}: {:?}", self.snapshot.show.broadcast);
            }
            self.hear(Duration::from_millis(100))?;
        }
        Ok(())
    }

    fn hear(&mut self, patience: Duration) -> anyhow::Result<()> {
        match self.heard.recv_timeout(patience) {
            Ok(News::Snapshot(snapshot)) => self.look(*snapshot),
            Ok(News::Refused(fault)) => self.shown.faults.push(fault),
            Ok(News::Interrupted) => self.shown.interrupted = true,
            Ok(News::Robot(robot)) => {
                if let Some(guest) = self.guests.values_mut().find(|guest| guest.k == Some(robot.k)) {
                    guest.join_ms = Some(robot.said.joined_ms);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the studio ended by itself"),
        }
        Ok(())
    }

    fn look(&mut self, snapshot: Snapshot) {
        self.note_faults(&snapshot);
        for person in &snapshot.show.people {
            if person.local || person.role != Role::Guest || person.presence != Presence::Joined {
                continue;
            }
            self.note_guest(person);
            // Once for each time somebody comes: whom the script takes off the stage stays off it.
            let visit = (person.identity.clone(), person.joined.0);
            if person.position == Position::Backstage && self.asked_on.insert(visit) {
                self.ask(ShowCommand::AddToStage { bus: Bus::Program, person: person.identity.clone() });
            }
        }
        self.snapshot = snapshot;
    }

    fn note_guest(&mut self, person: &PersonView) {
        let guest = self.guests.entry(person.identity.clone()).or_insert_with(|| GuestSeen {
            identity: person.identity.clone(),
            k: None,
            camera: None,
            started: person.joined,
            join_ms: None,
            first_frame_ms: None,
        });
        guest.camera = person.camera.source.or(guest.camera);
        if person.camera.flowing && guest.first_frame_ms.is_none() {
            guest.first_frame_ms = Some(seconds(clock::now().since(guest.started)) * 1000.0);
        }
    }

    fn note_faults(&mut self, snapshot: &Snapshot) {
        for notice in &snapshot.notices {
            let before = self.snapshot.notices.iter().find(|old| old.key == notice.key);
            let news = notice.count.saturating_sub(before.map_or(0, |old| old.count));
            for _ in 0..news {
                if matches!(notice.fault, Fault::EngineLost { .. }) {
                    self.shown.engine_restarts += 1;
                }
                self.shown.faults.push(notice.fault.clone());
            }
        }
    }

    fn choose(&self, layout: LayoutName) {
        self.ask(ShowCommand::Layout { bus: Bus::Program, layout });
    }

    fn ask(&self, command: ShowCommand) {
        self.send(Command::Show(command));
    }

    fn ask_here(&self, command: HereCommand) {
        self.send(Command::Here(command));
    }

    fn send(&self, command: Command) {
        let news = self.news.clone();
        let reply = move |result: Result<_, Fault>| {
            if let Err(fault) = result {
                let _ = news.send(News::Refused(fault));
            }
        };
        self.inbox.ask(Actor::LocalHost, command, Box::new(reply));
    }
}

fn state(snapshot: &Snapshot) -> StateName {
    snapshot.show.broadcast.state
}

fn person<'a>(snapshot: &'a Snapshot, identity: &Identity) -> Option<&'a PersonView> {
    snapshot.show.people.iter().find(|person| person.identity == *identity)
}

/// The host, whose devices give what synthetic guest `k` gives.
fn host(snapshot: &Snapshot, k: u32) -> Option<GuestSeen> {
    let host = snapshot.show.people.iter().find(|person| person.local)?;
    Some(GuestSeen {
        identity: host.identity.clone(),
        k: Some(k),
        camera: host.camera.source,
        started: host.joined,
        join_ms: None,
        first_frame_ms: None,
    })
}

/// The next layout in the order of the layout row.
fn after(layout: LayoutName) -> LayoutName {
    let all = LayoutName::ALL;
    let at = all.iter().position(|other| *other == layout).unwrap_or(0);
    all[(at + 1) % all.len()]
}

#[allow(clippy::cast_precision_loss, reason = "a show is shorter than 2^53 ns")]
fn seconds(time: ShowTime) -> f64 {
    time.0 as f64 / 1e9
}
