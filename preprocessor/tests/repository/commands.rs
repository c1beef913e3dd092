//! What the documents tell people to type: it works, in its order, in a clean copy of the repository.

use crate::copy::copy;
use crate::fixture::Book;
use crate::root;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is tested elsewhere, because it takes minutes: by CI's own jobs, and by its step `crate`.
const ELSEWHERE: [&str; 3] = ["cargo test", "bash .ci/run", "cargo install"];

/// The commands of a document's `console` fences, in order.
fn commands(document: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_console = false;
    for line in document.lines() {
        match line.strip_prefix("```") {
            Some(language) => is_console = language == "console",
            None if is_console => found.push(line.to_owned()),
            None => {}
        }
    }
    found
}

/// Runs a command by the shell, with this program on the path, and no browser to open; its exit status and what it said.
fn run(command: &str, folder: &Path) -> (i32, String) {
    let built = Path::new(env!("CARGO_BIN_EXE_mdbook-proof"))
        .parent()
        .unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &format!("exec {command}")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", built.display()))
        .env("CARGO_TARGET_DIR", root().join("target"))
        .env("BROWSER", "true")
        // What readers run in the pages is built by CI's step `book`, and would take most of the time of this one.
        .env("MDBOOK_PREPROCESSOR__PROOF__LIVE", "false")
        .env_remove("CI")
        .stdin(Stdio::null());
    if command.contains(" serve") {
        return (serve(&mut shell), String::new());
    }
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said)
}

/// Starts a server, waits until it says where it is, and ends it.
fn serve(command: &mut Command) -> i32 {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let serves = lines
        .map_while(Result::ok)
        .any(|line| line.contains("http://"));
    child.kill().unwrap();
    child.wait().unwrap();
    i32::from(!serves)
}

#[test]
#[ignore = "it compiles the program and the examples once more; CI's step `commands` runs it"]
fn each_command_for_contributors_works_in_its_order_in_a_clean_copy() {
    let mut count = 0;
    let copy = copy();
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "src/appendix/writing-a-chapter.md",
    ] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        for command in commands(&text) {
            if ELSEWHERE.iter().any(|known| command.starts_with(known)) {
                continue;
            }
            let (status, said) = run(&command, copy.path());
            assert_eq!(status, 0, "{document}: {command}\n{said}");
            count += 1;
        }
        // Each document starts from a clean copy of its own.
        for page in ["src/SUMMARY.md", "src/caching/cuckoo-filters.md"] {
            let (ours, theirs) = (root().join(page), copy.path().join(page));
            match ours.exists() {
                true => drop(fs::copy(ours, theirs).unwrap()),
                false => drop(fs::remove_file(theirs)),
            }
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn each_command_of_the_manual_is_understood() {
    let mut count = 0;
    let folder = root().join("preprocessor/manual/src");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // Also those of the workflows that it shows.
        let shown = text.lines().filter_map(|line| {
            line.trim()
                .strip_prefix("- run: ")
                .or(line.trim().strip_prefix("run: "))
        });
        let shown = shown.map(|line| line.split(" >>").next().unwrap().to_owned());
        let book = Book::new("# Page\n\n```rust,run\nprintln!(\"{}\", 6 * 7);\n```\n");
        for command in commands(&text).into_iter().chain(shown) {
            if !command.contains("mdbook-proof ") || command.starts_with("cargo") {
                continue;
            }
            // It may have findings: the page is not blessed yet.
            let command = command.split_once("mdbook-proof ").unwrap().1;
            let (status, said) = run(&format!("mdbook-proof {command}"), book.root());
            assert!(
                matches!(status, 0 | 1),
                "{}: {command}\n{said}",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count >= 7, "{count}");
}

#[test]
fn the_first_rung_needs_none_of_our_markup() {
    let document = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, page) = document.split_once("````markdown\n").unwrap();
    let (page, _) = page.split_once("````\n").unwrap();
    for ours in ["<!--", "run", "output", "calc", "check"] {
        assert!(!page.contains(ours), "{ours}");
    }
    let limit = "max-bare-table-figures = 0\n";
    Book::with(&[("tape.md", page)], limit)
        .run(&["build"])
        .succeeds();
    // The limit is held, and the link is followed.
    let bare = page.replace("[^lto]", "");
    let book = Book::with(&[("tape.md", &bare)], limit);
    book.run(&["check"]).finds(&["error[bare]", "src/tape.md:"]);
    let lost = page.replace("#what-it-costs", "#its-price");
    let book = Book::with(&[("tape.md", &lost)], limit);
    book.run(&["check"])
        .finds(&["error[link]", "src/tape.md:3:"]);
}
