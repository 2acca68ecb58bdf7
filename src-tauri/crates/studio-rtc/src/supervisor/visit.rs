//! What a seat's port has been given, by its seat file and by the host.

use std::collections::BTreeMap;

use studio_wire::engine::Token;
use studio_wire::rtc::RoomKind;

use super::holders::Holders;
use crate::protocol::{Gift, RoomPass};
use crate::seat::SeatToken;
use crate::secret::Secret;

/// A seat at somebody else's show.
pub(super) struct Visit {
    /// **Nobody else is ever gone to:** what the host says of addresses is not followed.
    addresses: Vec<String>,
    /// The newest of each room.
    tokens: BTreeMap<RoomKind, Token>,
    /// Shows the host that it is still us.
    secret: Option<Secret>,
}

impl Visit {
    pub fn new(seat: &SeatToken) -> Self {
        let tokens = BTreeMap::from([(seat.role.room(), seat.token.clone())]);
        // Without one the host gives us one.
        let secret = Holders::secret().inspect_err(|error| tracing::error!(%error, "no secret")).ok();
        Self { addresses: seat.addresses(), tokens, secret }
    }

    /// Addresses and token for a room; nothing while the host has not let us in.
    pub fn pass(&self, room: RoomKind) -> Option<(Vec<String>, Token)> {
        Some((self.addresses.clone(), self.tokens.get(&room)?.clone()))
    }

    /// How many addresses there are.
    pub fn nodes(&self) -> usize {
        self.addresses.len()
    }

    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// The server has renewed a room's token.
    pub fn renew(&mut self, room: RoomKind, token: Token) {
        self.tokens.insert(room, token);
    }

    /// The host lets us into a room.
    pub fn admit(&mut self, pass: RoomPass) {
        self.renew(pass.room, pass.token);
    }

    /// Takes what came with a welcome.
    pub fn take(&mut self, gift: Gift) {
        gift.passes.into_iter().for_each(|pass| self.admit(pass));
        if gift.holder.is_some() {
            self.secret = gift.holder;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(role: &str) -> Visit {
        let file =
            format!(r#"{{"url":"ws://127.0.0.1:1","token":"first","identity":"ana","role":"{role}"}}"#);
        Visit::new(&SeatToken::parse(&file).unwrap())
    }

    fn pass(room: RoomKind, token: &str) -> RoomPass {
        let url = "wss://elsewhere.example".to_owned();
        RoomPass { room, urls: vec![url.clone()], url, token: Token(token.into()) }
    }

    fn token(visit: &Visit, room: RoomKind) -> Option<String> {
        visit.pass(room).map(|(_, token)| token.0)
    }

    #[test]
    fn a_seat_opens_the_room_of_its_role_and_the_other_one_when_the_host_says_so() {
        assert_eq!(token(&visit("viewer"), RoomKind::Crew), None);
        assert_eq!(token(&visit("viewer"), RoomKind::Air), Some("first".into()));
        let mut guest = visit("guest");
        assert_eq!(token(&guest, RoomKind::Air), None);
        guest.take(Gift { holder: None, passes: vec![pass(RoomKind::Air, "air")] });
        assert_eq!(token(&guest, RoomKind::Air), Some("air".into()));
        assert_eq!(token(&guest, RoomKind::Crew), Some("first".into()));
    }

    #[test]
    fn the_newest_token_is_used_and_no_other_address_than_the_files() {
        let mut guest = visit("guest");
        guest.renew(RoomKind::Crew, Token("second".into()));
        assert_eq!(token(&guest, RoomKind::Crew), Some("second".into()));
        guest.admit(pass(RoomKind::Crew, "third"));
        let third = (vec!["ws://127.0.0.1:1".to_owned()], Token("third".into()));
        assert_eq!(guest.pass(RoomKind::Crew), Some(third));
    }

    #[test]
    fn a_seat_has_a_secret_of_its_own_and_keeps_it_until_it_is_given_another() {
        let mut guest = visit("guest");
        let own = guest.secret().cloned().unwrap();
        assert_ne!(visit("guest").secret(), Some(&own));
        guest.take(Gift::default());
        assert_eq!(guest.secret(), Some(&own));
        guest.take(Gift { holder: Some(Secret::new("given")), passes: Vec::new() });
        assert_eq!(guest.secret(), Some(&Secret::new("given")));
    }
}
