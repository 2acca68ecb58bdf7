use studio_wire::store::{KeptPerson, PersonFigures, StoreOrder};
use studio_wire::{Identity, Position, Presence, Rights, Role, SessionId};

use crate::table::bench::{Bench, ODD, SHOW, person, session};

fn person_as(identity: &str, role: Role, rights: Rights) -> StoreOrder {
    StoreOrder::Person {
        session: SessionId::from(SHOW),
        identity: Identity::from(identity),
        name: format!("{identity} by name"),
        role,
        presence: Presence::Joined,
        position: Position::OnStage,
        rights,
        wall_ms: 5,
    }
}

fn figures(identity: &str, figures: PersonFigures) -> StoreOrder {
    StoreOrder::Figures { session: SessionId::from(SHOW), identity: Identity::from(identity), figures }
}

fn read(bench: &Bench) -> Vec<KeptPerson> {
    super::read(&bench.connection, &SHOW.into()).unwrap()
}

// S-64
#[test]
fn a_record_holds_who_in_which_show_as_what_since_when_and_what_they_may_send() {
    let bench = Bench::new();
    bench.write(&person_as("gina", Role::Guest, Rights { speak: true, video: false }));
    let row = "SELECT session_id || ' ' || user_id || ' ' || role || ' ' || status || ' ' || position || ' '
                   || joined_ms || ' ' || coalesce(left_ms, '-') || ' ' || can_speak || ' ' || can_video
               FROM live_participants";
    assert_eq!(bench.sql::<String>(row), "s gina guest joined on_stage 5 - 1 0");
}

// S-64
#[test]
fn every_record_has_a_uuid_of_its_own_that_stays() {
    let bench = Bench::new();
    let ids = "SELECT group_concat(id, ' ') FROM (SELECT id FROM live_participants ORDER BY rowid)";
    for number in 0..50 {
        bench.write(&person(&format!("guest {number}"), Presence::Joined, 1));
    }
    let first: String = bench.sql(ids);
    for number in 0..50 {
        bench.write(&person(&format!("guest {number}"), Presence::Left, 2));
    }
    assert_eq!(bench.sql::<String>(ids), first);
    for id in first.split(' ') {
        let parts: Vec<_> = id.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        assert!(id.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f')), "{id}");
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
    }
    assert_eq!(bench.sql::<i64>("SELECT count(DISTINCT id) FROM live_participants"), 50);
}

// S-66 S-67
#[test]
fn a_record_of_which_nothing_is_said_is_an_invited_viewers_who_may_send_nothing() {
    let bench = Bench::new();
    let bare =
        "INSERT INTO live_participants (id, session_id, user_id, name) VALUES ('x', 's', 'vic', 'Vic')";
    bench.connection.execute(bare, []).unwrap();
    let vic = KeptPerson { identity: "vic".into(), name: "Vic".to_owned(), ..KeptPerson::default() };
    assert_eq!((vic.role, vic.presence, vic.rights), (Role::Viewer, Presence::Invited, Rights::default()));
    assert_eq!(read(&bench), [vic]);
    assert!(!Rights::default().speak && !Rights::default().video);
}

// S-66
#[test]
fn every_role_and_status_comes_back_and_no_other_word_gets_in() {
    let bench = Bench::new();
    for role in Role::ALL {
        for presence in Presence::ALL {
            let identity = format!("{}-{}", role.word(), presence.word());
            let mut order = person_as(&identity, role, Rights::ALL);
            if let StoreOrder::Person { presence: place, .. } = &mut order {
                *place = presence;
            }
            bench.write(&order);
            let kept = read(&bench).pop().unwrap();
            assert_eq!((kept.role, kept.presence, kept.rights), (role, presence, Rights::ALL));
        }
    }
    for column in ["role", "status", "position"] {
        let change = format!("UPDATE live_participants SET {column} = 'owner'");
        assert!(bench.connection.execute(&change, []).is_err(), "{column}");
    }
}

// S-68
#[test]
fn one_person_has_one_record_in_each_show() {
    let bench = Bench::new();
    bench.write(&session("other", studio_wire::view::StateName::Ready, 1));
    for wall_ms in 1..5 {
        bench.write(&person("gina", Presence::Joined, wall_ms));
    }
    let mut elsewhere = person("gina", Presence::Joined, 1);
    if let StoreOrder::Person { session, .. } = &mut elsewhere {
        *session = "other".into();
    }
    bench.write(&elsewhere);
    let rows = "SELECT group_concat(session_id || user_id, ' ')
                FROM (SELECT * FROM live_participants ORDER BY rowid)";
    assert_eq!(bench.sql::<String>(rows), "sgina othergina");
    let second =
        "INSERT INTO live_participants (id, session_id, user_id, name) VALUES ('x', 's', 'gina', 'G')";
    assert!(bench.connection.execute(second, []).is_err());
}

// S-84
#[test]
fn who_comes_again_keeps_the_first_coming_and_is_not_gone() {
    let bench = Bench::new();
    let row = "SELECT coalesce(joined_ms, '-') || ' ' || coalesce(left_ms, '-') FROM live_participants";
    let steps = [
        (Presence::Invited, 1, "- -"),
        (Presence::Joined, 10, "10 -"),
        (Presence::Left, 20, "10 20"),
        (Presence::Removed, 25, "10 20"),
        (Presence::Joined, 30, "10 -"),
        (Presence::Removed, 40, "10 40"),
    ];
    for (presence, wall_ms, expected) in steps {
        bench.write(&person("gina", presence, wall_ms));
        assert_eq!(bench.sql::<String>(row), expected, "{presence:?} at {wall_ms}");
    }
}

#[test]
fn what_somebody_may_send_follows_their_rights_and_not_their_role() {
    let bench = Bench::new();
    for (role, rights) in [
        (Role::Host, Rights { speak: false, video: true }),
        (Role::Viewer, Rights { speak: true, video: false }),
        (Role::Guest, Rights::default()),
    ] {
        bench.write(&person_as("gina", role, rights));
        assert_eq!(read(&bench)[0].rights, rights, "{role:?}");
    }
}

#[test]
fn people_come_in_the_order_in_which_they_became_known_with_their_own_figures() {
    let bench = Bench::new();
    let some = PersonFigures { joins: 2, there_ms: 30, on_stage_ms: 20, talk_ms: 10, poor_ms: 5 };
    let most = PersonFigures { joins: u32::MAX, there_ms: i64::MAX as u64, ..some };
    for name in ["zoe", "adam", "mia"] {
        bench.write(&person_as(name, Role::Guest, Rights::ALL));
    }
    bench.write(&figures("mia", some));
    bench.write(&figures("zoe", some));
    bench.write(&figures("zoe", most));
    bench.write(&person("zoe", Presence::Left, 9));
    let kept: Vec<_> = read(&bench).into_iter().map(|kept| (kept.identity.0, kept.figures)).collect();
    let expected = [("zoe", most), ("adam", PersonFigures::default()), ("mia", some)];
    assert_eq!(kept, expected.map(|(name, figures)| (name.to_owned(), figures)));
}

#[test]
fn odd_identities_and_names_are_different_people_and_come_back_as_they_were() {
    let bench = Bench::new();
    for odd in ODD {
        let mut order = person(odd, Presence::Joined, 1);
        if let StoreOrder::Person { name, .. } = &mut order {
            *name = odd.repeat(3);
        }
        bench.write(&order);
        bench.write(&figures(odd, PersonFigures { joins: 1, ..PersonFigures::default() }));
    }
    let kept: Vec<_> = read(&bench).into_iter().map(|kept| (kept.identity.0, kept.name)).collect();
    assert_eq!(kept, ODD.iter().map(|odd| ((*odd).to_owned(), odd.repeat(3))).collect::<Vec<_>>());
    assert_eq!(
        bench.sql::<i64>("SELECT count(*) FROM visits JOIN figures USING (user_id)"),
        ODD.len() as i64
    );
}
