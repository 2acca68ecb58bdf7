//! Icons as one hidden `<svg>` of `<symbol>`s, so that an icon is `<use href="#name">`: no request,
//! and nothing for the content policy to decide.

use anyhow::{Context, Result, ensure};

/// The attributes of a drawing's `<svg>` that say how it stands in a page, which a symbol must not.
const DROPPED: &[&str] = &["xmlns", "width", "height", "class", "id", "style"];

/// Joins drawings, each a name and an SVG text, into one `<svg>`.
pub fn join(drawings: &[(String, String)]) -> Result<String> {
    let mut sprite = String::from("<svg display=\"none\" aria-hidden=\"true\">");
    for (name, text) in drawings {
        sprite += &symbol(name, text).with_context(|| format!("assets/icons/{name}.svg"))?;
    }
    sprite.push_str("</svg>");
    Ok(sprite)
}

fn symbol(name: &str, text: &str) -> Result<String> {
    let text = without_comments(text);
    let start = text.find("<svg").context("there is no <svg> in it")? + "<svg".len();
    let open = start + text[start..].find('>').context("its <svg> is never closed")?;
    let end = text.rfind("</svg>").context("there is no </svg> in it")?;
    ensure!(open < end, "its </svg> comes first");
    let attributes = attributes(&text[start..open])?;
    ensure!(attributes.iter().any(|(name, _)| *name == "viewBox"), "its <svg> has no viewBox");
    let mut symbol = format!("<symbol id=\"{name}\"");
    for (name, value) in attributes.iter().filter(|(name, _)| !DROPPED.contains(name)) {
        symbol += &format!(" {name}=\"{value}\"");
    }
    let drawing = text[open + 1..end].split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(symbol + ">" + &drawing + "</symbol>")
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept += before;
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept + rest
}

fn attributes(text: &str) -> Result<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").context("its <svg> has an attribute without quotes")?;
        let (value, after) = after.split_once('"').context("its <svg> has an open quote")?;
        found.push((name.trim(), value));
        rest = after.trim();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_a_symbol_that_keeps_its_strokes_and_loses_its_size() {
        let mic = "<?xml version=\"1.0\"?>\n<!-- from a set -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"24\"\n  \
                   height=\"24\" viewBox=\"0 0 24 24\" fill=\"none\" stroke-width=\"2\">\n  <path d=\"M1 2\"/>\n</svg>\n";
        assert_eq!(
            join(&[("mic".into(), mic.into())]).unwrap(),
            "<svg display=\"none\" aria-hidden=\"true\">\
             <symbol id=\"mic\" viewBox=\"0 0 24 24\" fill=\"none\" stroke-width=\"2\"><path d=\"M1 2\"/></symbol></svg>"
        );
    }

    #[test]
    fn a_drawing_that_cannot_scale_is_refused_by_name() {
        let refused = join(&[("mic".into(), "<svg width=\"24\"></svg>".into())]).unwrap_err();
        assert_eq!(format!("{refused:#}"), "assets/icons/mic.svg: its <svg> has no viewBox");
    }
}
