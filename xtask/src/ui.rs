//! The interface: Rust to WebAssembly, sheets, icons and fonts into `ui/dist`, which the app embeds.
//!
//! No tool has to be installed for it: wasm-bindgen is a library here. The page `ui/index.html`
//! holds three places that are filled in: `{{style}}` and `{{boot}}` become file names,
//! `{{icons}}` becomes one hidden `<svg>` with a `<symbol>` for each file of `assets/icons`.
//! **A failed build leaves the old `ui/dist`; one that changed nothing does not touch it**, because
//! the app is linked again whenever a file in there is newer.

mod sprite;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::tree::Tree;
use crate::{digest, files, pins, shell};

/// Builds `ui/dist`.
pub fn build(tree: &Tree, release: bool) -> Result<()> {
    let wasm = compile(tree, release)?;
    let fresh = tree.root.join("target").join("ui-dist.partial");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    let page = Page { boot: boot(&wasm, release, &fresh)?, style: style(tree, &fresh)?, icons: icons(tree)? };
    fonts(tree, &fresh)?;
    let index = tree.root.join("ui/index.html");
    let text = fs::read_to_string(&index).with_context(|| format!("reading {}", index.display()))?;
    fs::write(fresh.join("index.html"), page.fill(&text)?)?;
    swap(&fresh, &tree.root.join("ui/dist"))
}

fn compile(tree: &Tree, release: bool) -> Result<PathBuf> {
    let profile = if release { "ui-release" } else { "ui" };
    let mut cargo = tree.cargo();
    shell::run(cargo.args(["build", "-p", "studio-ui", "--target", pins::WASM, "--profile", profile]))?;
    Ok(tree.target.join(pins::WASM).join(profile).join("studio-ui.wasm"))
}

/// Writes the bindings and the script that starts them; returns that script's name.
fn boot(wasm: &Path, release: bool, into: &Path) -> Result<String> {
    // The hash is in the name, so the script points at its own binary and no cache mixes two builds.
    let name = format!("studio-ui-{}", digest::short(fs::read(wasm).context("reading the built interface")?));
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(&name).typescript(false).remove_producers_section(true);
    bindgen.debug(!release).keep_debug(!release).web(true)?;
    bindgen.generate(into)?;
    // The library leaves out the default path of the binary, unlike the command line tool: without
    // one the page stays empty and nothing says why.
    let script = format!(
        "import init from \"./{name}.js\";\n\
         await init({{ module_or_path: new URL(\"./{name}_bg.wasm\", import.meta.url) }});\n"
    );
    write_hashed(into, "boot", "js", &script)
}

/// Joins the sheets in the order in which they build on each other; returns the file's name.
fn style(tree: &Tree, into: &Path) -> Result<String> {
    let styles = tree.root.join("ui/styles");
    let mut sheets = vec![styles.join("tokens.css"), styles.join("base.css")];
    sheets.extend(files::with_extension(&styles.join("components"), "css")?);
    sheets.extend(files::with_extension(&styles.join("screens"), "css")?);
    let mut joined = String::new();
    for sheet in sheets {
        joined += &fs::read_to_string(&sheet).with_context(|| format!("reading {}", sheet.display()))?;
        joined.push('\n');
    }
    write_hashed(into, "style", "css", &joined)
}

fn write_hashed(into: &Path, stem: &str, extension: &str, text: &str) -> Result<String> {
    let name = format!("{stem}-{}.{extension}", digest::short(text));
    fs::write(into.join(&name), text)?;
    Ok(name)
}

fn icons(tree: &Tree) -> Result<String> {
    let mut drawings = Vec::new();
    for file in files::with_extension(&tree.root.join("assets/icons"), "svg")? {
        let name = file.file_stem().context("an icon has a name")?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        drawings.push((name, text));
    }
    sprite::join(&drawings)
}

fn fonts(tree: &Tree, into: &Path) -> Result<()> {
    for file in files::with_extension(&tree.root.join("assets/fonts"), "woff2")? {
        let folder = into.join("fonts");
        fs::create_dir_all(&folder)?;
        fs::copy(&file, folder.join(file.file_name().context("a font has a name")?))?;
    }
    Ok(())
}

/// What is filled into `ui/index.html`.
struct Page {
    style: String,
    boot: String,
    icons: String,
}

impl Page {
    fn fill(&self, index: &str) -> Result<String> {
        let mut page = index.to_owned();
        for (place, text) in
            [("{{style}}", &self.style), ("{{boot}}", &self.boot), ("{{icons}}", &self.icons)]
        {
            ensure!(page.matches(place).count() == 1, "ui/index.html must hold {place} exactly once");
            page = page.replace(place, text);
        }
        Ok(page)
    }
}

fn swap(fresh: &Path, dist: &Path) -> Result<()> {
    if same(fresh, dist)? {
        return Ok(fs::remove_dir_all(fresh)?);
    }
    if dist.exists() {
        let old = fresh.with_extension("old");
        if old.exists() {
            fs::remove_dir_all(&old)?;
        }
        fs::rename(dist, &old).with_context(|| format!("moving {} away", dist.display()))?;
        fs::remove_dir_all(&old)?;
    }
    fs::rename(fresh, dist).with_context(|| format!("renaming {}", fresh.display()))
}

fn same(left: &Path, right: &Path) -> Result<bool> {
    let (names, others) = (files::below(left)?, files::below(right)?);
    if names.len() != others.len() {
        return Ok(false);
    }
    for (name, other) in names.iter().zip(&others) {
        let alike =
            name.strip_prefix(left)? == other.strip_prefix(right)? && fs::read(name)? == fs::read(other)?;
        if !alike {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_page_gets_its_three_parts_and_nothing_is_left_open() {
        let page = Page { style: "style-1.css".into(), boot: "boot-1.js".into(), icons: "<svg/>".into() };
        let filled =
            page.fill("<link href=\"{{style}}\"><script src=\"{{boot}}\"></script>{{icons}}").unwrap();
        assert_eq!(filled, "<link href=\"style-1.css\"><script src=\"boot-1.js\"></script><svg/>");
        let missing = page.fill("{{style}}{{boot}}").unwrap_err().to_string();
        assert!(missing.contains("{{icons}}"), "{missing}");
    }

    #[test]
    fn an_unchanged_build_leaves_the_old_folder_in_place() {
        let room = tempfile::tempdir().unwrap();
        let (fresh, dist) = (room.path().join("fresh.partial"), room.path().join("dist"));
        let write = |folder: &Path, text: &str| {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("index.html"), text).unwrap();
        };
        let born = |folder: &Path| fs::metadata(folder.join("index.html")).unwrap().modified().unwrap();

        write(&dist, "one");
        // An hour ago, because two files of one test can be born in the same tick of the clock.
        let first = SystemTime::now() - Duration::from_secs(3600);
        fs::File::options().append(true).open(dist.join("index.html")).unwrap().set_modified(first).unwrap();
        write(&fresh, "one");
        swap(&fresh, &dist).unwrap();
        assert_eq!(born(&dist), first);

        write(&fresh, "two");
        swap(&fresh, &dist).unwrap();
        assert_eq!(fs::read_to_string(dist.join("index.html")).unwrap(), "two");
        assert!(!fresh.exists());
    }
}
