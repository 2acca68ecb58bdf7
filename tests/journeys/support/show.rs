//! A show that a host without a window holds, for clients that are not ours.

#![allow(dead_code, reason = "not every journey asks for everything")]

use std::path::Path;
use std::sync::MutexGuard;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::app::{Place, turn};
use super::console::Console;
use super::python::Client;
use super::web::Web;

/// What takes a moment; on a busy machine it may take much longer.
pub const LIMIT: Duration = Duration::from_secs(60);
/// A tone that is there is louder than this, in dBFS: of one that sounds for 100 ms each second, the middle.
pub const HEARD: f64 = -50.0;
/// One that is not is as quiet as what a codec makes of the others.
pub const SILENT: f64 = -62.0;

/// A running show, in its turn. It ends with this value.
pub struct Show {
    pub host: Console,
    pub place: Place,
    _turn: MutexGuard<'static, ()>,
}

impl Show {
    /// Ready, with nobody in it.
    pub fn open() -> Self {
        Self::of(Console::host)
    }

    /// Ready, with this host.
    pub fn of(host: impl FnOnce(&Path) -> Console) -> Self {
        let turn = turn();
        let place = Place::new();
        let takes = place.path("takes");
        std::fs::create_dir_all(&takes).unwrap();
        let host = host(&place.home());
        let mut show = Self { host, place, _turn: turn };
        show.here(json!({ "recording_folder": { "folder": takes } }));
        show.ask(json!({ "open": { "title": "Foreigners" } }));
        show.reach("ready");
        show
    }

    /// On air, with nobody in it.
    pub fn live() -> Self {
        let mut show = Self::open();
        show.ask(json!("go_live"));
        show.reach("live");
        show
    }

    /// Waits for a state of the broadcast.
    pub fn reach(&self, state: &str) {
        let there = |snapshot: &Value| (snapshot["show"]["broadcast"]["state"] == state).then_some(());
        self.host.until(state, LIMIT, there);
    }

    /// Asks for something about the show as the host, who may.
    pub fn ask(&mut self, command: Value) -> Value {
        let said = command.to_string();
        self.host.command(json!({ "show": command })).unwrap_or_else(|fault| panic!("{said}: {fault}"))
    }

    /// The same about the host's own machine.
    pub fn here(&mut self, command: Value) {
        let said = command.to_string();
        self.host.command(json!({ "here": command })).unwrap_or_else(|fault| panic!("{said}: {fault}"));
    }

    /// A guest's seat.
    pub fn guest(&mut self, identity: &str) -> Value {
        self.host.seat("guest", identity, identity)
    }

    /// A viewer's seat.
    pub fn viewer(&mut self, identity: &str) -> Value {
        self.host.seat("viewer", identity, identity)
    }

    /// Puts somebody on stage, or takes them off.
    pub fn on_stage(&mut self, identity: &str, on: bool) {
        let act = if on { "add_to_stage" } else { "remove_from_stage" };
        self.ask(json!({ act: { "bus": "program", "person": identity } }));
    }

    /// Waits until the host's record of somebody is as wanted, and returns it.
    pub fn until(&self, what: &str, identity: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.host.until(&format!("{identity}: {what}"), LIMIT, |snapshot| {
            person(snapshot, identity).filter(|person| wanted(person)).cloned()
        })
    }

    /// Waits until somebody is there.
    pub fn joined(&self, identity: &str) -> Value {
        self.until("there", identity, |person| person["presence"] == "joined")
    }

    /// Waits until what somebody sends arrives: `camera`, `microphone`, `screen`.
    pub fn flowing(&self, identity: &str, source: &str) {
        self.until(source, identity, |person| person[source]["flowing"] == true);
    }

    /// The host's record of somebody now.
    pub fn person(&self, identity: &str) -> Value {
        person(&self.host.snapshot(), identity).cloned().unwrap_or_default()
    }

    /// Waits for a notice.
    pub fn notice(&self, code: &str) -> Value {
        self.host.until(&format!("a notice of {code}"), LIMIT, |snapshot| notice(snapshot, code).cloned())
    }

    /// Ends the show and the app. What it kept is asked for afterwards.
    pub fn close(self) -> Place {
        let Self { host, place, _turn } = self;
        host.close();
        place
    }
}

/// Somebody's record in a snapshot.
pub fn person<'a>(snapshot: &'a Value, identity: &str) -> Option<&'a Value> {
    snapshot["show"]["people"].as_array()?.iter().find(|person| person["identity"] == identity)
}

/// The strip of somebody's voice in a snapshot of somebody who runs the show.
pub fn strip<'a>(snapshot: &'a Value, identity: &str) -> Option<&'a Value> {
    let strips = snapshot["show"]["mixer"]["strips"].as_array()?;
    strips.iter().find(|strip| strip["person"] == identity && strip["kind"] == "microphone")
}

/// The wish that somebody's voice is so loud.
pub fn gain(person: &str, db: f64) -> Value {
    json!({ "strip": { "person": person, "kind": "microphone", "part": { "gain": db } } })
}

/// A notice of this code in a snapshot.
pub fn notice<'a>(snapshot: &'a Value, code: &str) -> Option<&'a Value> {
    let of = |notice: &&Value| notice["fault"] == code || notice["fault"].get(code).is_some();
    snapshot["notices"].as_array()?.iter().find(of)
}

/// Rows of the show's database, each as one text.
pub fn rows(place: &Place, query: &str) -> Vec<String> {
    let database = Connection::open(place.home().join("studio.db")).unwrap();
    let mut statement = database.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Somebody who listens.
pub trait Ears {
    /// The levels of each track, as the client tells them.
    fn levels_of(&mut self, hz: &[u32]) -> Value;

    /// How loud the loudest track is at this frequency, now, in dBFS.
    fn loudness(&mut self, hz: u32) -> f64 {
        let levels = self.levels_of(&[hz]);
        let tracks = levels.as_object().unwrap().values();
        tracks.map(|track| track[hz.to_string()].as_f64().unwrap()).fold(-120.0, f64::max)
    }

    /// Waits until a tone is heard.
    fn hears(&mut self, who: &str, hz: u32) {
        self.wait(&format!("{who} hears {hz} Hz"), hz, |ears| ears.loudness(hz) > HEARD);
    }

    /// Waits until a tone is not heard for longer than the pause of one that comes and goes.
    fn misses(&mut self, who: &str, hz: u32) {
        const LONG: Duration = Duration::from_millis(1_400);
        let mut since = Instant::now();
        self.wait(&format!("{who} does not hear {hz} Hz"), hz, |ears| {
            if ears.loudness(hz) > SILENT {
                since = Instant::now();
            }
            since.elapsed() > LONG
        });
    }

    /// Looks again and again.
    fn wait(&mut self, what: &str, hz: u32, mut look: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + LIMIT;
        while !look(self) {
            assert!(Instant::now() < end, "{what}: not so; {}", self.levels_of(&[hz]));
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Ears for Client {
    fn levels_of(&mut self, hz: &[u32]) -> Value {
        self.levels(hz)
    }
}

impl Ears for Web {
    fn levels_of(&mut self, hz: &[u32]) -> Value {
        self.levels(hz)
    }
}

/// Names of the tracks of the host's that somebody sees, in order.
pub fn tracks_of_host(people: &Value) -> Vec<String> {
    let host = people.as_array().unwrap().iter().find(|person| person["identity"] == "host");
    let tracks = host.map(|host| host["tracks"].as_array().unwrap().as_slice()).unwrap_or_default();
    let mut names: Vec<_> = tracks.iter().map(|track| track["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}
