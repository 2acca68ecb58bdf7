//! Statistics: our own counters, and from the library whether its encoders are at work.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use studio_wire::LaneId;
use studio_wire::engine::{Report, TrackStats};

use super::{Engine, News};
use crate::kit::{LocalTrackPublication, RtcStats};
use crate::output::Place;

impl Engine {
    /// Asks the library, which may take 2 s for an output, and reports when it has answered. Asked again before that,
    /// the one answer serves both.
    pub(super) fn count(&mut self) {
        if self.counting {
            return;
        }
        let outputs = self.inside.iter().flat_map(|inside| &inside.outputs);
        let sent: Vec<(LaneId, Weak<LocalTrackPublication>)> = outputs
            .filter_map(|(&lane, output)| match &output.place {
                Place::Sent(publication) => Some((lane, Arc::downgrade(publication))),
                Place::Underway | Place::Refused => None,
            })
            .collect();
        if sent.is_empty() {
            return self.counted(&BTreeMap::new());
        }
        self.counting = true;
        self.beside("stats", move || {
            News::Active(
                sent.into_iter().map(|(lane, publication)| (lane, is_active(&publication))).collect(),
            )
        });
    }

    pub(super) fn counted(&mut self, active: &BTreeMap<LaneId, bool>) {
        self.counting = false;
        let outlets = self.outlets.iter().map(|(&lane, outlet)| (lane, outlet.counts()));
        let inlets = self.inlets.iter().map(|(&lane, inlet)| (lane, inlet.counts()));
        let stats = outlets.chain(inlets).map(|(lane, (frames, dropped))| {
            let active = active.get(&lane).copied().unwrap_or(false);
            TrackStats { lane, frames, dropped, active }
        });
        let stats = stats.collect();
        self.reports.say(&Report::Stats(stats));
    }
}

fn is_active(publication: &Weak<LocalTrackPublication>) -> bool {
    let stats = publication.upgrade().and_then(|publication| publication.get_stats().ok());
    stats.is_some_and(|stats| {
        stats.iter().any(|entry| matches!(entry, RtcStats::OutboundRtp(outbound) if outbound.active))
    })
}
