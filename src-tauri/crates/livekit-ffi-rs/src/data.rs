//! Packets: a few bytes to some or to all, with a topic.

#![allow(unsafe_code, reason = "the library hands over each packet as pointer and length")]

use std::fmt;

use crate::error::CallError;
use crate::handle::Handle;
use crate::ids::ParticipantIdentity;
use crate::memory;
use crate::participant::LocalParticipant;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::room::RoomEvent;
use crate::waiters::hand_over_bytes;

/// A packet to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataPacket {
    /// Anything, of up to [`DataPacket::MOST_BYTES`].
    pub payload: Vec<u8>,
    /// What it is about.
    pub topic: Option<String>,
    /// Sent again until it has arrived, in order; or once.
    pub reliable: bool,
    /// To whom; to everybody if empty.
    pub destination_identities: Vec<ParticipantIdentity>,
}

impl DataPacket {
    /// The library loses larger ones, without a word to who sends them.
    pub const MOST_BYTES: usize = 61_440;
}

/// A packet's bytes. `Debug` shows how many, for they are somebody's words.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(pub Vec<u8>);

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Copies a packet out and gives it back.
pub(crate) fn received(event: proto::DataPacketReceived) -> Option<RoomEvent> {
    use proto::data_packet_received::Value;
    let reliable = event.kind() == proto::DataPacketKind::KindReliable;
    let Some(Value::User(packet)) = event.value else { return None };
    let _until_copied = Handle::new(packet.data.handle);
    let proto::BufferInfo { data_ptr, data_len } = packet.data.data;
    let payload = match usize::try_from(data_len).ok()? {
        0 => Vec::new(),
        // SAFETY: pointer and length came with the handle that is held until this returns.
        len => unsafe { memory::at::<u8>(data_ptr, len) }?.to_vec(),
    };
    let participant = Some(event.participant_identity).filter(|who| !who.is_empty()).map(Into::into);
    Some(RoomEvent::DataReceived { participant, topic: packet.topic, payload: Payload(payload), reliable })
}

impl LocalParticipant {
    /// Sends a packet, without waiting and in the order of the calls. That it arrives is not told; that it could not
    /// be sent is only logged.
    pub fn publish_data(&self, packet: DataPacket) -> Result<(), CallError> {
        let DataPacket { payload, topic, reliable, destination_identities } = packet;
        if payload.len() > DataPacket::MOST_BYTES {
            return Err(CallError::Refused { request: "PublishData" });
        }
        let data_len = payload.len() as u64;
        hand_over_bytes("PublishData", payload.into(), |id, data_ptr| {
            Message::PublishData(proto::PublishDataRequest {
                local_participant_handle: self.handle_id(),
                data_ptr,
                data_len,
                reliable,
                topic,
                destination_identities: destination_identities.into_iter().map(|who| who.0).collect(),
                request_async_id: Some(id),
                ..Default::default()
            })
        })
    }
}
