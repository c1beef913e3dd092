//! Blocks that readers run: what a build says where it can't offer that, and which blocks are left out. The programs themselves are run by the
//! tests of the built book.

use crate::fixture::{Answer, Book, answer};

const PAGE: &str = "# Page

```rust,run,vary=\"seed=1..5\"
let seed = 3;
println!(\"{}\", seed * 2);
```

```output
6
```

```rust,run,here-only=\"it is about files\"
println!(\"{}\", std::path::Path::new(\"/\").is_dir());
```

```output
true
```

```rust,run
static COUNT: u8 = 2;
println!(\"{COUNT}\");
```

```output
2
```
";

/// A book whose compiler for browsers has no standard library.
#[cfg(unix)]
fn without_std() -> Book {
    use std::os::unix::fs::PermissionsExt as _;

    let book = Book::with(
        &[("page.md", PAGE)],
        "live = true\nlive-compiler = \"rustc\"\n",
    );
    let script = "#!/bin/sh\nexec rustc --sysroot \"$(dirname \"$0\")\" \"$@\"\n";
    book.write("rustc", script);
    let file = book.root().join("rustc");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    book
}

#[cfg(unix)]
#[test]
fn without_a_standard_library_for_browsers_the_book_is_built_and_a_note_says_how_to_get_one() {
    let book = without_std();
    let answer = book.run(&[]);
    answer.succeeds().says(&[
        "note: the pages have no buttons",
        "`rustup target add wasm32-wasip1`",
    ]);
    let html = book.built();
    assert!(
        !html.contains("<form class=\"proof-live\"") && html.contains("May vary: seed 1 to 5"),
        "{html}"
    );
    assert!(!book.root().join("book/live").exists());
}

#[cfg(unix)]
#[test]
fn a_book_that_requires_buttons_is_not_built_without_them() {
    let book = without_std();
    let mut command = book.command();
    command
        .arg("build")
        .env("MDBOOK_PREPROCESSOR__PROOF__REQUIRE_LIVE", "true");
    let answer: Answer = answer(command.output().unwrap());
    answer.gives_up(&["`require-live = true`", "`rustup target add wasm32-wasip1`"]);
    assert!(!book.is_built());
}

#[cfg(unix)]
#[test]
fn only_a_build_asks_for_what_readers_run() {
    let book = without_std();
    let answer = book.run(&["check"]);
    assert_eq!(
        (answer.status, answer.stderr.contains("buttons")),
        (0, false),
        "{answer:?}"
    );
}

#[test]
fn the_report_says_which_blocks_readers_cant_run_and_why() {
    let book = Book::with(&[("page.md", PAGE)], "live = true\n");
    let report = book.run(&["report"]);
    let shown = report.succeeds().stdout.clone();
    let (_, list) = shown
        .split_once("blocks that readers can't run in the page:\n")
        .unwrap_or_else(|| panic!("{shown}"));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(
        lines[0].ends_with("page.md:12:1  it is about files"),
        "{list}"
    );
    assert!(
        lines[1].contains("page.md:20:1  it can't be compiled together with others"),
        "{list}"
    );
    let json = book.run(&["report", "--format", "json"]);
    assert!(json.stdout.contains("\"not-live\":[{"), "{}", json.stdout);
    // Of a book that doesn't offer it, there is nothing to say.
    let report = Book::new(PAGE).run(&["report"]);
    assert!(!report.stdout.contains("readers"), "{}", report.stdout);
}

#[test]
fn a_block_that_only_runs_here_says_why() {
    let page = PAGE.replace("here-only=\"it is about files\"", "here-only");
    Book::new(&page).run(&["check"]).finds(&[
        "`here-only` needs its reason",
        "`here-only=\"it starts threads\"`",
    ]);
}

#[test]
fn inputs_that_readers_cant_change_are_findings_and_others_are_shown_as_they_are() {
    let page = |comment: &str, expression: &str| {
        format!(
            "# Page\n\n{comment}\n\n| Input | Value |\n| --- | ---: |\n| users | 10 million users<!-- = {expression} --> |\n"
        )
    };
    let prelude = "let user_count = 10 million users\nlet twice = 2 × user_count\n";
    let book = |text: &str| {
        let book = Book::with(&[("page.md", text)], "live = true\nprelude = \"p.nbt\"\n");
        book.write("p.nbt", prelude);
        book
    };
    let right = book(&page("<!-- inputs: Your service -->", "user_count"));
    right.run(&["check"]).succeeds();
    for (comment, expression, message) in [
        ("<!-- inputs: -->", "user_count", "the inputs have no title"),
        (
            "<!-- inputs: A -->\n\nText.",
            "user_count",
            "there is no table right below",
        ),
        ("<!-- inputs: A -->", "twice / 2", "is an input"),
        (
            "<!-- inputs: A -->",
            "0.5 × twice",
            "10 million users<!-- = user_count -->",
        ),
    ] {
        let answer = book(&page(comment, expression)).run(&["check"]);
        answer.finds(&["page.md:3:1", message]);
    }
}
