//! The mixer: what it is set to, by whom, and who hears what.

use studio_core::{Effect, Event, Start};
use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{SourceId, Ticket};
use studio_wire::mixer::{Ducking, Gate, Heard, MonitorBus, ProgramBus, Strip, StripPart, StripView};
use studio_wire::people::{Actor, Role, Seat};
use studio_wire::preferences::Preferences;
use studio_wire::rtc::TrackKind::{self, Microphone, ScreenSound, StageMedia};
use studio_wire::shell::ShellReport;
use studio_wire::store::{Kept, KeptPerson, StoreOrder, Unfinished};
use studio_wire::view::StateName;

use crate::rig::Rig;
use crate::script::play_on;

const OWN: SourceId = SourceId(1);
const MUSIC: SourceId = SourceId(2);

/// Leo on stage and zoe backstage, both speaking; pat runs the show with the host.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("pat", Role::Producer);
    play_on(&mut rig, "10 guest leo\n11 guest zoe\n12 add leo");
    rig
}

fn part(person: &str, kind: TrackKind, part: StripPart) -> ShowCommand {
    ShowCommand::Strip { person: person.into(), kind, part }
}

fn strips(rig: &Rig) -> Vec<StripView> {
    rig.snapshot().show.mixer.unwrap().strips
}

fn strip(rig: &Rig, person: &str, kind: TrackKind) -> StripView {
    strips(rig).into_iter().find(|strip| strip.person.as_str() == person && strip.kind == kind).unwrap()
}

fn source(rig: &Rig, person: &str) -> SourceId {
    strip(rig, person, Microphone).source
}

fn heard(rig: &Rig, person: &str, kind: TrackKind) -> Heard {
    strip(rig, person, kind).heard
}

fn preferences(effects: Vec<Effect>) -> Option<Preferences> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Store(StoreOrder::Preferences(preferences)) => Some(*preferences),
        _ => None,
    })
}

fn command(rig: &mut Rig, command: ShowCommand) -> Vec<Effect> {
    rig.feed(Event::Command(Ticket(900), Actor::LocalHost, Command::Show(command)))
}

#[test]
fn every_sound_has_a_strip_the_hosts_first_and_a_picture_has_none() {
    let mut rig = rig();
    rig.track("leo", ScreenSound, false);
    let shown: Vec<_> = strips(&rig).into_iter().map(|strip| (strip.person.0, strip.kind)).collect();
    let expected = [
        ("host", Microphone),
        ("host", StageMedia),
        ("leo", Microphone),
        ("leo", ScreenSound),
        ("zoe", Microphone),
    ];
    assert_eq!(shown, expected.map(|(who, kind)| (who.to_owned(), kind)));
    play_on(&mut rig, "20 left leo");
    assert_eq!(strips(&rig).len(), 3);
}

#[test]
fn a_fader_is_the_programs_and_a_desks_to_set_and_goes_to_the_mixer_alone() {
    let mut rig = rig();
    let scene = rig.ports.scene.clone();
    rig.call("pat", part("leo", Microphone, StripPart::Gain(-6.0))).unwrap();
    let set = Strip { gain_db: -6.0, ..Strip::default() };
    assert_eq!(rig.ports.mix.strips, [(source(&rig, "leo"), set)]);
    assert_eq!((strip(&rig, "leo", Microphone).strip, &rig.ports.scene), (set, &scene));
    rig.show(part("leo", Microphone, StripPart::Gain(0.0))).unwrap();
    assert_eq!(rig.ports.mix.strips, [], "what is as at first is not told");
}

#[test]
fn what_is_out_of_its_range_or_of_nobody_is_refused() {
    let mut rig = rig();
    for db in [f32::NAN, 12.1, -61.0, f32::INFINITY] {
        let gain = part("leo", Microphone, StripPart::Gain(db));
        assert_eq!(rig.call("pat", gain), Err(Fault::NotUnderstood), "{db}");
    }
    let bus = ProgramBus { ceiling_db: 1.0, ..ProgramBus::default() };
    assert_eq!(rig.show(ShowCommand::ProgramBus { bus }), Err(Fault::NotUnderstood));
    let bus = MonitorBus { gain_db: f32::NAN, dim: false };
    assert_eq!(rig.here(HereCommand::Monitor { bus }).map(drop), Err(Fault::NotUnderstood));
    let mute = |who, kind| part(who, kind, StripPart::Mute(true));
    let nobody = Fault::NobodyThere { person: "sam".into() };
    assert_eq!(rig.show(mute("sam", Microphone)), Err(nobody));
    for (who, kind) in [("leo", ScreenSound), ("leo", TrackKind::Camera), ("leo", StageMedia)] {
        let nothing = Fault::NothingToMute { person: who.into() };
        assert_eq!(rig.show(mute(who, kind)), Err(nothing), "{kind:?}");
    }
    let not_allowed = Fault::NotAllowed { act: Act::Strip, role: Role::Guest };
    assert_eq!(rig.call("leo", mute("leo", Microphone)), Err(not_allowed));
}

#[test]
fn the_own_strips_and_the_buses_are_kept_with_this_machine_and_solo_never_is() {
    let mut rig = rig();
    command(&mut rig, part("host", Microphone, StripPart::Gain(3.0)));
    command(&mut rig, part("host", StageMedia, StripPart::Pan(-0.5)));
    assert_eq!(preferences(command(&mut rig, part("host", Microphone, StripPart::Solo(true)))), None);
    rig.here(HereCommand::Monitor { bus: MonitorBus { gain_db: -9.0, dim: true } }).unwrap();
    let ducking = Ducking { on: true, ..Ducking::default() };
    let bus = ProgramBus { gain_db: -2.0, ducking, ..ProgramBus::default() };
    let kept = preferences(command(&mut rig, ShowCommand::ProgramBus { bus })).unwrap();
    assert_eq!(kept.voice, Strip { gain_db: 3.0, ..Strip::default() });
    assert_eq!(kept.music, Strip { pan: -0.5, ..Strip::default() });
    assert_eq!((kept.monitor.gain_db, kept.monitor.dim, kept.program), (-9.0, true, bus));
    let mix = rig.ports.mix.clone();
    assert_eq!((mix.strips, mix.program), (vec![(OWN, kept.voice), (MUSIC, kept.music)], bus));
    assert_eq!((mix.monitor, mix.music), (kept.monitor, vec![MUSIC]));

    let kept = Kept { preferences: kept, ..Kept::default() };
    let mut next = Rig::from(Start { kept, ..Start::new(8, "host", "Ada") });
    next.show(ShowCommand::Open { title: "Next".into() }).unwrap();
    next.obey();
    assert_eq!(next.ports.mix, rig.ports.mix);
    assert!(!strip(&next, "host", Microphone).strip.solo);
}

#[test]
fn an_app_that_restarts_in_a_show_has_the_same_mix_of_its_guests() {
    let mut rig = rig();
    let gate = Gate { on: true, ..Gate::default() };
    command(&mut rig, part("leo", Microphone, StripPart::Solo(true)));
    let effects = command(&mut rig, part("leo", Microphone, StripPart::Gate(gate)));
    let kept = effects.into_iter().find_map(|effect| match effect {
        Effect::Store(StoreOrder::Strips { identity, strips, .. }) => Some((identity, strips)),
        _ => None,
    });
    let strips = vec![(Microphone, Strip { gate, ..Strip::default() })];
    assert_eq!(kept, Some(("leo".into(), strips.clone())));

    let leo = KeptPerson { identity: "leo".into(), role: Role::Guest, strips, ..KeptPerson::default() };
    let unfinished = Unfinished {
        session: "old".into(),
        state: StateName::Ready,
        people: vec![leo],
        ..Unfinished::default()
    };
    let kept = Kept { unfinished: Some(unfinished), ..Kept::default() };
    let mut next = Rig::from(Start { kept, ..Start::new(8, "host", "Ada") });
    next.feed(Event::Shell(ShellReport::Started { adopt: true }));
    next.obey();
    play_on(&mut next, "100 guest leo");
    let leo = strip(&next, "leo", Microphone).strip;
    assert_eq!(leo, Strip { gate, ..Strip::default() });
    assert_eq!(next.ports.mix.strips, [(source(&next, "leo"), leo)]);
}

#[test]
fn who_comes_back_is_mixed_as_before_and_is_not_solo() {
    let mut rig = rig();
    rig.show(part("leo", Microphone, StripPart::Gain(-6.0))).unwrap();
    rig.show(part("leo", Microphone, StripPart::Solo(true))).unwrap();
    play_on(&mut rig, "20 left leo");
    assert!(rig.ports.scene.monitor.program, "nobody is solo any more");
    play_on(&mut rig, "30 guest leo");
    let leo = strip(&rig, "leo", Microphone).strip;
    assert_eq!((leo.gain_db, leo.solo), (-6.0, false));
}

#[test]
fn while_a_strip_is_solo_the_monitor_hears_only_those_and_the_program_does_not_change() {
    let mut rig = rig();
    let program = rig.ports.scene.voices.clone();
    let zoe = source(&rig, "zoe");
    assert!(rig.ports.scene.monitor.program);
    rig.show(part("zoe", Microphone, StripPart::Solo(true))).unwrap();
    let monitor = rig.ports.scene.monitor.clone();
    assert_eq!((monitor.program, monitor.voices), (false, vec![zoe]));
    assert_eq!(rig.ports.scene.voices, program);
    assert_eq!(rig.ports.mix.strips, [], "it is no matter of the mixer");
    assert!(heard(&rig, "zoe", Microphone).monitor && !heard(&rig, "leo", Microphone).monitor);
    rig.show(part("zoe", Microphone, StripPart::Mute(true))).unwrap();
    assert_eq!(rig.ports.scene.monitor.voices, [], "not heard anywhere");
    rig.show(part("zoe", Microphone, StripPart::Solo(false))).unwrap();
    assert!(rig.ports.scene.monitor.program);
}

#[test]
fn a_strip_that_is_mute_is_in_no_bus() {
    let mut rig = rig();
    play_on(&mut rig, "20 add host");
    rig.show(ShowCommand::StageMedia { on: true }).unwrap();
    let leo = source(&rig, "leo");
    assert_eq!(rig.ports.scene.voices, [leo, MUSIC]);
    assert_eq!(rig.ports.scene.monitor.voices, [leo, MUSIC]);
    rig.show(part("leo", Microphone, StripPart::Mute(true))).unwrap();
    rig.show(part("host", StageMedia, StripPart::Mute(true))).unwrap();
    assert_eq!(rig.ports.scene.voices, []);
    assert_eq!(rig.ports.scene.monitor.voices, []);
    let mute = Heard { stage: true, ..Heard::default() };
    assert_eq!(heard(&rig, "leo", Microphone), mute, "the others on stage take in his own track");
    assert_eq!(heard(&rig, "host", StageMedia), Heard::default(), "that goes through the strip first");
}

#[test]
fn who_hears_what_is_what_the_ports_were_told() {
    let mut rig = rig();
    let all = |program, monitor, stage, backstage| Heard { program, monitor, stage, backstage };
    assert_eq!(heard(&rig, "leo", Microphone), all(true, true, true, false));
    assert_eq!(heard(&rig, "zoe", Microphone), all(false, true, false, true));
    assert_eq!(heard(&rig, "host", Microphone), Heard::default(), "it is off");
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    assert_eq!(heard(&rig, "host", Microphone), all(false, false, false, true));
    play_on(&mut rig, "20 add host");
    assert_eq!(heard(&rig, "host", Microphone), all(true, false, true, false), "nobody hears himself");
    assert_eq!(heard(&rig, "zoe", Microphone), all(false, false, false, true));
    rig.show(part("host", Microphone, StripPart::Mute(true))).unwrap();
    assert_eq!(heard(&rig, "host", Microphone), Heard::default());
    assert!(!rig.ports.scene.voices.contains(&OWN));
    rig.show(ShowCommand::RemoveFromStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(heard(&rig, "leo", Microphone), all(false, false, false, true));
}

#[test]
fn the_mixer_is_seen_by_those_who_run_the_show_and_its_sources_by_the_host() {
    let rig = rig();
    let seen = |seat: Seat| rig.studio.view(&seat, rig.time()).mixer;
    let desk = seen(Seat::Desk("pat".into())).unwrap();
    assert_eq!(desk.strips.len(), strips(&rig).len());
    assert!(desk.strips.iter().all(|strip| strip.source == SourceId::default()));
    assert_eq!(seen(Seat::Guest("leo".into())), None);
    assert_eq!(seen(Seat::Viewer("leo".into())), None);
}

#[test]
fn loudness_is_counted_while_the_show_is_live() {
    let mut rig = Rig::in_state(StateName::Ready);
    assert!(!rig.ports.mix.on_air);
    rig.show(ShowCommand::GoLive).unwrap();
    assert!(!rig.ports.mix.on_air, "not yet");
    rig.obey();
    assert!(rig.ports.mix.on_air);
    rig.show(ShowCommand::EndStream).unwrap();
    assert!(!rig.ports.mix.on_air);
}
