//! CPU time of one composed program picture, as one line of JSON, to set beside other compositors on the same clip.
//!
//! `compose_bench --tiles N --frames N --clip FILE.yuv --size WxH [--still-half]`: the clip is raw I420. Each tile shows
//! it from another place on, and moves on at each picture; with `--still-half` every second tile only at every second one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use studio_media::frame::{Picture, PlanesMut, Pool, i420_len};
use studio_media::video::compose::Compositor;
use studio_media::video::sources::Sources;
use studio_wire::ids::SourceId;
use studio_wire::layout::Rect;
use studio_wire::media::{Drawing, Tile};
use studio_wire::time::ShowTime;
use studio_wire::view::ProgramFormat;

struct Wish {
    tiles: u32,
    frames: u64,
    clip: PathBuf,
    size: (u32, u32),
    still_half: bool,
}

fn wish() -> Option<Wish> {
    let mut wish = Wish { tiles: 0, frames: 0, clip: PathBuf::new(), size: (0, 0), still_half: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--tiles" => wish.tiles = words.next()?.parse().ok()?,
            "--frames" => wish.frames = words.next()?.parse().ok()?,
            "--clip" => wish.clip = words.next()?.into(),
            "--size" => {
                let size = words.next()?;
                let (width, height) = size.split_once('x')?;
                wish.size = (width.parse().ok()?, height.parse().ok()?);
            }
            "--still-half" => wish.still_half = true,
            _ => return None,
        }
    }
    (wish.tiles > 0 && wish.frames > 0 && i420_len(wish.size.0, wish.size.1) > 0).then_some(wish)
}

fn load(wish: &Wish) -> std::io::Result<Vec<Picture>> {
    let (width, height) = wish.size;
    let bytes = std::fs::read(&wish.clip)?;
    let pictures = bytes.chunks_exact(i420_len(width, height));
    let pool = Pool::new(pictures.len(), width, height);
    Ok((0..)
        .zip(pictures)
        .filter_map(|(n, bytes)| {
            let mut draft = pool.draft(width, height)?;
            let PlanesMut { y, u, v, .. } = draft.planes_mut();
            let (luma, chroma) = bytes.split_at(y.len());
            let (blue, red) = chroma.split_at(u.len());
            y.copy_from_slice(luma);
            u.copy_from_slice(blue);
            v.copy_from_slice(red);
            Some(draft.publish(ShowTime(0), n).into())
        })
        .collect())
}

/// The grid that a program shows for so many: as square as it goes.
fn grid(tiles: u32) -> Drawing {
    let columns = (1..).find(|columns| columns * columns >= tiles).unwrap_or(1);
    let rows = tiles.div_ceil(columns);
    let (w, h) = (1.0 / columns as f32, 1.0 / rows as f32);
    let place = |n: u32| Rect { x: (n % columns) as f32 * w, y: (n / columns) as f32 * h, w, h };
    let tiles =
        (0..tiles).map(|n| Tile { source: Some(SourceId(n)), place: place(n), whole: false }).collect();
    Drawing { tiles, ..Drawing::default() }
}

fn cpu_ms() -> f64 {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    at.tv_sec as f64 * 1e3 + at.tv_nsec as f64 / 1e6
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wish = wish().ok_or("usage: --tiles N --frames N --clip FILE.yuv --size WxH [--still-half]")?;
    let clip = load(&wish)?;
    if clip.is_empty() {
        return Err("the clip holds no whole picture of that size".into());
    }
    let mut sources = Sources::default();
    let mut compositor = Compositor::new(ProgramFormat::default(), false);
    compositor.scene(&grid(wish.tiles));
    // As in a show: an encoder still reads the last pictures while the next one is drawn.
    let mut behind: [Option<Arc<_>>; 2] = [None, None];
    let mut run = |frames: std::ops::Range<u64>| {
        for tick in frames {
            for tile in 0..u64::from(wish.tiles) {
                if !(wish.still_half && tile % 2 == 1 && tick % 2 == 1) {
                    let picture = &clip[((tick + tile * 7) % clip.len() as u64) as usize];
                    sources.show(SourceId(tile as u32), picture.clone(), ShowTime(tick));
                }
            }
            behind.rotate_left(1);
            behind[1] = compositor.compose(tick, ShowTime(tick), &sources);
        }
    };
    run(0..10);
    let (wall, cpu) = (Instant::now(), cpu_ms());
    run(10..10 + wish.frames);
    let per_frame = |ms: f64| ms / wish.frames as f64;
    println!(
        "{}",
        serde_json::json!({
            "tiles": wish.tiles,
            "frames": wish.frames,
            "cpu_ms_per_frame": per_frame(cpu_ms() - cpu),
            "wall_ms_per_frame": per_frame(wall.elapsed().as_secs_f64() * 1e3),
        })
    );
    Ok(())
}
