//! A stranger's book: no workspace around it, the installed program named in `book.toml`, built by mdBook itself.
//!
//! The variable `MDBOOK` names mdBook's program; `.ci/steps/other-book` installs it and runs that part too.

use crate::fixture::{Answer, answer};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tempfile::TempDir;

/// The book in a folder of its own.
fn copy() -> TempDir {
    let folder = TempDir::with_prefix("proof-stranger-").unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/book");
    fs::create_dir(folder.path().join("src")).unwrap();
    for file in ["book.toml", "square.rs", "src/SUMMARY.md", "src/squares.md"] {
        fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

/// Runs a program in the book's folder, with ours in the path as after an installation.
fn run(program: &Path, arguments: &[&str], folder: &TempDir) -> Answer {
    let installed = Path::new(env!("CARGO_BIN_EXE_mdbook-proof"))
        .parent()
        .unwrap();
    let before = env::var_os("PATH").unwrap_or_default();
    let path = [installed.to_owned()]
        .into_iter()
        .chain(env::split_paths(&before));
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("PATH", env::join_paths(path).unwrap())
        .env_remove("CI")
        .output()
        .unwrap();
    answer(output)
}

#[test]
fn a_strangers_book_is_built_by_our_own_command() {
    let folder = copy();
    run(Path::new("mdbook-proof"), &["build"], &folder).succeeds();
    let html = fs::read_to_string(folder.path().join("book/squares.html")).unwrap();
    assert!(html.contains("fn square(n: u64) -&gt; u64"), "{html}");
    assert!(html.contains("proof-evidence"));
}

#[test]
#[ignore = "needs mdBook's program, named in MDBOOK: `bash .ci/steps/other-book`"]
fn a_strangers_book_is_built_by_mdbook_and_refused_where_it_is_wrong() {
    let mdbook = env::var_os("MDBOOK").expect("MDBOOK names mdBook's program");
    let mdbook = PathBuf::from(mdbook);
    let folder = copy();
    let page = folder.path().join("src/squares.md");
    let built = folder.path().join("book/squares.html");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, text.replace("86,400", "86,401")).unwrap();
    let wrong = run(&mdbook, &["build"], &folder);
    assert_ne!(wrong.status, 0);
    assert!(
        wrong.stderr.contains("- 86,401") && wrong.stderr.contains("mdbook-proof bless"),
        "{}",
        wrong.stderr
    );
    assert!(!built.exists());
    fs::write(&page, text).unwrap();
    run(&mdbook, &["build"], &folder).succeeds();
    assert!(
        fs::read_to_string(built)
            .unwrap()
            .contains("proof-evidence")
    );
}
