//! How a seat on another machine stands to the show, and the way back in.

use studio_wire::engine::LostWhy;
use studio_wire::view::SeatLink;
use studio_wire::{Command, HereCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::components::icon::{Icon, Size, Spinner};
use crate::words::word;

/// A line under the top bar while the seat is not simply in.
#[component(inline_props)]
pub fn SeatBanner(studio: Studio) -> View {
    let seat = studio.store.seat;
    let told = create_selector(move || state(seat.get()));
    View::from_dynamic(move || {
        let Some([name, title, body]) = told.get() else { return View::new() };
        let (title, body) = (word(title), word(body));
        let over = matches!(seat.get_untracked(), SeatLink::Over(_));
        let (sign, severity, role) = if over {
            (view! { Icon(name="circle-alert", size=Size::Row) }, "fault", "alert")
        } else {
            (view! { Spinner(size=Size::Row) }, "busy", "status")
        };
        let again = if over { again(studio) } else { View::new() };
        view! {
            div(
                class="banner", role=role, data-test="seat-banner", data-seat=name, data-severity=severity,
            ) {
                (sign)
                span(class="banner-title") { (title) }
                span(class="banner-text") { (body) }
                (again)
            }
        }
    })
}

fn again(studio: Studio) -> View {
    let face = Face::new(Kind::Primary, "come-back", word("seat-again")).icon("rotate-ccw").small();
    view! { Button(face=face, refusal=free(), press=move || studio.ask(Command::Here(HereCommand::ComeBack))) }
}

/// What is to be told, if anything is: its name, title and body.
const fn state(seat: SeatLink) -> Option<[&'static str; 3]> {
    Some(match seat {
        SeatLink::Own | SeatLink::In => return None,
        SeatLink::Coming => ["coming", "seat-coming", "seat-coming-body"],
        SeatLink::HostAway => ["host-away", "seat-host-away", "seat-host-away-body"],
        SeatLink::Resuming => ["resuming", "seat-resuming", "seat-resuming-body"],
        SeatLink::Over(LostWhy::Duplicate) => ["duplicate", "seat-duplicate", "seat-duplicate-body"],
        SeatLink::Over(LostWhy::Removed) => ["removed", "seat-removed", "seat-removed-body"],
        SeatLink::Over(LostWhy::Refused) => ["refused", "seat-refused", "seat-refused-body"],
        SeatLink::Over(LostWhy::Away) => ["away", "seat-away", "seat-away-body"],
    })
}
