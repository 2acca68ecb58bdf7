//! The mixer and everything about sound, as it is drawn.

use studio_wire::device::{Chosen, Device, DeviceKind, DevicesView};
use studio_wire::mixer::{
    Heard, Loudness, MeterView, MixerView, MonitorBus, SoundView, Strip, StripView, TalkTo,
};

use super::*;
use crate::local::{Close, Filter, OpenMenu};

/// Six strips of a show that is live: the host with music, three on stage, two who wait.
fn mixer() -> MixerView {
    let on = Heard { program: true, monitor: true, stage: true, backstage: false };
    let wait = Heard { program: false, monitor: true, stage: false, backstage: true };
    let one = |source: u32, who: &str, kind, heard, strip| {
        let person = Identity(who.to_owned());
        StripView { person, kind, source: studio_wire::SourceId(source), strip, heard }
    };
    let gain = |gain_db| Strip { gain_db, ..Strip::default() };
    let own = Heard { monitor: false, ..on };
    let strips = vec![
        one(1, "mara", TrackKind::Microphone, own, gain(0.0)),
        one(2, "mara", TrackKind::StageMedia, on, gain(-16.0)),
        one(3, "ines", TrackKind::Microphone, on, gain(-2.4)),
        one(4, "ines", TrackKind::ScreenSound, on, gain(-9.0)),
        one(5, "tomas", TrackKind::Microphone, Heard::default(), Strip { mute: true, ..gain(0.0) }),
        one(6, "leo", TrackKind::Microphone, wait, Strip { solo: true, ..gain(1.5) }),
    ];
    MixerView { strips, ..MixerView::default() }
}

fn sample(live: bool) -> Snapshot {
    let mut show = show(if live { StateName::Live } else { StateName::Ready });
    let tomas = PersonView { identity: "tomas".into(), name: "Tomás".to_owned(), ..show.people[1].clone() };
    show.people.insert(2, tomas);
    show.people.iter_mut().skip(1).for_each(|person| person.role = Role::Guest);
    show.program.people.push("tomas".into());
    show.people[0].microphone =
        SourceView { source: Some(studio_wire::SourceId(1)), on: true, ..SourceView::default() };
    show.mixer = Some(mixer());
    let sound = SoundView { monitor: MonitorBus { gain_db: -12.0, dim: false }, ..SoundView::default() };
    let offer = |kind, name: &str| Device { id: name.into(), name: name.to_owned(), kind, default: false };
    let mut devices = DevicesView::default();
    devices.microphone.offers = vec![offer(DeviceKind::Microphone, "Desk microphone")];
    devices.microphone.chosen = Some(Chosen { id: "Desk microphone".into(), name: String::new() });
    Snapshot { show, sound, devices, ..Snapshot::default() }
}

fn mixed(snapshot: Snapshot, then: impl FnOnce(Studio) + 'static) -> String {
    drawn_after(snapshot, |studio| {
        studio.local.mixer.set(true);
        then(studio);
    })
}

/// A strip's markup, up to the next one.
fn channel<'a>(page: &'a str, key: &str) -> &'a str {
    let from = &page[page.find(&format!("data-channel=\"{key}\"")).unwrap()..];
    from.split("data-test=\"channel\"").next().unwrap()
}

#[test]
fn the_drawer_is_there_only_for_who_runs_the_show_and_takes_the_place_of_the_people() {
    let page = mixed(sample(true), |_| ());
    assert!(element(&page, "mixer").is_some() && page.contains("class=\"main\" data-mixer=\"true\""));
    assert!(tag(&page, "mixer-door").contains("aria-expanded=\"true\""));
    let mut guest = sample(true);
    guest.show.mixer = None;
    let page = mixed(guest, |_| ());
    assert!(element(&page, "mixer").is_none() && element(&page, "mixer-door").is_none());
    assert!(page.contains("class=\"main\" data-mixer=\"false\""));
    assert!(element(&drawn_after(sample(true), |_| ()), "mixer").is_none());
}

// S-163
#[test]
fn a_strip_shows_whose_it_is_its_gain_its_switches_and_who_is_on_air() {
    let page = mixed(sample(true), |_| ());
    assert_eq!(page.matches("data-test=\"channel\"").count(), 6);
    let ines = channel(&page, "ines/microphone");
    assert!(
        ines.contains("aria-valuenow=\"-2.4\"")
            && ines.contains("−2.4 dB")
            && ines.contains("data-meter=\"3\"")
    );
    assert!(
        ines.contains("data-air=\"true\"") && tag(ines, "channel-mute").contains("aria-pressed=\"false\"")
    );
    let tomas = channel(&page, "tomas/microphone");
    assert!(tag(tomas, "channel-mute").contains("aria-pressed=\"true\"") && tomas.contains("Unmute Tomás"));
    let leo = channel(&page, "leo/microphone");
    assert!(leo.contains("data-air=\"false\"") && tag(leo, "channel-solo").contains("aria-pressed=\"true\""));
    assert!(channel(&page, "mara/stage-media").contains("Music"));
    assert!(channel(&page, "ines/screen-sound").contains("Ines: screen"));
    let ready = mixed(sample(false), |_| ());
    assert!(!channel(&ready, "ines/microphone").contains("data-air=\"true\""), "red before it is true");
}

#[test]
fn each_strip_says_who_hears_it() {
    let page = mixed(sample(true), |_| ());
    let lit = |key: &str| {
        ["heard-program", "heard-monitor", "heard-stage", "heard-backstage"]
            .map(|place| tag(channel(&page, key), place).contains("data-lit=\"true\""))
    };
    assert_eq!(lit("mara/microphone"), [true, false, true, false]);
    assert_eq!(lit("leo/microphone"), [false, true, false, true]);
    assert_eq!(lit("tomas/microphone"), [false; 4]);
    assert!(tag(channel(&page, "tomas/microphone"), "heard-program").contains("Not heard in the program"));
}

#[test]
fn a_filter_leaves_out_what_it_says() {
    let page = mixed(sample(true), |studio| studio.local.filter.set(Filter::Sources));
    assert_eq!(page.matches("data-test=\"channel\"").count(), 2);
    assert!(tag(&page, "mixer-sources").contains("aria-pressed=\"true\""));
    assert!(element(&page, "bus-program").is_some() && element(&page, "bus-monitor").is_some());
}

#[test]
fn the_program_shows_its_loudness_and_whether_it_is_on_target() {
    let page = |integrated| {
        mixed(sample(true), move |studio| {
            let loudness =
                Loudness { momentary: -16.2, short: -16.1, integrated, range: 5.1, true_peak: -4.1 };
            studio.store.fold(Update::Meters(Meters { loudness, ..Meters::default() }));
            studio.local.beat(1_000.0);
        })
    };
    let near = page(-16.0);
    let figure = |name: &str| element(&near, name).unwrap().split("</dd>").next().unwrap().to_owned();
    assert!(figure("loud-momentary").contains("−16.2") && figure("loud-show").contains("−16.0"));
    assert!(figure("loud-range").contains("5.1 LU"));
    assert!(element(&near, "bus-peak").unwrap().split("</span>").next().unwrap().contains("−4.1"));
    assert!(element(&near, "on-target").is_some());
    assert!(element(&page(-23.0), "on-target").is_none());
}

#[test]
fn the_monitor_says_who_alone_is_heard_in_it() {
    let page = mixed(sample(true), |_| ());
    assert!(element(&page, "bus-solo").unwrap().split("</button>").next().unwrap().contains("Leo only"));
    let mut none = sample(true);
    none.show.mixer.as_mut().unwrap().strips[5].strip.solo = false;
    assert!(element(&mixed(none, |_| ()), "bus-solo").is_none());
}

#[test]
fn a_close_look_shows_every_part_and_voice_care_only_for_the_own_microphone() {
    let close = |who: &str| {
        let close = Close::Strip((who.into(), TrackKind::Microphone));
        mixed(sample(true), move |studio| studio.local.close.set(Some(close)))
    };
    let own = close("mara");
    for part in ["part-gate", "part-eq", "part-compressor", "part-limiter", "part-place", "part-voice"] {
        assert!(own.contains(&format!("data-part=\"{part}\"")), "{part}");
    }
    assert_eq!(own.matches("data-test=\"channel\"").count(), 1);
    assert_eq!(own.matches("data-test=\"band-pick\"").count(), 5);
    let other = close("ines");
    assert!(!other.contains("data-part=\"part-voice\"") && other.contains("data-part=\"part-gate\""));
    let program = mixed(sample(true), |studio| studio.local.close.set(Some(Close::Program)));
    assert!(program.contains("data-part=\"part-ducking\"") && !program.contains("data-test=\"channel\""));
}

#[test]
fn what_was_turned_here_is_shown_before_the_core_has_said_so() {
    let page = mixed(sample(true), |studio| {
        let channel = (Identity::from("ines"), TrackKind::Microphone);
        let strip = Strip { gain_db: 6.0, ..Strip::default() };
        let part = studio_wire::mixer::StripPart::Gain(6.0);
        studio.local.desk.update(|desk| desk.turned(crate::local::desk::Turn::strip(channel, strip, part)));
    });
    assert!(channel(&page, "ines/microphone").contains("aria-valuenow=\"6.0\""));
}

#[test]
fn no_level_changes_an_element_of_the_drawer() {
    let with = |peak: f32| {
        mixed(sample(true), move |studio| {
            let one = MeterView { peak: [peak; 2], rms: [peak; 2], ..MeterView::default() };
            let sources = (1..7).map(|at| (studio_wire::SourceId(at), one)).collect();
            studio.store.fold(Update::Meters(Meters {
                program: one,
                monitor: one,
                sources,
                ..Meters::default()
            }));
        })
    };
    let drawer = |page: &str| {
        let from = &page[page.find("data-test=\"mixer\"").unwrap()..];
        from.split("</section>").next().unwrap().to_owned()
    };
    assert_eq!(drawer(&with(-50.0)), drawer(&with(-3.0)));
    assert_eq!(drawer(&with(-3.0)).matches("<canvas").count(), 1);
}

#[test]
fn who_is_talked_to_beside_the_show_is_said_for_as_long_as_it_lasts() {
    let pill = |talk, pressed| {
        let mut snapshot = sample(true);
        (snapshot.sound.talk, snapshot.sound.pressed) = (talk, pressed);
        let page = drawn_after(snapshot, |_| ());
        element(&page, "talk-pill").map(|from| from.split("</div>").next().unwrap().to_owned())
    };
    assert!(pill(Some(TalkTo::Person("leo".into())), false).unwrap().contains("Only Leo hears you"));
    assert!(pill(Some(TalkTo::Backstage), false).unwrap().contains("Only the people backstage hear you"));
    assert!(pill(None, true).unwrap().contains("Your microphone is open"));
    assert_eq!(pill(None, false), None);
}

#[test]
fn talking_beside_the_show_is_offered_to_who_runs_it_and_only_to_others_who_are_there() {
    let menu = |snapshot: Snapshot, who: &str| {
        let who = who.to_owned();
        drawn_after(snapshot, move |studio| {
            studio.local.panel.set(Some(Panel::People));
            studio.local.menu.set(Some(OpenMenu::Person(who.as_str().into())));
        })
    };
    let leo = menu(sample(true), "leo");
    assert!(element(&leo, "menu-talk").unwrap().contains("Hold to talk to Leo"));
    assert!(element(&menu(sample(true), "mara"), "menu-talk").is_none());
    let mut guest = sample(true);
    refuse(&mut guest.show, Act::Talk, Fault::NotAllowed { act: Act::Talk, role: Role::Guest });
    assert!(element(&menu(guest.clone(), "leo"), "menu-talk").is_none());
    assert!(element(&mixed(guest, |_| ()), "talk-backstage").is_none());
    assert!(element(&mixed(sample(true), |_| ()), "talk-backstage").is_some());
}

fn devices(kind: DeviceKind, change: impl FnOnce(&mut Snapshot)) -> String {
    let mut snapshot = sample(true);
    change(&mut snapshot);
    drawn_after(snapshot, move |studio| studio.local.menu.set(Some(OpenMenu::Devices(kind))))
}

// S-20 S-22
#[test]
fn the_menu_of_a_device_shows_what_it_gives_now() {
    let open = devices(DeviceKind::Microphone, |snapshot| snapshot.devices.microphone.on = true);
    assert!(element(&open, "device-level").unwrap().contains("data-meter=\"1\""));
    assert!(element(&open, "device-closed").is_none() && open.contains("Desk microphone"));
    let speaker = devices(DeviceKind::Speaker, |_| ());
    assert!(element(&speaker, "device-heard").unwrap().contains("data-meter=\"monitor\""));
    let camera = devices(DeviceKind::Camera, |_| ());
    assert!(tag(&camera, "device-picture").contains("data-shown=\"true\""));
    let closed = devices(DeviceKind::Camera, |snapshot| snapshot.show.people[0].camera.on = false);
    assert!(tag(&closed, "device-picture").contains("data-shown=\"false\""));
}

// S-53 S-54
#[test]
fn a_microphone_that_is_open_although_muted_is_said_to_be() {
    let closed = devices(DeviceKind::Microphone, |snapshot| snapshot.show.people[0].microphone.on = false);
    assert!(element(&closed, "device-closed").is_some() && element(&closed, "device-listening").is_none());
    let listening = devices(DeviceKind::Microphone, |snapshot| {
        snapshot.show.people[0].microphone.on = false;
        snapshot.sound.listening = true;
    });
    assert!(listening.contains("Open although muted") && element(&listening, "device-closed").is_none());
    assert!(tag(&listening, "heed-muted").contains("aria-checked=\"true\""));
    assert!(tag(&listening, "push-to-talk").contains("aria-checked=\"false\""));
    let ignored = devices(DeviceKind::Microphone, |snapshot| snapshot.sound.ignore_muted = true);
    assert!(tag(&ignored, "heed-muted").contains("aria-checked=\"false\""));
}

#[test]
fn a_strip_that_goes_while_it_is_looked_at_gives_the_others_back() {
    let page = mixed(sample(true), |studio| {
        studio.local.close.set(Some(Close::Strip(("nobody".into(), TrackKind::Microphone))));
    });
    assert_eq!(page.matches("data-test=\"channel\"").count(), 6);
    assert!(element(&page, "mixer-close-look").is_none());
}
