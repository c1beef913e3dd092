//! Any text is read as a comment that declares rules: no panic, and spans that fit the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::read::comment::Comment;
use mdbook_proof::tables::rules::declaration::declarations;
use mdbook_proof::text::source::Source;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let source = Arc::new(Source::new("page.md", format!("<!-- check:{text}-->")));
    let lines: Vec<_> = (1..).map_while(|line| source.line(line)).collect();
    let Some(comment) = Comment::read(&source, &lines) else {
        return;
    };
    for declaration in declarations(&comment, &source) {
        let mut spans = Vec::new();
        match declaration {
            Ok(declaration) => {
                spans.extend(declaration.columns);
                spans.push(declaration.expression);
            }
            Err(finding) => spans.push(finding.span),
        }
        for span in spans {
            assert!(span.fits(source.text()), "{span:?}");
        }
    }
});
