//! A show with people in it, and what is looked at before and after something happens to it.

use std::time::{Duration, Instant};

use rig::Proxy;
use serde_json::{Value, json};

use crate::support::app::{Place, until};
use crate::support::console::Console;
use crate::support::python::Client;

/// What takes a second on an idle machine may take a minute here.
pub const SOON: Duration = Duration::from_secs(60);
/// Several server lives: a keeper's patience, a library's, and our own.
pub const LATER: Duration = Duration::from_secs(120);
/// As long as a track may stand still before it is asked for anew.
const PATIENCE: Duration = Duration::from_secs(15);

/// A running show. Its host is killed with this value.
pub struct Show {
    pub host: Console,
    // After the consoles that live in it.
    pub place: Place,
}

impl Show {
    /// Open, and nobody is in it.
    pub fn open() -> Self {
        let place = Place::new();
        let mut host = Console::host(&place.home());
        ask(&mut host, json!({ "show": { "open": { "title": "Returns" } } }));
        let show = Self { host, place };
        show.reach("ready");
        show
    }

    /// On air and in a recording.
    pub fn live(layout: &str) -> Self {
        let mut show = Self::open();
        show.ask(json!({ "show": { "layout": { "bus": "program", "layout": layout } } }));
        show.ask(json!({ "show": "go_live" }));
        show.reach("live");
        show
    }

    pub fn ask(&mut self, command: Value) -> Value {
        ask(&mut self.host, command)
    }

    pub fn reach(&self, state: &str) {
        self.host.until(state, SOON, |snapshot| {
            assert_ne!(snapshot["show"]["broadcast"]["state"], "error", "{:#}", snapshot["notices"]);
            (snapshot["show"]["broadcast"]["state"] == state).then_some(())
        });
    }

    /// Whoever has this seat sits in it, on a machine of their own.
    pub fn take_seat(&self, folder: &str, seat: &Value) -> Console {
        Console::take_seat(&self.place.path(folder), seat)
    }

    /// A seat that goes the direct way.
    pub fn sit(&mut self, role: &str, identity: &str) -> Console {
        let seat = self.host.seat(role, identity, identity);
        let console = self.take_seat(identity, &seat);
        is_in(&console);
        console
    }

    /// A seat whose signalling goes through a proxy; its media find their own way.
    pub fn sit_through(&mut self, proxy: &Proxy, role: &str, identity: &str) -> Console {
        let seat = through(proxy, self.host.seat(role, identity, identity));
        let console = self.take_seat(identity, &seat);
        is_in(&console);
        console
    }

    /// A guest with camera and microphone who is not our code, on stage.
    pub fn foreign_guest(&mut self, identity: &str, hz: u32) -> Client {
        let seat = self.host.seat("guest", identity, identity);
        let guest = Client::join(&seat, Client::devices(hz, -20.0));
        guest.joined();
        self.bring_on(identity);
        guest
    }

    /// A viewer who is not our code.
    pub fn foreign_viewer(&mut self, identity: &str) -> Client {
        let seat = self.host.seat("viewer", identity, "");
        let viewer = Client::join(&seat, json!({}));
        viewer.joined();
        // Who publishes nothing is announced by the server up to 3 s later.
        self.host.until("a viewer is known", SOON, |snapshot| {
            (person(snapshot, identity)["presence"] == "joined").then_some(())
        });
        viewer
    }

    /// Puts somebody on stage as soon as they are there.
    pub fn bring_on(&mut self, identity: &str) {
        self.host.until("somebody comes", SOON, |snapshot| {
            (person(snapshot, identity)["presence"] == "joined").then_some(())
        });
        self.ask(json!({ "show": { "add_to_stage": { "bus": "program", "person": identity } } }));
    }

    /// A proxy in front of the show's own server.
    pub fn proxy(&mut self) -> Proxy {
        let seat = self.host.seat("viewer", "nobody", "");
        let port = seat["url"].as_str().and_then(|url| url.trim_end_matches('/').rsplit(':').next());
        Proxy::to_port(port.and_then(|port| port.parse().ok()).expect("a server's address has a port"))
    }

    /// Ends the show and its app as a person would.
    pub fn end(mut self) -> Place {
        self.ask(json!({ "show": "end_stream" }));
        self.reach("idle");
        self.close()
    }

    /// Closes the app.
    pub fn close(self) -> Place {
        self.host.close();
        self.place
    }
}

/// The same seat behind a proxy.
pub fn through(proxy: &Proxy, mut seat: Value) -> Value {
    seat["url"] = format!("ws://{}", proxy.address()).into();
    seat.as_object_mut().map(|seat| seat.remove("urls"));
    seat
}

pub fn ask(console: &mut Console, command: Value) -> Value {
    console.command(command.clone()).unwrap_or_else(|fault| panic!("{command}: {fault}\n{}", console.said()))
}

/// Camera and microphone of a seat, which the host's word of its rights may still have to reach.
pub fn open_devices(console: &mut Console) {
    for device in ["camera", "microphone"] {
        let wish = json!({ "here": { device: { "on": true } } });
        until(&format!("the {device} may be opened"), SOON, || console.command(wish.clone()).ok());
    }
}

pub fn is_in(console: &Console) {
    link(console, json!("in"));
}

/// Waits until a seat stands to the show like this.
pub fn link(console: &Console, link: Value) {
    console.until(&format!("the seat is {link}"), LATER, |snapshot| (snapshot["seat"] == link).then_some(()));
}

/// Somebody in a snapshot; null if they are not.
pub fn person<'a>(snapshot: &'a Value, identity: &str) -> &'a Value {
    let people = snapshot["show"]["people"].as_array();
    people.and_then(|all| all.iter().find(|one| one["identity"] == identity)).unwrap_or(&Value::Null)
}

/// Camera and microphone of somebody: whether they are open.
pub fn devices(snapshot: &Value, identity: &str) -> [bool; 2] {
    let person = person(snapshot, identity);
    [person["camera"]["on"] == true, person["microphone"]["on"] == true]
}

/// Whether what somebody sends arrives, as far as it is open.
pub fn flows(snapshot: &Value, identity: &str) -> bool {
    let person = person(snapshot, identity);
    let source = |name: &str| person[name]["on"] != true || person[name]["flowing"] == true;
    source("camera") && source("microphone")
}

/// The scene on air, and each person's role, place and devices: what no fault may change.
pub fn standing(snapshot: &Value) -> Value {
    let show = &snapshot["show"];
    let people = show["people"].as_array().into_iter().flatten().map(|person| {
        json!({
            "identity": person["identity"],
            "name": person["name"],
            "role": person["role"],
            "presence": person["presence"],
            "position": person["position"],
            "rights": person["rights"],
            "camera": person["camera"]["on"],
            "microphone": person["microphone"]["on"],
        })
    });
    let mut people: Vec<_> = people.collect();
    people.sort_by_key(|person| person["identity"].as_str().map(str::to_owned));
    json!({ "state": show["broadcast"]["state"], "program": show["program"], "people": people })
}

/// Whether a notice with this code is shown.
pub fn has_notice(snapshot: &Value, code: &str) -> bool {
    let notices = snapshot["notices"].as_array().into_iter().flatten();
    notices.map(|notice| &notice["fault"]).any(|fault| fault == code || fault.get(code).is_some())
}

/// What the server tells everybody of somebody: role, position and what they may send.
pub fn stamp(client: &mut Client, identity: &str) -> Value {
    let people = client.people();
    let person = people.as_array().and_then(|all| all.iter().find(|one| one["identity"] == identity));
    let Some(person) = person else { return Value::Null };
    let mut sources: Vec<_> = person["permissions"]["sources"].as_array().cloned().unwrap_or_default();
    sources.sort_by_key(Value::to_string);
    json!({
        "role": person["attributes"]["role"],
        "position": person["attributes"]["position"],
        "publish": person["permissions"]["publish"],
        "sources": sources,
    })
}

/// Waits until a client decodes another picture of this track, `IDENTITY/NAME`. The client's own library sometimes
/// delivers none of a track that is published again; it is then asked for anew, as our engines do.
pub fn sees_it_move(client: &mut Client, track: &str) {
    let decoded = |client: &mut Client| client.frames()[track]["decoded"].as_u64().unwrap_or_default();
    let mut before = decoded(client);
    let mut asked = Instant::now();
    until(&format!("{track} moves"), LATER, || {
        let now = decoded(client);
        // A track that came anew is counted from nothing.
        let moves = now > before && before > 0;
        before = now;
        if !moves && asked.elapsed() > PATIENCE {
            println!("{track} stands still: the client asks for it anew");
            client.order(json!({ "again": track }));
            asked = Instant::now();
        }
        moves.then_some(())
    });
}

/// The crew's chat as a console has it: number, sender and text.
pub fn chat(console: &Console) -> Vec<(u64, String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = console.chat("crew");
    lines
        .iter()
        .map(|line| (line["seq"].as_u64().unwrap_or_default(), word(&line["from"]), word(&line["text"])))
        .collect()
}

/// Says something to the crew, again and again as long as the own machine refuses it.
pub fn say(console: &mut Console, text: &str) {
    until("a word is taken", SOON, || {
        console.command(json!({ "here": { "say": { "room": "crew", "text": text } } })).ok()
    });
}

/// Prints how long something took. Figures of a busy machine say little; they are kept out of the assertions.
pub fn took(what: &str, since: Instant) {
    eprintln!("{what}: {} ms", since.elapsed().as_millis());
}
