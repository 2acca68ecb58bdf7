//! The thread that starts and ends recordings: it may wait for disks and encoders, the others never do.

use std::path::Path;
use std::sync::Arc;

use studio_wire::fault::Fault;
use studio_wire::ids::Epoch;
use studio_wire::media::MediaReport;
use studio_wire::time::ShowTime;

use super::shared::Shared;
use super::{Desk, RecordOrder};
use crate::record::{Finishing, Recorder, Take};

/// What the recording thread owns.
#[derive(Debug)]
pub(super) struct RecordDesk {
    shared: Arc<Shared>,
    finishing: Vec<Finishing>,
}

/// Where a recording goes.
struct Wished {
    folder: Option<String>,
    name: String,
    replace: bool,
}

impl RecordDesk {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, finishing: Vec::new() }
    }

    fn check(&self, epoch: Epoch, folder: Option<String>) {
        let wished = self.wished(folder, String::new());
        let report = match Recorder::check(&self.shared.config, wished.folder.as_deref()) {
            Ok(_) => MediaReport::RecorderReady { epoch },
            Err(fault) => MediaReport::Failed { epoch, fault },
        };
        self.shared.report.report(report);
    }

    fn record(&mut self, epoch: Epoch, folder: Option<String>, name: String) {
        let Wished { folder, name, replace } = self.wished(folder, name);
        let Shared { config, report, remuxes, .. } = &*self.shared;
        if replace {
            // What is to be replaced may still be read.
            remuxes.settle();
        }
        let ready = Recorder::check(config, folder.as_deref())
            .and_then(|folder| Ok((folder, self.shared.running().ok_or(Fault::MediaFailed)?)));
        match ready {
            Ok((folder, (clock, format))) => {
                let take = Take { epoch, format, clock, folder, name, replace };
                let recorder = Recorder::start(config, take, report.clone(), remuxes);
                self.finishing.extend(self.shared.record(epoch, recorder).map(Recorder::finish));
            }
            Err(fault) => report.report(MediaReport::RecordingFailed { epoch, fault }),
        }
    }

    /// Where to and under which name: what the order says, or in a rehearsal always the one file.
    fn wished(&self, folder: Option<String>, name: String) -> Wished {
        let Some(file) = &self.shared.config.record_as else {
            return Wished { folder, name, replace: false };
        };
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Wished { folder: Some(folder.display().to_string()), name, replace: true }
    }

    fn finish(&mut self, epoch: Option<Epoch>) {
        self.finishing.extend(self.shared.stop_recording(epoch).map(Recorder::finish));
    }

    /// Waits until every recording can be played and is reported; not until it is remuxed.
    fn wait(&mut self) {
        self.finishing.drain(..).for_each(Finishing::wait);
    }
}

impl Desk for RecordDesk {
    const KEEPS_TIME: bool = false;

    type Order = RecordOrder;

    fn apply(&mut self, order: RecordOrder) {
        match order {
            RecordOrder::Check { epoch, folder } => self.check(epoch, folder),
            RecordOrder::Record { epoch, folder, name } => self.record(epoch, folder, name),
            RecordOrder::Finish { epoch } => self.finish(Some(epoch)),
            RecordOrder::Close { epoch } => {
                self.finish(None);
                self.wait();
                self.shared.report.report(MediaReport::Closed { epoch });
            }
        }
    }

    fn due(&self) -> Option<ShowTime> {
        None
    }

    fn tick(&mut self) {}
}

impl Drop for RecordDesk {
    fn drop(&mut self) {
        self.finish(None);
        self.wait();
    }
}
