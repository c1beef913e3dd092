//! What CONTRIBUTING shows of adding a rule, a picture and a language: it works exactly as shown.

use crate::copy::copy;
use crate::root;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const WRONG: &str = "<!-- check: positive [size] -->\n\n| size |\n| ---: |\n| 0 KB |\n\n```awk,run\nBEGIN { print \"root\"; print \"    leaf\" }\n```\n\n```output,tree\nroot\n    leaf\n```\n";

/// The fences of a document's section: their language, and their text.
fn fences(section: &str) -> Vec<(String, String)> {
    let mut fences: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in section.lines() {
        match line.strip_prefix("```") {
            Some(language) => {
                is_open = !is_open;
                if is_open {
                    fences.push((language.to_owned(), String::new()));
                }
            }
            None if is_open => {
                let (_, text) = fences.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    fences
}

/// Adds the lines that a fence marks with `+`, each below the line above it. Without line numbers, which would have to be
/// changed with the file: `@@` only says that lines are left out.
fn patch(root: &Path, diff: &str) {
    let mut lines = diff.lines();
    assert!(lines.next().unwrap().starts_with("--- a/"));
    let file = lines.next().unwrap().strip_prefix("+++ b/").unwrap();
    let path = root.join(file);
    let mut text = fs::read_to_string(&path).unwrap();
    for hunk in lines.collect::<Vec<_>>().split(|line| *line == "@@") {
        let with = |mark: char| -> String {
            let kept = hunk.iter().filter(|line| line.starts_with([' ', mark]));
            kept.flat_map(|line| [&line[1..], "\n"]).collect()
        };
        let (before, after) = (with(' '), with('+'));
        if !before.is_empty() {
            assert_eq!(text.matches(&before).count(), 1, "{file}:\n{before}");
            text = text.replacen(&before, &after, 1);
        }
    }
    fs::write(path, text).unwrap();
}

fn call(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", root().join("target"));
    command.output().unwrap()
}

#[test]
#[ignore = "it compiles the preprocessor once more; CI's step `additions` runs it"]
fn a_rule_a_picture_and_a_language_are_added_as_contributing_shows() {
    let copy = copy();
    let document = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = document
        .split_once("\n## Adding a rule, a picture or a language\n")
        .unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut count = 0;
    for part in section.split("\n### ").skip(1) {
        let fences = fences(part);
        let [(rust, code), (diff, change)] = fences.as_slice() else {
            panic!("a file and a change: {part}");
        };
        assert_eq!((rust.as_str(), diff.as_str()), ("rust", "diff"));
        let mut paths = part.split('`').filter(|text| {
            text.starts_with("preprocessor/") && Path::new(text).extension().is_some()
        });
        fs::write(copy.path().join(paths.next().unwrap()), code).unwrap();
        patch(copy.path(), change);
        count += 1;
    }
    assert_eq!(count, 3);

    let built = call(
        copy.path(),
        "cargo",
        &["build", "--quiet", "--package", "mdbook-proof"],
    );
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    // A name of its own: the next build of this workspace takes the place of this one.
    let program = copy.path().join("mdbook-proof");
    fs::copy(root().join("target/debug/mdbook-proof"), &program).unwrap();
    let book = copy.path().join("small");
    fs::create_dir_all(book.join("src")).unwrap();
    fs::write(book.join("book.toml"), "[book]\ntitle = \"Small\"\n").unwrap();
    fs::write(book.join("src/SUMMARY.md"), "- [A](a.md)\n").unwrap();
    let program = program.to_str().unwrap();
    for (page, codes) in [
        (
            WRONG.to_owned(),
            vec!["error[table-positive]", "error[tree]"],
        ),
        (
            WRONG.replace("0 KB", "1 KB").replace("    leaf", "  leaf"),
            vec![],
        ),
    ] {
        fs::write(book.join("src/a.md"), page).unwrap();
        let checked = call(&book, program, &["check"]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert_eq!(checked.status.success(), codes.is_empty(), "{said}");
        assert_eq!(said.matches("error[").count(), codes.len(), "{said}");
        for code in codes {
            assert!(said.contains(code), "{said}");
        }
    }
    assert!(call(&book, program, &["build"]).status.success());
    let html = fs::read_to_string(book.join("book/a.html")).unwrap();
    let html: String = html.split_whitespace().collect();
    assert!(
        html.contains("<ul><li>root<ul><li>leaf</li></ul></li></ul>"),
        "{html}"
    );
}
