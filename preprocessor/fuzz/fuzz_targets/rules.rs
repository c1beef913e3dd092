//! Any text is read as a comment that declares rules: no panic, and spans that fit the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::text::source::Source;
use mdbook_proof::read::comment::Comment;
use mdbook_proof::tables::rule::Kind;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let source = Arc::new(Source::new("page.md", format!("<!-- check:{text}-->")));
    let lines: Vec<_> = (1..).map_while(|line| source.line(line)).collect();
    let Some(comment) = Comment::read(&source, &lines) else {
        return;
    };
    for rule in comment.rules(&source) {
        let mut spans = Vec::new();
        match rule {
            Ok(rule) => {
                spans.push(rule.span);
                spans.extend(rule.columns);
                if let Kind::Formula { expression } = rule.kind {
                    spans.push(expression);
                }
            }
            Err(finding) => spans.push(finding.span),
        }
        for span in spans {
            assert!(source.text().get(span.clone()).is_some(), "{span:?}");
        }
    }
});
