//! The thread that has cpal's streams. **It alone makes, plays and drops them, and no callback waits for it.**

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _};
use cpal::{ErrorKind, HostId};
use studio_media::clock::{self, SECOND};
use studio_wire::device::{Device, DeviceId, DeviceKind, DeviceTrouble};

use super::super::{SoundError, StreamNews};

/// Something to be done on the thread.
pub type Job = Box<dyn FnOnce(&mut Desk) + Send>;
/// What cpal calls when a stream has trouble.
pub type OnError = Box<dyn FnMut(cpal::Error) + Send>;

/// How often open streams are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// No callback for so long is a stall.
const STALL: u64 = SECOND;

/// What the thread has.
pub struct Desk {
    id: HostId,
    host: Option<cpal::Host>,
    streams: HashMap<u64, Entry>,
    last: u64,
}

impl fmt::Debug for Desk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Desk").field("host", &self.id).field("streams", &self.streams.len()).finish()
    }
}

/// An open stream.
pub struct Entry {
    _stream: cpal::Stream,
    heard: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
    stalled: bool,
    on_news: Box<dyn FnMut(StreamNews) + Send>,
}

impl Entry {
    /// One that plays.
    pub fn new(
        stream: cpal::Stream,
        heard: Arc<AtomicU64>,
        closed: Arc<AtomicBool>,
        on_news: Box<dyn FnMut(StreamNews) + Send>,
    ) -> Self {
        Self { _stream: stream, heard, closed, stalled: false, on_news }
    }

    fn look(&mut self) {
        let silent = clock::now().0.saturating_sub(self.heard.load(Ordering::Relaxed)) >= STALL;
        if silent != self.stalled && !self.closed.load(Ordering::Acquire) {
            self.stalled = silent;
            (self.on_news)(if silent { StreamNews::Stalled } else { StreamNews::Flowing });
        }
    }
}

/// Starts the thread. It ends when nobody can send it a job any more.
pub fn spawn(id: HostId) -> Result<Sender<Job>, SoundError> {
    let (control, jobs) = channel();
    let body = move || run(&mut Desk { id, host: None, streams: HashMap::new(), last: 0 }, &jobs);
    let begun = thread::Builder::new().name("audio control".to_owned()).spawn(body);
    begun.map_err(|error| SoundError::Broken(error.to_string()))?;
    Ok(control)
}

fn run(desk: &mut Desk, jobs: &Receiver<Job>) {
    loop {
        let job = if desk.streams.is_empty() {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            jobs.recv_timeout(LOOK)
        };
        match job {
            Ok(job) => job(desk),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        desk.streams.values_mut().for_each(Entry::look);
    }
}

impl Desk {
    /// A number for a stream, never given twice.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Keeps a stream until it is closed or ends.
    pub fn keep(&mut self, number: u64, entry: Entry) {
        self.streams.insert(number, entry);
    }

    /// Drops a stream, if it is still there.
    pub fn close(&mut self, number: u64) {
        self.streams.remove(&number);
    }

    /// Drops a stream that ended by itself, and tells.
    fn end(&mut self, number: u64, trouble: DeviceTrouble) {
        if let Some(Entry { _stream, mut on_news, .. }) = self.streams.remove(&number) {
            drop(_stream);
            on_news(StreamNews::Ended(trouble));
        }
    }

    /// Everything that cpal finds and that is a device of its own.
    pub fn list(&mut self) -> Result<Vec<Device>, SoundError> {
        let host = self.host()?;
        let default_microphone = host.default_input_device().and_then(|device| device.id().ok());
        let default_speaker = host.default_output_device().and_then(|device| device.id().ok());
        let mut list = Vec::new();
        for device in self.devices()? {
            let (Ok(id), Ok(shown)) = (device.id(), device.description()) else { continue };
            let offered = [
                (DeviceKind::Microphone, shown.supports_input(), &default_microphone),
                (DeviceKind::Speaker, shown.supports_output(), &default_speaker),
            ];
            for (kind, _, default) in offered.into_iter().filter(|(_, can, _)| *can) {
                let default = default.as_ref() == Some(&id);
                list.push(Device {
                    id: DeviceId(id.to_string()),
                    name: shown.name().to_owned(),
                    kind,
                    default,
                });
            }
        }
        // A system without a sound card has none of it.
        if list.is_empty() { Err(SoundError::NoServer) } else { Ok(list) }
    }

    /// A device by its id.
    pub fn find(&mut self, id: &DeviceId, kind: DeviceKind) -> Result<cpal::Device, SoundError> {
        let is_it = |device: &cpal::Device| {
            let way = device.description().is_ok_and(|shown| match kind {
                DeviceKind::Microphone => shown.supports_input(),
                _ => shown.supports_output(),
            });
            way && device.id().is_ok_and(|own| own.to_string() == id.0)
        };
        self.devices()?.into_iter().find(is_it).ok_or(SoundError::Gone)
    }

    fn devices(&mut self) -> Result<Vec<cpal::Device>, SoundError> {
        let devices = self.host()?.devices();
        let devices = devices.map_err(|error| {
            // The next call begins anew.
            self.host = None;
            fault(&error)
        })?;
        // ALSA has a dozen names for each device: this one takes any format. Cards have a number too, which changes.
        let own = |device: &cpal::Device| {
            device.id().is_ok_and(|id| id.host() != HostId::Alsa || id.id().starts_with("plughw:CARD="))
        };
        Ok(devices.filter(own).collect())
    }

    fn host(&mut self) -> Result<&cpal::Host, SoundError> {
        if self.host.is_none() {
            self.host = Some(cpal::host_from_id(self.id).map_err(|error| fault(&error))?);
        }
        self.host.as_ref().ok_or(SoundError::NoServer)
    }
}

/// What is done about an error of a stream: nothing more is handed on, and the thread drops it.
pub fn on_error(
    number: u64,
    closed: Arc<AtomicBool>,
    faults: Arc<AtomicU64>,
    control: Sender<Job>,
) -> OnError {
    Box::new(move |error| match error.kind() {
        ErrorKind::Xrun => {
            faults.fetch_add(1, Ordering::Relaxed);
        }
        ErrorKind::RealtimeDenied => {}
        // Also one that was moved to another device.
        _ if !closed.swap(true, Ordering::AcqRel) => {
            let trouble = match error.kind() {
                ErrorKind::DeviceBusy => DeviceTrouble::Busy,
                ErrorKind::PermissionDenied => DeviceTrouble::Denied,
                _ => DeviceTrouble::Gone,
            };
            tracing::info!(%error, "a sound stream ended");
            let _ = control.send(Box::new(move |desk| desk.end(number, trouble)));
        }
        _ => {}
    })
}

/// An error of cpal in our words.
pub fn fault(error: &cpal::Error) -> SoundError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::DeviceChanged => {
            SoundError::Gone
        }
        ErrorKind::DeviceBusy => SoundError::Busy,
        ErrorKind::PermissionDenied => SoundError::Denied,
        ErrorKind::HostUnavailable => SoundError::NoServer,
        ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation | ErrorKind::InvalidInput => {
            SoundError::NoFormat
        }
        _ => SoundError::Broken(error.to_string()),
    }
}
