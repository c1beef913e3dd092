//! Any text is searched for includes: no panic, in order, without overlap, and each is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::read::include;

fuzz_target!(|text: &str| {
    let mut end = 0;
    for directive in include::directives(text) {
        assert!(end <= directive.span.start, "{directive:?}");
        end = directive.span.end;
        let part = directive.span.slice(text);
        assert!(part.starts_with("{{") && part.ends_with("}}"));
    }
});
