//! What a picker shows: everything that can be shared, each with a small picture of how it looks now.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use studio_wire::device::{DeviceTrouble, ScreenPicture};
use turbojpeg::{Image, PixelFormat, Subsamp};

use super::{Screens, Thumbnail};

/// A small picture is not larger than this.
const SIZE: (u32, u32) = (320, 180);
/// Enough to know a window again.
const QUALITY: i32 = 70;

/// What can be shared now, without the windows of process `without`. May take as long as every call of [`Screens`].
///
/// # Errors
/// As [`Screens::offers`]. What cannot be seen just now has no picture, and is no error.
pub fn pictures(screens: &dyn Screens, without: Option<u32>) -> Result<Vec<ScreenPicture>, DeviceTrouble> {
    let offers = screens.offers(without)?;
    let pictures = offers.into_iter().map(|offer| {
        let seen = screens.thumbnail(offer.subject, SIZE.0, SIZE.1).ok();
        ScreenPicture { jpeg: seen.as_ref().and_then(jpeg).unwrap_or_default(), offer }
    });
    Ok(pictures.collect())
}

fn jpeg(seen: &Thumbnail) -> Option<String> {
    let (width, height) = (seen.width as usize, seen.height as usize);
    let image = Image { pixels: &*seen.rgba, width, pitch: 4 * width, height, format: PixelFormat::RGBA };
    let bytes = turbojpeg::compress(image, QUALITY, Subsamp::Sub2x2);
    bytes.ok().map(|bytes| STANDARD.encode(&*bytes))
}
