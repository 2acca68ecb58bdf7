//! Microphone and speaker, with the rings between their callbacks and the mixer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtrb::{Producer, RingBuffer};
use studio_media::DeviceDesk;
use studio_media::audio::device::{IntakeEnd, OutletEnd, intake, outlet};
use studio_wire::device::{DeviceId, DeviceKind, DeviceTrouble, DeviceWant};

use super::{Line, News, Post};
use crate::sound::{Microphone, Sound, SoundError, Speaker, StreamNews};

/// A device that another one has taken the place of is let go after this: the mixer listens to a new one for a moment
/// before it lets it be heard.
const OVERLAP: Duration = Duration::from_millis(400);

/// Open devices: the one in use, and the one before it for a moment.
struct Stack<D> {
    now: Option<D>,
    before: Option<(Instant, D)>,
}

impl<D> Default for Stack<D> {
    fn default() -> Self {
        Self { now: None, before: None }
    }
}

impl<D> Stack<D> {
    fn put(&mut self, device: D) {
        if let Some(old) = self.now.replace(device) {
            self.before = Some((Instant::now() + OVERLAP, old));
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    /// Lets go of the one before; when that is due.
    fn look(&mut self, now: Instant) -> Option<Instant> {
        drop(self.before.take_if(|(due, _)| *due <= now));
        self.before.as_ref().map(|(due, _)| *due)
    }
}

/// The own voice.
pub(super) struct MicrophoneLine {
    sound: Arc<Sound>,
    desk: DeviceDesk,
    open: Stack<Microphone>,
}

impl MicrophoneLine {
    pub(super) fn new(sound: Arc<Sound>, desk: DeviceDesk) -> Self {
        Self { sound, desk, open: Stack::default() }
    }
}

impl Line for MicrophoneLine {
    const KIND: DeviceKind = DeviceKind::Microphone;

    type Wish = DeviceId;

    fn wish(want: &DeviceWant) -> Option<DeviceId> {
        want.microphone.clone()
    }

    fn device(wish: &DeviceId) -> &DeviceId {
        wish
    }

    fn open(&mut self, wish: &DeviceId, post: Post) -> Result<(), DeviceTrouble> {
        // The ring's end is made when the rate is known, and handed to the callback without a lock.
        let (mut give, mut take): (Producer<IntakeEnd>, _) = RingBuffer::new(1);
        let mut end = None;
        let on_sound = move |samples: &[f32], at| {
            if end.is_none() {
                end = take.pop().ok();
            }
            if let Some(end) = &mut end {
                end.heard(samples, at);
            }
        };
        let news = told(post.clone());
        let microphone =
            self.sound.microphone(wish, on_sound, news).map_err(|error: SoundError| error.trouble())?;
        let (end, ears) = intake(microphone.rate(), microphone.channels());
        let _ = give.push(end);
        self.desk.microphone(Some(ears));
        self.open.put(microphone);
        post.tell(News::Flows);
        Ok(())
    }

    fn flows(&mut self) {}

    fn ended(&mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        self.desk.microphone(None);
        self.open.clear();
    }

    fn look(&mut self, now: Instant) -> Option<Instant> {
        self.open.look(now)
    }
}

/// Where the monitor is heard.
pub(super) struct SpeakerLine {
    sound: Arc<Sound>,
    desk: DeviceDesk,
    open: Stack<Speaker>,
}

impl SpeakerLine {
    pub(super) fn new(sound: Arc<Sound>, desk: DeviceDesk) -> Self {
        Self { sound, desk, open: Stack::default() }
    }
}

impl Line for SpeakerLine {
    const KIND: DeviceKind = DeviceKind::Speaker;

    type Wish = DeviceId;

    fn wish(want: &DeviceWant) -> Option<DeviceId> {
        want.speaker.clone()
    }

    fn device(wish: &DeviceId) -> &DeviceId {
        wish
    }

    fn open(&mut self, wish: &DeviceId, post: Post) -> Result<(), DeviceTrouble> {
        let (mut give, mut take): (Producer<OutletEnd>, _) = RingBuffer::new(1);
        let mut end = None;
        let fill = move |samples: &mut [f32], _| {
            if end.is_none() {
                end = take.pop().ok();
            }
            if let Some(end) = &mut end {
                end.fill(samples);
            }
        };
        let news = told(post.clone());
        let speaker = self.sound.speaker(wish, fill, news).map_err(|error: SoundError| error.trouble())?;
        let (mouth, end) = outlet(speaker.rate(), speaker.channels());
        let _ = give.push(end);
        self.desk.speaker(Some(mouth));
        self.open.put(speaker);
        post.tell(News::Flows);
        Ok(())
    }

    fn flows(&mut self) {}

    fn ended(&mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        self.desk.speaker(None);
        self.open.clear();
    }

    fn look(&mut self, now: Instant) -> Option<Instant> {
        self.open.look(now)
    }
}

/// A stream's news as the port's.
fn told(post: Post) -> impl FnMut(StreamNews) + Send + 'static {
    move |news| {
        post.tell(match news {
            StreamNews::Stalled => News::Stands(DeviceTrouble::Stalled),
            StreamNews::Flowing => News::Flows,
            StreamNews::Ended(why) => News::Ended(why),
        });
    }
}
