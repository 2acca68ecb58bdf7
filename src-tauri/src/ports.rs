//! Effect → adapter: the only place that knows them all.

use std::path::PathBuf;
use std::sync::Arc;

use studio_core::Event;
use studio_devices::Devices;
use studio_media::{AirLanes, Config, CrewLanes, LaneDesk, Media, Out};
use studio_rtc::{AirBlock, CrewBlock, HomePaths, LaneSink, Rtc, SeatToken, Tools};
use studio_store::Store;
use studio_wire::device::DeviceOrder;
use studio_wire::media::MediaOrder;
use studio_wire::rtc::RtcOrder;
use studio_wire::shell::ShellOrder;
use studio_wire::store::{Kept, StoreOrder};
use studio_wire::view::Meters;

use crate::home::Home;
use crate::runtime::Inbox;

/// What a shell does when the core asks it to; a rehearsal has one of its own.
pub type Shell = Box<dyn Fn(ShellOrder) + Send>;

/// How the media port differs between the window and a rehearsal.
#[derive(Clone, Debug, Default)]
pub struct MediaChoice {
    /// The exact file of the recording.
    pub record_as: Option<PathBuf>,
    /// Draw tick numbers into the program.
    pub burn_ticks: bool,
}

/// Every adapter.
pub struct Ports {
    // Before the machinery that its devices feed.
    devices: Devices,
    media: Arc<Media>,
    rtc: Arc<Rtc>,
    store: Option<Store>,
    shell: Shell,
}

/// What the ports of an app know of each other's machinery.
pub struct Opened {
    /// For the studio thread.
    pub ports: Ports,
    /// What the store held.
    pub kept: Kept,
    /// Pictures for the preview, ticks and scenes for the rehearsal.
    pub media: Arc<Media>,
    /// Seats for robots and foreign clients.
    pub rtc: Arc<Rtc>,
}

impl Ports {
    /// Opens store, media, devices' and rooms' port; all of them report into the inbox. Starts no server and no child,
    /// and opens no device.
    /// With a seat they are that seat's side of somebody else's show.
    pub fn open(
        home: &Home,
        choice: MediaChoice,
        seat: Option<SeatToken>,
        inbox: &Inbox,
        shell: Shell,
    ) -> std::io::Result<Opened> {
        let beside = std::env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();

        let to_core = inbox.clone();
        let (store, kept) =
            Store::open(Some(&home.database), move |report| to_core.report(Event::Store(report)));

        let config = Config {
            ffmpeg: studio_media::find_ffmpeg(&beside),
            videos: home.videos.clone(),
            fallback: home.fallback.clone(),
            burn_ticks: choice.burn_ticks,
            record_as: choice.record_as,
        };
        let to_core = inbox.clone();
        let media = Arc::new(Media::start(config, move |report| to_core.report(Event::Media(report))));

        let to_core = inbox.clone();
        let report = move |report| to_core.report(Event::Devices(report));
        let devices = Devices::start(media.devices(), studio_devices::screen::screens(), report);

        let to_core = inbox.clone();
        let paths = HomePaths { log: home.log.clone(), runtime: home.runtime.clone() };
        let report = move |report| to_core.report(Event::Rtc(report));
        let rtc = Rtc::start(Tools::find(&beside), paths, Desk(media.desk()), seat, report);
        let rtc = Arc::new(rtc);

        let ports = Self { devices, media: media.clone(), rtc: rtc.clone(), store: Some(store), shell };
        Ok(Opened { ports, kept, media, rtc })
    }

    /// Carries out a media order.
    pub fn media(&self, order: MediaOrder) {
        self.media.order(order);
    }

    /// Carries out a device order.
    pub fn devices(&self, order: DeviceOrder) {
        self.devices.order(order);
    }

    /// Carries out a room order.
    pub fn rtc(&self, order: RtcOrder) {
        self.rtc.order(order);
    }

    /// Carries out a store order.
    pub fn store(&self, order: StoreOrder) {
        if let Some(store) = &self.store {
            store.order(order);
        }
    }

    /// Carries out a shell order.
    pub fn shell(&self, order: ShellOrder) {
        (self.shell)(order);
    }

    /// Levels now.
    pub fn meters(&self) -> Meters {
        self.media.meters()
    }

    /// Writes out what the store still holds. Media and rooms end with their last owner.
    pub fn close(&mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }
}

/// Hands an engine's lanes to the compositor and mixer, and takes them away when it dies.
struct Desk(LaneDesk);

impl LaneSink for Desk {
    fn crew(&self, lanes: Option<CrewBlock>) {
        self.0.crew(lanes.map(|lanes| CrewLanes {
            camera: out(lanes.camera),
            microphone: out(lanes.microphone),
            stage_media: out(lanes.stage_media),
            talkback: out(lanes.talkback),
            screens: lanes.screens.into_iter().map(out).collect(),
            pictures: lanes.pictures,
            sounds: lanes.sounds,
        }));
    }

    fn air(&self, lanes: Option<AirBlock>) {
        self.0.air(lanes.map(|lanes| AirLanes {
            picture: out(lanes.picture),
            sound: out(lanes.sound),
            picture_in: lanes.picture_in,
            sound_in: lanes.sound_in,
        }));
    }
}

fn out(lane: studio_rtc::Out) -> Out {
    Out { writer: lane.writer, bell: lane.bell }
}
