//! From an engine's words to the core's: the only place that knows both.

use studio_wire::engine::{EngineFault, Link, Person, Report};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport};
use studio_wire::{Epoch, Fault, Role};

/// What a report means to the core; nothing where it concerns only the supervisor.
pub(super) fn translate(room: RoomKind, epoch: Epoch, report: Report) -> Option<RtcReport> {
    let news = match report {
        Report::Link(Link::Joined) => RoomNews::Joined,
        Report::Link(Link::Resuming) => RoomNews::Lost { gone: false },
        Report::Link(Link::Lost(why)) => {
            tracing::warn!(room = room.word(), %epoch, ?why, "room lost");
            RoomNews::Lost { gone: true }
        }
        Report::Person(person) => came(person),
        Report::Gone(identity) => RoomNews::Left { identity },
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
        Report::Stats(_) | Report::Pong(_) => return None,
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
mod tests {
    use studio_wire::engine::LostWhy;
    use studio_wire::{Identity, LaneId};

    use super::*;

    fn news(report: Report) -> Option<RoomNews> {
        match translate(RoomKind::Crew, Epoch(7), report) {
            Some(RtcReport::Room { room: RoomKind::Crew, epoch: Epoch(7), news }) => Some(news),
            _ => None,
        }
    }

    #[test]
    fn somebody_comes_with_the_role_that_the_server_stamped() {
        for (attributes, role) in [
            (vec![("role", "guest")], Some(Role::Guest)),
            (vec![("mood", "fine"), ("role", "host")], Some(Role::Host)),
            (vec![("role", "emperor")], None),
            (vec![], None),
        ] {
            let attributes = attributes.into_iter().map(|(key, word)| (key.into(), word.into())).collect();
            let identity = Identity::from("ana");
            let person = Person { identity: identity.clone(), name: "Ana".into(), attributes };
            let came = RoomNews::Came { identity, name: "Ana".into(), role };
            assert_eq!(news(Report::Person(person)), Some(came));
        }
    }

    #[test]
    fn a_link_that_is_made_again_is_told_apart_from_one_that_is_gone() {
        assert_eq!(news(Report::Link(Link::Resuming)), Some(RoomNews::Lost { gone: false }));
        assert_eq!(news(Report::Link(Link::Lost(LostWhy::Away))), Some(RoomNews::Lost { gone: true }));
    }

    #[test]
    fn what_concerns_only_the_supervisor_stays_with_it() {
        assert_eq!(translate(RoomKind::Air, Epoch(1), Report::Pong(4)), None);
        assert_eq!(translate(RoomKind::Air, Epoch(1), Report::Ready { engine: "0.13.2".into() }), None);
    }

    #[test]
    fn a_refused_output_is_a_fault_of_its_room() {
        let refused = Report::Fault(EngineFault::PublishRefused { lane: LaneId(1) });
        let Some(RtcReport::Failed { epoch: Epoch(2), fault }) = translate(RoomKind::Air, Epoch(2), refused)
        else {
            panic!("not a fault")
        };
        assert!(matches!(fault, Fault::RoomRefused { room: RoomKind::Air, .. }));
    }
}
