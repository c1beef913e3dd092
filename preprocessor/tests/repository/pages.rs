//! The book that this repository holds: its pages as mdBook shows them, and what the README says of it.

use crate::root;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use std::fs;
use std::path::{Path, PathBuf};

/// The files with an ending in a folder and all folders in it.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path, ending),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect()
}

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::all())
}

/// The `<summary>` texts of a page that hold Markdown. They are in blocks of HTML, where mdBook shows it as it was typed.
fn raw_summaries(page: &str) -> Vec<String> {
    let mut html = String::new();
    for event in events(page) {
        if let Event::Html(text) = event {
            html.push_str(&text);
        }
    }
    let summaries = html
        .split("<summary>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</summary>"));
    let is_raw = |text: &&str| {
        events(text).any(|event| {
            !matches!(
                event,
                Event::Start(Tag::Paragraph)
                    | Event::End(_)
                    | Event::Text(_)
                    | Event::InlineHtml(_)
                    | Event::SoftBreak
            )
        })
    };
    summaries
        .map(|(text, _)| text)
        .filter(is_raw)
        .map(str::to_owned)
        .collect()
}

#[test]
fn markdown_in_a_summary_is_found_and_html_is_not() {
    let page = |summary: &str| {
        format!(
            "# A page\n\n<details>\n<summary>{summary}</summary>\n\nAn *answer*.\n\n</details>\n"
        )
    };
    for raw in [
        "`code`",
        "what is *so* **bold**?",
        "a [link](x.md)",
        "old ~~new~~",
    ] {
        assert_eq!(raw_summaries(&page(raw)), [raw]);
    }
    for right in [
        "Plain: 2 * 3 = 6, a_b_c?",
        "<code>next</code> and <em>so</em>",
        "100 % of it",
    ] {
        assert_eq!(raw_summaries(&page(right)), [""; 0]);
    }
    let shown = "```html\n<summary>`code`</summary>\n```\n";
    assert_eq!(raw_summaries(shown), [""; 0]);
}

#[test]
fn no_summary_shows_its_markdown_raw() {
    let root = root();
    for path in files(&root.join("src"), "md") {
        let raw = raw_summaries(&fs::read_to_string(&path).unwrap());
        assert!(
            raw.is_empty(),
            "{}: write HTML such as <code> in {raw:?}",
            path.display()
        );
    }
}

/// The README rounds down, so that a new page doesn't change it; but a fifth more, and it should say so.
#[test]
fn the_readme_counts_what_there_is() {
    let root = root();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let words: Vec<&str> = readme.split_whitespace().collect();
    let summary = fs::read_to_string(root.join("src/SUMMARY.md")).unwrap();
    let chapters = summary
        .split("# Appendices")
        .next()
        .unwrap()
        .matches("\n- [")
        .count();
    let said = words
        .windows(2)
        .find(|pair| pair[1].starts_with("chapters"))
        .unwrap()[0];
    assert_eq!(said, chapters.to_string(), "chapters");

    let runs = files(&root.join("src"), "md").iter().fold(0, |runs, path| {
        let page = fs::read_to_string(path).unwrap();
        let is_run = |event: &Event<'_>| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => info
                .split(',')
                .skip(1)
                .any(|word| word == "run" || word.starts_with("run=")),
            _ => false,
        };
        runs + events(&page).filter(is_run).count()
    });
    let mechanisms = files(&root.join("examples/src"), "rs");
    let is_mechanism = |path: &&PathBuf| {
        !["mod.rs", "lib.rs", "tests.rs"]
            .map(Path::new)
            .contains(&Path::new(path.file_name().unwrap()))
    };
    for (noun, there_are) in [
        ("pages", summary.matches("](").count()),
        ("runs", runs),
        ("modules", mechanisms.iter().filter(is_mechanism).count()),
    ] {
        let said = words.windows(4).find(|four| {
            four[0] == "more" && four[1] == "than" && four[3].trim_matches(&[',', '.'][..]) == noun
        });
        let said: usize = said.unwrap_or_else(|| panic!("no count of {noun}"))[2]
            .parse()
            .unwrap();
        assert!(
            said < there_are && there_are * 5 < said * 6,
            "{noun}: the README says {said}, there are {there_are}"
        );
    }
}
