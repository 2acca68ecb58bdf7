//! Commands that were allowed, carried out; and what the broadcast asks for, handed to the ports.

use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceId, DeviceKind, DeviceOrder};
use studio_wire::ids::{ProgramId, ServerId, SessionId};
use studio_wire::media::MediaOrder;
use studio_wire::people::{Actor, Position, Presence};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::server::{SecretText, ServerProfile};
use studio_wire::shell::ShellOrder;
use studio_wire::store::{KeptPerson, StoreOrder, Unfinished};
use studio_wire::time::Now;
use studio_wire::view::{StateName, Step};

use crate::broadcast::{Ask, Cue, Run};
use crate::effect::Effects;
use crate::here::connection;
use crate::show::chat::Chat;
use crate::show::roster::Cheers;
use crate::show::stage::Stage;
use crate::{text, time};

use super::Studio;
use super::people::of_people;

impl Studio {
    /// A command that [`Studio::allowed`] let through: it cannot fail any more.
    pub(super) fn perform(&mut self, now: Now, actor: &Actor, command: Command, out: &mut Effects) {
        match command {
            Command::Here(command) => self.perform_here(now, command, out),
            Command::Show(command) if of_people(&command) => self.perform_people(now, actor, command, out),
            Command::Show(command) => self.perform_show(now, command, out),
        }
        self.seats.stir();
    }

    fn perform_here(&mut self, now: Now, command: HereCommand, out: &mut Effects) {
        match command {
            HereCommand::Microphone { on } => self.switch(DeviceKind::Microphone, on),
            HereCommand::Camera { on } => self.switch(DeviceKind::Camera, on),
            HereCommand::Share { subject, title, cursor } => self.screens.share(subject, &title, cursor),
            HereCommand::StopSharing { share } => drop(self.screens.stop(share)),
            HereCommand::ChooseDevice { kind, device } => self.choose_device(kind, device, out),
            HereCommand::SetUpCamera { device, setup } => {
                let changed = self.preferences.camera(device, setup);
                self.keep_preferences(changed, out);
            }
            HereCommand::TestSpeaker => {
                self.devices.test_speaker(now.show);
                out.devices(DeviceOrder::Chime);
            }
            HereCommand::RecordingFolder { folder } => {
                let changed = self.preferences.recording_folder(folder);
                let look = changed.is_some() && self.broadcast.outputs_wanted();
                self.keep_preferences(changed, out);
                if look {
                    self.check_recorder(out);
                }
            }
            HereCommand::Dismiss { notice } => self.notices.dismiss(notice),
            HereCommand::Say { room, text } => self.say(now, room, &text, out),
            HereCommand::React { room, reaction } => {
                self.cheers.count(reaction);
                out.rtc(RtcOrder::React { room, reaction });
            }
            HereCommand::KeepServer { server, secret } => self.keep_server(server, secret, out),
            HereCommand::ForgetServer { server } => self.forget_server(server, out),
            HereCommand::TestServer { server } => {
                if let Some(profile) = self.servers.find(&server).cloned() {
                    self.servers.test(&server);
                    out.rtc(RtcOrder::TestServer { server: profile });
                }
            }
            HereCommand::ChooseServer { server } => {
                let changed = self.preferences.server(server);
                self.keep_preferences(changed, out);
            }
            HereCommand::Monitor { bus } => {
                let changed = self.preferences.change(|preferences| preferences.monitor = bus);
                self.keep_preferences(changed, out);
            }
            HereCommand::Talk { to } => self.devices.talk_to(to, self.preferences.get()),
            HereCommand::PushToTalk { on } => {
                let changed = self.preferences.change(|preferences| preferences.push_to_talk = on);
                self.devices.press(false, self.preferences.get());
                self.keep_preferences(changed, out);
            }
            HereCommand::Press { down } => self.devices.press(down, self.preferences.get()),
            HereCommand::HeedMuted { on } => {
                let open = self.devices.hears(self.preferences.get());
                let changed = self.preferences.change(|preferences| preferences.ignore_muted = !on);
                self.devices.heed(open, self.preferences.get());
                self.keep_preferences(changed, out);
            }
            // Only a seat that was lost comes back.
            HereCommand::ComeBack => {}
        }
    }

    fn switch(&mut self, kind: DeviceKind, on: bool) {
        self.devices.switch(kind, on, self.preferences.get());
    }

    fn choose_device(&mut self, kind: DeviceKind, device: Option<DeviceId>, out: &mut Effects) {
        let chosen = device.and_then(|id| self.devices.find(kind, &id));
        let changed = self.preferences.device(kind, chosen);
        self.devices.choose(kind, self.preferences.get());
        self.keep_preferences(changed, out);
    }

    /// The host says something: kept and told like everybody's words, and sent for clients that know no host.
    fn say(&mut self, now: Now, room: RoomKind, text: &str, out: &mut Effects) {
        let text = text::message(text).expect("allowed() has looked at the message");
        let (me, id) = (self.me().clone(), self.ids.message());
        self.keep_line(now, room, &me, id.clone(), text.clone(), out);
        out.rtc(RtcOrder::Say { room, id, text, sent_ms: now.wall_ms });
    }

    fn keep_server(&mut self, server: ServerProfile, secret: Option<SecretText>, out: &mut Effects) {
        let mut server = server;
        server.name = server.name.trim().to_owned();
        if server.id.as_str().is_empty() {
            server.id = ServerId(self.ids.session().0);
        }
        self.servers.keep(server.clone());
        out.store(StoreOrder::Server(server.clone()));
        out.rtc(match secret {
            Some(secret) => RtcOrder::KeepSecret { server: server.id, secret: Some(secret) },
            None => RtcOrder::FindSecret { server: server.id },
        });
    }

    fn forget_server(&mut self, server: ServerId, out: &mut Effects) {
        self.servers.forget(&server);
        if self.preferences.get().server.as_ref() == Some(&server) {
            let changed = self.preferences.server(None);
            self.keep_preferences(changed, out);
        }
        out.store(StoreOrder::ForgetServer(server.clone()));
        out.rtc(RtcOrder::KeepSecret { server, secret: None });
    }

    /// The app is up. A show that an earlier life of it left goes on, if its server is still there.
    pub(super) fn started(&mut self, now: Now, adopt: bool, out: &mut Effects) {
        for server in self.servers.ids() {
            out.rtc(RtcOrder::FindSecret { server });
        }
        let open = |show: &Unfinished| {
            !matches!(show.state, StateName::Idle | StateName::Error | StateName::Stopping)
        };
        if !adopt || self.broadcast.run_is_open() || !self.unfinished.as_ref().is_some_and(open) {
            return;
        }
        let Some(show) = self.unfinished.take() else { return };
        self.resuming = Some(matches!(show.state, StateName::Live | StateName::Starting));
        self.roster.resume(show.people, now.show);
        self.stage = Stage::resume(&show.program, &show.preview);
        self.chat.resume(show.chat);
        self.takes.resume(show.takes);
        self.cue(now, Cue::Open { session: show.session, title: show.title }, out);
    }

    fn perform_show(&mut self, now: Now, command: ShowCommand, out: &mut Effects) {
        match command {
            ShowCommand::Open { title } => {
                let title = text::title(&title).expect("allowed() has looked at the title");
                self.end_unfinished(now, out);
                self.resuming = None;
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
            ShowCommand::HostDevice { kind, device } => self.choose_device(kind, device, out),
            ShowCommand::StageMedia { on } => self.devices.stage_media = on,
            mixer @ (ShowCommand::Strip { .. } | ShowCommand::ProgramBus { .. }) => {
                self.perform_mixer(mixer, out);
            }
            // The others are about people.
            _ => {}
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
            for person in unfinished.people.into_iter().filter(|person| person.presence == Presence::Joined) {
                let KeptPerson { identity, name, role, rights, .. } = person;
                out.store(StoreOrder::Person {
                    session: unfinished.session.clone(),
                    identity,
                    name,
                    role,
                    presence: Presence::Left,
                    position: Position::None,
                    rights,
                    wall_ms: now.wall_ms,
                });
            }
            out.store(StoreOrder::Session {
                epoch: self.ids.epoch(),
                session: unfinished.session,
                title: unfinished.title,
                state: StateName::Idle,
                server: unfinished.server,
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
                    let (server, wall_ms) = (self.preferences.get().server.clone(), now.wall_ms);
                    out.store(StoreOrder::Session { epoch, session, title, state, server, wall_ms });
                }
                Ask::Open { epoch } => {
                    out.media(MediaOrder::Open { epoch, format: self.format });
                    self.check_recorder(out);
                    let ask = self.connection.open(epoch, &RoomKind::ALL);
                    if self.resuming.is_some() {
                        self.connection.expect();
                    }
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
            connection::Ask::Open(epoch) => {
                let session = run.session.clone();
                let server = self.preferences.get().server.as_ref();
                let server = server.and_then(|server| self.servers.find(server)).cloned();
                out.rtc(RtcOrder::Open { epoch, session, server, adopt: self.resuming.is_some() });
            }
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
        let (epoch, take) = (self.ids.epoch(), self.takes.next(&session));
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
        self.seats.end();
        self.stamps.end();
        self.muster.end();
        self.forget_owed();
        (self.chat, self.cheers, self.resuming) = (Chat::default(), Cheers::default(), None);
        self.stage = Stage::new(self.preferences.get().layout);
        self.devices.reset();
        self.looks.clear();
        self.solos.clear();
        self.screens.reset();
        self.takes.check = None;
        self.notices.clear(|fault| !super::reports::of_store(fault));
    }
}
