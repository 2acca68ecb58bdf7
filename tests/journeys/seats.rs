//! Seats that are a second Sidestage, with a home of its own, on somebody else's show: what each may see, ask for and
//! hear.

mod desks;
mod hearing;
mod own;
mod rehearsed;
mod viewers;
mod views;
mod windows;
mod wishes;

use serde_json::{Value, json};

use crate::support::console::Console;
use crate::support::show::{LIMIT, Show, person};

/// Sits down in a home of its own, and waits until the host answers. Its name is its identity with a capital.
fn sit(show: &mut Show, role: &str, identity: &str) -> Console {
    let name = identity[..1].to_uppercase() + &identity[1..];
    let seat = show.host.seat(role, identity, &name);
    let console = Console::take_seat(&show.place.path(identity), &seat);
    is_in(&console);
    console
}

fn is_in(console: &Console) {
    until(console, "the seat is in", |snapshot| snapshot["seat"] == "in");
}

fn until(console: &Console, what: &str, wanted: impl Fn(&Value) -> bool) {
    console.until(what, LIMIT, |snapshot| wanted(snapshot).then_some(()));
}

/// Asks for something about the show, which is done.
fn ask(console: &mut Console, command: Value) -> Value {
    wish(console, command.clone()).unwrap_or_else(|fault| panic!("{command}: {fault}\n{}", console.said()))
}

fn wish(console: &mut Console, command: Value) -> Result<Value, Value> {
    console.command(json!({ "show": command }))
}

/// The same about this seat's own machine.
fn here(console: &mut Console, command: Value) {
    let said = command.to_string();
    console.command(json!({ "here": command })).unwrap_or_else(|fault| panic!("{said}: {fault}"));
}

/// Opens or closes a device of this seat's, as its user does. The right comes with the host's word.
fn turn_on(console: &mut Console, device: &str) {
    here(console, json!({ device: { "on": true } }));
}

/// A person in somebody's snapshot; null where they do not see them.
fn seen(console: &Console, identity: &str) -> Value {
    person(&console.snapshot(), identity).cloned().unwrap_or_default()
}

/// Camera and microphone of somebody, as somebody sees them: whether they are open.
fn devices(snapshot: &Value, identity: &str) -> [bool; 2] {
    let source = |name: &str| person(snapshot, identity).is_some_and(|person| person[name]["on"] == true);
    [source("camera"), source("microphone")]
}

/// Identities of the people in somebody's view, in order.
fn people(snapshot: &Value) -> Vec<&str> {
    let people = snapshot["show"]["people"].as_array().into_iter().flatten();
    people.filter_map(|person| person["identity"].as_str()).collect()
}

fn refused(act: &str, role: &str) -> Result<Value, Value> {
    Err(json!({ "not_allowed": { "act": act, "role": role } }))
}
