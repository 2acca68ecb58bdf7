//! Looks each second whether the devices are others, where nobody says so.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use studio_wire::device::Device;

use super::super::SoundError;

/// How often.
const EVERY: Duration = Duration::from_secs(1);

/// A watch, until it is dropped. Dropping waits for nobody.
#[derive(Debug)]
pub struct Watching {
    _over: Sender<()>,
}

/// Tells the list, and again whenever it is another; or that there is none, once each time it goes.
pub fn watch(
    list: impl Fn() -> Result<Vec<Device>, SoundError> + Send + 'static,
    mut on_change: impl FnMut(Result<&[Device], SoundError>) + Send + 'static,
) -> Result<Watching, SoundError> {
    let (over, rest) = channel::<()>();
    let body = move || {
        let mut last = None;
        loop {
            let list = list();
            if last.as_ref() != Some(&list) {
                on_change(list.as_deref().map_err(Clone::clone));
                last = Some(list);
            }
            if rest.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    let begun = thread::Builder::new().name("sound devices".to_owned()).spawn(body);
    begun.map_err(|error| SoundError::Broken(error.to_string()))?;
    Ok(Watching { _over: over })
}
