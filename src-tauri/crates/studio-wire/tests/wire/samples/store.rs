//! Of the store.

use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, TakeId, Ticket};
use studio_wire::people::{Position, Presence, Rights, Role};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::store::{PersonFigures, StoreOrder, StoreReport};
use studio_wire::view::StateName;

use super::mixer::strip;
use super::rooms::{line, page};
use super::show::scene;
use super::{at, profile, session, text, who};

pub fn store_orders() -> Vec<StoreOrder> {
    let (take, wall_ms) = (TakeId(1), 1_795_287_600_000);
    let figures = PersonFigures { joins: 2, there_ms: 9_000, on_stage_ms: 7_000, talk_ms: 800, poor_ms: 60 };
    every!(StoreOrder:
        StoreOrder::Session { .. } => StoreOrder::Session {
            epoch: Epoch(2), session: session(), title: text("Evening show"), state: StateName::Live,
            server: Some(profile().id), wall_ms,
        };
        StoreOrder::Scenes { .. } => StoreOrder::Scenes { session: session(), program: scene(), preview: scene() };
        StoreOrder::Person { .. } => StoreOrder::Person {
            session: session(), identity: who(), name: text("Leo"), role: Role::Guest,
            presence: Presence::Joined, position: Position::Backstage,
            rights: Rights { speak: true, video: false }, wall_ms,
        };
        StoreOrder::Figures { .. } => StoreOrder::Figures { session: session(), identity: who(), figures };
        StoreOrder::Strips { .. } => StoreOrder::Strips {
            session: session(), identity: who(), strips: vec![(TrackKind::Microphone, strip())],
        };
        StoreOrder::Chat { .. } => StoreOrder::Chat { session: session(), line: line() };
        StoreOrder::ReadChat { .. } =>
            StoreOrder::ReadChat {
                ticket: Ticket(3), session: session(), room: RoomKind::Air, after: Some(7), before: None,
            },
            StoreOrder::ReadChat {
                ticket: Ticket(4), session: session(), room: RoomKind::Crew, after: None, before: Some(101),
            };
        StoreOrder::Server(_) => StoreOrder::Server(profile());
        StoreOrder::ForgetServer(_) => StoreOrder::ForgetServer(profile().id);
        StoreOrder::Take { .. } => StoreOrder::Take { session: session(), take, at: at(5), wall_ms };
        StoreOrder::Segment { .. } => StoreOrder::Segment {
            session: session(), take, segment: 0, path: text("/videos/x.mkv"), at: at(5),
        };
        StoreOrder::TakeDone { .. } => StoreOrder::TakeDone {
            session: session(), take, path: text("/videos/x.mp4"), frames: 600, wall_ms,
        };
        StoreOrder::Preferences(_) => StoreOrder::Preferences(Box::default());
        StoreOrder::Event { .. } => StoreOrder::Event {
            session: None, seq: 1, at: at(5), kind: text("open"), payload: text("{}"),
        };
    )
}

pub fn store_reports() -> Vec<StoreReport> {
    every!(StoreReport:
        StoreReport::Persisted { .. } => StoreReport::Persisted { epoch: Epoch(2) };
        StoreReport::Chat { .. } => StoreReport::Chat { ticket: Ticket(3), page: page() };
        StoreReport::Trouble { .. } => StoreReport::Trouble { fault: Fault::StoreLocked };
        StoreReport::Well => StoreReport::Well;
    )
}
