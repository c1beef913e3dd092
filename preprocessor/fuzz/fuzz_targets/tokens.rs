//! Any text is judged as a Rust block: no panic, and whatever it is, a word that reaches other blocks before or after it keeps it alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof::read::{Fence, Line};
use mdbook_proof::run::language::rust::program::Program;
use mdbook_proof::text::span::Span;

fn program(text: &str) -> Program {
    Program::new(&Fence {
        span: Span::at(0),
        info: Span::at(0),
        lines: text
            .lines()
            .map(|line| Line {
                text: line.to_owned(),
                span: Span::at(0),
            })
            .collect(),
        prefix: String::new(),
        closed: true,
    })
}

fuzz_target!(|text: &str| {
    let block = program(text);
    let (file, origins) = block.file();
    assert_eq!(file.lines().count(), origins.len(), "{file}");
    let _ = (block.may_share(), block.idle(), block.first_include());
    for reaching in [
        "unsafe fn f() {}",
        "#[no_mangle] fn f() {}",
        "impl From<u8> for String {}",
    ] {
        // After a `*` or a `&`, `impl` would belong to a type.
        assert!(!program(&format!("{text}\n; {reaching}\n")).may_share());
        assert!(!program(&format!("{reaching}\n{text}")).may_share());
    }
});
