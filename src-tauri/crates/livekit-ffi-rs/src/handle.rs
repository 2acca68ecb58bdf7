//! The guard of one object inside the library.

use crate::library;
use crate::proto::FfiOwnedHandle;

/// Owns one object of the library and gives it back exactly once, when it is dropped.
///
/// Every `Owned…` message that arrives is put into one at once: what is not wrapped leaks, for the library
/// counts on it.
#[derive(Debug)]
pub struct Handle {
    id: u64,
    release: fn(u64),
}

impl Handle {
    /// Takes over the object.
    pub(crate) fn new(owned: FfiOwnedHandle) -> Self {
        Self { id: owned.id, release: library::drop_handle }
    }

    /// The number by which requests name the object.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The library has used the object up by itself.
    pub(crate) fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        (self.release)(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    static RELEASED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

    #[test]
    fn a_handle_is_given_back_exactly_once_wherever_it_went() {
        let guard = Handle { id: 7, release: |id| RELEASED.lock().unwrap().push(id) };
        let moved = std::sync::Arc::new(guard);
        let other = moved.clone();
        std::thread::spawn(move || drop(other)).join().unwrap();
        assert!(RELEASED.lock().unwrap().is_empty(), "given back while it is still held");
        drop(moved);
        assert_eq!(*RELEASED.lock().unwrap(), [7]);
    }
}
