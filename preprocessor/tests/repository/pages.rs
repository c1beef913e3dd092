//! The book that this repository holds: its pages as mdBook shows them, and what the README says of it.

use crate::root;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::fs;
use std::path::{Path, PathBuf};

/// The files with an ending in a folder and all folders in it.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
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

/// The running text of a page that says where a picture, a run or its code stands. Readers see the output on top and the code folded
/// beneath, and a phone shows other places than a desk.
fn places(page: &str) -> Vec<String> {
    const THINGS: [&str; 18] = [
        "block", "chart", "code", "diagram", "example", "formula", "formulas", "list", "output",
        "panel", "picture", "program", "result", "run", "runs", "sketch", "sum", "table",
    ];
    const HOW: [&str; 6] = ["as", "drawn", "planned", "seen", "shown", "those"];
    let (mut text, mut is_code) = (String::new(), false);
    for event in events(page) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(part) if !is_code => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(_) => text.push('\n'),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).map_or("", |at| words[at]);
            let is_place = matches!(
                word.trim_end_matches([',', '.', ';', ':', ')']),
                "above" | "below"
            );
            let article = at.checked_sub(2).map_or("", |at| words[at]).to_lowercase();
            let is_thing = ["the", "this", "these", "that"].contains(&article.as_str());
            let is_said = is_thing && THINGS.contains(&before)
                || HOW.contains(&before.trim_start_matches('('));
            if is_place && is_said {
                found.push(format!("{before} {word}"));
            }
        }
        if line.contains("Before you look") {
            found.push("Before you look".to_owned());
        }
    }
    found
}

#[test]
fn places_of_pictures_are_found_and_measures_are_not() {
    for (page, place) in [
        ("The run above shows\nit.\n", "run above"),
        ("As in the table below, it", "table below,"),
        ("It is (as above) so.", "(as above)"),
        ("See the code\nbelow.", "code below."),
        ("**Before you look.** Guess.", "Before you look"),
    ] {
        assert_eq!(places(page), [place]);
    }
    for page in [
        "The load stays above the capacity, and below 80 %.",
        "Each runs above half of it; it is a sign of a table below *some* form.",
        "```text\nthe run above\n```\n",
        "It is one level above.\n\nBelow zero it freezes.",
    ] {
        assert_eq!(places(page), [""; 0], "{page}");
    }
}

#[test]
fn no_text_says_where_a_picture_or_its_code_stands() {
    let mut found = Vec::new();
    for path in files(&root().join("src"), "md") {
        let page = fs::read_to_string(&path).unwrap();
        found.extend(
            places(&page)
                .into_iter()
                .map(|place| format!("{}: {place}", path.display())),
        );
    }
    assert!(
        found.is_empty(),
        "say which run or picture it is, since readers may see it in another place:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_first_page_of_a_chapter_ends_with_three_conclusions() {
    let is_chapter = |path: &PathBuf| path.ends_with("index.md");
    let chapters = files(&root().join("src"), "md");
    let chapters: Vec<_> = chapters.into_iter().filter(is_chapter).collect();
    assert!(chapters.len() > 10, "{chapters:?}");
    for path in chapters {
        let page = fs::read_to_string(&path).unwrap();
        let section = page
            .split_once("\n## Remember this\n")
            .map(|(_, rest)| rest);
        let section = section.unwrap_or_else(|| panic!("{} has none", path.display()));
        let section = section.split("\n## ").next().unwrap_or_default();
        let items: Vec<&str> = section.split("\n- ").skip(1).collect();
        assert_eq!(items.len(), 3, "{}", path.display());
        assert!(
            items.iter().all(|item| item.contains("](")),
            "{}: {items:?}",
            path.display()
        );
    }
}

/// What pages show of the examples has no line that is wider than their room for code.
#[test]
fn no_excerpt_is_wider_than_a_page() {
    const WIDTH: usize = 88;
    let mut wide = Vec::new();
    let mut shown = 0;
    for path in files(&root().join("examples/src"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let mut open: Vec<&str> = Vec::new();
        let mut indent = usize::MAX;
        let mut lines: Vec<&str> = Vec::new();
        for line in text.lines() {
            if line.contains("// ANCHOR: ") {
                open.push(line);
            } else if line.contains("// ANCHOR_END: ") {
                open.pop();
                if open.is_empty() {
                    let out = |line: &&&str| line.chars().count() > WIDTH + indent;
                    wide.extend(
                        lines
                            .iter()
                            .filter(out)
                            .map(|line| format!("{}: {line}", path.display())),
                    );
                    (indent, shown) = (usize::MAX, shown + 1);
                    lines.clear();
                }
            } else if !open.is_empty() {
                lines.push(line);
                if !line.trim().is_empty() {
                    indent = indent.min(line.len() - line.trim_start().len());
                }
            }
        }
    }
    assert!(shown > 100, "{shown} excerpts");
    assert!(wide.is_empty(), "{}", wide.join("\n"));
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
