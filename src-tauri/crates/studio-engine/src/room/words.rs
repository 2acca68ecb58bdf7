//! Texts and packets, in and out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use studio_wire::Identity;
use studio_wire::engine::{Packet, Report, Say, limits};

use super::{Engine, News};
use crate::arrivals::Heading;
use crate::kit::{
    self, DataPacket, LocalParticipant, ParticipantIdentity, StreamTextOptions, TextError, TextStreamReader,
};
use crate::serve::Input;

/// How long the library may take to send a text; while it makes the connection again it takes as long.
const TO_SAY: Duration = Duration::from_secs(10);
/// Texts of ours that wait for those before them.
const UNSAID: usize = 256;
/// Bytes of a packet's topic.
const TOPIC: usize = 256;

/// Says one text after the other, on a thread of its own: two that are given to the library at once may change places.
pub(super) struct Mouth {
    queue: SyncSender<Say>,
    closed: Arc<AtomicBool>,
}

impl Mouth {
    pub(super) fn new(own: LocalParticipant, inbox: Sender<Input>, generation: u32) -> io::Result<Mouth> {
        let (queue, says) = mpsc::sync_channel(UNSAID);
        let closed = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&closed);
        let talk = move || talk(&own, &says, &flag, |news| inbox.send(Input::News(generation, news)).is_ok());
        thread::Builder::new().name("texts".into()).spawn(talk)?;
        Ok(Mouth { queue, closed })
    }
}

impl Drop for Mouth {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

fn talk(own: &LocalParticipant, says: &Receiver<Say>, closed: &AtomicBool, tell: impl Fn(News) -> bool) {
    for Say { say, topic, text, attributes, to } in says {
        if closed.load(Ordering::Relaxed) {
            return;
        }
        let options = StreamTextOptions {
            topic,
            attributes: attributes.into_iter().collect(),
            destination_identities: to.iter().map(|who| who.as_str().into()).collect(),
            ..StreamTextOptions::default()
        };
        if !tell(News::Sent(say, own.send_text(&text, options, TO_SAY).is_ok())) {
            return;
        }
    }
}

impl Engine {
    pub(super) fn say(&mut self, say: Say) {
        let number = say.say;
        let fits = say.text.len() <= limits::TEXT;
        let queued =
            self.inside.as_ref().is_some_and(|inside| fits && inside.mouth.queue.try_send(say).is_ok());
        if queued {
            self.unsaid.insert(number);
        } else {
            self.reports.say(&Report::Sent { say: number, handed: false });
        }
    }

    pub(super) fn sent(&mut self, say: u64, handed: bool) {
        if self.unsaid.remove(&say) {
            self.reports.say(&Report::Sent { say, handed });
        }
    }

    /// The room is gone, and with it what was to be said there.
    pub(super) fn lose_texts(&mut self) {
        for say in std::mem::take(&mut self.unsaid) {
            self.reports.say(&Report::Sent { say, handed: false });
        }
    }

    pub(super) fn send(&mut self, packet: Packet) {
        let Packet { topic, bytes, reliable, to } = packet;
        let Some(inside) = self.inside.as_ref().filter(|_| bytes.len() <= limits::PACKET) else { return };
        let destination_identities = to.iter().map(|who| who.as_str().into()).collect();
        let packet = DataPacket { payload: bytes, topic: Some(topic), reliable, destination_identities };
        if let Err(error) = inside.own.publish_data(packet) {
            tracing::warn!("a packet was not sent: {error}");
        }
    }

    /// A text begins. Dropping the reader refuses it.
    pub(super) fn text_begins(&mut self, participant: &ParticipantIdentity, reader: TextStreamReader) {
        let from: Identity = participant.as_str().into();
        let info = reader.info();
        let listening = self.want.as_ref().is_some_and(|want| want.listen.contains(&info.topic));
        let Some(inside) = self.inside.as_mut().filter(|_| listening) else { return };
        let beside = info.attributes.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        let too_long = info.total_length.is_some_and(|total| total > limits::TEXT as u64);
        if too_long || beside + info.id.len() > limits::ATTRIBUTES {
            return self.reports.say(&Report::Oversize(from));
        }
        let mut attributes: Vec<(String, String)> = info.attributes.clone().into_iter().collect();
        attributes.sort();
        let heading = Heading { topic: info.topic.clone(), stream: info.id.clone(), attributes };
        let (inbox, generation, whose) = (self.inbox.clone(), self.generation, from.clone());
        inside.arrivals.begin(&from, heading, Instant::now(), |number| {
            reader.read_all(limits::TEXT, move |text| {
                let _ = inbox.send(Input::News(generation, News::Text(whose, number, text)));
            })
        });
    }

    pub(super) fn text_ends(&mut self, from: &Identity, number: u64, text: Result<String, TextError>) {
        if matches!(text, Err(TextError::TooLong { .. })) {
            self.reports.say(&Report::Oversize(from.clone()));
        }
        let Some(inside) = &mut self.inside else { return };
        let whole = inside.arrivals.end(from, number, text.ok());
        self.pass_on(from, whole);
    }

    pub(super) fn give_up_late_texts(&mut self, now: Instant) {
        let Some(inside) = &mut self.inside else { return };
        for (from, whole) in inside.arrivals.give_up(now) {
            self.pass_on(&from, whole);
        }
    }

    fn pass_on(&mut self, from: &Identity, texts: Vec<(Heading, String)>) {
        for (Heading { topic, stream, attributes }, text) in texts {
            self.reports.say(&Report::Said { from: from.clone(), topic, stream, text, attributes });
        }
    }

    /// A packet has come. One that the server puts nobody's name on may be anybody's.
    pub(super) fn got(&mut self, from: Option<&ParticipantIdentity>, topic: Option<String>, packet: Got) {
        let Some(inside) = &mut self.inside else { return };
        let Some(from) = from else { return inside.nameless += 1 };
        let (from, topic) = (Identity::from(from.as_str()), topic.unwrap_or_default());
        if packet.bytes.0.len() > limits::PACKET || topic.len() > TOPIC {
            return self.reports.say(&Report::Oversize(from));
        }
        let Got { bytes: kit::Payload(bytes), reliable } = packet;
        self.reports.say(&Report::Got { from, topic, bytes, reliable });
    }
}

/// What came in a packet.
pub(super) struct Got {
    pub(super) bytes: kit::Payload,
    pub(super) reliable: bool,
}
