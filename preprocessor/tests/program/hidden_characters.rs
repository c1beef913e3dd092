//! Characters that turn text around, in what a page proves: each is found at its place, and none in prose.

use crate::fixture::Book;

#[test]
fn what_turns_proven_text_around_is_found_at_its_place() {
    for (page, place, name) in [
        (
            "```rust,run\nlet a = 1; // \u{202e}x\nprintln!(\"{a}\");\n```\n\n```output\n1\n```\n",
            "2:15",
            "U+202E (right-to-left override)",
        ),
        (
            "```sql,run\nselect 1 as a; -- \u{2066}x\n```\n\n```output\n| a |\n| -: |\n| 1 |\n```\n",
            "2:19",
            "U+2066 (left-to-right isolate)",
        ),
        (
            "```rust,run\nprintln!(\"\\u{202d}42\");\n```\n\n```output\n\u{202d}42\n```\n",
            "6:1",
            "U+202D",
        ),
        (
            "> ```rust,run\n> println!(\"1\");\n> ```\n>\n> ```output,elided=\"\u{2069}\"\n> 1\n> ```\n",
            "5:21",
            "U+2069",
        ),
        ("```calc\nlet a = 2 # \u{202b}= 3\n```\n", "2:13", "U+202B"),
        ("It is 4\u{202c}<!-- = 2 + 2 -->.\n", "1:8", "U+202C"),
        ("It is \u{2067}4<!-- = 2 + 2 -->.\n", "1:7", "U+2067"),
        ("It \u{202e}is 24<!-- = 24 -->.\n", "1:4", "U+202E"),
        ("It is 4<!-- = 2 + 2 \u{2068} -->.\n", "1:21", "U+2068"),
        (
            "It is so<!-- holds: a.b \u{2068}< 2 -->.\n",
            "1:25",
            "U+2068",
        ),
        (
            "<!-- check: ascending [A] \u{202a}-->\n| A |\n|--|\n| 1 |\n",
            "1:27",
            "U+202A",
        ),
        (
            "<!-- check: ascending [A] -->\n| A |\n|--|\n| \u{202e}12 |\n| 30 |\n",
            "4:3",
            "U+202E",
        ),
    ] {
        let place = format!("page.md:{place}\n");
        Book::new(page)
            .run(&["check"])
            .finds(&["error[hidden-character]", &place, name]);
    }
}

#[test]
fn what_an_include_brings_is_found_in_its_file() {
    let book = Book::new("```rust,run\n{{#include a.rs}}\n```\n\n```output\n1\n```\n");
    book.write("src/a.rs", "// a\nprintln!(\"1\"); // \u{202e}x\n");
    book.run(&["check"])
        .finds(&["error[hidden-character]", "a.rs:2:19\n"]);
}

#[test]
fn prose_and_marks_are_left_alone_in_books_from_right_to_left() {
    let page = "# \u{2067}שלום\u{2069} world\n\nעברית \u{200f}(\u{2066}abc\u{2069}) \u{202b}ערבית\u{202c} \u{200e}4<!-- = 2 + 2 --> ועוד.\n\n```text\n\u{202e}not run\n```\n\n| א |\n|--|\n| \u{2067}ב\u{2069} |\n\n```rust,run\n// שלום\nprintln!(\"שלום \\u{200f}(a)\");\n```\n\n```output\nשלום \u{200f}(a)\n```\n";
    Book::new(page).run(&["check"]).succeeds();
}
