//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use studio_wire::{LayoutName, Role};

/// A native desktop live-streaming studio.
#[derive(Debug, Parser)]
#[command(name = "sidestage", version)]
pub struct Arguments {
    /// Where everything of one user lies; without it the platform's folders are used.
    #[arg(long, global = true, value_name = "DIR", env = "SIDESTAGE_HOME")]
    pub home: Option<PathBuf>,
    /// Commands to run from the window's start: one `{"at_ms": …, "command": …}` a line.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Takes a seat on somebody else's show, as this file says; `-` reads it from standard input.
    #[arg(long, global = true, value_name = "FILE")]
    pub seat: Option<PathBuf>,
    /// Chooses the studio's own picture and tone in the place of camera and microphone, and no speaker: for a machine
    /// with nothing attached. A rehearsal does so anyway.
    #[arg(long, global = true)]
    pub test_sources: bool,
    /// Another face than the window.
    #[command(subcommand)]
    pub face: Option<Face>,
}

/// Faces other than the window.
#[derive(Debug, Subcommand)]
pub enum Face {
    /// Runs a whole show without a window: server, engines, recorder and synthetic guests.
    Rehearse(Rehearsal),
    /// A studio without a window: commands as lines of JSON on standard input, what happens on standard output.
    Console,
}

/// What a rehearsal is told.
#[derive(Clone, Debug, Args)]
pub struct Rehearsal {
    /// Length of the live part, which is the recording.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: u32,
    /// Synthetic guests, each a process of its own.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub guests: u32,
    /// A layout's name, or `auto`: the next one every 3 s.
    #[arg(long, default_value = "auto", value_parser = parse_layout)]
    pub layout: LayoutChoice,
    /// Where the recording goes: `FILE.mkv` stays, `FILE.mp4` is remuxed; without it a temporary file.
    #[arg(long, value_name = "FILE", value_parser = parse_record)]
    pub record: Option<PathBuf>,
    /// Commands to run as the host: one `{"at_ms": …, "command": …}` a line, counted from the first live frame.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Prints seats as the first line: for so many guests and one viewer, or for each role as in
    /// `cohost=1,producer=1,guest=2,viewer=1`.
    #[arg(long, value_name = "SEATS", value_parser = parse_seats)]
    pub seats: Option<Seats>,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    pub json: bool,
    /// Opens this microphone as the host's; without it the host has a tone.
    #[arg(long, value_name = "ID")]
    pub microphone: Option<String>,
    /// Opens this camera as the host's; without it the host has a test pattern.
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
    /// Lets the host hear the show on this speaker; without it nowhere.
    #[arg(long, value_name = "ID")]
    pub speaker: Option<String>,
    /// The host's devices show and sound what synthetic guest K does, so the recording is looked through for the host as
    /// well.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(0..=19))]
    pub host_as: Option<u32>,
}

impl Rehearsal {
    /// Whether the host is on stage: with guests only where a device of theirs was named.
    pub fn shows_host(&self) -> bool {
        self.guests == 0 || self.microphone.is_some() || self.camera.is_some()
    }
}

/// Which layouts a rehearsal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutChoice {
    /// Each in turn.
    Auto,
    /// One.
    Only(LayoutName),
}

fn parse_layout(word: &str) -> Result<LayoutChoice, String> {
    if word == "auto" {
        return Ok(LayoutChoice::Auto);
    }
    let found = LayoutName::ALL.into_iter().find(|layout| layout.word() == word);
    found.map(LayoutChoice::Only).ok_or_else(|| {
        let known: Vec<_> = LayoutName::ALL.iter().map(|layout| layout.word()).collect();
        format!("there is auto, {}", known.join(", "))
    })
}

/// How many seats of each role are given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// Who run the show with the host.
    pub cohost: u32,
    /// Who run it and are never on air.
    pub producer: u32,
    /// Who may be put on stage.
    pub guest: u32,
    /// The audience.
    pub viewer: u32,
}

impl Seats {
    /// Seats of one role.
    const MOST: u32 = 20;

    /// Whom the seats are for: roles and identities.
    pub fn everybody(self) -> Vec<(Role, String)> {
        let Self { cohost, producer, guest, viewer } = self;
        let counts = [
            (Role::Cohost, cohost),
            (Role::Producer, producer),
            (Role::Guest, guest),
            (Role::Viewer, viewer),
        ];
        let named = |(role, count): (Role, u32)| {
            let word = if role == Role::Guest { "seat" } else { role.word() };
            (1..=count).map(move |number| (role, format!("{word}-{number}")))
        };
        counts.into_iter().flat_map(named).collect()
    }

    fn of(&mut self, word: &str) -> Option<&mut u32> {
        Some(match word {
            "cohost" => &mut self.cohost,
            "producer" => &mut self.producer,
            "guest" => &mut self.guest,
            "viewer" => &mut self.viewer,
            _ => return None,
        })
    }
}

fn parse_seats(text: &str) -> Result<Seats, String> {
    let most = Seats::MOST;
    let count = |text: &str| match text.parse::<u32>() {
        Ok(count) if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!("`{text}` is no number from 1 to {most}")),
    };
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Seats { guest: count(text)?, viewer: 1, ..Seats::default() });
    }
    let mut seats = Seats::default();
    for part in text.split(',') {
        let (word, number) = part.split_once('=').ok_or_else(|| format!("`{part}` is not ROLE=NUMBER"))?;
        let place =
            seats.of(word).ok_or_else(|| format!("`{word}` is none of cohost, producer, guest, viewer"))?;
        if std::mem::replace(place, count(number)?) != 0 {
            return Err(format!("`{word}` twice"));
        }
    }
    Ok(seats)
}

fn parse_record(file: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(file);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("mkv" | "mp4") => std::path::absolute(path).map_err(|error| error.to_string()),
        _ => Err("a recording ends in .mkv or .mp4".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rehearsal(words: &[&str]) -> Result<Rehearsal, clap::Error> {
        let all = ["sidestage", "rehearse"].iter().chain(words);
        match Arguments::try_parse_from(all)?.face {
            Some(Face::Rehearse(rehearsal)) => Ok(rehearsal),
            Some(Face::Console) | None => unreachable!("another subcommand was given"),
        }
    }

    #[test]
    fn a_rehearsal_takes_names_of_layouts_and_refuses_others() {
        assert_eq!(rehearsal(&["--layout", "grid"]).unwrap().layout, LayoutChoice::Only(LayoutName::Grid));
        assert_eq!(rehearsal(&[]).unwrap().layout, LayoutChoice::Auto);
        assert!(rehearsal(&["--layout", "spiral"]).unwrap_err().to_string().contains("auto, solo, grid"));
    }

    #[test]
    fn seats_are_a_number_of_guests_or_so_many_of_each_role() {
        let seats = |text: &str| rehearsal(&["--seats", text]).map(|rehearsal| rehearsal.seats.unwrap());
        assert_eq!(seats("2").unwrap(), Seats { guest: 2, viewer: 1, ..Seats::default() });
        let all = Seats { cohost: 1, producer: 1, guest: 2, viewer: 1 };
        assert_eq!(seats("cohost=1,producer=1,guest=2,viewer=1").unwrap(), all);
        for bad in ["0", "21", "host=1", "guest", "guest=x", "guest=1,guest=2", ""] {
            assert!(seats(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_recording_without_a_known_ending_is_refused() {
        assert!(rehearsal(&["--record", "show.avi"]).is_err());
        assert!(rehearsal(&["--record", "show.mkv"]).unwrap().record.unwrap().is_absolute());
    }
}
