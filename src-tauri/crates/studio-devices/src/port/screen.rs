//! The shared screens. **Each is opened once: one that is gone stays gone, because another window may stand in its place,
//! and none is opened or waited for on the devices' own thread.**

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use studio_media::DeviceDesk;
use studio_media::frame::{Latest, Picture};
use studio_wire::device::{DeviceReport, DeviceState, DeviceTrouble, ScreenWant};

use super::{Letter, Report};
use crate::screen::{OnEnd, OnFrame, Screen, ScreenWish, Screens};

/// The last picture of a screen that is gone stands for so long.
const LAST_PICTURE: Duration = Duration::from_secs(1);
/// What is read of a screen in a second: as many as the program has pictures.
const FPS: u32 = 30;

/// What happened to a screen that is wanted.
pub(super) enum ScreenNews {
    /// It is open.
    Opened(Screen),
    /// Its first picture is there.
    Flows,
    /// It gives nothing any more, or never did.
    Ended(DeviceTrouble),
}

/// The screens that are wanted.
pub(super) struct Shares {
    screens: Arc<dyn Screens>,
    desk: DeviceDesk,
    letters: SyncSender<Letter>,
    shares: Vec<Share>,
}

struct Share {
    want: ScreenWant,
    pictures: Latest,
    screen: Option<Screen>,
    flows: bool,
    /// Why it is gone, and when its last picture has stood for long enough.
    gone: Option<(DeviceTrouble, Instant)>,
    /// That was told. It is kept until it is not wanted any more, so that it is not opened again.
    told: bool,
}

impl Shares {
    pub(super) fn new(screens: Arc<dyn Screens>, desk: DeviceDesk, letters: SyncSender<Letter>) -> Self {
        Self { screens, desk, letters, shares: Vec::new() }
    }

    /// What is to be open from now on, whole.
    pub(super) fn want(&mut self, wants: &[ScreenWant]) {
        for share in self.shares.extract_if(.., |share| !wants.contains(&share.want)) {
            self.desk.screen(share.want.place, None);
        }
        for want in wants {
            if self.shares.iter().all(|share| share.want != *want) {
                let pictures = Latest::default();
                self.open(*want, pictures.clone());
                self.shares.push(Share {
                    want: *want,
                    pictures,
                    screen: None,
                    flows: false,
                    gone: None,
                    told: false,
                });
            }
        }
    }

    /// Opens it on a thread of its own: the window server may take its time.
    fn open(&self, want: ScreenWant, pictures: Latest) {
        let (screens, letters) = (self.screens.clone(), self.letters.clone());
        let work = move || {
            let (share, first, last) = (want.share, letters.clone(), letters.clone());
            let mut flows = false;
            let on_frame: OnFrame = Box::new(move |picture, _| {
                if let Picture::Pool(frame) = picture {
                    pictures.put(frame);
                }
                if !std::mem::replace(&mut flows, true) {
                    drop(first.send(Letter::Screen(share, ScreenNews::Flows)));
                }
            });
            let on_end: OnEnd = Box::new(move |why| {
                drop(last.send(Letter::Screen(share, ScreenNews::Ended(why))));
            });
            let wish = ScreenWish { subject: want.subject, fps: FPS, cursor: want.cursor };
            let news = match screens.open(wish, on_frame, on_end) {
                Ok(screen) => ScreenNews::Opened(screen),
                Err(why) => ScreenNews::Ended(why),
            };
            drop(letters.send(Letter::Screen(share, news)));
        };
        if thread::Builder::new().name("share".into()).spawn(work).is_err() {
            let none = Letter::Screen(want.share, ScreenNews::Ended(DeviceTrouble::Broken));
            drop(self.letters.try_send(none));
        }
    }

    /// News of one that is not wanted any more, and the screen itself, end here.
    pub(super) fn hear(&mut self, number: u32, news: ScreenNews, report: &Report) {
        let Some(share) = self.shares.iter_mut().find(|share| share.want.share == number) else { return };
        match news {
            // It may have ended, or begun, before the one who opened it could say so.
            ScreenNews::Opened(screen) => {
                if share.gone.is_none() {
                    share.screen = Some(screen);
                }
            }
            ScreenNews::Flows => {
                share.flows = true;
                self.desk.screen(share.want.place, Some(share.pictures.clone()));
                report(DeviceReport::Shared { share: number, state: DeviceState::Open });
            }
            ScreenNews::Ended(why) => {
                share.screen = None;
                let stands = if share.flows { LAST_PICTURE } else { Duration::ZERO };
                share.gone = Some((why, Instant::now() + stands));
            }
        }
    }

    /// Tells of those whose last picture has stood for long enough; when to look again.
    pub(super) fn look(&mut self, now: Instant, report: &Report) -> Option<Instant> {
        let mut next = None;
        for share in self.shares.iter_mut().filter(|share| !share.told) {
            let Some((why, until)) = share.gone else { continue };
            if until > now {
                next = next.into_iter().chain([until]).min();
                continue;
            }
            share.told = true;
            self.desk.screen(share.want.place, None);
            report(DeviceReport::Shared { share: share.want.share, state: DeviceState::Lost(why) });
        }
        next
    }
}
