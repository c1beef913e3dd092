//! This book's inputs: each is doubled, and the places that then disagree must be those of a committed list.
//!
//! So a place that stops following an input is seen, and an input that nothing follows. A page's expressions are
//! computed anew; its runs aren't, but those that read a field of `SERVICE` are listed with it.
//! `UPDATE_MOVES=1 cargo test --package mdbook-proof --test repository inputs` writes the list.

use crate::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

const PRELUDE: &str = "examples/prelude.nbt";
const PROGRAMS: &str = "examples/src/service.rs";
const LIST: &str = "examples/moves.txt";

#[test]
fn doubled_inputs_move_the_places_that_are_listed() {
    let book = Book::read();
    let moved = book.moved();
    let stuck: Vec<&str> = moved
        .iter()
        .filter(|(_, places)| places.iter().all(|place| place.starts_with(PROGRAMS)))
        .map(|(input, _)| input.as_str())
        .collect();
    assert!(stuck.is_empty(), "nothing in the book follows {stuck:?}");

    let list = written(&moved);
    let path = book.root.join(LIST);
    if std::env::var_os("UPDATE_MOVES").is_some() {
        fs::write(path, list).unwrap();
        return;
    }
    let known = fs::read_to_string(path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(known.as_str(), list.as_str());
    assert!(
        known == list,
        "other places move than {LIST} says. If that is meant, write it with UPDATE_MOVES=1.\n{}",
        diff.unified_diff().header("listed", "moved")
    );
}

type Moved = BTreeMap<String, BTreeSet<String>>;

/// The list, as it is committed.
fn written(moved: &Moved) -> String {
    let mut list = "# What has to change when an input of prelude.nbt doubles.\n\
        # Written by: UPDATE_MOVES=1 cargo test --package mdbook-proof --test repository inputs\n"
        .to_owned();
    for (input, places) in moved {
        write!(list, "\n{input}\n").unwrap();
        for place in places {
            writeln!(list, "  {place}").unwrap();
        }
    }
    list
}

struct Book {
    root: PathBuf,
    prelude: String,
    /// Each page by its path: its text, and the texts of the files that it includes.
    pages: BTreeMap<String, [String; 2]>,
}

impl Book {
    fn read() -> Self {
        let root = root();
        let prelude = fs::read_to_string(root.join(PRELUDE)).unwrap();
        let mut book = Self {
            root,
            prelude,
            pages: BTreeMap::new(),
        };
        let summary = book.text("src/SUMMARY.md");
        for part in summary.split("](").skip(1) {
            let page = format!("src/{}", part.split(')').next().unwrap_or_default());
            let (text, mut included) = (book.text(&page), String::new());
            for include in text.split("{{#include ").skip(1) {
                let file = include.split([':', '}']).next().unwrap_or_default();
                let file = Path::new(&page).parent().unwrap().join(file.trim());
                included.push_str(&fs::read_to_string(book.root.join(file)).unwrap_or_default());
            }
            book.pages.insert(page, [text, included]);
        }
        book
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_default()
    }

    /// The names that the prelude defines, each with its expression, and how many of the first are inputs.
    fn definitions(&self) -> (Vec<(&str, &str)>, usize) {
        let (inputs, _) = self.prelude.split_once("# --- What follows").unwrap();
        let definitions =
            |text: &'_ str| text.lines().filter(|line| line.starts_with("let ")).count();
        let all = self
            .prelude
            .lines()
            .filter_map(|line| line.strip_prefix("let ")?.split_once(" = "));
        (all.collect(), definitions(inputs))
    }

    /// For each input the places that disagree when it is doubled.
    fn moved(&self) -> Moved {
        let (definitions, count) = self.definitions();
        assert!(count > 20, "{count} inputs");
        let waiting = Mutex::new(definitions[..count].iter());
        let moved = Mutex::new(Moved::new());
        let workers = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let next = waiting.lock().unwrap().next();
                        let Some((input, expression)) = next else {
                            break;
                        };
                        let places = self.disagreeing(&definitions, input, expression);
                        moved.lock().unwrap().insert((*input).to_owned(), places);
                    }
                });
            }
        });
        moved.into_inner().unwrap()
    }

    /// The places that disagree when an input is doubled.
    fn disagreeing(
        &self,
        definitions: &[(&str, &str)],
        input: &str,
        expression: &str,
    ) -> BTreeSet<String> {
        let line = |times: &str| format!("let {input} = {times}{expression}");
        let (once, twice) = (line(""), line("2 × (") + ")");
        let doubled = self.prelude.replacen(&once, &twice, 1);
        let file = tempfile::Builder::new().suffix(".nbt").tempfile().unwrap();
        fs::write(file.path(), doubled).unwrap();

        // Only pages that name the input, or what follows from it, can move.
        let mut names = BTreeSet::from([input]);
        for (name, expression) in definitions {
            if words(expression).any(|word| names.contains(word)) {
                names.insert(name);
            }
        }
        let pages: Vec<&String> = self
            .pages
            .iter()
            .filter(|(_, texts)| {
                texts
                    .iter()
                    .any(|text| words(text).any(|word| names.contains(word)))
            })
            .map(|(page, _)| page)
            .collect();
        if pages.is_empty() {
            return BTreeSet::new();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_mdbook-proof"))
            .args(["--book", "check", "--format", "json"])
            .args(pages)
            .current_dir(&self.root)
            .env("MDBOOK_PREPROCESSOR__PROOF__PRELUDE", file.path())
            .output()
            .unwrap();
        let answer = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code().is_some_and(|code| code < 2),
            "{input}: {answer}{errors}"
        );

        let mut places = BTreeSet::new();
        for line in answer.lines().filter(|line| line.starts_with('{')) {
            let finding: Value = serde_json::from_str(line).unwrap();
            // Runs don't read the prelude; what they should read is judged in the programs' file.
            if matches!(finding["code"].as_str(), Some("run" | "output")) {
                continue;
            }
            let path = finding["path"].as_str().unwrap_or_default();
            let place = self.place(path, &finding);
            if path == PROGRAMS {
                places.extend(self.readers(&place));
            }
            places.insert(format!("{path}: {place}"));
        }
        places
    }

    /// The text at a finding, without its line and its figure, which change.
    fn place(&self, path: &str, finding: &Value) -> String {
        let number = |key: &str| usize::try_from(finding[key].as_u64().unwrap_or(1)).unwrap_or(1);
        let details = finding["details"].as_str().unwrap_or_default();
        if let Some((_, column)) = details.split_once("column [") {
            let row = details.split('`').nth(1).unwrap_or_default();
            let column = column.split(']').next().unwrap_or_default();
            return format!("table, {column} of {row}");
        }
        let text = self.text(path);
        let line = text.lines().nth(number("end_line") - 1).unwrap_or_default();
        let before: String = line.chars().take(number("column") - 1).collect();
        let rest: String = line.chars().skip(number("end_column") - 1).collect();
        let expression = |open: &str, close: &str| {
            let code = rest.trim_start().strip_prefix(open)?.trim_start();
            code.strip_prefix('=')?.split(close).next()
        };
        // A line of a sum is called by what it defines, or by itself.
        let line = before.split('#').next().unwrap_or_default();
        let place = match path {
            PROGRAMS => before.split(':').next(),
            _ => expression("<!--", "-->").or_else(|| expression("/*", "*/")),
        };
        match place.or_else(|| line.split(" = ").next()).map(str::trim) {
            None | Some("") => finding["message"].as_str().unwrap_or_default().to_owned(),
            Some(place) => place.to_owned(),
        }
    }

    /// The pages whose runs read a field of the programs' inputs.
    fn readers(&self, field: &str) -> impl Iterator<Item = String> {
        let name = format!("SERVICE.{field}");
        let reads = move |text: &String| {
            text.match_indices(&name).any(|(at, name)| {
                !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        };
        let field = field.to_owned();
        self.pages
            .iter()
            .filter(move |(_, [text, _])| reads(text))
            .map(move |(page, _)| format!("{page}: a run reads {field}"))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}
