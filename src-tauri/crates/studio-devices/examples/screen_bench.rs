//! CPU time of one picture of a screen, as one line of JSON, to set beside other programs on the same screen.
//!
//! * `screen_bench paint [--display :N] [--size 1920x1080]` shows a window that changes its colour a hundred times a second,
//!   until it is killed.
//! * `screen_bench take [--display :N] [--size 1920x1080] [--frames N] [--fps N] [--cursor] [--still]` takes pictures of the
//!   screen's upper left part, of that size, and ends with a fault when fewer than nine of ten were new (with `--still`:
//!   whatever they were).
//!
//! The figure is that of the whole process, user and system. The X server's own time is not in it.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod bench {
    use std::error::Error;
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::time::{ClockId, clock_gettime};
    use studio_devices::screen::{ScreenWish, screens_at};
    use studio_wire::device::ScreenSubject;
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt, CreateWindowAux, WindowClass};

    struct Asked {
        paint: bool,
        display: String,
        size: (u16, u16),
        frames: u64,
        wish: ScreenWish,
        still: bool,
    }

    fn asked() -> Option<Asked> {
        let wish = ScreenWish { subject: ScreenSubject::Whole, fps: 30, cursor: false };
        let display = std::env::var("DISPLAY").unwrap_or_default();
        let size = (1920, 1080);
        let mut asked = Asked { paint: false, display, size, frames: 300, wish, still: false };
        let mut words = std::env::args().skip(1);
        asked.paint = match words.next()?.as_str() {
            "paint" => true,
            "take" => false,
            _ => return None,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--display" => asked.display = words.next()?,
                "--size" => {
                    let size = words.next()?;
                    let (width, height) = size.split_once('x')?;
                    asked.size = (width.parse().ok()?, height.parse().ok()?);
                }
                "--frames" => asked.frames = words.next()?.parse().ok()?,
                "--fps" => asked.wish.fps = words.next()?.parse().ok()?,
                "--cursor" => asked.wish.cursor = true,
                "--still" => asked.still = true,
                _ => return None,
            }
        }
        let (width, height) = (asked.size.0.into(), asked.size.1.into());
        asked.wish.subject = ScreenSubject::Region { x: 0, y: 0, width, height };
        (asked.frames > 0).then_some(asked)
    }

    pub fn run() -> Result<(), Box<dyn Error>> {
        let asked = asked().ok_or("the first lines of this example say how it is called")?;
        if asked.paint { paint(&asked) } else { take(&asked) }
    }

    fn paint(asked: &Asked) -> Result<(), Box<dyn Error>> {
        let (conn, screen) = x11rb::connect(Some(&asked.display))?;
        let (root, window) = (conn.setup().roots[screen].root, conn.generate_id()?);
        let (like, (width, height)) = (CreateWindowAux::new().override_redirect(1), asked.size);
        conn.create_window(0, window, root, 0, 0, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &like)?;
        conn.map_window(window)?;
        for colour in (0..).map(|n: u32| n.wrapping_mul(0x01_0305) & 0xff_ffff) {
            conn.change_window_attributes(
                window,
                &ChangeWindowAttributesAux::new().background_pixel(colour),
            )?;
            conn.clear_area(false, window, 0, 0, 0, 0)?.check()?;
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn take(asked: &Asked) -> Result<(), Box<dyn Error>> {
        let (frame, frames) = mpsc::sync_channel(1);
        let (end, ended) = mpsc::channel();
        // A full channel is a frame that was not counted in time; the pace shows it.
        let on_frame = Box::new(move |picture, _| drop(frame.try_send(picture)));
        let on_end = Box::new(move |trouble| {
            let _ = end.send(trouble);
        });
        let screens = screens_at(Some(&asked.display), None);
        let open = screens.open(asked.wish, on_frame, on_end).map_err(|trouble| format!("{trouble:?}"))?;
        let gone = |_| format!("ended: {:?}", ended.recv());
        // Memory is made for the first one.
        let mut last = frames.recv().map_err(gone)?;
        let (cpu, start, mut new) = (cpu_ms(), Instant::now(), 0);
        for _ in 0..asked.frames {
            let next = frames.recv().map_err(gone)?;
            new += u64::from(!next.is(&last));
            last = next;
        }
        let (cpu, seconds) = (cpu_ms() - cpu, start.elapsed().as_secs_f64());
        drop(open);
        let (width, height) = last.planes().map(|planes| (planes.width, planes.height)).unwrap_or_default();
        let (frames, fps) = (asked.frames, asked.frames as f64 / seconds);
        println!(
            "{{\"width\":{width},\"height\":{height},\"frames\":{frames},\"new\":{new},\"fps\":{fps:.2},\
             \"cpu_ms_per_frame\":{:.3}}}",
            cpu / frames as f64,
        );
        if !asked.still && new * 10 < frames * 9 {
            return Err(format!("only {new} of {frames} frames were new: the screen hardly changes").into());
        }
        Ok(())
    }

    fn cpu_ms() -> f64 {
        let at = clock_gettime(ClockId::ProcessCPUTime);
        at.tv_sec as f64 * 1e3 + at.tv_nsec as f64 / 1e6
    }
}
