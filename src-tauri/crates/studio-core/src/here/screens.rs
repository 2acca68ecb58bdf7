//! The screens that this machine shares. **None is before its user says so, none is kept for the next show, and one that
//! is gone does not come back by itself: another window may stand where it was.**

use studio_wire::device::{DeviceState, MOST_SCREENS, ScreenSubject, ScreenWant, SharedScreen};
use studio_wire::engine::Publish;
use studio_wire::fault::Fault;
use studio_wire::ids::SourceId;
use studio_wire::media::{Feed, Wiring};

use super::outputs;
use crate::text;

/// The source of the shared screen in the first place; the others follow.
const FIRST: u32 = 8;

/// The shared screens, each in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screens {
    places: [Option<Shared>; MOST_SCREENS],
    /// So many were shared so far: the numbers are given once.
    given: u32,
    /// Places that were ever filled in this show: what was published stays published, muted.
    used: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Shared {
    share: u32,
    subject: ScreenSubject,
    title: String,
    cursor: bool,
    flowing: bool,
}

impl Screens {
    /// Nothing is shared, as at the beginning of a show.
    pub fn reset(&mut self) {
        *self = Self { given: self.given, ..Self::default() };
    }

    /// Whether one more can be shared.
    pub fn ready(&self) -> Result<(), Fault> {
        let full = self.places.iter().all(Option::is_some);
        if full { Err(Fault::ScreensFull { most: MOST_SCREENS as u32 }) } else { Ok(()) }
    }

    /// Shares one more, where there is a place. Its title is another program's: cut rather than refused.
    pub fn share(&mut self, subject: ScreenSubject, title: &str, cursor: bool) {
        let title = text::name(title, "");
        if let Some(at) = self.places.iter().position(Option::is_none) {
            self.given += 1;
            self.used = self.used.max(at + 1);
            self.places[at] = Some(Shared { share: self.given, subject, title, cursor, flowing: false });
        }
    }

    /// Stops one, or all of them; whether there was any to stop.
    pub fn stop(&mut self, share: Option<u32>) -> bool {
        let meant = |shared: &mut Shared| share.is_none_or(|share| share == shared.share);
        self.places.iter_mut().filter_map(|place| place.take_if(meant)).count() > 0
    }

    /// What became of one; why it is not shared any more.
    pub fn hear(&mut self, share: u32, state: DeviceState) -> Option<Fault> {
        let place =
            self.places.iter_mut().find(|place| place.as_ref().is_some_and(|one| one.share == share))?;
        match state {
            DeviceState::Open => {
                if let Some(shared) = place {
                    shared.flowing = true;
                }
                None
            }
            DeviceState::Lost(why) => {
                place.take().map(|Shared { title, .. }| Fault::ScreenLost { title, why })
            }
        }
    }

    /// The server has muted what is published from this place: it is not shared any more. Whether it was.
    pub fn cut(&mut self, place: usize) -> bool {
        self.places.get_mut(place).and_then(Option::take).is_some()
    }

    /// Whether anything is shared.
    pub fn any(&self) -> bool {
        self.places.iter().any(Option::is_some)
    }

    /// Their sources, in the order in which they were shared.
    pub fn sources(&self) -> Vec<SourceId> {
        self.in_order().into_iter().map(|(place, _)| source(place)).collect()
    }

    /// Whether a source is open, if it is one of these.
    pub fn open(&self, source: SourceId) -> Option<bool> {
        self.at(source).map(Option::is_some)
    }

    /// Whether pictures of an open one come.
    pub fn gives(&self, source: SourceId) -> bool {
        self.at(source).is_some_and(|place| place.as_ref().is_some_and(|shared| shared.flowing))
    }

    /// What is to be taken in.
    pub fn want(&self) -> Vec<ScreenWant> {
        let wants = self.filled().map(|(place, Shared { share, subject, cursor, .. })| ScreenWant {
            share: *share,
            place: place as u16,
            subject: *subject,
            cursor: *cursor,
        });
        wants.collect()
    }

    /// Where their pictures come from.
    pub fn wirings(&self) -> impl Iterator<Item = Wiring> {
        self.filled().map(|(place, _)| Wiring {
            source: source(place),
            feed: Feed::Screen(place as u16),
            on: true,
            cell: None,
            sound: None,
        })
    }

    /// What is published of them: every place that was ever filled, muted where it is empty.
    pub fn outputs(&self) -> impl Iterator<Item = Publish> {
        let places = self.places.iter().take(self.used).enumerate();
        places.filter_map(|(place, shared)| outputs::screen(place as u16, shared.is_some()))
    }

    /// As they are shown.
    pub fn views(&self) -> Vec<SharedScreen> {
        let view = |shared: &Shared| SharedScreen {
            share: shared.share,
            subject: shared.subject,
            title: shared.title.clone(),
            cursor: shared.cursor,
            flowing: shared.flowing,
        };
        self.in_order().into_iter().map(|(_, shared)| view(shared)).collect()
    }

    fn filled(&self) -> impl Iterator<Item = (usize, &Shared)> {
        self.places.iter().enumerate().filter_map(|(place, shared)| Some((place, shared.as_ref()?)))
    }

    fn in_order(&self) -> Vec<(usize, &Shared)> {
        let mut all: Vec<_> = self.filled().collect();
        all.sort_by_key(|(_, shared)| shared.share);
        all
    }

    fn at(&self, source: SourceId) -> Option<&Option<Shared>> {
        self.places.get(usize::try_from(source.0.checked_sub(FIRST)?).ok()?)
    }
}

fn source(place: usize) -> SourceId {
    SourceId(FIRST + place as u32)
}
