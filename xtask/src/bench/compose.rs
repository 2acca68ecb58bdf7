//! `cargo xtask bench compose`: CPU time per 1080p frame of our compositor, of ffmpeg's `xstack`
//! and of GStreamer's `compositor`, on the same raw clips, taking turns in one run.
//!
//! What is compared is composing alone. For the two peers a run that only reads the same inputs is
//! subtracted, for ours a run of one frame; both take the start of the process with them. A round
//! is kept only if the machine was free before and after it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::contest::{self, GRIDS, Grid};
use super::gate::Gate;
use crate::tree::Tree;
use crate::{setup, shell};

/// How long a round waits for a free moment before it counts as dropped.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was asked for.
#[derive(Debug, PartialEq)]
struct Wanted {
    grids: Vec<Grid>,
    frames: u32,
    rounds: usize,
}

/// One kept round, in CPU-ms per frame.
#[derive(Clone, Copy)]
struct Round {
    ours: f64,
    own_figure: f64,
    xstack: f64,
    compositor: f64,
}

/// `cargo xtask bench compose [--tiles 1,4,9,20] [--frames N] [--rounds N]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let wanted = wanted(&arguments)?;
    setup::ready(tree, yes)?;
    setup::ready_for_bench(yes)?;
    shell::run(tree.cargo().args(["build", "--release", "--workspace", "--example", "compose_bench"]))?;
    let bench = Bench {
        ffmpeg: shell::which("ffmpeg").context("ffmpeg is not on PATH")?,
        example: tree.target.join("release/examples/compose_bench"),
        clips: tree.target.join("bench"),
        frames: wanted.frames,
    };
    let mut gate = Gate::new();
    println!(
        "CPU-ms per 1080p frame: {} frames of noisy I420, bilinear scaling, reading and start subtracted",
        wanted.frames
    );
    println!("tiles  source       ours  (itself)  xstack  compositor  ours/xstack (min–max)  rounds kept");
    let mut complete = true;
    for grid in &wanted.grids {
        let rounds = bench.rounds(*grid, wanted.rounds, &mut gate)?;
        complete &= rounds.kept.len() >= wanted.rounds;
        println!("{}", row(*grid, &rounds));
    }
    println!("stolen from this machine meanwhile: {} ms of CPU time", gate.stolen_ms());
    if !complete {
        bail!("the machine was too busy: fewer rounds were kept than the {} asked for", wanted.rounds);
    }
    Ok(ExitCode::SUCCESS)
}

fn wanted(arguments: &[String]) -> Result<Wanted> {
    let mut wanted = Wanted { grids: GRIDS.to_vec(), frames: 300, rounds: 5 };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { bail!("{} needs a value", pair[0]) };
        match name.as_str() {
            "--frames" => wanted.frames = value.parse().context("--frames")?,
            "--rounds" => wanted.rounds = value.parse().context("--rounds")?,
            "--tiles" => wanted.grids = value.split(',').map(grid).collect::<Result<_>>()?,
            _ => bail!("bench compose knows --tiles, --frames, --rounds and --yes, not {name}"),
        }
    }
    ensure!(wanted.frames > 1 && wanted.rounds > 0, "at least two frames and one round");
    Ok(wanted)
}

fn grid(tiles: &str) -> Result<Grid> {
    let found = GRIDS.iter().find(|grid| grid.tiles.to_string() == tiles.trim());
    found.copied().with_context(|| format!("there is no grid of {tiles}; 1, 4, 9 and 20 are measured"))
}

struct Bench {
    ffmpeg: PathBuf,
    example: PathBuf,
    clips: PathBuf,
    frames: u32,
}

#[derive(Default)]
struct Rounds {
    kept: Vec<Round>,
    dropped: usize,
}

impl Bench {
    fn rounds(&self, grid: Grid, wanted: usize, gate: &mut Gate) -> Result<Rounds> {
        let clip = self.clip(grid.source)?;
        let mut rounds = Rounds::default();
        while rounds.kept.len() < wanted && rounds.dropped < 3 * wanted {
            if !gate.wait(PATIENCE) {
                rounds.dropped += 1;
                continue;
            }
            let round = self.round(grid, &clip)?;
            if gate.is_open() { rounds.kept.push(round) } else { rounds.dropped += 1 }
        }
        Ok(rounds)
    }

    fn round(&self, grid: Grid, clip: &Path) -> Result<Round> {
        let all = contest::measure(&contest::ours(&self.example, grid, clip, self.frames))?;
        let one = contest::measure(&contest::ours(&self.example, grid, clip, 1))?;
        let own_figure =
            contest::own_figure(&all.said).context("compose_bench did not say cpu_ms_per_frame")?;
        Ok(Round {
            ours: (all.cpu_ms - one.cpu_ms) / f64::from(self.frames - 1),
            own_figure,
            xstack: self.composing(|composes| contest::xstack(&self.ffmpeg, grid, clip, composes))?,
            compositor: self.composing(|composes| contest::compositor(grid, clip, composes))?,
        })
    }

    fn composing(&self, command: impl Fn(bool) -> Command) -> Result<f64> {
        let all = contest::measure(&command(true))?.cpu_ms;
        let reading = contest::measure(&command(false))?.cpu_ms;
        Ok((all - reading) / f64::from(self.frames))
    }

    /// A moving, noisy clip of this size; made once. The page cache keeps it in memory.
    fn clip(&self, (width, height): (u32, u32)) -> Result<PathBuf> {
        let clip = self.clips.join(format!("{width}x{height}-{}.yuv", self.frames));
        let bytes = u64::from(width * height * 3 / 2) * u64::from(self.frames);
        if std::fs::metadata(&clip).is_ok_and(|file| file.len() == bytes) {
            return Ok(clip);
        }
        std::fs::create_dir_all(&self.clips)?;
        let mut make = Command::new(&self.ffmpeg);
        make.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi"]);
        make.args(["-i", &format!("testsrc2=size={width}x{height}:rate=30")]);
        make.args(["-vf", "noise=alls=8:allf=t", "-frames:v", &self.frames.to_string()]);
        shell::run(make.args(["-f", "rawvideo", "-pix_fmt", "yuv420p"]).arg(&clip))?;
        Ok(clip)
    }
}

fn row(grid: Grid, rounds: &Rounds) -> String {
    let source = format!("{}x{}", grid.source.0, grid.source.1);
    let tried = rounds.kept.len() + rounds.dropped;
    let kept = format!("{} of {tried}", rounds.kept.len());
    if rounds.kept.is_empty() {
        return format!("{:5}  {source:10}  no round was kept: the machine was busy  {kept}", grid.tiles);
    }
    let of = |figure: fn(&Round) -> f64| median(rounds.kept.iter().map(figure).collect());
    let ratios: Vec<f64> = rounds.kept.iter().map(|round| round.ours / round.xstack).collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!(
        "{:5}  {source:10} {:6.2}    {:6.2}  {:6.2}  {:10.2}  {:4.2} ({least:.2}–{most:.2})       {kept}",
        grid.tiles,
        of(|round| round.ours),
        of(|round| round.own_figure),
        of(|round| round.xstack),
        of(|round| round.compositor),
        median(ratios),
    )
}

/// The middle one of figures, which are not none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len() % 2 == 1 { figures[middle] } else { (figures[middle - 1] + figures[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn only_measured_grids_can_be_asked_for() {
        let line = ["--tiles", "4,20", "--rounds", "7"].map(String::from);
        assert_eq!(
            wanted(&line).unwrap(),
            Wanted { grids: vec![GRIDS[1], GRIDS[3]], frames: 300, rounds: 7 }
        );
        assert!(wanted(&["--tiles", "6"].map(String::from)).is_err());
        assert!(wanted(&["--frames"].map(String::from)).is_err());
    }

    #[test]
    fn a_row_shows_the_ratio_of_each_round_and_not_of_the_medians() {
        let round = |ours, xstack| Round { ours, own_figure: ours, xstack, compositor: 9.0 };
        let rounds = Rounds { kept: vec![round(1.0, 4.0), round(2.0, 4.0), round(3.0, 4.0)], dropped: 1 };
        let row = row(GRIDS[1], &rounds);
        assert!(row.contains("0.50 (0.25–0.75)") && row.ends_with("3 of 4"), "{row}");
    }
}
