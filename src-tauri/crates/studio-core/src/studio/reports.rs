//! Facts from the ports, each handed to the machines that it concerns. Only current ones arrive here.

use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, Identity, LaneId, SourceId, TrackSid};
use studio_wire::media::MediaReport;
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::time::Now;
use studio_wire::view::{StateName, Step};

use crate::broadcast::{Cue, Port};
use crate::effect::Effects;
use crate::event::Event;
use crate::here::connection::tracks::Carries;
use crate::show::roster::Person;
use crate::text;

use super::Studio;

impl Studio {
    pub(super) fn hear(&mut self, now: Now, event: Event, out: &mut Effects) {
        match event {
            Event::Media(report) => self.hear_media(now, report, out),
            Event::Rtc(report) => self.hear_rtc(now, report, out),
            Event::Store(report) => self.hear_store(now, report, out),
            Event::Shell(ShellReport::Closing) => {
                let recording = self.recording();
                self.cue(now, Cue::Leave { recording }, out);
            }
            Event::Wake => self.wake(now, out),
            Event::Command(..) => {}
        }
    }

    fn hear_media(&mut self, now: Now, report: MediaReport, out: &mut Effects) {
        match report {
            MediaReport::Opened { .. } => {
                self.program_runs = true;
                self.cue(now, Cue::Done(Step::Program), out);
            }
            MediaReport::RecorderReady { .. } => {
                self.takes.check = None;
                self.notices.clear(of_recorder);
                self.cue(now, Cue::Done(Step::Recorder), out);
            }
            MediaReport::Failed { epoch, fault } if self.takes.check == Some(epoch) => {
                // No recorder now may be a recorder later: it counts when the show goes live.
                self.takes.check = None;
                self.notices.clear(of_recorder);
                self.notices.stand(fault, now.show);
                self.cue(now, Cue::Done(Step::Recorder), out);
            }
            MediaReport::Failed { epoch, fault } if self.takes.find(epoch).is_some() => {
                self.recording_failed(now, epoch, fault, out);
            }
            MediaReport::Failed { fault, .. } => self.cue(now, Cue::Fatal(fault), out),
            MediaReport::Recording { epoch, segment, path, at } => {
                if self.takes.segment(epoch, segment, &path, at) {
                    self.keep_segment(now, epoch, segment, out);
                }
                self.step(now, epoch, Step::Recording, out);
            }
            MediaReport::RecordingFailed { epoch, fault } => self.recording_failed(now, epoch, fault, out),
            MediaReport::RecordingTrouble { fault, .. } => self.notices.tell(fault, now.show),
            MediaReport::Recorded { epoch, path, bytes, frames } => {
                self.takes.finish(epoch, frames, now.wall_ms);
                self.keep_take(epoch, path, bytes, out);
                self.step(now, epoch, Step::Finish, out);
            }
            MediaReport::Remuxed { epoch, path, bytes } => self.keep_take(epoch, path, bytes, out),
            MediaReport::Closed { .. } => self.cue(now, Cue::Closed(Port::Media), out),
            MediaReport::Figures(figures) => self.takes.grow(figures.recorded_bytes),
        }
    }

    /// A step of the show under way, if that take is its own and not an earlier show's.
    fn step(&mut self, now: Now, take: Epoch, step: Step, out: &mut Effects) {
        let session = self.takes.find(take).map(|take| &take.session);
        if session.is_some() && session == self.session().as_ref() {
            self.cue(now, Cue::Done(step), out);
        }
    }

    fn recording_failed(&mut self, now: Now, epoch: Epoch, fault: Fault, out: &mut Effects) {
        self.takes.fail(epoch);
        if self.broadcast.name() == StateName::Starting {
            return self.cue(now, Cue::Fatal(fault), out);
        }
        if self.broadcast.run_is_open() {
            self.notices.stand(fault, now.show);
        } else {
            self.notices.tell(fault, now.show);
        }
        self.step(now, epoch, Step::Finish, out);
    }

    fn keep_segment(&mut self, now: Now, epoch: Epoch, segment: u32, out: &mut Effects) {
        let Some(take) = self.takes.find(epoch) else { return };
        let (session, id, path) = (take.session.clone(), take.id, take.path.clone());
        if segment == 0 {
            let (session, at, wall_ms) = (session.clone(), take.since, now.wall_ms);
            out.store(StoreOrder::Take { session, take: id, at, wall_ms });
        }
        let at = take.newest;
        out.store(StoreOrder::Segment { session, take: id, segment, path, at });
    }

    /// Where a finished take lies, now or from now on.
    fn keep_take(&mut self, epoch: Epoch, path: String, bytes: u64, out: &mut Effects) {
        self.takes.lies(epoch, path.clone(), bytes);
        // Without a segment there is no file, and the store knows of no take.
        if let Some(take) = self.takes.find(epoch).filter(|take| take.segments > 0) {
            let (session, frames, wall_ms) = (take.session.clone(), take.frames, take.ended_ms);
            out.store(StoreOrder::TakeDone { session, take: take.id, path, frames, wall_ms });
        }
    }

    fn hear_rtc(&mut self, now: Now, report: RtcReport, out: &mut Effects) {
        match report {
            RtcReport::RoomsReady { .. } => {
                self.notices.clear(|fault| *fault == Fault::ServerLost);
                let asks = self.connection.rooms_ready(now.show, &mut self.ids);
                self.cue(now, Cue::Done(Step::Rooms), out);
                asks.into_iter().for_each(|ask| self.connect(ask, out));
            }
            RtcReport::ServerLost { .. } => {
                self.notices.stand(Fault::ServerLost, now.show);
                self.server_lost(now, out);
            }
            RtcReport::Failed { epoch, fault } => self.rtc_failed(now, epoch, fault, out),
            RtcReport::EngineLost { room, .. } => {
                self.notices.stand(Fault::EngineLost { room }, now.show);
                self.engine_lost(now, room, out);
            }
            RtcReport::Room { room: RoomKind::Crew, news, .. } => self.hear_crew(now, news, out),
            RtcReport::Room { room: RoomKind::Air, news, .. } => self.hear_air(now, news, out),
            RtcReport::Closed { .. } => self.cue(now, Cue::Closed(Port::Rtc), out),
        }
    }

    /// Fatal only while a show opens; later the show goes on and the thing is tried again.
    fn rtc_failed(&mut self, now: Now, epoch: Epoch, fault: Fault, out: &mut Effects) {
        let room = self.connection.room_of(epoch);
        let opening = self.broadcast.name() == StateName::Initializing;
        if opening && (room.is_some() || self.broadcast.waits_for(Step::Rooms)) {
            return self.cue(now, Cue::Fatal(fault), out);
        }
        match fault {
            Fault::ServerLost => self.notices.stand(fault, now.show),
            fault => self.notices.tell(fault, now.show),
        }
        match room {
            Some(room) => self.engine_lost(now, room, out),
            None => self.server_lost(now, out),
        }
    }

    fn server_lost(&mut self, now: Now, out: &mut Effects) {
        if let Some(ask) = self.connection.server_lost(now.show) {
            self.connect(ask, out);
        }
    }

    /// People stay where they are: they are waited for.
    fn engine_lost(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        if room == RoomKind::Crew {
            self.roster.await_all();
            self.notices.clear(of_pictures);
        }
        self.cue(now, Cue::Out(room), out);
        if let Some(ask) = self.connection.engine_lost(room, now.show, &mut self.ids) {
            self.connect(ask, out);
        }
    }

    fn room_joined(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        self.connection.joined(room, now.show);
        self.notices.clear(|fault| {
            [Fault::EngineLost { room }, Fault::RoomLost { room }, Fault::ServerLost].contains(fault)
        });
        self.cue(now, Cue::In(room), out);
        if room == RoomKind::Air && self.connection.program_published() {
            self.cue(now, Cue::Done(Step::Publish), out);
        }
    }

    fn room_lost(&mut self, now: Now, room: RoomKind, gone: bool, out: &mut Effects) {
        self.notices.stand(Fault::RoomLost { room }, now.show);
        if gone {
            self.engine_lost(now, room, out);
        } else {
            self.connection.resuming(room, now.show);
            self.cue(now, Cue::Out(room), out);
        }
    }

    fn hear_crew(&mut self, now: Now, news: RoomNews, out: &mut Effects) {
        match news {
            RoomNews::Joined => self.room_joined(now, RoomKind::Crew, out),
            RoomNews::Lost { gone } => self.room_lost(now, RoomKind::Crew, gone, out),
            RoomNews::Came { identity, name, role } => {
                let name = text::name(&name, identity.as_str());
                self.roster.come(identity, name, role, now.show);
            }
            RoomNews::Left { identity } if self.connection.crew_unsettled() => {
                self.roster.await_one(&identity);
                for source in self.sources_of(&identity) {
                    self.connection.tracks.lose_source(source);
                }
                self.notices.clear(|fault| of_person(fault, &identity));
            }
            RoomNews::Left { identity } => self.leave(&identity),
            RoomNews::Track { identity, sid, kind, muted } => self.track(now, identity, sid, kind, muted),
            RoomNews::TrackGone { identity, sid } => {
                let unsettled = self.connection.crew_unsettled();
                let tracks = &mut self.connection.tracks;
                let source = if unsettled { tracks.lose_track(&sid) } else { tracks.gone(&sid) };
                if source.is_some() {
                    self.notices.clear(|fault| of_person(fault, &identity));
                }
            }
            RoomNews::Flowing { lane } => {
                if let Some(person) = self.flow(lane, true) {
                    self.notices.clear(|fault| of_person(fault, &person));
                }
            }
            RoomNews::Stalled { lane } => {
                if let Some(person) = self.flow(lane, false) {
                    self.notices.stand(Fault::PictureStalled { person }, now.show);
                }
            }
            RoomNews::TooLarge { lane, width, height } => {
                if let Some(person) = self.flow(lane, false) {
                    self.notices.stand(Fault::PictureTooLarge { person, width, height }, now.show);
                }
            }
            RoomNews::Published { .. } | RoomNews::Speaking { .. } => {}
        }
    }

    fn hear_air(&mut self, now: Now, news: RoomNews, out: &mut Effects) {
        match news {
            RoomNews::Joined => self.room_joined(now, RoomKind::Air, out),
            RoomNews::Lost { gone } => self.room_lost(now, RoomKind::Air, gone, out),
            RoomNews::Came { identity, .. } if identity != *self.me() => {
                self.connection.audience_came(identity);
            }
            RoomNews::Left { identity } => self.connection.audience_left(&identity),
            RoomNews::Published { lane } => {
                self.connection.published(lane);
                if self.connection.program_published() {
                    self.cue(now, Cue::Done(Step::Publish), out);
                }
            }
            _ => {}
        }
    }

    /// A track on offer. Whoever has one is there, even if nobody said so.
    fn track(&mut self, now: Now, identity: Identity, sid: TrackSid, kind: TrackKind, muted: bool) {
        let carries = match kind {
            TrackKind::Camera => Carries::Picture,
            TrackKind::Microphone => Carries::Sound,
            TrackKind::Screen | TrackKind::ScreenSound => return,
        };
        if self.roster.present(&identity).is_none() {
            let name = text::name("", identity.as_str());
            self.roster.come(identity.clone(), name, None, now.show);
        }
        let ids = &mut self.ids;
        if let Some(source) = self.roster.source(&identity, kind, || ids.source()) {
            self.connection.tracks.offer(source, carries, sid, muted);
            if muted && carries == Carries::Picture {
                self.notices.clear(|fault| of_person(fault, &identity));
            }
        }
    }

    /// Whose picture began or stopped to arrive; nobody's if the lane carries a voice.
    fn flow(&mut self, lane: LaneId, flowing: bool) -> Option<Identity> {
        let source = self.connection.tracks.flow(lane, flowing)?;
        let person = self.roster.owner(source)?;
        (person.camera == Some(source)).then(|| person.identity.clone())
    }

    /// What a guest sends; nothing for the host, whose sources are here.
    fn sources_of(&self, identity: &Identity) -> Vec<SourceId> {
        let guest = self.roster.find(identity).filter(|_| identity != self.me());
        guest.into_iter().flat_map(Person::sources).collect()
    }

    fn leave(&mut self, identity: &Identity) {
        if identity == self.me() {
            return;
        }
        for source in self.sources_of(identity) {
            self.connection.tracks.drop_source(source);
        }
        self.notices.clear(|fault| of_person(fault, identity));
        self.roster.leave(identity);
        self.stage.forget(identity);
    }

    fn hear_store(&mut self, now: Now, report: StoreReport, out: &mut Effects) {
        match report {
            StoreReport::Persisted { .. } => self.cue(now, Cue::Done(Step::Persist), out),
            StoreReport::Trouble { fault } => {
                // What cannot be kept does not stop a show: an intent counts as given.
                self.tell_store(fault, now.show);
                self.cue(now, Cue::Done(Step::Persist), out);
            }
            StoreReport::Well => self.notices.clear(of_store),
        }
    }

    fn wake(&mut self, now: Now, out: &mut Effects) {
        self.cue(now, Cue::Tick, out);
        for room in self.connection.overdue(now.show) {
            self.notices.stand(Fault::RoomLost { room }, now.show);
            self.engine_lost(now, room, out);
        }
        let asks = self.connection.tick(now.show, &mut self.ids);
        asks.into_iter().for_each(|ask| self.connect(ask, out));
        if self.connection.mustered(now.show) {
            self.roster.awaited().iter().for_each(|identity| self.leave(identity));
            self.connection.tracks.drop_away();
        }
    }
}

/// Notices that end when the store is well.
pub(super) fn of_store(fault: &Fault) -> bool {
    use Fault::{StoreCorrupt, StoreFailed, StoreLocked, StoreNewer};
    matches!(fault, StoreCorrupt { .. } | StoreFailed | StoreLocked | StoreNewer { .. })
}

/// Notices that end when the recorder is ready.
fn of_recorder(fault: &Fault) -> bool {
    use Fault::{DiskFull, DiskLow, EncoderMissing, FolderMissing, FolderReadOnly};
    matches!(
        fault,
        EncoderMissing { .. }
            | FolderMissing { .. }
            | FolderReadOnly { .. }
            | DiskFull { .. }
            | DiskLow { .. }
    )
}

fn of_pictures(fault: &Fault) -> bool {
    matches!(fault, Fault::PictureStalled { .. } | Fault::PictureTooLarge { .. })
}

fn of_person(fault: &Fault, identity: &Identity) -> bool {
    match fault {
        Fault::PictureStalled { person } | Fault::PictureTooLarge { person, .. } => person == identity,
        _ => false,
    }
}
