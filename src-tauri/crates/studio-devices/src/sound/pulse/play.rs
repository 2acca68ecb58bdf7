//! A speaker's stream. **What is played is heard at the speaker that was asked for, or nowhere.**

use std::path::Path;
use std::time::{Instant, SystemTime};

use pulseaudio::protocol::stream::BufferAttr;
use pulseaudio::protocol::{
    Command, CreatePlaybackStreamReply, GetSinkInfo, LatencyParams, PlaybackLatency, PlaybackStreamParams,
    SampleSpec, SinkInfo,
};
use studio_media::clock;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;

use super::super::{PATIENCE, SoundError, StreamNews};
use super::connection::{Answer, Connection, Event, Message, name};
use super::stamp::{Heard, length};
use super::stream::{MOST, Open, PIECE, Shared, Watchdog, flags, float, frame, given, spawn};

/// Opens the speaker of a name.
pub fn open(
    socket: &Path,
    device: &str,
    fill: impl FnMut(&mut [f32], ShowTime) + Send + 'static,
    on_news: impl FnMut(StreamNews) + Send + 'static,
) -> Result<Open, SoundError> {
    let until = Instant::now() + PATIENCE;
    let device = name(device)?;
    let mut connection = Connection::open(socket, until)?;
    let question = GetSinkInfo { index: None, name: Some(device.clone()) };
    let sink: SinkInfo = connection.ask(&Command::GetSinkInfo(question), until)?;
    // Names like `@DEFAULT_SINK@` and `3` mean whatever stands there now.
    if sink.name != device {
        return Err(SoundError::Gone);
    }
    let spec = float(sink.sample_spec)?;
    let order = PlaybackStreamParams {
        sample_spec: spec,
        channel_map: sink.channel_map,
        // A number is never given twice: what is gone by now cannot be mistaken for another.
        sink_index: Some(sink.index),
        buffer_attr: BufferAttr {
            max_length: 4 * PIECE * frame(spec),
            target_length: 2 * PIECE * frame(spec),
            minimum_request_length: PIECE * frame(spec),
            ..BufferAttr::default()
        },
        flags: flags(),
        ..PlaybackStreamParams::default()
    };
    let reply: CreatePlaybackStreamReply = connection.ask(&Command::CreatePlaybackStream(order), until)?;
    if reply.sink_index != sink.index {
        tracing::warn!(asked = ?device, "the sound server gave another speaker; it is closed");
        return Err(SoundError::Gone);
    }
    let mut play = Play {
        channel: reply.channel,
        device: sink.index,
        spec,
        fill,
        watchdog: Watchdog::new(),
        stamps: Heard::new(spec.sample_rate),
        samples: vec![0.0; MOST],
        bytes: Vec::with_capacity(4 * MOST),
        wanted: reply.requested_bytes,
        written: 0,
        question: None,
        ask_at: 0,
    };
    spawn(connection, spec, on_news, move |connection, shared, on_news| play.run(connection, shared, on_news))
}

struct Play<F> {
    channel: u32,
    /// The server's number of the device.
    device: u32,
    spec: SampleSpec,
    fill: F,
    watchdog: Watchdog,
    stamps: Heard,
    samples: Vec<f32>,
    bytes: Vec<u8>,
    /// Bytes that the server has room for.
    wanted: u32,
    /// Frames so far.
    written: u64,
    /// The number of the question where the device is.
    question: Option<u32>,
    /// It is asked again at this frame.
    ask_at: u64,
}

impl<F: FnMut(&mut [f32], ShowTime)> Play<F> {
    /// Says why it ended.
    fn run(
        &mut self,
        mut connection: Connection,
        shared: &Shared,
        on_news: &mut impl FnMut(StreamNews),
    ) -> DeviceTrouble {
        loop {
            if let Err(error) = self.write(&mut connection) {
                return error.trouble();
            }
            match connection.next(self.watchdog.until()) {
                Err(error) => return error.trouble(),
                Ok(None) => self.watchdog.bark(on_news),
                Ok(Some(_)) if shared.closed() => return DeviceTrouble::Gone,
                Ok(Some(Message::Answer(number, answer))) if self.question == Some(number) => {
                    self.learn(answer)
                }
                Ok(Some(Message::Event(Event::Ended))) => return DeviceTrouble::Gone,
                Ok(Some(Message::Event(Event::Moved(to)))) if to != self.device => {
                    return DeviceTrouble::Gone;
                }
                Ok(Some(Message::Event(Event::Room(bytes)))) => {
                    self.wanted = self.wanted.saturating_add(bytes);
                    if self.watchdog.heard(on_news) {
                        self.lost_count();
                    }
                }
                Ok(Some(Message::Event(Event::Lost))) => {
                    shared.fault();
                    self.lost_count();
                }
                Ok(Some(_)) => {}
            }
        }
    }

    fn lost_count(&mut self) {
        self.stamps.forget();
        self.ask_at = self.written;
    }

    /// Gives the server what it has room for, and asks where its device is once a second of sound.
    fn write(&mut self, connection: &mut Connection) -> Result<(), SoundError> {
        let most = MOST as u32 / u32::from(self.spec.channels);
        while self.wanted >= frame(self.spec) {
            let frames = (self.wanted / frame(self.spec)).min(most);
            let samples = &mut self.samples[..(frames * u32::from(self.spec.channels)) as usize];
            samples.fill(0.0);
            // Until the server has said more: what it holds is played first.
            let soon = clock::now() + ShowTime(length(2 * u64::from(PIECE), self.spec.sample_rate) as u64);
            (self.fill)(samples, self.stamps.at(self.written, soon));
            self.bytes.clear();
            self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            connection.play(self.channel, &self.bytes)?;
            self.wanted -= frames * frame(self.spec);
            self.written += u64::from(frames);
        }
        if self.written > 0 && self.written >= self.ask_at {
            self.ask_at = self.written + u64::from(self.spec.sample_rate);
            let question = LatencyParams { channel: self.channel, now: SystemTime::now() };
            self.question = Some(connection.send(&Command::GetPlaybackLatency(question))?);
        }
        Ok(())
    }

    /// The server says which frame its device takes next, and how long that takes to be heard.
    fn learn(&mut self, answer: Answer<'_>) {
        let Ok(latency) = answer.read::<PlaybackLatency>() else { return };
        let frame = latency.read_offset.max(0) as u64 / u64::from(frame(self.spec));
        let ahead = ShowTime(latency.sink_usec.saturating_mul(1_000));
        self.stamps.learn(frame, given(latency.remote_time) + ahead);
    }
}
