//! Enlarging by 3/2: 720 lines to 1080, 360 to 540. libyuv has no fast path for it and takes six times as long; the
//! compiler makes vector code of these loops as they stand.

/// One third of the way between two neighbours' centres, in 1/256: d = near × 5/6 + far × 1/6.
const NEAR: u16 = 213;
const FAR: u16 = 43;

/// A plane from its first pixel: bytes, stride, width and height.
pub(super) type Source<'a> = (&'a [u8], usize, (usize, usize));

/// Whether [`three_halves`] draws this.
pub(super) const fn is_three_halves(from: (usize, usize), to: (usize, usize)) -> bool {
    from.0.is_multiple_of(2)
        && from.1.is_multiple_of(2)
        && from.0 >= 2
        && from.1 >= 2
        && to.0 * 2 == from.0 * 3
        && to.1 * 2 == from.1 * 3
}

/// [`three_halves`] compiled for processors with AVX2: four times as fast.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
pub(super) fn three_halves_avx2(from: Source<'_>, to: (&mut [u8], usize)) {
    three_halves(from, to);
}

/// Bilinear, centres aligned, edges repeated. Sizes are those that [`is_three_halves`] accepts.
#[inline(always)]
pub(super) fn three_halves(
    (source, stride, (width, height)): Source<'_>,
    (target, to_stride): (&mut [u8], usize),
) {
    let wide = width / 2 * 3;
    // Four neighbouring lines, enlarged sideways, each made once.
    let mut lines: [Vec<u8>; 4] = std::array::from_fn(|_| vec![0; wide]);
    let mut padded = vec![0; width + 2];
    let mut enlarge = |row: usize, line: &mut [u8]| {
        let pixels = &source[row * stride..][..width];
        padded[1..=width].copy_from_slice(pixels);
        (padded[0], padded[width + 1]) = (pixels[0], pixels[width - 1]);
        sideways(&padded, line);
    };
    enlarge(0, &mut lines[0]);
    enlarge(0, &mut lines[1]);
    for pair in 0..height / 2 {
        let [above, first, second, below] = &mut lines;
        enlarge(2 * pair + 1, second);
        enlarge((2 * pair + 2).min(height - 1), below);
        let mut rows = target[3 * pair * to_stride..].chunks_mut(to_stride).map(|row| &mut row[..wide]);
        let mut row = || rows.next().expect("the target holds three lines for each two of the source");
        blend(first, NEAR, above, FAR, row());
        blend(first, 128, second, 128, row());
        blend(second, NEAR, below, FAR, row());
        lines.rotate_left(2);
    }
}

/// Three pixels for each two; `padded` has one more on each side.
#[inline(always)]
fn sideways(padded: &[u8], line: &mut [u8]) {
    let width = line.len() / 3 * 2;
    let before = padded[..width].chunks_exact(2);
    let after = padded[2..2 + width].chunks_exact(2);
    for ((out, a), b) in line.chunks_exact_mut(3).zip(before).zip(after) {
        let (left, first, second, right) =
            (u16::from(a[0]), u16::from(a[1]), u16::from(b[0]), u16::from(b[1]));
        out[0] = ((first * NEAR + left * FAR + 128) >> 8) as u8;
        out[1] = ((first + second + 1) >> 1) as u8;
        out[2] = ((second * NEAR + right * FAR + 128) >> 8) as u8;
    }
}

#[inline(always)]
fn blend(a: &[u8], a_weight: u16, b: &[u8], b_weight: u16, out: &mut [u8]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = ((u16::from(*a) * a_weight + u16::from(*b) * b_weight + 128) >> 8) as u8;
    }
}
