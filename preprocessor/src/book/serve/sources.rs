//! The files that a book is built from, and which of them changed.
//!
//! What counts is content: a file that was saved as it was, or read, is no change, and neither is anything
//! that a build writes. So a build never follows from a build.

use crate::read::include;
use crate::work::key::Key;
use crate::work::settings::Settings;
use anyhow::Result;
use mdbook_preprocessor::config::{Config as BookConfig, HtmlConfig};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// Where a book's sources lie, and what was seen there.
#[derive(Debug)]
pub struct Sources {
    root: PathBuf,
    /// Files and folders.
    places: BTreeSet<PathBuf>,
    /// What the build writes.
    ignored: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, File>,
    /// The folders that the files lie in.
    folders: BTreeSet<PathBuf>,
}

/// A file as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    length: u64,
    time: Option<SystemTime>,
    content: String,
    /// What it includes.
    includes: BTreeSet<PathBuf>,
}

impl Sources {
    /// The sources of the book in a folder. Nothing was seen yet.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            places: BTreeSet::from([root.join("book.toml")]),
            ignored: BTreeSet::new(),
            files: BTreeMap::new(),
            folders: BTreeSet::new(),
        }
    }

    /// Looks again; the files that are new, changed or gone since the last look.
    pub fn changed(&mut self) -> Vec<PathBuf> {
        // A configuration that can't be read is what the next change will mend.
        if let Ok((places, ignored)) = places(&self.root) {
            (self.places, self.ignored) = (places, ignored);
        }
        let mut seen = Seen {
            ignored: &self.ignored,
            before: &self.files,
            files: BTreeMap::new(),
            folders: BTreeSet::from([self.root.clone()]),
            walked: BTreeSet::new(),
        };
        for place in &self.places {
            seen.look(place);
        }
        let (files, folders) = (seen.files, seen.folders);
        let is_changed = |path: &&PathBuf| {
            let content =
                |files: &BTreeMap<PathBuf, File>| files.get(*path).map(|file| file.content.clone());
            content(&files) != content(&self.files)
        };
        let all: BTreeSet<&PathBuf> = files.keys().chain(self.files.keys()).collect();
        let changed = all.into_iter().filter(is_changed).cloned().collect();
        (self.files, self.folders) = (files, folders);
        changed
    }

    /// The folders in which something may change.
    pub fn folders(&self) -> &BTreeSet<PathBuf> {
        &self.folders
    }
}

struct Seen<'last> {
    ignored: &'last BTreeSet<PathBuf>,
    before: &'last BTreeMap<PathBuf, File>,
    files: BTreeMap<PathBuf, File>,
    folders: BTreeSet<PathBuf>,
    walked: BTreeSet<PathBuf>,
}

impl Seen<'_> {
    fn look(&mut self, path: &Path) {
        if self.ignored.contains(path) || self.files.contains_key(path) {
            return;
        }
        let Ok(metadata) = fs::metadata(path) else {
            return;
        };
        if metadata.is_dir() {
            // A folder within another place, or one that a link leads back to, is walked once.
            let name = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            if self.walked.insert(name) {
                self.folders.insert(path.to_owned());
                let entries = fs::read_dir(path).into_iter().flatten().flatten();
                for entry in entries.filter(|entry| !is_passed_over(&entry.file_name())) {
                    self.look(&entry.path());
                }
            }
            return;
        }
        self.folders.extend(path.parent().map(Path::to_owned));
        let (length, time) = (metadata.len(), metadata.modified().ok());
        let file = match self.before.get(path) {
            Some(file) if file.length == length && file.time == time => file.clone(),
            _ => File {
                length,
                time,
                content: Key::new("source").with_file(path).finish(),
                includes: includes(path),
            },
        };
        let includes = file.includes.clone();
        self.files.insert(path.to_owned(), file);
        for path in includes {
            self.look(&path);
        }
    }
}

/// Files of editors, of version control and of builds.
fn is_passed_over(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(['.', '#'])
        || name.ends_with('~')
        || matches!(&*name, "target" | "node_modules")
}

/// The files that a page includes.
fn includes(page: &Path) -> BTreeSet<PathBuf> {
    if page.extension().is_none_or(|extension| extension != "md") {
        return BTreeSet::new();
    }
    let text = fs::read_to_string(page).unwrap_or_default();
    let folder = page.parent().unwrap_or(page);
    include::directives(&text)
        .into_iter()
        .map(|directive| plain(&folder.join(directive.path)))
        .collect()
}

/// A path without the steps back in it, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

type Places = BTreeSet<PathBuf>;

/// Where a book's sources lie, and what its build writes.
fn places(root: &Path) -> Result<(Places, Places)> {
    let mut config = BookConfig::from_disk(root.join("book.toml"))?;
    config.update_from_env()?;
    let settings = Settings::read(
        &config,
        root.to_owned(),
        &crate::work::settings::Options::default(),
    )?;
    let html = config.get::<HtmlConfig>("output.html")?.unwrap_or_default();
    let mut places = Places::from([
        root.join("book.toml"),
        root.join(&settings.src),
        html.theme_dir(root),
    ]);
    let files = html.additional_css.iter().chain(&html.additional_js);
    places.extend(
        files
            .chain(&settings.proof.prelude)
            .map(|file| root.join(file)),
    );
    // A runner may read the system's folders too, and those are no part of the book.
    let runners = settings.proof.runner.values();
    let reads = runners.flat_map(|runner| &runner.read);
    places.extend(
        reads
            .map(|path| root.join(path))
            .filter(|path| path.starts_with(root)),
    );
    if let Some(package) = &settings.proof.library {
        library(root, package, &mut places);
    }
    let places = places.iter().map(|path| plain(path)).collect();
    let ignored = Places::from([
        plain(&root.join(&config.build.build_dir)),
        plain(&settings.store()),
    ]);
    Ok((places, ignored))
}

/// Adds the folder of the workspace's package, those of the packages that it has from the workspace, and
/// what tells Cargo how to build them.
fn library(root: &Path, package: &str, places: &mut Places) {
    let workspace = root
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file());
    let workspace = workspace.unwrap_or(root);
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
    ] {
        places.insert(workspace.join(name));
    }
    let shared = manifest(workspace).unwrap_or_default();
    let shared = shared
        .get("workspace")
        .and_then(|table| table.get("dependencies"));
    let mut next = vec![find(workspace, package, 4)];
    while let Some(folder) = next.pop() {
        let Some(folder) = folder.filter(|folder| places.insert(folder.clone())) else {
            continue;
        };
        let manifest = manifest(&folder).unwrap_or_default();
        for table in ["dependencies", "build-dependencies"] {
            let table = manifest.get(table).and_then(toml::Value::as_table);
            for (name, value) in table.into_iter().flatten() {
                let path = |value: &toml::Value| Some(value.get("path")?.as_str()?.to_owned());
                let own = path(value).map(|path| plain(&folder.join(path)));
                let is_shared = value.get("workspace").is_some();
                let of_workspace = shared.and_then(|shared| path(shared.get(name)?));
                next.push(match own {
                    None if is_shared => of_workspace.map(|path| plain(&workspace.join(path))),
                    own => own,
                });
            }
        }
    }
}

/// The folder of a package, some folders deep at most.
fn find(folder: &Path, package: &str, depth: usize) -> Option<PathBuf> {
    let name = manifest(folder)
        .and_then(|manifest| Some(manifest.get("package")?.get("name")?.as_str()? == package));
    if name == Some(true) {
        return Some(folder.to_owned());
    }
    let depth = depth.checked_sub(1)?;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| !is_passed_over(&entry.file_name()))
        .find_map(|entry| find(&entry.path(), package, depth))
}

fn manifest(folder: &Path) -> Option<toml::Table> {
    fs::read_to_string(folder.join("Cargo.toml"))
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn book(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
        let folder = TempDir::with_prefix("proof-test-").unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for (path, text) in files {
            write(&root, path, text);
        }
        (folder, root)
    }

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn changed(sources: &mut Sources) -> Vec<String> {
        let root = sources.root.clone();
        let paths = sources.changed().into_iter();
        paths
            .map(|path| {
                path.strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/")
            })
            .collect()
    }

    #[test]
    fn changes_are_those_of_content_in_what_the_book_is_built_from() {
        let (_folder, root) = book(&[
            (
                "book.toml",
                "[preprocessor.proof]\nprelude = \"p.nbt\"\nlibrary = \"lib\"\n",
            ),
            ("src/SUMMARY.md", "# Summary\n"),
            ("src/a.md", "{{#include ../data/x.txt:1:2}}\n"),
            ("data/x.txt", "1\n"),
            ("p.nbt", ""),
            ("Cargo.lock", ""),
            ("Cargo.toml", "[workspace]\n"),
            (
                "code/lib/Cargo.toml",
                "[package]\nname = \"lib\"\n[dependencies]\nb = { path = \"../b\" }\n",
            ),
            ("code/lib/src/lib.rs", ""),
            ("code/b/Cargo.toml", "[package]\nname = \"b\"\n"),
            ("code/other/Cargo.toml", "[package]\nname = \"other\"\n"),
        ]);
        let mut sources = Sources::new(&root);
        assert_eq!(
            changed(&mut sources),
            [
                "Cargo.lock",
                "Cargo.toml",
                "book.toml",
                "code/b/Cargo.toml",
                "code/lib/Cargo.toml",
                "code/lib/src/lib.rs",
                "data/x.txt",
                "p.nbt",
                "src/SUMMARY.md",
                "src/a.md",
            ]
        );
        write(&root, "src/a.md", "{{#include ../data/x.txt:1:2}}\n");
        for path in [
            "book/a.html",
            "target/x",
            "src/.a.md.swp",
            "src/a.md~",
            "code/other/a.rs",
        ] {
            write(&root, path, "x");
        }
        assert_eq!(changed(&mut sources), [""; 0]);
        write(&root, "src/new/b.md", "b\n");
        write(&root, "data/x.txt", "1\n2\n");
        fs::remove_file(root.join("p.nbt")).unwrap();
        assert_eq!(
            changed(&mut sources),
            ["data/x.txt", "p.nbt", "src/new/b.md"]
        );
        assert!(sources.folders().contains(&root.join("src/new")));
    }

    #[test]
    fn a_book_whose_configuration_is_broken_is_watched_as_before() {
        let (_folder, root) = book(&[("book.toml", ""), ("src/a.md", "a")]);
        let mut sources = Sources::new(&root);
        assert_eq!(changed(&mut sources), ["book.toml", "src/a.md"]);
        write(&root, "book.toml", "[");
        assert_eq!(changed(&mut sources), ["book.toml"]);
        write(&root, "src/a.md", "b");
        assert_eq!(changed(&mut sources), ["src/a.md"]);
    }

    #[test]
    fn a_library_in_the_books_own_folder_brings_no_build_in() {
        let (_folder, root) = book(&[
            ("book.toml", "[preprocessor.proof]\nlibrary = \"lib\"\n"),
            ("Cargo.toml", "[package]\nname = \"lib\"\n"),
            ("Cargo.lock", ""),
            ("lib.rs", ""),
            ("src/a.md", "a"),
        ]);
        let mut sources = Sources::new(&root);
        assert_eq!(
            changed(&mut sources),
            [
                "Cargo.lock",
                "Cargo.toml",
                "book.toml",
                "lib.rs",
                "src/a.md"
            ]
        );
        write(&root, "book/index.html", "x");
        write(&root, "target/debug/x.rs", "x");
        assert_eq!(changed(&mut sources), [""; 0]);
    }
}
