//! Tracks that come in from `crew`, and the lane each one fills.
//!
//! A source keeps its lane as long as its track lives; a freed lane goes to the first track that has none.
//! A track that vanished with its engine or its room is *away*: it keeps lane and place, so that the picture
//! can hold its last frame, until it is offered again or the wait is over.

use studio_wire::engine::{Watch, lanes};
use studio_wire::ids::{LaneId, SourceId, TrackSid};

/// What a lane can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    Picture,
    Sound,
}

impl Carries {
    fn lane(self, n: u16) -> Option<LaneId> {
        match self {
            Self::Picture => lanes::crew_picture(n),
            Self::Sound => lanes::crew_sound(n),
        }
    }
}

/// The pixels that a picture is shown with; `None` is all it has, and what a sound has.
pub(crate) type Size = Option<(u32, u32)>;

/// A track on offer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Track {
    pub source: SourceId,
    pub carries: Carries,
    pub sid: TrackSid,
    pub muted: bool,
    pub lane: Option<LaneId>,
    pub flowing: bool,
    away: bool,
}

/// Every track, in the order of arrival.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracks(Vec<Track>);

impl Tracks {
    /// A track is on offer, or changed. A source has one track: another sid replaces the one before.
    pub fn offer(&mut self, source: SourceId, carries: Carries, sid: TrackSid, muted: bool) {
        if let Some(track) = self.0.iter_mut().find(|track| track.source == source) {
            track.flowing &= track.sid == sid;
            (track.sid, track.muted, track.away) = (sid, muted, false);
        } else {
            self.0.push(Track { source, carries, sid, muted, lane: None, flowing: false, away: false });
            self.fill();
        }
    }

    /// Whether that track was offered.
    pub fn knows(&self, sid: &TrackSid) -> bool {
        self.0.iter().any(|track| track.sid == *sid && !track.away)
    }

    /// Frames or sound of a track arrive.
    pub fn flows(&self, sid: &TrackSid) -> bool {
        self.0.iter().any(|track| track.sid == *sid && track.flowing)
    }

    /// A track is gone; the source it fed is returned.
    pub fn gone(&mut self, sid: &TrackSid) -> Option<SourceId> {
        let at = self.0.iter().position(|track| track.sid == *sid)?;
        let track = self.0.remove(at);
        self.fill();
        Some(track.source)
    }

    /// A source is gone, whatever fed it.
    pub fn drop_source(&mut self, source: SourceId) {
        self.0.retain(|track| track.source != source);
        self.fill();
    }

    /// The engine is gone: every track is away.
    pub fn lose_all(&mut self) {
        self.lose(|_| true);
    }

    /// Somebody vanished while their room was broken.
    pub fn lose_source(&mut self, source: SourceId) {
        self.lose(|track| track.source == source);
    }

    /// A track vanished while its room was broken; the source it fed is returned.
    pub fn lose_track(&mut self, sid: &TrackSid) -> Option<SourceId> {
        self.lose(|track| track.sid == *sid);
        self.0.iter().find(|track| track.sid == *sid).map(|track| track.source)
    }

    fn lose(&mut self, lost: impl Fn(&Track) -> bool) {
        for track in self.0.iter_mut().filter(|track| lost(track)) {
            (track.away, track.flowing) = (true, false);
        }
    }

    /// The wait is over: what is still away is gone.
    pub fn drop_away(&mut self) {
        self.0.retain(|track| !track.away);
        self.fill();
    }

    /// Frames arrive in a lane, or no longer do; the source is returned.
    pub fn flow(&mut self, lane: LaneId, flowing: bool) -> Option<SourceId> {
        let track = self.0.iter_mut().find(|track| track.lane == Some(lane))?;
        track.flowing = flowing;
        Some(track.source)
    }

    pub fn of(&self, source: SourceId) -> Option<&Track> {
        self.0.iter().find(|track| track.source == source)
    }

    /// What has a lane and is of use, as the engine is to take it in. `need` says for each source whether it is
    /// of use at all, and at which size it is shown; `Some(None)` is the whole picture, or a sound.
    pub fn watch(&self, need: impl Fn(SourceId) -> Option<Size>) -> Vec<Watch> {
        let watch = |track: &Track| {
            let size = need(track.source)?;
            Some(Watch { track: track.sid.clone(), lane: track.lane?, size })
        };
        self.0.iter().filter(|track| !track.away).filter_map(watch).collect()
    }

    fn fill(&mut self) {
        for at in 0..self.0.len() {
            if self.0[at].lane.is_none() {
                self.0[at].lane = self.free(self.0[at].carries);
            }
        }
    }

    fn free(&self, carries: Carries) -> Option<LaneId> {
        let taken = |lane: LaneId| self.0.iter().any(|track| track.lane == Some(lane));
        (0..).map_while(|n| carries.lane(n)).find(|lane| !taken(*lane))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sid(n: u32) -> TrackSid {
        TrackSid(format!("TR_{n}"))
    }

    fn lane(tracks: &Tracks, source: u32) -> Option<u16> {
        tracks.of(SourceId(source)).and_then(|track| track.lane).map(|lane| lane.0)
    }

    #[test]
    fn the_lowest_free_lane_is_taken_and_a_gone_track_frees_its_own() {
        let mut tracks = Tracks::default();
        for n in 10..13 {
            tracks.offer(SourceId(n), Carries::Picture, sid(n), false);
        }
        tracks.offer(SourceId(20), Carries::Sound, sid(20), false);
        assert_eq!((lane(&tracks, 10), lane(&tracks, 12), lane(&tracks, 20)), (Some(8), Some(10), Some(32)));
        assert_eq!(tracks.gone(&sid(10)), Some(SourceId(10)));
        tracks.offer(SourceId(14), Carries::Picture, sid(14), false);
        assert_eq!(lane(&tracks, 14), Some(8));
    }

    #[test]
    fn a_track_without_a_lane_waits_for_one() {
        let mut tracks = Tracks::default();
        for n in 0..25 {
            tracks.offer(SourceId(n), Carries::Picture, sid(n), false);
        }
        assert_eq!((lane(&tracks, 23), lane(&tracks, 24)), (Some(31), None));
        assert_eq!(tracks.watch(|_| Some(None)).len(), 24);
        tracks.gone(&sid(3));
        assert_eq!(lane(&tracks, 24), Some(11));
    }

    #[test]
    fn a_track_that_is_away_keeps_its_lane_until_the_wait_is_over() {
        let mut tracks = Tracks::default();
        tracks.offer(SourceId(8), Carries::Sound, sid(1), false);
        tracks.offer(SourceId(9), Carries::Sound, sid(2), false);
        tracks.lose_all();
        assert_eq!((tracks.watch(|_| Some(None)), lane(&tracks, 8)), (vec![], Some(32)));
        tracks.offer(SourceId(9), Carries::Sound, sid(3), false);
        assert_eq!((tracks.watch(|_| Some(None)).len(), lane(&tracks, 9)), (1, Some(33)));
        tracks.drop_away();
        assert_eq!((lane(&tracks, 8), lane(&tracks, 9)), (None, Some(33)));
    }

    #[test]
    fn the_end_of_a_replaced_track_does_not_end_its_successor() {
        let mut tracks = Tracks::default();
        tracks.offer(SourceId(9), Carries::Sound, sid(1), false);
        tracks.flow(LaneId(32), true);
        tracks.offer(SourceId(9), Carries::Sound, sid(2), false);
        assert!(!tracks.of(SourceId(9)).unwrap().flowing);
        assert_eq!(tracks.gone(&sid(1)), None);
        assert_eq!(lane(&tracks, 9), Some(32));
    }
}
