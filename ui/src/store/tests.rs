use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::mixer::MeterView;
use studio_wire::people::{Position, Presence, Role};
use studio_wire::view::{ShowView, SourceView};
use studio_wire::{LayoutName, SourceId};

use super::*;

/// Counts how often each part of the store was set.
struct Watch {
    counts: Vec<(&'static str, Signal<u32>)>,
}

impl Watch {
    fn new(store: Store) -> Self {
        let mut counts = Vec::new();
        let mut on = |name, track: Box<dyn Fn()>| {
            let count = create_signal(0);
            create_effect(move || {
                track();
                count.set_silent(count.get_untracked() + 1);
            });
            counts.push((name, count));
        };
        on("rev", Box::new(move || store.rev.track()));
        on("at", Box::new(move || store.at.track()));
        on("role", Box::new(move || store.role.track()));
        on("seat", Box::new(move || store.seat.track()));
        on("servers", Box::new(move || store.servers.track()));
        on("counts", Box::new(move || store.counts.track()));
        on("mine", Box::new(move || store.mine.track()));
        on("crew_talk", Box::new(move || store.crew_talk.track()));
        on("air_talk", Box::new(move || store.air_talk.track()));
        on("title", Box::new(move || store.title.track()));
        on("broadcast", Box::new(move || store.broadcast.track()));
        on("state", Box::new(move || store.state.track()));
        on("program", Box::new(move || store.program.track()));
        on("people", Box::new(move || store.people.track()));
        on("on_stage", Box::new(move || store.on_stage.track()));
        on("backstage", Box::new(move || store.backstage.track()));
        on("layouts", Box::new(move || store.layouts.track()));
        on("viewers", Box::new(move || store.viewers.track()));
        on("recording", Box::new(move || store.recording.track()));
        on("may", Box::new(move || store.may.track()));
        on("notices", Box::new(move || store.notices.track()));
        on("mixer", Box::new(move || store.mixer.track()));
        on("sound", Box::new(move || store.sound.track()));
        on("meters", Box::new(move || store.meters.track()));
        Self { counts }
    }

    /// What was set since the last call.
    fn changed(&self) -> Vec<&'static str> {
        let set = self.counts.iter().filter(|(_, count)| count.replace_silent(0) > 0);
        set.map(|(name, _)| *name).collect()
    }
}

fn with_store(check: impl FnOnce(Store, Watch)) {
    create_root(|| {
        let store = Store::new();
        let watch = Watch::new(store);
        watch.changed();
        check(store, watch);
    })
    .dispose();
}

fn person(name: &str, position: Position) -> PersonView {
    PersonView {
        identity: Identity::from(name),
        name: name.to_owned(),
        role: Role::Guest,
        presence: Presence::Joined,
        position,
        ..PersonView::default()
    }
}

fn ready(rev: u64) -> Snapshot {
    let show = ShowView {
        title: "Rivers".to_owned(),
        broadcast: BroadcastView { state: StateName::Ready, ..BroadcastView::default() },
        people: vec![person("ines", Position::Backstage), person("leo", Position::Backstage)],
        ..ShowView::default()
    };
    Snapshot { rev, at: ShowTime::from_ms(rev), show, ..Snapshot::default() }
}

fn meters(level: f32) -> Update {
    let one = MeterView { peak: [level; 2], ..MeterView::default() };
    Update::Meters(Meters {
        program: one,
        sources: vec![(SourceId(1), one)],
        monitor: one,
        ..Meters::default()
    })
}

// S-57 S-10
#[test]
fn a_level_sets_the_meters_and_nothing_else() {
    with_store(|store, watch| {
        store.fold(Update::Snapshot(Box::new(ready(1))));
        watch.changed();
        store.fold(meters(-12.0));
        assert_eq!(watch.changed(), ["meters"]);
        store.fold(meters(-12.0));
        assert_eq!(watch.changed(), [""; 0]);
    });
}

// S-57 S-10
#[test]
fn a_snapshot_sets_only_the_parts_that_changed() {
    with_store(|store, watch| {
        store.fold(Update::Snapshot(Box::new(ready(1))));
        watch.changed();
        store.fold(Update::Snapshot(Box::new(ready(2))));
        assert_eq!(watch.changed(), ["rev", "at"]);

        let mut moved = ready(3);
        moved.show.program.people.push(Identity::from("ines"));
        moved.show.people[0].position = Position::OnStage;
        store.fold(Update::Snapshot(Box::new(moved.clone())));
        assert_eq!(watch.changed(), ["rev", "at", "program", "people", "on_stage", "backstage"]);

        moved.rev = 4;
        moved.show.program.layout = LayoutName::Solo;
        store.fold(Update::Snapshot(Box::new(moved.clone())));
        assert_eq!(watch.changed(), ["rev", "program"]);

        moved.rev = 5;
        moved.show.people[1].microphone = SourceView { on: true, ..SourceView::default() };
        store.fold(Update::Snapshot(Box::new(moved)));
        assert_eq!(watch.changed(), ["rev", "people"]);
    });
}

// S-1 S-8 S-58
#[test]
fn the_store_shows_what_the_core_said_last_and_derives_the_rest() {
    with_store(|store, _| {
        let mut snapshot = ready(1);
        snapshot.show.people[1].local = true;
        snapshot
            .show
            .people
            .push(PersonView { presence: Presence::Left, ..person("ana", Position::Backstage) });
        snapshot.show.program.people.push(Identity::from("mara"));
        store.fold(Update::Snapshot(Box::new(snapshot)));
        assert_eq!(store.title.get_clone(), "Rivers");
        assert_eq!(store.state.get(), StateName::Ready);
        assert_eq!(store.on_stage.get_clone(), ["mara".into()]);
        assert_eq!(store.backstage.get_clone(), ["ines".into(), "leo".into()]);
        assert_eq!(store.me.get_clone().map(|me| me.name).as_deref(), Some("leo"));

        let mut gone = ready(2);
        gone.show.people.clear();
        store.fold(Update::Snapshot(Box::new(gone)));
        assert_eq!(store.backstage.get_clone(), []);
        assert_eq!(store.me.get_clone(), None);
    });
}

#[test]
fn a_message_sets_the_chat_of_its_room_and_nothing_else() {
    with_store(|store, watch| {
        store.fold(Update::Snapshot(Box::new(ready(1))));
        watch.changed();
        let line = ChatLine { room: RoomKind::Air, seq: 1, ..ChatLine::default() };
        let page = ChatPage { room: RoomKind::Air, lines: vec![line], newest: 1 };
        store.fold(Update::Chat(page.clone()));
        assert_eq!(watch.changed(), ["air_talk"]);
        store.fold(Update::Chat(page));
        assert_eq!(watch.changed(), [""; 0]);
    });
}

#[test]
fn an_older_snapshot_is_dropped() {
    with_store(|store, watch| {
        store.fold(Update::Snapshot(Box::new(ready(7))));
        watch.changed();
        let mut old = ready(6);
        old.show.title = "Old".to_owned();
        store.fold(Update::Snapshot(Box::new(old)));
        assert_eq!(watch.changed(), [""; 0]);
        assert_eq!((store.rev.get(), store.title.get_clone()), (7, "Rivers".to_owned()));
    });
}

#[test]
fn levels_do_not_stand_still_after_the_show_was_closed() {
    with_store(|store, _| {
        store.fold(Update::Snapshot(Box::new(ready(1))));
        store.fold(meters(-6.0));
        let mut closed = ready(2);
        closed.show.broadcast.state = StateName::Idle;
        store.fold(Update::Snapshot(Box::new(closed)));
        assert_eq!(store.meters.get_clone(), silence());
        store.fold(meters(-6.0));
        assert_eq!(store.meters.get_clone(), silence());
    });
}
