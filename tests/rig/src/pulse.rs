//! A PulseAudio daemon of a test's own: two microphones and two speakers that need no hardware.

mod pipes;

use std::f64::consts::TAU;
use std::fs::{DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Samples a second of everything here.
pub const RATE: u32 = 48_000;

/// Its microphones: a stable name and the one that people read. The first is the default.
pub const MICROPHONES: [(&str, &str); 2] = [("mic_a", "Studio Microphone"), ("mic_b", "Webcam Microphone")];
/// Its speakers, likewise.
pub const SPEAKERS: [(&str, &str); 2] = [("spk_a", "Desk Speakers"), ("spk_b", "USB Headset")];

/// The sound server. **It, its folder and everything that it plays end with the value, and with the process.**
///
/// A microphone hears what is fed to it ([`Self::feed`]) and digital silence otherwise; what a speaker plays can be
/// recorded ([`Self::record`]). Programs find the server by [`Self::environment`]; it is not set for the test itself.
#[derive(Debug)]
pub struct Pulse {
    folder: PathBuf,
    daemon: Daemon,
}

/// The daemon, and the pipe whose end ends it.
#[derive(Debug)]
struct Daemon {
    child: Child,
    #[cfg_attr(not(test), expect(dead_code, reason = "held for its end"))]
    lifeline: Option<ChildStdin>,
}

impl Pulse {
    /// Starts a server with its four devices, and waits until it answers.
    ///
    /// # Panics
    /// As everything here, when PulseAudio's programs are not installed or do not do as they are told.
    #[must_use]
    pub fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pulse-{}-{number}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&folder).expect("a folder for the sound server");
        let daemon = launch(&folder);
        Self { folder, daemon }
    }

    /// What a program must have in its environment to find this server and no other.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(&self.folder)
    }

    /// The server's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("native")
    }

    /// The server's process, for [`freeze`](crate::freeze) and [`thaw`](crate::thaw).
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.daemon.child.id()
    }

    /// Ends the server at once, without a word to its clients.
    pub fn kill(&mut self) {
        self.daemon.end();
    }

    /// Starts it again after [`Self::kill`], with all four devices.
    pub fn restart(&mut self) {
        self.daemon.end();
        self.daemon = launch(&self.folder);
    }

    /// A device is pulled out.
    pub fn unplug(&self, device: &str) {
        let modules = self.control(&["list", "short", "modules"]);
        let ours = |line: &&str| line.contains(&format!("_name={device} "));
        let line = modules.lines().find(ours).unwrap_or_else(|| panic!("{device} is plugged in"));
        let number = line.split('\t').next().expect("a line begins with a number");
        self.control(&["unload-module", number]);
    }

    /// A device is plugged in again after [`Self::unplug`]. It does not become the default by that.
    pub fn plug(&self, device: &str) {
        let module = modules().find(|module| module.name == device);
        let module = module.unwrap_or_else(|| panic!("there is no {device}"));
        let mut words = vec!["load-module".to_owned(), module.kind.to_owned()];
        words.extend(module.arguments());
        self.control(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Makes a microphone or a speaker the one that the system offers first.
    pub fn make_default(&self, device: &str) {
        let microphone = MICROPHONES.iter().any(|(name, _)| *name == device);
        self.control(&[if microphone { "set-default-source" } else { "set-default-sink" }, device]);
    }

    /// How many streams of programs record from microphones now; the server's own do not count.
    #[must_use]
    pub fn recording(&self) -> usize {
        self.streams("source-outputs")
    }

    /// How many streams of programs play to speakers now.
    #[must_use]
    pub fn playing(&self) -> usize {
        self.streams("sink-inputs")
    }

    fn streams(&self, kind: &str) -> usize {
        // The third column is the client: the server's own streams have none.
        let of_program = |line: &&str| line.split('\t').nth(2).is_some_and(|client| client != "-");
        self.control(&["list", "short", kind]).lines().filter(of_program).count()
    }

    /// Lets a microphone hear a sine of amplitude 0.5 until the value is dropped. It is heard when this returns.
    #[must_use]
    pub fn feed(&self, microphone: &str, hz: f64) -> Feed {
        let sink = format!("--device={}", feed_of(microphone));
        let before = self.streams("sink-inputs");
        // Well ahead: on a busy machine a hole in the sine would be the feed's own.
        let mut child = self.stream("--playback", &sink, 1, 200);
        let mut input = child.stdin.take().expect("its input is a pipe");
        // Ends with the player: it reads no more then.
        thread::spawn(move || {
            let block =
                |from: u32| (from..from + 480).flat_map(|n| sine(hz, n).to_le_bytes()).collect::<Vec<u8>>();
            // A whole number of Hertz fits into a second: no jump where it begins again.
            (0..RATE / 480).cycle().try_for_each(|n| input.write_all(&block(n * 480)))
        });
        wait_until("a feed plays", || self.streams("sink-inputs") > before);
        Feed { child }
    }

    /// Records what a speaker plays, from when this returns until the value is dropped.
    #[must_use]
    pub fn record(&self, speaker: &str) -> Recording {
        self.record_source(&format!("{speaker}.monitor"))
    }

    fn record_source(&self, source: &str) -> Recording {
        let before = self.recording();
        let mut child = self.stream("--record", &format!("--device={source}"), 2, 20);
        let mut output = child.stdout.take().expect("its output is a pipe");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = heard.clone();
        thread::spawn(move || {
            let mut pair = [0; 8];
            while output.read_exact(&mut pair).is_ok() {
                let left = f32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]]);
                let right = f32::from_le_bytes([pair[4], pair[5], pair[6], pair[7]]);
                into.lock().expect("nobody panics with it").push([left, right]);
            }
        });
        wait_until("a recording runs", || self.recording() > before);
        Recording { child, heard }
    }

    fn stream(&self, way: &str, device: &str, channels: u32, latency_ms: u32) -> Child {
        let mut command = Command::new("pacat");
        command.args([way, device, "--raw", "--format=float32le", &format!("--latency-msec={latency_ms}")]);
        command.args([format!("--rate={RATE}"), format!("--channels={channels}")]);
        command.envs(self.environment()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("pacat (pulseaudio-utils) starts")
    }

    /// Runs `pactl` and hands its output.
    fn control(&self, words: &[&str]) -> String {
        let Output { status, stdout, stderr } = Command::new("pactl")
            .args(words)
            .envs(self.environment())
            .output()
            .expect("pactl (pulseaudio-utils) starts");
        assert!(status.success(), "pactl {words:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8_lossy(&stdout).into_owned()
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.daemon.end();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Daemon {
    fn end(&mut self) {
        // Also ends one that stands still.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sine that a microphone hears, until it is dropped.
#[derive(Debug)]
pub struct Feed {
    child: Child,
}

impl Drop for Feed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a speaker plays.
#[derive(Debug)]
pub struct Recording {
    child: Child,
    heard: Arc<Mutex<Vec<[f32; 2]>>>,
}

impl Recording {
    /// Everything so far, as left and right.
    #[must_use]
    pub fn heard(&self) -> Vec<[f32; 2]> {
        self.heard.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A module of the server that is a device.
struct Module {
    kind: &'static str,
    name: &'static str,
    words: String,
    shown: &'static str,
}

impl Module {
    /// Its arguments for `pactl`. A description is quoted twice, once for each of two readers.
    fn arguments(&self) -> Vec<String> {
        let properties = if self.kind == REMAP { "source_properties" } else { "sink_properties" };
        let mut words: Vec<String> = self.words.split(' ').map(str::to_owned).collect();
        words.push(format!("{properties}=\"device.description='{}'\"", self.shown));
        words
    }
}

const REMAP: &str = "module-remap-source";
const SINK: &str = "module-null-sink";
/// Lets a sink work in blocks of 50 ms at most, as hardware does: otherwise one that nobody has used for a while takes
/// two seconds over its next.
const EVEN: &str = "norewinds=1";

fn feed_of(microphone: &str) -> String {
    format!("feed_{microphone}")
}

fn modules() -> impl Iterator<Item = Module> {
    let speakers = SPEAKERS.into_iter().map(|(name, shown)| {
        let words = format!("sink_name={name} rate={RATE} channels=2 {EVEN}");
        Module { kind: SINK, name, words, shown }
    });
    let microphones = MICROPHONES.into_iter().map(|(name, shown)| {
        let words = format!("source_name={name} master={}.monitor", feed_of(name));
        Module { kind: REMAP, name, words, shown }
    });
    speakers.chain(microphones)
}

/// The server's start script. What feeds a microphone is a speaker as well, for whoever looks.
fn script() -> String {
    let mut lines = vec!["load-module module-native-protocol-unix auth-cookie-enabled=0".to_owned()];
    // Reads the server's standard input, whose other end dies with the test.
    lines.push("load-module module-cli exit_on_eof=1".to_owned());
    for (name, _) in MICROPHONES {
        lines.push(format!("load-module {SINK} sink_name={} rate={RATE} channels=1 {EVEN}", feed_of(name)));
    }
    for module in modules() {
        lines.push(format!("load-module {} {}", module.kind, module.arguments().join(" ")));
    }
    lines.push(format!("set-default-sink {}", SPEAKERS[0].0));
    lines.push(format!("set-default-source {}", MICROPHONES[0].0));
    lines.join("\n") + "\n"
}

fn environment(folder: &Path) -> Vec<(&'static str, String)> {
    let path = folder.to_str().expect("the folder's name is text").to_owned();
    let server = format!("unix:{path}/native");
    vec![
        ("XDG_RUNTIME_DIR", path.clone()),
        ("PULSE_RUNTIME_PATH", path.clone()),
        ("PULSE_STATE_PATH", path),
        ("PULSE_SERVER", server),
    ]
}

/// Starts the server in its folder and waits until it takes connections.
fn launch(folder: &Path) -> Daemon {
    let (socket, begin) = (folder.join("native"), folder.join("begin.pa"));
    // One that was killed has left its socket.
    let _ = std::fs::remove_file(&socket);
    std::fs::write(&begin, script()).expect("the script is written");
    let log = File::create(folder.join("log")).expect("the log is made");
    let mut child = Command::new("pulseaudio")
        .args([
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--log-target=stderr",
            "-F",
        ])
        .arg(&begin)
        .envs(environment(folder))
        // On a session's bus there may be one sound server, and a second one ends.
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", folder.join("no-bus").display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("pulseaudio starts");
    let lifeline = child.stdin.take();
    let mut daemon = Daemon { child, lifeline };
    // The socket is there before the devices are: their order in the script.
    let ready = || UnixStream::connect(&socket).is_ok() && has_all(folder);
    let end = Instant::now() + PATIENCE;
    while !ready() {
        let ended = daemon.child.try_wait().expect("a child can be asked");
        let late = Instant::now() > end;
        if ended.is_some() || late {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("the sound server did not start ({ended:?}):\n{log}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    daemon
}

/// Whether the last line of the script has been done.
fn has_all(folder: &Path) -> bool {
    let output = Command::new("pactl").args(["get-default-source"]).envs(environment(folder)).output();
    output.is_ok_and(|output| output.stdout.starts_with(MICROPHONES[0].0.as_bytes()))
}

const PATIENCE: Duration = Duration::from_secs(20);

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn sine(hz: f64, n: u32) -> f32 {
    (0.5 * (TAU * hz * f64::from(n) / f64::from(RATE)).sin()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::loudest;

    #[test]
    fn its_devices_are_there_go_come_and_die_with_it() {
        let mut pulse = Pulse::start();
        let names = |pulse: &Pulse, kind| {
            let lines = pulse.control(&["list", "short", kind]);
            lines
                .lines()
                .filter_map(|line| line.split('\t').nth(1).map(str::to_owned))
                .collect::<Vec<String>>()
        };
        for restarted in [false, true] {
            if restarted {
                pulse.restart();
            }
            let (sources, sinks) = (names(&pulse, "sources"), names(&pulse, "sinks"));
            assert!(MICROPHONES.iter().all(|(name, _)| sources.iter().any(|source| source == name)));
            assert!(SPEAKERS.iter().all(|(name, _)| sinks.iter().any(|sink| sink == name)));
        }
        pulse.unplug("mic_a");
        assert!(!names(&pulse, "sources").contains(&"mic_a".to_owned()));
        pulse.plug("mic_a");
        assert!(pulse.control(&["list", "sources"]).contains("Studio Microphone"));
        pulse.make_default("spk_b");
        assert_eq!(pulse.control(&["get-default-sink"]).trim(), "spk_b");
        let (folder, pid) = (pulse.folder.clone(), pulse.pid());
        drop(pulse);
        assert!(!folder.exists() && !Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn what_is_fed_to_a_microphone_is_a_sine_and_what_is_recorded_is_what_a_speaker_plays() {
        let pulse = Pulse::start();
        assert_eq!((pulse.recording(), pulse.playing()), (0, 0));
        let feed = pulse.feed("mic_a", 1_000.0);
        // What a microphone hears is what its feed's speaker plays.
        let (heard, silent) = (pulse.record(&feed_of("mic_a")), pulse.record("spk_a"));
        assert_eq!((pulse.recording(), pulse.playing()), (2, 1));
        wait_until("there is sound", || heard.heard().len() > RATE as usize && !silent.heard().is_empty());
        let left: Vec<f32> = heard.heard().iter().map(|pair| pair[0]).collect();
        assert!((loudest(&left, RATE, 1_000.0) + 6.02).abs() < 0.2);
        assert!(silent.heard().iter().all(|pair| *pair == [0.0; 2]));
        drop((feed, heard, silent));
        wait_until("all is closed", || (pulse.recording(), pulse.playing()) == (0, 0));
    }

    #[test]
    fn the_daemon_ends_when_nobody_holds_its_input() {
        let mut pulse = Pulse::start();
        pulse.daemon.lifeline.take();
        wait_until("it ended by itself", || pulse.daemon.child.try_wait().unwrap().is_some());
    }
}
