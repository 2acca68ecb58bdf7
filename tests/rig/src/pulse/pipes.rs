//! Devices whose other end is a pipe: whoever writes or reads it is the device's converter, and its clock is theirs.

use std::path::PathBuf;

use super::{Pulse, RATE};

impl Pulse {
    /// Plugs in a microphone that gives what is written to the pipe: one channel of 32-bit floats. It takes nothing from
    /// the pipe while no program listens.
    #[must_use]
    pub fn piped_microphone(&self, name: &str, shown: &str) -> PathBuf {
        self.piped("module-pipe-source", "source", 1, name, shown)
    }

    /// Plugs in a speaker that plays into the pipe: two channels of 32-bit floats. It goes as fast as the pipe is read,
    /// and gives nothing while no program plays.
    #[must_use]
    pub fn piped_speaker(&self, name: &str, shown: &str) -> PathBuf {
        self.piped("module-pipe-sink", "sink", 2, name, shown)
    }

    fn piped(&self, module: &str, kind: &str, channels: u32, name: &str, shown: &str) -> PathBuf {
        let pipe = self.folder.join(format!("pipe-{name}"));
        self.control(&[
            "load-module",
            module,
            &format!("{kind}_name={name}"),
            &format!("file={}", pipe.display()),
            "format=float32le",
            &format!("rate={RATE}"),
            &format!("channels={channels}"),
            &format!("{kind}_properties=\"device.description='{shown}'\""),
        ]);
        pipe
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::{Read as _, Write as _};

    use super::super::{sine, wait_until};
    use super::*;
    use crate::tone::loudest;

    #[test]
    fn what_is_written_to_the_pipe_is_what_the_microphone_hears() {
        let pulse = Pulse::start();
        let pipe = pulse.piped_microphone("mic_p", "Piped Microphone");
        let heard = pulse.record_source("mic_p");
        let mut pipe = OpenOptions::new().write(true).open(pipe).unwrap();
        let second: Vec<u8> = (0..RATE).flat_map(|n| sine(1_000.0, n).to_le_bytes()).collect();
        pipe.write_all(&second).unwrap();
        wait_until("it is heard", || heard.heard().len() > RATE as usize / 2);
        let left: Vec<f32> = heard.heard().iter().map(|pair| pair[0]).collect();
        assert!((loudest(&left, RATE, 1_000.0) + 6.02).abs() < 0.2);
    }

    #[test]
    fn what_a_program_plays_comes_out_of_the_speakers_pipe() {
        let pulse = Pulse::start();
        let pipe = pulse.piped_speaker("spk_p", "Piped Speaker");
        let mut pipe = OpenOptions::new().read(true).open(pipe).unwrap();
        let mut player = pulse.stream("--playback", "--device=spk_p", 1, 50);
        let mut input = player.stdin.take().unwrap();
        let second: Vec<u8> = (0..RATE).flat_map(|n| sine(1_000.0, n).to_le_bytes()).collect();
        // Waits for the speaker, which waits for who reads the pipe.
        std::thread::spawn(move || input.write_all(&second));
        // As fast as a speaker plays: a faster reader would get silence between.
        let mut played = vec![0; RATE as usize * 8];
        for block in played.chunks_exact_mut(480 * 8) {
            pipe.read_exact(block).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let left: Vec<f32> = played
            .chunks_exact(8)
            .map(|pair| f32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]]))
            .collect();
        player.kill().unwrap();
        player.wait().unwrap();
        assert!((loudest(&left, RATE, 1_000.0) + 6.02).abs() < 0.2);
    }
}
