//! A port that somebody else has taken. A test binary of its own, because the keeper's loop runs inside it.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use studio_lane::talk;
use studio_rtc::keeper::{Ask, Config, Ports, Tell, connect, hold};
use support::{keeper, tools, until};

#[test]
fn a_taken_port_costs_a_second_try_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        socket: folder.path().join("keeper.sock"),
        log: folder.path().into(),
        server: tools().server.unwrap(),
        lease: Duration::from_secs(60),
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    // The stranger on that port says that it is well, as a server would.
    let stranger = taken.try_clone().unwrap();
    std::thread::spawn(move || {
        for stream in stranger.incoming() {
            let _ = stream.unwrap().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK");
        }
    });
    let taken_udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let http = taken.local_addr().unwrap().port();
    let free = Ports::free().unwrap();
    let mut choices = vec![
        free,
        Ports { http: free.http, udp: taken_udp.local_addr().unwrap().port() },
        Ports { http, udp: free.udp },
    ];
    let socket = config.socket.clone();
    let holding = std::thread::spawn(move || {
        hold(&config, &keeper(), || Ok(choices.pop().expect("three tries are enough")))
    });

    until("the keeper listens", || connect(&socket).is_ok());
    let (mut sender, mut receiver) = talk::split(connect(&socket).unwrap()).unwrap();
    sender.send(&Ask::Serve).unwrap();
    let Ok(Tell::Serving(serving)) = receiver.receive() else { panic!("no server") };
    assert_eq!(serving.url, format!("ws://127.0.0.1:{}", free.http));
    let log = std::fs::read_to_string(folder.path().join("livekit-server.log")).unwrap();
    assert_eq!(log.matches("already in use").count(), 2, "{log}");

    sender.send(&Ask::Bye).unwrap();
    holding.join().unwrap().unwrap();
}
