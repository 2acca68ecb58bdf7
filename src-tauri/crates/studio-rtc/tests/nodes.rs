//! One show over two nodes of a cluster, and what is left of it when one of them dies.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use studio_rtc::SeatToken;
use studio_wire::engine::{Codec, LostWhy, Media, Publish, lanes};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, Stamp, TrackKind};
use studio_wire::server::SecretText;
use studio_wire::{Epoch, Position, Role};
use support::desk::{Desk, HEIGHT, Playing, WIDTH};
use support::guest::Guest;
use support::node::{Node, Redis, SECRET, profile};
use support::{Studio, block_on, tools_with_engine, until};

const CREW: RoomKind = RoomKind::Crew;
/// How long everybody may need to be back, counted from the retry with the other address.
const BACK: Duration = Duration::from_secs(15);

/// A show on a cluster of two, with the host's picture and voice in `crew` by way of the first node.
struct Show {
    nodes: [Node; 2],
    studio: Studio,
    epoch: u32,
    _playing: Playing,
    _redis: Redis,
}

impl Show {
    fn start() -> Self {
        let redis = Redis::start();
        let nodes = [Node::of(&redis), Node::of(&redis)];
        let (desk, playing) = Desk::start();
        let mut studio = Studio::start(tools_with_engine(), desk);
        let cluster = profile(&nodes.each_ref().map(Node::url));
        let secret = Some(SecretText(SECRET.into()));
        studio.order(RtcOrder::KeepSecret { server: cluster.id.clone(), secret });
        studio.open_on(1, Some(cluster), false).unwrap();
        let mut show = Self { nodes, studio, epoch: 0, _playing: playing, _redis: redis };
        show.studio.order(RtcOrder::Want { room: CREW, publish: publish(), watch: Vec::new() });
        show.enter();
        show
    }

    /// Starts the host's engine anew, as the core does, and waits until all of it is published.
    fn enter(&mut self) {
        self.epoch += 1;
        let (identity, name) = ("host".into(), "Hana".into());
        self.studio.order(RtcOrder::Start { room: CREW, epoch: Epoch(self.epoch), identity, name });
        for output in publish() {
            let published = RoomNews::Published { lane: output.lane };
            self.news("published", |news| (*news == published).then_some(()));
        }
    }

    fn news<T>(&mut self, what: &str, mut wanted: impl FnMut(&RoomNews) -> Option<T>) -> T {
        let life = Epoch(self.epoch);
        self.studio.wait(what, |told| match told {
            RtcReport::Room { room: CREW, epoch, news } if *epoch == life => wanted(news),
            _ => None,
        })
    }

    /// Waits until the engine has given up the dead node. The library tries it for 22 s and longer.
    fn is_over(&mut self) {
        self.studio.patience = Duration::from_secs(90);
        let life = Epoch(self.epoch);
        let away = RoomNews::Lost { gone: Some(LostWhy::Away) };
        self.studio.wait("that it is over", |told| match told {
            RtcReport::Room { room: CREW, epoch, news } => (*epoch == life && *news == away).then_some(()),
            RtcReport::EngineLost { room: CREW, epoch } => (*epoch == life).then_some(()),
            _ => None,
        });
    }

    /// A seat at one of the nodes.
    fn seat(&self, node: usize) -> SeatToken {
        let seat = self.studio.rtc().seat(Role::Cohost, "ana").unwrap();
        assert_eq!(seat.urls.len(), 2, "whoever gets a seat gets both addresses");
        SeatToken { url: self.nodes[node].url(), ..seat }
    }

    /// Stamps the guest; until that works, as the core does.
    fn stamp(&mut self) {
        let stamp = Stamp { role: Role::Cohost, position: Position::OnStage, may: vec![TrackKind::Camera] };
        let limit = Instant::now() + BACK;
        loop {
            let identity = "ana".into();
            self.studio.order(RtcOrder::Stamp { room: CREW, identity, stamp: stamp.clone() });
            let refused = self.studio.wait("the stamp", |told| match told {
                RtcReport::Stamped { refused, .. } => Some(refused.clone()),
                _ => None,
            });
            match refused {
                None => return,
                Some(said) => assert!(Instant::now() < limit, "{said}"),
            }
        }
    }

    /// What a node says about the guest's place.
    fn position(&self, node: usize) -> Option<String> {
        let ana = block_on(self.nodes[node].owner().get_participant("crew-show", "ana")).ok()?;
        ana.attributes.get("position").cloned()
    }

    /// Host and guest see each other.
    fn is_whole(&mut self, guest: &Guest) {
        guest.says("the host's picture", |word| word["saw"] == "host" && word["width"] == WIDTH);
        self.news("the guest's picture", |news| match news {
            RoomNews::Track { identity, kind: TrackKind::Camera, .. } if identity.as_str() == "ana" => {
                Some(())
            }
            _ => None,
        });
    }
}

fn publish() -> Vec<Publish> {
    let video = Media::Video {
        width: WIDTH,
        height: HEIGHT,
        fps: 30,
        kbps: 600,
        codec: Codec::Vp8,
        simulcast: false,
    };
    let audio = Media::Audio { rate: 48_000, channels: 2, kbps: 64 };
    [(lanes::CREW_CAMERA, TrackKind::Camera, video), (lanes::CREW_MICROPHONE, TrackKind::Microphone, audio)]
        .map(|(lane, kind, media)| Publish {
            lane,
            name: kind.track_name().into(),
            kind,
            media,
            muted: false,
            open_to: None,
        })
        .to_vec()
}

#[test]
fn a_guest_whose_node_dies_comes_back_through_the_other_one() {
    let mut show = Show::start();
    let guest = Guest::join(&show.seat(1), true);
    show.is_whole(&guest);
    show.stamp();
    until("both nodes know it", || (0..2).all(|node| show.position(node).as_deref() == Some("on_stage")));

    show.nodes[1].kill();
    // A client of the library alone would try the dead address for another half a minute.
    guest.says("that it tries", |word| word["reconnecting"] == true);
    drop(guest);
    let retry = Instant::now();
    let guest = Guest::join(&show.seat(0), true);
    show.is_whole(&guest);
    show.stamp();
    assert!(retry.elapsed() < BACK, "{:?}", retry.elapsed());
    assert_eq!(show.position(0).as_deref(), Some("on_stage"));
}

#[test]
fn a_host_whose_node_dies_comes_back_through_the_other_one_and_goes_on_to_order() {
    let mut show = Show::start();
    let guest = Guest::join(&show.seat(1), true);
    show.is_whole(&guest);

    show.nodes[0].kill();
    // Calls do not wait for the engine: the other node takes them.
    show.stamp();
    show.is_over();
    let retry = Instant::now();
    show.enter();
    show.is_whole(&guest);
    assert!(retry.elapsed() < BACK, "{:?}", retry.elapsed());
    assert_eq!(show.position(1).as_deref(), Some("on_stage"));
}
