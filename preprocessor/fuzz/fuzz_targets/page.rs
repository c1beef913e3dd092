//! Any text is read as a page: no panic, and every span fits the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_markdown::MarkdownOptions;
use mdbook_proof::page::{self, markdown};
use mdbook_proof::pictures::Drawn;
use mdbook_proof::render::{self, Evidence};
use mdbook_proof::source::Source;
use mdbook_proof::{edit, gather, message, tables};
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let source = Arc::new(Source::new("src/page.md", text));
    let events = markdown::parse(source.text(), &MarkdownOptions::default());
    let (page, mut findings) = page::read(&source, &events, &["python"]);
    findings.extend(tables::check(&source, &events, &page.tables, &page.orphans));
    for finding in &findings {
        assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
        message::human(finding, "bless", false);
        message::json(finding, "bless");
    }
    for block in &page.blocks {
        assert!(text.get(block.code.span.clone()).is_some());
        for line in &block.code.lines {
            assert_eq!(text.get(line.span.clone()), Some(line.text.as_str()));
        }
    }
    for figure in &page.figures {
        for span in [&figure.before, &figure.comment, &figure.expression] {
            assert!(text.get(span.clone()).is_some(), "{figure:?}");
        }
    }
    let drawn = Drawn {
        sketches: vec![String::new(); page.sketches.len()],
        ..Drawn::default()
    };
    let mut edits = [render::render(&page, &drawn, &[], Evidence::default(), &Default::default())];
    gather::gather(&[&page], &mut edits);
    let [edits] = edits;
    for edit in &edits {
        assert!(text.get(edit.span.clone()).is_some(), "{edit:?}");
    }
    edit::apply(text, edits);
});
