//! The published site around the pages: places in it, and what mdBook writes besides them.

use std::path::{Component, Path, PathBuf};

/// What mdBook 0.5 writes for every book, or for one whose configuration asks for it. Most of these have a hash in their names.
const MADE: [&str; 25] = [
    "",
    "404.html",
    "ace.js",
    "ayu-highlight.css",
    "book.js",
    "clipboard.min.js",
    "css/chrome.css",
    "css/general.css",
    "css/print.css",
    "css/variables.css",
    "editor.js",
    "elasticlunr.min.js",
    "favicon.png",
    "favicon.svg",
    "fonts/fonts.css",
    "highlight.css",
    "highlight.js",
    "index.html",
    "mark.min.js",
    "print.html",
    "searcher.js",
    "searchindex.js",
    "toc.html",
    "toc.js",
    "tomorrow-night.css",
];

/// A path without `.` and `..`, as far as it stays in the site: what leads out of it begins with `..`.
pub(super) fn place(path: &Path) -> PathBuf {
    let mut place = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            Component::ParentDir
                if matches!(place.components().next_back(), Some(Component::Normal(_))) =>
            {
                place.pop();
            }
            part => place.push(part),
        }
    }
    place
}

/// The file that mdBook writes for a page.
pub(crate) fn published(page: &Path, readme_is_index: bool) -> PathBuf {
    let stem = page.file_stem().unwrap_or_default();
    match readme_is_index && stem.eq_ignore_ascii_case("readme") {
        true => page.with_file_name("index.html"),
        false => page.with_extension("html"),
    }
}

/// The folder outside the site that a place there belongs to, as the setting `beside` names it.
pub(super) fn name(place: &Path) -> String {
    let mut name = Vec::new();
    for part in place.components() {
        name.push(part.as_os_str().to_string_lossy());
        if part != Component::ParentDir {
            break;
        }
    }
    name.join("/")
}

/// Whether mdBook itself writes a file.
pub(super) fn is_made_by_mdbook(place: &Path) -> bool {
    let path = place.to_string_lossy().replace('\\', "/");
    MADE.iter()
        .any(|made| path == *made || path == without_hash(&path, made))
}

/// The name with the hash that the other has: `toc-1a2b3c4d.js` for `toc.js`.
fn without_hash(path: &str, made: &str) -> String {
    let hash = made.split_once('.').and_then(|(stem, end)| {
        let hash = path.strip_prefix(stem)?.strip_suffix(end)?;
        let digits = hash.strip_prefix('-')?.strip_suffix('.')?;
        let is_hash = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| format!("{stem}{hash}{end}"))
    });
    hash.unwrap_or_else(|| made.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_in_the_site_or_begin_outside_of_it() {
        for (path, expected, named) in [
            ("./a/../b.md", "b.md", "b.md"),
            ("a/..", "", ""),
            ("../std/", "../std", "../std"),
            ("a/../../std/vec/x.html", "../std/vec/x.html", "../std"),
            ("../../c/d", "../../c/d", "../../c"),
        ] {
            assert_eq!(place(Path::new(path)), Path::new(expected), "{path}");
            assert_eq!(name(&place(Path::new(path))), named, "{path}");
        }
    }

    #[test]
    fn what_mdbook_writes_is_known_with_and_without_its_hash() {
        for path in [
            "",
            "index.html",
            "css/general-1a2b3c4d.css",
            "searchindex-0a1b2c3d.js",
            "toc.js",
            "elasticlunr-ef4e11c1.min.js",
        ] {
            assert!(is_made_by_mdbook(Path::new(path)), "{path}");
        }
        for path in [
            "deep/index.html",
            "css",
            "book-.js",
            "book-1a2b.js",
            "book-1a2b3c4z.js",
            "index-1a2b3c4d.md",
            "a.html",
        ] {
            assert!(!is_made_by_mdbook(Path::new(path)), "{path}");
        }
    }
}
