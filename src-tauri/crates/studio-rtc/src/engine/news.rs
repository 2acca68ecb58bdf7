//! From an engine's words to the core's: the only place that knows both.
//!
//! Runs on the engine's ear: what somebody sends too much of is dropped here, unread, and costs nobody else anything.

use std::time::Instant;

use studio_wire::engine::{CallRefusal, EngineFault, Link, Person, Report, Token};
use studio_wire::room::{self, names};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport};
use studio_wire::{Epoch, Fault, Identity, Role};

use crate::gate::Gate;
use crate::protocol::{self, Call, RoomPass};

/// Which side of the show this app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// It holds it: it is called, and believes nobody.
    Host,
    /// It has a seat at it: it is called by nobody, and told things by the host.
    Seat,
}

/// What of an engine's words concerns the supervisor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// Goes on to the core as it is.
    News(RtcReport),
    /// Somebody calls.
    Asked { call: u64, from: Identity, ask: Call },
    /// What came of a call of ours.
    Answered { call: u64, words: Option<String> },
    /// The host gives a room, besides what it tells.
    Recalled(Option<RoomPass>),
    /// The server has renewed the token.
    Token(Token),
}

/// What is to be done about a report.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// It concerns nobody, or too much of its kind has come.
    Nothing,
    /// Somebody has to know.
    Pass(Heard),
    /// A call that nobody else has to know of gets this.
    Answer { call: u64, answer: Result<String, CallRefusal> },
}

/// One engine's translator.
pub(super) struct News {
    room: RoomKind,
    epoch: Epoch,
    side: Side,
    gate: Gate,
}

impl News {
    pub fn new(room: RoomKind, epoch: Epoch, side: Side) -> Self {
        Self { room, epoch, side, gate: Gate::default() }
    }

    /// What a report that comes now means.
    pub fn hear(&mut self, report: Report, now: Instant) -> Step {
        let heard = match report {
            Report::Said { from, topic, text, attributes, .. } => {
                self.admits(&from, now).then(|| self.said(from, &topic, text, attributes)).flatten()
            }
            Report::Got { from, topic, bytes, .. } if topic == names::REACTION => {
                self.gate.admits_cheer(&from, now).then(|| self.cheered(from, &bytes)).flatten()
            }
            Report::Got { from, topic, bytes, .. } => {
                self.admits(&from, now).then(|| self.got(from, &topic, &bytes)).flatten()
            }
            Report::Oversize(from) => {
                if !self.is_exempt(&from) {
                    self.gate.dropped(&from, now);
                }
                None
            }
            Report::Asked { call, from, method, payload } => {
                return self.asked(call, from, &method, &payload, now);
            }
            Report::Answered { call, answer } => {
                let words = answer.inspect_err(|refusal| {
                    tracing::debug!(call, code = refusal.code, said = refusal.message, "no answer");
                });
                Some(Heard::Answered { call, words: words.ok() })
            }
            Report::Token(token) => Some(Heard::Token(token)),
            other => translate(self.room, self.epoch, other).map(Heard::News),
        };
        heard.map_or(Step::Nothing, Step::Pass)
    }

    /// Who has sent too much, as far as it has not been told yet. To be asked after every report: a child says
    /// something several times a second.
    pub fn floods(&mut self, now: Instant) -> Vec<Heard> {
        let due = self.gate.due(now);
        due.into_iter().map(|(from, dropped)| self.news(RoomNews::Flooding { from, dropped })).collect()
    }

    fn news(&self, news: RoomNews) -> Heard {
        Heard::News(RtcReport::Room { room: self.room, epoch: self.epoch, news })
    }

    /// The host may send a seat as much as it likes.
    fn is_exempt(&self, from: &Identity) -> bool {
        self.side == Side::Seat && is_host(from)
    }

    fn admits(&mut self, from: &Identity, now: Instant) -> bool {
        self.is_exempt(from) || self.gate.admits(from, now)
    }

    fn said(
        &self,
        from: Identity,
        topic: &str,
        text: String,
        attributes: Vec<(String, String)>,
    ) -> Option<Heard> {
        let is_chat = self.side == Side::Host && topic == names::CHAT;
        is_chat.then(|| self.news(RoomNews::Said { from, id: protocol::chat_id(attributes), text }))
    }

    fn cheered(&self, from: Identity, bytes: &[u8]) -> Option<Heard> {
        let reaction = protocol::read_reaction(bytes)?;
        Some(self.news(RoomNews::Reacted { from, reaction }))
    }

    fn got(&self, from: Identity, topic: &str, bytes: &[u8]) -> Option<Heard> {
        match (self.side, topic) {
            (Side::Host, names::OLD_CHAT) => {
                let text = protocol::read_old_chat(bytes)?;
                Some(self.news(RoomNews::Said { from, id: None, text }))
            }
            (Side::Seat, names::TELL) if is_host(&from) => Some(match protocol::read_tale(bytes)? {
                (studio_wire::room::Tale::Recall, pass) => Heard::Recalled(pass),
                (tale, _) => self.news(RoomNews::Told { tale }),
            }),
            _ => None,
        }
    }

    fn asked(&mut self, call: u64, from: Identity, method: &str, payload: &str, now: Instant) -> Step {
        if self.side == Side::Seat {
            let answer = Err(CallRefusal { code: NO_SUCH_METHOD, message: "not a host".into() });
            return Step::Answer { call, answer };
        }
        if !self.gate.admits(&from, now) {
            return Step::Answer { call, answer: Ok(protocol::refusal(&Fault::TooFast)) };
        }
        Step::Pass(Heard::Asked { call, from, ask: protocol::read_call(method, payload) })
    }
}

/// LiveKit's own code.
const NO_SUCH_METHOD: u32 = 1400;

fn is_host(identity: &Identity) -> bool {
    identity.as_str() == room::HOST
}

/// What a report that nobody else's words are in means to the core; nothing where it concerns only the supervisor.
fn translate(room: RoomKind, epoch: Epoch, report: Report) -> Option<RtcReport> {
    let news = match report {
        Report::Link(Link::Joined) => RoomNews::Joined,
        Report::Link(Link::Resuming) => RoomNews::Lost { gone: None },
        Report::Link(Link::Lost(why)) => {
            tracing::warn!(room = room.word(), %epoch, ?why, "room lost");
            RoomNews::Lost { gone: Some(why) }
        }
        Report::Person(person) => came(person),
        Report::Gone { identity, why } => RoomNews::Left { identity, why },
        Report::Quality(identity, quality) => RoomNews::Quality { identity, quality },
        Report::OwnMuted { lane, muted } => RoomNews::OwnMuted { lane, muted },
        Report::Track(track) => {
            RoomNews::Track { identity: track.identity, sid: track.sid, kind: track.kind, muted: track.muted }
        }
        Report::TrackGone { identity, sid } => RoomNews::TrackGone { identity, sid },
        Report::Published { lane, .. } => RoomNews::Published { lane },
        Report::Flowing(lane) => RoomNews::Flowing { lane },
        Report::Stalled(lane) => RoomNews::Stalled { lane },
        Report::Speaking(people) => RoomNews::Speaking { people },
        Report::Fault(EngineFault::PictureTooLarge { lane, width, height }) => {
            RoomNews::TooLarge { lane, width, height }
        }
        Report::Fault(EngineFault::LibraryMissing { path }) => {
            return failed(epoch, Fault::LibraryMissing { looked: vec![path] });
        }
        Report::Fault(EngineFault::LibraryWrong { path, found, wanted }) => {
            return failed(epoch, Fault::LibraryWrong { path, found, wanted });
        }
        Report::Fault(EngineFault::PublishRefused { lane }) => {
            return failed(
                epoch,
                Fault::RoomRefused { room, said: format!("lane {lane} was not published") },
            );
        }
        Report::Ready { engine } => {
            tracing::info!(room = room.word(), %epoch, engine, "engine ready");
            return None;
        }
        Report::Sent { say, handed } => {
            if !handed {
                tracing::warn!(room = room.word(), %epoch, say, "a text was not sent");
            }
            return None;
        }
        Report::Said { .. }
        | Report::Got { .. }
        | Report::Oversize(_)
        | Report::Asked { .. }
        | Report::Answered { .. }
        | Report::Token(_)
        | Report::Stats(_)
        | Report::Pong(_) => return None,
    };
    Some(RtcReport::Room { room, epoch, news })
}

fn failed(epoch: Epoch, fault: Fault) -> Option<RtcReport> {
    Some(RtcReport::Failed { epoch, fault })
}

/// The role is the one in the attributes, which only the server can change.
fn came(person: Person) -> RoomNews {
    let stamped = person.attributes.iter().find(|(key, _)| key == "role").map(|(_, word)| word);
    let role = stamped.and_then(|word| Role::ALL.into_iter().find(|role| role.word() == word));
    RoomNews::Came { identity: person.identity, name: person.name, role }
}

#[cfg(test)]
mod tests;
