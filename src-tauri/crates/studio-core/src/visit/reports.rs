//! Facts from the ports. Only current ones are heard.

use studio_wire::device::DeviceReport;
use studio_wire::engine::{LostWhy, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Identity, LaneId, TrackSid};
use studio_wire::media::{MediaOrder, MediaReport};
use studio_wire::room::{HOST, RoomAnswer};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, TrackKind};
use studio_wire::shell::{ShellOrder, ShellReport};
use studio_wire::store::StoreReport;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::ProgramFormat;

use super::{Life, Visit};
use crate::effect::Effects;
use crate::event::Event;
use crate::here::connection::tracks::Carries;
use crate::here::outputs;

/// What this machine composes: the program as `air` has it, for its own eyes.
const FORMAT: ProgramFormat = ProgramFormat { width: 960, height: 540, fps: 30 };
/// From the window's close to the program's end.
const EXIT_LIMIT: ShowTime = ShowTime::from_ms(3_000);

impl Visit {
    /// Whether a report belongs to something that is still wanted. The one place where older ones are dropped.
    pub(super) fn current(&self, event: &Event) -> bool {
        let open = |of| matches!(self.life, Life::Open { epoch } if epoch == of);
        let closing = |of| matches!(self.life, Life::Closing { epoch, .. } if epoch == of);
        match event {
            Event::Media(MediaReport::Opened { epoch } | MediaReport::Failed { epoch, .. }) => open(*epoch),
            Event::Media(MediaReport::Closed { epoch }) | Event::Rtc(RtcReport::Closed { epoch }) => {
                closing(*epoch)
            }
            Event::Media(MediaReport::MutedSpeech { .. }) => matches!(self.life, Life::Open { .. }),
            Event::Media(_) => false,
            Event::Rtc(RtcReport::RoomsReady { epoch } | RtcReport::ServerLost { epoch }) => open(*epoch),
            Event::Rtc(RtcReport::Failed { epoch, .. }) => {
                open(*epoch) || self.connection.room_of(*epoch).is_some()
            }
            Event::Rtc(RtcReport::EngineLost { room, epoch } | RtcReport::Room { room, epoch, .. }) => {
                self.connection.engine(*room) == Some(*epoch)
            }
            // A seat stamps nobody and keeps no server.
            Event::Rtc(_) => false,
            Event::Devices(_) | Event::Store(_) | Event::Shell(_) | Event::Wake | Event::Command(..) => true,
        }
    }

    pub(super) fn hear(&mut self, now: Now, event: Event, out: &mut Effects) {
        match event {
            Event::Media(MediaReport::Opened { .. }) => {
                self.program_runs = true;
                self.notices.clear(|fault| *fault == Fault::MediaFailed);
            }
            Event::Media(MediaReport::Failed { fault, .. }) => self.notices.stand(fault, now.show),
            Event::Media(MediaReport::Closed { .. }) => self.closed(true, false, out),
            Event::Media(MediaReport::MutedSpeech { on }) => {
                self.devices.spoken(on, self.preferences.get(), &mut self.notices, now.show);
            }
            Event::Media(_) => {}
            Event::Rtc(RtcReport::Closed { .. }) => self.closed(false, true, out),
            Event::Rtc(report) => self.hear_rtc(now, report, out),
            Event::Devices(DeviceReport::Shared { share, state }) => {
                if let Some(fault) = self.screens.hear(share, state) {
                    self.notices.tell(fault, now.show);
                }
            }
            Event::Devices(report) => self.devices.hear(report),
            Event::Store(StoreReport::Trouble { fault }) => self.tell_store(fault, now.show),
            Event::Store(StoreReport::Well) => self.notices.clear(of_store),
            Event::Store(_) | Event::Command(..) => {}
            Event::Shell(ShellReport::Started { .. }) => self.begin(out),
            Event::Shell(ShellReport::Closing) => self.end(now, out),
            Event::Wake => self.wake(now, out),
        }
    }

    fn begin(&mut self, out: &mut Effects) {
        if self.life != Life::New {
            return;
        }
        let epoch = self.ids.epoch();
        self.life = Life::Open { epoch };
        out.media(MediaOrder::Open { epoch, format: FORMAT });
        self.attend(out);
    }

    fn end(&mut self, now: Now, out: &mut Effects) {
        match self.life {
            Life::New => {
                self.life = Life::Ended;
                out.shell(ShellOrder::Exit);
            }
            Life::Open { epoch } => {
                let until = now.show + EXIT_LIMIT;
                self.life = Life::Closing { epoch, media: false, rtc: false, until };
                out.rtc(RtcOrder::Close { epoch });
                out.media(MediaOrder::Close { epoch });
                self.connection.close();
                self.greeting.cut();
                self.chat.cut();
                let unanswered = self.wishes.end().into_iter();
                self.verdicts.extend(unanswered.map(|ended| (ended.ticket, Err(Fault::HostAway))));
                self.senses.lose_program();
                self.program_runs = false;
            }
            Life::Closing { .. } | Life::Ended => {}
        }
    }

    fn closed(&mut self, media_now: bool, rtc_now: bool, out: &mut Effects) {
        let Life::Closing { media, rtc, .. } = &mut self.life else { return };
        *media |= media_now;
        *rtc |= rtc_now;
        if *media && *rtc {
            self.life = Life::Ended;
            out.shell(ShellOrder::Exit);
        }
    }

    fn wake(&mut self, now: Now, out: &mut Effects) {
        match self.life {
            Life::Closing { until, .. } if until <= now.show => {
                self.life = Life::Ended;
                return out.shell(ShellOrder::Exit);
            }
            Life::Open { .. } => {}
            _ => return,
        }
        for room in self.connection.overdue(now.show) {
            self.notices.stand(Fault::RoomLost { room }, now.show);
            self.engine_lost(now, room, out);
        }
        let asks = self.connection.tick(now.show, &mut self.ids);
        asks.into_iter().for_each(|ask| self.connect(ask, out));
        if self.connection.mustered(now.show) {
            self.connection.tracks.drop_away();
        }
        self.wake_greeting(now, out);
        self.wake_wishes(now);
        self.wake_chat(now);
    }

    fn hear_rtc(&mut self, now: Now, report: RtcReport, out: &mut Effects) {
        match report {
            RtcReport::RoomsReady { .. } => {
                self.notices.clear(|fault| *fault == Fault::ServerLost);
                let asks = self.connection.rooms_ready(now.show, &mut self.ids);
                asks.into_iter().for_each(|ask| self.connect(ask, out));
            }
            RtcReport::ServerLost { .. } => {
                self.notices.stand(Fault::ServerLost, now.show);
                self.server_lost(now, out);
            }
            RtcReport::Failed { epoch, fault } => {
                self.failed(now, self.connection.room_of(epoch), fault, out);
            }
            RtcReport::EngineLost { room, .. } => {
                self.notices.stand(Fault::EngineLost { room }, now.show);
                self.engine_lost(now, room, out);
            }
            RtcReport::Room { room, news, .. } => self.hear_room(now, room, news, out),
            _ => {}
        }
    }

    fn failed(&mut self, now: Now, room: Option<RoomKind>, fault: Fault, out: &mut Effects) {
        match (room, fault) {
            (Some(room), Fault::SeatRefused) => self.shut_out(now, room, LostWhy::Refused, out),
            (None, Fault::SeatRefused) => self.turned_away(now, out),
            // An output was refused: the engine lives, and tries it again when this seat may.
            (Some(room), fault @ Fault::RoomRefused { .. }) if self.connection.is_in(room) => {
                self.notices.stand(fault, now.show);
            }
            (Some(room), fault) => {
                self.notices.tell(fault, now.show);
                self.engine_lost(now, room, out);
            }
            (None, fault) => {
                match fault {
                    Fault::ServerLost => self.notices.stand(fault, now.show),
                    fault => self.notices.tell(fault, now.show),
                }
                self.server_lost(now, out);
            }
        }
    }

    fn hear_room(&mut self, now: Now, room: RoomKind, news: RoomNews, out: &mut Effects) {
        match news {
            RoomNews::Joined => self.room_joined(now, room, out),
            RoomNews::Lost { gone } => self.room_lost(now, room, gone, out),
            RoomNews::Came { identity, .. } if identity.as_str() == HOST && room == self.rooms.home => {
                self.host_came(now, out);
            }
            RoomNews::Left { identity, .. } => {
                if identity.as_str() == HOST && room == self.rooms.home {
                    self.host_left(now);
                }
                self.left(room, &identity);
            }
            RoomNews::Answered { call, answer } => self.answered(now, call, answer, out),
            RoomNews::Told { tale } => self.hear_tale(now, tale, out),
            RoomNews::Asked { call, .. } => {
                // Only the host is asked.
                out.rtc(RtcOrder::Answer { room, call, answer: RoomAnswer::Refused(Fault::NotUnderstood) });
            }
            RoomNews::OwnMuted { lane, muted: true } if room == RoomKind::Crew => {
                match outputs::kind_of(lane) {
                    Some(kind) => self.switched_off(now, kind),
                    None => self.screen_cut(now, lane),
                }
            }
            RoomNews::Published { .. } => {
                self.notices
                    .clear(|fault| matches!(fault, Fault::RoomRefused { room: of, .. } if *of == room));
            }
            RoomNews::Track { identity, sid, kind, muted } => self.track(room, identity, sid, kind, muted),
            RoomNews::TrackGone { identity, sid } => self.track_gone(room, &identity, &sid),
            RoomNews::Flowing { lane } => self.flow(now, room, lane, None),
            RoomNews::Stalled { lane } => {
                self.flow(now, room, lane, Some(&|person| Fault::PictureStalled { person }));
                if room == RoomKind::Air {
                    // The server tells of a host who is gone after twenty seconds; the program stops at once.
                    self.greeting.read_anew(now.show);
                }
            }
            RoomNews::TooLarge { lane, width, height } => {
                let fault = |person| Fault::PictureTooLarge { person, width, height };
                self.flow(now, room, lane, Some(&fault));
            }
            _ => {}
        }
    }

    fn answered(&mut self, now: Now, call: CallId, answer: Option<RoomAnswer>, out: &mut Effects) {
        if self.greeting.waits(call) {
            self.greeted(now, answer, out);
        } else if self.wishes.waits(call) {
            self.wish_answered(now, call, answer);
        } else if self.chat.waits(call) {
            self.history_came(now, call, answer);
        }
    }

    fn track(&mut self, room: RoomKind, identity: Identity, sid: TrackSid, kind: TrackKind, muted: bool) {
        let host = identity.as_str() == HOST;
        match (room, kind) {
            (RoomKind::Air, TrackKind::Camera) if host => self.senses.picture.offer(sid, muted),
            (RoomKind::Air, TrackKind::Microphone) if host => self.senses.sound.offer(sid, muted),
            (RoomKind::Air, _) => {}
            (RoomKind::Crew, TrackKind::StageMedia) if !host => {}
            (RoomKind::Crew, _) if identity == *self.me() => {}
            (RoomKind::Crew, TrackKind::Screen) if self.shares_another(&identity, &sid) => {}
            (RoomKind::Crew, _) => {
                let carries = if kind.is_picture() { Carries::Picture } else { Carries::Sound };
                let source = self.senses.source(&identity, kind, &mut self.ids);
                self.connection.tracks.offer(source, carries, sid, muted);
                if muted && kind.is_picture() {
                    self.notices.clear(|fault| of_person(fault, &identity));
                }
            }
        }
    }

    /// The server has muted one of the own screens.
    fn screen_cut(&mut self, now: Now, lane: LaneId) {
        if outputs::screen_of(lane).is_some_and(|place| self.screens.cut(place)) {
            self.notices.tell(Fault::MutedByHost { kind: TrackKind::Screen }, now.show);
        }
    }

    /// Of several screens that somebody shares a seat shows one by itself; all of them are in the program.
    fn shares_another(&self, identity: &Identity, sid: &TrackSid) -> bool {
        let source = self.senses.of(identity, TrackKind::Screen);
        let track = source.and_then(|source| self.connection.tracks.of(source));
        track.is_some_and(|track| {
            track.sid != *sid && !track.muted && self.connection.tracks.knows(&track.sid)
        })
    }

    fn track_gone(&mut self, room: RoomKind, identity: &Identity, sid: &TrackSid) {
        if room == RoomKind::Air {
            self.senses.picture.gone(sid);
            return self.senses.sound.gone(sid);
        }
        let unsettled = self.connection.unsettled(RoomKind::Crew);
        let tracks = &mut self.connection.tracks;
        let source = if unsettled { tracks.lose_track(sid) } else { tracks.gone(sid) };
        if source.is_some() {
            self.notices.clear(|fault| of_person(fault, identity));
        }
    }

    /// Somebody has left a room, or seems to have while its connection is made again.
    fn left(&mut self, room: RoomKind, identity: &Identity) {
        if room == RoomKind::Air {
            if identity.as_str() == HOST {
                self.senses.lose_program();
            }
            return;
        }
        let unsettled = self.connection.unsettled(RoomKind::Crew);
        for source in self.senses.all_of(identity) {
            match unsettled {
                true => self.connection.tracks.lose_source(source),
                false => self.connection.tracks.drop_source(source),
            }
        }
        if !unsettled {
            self.senses.forget(identity);
        }
        self.notices.clear(|fault| of_person(fault, identity));
    }

    /// Frames or sound arrive in a lane, or no longer do for a reason.
    fn flow(&mut self, now: Now, room: RoomKind, lane: LaneId, why: Option<&dyn Fn(Identity) -> Fault>) {
        if room == RoomKind::Air {
            match lane {
                lanes::AIR_PICTURE_IN => self.senses.picture.flowing = why.is_none(),
                lanes::AIR_SOUND_IN => self.senses.sound.flowing = why.is_none(),
                _ => {}
            }
            return;
        }
        let Some(source) = self.connection.tracks.flow(lane, why.is_none()) else { return };
        let Some((person, kind)) = self.senses.owner(source) else { return };
        if kind.is_picture() {
            let person = person.clone();
            match why {
                Some(fault) => self.notices.stand(fault(person), now.show),
                None => self.notices.clear(|fault| of_person(fault, &person)),
            }
        }
    }
}

fn of_store(fault: &Fault) -> bool {
    use Fault::{StoreCorrupt, StoreFailed, StoreLocked, StoreNewer};
    matches!(fault, StoreCorrupt { .. } | StoreFailed | StoreLocked | StoreNewer { .. })
}

fn of_person(fault: &Fault, identity: &Identity) -> bool {
    match fault {
        Fault::PictureStalled { person } | Fault::PictureTooLarge { person, .. } => person == identity,
        _ => false,
    }
}
