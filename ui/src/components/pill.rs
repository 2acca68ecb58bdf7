//! The state of the broadcast and of the recording, readable at one glance.

use studio_wire::ShowTime;
use studio_wire::view::StateName;
use sycamore::prelude::*;

use super::Text;
use super::icon::{Icon, Size, Spinner};

/// `00:25:14`.
pub fn clock(elapsed: ShowTime) -> String {
    let seconds = elapsed.ms() / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// One of the seven states. The time is shown where something goes on.
#[component(inline_props)]
pub fn StatePill(state: StateName, label: String, time: Text) -> View {
    let (class, sign) = match state {
        StateName::Idle | StateName::Ready => ("pill", view! { span(class="dot dot-hollow") }),
        StateName::Live => ("pill pill-live", view! { span(class="dot") }),
        StateName::Error => ("pill pill-fault", view! { Icon(name="circle-alert", size=Size::Row) }),
        StateName::Initializing | StateName::Starting | StateName::Stopping => {
            ("pill pill-busy", view! { Spinner(size=Size::Row) })
        }
    };
    let timed = !matches!(state, StateName::Idle | StateName::Ready | StateName::Error);
    let timer = if timed {
        view! { span(class="figure", role="timer", data-test="timer") { (time) } }
    } else {
        View::new()
    };
    let word = state.word();
    view! {
        div(class=class, data-test="state", data-state=word) { (sign) span(role="status") { (label) } (timer) }
    }
}

/// Beside the state, never merged with it: a file is being written.
#[component(inline_props)]
pub fn RecPill(label: String, time: Text) -> View {
    view! {
        div(class="pill pill-rec", data-test="rec") {
            span(class="dot dot-program")
            span { (label) }
            span(class="figure", data-test="rec-timer") { (time) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_with_hours_that_do_not_end_at_a_day() {
        assert_eq!(clock(ShowTime::from_ms(1_514_999)), "00:25:14");
        assert_eq!(clock(ShowTime::from_ms(100 * 3_600_000)), "100:00:00");
    }

    #[test]
    fn only_a_state_that_goes_on_shows_a_time() {
        let shown = |state| {
            sycamore::render_to_string(move || {
                let time = *create_signal("00:00:07".to_owned());
                view! { StatePill(state=state, label="L".to_owned(), time=time) }
            })
        };
        assert!(shown(StateName::Live).contains("00:00:07"));
        assert!(shown(StateName::Starting).contains("00:00:07"));
        assert!(!shown(StateName::Ready).contains("00:00:07"));
        assert!(shown(StateName::Live).contains("data-state=\"live\""));
    }
}
