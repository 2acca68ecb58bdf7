//! Samples as a device has them, to and from floats; and times as cpal has them.

use std::time::Duration;

use cpal::{Data, SampleFormat};
use studio_media::clock::SECOND;
use studio_wire::time::ShowTime;

/// Samples that are handed on at once, at most.
const MOST: usize = 3_840;
/// A latency above this is not believed.
const SANE: Duration = Duration::from_millis(500);

/// Room for a piece of floats. **Allocates when it is made, and never after.**
#[derive(Debug)]
pub struct Floats {
    samples: Vec<f32>,
    channels: usize,
}

impl Floats {
    /// Room for whole frames of so many channels.
    pub fn new(channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        Self { samples: vec![0.0; MOST / channels * channels], channels }
    }

    /// Hands on what a device gave, in pieces of whole frames, each with the frames before it. A format that was not
    /// asked for gives nothing.
    pub fn read(&mut self, data: &Data, mut take: impl FnMut(&[f32], usize)) {
        let (room, channels) = (self.samples.len(), self.channels);
        match data.sample_format() {
            SampleFormat::F32 => {
                let Some(given) = data.as_slice::<f32>() else { return };
                for (n, piece) in given.chunks(room).enumerate() {
                    take(piece, n * room / channels);
                }
            }
            SampleFormat::I32 => {
                let Some(given) = data.as_slice::<i32>() else { return };
                for (n, piece) in given.chunks(room).enumerate() {
                    take(convert(&mut self.samples, piece, from_i32), n * room / channels);
                }
            }
            SampleFormat::I16 => {
                let Some(given) = data.as_slice::<i16>() else { return };
                for (n, piece) in given.chunks(room).enumerate() {
                    take(convert(&mut self.samples, piece, from_i16), n * room / channels);
                }
            }
            _ => {}
        }
    }

    /// Has a device's buffer filled, piece by piece; what is not filled is silence.
    pub fn write(&mut self, data: &mut Data, mut fill: impl FnMut(&mut [f32], usize)) {
        let (room, channels) = (self.samples.len(), self.channels);
        match data.sample_format() {
            SampleFormat::F32 => {
                let Some(wanted) = data.as_slice_mut::<f32>() else { return };
                for (n, piece) in wanted.chunks_mut(room).enumerate() {
                    piece.fill(0.0);
                    fill(piece, n * room / channels);
                }
            }
            SampleFormat::I32 => {
                let Some(wanted) = data.as_slice_mut::<i32>() else { return };
                for (n, piece) in wanted.chunks_mut(room).enumerate() {
                    put(&mut self.samples, piece, to_i32, |floats| fill(floats, n * room / channels));
                }
            }
            SampleFormat::I16 => {
                let Some(wanted) = data.as_slice_mut::<i16>() else { return };
                for (n, piece) in wanted.chunks_mut(room).enumerate() {
                    put(&mut self.samples, piece, to_i16, |floats| fill(floats, n * room / channels));
                }
            }
            _ => {}
        }
    }
}

fn convert<'a, T: Copy>(room: &'a mut [f32], piece: &[T], to_float: impl Fn(T) -> f32) -> &'a [f32] {
    for (float, sample) in room.iter_mut().zip(piece) {
        *float = to_float(*sample);
    }
    &room[..piece.len()]
}

fn put<T>(room: &mut [f32], piece: &mut [T], from_float: impl Fn(f32) -> T, fill: impl FnOnce(&mut [f32])) {
    let floats = &mut room[..piece.len()];
    floats.fill(0.0);
    fill(floats);
    for (sample, float) in piece.iter_mut().zip(floats) {
        *sample = from_float(*float);
    }
}

fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

fn from_i32(sample: i32) -> f32 {
    (f64::from(sample) / 2_147_483_648.0) as f32
}

/// Saturates; what is not a number is silence.
fn to_i16(float: f32) -> i16 {
    (float * 32_768.0).round() as i16
}

/// Saturates; what is not a number is silence.
fn to_i32(float: f32) -> i32 {
    (f64::from(float) * 2_147_483_648.0).round() as i32
}

/// How long so many frames last.
pub fn length(frames: usize, rate: u32) -> ShowTime {
    ShowTime(frames as u64 * SECOND / u64::from(rate.max(1)))
}

/// A latency as cpal says it, or the length of the piece itself where that cannot be.
pub fn sane(latency: Duration, frames: usize, rate: u32) -> ShowTime {
    if latency.is_zero() || latency > SANE {
        length(frames, rate)
    } else {
        ShowTime(latency.as_nanos() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_become_floats_and_back_without_loss() {
        for sample in [i16::MIN, -1, 0, 1, 12_345, i16::MAX] {
            assert_eq!(to_i16(from_i16(sample)), sample);
            assert_eq!(from_i32(i32::from(sample) << 16), from_i16(sample));
        }
        assert_eq!((from_i16(i16::MIN), from_i32(i32::MIN)), (-1.0, -1.0));
    }

    #[test]
    fn too_loud_is_full_scale_and_no_number_is_silence() {
        assert_eq!(
            (to_i16(1.0), to_i16(-7.0), to_i16(f32::INFINITY), to_i16(f32::NAN)),
            (32_767, -32_768, 32_767, 0)
        );
        assert_eq!((to_i32(1.0), to_i32(-7.0), to_i32(f32::NAN)), (i32::MAX, i32::MIN, 0));
    }

    #[test]
    fn a_latency_that_cannot_be_is_replaced_by_the_piece() {
        assert_eq!(sane(Duration::from_millis(12), 480, 48_000), ShowTime::from_ms(12));
        assert_eq!(sane(Duration::ZERO, 480, 48_000), ShowTime::from_ms(10));
        assert_eq!(sane(Duration::from_secs(70), 480, 48_000), ShowTime::from_ms(10));
    }
}
