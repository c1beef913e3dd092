//! Tests of putting pages together, above all against mdBook's own way.

use super::*;
use crate::work::settings::Options;
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

/// A book's folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The page `src/page.md` put together.
fn assembled(folder: &TempDir) -> Assembled {
    let root = fs::canonicalize(folder.path()).unwrap();
    let text = fs::read_to_string(root.join("src/page.md")).unwrap();
    let page = Arc::new(Source::new("src/page.md", text));
    let settings = Settings::without_book(root, &Options::default());
    Includer::new(&settings).assemble(&page)
}

/// What mdBook makes of a page's text.
fn by_mdbook(folder: &TempDir, text: &str) -> String {
    let chapter = Chapter::new("Page", text.to_owned(), "page.md", Vec::new());
    let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
    let context = PreprocessorContext::new(
        folder.path().to_owned(),
        Config::default(),
        "html".to_owned(),
    );
    let book = LinkPreprocessor::new().run(&context, book).unwrap();
    match &book.items[0] {
        BookItem::Chapter(chapter) => chapter.content.clone(),
        _ => unreachable!("the book has one chapter"),
    }
}

/// Parts of pages and of files, of which most have to do with includes.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{{#include a.rs}}",
        // On lines of its own: what is escaped in two files is only told apart on two lines.
        "\n{{ #include b.md }}\n",
        "{{#include a.rs:one}}",
        "{{#include a.rs:2:3}}",
        "{{#include a.rs:2}}",
        "{{#include a.rs::2}}",
        "{{#include sub/c.md:9}}",
        "{{#rustdoc_include a.rs:one}}",
        "{{#rustdoc_include a.rs:2:3}}",
        "{{#playground a.rs editable ignore}}",
        "{{#playground sub/c.md}}",
        "\\{{#include a.rs}}",
        "\\{{ #include a.rs}}",
        "{{#include\na.rs}}",
        "{{{#include a.rs}}",
        "{{#include}}",
        "{{#other x}}",
        "{{#include a.rs",
        "}}",
        "{{",
        "{",
        "\\",
        " ",
        "\n",
        "\n\n",
        "`",
        "> ",
        "- ",
        "text",
        "µ",
        "```rust\n",
        "```\n",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

const CODE: &str = "fn a() {}\n// ANCHOR: one\nlet a = 1;\n// ANCHOR: two\nlet b = 2;\n// ANCHOR_END: two\n// ANCHOR_END: one\r\n// ANCHOR: one\nagain\n// ANCHOR_END: one\nlast";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn a_page_is_put_together_as_mdbook_does_it(page in text(), part in text()) {
        // Without a loop: the part is included by the page only.
        let part = part.replace("b.md", "a.rs");
        let folder = folder(&[
            ("src/page.md", &page),
            ("src/a.rs", CODE),
            ("src/b.md", &part),
            ("src/sub/c.md", "{{#include ../a.rs:4}}\nc\n"),
        ]);
        let (source, findings) = assembled(&folder);
        // Such a page is refused, and mdBook would read what is left of its includes a second time here.
        if !findings.is_empty() {
            return Ok(());
        }
        // What is escaped for mdBook is left to it, and nothing else: it would expand that again.
        let expected = by_mdbook(&folder, &page);
        let found = by_mdbook(&folder, source.text());
        prop_assert_eq!(found, expected);
        prop_assert_eq!(directives(source.text()), Vec::new());
    }
}

#[test]
fn in_a_block_that_runs_an_include_takes_the_prefix_and_a_fence_that_is_long_enough() {
    let folder = folder(&[
        (
            "src/page.md",
            "> ```rust,run\n> {{#include a.rs}}\n> ```\n\n- ~~~rust,run\n  {{#include b.md}}\n  ~~~\n",
        ),
        ("src/a.rs", "one\n```\ntwo\n"),
        ("src/b.md", "~~~~\n\nx\n"),
    ]);
    let (source, findings) = assembled(&folder);
    assert_eq!(findings, []);
    assert_eq!(
        source.text(),
        "> ````rust,run\n> one\n> ```\n> two\n> ````\n\n- ~~~~~rust,run\n  ~~~~\n  \n  x\n  ~~~~~\n"
    );
    let at = source.text().find("two").unwrap();
    let (file, span) = source.origin(Span::new(at, at + 3));
    assert_eq!(
        (file.path(), file.slice(span)),
        (Path::new("src/a.rs"), "two")
    );
}

#[test]
fn the_text_of_a_program_is_no_include() {
    let text = "```rust,run\nformat!(\"{{{{#include a.rs}}}}\");\n```\n\n```mermaid\ngraph TD\na[\"{{ #include a.rs}}\"]\n```\n";
    let folder = folder(&[("src/page.md", text)]);
    let (source, findings) = assembled(&folder);
    assert_eq!((source.text(), findings), (text, Vec::new()));
    for line in [
        "format!(\"{{ #include a.rs}}\");",
        "// {{#include\n// a.rs}}",
        "x; {{  #playground a.rs}}",
    ] {
        let page = format!("```rust,run\n{line}\n```\n");
        let found = findings_of(&[("src/page.md", &page)]);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert!(found[0].starts_with("src/page.md:2:"), "{found:?}");
    }
}

#[test]
fn an_include_made_of_the_parts_of_two_files_is_reported() {
    for (page, part) in [
        ("{{#include half.md}} a.rs}}", "{{ #include"),
        ("{{{{#include half.md}} a.rs}}", " #include"),
        ("{{\n{{#include half.md}}", "#include a.rs}}"),
    ] {
        let found = findings_of(&[
            ("src/page.md", page),
            ("src/half.md", part),
            ("src/a.rs", "a"),
        ]);
        assert_eq!(found.len(), 1, "{page}: {found:?}");
        assert!(found[0].contains("become an include"), "{page}: {found:?}");
    }
}

#[test]
fn an_output_is_what_was_printed() {
    let text =
        "```rust,run\n```\n\n```output\n{{#include a.rs}}\n{{ #include ../../outside }}\n```\n";
    let folder = folder(&[("src/page.md", text)]);
    let (source, findings) = assembled(&folder);
    assert_eq!((source.text(), findings), (text, Vec::new()));
}

/// The findings of a page, each as its place and its message.
fn findings_of(files: &[(&str, &str)]) -> Vec<String> {
    let (_, findings) = assembled(&folder(files));
    let shown = |finding: &Finding| {
        let place = finding.source.position(finding.span.start);
        let path = finding.source.path().display();
        format!("{path}:{}:{} {}", place.line, place.column, finding.message)
    };
    findings.iter().map(shown).collect()
}

#[test]
fn an_include_that_fails_is_reported_where_it_stands() {
    let found = findings_of(&[
        (
            "src/page.md",
            "# P\n\n{{#include b.md}}\n{{#include a.rs:six}}\n{{#include sub}}\n",
        ),
        ("src/b.md", "b\n{{#include no.md}}\n"),
        ("src/a.rs", CODE),
        ("src/sub/x", ""),
    ]);
    assert_eq!(
        found,
        [
            "src/b.md:2:1 there is no file `no.md`",
            "src/page.md:4:1 `a.rs` has no anchor `six`",
            "src/page.md:5:1 `sub` can't be read: it is no file",
        ]
    );
}

#[test]
fn an_include_outside_the_repository_is_reported_in_every_spelling() {
    for spelling in [
        "{{#include ../../outside.txt}}",
        "{{{#include ../../outside.txt}}",
        "\\{{ #include ../../outside.txt}}",
        "{{\n#include\n../../outside.txt}}",
        "`{{{#include ../../outside.txt}}`",
        "| {{#playground ../../outside.txt}} |\n| - |\n",
        "{{#playpen ../../outside.txt x}}",
        "# {{#rustdoc_include ../../outside.txt:3:}}",
        "```rust,run\nlet a = \"{{ #include ../../outside.txt}}\";\n```",
        "{{#include /etc/hostname}}",
        "{{#title {{#include ../../outside.txt}}",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        fs::create_dir_all(book.join("src")).unwrap();
        fs::write(folder.path().join("outside.txt"), "secret").unwrap();
        fs::write(book.join("src/nest.txt"), spelling).unwrap();
        for text in [spelling, "{{#include nest.txt}}"] {
            let root = fs::canonicalize(&book).unwrap();
            let page = Arc::new(Source::new("src/page.md", text));
            let settings = Settings::without_book(root, &Options::default());
            let (source, findings) = Includer::new(&settings).assemble(&page);
            assert!(!source.text().contains("secret"), "{spelling}");
            let leaks = by_mdbook_at(&book, text).contains("secret");
            let is_found = leaks || spelling.contains("/etc/");
            assert_eq!(
                findings.len(),
                usize::from(is_found),
                "{spelling}: {findings:?}"
            );
        }
    }
}

fn by_mdbook_at(book: &Path, text: &str) -> String {
    let chapter = Chapter::new("Page", text.to_owned(), "page.md", Vec::new());
    let pages = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
    let context = PreprocessorContext::new(book.to_owned(), Config::default(), "html".to_owned());
    let pages = LinkPreprocessor::new().run(&context, pages).unwrap();
    match &pages.items[0] {
        BookItem::Chapter(chapter) => chapter.content.clone(),
        _ => unreachable!("the book has one chapter"),
    }
}

#[test]
fn loops_and_bombs_end_in_a_finding() {
    let found = findings_of(&[("src/page.md", "# P\n\n{{#include page.md}}\n")]);
    assert_eq!(
        found,
        ["src/page.md:3:1 includes are nested more than 10 deep here"]
    );
    // Ten times ten, ten levels deep, of nothing.
    let ten = |name: &str| format!("{{{{#include {name}}}}}").repeat(10);
    let files: Vec<(String, String)> = (0..8)
        .map(|level| (format!("src/{level}.md"), ten(&format!("{}.md", level + 1))))
        .chain([("src/8.md".to_owned(), String::new())])
        .chain([("src/page.md".to_owned(), ten("0.md"))])
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let found = findings_of(&files);
    assert!(found[0].contains("over 10000 of them"), "{found:?}");
    assert!(found.len() < 100, "{}", found.len());
    // A long file, often.
    let long = "x".repeat(1 << 20);
    let found = findings_of(&[
        ("src/page.md", &"{{#include long.txt}}\n".repeat(30)),
        ("src/long.txt", &long),
    ]);
    assert_eq!(found.len(), 14, "{found:?}");
}
