//! What a robot is told.

use serde::Deserialize;
use studio_wire::engine::{Room, Token};

/// Where a robot sits, and which one it is. One JSON object on one line.
#[derive(Clone, Debug, Deserialize)]
pub struct Seat {
    url: String,
    token: Token,
    /// As the token says; for the robot's own words.
    pub identity: String,
    /// Decides its pitch and when it flashes.
    pub k: u32,
    /// A viewer's seat, for the one that watches the program as well.
    #[serde(default)]
    program: Option<Program>,
}

#[derive(Clone, Debug, Deserialize)]
struct Program {
    url: String,
    token: Token,
}

impl Seat {
    /// The room to be a guest in.
    pub fn crew(&self) -> Room {
        Room { url: self.url.clone(), token: self.token.clone() }
    }

    /// The room to watch the program in, if any.
    pub fn air(&self) -> Option<Room> {
        self.program.as_ref().map(|air| Room { url: air.url.clone(), token: air.token.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_read_from_one_line_and_shows_no_token() {
        let line =
            r#"{"url":"ws://127.0.0.1:7880","token":"eyJsecret","identity":"robot-3","k":3,"program":null}"#;
        let seat: Seat = serde_json::from_str(line).unwrap();
        assert_eq!((seat.identity.as_str(), seat.k, seat.air()), ("robot-3", 3, None));
        let line = line.replace("null", r#"{"url":"ws://127.0.0.1:7880","token":"eyJother"}"#);
        let seat: Seat = serde_json::from_str(&line).unwrap();
        assert_eq!(seat.air().unwrap().token.0, "eyJother");
        assert!(!format!("{seat:?}").contains("eyJ"));
    }
}
