use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::command::Act;
use studio_wire::engine::LostWhy;
use studio_wire::people::{Position, Presence, Quality, Rights};
use studio_wire::rtc::TrackKind;
use studio_wire::table;
use studio_wire::view::{
    BroadcastView, Counts, LayoutOffer, May, Meters, Notice, PersonView, RecordingView, SceneView, SeatLink,
    ShowView, SourceView, StateName,
};
use studio_wire::{Fault, Identity, LayoutName, Rect, ShowTime, Snapshot, Update};

use super::*;

mod devices;
mod sharing;
mod sound;

fn show(state: StateName) -> ShowView {
    let person = |name: &str, position| PersonView {
        identity: Identity(name.to_lowercase()),
        name: name.to_owned(),
        presence: Presence::Joined,
        position,
        local: name == "Mara",
        camera: SourceView { on: true, flowing: true, cell: Some(1), ..SourceView::default() },
        ..PersonView::default()
    };
    let half = |x| Rect { x, y: 0.25, w: 0.5, h: 0.5 };
    ShowView {
        title: "Rivers".to_owned(),
        broadcast: BroadcastView { state, since: ShowTime::from_ms(1_000), ..BroadcastView::default() },
        program: SceneView { layout: LayoutName::Grid, people: vec!["mara".into(), "ines".into()] },
        people: vec![
            person("Mara", Position::OnStage),
            person("Ines", Position::OnStage),
            person("Leo", Position::Backstage),
        ],
        layouts: vec![
            LayoutOffer { layout: LayoutName::Solo, places: vec![Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 }] },
            LayoutOffer { layout: LayoutName::Grid, places: vec![half(0.0), half(0.5)] },
        ],
        role: Role::Host,
        may: table::COMMANDS.iter().map(|row| May { act: row.act, refusal: None }).collect(),
        ..ShowView::default()
    }
}

/// Makes one act of the show impossible.
fn refuse(show: &mut ShowView, act: Act, refusal: Fault) {
    show.may.iter_mut().find(|may| may.act == act).unwrap().refusal = Some(refusal);
}

fn drawn(show: ShowView) -> String {
    drawn_after(Snapshot { show, ..Snapshot::default() }, |_| ())
}

/// The page after this snapshot and what `then` does.
fn drawn_after(snapshot: Snapshot, then: impl FnOnce(Studio) + 'static) -> String {
    sycamore::render_to_string(move || {
        let studio = Studio::new();
        let at = ShowTime::from_ms(66_000);
        studio.fold(Update::Snapshot(Box::new(Snapshot { rev: 3, at, ..snapshot })), 0.0);
        then(studio);
        view! { App(studio=studio) }
    })
}

/// The element that carries this name for tests, from its tag on.
fn element<'a>(page: &'a str, test: &str) -> Option<&'a str> {
    let at = page.find(&format!("data-test=\"{test}\""))?;
    let start = page[..at].rfind('<')?;
    Some(&page[start..])
}

fn tag<'a>(page: &'a str, test: &str) -> &'a str {
    let from = element(page, test).unwrap_or_else(|| panic!("no {test} in {page}"));
    &from[..=from.find('>').unwrap()]
}

#[test]
fn before_the_first_snapshot_nothing_is_claimed() {
    let page = sycamore::render_to_string(|| view! { App(studio=Studio::new()) });
    assert!(element(&page, "waiting").is_some());
    assert!(element(&page, "state").is_none() && element(&page, "go-live").is_none());
}

#[test]
fn live_shows_state_time_recording_and_who_is_on_air() {
    let mut live = show(StateName::Live);
    let since = ShowTime::from_ms(6_000);
    live.recording = Some(RecordingView { since, running: true, ..RecordingView::default() });
    live.viewers = 1_284;
    let page = drawn(live);
    assert!(tag(&page, "state").contains("data-state=\"live\""));
    assert!(element(&page, "timer").unwrap().split("</span>").next().unwrap().contains("00:01:05"));
    assert!(element(&page, "rec-timer").unwrap().split("</span>").next().unwrap().contains("00:01:00"));
    assert!(element(&page, "viewers").unwrap().contains("1,284"));
    assert!(page.contains("You are on air") && page.contains("ON AIR"));
    assert_eq!(page.matches("data-air=\"true\" data-speaking").count(), 2);
    assert!(element(&page, "end-stream").is_some() && element(&page, "go-live").is_none());
}

#[test]
fn a_timer_goes_on_while_only_levels_arrive() {
    create_root(|| {
        let studio = Studio::new();
        let at = ShowTime::from_ms(66_000);
        studio.fold(Update::Snapshot(Box::new(Snapshot { rev: 3, at, ..Snapshot::default() })), 0.0);
        for page_ms in [1_000.0, 2_000.0, 3_000.0] {
            studio.fold(Update::Meters(Meters::default()), page_ms);
            studio.local.beat(page_ms);
        }
        assert_eq!(studio.local.now.get(), ShowTime::from_ms(69_000));
    })
    .dispose();
}

#[test]
fn nothing_is_called_live_or_on_air_until_it_is() {
    for state in StateName::ALL.into_iter().filter(|state| *state != StateName::Live) {
        let page = drawn(show(state));
        assert!(!page.contains("LIVE") && !page.contains("ON AIR"), "{state:?}");
        assert!(!page.contains("data-air=\"true\"") && !page.contains("pill-live"), "{state:?}");
        assert!(element(&page, "rec").is_none(), "{state:?}");
    }
}

#[test]
fn each_state_offers_what_can_be_done_next() {
    let offers = |state| {
        let page = drawn(show(state));
        let all = ["open-show", "close-show", "go-live", "end-stream", "recover"];
        let offered = all.into_iter().filter(|test| element(&page, test).is_some());
        offered.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(offers(StateName::Idle), "open-show");
    assert_eq!(offers(StateName::Initializing), "go-live");
    assert_eq!(offers(StateName::Ready), "close-show go-live");
    assert_eq!(offers(StateName::Starting), "end-stream");
    assert_eq!(offers(StateName::Live), "end-stream");
    assert_eq!(offers(StateName::Stopping), "end-stream");
    assert_eq!(offers(StateName::Error), "recover");
}

#[test]
fn a_button_that_cannot_be_used_says_why() {
    let mut view = show(StateName::Ready);
    refuse(&mut view, Act::GoLive, Fault::NotNow { act: Act::GoLive, state: StateName::Initializing });
    let page = drawn(view);
    let button = tag(&page, "go-live");
    assert!(button.contains("aria-disabled=\"true\""), "{button}");
    assert!(button.contains("title=\"Going live has to wait: the show is opening.\""), "{button}");
    assert!(tag(&page, "layout-solo").contains("aria-disabled=\"false\""));
}

#[test]
fn people_stand_where_the_core_says() {
    let page = drawn(show(StateName::Ready));
    for (who, place) in [("mara", "stage"), ("ines", "stage"), ("leo", "backstage")] {
        assert!(page.contains(&format!("data-person=\"{who}\" data-place=\"{place}\"")), "{who}");
    }
    assert!(element(&page, "stage-count").unwrap().split("</span>").next().unwrap().contains('2'));
    assert!(page.contains("Add Leo to stage") && page.contains("Remove Ines from stage"));
    assert!(page.contains("Mara (you)"));
}

#[test]
fn layouts_are_drawn_from_their_places_and_the_chosen_one_is_marked() {
    let page = drawn(show(StateName::Ready));
    assert!(tag(&page, "layout-grid").contains("aria-pressed=\"true\""));
    assert!(tag(&page, "layout-solo").contains("aria-pressed=\"false\""));
    let grid = element(&page, "layout-grid").unwrap();
    let grid = &grid[..grid.find("</svg>").unwrap()];
    assert_eq!(grid.matches("<rect").count(), 2);
    assert!(grid.contains("x=\"83.0\" y=\"25.5\" width=\"74.0\" height=\"39.0\""), "{grid}");
}

#[test]
fn what_ended_the_show_stands_under_the_top_bar_with_what_to_do() {
    let mut view = show(StateName::Error);
    view.broadcast.fault = Some(Fault::MediaFailed);
    let page = drawn(view);
    let banner = element(&page, "banner").unwrap();
    assert!(tag(&page, "banner").contains("data-code=\"media_failed\""));
    assert!(banner.contains("Recover and open the show again."));
    assert!(!page.contains("data-test=\"dismiss\""));
}

#[test]
fn the_page_carries_no_style_that_its_content_policy_would_refuse() {
    assert!(!drawn(show(StateName::Live)).contains(" style="));
}

#[test]
fn a_name_cannot_smuggle_markup_into_the_page() {
    let mut view = show(StateName::Ready);
    view.people[1].name = "<img src=x>\"".to_owned();
    let page = drawn(view);
    assert!(!page.contains("<img"), "{page}");
}

#[test]
fn a_refusal_of_what_was_asked_here_is_shown() {
    let show = show(StateName::Ready);
    let page = drawn_after(Snapshot { show, ..Snapshot::default() }, |studio| {
        studio.local.refused(Fault::AlreadyOnStage { person: "leo".into() });
    });
    assert!(tag(&page, "toast").contains("data-code=\"already_on_stage\""));
    assert!(element(&page, "toast").unwrap().contains("Leo is already on stage"));
}

#[test]
fn a_seat_sees_no_act_that_its_role_may_not_do() {
    for role in [Role::Guest, Role::Viewer, Role::Producer] {
        for state in StateName::ALL {
            let mut show = show(state);
            (show.role, show.preview, show.recording) = (role, None, None);
            show.layouts.clear();
            if role == Role::Producer {
                for act in [Act::Open, Act::Release, Act::GoLive, Act::EndStream, Act::Recover] {
                    refuse(&mut show, act, Fault::NotAllowed { act, role });
                }
            } else {
                show.may.clear();
            }
            let page = drawn_after(Snapshot { show, seat: SeatLink::In, ..Snapshot::default() }, |studio| {
                studio.local.panel.set(Some(Panel::People));
            });
            for test in ["open-show", "title-field", "close-show", "go-live", "end-stream", "recover"] {
                assert!(element(&page, test).is_none(), "{role:?} {state:?}: {test}");
            }
            let acts = ["add-to-stage", "remove-from-stage", "person-menu"];
            let crew = role == Role::Producer;
            assert!(acts.iter().all(|test| element(&page, test).is_some() == crew), "{role:?} {state:?}");
            assert!(element(&page, "person-leo").is_some(), "{role:?} {state:?}");
        }
    }
}

#[test]
fn a_seat_that_is_not_in_says_why_and_offers_the_way_back_where_there_is_one() {
    let banner = |seat| {
        let show = show(StateName::Ready);
        let fault = Fault::SeatTaken;
        let notice = Notice { key: 1, fault, count: 1, at: ShowTime::default(), standing: true };
        let snapshot = Snapshot { show, seat, notices: vec![notice], ..Snapshot::default() };
        let page = drawn_after(snapshot, |_| ());
        assert!(element(&page, "banner").is_none(), "told twice: {page}");
        let found = element(&page, "seat-banner").map(|_| tag(&page, "seat-banner").to_owned());
        (found.unwrap_or_default(), element(&page, "come-back").is_some())
    };
    for seat in [SeatLink::Own, SeatLink::In] {
        assert_eq!(banner(seat), (String::new(), false));
    }
    for (seat, word) in
        [(SeatLink::Coming, "coming"), (SeatLink::HostAway, "host-away"), (SeatLink::Resuming, "resuming")]
    {
        let (tag, again) = banner(seat);
        assert!(tag.contains(&format!("data-seat=\"{word}\"")) && !again, "{tag}");
    }
    let over = [
        (LostWhy::Duplicate, "duplicate"),
        (LostWhy::Removed, "removed"),
        (LostWhy::Refused, "refused"),
        (LostWhy::Away, "away"),
    ];
    for (why, word) in over {
        let (tag, again) = banner(SeatLink::Over(why));
        assert!(tag.contains(&format!("data-seat=\"{word}\"")) && again, "{tag}");
    }
}

#[test]
fn a_seat_that_was_lost_for_good_does_not_pass_what_was_for_what_is() {
    let snapshot = Snapshot {
        show: show(StateName::Live),
        seat: SeatLink::Over(LostWhy::Removed),
        ..Snapshot::default()
    };
    let page = drawn_after(snapshot, |_| ());
    assert!(!page.contains("LIVE") && !page.contains("ON AIR") && !page.contains("data-air=\"true\""));
    assert!(!page.contains("You are on air") && page.contains("Nobody sees or hears you from here."));
    assert!(page.contains("data-shown=\"false\" data-region=\"stage\""));
}

#[test]
fn what_the_host_asks_for_is_asked_of_the_person_and_switched_on_by_nobody_else() {
    let mut asked = show(StateName::Ready);
    asked.mine.asked = vec![TrackKind::Microphone, TrackKind::ScreenSound];
    let page = drawn(asked);
    assert!(page.contains("The host asks you to turn on your microphone"));
    assert_eq!(page.matches("data-test=\"ask-prompt\"").count(), 1);
    assert!(element(&page, "ask-on").is_some() && element(&page, "ask-later").is_some());
    assert!(tag(&page, "mute").contains("aria-pressed=\"false\""));
    assert!(element(&drawn(show(StateName::Ready)), "ask-prompt").is_none());
}

#[test]
fn a_tile_says_that_somebody_is_waited_for_and_who_speaks() {
    let mut view = show(StateName::Ready);
    view.people[2].awaited = true;
    view.people[1].speaking = true;
    let page = drawn(view);
    let tile = |who| {
        let from = &page[page.find(&format!("data-person=\"{who}\" data-place")).unwrap()..];
        from.split("class=\"tile\"").next().unwrap().to_owned()
    };
    assert!(tile("leo").contains("Reconnecting…") && !tile("ines").contains("Reconnecting…"));
    assert!(
        tile("ines").contains("data-speaking=\"true\"") && tile("leo").contains("data-speaking=\"false\"")
    );
}

fn people(change: impl FnOnce(&mut ShowView)) -> String {
    let mut show = show(StateName::Ready);
    change(&mut show);
    drawn_after(Snapshot { show, ..Snapshot::default() }, |studio| {
        studio.local.panel.set(Some(Panel::People));
        studio.local.menu.set(Some(crate::local::OpenMenu::Person("leo".into())));
    })
}

/// The row of the list, up to the next one.
fn row(page: &str, who: &str) -> String {
    element(page, &format!("person-{who}")).unwrap().split("</li>").next().unwrap().to_owned()
}

// S-77
#[test]
fn the_list_says_who_is_where_and_how_they_are() {
    let page = people(|show| {
        show.counts = Counts { online: 3, total: 4 };
        show.people[1].role = Role::Cohost;
        show.people[1].microphone.on = true;
        show.people[1].rights = Rights::ALL;
        show.people[1].quality = Quality::Poor;
        show.people[2].role = Role::Guest;
        show.people[2].speaking = true;
        let gone = PersonView { identity: "ana".into(), presence: Presence::Left, ..PersonView::default() };
        show.people.push(gone);
    });
    assert!(element(&page, "people-count").unwrap().starts_with("<span"));
    assert!(page.contains("3 online, 4 total"));
    let (ines, leo, ana) = (row(&page, "ines"), row(&page, "leo"), row(&page, "ana"));
    assert!(ines.contains("data-position=\"on_stage\"") && ines.contains("Co-host"));
    assert!(ines.contains("Weak connection") && ines.contains("data-filled=\"2\""));
    assert!(tag(&ines, "person-microphone").contains("data-state=\"on\""));
    assert!(leo.contains("Speaking") && tag(&leo, "person-microphone").contains("data-state=\"barred\""));
    assert!(ana.contains("Left") && element(&ana, "person-microphone").is_none());
    let away = &page[page.find("data-section=\"away\"").unwrap()..];
    assert!(away.contains("data-test=\"person-ana\""));
}

#[test]
fn how_many_there_are_stands_only_where_it_is_told() {
    for (role, told) in
        [(Role::Host, true), (Role::Producer, true), (Role::Guest, false), (Role::Viewer, false)]
    {
        let page = people(|show| show.role = role);
        assert_eq!(page.contains("0 online, 0 total"), told, "{role:?}");
    }
}

#[test]
fn a_menu_offers_what_can_be_done_about_somebody_and_never_to_switch_them_on() {
    let page = people(|show| {
        show.people[2].role = Role::Guest;
        refuse(show, Act::AddToStage, Fault::StageFull { most: 20 });
        refuse(show, Act::SetRole, Fault::NotAllowed { act: Act::SetRole, role: Role::Producer });
    });
    let leo = row(&page, "leo");
    assert!(tag(&leo, "person-menu").contains("aria-expanded=\"true\""));
    let rows = leo.split("data-test=\"menu-").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(rows.collect::<Vec<_>>(), ["on-stage", "microphone-ask", "camera-off", "kick", "ban"]);
    assert!(tag(&leo, "menu-on-stage").contains("aria-disabled=\"true\""));
    assert!(tag(&leo, "menu-on-stage").contains("title=\"It holds 20 people.\""));
    assert!(tag(&leo, "menu-kick").contains("aria-disabled=\"false\""));
}

#[test]
fn a_menu_offers_every_role_but_the_one_that_somebody_has() {
    let leo = row(&people(|show| show.people[2].role = Role::Guest), "leo");
    let offered = |name: &str| element(&leo, name).is_some();
    assert!(offered("menu-cohost") && offered("menu-producer") && !offered("menu-guest"));
}

#[test]
fn who_was_banned_can_only_be_let_back_in() {
    let page = people(|show| show.people[2].presence = Presence::Removed);
    let leo = row(&page, "leo");
    assert!(element(&leo, "menu-readmit").is_some() && element(&leo, "menu-kick").is_none());
}

#[test]
fn a_seat_that_two_people_claim_is_settled_from_its_row() {
    let page = people(|show| show.people[2].contested = true);
    let leo = row(&page, "leo");
    assert!(element(&leo, "contested").is_some());
    assert!(leo.contains("Give it back") && leo.contains("Let them in"));
    let guest = people(|show| {
        show.people[2].contested = true;
        show.may.clear();
    });
    assert!(element(&guest, "contested").is_none());
}

fn said(room: RoomKind, seq: u64, text: &str) -> Update {
    let line = ChatLine {
        room,
        seq,
        id: seq.to_string(),
        from: "leo".into(),
        name: "Leo".to_owned(),
        at_ms: 1_795_262_400_000,
        text: text.to_owned(),
    };
    Update::Chat(ChatPage { room, lines: vec![line], newest: seq })
}

fn chat(role: Role, room: RoomKind) -> String {
    let show = ShowView { role, ..show(StateName::Ready) };
    drawn_after(Snapshot { show, ..Snapshot::default() }, move |studio| {
        studio.local.panel.set(Some(Panel::Chat));
        studio.local.room.set(room);
        studio.fold(said(RoomKind::Crew, 1, "two minutes"), 0.0);
        studio.fold(said(RoomKind::Air, 1, "<b>bravo</b>"), 0.0);
    })
}

#[test]
fn each_chat_shows_its_own_room_and_text_stays_text() {
    let crew = chat(Role::Host, RoomKind::Crew);
    assert!(crew.contains("two minutes") && !crew.contains("bravo"));
    assert!(element(&crew, "chat-line").unwrap().contains("12:00"));
    assert!(tag(&crew, "chat-tab-crew").contains("aria-pressed=\"true\""));
    let air = chat(Role::Host, RoomKind::Air);
    assert!(air.contains("&lt;b>bravo&lt;/b>") || air.contains("&lt;b&gt;bravo"), "{air}");
    assert!(!air.contains("<b>bravo") && !air.contains("two minutes"));
    assert!(element(&air, "chat-input").is_some() && element(&air, "chat-send").is_some());
}

#[test]
fn an_empty_chat_says_who_would_read_it() {
    let show = show(StateName::Ready);
    let page = drawn_after(Snapshot { show, ..Snapshot::default() }, |studio| {
        studio.local.panel.set(Some(Panel::Chat));
    });
    assert!(element(&page, "chat-empty").unwrap().contains("stays with the crew and the guests"));
}

#[test]
fn a_viewer_reads_only_what_the_audience_writes() {
    create_root(|| {
        let studio = Studio::new();
        let show = ShowView { role: Role::Viewer, ..show(StateName::Live) };
        studio.fold(Update::Snapshot(Box::new(Snapshot { rev: 1, show, ..Snapshot::default() })), 0.0);
        assert_eq!(studio.local.room.get(), RoomKind::Air);
    })
    .dispose();
    let page = chat(Role::Viewer, RoomKind::Air);
    assert!(element(&page, "chat-tab-crew").is_none() && page.contains("bravo"));
}

#[test]
fn who_was_silenced_is_told_so_in_place_of_the_field() {
    let mut show = show(StateName::Ready);
    show.mine.silenced = true;
    let page = drawn_after(Snapshot { show, ..Snapshot::default() }, |studio| {
        studio.local.panel.set(Some(Panel::Chat));
    });
    let field = tag(&page, "chat-input");
    assert!(field.contains(" disabled") && field.contains("taken your word"), "{field}");
}

#[test]
fn lines_that_came_since_the_chat_was_open_are_counted_and_the_first_page_is_no_news() {
    let news = |studio: Studio| crate::panels::rail::news(studio, RoomKind::Air);
    create_root(move || {
        let studio = Studio::new();
        studio.fold(said(RoomKind::Air, 1, "a"), 0.0);
        assert_eq!(news(studio), 0);
        studio.fold(said(RoomKind::Air, 2, "b"), 0.0);
        studio.fold(said(RoomKind::Air, 3, "c"), 0.0);
        assert_eq!(news(studio), 2);
        studio.local.panel.set(Some(Panel::Chat));
        studio.local.room.set(RoomKind::Air);
        studio.fold(said(RoomKind::Air, 4, "d"), 0.0);
        assert_eq!(news(studio), 0);
    })
    .dispose();
}
