//! Claims: what the sentences of a page say over a range, held against runs at its points.

use crate::fixture::Book;
use serde_json::Value;
use std::fmt::Write as _;

/// A page whose blocks follow formulas, so that every counterexample is known. With `noise` from 0 to 1 by the seed (0 at 11, 1 at 3), the
/// base is `size × load / 10 + noise`.
const BLOCKS: &str = r#"```calc
let target = 11 ms
```

```rust,run,name=grid,vary="seed=1..20 size=1..40 rule=Low|High"
#[derive(PartialEq)]
enum Rule { Low, High }
let seed = 3;
let size = 10;
let rule = Rule::Low;
let noise = f64::from(seed * 7 % 11) / 10.0;
let offered = [Rule::Low, Rule::High];
println!("| load | base (ms) | fast (ms) | hits | best |");
println!("| ---: | --------: | --------: | ---: | ---- |");
for load in [10, 50, 90] {
    let base = f64::from(size * load) / 10.0 + noise;
    let hits = if rule == offered[0] { load } else { load + size };
    let best = if size < 30 { "fast" } else { "base" };
    println!("| {load} | {base:.1} | {:.2} | {hits} | {best} |", base / 4.0);
}
```

```output
| load | base (ms) | fast (ms) | hits | best |
| ---: | --------: | --------: | ---: | ---- |
| 10 | 11.0 | 2.75 | 10 | fast |
| 50 | 51.0 | 12.75 | 50 | fast |
| 90 | 91.0 | 22.75 | 90 | fast |
```

```rust,run,name=plain,vary="size=1..40"
let size = 10;
println!("| load | base (ms) |\n| ---: | ---: |");
for load in [10, 50, 90] {
    println!("| {load} | {} |", size * load / 10);
}
```

```output
| load | base (ms) |
| ---: | ---: |
| 10 | 10 |
| 50 | 50 |
| 90 | 90 |
```
"#;

/// A false claim, what its counterexample has to name, and its true twin.
const PAIRS: &[(&str, &[&str], &str)] = &[
    (
        "grid[10].base < 11 ms",
        &["seed = 3:", "11 ms"],
        "grid[10].base < 11.1 ms",
    ),
    (
        "grid[10].base > 10 ms",
        &["seed = 11:", "10 ms"],
        "grid[10].base ≥ 10 ms",
    ),
    (
        "grid.fast < 22.6 ms",
        &["seed = 1,", "row `90`", "22.68 ms"],
        "grid.fast < 22.8 ms",
    ),
    (
        "grid[10].base < 40 ms for size over 40 size",
        &["size = 39:", "40 ms"],
        "grid[10].base < 42 ms for size over 40 size",
    ),
    (
        "grid[10].base < 12 ms for size 9..12",
        &["size = 11:", "12 ms"],
        "grid[10].base < 12 ms for size 9..10",
    ),
    (
        "grid.hits = load for rule",
        &["rule = High", "row `10`", "20"],
        "grid.hits ≥ load for rule",
    ),
    (
        "grid.base > 51 ms where load ≥ 50",
        &["seed = 1,", "row `50`", "50.7 ms"],
        "grid.base > 49 ms where load ≥ 50",
    ),
    (
        "grid.base < 90 ms where [best] is fast",
        &["row `90`"],
        "grid.base < 92 ms where [best] is fast",
    ),
    (
        "grid[10].base within 5% of 10 ms",
        &["seed = 1:", "10.7 ms"],
        "grid[10].base within 10% of 10 ms",
    ),
    (
        "grid[10].base within 0.5 ms of 10 ms",
        &["seed = 1:", "10.7 ms"],
        "grid[10].base within 1 ms of 10 ms",
    ),
    (
        "grid[10].fast < grid[10].base < 11 ms",
        &["seed = 3:", "11 ms"],
        "grid[10].fast < grid[10].base < 11.5 ms",
    ),
    ("grid.base falls", &["row `50`"], "grid.base rises"),
    (
        "grid.hits never rises for rule",
        &["rule = Low", "row `50`"],
        "grid.hits never falls for rule",
    ),
    (
        "grid[10].best is \"fast\" for size over 40 size",
        &["size = 30:", "base"],
        "grid[10].best is \"fast\" for size 1..29",
    ),
    (
        "grid[10].best is not \"base\" for size over 40 size",
        &["size = 30:"],
        "grid[10].best is not \"slow\" for size",
    ),
    (
        "grid contains \"| fast |\" for size over 40 size",
        &["size = 30"],
        "grid contains \"best\" for size",
    ),
    (
        "rank(grid[50]) ≤ 1",
        &["seed = 1,", "base (ms)", "2"],
        "rank(grid[50]) ≤ 2",
    ),
    (
        "rank_lowest(grid.base) ≤ 1",
        &["row `10`"],
        "rank_lowest(grid.fast) = 1",
    ),
    (
        "max(grid.base) < 91 ms",
        &["seed = 3:", "91 ms"],
        "max(grid.base) < 92 ms",
    ),
    (
        "min(grid.base) > 10 ms",
        &["seed = 11:", "10 ms"],
        "min(grid.base) ≥ 10 ms",
    ),
    (
        "sum(grid.base) < 150 ms",
        &["seed = 1:", "152.1 ms"],
        "sum(grid.base) ≤ 153 ms",
    ),
    (
        "mean(grid.base) < 50.5 ms",
        &["seed = 1:", "50.7 ms"],
        "mean(grid.base) ≤ 51 ms",
    ),
    (
        "grid.base − 4 × grid.fast > 0.1 ms",
        &["seed = 1,", "row `10`"],
        "grid.base − 4 × grid.fast within 0.1 ms of 0 ms",
    ),
    (
        "grid[10].base > 10.9 ms on average over seed",
        &["on average over 20 seeds", "10.9 ms"],
        "grid[10].base > 10.2 ms on average over seed",
    ),
    (
        "grid[10].base within 1% of 10 ms on average over seed",
        &["on average over 20 seeds"],
        "grid[10].base within 10% of 10.5 ms on average over seed",
    ),
    (
        "grid[10].base < 30 ms for size on average over seed",
        &["size = 30:|size = 31:"],
        "grid[10].base < 50 ms for size on average over seed",
    ),
    (
        "grid[10].base < 10.5 ms for 15 of 20 seed",
        &["seed = 1:", "10.7 ms"],
        "grid[10].base < 10.5 ms for 8 of 20 seed",
    ),
    (
        "grid[10].base < 20 ms for size × seed",
        &["size = 20|size = 21"],
        "grid[10].base < 60 ms for size × seed",
    ),
    (
        "grid.base = plain.base",
        &["seed = 1,", "row `10`", "10.7 ms"],
        "grid.base ≥ plain.base",
    ),
    (
        "grid[10].base = size × 1 ms for size",
        &["size = 1:", "2 ms"],
        "grid[10].base > size × 1 ms for size",
    ),
    (
        "grid.fast < [base] ÷ 5",
        &["row `10`"],
        "grid.fast < [base] ÷ 3",
    ),
    (
        "sqrt(grid.hits) < 3",
        &["row `10`", "3.16"],
        "sqrt(grid.hits) < 10",
    ),
    (
        "grid[10].base < 10.9 ms for seed 1..3",
        &["seed = 3:", "11 ms"],
        "grid[10].base < 10.9 ms for seed 1..2",
    ),
    ("grid.hits ≠ load", &["row `10`"], "grid.hits ≠ 11"),
    (
        "grid[10].base < target",
        &["seed = 3:", "11 ms"],
        "grid[10].base ≤ target",
    ),
];

/// A page with the blocks, then a paragraph for each claim.
fn page<'a>(claims: impl Iterator<Item = &'a str>) -> String {
    let mut page = BLOCKS.to_owned();
    for claim in claims {
        let _ = write!(page, "\nSo it is said<!-- holds: {claim} -->.\n");
    }
    page
}

/// The findings, each with its line.
fn findings(book: &Book) -> Vec<(usize, String)> {
    let answer = book.run(&["check", "--format", "json"]);
    let lines = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found = lines.map(|found| {
        assert_eq!(found["code"], "claim", "{found}");
        let line = found["line"].as_u64().unwrap();
        (
            usize::try_from(line).unwrap(),
            found["message"].as_str().unwrap().to_owned(),
        )
    });
    found.collect()
}

#[test]
fn false_claims_of_every_form_are_found_with_their_counterexample_and_their_true_twins_hold() {
    let book = Book::new(&page(PAIRS.iter().map(|(_, _, twin)| *twin)));
    let answer = book.run(&["check"]);
    let said = format!("{} claims held", PAIRS.len());
    book.run(&["check", "--edges"]).succeeds();
    assert!(
        answer.succeeds().stdout.contains(&said),
        "{}",
        answer.stdout
    );

    book.write("src/page.md", &page(PAIRS.iter().map(|(claim, ..)| *claim)));
    let found = findings(&book);
    let first = BLOCKS.lines().count() + 2;
    for (number, (claim, words, _)) in PAIRS.iter().enumerate() {
        let at: Vec<&String> = found
            .iter()
            .filter(|(line, _)| *line == first + 2 * number)
            .map(|(_, message)| message)
            .collect();
        let [message] = at.as_slice() else {
            panic!("{claim}: {at:?}");
        };
        for word in *words {
            assert!(
                word.split('|').any(|word| message.contains(word)),
                "{claim}: no {word} in {message}"
            );
        }
    }
    assert_eq!(found.len(), PAIRS.len());
}

/// What ran in a check: the lines of blocks, and of blocks at points.
fn ran(book: &Book) -> Vec<String> {
    let answer = book.run(&["check", "--verbose"]);
    let lines = answer
        .stderr
        .lines()
        .filter(|line| line.starts_with("ran: "));
    lines.map(str::to_owned).collect()
}

#[test]
fn another_claim_over_the_same_points_or_other_words_run_nothing() {
    let text = page(
        [
            "grid[10].base < 12 ms for size 1..11",
            "grid[10].base ≥ 10 ms",
        ]
        .into_iter(),
    );
    let book = Book::new(&text);
    assert!(
        ran(&book).iter().any(|line| line.contains("points")),
        "{:?}",
        ran(&book)
    );
    assert_eq!(ran(&book), Vec::<String>::new());
    book.write("src/page.md", &text.replace("So it is said", "So they say"));
    assert_eq!(ran(&book), Vec::<String>::new());
    // Other bounds, the same points.
    book.write(
        "src/page.md",
        &text
            .replace("< 12 ms", "< 13 ms")
            .replace("≥ 10 ms", "≥ 9 ms"),
    );
    assert_eq!(ran(&book), Vec::<String>::new());
    // Only the new points are run.
    book.write("src/page.md", &text.replace("size 1..11", "size 1..12"));
    let again = ran(&book);
    assert_eq!(again.len(), 1, "{again:?}");
    assert!(again[0].contains("at 1 point"), "{again:?}");
}

#[test]
fn a_claim_that_nothing_can_check_is_refused_at_its_place() {
    for (claim, words) in [
        ("grid[10].base", ["isn't a comparison|write", "write"]),
        ("grid[11].base < 3 ms", ["no row `11`", "10"]),
        ("grid[10].bse < 3 ms", ["no column `bse`", "base"]),
        (
            "grd[10].base < 3 ms",
            ["no block is named `grd`", "did you mean `grid`?"],
        ),
        (
            "grid[10].base < 3 ms for sizes",
            ["varies `sizes`", "`size`"],
        ),
        ("plain[10].base < 30 ms", ["nothing varies", "for size"]),
        ("grid[10].base < 3", ["ms|unit", "ms"]),
        (
            "grid[10].base < 100 ms for size 1..80",
            ["goes beyond", "widen"],
        ),
        (
            "grid[10].base < 10.52 ms on average over seed",
            ["too few", "claim less"],
        ),
        ("1 < 2 for size", ["reads no|no output", ""]),
        ("grid.base < 10 ms where load > 100", ["no row", ""]),
        (
            "grid[10].base < 12 ms for size over 5000 size",
            ["asks for|at most|most", ""],
        ),
    ] {
        let book = Book::new(&page([claim].into_iter()));
        let line = BLOCKS.lines().count() + 2;
        let place = format!("page.md:{line}:");
        book.run(&["check"])
            .finds(&[&place, "error[claim]", words[0], words[1], "1 finding"]);
    }
}

#[test]
fn a_setting_at_which_the_block_fails_is_named() {
    let text = "```rust,run,name=parts,vary=\"size=0..9\"\nlet size = 3;\nprintln!(\"| size | part |\\n| --- | --- |\\n| {size} | {} |\", 12 / size);\n```\n\n\
        ```output\n| size | part |\n| --- | --- |\n| 3 | 4 |\n```\n\nSmall.<!-- holds: parts.part < 20 for size -->\n";
    let book = Book::new(text);
    book.run(&["check"]).finds(&[
        "with size = 0, the block panicked",
        "attempt to divide by zero",
        "page.md:3:",
        "1 finding",
    ]);
    book.write("src/page.md", &text.replace("size=0..9", "size=1..9"));
    book.run(&["check"]).succeeds();
}

#[test]
fn a_setting_at_which_the_block_never_ends_stops_and_the_rest_of_the_book_is_checked() {
    let text = "```rust,run,name=loops,timeout=500ms,vary=\"size=1..3\"\nlet size = 1_u64;\nlet mut n = 0;\nwhile size > 2 || n < 5 {\n    n = n % 9 + 1;\n}\nprintln!(\"| size | n |\\n| --- | --- |\\n| {size} | {n} |\");\n```\n\n\
        ```output\n| size | n |\n| --- | --- |\n| 1 | 5 |\n```\n\nFive.<!-- holds: loops.n = 5 for size -->\n\nWrong: 3<!-- = 1 + 1 -->.\n";
    let book = Book::new(text);
    book.run(&["check"]).finds(&[
        "with size = 3, the block ran for over",
        "the figure is not what its expression gives",
        "2 findings",
    ]);
}

#[test]
fn what_a_point_leaves_behind_is_seen_at_the_defaults() {
    let text = "```rust,run,name=sticky,vary=\"size=1..3\"\nlet size = 1;\nlet seen = std::fs::read_to_string(\"seen\").unwrap_or_default().len();\nstd::fs::write(\"seen\", \"x\".repeat(size)).unwrap();\nprintln!(\"| size | seen |\\n| --- | --- |\\n| {size} | {seen} |\");\n```\n\n\
        ```output\n| size | seen |\n| --- | --- |\n| 1 | 0 |\n```\n\nNone.<!-- holds: sticky.seen = 0 for size -->\n";
    let book = Book::new(text);
    book.run(&["check"])
        .finds(&["prints something else at its defaults", "page.md:1:"]);
}

#[test]
fn every_claim_holds_from_an_empty_store_in_another_folder_and_on_one_processor() {
    let text = page(PAIRS.iter().map(|(_, _, twin)| *twin));
    for _ in 0..2 {
        Book::new(&text).run(&["check"]).succeeds();
    }
    let book = Book::new(&text);
    book.run(&["check"]).succeeds();
    book.run(&["check", "--fresh"]).succeeds();
    book.run(&["check", "--alone"]).succeeds();
}

#[test]
fn explore_says_where_a_claim_starts_and_stops_to_hold_and_how_a_block_follows_its_parameters() {
    let text = page(["grid[10].base < 31 ms for size 1..29"].into_iter());
    let book = Book::new(&text);
    let claim = format!("src/page.md:{}", BLOCKS.lines().count() + 2);
    let answer = book.run(&["explore", &claim]);
    let out = &answer.succeeds().stdout;
    for part in [
        "size = 0..80",
        "it holds from 0 to",
        "doesn't hold from",
        "seed = 0..40",
        "rule = Low|High",
        "it holds from Low to High",
    ] {
        assert!(out.contains(part), "no {part} in\n{out}");
    }
    let answer = book.run(&["explore", "src/page.md:6"]);
    let out = &answer.succeeds().stdout;
    for part in ["the block `grid`", "| seed |", "| size |", "50.hits"] {
        assert!(out.contains(part), "no {part} in\n{out}");
    }
    book.run(&["explore", "src/page.md:1"])
        .gives_up(&["there is no claim and no block"]);
    let answer = book.run(&["explore", &claim, "--format", "json"]);
    let found: Value =
        serde_json::from_str(answer.succeeds().stdout.lines().next().unwrap()).unwrap();
    assert_eq!(found["along"].as_array().unwrap().len(), 3);
}

#[test]
fn readers_see_the_mark_what_may_vary_the_range_of_a_figure_and_the_band() {
    let text = r#"```rust,run,name=grid,vary="seed=1..20 size=1..40"
let seed = 3;
let size = 10;
println!("| load | base (ms) |");
println!("| ---: | --------: |");
for load in [10, 50, 90] {
    println!("| {load} | {:.2} |", f64::from(size * load) / 10.0 + f64::from(seed * 7 % 11) / 10.0);
}
```

```output,chart=line,band=seed
| load | base (ms) |
| ---: | --------: |
| 10 | 11.00 |
| 50 | 51.00 |
| 90 | 91.00 |
```

The base by the load.

It is 51.00 ms<!-- = grid[50].base -->, and more than nothing<!-- holds: grid.base > 0 ms -->.
"#;
    let book = Book::new(text);
    book.run(&["build"]).succeeds();
    let built = book.built();
    for part in [
        "Claim, held for 20 of 20 seeds",
        "1 claim",
        "20 points",
        "May vary: seed 1 to 20, size 1 to 40",
        "50 to 51 ms over 20 seeds",
        "20 seeds",
    ] {
        assert!(built.contains(part), "no {part} in\n{built}");
    }
    let report = book.run(&["report"]);
    let out = &report.succeeds().stdout;
    assert!(
        out.contains("51.00 ms: 50 ms to 51 ms over 20 points"),
        "{out}"
    );
    // A band over what the block doesn't vary is one finding.
    book.write("src/page.md", &text.replace("band=seed", "band=load"));
    book.run(&["check"]).finds(&["`load`", "1 finding"]);
}
