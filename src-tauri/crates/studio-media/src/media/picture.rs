//! The compositor's thread: at each tick takes the newest picture of every lane, draws the program once and hands it
//! to recorder, room and window. **One that cannot take it loses it and delays nobody.**

use std::sync::Arc;

use studio_wire::device::Framing;
use studio_wire::engine::AIR_SIZE;
use studio_wire::ids::{Epoch, SourceId};
use studio_wire::media::{Drawing, Feed, MediaReport, Wiring};
use studio_wire::time::ShowTime;
use studio_wire::view::ProgramFormat;

use super::lanes::{AirEnds, CrewPictures, PictureLanes, program_comes_in};
use super::own::{OwnCamera, OwnPicture};
use super::screens::OwnScreens;
use super::shared::Shared;
use super::waiting::{Waiting, Wanted};
use super::{Desk, PictureOrder};
use crate::clock::{ProgramClock, SECOND, TickClock, now};
use crate::frame::{Latest, Picture};
use crate::video::atlas::{self, Atlas};
use crate::video::compose::Compositor;
use crate::video::sources::Sources;

/// A guest's voice does not wait: its picture is about as old.
const GUEST: Together = Together { older_ms: 0.0, wrong_ms: 19.0 };
/// The own voice waits for the own picture, so that may well be older; younger it is by 8 ms at most.
const OWN: Together = Together { older_ms: 14.0, wrong_ms: 22.0 };
/// The own picture for the others is not larger than this.
const LARGEST: (u32, u32) = (1280, 720);

/// What the compositor's thread owns.
pub(super) struct PictureDesk {
    shared: Arc<Shared>,
    wirings: Arc<[Wiring]>,
    scene: Drawing,
    lanes: PictureLanes,
    /// Where the open camera's pictures are.
    camera: Option<Latest>,
    screens: OwnScreens,
    /// What of them is shown.
    framing: Framing,
    show: Option<Show>,
}

/// A program that runs.
#[derive(Debug)]
struct Show {
    epoch: Epoch,
    clock: ProgramClock,
    compositor: Compositor,
    sources: Sources,
    waiting: Waiting,
    own: OwnCamera,
    atlas: Atlas,
    /// The scene was changed and not drawn yet.
    fresh: bool,
    /// When the last tick was done.
    done: ShowTime,
    next_atlas: ShowTime,
    next_figures: ShowTime,
}

impl PictureDesk {
    pub fn new(shared: Arc<Shared>) -> Self {
        let (scene, wirings, lanes, framing) = Default::default();
        let screens = OwnScreens::default();
        Self { shared, wirings, scene, lanes, camera: None, screens, framing, show: None }
    }

    fn open(&mut self, epoch: Epoch, format: ProgramFormat, clock: TickClock) {
        let mut compositor = Compositor::new(format, self.shared.config.burn_ticks);
        compositor.scene(&self.scene);
        self.show = Some(Show {
            epoch,
            clock: ProgramClock::new(clock),
            compositor,
            sources: Sources::default(),
            waiting: Waiting::default(),
            own: OwnCamera::default(),
            atlas: Atlas::default(),
            fresh: true,
            done: clock.start(),
            next_atlas: clock.start(),
            next_figures: clock.start() + ShowTime(SECOND),
        });
    }

    fn wire(&mut self, wirings: Arc<[Wiring]>) {
        let kept = |new: &Wiring| {
            self.wirings.iter().any(|old| (old.source, old.feed, old.on) == (new.source, new.feed, new.on))
        };
        if let Some(show) = &mut self.show {
            let keep =
                |source: SourceId| wirings.iter().any(|new| new.source == source && new.on && kept(new));
            show.sources.keep(keep);
            show.waiting.keep(keep);
        }
        for new in wirings.iter().filter(|new| !kept(new)) {
            // What still lies in the lane is somebody else's, or from before it was opened.
            if let Some(reader) = self.lanes.reader(new.feed) {
                drop(reader.newest());
            }
        }
        self.wirings = wirings;
    }

    /// Pictures that live in an engine's memory become our own, so that the memory of a dead engine is free.
    fn detach(&mut self) {
        if let Some(show) = &mut self.show {
            show.sources.detach();
            show.waiting.keep(|_| false);
        }
    }

    fn crew(&mut self, lanes: Option<CrewPictures>) {
        self.detach();
        self.lanes.crew = lanes;
    }

    fn air(&mut self, lanes: Option<AirEnds>) {
        self.detach();
        self.lanes.air = lanes;
    }

    fn camera(&mut self, pictures: Option<Latest>) {
        let own = self.wirings.iter().find(|wiring| wiring.feed == Feed::Camera);
        if let (Some(show), Some(own), None) = (&mut self.show, own, &pictures) {
            show.sources.clear(own.source);
            show.waiting.keep(|source| source != own.source);
        }
        self.shared.camera_age.end();
        self.camera = pictures;
    }

    fn screen(&mut self, place: u16, pictures: Option<Latest>) {
        let own = self.wirings.iter().find(|wiring| wiring.feed == Feed::Screen(place));
        if let (Some(show), Some(own), None) = (&mut self.show, own, &pictures) {
            show.sources.clear(own.source);
        }
        self.screens.give(place, pictures);
    }

    /// Takes in what came since the last tick.
    fn take_in(&mut self, at: ShowTime) {
        let Some(show) = &mut self.show else { return };
        for wiring in self.wirings.iter().filter(|wiring| wiring.on) {
            let Some(reader) = self.lanes.reader(wiring.feed) else { continue };
            let came = std::iter::from_fn(|| reader.next()).map(|frame| Picture::Lane(Arc::new(frame)));
            let wanted = GUEST.wanted(&self.shared, wiring);
            if let Some(picture) = show.waiting.next(wiring.source, came, wanted, at) {
                show.sources.show(wiring.source, picture, at);
            }
        }
    }

    /// Gives the own picture to the others and to the program, while it is open and somebody sees it.
    fn draw_own(&mut self, tick: u64, at: ShowTime) {
        let Some(show) = &mut self.show else { return };
        let open = self.wirings.iter().filter(|wiring| wiring.on);
        let Some((wiring, which)) =
            open.filter_map(|wiring| Some((wiring, OwnCamera::of(wiring.feed)?))).next()
        else {
            return;
        };
        let on_air = self.scene.tiles.iter().any(|tile| tile.source == Some(wiring.source));
        if !on_air && wiring.cell.is_none() && self.lanes.crew.is_none() {
            return;
        }
        let camera = self.camera.as_ref().filter(|_| which == OwnPicture::Camera).and_then(|camera| {
            let wanted = OWN.wanted(&self.shared, wiring);
            show.waiting.next(wiring.source, camera.fetch().map(Picture::Pool), wanted, at)
        });
        let Some(frame) = show.own.picture(which, (camera, self.framing), tick, at) else { return };
        if which == OwnPicture::Camera {
            self.shared.camera_age.came(frame.at(), at);
        }
        if let Some(crew) = &mut self.lanes.crew {
            match fitted((frame.width(), frame.height()), LARGEST) {
                Some(size) => crew.camera.scaled(&frame, size),
                None => crew.camera.picture(&frame, at),
            }
        }
        show.sources.show(wiring.source, frame.into(), at);
    }

    /// Gives the shared screens to the program and, once they have changed, to the others.
    fn take_screens(&mut self, tick: u64, at: ShowTime) {
        let Some(show) = &mut self.show else { return };
        for wiring in self.wirings.iter().filter(|wiring| wiring.on) {
            let Feed::Screen(place) = wiring.feed else { continue };
            let Some(frame) = self.screens.fetch(place) else { continue };
            if let Some(out) =
                self.lanes.crew.as_mut().and_then(|crew| crew.screens.get_mut(usize::from(place)))
            {
                self.screens.publish(place, &frame, out, (tick, at));
            }
            show.sources.show(wiring.source, frame.into(), at);
        }
    }

    /// Draws the tick's program picture and hands it on.
    fn draw_program(&mut self, tick: u64, at: ShowTime) {
        let Some(show) = &mut self.show else { return };
        if std::mem::take(&mut show.fresh) {
            self.shared.drew(tick, &self.scene);
        }
        let Some(frame) = show.compositor.compose(tick, at, &show.sources) else { return };
        self.shared.recording(|recorder| recorder.frame(tick, frame.clone()));
        if let Some(air) = self.lanes.air.as_mut().filter(|_| !program_comes_in(&self.wirings)) {
            air.program.scaled(&frame, AIR_SIZE);
        }
        self.shared.preview.show_program(&frame);
    }

    fn draw_atlas(&mut self, tick: u64, at: ShowTime) {
        let Some(show) = &mut self.show else { return };
        if at < show.next_atlas || !self.shared.preview.wants_atlas() {
            return;
        }
        show.next_atlas = at + ShowTime(SECOND / u64::from(atlas::RATE));
        let cells: Vec<_> =
            self.wirings.iter().filter_map(|wiring| Some((wiring.cell?, wiring.source))).collect();
        if let Some(frame) = show.atlas.draw(&cells, &show.sources, at, tick) {
            self.shared.preview.show_atlas(frame);
        }
    }

    /// Sources whose picture or sound came within the last second.
    fn flowing(&self, show: &Show) -> Vec<SourceId> {
        let seen = |wiring: &&Wiring| show.sources.flows(wiring.source, show.done);
        let mut flowing = self.shared.sounding(show.done);
        flowing.extend(self.wirings.iter().filter(seen).map(|wiring| wiring.source));
        flowing.sort_unstable();
        flowing.dedup();
        flowing
    }

    /// One tick, at whatever time the clock says it is due; it is done when `now` says.
    pub fn run(&mut self, now: impl Fn() -> ShowTime) {
        let Some((tick, at)) = self.show.as_ref().map(|show| show.clock.next()) else { return };
        let begun = now();
        self.take_in(at);
        self.draw_own(tick, at);
        self.take_screens(tick, at);
        self.draw_program(tick, at);
        self.draw_atlas(tick, at);
        let Some(show) = &mut self.show else { return };
        show.sources.expire(at);
        let now = now();
        if show.clock.done(now) {
            tracing::debug!(tick, behind_ms = now.since(at).ms(), "late program tick");
        }
        show.done = now;
        self.shared.figures(|figures| {
            // As of its beginning: what falls due meanwhile is the next tick's business.
            figures.due = show.clock.ticks().due(begun);
            figures.composed = show.clock.composed().saturating_sub(show.compositor.skipped());
            figures.late = show.clock.late();
        });
        if tick == 0 {
            self.shared.report.report(MediaReport::Opened { epoch: show.epoch });
        }
        if at >= show.next_figures {
            show.next_figures = show.next_figures + ShowTime(SECOND);
            self.report_figures();
        }
    }

    fn report_figures(&self) {
        let Some(show) = &self.show else { return };
        let (flowing, recorded_bytes) = (self.flowing(show), self.shared.recorded_bytes());
        let figures = self
            .shared
            .figures(|figures| (figures.flowing, figures.recorded_bytes) = (flowing, recorded_bytes));
        self.shared.report.report(MediaReport::Figures(figures));
    }
}

/// How a picture and its sound come together.
struct Together {
    /// The picture is to be so much older.
    older_ms: f32,
    /// And may be so far from that.
    wrong_ms: f32,
}

impl Together {
    fn wanted(&self, shared: &Shared, wiring: &Wiring) -> Option<Wanted> {
        let sound_ms = shared.sound_age(wiring.sound?)?;
        Some(Wanted { age_ms: sound_ms + self.older_ms, wrong_ms: self.wrong_ms })
    }
}

/// The size of a picture that is too large for the room; `None` for one that is not.
pub(super) fn fitted((width, height): (u32, u32), largest: (u32, u32)) -> Option<(u32, u32)> {
    let (most_wide, most_high) = largest;
    if width <= most_wide && height <= most_high {
        return None;
    }
    let of = |most: u32, side: u32| f64::from(most) / f64::from(side.max(1));
    let scale = of(most_wide, width).min(of(most_high, height));
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32 * 2).max(2);
    Some((even(width), even(height)))
}

impl Desk for PictureDesk {
    const KEEPS_TIME: bool = true;

    type Order = PictureOrder;

    fn apply(&mut self, order: PictureOrder) {
        match order {
            PictureOrder::Open { epoch, format, clock } => self.open(epoch, format, clock),
            PictureOrder::Sources(wirings) => self.wire(wirings),
            PictureOrder::Scene(scene) => {
                self.scene = scene;
                if let Some(show) = &mut self.show {
                    show.compositor.scene(&self.scene);
                    show.fresh = true;
                }
            }
            PictureOrder::Crew(lanes) => self.crew(lanes),
            PictureOrder::Air(lanes) => self.air(lanes),
            PictureOrder::Camera(pictures) => self.camera(pictures),
            PictureOrder::Screen(place, pictures) => self.screen(place, pictures),
            PictureOrder::Framing(framing) => self.framing = framing,
            PictureOrder::Close { then } => {
                self.report_figures();
                self.show = None;
                self.shared.preview.clear();
                (then.0)();
            }
        }
    }

    fn due(&self) -> Option<ShowTime> {
        self.show.as_ref().map(|show| show.clock.next().1)
    }

    fn tick(&mut self) {
        self.run(now);
    }
}

#[cfg(test)]
mod tests;
