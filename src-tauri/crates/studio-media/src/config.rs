//! What the crate is told once, at its start, and where it reports to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_wire::media::MediaReport;

/// What does not change while the app runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The ffmpeg binary; the error lists where it was looked for.
    pub ffmpeg: Result<PathBuf, Vec<String>>,
    /// Where recordings go when nobody names a folder.
    pub videos: PathBuf,
    /// Where a recording goes on when its folder fails in the middle of a show.
    pub fallback: PathBuf,
    /// Draw the tick number as a bar code into the program. For rehearsals only.
    pub burn_ticks: bool,
    /// The one file to record to, whatever an order says; a finished one of that name is replaced. For rehearsals only.
    pub record_as: Option<PathBuf>,
}

/// Looks for ffmpeg in the folder `beside` and in `PATH`, or only where `SIDESTAGE_FFMPEG` says; the error lists where.
pub fn find_ffmpeg(beside: &Path) -> Result<PathBuf, Vec<String>> {
    if let Some(named) = std::env::var_os("SIDESTAGE_FFMPEG") {
        return first_file([PathBuf::from(named)].into_iter());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).map(|folder| folder.join("ffmpeg"));
    first_file([beside.join("ffmpeg")].into_iter().chain(in_path))
}

fn first_file(candidates: impl Iterator<Item = PathBuf>) -> Result<PathBuf, Vec<String>> {
    let mut looked = Vec::new();
    for candidate in candidates {
        if candidate.is_file() {
            return Ok(candidate);
        }
        looked.push(candidate.display().to_string());
    }
    Err(looked)
}

/// Where reports go. Called from media threads: it must not block.
#[derive(Clone)]
pub struct ReportSink(Arc<dyn Fn(MediaReport) + Send + Sync>);

impl ReportSink {
    /// A sink around a function that does not block.
    pub fn new(report: impl Fn(MediaReport) + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }

    /// Hands one report over.
    pub fn report(&self, report: MediaReport) {
        (self.0)(report);
    }
}

impl fmt::Debug for ReportSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportSink")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_is_taken_and_a_search_in_vain_says_where() {
        let home = tempfile::tempdir().unwrap();
        let (missing, there) = (home.path().join("missing"), home.path().join("there"));
        std::fs::write(&there, "").unwrap();
        let found = first_file([missing.clone(), there.clone(), "/".into()].into_iter());
        assert_eq!(found, Ok(there));
        let looked = first_file([missing.clone(), home.path().into()].into_iter()).unwrap_err();
        assert_eq!(looked, [missing, home.path().into()].map(|path| path.display().to_string()));
    }
}
