//! Remuxes under way. They go on after their recording was reported: no stop and no next show waits for one. Who needs
//! the last files, or ends the process, waits here.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use studio_wire::ids::Epoch;
use studio_wire::media::MediaReport;

use super::finish::{Finished, Job};
use crate::ReportSink;

/// Counts the remuxes of any number of recordings. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Remuxes(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    under_way: Mutex<usize>,
    ended: Condvar,
}

/// A remux to come or under way; it has ended when this is dropped.
#[derive(Debug)]
pub(super) struct Remux(Arc<Count>);

impl Remuxes {
    /// Waits until none is under way. Of a recording that was reported `Recorded` the last file is there then, and
    /// reported.
    pub fn settle(&self) {
        let ended = self.0.ended.wait_while(self.0.under_way(), |under_way| *under_way > 0);
        drop(ended.unwrap_or_else(PoisonError::into_inner));
    }

    /// From now on it is waited for.
    pub(super) fn begin(&self) -> Remux {
        *self.0.under_way() += 1;
        Remux(self.0.clone())
    }
}

impl Remux {
    /// Does it, on a thread of its own, and reports what came of it.
    pub(super) fn start(self, job: Job, epoch: Epoch, report: ReportSink) {
        let run = move || {
            let under_way = self;
            report.report(match job.run() {
                Ok(Finished { path, bytes }) => {
                    MediaReport::Remuxed { epoch, path: path.display().to_string(), bytes }
                }
                Err(fault) => MediaReport::RecordingTrouble { epoch, fault },
            });
            drop(under_way);
        };
        thread::Builder::new().name("remux".into()).spawn(run).expect("the system gives a thread to remux");
    }
}

impl Drop for Remux {
    fn drop(&mut self) {
        *self.0.under_way() -= 1;
        self.0.ended.notify_all();
    }
}

impl Count {
    fn under_way(&self) -> MutexGuard<'_, usize> {
        // Nothing panics between two values of a number.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
