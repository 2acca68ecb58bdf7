//! The words between machines, as JSON: the only place that knows them. The core sees values.
//!
//! What comes from others is measured before it is parsed, and holds nothing that is believed about its sender.

use serde::{Deserialize, Serialize};
use studio_wire::chat::{ChatLine, ChatPage, Reaction};
use studio_wire::command::ShowCommand;
use studio_wire::device::OfferedDevice;
use studio_wire::engine::{Token, limits};
use studio_wire::room::{RoomAnswer, RoomAsk, Tale, names};
use studio_wire::rtc::RoomKind;
use studio_wire::view::{Ack, Change, ShowView};
use studio_wire::{Fault, ShowTime};

use crate::secret::Secret;

/// What is parsed at most, in bytes.
mod caps {
    /// Of a hello.
    pub const HELLO: usize = 1024;
    /// Of a command: the longest title and some names.
    pub const COMMAND: usize = 4 * 1024;
    /// Of a machine's devices: as much as a call may hold.
    pub const DEVICES: usize = 15 * 1024;
    /// Of a question for chat lines.
    pub const HISTORY: usize = 1024;
    /// Of a packet with a message in it.
    pub const OLD_CHAT: usize = 4 * 1024;
    /// Of a message's own id.
    pub const CHAT_ID: usize = 64;
}

/// A call as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    /// Here I am.
    Hello {
        /// What it speaks.
        version: u32,
        /// What its first holder was given.
        secret: Option<Secret>,
    },
    /// Do this.
    Command(ShowCommand),
    /// These are my devices.
    Devices(Vec<OfferedDevice>),
    /// What was said.
    History(Pages),
    /// None of these, or too long to be one.
    Nonsense,
}

/// Which lines of which chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    pub room: RoomKind,
    pub after: Option<u64>,
    pub before: Option<u64>,
}

/// Left open for what a later version may add, so that its hello is understood as one of a later version.
#[derive(Serialize, Deserialize)]
struct Hello {
    version: u32,
    holder: Option<Secret>,
}

/// Reads a call. Never fails: what is not understood is answered like everything else.
pub(crate) fn read_call(method: &str, payload: &str) -> Call {
    let read = match method {
        names::HELLO => parse(payload, caps::HELLO)
            .map(|Hello { version, holder }| Call::Hello { version, secret: holder }),
        names::COMMAND => parse(payload, caps::COMMAND).map(Call::Command),
        names::DEVICES => parse(payload, caps::DEVICES).map(Call::Devices),
        names::HISTORY => parse(payload, caps::HISTORY).map(Call::History),
        _ => None,
    };
    read.unwrap_or(Call::Nonsense)
}

/// The method and the words of a call of our own; the secret goes with a hello. `Nonsense` is not said.
pub(crate) fn write_call(ask: &RoomAsk, secret: Option<&Secret>) -> Option<(&'static str, String)> {
    Some(match ask {
        RoomAsk::Hello { version, .. } => {
            (names::HELLO, write(&Hello { version: *version, holder: secret.cloned() }))
        }
        RoomAsk::Command(command) => (names::COMMAND, write(command)),
        RoomAsk::Devices(devices) => (names::DEVICES, write(devices)),
        RoomAsk::History { room, after, before } => {
            (names::HISTORY, write(&Pages { room: *room, after: *after, before: *before }))
        }
        RoomAsk::Nonsense => return None,
    })
}

/// The right to enter a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoomPass {
    pub room: RoomKind,
    pub url: String,
    pub urls: Vec<String>,
    pub token: Token,
}

/// What goes with a welcome and does not concern the core.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Gift {
    /// From now on the secret of this seat.
    pub holder: Option<Secret>,
    pub passes: Vec<RoomPass>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Welcome(Welcome),
    Done(Ack),
    History(ChatPage),
    Refused(Fault),
}

#[derive(Serialize, Deserialize)]
struct Welcome {
    rev: u64,
    at: ShowTime,
    view: Box<ShowView>,
    chat: Vec<ChatPage>,
    holder: Option<Secret>,
    passes: Vec<RoomPass>,
}

/// Which lines are left out where not all fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The oldest.
    Oldest,
    /// The newest: who asks for what comes after a line wants no gap behind it.
    Newest,
}

impl Call {
    /// What may be left out of its answer.
    pub fn cut(&self) -> Cut {
        match self {
            Self::History(Pages { after: Some(_), .. }) => Cut::Newest,
            _ => Cut::Oldest,
        }
    }
}

/// The words of an answer, at most [`limits::CALL`] bytes: what does not fit loses chat lines until it does.
pub(crate) fn write_answer(answer: RoomAnswer, gift: Gift, cut: Cut) -> String {
    let mut answer = match answer {
        RoomAnswer::Welcome { rev, at, view, chat, .. } => {
            Answer::Welcome(Welcome { rev, at, view, chat, holder: gift.holder, passes: gift.passes })
        }
        RoomAnswer::Done(ack) => Answer::Done(ack),
        RoomAnswer::History(page) => Answer::History(page),
        RoomAnswer::Refused(fault) => Answer::Refused(fault),
    };
    loop {
        let words = write(&answer);
        if words.len() <= limits::CALL {
            return words;
        }
        if !shorten(&mut answer, cut) {
            tracing::error!(bytes = words.len(), "an answer is too long");
            return refusal(&Fault::Busy);
        }
    }
}

/// The words of a refusal that the core has no part in.
pub(crate) fn refusal(fault: &Fault) -> String {
    write(&serde_json::json!({ "refused": fault }))
}

/// Takes a quarter of the longest page away; `false` if there is none left.
fn shorten(answer: &mut Answer, cut: Cut) -> bool {
    let pages = match answer {
        Answer::Welcome(welcome) => welcome.chat.as_mut_slice(),
        Answer::History(page) => std::slice::from_mut(page),
        Answer::Done(_) | Answer::Refused(_) => return false,
    };
    let Some(longest) = pages.iter_mut().max_by_key(|page| page.lines.len()) else { return false };
    let (all, less) = (longest.lines.len(), longest.lines.len().div_ceil(4));
    match cut {
        Cut::Oldest => drop(longest.lines.drain(..less)),
        Cut::Newest => longest.lines.truncate(all - less),
    }
    all > 0
}

/// Reads an answer of the host. `None`: it is none.
pub(crate) fn read_answer(words: &str) -> Option<(RoomAnswer, Gift)> {
    let answer = match parse(words, limits::CALL)? {
        Answer::Welcome(Welcome { rev, at, view, chat, holder, passes }) => {
            let (rooms, bind) = (passes.iter().map(|pass: &RoomPass| pass.room).collect(), holder.is_some());
            let answer = RoomAnswer::Welcome { rev, at, view, chat, passes: rooms, bind };
            return Some((answer, Gift { holder, passes }));
        }
        Answer::Done(ack) => RoomAnswer::Done(ack),
        Answer::History(page) => RoomAnswer::History(page),
        Answer::Refused(fault) => RoomAnswer::Refused(fault),
    };
    Some((answer, Gift::default()))
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    View { from: u64, rev: u64, changes: Vec<Change> },
    Stale { rev: u64 },
    Chat(ChatLine),
    Unsaid { id: String, fault: Fault },
    Recall { pass: Option<RoomPass> },
}

/// The words of a tale; `pass` goes with a recall. Changes that do not fit become the news that there are some.
pub(crate) fn write_tale(tale: Tale, pass: Option<RoomPass>) -> Vec<u8> {
    let told = match tale {
        Tale::View { from, rev, changes } => {
            let words = write(&Told::View { from, rev, changes });
            if words.len() <= limits::PACKET {
                return words.into_bytes();
            }
            Told::Stale { rev }
        }
        Tale::Stale { rev } => Told::Stale { rev },
        Tale::Chat(line) => Told::Chat(line),
        Tale::Unsaid { id, fault } => Told::Unsaid { id, fault },
        Tale::Recall => Told::Recall { pass },
    };
    write(&told).into_bytes()
}

/// Reads a tale of the host. `None`: it is none.
pub(crate) fn read_tale(bytes: &[u8]) -> Option<(Tale, Option<RoomPass>)> {
    let words = std::str::from_utf8(bytes).ok()?;
    let tale = match parse(words, limits::PACKET)? {
        Told::View { from, rev, changes } => Tale::View { from, rev, changes },
        Told::Stale { rev } => Tale::Stale { rev },
        Told::Chat(line) => Tale::Chat(line),
        Told::Unsaid { id, fault } => Tale::Unsaid { id, fault },
        Told::Recall { pass } => return Some((Tale::Recall, pass)),
    };
    Some((tale, None))
}

/// What goes with a message in the chat besides its text.
pub(crate) fn chat_attributes(id: &str, sent_ms: u64) -> Vec<(String, String)> {
    [("id", id.to_owned()), ("type", "chat".to_owned()), ("ts", sent_ms.to_string())]
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec()
}

/// The id that a message's sender has given it: short and plain, or none.
pub(crate) fn chat_id(attributes: Vec<(String, String)>) -> Option<String> {
    let (_, id) = attributes.into_iter().find(|(key, _)| key == "id")?;
    let plain = (1..=caps::CHAT_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then_some(id)
}

/// The text of a message that an older client has sent as a packet.
pub(crate) fn read_old_chat(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Old {
        r#type: String,
        message: String,
    }
    let old: Old = parse(std::str::from_utf8(bytes).ok()?, caps::OLD_CHAT)?;
    (old.r#type == "chat").then_some(old.message)
}

/// The reaction that a packet holds.
pub(crate) fn read_reaction(bytes: &[u8]) -> Option<Reaction> {
    Reaction::ALL.into_iter().find(|reaction| reaction.word().as_bytes() == bytes)
}

fn parse<'a, T: Deserialize<'a>>(words: &'a str, most: usize) -> Option<T> {
    if words.len() > most {
        return None;
    }
    serde_json::from_str(words).inspect_err(|error| tracing::debug!(%error, "not understood")).ok()
}

fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("no map with other keys than texts")
}

#[cfg(test)]
mod tests;
