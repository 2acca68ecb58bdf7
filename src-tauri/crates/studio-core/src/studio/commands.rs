//! Commands that were allowed, carried out; and what the broadcast asks for, handed to the ports.

use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::ids::{ProgramId, SessionId, TakeId};
use studio_wire::media::MediaOrder;
use studio_wire::rtc::RtcOrder;
use studio_wire::shell::ShellOrder;
use studio_wire::store::StoreOrder;
use studio_wire::time::Now;
use studio_wire::view::{StateName, Step};

use crate::broadcast::{Ask, Cue, Run};
use crate::effect::Effects;
use crate::here::connection;
use crate::here::devices::Devices;
use crate::show::stage::Stage;
use crate::{text, time};

use super::Studio;

impl Studio {
    /// A command that [`Studio::allowed`] let through: it cannot fail any more.
    pub(super) fn perform(&mut self, now: Now, command: Command, out: &mut Effects) {
        match command {
            Command::Here(command) => self.perform_here(command, out),
            Command::Show(command) => self.perform_show(now, command, out),
        }
    }

    fn perform_here(&mut self, command: HereCommand, out: &mut Effects) {
        match command {
            HereCommand::Microphone { on } => self.devices.microphone = on,
            HereCommand::Camera { on } => self.devices.camera = on,
            HereCommand::RecordingFolder { folder } => {
                let changed = self.preferences.recording_folder(folder);
                let look = changed.is_some() && self.broadcast.outputs_wanted();
                self.keep_preferences(changed, out);
                if look {
                    self.check_recorder(out);
                }
            }
            HereCommand::Dismiss { notice } => self.notices.dismiss(notice),
        }
    }

    fn perform_show(&mut self, now: Now, command: ShowCommand, out: &mut Effects) {
        match command {
            ShowCommand::Open { title } => {
                let title = text::title(&title).expect("allowed() has looked at the title");
                self.end_unfinished(now, out);
                self.roster.begin(now.show);
                let session = self.ids.session();
                self.cue(now, Cue::Open { session, title }, out);
            }
            ShowCommand::Release => self.cue(now, Cue::Release, out),
            ShowCommand::GoLive => self.cue(now, Cue::GoLive, out),
            ShowCommand::EndStream => {
                let recording = self.recording();
                self.cue(now, Cue::EndStream { recording }, out);
            }
            ShowCommand::Recover => self.cue(now, Cue::Recover, out),
            ShowCommand::EmergencyStop => self.cue(now, Cue::EmergencyStop, out),
            ShowCommand::AddToStage { bus, person } => self.stage.add(bus, person),
            ShowCommand::RemoveFromStage { bus, person } => self.stage.remove(bus, &person),
            ShowCommand::Layout { bus, layout } => {
                self.stage.arrange(bus, layout);
                self.keep_layout(out);
            }
            ShowCommand::Take => {
                self.stage.take();
                self.keep_layout(out);
            }
        }
    }

    /// The program's layout is the one that the next show starts with.
    fn keep_layout(&mut self, out: &mut Effects) {
        let changed = self.preferences.layout(self.stage.scene(Bus::Program).layout);
        self.keep_preferences(changed, out);
    }

    /// A show that an earlier life of the program left open is over once another one begins.
    fn end_unfinished(&mut self, now: Now, out: &mut Effects) {
        if let Some(unfinished) = self.unfinished.take() {
            out.store(StoreOrder::Session {
                epoch: self.ids.epoch(),
                session: unfinished.session,
                title: unfinished.title,
                state: StateName::Idle,
                wall_ms: now.wall_ms,
            });
        }
    }

    /// Whether the show under way has a recording that must be finished.
    pub(super) fn recording(&self) -> bool {
        self.broadcast.run().is_some_and(|run| self.takes.running(&run.session).is_some())
    }

    /// Gives the broadcast a cue and carries out what it asks for.
    pub(super) fn cue(&mut self, now: Now, cue: Cue, out: &mut Effects) {
        for ask in self.broadcast.apply(now.show, cue, &mut self.ids) {
            match ask {
                Ask::Keep { run, epoch, state } => {
                    let Run { session, title, .. } = run;
                    out.store(StoreOrder::Session { epoch, session, title, state, wall_ms: now.wall_ms });
                }
                Ask::Open { epoch } => {
                    out.media(MediaOrder::Open { epoch, format: self.format });
                    self.check_recorder(out);
                    let ask = self.connection.open(epoch);
                    self.connect(ask, out);
                }
                Ask::Record => self.record(now, out),
                Ask::Finish => self.finish(now, out),
                Ask::Close { epoch } => {
                    out.media(MediaOrder::Close { epoch });
                    out.rtc(RtcOrder::Close { epoch });
                    self.connection.close();
                    self.program_runs = false;
                }
                Ask::Over { session } => self.over(now, session, out),
                Ask::Stand(fault) => self.notices.stand(fault, now.show),
                Ask::Unstand(fault) => self.notices.clear(|standing| *standing == fault),
                Ask::Exit => out.shell(ShellOrder::Exit),
            }
        }
    }

    /// What the connection asks for.
    pub(super) fn connect(&mut self, ask: connection::Ask, out: &mut Effects) {
        let Some(run) = self.broadcast.run() else { return };
        match ask {
            connection::Ask::Open(epoch) => out.rtc(RtcOrder::Open { epoch, session: run.session.clone() }),
            connection::Ask::Start(room, epoch) => {
                self.want(room, out);
                let (identity, name) = (self.me().clone(), self.roster.host().name.clone());
                out.rtc(RtcOrder::Start { room, epoch, identity, name });
            }
        }
    }

    fn check_recorder(&mut self, out: &mut Effects) {
        let epoch = self.ids.epoch();
        self.takes.check = Some(epoch);
        let folder = self.preferences.get().recording_folder.clone();
        out.media(MediaOrder::CheckRecorder { epoch, folder });
    }

    fn record(&mut self, now: Now, out: &mut Effects) {
        let Some(Run { session, title, .. }) = self.broadcast.run().cloned() else { return };
        let (epoch, take) = (self.ids.epoch(), TakeId(1));
        self.takes.begin(session, take, epoch);
        out.media(MediaOrder::Record {
            epoch,
            program: ProgramId(0),
            take,
            folder: self.preferences.get().recording_folder.clone(),
            name: format!("{} {}", text::file_name(&title), time::stamp(now.wall_ms)),
        });
    }

    fn finish(&mut self, now: Now, out: &mut Effects) {
        let running = self.broadcast.run().and_then(|run| self.takes.running(&run.session));
        match running {
            Some(epoch) => out.media(MediaOrder::Finish { epoch }),
            None => self.cue(now, Cue::Done(Step::Finish), out),
        }
    }

    /// The show is over: everybody has left, the stage is empty, own sources are closed.
    fn over(&mut self, now: Now, session: SessionId, out: &mut Effects) {
        self.keep_goodbyes(now, &session, out);
        self.roster.end();
        self.stage = Stage::new(self.preferences.get().layout);
        self.devices = Devices::default();
        self.takes.check = None;
        self.notices.clear(|fault| !super::reports::of_store(fault));
    }
}
