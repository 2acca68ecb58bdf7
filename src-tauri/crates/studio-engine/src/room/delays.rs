//! How long what arrives has been on its way through the library: what it measures of itself, each second.

use std::time::{Duration, Instant};

use studio_wire::TrackSid;

use super::{Engine, News};
use crate::kit::{InboundRtpStats, RemoteTrack, RtcStats};

/// Asked no more often than this.
const EVERY: Duration = Duration::from_secs(1);

/// What the library has measured of a track so far, over all that it has given out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Delay {
    /// In seconds, of all together.
    total: f64,
    count: u64,
}

impl Delay {
    fn of(track: &RemoteTrack) -> Option<Self> {
        let stats = track.get_stats().ok()?;
        stats.iter().find_map(|entry| match entry {
            RtcStats::InboundRtp(inbound) => Some(Self::in_all(inbound)),
            _ => None,
        })
    }

    fn in_all(inbound: &InboundRtpStats) -> Self {
        if inbound.frames_decoded > 0 {
            let count = u64::from(inbound.frames_decoded);
            return Self { total: inbound.total_processing_delay, count };
        }
        Self { total: inbound.jitter_buffer_delay, count: inbound.jitter_buffer_emitted_count }
    }

    /// How long each took since an earlier look, as a mean; `None` when nothing came, or the library began anew.
    pub(crate) fn since(self, earlier: Self) -> Option<Duration> {
        let count = self.count.checked_sub(earlier.count).filter(|&count| count > 0)?;
        Duration::try_from_secs_f64((self.total - earlier.total) / count as f64).ok()
    }
}

impl Engine {
    /// Has the library asked how long its tracks take, now and then; the answer comes as [`News::Delays`].
    pub(super) fn ask_delays(&mut self, now: Instant) {
        let Some(inside) = &mut self.inside else { return };
        if inside.delays_asked.is_some_and(|asked| now.duration_since(asked) < EVERY) || inside.asking_delays
        {
            return;
        }
        let arrived = inside
            .watched
            .keys()
            .filter_map(|sid| Some((sid.clone(), inside.offered.get(sid)?.arrived.front()?.clone())));
        let arrived: Vec<(TrackSid, RemoteTrack)> = arrived.collect();
        inside.delays_asked = Some(now);
        if arrived.is_empty() {
            return;
        }
        inside.asking_delays = true;
        self.beside("delays", move || {
            let of = |(sid, track): (TrackSid, RemoteTrack)| Some((sid, Delay::of(&track)?));
            News::Delays(arrived.into_iter().filter_map(of).collect())
        });
    }

    /// From here on frames are stamped with when they were sent.
    pub(super) fn delays(&mut self, delays: Vec<(TrackSid, Delay)>) {
        let Some(inside) = &mut self.inside else { return };
        inside.asking_delays = false;
        for (sid, delay) in delays {
            if let Some(watching) = inside.watched.get_mut(&sid) {
                watching.took(delay);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_the_mean_of_what_came_since_the_last_look() {
        let delay = |total, count| Delay { total, count };
        assert_eq!(delay(3.0, 150).since(delay(1.0, 100)), Some(Duration::from_millis(40)));
        assert_eq!(delay(3.0, 100).since(delay(1.0, 100)), None, "nothing came");
        assert_eq!(delay(0.1, 5).since(delay(1.0, 100)), None, "it began anew");
        assert_eq!(delay(0.5, 120).since(delay(1.0, 100)), None, "what cannot be");
        assert_eq!(delay(f64::NAN, 120).since(delay(1.0, 100)), None);
    }

    #[test]
    fn a_picture_counts_until_it_is_decoded_and_a_sound_until_it_is_played() {
        let picture = InboundRtpStats {
            frames_decoded: 10,
            total_processing_delay: 0.2,
            jitter_buffer_delay: 0.1,
            jitter_buffer_emitted_count: 10,
            ..InboundRtpStats::default()
        };
        let sound = InboundRtpStats {
            jitter_buffer_delay: 48.0,
            jitter_buffer_emitted_count: 960,
            ..InboundRtpStats::default()
        };
        let since_nothing = |stats: &InboundRtpStats| Delay::in_all(stats).since(Delay::default());
        assert_eq!(since_nothing(&picture), Some(Duration::from_millis(20)));
        assert_eq!(since_nothing(&sound), Some(Duration::from_millis(50)));
    }
}
