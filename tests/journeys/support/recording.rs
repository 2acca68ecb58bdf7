//! Looks into recordings with ffmpeg, independently of the app's own reading.

use std::path::{Path, PathBuf};
use std::process::Command;

const RATE: f64 = 48_000.0;

fn ffmpeg() -> PathBuf {
    std::env::var_os("SIDESTAGE_FFMPEG").map_or_else(|| PathBuf::from("ffmpeg"), PathBuf::from)
}

/// What decoding a file to its end gave.
pub struct Recording {
    /// Whole seconds of picture, from its frames.
    pub seconds: f64,
    pub frames: u64,
    /// Mono, −1 … 1.
    pub sound: Vec<f32>,
    file: PathBuf,
}

impl Recording {
    /// Decodes everything. Panics when ffmpeg says that something is broken.
    pub fn read(file: &Path) -> Self {
        let picture = Command::new(ffmpeg())
            .args(["-v", "error", "-xerror", "-i"])
            .arg(file)
            .args(["-map", "0:v", "-f", "rawvideo", "-vf", "scale=16:9", "-pix_fmt", "gray", "-"])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&picture.stderr);
        assert!(picture.status.success() && errors.is_empty(), "{}: {errors}", file.display());
        let frames = (picture.stdout.len() / (16 * 9)) as u64;
        let sound = Command::new(ffmpeg())
            .args(["-v", "error", "-i"])
            .arg(file)
            .args(["-map", "0:a", "-af", "pan=mono|c0=0.5*c0+0.5*c1", "-f", "f32le", "-ar", "48000", "-"])
            .output()
            .unwrap();
        let sound =
            sound.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        #[allow(clippy::cast_precision_loss)]
        let seconds = frames as f64 / 30.0;
        Self { seconds, frames, sound, file: file.to_owned() }
    }

    /// Level of one frequency between two moments, in dBFS.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn level(&self, hz: f64, from: f64, to: f64) -> f64 {
        let part = &self.sound[(from * RATE) as usize..((to * RATE) as usize).min(self.sound.len())];
        let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
        for (n, sample) in part.iter().enumerate() {
            let at = n as f64 / part.len() as f64;
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * at).cos();
            let phase = std::f64::consts::TAU * hz * n as f64 / RATE;
            re += f64::from(*sample) * window * phase.cos();
            im += f64::from(*sample) * window * phase.sin();
            weight += window;
        }
        20.0 * (2.0 * re.hypot(im) / weight).max(1e-6).log10()
    }

    /// The colour (Y, U, V) at a place (0 … 1) at a moment.
    pub fn colour(&self, second: f64, x: f64, y: f64) -> [u8; 3] {
        let (left, top) = ((x * 1920.0) as u32 & !1, (y * 1080.0) as u32 & !1);
        let crop = format!("crop=8:8:{left}:{top},scale=2:2:flags=area,format=yuv444p");
        let out = Command::new(ffmpeg())
            .args(["-v", "error", "-ss", &second.to_string(), "-i"])
            .arg(&self.file)
            .args(["-frames:v", "1", "-vf", &crop, "-f", "rawvideo", "-"])
            .output()
            .unwrap();
        assert!(out.stdout.len() >= 12, "no frame at {second} s: {}", String::from_utf8_lossy(&out.stderr));
        [out.stdout[0], out.stdout[4], out.stdout[8]]
    }
}
