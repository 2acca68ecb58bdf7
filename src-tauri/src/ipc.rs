//! The window's three calls: dispatch, subscribe, query. Nothing here returns a secret of the show.

use studio_devices::screen;
use studio_wire::device::DeviceTrouble;
use studio_wire::view::Ack;
use studio_wire::{Actor, Answer, Command, Fault, Query, Update};
use tauri::State;
use tauri::ipc::Channel;
use tokio::sync::oneshot;

use crate::preview::PreviewDoor;
use crate::runtime::Inbox;

/// Everything the user does. Answered when the core has decided.
#[tauri::command]
pub async fn dispatch(command: Command, inbox: State<'_, Inbox>) -> Result<Ack, Fault> {
    let (answer, answered) = oneshot::channel();
    let reply = move |result| drop(answer.send(result));
    inbox.ask(Actor::LocalHost, command, Box::new(reply));
    answered.await.unwrap_or(Err(Fault::Busy))
}

/// Follows the studio: a whole snapshot first, then every change, in order.
#[tauri::command]
pub fn subscribe(channel: Channel<Update>, inbox: State<'_, Inbox>) {
    inbox.subscribe(Box::new(move |update| channel.send(update).is_ok()));
}

/// Read-only questions.
#[tauri::command]
pub async fn query(query: Query, preview: State<'_, PreviewDoor>) -> Result<Answer, Fault> {
    match query {
        Query::Preview => Ok(preview.answer()),
        Query::Screens => {
            // The window server may take its time, and so does each picture.
            let look = || screen::pictures(&*screen::screens(), Some(std::process::id()));
            let seen = tauri::async_runtime::spawn_blocking(look).await;
            Ok(Answer::Screens(seen.unwrap_or(Err(DeviceTrouble::Broken))))
        }
    }
}
