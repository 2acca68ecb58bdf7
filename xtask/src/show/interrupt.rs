//! Ctrl-C: the first asks for an end in good order, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The shell's own number for it.
const INTERRUPTED: i32 = 130;

/// Whether somebody wants this to end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> Result<Self> {
        let interrupt = Self::default();
        let flag = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listening = move || {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if flag.0.swap(true, Ordering::SeqCst) {
                        std::process::exit(INTERRUPTED);
                    }
                    eprintln!("\nending; once more ends at once");
                }
            });
        };
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(listening)
            .context("starting a thread")?;
        Ok(interrupt)
    }

    /// It has come.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits that long, unless it comes.
    pub fn sleep(&self, long: Duration) {
        let end = Instant::now() + long;
        while !self.came() && Instant::now() < end {
            std::thread::sleep(end.saturating_duration_since(Instant::now()).min(Duration::from_millis(50)));
        }
    }
}
