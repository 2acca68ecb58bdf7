//! Outputs: from a lane into the library, one thread each. **Sound goes through without a queue, and where a lane has
//! none, silence goes instead, so that the track's time never stands still.**

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use studio_lane::{Bell, Block, Frame, Meta, Reader};
use studio_wire::engine::{Codec, Media, Publish};

use crate::kit::{
    AudioEncoding, AudioFrame, AudioQueue, CaptureError, I420, LocalAudioTrack, LocalParticipant, LocalTrack,
    LocalTrackPublication, LocalVideoTrack, NativeAudioSource, NativeVideoSource, PublishError,
    TrackPublishOptions, VideoCodec, VideoEncoding, VideoFrame, VideoResolution, VideoRotation,
};
use crate::report::source_of;
use crate::watch::monotonic_us;

/// How long a capture thread sleeps at most, so that it sees that it shall end.
const NAP: Duration = Duration::from_millis(100);
/// A block of sound.
const BLOCK: Duration = Duration::from_millis(10);
/// Blocks of silence at once, at most; a machine that slept owes nobody the silence of its sleep.
const MOST_SILENT: u32 = 10;

/// An out lane, its source in the library and the thread between them. Made once for each lane and kept for the life
/// of the engine, whichever rooms its tracks are published in.
pub(crate) struct Outlet {
    source: Source,
    feed: Arc<Feed>,
    thread: Option<JoinHandle<()>>,
}

/// What engine and capture thread share.
struct Feed {
    bell: Bell,
    muted: AtomicBool,
    ended: AtomicBool,
    frames: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Clone)]
enum Source {
    Video(NativeVideoSource),
    Audio(NativeAudioSource, u32, u32),
}

/// Why an outlet could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutletError {
    #[error("no such out lane, or no bell for it")]
    NoLane,
    #[error(transparent)]
    Source(#[from] CaptureError),
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl Outlet {
    /// Takes the lane's reader and starts its capture thread. Nothing is published yet.
    pub(crate) fn new(output: &Publish, block: &Block, bells: &[(u16, Bell)]) -> Result<Outlet, OutletError> {
        let bell = bells.iter().find(|(lane, _)| *lane == output.lane.0).ok_or(OutletError::NoLane)?;
        let bell = bell.1.try_clone()?;
        let source = Source::new(output.media)?;
        let reader = block.reader(output.lane.0.into()).ok_or(OutletError::NoLane)?;
        let feed = Arc::new(Feed {
            bell,
            muted: AtomicBool::new(output.muted),
            ended: AtomicBool::new(false),
            frames: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        });
        let (fed, into) = (Arc::clone(&feed), source.clone());
        let name = format!("capture-{}", output.lane);
        let thread = std::thread::Builder::new().name(name).spawn(move || capture(&fed, reader, &into))?;
        Ok(Outlet { source, feed, thread: Some(thread) })
    }

    /// From here on frames of the lane are taken but go nowhere, or go on.
    pub(crate) fn mute(&self, muted: bool) {
        self.feed.muted.store(muted, Ordering::Relaxed);
    }

    /// Frames handed to the library, and frames it did not take.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.feed.frames.load(Ordering::Relaxed), self.feed.dropped.load(Ordering::Relaxed))
    }

    /// What publishes this outlet in a room; takes its time, so it is called on a thread of its own.
    pub(crate) fn publisher(
        &self,
        output: Publish,
    ) -> impl FnOnce(&LocalParticipant) -> Result<LocalTrackPublication, PublishError> + Send + 'static {
        let source = self.source.clone();
        move |own| {
            let publication = own.publish_track(source.track(&output.name)?, options(&output))?;
            if output.muted {
                publication.mute()?;
            }
            Ok(publication)
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.feed.ended.store(true, Ordering::Relaxed);
        self.feed.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Source {
    fn new(media: Media) -> Result<Source, CaptureError> {
        Ok(match media {
            Media::Video { width, height, .. } => {
                Source::Video(NativeVideoSource::new(VideoResolution { width, height }, false)?)
            }
            // The library's own queue holds sound back by its whole length, and for good.
            Media::Audio { rate, channels, .. } => {
                Source::Audio(NativeAudioSource::new(rate, channels, AudioQueue::Immediate)?, rate, channels)
            }
        })
    }

    /// A new track on this source: one that was published once must never be published again.
    fn track(&self, name: &str) -> Result<LocalTrack, PublishError> {
        Ok(match self {
            Source::Video(source) => LocalVideoTrack::create_video_track(name, source)?.into(),
            Source::Audio(source, ..) => LocalAudioTrack::create_audio_track(name, source)?.into(),
        })
    }

    /// Hands one frame of the lane to the library; false if it is not what this source takes.
    fn take(&self, frame: &Frame, samples: &mut Vec<i16>) -> bool {
        let meta = frame.meta;
        match self {
            Source::Video(source) if meta.kind == Meta::I420 => {
                let picture = I420::tight(meta.width, meta.height, frame.bytes());
                picture.is_ok_and(|buffer| {
                    let rotation = VideoRotation::VideoRotation0;
                    source
                        .capture_frame(&VideoFrame { buffer, timestamp_us: meta.stamp_us, rotation })
                        .is_ok()
                })
            }
            Source::Audio(source, rate, channels) if meta.kind == Meta::PCM => {
                samples.clear();
                samples.extend(frame.bytes().chunks_exact(2).map(|two| i16::from_ne_bytes([two[0], two[1]])));
                (meta.width, meta.height) == (*rate, *channels)
                    && source
                        .capture_frame(&AudioFrame {
                            data: samples,
                            sample_rate: *rate,
                            num_channels: *channels,
                        })
                        .is_ok()
            }
            _ => false,
        }
    }

    /// Hands one block of silence to the library, if this is a source of sound.
    fn silence(&self, samples: &mut Vec<i16>) {
        if let Source::Audio(source, sample_rate, num_channels) = self {
            let (sample_rate, num_channels) = (*sample_rate, *num_channels);
            samples.clear();
            samples.resize((sample_rate / 100 * num_channels) as usize, 0);
            // Refused means that as much is on its way already.
            let _ = source.capture_frame(&AudioFrame { data: samples, sample_rate, num_channels });
        }
    }
}

/// The capture thread: the library may take 40 ms for a picture under load, so it gets the newest one, straight from
/// its slot. Sound is taken block by block.
fn capture(feed: &Feed, mut reader: Reader, source: &Source) {
    let mut samples = Vec::new();
    // Nothing before the first sound: what is sent while a connection is made arrives at once, as a long delay.
    let mut pace: Option<Pace> = None;
    while !feed.ended.load(Ordering::Relaxed) {
        let nap = pace.as_ref().map_or(NAP, |pace| pace.patience(Instant::now()));
        if feed.bell.wait(nap).is_err() {
            return;
        }
        loop {
            let frame = match source {
                Source::Video(_) => reader.newest(),
                Source::Audio(..) => reader.next(),
            };
            let Some(frame) = frame else { break };
            if matches!(source, Source::Audio(..)) {
                if pace.as_ref().is_some_and(|pace| pace.made_up_for(&frame.meta)) {
                    feed.dropped.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                pace = Some(Pace::new(Instant::now()));
            }
            if feed.muted.load(Ordering::Relaxed) {
                source.silence(&mut samples);
                continue;
            }
            let count = if source.take(&frame, &mut samples) { &feed.frames } else { &feed.dropped };
            count.fetch_add(1, Ordering::Relaxed);
        }
        for _ in 0..pace.as_mut().map_or(0, |pace| pace.silent(Instant::now())) {
            source.silence(&mut samples);
        }
    }
}

/// When silence has to stand in for sound that does not come. A sender numbers what it is given and not the time that
/// passes: after a gap everything would seem late to a receiver, which answers with a longer delay.
#[derive(Debug)]
struct Pace {
    /// When the next block is due.
    due: Instant,
    silent: bool,
}

impl Pace {
    /// A block has come.
    fn new(now: Instant) -> Pace {
        Pace { due: now + BLOCK, silent: false }
    }

    /// Silence has stood in for this block already: it comes late from a writer that was held up, and sending it
    /// as well would delay all that follows.
    fn made_up_for(&self, meta: &Meta) -> bool {
        let age_us = monotonic_us().saturating_sub(meta.stamp_us);
        self.silent && age_us > NAP.as_micros() as i64
    }

    /// How long the next block may still take. Sound that is merely late is worth waiting for.
    fn patience(&self, now: Instant) -> Duration {
        let grace = if self.silent { Duration::ZERO } else { NAP - BLOCK };
        (self.due + grace).saturating_duration_since(now)
    }

    /// Blocks of silence that are due.
    fn silent(&mut self, now: Instant) -> u32 {
        if !self.patience(now).is_zero() {
            return 0;
        }
        self.silent = true;
        let mut blocks = 0;
        while self.due <= now && blocks < MOST_SILENT {
            self.due += BLOCK;
            blocks += 1;
        }
        self.due = self.due.max(now);
        blocks
    }
}

fn options(output: &Publish) -> TrackPublishOptions {
    let explicit = TrackPublishOptions { source: source_of(output.kind), ..TrackPublishOptions::default() };
    match output.media {
        Media::Video { fps, kbps, codec, simulcast, .. } => TrackPublishOptions {
            video_encoding: Some(VideoEncoding {
                max_bitrate: u64::from(kbps) * 1000,
                max_framerate: fps.into(),
            }),
            video_codec: match codec {
                Codec::Vp8 => VideoCodec::Vp8,
                Codec::H264 => VideoCodec::H264,
            },
            simulcast,
            ..explicit
        },
        // A voice pauses and can be sent twice against loss; a mix does not pause, and twice would double its rate.
        Media::Audio { channels, kbps, .. } => TrackPublishOptions {
            audio_encoding: Some(AudioEncoding { max_bitrate: u64::from(kbps) * 1000 }),
            dtx: channels == 1,
            red: channels == 1,
            ..explicit
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of silence in each of `ticks` ticks of 10 ms; `comes` says in which of them sound comes.
    fn silences(ticks: u32, comes: impl Fn(u32) -> bool) -> Vec<u32> {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let tick = |n: u32| {
            let now = start + BLOCK * n;
            if comes(n) {
                pace = Pace::new(now);
            }
            pace.silent(now)
        };
        (0..ticks).map(tick).collect()
    }

    #[test]
    fn sound_that_comes_or_is_merely_late_is_given_no_silence() {
        assert_eq!(silences(1_000, |tick| tick % 10 == 0), [0; 1_000]);
    }

    #[test]
    fn sound_that_stops_is_silence_of_the_same_length_until_it_comes_again() {
        let silent = silences(200, |tick| !(50..150).contains(&tick));
        assert_eq!(silent[..59], [0; 59]);
        assert_eq!(silent[59], 10, "what has been waited for in vain");
        assert_eq!(silent[60..150], [1; 90]);
        assert_eq!(silent[150..], [0; 50]);
    }

    #[test]
    fn late_sound_that_silence_stood_in_for_is_left_out_and_only_that() {
        let block = |age_ms: i64| Meta { stamp_us: monotonic_us() - age_ms * 1_000, ..Meta::default() };
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(!pace.made_up_for(&block(500)), "merely late");
        assert!(pace.silent(start + NAP + BLOCK) > 0);
        assert!(pace.made_up_for(&block(500)));
        assert!(!pace.made_up_for(&block(20)), "what comes now is sent");
    }

    #[test]
    fn a_sleep_of_the_machine_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let woken = start + Duration::from_secs(3_600);
        assert_eq!(pace.silent(woken), MOST_SILENT);
        assert!(pace.silent(woken + BLOCK) <= 2);
    }
}
