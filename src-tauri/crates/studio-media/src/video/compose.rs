//! The compositor: draws a scene into a program picture. **Every picture is wholly of one scene; a tile that did not
//! change is copied from the last picture, not scaled again.**

use std::sync::Arc;

use studio_wire::ids::SourceId;
use studio_wire::media::Drawing;
use studio_wire::time::ShowTime;
use studio_wire::view::ProgramFormat;

use super::sources::{Shown, Sources};
use super::yuv::{Area, draw, fill};
use super::{fit, slate};
use crate::frame::{PlanesMut, Pool, PoolFrame};
use crate::record::Recorder;
use crate::synthetic::code;

/// Pictures of one program beside those that a recorder may hold: being composed, the last one, in the preview and on
/// its way into a window, and a few for who is slow. Memory of a slot that is never needed is never touched.
const SPARE_SLOTS: usize = 8;

/// Draws one program.
#[derive(Debug)]
pub struct Compositor {
    format: ProgramFormat,
    burn_ticks: bool,
    pool: Pool,
    tiles: Vec<Placed>,
    ground: Vec<Area>,
    last: Option<Last>,
}

/// A tile in pixels.
#[derive(Debug)]
struct Placed {
    source: Option<SourceId>,
    whole: bool,
    cell: Area,
    inner: Area,
    /// No other tile lies over or under it: what the last picture shows there is this tile's.
    alone: bool,
}

/// The last picture, and which source's picture each of its tiles shows (0: the slate).
#[derive(Debug)]
struct Last {
    frame: Arc<PoolFrame>,
    shown: Vec<u64>,
}

impl Compositor {
    /// A compositor with an empty scene; odd sizes lose a pixel. Ticks are burnt in only for rehearsals.
    pub fn new(format: ProgramFormat, burn_ticks: bool) -> Self {
        let format = Self::drawn(format);
        let mut new = Self {
            format,
            burn_ticks,
            pool: Pool::new(Recorder::holds(format) + SPARE_SLOTS, format.width, format.height),
            tiles: Vec::new(),
            ground: Vec::new(),
            last: None,
        };
        new.scene(&Drawing::default());
        new
    }

    /// The format that is drawn where this one is wished for: even sizes, at least a pixel of chroma and a picture a second.
    pub fn drawn(wished: ProgramFormat) -> ProgramFormat {
        let even = |pixels: u32| (pixels & !1).clamp(2, 8_192);
        ProgramFormat {
            width: even(wished.width),
            height: even(wished.height),
            fps: wished.fps.clamp(1, 240),
        }
    }

    /// What is drawn from the next picture on.
    pub fn scene(&mut self, scene: &Drawing) {
        let (width, height) = (self.format.width, self.format.height);
        let cells: Vec<_> = scene.tiles.iter().map(|tile| fit::cell(tile.place, width, height)).collect();
        let alone =
            |n: usize| cells.iter().enumerate().all(|(other, cell)| other == n || !cell.meets(&cells[n]));
        self.tiles = (0..cells.len())
            .map(|n| Placed {
                source: scene.tiles[n].source,
                whole: scene.tiles[n].whole,
                cell: cells[n],
                inner: fit::inner(cells[n], width, height),
                alone: alone(n),
            })
            .collect();
        let covered: Vec<_> = self.tiles.iter().map(|tile| tile.inner).collect();
        self.ground = fit::uncovered(Area::of(width, height), &covered);
        self.last = None;
    }

    /// Composes the picture of a tick that is due at `at`. `None`, and counted, when every slot is in use.
    pub fn compose(&mut self, tick: u64, at: ShowTime, sources: &Sources) -> Option<Arc<PoolFrame>> {
        let mut draft = self.pool.draft(self.format.width, self.format.height)?;
        let mut planes = draft.planes_mut();
        for area in &self.ground {
            fill(&mut planes, *area, slate::GROUND);
        }
        let mut shown = Vec::with_capacity(self.tiles.len());
        for (n, tile) in self.tiles.iter().enumerate() {
            let picture = tile.source.and_then(|source| sources.shown(source, at));
            let number = picture.map_or(0, |(_, number)| number);
            let last = self.last.as_ref().filter(|last| tile.alone && last.shown.get(n) == Some(&number));
            match last {
                Some(last) => drop(draw(&last.frame.planes(), tile.inner, &mut planes, tile.inner)),
                None if tile.whole => paint_whole(&mut planes, tile.inner, picture),
                None => paint(&mut planes, tile.cell, tile.inner, picture),
            }
            shown.push(number);
        }
        if self.burn_ticks {
            code::draw_tick(&mut planes, tick as u32);
        }
        let frame = draft.publish(at, tick);
        self.last = Some(Last { frame: frame.clone(), shown });
        Some(frame)
    }

    /// Pictures left out because every slot was in use.
    pub fn skipped(&self) -> u64 {
        self.pool.skipped()
    }
}

/// Draws one tile: its picture so that it covers the cell, or the slate.
pub(super) fn paint(to: &mut PlanesMut<'_>, cell: Area, inner: Area, picture: Option<Shown<'_>>) {
    let Some(planes) = picture.and_then(|(picture, _)| picture.planes()) else {
        return slate::draw(to, inner);
    };
    let Some((part, place)) = fit::cover((planes.width, planes.height), cell, inner) else { return };
    draw(&planes, part, to, place);
    if place != inner {
        for strip in fit::uncovered(inner, &[place]) {
            fill(to, strip, slate::GROUND);
        }
    }
}

/// Draws one tile: all of its picture with bars beside it, or the slate.
fn paint_whole(to: &mut PlanesMut<'_>, inner: Area, picture: Option<Shown<'_>>) {
    let Some(planes) = picture.and_then(|(picture, _)| picture.planes()) else {
        return slate::draw(to, inner);
    };
    let Some(place) = fit::contain((planes.width, planes.height), inner) else { return };
    draw(&planes, Area::of(planes.width, planes.height), to, place);
    for strip in fit::uncovered(inner, &[place]) {
        fill(to, strip, slate::GROUND);
    }
}

#[cfg(test)]
mod tests;
