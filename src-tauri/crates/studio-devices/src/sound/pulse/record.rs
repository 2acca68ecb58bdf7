//! A microphone's stream. **What is handed on is the microphone's that was asked for, or nothing.**

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use pulseaudio::protocol::stream::BufferAttr;
use pulseaudio::protocol::{
    Command, CreateRecordStreamReply, GetSourceInfo, LatencyParams, RecordLatency, RecordStreamParams,
    SampleSpec, SourceInfo,
};
use studio_media::clock;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;

use super::super::{PATIENCE, SoundError, StreamNews};
use super::connection::{Answer, Connection, Event, Message, name};
use super::stamp::{Taken, length};
use super::stream::{MOST, Open, PIECE, Shared, Watchdog, flags, float, frame, given, spawn};

/// Opens the microphone of a name.
pub fn open(
    socket: &Path,
    device: &str,
    on_sound: impl FnMut(&[f32], ShowTime) + Send + 'static,
    on_news: impl FnMut(StreamNews) + Send + 'static,
) -> Result<Open, SoundError> {
    let until = Instant::now() + PATIENCE;
    let device = name(device)?;
    let mut connection = Connection::open(socket, until)?;
    let question = GetSourceInfo { index: None, name: Some(device.clone()) };
    let source: SourceInfo = connection.ask(&Command::GetSourceInfo(question), until)?;
    // Names like `@DEFAULT_SOURCE@` and `3` mean whatever stands there now.
    if source.name != device || source.monitor_of_sink_index.is_some() {
        return Err(SoundError::Gone);
    }
    let spec = float(source.sample_spec)?;
    let order = RecordStreamParams {
        sample_spec: spec,
        channel_map: source.channel_map,
        // A number is never given twice: what is gone by now cannot be mistaken for another.
        source_index: Some(source.index),
        buffer_attr: BufferAttr {
            // Sound that this program does not fetch within 200 ms is lost.
            max_length: spec.sample_rate / 5 * frame(spec),
            fragment_size: PIECE * frame(spec),
            ..BufferAttr::default()
        },
        flags: flags(),
        ..RecordStreamParams::default()
    };
    let reply: CreateRecordStreamReply = connection.ask(&Command::CreateRecordStream(order), until)?;
    if reply.sink_index != source.index {
        tracing::warn!(asked = ?device, "the sound server gave another microphone; it is closed");
        return Err(SoundError::Gone);
    }
    let mut record = Record {
        channel: reply.channel,
        device: source.index,
        spec,
        on_sound,
        watchdog: Watchdog::new(),
        stamps: Taken::new(spec.sample_rate),
        samples: vec![0.0; MOST],
        heard: 0,
        question: None,
        ask_at: 0,
    };
    spawn(connection, spec, on_news, move |connection, shared, on_news| {
        record.run(connection, shared, on_news)
    })
}

struct Record<S> {
    channel: u32,
    /// The server's number of the device.
    device: u32,
    spec: SampleSpec,
    on_sound: S,
    watchdog: Watchdog,
    stamps: Taken,
    samples: Vec<f32>,
    /// Frames so far.
    heard: u64,
    /// The number of the question where the device is.
    question: Option<u32>,
    /// It is asked again at this frame.
    ask_at: u64,
}

impl<S: FnMut(&[f32], ShowTime)> Record<S> {
    /// Says why it ended.
    fn run(
        &mut self,
        mut connection: Connection,
        shared: &Shared,
        on_news: &mut impl FnMut(StreamNews),
    ) -> DeviceTrouble {
        loop {
            if self.heard > self.ask_at {
                self.ask_at = self.heard + u64::from(self.spec.sample_rate);
                let now = SystemTime::now();
                let question = Command::GetRecordLatency(LatencyParams { channel: self.channel, now });
                match connection.send(&question) {
                    Ok(number) => self.question = Some(number),
                    Err(error) => return error.trouble(),
                }
            }
            match connection.next(self.watchdog.until()) {
                Err(error) => return error.trouble(),
                Ok(None) => self.watchdog.bark(on_news),
                Ok(Some(_)) if shared.closed() => return DeviceTrouble::Gone,
                Ok(Some(Message::Sound(bytes))) => {
                    if self.watchdog.heard(on_news) {
                        self.stamps.forget();
                        self.ask_at = self.heard;
                    }
                    self.hand_on(bytes);
                }
                Ok(Some(Message::Answer(number, answer))) if self.question == Some(number) => {
                    self.learn(answer)
                }
                Ok(Some(Message::Event(Event::Ended))) => return DeviceTrouble::Gone,
                Ok(Some(Message::Event(Event::Moved(to)))) if to != self.device => {
                    return DeviceTrouble::Gone;
                }
                Ok(Some(Message::Event(Event::Lost))) => {
                    shared.fault();
                    self.stamps.forget();
                }
                Ok(Some(_)) => {}
            }
        }
    }

    fn hand_on(&mut self, bytes: &[u8]) {
        let (now, rate, channels) = (clock::now(), self.spec.sample_rate, usize::from(self.spec.channels));
        let frames = (bytes.len() / 4 / channels) as u64;
        let began = now.since(ShowTime(length(frames, rate) as u64));
        self.stamps.came(self.heard + frames, now);
        let whole = MOST / channels * channels;
        for (n, piece) in bytes.chunks(4 * whole).enumerate() {
            let before = (n * whole / channels) as u64;
            let at = self.stamps.at(self.heard + before, began + ShowTime(length(before, rate) as u64));
            let samples = &mut self.samples[..piece.len() / 4];
            for (sample, bytes) in samples.iter_mut().zip(piece.chunks_exact(4)) {
                *sample = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            }
            (self.on_sound)(samples, at);
        }
        self.heard += frames;
    }

    /// The server says how old the next frame is that it sends. Of a device that is none it knows nothing, and says 0.
    fn learn(&mut self, answer: Answer<'_>) {
        let Ok(latency) = answer.read::<RecordLatency>() else { return };
        if latency.source_usec == 0 {
            return;
        }
        let queued = latency.write_offset.saturating_sub(latency.read_offset).max(0) as u64;
        let age = Duration::from_micros(latency.source_usec)
            + self.spec.bytes_to_duration(usize::try_from(queued).unwrap_or(0));
        self.stamps.learn(self.heard, given(latency.remote_time).since(ShowTime(age.as_nanos() as u64)));
    }
}
