//! Of an engine child.

use studio_wire::engine::{
    CallRefusal, Codec, EngineFault, Link, LostWhy, Media, Order, Packet, Person, Publish, Report, Room, Say,
    Token, Track, TrackStats, Want, Watch,
};
use studio_wire::ids::{LaneId, TrackSid};
use studio_wire::people::{Parting, Quality};
use studio_wire::rtc::TrackKind;

use super::rooms::{partings, qualities};
use super::{text, who};

pub fn track_kinds() -> Vec<TrackKind> {
    every!(TrackKind:
        TrackKind::Camera => TrackKind::Camera;
        TrackKind::Screen => TrackKind::Screen;
        TrackKind::Microphone => TrackKind::Microphone;
        TrackKind::ScreenSound => TrackKind::ScreenSound;
        TrackKind::StageMedia => TrackKind::StageMedia;
        TrackKind::Talkback => TrackKind::Talkback;
    )
}

pub fn publish() -> Vec<Publish> {
    let output = |lane, kind, media| {
        let open_to = (lane == 2).then(|| vec![who()]);
        Publish { lane: LaneId(lane), name: text("x"), kind, media, muted: true, open_to }
    };
    let video = |codec| Media::Video { width: 640, height: 360, fps: 30, kbps: 800, codec, simulcast: false };
    let codecs = every!(Codec: Codec::Vp8 => Codec::Vp8; Codec::H264 => Codec::H264;);
    let mut media: Vec<_> = codecs.into_iter().map(video).collect();
    media.extend(every!(Media:
        Media::Audio { .. } => Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
        Media::Video { .. } => video(Codec::Vp8);
    ));
    track_kinds()
        .into_iter()
        .zip(media.into_iter().cycle())
        .zip(0..)
        .map(|((kind, media), lane)| output(lane, kind, media))
        .collect()
}

pub fn watch() -> Vec<Watch> {
    vec![
        Watch { track: "TR_1".into(), lane: LaneId(2), size: None },
        Watch { track: "TR_2".into(), lane: LaneId(3), size: Some((640, 360)) },
    ]
}

fn refusal() -> CallRefusal {
    CallRefusal { code: 1_502, message: text("late") }
}

pub fn engine_orders() -> Vec<Order> {
    let room = Room { url: text("ws://127.0.0.1:9"), token: Token(text("secret")) };
    let want = Want {
        room,
        publish: publish(),
        watch: watch(),
        listen: vec![text("lk.chat")],
        answer: vec![text("studio.hello")],
    };
    let say = Say {
        say: 4,
        topic: text("lk.chat"),
        text: text("Hello"),
        attributes: vec![(text("id"), text("m-1"))],
        to: vec![who()],
    };
    let packet = Packet { topic: text("studio.tell"), bytes: vec![0, 255], reliable: true, to: vec![who()] };
    every!(Order:
        Order::Want(_) => Order::Want(want);
        Order::Stats => Order::Stats;
        Order::Ping(_) => Order::Ping(7);
        Order::Say(_) => Order::Say(say);
        Order::Send(_) => Order::Send(packet);
        Order::Call { .. } => Order::Call {
            call: 5, to: "host".into(), method: text("studio.hello"), payload: text("{}"), within_ms: 5_000,
        };
        Order::Answer { .. } =>
            Order::Answer { call: 6, answer: Ok(text("{}")) }, Order::Answer { call: 6, answer: Err(refusal()) };
        Order::Leave => Order::Leave;
    )
}

pub fn lost_whys() -> Vec<LostWhy> {
    every!(LostWhy:
        LostWhy::Refused => LostWhy::Refused;
        LostWhy::Duplicate => LostWhy::Duplicate;
        LostWhy::Removed => LostWhy::Removed;
        LostWhy::Away => LostWhy::Away;
    )
}

pub fn engine_reports() -> Vec<Report> {
    let (sid, lane) = (|| TrackSid::from("TR_1"), LaneId(2));
    let attributes = vec![(text("role"), text("guest"))];
    let track =
        Track { identity: who(), sid: sid(), kind: TrackKind::Camera, name: text("camera"), muted: false };
    let mut links = every!(Link:
        Link::Joined => Link::Joined;
        Link::Resuming => Link::Resuming;
        Link::Lost(_) => Link::Lost(LostWhy::Refused);
    );
    links.extend(lost_whys().into_iter().map(Link::Lost));
    let faults = every!(EngineFault:
        EngineFault::LibraryMissing { .. } => EngineFault::LibraryMissing { path: text("/x.so") };
        EngineFault::LibraryWrong { .. } => EngineFault::LibraryWrong {
            path: text("/x.so"), found: text("1"), wanted: text("2"),
        };
        EngineFault::PublishRefused { .. } => EngineFault::PublishRefused { lane };
        EngineFault::PictureTooLarge { .. } => EngineFault::PictureTooLarge { lane, width: 4096, height: 2160 };
    );
    let mut reports = every!(Report:
        Report::Ready { .. } => Report::Ready { engine: text("1.2.3") };
        Report::Link(_) => Report::Link(Link::Joined);
        Report::Person(_) => Report::Person(Person { identity: who(), name: text("Leo"), attributes });
        Report::Gone { .. } => Report::Gone { identity: who(), why: Parting::Left };
        Report::Quality(..) => Report::Quality(who(), Quality::Unknown);
        Report::Token(_) => Report::Token(Token(text("secret")));
        Report::OwnMuted { .. } => Report::OwnMuted { lane, muted: true };
        Report::Said { .. } => Report::Said {
            from: who(), topic: text("lk.chat"), stream: text("s-1"), text: text("Hello"),
            attributes: vec![(text("id"), text("m-1"))],
        };
        Report::Got { .. } => Report::Got {
            from: who(), topic: text("studio.reaction"), bytes: b"heart".to_vec(), reliable: false,
        };
        Report::Oversize(_) => Report::Oversize(who());
        Report::Asked { .. } => Report::Asked {
            call: 6, from: who(), method: text("studio.command"), payload: text("\"take\""),
        };
        Report::Answered { .. } =>
            Report::Answered { call: 5, answer: Ok(text("{}")) },
            Report::Answered { call: 5, answer: Err(refusal()) };
        Report::Sent { .. } => Report::Sent { say: 4, handed: true };
        Report::Track(_) => Report::Track(track);
        Report::TrackGone { .. } => Report::TrackGone { identity: who(), sid: sid() };
        Report::Published { .. } => Report::Published { lane, sid: sid() };
        Report::Flowing(_) => Report::Flowing(lane);
        Report::Stalled(_) => Report::Stalled(lane);
        Report::Speaking(_) => Report::Speaking(vec![who()]);
        Report::Stats(_) => Report::Stats(vec![TrackStats { lane, frames: 9, dropped: 1, active: true }]);
        Report::Fault(_) => Report::Fault(EngineFault::PublishRefused { lane });
        Report::Pong(_) => Report::Pong(7);
    );
    reports.extend(partings().into_iter().map(|why| Report::Gone { identity: who(), why }));
    reports.extend(qualities().into_iter().map(|quality| Report::Quality(who(), quality)));
    reports.extend(links.into_iter().map(Report::Link));
    reports.extend(faults.into_iter().map(Report::Fault));
    reports
}
