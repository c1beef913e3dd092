//! Any text is read as a quantity: no panic, finite numbers, and spans that fit the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof_text::quantity::{self, DecimalMark, Printed};

fuzz_target!(|text: &str| {
    for mark in [DecimalMark::Point, DecimalMark::Comma] {
        match quantity::last(text, mark) {
            Ok(Some(printed)) => {
                assert!(text.get(printed.span.clone()).is_some(), "{printed:?}");
                check(&printed);
            }
            Ok(None) => {}
            Err(refusal) => assert!(text.get(refusal.span.clone()).is_some(), "{refusal:?}"),
        }
        if let Ok(Some(printed)) = quantity::read_whole(text, mark) {
            check(&printed);
        }
        for number in quantity::numbers(text, mark) {
            assert!(text.get(number).is_some());
        }
    }
});

fn check(printed: &Printed) {
    assert!(!printed.parts.is_empty());
    for part in &printed.parts {
        assert!(
            part.number.is_finite() && part.scale.is_finite(),
            "{part:?}"
        );
        assert!(part.significant > 0, "{part:?}");
        assert!(printed.span.start <= part.digits.start && part.digits.end <= printed.span.end);
    }
}
