//! The window never makes HTML out of strings: chat and names are other people's text.

use anyhow::{Result, ensure};

use crate::files;
use crate::tree::Tree;

const FORBIDDEN: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "set_inner_html",
    "set_outer_html",
    "insert_adjacent_html",
    "dangerously_set_inner_html",
    "createContextualFragment",
];

/// Fails with the places in `ui` that do.
pub fn check(tree: &Tree) -> Result<()> {
    let mut sources = files::below(&tree.root.join("ui/src"))?;
    sources.push(tree.root.join("ui/index.html"));
    let mut found = Vec::new();
    for file in sources {
        let text = std::fs::read_to_string(&file)?;
        found.extend(
            places(&text).into_iter().map(|(line, word)| format!("{}:{line}: {word}", tree.show(&file))),
        );
    }
    ensure!(found.is_empty(), "HTML is made out of strings:\n  {}", found.join("\n  "));
    Ok(())
}

fn places(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        found.extend(FORBIDDEN.iter().filter(|word| line.contains(**word)).map(|word| (at + 1, *word)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn every_door_for_html_is_seen() {
        assert_eq!(
            places("a\nnode.innerHTML = name;\nnode.set_inner_html(name)"),
            [(2, "innerHTML"), (3, "set_inner_html")]
        );
        assert_eq!(places("node.textContent = name"), []);
    }
}
