//! Bad input: a clear error at its place, never a panic, never a page.

use crate::fixture::Book;

/// The page is refused with these texts, and no page is written.
#[track_caller]
fn refused(page: &str, texts: &[&str]) {
    let book = Book::new(page);
    book.run(&[]).finds(texts);
    assert!(!book.is_built());
}

#[test]
fn a_fence_that_is_never_closed() {
    refused(
        "text\n\n```rust\nlet x = 1;\n",
        &[
            "page.md:3:1",
            "never closed",
            "end the block with a line ```",
        ],
    );
}

#[test]
fn run_on_an_unknown_language() {
    refused(
        "```cobol,run\nSTOP RUN.\n```\n",
        &["page.md:1:4", "blocks in `cobol` can't be run"],
    );
}

#[test]
fn an_output_without_a_block_above_it() {
    refused(
        "text\n\n```output\n1\n```\n",
        &["page.md:3:1", "no block that runs above it"],
    );
}

#[test]
fn an_unknown_attribute() {
    refused(
        "```rust,run,nam=x\n```\n",
        &["page.md:1:4", "unknown attribute `nam=x`"],
    );
}

#[test]
fn a_block_that_does_not_compile_and_the_others_still_run() {
    refused(
        "```rust,run\nlet x = 1;\nlet y: u32 = \"µ\" + x;\n```\n\n```rust,run\nprintln!(\"2\");\n```\n\n```output\n1\n```\n",
        &[
            "page.md:3:",
            "let y: u32 = \"µ\" + x;",
            "cannot add",
            "page.md:10:1",
            "-1",
            "+2",
        ],
    );
}

#[test]
fn a_warning_of_a_blocks_own_lines() {
    refused(
        "```rust,run\nlet unused = 1;\n```\n",
        &["page.md:2:5", "unused variable: `unused`"],
    );
}

#[test]
fn a_block_that_panics() {
    refused(
        "text\n\n```rust,run\nlet list: Vec<u32> = vec![];\nprintln!(\"{}\", list[0]);\n```\n",
        &[
            "page.md:5:1",
            "the block panicked",
            "page.md:5:",
            "index out of bounds",
        ],
    );
}

#[test]
fn a_block_that_ends_with_another_status() {
    refused(
        "```rust,run\nstd::process::exit(3);\n```\n",
        &["page.md:1:1", "exit status 3"],
    );
}

#[test]
fn a_block_that_prints_invalid_utf8() {
    refused(
        "```rust,run\nuse std::io::Write;\nstd::io::stdout().write_all(b\"ab\\xff\").unwrap();\n```\n",
        &["page.md:1:1", "not UTF-8", "the first 2 bytes are text"],
    );
}

#[test]
fn a_block_that_never_stops_printing() {
    refused(
        "```rust,run\nloop {\n    println!(\"again\");\n}\n```\n",
        &["page.md:1:1", "printed over 1024 KiB"],
    );
}

#[test]
fn dimensions_that_do_not_fit() {
    refused(
        "It is 3 GB<!-- = 2 GB + 5 seconds -->.\n",
        &["page.md:1:", "2 GB + 5 seconds"],
    );
    refused(
        "It is 3 GB<!-- = 5 seconds -->.\n",
        &["page.md:1:7", "can't be in `GB`"],
    );
}

#[test]
fn an_unknown_name() {
    refused("It is 3<!-- = peek -->.\n", &["page.md:1:15", "peek"]);
    refused(
        "It is 3<!-- = sweep[1].x -->.\n",
        &["page.md:1:15", "no block is named `sweep`"],
    );
}

#[test]
fn a_number_with_a_space_in_it() {
    refused(
        "It is 12,000<!-- = 12 000 -->.\n",
        &["page.md:1:20", "`12 000` is not one number", "write 12,000"],
    );
}

#[test]
fn a_table_row_with_a_lost_cell() {
    refused(
        "| a | b |\n| - | - |\n| 1 | 2 | 3 |\n",
        &["page.md:3:10", "3 cells and the header 2", "lost"],
    );
}

#[test]
fn a_missing_include_or_anchor() {
    refused(
        "a\n\n{{#include nothing.rs}}\n",
        &["page.md:3:1", "there is no file `nothing.rs`"],
    );
    refused(
        "```rust,run\n{{#include page.md:nothing}}\n```\n",
        &["page.md:2:1", "`page.md` has no anchor `nothing`"],
    );
}

#[test]
fn all_findings_of_all_pages_come_in_one_run() {
    let book = Book::with(
        &[
            ("one.md", "5<!-- = 2 + 2 -->\n"),
            ("two.md", "```output\n```\n"),
        ],
        "",
    );
    book.run(&["check"])
        .finds(&["one.md:1:1", "two.md:1:1", "2 findings"]);
    book.run(&["check", "src/two.md"])
        .finds(&["two.md:1:1", "1 finding"]);
}

#[test]
fn an_unknown_key_in_the_configuration() {
    let book = Book::with(&[("page.md", "text\n")], "libary = \"x\"\n");
    book.run(&[]).gives_up(&["book.toml", "libary", "library"]);
    let book = Book::with(&[("page.md", "text\n")], "prelude = \"none.nbt\"\n");
    book.run(&[]).gives_up(&["none.nbt"]);
}

#[test]
fn a_prelude_that_is_wrong() {
    let book = Book::with(&[("page.md", "text\n")], "prelude = \"p.nbt\"\n");
    book.write("p.nbt", "let a = 1\nlet b = 3 GB + 2 s\n");
    book.run(&[]).finds(&["p.nbt:2:"]);
    assert!(!book.is_built());
}

#[test]
fn a_library_without_its_lockfile() {
    let book = Book::with(
        &[("page.md", "```rust,run\nmine::f();\n```\n")],
        "library = \"mine\"\n",
    );
    let manifest = "[package]\nname = \"mine\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    book.write("Cargo.toml", manifest);
    book.write("src/lib.rs", "pub fn f() {}\n");
    book.run(&["check"])
        .gives_up(&["has no Cargo.lock", "cargo generate-lockfile"]);
    let lock = "version = 4\n\n[[package]]\nname = \"mine\"\nversion = \"0.0.9\"\n";
    book.write("Cargo.lock", lock);
    book.run(&["check"])
        .gives_up(&["Cargo.lock is older", "cargo update --workspace"]);
    book.write("Cargo.lock", &lock.replace("0.0.9", "0.1.0"));
    book.run(&["check"]).succeeds();
}

#[test]
fn a_folder_without_a_book() {
    let book = Book::new("text\n");
    let elsewhere = tempfile::tempdir().unwrap();
    let output = book
        .command()
        .arg("check")
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    crate::fixture::answer(output).gives_up(&["there is no book.toml"]);
}

#[test]
fn a_terminal_is_not_reached_by_control_characters() {
    let book = Book::new("```rust,run\nprintln!(\"\\u{1b}[31mred\");\n```\n");
    let answer = book.run(&["check"]);
    answer.finds(&["␛[31mred"]);
    assert!(!answer.stderr.contains('\u{1b}'));
    let answer = book.run(&["bless"]);
    assert!(!answer.stdout.contains('\u{1b}'));
}

#[test]
fn words_in_quotations_are_no_attributes_of_their_own() {
    let block = "```rust,run\nprintln!(\"1\");\n```\n";
    let page = format!("{block}```output,elided=\"ids of the table differ\"\n[..]\n```\n");
    Book::new(&page).run(&["check"]).succeeds();
    let page = format!("```rust,run,name=\"a\nprintln!(\"1\");\n```\n{block}```output\n1\n```\n");
    Book::new(&page).run(&["check"]).finds(&[
        "page.md:1:18",
        "a quotation is never closed",
        "1 finding",
    ]);
}

#[test]
fn lint_reads_the_book_toml_that_it_needs() {
    let table = "| a |\n| - |\n| 1 |\n";
    for (configuration, message) in [
        ("nonsense = 1\n", "book.toml"),
        (
            "prelude = \"missing.nbt\"\n",
            "failed to read the prelude `missing.nbt`",
        ),
    ] {
        let answer = Book::with(&[("page.md", table)], configuration).run(&["lint", "src"]);
        assert_eq!(answer.status, 2, "{}", answer.stderr);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
    }
}
