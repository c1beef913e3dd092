//! What `vary=` says where a name can't vary as it should.

use super::{check, page};
use crate::run::language::rust::vary::Varied;
use crate::text::code::Code;

/// The only finding: the parameter that it is at, its message and its help.
#[track_caller]
fn found(vary: &str, code: &str) -> (String, String, String) {
    let (source, block) = page(vary, code);
    let findings = check(&source, &block, "2024");
    let [finding] = findings.as_slice() else {
        panic!("{vary} in {code}: {findings:?}");
    };
    assert_eq!(finding.code, Code::Attribute);
    let at = source.slice(finding.span).to_owned();
    (at, finding.message.clone(), finding.help.clone().unwrap())
}

/// Each of these has one finding: at these bytes, with this message and this help.
#[track_caller]
fn each_is_found(cases: &[[&str; 5]]) {
    for [vary, code, at, message, help] in cases {
        let (found_at, found_message, found_help) = found(vary, code);
        assert_eq!(found_at, *at, "{found_message}");
        assert!(found_message.contains(message), "{found_message}");
        assert!(found_help.contains(help), "{found_help}");
    }
}

const SWEEP: &str = "let servers = 20;\nlet seed = 7;\nlet mut lost = 0;\nfor busy in [50.0, 97.5] { }\nlet rule = Rule::Random;\nlet is_on = true;";

#[test]
fn a_name_that_cannot_vary_is_found_with_the_way_out() {
    each_is_found(&[
        [
            "sevrers=1..50",
            SWEEP,
            "sevrers=1..50",
            "nothing in this block is called `sevrers`",
            "did you mean `servers`? what could vary here: `vary=\"servers=10..40 seed=1..50 busy=50.0..97.5 is_on=true|false\"`",
        ],
        [
            "x=1..50",
            "f();",
            "x=1..50",
            "nothing in this block is called `x`",
            "let x = 20;",
        ],
        [
            "seed=1..50 n=1..9",
            "let seed = 3;\nlet n = 5;\nlet m = 6;\nlet n = 7;",
            "n=1..9",
            "in several places: lines 3, 5",
            "a name of its own",
        ],
        [
            "n=1..9",
            "let n = m + 5;",
            "n=1..9",
            "no literal is bound",
            "`let n = 20;`",
        ],
        [
            "seed=1..9",
            "(1..=5).map(|seed| f(seed))",
            "seed=1..9",
            "no literal is bound",
            "`let seed = 20;`",
        ],
        [
            "N=1..9",
            "const N: usize = 5;",
            "N=1..9",
            "computed by the compiler",
            "`let n = …;`",
        ],
        [
            "n=1..9",
            "const S: S = S { n: 5 };",
            "n=1..9",
            "computed by the compiler",
            "vec!",
        ],
        [
            "n=1..9",
            "const fn f() -> u8 { let n = 5; n }",
            "n=1..9",
            "computed by the compiler",
            "let n",
        ],
        [
            "n=1..9",
            "let a = [0; { let n = 5; n }];",
            "n=1..9",
            "computed by the compiler",
            "vec!",
        ],
        [
            "n=1..9",
            "#![allow(unused)]\nlet n = 5;",
            "n=1..9",
            "compiled alone",
            "`crate::`",
        ],
        [
            "n=1..9 m=1..9",
            "let n = 5; let m = 6; unsafe { }",
            "n=1..9 m=1..9",
            "compiled alone",
            "`unsafe`",
        ],
    ]);
}

#[test]
fn a_range_that_does_not_fit_its_literal_is_found_with_one_that_does() {
    each_is_found(&[
        [
            "servers=0.5..50.0",
            SWEEP,
            "servers=0.5..50.0",
            "the whole number `20`, but `0.5..50.0` has decimals",
            "`servers=0..50`",
        ],
        [
            "busy=50..97",
            SWEEP,
            "busy=50..97",
            "`50.0`, a number with decimals",
            "`busy=50.0..97.0`",
        ],
        [
            "n=0..300",
            "let n = 7u8;",
            "n=0..300",
            "a `u8`, which can't hold every number in `0..300`",
            "0 to 255",
        ],
        [
            "n=0..300",
            "let n: u8 = 7;",
            "n=0..300",
            "a `u8`",
            "0 to 255",
        ],
        [
            "n=-1..9",
            "let n = 7_usize;",
            "n=-1..9",
            "a `usize`",
            "0 to 4294967295",
        ],
        [
            "n=0..5000000000",
            "let n = 7_usize;",
            "n=0..5000000000",
            "32 bits on some machines",
            "4294967295",
        ],
        [
            "seed=8..50",
            SWEEP,
            "seed=8..50",
            "`seed` is `7` in the code, which is not in `8..50`",
            "a range with 7 in it",
        ],
        [
            "n=0..100 step 5",
            "let n = 7;",
            "n=0..100 step 5",
            "not in `0..100 step 5`",
            "steps reach it",
        ],
        [
            "n=0.5..0.9",
            "let n = 0.75;",
            "n=0.5..0.9",
            "not in `0.5..0.9`",
            "`n=0.50..0.90`",
        ],
        [
            "n=1..9",
            "for n in 0..10 { }",
            "n=1..9",
            "not in `1..9`",
            "10",
        ],
    ]);
}

#[test]
fn choices_that_do_not_fit_their_literal_are_found_with_those_that_do() {
    each_is_found(&[
        [
            "rule=Least|Two",
            SWEEP,
            "rule=Least|Two",
            "not in `Least|Two`",
            "`rule=Random|Least|Two`",
        ],
        [
            "servers=a|b",
            SWEEP,
            "servers=a|b",
            "is the number `20`, but it has choices",
            "`servers=10..40`",
        ],
        [
            "rule=1..9",
            SWEEP,
            "rule=1..9",
            "`Rule::Random`, which is not a number",
            "`rule=Random|other`",
        ],
        [
            "is_on=1..9",
            SWEEP,
            "is_on=1..9",
            "`true`, which is not a number",
            "`is_on=true|false`",
        ],
        [
            "is_on=true|maybe",
            SWEEP,
            "is_on=true|maybe",
            "so it can only be true or false",
            "`is_on=true|false`",
        ],
        [
            "rule=Random|Two(1)",
            SWEEP,
            "rule=Random|Two(1)",
            "`Two(1)` can't be in the place",
            "last segments",
        ],
    ]);
}

#[test]
fn every_wrong_parameter_is_found_and_the_right_ones_are_not() {
    let (source, block) = page("a=1..9 b=1..9 c=1..9", "let a = 0; let b = 5; let c = x;");
    let findings = check(&source, &block, "2024");
    let at: Vec<&str> = findings
        .iter()
        .map(|finding| source.slice(finding.span))
        .collect();
    assert_eq!(at, ["a=1..9", "c=1..9"]);
    let old = check(&source, &block, "2018");
    assert!(old[0].message.contains("edition 2021"), "{old:?}");
    // What the compiler will say isn't said here.
    let (source, block) = page("a=1..9", "let a = (5;");
    assert_eq!(check(&source, &block, "2024"), []);
    assert!(Varied::new(&block).is_none());
}
