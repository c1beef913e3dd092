//! The manual, the README and `--help` name the commands, settings and messages that there are.

use crate::fixture::Book;
use crate::root;
use mdbook_proof::work::settings::{Config, RunnerConfig};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn manual() -> PathBuf {
    root().join("src/appendix/how-this-book-checks-itself")
}

/// The texts that document the program: the manual's page of commands, and the README.
fn documents() -> Vec<(String, String)> {
    [
        root().join("preprocessor/README.md"),
        manual().join("commands.md"),
    ]
    .into_iter()
    .map(|path| {
        (
            path.display().to_string(),
            fs::read_to_string(path).unwrap(),
        )
    })
    .collect()
}

/// The first cells of the tables under a heading, taken apart at their backticks.
fn documented(text: &str, heading: &str) -> BTreeSet<String> {
    text.lines()
        .skip_while(|line| line.trim_start_matches('#').trim() != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split(" | ").next())
        .flat_map(|cell| cell.split('`').step_by(2))
        .map(|name| name.trim_start_matches("mdbook-proof ").to_owned())
        .collect()
}

fn names(text: &str) -> BTreeSet<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_documented_commands_are_those_of_the_program() {
    let book = Book::new("");
    let help = book.run(&["--help"]);
    help.succeeds();
    let real: BTreeSet<String> = help
        .stdout
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_owned)
        .collect();
    assert!(real.contains("bless"), "{real:?}");
    for (path, text) in documents() {
        let documented: BTreeSet<String> = documented(&text, "Commands")
            .iter()
            .filter_map(|form| form.split([' ', '[']).next())
            .filter(|name| name.chars().all(|c| c.is_ascii_lowercase()) && !name.is_empty())
            .map(str::to_owned)
            .collect();
        assert_eq!(documented, real, "{path}");
    }
}

#[test]
fn the_documented_options_are_those_of_the_program() {
    let book = Book::new("");
    for command in [
        "build",
        "check",
        "bless",
        "report",
        "lint",
        "fix",
        "new chapter",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = book.run(&words);
        help.succeeds();
        let options = help
            .stdout
            .split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
        for option in options.filter(|word| word.starts_with("--") && word.len() > 2) {
            for (path, text) in documents() {
                let is_documented = text.contains(option) || option == "--help";
                assert!(is_documented, "{path} lacks `{option}` of `{command}`");
            }
        }
    }
}

/// The keys that a table of `book.toml` may have, as its error lists them.
fn keys<T: DeserializeOwned + std::fmt::Debug>(other: &str) -> BTreeSet<String> {
    let error = toml::from_str::<T>(&format!("{other}\nno-such-key = 1")).unwrap_err();
    let text = error.to_string();
    let list = text.split("expected one of ").nth(1).unwrap();
    list.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_documented_settings_are_those_of_the_program() {
    let mut real = keys::<Config>("");
    assert!(real.contains("require-sandbox"), "{real:?}");
    real.extend(keys::<RunnerConfig>("command = \"x\""));
    for (path, text) in documents() {
        assert_eq!(documented(&text, "Settings"), real, "{path}");
    }
}

#[test]
fn the_documented_keys_of_a_json_finding_are_those_of_the_program() {
    let book = Book::new("5<!-- = 2 + 2 -->\n");
    let answer = book.run(&["check", "--format", "json"]);
    let value: serde_json::Value =
        serde_json::from_str(answer.stdout.lines().next().unwrap()).unwrap();
    let real: BTreeSet<String> = value.as_object().unwrap().keys().cloned().collect();
    for (path, text) in documents()
        .iter()
        .filter(|(path, _)| path.ends_with("commands.md"))
    {
        let documented = documented(text, "Messages");
        let documented: BTreeSet<String> = documented
            .difference(&names("human github json --format"))
            .cloned()
            .collect();
        assert_eq!(documented, real, "{path}");
    }
}

#[test]
fn the_documented_message_is_the_programs() {
    let book = Book::new("A page.\n\n");
    book.write(
        "src/page.md",
        "```rust,run\nprintln!(\"{}\", 6 * 7);\n```\n\n```output\n43\n```\n",
    );
    let printed = book.run(&["check"]).stderr;
    let message = printed.split("\n\n1 finding").next().unwrap().trim_end();
    for path in [manual().join("commands.md"), root().join("README.md")] {
        let text = fs::read_to_string(&path).unwrap();
        let shown = format!("```text\n{message}\n```");
        assert!(text.contains(&shown), "{} lacks\n{shown}", path.display());
    }
}

/// The repository's own documents.
fn guides() -> [(&'static str, String); 3] {
    [
        "README.md",
        "CONTRIBUTING.md",
        "src/appendix/writing-a-chapter.md",
    ]
    .map(|path| (path, fs::read_to_string(root().join(path)).unwrap()))
}

/// A book with the pages that the guides name.
fn guided() -> Book {
    let pages = [
        ("caching/index.md", "# Caching\n"),
        ("partitioning/index.md", "# Parts\n"),
    ];
    Book::with(&pages, "")
}

#[test]
fn the_message_that_the_guide_shows_is_the_programs() {
    let [_, (_, text), _] = guides();
    let book = guided();
    let words = [
        "new",
        "chapter",
        "Consistent hashing",
        "--under",
        "caching/index.md",
    ];
    book.run(&words).succeeds();
    let path = "src/caching/consistent-hashing.md";
    let page = book.read(path).replace("it is 3,472", "it is 3,742");
    book.write(path, &page);
    let printed = book.run(&["check", path]).stderr;
    let message = printed.split("\n\n1 finding").next().unwrap().trim_end();
    assert!(
        text.contains(&format!("```text\n{message}\n```")),
        "{message}"
    );
}

#[test]
fn the_commands_that_the_guides_name_work_in_their_order() {
    for (path, text) in guides() {
        let book = guided();
        let mut count = 0;
        let blocks = text.split("```console\n").skip(1);
        let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
        for line in lines {
            count += 1;
            if let Some(script) = line.strip_prefix("bash ") {
                assert!(root().join(script).is_file(), "{path}: {line}");
            } else if let Some(rest) = line.strip_prefix("cargo book") {
                // Words in quotes are the odd ones.
                let words: Vec<&str> = rest
                    .split('"')
                    .enumerate()
                    .flat_map(|(at, part)| match at % 2 {
                        0 => part.split_whitespace().collect(),
                        _ => vec![part],
                    })
                    .filter(|word| *word != "--open")
                    .collect();
                // It would serve until somebody ends it.
                match words.as_slice() {
                    ["serve", ..] => book.run(&["serve", "--help"]).succeeds(),
                    words => book.run(words).succeeds(),
                };
            } else {
                let known = ["cargo test", "cargo install --locked --path preprocessor"];
                assert!(known.contains(&line), "{path}: nothing tries `{line}`");
            }
        }
        assert!(count > 0, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn the_documented_runner_runs() {
    let text = fs::read_to_string(manual().join("runs.md")).unwrap();
    let part = &text[text.find("## Other languages").unwrap()..];
    let between = |start: &str, end: &str| {
        let rest = &part[part.find(start).unwrap() + start.len()..];
        rest[..rest.find(end).unwrap()].to_owned()
    };
    let settings = between("```toml\n", "```\n");
    let page = between("````markdown\n", "````\n");
    let book = Book::with(&[("page.md", &page)], &settings);
    book.run(&[]).succeeds();
}

#[test]
fn the_crates_licenses_are_the_repositorys() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let own = fs::read_to_string(root().join("preprocessor").join(name)).unwrap();
        assert_eq!(own, fs::read_to_string(root().join(name)).unwrap());
    }
}
