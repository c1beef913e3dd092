//! Two outputs, separated by a zero byte: what is rewritten for the second one matches it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::verify::{elision, normalize};

fuzz_target!(|text: &str| {
    let (expected, printed) = text.split_once('\0').unwrap_or((text, text));
    let (expected, printed) = (&normalize(expected), &normalize(printed));
    assert_eq!(&normalize(printed), printed);
    elision::matches(expected, printed);
    let rewritten = elision::rewrite(expected, printed);
    assert!(elision::matches(&rewritten, printed), "{rewritten:?}");
    if !elision::is_in(printed) {
        assert!(elision::matches(printed, printed));
    }
    if !elision::is_in(expected) && elision::matches(expected, printed) {
        assert!(expected.lines().eq(printed.lines()));
    }
});
