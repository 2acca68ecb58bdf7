//! Of the rooms and of what is said in them.

use studio_wire::chat::{ChatLine, ChatPage, Reaction};
use studio_wire::command::ShowCommand;
use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, LaneId, TrackSid};
use studio_wire::people::{Parting, Position, Quality, Role};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, Stamp, TrackKind};
use studio_wire::server::{SecretPlace, SecretText, ServerTest};
use studio_wire::view::{Ack, BroadcastView, Change, ShowView};

use super::engine::{publish, watch};
use super::mixer::{bus, mixer, strip_view};
use super::show::{person, place_offer, recording, scene, show};
use super::{at, profile, session, text, who};

fn stamp() -> Stamp {
    Stamp {
        role: Role::Guest,
        position: Position::OnStage,
        may: vec![TrackKind::Camera, TrackKind::Microphone],
    }
}

pub fn rtc_orders() -> Vec<RtcOrder> {
    let (room, epoch, call) = (RoomKind::Crew, Epoch(5), CallId(12));
    every!(RtcOrder:
        RtcOrder::Open { .. } =>
            RtcOrder::Open { epoch, session: session(), server: None, adopt: true },
            RtcOrder::Open { epoch, session: session(), server: Some(profile()), adopt: false };
        RtcOrder::Attend { .. } => RtcOrder::Attend { epoch };
        RtcOrder::Start { .. } => RtcOrder::Start { room, epoch, identity: "host".into(), name: text("Ada") };
        RtcOrder::Want { .. } => RtcOrder::Want { room, publish: publish(), watch: watch() };
        RtcOrder::Leave { .. } => RtcOrder::Leave { room };
        RtcOrder::Stamp { .. } => RtcOrder::Stamp { room, identity: who(), stamp: stamp() };
        RtcOrder::Mute { .. } => RtcOrder::Mute { room, identity: who(), sid: "TR_1".into() };
        RtcOrder::PutOut { .. } => RtcOrder::PutOut { room, identity: who() };
        RtcOrder::Look { .. } => RtcOrder::Look { room };
        RtcOrder::Answer { .. } => RtcOrder::Answer { room, call, answer: RoomAnswer::Refused(Fault::TooFast) };
        RtcOrder::Tell { .. } => RtcOrder::Tell { room, to: vec![who()], tale: Tale::Stale { rev: 9 } };
        RtcOrder::Ask { .. } => RtcOrder::Ask { room, call, to: "host".into(), ask: RoomAsk::Nonsense };
        RtcOrder::Say { .. } => RtcOrder::Say {
            room, id: text("m-1"), text: text("Hello"), sent_ms: 1_795_287_600_000,
        };
        RtcOrder::React { .. } => RtcOrder::React { room, reaction: Reaction::Heart };
        RtcOrder::KeepSecret { .. } =>
            RtcOrder::KeepSecret { server: profile().id, secret: Some(SecretText(text("hidden"))) },
            RtcOrder::KeepSecret { server: profile().id, secret: None };
        RtcOrder::FindSecret { .. } => RtcOrder::FindSecret { server: profile().id };
        RtcOrder::TestServer { .. } => RtcOrder::TestServer { server: profile() };
        RtcOrder::Close { .. } => RtcOrder::Close { epoch };
    )
}

pub fn rtc_reports() -> Vec<RtcReport> {
    let (room, epoch) = (RoomKind::Air, Epoch(5));
    let places = every!(SecretPlace:
        SecretPlace::Missing => SecretPlace::Missing;
        SecretPlace::Session => SecretPlace::Session;
        SecretPlace::Keychain => SecretPlace::Keychain;
    );
    let mut reports = every!(RtcReport:
        RtcReport::RoomsReady { .. } => RtcReport::RoomsReady { epoch };
        RtcReport::ServerLost { .. } => RtcReport::ServerLost { epoch };
        RtcReport::Failed { .. } => RtcReport::Failed { epoch, fault: Fault::ServerLost };
        RtcReport::EngineLost { .. } => RtcReport::EngineLost { room, epoch };
        RtcReport::Room { .. } => RtcReport::Room { room, epoch, news: RoomNews::Joined };
        RtcReport::Stamped { .. } =>
            RtcReport::Stamped { room, identity: who(), stamp: stamp(), refused: None },
            RtcReport::Stamped { room, identity: who(), stamp: Stamp::default(), refused: Some(text("no")) };
        RtcReport::Standing { .. } =>
            RtcReport::Standing { room, tracks: vec![(who(), "TR_1".into())] };
        RtcReport::SecretKept { .. } =>
            RtcReport::SecretKept { server: profile().id, place: SecretPlace::Missing };
        RtcReport::ServerTested { .. } =>
            RtcReport::ServerTested { server: profile().id, outcome: Ok(tested()) },
            RtcReport::ServerTested { server: profile().id, outcome: Err(Fault::ServerLost) };
        RtcReport::Closed { .. } => RtcReport::Closed { epoch };
    );
    let kept = |place| RtcReport::SecretKept { server: profile().id, place };
    reports.extend(places.into_iter().map(kept));
    reports.extend(room_news().into_iter().map(|news| RtcReport::Room { room, epoch, news }));
    reports
}

pub fn tested() -> ServerTest {
    ServerTest { reach_ms: 3, room_ms: 8, latency_ms: 2 }
}

fn room_news() -> Vec<RoomNews> {
    let (lane, call, sid) = (LaneId(2), CallId(12), || TrackSid::from("TR_1"));
    let mut news = every!(RoomNews:
        RoomNews::Joined => RoomNews::Joined;
        RoomNews::Lost { .. } => RoomNews::Lost { gone: None }, RoomNews::Lost { gone: Some(LostWhy::Away) };
        RoomNews::Came { .. } => RoomNews::Came { identity: who(), name: text("Leo"), role: Some(Role::Guest) };
        RoomNews::Left { .. } => RoomNews::Left { identity: who(), why: Parting::Left };
        RoomNews::Quality { .. } => RoomNews::Quality { identity: who(), quality: Quality::Unknown };
        RoomNews::OwnMuted { .. } => RoomNews::OwnMuted { lane, muted: true };
        RoomNews::Asked { .. } => RoomNews::Asked { call, from: who(), ask: RoomAsk::Nonsense };
        RoomNews::Answered { .. } =>
            RoomNews::Answered { call, answer: None },
            RoomNews::Answered { call, answer: Some(RoomAnswer::Refused(Fault::NotUnderstood)) };
        RoomNews::Told { .. } => RoomNews::Told { tale: Tale::Recall };
        RoomNews::Said { .. } =>
            RoomNews::Said { from: who(), id: Some(text("m-1")), text: text("Hello") },
            RoomNews::Said { from: who(), id: None, text: text("Hello") };
        RoomNews::Reacted { .. } => RoomNews::Reacted { from: who(), reaction: Reaction::Clap };
        RoomNews::Flooding { .. } => RoomNews::Flooding { from: who(), dropped: 70 };
        RoomNews::Track { .. } => RoomNews::Track {
            identity: who(), sid: sid(), kind: TrackKind::ScreenSound, muted: false,
        };
        RoomNews::TrackGone { .. } => RoomNews::TrackGone { identity: who(), sid: sid() };
        RoomNews::Published { .. } => RoomNews::Published { lane };
        RoomNews::Flowing { .. } => RoomNews::Flowing { lane };
        RoomNews::Stalled { .. } => RoomNews::Stalled { lane };
        RoomNews::TooLarge { .. } => RoomNews::TooLarge { lane, width: 4096, height: 2160 };
        RoomNews::Speaking { .. } => RoomNews::Speaking { people: vec![who()] };
    );
    news.extend(partings().into_iter().map(|why| RoomNews::Left { identity: who(), why }));
    news.extend(qualities().into_iter().map(|quality| RoomNews::Quality { identity: who(), quality }));
    news.extend(reactions().into_iter().map(|reaction| RoomNews::Reacted { from: who(), reaction }));
    news
}

pub fn partings() -> Vec<Parting> {
    every!(Parting:
        Parting::Left => Parting::Left;
        Parting::Replaced => Parting::Replaced;
        Parting::Removed => Parting::Removed;
    )
}

pub fn qualities() -> Vec<Quality> {
    every!(Quality:
        Quality::Unknown => Quality::Unknown;
        Quality::Lost => Quality::Lost;
        Quality::Poor => Quality::Poor;
        Quality::Good => Quality::Good;
        Quality::Excellent => Quality::Excellent;
    )
}

pub fn reactions() -> Vec<Reaction> {
    every!(Reaction:
        Reaction::Clap => Reaction::Clap;
        Reaction::Heart => Reaction::Heart;
        Reaction::Laugh => Reaction::Laugh;
        Reaction::Wow => Reaction::Wow;
        Reaction::Up => Reaction::Up;
    )
}

pub fn room_asks() -> Vec<RoomAsk> {
    let holders = every!(Holder:
        Holder::First => Holder::First;
        Holder::Same => Holder::Same;
        Holder::Other => Holder::Other;
    );
    let mut asks = every!(RoomAsk:
        RoomAsk::Hello { .. } => RoomAsk::Hello { version: 1, holder: Holder::First };
        RoomAsk::Devices(_) => RoomAsk::Devices(vec![super::devices::offered()]), RoomAsk::Devices(Vec::new());
        RoomAsk::Command(_) => RoomAsk::Command(ShowCommand::Take),
            RoomAsk::Command(ShowCommand::Mute { person: who(), kind: TrackKind::Microphone });
        RoomAsk::History { .. } =>
            RoomAsk::History { room: RoomKind::Crew, after: Some(7), before: None },
            RoomAsk::History { room: RoomKind::Air, after: None, before: Some(101) };
        RoomAsk::Nonsense => RoomAsk::Nonsense;
    );
    asks.extend(holders.into_iter().map(|holder| RoomAsk::Hello { version: 1, holder }));
    asks
}

pub fn room_answers() -> Vec<RoomAnswer> {
    every!(RoomAnswer:
        RoomAnswer::Welcome { .. } => RoomAnswer::Welcome {
            rev: 7,
            at: at(900),
            view: Box::new(show()),
            chat: chat_pages(),
            passes: vec![RoomKind::Air],
            bind: true,
        };
        RoomAnswer::Done(_) => RoomAnswer::Done(Ack { rev: 8, person: None }),
            RoomAnswer::Done(Ack { rev: 8, person: Some(Box::new(person())) });
        RoomAnswer::History(_) => RoomAnswer::History(page());
        RoomAnswer::Refused(_) => RoomAnswer::Refused(Fault::Silenced);
    )
}

pub fn tales() -> Vec<Tale> {
    every!(Tale:
        Tale::View { .. } => Tale::View { from: 7, rev: 8, changes: changes() };
        Tale::Stale { .. } => Tale::Stale { rev: 9 };
        Tale::Chat(_) => Tale::Chat(line());
        Tale::Unsaid { .. } => Tale::Unsaid { id: text("m-1"), fault: Fault::Silenced };
        Tale::Recall => Tale::Recall;
    )
}

pub fn changes() -> Vec<Change> {
    let ShowView { mine, host, reactions, counts, may, .. } = show();
    every!(Change:
        Change::Role(_) => Change::Role(Role::Cohost);
        Change::Title(_) => Change::Title(text("Late show"));
        Change::Broadcast(_) => Change::Broadcast(BroadcastView::default());
        Change::Program(_) => Change::Program(scene());
        Change::Preview(_) => Change::Preview(None), Change::Preview(Some(scene()));
        Change::People { .. } => Change::People { order: vec!["host".into(), who()], changed: vec![person()] };
        Change::Layouts(_) => Change::Layouts(vec![place_offer()]);
        Change::Format(_) => Change::Format(Default::default());
        Change::Viewers(_) => Change::Viewers(4);
        Change::Counts(_) => Change::Counts(counts);
        Change::Mine(_) => Change::Mine(mine);
        Change::Devices(_) => Change::Devices(None), Change::Devices(Some(super::devices::theirs()));
        Change::Host(_) => Change::Host(None), Change::Host(host);
        Change::Reactions(_) => Change::Reactions(reactions);
        Change::Recording(_) => Change::Recording(None), Change::Recording(Some(recording()));
        Change::Mixer(_) => Change::Mixer(None), Change::Mixer(Some(mixer()));
        Change::Strips(_) => Change::Strips(vec![strip_view()]);
        Change::ProgramBus(_) => Change::ProgramBus(bus());
        Change::May(_) => Change::May(may);
    )
}

pub fn line() -> ChatLine {
    ChatLine {
        room: RoomKind::Air,
        seq: 8,
        id: text("m-1"),
        from: who(),
        name: text("Leo"),
        at_ms: 1_795_287_600_000,
        text: text("Hello"),
    }
}

pub fn page() -> ChatPage {
    ChatPage { room: RoomKind::Air, lines: vec![line()], newest: 8 }
}

pub fn chat_pages() -> Vec<ChatPage> {
    vec![ChatPage::default(), page()]
}
