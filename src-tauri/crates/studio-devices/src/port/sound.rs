//! Microphone and speaker, with the rings between their callbacks and the mixer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};
use studio_media::DeviceDesk;
use studio_media::audio::device::{IntakeEnd, OutletEnd, intake, outlet};
use studio_wire::device::{DeviceId, DeviceKind, DeviceTrouble, DeviceWant};

use super::chime::{Chime, Player};
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

/// What devices are opened with.
pub(super) struct Kit {
    pub sound: Arc<Sound>,
    pub desk: DeviceDesk,
    pub chime: Chime,
}

/// A kind of sound device: how it is opened, and how its ring comes to the mixer.
pub(super) trait Way: Sized {
    const KIND: DeviceKind;

    fn wished(want: &DeviceWant) -> Option<DeviceId>;

    /// Opens it and gives the mixer its end of the ring.
    fn open(kit: &Kit, id: &DeviceId, post: Post) -> Result<Self, SoundError>;

    /// Takes the ring away from the mixer.
    fn take_away(desk: &DeviceDesk);
}

/// The own voice.
impl Way for Microphone {
    const KIND: DeviceKind = DeviceKind::Microphone;

    fn wished(want: &DeviceWant) -> Option<DeviceId> {
        want.microphone.clone()
    }

    fn open(kit: &Kit, id: &DeviceId, post: Post) -> Result<Self, SoundError> {
        let (mut give, mut end) = late::<IntakeEnd>();
        let on_sound = move |samples: &[f32], at| {
            if let Some(end) = end.get() {
                end.heard(samples, at);
            }
        };
        let microphone = kit.sound.microphone(id, on_sound, told(post))?;
        let (end, ears) = intake(microphone.rate(), microphone.channels());
        let _ = give.push(end);
        kit.desk.microphone(Some(ears));
        Ok(microphone)
    }

    fn take_away(desk: &DeviceDesk) {
        desk.microphone(None);
    }
}

/// Where the monitor is heard.
impl Way for Speaker {
    const KIND: DeviceKind = DeviceKind::Speaker;

    fn wished(want: &DeviceWant) -> Option<DeviceId> {
        want.speaker.clone()
    }

    fn open(kit: &Kit, id: &DeviceId, post: Post) -> Result<Self, SoundError> {
        let (mut give, mut end) = late::<(OutletEnd, Player)>();
        let fill = move |samples: &mut [f32], _| {
            if let Some((end, chime)) = end.get() {
                end.fill(samples);
                chime.add(samples);
            }
        };
        let speaker = kit.sound.speaker(id, fill, told(post))?;
        let (mouth, end) = outlet(speaker.rate(), speaker.channels());
        let _ = give.push((end, kit.chime.player(speaker.rate(), speaker.channels())));
        kit.desk.speaker(Some(mouth));
        Ok(speaker)
    }

    fn take_away(desk: &DeviceDesk) {
        desk.speaker(None);
    }
}

/// The device of one kind that is open.
pub(super) struct SoundLine<W> {
    kit: Kit,
    open: Stack<W>,
}

impl<W> SoundLine<W> {
    pub(super) fn new(kit: Kit) -> Self {
        Self { kit, open: Stack::default() }
    }
}

impl<W: Way> Line for SoundLine<W> {
    const KIND: DeviceKind = W::KIND;

    type Wish = DeviceId;

    fn wish(want: &DeviceWant) -> Option<DeviceId> {
        W::wished(want)
    }

    fn device(wish: &DeviceId) -> &DeviceId {
        wish
    }

    fn open(&mut self, wish: &DeviceId, post: Post) -> Result<(), DeviceTrouble> {
        let device = W::open(&self.kit, wish, post.clone()).map_err(|error| error.trouble())?;
        self.open.put(device);
        post.tell(News::Flows);
        Ok(())
    }

    fn ended(&mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        W::take_away(&self.kit.desk);
        self.open.clear();
    }

    fn look(&mut self, now: Instant) -> Option<Instant> {
        self.open.look(now)
    }
}

/// A callback's end of a ring, which is made when the device's rate is known: after the callback.
struct Late<T> {
    comes: Consumer<T>,
    end: Option<T>,
}

/// Hands it over without a lock.
fn late<T>() -> (Producer<T>, Late<T>) {
    let (give, comes) = RingBuffer::new(1);
    (give, Late { comes, end: None })
}

impl<T> Late<T> {
    fn get(&mut self) -> Option<&mut T> {
        if self.end.is_none() {
            self.end = self.comes.pop().ok();
        }
        self.end.as_mut()
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
