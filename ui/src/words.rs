//! Every word of the window: Fluent messages by name, filled with the core's neutral values.
//!
//! **Invariant: no sentence is written in Rust.** A missing message shows its name, so that a test and an
//! eye find it.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use serde_json::Value;
use studio_wire::{Fault, Identity};

const SHEETS: [&str; 2] =
    [include_str!("../locales/en/studio.ftl"), include_str!("../locales/en/faults.ftl")];

thread_local! {
    static BUNDLE: FluentBundle<FluentResource> = bundle();
}

fn bundle() -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec!["en".parse().expect("a language tag")]);
    // Marks around every value would end up in window titles and tests; figures are isolated by CSS.
    bundle.set_use_isolating(false);
    for sheet in SHEETS {
        let resource = FluentResource::try_new(sheet.to_owned()).expect("the built-in messages parse");
        bundle.add_resource(resource).expect("every message has one meaning");
    }
    bundle
}

/// A message without arguments.
pub fn word(id: &str) -> String {
    say(id, &FluentArgs::new())
}

/// A message with one text in it.
pub fn with(id: &str, name: &str, value: &str) -> String {
    let mut args = FluentArgs::new();
    args.set(name.to_owned(), value.to_owned());
    say(id, &args)
}

/// A message that depends on a number.
pub fn count(id: &str, name: &str, value: u64) -> String {
    let mut args = FluentArgs::new();
    args.set(name.to_owned(), value);
    say(id, &args)
}

/// A message with several values.
pub fn say(id: &str, args: &FluentArgs<'_>) -> String {
    find(id, None, args).unwrap_or_else(|| id.to_owned())
}

/// A whole number in groups of three, as the language writes it.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(&word("group-sign"))
}

/// What a fault says: what happened, what it means for the show, what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultWords {
    /// What happened.
    pub title: String,
    /// What it means.
    pub body: String,
    /// What to do.
    pub todo: String,
}

/// The words of a fault; `name_of` says what to call somebody.
pub fn fault(fault: &Fault, name_of: impl Fn(&Identity) -> String) -> FaultWords {
    let id = format!("fault-{}", fault.code());
    let args = arguments(fault, name_of);
    let part = |attribute| find(&id, Some(attribute), &args).unwrap_or_default();
    FaultWords { title: say(&id, &args), body: part("body"), todo: part("todo") }
}

/// A fault's fields are the arguments of its message, under their own names.
fn arguments(fault: &Fault, name_of: impl Fn(&Identity) -> String) -> FluentArgs<'static> {
    let mut args = FluentArgs::new();
    let Ok(Value::Object(tagged)) = serde_json::to_value(fault) else { return args };
    let fields = tagged.into_iter().filter_map(|(_, inner)| match inner {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    for (name, value) in fields.flatten() {
        let value: FluentValue<'static> = match value {
            Value::String(text) if name == "person" => name_of(&Identity(text)).into(),
            Value::String(text) => text.into(),
            Value::Number(number) => number.as_f64().unwrap_or_default().into(),
            Value::Array(items) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ").into()
            }
            other => other.to_string().into(),
        };
        args.set(name, value);
    }
    args
}

fn find(id: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
    BUNDLE.with(|bundle| {
        let message = bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    })
}

#[cfg(test)]
pub(crate) mod tests;
