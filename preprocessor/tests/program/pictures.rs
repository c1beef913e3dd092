//! Outputs as tables, charts and sequence diagrams, and sketches: what they show, and what they refuse.

use crate::fixture::Book;

const TABLE: &str = "println!(\"| size | wait (ms) | theory (ms) |\");\nprintln!(\"| ---: | ---: | ---: |\");\nfor (n, wait) in [(1, 2.5), (10, 3.5), (100, 9.0)] {\n    println!(\"| {n} | {wait} | 3 |\");\n}\n";
const TABLE_OUTPUT: &str = "| size | wait (ms) | theory (ms) |\n| ---: | ---: | ---: |\n| 1 | 2.5 | 3 |\n| 10 | 3.5 | 3 |\n| 100 | 9 | 3 |\n";
const TRACE: &str =
    "println!(\"1 ms  client -> cache: get k\\nnote cache: full\\ncache -x client: k\");\n";
const TRACE_OUTPUT: &str = "1 ms  client -> cache: get k\nnote cache: full\ncache -x client: k\n";
const SKETCH: &str = "```mermaid\nflowchart LR\n    a[Web] -->|get| b[(Store)]\n```\n";

/// A block, and its output with these attributes.
fn block(code: &str, attributes: &str, output: &str) -> String {
    format!("```rust,run\n{code}```\n\n```output{attributes}\n{output}```\n\n")
}

/// The page's own part of the built page.
fn main_of(book: &Book) -> String {
    let html = book.built();
    let (_, main) = html.split_once("<main>").unwrap();
    main.split_once("</main>").unwrap().0.to_owned()
}

/// Has the program write the outputs, builds the book, and returns the page.
#[track_caller]
fn blessed(page: &str) -> (Book, String) {
    let book = Book::new(page);
    book.run(&["bless"]).succeeds();
    book.run(&[]).succeeds();
    let main = main_of(&book);
    (book, main)
}

fn all_forms() -> String {
    let mut page = String::from("# Page\n\n");
    for attributes in [
        "",
        ",guess",
        ",table",
        ",chart=line,logx,ref=theory",
        ",chart=bar",
        ",chart=scatter,guess",
    ] {
        page.push_str(&block(TABLE, attributes, TABLE_OUTPUT));
        page.push_str("What to see *here*.\n\n");
    }
    page.push_str(&block(TRACE, ",sequence", TRACE_OUTPUT));
    page.push_str(SKETCH);
    page.push('\n');
    page.push_str(SKETCH);
    page
}

#[test]
fn every_form_is_drawn_and_keeps_its_text() {
    let book = Book::new(&all_forms());
    book.run(&[]).succeeds();
    let main = main_of(&book);
    // Each chart twice, for a desk and for a phone.
    assert_eq!(main.matches("role=\"img\"").count(), 9, "{main}");
    assert_eq!(main.matches("What do you expect?").count(), 2, "{main}");
    assert_eq!(main.matches("<desc>What to see here.</desc>").count(), 6);
    // All have the text, folded.
    assert_eq!(main.matches("| 100 | 9 | 3 |").count(), 6, "{main}");
    for part in [
        "<th style=\"text-align: right\">wait (ms)</th>",
        "<title>Line chart of wait, theory by size</title>",
        "<title>Bar chart of wait, theory by size</title>",
        "<title>Scatter chart of wait, theory by size</title>",
        "<title>Sequence diagram of client, cache</title>",
        "<title>Flowchart of Web, Store</title>",
        "a[Web] --&gt;|get| b[(Store)]",
        "What to see <em>here</em>.",
        "7 runs",
    ] {
        assert!(main.contains(part), "{part}: {main}");
    }
    // Nothing of a picture has an id, so pictures can't disturb each other.
    for picture in main.split("<svg").skip(1) {
        let picture = picture.split("</svg>").next().unwrap();
        assert!(
            !picture.contains(" id=") && !picture.contains("url("),
            "{picture}"
        );
    }
}

#[test]
fn pictures_stand_in_lists_and_quotes() {
    let mut page = String::new();
    for (first, rest) in [("- ", "  "), ("> ", "> "), ("1. > ", "   > ")] {
        let inside = format!(
            "{}{SKETCH}\nafter\n",
            block(TABLE, ",chart=line", TABLE_OUTPUT) + &block(TRACE, ",sequence", TRACE_OUTPUT)
        );
        for (number, line) in inside.lines().enumerate() {
            page.push_str(if number == 0 { first } else { rest });
            page.push_str(line);
            page.push('\n');
        }
        page.push_str("\nbetween\n\n");
    }
    let book = Book::new(&page);
    book.run(&[]).succeeds();
    let main = main_of(&book);
    // Three pictures in three places, the chart twice.
    assert_eq!(main.matches("role=\"img\"").count(), 12, "{main}");
    assert_eq!(main.matches("<p>between</p>").count(), 3, "{main}");
    assert_eq!(main.matches("<blockquote>").count(), 2, "{main}");
    assert_eq!(main.matches("<li>").count(), 2, "{main}");
    assert!(!main.contains("```"), "{main}");
}

#[test]
fn two_builds_are_the_same_to_the_byte() {
    let book = Book::new(&all_forms());
    book.run(&[]).succeeds();
    let first = book.files("book");
    book.run(&[]).succeeds();
    assert_eq!(book.files("book"), first);
}

/// Texts that mean something to a browser, to mdBook or to a terminal, as a program prints them.
const HOSTILE: &str = "let hostile = [\"<b>bold</b>\", \"</script></pre></svg>\", \"<!-- x\", \"&lt;\", \"\\u{1b}[31mred\", \"a\\u{0}b\", &format!(\"{}#include page.md}}}}\", \"{\".repeat(2)), \"\\\"quoted\\\" onload='x'\"];\n";

#[test]
fn hostile_output_is_shown_as_text_in_every_form() {
    let table = format!(
        "{HOSTILE}println!(\"| x | n |\\n|---|---|\");\nfor (n, text) in hostile.iter().enumerate() {{\n    println!(\"| {{text}} | {{n}} |\");\n}}\n"
    );
    let header = format!(
        "{HOSTILE}println!(\"| x | {{}} |\\n|---|---|\\n| 1 | 2 |\\n| 2 | 3 |\", hostile[..7].join(\" \"));\n"
    );
    let trace =
        format!("{HOSTILE}for text in hostile {{\n    println!(\"a -> b: {{text}}\");\n}}\n");
    let mut page = String::new();
    page.push_str(&block(&table, "", ""));
    page.push_str(&block(&table, ",table", ""));
    page.push_str(&block(&table, ",chart=bar", ""));
    page.push_str(&block(&header, ",chart=line", ""));
    page.push_str(&block(&trace, ",sequence,guess", ""));
    page.push_str("```mermaid\ngraph TD\na[\"<script>alert(1)</script>\"] -->|</svg>| b[\"{{#include page.md}}\"]\n```\n\nthe end\n");
    let (_, main) = blessed(&page);
    // At its end it has our own styles and script.
    let main = main.split("<style>").next().unwrap();
    for part in ["<b>", "<script", "</script", "\u{1b}", "\u{0}", "<!-- x"] {
        assert!(!main.contains(part), "{part:?}: {main}");
    }
    for part in ["&lt;b&gt;bold&lt;/b&gt;", "␛[31mred", "a␀b", "&amp;lt;"] {
        assert!(main.matches(part).count() >= 4, "{part:?}: {main}");
    }
    // Shown, not expanded: the page isn't inside itself.
    assert!(main.matches("#include page.md}}").count() >= 6, "{main}");
    assert_eq!(main.matches("<p>the end</p>").count(), 1, "{main}");
    assert_eq!(main.matches("<svg").count(), main.matches("</svg>").count());
    assert_eq!(main.matches("<pre").count(), main.matches("</pre>").count());
}

#[test]
fn ten_thousand_lines_and_a_line_of_ten_thousand_characters_break_nothing() {
    let long = "println!(\"a -> b: {}\", \"x\".repeat(10_000));\n";
    let rows = "println!(\"| x | y |\\n|---|---|\");\nfor n in 0..10_000 {\n    println!(\"| {n} | {} |\", n % 97);\n}\n";
    let mut page = String::new();
    for attributes in ["", ",guess", ",table", ",chart=line"] {
        page.push_str(&block(rows, attributes, ""));
    }
    page.push_str(&block(
        &rows.replace("n % 97", "n % 97 + 1"),
        ",chart=scatter,logy",
        "",
    ));
    page.push_str(&block(long, "", ""));
    page.push_str(&block(long, ",sequence", ""));
    page.push_str("the end\n");
    let (_, main) = blessed(&page);
    assert!(main.contains("Verified output, 10002 lines"));
    assert!(main.contains("<p>the end</p>"));
    assert_eq!(main.matches("| 9999 | 8 |").count(), 4);
    assert_eq!(main.matches("<td>9999</td>").count(), 3);
    assert_eq!(main.matches("table-wrapper proof-long").count(), 3);
    for picture in main.split("<svg").skip(1) {
        let picture = picture.split("</svg>").next().unwrap();
        assert!(picture.len() < 200_000, "{}", picture.len());
    }
    let trace = block(&"println!(\"a -> b: x\");\n".repeat(151), ",sequence", "");
    let book = Book::new(&trace);
    book.run(&["bless"]);
    book.run(&[]).finds(&[
        "error[sequence]",
        "more than 150 steps",
        "print fewer lines",
    ]);
}

#[test]
fn what_cannot_be_drawn_is_refused_at_its_line() {
    let table = |rows: &str| format!("| x | y |\n| - | - |\n{rows}\n");
    for (attributes, output, texts) in [
        (
            ",chart=line",
            "no table\n".to_owned(),
            ["page.md:5:1", "has no table"],
        ),
        (
            ",table",
            "no table\n".to_owned(),
            ["page.md:5:1", "has no table"],
        ),
        (
            ",table",
            table("| 1 |"),
            ["page.md:8:1", "the row has 1 of 2 cells"],
        ),
        (
            ",chart=line",
            table("| 1 | 2 |\n| two | 3 |"),
            ["page.md:9:1", "`two` in the column `x`"],
        ),
        (
            ",chart=line",
            table("| 1 | NaN |\n| 2 | 3 |"),
            ["page.md:8:1", "`NaN` in the column `y`"],
        ),
        (
            ",chart=line",
            table("| 1 | 2 |"),
            ["page.md:6:1", "one point makes no line"],
        ),
        (",chart=bar", table(""), ["page.md:6:1", "no rows"]),
        (
            ",chart=line,logy",
            table("| 1 | 0 |\n| 2 | 3 |"),
            ["page.md:8:1", "logarithmic"],
        ),
        (
            ",chart=bar,ref=z",
            table("| 1 | 2 |"),
            ["no column is named `z`", "the columns are `y`"],
        ),
        (
            ",chrat=line",
            table("| 1 | 2 |"),
            ["page.md:5:11", "did you mean `chart`?"],
        ),
        (
            ",logx",
            table("| 1 | 2 |"),
            ["page.md:5:11", "`logx` belongs to a chart"],
        ),
        (
            ",sequence",
            "a -> b: x\nhits 7\n".to_owned(),
            ["page.md:7:1", "`hits 7` is no step"],
        ),
    ] {
        let output = output.trim_end().to_owned() + "\n";
        let code = format!("print!({output:?});\n");
        let book = Book::new(&block(&code, attributes, &output));
        book.run(&[]).finds(&texts).finds(&["1 finding"]);
        assert!(!book.is_built());
    }
    let book = Book::new("text\n\n```mermaid\nflowchart LR\na --> b\nsubgraph c\n```\n");
    book.run(&[]).finds(&[
        "error[sketch]",
        "page.md:6:1",
        "`subgraph` can't be drawn",
        "flowchart LR",
    ]);
    let book = Book::new("```mermaid\nsequenceDiagram\n```\n");
    book.run(&[])
        .finds(&["page.md:2:1", "doesn't start a sketch"]);
}

#[test]
fn a_changed_output_is_one_finding_and_bless_keeps_the_attributes() {
    let wrong = block(TABLE, ",chart=line,ref=\"theory\"", "nothing yet\n");
    let book = Book::new(&wrong);
    book.run(&[]).finds(&["the output changed", "1 finding"]);
    book.run(&["bless"]).succeeds();
    let right = block(TABLE, ",chart=line,ref=\"theory\"", TABLE_OUTPUT);
    assert_eq!(book.page(), right);
    // With an attribute that is wrong the output is not reported as missing too.
    book.write("src/page.md", &right.replace("chart=line", "chart=pie"));
    book.run(&[])
        .finds(&["`pie` is not a kind of chart", "1 finding"]);
    book.run(&["bless"]);
    assert_eq!(book.page(), right.replace("chart=line", "chart=pie"));
}

#[test]
fn sketches_are_left_to_a_preprocessor_of_the_book_that_draws_mermaid() {
    let page = [("page.md", "```mermaid\nsequenceDiagram\n```\n")];
    Book::with(&page, "")
        .run(&["check"])
        .finds(&["error[sketch]"]);
    let book = Book::with(&page, "");
    let settings = book
        .read("book.toml")
        .replace("[\"links\"]", "[\"links\", \"mermaid\"]");
    book.write(
        "book.toml",
        &format!("{settings}\n[preprocessor.mermaid]\ncommand = \"none\"\n"),
    );
    book.run(&["check"]).succeeds();
}

#[test]
fn a_band_is_refused_where_nothing_varies_and_where_there_is_no_line() {
    for (attributes, place, message) in [
        (
            ",chart=line,band=seed",
            "page.md:9:1",
            "the block doesn't vary `seed`",
        ),
        (
            ",chart=bar,band=seed",
            "page.md:9:21",
            "a band lies behind a line",
        ),
        (
            ",chart=line,band",
            "page.md:9:22",
            "`band` needs the name of what varies",
        ),
        (",band=seed", "page.md:9:11", "`band` belongs to a chart"),
    ] {
        let book = Book::new(&block(TABLE, attributes, TABLE_OUTPUT));
        book.run(&["check"]).finds(&[place, message, "1 finding"]);
    }
}
