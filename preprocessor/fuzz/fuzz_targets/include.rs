//! Any text is put together as a page: no panic, no file from outside, and every byte comes from where it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::read::include::{self, Includer};
use mdbook_proof::text::source::Source;
use mdbook_proof::text::span::Span;
use mdbook_proof::work::settings::{Options, Settings};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

/// A repository with two files, beside a file that no page may include.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("proof-fuzz-{}", std::process::id()));
    let book = folder.join("book");
    std::fs::create_dir_all(book.join("src")).unwrap();
    std::fs::write(folder.join("secret"), "SECRET").unwrap();
    std::fs::write(
        book.join("src/a.md"),
        "one {{#include b.rs:x}}\n```rust,run\n{{#include b.rs}}\n```\n",
    )
    .unwrap();
    std::fs::write(
        book.join("src/b.rs"),
        "// ANCHOR: x\nx\r\n// ANCHOR_END: x\n```\nlast",
    )
    .unwrap();
    book.canonicalize().unwrap()
});

fuzz_target!(|text: &str| {
    let mut end = 0;
    for directive in include::directives(text) {
        assert!(end <= directive.span.start, "{directive:?}");
        end = directive.span.end;
        let part = directive.span.slice(text);
        assert!(part.starts_with("{{") && part.ends_with("}}"));
    }
    let settings = Settings::without_book(FOLDER.clone(), &Options::default());
    let page = Arc::new(Source::new("src/page.md", text));
    let (page, findings) = Includer::new(&settings).assemble(&page);
    assert!(text.contains("SECRET") || !page.text().contains("SECRET"));
    for finding in findings {
        assert!(finding.span.fits(finding.source.text()), "{finding:?}");
    }
    for (at, c) in page.text().char_indices() {
        let (file, span) = page.origin(Span::new(at, at + c.len_utf8()));
        assert!(span.fits(file.text()), "{at}");
    }
});
