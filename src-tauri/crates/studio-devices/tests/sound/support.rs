//! What the tests of sound share.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rig::pulse::Pulse;
use studio_devices::sound::{Microphone, Sound, SoundError, StreamNews, Watch};
use studio_media::clock;
use studio_wire::device::{Device, DeviceId, DeviceKind};
use studio_wire::time::ShowTime;

/// Long enough for a machine that does much else.
pub const LONG: Duration = Duration::from_secs(10);

pub fn sound(pulse: &Pulse) -> Sound {
    Sound::at(pulse.socket())
}

pub fn id(name: &str) -> DeviceId {
    DeviceId(format!("pulseaudio:{name}"))
}

/// What a list says of one kind: each device's id and name, the default first marked.
pub fn offered(list: &[Device], kind: DeviceKind) -> Vec<String> {
    let of_kind = list.iter().filter(|device| device.kind == kind);
    let line = |device: &Device| {
        format!("{}{} = {}", if device.default { "*" } else { "" }, device.id.0, device.name)
    };
    // The server's own order changes when something is plugged in again.
    let mut lines: Vec<String> = of_kind.map(line).filter(|line| !line.contains("feed_")).collect();
    lines.sort_by_key(|line| line.trim_start_matches('*').to_owned());
    lines
}

/// A piece of sound: samples, its time, and when it came.
#[derive(Clone, Debug)]
pub struct Piece {
    pub samples: Vec<f32>,
    pub at: ShowTime,
    pub came: ShowTime,
}

/// An open microphone and everything that it gave.
pub struct Listening {
    pub microphone: Microphone,
    pub pieces: Arc<Mutex<Vec<Piece>>>,
    pub news: Receiver<StreamNews>,
}

impl Listening {
    pub fn open(sound: &Sound, name: &str) -> Result<Self, SoundError> {
        let (send, news) = channel();
        let pieces = Arc::new(Mutex::new(Vec::new()));
        let into = pieces.clone();
        let on_sound = move |samples: &[f32], at: ShowTime| {
            let came = clock::now();
            into.lock().unwrap().push(Piece { samples: samples.to_vec(), at, came });
        };
        let microphone = sound.microphone(&id(name), on_sound, move |news| _ = send.send(news))?;
        Ok(Self { microphone, pieces, news })
    }

    pub fn heard(&self) -> Vec<f32> {
        self.pieces.lock().unwrap().iter().flat_map(|piece| piece.samples.clone()).collect()
    }

    /// Waits until so much more has been heard, and hands that.
    pub fn hear(&self, length: Duration) -> Vec<f32> {
        let before = self.heard().len();
        let count = (length.as_secs_f64() * f64::from(self.microphone.rate())) as usize
            * usize::from(self.microphone.channels());
        wait_until("there is sound", || self.heard().len() >= before + count);
        self.heard()[before..before + count].to_vec()
    }

    pub fn next_news(&self) -> StreamNews {
        self.news.recv_timeout(LONG).expect("there is news")
    }
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What a watch told, in order.
pub type Told = Receiver<Result<Vec<Device>, SoundError>>;

pub fn watch(sound: &Sound) -> (Watch, Told) {
    let (send, told) = channel();
    let watch = sound.watch(move |list| _ = send.send(list.map(<[Device]>::to_vec))).unwrap();
    (watch, told)
}

/// Waits for a list that has, or has not, a device.
pub fn until_listed(told: &Told, name: &str, there: bool) -> Vec<Device> {
    let end = Instant::now() + LONG;
    while Instant::now() < end {
        if let Ok(Ok(list)) = told.recv_timeout(LONG)
            && list.iter().any(|device| device.id == id(name)) == there
        {
            return list;
        }
    }
    panic!("the watch never told that {name} is there: {there}");
}
