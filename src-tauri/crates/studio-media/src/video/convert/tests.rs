use super::*;
use crate::frame::{Planes, i420_len};

/// A picture whose every pixel is told by its place.
fn ramp(width: u32, height: u32) -> Vec<u8> {
    let (w, h) = (width as usize, height as usize);
    let mut bytes: Vec<u8> = (0..w * h).map(|at| (16 + (at % w * 3 + at / w * 5) % 200) as u8).collect();
    let (half, rows) = (w.div_ceil(2), h.div_ceil(2));
    bytes.extend((0..half * rows).map(|at| (40 + (at % half + at / half * 2) % 80) as u8));
    bytes.extend((0..half * rows).map(|at| (130 + (at % half * 2 + at / half) % 80) as u8));
    bytes
}

fn converted(width: u32, height: u32, convert: impl FnOnce(&mut PlanesMut<'_>) -> bool) -> Option<Vec<u8>> {
    let mut bytes = vec![7; i420_len(width, height)];
    convert(&mut PlanesMut::new(&mut bytes, width, height).unwrap()).then_some(bytes)
}

#[test]
fn yuyv_and_nv12_give_back_the_picture_that_was_packed() {
    for (width, height) in [(2, 2), (64, 36), (638, 359), (1280, 720)] {
        let picture = ramp(width, height);
        let planes = Planes::new(&picture, width, height).unwrap();
        let (w, half) = (width as usize, width as usize / 2);
        let mut packed = Vec::new();
        for (row, luma) in planes.y.chunks_exact(w).enumerate() {
            for pair in 0..half {
                let at = row / 2 * half + pair;
                packed.extend([luma[pair * 2], planes.u[at], luma[pair * 2 + 1], planes.v[at]]);
            }
        }
        assert_eq!(
            converted(width, height, |to| yuyv(&packed, to)).as_ref(),
            Some(&picture),
            "{width}×{height}"
        );

        let mut packed = planes.y.to_vec();
        packed.extend(planes.u.iter().zip(planes.v).flat_map(|(&u, &v)| [u, v]));
        assert_eq!(
            converted(width, height, |to| nv12(&packed, to)).as_ref(),
            Some(&picture),
            "{width}×{height}"
        );
    }
}

#[test]
fn a_source_with_one_byte_too_few_is_refused() {
    for (width, height) in [(2, 2), (3, 3), (64, 36), (641, 359)] {
        let pixels = (width * height) as usize;
        let chroma = (width as usize).div_ceil(2) * (height as usize).div_ceil(2) * 2;
        assert!(converted(width, height, |to| yuyv(&vec![0; pixels * 2 - 1], to)).is_none());
        assert!(converted(width, height, |to| nv12(&vec![0; pixels + chroma - 1], to)).is_none());
        assert!(converted(width, height, |to| nv12(&vec![0; pixels + chroma], to)).is_some());
        assert!(converted(width, height, |to| grey(&vec![0; pixels - 1], to)).is_none());
        assert!(converted(width, height, |to| grey(&vec![0; pixels], to)).is_some());
        let (luma, stride) = (vec![0; pixels - 1], width as usize);
        let rows = (&luma[..], stride);
        let convert = |to: &mut PlanesMut<'_>| jpeg(rows, rows, rows, (1, 1), &mut Vec::new(), to);
        assert!(converted(width, height, convert).is_none());
    }
    assert!(converted(3, 2, |to| yuyv(&[0; 64], to)).is_none(), "no YUYV picture has half a pair");
}

#[test]
fn a_jpegs_full_range_becomes_limited_whatever_its_chroma_is() {
    let (width, height) = (64u32, 36u32);
    let luma: Vec<u8> = (0..64 * 36).map(|at| if at % 64 < 32 { 0 } else { 255 }).collect();
    for (chroma_w, chroma_h) in [(64, 36), (32, 36), (32, 18), (64, 18), (16, 36)] {
        let chroma = |value| vec![value; (chroma_w * chroma_h) as usize];
        let (u, v) = (chroma(0), chroma(255));
        let stride = chroma_w as usize;
        let bytes = converted(width, height, |to| {
            jpeg((&luma, 64), (&u, stride), (&v, stride), (chroma_w, chroma_h), &mut Vec::new(), to)
        });
        let bytes = bytes.unwrap();
        let picture = Planes::new(&bytes, width, height).unwrap();
        assert_eq!((picture.y[0], picture.y[63], picture.y[64 * 35 + 63]), (16, 235, 235));
        assert!(
            picture.u.iter().all(|&u| u == 16) && picture.v.iter().all(|&v| v == 240),
            "{chroma_w}×{chroma_h}"
        );
    }
}
