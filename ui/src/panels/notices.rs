//! What went wrong: a banner for what stands and concerns the whole show, a toast for one act.

use studio_wire::Fault;
use studio_wire::ShowTime;
use studio_wire::fault::Severity;
use studio_wire::view::{BroadcastView, Notice};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::notice::{Banner, Telling, Toast};
use crate::local::SHOWN;
use crate::store::Store;
use crate::words::{self, word};

const MOST: usize = 3;

/// Banners, under the top bar.
#[component(inline_props)]
pub fn Banners(studio: Studio) -> View {
    let (store, local) = (studio.store, studio.local);
    let tellings = create_selector(move || {
        let silent = local.unreachable.get().then(silent);
        let ended = store.broadcast.with(ended);
        let standing = store.notices.with(|all| banners(all, ended.as_ref().map(|(fault, _)| fault)));
        let ended = ended.map(|(fault, _)| telling(store, None, &fault, 1));
        silent.into_iter().chain(ended).chain(standing.iter().map(|one| told(store, one))).collect::<Vec<_>>()
    });
    view! {
        Keyed(list=tellings, key=|one| (one.key, one.code), view=move |one| view! {
            Banner(telling=one, close=word("dismiss"), dismiss=move |key| studio.dismiss(key))
        })
    }
}

/// Toasts, at the top end of the stage.
#[component(inline_props)]
pub fn Toasts(studio: Studio) -> View {
    let (store, local) = (studio.store, studio.local);
    let tellings = create_selector(move || {
        let (core, here, now) = (store.notices.get_clone(), local.refusals.get_clone(), local.now.get());
        let ended = store.broadcast.with(ended).map(|(fault, _)| fault);
        toasts(&core, &here, ended.as_ref(), now).iter().map(|one| told(store, one)).collect::<Vec<_>>()
    });
    let label = word("region-notices");
    view! {
        div(class="toasts", role="region", aria-label=label, aria-live="polite") {
            Keyed(list=tellings, key=|one| (one.key, one.code), view=move |one| view! {
                Toast(telling=one, close=word("dismiss"), dismiss=move |key| studio.dismiss(key))
            })
        }
    }
}

/// What ended the broadcast.
fn ended(view: &BroadcastView) -> Option<(Fault, ShowTime)> {
    view.fault.clone().map(|fault| (fault, view.since))
}

/// The core itself does not answer, so it cannot say so.
fn silent() -> Telling {
    let (title, body) = (word("unreachable-title"), word("unreachable-body"));
    let words = words::FaultWords { title, body, todo: String::new() };
    Telling { key: None, code: "unreachable", severity: Severity::Fault, words }
}

fn told(store: Store, notice: &Notice) -> Telling {
    telling(store, Some(notice.key), &notice.fault, notice.count)
}

fn telling(store: Store, key: Option<u64>, fault: &Fault, count: u32) -> Telling {
    let mut words = words::fault(fault, |who| store.name_of(who));
    if count > 1 {
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("title", words.title);
        args.set("count", count);
        words.title = words::say("times", &args);
    }
    Telling { key, code: fault.code(), severity: fault.severity(), words }
}

/// Whether a fault is about one person and not about the show.
fn personal(fault: &Fault) -> bool {
    use Fault::{Flooding, MutedByHost, MutedSpeech, PictureStalled, PictureTooLarge, UpdateFailed};
    matches!(
        fault,
        PictureTooLarge { .. }
            | PictureStalled { .. }
            | UpdateFailed { .. }
            | Flooding { .. }
            | MutedByHost { .. }
            | MutedSpeech
    )
}

/// Whether the seat's own banner says it, with the way back.
fn of_the_seat(fault: &Fault) -> bool {
    matches!(fault, Fault::SeatTaken | Fault::SeatRevoked | Fault::SeatRefused)
}

/// What stands and concerns the whole show, the newest three; what ended it is told already.
fn banners(all: &[Notice], ended: Option<&Fault>) -> Vec<Notice> {
    let standing = all.iter().rev().filter(|one| one.standing && !personal(&one.fault));
    let standing = standing.filter(|one| !of_the_seat(&one.fault));
    standing.filter(|one| Some(&one.fault) != ended).take(MOST).cloned().collect()
}

/// The newest three of the rest; what is no fault leaves after six seconds.
fn toasts(core: &[Notice], here: &[Notice], ended: Option<&Fault>, now: ShowTime) -> Vec<Notice> {
    let banner = |one: &Notice| one.standing && !personal(&one.fault);
    let own = here.iter().filter(|one| !core.iter().any(|other| other.fault == one.fault));
    let mut shown: Vec<&Notice> = core.iter().filter(|one| !banner(one)).chain(own).collect();
    shown.retain(|one| one.fault.severity() == Severity::Fault || now.since(one.at) < SHOWN);
    shown.retain(|one| Some(&one.fault) != ended);
    shown.sort_by_key(|one| std::cmp::Reverse(one.at));
    shown.into_iter().take(MOST).cloned().collect()
}

#[cfg(test)]
mod tests {
    use studio_wire::Identity;
    use studio_wire::rtc::RoomKind;

    use super::*;

    fn notice(key: u64, fault: Fault, at_s: u64, standing: bool) -> Notice {
        Notice { key, fault, count: 1, at: ShowTime::from_ms(at_s * 1_000), standing }
    }

    fn keys(all: &[Notice]) -> Vec<u64> {
        all.iter().map(|one| one.key).collect()
    }

    #[test]
    fn a_warning_leaves_after_six_seconds_and_a_fault_stays() {
        let all = [notice(1, Fault::CoreRestarted, 10, false), notice(2, Fault::StoreFailed, 10, false)];
        assert_eq!(keys(&toasts(&all, &[], None, ShowTime::from_ms(15_900))), [1, 2]);
        assert_eq!(keys(&toasts(&all, &[], None, ShowTime::from_ms(16_000))), [2]);
    }

    #[test]
    fn at_most_the_newest_three_toasts_are_shown() {
        let all: Vec<_> = (0..5).map(|at| notice(at, Fault::StoreFailed, at, false)).collect();
        assert_eq!(keys(&toasts(&all, &[], None, ShowTime::from_ms(9_000))), [4, 3, 2]);
    }

    #[test]
    fn what_stands_for_the_whole_show_is_a_banner_and_what_concerns_one_person_is_not() {
        let lost = notice(1, Fault::RoomLost { room: RoomKind::Air }, 1, true);
        let stalled = notice(2, Fault::PictureStalled { person: Identity::from("leo") }, 1, true);
        let all = [lost, stalled];
        assert_eq!(keys(&banners(&all, None)), [1]);
        assert_eq!(keys(&toasts(&all, &[], None, ShowTime::from_ms(2_000))), [2]);
    }

    #[test]
    fn a_refusal_that_the_core_tells_too_is_told_once() {
        let core = [notice(1, Fault::Busy, 1, false)];
        let here = [notice(1 << 63, Fault::Busy, 1, false)];
        assert_eq!(keys(&toasts(&core, &here, None, ShowTime::from_ms(2_000))), [1]);
    }

    #[test]
    fn what_ended_the_show_is_told_once() {
        let fault = Fault::MediaFailed;
        let all = [notice(1, fault.clone(), 1, true), notice(2, fault.clone(), 1, false)];
        assert!(banners(&all, Some(&fault)).is_empty());
        assert!(toasts(&all, &[], Some(&fault), ShowTime::from_ms(2_000)).is_empty());
    }
}
