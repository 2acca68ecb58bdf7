//! The closures that take pictures and sound, by stream.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use crate::audio::AudioFrame;
use crate::video::VideoFrame;

/// Takes the frames of one video stream.
pub(crate) type VideoSink = dyn FnMut(VideoFrame<'_>) + Send;
/// Takes the frames of one audio stream.
pub(crate) type AudioSink = dyn FnMut(AudioFrame<'_>) + Send;

pub(crate) static VIDEO: LazyLock<Sinks<VideoSink>> = LazyLock::new(Sinks::new);
pub(crate) static AUDIO: LazyLock<Sinks<AudioSink>> = LazyLock::new(Sinks::new);

thread_local! {
    /// The stream whose sink runs on this thread.
    static RUNNING: Cell<Option<u64>> = const { Cell::new(None) };
}

/// A sink that has panicked or was removed is `None`.
type Slot<F> = Arc<Mutex<Option<Box<F>>>>;

/// All sinks of one kind. The map is locked only to look a stream up, each sink only while it runs.
pub(crate) struct Sinks<F: ?Sized> {
    slots: RwLock<HashMap<u64, Slot<F>>>,
}

impl<F: ?Sized> Sinks<F> {
    fn new() -> Self {
        Self { slots: RwLock::new(HashMap::new()) }
    }

    /// Gives the frames of `stream` to `sink` from now on.
    pub(crate) fn add(&self, stream: u64, sink: Box<F>) {
        let slot = Arc::new(Mutex::new(Some(sink)));
        self.slots.write().unwrap_or_else(PoisonError::into_inner).insert(stream, slot);
    }

    /// Takes the sink of `stream` away. When this returns it does not run and will not run again; only inside
    /// the sink itself, where waiting for its end would take for ever, the running call goes on.
    pub(crate) fn remove(&self, stream: u64) {
        let slot = self.slots.write().unwrap_or_else(PoisonError::into_inner).remove(&stream);
        let Some(slot) = slot else { return };
        if RUNNING.get() != Some(stream) {
            let sink = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            drop(sink);
        }
    }

    /// Runs the sink of `stream`, if it has one. A sink that panics is not called again.
    pub(crate) fn run(&self, stream: u64, call: impl FnOnce(&mut F)) {
        let slot = self.slots.read().unwrap_or_else(PoisonError::into_inner).get(&stream).cloned();
        let Some(slot) = slot else { return };
        let mut sink = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = sink.as_mut() else { return };
        RUNNING.set(Some(stream));
        let outcome = catch_unwind(AssertUnwindSafe(|| call(running)));
        RUNNING.set(None);
        if outcome.is_err() {
            *sink = None;
            tracing::error!(target: "livekit", stream, "a sink panicked and is not called any more");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::mpsc;

    use super::*;

    type Count = dyn FnMut(u32) + Send;

    #[test]
    fn frames_go_to_the_sink_of_their_stream_until_it_is_removed() {
        let sinks = Sinks::<Count>::new();
        let seen = Arc::new(AtomicU32::new(0));
        let counter = seen.clone();
        sinks.add(
            4,
            Box::new(move |n| {
                counter.fetch_add(n, Ordering::SeqCst);
            }),
        );
        sinks.run(4, |sink| sink(10));
        sinks.run(5, |sink| sink(100));
        sinks.remove(4);
        sinks.run(4, |sink| sink(1000));
        assert_eq!(seen.load(Ordering::SeqCst), 10);
    }

    #[test]
    fn a_sink_that_panics_is_not_called_again_and_the_others_are() {
        let sinks = Sinks::<Count>::new();
        let seen = Arc::new(AtomicU32::new(0));
        let counter = seen.clone();
        sinks.add(1, Box::new(|_| panic!("a broken sink")));
        sinks.add(
            2,
            Box::new(move |n| {
                counter.fetch_add(n, Ordering::SeqCst);
            }),
        );
        sinks.run(1, |sink| sink(1));
        sinks.run(1, |_| unreachable!("called after its panic"));
        sinks.run(2, |sink| sink(1));
        assert_eq!(seen.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn removing_waits_for_the_call_that_runs() {
        let sinks = Arc::new(Sinks::<Count>::new());
        let ended = Arc::new(AtomicBool::new(false));
        let (started, wait) = mpsc::channel();
        let (flag, runner) = (ended.clone(), sinks.clone());
        let sink = move |_| {
            started.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(30));
            flag.store(true, Ordering::SeqCst);
        };
        sinks.add(1, Box::new(sink));
        let thread = std::thread::spawn(move || runner.run(1, |sink| sink(0)));
        wait.recv().unwrap();
        sinks.remove(1);
        assert!(ended.load(Ordering::SeqCst), "removed while it ran");
        thread.join().unwrap();
    }

    #[test]
    fn a_sink_may_end_its_own_stream() {
        let sinks = Arc::new(Sinks::<Count>::new());
        let inner = sinks.clone();
        sinks.add(1, Box::new(move |_| inner.remove(1)));
        sinks.run(1, |sink| sink(0));
        sinks.run(1, |_| unreachable!("called after its end"));
    }
}
