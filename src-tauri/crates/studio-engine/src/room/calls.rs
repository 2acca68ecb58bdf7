//! Calls: ours, each of which is answered in time whatever becomes of it, and those of others, each of which the app or
//! the engine answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use studio_wire::Identity;
use studio_wire::engine::{CallRefusal, Report, limits};

use super::{Engine, News};
use crate::kit::{PerformRpcData, RpcError, RpcErrorCode, RpcMethodInvocation};
use crate::serve::Input;

/// How long a call to us can be open, whatever the caller says: it takes a place for so long.
const MOST_OPEN: Duration = Duration::from_secs(30);
/// Letters of somebody's refusal that are passed on.
const MOST_WORDS: usize = 256;

#[derive(Default)]
pub(super) struct Calls {
    /// Ours: whom, and until when an answer is waited for.
    waiting: BTreeMap<u64, (Identity, Instant)>,
    /// Of others, in the room that is joined: the library's number, and when it is answered by the engine itself.
    open: BTreeMap<u64, (u64, Instant)>,
    /// Number of the next call to us, never given twice.
    next: u64,
}

impl Engine {
    pub(super) fn call(
        &mut self,
        call: u64,
        to: Identity,
        method: String,
        payload: String,
        within: Duration,
    ) {
        let called = match &self.inside {
            _ if payload.len() > limits::CALL => Err(RpcErrorCode::RequestPayloadTooLarge),
            None => Err(RpcErrorCode::ConnectionTimeout),
            Some(inside) => {
                let (inbox, generation) = (self.inbox.clone(), self.generation);
                let data = PerformRpcData {
                    destination_identity: to.as_str().into(),
                    method,
                    payload,
                    response_timeout: within,
                };
                let told = inside.own.perform_rpc(data, move |answer| {
                    let _ = inbox.send(Input::News(generation, News::Answered(call, answer)));
                });
                told.map_err(|_| RpcErrorCode::SendFailed)
            }
        };
        match called {
            Ok(()) => drop(self.calls.waiting.insert(call, (to, Instant::now() + within))),
            Err(code) => self.reports.say(&Report::Answered { call, answer: Err(refusal(code)) }),
        }
    }

    /// The library knows what came of a call of ours. One that is waited for no longer has been answered.
    pub(super) fn answered(&mut self, call: u64, answer: Result<String, RpcError>) {
        let Some((to, _)) = self.calls.waiting.remove(&call) else { return };
        let answer = match answer {
            Ok(payload) if payload.len() > limits::CALL => {
                self.reports.say(&Report::Oversize(to));
                Err(refusal(RpcErrorCode::ResponsePayloadTooLarge))
            }
            Ok(payload) => Ok(payload),
            Err(RpcError { code, message, .. }) => {
                Err(CallRefusal { code, message: message.chars().take(MOST_WORDS).collect() })
            }
        };
        self.reports.say(&Report::Answered { call, answer });
    }

    /// Somebody calls.
    pub(super) fn asked(&mut self, asked: RpcMethodInvocation) {
        let from: Identity = asked.caller_identity.as_str().into();
        let invocation = asked.invocation_id;
        if asked.payload.len() > limits::ASK {
            self.reports.say(&Report::Oversize(from));
            return self.refuse(invocation, RpcErrorCode::RequestPayloadTooLarge);
        }
        if self.calls.open.len() >= limits::OPEN_CALLS {
            return self.refuse(invocation, RpcErrorCode::ApplicationError);
        }
        let call = self.calls.next;
        self.calls.next += 1;
        let until = Instant::now() + asked.response_timeout.min(MOST_OPEN);
        self.calls.open.insert(call, (invocation, until));
        self.reports.say(&Report::Asked { call, from, method: asked.method, payload: asked.payload });
    }

    /// The app answers.
    pub(super) fn answer(&mut self, call: u64, answer: Result<String, CallRefusal>) {
        let Some((invocation, _)) = self.calls.open.remove(&call) else { return };
        match answer {
            Ok(payload) if payload.len() > limits::CALL => {
                self.refuse(invocation, RpcErrorCode::ResponsePayloadTooLarge);
            }
            Ok(payload) => self.respond(invocation, Ok(payload)),
            Err(CallRefusal { code, message }) => {
                self.respond(invocation, Err(RpcError { code, message, data: None }));
            }
        }
    }

    fn refuse(&self, invocation: u64, code: RpcErrorCode) {
        let CallRefusal { code, message } = refusal(code);
        self.respond(invocation, Err(RpcError { code, message, data: None }));
    }

    fn respond(&self, invocation: u64, answer: Result<String, RpcError>) {
        if let Some(inside) = &self.inside {
            // The library knows it no more only when the room is another.
            let _ = inside.own.rpc_method_invocation_response(invocation, answer);
        }
    }

    /// Ends what has taken too long: the app waits no longer for ours, nor the library for those of others.
    pub(super) fn end_late_calls(&mut self, now: Instant) {
        let late = self.calls.waiting.extract_if(.., |_, (_, until)| *until <= now);
        let late: Vec<u64> = late.map(|(call, _)| call).collect();
        let refused = |call| Report::Answered { call, answer: Err(refusal(RpcErrorCode::ResponseTimeout)) };
        late.into_iter().for_each(|call| self.reports.say(&refused(call)));
        let unanswered = self.calls.open.extract_if(.., |_, (_, until)| *until <= now);
        let unanswered: Vec<u64> = unanswered.map(|(_, (invocation, _))| invocation).collect();
        unanswered.into_iter().for_each(|invocation| self.refuse(invocation, RpcErrorCode::ResponseTimeout));
    }

    /// The room is gone, and with it all calls.
    pub(super) fn lose_calls(&mut self) {
        self.calls.open.clear();
        for call in std::mem::take(&mut self.calls.waiting).into_keys() {
            let answer = Err(refusal(RpcErrorCode::ConnectionTimeout));
            self.reports.say(&Report::Answered { call, answer });
        }
    }

    /// Makes the library take calls of what is wished for and of nothing else.
    pub(super) fn take_calls(&mut self) {
        let (Some(inside), Some(want)) = (&mut self.inside, &self.want) else { return };
        let wished: BTreeSet<String> = want.answer.iter().cloned().collect();
        let own = &inside.own;
        inside.methods.retain(|method| wished.contains(method) || own.unregister_rpc_method(method).is_err());
        for method in wished {
            if !inside.methods.contains(&method) && own.register_rpc_method(&method).is_ok() {
                inside.methods.insert(method);
            }
        }
    }
}

fn refusal(code: RpcErrorCode) -> CallRefusal {
    CallRefusal { code: code as u32, message: words(code).to_owned() }
}

fn words(code: RpcErrorCode) -> &'static str {
    match code {
        RpcErrorCode::RequestPayloadTooLarge => "the question is too long",
        RpcErrorCode::ResponsePayloadTooLarge => "the answer is too long",
        RpcErrorCode::ConnectionTimeout => "nobody there",
        RpcErrorCode::ResponseTimeout => "no answer in time",
        RpcErrorCode::SendFailed => "the question could not be sent",
        _ => "too many questions are open",
    }
}
