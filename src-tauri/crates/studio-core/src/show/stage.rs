//! The stage: the scene on air and the scene being prepared. Plain data; a take is a copy.

pub mod layouts;

use studio_wire::command::Bus;
use studio_wire::ids::Identity;
use studio_wire::layout::LayoutName;
use studio_wire::view::SceneView;

/// An arrangement and who is in it, in the order of their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scene {
    pub layout: LayoutName,
    pub people: Vec<Identity>,
}

impl Scene {
    pub fn holds(&self, person: &Identity) -> bool {
        self.people.contains(person)
    }

    /// How many people are seen in it at the same time.
    pub fn shown_at_once(&self) -> usize {
        match self.layout {
            LayoutName::Solo => self.people.len().min(1),
            LayoutName::Grid => self.people.len(),
        }
    }

    pub fn full(&self) -> bool {
        self.people.len() >= LayoutName::MOST
    }
}

/// Both scenes. Being in the program is what "on stage" means; nothing else says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    program: Scene,
    preview: Scene,
}

impl Stage {
    /// An empty stage with the layout chosen last.
    pub fn new(layout: LayoutName) -> Self {
        let scene = Scene { layout, people: Vec::new() };
        Self { program: scene.clone(), preview: scene }
    }

    /// The scenes that an earlier life of the program left.
    pub fn resume(program: &SceneView, preview: &SceneView) -> Self {
        let scene = |view: &SceneView| {
            let mut scene = Scene { layout: view.layout, people: view.people.clone() };
            scene.people.truncate(LayoutName::MOST);
            scene
        };
        Self { program: scene(program), preview: scene(preview) }
    }

    pub fn scene(&self, bus: Bus) -> &Scene {
        match bus {
            Bus::Program => &self.program,
            Bus::Preview => &self.preview,
        }
    }

    fn scene_mut(&mut self, bus: Bus) -> &mut Scene {
        match bus {
            Bus::Program => &mut self.program,
            Bus::Preview => &mut self.preview,
        }
    }

    pub fn add(&mut self, bus: Bus, person: Identity) {
        let scene = self.scene_mut(bus);
        if !scene.holds(&person) && !scene.full() {
            scene.people.push(person);
        }
    }

    pub fn remove(&mut self, bus: Bus, person: &Identity) {
        self.scene_mut(bus).people.retain(|there| there != person);
    }

    /// Somebody left the show: no scene may show them when they come back.
    pub fn forget(&mut self, person: &Identity) {
        self.remove(Bus::Program, person);
        self.remove(Bus::Preview, person);
    }

    pub fn arrange(&mut self, bus: Bus, layout: LayoutName) {
        self.scene_mut(bus).layout = layout;
    }

    pub fn take(&mut self) {
        self.program = self.preview.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_copies_and_leaves_the_preview_as_it_was() {
        let mut stage = Stage::new(LayoutName::Grid);
        stage.add(Bus::Preview, "ada".into());
        stage.arrange(Bus::Preview, LayoutName::Solo);
        assert!(stage.scene(Bus::Program).people.is_empty());
        stage.take();
        assert_eq!(stage.scene(Bus::Program), stage.scene(Bus::Preview));
        stage.remove(Bus::Preview, &"ada".into());
        assert!(stage.scene(Bus::Program).holds(&"ada".into()));
    }

    #[test]
    fn a_scene_holds_twenty_and_nobody_twice() {
        let mut stage = Stage::default();
        for n in 0..25 {
            stage.add(Bus::Program, Identity(format!("guest-{}", n / 2 * 2)));
            stage.add(Bus::Program, Identity(format!("guest-{n}")));
        }
        let people = &stage.scene(Bus::Program).people;
        assert_eq!(people.len(), LayoutName::MOST);
        assert!((1..people.len()).all(|n| !people[..n].contains(&people[n])));
    }
}
