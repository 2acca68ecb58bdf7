//! Facts from the ports, each handed to the machines that it concerns. Only current ones arrive here.

use studio_wire::device::DeviceReport;
use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, ServerId};
use studio_wire::media::MediaReport;
use studio_wire::rtc::RtcReport;
use studio_wire::server::SecretPlace;
use studio_wire::shell::ShellReport;
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::time::Now;
use studio_wire::view::{StateName, Step};

use crate::broadcast::{Cue, Port};
use crate::effect::Effects;
use crate::event::Event;

use super::Studio;

impl Studio {
    pub(super) fn hear(&mut self, now: Now, event: Event, out: &mut Effects) {
        match event {
            Event::Media(report) => self.hear_media(now, report, out),
            Event::Rtc(report) => self.hear_rtc(now, report, out),
            Event::Devices(DeviceReport::Shared { share, state }) => {
                if let Some(fault) = self.screens.hear(share, state) {
                    self.notices.tell(fault, now.show);
                }
            }
            Event::Devices(report) => self.devices.hear(report),
            Event::Store(report) => self.hear_store(now, report, out),
            Event::Shell(ShellReport::Started { adopt }) => self.started(now, adopt, out),
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
            MediaReport::MutedSpeech { on } => {
                self.devices.spoken(on, self.preferences.get(), &mut self.notices, now.show);
            }
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
            RtcReport::Room { room, news, .. } => self.hear_room(now, room, news, out),
            RtcReport::Stamped { room, identity, stamp, refused } => {
                self.stamped(now, room, &identity, &stamp, refused);
            }
            RtcReport::Standing { tracks, .. } => self.mustered(now, &tracks, out),
            RtcReport::SecretKept { server, place } => self.secret_kept(now, &server, place),
            RtcReport::ServerTested { server, outcome } => self.servers.tested(&server, outcome),
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

    fn hear_store(&mut self, now: Now, report: StoreReport, out: &mut Effects) {
        match report {
            StoreReport::Persisted { .. } => self.cue(now, Cue::Done(Step::Persist), out),
            StoreReport::Trouble { fault } => {
                // What cannot be kept does not stop a show: an intent counts as given.
                self.tell_store(fault, now.show);
                self.cue(now, Cue::Done(Step::Persist), out);
            }
            StoreReport::Chat { ticket, page } => self.read(ticket, page, out),
            StoreReport::Well => self.notices.clear(of_store),
        }
    }

    fn secret_kept(&mut self, now: Now, server: &ServerId, place: SecretPlace) {
        self.servers.secret(server, place);
        match place {
            SecretPlace::Session => self.notices.stand(Fault::KeychainMissing, now.show),
            SecretPlace::Keychain => self.notices.clear(|fault| *fault == Fault::KeychainMissing),
            SecretPlace::Missing => {}
        }
    }

    fn wake(&mut self, now: Now, out: &mut Effects) {
        self.cue(now, Cue::Tick, out);
        for room in self.connection.overdue(now.show) {
            self.notices.stand(Fault::RoomLost { room }, now.show);
            self.room_gone(now, room, out);
        }
        let asks = self.connection.tick(now.show, &mut self.ids);
        asks.into_iter().for_each(|ask| self.connect(ask, out));
        if self.connection.mustered(now.show) {
            self.roster.awaited().iter().for_each(|(identity, room)| self.leave(identity, *room));
            self.connection.tracks.drop_away();
        }
        let calm = self.connection.looping(now.show);
        self.notices.clear(|fault| matches!(fault, Fault::RoomLooping { room } if !calm.contains(room)));
        self.muster(now, out);
        self.roster.tick(now.show).iter().for_each(|identity| self.contest(now, identity));
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
