//! The `vary=` attribute: what is wrong with it is said at its own bytes.

use crate::fixture::Book;

const SH: &str = "[preprocessor.proof.runner.sh]\ncommand = \"sh\"\n";
const CODE: &str = "let seed = 7;\nlet servers = 20;\nfor busy in [50.0, 97.0] {\n    println!(\"{seed} {servers} {busy}\");\n}\n";
const OUTPUT: &str = "7 20 50\n7 20 97\n";

fn page(fence: &str, code: &str, output: &str) -> String {
    format!("Text.\n\n```{fence}\n{code}```\n\n```output\n{output}```\n")
}

#[test]
fn a_block_that_can_vary_is_accepted_and_shown_without_the_attribute() {
    let fence = "rust,run,vary=\"seed=1..50 servers=5..50 busy=50.0..97.0 step 1.0\"";
    let book = Book::new(&page(fence, CODE, OUTPUT));
    book.run(&["build"]).succeeds();
    let built = book.built();
    assert!(built.contains("servers"), "{built}");
    assert!(!built.contains("1..50"), "{built}");
}

#[test]
fn what_cannot_vary_is_an_error_at_its_parameter() {
    // The column at which the first parameter starts.
    let column = "```rust,run,vary=\"".len() + 1;
    for (vary, texts) in [
        (
            "sevrers=5..50",
            &[
                "called `sevrers`",
                "did you mean `servers`?",
                "`vary=\"seed=1..50 servers=10..40 busy=50.0..97.0\"`",
            ][..],
        ),
        (
            "servers=0.5..50.0",
            &["the whole number `20`", "`servers=0..50`"],
        ),
        (
            "busy=50..97",
            &["`50.0`, a number with decimals", "`busy=50.0..97.0`"],
        ),
        (
            "seed=8..50",
            &["`seed` is `7` in the code", "a range with 7 in it"],
        ),
        ("seed=a|b", &["`seed` is the number `7`", "a range"]),
        ("seed=1..50 step 2", &["the step doesn't lead"]),
        (
            "seed",
            &["`seed` names nothing that varies", "`vary=\"seed=1..50\"`"],
        ),
        ("seed=5", &["neither a range nor choices", "write a range"]),
    ] {
        let fence = format!("rust,run,vary=\"{vary}\"");
        let book = Book::new(&page(&fence, CODE, OUTPUT));
        // A domain by itself is wrong at its own bytes.
        let is_domain = vary.contains("step") || vary == "seed=5";
        let at = column + if is_domain { "seed=".len() } else { 0 };
        let at = format!("page.md:3:{at}");
        let answer = book.run(&["check"]);
        answer
            .finds(&["error[attribute]", &at, "1 finding\n"])
            .finds(texts);
    }
}

#[test]
fn each_wrong_parameter_is_an_error_of_its_own() {
    let fence = "rust,run,vary=\"seed=8..50 servers=5..50 load=1..9\"";
    let book = Book::new(&page(fence, CODE, OUTPUT));
    let answer = book.run(&["check"]);
    answer.finds(&["page.md:3:19", "page.md:3:44", "2 findings\n"]);
}

#[test]
fn a_block_that_is_compiled_alone_says_why_it_cannot_vary() {
    let code = "static FACTOR: u32 = 2;\nlet seed = 7;\nprintln!(\"{}\", seed * FACTOR);\n";
    let book = Book::new(&page("rust,run,vary=\"seed=1..50\"", code, "14\n"));
    book.run(&["check"]).finds(&[
        "page.md:3:19",
        "it has to be compiled alone",
        "`static`",
        "1 finding\n",
    ]);
    let book = Book::new(&page(
        "rust,run,vary=\"FACTOR=1..50\"",
        &code.replace("static", "const"),
        "14\n",
    ));
    book.run(&["check"]).finds(&[
        "computed by the compiler",
        "`let factor = …;`",
        "1 finding\n",
    ]);
}

#[test]
fn a_block_in_a_language_that_cannot_vary_says_which_can() {
    for (fence, code) in [("sh,run", "echo 1\n"), ("sql,run", "SELECT 1 AS a;\n")] {
        let fence = format!("{fence},vary=\"n=1..9\"");
        let pages = [("page.md", format!("```{fence}\n{code}```\n"))];
        let pages = pages.each_ref().map(|(name, text)| (*name, text.as_str()));
        let book = Book::with(&pages, SH);
        book.run(&["check"])
            .finds(&["page.md:1:", "can't vary", "`rust`"]);
    }
}

/// A page whose only claim varies this.
fn claimed(vary: &str, code: &str, output: &str, claim: &str) -> Book {
    let block = page(&format!("rust,run,name=a,vary=\"{vary}\""), code, output);
    Book::new(&format!(
        "{block}\nIt prints something.<!-- holds: {claim} -->\n"
    ))
}

#[test]
fn a_choice_that_does_not_compile_is_an_error_at_its_parameter() {
    let code = "#[derive(Debug)]\n#[allow(dead_code)]\nenum Rule { Random, Two }\nlet seed = 7;\nlet rule = Rule::Random;\nprintln!(\"{rule:?} {seed}\");\n";
    let claim = "a contains \"7\" for rule";
    claimed("seed=1..9 rule=Random|Two", code, "Random 7\n", claim)
        .run(&["check"])
        .succeeds();
    claimed("seed=1..9 rule=Random|Tow", code, "Random 7\n", claim)
        .run(&["check"])
        .finds(&["error[attribute]", "page.md:3:36", "`Tow`", "E0599"]);
}

#[test]
fn a_setting_that_the_type_cannot_hold_is_an_error_at_its_parameter() {
    let code = "fn shown(count: u8) -> String {\n    format!(\"a {count}\")\n}\nlet count = 7;\nprintln!(\"{}\", shown(count));\n";
    let claim = "a contains \"a\" for count";
    claimed("count=0..255", code, "a 7\n", claim)
        .run(&["check"])
        .succeeds();
    claimed("count=0..300", code, "a 7\n", claim)
        .run(&["check"])
        .finds(&[
            "page.md:3:26",
            "`count` can't be 2|`count` can't be 3",
            "of type `u8`",
        ]);
}

#[test]
fn a_literal_where_the_compiler_needs_a_constant_is_an_error_at_its_parameter() {
    let code = "struct Sizes<const N: usize>;\nimpl<const N: usize> Sizes<N> {\n    fn shown() -> usize { N }\n}\nprintln!(\"{}\", Sizes::<{ let size = 3; size }>::shown());\n";
    claimed("size=1..9", code, "3\n", "a contains \"3\" for size")
        .run(&["check"])
        .finds(&[
            "error[attribute]",
            "page.md:3:26",
            "doesn't compile when it varies",
        ]);
}
