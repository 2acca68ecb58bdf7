//! The one place where reports of an older life are dropped.
//!
//! Epochs are unique, so a report is current if its epoch is that of something still wanted: the show under
//! way, a look at the recorder, a take, an engine, a close, an intent.

use studio_wire::ids::Epoch;
use studio_wire::media::MediaReport;
use studio_wire::rtc::RtcReport;
use studio_wire::store::StoreReport;

use crate::broadcast::Port;
use crate::event::Event;

use super::Studio;

impl Studio {
    /// Whether a report belongs to something that is still under way.
    pub(super) fn current(&self, event: &Event) -> bool {
        match event {
            Event::Media(report) => self.current_media(report),
            Event::Rtc(report) => self.current_rtc(report),
            Event::Store(StoreReport::Persisted { epoch }) => self.broadcast.intends(*epoch),
            Event::Devices(_) | Event::Store(_) | Event::Shell(_) | Event::Wake | Event::Command(..) => true,
        }
    }

    fn current_media(&self, report: &MediaReport) -> bool {
        match report {
            MediaReport::Opened { epoch } => self.runs(*epoch),
            MediaReport::RecorderReady { epoch } => self.takes.check == Some(*epoch),
            MediaReport::Failed { epoch, .. } => {
                self.runs(*epoch) || self.takes.check == Some(*epoch) || self.takes.alive(*epoch).is_some()
            }
            MediaReport::Recording { epoch, .. } | MediaReport::Recorded { epoch, .. } => {
                self.takes.open(*epoch).is_some()
            }
            MediaReport::Remuxed { epoch, .. } => self.takes.done(*epoch).is_some(),
            MediaReport::RecordingFailed { epoch, .. } => self.takes.alive(*epoch).is_some(),
            MediaReport::RecordingTrouble { epoch, .. } => self.takes.find(*epoch).is_some(),
            MediaReport::Closed { epoch } => self.broadcast.closing(Port::Media, *epoch),
            MediaReport::Figures(_) | MediaReport::MutedSpeech { .. } => self.broadcast.run_is_open(),
        }
    }

    fn current_rtc(&self, report: &RtcReport) -> bool {
        match report {
            RtcReport::RoomsReady { epoch } | RtcReport::ServerLost { epoch } => self.runs(*epoch),
            RtcReport::Failed { epoch, .. } => self.runs(*epoch) || self.connection.room_of(*epoch).is_some(),
            RtcReport::EngineLost { room, epoch } | RtcReport::Room { room, epoch, .. } => {
                self.connection.engine(*room) == Some(*epoch)
            }
            RtcReport::Stamped { .. } | RtcReport::Standing { .. } => self.broadcast.run_is_open(),
            RtcReport::SecretKept { .. } | RtcReport::ServerTested { .. } => true,
            RtcReport::Closed { epoch } => self.broadcast.closing(Port::Rtc, *epoch),
        }
    }

    /// Whether that is the epoch of outputs that are wanted now.
    pub(super) fn runs(&self, epoch: Epoch) -> bool {
        self.broadcast.outputs_wanted() && self.broadcast.run().is_some_and(|run| run.epoch == epoch)
    }
}
