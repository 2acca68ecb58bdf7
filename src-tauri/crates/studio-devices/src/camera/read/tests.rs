use studio_media::frame::{Planes, i420_len};
use turbojpeg::Compressor;

use super::*;

/// A JPEG of one colour, in full range, of this sampling.
fn jpeg(width: usize, height: usize, subsamp: Subsamp, [y, u, v]: [u8; 3]) -> Vec<u8> {
    let (across, down) = subsamp.size();
    let (luma_w, luma_h) = (width.next_multiple_of(across), height.next_multiple_of(down));
    let chroma = if subsamp == Subsamp::Gray { 0 } else { luma_w / across * (luma_h / down) };
    let mut pixels = vec![y; luma_w * luma_h];
    pixels.extend(vec![u; chroma]);
    pixels.extend(vec![v; chroma]);
    let image = YuvImage { pixels: pixels.as_slice(), width, align: 1, height, subsamp };
    Compressor::new().unwrap().compress_yuv_to_vec(image).unwrap()
}

fn read(bytes: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut picture = vec![0; i420_len(width, height)];
    let mut planes = PlanesMut::new(&mut picture, width, height).unwrap();
    Reader::new(Coding::Jpeg).read(bytes, &mut planes).then_some(picture)
}

#[test]
fn a_jpeg_of_any_sampling_has_its_colour_in_limited_range() {
    use Subsamp::{Gray, None, Sub1x2, Sub2x1, Sub2x2, Sub4x1};
    for subsamp in [None, Sub2x1, Sub2x2, Sub1x2, Sub4x1, Gray] {
        for (width, height) in [(64, 36), (641, 359), (16, 16)] {
            let bytes = jpeg(width, height, subsamp, [255, 0, 255]);
            let picture = read(&bytes, width as u32, height as u32);
            let picture = picture.unwrap_or_else(|| panic!("{subsamp:?} {width}×{height}"));
            let planes = Planes::new(&picture, width as u32, height as u32).unwrap();
            let (u, v) = if subsamp == Gray { (128, 128) } else { (16, 240) };
            let near = |plane: &[u8], value: u8| plane.iter().all(|pixel| pixel.abs_diff(value) <= 2);
            assert!(
                near(planes.y, 235) && near(planes.u, u) && near(planes.v, v),
                "{subsamp:?} {width}×{height}"
            );
        }
    }
}

#[test]
fn what_lies_behind_a_jpeg_in_its_buffer_does_not_matter() {
    let bytes = jpeg(64, 36, Subsamp::Sub2x1, [90, 100, 150]);
    let alone = read(&bytes, 64, 36).unwrap();
    for rest in [vec![0; 5_000], vec![0xff; 5_000], bytes.clone()] {
        let buffer = [bytes.clone(), rest].concat();
        assert_eq!(read(&buffer, 64, 36).as_ref(), Some(&alone));
    }
}

#[test]
fn a_cut_jpeg_is_no_picture_at_whichever_byte_it_was_cut() {
    let bytes = jpeg(64, 36, Subsamp::Sub2x1, [90, 100, 150]);
    for length in 0..bytes.len() {
        let mut buffer = bytes[..length].to_vec();
        assert_eq!(read(&buffer, 64, 36), None, "{length} of {} bytes", bytes.len());
        buffer.resize(bytes.len() * 2, 0);
        assert_eq!(read(&buffer, 64, 36), None, "{length} of {} bytes and zeroes", bytes.len());
    }
}

#[test]
fn a_frame_of_another_size_than_agreed_is_no_picture() {
    let bytes = jpeg(64, 36, Subsamp::Sub2x2, [90, 100, 150]);
    for (width, height) in [(64, 38), (32, 36), (128, 72), (62, 36)] {
        assert_eq!(read(&bytes, width, height), None, "{width}×{height}");
    }
    let mut picture = vec![0; i420_len(64, 36)];
    for coding in [Coding::Nv12, Coding::Yuyv, Coding::Grey] {
        let mut planes = PlanesMut::new(&mut picture, 64, 36).unwrap();
        assert!(!Reader::new(coding).read(&[0; 64 * 36 - 1], &mut planes), "{coding:?}");
    }
}

#[test]
fn a_few_odd_bytes_do_not_spoil_a_picture_but_many_do() {
    let said =
        |count: u32| is_harmless(&format!("Corrupt JPEG data: {count} extraneous bytes before marker 0xd9"));
    assert!(said(1) && said(16) && !said(17) && !said(4_000));
    assert!(!is_harmless("Corrupt JPEG data: premature end of data segment") && !is_harmless(""));
    let bytes = jpeg(64, 36, Subsamp::Sub2x2, [90, 100, 150]);
    let end = bytes.len() - 2;
    let odd = |count: usize| [&bytes[..end], &vec![0x55; count], &bytes[end..]].concat();
    assert!(read(&odd(3), 64, 36).is_some());
    assert!(read(&odd(500), 64, 36).is_none());
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    let mut bytes = jpeg(64, 36, Subsamp::Sub2x1, [90, 100, 150]);
    let mut dice = rig::Dice::from_seed(7);
    for _ in 0..3_000 {
        let at = dice.roll() as usize % bytes.len();
        let was = std::mem::replace(&mut bytes[at], dice.roll() as u8);
        let _ = read(&bytes, 64, 36);
        bytes[at] = was;
    }
}
