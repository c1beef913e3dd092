//! Blocks that draw from a single seed: listed in the report, and limited where the book says so.

use crate::fixture::Book;
use serde_json::json;

const LIBRARY: &str = "
/// A die.
pub struct Die(u64);

impl Die {
    pub fn new(sides: u64, seed: u64) -> Self { Self(seed % sides + 1) }
    pub fn shown(&self) -> u64 { self.0 }
}

pub fn roll(seed: u64) -> u64 { Die::new(6, seed).shown() }
";

/// A page whose second and third blocks draw from one seed.
const PAGE: &str = r#"# Dice

```rust,run
use tiny_lib::roll;

let all: u64 = (1..=5).map(|seed| roll(seed)).sum();
println!("{all}");
```

```output
20
```

> ```rust,run
> # use tiny_lib::Die;
> # let seed = 4;
> println!("{}", Die::new(6, seed).shown());
> ```
>
> ```output
> 5
> ```

```rust,run
println!("{}", tiny_lib::roll(
    2,
));
```

```output
3
```
"#;

fn book(page: &str, settings: &str) -> Book {
    let book = Book::with(
        &[("page.md", page)],
        &format!("library = \"tiny-lib\"\n{settings}"),
    );
    book.write(
        "Cargo.toml",
        "[package]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n",
    );
    book.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\n",
    );
    book.write("lib.rs", LIBRARY);
    book
}

fn json(book: &Book) -> serde_json::Value {
    let answer = book.run(&["report", "--format", "json"]);
    serde_json::from_str(answer.stdout.lines().next().unwrap()).unwrap()
}

#[test]
fn the_report_lists_each_block_with_one_seed_by_its_call() {
    let book = book(PAGE, "");
    let report = book.run(&["report"]);
    report.succeeds();
    let listed = "\nblocks with a single seed:\n  src/page.md:17:30  Die::new(6, seed)\n  src/page.md:26:5  tiny_lib::roll(2)\n";
    assert!(report.stdout.contains(listed), "{}", report.stdout);
    let report = json(&book);
    assert_eq!(report["single-seed"], 2);
    assert_eq!(report["max-single-seed"], json!(null));
    assert_eq!(
        report["pages"][0]["single-seed"][0],
        json!({
            "path": "src/page.md", "line": 17, "column": 30, "text": "seed",
            "in-table": false, "call": "Die::new(6, seed)",
        })
    );
    assert_eq!(report["pages"][0]["over-precise-figures"], json!([]));
}

#[test]
fn more_blocks_with_one_seed_than_the_book_allows_fail_the_build() {
    let allowed = book(PAGE, "max-single-seed = 2\n");
    allowed.run(&[]).succeeds();
    let report = allowed.run(&["report"]);
    let limit = "book.toml allows 2 blocks with a single seed; there are 2\n";
    assert!(report.stdout.contains(limit), "{}", report.stdout);
    let refused = book(PAGE, "max-single-seed = 0\n");
    for command in [&[][..], &["check"]] {
        refused.run(command).finds(&[
            "error[seed]: `Die::new(6, seed)` draws from one seed",
            "page.md:17:30",
            "page.md:26:5",
            "one of 2; `max-single-seed` is 0",
            "2 findings",
        ]);
    }
    let refused = book(PAGE, "max-single-seed = 1\n");
    for command in [&[][..], &["check"]] {
        refused.run(command).finds(&[
            "error[seed]: the book has 2 blocks with a single seed, and allows 1",
            "book.toml:",
            "max-single-seed = 1",
            "1 finding",
        ]);
    }
}

#[test]
fn a_seed_that_varies_or_is_alone_for_a_reason_counts_as_none() {
    let named = PAGE.replace("    2,\n", "    base + 1,\n").replace(
        "println!(\"{}\", tiny_lib::roll(",
        "let base = 1;\nprintln!(\"{}\", tiny_lib::roll(",
    );
    let count = |page: &str| {
        let book = book(page, "");
        book.run(&["check"]).succeeds();
        json(&book)["single-seed"].clone()
    };
    assert_eq!(count(&named), 2);
    let block = "```rust,run\nlet base";
    let with =
        |attribute: &str| named.replace(block, &format!("```rust,run,{attribute}\nlet base"));
    assert_eq!(count(&with("vary=\"base=1..50\"")), 1);
    assert_eq!(count(&with("fixed=\"it shows one throw\"")), 1);
}

#[test]
fn a_changed_library_is_read_again() {
    let book = book(PAGE, "");
    assert_eq!(json(&book)["single-seed"], 2);
    book.write(
        "lib.rs",
        &LIBRARY.replace(
            "roll(seed: u64) -> u64 { Die::new(6, seed)",
            "roll(number: u64) -> u64 { Die::new(6, number)",
        ),
    );
    assert_eq!(json(&book)["single-seed"], 1);
    book.write("lib.rs", LIBRARY);
    assert_eq!(json(&book)["single-seed"], 2);
}

#[test]
fn a_book_without_a_library_names_the_functions_that_take_a_seed() {
    let block = |code: &str| format!("```text,run\n{code}\n```\n\n```output\n{code}\n```\n\n");
    let page: String = [
        "rng = default_rng(7)",
        "seed = 42\nrng = numpy.default_rng( seed=seed )",
        "rng = default_rng()",
        "for seed in range(5): default_rng(seed)",
        "my_default_rng(7)",
    ]
    .map(block)
    .concat();
    let settings = "max-single-seed = 0\nseed-calls = [\"default_rng\"]\n\n[preprocessor.proof.runner.text]\ncommand = \"cat\"\n";
    let book = Book::with(&[("page.md", &page)], settings);
    book.run(&["check"]).finds(&[
        "`default_rng(7)` draws from one seed",
        "page.md:2:19",
        "`default_rng( seed=seed )` draws from one seed",
        "page.md:11:31",
        "2 findings",
    ]);
    Book::with(&[("page.md", "x\n")], "seed-calls = [\"default_rng(\"]\n")
        .run(&["check"])
        .gives_up(&["book.toml", "`default_rng(` in `seed-calls`"]);
}
