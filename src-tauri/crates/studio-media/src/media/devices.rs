//! Where the own devices are given to the media threads and taken away.

use super::{PictureOrder, Post, SoundOrder, send};
use crate::audio::device::{Intake, Outlet};
use crate::frame::Latest;

/// Gives and takes away devices. **Neither waits; what a device that was taken away still sends is heard and seen by
/// nobody.** Cloning shares it.
#[derive(Clone)]
pub struct DeviceDesk {
    pub(super) picture: Post<PictureOrder>,
    pub(super) sound: Post<SoundOrder>,
}

impl DeviceDesk {
    /// Where the open camera's pictures are from now on; with none, the own picture is a slate at once.
    pub fn camera(&self, pictures: Option<Latest>) {
        send(&self.picture, PictureOrder::Camera(pictures));
    }

    /// Where the pictures of the shared screen in a place are from now on; with none, it is a slate at once.
    pub fn screen(&self, place: u16, pictures: Option<Latest>) {
        send(&self.picture, PictureOrder::Screen(place, pictures));
    }

    /// Where the open microphone's sound comes from, from now on; with none it is silent.
    pub fn microphone(&self, sound: Option<Intake>) {
        send(&self.sound, SoundOrder::Microphone(sound.map(Box::new)));
    }

    /// Where the monitor is heard from now on; with none it is heard nowhere.
    pub fn speaker(&self, sound: Option<Outlet>) {
        send(&self.sound, SoundOrder::Speaker(sound.map(Box::new)));
    }
}
