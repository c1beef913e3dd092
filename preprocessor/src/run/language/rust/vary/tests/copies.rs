//! What copies of blocks print when they are compiled and run, and what is said where they fail.

use super::page;
use crate::read::Block;
use crate::run::job::Diagnostic;
use crate::run::language::rust::program::ENTRY;
use crate::run::language::rust::vary::{Varied, errors, reader, refusal, root};
use crate::text::span::Span;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

#[test]
fn a_lookup_of_what_is_not_set_gives_what_the_block_says() {
    assert_eq!(reader::number(0, 7_u8), 7);
    assert_eq!(reader::list(0, [0.5, 0.5]), [0.5, 0.5]);
    assert_eq!(reader::choice(0, &["a", "b"]), 0);
    assert_eq!(reader::joined(["a"], vec!["b"]), ["a", "b"]);
    assert_eq!(reader::run(|_| None), std::process::ExitCode::from(2));
}

/// The copies of blocks, compiled as one crate.
struct Crate {
    folder: tempfile::TempDir,
}

impl Crate {
    fn new(blocks: &[&Block]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::new();
        let mut arms = String::new();
        for (number, block) in blocks.iter().enumerate() {
            let (code, _) = Varied::new(block).unwrap().program.file();
            fs::write(folder.path().join(format!("b{number}.rs")), code).unwrap();
            let _ = writeln!(text, "mod b{number};");
            let _ = writeln!(arms, "\"b{number}\" => Some(b{number}::{ENTRY}),");
        }
        text.push_str(&root(&arms));
        fs::write(folder.path().join("main.rs"), text).unwrap();
        let mut command = Command::new("rustc");
        command
            .current_dir(folder.path())
            .args(["--edition=2024", "--cap-lints=allow", "main.rs"]);
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self { folder }
    }

    /// Runs a copy at these points: how it ended, and what it wrote to both outputs.
    fn run(&self, module: &str, points: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(self.folder.path().join("main"));
        let output = command.arg(module).arg("#").args(points).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

#[test]
fn a_copy_prints_at_each_point_what_the_block_would_print_with_that_literal() {
    let (_, sweep) = page(
        "n=1..9 load=0.0..9.9 rule=A|B|C on=true|false word=a|b end=0..9",
        "#[derive(Debug)] enum Rule { A, B, C }\nstruct S { load: f32 }\nlet word = \"a\";\nlet s = S { load: 0.5 };\nfor n in [1u8, 3] { print!(\"{n} \"); }\nfor rule in [Rule::A, Rule::C] { print!(\"{rule:?} \"); }\nfor end in 0..2u64 { print!(\"{end} \"); }\nlet on = false;\nprintln!(\"{} {word} {on}\", s.load);",
    );
    let (source, failing) = page(
        "n=-9..9 x=0..9",
        "fn main() -> Result<(), String> { let n: i32 = 1; let x = 0; let y: u8 = x; print!(\"{y}\"); if n < 0 { return Err(n.to_string()); } Ok(()) }",
    );
    let program = Crate::new(&[&sweep, &failing]);
    let set = [
        "",
        "3\u{1f}\u{1f}C",
        "9\u{1f}2.5\u{1f}B\u{1f}true\u{1f}b\u{1f}3",
    ];
    let (status, stdout, stderr) = program.run("b0", &set);
    assert_eq!(status, Some(0));
    assert_eq!(
        stdout,
        "# 0\n1 3 A C 0 1 0.5 a false\n# 1\n1 3 A C 0 1 0.5 a false\n# 2\n1 3 9 A C B 0 1 2 2.5 b true\n# end\n"
    );
    assert_eq!(stderr, "# 0\n# 1\n# 2\n# end\n");
    // A failure is the last point.
    let (status, stdout, stderr) = program.run("b1", &["", "-2", "3"]);
    assert_eq!((status, stdout.as_str()), (Some(1), "# 0\n0# 1\n0"));
    assert!(stderr.starts_with("# 0\n# 1\nError: \"-2\"\n"), "{stderr}");
    // A setting that the type can't hold is told, even where the tokens don't.
    let (status, _, stderr) = program.run("b1", &["\u{1f}300"]);
    assert!(status != Some(0) && status != Some(101));
    let finding = refusal(&source, &failing, "#", &stderr).unwrap();
    assert_eq!(source.slice(finding.span), "x=0..9");
    assert_eq!(
        finding.message,
        "`x` can't be 300: it is of type `u8` in the code"
    );
    let (_, _, stderr) = program.run("b0", &["\u{1f}\u{1f}D"]);
    let finding = refusal(&source, &sweep, "#", &stderr).unwrap();
    assert!(
        finding.message.contains("`rule` can't be `D`"),
        "{finding:?}"
    );
    assert_eq!(refusal(&source, &sweep, "another", &stderr), None);
    assert_eq!(program.run("b2", &[""]).0, Some(2));
}

#[test]
fn an_error_that_only_the_copy_has_is_at_its_parameter() {
    let (source, block) = page(
        "n=1..9 rule=A|B",
        "let n = 5;\n# let rule = Rule::A; let m = 6;\nf(n);",
    );
    let error = |line: Option<(usize, usize)>, message: &str| Diagnostic {
        is_error: true,
        message: message.to_owned(),
        label: Some("here".to_owned()),
        notes: Vec::new(),
        place: line.map(|(line, at)| (line, Span::new(at, at + 1))),
    };
    let no_variant = error(Some((1, 60)), "no variant `B` (E0599)");
    let own = error(Some((2, 0)), "no function `f` (E0425)");
    let elsewhere = error(Some((2, 2)), "mismatched types");
    let nowhere = error(None, "the compiler ran for over 30 s");
    let warning = Diagnostic {
        is_error: false,
        ..error(Some((0, 0)), "unused")
    };
    let varied = [no_variant, own.clone(), elsewhere, nowhere, warning];
    let findings = errors(&source, &block, &[own], &varied);
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| {
            (
                source.slice(finding.span),
                finding.message.rsplit(": ").next().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("rule=A|B", "no variant `B` (E0599)"),
            ("n=1..9 rule=A|B", "mismatched types"),
            ("n=1..9 rule=A|B", "the compiler ran for over 30 s"),
        ]
    );
}
