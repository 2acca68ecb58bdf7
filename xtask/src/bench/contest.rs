//! The contestants: one composition of the same raw clip, as each program is told to do it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::shell;

/// A grid of equal tiles that fills 1920×1080, and the clip that each tile shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub tiles: u32,
    pub columns: u32,
    pub source: (u32, u32),
    /// The middle part of the source that is drawn, so that nothing is squeezed.
    pub crop: (u32, u32),
    pub tile: (u32, u32),
}

/// The grids that are measured.
pub const GRIDS: [Grid; 4] = [
    Grid { tiles: 1, columns: 1, source: (1280, 720), crop: (1280, 720), tile: (1920, 1080) },
    Grid { tiles: 4, columns: 2, source: (640, 360), crop: (640, 360), tile: (960, 540) },
    Grid { tiles: 9, columns: 3, source: (640, 360), crop: (640, 360), tile: (640, 360) },
    Grid { tiles: 20, columns: 5, source: (640, 360), crop: (512, 360), tile: (384, 270) },
];

impl Grid {
    fn corner(self, index: u32) -> (u32, u32) {
        (index % self.columns * self.tile.0, index / self.columns * self.tile.1)
    }
}

/// ffmpeg, composing with `xstack` or, to be subtracted, only reading the same inputs.
pub fn xstack(ffmpeg: &Path, grid: Grid, clip: &Path, composes: bool) -> Command {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-v", "error"]);
    for _ in 0..grid.tiles {
        let size = format!("{}x{}", grid.source.0, grid.source.1);
        command.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-r", "30", "-s", &size, "-i"]).arg(clip);
    }
    if composes {
        command.args(["-filter_complex", &filters(grid), "-map", "[program]"]);
    } else {
        for index in 0..grid.tiles {
            command.args(["-map", &format!("{index}:v")]);
        }
    }
    command.args(["-f", "null", "-"]);
    command
}

fn filters(grid: Grid) -> String {
    let (mut scaled, mut pads, mut places) = (String::new(), String::new(), Vec::new());
    for index in 0..grid.tiles {
        let mut steps = Vec::new();
        if grid.crop != grid.source {
            steps.push(format!("crop={}:{}", grid.crop.0, grid.crop.1));
        }
        if grid.crop != grid.tile {
            steps.push(format!("scale={}:{}:flags=bilinear", grid.tile.0, grid.tile.1));
        }
        if steps.is_empty() {
            steps.push("null".to_owned());
        }
        scaled += &format!("[{index}:v]{}[t{index}];", steps.join(","));
        pads += &format!("[t{index}]");
        let (x, y) = grid.corner(index);
        places.push(format!("{x}_{y}"));
    }
    // xstack wants two inputs at least; one tile is only scaled.
    let join = if grid.tiles == 1 {
        "null".to_owned()
    } else {
        format!("xstack=inputs={}:layout={}", grid.tiles, places.join("|"))
    };
    format!("{scaled}{pads}{join}[program]")
}

/// GStreamer, with its `compositor` or only reading. It scales whole sources: its crop element is
/// in a package of its own.
pub fn compositor(grid: Grid, clip: &Path, composes: bool) -> Command {
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q");
    if composes {
        command.args(["compositor", "name=program", "background=black"]);
        for index in 0..grid.tiles {
            let (x, y) = grid.corner(index);
            for (key, value) in [("xpos", x), ("ypos", y), ("width", grid.tile.0), ("height", grid.tile.1)] {
                command.arg(format!("sink_{index}::{key}={value}"));
            }
        }
        let format = "video/x-raw,format=I420,width=1920,height=1080,framerate=30/1";
        command.args(["!", format, "!", "fakesink", "sync=false"]);
    }
    for index in 0..grid.tiles {
        command.arg("filesrc").arg(format!("location={}", clip.display()));
        command.args(["!", "rawvideoparse", "format=i420", "framerate=30/1"]);
        command.args([format!("width={}", grid.source.0), format!("height={}", grid.source.1)]);
        if composes {
            command.args(["!", &format!("program.sink_{index}")]);
        } else {
            command.args(["!", "fakesink", "sync=false"]);
        }
    }
    command
}

/// Our compositor. Its first frame also pays for starting and for loading the clip, so a run of one
/// frame is what is subtracted.
pub fn ours(example: &Path, grid: Grid, clip: &Path, frames: u32) -> Command {
    let mut command = Command::new(example);
    command.args(["--tiles", &grid.tiles.to_string(), "--frames", &frames.to_string()]);
    command.arg("--clip").arg(clip).args(["--size", &format!("{}x{}", grid.source.0, grid.source.1)]);
    command
}

/// What a run cost and said.
pub struct Run {
    /// CPU time of the process and all its threads, user and system, in ms.
    pub cpu_ms: f64,
    /// What it wrote to standard output.
    pub said: String,
}

/// Runs `command` to its end and reads its resource usage.
pub fn measure(command: &Command) -> Result<Run> {
    // The standard library cannot ask for a child's usage; bash's `time` does, to the millisecond.
    let mut timed = Command::new("bash");
    timed.args(["-c", "TIMEFORMAT='%3U %3S'; time \"$@\"", "bash"]);
    timed.arg(command.get_program()).args(command.get_args()).env("LC_ALL", "C");
    let output = timed.output().context("starting bash")?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{} ended with {}: {errors}", shell::name(command), output.status);
    let Some(cpu_ms) = errors.lines().last().and_then(usage) else {
        bail!("bash did not say how long it took: {errors}")
    };
    Ok(Run { cpu_ms, said: String::from_utf8_lossy(&output.stdout).into_owned() })
}

fn usage(line: &str) -> Option<f64> {
    let (user, system) = line.trim().split_once(' ')?;
    Some((user.parse::<f64>().ok()? + system.parse::<f64>().ok()?) * 1000.0)
}

/// Our own figure for the composing alone, from the example's line.
pub fn own_figure(said: &str) -> Option<f64> {
    let line: Value = serde_json::from_str(said.lines().last()?).ok()?;
    line["cpu_ms_per_frame"].as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grid_fills_the_program_and_keeps_its_proportions() {
        for grid in GRIDS {
            let rows = grid.tiles / grid.columns;
            assert_eq!((grid.columns * grid.tile.0, rows * grid.tile.1), (1920, 1080), "{grid:?}");
            assert_eq!(grid.crop.0 * grid.tile.1, grid.crop.1 * grid.tile.0, "{grid:?}");
        }
    }

    #[test]
    fn ffmpeg_crops_scales_and_places_each_tile() {
        let two = Grid { tiles: 2, columns: 2, source: (4, 2), crop: (2, 2), tile: (6, 6) };
        assert_eq!(
            filters(two),
            "[0:v]crop=2:2,scale=6:6:flags=bilinear[t0];[1:v]crop=2:2,scale=6:6:flags=bilinear[t1];\
             [t0][t1]xstack=inputs=2:layout=0_0|6_0[program]"
        );
        assert_eq!(filters(GRIDS[0]), "[0:v]scale=1920:1080:flags=bilinear[t0];[t0]null[program]");
    }

    #[test]
    fn a_run_is_charged_for_user_and_system_time() {
        assert_eq!(usage("0.250 0.125"), Some(375.0));
        assert_eq!(usage("no such program"), None);
        let line = "{\"tiles\":4,\"frames\":300,\"cpu_ms_per_frame\":0.75}\n";
        assert_eq!(own_figure(line), Some(0.75));
    }
}
