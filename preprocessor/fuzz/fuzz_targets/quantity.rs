//! Any text is read as a quantity: no panic, finite numbers, and spans that fit the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof_text::quantity::{self, Printed};

fuzz_target!(|text: &str| {
    if let Some(printed) = quantity::last(text) {
        assert!(text.get(printed.span.clone()).is_some(), "{printed:?}");
        check(&printed);
    }
    if let Some(printed) = quantity::whole(text) {
        check(&printed);
    }
});

fn check(printed: &Printed) {
    assert!(!printed.parts.is_empty());
    for part in &printed.parts {
        assert!(part.number.is_finite() && part.scale.is_finite(), "{part:?}");
        assert!(part.significant > 0, "{part:?}");
        assert!(printed.span.start <= part.digits.start && part.digits.end <= printed.span.end);
    }
}
