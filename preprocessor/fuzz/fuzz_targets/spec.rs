//! Any text is read as the specification of a shim or refused: no panic, and what was read is handed over unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::work::sandbox::Spec;

fuzz_target!(|text: &str| {
    if let Ok(spec) = Spec::parse(text) {
        assert!(!spec.program.as_os_str().is_empty() && spec.parent != 0);
        let again = serde_json::to_string(&spec).unwrap();
        assert_eq!(Spec::parse(&again).unwrap(), spec);
    }
});
