//! Any text goes through the line as a page, its outputs taken as printed: no panic, and every span fits the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::figures::engine::Workplace;
use mdbook_proof::line::{Line, Tried};
use mdbook_proof::text::message::{self, Names};
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::{Options, Settings};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

thread_local! {
    static LINE: RefCell<Line> = RefCell::new({
        let settings = Settings::without_book(PathBuf::from("."), &Options::default());
        Line::at(Workplace::default(), &settings).unwrap()
    });
}

fuzz_target!(|text: &str| {
    let names = Names::default();
    let source = Arc::new(Source::new("src/page.md", text));
    LINE.with_borrow_mut(|line| {
        let mut page = line.read(&source);
        line.believe(&mut page);
        page.verified = (0..page.parts.blocks.len()).collect();
        line.judge(&mut page, &Tried::default());
        line.draw(&mut page);
        for finding in &page.findings {
            let text = finding.source.text();
            assert!(finding.span.fits(text), "{finding:?}");
            message::human(finding, &names, false);
            message::json(finding, "bless");
        }
        for block in &page.parts.blocks {
            assert!(block.code.span.fits(text));
            for line in &block.code.lines {
                assert_eq!(line.span.slice(text), line.text);
            }
        }
        for figure in &page.parts.figures {
            for span in [figure.before, figure.comment, figure.expression] {
                assert!(span.fits(text), "{figure:?}");
            }
        }
        line.render(&mut [page]);
    });
});
