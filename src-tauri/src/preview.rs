//! The loopback socket that pictures reach the window by.
//!
//! **A picture is sent only against a credit and only if it is newer than the last**, so a slow page makes
//! frames fall away here and never queue. Who connects must come from our own page and know the token.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use studio_media::frame::PoolFrame;
use studio_media::preview::Preview;
use studio_media::video::atlas;
use studio_rtc::secret::Secret;
use studio_wire::{Answer, ShowTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_blocking;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

const OUR_PAGES: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
const PATIENCE: Duration = Duration::from_secs(1);
const TOKEN_WITHIN: Duration = Duration::from_secs(5);
const SMALLEST: (u32, u32) = (320, 180);
const LARGEST: (u32, u32) = (1280, 720);
const SOFTWARE: (u32, u32) = (640, 360);
const WITH_GPU: (u32, u32) = (960, 540);
const TOKEN_BYTES: usize = 32;
const MESSAGE_AT_MOST: usize = 1024;
const HEADER: usize = 32;

/// Whether this machine has a render node. Where there is none, painting costs cores, so less is sent.
pub fn has_gpu() -> bool {
    let Ok(nodes) = std::fs::read_dir("/dev/dri") else { return false };
    nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

/// The open socket: where it is and what a page must say.
pub struct PreviewDoor {
    url: String,
    token: Arc<str>,
}

impl PreviewDoor {
    /// Listens on a free loopback port and serves pictures until the runtime ends.
    pub async fn open(preview: Preview) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("ws://{}/preview", listener.local_addr()?);
        let token: Arc<str> = Secret::random(TOKEN_BYTES)?.expose().into();
        tokio::spawn(serve(listener, token.clone(), preview));
        Ok(Self { url, token })
    }

    /// What the page needs to connect.
    pub fn answer(&self) -> Answer {
        Answer::Preview { url: self.url.clone(), token: self.token.to_string(), gpu: has_gpu() }
    }
}

async fn serve(listener: TcpListener, token: Arc<str>, preview: Preview) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (token, preview) = (token.clone(), preview.clone());
                tokio::spawn(async move {
                    if let Err(error) = page(stream, &token, preview).await {
                        tracing::debug!(%error, "a preview page went away");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the preview socket takes no more pages for a moment");
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

type Socket = WebSocketStream<TcpStream>;
type SocketResult<T> = Result<T, tokio_tungstenite::tungstenite::Error>;

/// Only our own page may even open a socket: another one on this machine has another origin.
#[allow(clippy::result_large_err, reason = "the handshake's own signature")]
fn check_origin(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    let origin = request.headers().get("origin").and_then(|origin| origin.to_str().ok());
    if origin.is_some_and(|origin| OUR_PAGES.contains(&origin)) {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(None);
    *refusal.status_mut() = StatusCode::FORBIDDEN;
    Err(refusal)
}

async fn page(stream: TcpStream, token: &str, preview: Preview) -> SocketResult<()> {
    stream.set_nodelay(true)?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_AT_MOST))
        .max_frame_size(Some(MESSAGE_AT_MOST));
    let mut socket = accept_hdr_async_with_config(stream, check_origin, Some(limits)).await?;
    let said = tokio::time::timeout(TOKEN_WITHIN, socket.next()).await;
    match said {
        Ok(Some(Ok(Message::Text(said)))) if same(said.as_str(), token) => credits(socket, preview).await,
        _ => socket.close(None).await,
    }
}

/// Compares in a time that does not tell how much of the token was right.
fn same(said: &str, token: &str) -> bool {
    said.len() == token.len() && said.bytes().zip(token.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// A wish of the page for one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credit {
    Program(Option<(u32, u32)>),
    Atlas,
}

fn read_credit(text: &str) -> Option<Credit> {
    let mut words = text.split_ascii_whitespace();
    match words.next()? {
        "a" => Some(Credit::Atlas),
        "p" => {
            let mut side =
                |least: u32, most: u32| Some(words.next()?.parse::<u32>().ok()?.clamp(least, most) & !1);
            let size = side(SMALLEST.0, LARGEST.0).zip(side(SMALLEST.1, LARGEST.1));
            Some(Credit::Program(size))
        }
        _ => None,
    }
}

/// Serves one page. Each of the two streams has at most one picture on its way.
async fn credits(socket: Socket, preview: Preview) -> SocketResult<()> {
    let (mut out, mut wishes) = socket.split();
    let (ready, mut pictures) = tokio::sync::mpsc::channel::<Bytes>(2);
    let mut program = Stream::new(preview.clone(), ready.clone());
    let mut atlas = Stream::new(preview, ready);
    let mut size = if has_gpu() { WITH_GPU } else { SOFTWARE };
    loop {
        tokio::select! {
            wish = wishes.next() => match wish {
                Some(Ok(Message::Text(text))) => match read_credit(text.as_str()) {
                    Some(Credit::Program(wished)) => {
                        size = wished.unwrap_or(size);
                        program.send_next(move |preview, after| preview.program(after, size, PATIENCE), 0, 0);
                    }
                    Some(Credit::Atlas) => {
                        atlas.send_next(|preview, after| preview.atlas(after, PATIENCE), 1, atlas::COLUMNS);
                    }
                    None => return Ok(()),
                },
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
            },
            Some(picture) = pictures.recv() => out.send(Message::Binary(picture)).await?,
        }
    }
}

/// One of a page's two streams of pictures.
struct Stream {
    preview: Preview,
    ready: tokio::sync::mpsc::Sender<Bytes>,
    at_work: Option<tokio::task::JoinHandle<()>>,
    sent: Arc<Mutex<Sent>>,
}

/// What was sent last. Only the one blocking thread of a stream takes the lock.
#[derive(Clone, Copy, Default)]
struct Sent {
    seq: u32,
    at: ShowTime,
}

impl Stream {
    fn new(preview: Preview, ready: tokio::sync::mpsc::Sender<Bytes>) -> Self {
        Self { preview, ready, at_work: None, sent: Arc::default() }
    }

    /// Waits on a blocking thread for a picture newer than the last one, however long that takes, and
    /// passes it on. A second credit before the first is spent is ignored.
    fn send_next(
        &mut self,
        take: impl Fn(&Preview, ShowTime) -> Option<Arc<PoolFrame>> + Send + 'static,
        kind: u32,
        columns: u32,
    ) {
        if self.at_work.as_ref().is_some_and(|work| !work.is_finished()) {
            return;
        }
        let (preview, ready, sent) = (self.preview.clone(), self.ready.clone(), self.sent.clone());
        self.at_work = Some(spawn_blocking(move || {
            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            while !ready.is_closed() {
                if let Some(picture) = take(&preview, sent.at) {
                    *sent = Sent { seq: sent.seq.wrapping_add(1), at: picture.at() };
                    let _ = ready.blocking_send(message(kind, columns, sent.seq, &picture));
                    return;
                }
            }
        }));
    }
}

fn message(kind: u32, columns: u32, seq: u32, picture: &PoolFrame) -> Bytes {
    let pixels = picture.bytes();
    let mut bytes = Vec::with_capacity(HEADER + pixels.len());
    for number in [kind, seq, picture.width(), picture.height()] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a year fit an f64 exactly")]
    let at_ms = picture.at().0 as f64 / 1e6;
    bytes.extend_from_slice(&at_ms.to_le_bytes());
    bytes.extend_from_slice(&columns.to_le_bytes());
    bytes.extend_from_slice(&0_u32.to_le_bytes());
    bytes.extend_from_slice(pixels);
    Bytes::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_may_wish_a_size_within_bounds() {
        assert_eq!(read_credit("p"), Some(Credit::Program(None)));
        assert_eq!(read_credit("p 961 541"), Some(Credit::Program(Some((960, 540)))));
        assert_eq!(read_credit("p 99999 1"), Some(Credit::Program(Some((1280, 180)))));
        assert_eq!(read_credit("a"), Some(Credit::Atlas));
        assert_eq!(read_credit("x"), None);
    }

    #[test]
    fn only_the_whole_token_opens_the_door() {
        assert!(same("abc", "abc"));
        assert!(!same("ab", "abc") && !same("abd", "abc") && !same("", "abc"));
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let from =
            |origin: &str| Request::builder().uri("/preview").header("origin", origin).body(()).unwrap();
        let answer = |request: &Request| check_origin(request, Response::new(())).map(drop).map_err(drop);
        assert_eq!(answer(&from("tauri://localhost")), Ok(()));
        assert_eq!(answer(&from("http://127.0.0.1:8080")), Err(()));
        assert_eq!(answer(&Request::builder().uri("/").body(()).unwrap()), Err(()));
    }
}
