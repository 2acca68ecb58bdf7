//! The library's memory, seen as slices.

#![allow(unsafe_code, reason = "messages carry addresses as numbers; only here they become slices")]

use std::slice;

/// The `len` items of type `T` at `address`.
///
/// `None` if the address cannot be one: zero or not aligned.
///
/// # Safety The address must come from a message of the library, with at least `len` items behind it, and
/// the handle that came with it must be held for as long as `'a`.
pub(crate) unsafe fn at<'a, T: Plain>(address: u64, len: usize) -> Option<&'a [T]> {
    let pointer = usize::try_from(address).ok()? as *const T;
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: the caller's promise; `Plain` types have no invalid bit pattern.
    Some(unsafe { slice::from_raw_parts(pointer, len) })
}

/// Types that any bytes are valid for.
pub(crate) trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for i16 {}
