//! What a build does when a page changes: every changed digit is found, and `bless` corrects it.

use crate::fixture::Book;

const PAGE: &str = "# Page

```rust,run,name=squares
println!(\"|  n | square |\");
println!(\"| -: | -----: |\");
for n in [3u64, 12] {
    println!(\"| {n:2} | {:6} |\", n * n);
}
```

```output
|  n | square |
| -: | -----: |
|  3 |      9 |
| 12 |    144 |
```

```calc
let load = 100 million requests / day   # = 1,157 requests/s
```

At its peak it is 3,472 requests/s<!-- = 3 × load -->, and 12 squared is 144<!-- = squares[12].square -->.

| peak | a day |
| ---: | ----: |
| 3,472 requests/s<!-- = 3 × load --> | 100 million requests<!-- = load × 1 day --> |
";

/// The page with the last character of `text` (which occurs once) replaced.
fn changed(text: &str, to: &str) -> String {
    assert_eq!(PAGE.matches(text).count(), 1, "{text}");
    PAGE.replace(text, to)
}

#[test]
fn a_right_page_builds_and_a_second_bless_changes_nothing() {
    let book = Book::new(PAGE);
    book.run(&[]).succeeds();
    let html = book.built();
    assert!(html.contains("Verified output"), "{html}");
    assert!(html.contains("|  3 |      9 |"), "{html}");
    assert!(html.contains("1 run, 5 figures"), "{html}");
    assert!(!html.contains("&lt;!-- ="), "an expression is shown");
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), PAGE);
}

#[test]
fn a_changed_digit_fails_the_build_with_both_texts_and_bless_corrects_it() {
    for (text, to, line, wrong, right) in [
        (
            "|  3 |      9 |",
            "|  3 |      8 |",
            11,
            "-|  3 |      8 |",
            "+|  3 |      9 |",
        ),
        (
            "# = 1,157",
            "# = 1,158",
            19,
            "- 1,158 requests/s",
            "+ 1,157 requests/s",
        ),
        (
            "peak it is 3,472",
            "peak it is 3,471",
            22,
            "- 3,471",
            "+ 3,472",
        ),
        ("squared is 144", "squared is 145", 22, "- 145", "+ 144"),
        (
            "| 100 million",
            "| 101 million",
            26,
            "- 101 million",
            "+ 100 million",
        ),
    ] {
        let book = Book::new(&changed(text, to));
        let place = format!("page.md:{line}:");
        book.run(&[])
            .finds(&[&place, wrong, right, "cargo book bless"]);
        assert!(!book.is_built());
        book.run(&["bless"]).succeeds();
        assert_eq!(book.page(), PAGE);
        book.run(&[]).succeeds();
    }
}

#[test]
fn changed_code_changes_its_output_and_every_figure_read_from_it() {
    let book = Book::new(&changed("n * n);", "n * n * n);"));
    book.run(&[]).finds(&[
        "page.md:11:1",
        "-| 12 |    144 |",
        "+| 12 |   1728 |",
        "page.md:22:",
        "- 144",
        "+ 1,728",
        "2 findings",
    ]);
    book.run(&["bless"]).succeeds();
    let blessed = book.page();
    assert!(blessed.contains("| 12 |   1728 |"), "{blessed}");
    assert!(blessed.contains("squared is 1,728<!--"), "{blessed}");
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), blessed);
}

#[test]
fn bless_of_one_line_leaves_the_rest_and_says_so() {
    let text = changed("# = 1,157", "# = 1,158").replace("is 144<", "is 145<");
    let book = Book::new(&text);
    book.run(&["bless", "src/page.md:19"]).finds(&["- 145"]);
    assert_eq!(book.page(), PAGE.replace("is 144<", "is 145<"));
    book.run(&["bless", "src/none.md"])
        .gives_up(&["there is no `src/none.md`"]);
}

#[test]
fn bless_writes_a_missing_output_and_a_missing_result() {
    let book = Book::new(
        "> ```rust,run\n> println!(\"a\\n\\n```\");\n> ```\n\n```calc\n3 GB / 2 # =\n```\n",
    );
    book.run(&["check"])
        .finds(&["the block has no output", "the result is not written yet"]);
    book.run(&["bless"]).succeeds();
    assert_eq!(
        book.page(),
        "> ```rust,run\n> println!(\"a\\n\\n```\");\n> ```\n>\n> ````output\n> a\n>\n> ```\n> ````\n\n```calc\n3 GB / 2 # = 1.50 GB\n```\n"
    );
    book.run(&[]).succeeds();
    assert!(
        book.built().contains(">a\n\n```</code>"),
        "{}",
        book.built()
    );
}

#[test]
fn bless_is_refused_in_ci() {
    let book = Book::new(&changed("# = 1,157", "# = 1,158"));
    let output = book
        .command()
        .args(["bless"])
        .env("CI", "true")
        .output()
        .unwrap();
    crate::fixture::answer(output).gives_up(&["refused where CI=true"]);
    assert_eq!(book.page(), changed("# = 1,157", "# = 1,158"));
}

#[test]
fn bless_keeps_the_byte_order_mark_and_the_line_ends() {
    let text = format!("\u{feff}{}", PAGE.replace('\n', "\r\n"));
    let book = Book::new(&text.replace("     9 |", "     8 |"));
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), text);
}

#[test]
fn blank_lines_of_a_formatter_break_nothing() {
    let spread = PAGE
        .replace("```output", "\n\n```output")
        .replace("| peak |", "\n| peak |");
    let book = Book::new(&spread);
    book.run(&[]).succeeds();
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), spread);
}

/// A program's number with an expression follows the expression, and what it prints follows the program.
#[test]
fn a_number_of_a_program_follows_its_expression_and_bless_brings_the_output_along() {
    let page = "# P\n\n```calc\nlet load = 100 requests / s\n```\n\n```rust,run\nlet load = 100 /* = load / (requests/s) */;\nprintln!(\"{}\", load * 2);\n```\n\n```output\n200\n```\n";
    let book = Book::new(page);
    book.run(&[]).succeeds();
    assert!(book.built().contains("1 run, 1 figure"), "{}", book.built());
    let other = page.replace("let load = 100 requests", "let load = 1500 requests");
    book.write("src/page.md", &other);
    book.run(&["check"])
        .finds(&["page.md:8:12", "- 100", "+ 1500", "computed: 1,500"]);
    book.run(&["bless"]).succeeds();
    let corrected = other
        .replace("let load = 100 ", "let load = 1500 ")
        .replace("\n200\n", "\n3000\n");
    assert_eq!(book.page(), corrected);
    book.run(&["check"]).succeeds();
    book.write(
        "src/page.md",
        &corrected.replace("(requests/s)", "requests"),
    );
    book.run(&["check"])
        .finds(&["page.md:8:12", "can't be a bare number", "divide by one"]);
    book.write(
        "src/page.md",
        &corrected.replace("load = 1500 requests", "load = 1500.5 requests"),
    );
    book.run(&["check"])
        .finds(&["page.md:8:12", "a whole number is exact", "round(…)"]);
}

/// What is included belongs to no page, so it knows the prelude only; blessing it, or a page that shows it, corrects it.
#[test]
fn an_included_number_follows_the_prelude_and_is_blessed_in_its_own_file() {
    let program = "# P\n\n```calc\nlet own = 7\n```\n\n```rust,run\n{{#include ../load.rs}}\nprintln!(\"{LOAD}\");\n```\n\n```output\n20\n```\n";
    let pages = [("page.md", program), ("again.md", program)];
    let book = Book::with(&pages, "prelude = \"book.nbt\"\n");
    book.write("book.nbt", "let load = 20 requests / s\n");
    let code = "/// Requests a second.\nconst LOAD: u32 = 20 /* = load / (requests/s) */;\n";
    book.write("load.rs", code);
    book.run(&["check"]).succeeds();

    book.write("book.nbt", "let load = 30 requests / s\n");
    book.run(&["check"])
        .finds(&["load.rs:2:19", "- 20", "+ 30", "bless load.rs:2"]);
    book.run(&["bless", "src/page.md"]).succeeds();
    assert_eq!(book.read("load.rs"), code.replace("= 20", "= 30"));
    let blessed = program.replace("\n20\n", "\n30\n");
    assert_eq!(book.page(), blessed);
    // The other page shows the same file, and what it printed is its own.
    book.run(&["check"]).finds(&["again.md:12", "-20", "+30"]);
    book.run(&["bless"]).succeeds();
    book.run(&["check"]).succeeds();

    book.write("load.rs", &code.replace("load / (requests/s)", "own"));
    book.run(&["check", "src/page.md"])
        .finds(&["load.rs:2:27", "unknown identifier"]);
}

#[test]
fn a_failed_build_leaves_the_last_book_as_it_was() {
    let book = Book::new(PAGE);
    book.run(&[]).succeeds();
    let before = book.files("book");
    book.write("src/page.md", &changed("# = 1,157", "# = 1,158"));
    book.run(&[]).finds(&[]);
    assert_eq!(book.files("book"), before);
}

#[test]
fn blocks_use_the_library_that_the_book_names() {
    let book = Book::with(
        &[(
            "page.md",
            "```rust,run\nprintln!(\"{}\", tiny_lib::answer());\n```\n\n```output\n42\n```\n",
        )],
        "library = \"tiny-lib\"\n",
    );
    book.write(
        "Cargo.toml",
        "[package]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n",
    );
    book.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\n",
    );
    book.write("lib.rs", "pub fn answer() -> u32 { 42 }\n");
    book.run(&[]).succeeds();
    book.write("lib.rs", "pub fn answer() -> u32 { 43 }\n");
    book.run(&[]).finds(&["page.md:5:1", "-42", "+43"]);
    book.write("lib.rs", "pub fn answer() -> u32 { \"43\" }\n");
    book.run(&[])
        .gives_up(&["the library `tiny-lib` doesn't build", "mismatched types"]);
}

#[test]
fn what_github_and_git_read_has_paths_from_the_root_of_the_repository() {
    let book = Book::new(&PAGE.replace("144 |", "145 |"));
    for file in ["book.toml", "src/SUMMARY.md", "src/page.md"] {
        book.write(&format!("docs/{file}"), &book.read(file));
    }
    book.write(".git/HEAD", "ref: refs/heads/main\n");
    let words = ["--dir", "docs", "--format", "github"];
    let found = book.run(&[&["check"], &words[..]].concat()).stdout;
    assert!(found.contains("file=docs/src/page.md,"), "{found}");
    for format in ["github", "human"] {
        let words = ["bless", "--diff", "--dir", "docs", "--format", format];
        let patch = book.run(&words).stdout;
        assert!(patch.contains("--- a/docs/src/page.md\n"), "{patch}");
    }
    book.write("docs/src/ragged.md", "| a |\n| - |\n| x | y |\n");
    let found = book.run(&["lint", "docs", "--format", "github"]).stdout;
    assert!(found.contains("file=docs/src/ragged.md,"), "{found}");
}

#[test]
fn blocks_import_dependencies_by_the_names_that_the_library_gives_them() {
    let book = Book::with(
        &[(
            "page.md",
            "```rust,run\nprintln!(\"{} {}\", renamed::two(), own_name::three());\n```\n\n```output\n2 3\n```\n",
        )],
        "library = \"tiny-lib\"\n",
    );
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    book.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"*-*\"]\nresolver = \"3\"\n\n[workspace.dependencies]\nrenamed = { path = \"two-lib\", package = \"two-lib\" }\n",
    );
    book.write(
        "tiny-lib/Cargo.toml",
        &format!(
            "{}\n[dependencies]\nrenamed.workspace = true\n\n[target.'cfg(all())'.dependencies]\nthree-lib = {{ path = \"../three-lib\" }}\n",
            package("tiny-lib")
        ),
    );
    book.write("tiny-lib/src/lib.rs", "");
    book.write("two-lib/Cargo.toml", &package("two-lib"));
    book.write("two-lib/src/lib.rs", "pub fn two() -> u32 { 2 }\n");
    book.write(
        "three-lib/Cargo.toml",
        &format!("{}\n[lib]\nname = \"own_name\"\n", package("three-lib")),
    );
    book.write("three-lib/src/lib.rs", "pub fn three() -> u32 { 3 }\n");
    book.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"three-lib\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"tiny-lib\"\nversion = \"0.1.0\"\ndependencies = [\n \"three-lib\",\n \"two-lib\",\n]\n\n[[package]]\nname = \"two-lib\"\nversion = \"0.1.0\"\n",
    );
    book.run(&[]).succeeds();
}

#[test]
fn a_byte_order_mark_is_not_part_of_an_included_file() {
    let book = Book::new(
        "```rust,run\n{{#include ../part.rs}}\nprintln!(\"{load}\");\n```\n\n```output\n100\n```\n",
    );
    book.write("part.rs", "\u{feff}let load = 100 /* = 99 + 1 */;\n");
    book.run(&[]).succeeds();
    book.write("part.rs", "\u{feff}let load = 100 /* = 199 + 1 */;\n");
    book.run(&["bless"]).succeeds();
    assert_eq!(
        book.read("part.rs"),
        "\u{feff}let load = 200 /* = 199 + 1 */;\n"
    );
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_prelude() {
    let book = Book::with(
        &[("page.md", "100<!-- = load -->\n")],
        "prelude = \"prelude.nbt\"\n",
    );
    book.write("prelude.nbt", "\u{feff}let load = 100\n");
    book.run(&["check"]).succeeds();
}

#[test]
fn a_file_beside_the_book_is_named_and_linked_from_the_books_folder() {
    let book = Book::with(
        &[(
            "page.md",
            "```rust,run\n{{#include ../../code/part.rs}}\n```\n\n```output\n5\n```\n",
        )],
        "\n[output.html]\ngit-repository-url = \"https://example.org/us/book\"\n",
    );
    // The book becomes a folder of the repository.
    let root = book.root();
    std::fs::create_dir(root.join(".git")).unwrap();
    std::fs::create_dir(root.join("docs")).unwrap();
    for name in ["book.toml", "src"] {
        std::fs::rename(root.join(name), root.join("docs").join(name)).unwrap();
    }
    book.write(
        "code/part.rs",
        "let five = 5 /* = 2 + 3 */;\nprintln!(\"{five}\");\n",
    );
    book.run(&["--dir", "docs"]).succeeds();
    let html = book.read("docs/book/page.html");
    let link = "https://example.org/us/book/blob/HEAD/code/part.rs#L1-L2";
    assert!(html.contains(link), "{html}");
    book.write(
        "code/part.rs",
        "let five = 5 /* = 2 + 4 */;\nprintln!(\"{five}\");\n",
    );
    book.run(&["--dir", "docs", "check"])
        .finds(&["--> code/part.rs:1:12", "- 5", "+ 6"]);
    let annotated = book.run(&["--dir", "docs", "check", "--format", "github"]);
    let place = "file=code/part.rs,line=1,col=12,";
    assert!(annotated.stdout.contains(place), "{}", annotated.stdout);
    book.run(&["--dir", "docs", "bless"]).succeeds();
    assert!(book.read("code/part.rs").starts_with("let five = 6 "));
}
