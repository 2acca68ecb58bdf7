//! From one view of a show to the next: what a seat on another machine is told instead of the whole view.

use studio_wire::ids::Identity;
use studio_wire::mixer::{MixerView, StripView};
use studio_wire::view::{Change, ShowView};

/// What has to change in `old` to make it `new`; nothing if they are the same.
pub(crate) fn changes(old: &ShowView, new: &ShowView) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut differs = |differs: bool, change: &dyn Fn() -> Change| {
        if differs {
            changes.push(change());
        }
    };
    differs(old.role != new.role, &|| Change::Role(new.role));
    differs(old.title != new.title, &|| Change::Title(new.title.clone()));
    differs(old.broadcast != new.broadcast, &|| Change::Broadcast(new.broadcast.clone()));
    differs(old.program != new.program, &|| Change::Program(new.program.clone()));
    differs(old.preview != new.preview, &|| Change::Preview(new.preview.clone()));
    differs(old.people != new.people, &|| Change::People {
        order: new.people.iter().map(|person| person.identity.clone()).collect(),
        changed: new.people.iter().filter(|person| !old.people.contains(person)).cloned().collect(),
    });
    differs(old.layouts != new.layouts, &|| Change::Layouts(new.layouts.clone()));
    differs(old.format != new.format, &|| Change::Format(new.format));
    differs(old.viewers != new.viewers, &|| Change::Viewers(new.viewers));
    differs(old.counts != new.counts, &|| Change::Counts(new.counts));
    differs(old.mine != new.mine, &|| Change::Mine(new.mine.clone()));
    differs(old.host != new.host, &|| Change::Host(new.host.clone()));
    differs(old.devices != new.devices, &|| Change::Devices(new.devices.clone()));
    differs(old.reactions != new.reactions, &|| Change::Reactions(new.reactions.clone()));
    differs(old.recording != new.recording, &|| Change::Recording(new.recording.clone()));
    if let Some((old, new)) = old.mixer.as_ref().zip(new.mixer.as_ref()).filter(|(old, new)| alike(old, new))
    {
        differs(old.program != new.program, &|| Change::ProgramBus(new.program));
        differs(old.strips != new.strips, &|| {
            Change::Strips(new.strips.iter().filter(|strip| !old.strips.contains(strip)).cloned().collect())
        });
    } else {
        differs(old.mixer != new.mixer, &|| Change::Mixer(new.mixer.clone()));
    }
    differs(old.may != new.may, &|| Change::May(new.may.clone()));
    changes
}

/// Whether two mixers have strips of the same sounds: then a fader that moves is told alone.
fn alike(old: &MixerView, new: &MixerView) -> bool {
    let sounds = |mixer: &MixerView| -> Vec<_> {
        mixer.strips.iter().map(|strip| (strip.person.clone(), strip.kind)).collect()
    };
    sounds(old) == sounds(new)
}

/// Takes a change over. Somebody who is in an order but was never shown is left out.
pub(crate) fn change(view: &mut ShowView, change: Change) {
    match change {
        Change::Role(role) => view.role = role,
        Change::Title(title) => view.title = title,
        Change::Broadcast(broadcast) => view.broadcast = broadcast,
        Change::Program(scene) => view.program = scene,
        Change::Preview(scene) => view.preview = scene,
        Change::People { order, mut changed } => {
            let old = std::mem::take(&mut view.people);
            changed.extend(old);
            let person = |who: &Identity| changed.iter().find(|person| person.identity == *who).cloned();
            view.people = order.iter().filter_map(person).collect();
        }
        Change::Layouts(layouts) => view.layouts = layouts,
        Change::Format(format) => view.format = format,
        Change::Viewers(viewers) => view.viewers = viewers,
        Change::Counts(counts) => view.counts = counts,
        Change::Mine(mine) => view.mine = mine,
        Change::Host(host) => view.host = host,
        Change::Devices(devices) => view.devices = devices,
        Change::Reactions(reactions) => view.reactions = reactions,
        Change::Recording(recording) => view.recording = recording,
        Change::Mixer(mixer) => view.mixer = mixer,
        Change::Strips(changed) => {
            for strip in view.mixer.iter_mut().flat_map(|mixer| &mut mixer.strips) {
                let same = |new: &&StripView| (&new.person, new.kind) == (&strip.person, strip.kind);
                if let Some(new) = changed.iter().find(same) {
                    *strip = new.clone();
                }
            }
        }
        Change::ProgramBus(bus) => {
            if let Some(mixer) = &mut view.mixer {
                mixer.program = bus;
            }
        }
        Change::May(may) => view.may = may,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_wire::people::{Position, Role};
    use studio_wire::view::{PersonView, SceneView};

    fn person(identity: &str, position: Position) -> PersonView {
        PersonView { identity: identity.into(), position, ..PersonView::default() }
    }

    fn view(people: Vec<PersonView>) -> ShowView {
        ShowView { role: Role::Guest, title: "Evening".into(), people, ..ShowView::default() }
    }

    #[test]
    fn the_same_view_has_no_changes() {
        let same = view(vec![person("ana", Position::Backstage)]);
        assert_eq!(changes(&same, &same), []);
    }

    #[test]
    fn changes_make_the_new_view_of_the_old_one_and_name_only_who_changed() {
        let old = view(vec![person("ana", Position::Backstage), person("bo", Position::OnStage)]);
        let mut new = view(vec![person("cy", Position::Backstage), person("ana", Position::OnStage)]);
        new.people.push(person("dee", Position::None));
        new.people.push(person("bo", Position::OnStage));
        (new.preview, new.viewers) = (Some(SceneView::default()), 7);
        let told = changes(&old, &new);
        let Some(Change::People { changed, .. }) =
            told.iter().find(|change| matches!(change, Change::People { .. }))
        else {
            panic!("no people in {told:?}")
        };
        let names: Vec<_> = changed.iter().map(|person| person.identity.as_str()).collect();
        assert_eq!(names, ["cy", "ana", "dee"]);
        let mut seen = old;
        told.into_iter().for_each(|told| change(&mut seen, told));
        assert_eq!(seen, new);
    }

    #[test]
    fn an_order_that_names_a_stranger_shows_nobody_in_their_place() {
        let mut seen = view(vec![person("ana", Position::Backstage)]);
        change(&mut seen, Change::People { order: vec!["eve".into(), "ana".into()], changed: vec![] });
        assert_eq!(seen.people, [person("ana", Position::Backstage)]);
    }
}
