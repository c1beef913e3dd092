//! The manual, the README and `--help` name the commands, settings and messages that there are.
//!
//! Tables that the program has as lists are written by
//! `UPDATE_MANUAL=1 cargo test --package mdbook-proof --test repository manual`.

use crate::fixture::Book;
use crate::root;
use mdbook_proof::book::explain;
use mdbook_proof::book::lint::sources;
use mdbook_proof::read::output;
use mdbook_proof::run::language::Languages;
use mdbook_proof::run::language::rust::library::BROWSER;
use mdbook_proof::tables::rules;
use mdbook_proof::work::settings::{Config, Options, RunnerConfig, Settings};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The folder of the manual's pages.
fn manual() -> PathBuf {
    root().join("preprocessor/manual/src")
}

/// A page of the manual.
fn page(name: &str) -> String {
    let path = manual().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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
    let documented: BTreeSet<String> = documented(&page("commands.md"), "Commands")
        .iter()
        .filter_map(|form| form.split([' ', '[']).next())
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase()) && !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(documented, real);
}

#[test]
fn the_documented_options_are_those_of_the_program() {
    let book = Book::new("");
    let text = page("commands.md") + &page("messages.md");
    for command in [
        "build",
        "serve",
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
            let is_documented = text.contains(option) || option == "--help";
            assert!(is_documented, "no word on `{option}` of `{command}`");
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
    assert_eq!(documented(&page("settings.md"), "Settings"), real);
}

#[test]
fn the_documented_keys_of_a_json_finding_are_those_of_the_program() {
    let book = Book::new("5<!-- = 2 + 2 -->\n");
    let answer = book.run(&["check", "--format", "json"]);
    let value: serde_json::Value =
        serde_json::from_str(answer.stdout.lines().next().unwrap()).unwrap();
    let real: BTreeSet<String> = value.as_object().unwrap().keys().cloned().collect();
    let documented = documented(&page("messages.md"), "Messages");
    let documented: BTreeSet<String> = documented
        .difference(&names("human github json --format"))
        .cloned()
        .collect();
    assert_eq!(documented, real);
}

/// The texts of the fences that start with a line, in order.
fn fences(text: &str, start: &str) -> Vec<String> {
    let end = format!("\n{}\n", start.trim_end_matches(char::is_alphabetic));
    text.split(&format!("\n{start}\n"))
        .skip(1)
        .map(|rest| rest.split(&end).next().unwrap().to_owned() + "\n")
        .collect()
}

/// The message about a page in which one word is replaced, as an installed program prints it, or as `cargo book` does.
fn message(book: &Book, page: &str, [right, wrong]: [&str; 2], command: &str) -> String {
    assert!(page.contains(right), "{page}");
    book.write("src/page.md", &page.replace(right, wrong));
    let answer = book.run(&["build"]);
    assert_eq!(answer.status, 1, "{answer:?}");
    let message = answer.stderr.split("\n\n1 finding").next().unwrap();
    format!("{}\n", message.trim_end().replace("cargo book", command))
}

#[test]
fn the_first_steps_of_the_manual_give_what_it_says() {
    let text = page("start.md");
    let [before, after, _] = fences(&text, "````markdown").try_into().unwrap();
    let book = Book::new(&before);
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), after);
    let message = message(&book, &after, ["42", "43"], "mdbook-proof");
    for page in [text, page("messages.md")] {
        assert_eq!(fences(&page, "```text"), [message.as_str()]);
    }
}

#[test]
fn the_pages_of_the_readmes_are_right_and_their_messages_the_programs() {
    for (path, slip, command) in [
        ("README.md", ["42", "43"], "cargo book"),
        (
            "preprocessor/README.md",
            ["1m 0.5s", "  1m 5s"],
            "mdbook-proof",
        ),
    ] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let page = &fences(&text, "````markdown")[0];
        let book = Book::new(page);
        book.run(&["check"]).succeeds();
        let message = message(&book, page, slip, command);
        assert_eq!(fences(&text, "```text"), [message], "{path}");
    }
}

/// The repository's own documents.
#[test]
fn the_claim_of_the_manual_holds_and_its_counterexample_is_the_programs() {
    let text = page("claims.md");
    let after = "<!-- ANCHOR: coins -->\n";
    let example = text.split(after).nth(1).unwrap();
    let example = example.split("<!-- ANCHOR_END").next().unwrap();
    let book = Book::new(example);
    book.run(&["check", "--edges"]).succeeds();
    let message = message(
        &book,
        example,
        ["within 20% of", "within 5% of"],
        "mdbook-proof",
    );
    assert_eq!(fences(&text, "```text"), [message.as_str()]);
}

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
        "Cuckoo filters",
        "--under",
        "caching/index.md",
    ];
    book.run(&words).succeeds();
    let path = "src/caching/cuckoo-filters.md";
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
                let browser = format!("rustup target add {BROWSER}");
                let known = [
                    "cargo test",
                    "cargo install --locked --path preprocessor",
                    &browser,
                ];
                assert!(known.contains(&line), "{path}: nothing tries `{line}`");
            }
        }
        assert!(count > 0, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn the_documented_runner_runs() {
    let text = page("blocks.md");
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

/// A Markdown table.
fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let row = |cells: [String; N]| {
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = ["---"; N];
    let rows: String = rows.into_iter().map(row).collect();
    format!(
        "| {} |\n| {} |\n{rows}",
        header.join(" | "),
        rule.join(" | ")
    )
}

/// The tables that the program has as lists, by the name in the comment above each.
fn listed() -> BTreeMap<&'static str, String> {
    let code = |text: &str| format!("`{text}`");
    let settings = Settings::without_book(root(), &Options::default());
    let languages = Languages::new(&settings);
    let languages = languages
        .documented()
        .map(|(name, about)| [code(name), about.to_owned()]);
    let attributes = output::attributes();
    let attributes = attributes
        .iter()
        .map(|(form, about)| [code(form), (*about).to_owned()]);
    let rules =
        rules::documented().map(|(form, holds, name)| [form, holds.to_owned(), code(name.name())]);
    let codes = explain::all();
    let codes = codes
        .iter()
        .map(|(name, (_, explanation))| [code(name), explanation.means.to_owned()]);
    BTreeMap::from([
        ("languages", table(["language", "is run by"], languages)),
        ("attributes", table(["attribute", "does"], attributes)),
        ("rules", table(["rule", "requires that", "finding"], rules)),
        ("codes", table(["code", "means that"], codes)),
    ])
}

#[test]
fn the_manuals_lists_are_the_programs() {
    let listed = listed();
    let mut found = BTreeSet::new();
    for source in sources(&manual()).unwrap() {
        let source = source.unwrap().unwrap();
        let mark = "<!-- from the program: ";
        let mut parts = source.text().split(mark);
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once(" -->\n\n").unwrap();
            let is_row = |line: &&str| line.starts_with('|');
            let old: usize = rest
                .split_inclusive('\n')
                .take_while(is_row)
                .map(str::len)
                .sum();
            let new = listed
                .get(name)
                .unwrap_or_else(|| panic!("there is no list `{name}`"));
            let gap = if old == 0 { "\n" } else { "" };
            text.push_str(&format!("{mark}{name} -->\n\n{new}{gap}{}", &rest[old..]));
            found.insert(name.to_owned());
        }
        let path = root().join(source.path());
        if text != source.text() && std::env::var_os("UPDATE_MANUAL").is_some() {
            fs::write(path, text).unwrap();
        } else {
            let path = path.display();
            assert_eq!(source.text(), text, "{path}: write it with UPDATE_MANUAL=1");
        }
    }
    assert_eq!(
        found,
        listed.keys().map(|name| (*name).to_owned()).collect()
    );
}

/// The pages and anchors below `proof/` that a text leads to.
fn into_the_manual(text: &str) -> Vec<String> {
    let starts = text.split("../proof/").skip(1);
    starts
        .map(|rest| rest.split([')', '"', ' ', '>']).next().unwrap().to_owned())
        .collect()
}

#[test]
fn what_leads_from_the_book_into_the_manual_arrives() {
    let mut links = into_the_manual(&fs::read_to_string(root().join("book.toml")).unwrap());
    assert!(links.len() >= 5, "the old addresses: {links:?}");
    for source in sources(&root().join("src")).unwrap() {
        links.extend(into_the_manual(source.unwrap().unwrap().text()));
    }
    for link in links {
        let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
        let text = page(&path.replace(".html", ".md"));
        let headings = text.lines().filter(|line| line.starts_with('#'));
        let has_anchor = headings.map(|line| {
            let words = line.trim_start_matches(['#', ' ']).to_lowercase();
            words.replace(' ', "-").replace([',', '.'], "")
        });
        assert!(
            anchor.is_empty() || has_anchor.into_iter().any(|name| name == anchor),
            "{link}"
        );
    }
}

#[test]
fn the_crates_licenses_are_the_repositorys() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let own = fs::read_to_string(root().join("preprocessor").join(name)).unwrap();
        assert_eq!(own, fs::read_to_string(root().join(name)).unwrap());
    }
}

#[test]
fn the_modules_that_a_sum_may_use_are_those_of_the_manual() {
    let said = Book::new("```calc\nuse math::nonsense\n```\n")
        .run(&["check"])
        .stderr;
    let (_, listed) = said.split_once("the modules are ").unwrap();
    let modules: Vec<&str> = listed.lines().next().unwrap().split(", ").collect();
    assert!(modules.len() > 9, "{modules:?}");
    let page = fs::read_to_string(manual().join("figures.md")).unwrap();
    for module in modules {
        assert!(page.contains(&format!("`{module}`")), "{module}");
    }
}
