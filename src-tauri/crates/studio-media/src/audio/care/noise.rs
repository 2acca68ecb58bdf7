//! Takes fans and hiss out of a voice.

use std::fmt;

use nnnoiseless::DenoiseState;

use super::Mono;

/// One block, in samples.
pub(super) const DELAY: usize = 480;
/// It thinks in whole numbers of 16 bits.
const SCALE: f32 = 32_768.0;

/// A small network that has learned what a voice is.
pub(super) struct Noise(Box<DenoiseState<'static>>);

impl Default for Noise {
    fn default() -> Self {
        Self(DenoiseState::new())
    }
}

impl fmt::Debug for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noise").finish_non_exhaustive()
    }
}

impl Noise {
    /// Works on a block.
    pub(super) fn work(&mut self, voice: &mut Mono) {
        let noisy = voice.map(|sample| sample * SCALE);
        self.0.process_frame(voice, &noisy);
        voice.iter_mut().for_each(|sample| *sample /= SCALE);
    }
}
