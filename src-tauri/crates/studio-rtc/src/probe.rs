//! Whether a server can be used, and in which of several ways it cannot. Calls are made by hand here: the client that
//! the show uses swallows the words of a refusal, which tell a wrong clock from a wrong key.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_api::access_token::{AccessToken, VideoGrants};
use reqwest::{Client, Method, StatusCode, redirect};
use serde_json::{Value, json};
use studio_wire::Fault;
use studio_wire::rtc::RoomKind;
use studio_wire::server::ServerTest;
use url::{Host, Url};

use crate::admin::{PATIENCE, chain};
use crate::secret::{Secret, redact_all};
use crate::tokens;

/// After this long a server is one that does not answer; between [`PATIENCE`] and this it is too slow.
const LIMIT: Duration = Duration::from_secs(6);
/// More than this is not read of an answer.
const LARGEST: usize = 256 * 1024;
/// Of how many calls the latency is the median.
const CALLS: usize = 5;
/// Seconds that a test's room stays if it could not be taken away.
const EMPTY_TIMEOUT: u32 = 10;
/// More letters make no address.
const LONGEST: usize = 512;

/// An address that may be used, in its plain form. `wss` goes anywhere; without encryption only to this machine and the
/// local network, by what the name means now.
pub async fn address(given: &str) -> Result<Url, Fault> {
    let bad = || Fault::BadAddress { url: redact_all(given, &[]).chars().take(LONGEST).collect() };
    let url = Url::parse(given.trim()).ok().filter(|_| given.len() <= LONGEST).ok_or_else(bad)?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host().filter(|_| bare).ok_or_else(bad)?;
    let local = match (url.scheme(), host) {
        ("wss", _) => return Ok(url),
        ("ws", Host::Ipv4(ip)) => is_local(ip.into()),
        ("ws", Host::Ipv6(ip)) => is_local(ip.into()),
        ("ws", Host::Domain(name)) => {
            let port = url.port_or_known_default().unwrap_or(80);
            let found = tokio::net::lookup_host((name, port))
                .await
                .map_err(|error| Fault::ServerUnreachable { url: plain(&url), said: error.to_string() })?;
            let found: Vec<_> = found.collect();
            !found.is_empty() && found.iter().all(|address| is_local(address.ip()))
        }
        _ => false,
    };
    if local { Ok(url) } else { Err(bad()) }
}

/// An address as it is shown and used: without a slash at its end.
pub fn plain(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// On this machine, or in a network that is not the internet.
fn is_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// One address of a server, asked with one pair of keys.
pub struct Probe {
    client: Client,
    url: Url,
    key: Secret,
    secret: Secret,
}

impl Probe {
    /// For an address that [`address`] has found to be one.
    pub fn new(url: &Url, key: &Secret, secret: &Secret) -> Result<Self, Fault> {
        let said = |said: String| Fault::ServerUnreachable { url: plain(url), said };
        let client =
            Client::builder().tls_backend_preconfigured(tls().map_err(|error| said(error.to_string()))?);
        // A proxy is for what is not on this machine or beside it.
        let client = if url.scheme() == "ws" { client.no_proxy() } else { client };
        let client = client.redirect(redirect::Policy::none()).timeout(LIMIT).build();
        let client = client.map_err(|error| said(chain(&error)))?;
        Ok(Self { client, url: url.clone(), key: key.clone(), secret: secret.clone() })
    }

    /// The address, as it is used.
    pub fn url(&self) -> String {
        plain(&self.url)
    }

    /// Key and secret.
    pub fn keys(&self) -> (Secret, Secret) {
        (self.key.clone(), self.secret.clone())
    }

    /// The server is one and takes these keys.
    pub async fn knock(&self) -> Result<Duration, Fault> {
        // A name that no room has keeps the answer short.
        self.call("ListRooms", json!({ "names": ["-"] })).await.map(|(_, took)| took)
    }

    /// The whole test.
    pub async fn test(&self) -> Result<ServerTest, Fault> {
        let reach = self.reach().await?;
        self.knock().await?;
        let room = self.room().await?;
        let mut latency = Vec::with_capacity(CALLS);
        for _ in 0..CALLS {
            latency.push(self.knock().await?);
        }
        latency.sort_unstable();
        Ok(ServerTest { reach_ms: ms(reach), room_ms: ms(room), latency_ms: ms(latency[CALLS / 2]) })
    }

    /// Something answers there and says that it is well.
    async fn reach(&self) -> Result<Duration, Fault> {
        let (status, body, took) = self.send(Method::GET, "/", None).await?;
        match status {
            StatusCode::OK if body.trim() == "OK" => Ok(took),
            // LiveKit's own word for a node that has lost its cluster.
            StatusCode::NOT_ACCEPTABLE => Err(self.unreachable(body)),
            _ => Err(self.not_livekit()),
        }
    }

    /// Makes a room and takes it away again.
    async fn room(&self) -> Result<Duration, Fault> {
        let tag = Secret::random(8).map_err(|error| self.unreachable(error.to_string()))?;
        let name = format!("sidestage-test-{}", tag.expose());
        let options =
            json!({ "name": name, "empty_timeout": EMPTY_TIMEOUT, "departure_timeout": EMPTY_TIMEOUT });
        let (made, making) = self.call("CreateRoom", options).await?;
        if made["name"] != name {
            return Err(self.not_livekit());
        }
        let (_, taking) = self.call("DeleteRoom", json!({ "room": name })).await?;
        Ok(making + taking)
    }

    async fn call(&self, method: &str, body: Value) -> Result<(Value, Duration), Fault> {
        let path = format!("/twirp/livekit.RoomService/{method}");
        let (status, said, took) = self.send(Method::POST, &path, Some(body)).await?;
        let answer: Option<Value> = serde_json::from_str(&said).ok().filter(Value::is_object);
        match (status, answer) {
            (StatusCode::OK, Some(answer)) => Ok((answer, took)),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Err(self.refused(&said)),
            (status, Some(answer)) if !status.is_success() && answer["msg"].is_string() => {
                if answer["code"] == "bad_route" {
                    return Err(self.not_livekit());
                }
                let words = format!("{}: {}", answer["code"], answer["msg"]).replace('"', "");
                Err(Fault::RoomRefused { room: RoomKind::Crew, said: self.redact(&words) })
            }
            _ => Err(self.not_livekit()),
        }
    }

    /// One exchange: status, body, and how long it took.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, String, Duration), Fault> {
        let mut url = self.url.clone();
        let scheme = if url.scheme() == "wss" { "https" } else { "http" };
        url.set_scheme(scheme).expect("both are web addresses");
        url.set_path(path);
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request
                .bearer_auth(self.token()?)
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let begun = Instant::now();
        let answered = async {
            let mut response = request.send().await?;
            let mut body = Vec::new();
            while let Some(piece) = response.chunk().await? {
                body.extend_from_slice(&piece);
                if body.len() > LARGEST {
                    break;
                }
            }
            Ok((response.status(), body))
        };
        let (status, body) = answered.await.map_err(|error| self.broken(&error))?;
        let took = begun.elapsed();
        if body.len() > LARGEST {
            return Err(self.not_livekit());
        }
        if took > PATIENCE {
            return Err(Fault::ServerSlow { url: plain(&self.url) });
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned(), took))
    }

    /// As long as a join token lives, so that a clock which refuses those is found here.
    fn token(&self) -> Result<String, Fault> {
        AccessToken::with_api_key(self.key.expose(), self.secret.expose())
            .with_ttl(tokens::LIFE)
            .with_grants(VideoGrants { room_list: true, room_create: true, ..VideoGrants::default() })
            .to_jwt()
            // A key or a secret is empty.
            .map_err(|_| Fault::ServerKeyRefused { url: plain(&self.url) })
    }

    /// By the server's own words: it says in no other way which of these it is.
    fn refused(&self, said: &str) -> Fault {
        let url = plain(&self.url);
        if ["not valid yet", "is expired"].iter().any(|words| said.contains(words)) {
            Fault::ServerClockWrong { url }
        } else {
            Fault::ServerKeyRefused { url }
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Fault {
        if error.is_timeout() {
            return self.unreachable(format!("no answer within {} s", LIMIT.as_secs()));
        }
        // What can be heard and is neither HTTP nor TLS is somebody else's; what cannot be heard is nobody's.
        let foreign = caused_by::<rustls::Error>(error)
            .is_some_and(|error| matches!(error, rustls::Error::InvalidMessage(_)));
        let silent = error.is_connect() || caused_by::<std::io::Error>(error).is_some();
        if foreign || !silent { self.not_livekit() } else { self.unreachable(chain(error)) }
    }

    fn unreachable(&self, said: String) -> Fault {
        Fault::ServerUnreachable { url: plain(&self.url), said: self.redact(said.trim()) }
    }

    fn not_livekit(&self) -> Fault {
        Fault::ServerNotLiveKit { url: plain(&self.url) }
    }

    fn redact(&self, words: &str) -> String {
        redact_all(words, &[&self.key, &self.secret]).chars().take(LONGEST).collect()
    }
}

/// The cause of that type, if there is one; causes inside an `io::Error` are found too.
fn caused_by<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

/// The system's certificates, and the TLS that the rest of the product uses.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Whole milliseconds, and at least one: nothing takes no time.
fn ms(took: Duration) -> u32 {
    u32::try_from(took.as_millis()).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_encrypted_addresses_lead_out_of_the_local_network() {
        for (given, used) in [
            ("wss://show.example", Some("wss://show.example")),
            (" wss://show.example:444/ ", Some("wss://show.example:444")),
            ("WSS://Show.Example", Some("wss://show.example")),
            ("ws://127.0.0.1:7880", Some("ws://127.0.0.1:7880")),
            ("ws://localhost:7880", Some("ws://localhost:7880")),
            ("ws://192.168.1.5:7880", Some("ws://192.168.1.5:7880")),
            ("ws://10.0.0.1", Some("ws://10.0.0.1")),
            ("ws://172.31.9.9", Some("ws://172.31.9.9")),
            ("ws://169.254.1.1:1", Some("ws://169.254.1.1:1")),
            ("ws://[::1]:7880", Some("ws://[::1]:7880")),
            ("ws://[fd00::1]:7880", Some("ws://[fd00::1]:7880")),
            ("ws://[fe80::1]:7880", Some("ws://[fe80::1]:7880")),
            ("ws://[::ffff:192.168.1.5]:80", Some("ws://[::ffff:c0a8:105]")),
            ("ws://8.8.8.8:7880", None),
            ("ws://172.32.0.1", None),
            ("ws://100.64.0.1", None),
            ("ws://[2001:db8::1]:7880", None),
            ("ws://[::ffff:8.8.8.8]", None),
            ("ws://0.0.0.0:7880", None),
            ("http://127.0.0.1:7880", None),
            ("https://show.example", None),
            ("file:///etc/passwd", None),
            ("wss://user@show.example", None),
            ("wss://:secret@show.example", None),
            ("wss://show.example/path", None),
            ("wss://show.example?a=b", None),
            ("wss://show.example#a", None),
            ("wss://", None),
            ("show.example", None),
            ("", None),
        ] {
            let found = address(given).await;
            match used {
                Some(used) => assert_eq!(found.map(|url| plain(&url)), Ok(used.to_owned()), "{given}"),
                None => {
                    assert_eq!(found.map(|url| plain(&url)), Err(Fault::BadAddress { url: given.into() }))
                }
            }
        }
        assert!(matches!(
            address(&format!("wss://{}", "a".repeat(600))).await,
            Err(Fault::BadAddress { .. })
        ));
    }

    #[test]
    fn the_servers_words_tell_a_wrong_clock_from_a_wrong_key() {
        let url = Url::parse("ws://127.0.0.1:1").unwrap();
        let probe = Probe::new(&url, &Secret::new("k"), &Secret::new("s")).unwrap();
        let key = Fault::ServerKeyRefused { url: plain(&url) };
        let clock = Fault::ServerClockWrong { url: plain(&url) };
        for (said, fault) in [
            ("invalid API key: nokey", &key),
            ("invalid token: eyJ…, error: token signature is invalid: signature is invalid", &key),
            ("invalid token: eyJ…, error: token has invalid claims: token is not valid yet", &clock),
            ("invalid token: eyJ…, error: token has invalid claims: token is expired", &clock),
        ] {
            assert_eq!(&probe.refused(said), fault);
        }
    }
}
