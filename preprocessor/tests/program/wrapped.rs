//! Tables whose rows an editor wrapped or a person shifted, and tables that are right although they look odd.

use crate::fixture::{Answer, Book};

/// What `lint` says of a file.
fn lint(page: &str) -> (Book, Answer) {
    let book = Book::new("text\n");
    book.write("notes.md", page);
    let answer = book.run(&["lint", "notes.md"]);
    (book, answer)
}

/// One finding, which says these things; `fix` makes the other text of it, which has none.
#[track_caller]
fn fixed(page: &str, texts: &[&str], after: &str) {
    let (book, answer) = lint(page);
    answer.finds(texts).finds(&["1 finding\n", "`fix` does it"]);
    book.run(&["fix", "notes.md"]).succeeds();
    assert_eq!(book.read("notes.md"), after);
    book.run(&["lint", "notes.md"]).succeeds();
}

/// Findings that say these things, and that `fix` leaves to a person.
#[track_caller]
fn left(page: &str, texts: &[&str]) {
    let (book, answer) = lint(page);
    answer.finds(texts);
    let after = book.run(&["fix", "notes.md"]);
    assert_eq!((after.status, book.read("notes.md").as_str()), (1, page));
}

#[track_caller]
fn right(page: &str) {
    lint(page).1.succeeds();
}

#[test]
fn a_wrapped_row_is_joined_and_never_filled_up() {
    let head = "| symbol | meaning |\n| --- | --- |\n";
    let end = "| `b'a'` | a byte |\n";
    for (row, joined) in [
        (
            "| `r\"a\"` | a raw literal, in which escapes\nare not processed |\n",
            "| `r\"a\"` | a raw literal, in which escapes are not processed |\n",
        ),
        ("| `r` |\na raw literal |\n", "| `r` | a raw literal |\n"),
        ("| `r`\n| a raw literal |\n", "| `r` | a raw literal |\n"),
        (
            "| a long name\nof something | a\nraw\nliteral |\n",
            "| a long name of something | a raw literal |\n",
        ),
    ] {
        for end in ["", end] {
            let (page, after) = (format!("{head}{row}{end}"), format!("{head}{joined}{end}"));
            fixed(&page, &["notes.md:3:1", "the row is wrapped over"], &after);
            let quoted = |text: &str| {
                text.lines()
                    .flat_map(|line| ["> ", line, "\n"])
                    .collect::<String>()
            };
            fixed(&quoted(&page), &["notes.md:3:3"], &quoted(&after));
            let crlf = |text: &str| text.replace('\n', "\r\n");
            fixed(&crlf(&page), &["notes.md:3:1"], &crlf(&after));
        }
    }
}

#[test]
fn what_may_be_wrapped_is_named_and_left_to_a_person() {
    let head = "| a | b | c |\n| --- | --- | --- |\n";
    left(
        &format!("{head}| 1 | two\nwords |\n"),
        &[
            "notes.md:3:1",
            "seems to be wrapped over 2 lines",
            "2 of 3 cells",
        ],
    );
    left(
        &format!("{head}| 1 | two\nwords | 3 | 4 |\n"),
        &["seems to be wrapped", "4 of 3 cells"],
    );
    let open = "a | b | c\n--- | --- | ---\n";
    left(
        &format!("{open}1 | two\nwords | 3\n"),
        &[
            "notes.md:3:1",
            "if the row goes on in another line",
            "2 findings",
        ],
    );
    left(
        &format!("{open}1 | 2 | three\nwords\n"),
        &["notes.md:4:1", "join it to the row above it"],
    );
    left(
        "| a | b\n|---|---\n| 1 | two\nwords\n",
        &["notes.md:4:1", "join it to the row above it"],
    );
}

#[test]
fn a_row_whose_rest_is_shown_as_something_else_is_named() {
    for rest in [
        "<li>y</li></ul> |\n",
        "- y |\n",
        "# y |\n",
        "<li>y</li></ul> |\n| 2 | z |\n",
    ] {
        left(
            &format!("| a | b |\n|---|---|\n| 1 | <ul><li>x</li>\n{rest}"),
            &[
                "error[table-end]",
                "notes.md:3:1",
                "ends inside the row",
                "1 finding\n",
            ],
        );
    }
    right("| a | b |\n|---|---|\n| 1 | 2\n# Heading\n");
    right("| a | b |\n|---|---|\n| 1 | 2 |\n<p>|</p>\n");
}

#[test]
fn a_row_that_its_bar_shifts_is_named_and_not_filled_up() {
    for rows in ["| x | y\n", "x | y | z\n| y | z\n", "| x | y |\n"] {
        left(
            &format!("read | write | both\n:---:|:---:|:---:\n{rows}"),
            &["a column too far left", "`| |`"],
        );
    }
}

#[test]
fn a_short_row_is_named_and_not_filled_up_at_its_end() {
    left(
        "| a | b |\n|---|---|\n| 1 |\n",
        &[
            "the row has 1 of 2 cells",
            "readers see empty ones at its end",
        ],
    );
    // The rest of the row above it, in the wrong column.
    left(
        "| name | meaning |\n|---|---|\n| `--with` | the first |\n| argument is ignored |\n",
        &["notes.md:4:1", "or is the rest of the one above it"],
    );
    left(
        "| a | b | c |\n|---|---|---|\n| 1 | 3 |\n| 4 | 5 | 6 |\n",
        &["notes.md:3:1", "2 of 3"],
    );
}

#[test]
fn a_last_cell_may_be_left_out_where_others_are_empty() {
    right("| a | b | c |\n|---|---|---|\n| 1 | 2 | |\n| 4 | 5 |\n");
    right("| set | of |\n|---|---|\n| U0 | |\n| U1 |\n| U2 | 1 |\n");
    right("set | of\n--- | ---\nU0 | 1\nU1 |\n");
    right("| a | b | c\n|---|---|---\n| 1 | 2 |\n| 4 | 5 | 6\n");
    left("a | b | c\n---|---|---\n1 | 2\n", &["2 of 3 cells"]);
    left(
        "| a | b | c |\n|---|---|---|\n| 1 | 2 | |\n| 4 |\n",
        &["notes.md:4:1", "1 of 3 cells"],
    );
}

#[test]
fn prose_below_a_row_that_ends_with_a_bar_is_set_off() {
    fixed(
        "| a | b |\n|---|---|\n| 1 | 2 |\nprose\n",
        &["notes.md:4:1", "becomes a row"],
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nprose\n",
    );
}

#[test]
fn a_row_that_stands_twice_is_a_fault_only_where_rows_have_names() {
    for page in [
        // In groups.
        "| Team | Ask |\n|---|---|\n| *first half* | |\n| core | review |\n| *second half* | |\n| core | review |\n",
        "| | when |\n|---|---|\n| a | now |\n| | |\n| a | now |\n",
        // Where the place of a row counts: bits, steps, days.
        "| bits | field |\n|---|---|\n| 8 | opcode |\n| 1 | reserved |\n| 2 | width |\n| 1 | reserved |\n",
        "| bits | field |\n|---|---|\n| 1 | flag |\n| 4 | reserved |\n| 4 | reserved |\n| 1 | flag |\n",
        "| step | wait |\n|---|---|\n| send | 1 s |\n| wait | 2 s |\n| send | 1 s |\n| wait | 2 s |\n",
        "| | plan |\n|---|---|\n| | rest |\n| | rest |\n",
    ] {
        right(page);
    }
    for page in [
        "| name | size |\n|---|---|\n| a | 1 |\n| a | 1 |\n| b | 2 |\n",
        "name | size\n---|---\na | 1\nb | 2\nb | 2\n",
        "| n | x |\n|---|---|\n| 100 | 7 |\n|100|7|\n",
    ] {
        let (_, answer) = lint(page);
        answer.finds(&[
            "this row stands twice",
            "the line above says the same",
            "1 finding\n",
        ]);
    }
}

#[test]
fn a_delimiter_row_that_is_none_says_why() {
    fixed(
        "| Op \t| In \t|\n|:--:\t|:--:\t|\n| a \t| 1 \t|\n",
        &["notes.md:2:1", "a tab is in the row below the header"],
        "| Op \t| In \t|\n|:--: |:--: |\n| a \t| 1 \t|\n",
    );
    for (delimiter, column) in [("| --- | :: |", 8), ("| --- | |", 8)] {
        left(
            &format!("| a | b |\n{delimiter}\n| 1 | 2 |\n"),
            &[&format!("notes.md:2:{column}"), "not all dashes"],
        );
    }
    right("| a | b |\n| :-: | -: |\n| 1 |  |\n");
}
