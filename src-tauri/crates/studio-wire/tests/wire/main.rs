//! What goes over a wire or into a file keeps its form.
#![allow(clippy::unwrap_used, missing_docs)]

mod samples;

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use studio_wire::chat::Reaction;
use studio_wire::command::ShowCommand;
use studio_wire::engine::{Order, Report, Token};
use studio_wire::fault::Fault;
use studio_wire::layout::LayoutName;
use studio_wire::people::{Position, Presence, Rights, Role};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::server::SecretText;
use studio_wire::table;
use studio_wire::view::StateName;

/// One line a value: its type and its JSON. A change of it is a change of the wire.
const GOLDEN: &str = include_str!("golden.txt");

/// Values of one type as lines, each read back on the way.
fn lines<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, values: &[T]) -> String {
    let line = |value: &T| {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        format!("{name} {json}\n")
    };
    values.iter().map(line).collect()
}

// S-61
#[test]
fn every_variant_of_everything_that_is_sent_keeps_its_json() {
    let now = [
        lines("command", &samples::commands()),
        lines("fault", &samples::faults()),
        lines("actor", &samples::actors()),
        lines("seat", &samples::seats()),
        lines("update", &samples::show::updates()),
        lines("seat_link", &samples::show::seat_links()),
        lines("query", &samples::queries()),
        lines("answer", &samples::answers()),
        lines("media_order", &samples::media::media_orders()),
        lines("media_report", &samples::media::media_reports()),
        lines("rtc_order", &samples::rooms::rtc_orders()),
        lines("rtc_report", &samples::rooms::rtc_reports()),
        lines("device_order", &samples::devices::device_orders()),
        lines("device_report", &samples::devices::device_reports()),
        lines("store_order", &samples::store::store_orders()),
        lines("store_report", &samples::store::store_reports()),
        lines("shell_order", &samples::shell_orders()),
        lines("shell_report", &samples::shell_reports()),
        lines("engine_order", &samples::engine::engine_orders()),
        lines("engine_report", &samples::engine::engine_reports()),
        lines("room_ask", &samples::rooms::room_asks()),
        lines("room_answer", &samples::rooms::room_answers()),
        lines("tale", &samples::rooms::tales()),
        lines("change", &samples::rooms::changes()),
        lines("chat_page", &samples::rooms::chat_pages()),
    ]
    .concat();
    if now != GOLDEN {
        let same = GOLDEN.lines().zip(now.lines()).take_while(|(old, new)| old == new).count();
        let (old, new) = (GOLDEN.lines().nth(same), now.lines().nth(same));
        panic!("line {}: {new:?}\ninstead of: {old:?}\ngolden.txt would now be:\n{now}", same + 1);
    }
}

#[test]
fn the_code_of_a_fault_is_its_tag() {
    let mut codes = BTreeSet::new();
    for fault in samples::faults() {
        let tag = match serde_json::to_value(&fault).unwrap() {
            serde_json::Value::String(tag) => tag,
            serde_json::Value::Object(fields) => fields.keys().next().unwrap().clone(),
            other => panic!("{other}"),
        };
        assert_eq!(fault.code(), tag);
        assert!(codes.insert(fault.code()), "{tag} twice");
    }
}

// S-61
#[test]
fn every_act_has_exactly_one_row_with_its_own_name_and_the_host_may_do_it() {
    let acts: BTreeSet<_> = samples::commands().iter().map(|command| command.act()).collect();
    for act in &acts {
        let rows: Vec<_> = table::COMMANDS.iter().filter(|row| row.act == *act).collect();
        assert_eq!(rows.len(), 1, "{act:?}");
        assert_eq!(serde_json::to_string(act).unwrap(), format!("\"{}\"", rows[0].name));
        assert!(rows[0].roles.contains(&Role::Host));
    }
    assert_eq!(table::COMMANDS.len(), acts.len(), "a row without a command");
    let keys: Vec<_> = table::COMMANDS.iter().filter_map(|row| row.key).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "two acts on one key");
}

#[test]
fn refusals_are_told_from_what_broke() {
    use studio_wire::fault::Severity;
    let refusals: Vec<_> =
        samples::faults().into_iter().filter(|fault| fault.severity() == Severity::Refusal).collect();
    let codes: Vec<_> = refusals.iter().map(Fault::code).collect();
    let wanted = [
        "not_now",
        "not_allowed",
        "nobody_there",
        "already_on_stage",
        "not_on_stage",
        "stage_full",
        "bad_text",
        "busy",
        "not_welcome",
        "not_contested",
        "not_asked",
        "no_device_list",
        "nothing_to_mute",
        "too_fast",
        "silenced",
        "not_understood",
        "other_version",
        "no_such_server",
        "bad_address",
        "host_away",
        "no_device",
        "screens_full",
    ];
    assert_eq!(codes, wanted);
}

#[test]
fn orders_and_reports_of_an_engine_come_through_postcard_as_they_were() {
    for order in samples::engine::engine_orders() {
        let bytes = postcard::to_stdvec(&order).unwrap();
        assert_eq!(postcard::from_bytes::<Order>(&bytes).unwrap(), order);
    }
    for report in samples::engine::engine_reports() {
        let bytes = postcard::to_stdvec(&report).unwrap();
        assert_eq!(postcard::from_bytes::<Report>(&bytes).unwrap(), report);
    }
}

#[test]
fn a_cut_message_of_an_engine_is_an_error_and_no_panic() {
    for report in samples::engine::engine_reports() {
        let bytes = postcard::to_stdvec(&report).unwrap();
        for end in 0..bytes.len() {
            assert_ne!(postcard::from_bytes::<Report>(&bytes[..end]).ok().as_ref(), Some(&report));
        }
    }
}

/// What serde makes of a value that is one word.
fn tag<T: Serialize>(value: &T) -> String {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

#[test]
fn the_words_of_people_rooms_and_reactions_are_their_tags() {
    let pairs = [
        Reaction::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        Role::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        Position::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        Presence::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        RoomKind::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        StateName::ALL.map(|one| (tag(&one), one.word())).to_vec(),
        LayoutName::ALL.map(|one| (tag(&one), one.word())).to_vec(),
    ];
    for (tag, word) in pairs.concat() {
        assert_eq!(tag, word);
    }
    assert_eq!(samples::rooms::reactions(), Reaction::ALL);
}

// S-65 S-66 S-67
#[test]
fn who_is_not_known_watches_is_only_invited_and_may_send_nothing() {
    assert_eq!((Role::default(), Presence::default()), (Role::Viewer, Presence::Invited));
    assert_eq!(Rights::default(), Rights { speak: false, video: false });
    assert!(Role::ALL.iter().all(|role| !role.word().contains('_')));
}

#[test]
fn a_wish_with_a_field_too_many_or_too_few_is_not_read() {
    let read = |json: &str| serde_json::from_str::<ShowCommand>(json).is_ok();
    assert!(read(r#"{"remove":{"person":"leo","refuse":true}}"#));
    assert!(!read(r#"{"remove":{"person":"leo","refuse":true,"actor":"host"}}"#));
    assert!(!read(r#"{"remove":{"person":"leo"}}"#));
    assert!(!read(r#"{"unmute":{"person":"leo","kind":"microphone"}}"#));
}

#[test]
fn a_track_is_called_by_its_kind() {
    let kinds = samples::engine::track_kinds();
    for kind in &kinds {
        assert_eq!(tag(kind).replace('_', "-"), kind.track_name());
    }
    let pictures: Vec<_> = kinds.into_iter().filter(|kind| kind.is_picture()).collect();
    assert_eq!(pictures, [TrackKind::Camera, TrackKind::Screen]);
}

#[test]
fn a_token_is_not_in_what_is_printed_of_it() {
    let order = samples::engine::engine_orders().remove(0);
    assert!(postcard::to_stdvec(&order).unwrap().windows(6).any(|bytes| bytes == b"secret"));
    let reports = samples::engine::engine_reports();
    assert!(!format!("{order:?} {reports:?}").contains("\"secret\""));
    assert_eq!(format!("{:?}", Token("secret".into())), "Token(…)");
}

#[test]
fn the_secret_of_a_server_is_not_in_what_is_printed_of_it() {
    let (commands, orders) = (samples::commands(), samples::rooms::rtc_orders());
    assert!(serde_json::to_string(&commands).unwrap().contains("hidden"));
    assert!(serde_json::to_string(&orders).unwrap().contains("hidden"));
    assert!(!format!("{commands:?} {orders:?}").contains("hidden"));
    assert_eq!(format!("{:?}", SecretText("hidden".into())), "SecretText(…)");
}

#[test]
fn preferences_ignore_what_they_do_not_know_and_default_what_is_missing() {
    use studio_wire::preferences::Preferences;
    let kept: Preferences = serde_json::from_str(r#"{"layout":"solo","later":7}"#).unwrap();
    assert_eq!(kept, Preferences { layout: studio_wire::LayoutName::Solo, ..Preferences::default() });
}

#[test]
fn a_strip_is_written_as_what_was_changed_of_it() {
    use studio_wire::mixer::Strip;
    let json = |strip: &Strip| serde_json::to_string(strip).unwrap();
    assert_eq!(json(&Strip::default()), "{}");
    assert_eq!(json(&Strip { gain_db: -6.0, ..Strip::default() }), r#"{"gain_db":-6.0}"#);
    assert_eq!(serde_json::from_str::<Strip>("{}").unwrap(), Strip::default());
}
