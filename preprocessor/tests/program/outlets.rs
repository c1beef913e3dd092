//! Where texts of an author's leave the program: terminals, logs of workflows, annotations and programs that read JSON.

use crate::fixture::{Answer, Book, answer};
use serde_json::Value;
use std::process::Stdio;

/// What a terminal obeys, what turns text around, and what nobody sees.
const HIDDEN: &str = "\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}";

fn is_hidden(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
}

/// Asserts that neither a terminal nor a workflow obeys anything in an answer, in any format, and returns that for people.
#[track_caller]
fn is_harmless(run: impl Fn(&[&str]) -> Answer, words: &[&str]) -> Answer {
    for format in ["github", "json", "human"] {
        let answer = run(&[words, &["--format", format]].concat());
        for text in [&answer.stdout, &answer.stderr] {
            let hidden: Vec<char> = text.chars().filter(|c| is_hidden(*c)).collect();
            assert!(
                hidden.is_empty(),
                "{words:?} {format}: {hidden:?} in {text}"
            );
            assert!(!text.contains("##["), "{words:?} {format}: {text}");
            for line in text.lines().map(str::trim_start) {
                let is_command = line.starts_with("::");
                let is_ours =
                    line.starts_with("::error file=") || line.starts_with("::warning file=");
                assert!(
                    !is_command || format == "github" && is_ours,
                    "{words:?} {format}: {line}"
                );
            }
        }
        if format == "json" {
            for line in answer.stdout.lines() {
                let value: Value = serde_json::from_str(line).unwrap();
                assert!(value.is_object(), "{line}");
            }
        } else if format == "human" {
            return answer;
        }
    }
    unreachable!("the last format is for people")
}

#[track_caller]
fn page_is_harmless(page: &str, words: &[&str]) -> Answer {
    let book = Book::new(page);
    is_harmless(|words| book.run(words), words)
}

#[test]
fn a_line_of_a_page_is_quoted_with_what_is_hidden_in_it() {
    let page = format!(
        "# P\n\n{HIDDEN} ::error::x ##[error]x 5<!-- = 2 + 2 -->\n\n::error::y 5<!-- = 2 + 2 -->\n"
    );
    let answer = page_is_harmless(&page, &["check"]);
    answer.finds(&["\\u{1b}[2J\\u{9b}31m\\u{7f}\\u{202e}\\u{2066}\\u{200b}\\u{feff} ::error::x ##\\u{5b}error]x"]);
    // The column is the page's.
    answer.finds(&["page.md:3:37"]);
}

#[test]
fn names_that_an_author_chose_are_shown_and_not_obeyed() {
    for page in [
        format!("```rust,run,na{HIDDEN}me=a\n```\n"),
        format!("```x{HIDDEN},run\n```\n"),
        format!("[x](<none{HIDDEN}.md>)\n\n[x](<#none{HIDDEN}>)\n"),
        format!("<!-- check:\nascending [A{HIDDEN}]\n-->\n| A |\n|--|\n| 1 |\n"),
        format!("It is 5<!-- = two{HIDDEN} -->.\n"),
        "```rust,run\n{{#include none\u{9b}\u{202e}.rs}}\n```\n".to_owned(),
        format!("```rust,run,output=\"{HIDDEN} ::error::\n```\n"),
    ] {
        let answer = page_is_harmless(&page, &["check"]);
        assert_eq!(answer.status, 1, "{page}");
        answer.finds(&["\\u{9b}"]);
    }
}

#[test]
fn what_programs_print_is_shown_and_not_obeyed() {
    let escaped: String = HIDDEN
        .chars()
        .map(|c| c.escape_unicode().to_string())
        .collect();
    for (page, shown) in [
        (
            format!(
                "```rust,run\nprintln!(\"::error::a\\n  ::error::b\\n##[error]c {escaped}\");\n```\n\n```output\nother\n```\n"
            ),
            "\\u{9b}",
        ),
        (
            format!(
                "```rust,run\npanic!(\"\\n::error::a\\n##[error]b {escaped}\");\n```\n\n```output\n```\n"
            ),
            "\\u{9b}",
        ),
        (
            format!(
                "```rust,run\ncompile_error!(\"\\n::error::a\\n##[error]b {escaped}\");\n```\n"
            ),
            "##\\u{5b}error]b",
        ),
        (
            format!(
                "```sql,run\nselect nme as \"::error::{HIDDEN}\" from \"\n::error::##[a]{HIDDEN}\";\n```\n\n```output\n```\n"
            ),
            "\\u{9b}",
        ),
        ("<div>\n\n<span>\n\n<b\u{9b}\u{202e}>\n".to_owned(), ""),
    ] {
        let answer = page_is_harmless(&page, &["build"]);
        assert!(answer.stderr.contains(shown), "{}", answer.stderr);
    }
    let page = format!(
        "```rust,run\nprintln!(\"::error::a\\n##[error]c {escaped}\");\n```\n\n```output\n::error::b\n```\n"
    );
    page_is_harmless(&page, &["bless"]);
}

#[test]
fn warnings_of_mdbook_and_the_report_are_shown_and_not_obeyed() {
    let answer = page_is_harmless("# P\n\n[^a\u{9b}\u{202e}]: x\n", &["build"]);
    answer.gives_up(&["warning[mdbook]: ", "a\\u{9b}\\u{202e}"]);
    let answer = page_is_harmless(
        "# P\n\n| A |\n|--|\n| \u{1b}##[error]\u{202e} 5 GB |\n",
        &["report"],
    );
    answer.succeeds();
}

#[test]
fn a_panic_of_mdbooks_is_printed_once_and_ends_with_a_status_of_ours() {
    let book = Book::new("# P\n\n<code class=\"language-rust\">\u{9b}x</code>\n");
    let answer = is_harmless(|words| book.run(words), &["build"]);
    answer.gives_up(&["panicked at "]);
    assert!(!answer.stderr.contains("disabled backtrace"));
}

#[cfg(unix)]
#[test]
fn names_of_files_are_shown_and_not_obeyed() {
    let name = "a\u{1b}[2J\u{9b}\u{202e}\n::error::b##[error].md";
    let book = Book::with(&[("page.md", "# P\n")], "");
    book.write(
        &format!("notes/{name}"),
        "# A\n\n5<!-- = 2 + 2 -->\n\n[x](#none)\n",
    );
    book.write(
        "src/SUMMARY.md",
        "# Summary\n\n- [A](<a\u{1b}[2J\u{9b}\u{202e}.md>)\n- [P](page.md)\n",
    );
    book.write(
        "src/a\u{1b}[2J\u{9b}\u{202e}.md",
        "# A\n\n5 GB 5<!-- = 2 + 2 -->\n\n[x](#none)\n",
    );
    let run = |words: &[&str]| book.run(words);
    for words in [
        &["check"][..],
        &["check", "--verbose"],
        &["build"],
        &["report"],
        &["lint", "src"],
        &["fix"],
        &["bless"],
    ] {
        is_harmless(run, words);
    }
    is_harmless(run, &["check"]).finds(&["src/a\\u{1b}[2J\\u{9b}\\u{202e}.md:"]);
    is_harmless(run, &["lint", &format!("notes/{name}"), "none\u{9b}"]).gives_up(&["none\\u{9b}"]);
    is_harmless(run, &["check", "none\u{1b}\n::error::x"]).gives_up(&["none\\u{1b}"]);
    is_harmless(run, &["check", "--dir", "none\u{1b}\n::error::x"]).gives_up(&["none\\u{1b}"]);
    is_harmless(run, &["explain", "none\u{1b}\n::error::x##[error]"]).gives_up(&["none\\u{1b}"]);
    is_harmless(run, &["new", "chapter", "T\u{1b}\u{9b}\u{202e}##[error]"]);
    for words in [
        ["\u{1b}[2J\n::error::x"],
        ["--\u{9b}##[error]x"],
        ["\u{202e}"],
    ] {
        let answer = book.run(&words);
        answer.gives_up(&["\\u{"]);
        assert!(!answer.stderr.chars().any(is_hidden), "{}", answer.stderr);
        assert!(!answer.stderr.contains("##["), "{}", answer.stderr);
        assert!(
            !answer
                .stderr
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn the_configuration_is_shown_and_not_obeyed() {
    let escaped = "\\u001b[2J\\u009b\\u202e\\n::error::x##[error]";
    for (lines, page) in [
        (format!("\"{escaped}\" = 1\n"), ""),
        (format!("library = \"{escaped}\"\n"), "```rust,run\n```\n"),
        (format!("prelude = \"{escaped}\"\n"), ""),
        (format!("explanation = \"{escaped}\"\n"), ""),
        (
            format!("[preprocessor.proof.runner.\"{escaped}\"]\ncommand = \"none\"\n"),
            "```x,run\n```\n",
        ),
        (
            format!("[preprocessor.proof.runner.x]\ncommand = \"none{escaped}\"\n"),
            "```x,run\n```\n",
        ),
        (
            format!("[preprocessor.proof.runner.x]\ncommand = \"ls\"\nmemory = \"{escaped}\"\n"),
            "```x,run\n```\n",
        ),
        (
            format!("[preprocessor.proof.runner.x]\n\"{escaped}\" = \"ls\"\n"),
            "",
        ),
    ] {
        let book = Book::with(&[("page.md", page)], &lines);
        is_harmless(|words| book.run(words), &["check"]);
    }
}

#[test]
fn every_message_is_of_a_bounded_size() {
    let line = "x ".repeat(500_000);
    for (page, is_cut) in [
        // Of this one an annotation holds nothing.
        (format!("{line}5<!-- = 2 + 2 -->{line}\n"), false),
        (
            format!("```rust,run,{}\n```\n", "x".repeat(1_000_000)),
            true,
        ),
        (format!("[x](#{})\n", "x".repeat(1_000_000)), true),
        (
            "```rust,run\nprintln!(\"{}\", \"x\".repeat(900_000));\n```\n\n```output\nother\n```\n".to_owned(),
            true,
        ),
        (
            "```rust,run\nprint!(\"{}\", \"x\\n\".repeat(100_000));\n```\n\n```output\nother\n```\n".to_owned(),
            true,
        ),
    ] {
        let book = Book::new(&page);
        for (format, most) in [("human", 20_000), ("github", 20_000), ("json", 100_000)] {
            let answer = book.run(&["check", "--format", format]);
            assert_eq!(answer.status, 1, "{}", answer.stderr);
            let size = answer.stdout.len() + answer.stderr.len();
            assert!(size < most, "{format}: {size} bytes for {}", &page[..40]);
            let text = format!("{}{}", answer.stdout, answer.stderr);
            assert!(text.contains('…') || !is_cut, "{format}: {text}");
        }
    }
}

#[test]
fn annotations_are_few_and_the_log_lists_all() {
    let book = Book::new(&"5<!-- = 2 + 2 -->\n\n".repeat(120));
    let answer = book.run(&["check", "--format", "github"]);
    assert_eq!(answer.status, 1);
    assert_eq!(answer.stdout.lines().count(), 51, "{}", answer.stdout);
    assert!(
        answer
            .stdout
            .ends_with("and 70 more findings, which the log lists\n"),
        "{}",
        answer.stdout
    );
    assert_eq!(answer.stderr.matches("error[figure]").count(), 70);
    assert!(answer.stderr.ends_with("120 findings\n"));
}

#[test]
fn an_annotation_is_written_by_the_rules_of_github() {
    let book = Book::with(&[("a,b:c%.md", "# A\n\n[100%](none.md)\n")], "");
    let answer = book.run(&["check", "--format", "github"]);
    let line = answer.stdout.lines().next().unwrap();
    assert!(
        line.starts_with("::error file=src/a%2Cb%3Ac%25.md,line=3,col=8,endLine=3,title=link::"),
        "{line}"
    );
    assert!(line.contains("`none.md`%0A"), "{line}");
}

#[test]
fn with_json_standard_output_is_for_programs_alone() {
    let right = "# P\n\n| A |\n|--|\n| 5 GB |\n";
    let wrong = "# P\n\n5<!-- = 2 + 2 -->\n\n[x](none.md)\n";
    for (page, words, status, lines) in [
        (right, &["check"][..], 0, 0),
        (wrong, &["check"], 1, 2),
        (right, &["report"], 0, 1),
        (wrong, &["report"], 1, 3),
        (right, &["bless"], 0, 0),
        (wrong, &["bless"], 1, 2),
        (wrong, &["bless", "--diff"], 1, 2),
        (right, &["build"], 0, 0),
        (right, &["lint", "src"], 0, 0),
        ("| A |\n|--|\n| 1 | 2 |\n", &["lint", "src"], 1, 1),
        (right, &["fix"], 0, 0),
        ("| A | B |\n|--|--|\n| `1|2` | 3 |\n", &["fix"], 0, 1),
        (right, &["new", "chapter", "T"], 0, 0),
        (right, &["explain", "link"], 0, 1),
    ] {
        let book = Book::new(page);
        let answer = book.run(&[words, &["--format", "json"]].concat());
        assert_eq!(
            answer.status, status,
            "{words:?}: {}{}",
            answer.stdout, answer.stderr
        );
        let values: Vec<Value> = answer
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(values.len(), lines, "{words:?}: {}", answer.stdout);
        assert!(
            values.iter().all(Value::is_object),
            "{words:?}: {}",
            answer.stdout
        );
    }
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (_, writer) = std::io::pipe().unwrap();
    writer.into()
}

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let book = Book::new("# P\n\n5 GB, 5<!-- = 2 + 2 -->\n");
    let right = Book::new("# P\n");
    for (book, words, status) in [
        (&right, &["check"][..], 0),
        (&right, &["report"], 0),
        (&right, &["build"], 0),
        (&right, &["explain"], 0),
        (&right, &["explain", "link"], 0),
        (&right, &["lint", "src"], 0),
        (&right, &["--help"], 0),
        (&right, &["--version"], 0),
        (&right, &["nonsense"], 2),
        (&book, &["check"], 1),
        (&book, &["report"], 1),
        (&book, &["check", "--format", "json"], 1),
        (&book, &["check", "--format", "github"], 1),
        (&book, &["bless", "--diff"], 1),
        // Last, since it changes the page.
        (&book, &["bless"], 0),
    ] {
        let run = |out: Stdio, err: Stdio| {
            let mut command = book.command();
            command.arg("--book").args(words).stdout(out).stderr(err);
            answer(command.spawn().unwrap().wait_with_output().unwrap())
        };
        if words != ["bless"] {
            let both = run(closed(), closed());
            assert_eq!(both.status, status, "{words:?}");
        }
        let out = run(closed(), Stdio::piped());
        assert_eq!(out.status, status, "{words:?}: {}", out.stderr);
        assert!(
            !out.stderr.contains("panicked") && !out.stderr.contains("pipe"),
            "{words:?}: {}",
            out.stderr
        );
    }
    assert!(book.page().contains("4<!-- = 2 + 2 -->"), "{}", book.page());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let book = Book::new("# P\n");
    for words in [&["check"][..], &["report"], &["explain"], &["lint", "src"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut command = book.command();
        command.args(words).stdout(full).stderr(Stdio::piped());
        let answer = answer(command.spawn().unwrap().wait_with_output().unwrap());
        answer.gives_up(&["error: failed to write to standard output: No space left"]);
        assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    }
}

#[test]
fn one_of_a_kind_is_not_many() {
    let book = Book::new("# P\n\nIt is 4<!-- = 2 + 2 -->.\n");
    let answer = book.run(&["check"]);
    assert_eq!(
        answer.stdout,
        "1 page, 0 runs verified, 1 figure computed: all is right\n"
    );
    assert_eq!(
        book.run(&["lint", "src/page.md"]).stdout,
        "1 file: its tables are right\n"
    );
    let book = Book::with(&[("page.md", "[^a]: x\n"), ("b.md", "# B\n")], "");
    book.run(&["build"]).gives_up(&["mdBook gave 1 warning,"]);
    assert_eq!(
        book.run(&["check"]).stdout,
        "2 pages, 0 runs verified, 0 figures computed: all is right\n"
    );
}

#[test]
fn counts_in_findings_are_those_of_people() {
    for (page, said) in [
        ("| A |\n|--|--|\n| 1 |\n", "the header has 1 cell and"),
        (
            "<!-- check: sum [A] -->\n| A |\n|--|\n| 1 GB |\n| 2 GB |\n",
            "the only cell above is not this",
        ),
        (
            "<!-- check: share [A] -->\n| A |\n|--|\n| 40 % |\n",
            "the only share is 40 %, not 100 %",
        ),
    ] {
        let answer = Book::new(page).run(&["check"]);
        answer.finds(&[said]);
        assert!(
            answer.stderr.ends_with("\n1 finding\n"),
            "{}",
            answer.stderr
        );
    }
}
