//! The files that a book is built from, and which of them changed.
//!
//! Content counts: a file that was read, or saved unchanged, doesn't count as a change, and neither is anything
//! that a build writes. So a build never triggers a build.

use crate::book;
use crate::read::include;
use crate::text::path::normal;
use crate::work::key::Key;
use crate::work::packages::Workspace;
use crate::work::settings::{Options, Settings};
use anyhow::Result;
use mdbook_preprocessor::config::HtmlConfig;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
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
    /// Whether the places are those of the configuration as it was seen.
    is_complete: bool,
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
            is_complete: true,
        }
    }

    /// Looks again; the files that are new, changed or gone since the last look.
    pub fn changed(&mut self) -> BTreeSet<PathBuf> {
        let mut changed = self.look();
        let configures =
            |path: &PathBuf| path.ends_with("book.toml") || path.ends_with("Cargo.toml");
        if !self.is_complete || changed.iter().any(configures) {
            self.is_complete = false;
            // A configuration that can't be read is what the next change will fix.
            if let Ok(configured) = configured(&self.root) {
                self.is_complete = configured.is_complete;
                let before = std::mem::replace(&mut self.places, configured.places);
                if !self.is_complete {
                    self.places.extend(before);
                }
                self.ignored = configured.ignored;
            }
            changed.extend(self.look());
        }
        changed
    }

    fn look(&mut self) -> BTreeSet<PathBuf> {
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
            // A folder within another place, or one that a link leads back to, is read once.
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
        .filter_map(|directive| normal(&folder.join(directive.path)))
        .collect()
}

type Places = BTreeSet<PathBuf>;

/// What a configuration says of where to look.
struct Configured {
    places: Places,
    ignored: Places,
    /// Whether Cargo said where the library's sources are, if there is one.
    is_complete: bool,
}

/// Where a book's sources lie, and what its build writes.
fn configured(root: &Path) -> Result<Configured> {
    let config = book::configuration(root)?;
    let settings = Settings::read(&config, root.to_owned(), &Options::default())?;
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
    // A runner may read the system's folders too, and those are not part of the book.
    let runners = settings.proof.runner.values();
    let reads = runners.flat_map(|runner| &runner.read);
    places.extend(
        reads
            .map(|path| root.join(path))
            .filter(|path| path.starts_with(root)),
    );
    let library = settings.proof.library.as_deref();
    let library = library.map_or(Ok(Places::new()), |package| library_places(root, package));
    let is_complete = library.is_ok();
    places.extend(library.unwrap_or_default());
    let ignored = [root.join(&config.build.build_dir), settings.store()];
    Ok(Configured {
        places: places.iter().filter_map(|path| normal(path)).collect(),
        ignored: ignored.iter().filter_map(|path| normal(path)).collect(),
        is_complete,
    })
}

/// The folders of the packages that a library is built from, and what tells Cargo how to build them.
fn library_places(root: &Path, package: &str) -> Result<Places> {
    let workspace = Workspace::read(root)?;
    let mut places = workspace.folders(package)?;
    let files = [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
    ];
    let folder = fs::canonicalize(&workspace.root)?;
    places.extend(files.map(|name| folder.join(name)));
    Ok(places)
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
            ("Cargo.toml", "[workspace]\nmembers = [\"code/*\"]\n"),
            (
                "code/lib/Cargo.toml",
                "[package]\nname = \"lib\"\n[dependencies]\nb = { path = \"../b\" }\n",
            ),
            ("code/lib/src/lib.rs", ""),
            ("code/b/Cargo.toml", "[package]\nname = \"b\"\n"),
            ("code/b/src/lib.rs", ""),
            ("code/other/Cargo.toml", "[package]\nname = \"other\"\n"),
            ("code/other/src/lib.rs", ""),
        ]);
        let mut sources = Sources::new(&root);
        assert_eq!(
            changed(&mut sources),
            [
                "Cargo.lock",
                "Cargo.toml",
                "book.toml",
                "code/b/Cargo.toml",
                "code/b/src/lib.rs",
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
            "code/other/src/a.rs",
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
    fn a_library_whose_manifest_is_broken_is_watched_as_before() {
        let manifest = "[package]\nname = \"lib\"\n";
        let (_folder, root) = book(&[
            ("book.toml", "[preprocessor.proof]\nlibrary = \"lib\"\n"),
            ("src/a.md", "a"),
            ("lib/Cargo.toml", manifest),
            ("lib/src/lib.rs", ""),
            ("Cargo.toml", "[workspace]\nmembers = [\"lib\"]\n"),
        ]);
        let mut sources = Sources::new(&root);
        assert_eq!(changed(&mut sources).len(), 5);
        write(&root, "lib/Cargo.toml", "[");
        assert_eq!(changed(&mut sources), ["lib/Cargo.toml"]);
        write(&root, "lib/src/lib.rs", "//");
        assert_eq!(changed(&mut sources), ["lib/src/lib.rs"]);
        write(&root, "lib/src/new.rs", "");
        write(&root, "lib/Cargo.toml", manifest);
        assert_eq!(changed(&mut sources), ["lib/Cargo.toml", "lib/src/new.rs"]);
    }

    #[test]
    fn a_library_in_the_books_own_folder_brings_no_build_in() {
        let (_folder, root) = book(&[
            ("book.toml", "[preprocessor.proof]\nlibrary = \"lib\"\n"),
            ("Cargo.toml", "[package]\nname = \"lib\"\n"),
            ("Cargo.lock", ""),
            ("src/lib.rs", ""),
            ("src/a.md", "a"),
        ]);
        let mut sources = Sources::new(&root);
        assert_eq!(
            changed(&mut sources),
            [
                "Cargo.lock",
                "Cargo.toml",
                "book.toml",
                "src/a.md",
                "src/lib.rs"
            ]
        );
        write(&root, "book/index.html", "x");
        write(&root, "target/debug/x.rs", "x");
        assert_eq!(changed(&mut sources), [""; 0]);
    }
}
