//! The devices as the core orders them. **What is wanted is open and nothing else is; what is gone is waited for and never
//! replaced; another device is heard or seen before the one before it is let go, so that a change leaves no hole.**
//!
//! One thread owns every open device. Orders and news come to it by a letter box; nothing that happens in a device's own
//! thread waits for it.

mod camera;
mod chime;
mod screen;
mod sound;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use studio_media::DeviceDesk;
use studio_wire::device::{
    Device, DeviceId, DeviceKind, DeviceOrder, DeviceReport, DeviceState, DeviceTrouble, DeviceWant,
};

use crate::screen::Screens;
use crate::sound::{Microphone, Sound, Speaker};
use camera::CameraLine;
use chime::Chime;
use screen::{ScreenNews, Shares};
use sound::{Kit, SoundLine};

/// Letters that may wait: far more than anybody can choose devices in a second.
const LETTERS: usize = 256;
/// What failed though it is there is tried again after this.
const AGAIN: Duration = Duration::from_secs(2);

/// The devices of this machine. Dropping it shuts all of them.
#[derive(Debug)]
pub struct Devices {
    letters: SyncSender<Letter>,
    thread: Option<JoinHandle<()>>,
}

/// A letter to the thread.
enum Letter {
    Order(DeviceOrder),
    /// What of sound is there now; nothing while its server is away.
    Sounds(Vec<Device>),
    /// Cameras may have come or gone.
    Cameras,
    /// Of the device that was opened as the n-th.
    News(u64, News),
    /// Of the shared screen with that number.
    Screen(u32, ScreenNews),
    End,
}

/// What happened to an open device.
enum News {
    /// It gives something, from now on or again.
    Flows,
    /// It gives nothing, and may again.
    Stands(DeviceTrouble),
    /// It is closed.
    Ended(DeviceTrouble),
    /// What it offers is known now, or is another.
    Offers,
}

/// Where a device's own threads leave their news.
#[derive(Clone)]
struct Post {
    number: u64,
    letters: SyncSender<Letter>,
}

impl Post {
    fn tell(&self, news: News) {
        // Full: the thread has seconds of work before it, and asks each device how it is when it opens the next one.
        let _ = self.letters.try_send(Letter::News(self.number, news));
    }
}

/// What of one kind is open.
trait Line {
    const KIND: DeviceKind;

    /// What is wanted.
    type Wish: Clone + PartialEq;

    fn wish(want: &DeviceWant) -> Option<Self::Wish>;

    fn device(wish: &Self::Wish) -> &DeviceId;

    /// Opens it; what was open before goes on until this one gives something.
    fn open(&mut self, wish: &Self::Wish, post: Post) -> Result<(), DeviceTrouble>;

    /// It gives something.
    fn flows(&mut self) {}

    /// It gives nothing for now.
    fn stands(&mut self) {}

    /// It is closed, and what was open before it is not wanted any more.
    fn ended(&mut self);

    /// Shuts it, and whatever was open before it.
    fn shut(&mut self);

    /// Lets go of what is not needed any more; when to look again.
    fn look(&mut self, now: Instant) -> Option<Instant>;
}

/// A kind of device: what is wanted of it, and how that stands.
struct Place<L: Line> {
    line: L,
    wish: Option<L::Wish>,
    /// The number under which it is open.
    number: Option<u64>,
    again: Option<Instant>,
    told: Option<(DeviceId, DeviceState)>,
}

impl Devices {
    /// Looks what is there, and reports it now and whenever it changes. Opens nothing.
    pub fn start(
        desk: DeviceDesk,
        screens: Arc<dyn Screens>,
        report: impl Fn(DeviceReport) + Send + 'static,
    ) -> Self {
        let (letters, box_of_letters) = sync_channel(LETTERS);
        let own = letters.clone();
        let work = move || Room::new(desk, screens, own, Box::new(report)).run(&box_of_letters);
        let thread = thread::Builder::new().name("devices".into()).spawn(work);
        Self { letters, thread: Some(thread.expect("the system gives a thread at start")) }
    }

    /// Takes an order. Never waits.
    pub fn order(&self, order: DeviceOrder) {
        if self.letters.try_send(Letter::Order(order)).is_err() {
            tracing::error!("the devices do not take their orders; one is lost");
        }
    }
}

impl Drop for Devices {
    fn drop(&mut self) {
        let _ = self.letters.send(Letter::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Room {
    letters: SyncSender<Letter>,
    report: Box<dyn Fn(DeviceReport)>,
    sounds: Vec<Device>,
    cameras: Vec<Device>,
    /// As it was told last.
    listed: Option<Vec<Device>>,
    opened: u64,
    microphone: Place<SoundLine<Microphone>>,
    speaker: Place<SoundLine<Speaker>>,
    camera: Place<CameraLine>,
    shares: Shares,
    chime: Chime,
    _watches: (Option<crate::sound::Watch>, Option<crate::camera::Watch>),
}

impl Room {
    fn new(desk: DeviceDesk, screens: Arc<dyn Screens>, letters: SyncSender<Letter>, report: Report) -> Self {
        let sound = Arc::new(Sound::new());
        let (to, of_cameras) = (letters.clone(), letters.clone());
        let sounds = sound.watch(move |list| {
            let _ = to.send(Letter::Sounds(list.map(<[Device]>::to_vec).unwrap_or_default()));
        });
        let cameras = crate::camera::watch(move || drop(of_cameras.send(Letter::Cameras)));
        let watches = (
            sounds.inspect_err(|error| tracing::warn!(%error, "sound devices are not watched")).ok(),
            cameras.inspect_err(|error| tracing::warn!(%error, "cameras are not watched")).ok(),
        );
        let chime = Chime::default();
        let kit = || Kit { sound: sound.clone(), desk: desk.clone(), chime: chime.clone() };
        Self {
            shares: Shares::new(screens, desk.clone(), letters.clone()),
            letters,
            report,
            sounds: Vec::new(),
            cameras: crate::camera::list(),
            listed: None,
            opened: 0,
            microphone: Place::new(SoundLine::new(kit())),
            speaker: Place::new(SoundLine::new(kit())),
            camera: Place::new(CameraLine::new(desk.clone())),
            chime: chime.clone(),
            _watches: watches,
        }
    }

    fn run(mut self, letters: &Receiver<Letter>) {
        self.list();
        loop {
            let next = self.look(Instant::now());
            let wait = next.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
            match letters.recv_timeout(wait) {
                Ok(Letter::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(letter) => self.take(letter),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn take(&mut self, letter: Letter) {
        match letter {
            Letter::Order(DeviceOrder::Want(want)) => {
                self.microphone.want(&want);
                self.speaker.want(&want);
                self.camera.want(&want);
                self.shares.want(&want.screens);
                self.camera.line.turn(want.camera.map(|camera| camera.controls).unwrap_or_default());
            }
            Letter::Order(DeviceOrder::Chime) => self.chime.ring(),
            Letter::Sounds(sounds) => {
                self.sounds = sounds;
                self.list();
            }
            Letter::Cameras => {
                self.cameras = crate::camera::list();
                self.list();
            }
            Letter::News(number, News::Offers) if self.camera.number == Some(number) => {
                self.camera.line.described().into_iter().for_each(&self.report);
            }
            Letter::News(number, news) => {
                let now = Instant::now();
                if self.microphone.number == Some(number) {
                    self.microphone.hear(news, now, &self.report);
                } else if self.speaker.number == Some(number) {
                    self.speaker.hear(news, now, &self.report);
                } else if self.camera.number == Some(number) {
                    self.camera.hear(news, now, &self.report);
                }
            }
            Letter::Screen(share, news) => self.shares.hear(share, news, &self.report),
            Letter::End => {}
        }
    }

    /// Tells what is there, if that is news; what has come back is opened again.
    fn list(&mut self) {
        let listed: Vec<Device> = self.sounds.iter().chain(&self.cameras).cloned().collect();
        if self.listed.as_ref() != Some(&listed) {
            self.listed = Some(listed.clone());
            (self.report)(DeviceReport::Listed(listed));
        }
        self.microphone.hurry();
        self.speaker.hurry();
        self.camera.hurry();
    }

    /// Opens what is due; when to look again.
    fn look(&mut self, now: Instant) -> Option<Instant> {
        let Self { letters, report, listed, opened, .. } = self;
        let listed = listed.as_deref().unwrap_or_default();
        let mut post = || {
            *opened += 1;
            Post { number: *opened, letters: letters.clone() }
        };
        let due = [
            self.microphone.look(now, listed, &mut post, report),
            self.speaker.look(now, listed, &mut post, report),
            self.camera.look(now, listed, &mut post, report),
            self.shares.look(now, report),
        ];
        due.into_iter().flatten().min()
    }
}

type Report = Box<dyn Fn(DeviceReport)>;

impl<L: Line> Place<L> {
    fn new(line: L) -> Self {
        Self { line, wish: None, number: None, again: None, told: None }
    }

    fn want(&mut self, want: &DeviceWant) {
        let wish = L::wish(want);
        if wish == self.wish {
            return;
        }
        self.wish = wish;
        (self.number, self.again, self.told) = (None, Some(Instant::now()), None);
        if self.wish.is_none() {
            self.again = None;
            self.line.shut();
        }
    }

    /// Something came: what could not be opened may be there now.
    fn hurry(&mut self) {
        if self.wish.is_some() && self.number.is_none() {
            self.again = Some(Instant::now());
        }
    }

    fn hear(&mut self, news: News, now: Instant, report: &Report) {
        match news {
            News::Flows => {
                self.line.flows();
                self.tell(DeviceState::Open, report);
            }
            News::Stands(why) => {
                self.line.stands();
                self.tell(DeviceState::Lost(why), report);
            }
            News::Ended(why) => {
                self.line.ended();
                (self.number, self.again) = (None, Some(now + AGAIN));
                self.tell(DeviceState::Lost(why), report);
            }
            News::Offers => {}
        }
    }

    fn look(
        &mut self,
        now: Instant,
        listed: &[Device],
        post: &mut impl FnMut() -> Post,
        report: &Report,
    ) -> Option<Instant> {
        let wish = self.wish.clone().filter(|_| self.number.is_none());
        if let (Some(wish), Some(again)) = (wish, self.again)
            && again <= now
        {
            self.again = None;
            self.open(&wish, listed, post, report);
        }
        let line = self.line.look(now);
        line.into_iter().chain(self.again).min()
    }

    fn open(&mut self, wish: &L::Wish, listed: &[Device], post: &mut impl FnMut() -> Post, report: &Report) {
        let device = L::device(wish);
        // What is not there is waited for: the next list says when it is.
        if !listed.iter().any(|there| there.kind == L::KIND && there.id == *device) {
            self.line.ended();
            return self.tell(DeviceState::Lost(DeviceTrouble::Gone), report);
        }
        let post = post();
        let number = post.number;
        match self.line.open(wish, post) {
            Ok(()) => self.number = Some(number),
            Err(why) => {
                self.line.ended();
                self.again = Some(Instant::now() + AGAIN);
                self.tell(DeviceState::Lost(why), report);
            }
        }
    }

    fn tell(&mut self, state: DeviceState, report: &Report) {
        let Some(wish) = &self.wish else { return };
        let told = (L::device(wish).clone(), state);
        if self.told.as_ref() != Some(&told) {
            self.told = Some(told.clone());
            report(DeviceReport::Became { kind: L::KIND, device: told.0, state });
        }
    }
}
