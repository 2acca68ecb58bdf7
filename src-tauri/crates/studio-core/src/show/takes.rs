//! Takes: recordings from their start to their last word.
//!
//! A take can outlive the state that began it: after an emergency stop its file is finished later, after any stop
//! it is remuxed later, and the report still finds it here.

use studio_wire::ids::{Epoch, SessionId, TakeId};
use studio_wire::time::ShowTime;
use studio_wire::view::RecordingView;

/// Takes remembered; more than two are never open in practice.
const MOST: usize = 4;

/// One recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Take {
    pub session: SessionId,
    pub id: TakeId,
    pub epoch: Epoch,
    pub since: ShowTime,
    /// First frame of the newest segment.
    pub newest: ShowTime,
    pub path: String,
    pub bytes: u64,
    /// In the file, once it is finished.
    pub frames: u64,
    /// Wall clock when it was finished, ms.
    pub ended_ms: u64,
    pub segments: u32,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Asked for.
    Asked,
    /// Bytes are being written.
    Running,
    /// It cannot go on; what was written is being finished.
    Failed,
    /// Finished.
    Done,
}

/// The newest takes, the current one last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Takes {
    list: Vec<Take>,
    /// Takes of the show under way that an earlier life of the program made.
    earlier: u32,
    /// The look at the recorder that is under way.
    pub check: Option<Epoch>,
}

impl Takes {
    /// A show goes on that has so many takes already.
    pub fn resume(&mut self, takes: u32) {
        self.earlier = takes;
    }

    /// What the next take of a show is called.
    pub fn next(&self, session: &SessionId) -> TakeId {
        let newest = self.list.iter().filter(|take| take.session == *session).map(|take| take.id.0).max();
        TakeId(newest.unwrap_or(self.earlier) + 1)
    }

    pub fn begin(&mut self, session: SessionId, id: TakeId, epoch: Epoch) {
        if self.list.len() == MOST {
            self.list.remove(0);
        }
        self.list.push(Take {
            session,
            id,
            epoch,
            since: ShowTime::default(),
            newest: ShowTime::default(),
            path: String::new(),
            bytes: 0,
            frames: 0,
            ended_ms: 0,
            segments: 0,
            phase: Phase::Asked,
        });
    }

    pub fn find(&self, epoch: Epoch) -> Option<&Take> {
        self.list.iter().find(|take| take.epoch == epoch)
    }

    fn find_mut(&mut self, epoch: Epoch) -> Option<&mut Take> {
        self.list.iter_mut().find(|take| take.epoch == epoch)
    }

    /// A take that has not ended.
    pub fn open(&self, epoch: Epoch) -> Option<&Take> {
        self.find(epoch).filter(|take| take.phase != Phase::Done)
    }

    /// A take that has ended. Its file may still get its last form.
    pub fn done(&self, epoch: Epoch) -> Option<&Take> {
        self.find(epoch).filter(|take| take.phase == Phase::Done)
    }

    /// A take that has neither ended nor failed.
    pub fn alive(&self, epoch: Epoch) -> Option<&Take> {
        self.open(epoch).filter(|take| take.phase != Phase::Failed)
    }

    /// That show's take under way, if bytes are (or are to be) written.
    pub fn running(&self, session: &SessionId) -> Option<Epoch> {
        let take = self.list.last().filter(|take| take.session == *session)?;
        matches!(take.phase, Phase::Asked | Phase::Running).then_some(take.epoch)
    }

    /// A segment has bytes on disk. False if that was known.
    pub fn segment(&mut self, epoch: Epoch, segment: u32, path: &str, at: ShowTime) -> bool {
        let Some(take) = self.find_mut(epoch).filter(|take| segment >= take.segments) else { return false };
        if take.segments == 0 {
            take.since = at;
        }
        (take.segments, take.newest) = (segment + 1, at);
        take.path = path.to_owned();
        take.phase = Phase::Running;
        true
    }

    pub fn grow(&mut self, bytes: u64) {
        if let Some(take) = self.list.last_mut().filter(|take| take.phase == Phase::Running) {
            take.bytes = bytes;
        }
    }

    pub fn fail(&mut self, epoch: Epoch) {
        if let Some(take) = self.find_mut(epoch).filter(|take| take.phase != Phase::Done) {
            take.phase = Phase::Failed;
        }
    }

    /// The file is whole, with so many frames.
    pub fn finish(&mut self, epoch: Epoch, frames: u64, wall_ms: u64) {
        if let Some(take) = self.find_mut(epoch) {
            (take.frames, take.ended_ms, take.phase) = (frames, wall_ms, Phase::Done);
        }
    }

    /// That is the whole take now.
    pub fn lies(&mut self, epoch: Epoch, path: String, bytes: u64) {
        if let Some(take) = self.find_mut(epoch) {
            (take.path, take.bytes) = (path, bytes);
        }
    }

    /// The newest take with bytes on disk; while a show is open, only if it is that show's.
    pub fn view(&self, session: Option<&SessionId>) -> Option<RecordingView> {
        let take = self.list.last()?;
        let shown = take.segments > 0 && session.is_none_or(|session| *session == take.session);
        shown.then(|| RecordingView {
            since: take.since,
            path: take.path.clone(),
            bytes: take.bytes,
            running: take.phase == Phase::Running,
            segments: take.segments,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes() -> (Takes, Epoch) {
        let mut takes = Takes::default();
        takes.begin("a".into(), TakeId(1), Epoch(8));
        (takes, Epoch(8))
    }

    #[test]
    fn a_take_is_shown_from_its_first_segment_on_and_after_its_show() {
        let (mut takes, epoch) = takes();
        assert_eq!(takes.view(Some(&"a".into())), None);
        assert!(takes.segment(epoch, 0, "/v/a.mkv", ShowTime::from_ms(5)));
        assert!(takes.segment(epoch, 1, "/v/a-2.mkv", ShowTime::from_ms(9)));
        assert!(!takes.segment(epoch, 1, "/v/a-2.mkv", ShowTime::from_ms(9)), "known already");
        takes.grow(70);
        let view = takes.view(Some(&"a".into())).unwrap();
        assert_eq!((view.since.ms(), view.segments, view.bytes, view.running), (5, 2, 70, true));
        takes.finish(epoch, 900, 5);
        takes.lies(epoch, "/v/a.mp4".into(), 99);
        assert_eq!(takes.view(Some(&"b".into())), None, "another show has begun");
        let view = takes.view(None).unwrap();
        assert_eq!((view.path.as_str(), view.bytes, view.running), ("/v/a.mp4", 99, false));
    }

    #[test]
    fn a_take_fails_once_and_is_finished_once() {
        let (mut takes, epoch) = takes();
        assert_eq!(takes.running(&"a".into()), Some(epoch));
        assert_eq!(takes.running(&"b".into()), None);
        takes.fail(epoch);
        assert!(takes.alive(epoch).is_none() && takes.open(epoch).is_some());
        assert_eq!(takes.running(&"a".into()), None);
        assert!(takes.done(epoch).is_none());
        takes.finish(epoch, 900, 5);
        assert!(takes.open(epoch).is_none() && takes.done(epoch).is_some());
    }
}
