//! Takes out of a microphone what the loudspeakers play. **It finds the delay by itself and follows it.**

use std::fmt;

use sonora::config::{EchoCanceller, HighPassFilter};
use sonora::{AudioProcessing, Config, StreamConfig};

use super::Mono;
use crate::audio::RATE;

/// 9 ms, in samples: to 32 kHz and back, through bands, in pieces of 4 ms.
pub(super) const DELAY: usize = 430;

/// WebRTC's third echo canceller. **With headphones it does harm: somebody has to switch it off then.**
pub(super) struct Echo(AudioProcessing);

impl Default for Echo {
    fn default() -> Self {
        let mono = StreamConfig::new(RATE, 1);
        let config = Config {
            echo_canceller: Some(EchoCanceller::default()),
            // Without it a harsher one of its own runs inside the bands. The rate inside stays at the default of
            // 32 kHz: the bank of filters for 48 kHz mirrors 9 kHz to 7 kHz.
            high_pass_filter: Some(HighPassFilter::default()),
            ..Config::default()
        };
        Self(AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build())
    }
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echo").finish_non_exhaustive()
    }
}

impl Echo {
    /// Works on a block while the loudspeakers play `far`.
    pub(super) fn work(&mut self, voice: &mut Mono, far: &Mono) {
        let (near, mut unused) = (*voice, *far);
        let heard = self.0.process_render_f32(&[far], &mut [&mut unused]);
        let worked = heard.and_then(|()| self.0.process_capture_f32(&[&near], &mut [voice]));
        debug_assert!(worked.is_ok(), "blocks are 10 ms of one channel at 48 kHz");
    }
}
