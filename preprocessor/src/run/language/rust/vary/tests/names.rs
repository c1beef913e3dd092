//! What `vary=` finds in a block, and how its copy differs.

use super::{check, page};
use crate::run::language::rust::program::Program;
use crate::run::language::rust::tokens;
use crate::run::language::rust::vary::places::Places;
use crate::run::language::rust::vary::rewrite::READER;
use crate::run::language::rust::vary::{Varied, defaults, fit, suggestion};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The code of the copy.
fn copy(vary: &str, code: &str) -> String {
    let (source, block) = page(vary, code);
    assert_eq!(check(&source, &block, "2024"), [], "{code}");
    let copy = Varied::new(&block).unwrap().program.code();
    assert_eq!(copy.lines().count(), code.lines().count(), "{copy}");
    copy.trim_end().replace(&format!("crate::{READER}::"), "@")
}

#[test]
fn each_form_of_a_binding_becomes_a_lookup_of_the_same_type() {
    for (vary, code, expected) in [
        ("n=1..50", "let n = 7;", "let n = @number(0, 7);"),
        (
            "n=1..50",
            "let mut n: u64 = 7u64;",
            "let mut n: u64 = @number(0, 7u64);",
        ),
        ("n=-9..9", "# let n =\n# -3;", "let n =\n@number(0, -3);"),
        (
            "n=0.5..0.9",
            "fn f() { let n: f64 = 0.5; }",
            "fn f() { let n: f64 = @number(0, 0.5); }",
        ),
        (
            "n=1..9",
            "for n in [1, 2,\n  3,\n] { }",
            "for n in @list(0, [1, 2,\n  3,\n]) { }",
        ),
        (
            "n=1..9",
            "'a: for n in 0..6 { }",
            "'a: for n in 0..@number(0, 6) { }",
        ),
        (
            "n=1..9",
            "for n in f(1)..=6 { }",
            "for n in f(1)..=@number(0, 6) { }",
        ),
        (
            "n=1..9 m=1..9",
            "f(&[S { n: 6, x, m: 7 }; 3]);",
            "f(&[S { n: @number(0, 6), x, m: @number(1, 7) }; 3]);",
        ),
        // In the order of the attribute, wherever they are.
        (
            "m=1..9 n=1..9",
            "let n = 6; let m = 7;",
            "let n = @number(1, 6); let m = @number(0, 7);",
        ),
        (
            "r=Random|Two",
            "let r = Rule::Random;",
            "let r = match @choice(0, &[\"Random\", \"Two\"]) { 1 => Rule::Random, 2 => Rule::Two, _ => Rule::Random };",
        ),
        (
            "r=a|b\\n",
            "let r = r\"a\"; // ü",
            "let r = match @choice(0, &[\"a\", \"b\\\\n\"]) { 1 => \"a\", 2 => \"b\\\\n\", _ => r\"a\" }; // ü",
        ),
        (
            "r=true|false",
            "let s = \"ü\"; for r in [true] { }",
            "let s = \"ü\"; for r in @joined([true], match @choice(0, &[\"true\", \"false\"]) { 2 => ::std::vec![false], _ => ::std::vec![] }) { }",
        ),
        // A counter of the same name is none.
        (
            "n=1..9",
            "for n in [1] { let mut n = 0; }",
            "for n in @list(0, [1]) { let mut n = 0; }",
        ),
        (
            "n=1..9",
            "let n = 5; let n = n as f64;",
            "let n = @number(0, 5); let n = n as f64;",
        ),
    ] {
        assert_eq!(copy(vary, code), expected);
    }
}

#[test]
fn what_is_no_binding_of_a_literal_is_left_alone() {
    for code in [
        "// let n = 5;\nlet m = 1;",
        "let s = \"let n = 5;\";",
        "struct S { n: u8 }",
        "match s { S { n: 5 } => 1, _ => 2 }",
        "match s { A => { } Some(S { n: 5 }) if x => 1, _ => 2 }",
        "if let S { n: 5 } = s { }",
        "let S { n: 5, .. } = s else { return };",
        "matches!(s, S { n: 5 })",
        "let n = m + 5;",
        "let (n, m) = (5, 6);",
        "for n in [1, m] { }",
        "for n in list { }",
        "for n in 0.. { }",
        "for (n, m) in [(1, 2)] { }",
        "if n == 5 { }",
        "#[doc(n = 5)] fn f() { }",
        "let f = |n: u64| n;",
        "let n = 'a';",
        "let n = b\"a\";",
    ] {
        let (source, block) = page("n=1..9", &format!("{code}\n"));
        let findings = check(&source, &block, "2024");
        assert_eq!(findings.len(), 1, "{code}");
        assert!(Varied::new(&block).is_none(), "{code}");
    }
}

#[test]
fn what_a_parameter_is_in_the_page_is_one_of_its_settings() {
    for (vary, code, expected) in [
        ("n=1..5000", "let n = 1_000u64;", "1000"),
        ("n=0.50..0.90", "let n = 0.6;", "0.60"),
        ("n=50.0..97.0", "let n = 9e1;", "90.0"),
        ("n=-9..9", "let n = -0x4;", "-4"),
        ("n=1..9", "for n in 0..=6 { }", "6"),
        ("n=A|B", "let n = Rule::B;", "B"),
        ("n=true|false", "let n = true;", "true"),
        ("n=a|b", "let n = \"b\";", "b"),
    ] {
        let (source, block) = page(vary, code);
        let defaults = defaults(&source, &block, "2024").unwrap();
        assert_eq!(
            defaults,
            BTreeMap::from([("n".to_owned(), expected.to_owned())])
        );
        assert!(block.vary[0].domain.contains(expected));
    }
    let (source, block) = page("n=1..9", "for n in [1, 2, 30] { }");
    assert_eq!(defaults(&source, &block, "2024"), Ok(BTreeMap::new()));
}

#[test]
fn what_a_suggestion_names_can_be_pasted() {
    let code = "let seed = 70; let load = -0.25; for n in 0..6 { }\nfor rule in [Rule::A, Rule::B] { } for text in [\"a b\", \"c\"] { }\nlet huge = 9223372036854775807i64; let zero = 0; let none = 0.0; let one = 1;\nlet mut lost = 0; let twice = 1; let twice = 2; let _unused = 3; let rate = 1e3;";
    let (_, block) = page("seed=1..99", code);
    let program = Program::new(&block.code);
    let suggested = suggestion(&program);
    let suggested: Vec<(&str, &str)> = suggested
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        suggested[..4],
        [
            ("seed", "70"),
            ("load", "-0.25"),
            ("n", "6"),
            ("rule", "[Rule::A, Rule::B]")
        ]
    );
    assert!(
        ["lost", "twice", "_unused"]
            .iter()
            .all(|name| suggested.iter().all(|(other, _)| other != name))
    );
    let places = Places::read(&tokens::read(&program.code()).unwrap());
    let paste = fit::to_paste(&places, 20).unwrap();
    assert_eq!(
        paste,
        "vary=\"seed=1..70 load=-0.50..-0.12 n=3..12 rule=A|B zero=0..10 none=0.0..10.0 one=0..2 rate=500.0..2000.0\""
    );
    let vary = paste
        .strip_prefix("vary=\"")
        .unwrap()
        .strip_suffix('"')
        .unwrap();
    let (source, block) = page(vary, code);
    assert_eq!(check(&source, &block, "2024"), []);
}

/// Pieces of code that bind names, and some that only look like it.
const PIECES: &[&str] = &[
    "let a = 7;",
    "let mut a = 7;",
    "let b: u64 = 0x1f_u64;",
    "let a = -1.5e3;",
    "for a in [1, 2,] {",
    "for b in 0..9 {",
    "for a in x {",
    "S { a: 3, b: \"x\" }",
    "S { b: R::B, }",
    "match x {",
    "R { a: 3 } =>",
    "if let",
    "}",
    "{",
    "(",
    ")",
    ";",
    ",",
    "=",
    "1ü5",
    "'a:",
    "\n",
    "const a: u8 = 3;",
    "let b = R::B;",
    "let b = true;",
    "# // let a = 5;\n",
    "matches!(x, S { a: 1 })",
    "[0; 3]",
    "ü",
    "\"let a = 5;\"",
];

proptest! {
    /// A copy is the block with lookups around its literals, line for line.
    #[test]
    fn any_code_is_answered_and_copied_line_for_line(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12),
        vary in prop::sample::select(&["a=1..9", "b=1..99", "a=-9.0..9.0 b=A|B", "b=true|false a=0..9", "c=1..9"][..]),
    ) {
        let code = pieces.join(" ");
        let (source, block) = page(vary, &code);
        check(&source, &block, "2024");
        let program = Program::new(&block.code);
        suggestion(&program);
        let Some(copy) = Varied::new(&block) else { return Ok(()) };
        let (copied, original) = (copy.program.code(), program.code());
        prop_assert_eq!(copied.lines().count(), original.lines().count());
        prop_assert_eq!(copied.matches(READER).count(), copy.spans.len() + copied.matches("::joined(").count());
        for (copied, original) in copied.lines().zip(original.lines()) {
            prop_assert!(copied == original || copied.len() > original.len() && copied.contains(READER) || original.contains(']'), "{} from {}", copied, original);
        }
    }
}
