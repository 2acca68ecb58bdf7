//! The window's three calls: dispatch, subscribe, query. Nothing here returns a secret of the show.

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
pub fn query(query: Query, preview: State<'_, PreviewDoor>) -> Answer {
    match query {
        Query::Preview => preview.answer(),
    }
}
