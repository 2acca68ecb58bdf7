use studio_wire::command::Act;
use studio_wire::people::{Position, Presence};
use studio_wire::view::{
    BroadcastView, LayoutOffer, May, Meters, PersonView, RecordingView, SceneView, ShowView, SourceView,
    StateName,
};
use studio_wire::{Fault, Identity, LayoutName, Rect, ShowTime, Snapshot, Update};

use super::*;

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
        ..ShowView::default()
    }
}

fn drawn(show: ShowView) -> String {
    sycamore::render_to_string(move || {
        let studio = Studio::new();
        let at = ShowTime::from_ms(66_000);
        studio.fold(Update::Snapshot(Box::new(Snapshot { rev: 3, at, show, ..Snapshot::default() })), 0.0);
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
    let refusal = Some(Fault::NotNow { act: Act::GoLive, state: StateName::Initializing });
    view.may = vec![May { act: Act::GoLive, refusal }, May { act: Act::Layout, refusal: None }];
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
