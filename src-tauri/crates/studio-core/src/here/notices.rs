//! Notices: what stands or has just happened, each once, counted.
//!
//! The same thing twice is the same code about the same subject. A standing notice goes when its cause
//! does; the others stay until dismissed or pushed out by newer ones.

use studio_wire::fault::Fault;
use studio_wire::time::ShowTime;
use studio_wire::view::Notice;

/// Notices shown at most.
const MOST: usize = 20;

/// Newest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices {
    list: Vec<Notice>,
    keys: u64,
}

impl Notices {
    /// Something happened.
    pub fn tell(&mut self, fault: Fault, at: ShowTime) {
        self.put(fault, at, false);
    }

    /// Something is wrong from now on, until [`Notices::clear`].
    pub fn stand(&mut self, fault: Fault, at: ShowTime) {
        self.put(fault, at, true);
    }

    fn put(&mut self, fault: Fault, at: ShowTime, standing: bool) {
        let same = self.list.iter().position(|notice| same(&notice.fault, &fault));
        let mut notice = match same {
            Some(there) => self.list.remove(there),
            None => {
                self.keys += 1;
                Notice { key: self.keys, fault: fault.clone(), count: 0, at, standing }
            }
        };
        notice.count = notice.count.saturating_add(1);
        (notice.fault, notice.at) = (fault, at);
        notice.standing |= standing;
        self.list.push(notice);
        if self.list.len() > MOST {
            let oldest = self.list.iter().position(|notice| !notice.standing).unwrap_or(0);
            self.list.remove(oldest);
        }
    }

    /// Of all notices of this kind, that one stands while it is true, and no other.
    pub fn hold(&mut self, fault: Option<Fault>, of: impl Fn(&Fault) -> bool, at: ShowTime) {
        self.clear(|standing| of(standing) && Some(standing) != fault.as_ref());
        if let Some(fault) = fault
            && !self.list.iter().any(|notice| notice.standing && notice.fault == fault)
        {
            self.stand(fault, at);
        }
    }

    /// The causes of these standing notices ended.
    pub fn clear(&mut self, ended: impl Fn(&Fault) -> bool) {
        self.list.retain(|notice| !(notice.standing && ended(&notice.fault)));
    }

    /// Somebody has read it.
    pub fn dismiss(&mut self, key: u64) {
        self.list.retain(|notice| notice.key != key);
    }

    pub fn list(&self) -> &[Notice] {
        &self.list
    }
}

/// The same code about the same subject; figures in it may differ.
fn same(a: &Fault, b: &Fault) -> bool {
    use Fault::{
        DiskFull, DiskLow, EngineLost, Flooding, FolderMissing, FolderReadOnly, MutedByHost, PictureStalled,
        PictureTooLarge, PreferenceBroken, RoomLooping, RoomLost, RoomRefused, SeatContested, TookTooLong,
        UpdateFailed,
    };
    match (a, b) {
        (EngineLost { room: a }, EngineLost { room: b })
        | (RoomLost { room: a }, RoomLost { room: b })
        | (RoomLooping { room: a }, RoomLooping { room: b })
        | (RoomRefused { room: a, .. }, RoomRefused { room: b, .. }) => a == b,
        (PictureTooLarge { person: a, .. }, PictureTooLarge { person: b, .. })
        | (PictureStalled { person: a }, PictureStalled { person: b })
        | (SeatContested { person: a }, SeatContested { person: b })
        | (UpdateFailed { person: a, .. }, UpdateFailed { person: b, .. })
        | (Flooding { person: a, .. }, Flooding { person: b, .. }) => a == b,
        (MutedByHost { kind: a }, MutedByHost { kind: b }) => a == b,
        (DiskLow { path: a, .. }, DiskLow { path: b, .. })
        | (DiskFull { path: a }, DiskFull { path: b })
        | (FolderMissing { path: a }, FolderMissing { path: b })
        | (FolderReadOnly { path: a }, FolderReadOnly { path: b }) => a == b,
        (PreferenceBroken { group: a }, PreferenceBroken { group: b }) => a == b,
        (TookTooLong { act: a }, TookTooLong { act: b }) => a == b,
        (a, b) => a.code() == b.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_wire::rtc::RoomKind;

    fn at(ms: u64) -> ShowTime {
        ShowTime::from_ms(ms)
    }

    #[test]
    fn the_same_thing_twice_is_counted_and_another_subject_is_another_notice() {
        let mut notices = Notices::default();
        notices.tell(Fault::DiskLow { path: "/a".into(), seconds: 60 }, at(1));
        notices.tell(Fault::DiskLow { path: "/b".into(), seconds: 60 }, at(2));
        notices.tell(Fault::DiskLow { path: "/a".into(), seconds: 50 }, at(3));
        let shown: Vec<_> = notices.list().iter().map(|n| (n.key, n.count, n.fault.clone())).collect();
        assert_eq!(shown[0], (2, 1, Fault::DiskLow { path: "/b".into(), seconds: 60 }));
        assert_eq!(shown[1], (1, 2, Fault::DiskLow { path: "/a".into(), seconds: 50 }));
    }

    #[test]
    fn clearing_takes_only_what_stands() {
        let mut notices = Notices::default();
        notices.stand(Fault::EngineLost { room: RoomKind::Crew }, at(1));
        notices.stand(Fault::EngineLost { room: RoomKind::Air }, at(1));
        notices.tell(Fault::StoreFailed, at(1));
        notices.clear(|fault| *fault != Fault::EngineLost { room: RoomKind::Air });
        let left: Vec<_> = notices.list().iter().map(|notice| notice.fault.code()).collect();
        assert_eq!(left, ["engine_lost", "store_failed"]);
    }

    #[test]
    fn telling_again_of_what_stands_leaves_it_standing() {
        let mut notices = Notices::default();
        notices.stand(Fault::ServerLost, at(1));
        notices.tell(Fault::ServerLost, at(2));
        notices.clear(|_| true);
        assert_eq!(notices.list(), []);
    }

    #[test]
    fn at_most_twenty_are_shown_and_standing_ones_outlast_the_rest() {
        let mut notices = Notices::default();
        notices.stand(Fault::ServerLost, at(0));
        for n in 0..40 {
            notices.tell(Fault::PictureStalled { person: format!("guest-{n}").as_str().into() }, at(n));
        }
        assert_eq!(notices.list().len(), MOST);
        assert_eq!(notices.list()[0].fault, Fault::ServerLost);
    }
}
