//! Running the body of a test in a process of its own.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio, exit};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tracing_subscriber::filter::LevelFilter;

use crate::parts::{self, Server};

const MARK: &str = "SIDESTAGE_TEST_CHILD";
const DONE: &str = "the body has run to its end";
const DEADLINE: Duration = Duration::from_secs(90);

/// Runs `body` in a new process that has loaded the library, and returns what it wrote. Fails if it does
/// not come to its end. `test` is the full name of the calling test: the new process is this binary, asked
/// for that one.
pub fn with_library(test: &str, body: impl FnOnce()) -> String {
    if inside(test) {
        run(body);
    }
    spawn(test, &[], || {})
}

/// [`with_library`], with a server of its own.
pub fn with_server(test: &str, body: impl FnOnce(&Server)) -> String {
    if inside(test) {
        run(|| body(&Server::of_parent()));
    }
    let mut server = parts::RunningServer::start();
    let env = server.env();
    spawn(test, &env, || server.obey())
}

fn inside(test: &str) -> bool {
    std::env::var(MARK).as_deref() == Ok(test)
}

fn run(body: impl FnOnce()) -> ! {
    let log = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
    log.with_writer(std::io::stderr).init();
    livekit_ffi_rs::load(&parts::library()).unwrap();
    body();
    livekit_ffi_rs::shutdown();
    println!("{DONE}");
    exit(0)
}

fn spawn(test: &str, env: &[(&str, String)], meanwhile: impl FnMut()) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(MARK, test).envs(env.iter().cloned());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let output = [read(child.stdout.take().unwrap()), read(child.stderr.take().unwrap())];
    let status = wait(&mut child, meanwhile);
    let text = output.map(|thread| thread.join().unwrap()).join("\n");
    assert!(status.is_some_and(|s| s.success()) && text.contains(DONE), "{test}: {status:?}\n{text}");
    text
}

fn read(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, mut meanwhile: impl FnMut()) -> Option<ExitStatus> {
    let end = Instant::now() + DEADLINE;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        meanwhile();
        thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
