//! One drawing of the sprite in `index.html`.

use sycamore::prelude::*;

/// How large, in pixels; the stroke goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// In badges.
    Badge,
    /// In small buttons.
    Small,
    /// In buttons and rows.
    Row,
    /// In own controls.
    Large,
}

impl Size {
    const fn class(self) -> &'static str {
        match self {
            Self::Badge => "icon icon-12",
            Self::Small => "icon icon-14",
            Self::Row => "icon",
            Self::Large => "icon icon-20",
        }
    }
}

/// A drawing that means nothing by itself: what it stands beside has the words.
#[component(inline_props)]
pub fn Icon(name: &'static str, size: Size) -> View {
    let (class, place) = (size.class(), format!("#{name}"));
    view! { svg(class=class, aria-hidden="true") { r#use(href=place) } }
}

/// Work in progress.
#[component(inline_props)]
pub fn Spinner(size: Size) -> View {
    let class = format!("{} spin", size.class());
    view! { svg(class=class, aria-hidden="true") { r#use(href="#loader") } }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use crate::words::tests::sources;

    #[test]
    fn every_drawing_that_is_used_is_there_and_none_is_there_for_nothing() {
        let root = env!("CARGO_MANIFEST_DIR");
        let source = sources(format!("{root}/src").as_ref());
        let files = fs::read_dir(format!("{root}/../assets/icons")).unwrap().map(|file| file.unwrap().path());
        let there: BTreeSet<_> = files
            .filter(|path| path.extension().is_some_and(|end| end == "svg"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        for name in &there {
            assert!(["\"", "\"#"].iter().any(|mark| source.contains(&format!("{mark}{name}\""))), "{name}");
        }
        for used in source.split("Icon(name=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(there.contains(used), "{used}");
        }
    }
}
