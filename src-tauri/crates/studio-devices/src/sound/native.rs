//! Sound without a sound server: what cpal finds on the system itself. **Every stream of cpal is made, played and dropped
//! on one thread, which holds no lock; a driver that hangs costs that thread, and the next call gets another.**
//!
//! The thread is left behind with what it has. It goes on as soon as the driver lets it, closes what was to be closed,
//! and ends with the last of its streams.

mod control;
mod convert;
pub mod watch;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, sync_channel};
use std::sync::{Arc, Mutex};

use cpal::traits::{DeviceTrait as _, StreamTrait as _};
use cpal::{BufferSize, HostId, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfig};
use studio_media::clock;
use studio_wire::device::{Device, DeviceId, DeviceKind};
use studio_wire::time::ShowTime;

use self::control::{Desk, Entry, Job};
use super::{PATIENCE, SoundError, StreamNews};

/// The system's own.
pub const HOST: HostId = HostId::Alsa;
/// Frames that are asked for at once: 10 ms at 48 kHz. The device gives what it likes.
const PIECE: u32 = 480;

/// The devices that cpal finds.
#[derive(Debug)]
pub struct Native {
    host: HostId,
    /// The thread that has the streams; `None` before the first, and after it was left behind.
    control: Mutex<Option<Sender<Job>>>,
}

/// A stream that is open, until it is dropped. Dropping waits for nobody.
#[derive(Debug)]
pub struct Open {
    /// Frames a second.
    pub rate: u32,
    /// Samples to a frame.
    pub channels: u16,
    /// How often cpal told of lost sound.
    pub faults: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
    number: u64,
    control: Sender<Job>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        let number = self.number;
        let _ = self.control.send(Box::new(move |desk| desk.close(number)));
    }
}

/// What a callback shares with the rest.
#[derive(Clone, Debug, Default)]
struct Shared {
    /// Nothing is handed on any more.
    closed: Arc<AtomicBool>,
    faults: Arc<AtomicU64>,
    /// Show time of the last callback, in ns.
    heard: Arc<AtomicU64>,
}

impl Native {
    /// Asks nothing yet.
    pub fn new(host: HostId) -> Self {
        Self { host, control: Mutex::new(None) }
    }

    /// Microphones and speakers.
    pub fn list(&self) -> Result<Vec<Device>, SoundError> {
        self.ask(|desk, _| desk.list()).and_then(|(list, _)| list)
    }

    /// Opens a microphone.
    pub fn microphone(
        &self,
        id: &DeviceId,
        mut on_sound: impl FnMut(&[f32], ShowTime) + Send + 'static,
        on_news: impl FnMut(StreamNews) + Send + 'static,
    ) -> Result<Open, SoundError> {
        self.open(id, DeviceKind::Microphone, on_news, move |device, setup, shared, on_error| {
            let mut floats = convert::Floats::new(setup.channels());
            let (rate, channels) = (setup.sample_rate(), usize::from(setup.channels()));
            let hear = move |data: &cpal::Data, info: &cpal::InputCallbackInfo| {
                let now = clock::now();
                shared.heard.store(now.0, Ordering::Relaxed);
                if shared.closed.load(Ordering::Acquire) {
                    return;
                }
                let stamp = info.timestamp();
                let age = stamp.callback.saturating_duration_since(stamp.capture);
                let began = now.since(convert::sane(age, data.len() / channels, rate));
                floats.read(data, |piece, before| on_sound(piece, began + convert::length(before, rate)));
            };
            device.build_input_stream_raw(
                config(setup),
                setup.sample_format(),
                hear,
                on_error,
                Some(PATIENCE),
            )
        })
    }

    /// Opens a speaker.
    pub fn speaker(
        &self,
        id: &DeviceId,
        mut fill: impl FnMut(&mut [f32], ShowTime) + Send + 'static,
        on_news: impl FnMut(StreamNews) + Send + 'static,
    ) -> Result<Open, SoundError> {
        self.open(id, DeviceKind::Speaker, on_news, move |device, setup, shared, on_error| {
            let mut floats = convert::Floats::new(setup.channels());
            let (rate, channels) = (setup.sample_rate(), usize::from(setup.channels()));
            let give = move |data: &mut cpal::Data, info: &cpal::OutputCallbackInfo| {
                let now = clock::now();
                shared.heard.store(now.0, Ordering::Relaxed);
                let open = !shared.closed.load(Ordering::Acquire);
                let stamp = info.timestamp();
                let ahead = stamp.playback.saturating_duration_since(stamp.callback);
                let heard = now + convert::sane(ahead, data.len() / channels, rate);
                floats.write(data, |piece, before| {
                    if open {
                        fill(piece, heard + convert::length(before, rate));
                    }
                });
            };
            device.build_output_stream_raw(
                config(setup),
                setup.sample_format(),
                give,
                on_error,
                Some(PATIENCE),
            )
        })
    }

    fn open<B>(
        &self,
        id: &DeviceId,
        kind: DeviceKind,
        on_news: impl FnMut(StreamNews) + Send + 'static,
        build: B,
    ) -> Result<Open, SoundError>
    where
        B: FnOnce(
            &cpal::Device,
            &SupportedStreamConfig,
            Shared,
            control::OnError,
        ) -> Result<cpal::Stream, cpal::Error>,
        B: Send + 'static,
    {
        let (id, shared) = (id.clone(), Shared::default());
        let theirs = shared.clone();
        let opened = self.ask(move |desk, control| {
            let device = desk.find(&id, kind)?;
            let setup = setup(&device, kind)?;
            let number = desk.number();
            let on_error =
                control::on_error(number, theirs.closed.clone(), theirs.faults.clone(), control.clone());
            theirs.heard.store(clock::now().0, Ordering::Relaxed);
            let stream =
                build(&device, &setup, theirs.clone(), on_error).map_err(|error| control::fault(&error))?;
            stream.play().map_err(|error| control::fault(&error))?;
            desk.keep(number, Entry::new(stream, theirs.heard, theirs.closed, Box::new(on_news)));
            Ok((number, setup))
        });
        let (opened, control) = opened?;
        let (number, setup) = opened?;
        let (rate, channels) = (setup.sample_rate(), setup.channels());
        Ok(Open { rate, channels, faults: shared.faults, closed: shared.closed, number, control })
    }

    /// Has something done on the thread of the streams.
    fn ask<T: Opened>(
        &self,
        job: impl FnOnce(&mut Desk, &Sender<Job>) -> T + Send + 'static,
    ) -> Result<(T, Sender<Job>), SoundError> {
        let control = {
            let mut control = self.control.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            match &*control {
                Some(control) => control.clone(),
                None => control.insert(control::spawn(self.host)?).clone(),
            }
        };
        let (reply, answer) = sync_channel::<T>(0);
        let own = control.clone();
        let sent = control.send(Box::new(move |desk| {
            // Whoever asked may have gone: then nothing stays open.
            if let Err(unheard) = reply.send(job(desk, &own)) {
                unheard.0.undo(desk);
            }
        }));
        let answer = match sent {
            Ok(()) => answer.recv_timeout(PATIENCE).ok(),
            Err(_) => None,
        };
        match answer {
            Some(answer) => Ok((answer, control)),
            None => {
                tracing::warn!("the sound driver does not answer; its thread is left behind");
                self.control.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
                Err(SoundError::NoServer)
            }
        }
    }
}

/// An answer of the thread that nobody waits for any more.
trait Opened: Send + 'static {
    /// Closes what it opened.
    fn undo(self, desk: &mut Desk);
}

impl Opened for Result<Vec<Device>, SoundError> {
    fn undo(self, _: &mut Desk) {}
}

impl Opened for Result<(u64, SupportedStreamConfig), SoundError> {
    fn undo(self, desk: &mut Desk) {
        if let Ok((number, _)) = self {
            desk.close(number);
        }
    }
}

/// The device's own rate and channels, in the format that loses least.
fn setup(device: &cpal::Device, kind: DeviceKind) -> Result<SupportedStreamConfig, SoundError> {
    let fault = |error: cpal::Error| control::fault(&error);
    let (own, ranges) = if kind == DeviceKind::Microphone {
        let ranges = device.supported_input_configs().map_err(fault)?.collect::<Vec<_>>();
        (device.default_input_config().map_err(fault)?, ranges)
    } else {
        let ranges = device.supported_output_configs().map_err(fault)?.collect::<Vec<_>>();
        (device.default_output_config().map_err(fault)?, ranges)
    };
    for format in [SampleFormat::F32, SampleFormat::I32, SampleFormat::I16] {
        let fits = |range: &&cpal::SupportedStreamConfigRange| {
            range.sample_format() == format && range.channels() == own.channels()
        };
        if let Some(setup) =
            ranges.iter().filter(fits).find_map(|range| range.try_with_sample_rate(own.sample_rate()))
        {
            return Ok(setup);
        }
    }
    Err(SoundError::NoFormat)
}

/// As short a buffer as the device has, and no shorter than a piece.
fn config(setup: &SupportedStreamConfig) -> StreamConfig {
    let buffer_size = match setup.buffer_size() {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(PIECE.clamp(*min, (*max).max(*min))),
        SupportedBufferSize::Unknown => BufferSize::Fixed(PIECE),
    };
    StreamConfig { buffer_size, ..setup.config() }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    use rig::pulse::{Pulse, RATE};
    use rig::tone::loudest;
    use studio_wire::device::DeviceTrouble;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    /// There is no sound card here: cpal's host for PulseAudio stands in for the one for ALSA. It finds the server in the
    /// environment of its process, so the test has a process of its own and tells how far it is.
    #[test]
    fn what_cpal_opens_is_heard_stalls_goes_on_and_ends() {
        let mut pulse = Pulse::start();
        let _a = pulse.feed("mic_a", 997.0);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "sound::native::tests::in_its_own_process", "--nocapture"])
            .envs(pulse.environment())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            match line.as_str() {
                "freeze me" => rig::freeze(pulse.pid()),
                "thaw me" => rig::thaw(pulse.pid()),
                "kill me" => pulse.kill(),
                _ => {}
            }
            said += &(line + "\n");
        }
        assert!(child.wait().unwrap().success() && said.contains("all is well"), "{said}");
    }

    #[test]
    #[ignore = "is run by the test above"]
    fn in_its_own_process() {
        let native = Native::new(HostId::PulseAudio);
        let (a, spk_b) = (DeviceId("pulseaudio:mic_a".to_owned()), DeviceId("pulseaudio:spk_b".to_owned()));
        // cpal's first words to the server may come before it is ready to learn who says them.
        let list = (0..5).find_map(|_| native.list().ok()).unwrap();
        assert!(
            list.iter().any(|device| device.id == a && device.name == "Studio Microphone" && device.default)
        );
        assert!(list.iter().any(|device| device.id == spk_b && device.kind == DeviceKind::Speaker));
        let unknown = DeviceId("pulseaudio:mic_c".to_owned());
        assert_eq!(native.microphone(&unknown, |_, _| {}, |_| {}).err(), Some(SoundError::Gone));

        let ((send, heard), (tell, news)) = (channel(), channel());
        let on_sound =
            move |samples: &[f32], at: ShowTime| _ = send.send((samples.to_vec(), at, clock::now()));
        let microphone = native.microphone(&a, on_sound, move |what| _ = tell.send(what)).unwrap();
        assert_eq!((microphone.rate, microphone.channels), (RATE, 1));
        let mut sound = Vec::new();
        while sound.len() < RATE as usize {
            let (samples, at, came) = heard.recv_timeout(LONG).unwrap();
            assert!(came.since(at) < ShowTime::from_ms(600));
            sound.extend(samples);
        }
        assert!((loudest(&sound, RATE, 997.0) + 6.02).abs() < 0.2);

        let (filled, fills) = channel();
        let speaker = native.speaker(&spk_b, move |_, _| _ = filled.send(()), |_| {}).unwrap();
        fills.recv_timeout(LONG).unwrap();
        drop(speaker);
        while fills.recv_timeout(LONG).is_ok() {}

        println!("freeze me");
        assert_eq!(news.recv_timeout(LONG).unwrap(), StreamNews::Stalled);
        let began = Instant::now();
        assert_eq!(native.list(), Err(SoundError::NoServer));
        assert!(began.elapsed() < Duration::from_secs(2));
        println!("thaw me");
        assert_eq!(news.recv_timeout(LONG).unwrap(), StreamNews::Flowing);
        // By another thread; the one that was left behind still has the stream.
        (0..5).find_map(|_| native.list().ok()).unwrap();
        println!("kill me");
        assert_eq!(news.recv_timeout(LONG).unwrap(), StreamNews::Ended(DeviceTrouble::Gone));
        drop(microphone);
        assert!(native.list().is_err());
        println!("all is well");
    }
}
