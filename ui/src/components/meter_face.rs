//! All meters of a part of the page on one canvas over it: no element changes when a level does.
//!
//! The places of the meters are elements that carry `data-meter`: `program`, `monitor`, or the number of a source.
//! A frame is painted only after new levels, or while something still falls, and at most thirty a second.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use studio_wire::mixer::MeterView;
use studio_wire::view::Meters;
use sycamore::prelude::*;

use super::meter_paint::{Motion, Patch};
use crate::bridge::{self, canvas::Canvas};

/// Less than this after the last one, a frame is left out.
const FRAME_MS: f64 = 30.0;

/// The name of a source's meter.
pub fn of_source(source: studio_wire::SourceId) -> String {
    source.0.to_string()
}

/// The canvas; it stands last in what it lies over. A change of `resets` forgets what was held.
#[component(inline_props)]
pub fn MeterFace(meters: Signal<Meters>, resets: ReadSignal<u32>, moved: ReadSignal<u32>) -> View {
    let node = create_node_ref();
    if !is_ssr!() {
        on_mount(move || {
            let Some(canvas) = Canvas::open(&node.get()) else { return };
            let face = Rc::new(RefCell::new(Face::new(canvas)));
            let (taking, resetting, moving) = (face.clone(), face.clone(), face.clone());
            create_effect(move || {
                meters.with(|meters| taking.borrow_mut().take(meters, bridge::now()));
                Face::wake(&taking);
            });
            create_effect(on(resets, move || {
                resetting.borrow_mut().reset();
                Face::wake(&resetting);
            }));
            create_effect(on(moved, move || Face::wake(&moving)));
            on_cleanup(move || face.borrow_mut().gone = true);
        });
    }
    view! { canvas(class="meter-face", aria-hidden="true", data-test="meter-face", r#ref=node) }
}

struct Face {
    canvas: Canvas,
    all: HashMap<String, Motion>,
    due: bool,
    painted_ms: f64,
    gone: bool,
}

impl Face {
    fn new(canvas: Canvas) -> Self {
        Self { canvas, all: HashMap::new(), due: false, painted_ms: 0.0, gone: false }
    }

    fn take(&mut self, meters: &Meters, now_ms: f64) {
        let mut one = |name: String, view: MeterView| self.all.entry(name).or_default().take(view, now_ms);
        one("program".to_owned(), meters.program);
        one("monitor".to_owned(), meters.monitor);
        for (source, view) in &meters.sources {
            one(of_source(*source), *view);
        }
        // A source that is not told about any more is silent.
        let told = |name: &str| meters.sources.iter().any(|(source, _)| of_source(*source) == name);
        for (name, motion) in &mut self.all {
            if name != "program" && name != "monitor" && !told(name) {
                motion.take(MeterView::default(), now_ms);
            }
        }
    }

    fn reset(&mut self) {
        self.all.values_mut().for_each(Motion::reset);
    }

    fn wake(face: &Rc<RefCell<Self>>) {
        if std::mem::replace(&mut face.borrow_mut().due, true) {
            return;
        }
        let face = face.clone();
        bridge::canvas::frame(move || Self::frame(&face));
    }

    fn frame(face: &Rc<RefCell<Self>>) {
        let again = {
            let mut this = face.borrow_mut();
            this.due = false;
            let now = bridge::now();
            if this.gone {
                false
            } else if now - this.painted_ms < FRAME_MS {
                true
            } else {
                this.painted_ms = now;
                this.paint(now)
            }
        };
        if again {
            Self::wake(face);
        }
    }

    /// `true` while something still falls.
    fn paint(&mut self, now_ms: f64) -> bool {
        let mut falls = false;
        for motion in self.all.values_mut() {
            falls |= motion.moved(now_ms);
        }
        self.canvas.clear();
        let (mut patches, silent): (Vec<Patch>, _) = (Vec::new(), Motion::default());
        for well in self.canvas.wells() {
            patches.clear();
            self.all.get(&well.name).unwrap_or(&silent).paint(well.place, well.lying, &mut patches);
            self.canvas.fill(&patches, well.seen);
        }
        falls
    }
}
