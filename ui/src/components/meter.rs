//! Level meters: −60 … 0 dBFS, teal, amber, orange; only transforms move.

use std::cell::RefCell;

use sycamore::prelude::*;

use crate::bridge;

/// Below this the meter is empty.
pub const FLOOR: f32 = -60.0;
const HOLD_MS: f64 = 2_000.0;
/// 40 dB in 1.7 s.
const FALL: f64 = 40.0 / 1_700.0;

/// Where a level stands on the meter, 0 … 1.
pub fn share(dbfs: f32) -> f32 {
    ((dbfs - FLOOR) / -FLOOR).clamp(0.0, 1.0)
}

/// A level as it is written: one decimal and a true minus, or `None` for silence.
pub fn figure(dbfs: f32) -> Option<String> {
    (dbfs > -100.0).then(|| format!("{dbfs:.1}").replace('-', "\u{2212}"))
}

/// How a meter moves: up at once, down steadily, its highest value held for two seconds.
#[derive(Clone, Copy, Debug)]
pub struct Ballistics {
    shown: f32,
    at: f64,
    peak: f32,
    peak_at: f64,
}

impl Default for Ballistics {
    fn default() -> Self {
        Self { shown: -120.0, at: 0.0, peak: -120.0, peak_at: 0.0 }
    }
}

impl Ballistics {
    /// Takes in a level; gives what to show and the held peak.
    pub fn take(&mut self, dbfs: f32, now_ms: f64) -> (f32, f32) {
        let fallen = self.shown - ((now_ms - self.at).max(0.0) * FALL) as f32;
        (self.shown, self.at) = (fallen.max(dbfs), now_ms);
        if dbfs >= self.peak || now_ms - self.peak_at > HOLD_MS {
            (self.peak, self.peak_at) = (self.shown, now_ms);
        }
        (self.shown, self.peak)
    }
}

/// A lying meter with its held peak.
#[component(inline_props)]
pub fn Meter(level: ReadSignal<f32>) -> View {
    let (cover, peak) = (create_node_ref(), create_node_ref());
    moving(level, move |shown, held| {
        if let (Some(cover), Some(peak)) = (cover.try_get(), peak.try_get()) {
            bridge::style(&cover, "transform", &format!("scaleX({:.3})", 1.0 - share(shown)));
            let held = share(held);
            bridge::style(&peak, "transform", &format!("translateX({:.2}%)", held * 98.0));
            bridge::style(&peak, "opacity", if held > 0.0 { "1" } else { "0" });
        }
    });
    view! {
        div(class="meter", aria-hidden="true") {
            div(class="meter-cover", r#ref=cover)
            div(class="meter-peak", r#ref=peak)
        }
    }
}

/// The two small standing bars of an own control.
#[component(inline_props)]
pub fn Bars(level: ReadSignal<f32>) -> View {
    let (left, right) = (create_node_ref(), create_node_ref());
    moving(level, move |shown, _| {
        for node in [left, right].into_iter().filter_map(|node| node.try_get()) {
            bridge::style(&node, "transform", &format!("scaleY({:.3})", 1.0 - share(shown)));
        }
    });
    view! {
        span(class="bars", aria-hidden="true") {
            span(class="meter-up") { div(class="meter-cover", r#ref=left) }
            span(class="meter-up") { div(class="meter-cover", r#ref=right) }
        }
    }
}

/// Calls `show` with level and held peak after each new level, once the page is there.
fn moving(level: ReadSignal<f32>, show: impl Fn(f32, f32) + 'static) {
    let motion = RefCell::new(Ballistics::default());
    if is_ssr!() {
        return;
    }
    on_mount(move || {
        create_effect(move || {
            let (shown, held) = motion.borrow_mut().take(level.get(), bridge::now());
            show(shown, held);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_rises_at_once_falls_steadily_and_holds_its_peak_for_two_seconds() {
        let mut motion = Ballistics::default();
        assert_eq!(motion.take(-10.0, 0.0), (-10.0, -10.0));
        let (shown, held) = motion.take(-60.0, 850.0);
        assert!((shown + 30.0).abs() < 0.01, "{shown}");
        assert_eq!(held, -10.0);
        let (_, held) = motion.take(-60.0, 2_100.0);
        assert!(held < -50.0, "{held}");
    }

    #[test]
    fn silence_has_no_figure_and_a_level_is_written_with_a_true_minus() {
        assert_eq!(figure(-120.0), None);
        assert_eq!(figure(-16.24).as_deref(), Some("\u{2212}16.2"));
        assert_eq!((share(-90.0), share(-30.0), share(3.0)), (0.0, 0.5, 1.0));
    }
}
