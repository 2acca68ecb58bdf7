//! Lifts a quiet voice. **To −23 dBFS, slowly, and only while somebody speaks; it never turns a loud one down, but nothing
//! leaves it above full scale.**

use std::fmt;

use sonora::config::{AdaptiveDigital, GainController2};
use sonora::{AudioProcessing, Config, StreamConfig};

use super::Mono;
use crate::audio::RATE;

/// In samples: none.
pub(super) const DELAY: usize = 0;

/// WebRTC's second gain control.
pub(super) struct Gain(AudioProcessing);

impl Default for Gain {
    fn default() -> Self {
        let mono = StreamConfig::new(RATE, 1);
        // It starts with no gain: the default of 15 dB drives an ordinary voice into the limiter for 3 s.
        let adaptive = AdaptiveDigital { initial_gain_db: 0.0, ..AdaptiveDigital::default() };
        let config = Config {
            gain_controller2: Some(GainController2 {
                adaptive_digital: Some(adaptive),
                ..GainController2::default()
            }),
            ..Config::default()
        };
        Self(AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build())
    }
}

impl fmt::Debug for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gain").finish_non_exhaustive()
    }
}

impl Gain {
    /// Works on a block.
    pub(super) fn work(&mut self, voice: &mut Mono) {
        let near = *voice;
        let worked = self.0.process_capture_f32(&[&near], &mut [voice]);
        debug_assert!(worked.is_ok(), "blocks are 10 ms of one channel at 48 kHz");
    }
}
