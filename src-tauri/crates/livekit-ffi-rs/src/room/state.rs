//! What the crate remembers of each room, kept true by the room's events.

use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

use super::event::{Told, told};
use crate::ids::ParticipantIdentity;
use crate::participant::ParticipantPermission;
use crate::proto;
use crate::room::RoomEvent;
use crate::track::TrackInfo;

type Rooms = RwLock<HashMap<u64, Arc<RoomState>>>;

static ROOMS: LazyLock<Rooms> = LazyLock::new(Rooms::default);
/// The same rooms by the handle of ourselves in them: calls are told by that.
static LOCALS: LazyLock<Rooms> = LazyLock::new(Rooms::default);

/// One room's memory. Its locks are held for a look-up or a change, never while something is waited for.
#[derive(Debug)]
pub(crate) struct RoomState {
    room: u64,
    local: u64,
    own: ParticipantIdentity,
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    permission: Option<ParticipantPermission>,
    /// Our publications by their handle; a full reconnect gives them new sids.
    published: HashMap<u64, TrackInfo>,
    /// `None` once the room has ended, which is how the receiver learns it.
    events: Option<Sender<RoomEvent>>,
}

impl RoomState {
    /// Makes the memory of a room and lets its events in.
    pub(crate) fn register(
        room: u64,
        local: u64,
        own: ParticipantIdentity,
        permission: Option<ParticipantPermission>,
        events: Sender<RoomEvent>,
    ) -> Arc<Self> {
        let inside = Inside { permission, published: HashMap::new(), events: Some(events) };
        let state = Arc::new(Self { room, local, own, inside: Mutex::new(inside) });
        ROOMS.write().unwrap_or_else(PoisonError::into_inner).insert(room, state.clone());
        LOCALS.write().unwrap_or_else(PoisonError::into_inner).insert(local, state.clone());
        state
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the room's events.
    pub(crate) fn close(&self) {
        ROOMS.write().unwrap_or_else(PoisonError::into_inner).remove(&self.room);
        LOCALS.write().unwrap_or_else(PoisonError::into_inner).remove(&self.local);
        self.inside().events = None;
    }

    pub(crate) fn own(&self) -> &ParticipantIdentity {
        &self.own
    }

    pub(crate) fn permission(&self) -> Option<ParticipantPermission> {
        self.inside().permission.clone()
    }

    /// Remembers a publication of ours.
    pub(crate) fn publish(&self, publication: u64, info: TrackInfo) {
        self.inside().published.insert(publication, info);
    }

    pub(crate) fn published(&self, publication: u64) -> Option<TrackInfo> {
        self.inside().published.get(&publication).cloned()
    }

    pub(crate) fn forget(&self, publication: u64) {
        self.inside().published.remove(&publication);
    }

    fn hear(&self, event: proto::RoomEvent) {
        match told(event) {
            Told::Event(event) => self.tell(*event),
            Told::End => self.close(),
            Told::Nothing => {}
        }
    }

    fn tell(&self, event: RoomEvent) {
        let mut inside = self.inside();
        inside.learn(&self.own, &event);
        if let Some(events) = &inside.events {
            let _ = events.send(event);
        }
    }
}

impl Inside {
    fn learn(&mut self, own: &ParticipantIdentity, event: &RoomEvent) {
        match event {
            RoomEvent::ParticipantPermissionChanged { participant, permission } if participant == own => {
                self.permission.clone_from(permission);
            }
            RoomEvent::LocalTrackRepublished { previous, info } => {
                let known = self.published.values_mut().find(|known| known.sid == *previous);
                known.into_iter().for_each(|known| known.clone_from(info));
            }
            RoomEvent::TrackMuted { participant, sid } if participant == own => self.mute(sid, true),
            RoomEvent::TrackUnmuted { participant, sid } if participant == own => self.mute(sid, false),
            _ => {}
        }
    }

    fn mute(&mut self, sid: &crate::TrackSid, muted: bool) {
        self.published.values_mut().filter(|info| info.sid == *sid).for_each(|info| info.muted = muted);
    }
}

/// Takes one event to its room. For a room that is not known, or no more, its objects are given back.
pub(crate) fn deliver(event: proto::RoomEvent) {
    let room = event.room_handle;
    let state = ROOMS.read().unwrap_or_else(PoisonError::into_inner).get(&room).cloned();
    match state {
        Some(state) => state.hear(event),
        None => drop(told(event)),
    }
}

/// Takes a call of one of our methods to the room that it was made in.
pub(crate) fn deliver_call(call: proto::RpcMethodInvocationEvent) {
    let local = call.local_participant_handle;
    let state = LOCALS.read().unwrap_or_else(PoisonError::into_inner).get(&local).cloned();
    if let Some(state) = state {
        state.tell(RoomEvent::RpcMethodInvocation(call.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, TryRecvError};

    use proto::room_event::Message;

    use super::*;

    fn event(room_handle: u64, message: Message) -> proto::RoomEvent {
        proto::RoomEvent { room_handle, message: Some(message) }
    }

    fn permission(can_publish: bool) -> proto::ParticipantPermission {
        proto::ParticipantPermission { can_publish, ..Default::default() }
    }

    #[test]
    fn the_own_right_follows_the_server_and_nobody_elses() {
        let (sender, events) = mpsc::channel();
        let state = RoomState::register(901, 9010, "host".into(), None, sender);
        for (who, can) in [("host", true), ("guest", false)] {
            let change = proto::ParticipantPermissionChanged {
                participant_identity: who.into(),
                permission: Some(permission(can)),
            };
            deliver(event(901, Message::ParticipantPermissionChanged(change)));
        }
        assert!(state.permission().unwrap().can_publish);
        assert_eq!(events.try_iter().count(), 2);
        state.close();
    }

    #[test]
    fn a_reconnect_gives_a_publication_its_new_sid() {
        let (sender, events) = mpsc::channel();
        let state = RoomState::register(902, 9020, "host".into(), None, sender);
        let info = |sid: &str| proto::TrackPublicationInfo { sid: sid.into(), ..Default::default() };
        state.publish(31, crate::convert::room::track_info(info("TR_old")));
        let change = proto::LocalTrackRepublished {
            publication_handle: 99,
            previous_sid: "TR_old".into(),
            info: info("TR_new"),
        };
        deliver(event(902, Message::LocalTrackRepublished(change)));
        assert_eq!(state.published(31).unwrap().sid.as_str(), "TR_new");
        let Ok(RoomEvent::LocalTrackRepublished { previous, .. }) = events.try_recv() else {
            panic!("not told")
        };
        assert_eq!(previous.as_str(), "TR_old");
        state.close();
    }

    #[test]
    fn the_end_of_a_room_ends_its_events() {
        let (sender, events) = mpsc::channel();
        let state = RoomState::register(903, 9030, "host".into(), None, sender);
        deliver(event(903, Message::Reconnecting(proto::Reconnecting {})));
        deliver(event(903, Message::Eos(proto::RoomEos {})));
        deliver(event(903, Message::Reconnected(proto::Reconnected {})));
        assert!(matches!(events.try_recv(), Ok(RoomEvent::Reconnecting)));
        assert!(matches!(events.try_recv(), Err(TryRecvError::Disconnected)));
        drop(state);
    }

    #[test]
    fn a_call_goes_to_the_room_it_was_made_in_and_after_its_end_nowhere() {
        let (sender, events) = mpsc::channel();
        let state = RoomState::register(904, 9040, "host".into(), None, sender);
        let call = |local_participant_handle| proto::RpcMethodInvocationEvent {
            local_participant_handle,
            caller_identity: "guest".into(),
            ..Default::default()
        };
        deliver_call(call(9040));
        deliver_call(call(904));
        let told: Vec<_> = events.try_iter().collect();
        assert!(
            matches!(&told[..], [RoomEvent::RpcMethodInvocation(call)] if call.caller_identity.as_str() == "guest")
        );
        state.close();
        deliver_call(call(9040));
        assert!(matches!(events.try_recv(), Err(TryRecvError::Disconnected)));
    }
}
