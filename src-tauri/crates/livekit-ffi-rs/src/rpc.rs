//! Calls from one person to another, and their answers.

use std::fmt;
use std::time::Duration;

use crate::error::CallError;
use crate::ids::ParticipantIdentity;
use crate::library::call;
use crate::participant::LocalParticipant;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::waiters::{Answer, ask_then};

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformRpcData {
    /// Who is called. Need not have been announced yet.
    pub destination_identity: ParticipantIdentity,
    /// What is called.
    pub method: String,
    /// What is handed over. Above [`PerformRpcData::MOST_BYTES`] only whom we know to be there takes it: older
    /// clients, and who was not announced yet, refuse it.
    pub payload: String,
    /// How long the answer may take.
    pub response_timeout: Duration,
}

impl PerformRpcData {
    /// What every client takes and gives, in bytes.
    pub const MOST_BYTES: usize = 15_360;
}

/// Why a call has failed: a refusal of who was called, with a code of their own, or one of [`RpcErrorCode`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcError {
    /// 1001 to 1999 are the protocol's, all others anybody's.
    pub code: u32,
    /// For people; cut at 256 bytes on its way.
    pub message: String,
    /// For programs.
    pub data: Option<String>,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}

/// The protocol's own codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum RpcErrorCode {
    /// Nobody there has registered the method.
    UnsupportedMethod = 1400,
    /// There is no such person.
    RecipientNotFound = 1401,
    /// The request is larger than who is called can take.
    RequestPayloadTooLarge = 1402,
    /// The server cannot carry calls.
    UnsupportedServer = 1403,
    /// Who is called speaks another version.
    UnsupportedVersion = 1404,
    /// The method has failed.
    ApplicationError = 1500,
    /// The call was not taken: absent, or may not use data. Told after 7 s.
    ConnectionTimeout = 1501,
    /// The call was taken and not answered in time.
    ResponseTimeout = 1502,
    /// Who is called has left.
    RecipientDisconnected = 1503,
    /// The answer is larger than we can take.
    ResponsePayloadTooLarge = 1504,
    /// The request could not be sent.
    SendFailed = 1505,
}

impl RpcErrorCode {
    /// This code as an error.
    pub fn with(self, message: &str) -> RpcError {
        RpcError { code: self as u32, message: message.to_owned(), data: None }
    }
}

/// A call to one of our methods. **Owes exactly one answer**, by
/// [`LocalParticipant::rpc_method_invocation_response`]: the library keeps a call that is not answered until the
/// room is closed, however long ago the caller gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcMethodInvocation {
    /// What the answer names.
    pub invocation_id: u64,
    /// Which of our methods.
    pub method: String,
    /// The same on both sides.
    pub request_id: String,
    /// Who calls, as the server stamped it.
    pub caller_identity: ParticipantIdentity,
    /// What was handed over: anything, of up to the room's [`crate::RoomOptions::max_stream_bytes`].
    pub payload: String,
    /// How long the caller waits.
    pub response_timeout: Duration,
}

impl From<proto::RpcMethodInvocationEvent> for RpcMethodInvocation {
    fn from(event: proto::RpcMethodInvocationEvent) -> Self {
        Self {
            invocation_id: event.invocation_id,
            method: event.method,
            request_id: event.request_id,
            caller_identity: event.caller_identity.into(),
            payload: event.payload,
            response_timeout: Duration::from_millis(event.response_timeout_ms.into()),
        }
    }
}

impl From<proto::RpcError> for RpcError {
    fn from(error: proto::RpcError) -> Self {
        Self { code: error.code, message: error.message, data: error.data.filter(|data| !data.is_empty()) }
    }
}

/// A call's end, as the library tells it.
pub(crate) fn performed(answer: proto::PerformRpcCallback) -> Result<String, RpcError> {
    match (answer.payload, answer.error) {
        (_, Some(error)) => Err(error.into()),
        (Some(payload), None) => Ok(payload),
        (None, None) => Err(RpcErrorCode::ApplicationError.with("neither an answer nor an error came")),
    }
}

impl LocalParticipant {
    /// Calls somebody, without waiting. `then` takes the answer **on the library's own thread**: there it is
    /// passed on. It runs once, unless the room is closed before.
    pub fn perform_rpc(
        &self,
        data: PerformRpcData,
        then: impl FnOnce(Result<String, RpcError>) + Send + 'static,
    ) -> Result<(), CallError> {
        let taken = move |answer| match answer {
            Ok(Answer::Performed(answer)) => then(answer),
            Ok(_) | Err(_) => then(Err(RpcErrorCode::SendFailed.with("the library did not call"))),
        };
        ask_then("PerformRpc", taken, |id| {
            Message::PerformRpc(proto::PerformRpcRequest {
                local_participant_handle: self.handle_id(),
                destination_identity: data.destination_identity.0,
                method: data.method,
                payload: data.payload,
                response_timeout_ms: Some(data.response_timeout.as_millis().try_into().unwrap_or(u32::MAX)),
                max_round_trip_latency_ms: None,
                request_async_id: Some(id),
            })
        })
    }

    /// Takes calls of `method` from now on, as [`crate::RoomEvent::RpcMethodInvocation`]. Those of all other
    /// methods the library refuses by itself.
    pub fn register_rpc_method(&self, method: &str) -> Result<(), CallError> {
        let (local_participant_handle, method) = (self.handle_id(), method.to_owned());
        let request = proto::RegisterRpcMethodRequest { local_participant_handle, method };
        call!(RegisterRpcMethod(request)).map(drop)
    }

    /// Takes calls of `method` no more.
    pub fn unregister_rpc_method(&self, method: &str) -> Result<(), CallError> {
        let (local_participant_handle, method) = (self.handle_id(), method.to_owned());
        let request = proto::UnregisterRpcMethodRequest { local_participant_handle, method };
        call!(UnregisterRpcMethod(request)).map(drop)
    }

    /// Answers a call. One that was answered already, or whose room is gone, is an error.
    pub fn rpc_method_invocation_response(
        &self,
        invocation_id: u64,
        answer: Result<String, RpcError>,
    ) -> Result<(), CallError> {
        let (payload, error) = match answer {
            Ok(payload) => (Some(payload), None),
            Err(RpcError { code, message, data }) => (None, Some(proto::RpcError { code, message, data })),
        };
        let local_participant_handle = self.handle_id();
        let request = proto::RpcMethodInvocationResponseRequest {
            local_participant_handle,
            invocation_id,
            payload,
            error,
        };
        match call!(RpcMethodInvocationResponse(request))?.error {
            None => Ok(()),
            Some(message) => Err(CallError::Failed { request: "RpcMethodInvocationResponse", message }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_ends_with_an_answer_a_refusal_or_an_error_of_ours() {
        let ended = |payload: Option<&str>, error| {
            performed(proto::PerformRpcCallback { async_id: 1, payload: payload.map(Into::into), error })
        };
        let refusal = proto::RpcError { code: 1777, message: "no".into(), data: Some(String::new()) };
        assert_eq!(ended(Some("yes"), None), Ok("yes".to_owned()));
        let refused = ended(None, Some(refusal)).unwrap_err();
        assert_eq!((refused.code, refused.data), (1777, None));
        assert_eq!(ended(None, None).unwrap_err().code, 1500);
    }
}
