//! No false alarm on other people's Markdown: that of all crates that the lockfile brings, as Cargo unpacks them.

use mdbook_proof::book::lint::{self, Linter};
use mdbook_proof::work::settings::Call;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folders of the lockfile's crates, as far as this machine has them.
fn crates() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map_or_else(
        || {
            let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
            PathBuf::from(home.unwrap()).join(".cargo")
        },
        PathBuf::from,
    );
    let registries: Vec<PathBuf> = fs::read_dir(home.join("registry/src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let lockfile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock: toml::Value = toml::from_str(&fs::read_to_string(lockfile).unwrap()).unwrap();
    lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let text = |key: &str| package[key].as_str().unwrap();
            format!("{}-{}", text("name"), text("version"))
        })
        .flat_map(|name| registries.iter().map(move |registry| registry.join(&name)))
        .filter(|folder| folder.is_dir())
        .collect()
}

#[test]
fn lint_finds_nothing_wrong_in_the_markdown_of_the_lockfiles_crates() {
    let (mut files, mut found) = (0, Vec::new());
    // A folder without a book.
    let folder = tempfile::tempdir().unwrap();
    let mut linter = Linter::new(folder.path(), &Call::default()).unwrap();
    for folder in crates() {
        for source in lint::sources(&folder).unwrap() {
            files += 1;
            match source.unwrap() {
                Ok(source) => {
                    let place = |at: usize| source.position(at).line;
                    found.extend(linter.lint(&source).into_iter().map(|finding| {
                        let line = place(finding.span.start);
                        format!("{}:{line}: {}", source.path().display(), finding.message)
                    }));
                }
                Err(finding) => found.push(finding.message),
            }
        }
    }
    assert!(files > 100, "only {files} files");
    // A finding that comes with a new version has to be read: where it isn't true, the rule is at fault.
    assert_eq!(found, [""; 0], "in {files} files");
}
