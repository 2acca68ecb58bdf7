//! The close look: every part of one strip, or of the program's bus.

use studio_wire::mixer::{ProgramBus, Strip, StripPart, VoiceCare};
use studio_wire::rtc::TrackKind;
use sycamore::prelude::*;

use super::parts::{self, Part, Target};
use crate::app::Studio;
use crate::components::curve;
use crate::components::slider::Toggle;
use crate::local::Close;
use crate::local::desk::Channel;
use crate::words::word;

/// What is looked at closely, or nothing.
pub fn close(studio: Studio) -> View {
    let close = studio.local.close;
    View::from_dynamic(move || {
        let close = close.get_clone();
        untrack(|| match close {
            None => View::new(),
            Some(Close::Strip(channel)) => of_strip(studio, channel),
            Some(Close::Program) => of_program(studio),
        })
    })
}

fn frame(label: String, sections: Vec<View>) -> View {
    view! { div(class="close", role="group", aria-label=label, data-test="mixer-close-look") { (sections) } }
}

fn of_strip(studio: Studio, channel: Channel) -> View {
    let shown = studio.strip_shown(channel.clone());
    let aim = |part: fn(&Strip) -> StripPart| {
        let channel = channel.clone();
        Target::new(shown, move |strip: Strip| studio.turn_strip(channel.clone(), strip, part(&strip)))
    };
    let me = studio.store.me.with(|me| me.as_ref().map(|me| me.identity.clone()));
    let own = channel.1 == TrackKind::Microphone && me.as_ref() == Some(&channel.0);
    let mut sections = Vec::new();
    if own {
        sections.push(voice(&aim(|strip| StripPart::Care(strip.care))));
    }
    sections.push(gate(&aim(|strip| StripPart::Gate(strip.gate))));
    sections.push(eq(&aim(|strip| StripPart::Eq(strip.eq))));
    sections.push(compressor(&aim(|strip| StripPart::Compressor(strip.compressor))));
    sections.push(limiter(&aim(|strip| StripPart::Limiter(strip.limiter))));
    let pan = aim(|strip| StripPart::Pan(strip.pan)).line(
        parts::PAN,
        |strip| strip.pan,
        |strip, to| strip.pan = to,
    );
    let delay = aim(|strip| StripPart::Delay(strip.delay_ms)).line(
        parts::DELAY,
        |strip| strip.delay_ms,
        |strip, to| strip.delay_ms = to,
    );
    sections.push(parts::section("part-place", None, vec![pan, delay]));
    frame(word("mixer-parts"), sections)
}

fn voice(target: &Target<Strip>) -> View {
    let one = |name: &'static str, hint: &str, get: fn(VoiceCare) -> bool, put: fn(&mut VoiceCare, bool)| {
        let target = target.clone();
        let shown = target.shown;
        let on = create_selector(move || shown.with(|strip| get(strip.care)));
        view! {
            Toggle(
                label=word(name), hint=word(hint), test=name, on=on,
                press=move |on| target.change(|strip| put(&mut strip.care, on)),
            )
        }
    };
    let all = vec![
        one("care-noise", "care-noise-hint", |care| care.noise, |care, on| care.noise = on),
        one("care-echo", "care-echo-hint", |care| care.echo, |care, on| care.echo = on),
        one("care-gain", "care-gain-hint", |care| care.gain, |care, on| care.gain = on),
    ];
    parts::section("part-voice", None, all)
}

fn gate(target: &Target<Strip>) -> View {
    let on =
        target.switch(["part-gate", "part-gate-hint"], |strip| strip.gate.on, |strip, on| strip.gate.on = on);
    let line = |part: Part, get: fn(&Strip) -> f32, put: fn(&mut Strip, f32)| target.line(part, get, put);
    let all = vec![
        line(
            parts::GATE_OPEN,
            |strip| strip.gate.open_db,
            |strip, to| {
                strip.gate.open_db = to;
                strip.gate.shut_db = strip.gate.shut_db.min(to);
            },
        ),
        line(
            parts::GATE_SHUT,
            |strip| strip.gate.shut_db,
            |strip, to| {
                strip.gate.shut_db = to.min(strip.gate.open_db);
            },
        ),
        line(parts::GATE_ATTACK, |strip| strip.gate.attack_ms, |strip, to| strip.gate.attack_ms = to),
        line(parts::GATE_HOLD, |strip| strip.gate.hold_ms, |strip, to| strip.gate.hold_ms = to),
        line(parts::GATE_RELEASE, |strip| strip.gate.release_ms, |strip, to| strip.gate.release_ms = to),
        line(parts::GATE_FLOOR, |strip| strip.gate.floor_db, |strip, to| strip.gate.floor_db = to),
    ];
    parts::section("part-gate", Some(on), all)
}

fn eq(target: &Target<Strip>) -> View {
    let on = target.switch(["part-eq", "part-eq-hint"], |strip| strip.eq.on, |strip, on| strip.eq.on = on);
    let shown = target.shown;
    let path = create_selector(move || shown.with(|strip| curve::path(&strip.eq)));
    let band = create_signal(2_usize);
    let picks = (0..5_usize).map(|at| parts::band_pick(shown, band, at)).collect::<Vec<_>>();
    let target = target.clone();
    let lines = View::from_dynamic(move || {
        let at = band.get();
        untrack(|| parts::band_lines(&target, at))
    });
    let (label, group) = (word("eq-curve"), word("eq-bands"));
    let all = vec![
        view! { curve::Curve(path=path, label=label) },
        view! { div(class="segments band-picks", role="group", aria-label=group) { (picks) } },
        lines,
    ];
    parts::section("part-eq", Some(on), all)
}

fn compressor(target: &Target<Strip>) -> View {
    let on = target.switch(
        ["part-compressor", "part-compressor-hint"],
        |strip| strip.compressor.on,
        |strip, on| strip.compressor.on = on,
    );
    let line = |part: Part, get: fn(&Strip) -> f32, put: fn(&mut Strip, f32)| target.line(part, get, put);
    let all = vec![
        line(
            parts::THRESHOLD,
            |strip| strip.compressor.threshold_db,
            |strip, to| strip.compressor.threshold_db = to,
        ),
        line(parts::RATIO, |strip| strip.compressor.ratio, |strip, to| strip.compressor.ratio = to),
        line(parts::KNEE, |strip| strip.compressor.knee_db, |strip, to| strip.compressor.knee_db = to),
        line(parts::ATTACK, |strip| strip.compressor.attack_ms, |strip, to| strip.compressor.attack_ms = to),
        line(
            parts::RELEASE,
            |strip| strip.compressor.release_ms,
            |strip, to| strip.compressor.release_ms = to,
        ),
        line(parts::MAKEUP, |strip| strip.compressor.makeup_db, |strip, to| strip.compressor.makeup_db = to),
    ];
    parts::section("part-compressor", Some(on), all)
}

fn limiter(target: &Target<Strip>) -> View {
    let on = target.switch(
        ["part-limiter", "part-limiter-hint"],
        |strip| strip.limiter.on,
        |strip, on| strip.limiter.on = on,
    );
    let all = vec![
        target.line(
            parts::CEILING,
            |strip| strip.limiter.ceiling_db,
            |strip, to| strip.limiter.ceiling_db = to,
        ),
        target.line(
            parts::LIMITER_RELEASE,
            |strip| strip.limiter.release_ms,
            |strip, to| strip.limiter.release_ms = to,
        ),
    ];
    parts::section("part-limiter", Some(on), all)
}

fn of_program(studio: Studio) -> View {
    let target = Target::new(studio.program_shown(), move |bus: ProgramBus| studio.turn_program(bus));
    let on = target.switch(
        ["part-ducking", "part-ducking-hint"],
        |bus| bus.ducking.on,
        |bus, on| bus.ducking.on = on,
    );
    let line =
        |part: Part, get: fn(&ProgramBus) -> f32, put: fn(&mut ProgramBus, f32)| target.line(part, get, put);
    let ducking = vec![
        line(parts::DUCK_THRESHOLD, |bus| bus.ducking.threshold_db, |bus, to| bus.ducking.threshold_db = to),
        line(parts::DUCK_BY, |bus| bus.ducking.by_db, |bus, to| bus.ducking.by_db = to),
        line(parts::DUCK_ATTACK, |bus| bus.ducking.attack_ms, |bus, to| bus.ducking.attack_ms = to),
        line(parts::DUCK_HOLD, |bus| bus.ducking.hold_ms, |bus, to| bus.ducking.hold_ms = to),
        line(parts::DUCK_RELEASE, |bus| bus.ducking.release_ms, |bus, to| bus.ducking.release_ms = to),
    ];
    let ceiling = line(parts::TRUE_PEAK, |bus| bus.ceiling_db, |bus, to| bus.ceiling_db = to);
    let sections = vec![
        parts::section("part-ducking", Some(on), ducking),
        parts::section("part-true-peak", None, vec![ceiling]),
    ];
    frame(word("bus-program-parts"), sections)
}
