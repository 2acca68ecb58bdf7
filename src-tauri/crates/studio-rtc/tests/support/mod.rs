//! What the tests share: where the real parts lie, and whether processes are gone.
#![allow(dead_code)]

pub mod desk;
pub mod foreign;
pub mod guest;
pub mod node;

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use livekit_api::services::room::RoomClient;
use studio_rtc::{AirBlock, CrewBlock, HomePaths, LaneSink, Rtc, SeatToken, Tools};
use studio_wire::rtc::{RtcOrder, RtcReport};
use studio_wire::server::ServerProfile;
use studio_wire::{Epoch, Fault};

/// The keeper as it was built with this test.
pub fn keeper() -> PathBuf {
    env!("CARGO_BIN_EXE_sidestage-keeper").into()
}

/// Server and library as the app would find them; a test without them fails and says what to do.
pub fn tools() -> Tools {
    let beside = keeper().parent().unwrap().to_path_buf();
    let tools = Tools { keeper: keeper(), ..Tools::find(&beside) };
    for place in [&tools.server, &tools.library] {
        if let Err(looked) = place {
            panic!("not found in {looked:?}: `cargo xtask test` fetches it");
        }
    }
    // Where no engine is started any program will do; whose machine this is, nothing is put into their keychain.
    Tools { engine: keeper(), keychain: false, ..tools }
}

/// [`tools`] with the real engine.
pub fn tools_with_engine() -> Tools {
    let folder = std::env::var_os("SIDESTAGE_BIN_DIR").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| keeper().parent().unwrap().to_path_buf());
    let engine = folder.join("sidestage-engine");
    assert!(engine.is_file(), "{} is missing: `cargo build --workspace --bins` makes it", engine.display());
    Tools { engine, ..tools() }
}

/// Waits until something holds; fails after half a minute.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < limit, "not within half a minute: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The process runs. A dead one that nobody has buried does not.
pub fn runs(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with(['Z', 'X']))
}

pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// What a process was started with.
pub fn command_line(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap().replace('\0', " ")
}

/// An executable script in the place of a program.
pub fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// A port in a home of its own, with everything that it reports.
pub struct Studio {
    pub rtc: Option<Rtc>,
    pub home: tempfile::TempDir,
    /// How long a report is waited for.
    pub patience: Duration,
    reports: Receiver<RtcReport>,
    /// What was reported and not waited for yet.
    heard: Vec<RtcReport>,
}

impl Studio {
    pub fn start(tools: Tools, desk: impl LaneSink + 'static) -> Self {
        Self::at(tempfile::tempdir().unwrap(), tools, desk)
    }

    pub fn at(home: tempfile::TempDir, tools: Tools, desk: impl LaneSink + 'static) -> Self {
        Self::begin(home, tools, desk, None)
    }

    /// The port of a seat at somebody else's show.
    pub fn visit(tools: Tools, desk: impl LaneSink + 'static, seat: SeatToken) -> Self {
        Self::begin(tempfile::tempdir().unwrap(), tools, desk, Some(seat))
    }

    fn begin(
        home: tempfile::TempDir,
        tools: Tools,
        desk: impl LaneSink + 'static,
        seat: Option<SeatToken>,
    ) -> Self {
        let paths = HomePaths { log: home.path().into(), runtime: home.path().into() };
        let (report, reports) = std::sync::mpsc::channel();
        let report = std::sync::Mutex::new(report);
        let rtc = Rtc::start(tools, paths, desk, seat, move |told| {
            let _ = report.lock().unwrap().send(told);
        });
        Self { rtc: Some(rtc), home, patience: Duration::from_secs(30), reports, heard: Vec::new() }
    }

    pub fn rtc(&self) -> &Rtc {
        self.rtc.as_ref().unwrap()
    }

    pub fn order(&self, order: RtcOrder) {
        self.rtc().order(order);
    }

    /// The first report of that kind, from those that nobody has waited for.
    pub fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&RtcReport) -> Option<T>) -> T {
        if let Some(at) = self.heard.iter().position(|told| wanted(told).is_some()) {
            return wanted(&self.heard.remove(at)).unwrap();
        }
        let limit = Instant::now() + self.patience;
        loop {
            match self.reports.recv_timeout(limit.saturating_duration_since(Instant::now())) {
                Ok(told) => match wanted(&told) {
                    Some(found) => return found,
                    None => self.heard.push(told),
                },
                Err(_) => panic!("not within {:?}: {what}; instead {:?}", self.patience, self.heard),
            }
        }
    }

    /// Opens a show on a server of its own, or says why it could not be.
    pub fn open(&mut self, epoch: u32) -> Result<(), Fault> {
        self.open_on(epoch, None, false)
    }

    /// Opens a show on that server, or says why it could not be.
    pub fn open_on(&mut self, epoch: u32, server: Option<ServerProfile>, adopt: bool) -> Result<(), Fault> {
        self.order(RtcOrder::Open { epoch: Epoch(epoch), session: "show".into(), server, adopt });
        self.opened(epoch)
    }

    /// Waits for what comes of an opening.
    pub fn opened(&mut self, epoch: u32) -> Result<(), Fault> {
        self.wait("the rooms", |told| match told {
            RtcReport::RoomsReady { epoch: of } if *of == Epoch(epoch) => Some(Ok(())),
            RtcReport::Failed { epoch: of, fault } if *of == Epoch(epoch) => Some(Err(fault.clone())),
            _ => None,
        })
    }

    pub fn pid(&self, name: &str) -> u32 {
        let processes = self.rtc().processes();
        processes.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{processes:?}")).1
    }

    /// The server's owner, by the keys in its environment.
    pub fn owner(&self) -> RoomClient {
        let environment = std::fs::read(format!("/proc/{}/environ", self.pid("livekit-server"))).unwrap();
        let environment = String::from_utf8(environment).unwrap();
        let config = environment.split('\0').find_map(|entry| entry.strip_prefix("LIVEKIT_CONFIG=")).unwrap();
        let config: serde_json::Value = serde_json::from_str(config).unwrap();
        let (key, secret) = config["keys"].as_object().unwrap().iter().next().unwrap();
        let url = format!("http://127.0.0.1:{}", config["port"]);
        RoomClient::with_api_key(&url, key, secret.as_str().unwrap())
    }

    /// The rooms that the server has, with the number of people in them.
    pub fn rooms(&self) -> Vec<(String, u32)> {
        let owner = self.owner();
        let mut rooms: Vec<_> = block_on(owner.list_rooms(Vec::new()))
            .unwrap()
            .into_iter()
            .map(|room| (room.name, room.num_participants))
            .collect();
        rooms.sort();
        rooms
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Nobody takes the lanes.
pub struct NoDesk;

impl LaneSink for NoDesk {
    fn crew(&self, _: Option<CrewBlock>) {}
    fn air(&self, _: Option<AirBlock>) {}
}
