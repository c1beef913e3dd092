//! What `bless` writes: never a second output, nothing invisible, and no failure that is not the block's own.

use crate::fixture::Book;
#[cfg(unix)]
use std::process::Command;

const SH: &str = "[preprocessor.proof.runner.sh]\ncommand = \"sh\"\n";
const CODE: &str = "```rust,run\nprintln!(\"hi\");\n```\n";

/// The page has one finding, which says these things; `bless` makes the other page of it, which is right.
#[track_caller]
fn repaired(page: &str, texts: &[&str], blessed: &str) {
    let book = Book::new(page);
    let answer = book.run(&["check"]);
    answer.finds(texts).finds(&["1 finding\n"]);
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), blessed, "from\n{page}");
    book.run(&["check"]).succeeds();
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), blessed);
}

#[test]
fn a_misplaced_output_is_moved_below_its_block() {
    let right = |rest: &str| format!("{CODE}\n```output\nhi\n```\n{rest}");
    let texts = ["not right below its block", "cargo book bless src/page.md:"];
    for stale in ["hi", "ho", "old\n\nlines"] {
        let output = format!("```output\n{stale}\n```\n");
        repaired(
            &format!("{CODE}\nText.\n\n{output}"),
            &texts,
            &right("\nText.\n"),
        );
        repaired(&format!("{output}\n{CODE}"), &texts, &right(""));
        repaired(
            &format!("{output}{CODE}\nEnd.\n"),
            &texts,
            &right("\nEnd.\n"),
        );
        repaired(
            &format!("Before.\n\n{output}\nBetween.\n\n{CODE}\nEnd.\n"),
            &texts,
            &format!("Before.\n\nBetween.\n\n{}", right("\nEnd.\n")),
        );
    }
    // Attributes and containers stay.
    repaired(
        "> ```rust,run\n> println!(\"hi\");\n> ```\n>\n> Text.\n>\n> ```output,guess\n> ho\n> ```\n",
        &texts,
        "> ```rust,run\n> println!(\"hi\");\n> ```\n>\n> ```output,guess\n> hi\n> ```\n>\n> Text.\n",
    );
}

#[test]
fn of_two_blocks_the_one_whose_output_it_is_gets_it() {
    let other = "```rust,run\nprintln!(\"ho\");\n```\n";
    let book = Book::new(&format!(
        "{CODE}\nText.\n\n```output\nho\n```\n\nMore.\n\n{other}"
    ));
    book.run(&["check"]).finds(&[
        "no output under it",
        "its block, which is in line 13",
        "2 findings",
    ]);
    book.run(&["bless"]).succeeds();
    let blessed =
        format!("{CODE}\n```output\nhi\n```\n\nText.\n\nMore.\n\n{other}\n```output\nho\n```\n");
    assert_eq!(book.page(), blessed);
}

#[test]
fn a_second_output_is_taken_out_and_that_of_shown_code_is_not() {
    let right = format!("{CODE}\n```output\nhi\n```\n");
    for second in ["hi", "ho", ""] {
        repaired(
            &format!("{right}\n```output\n{second}\n```\n\nText.\n"),
            &["page.md:9:1", "the block in line 1 has a second output"],
            &format!("{right}\nText.\n"),
        );
    }
    // The code above it has no `run`: a person has to say what is meant.
    let page = format!("{CODE}\n```rust\nshown();\n```\n\n```output\nshown\n```\n");
    let book = Book::new(&page);
    book.run(&["bless"])
        .finds(&["no block that runs above it", "1 finding"]);
    assert!(
        book.page()
            .ends_with("```rust\nshown();\n```\n\n```output\nshown\n```\n")
    );
}

#[test]
fn each_of_several_stray_outputs_is_found() {
    let stray = |text: &str| format!("```output\n{text}\n```\n\n");
    let right = format!("{CODE}\n{}", stray("hi"));
    for (page, findings) in [
        (
            format!("{}{}{CODE}", stray("a"), stray("b")),
            "2 findings\n",
        ),
        (
            format!("{right}{}{}", stray("hi"), stray("b")),
            "2 findings\n",
        ),
        (
            format!("{right}Text.\n\n{}Text.\n\n{}", stray("a"), stray("b")),
            "2 findings\n",
        ),
        (
            format!("{right}```text\nx\n```\n\n{}{}", stray("a"), stray("b")),
            "2 findings\n",
        ),
        // One fault of the block is said once.
        (
            format!(
                "```rust,run,x=1\n```\n\nText.\n\n{}{}",
                stray("a"),
                stray("b")
            ),
            "1 finding\n",
        ),
    ] {
        let book = Book::new(&page);
        book.run(&["check"]).finds(&[findings]);
        // What is left of them after `bless` is still found.
        let left = book.run(&["bless"]);
        let outputs = book.page().matches("```output").count();
        assert_eq!(
            left.status == 0,
            outputs == 1,
            "{}\n{}",
            book.page(),
            left.stderr
        );
    }
}

#[test]
fn an_output_that_is_never_closed_is_closed() {
    let texts = ["page.md:5:1", "never closed", "cargo book bless"];
    for (swallowed, rest) in [
        ("hi\n", ""),
        ("hi\n\nText.\n", "\nText.\n"),
        ("hi\nText.\n", "\nText.\n"),
        ("hy\n\n## More\n\nText.\n", "\n## More\n\nText.\n"),
    ] {
        repaired(
            &format!("{CODE}\n```output\n{swallowed}"),
            &texts,
            &format!("{CODE}\n```output\nhi\n```\n{rest}"),
        );
    }
    let code = "> ```rust,run\n> println!(\"12\");\n> ```\n>\n";
    repaired(
        &format!("{code}> ```output\n> 7\n>\n> More.\n\nText.\n"),
        &["page.md:5:3", "never closed"],
        &format!("{code}> ```output\n> 12\n> ```\n>\n> More.\n\nText.\n"),
    );
    // Which of these lines are output, nobody can know.
    let page = format!("{CODE}\n```output\nSome text\nthat follows.\n");
    let book = Book::new(&page);
    book.run(&["bless"])
        .finds(&["end the output with a line ```", "1 finding"]);
    assert_eq!(book.page(), page);
}

#[test]
fn a_faulty_block_makes_no_finding_of_its_output() {
    for (fence, gap) in [
        ("rust,run,editable", "\n"),
        ("rust,run,edition2021", "\nText.\n\n"),
        ("rust,run,should_panic", ""),
        ("cobol,run", "\nText.\n\n"),
    ] {
        let book = Book::new(&format!(
            "```{fence}\nprintln!(\"hi\");\n```\n{gap}```output\nhi\n```\n"
        ));
        book.run(&["check"]).finds(&["page.md:1:4", "1 finding\n"]);
    }
    for code in ["nonsense", "panic!(\"x\");", "{{#include none.rs}}"] {
        let book = Book::new(&format!(
            "```rust,run\n{code}\n```\n\nText.\n\n```output\nhi\n```\n"
        ));
        book.run(&["check"]).finds(&["1 finding\n"]);
    }
    let page = format!("{CODE}\n```output,elidded=\"x\"\n...\n```\n");
    let book = Book::new(&page);
    book.run(&["bless"])
        .finds(&["did you mean `elided`", "1 finding\n"]);
    assert_eq!(book.page(), page);
}

#[test]
fn a_new_output_has_a_blank_line_above_it_unless_that_would_loosen_a_list() {
    for (page, blessed) in [
        (CODE.to_owned(), format!("{CODE}\n```output\nhi\n```\n")),
        (format!("{CODE}Text.\n"), format!("{CODE}\n```output\nhi\n```\n\nText.\n")),
        (
            "> ```rust,run\n> println!(\"hi\");\n> ```\n> Text.\n".to_owned(),
            "> ```rust,run\n> println!(\"hi\");\n> ```\n>\n> ```output\n> hi\n> ```\n>\n> Text.\n".to_owned(),
        ),
        (
            "- one\n  ```rust,run\n  println!(\"hi\");\n  ```\n- two\n".to_owned(),
            "- one\n  ```rust,run\n  println!(\"hi\");\n  ```\n  ```output\n  hi\n  ```\n- two\n".to_owned(),
        ),
        (
            "1. one\n\n   ```rust,run\n   println!(\"hi\");\n   ```\n".to_owned(),
            "1. one\n\n   ```rust,run\n   println!(\"hi\");\n   ```\n\n   ```output\n   hi\n   ```\n".to_owned(),
        ),
    ] {
        repaired(&page, &["no output under it"], &blessed);
        let crlf = |text: &str| text.replace('\n', "\r\n");
        repaired(&crlf(&page), &["no output under it"], &crlf(&blessed));
    }
}

#[test]
fn elided_parts_may_differ_between_runs_and_keep_their_elisions() {
    let random = "println!(\"start 1\");\nlet at = std::collections::hash_map::RandomState::new();\nuse std::hash::BuildHasher;\nprintln!(\"n=1 at {:016x}, end\", at.hash_one(1));\n";
    let page = |output: &str| {
        format!("```rust,run\n{random}```\n\n```output,elided=\"random\"\n{output}```\n")
    };
    for (stale, right) in [
        ("start 0\nn=1 at [..], end\n", "start 1\nn=1 at [..], end\n"),
        ("start 1\nn=0 at [..], end\n", "start 1\nn=1 at [..], end\n"),
        ("start 2\n...\n", "start 1\n...\n"),
    ] {
        let book = Book::new(&page(stale));
        book.run(&["bless"]).succeeds();
        assert_eq!(book.page(), page(right));
        book.run(&["check", "--repeat", "4"]).succeeds();
    }
    // A difference outside of what is elided is one.
    let book = Book::new(&page("start [..]\nn=1 end\n"));
    book.run(&["bless"])
        .finds(&["two runs of the block gave different outputs"]);
    let page = "```rust,run\nfor i in 0..5 { println!(\"{i}\"); }\nprintln!(\"done 1\");\n```\n\n```output,elided=\"long\"\n0\n...\ndone 2\n```\n";
    repaired(
        page,
        &["-done 2", "+done 1"],
        &page.replace("done 2", "done 1"),
    );
}

#[test]
fn control_characters_become_pictures_of_themselves() {
    for (printed, shown) in [
        ("\\u{1b}[31mred\\u{1b}[0m", "␛[31mred␛[0m"),
        ("a\\0b\\u{8}c", "a␀b␈c"),
        ("10%\\r20%", "10%␍20%"),
        ("\\u{7f}\\u{9b}2J", "␡\\u{9b}2J"),
        ("a\\tb", "a\tb"),
        ("if \\u{202e}admin\\u{2066}", "if \\u{202e}admin\\u{2066}"),
    ] {
        let code = format!("```rust,run\nprintln!(\"{printed}\");\n```\n");
        repaired(
            &code,
            &["no output under it"],
            &format!("{code}\n```output\n{shown}\n```\n"),
        );
    }
    let code =
        "```rust,run=fails\neprintln!(\"\\u{1b}[1mno\\u{7}\");\nstd::process::exit(1);\n```\n";
    repaired(
        code,
        &["no output under it"],
        &format!("{code}\n```output\n␛[1mno␇\nexit status 1\n```\n"),
    );
    // A page that holds the characters themselves.
    let code = "```rust,run\nprintln!(\"\\u{1b}[1m\");\n```\n\n```output\n␛[1m\n```\n";
    repaired(
        &code.replace('␛', "\u{1b}"),
        &["\\u{1b}[1m", "\\u{241b}[1m"],
        code,
    );
}

#[test]
fn a_difference_that_nobody_sees_is_spelled_out() {
    let book = Book::new(
        "```rust,run\nprintln!(\"trail  \");\nprintln!(\"tab\\t\");\nprintln!(\"a\\u{a0}b\");\nprintln!(\"3\\u{2013}4\");\n```\n\n```output\ntrail\ntab\na b\n3-4\n```\n",
    );
    book.run(&["check"]).finds(&[
        "-trail\n",
        "+trail··\n",
        "+tab→\n",
        "-a·b\n",
        "+a\\u{a0}b\n",
        "+3\\u{2013}4\n",
        "`·` is a space here",
    ]);
}

#[test]
fn a_failure_that_is_not_the_blocks_own_is_never_blessed() {
    let sh = |command: &str| format!("[preprocessor.proof.runner.sh]\ncommand = \"{command}\"\n");
    let bounds = "because of its bounds, not for its own reason";
    let start = "didn't start, so it didn't fail for its own reason";
    for (fence, code, configuration, texts) in [
        (
            "sh,run=fails",
            "cat /etc/passwd",
            sh("sh"),
            [bounds, "[preprocessor.proof.runner.sh]"],
        ),
        (
            "sh,run=fails",
            "read x < /etc/passwd # Permission denied",
            sh("sh"),
            [bounds, "`read = [\"PATH\"]`"],
        ),
        (
            "sh,run=fails",
            "echo x > /etc/x",
            sh("sh"),
            [bounds, "no files but those"],
        ),
        (
            "sh,run=fails",
            "true | true",
            sh("sh"),
            [bounds, "`processes = true`"],
        ),
        (
            "sh,run=fails",
            "echo $(echo x)",
            sh("bash"),
            [bounds, "processes = true"],
        ),
        (
            "sh,run=fails",
            "exit 1",
            sh("env no-such-shell"),
            [start, "`command`"],
        ),
        (
            "sh,run=fails",
            "exit 1",
            sh("sh /no/such/file"),
            [start, "`read = [\"PATH\"]`"],
        ),
        (
            "sh,run=fails",
            "exit 1",
            sh("bash --nonsense"),
            [start, "[preprocessor.proof.runner.sh] of book.toml"],
        ),
        (
            "rust,run=fails",
            "std::fs::read(\"/etc/passwd\").unwrap();",
            String::new(),
            [bounds, "no files but those"],
        ),
        (
            "rust,run=fails",
            "println!(\"{:?}\", std::fs::read(\"/etc/passwd\").unwrap_err().kind());\nstd::process::exit(1);",
            String::new(),
            [bounds, "no files but those"],
        ),
        (
            "rust,run=fails",
            "std::process::Command::new(\"/bin/true\").status().unwrap();",
            String::new(),
            [bounds, "starts no processes"],
        ),
        (
            "rust,run=fails",
            "std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();",
            String::new(),
            [bounds, "no network"],
        ),
        (
            "rust,run=fails",
            "println!(\"{}\", vec![1u8; 30 << 30].len());",
            String::new(),
            [bounds, "2 GiB of address space"],
        ),
        (
            "rust,run=fails,timeout=20s",
            "let mut file = std::fs::File::create(\"f\").unwrap();\nfor _ in 0..99 { std::io::Write::write_all(&mut file, &[0; 1 << 20]).unwrap(); }",
            String::new(),
            [bounds, "no file over 64 MiB"],
        ),
    ] {
        let page = format!("```{fence}\n{code}\n```\n");
        let book = Book::with(&[("page.md", &page)], &configuration);
        book.run(&["bless"])
            .finds(&texts)
            .finds(&["page.md:", "1 finding\n"]);
        assert_eq!(book.page(), page);
    }
}

#[test]
fn a_failure_of_the_blocks_own_is_blessed_whatever_it_says() {
    for (fence, code, text) in [
        (
            "sh,run=fails",
            "echo 'Permission denied: ann' >&2; exit 13",
            "Permission denied: ann",
        ),
        (
            "sh,run=fails",
            "echo 'page not found'; exit 127",
            "page not found",
        ),
        ("sh,run=fails", "nosuchcommand", "nosuchcommand: not found"),
        (
            "sh,run=fails",
            "exec sh -c nosuch",
            "sh: 1: nosuch: not found",
        ),
        ("sh,run=fails", "exec env nosuch", "env: "),
        (
            "rust,run=fails",
            "panic!(\"permission denied for {}\", \"ann\");",
            "permission denied for ann",
        ),
        (
            "rust,run=fails",
            "let error = std::io::Error::from_raw_os_error(2);\npanic!(\"{error}\");",
            "No such file",
        ),
        // An error of a library's, or of a module that is like one.
        (
            "rust,run=fails",
            "mod acl { #[derive(Debug)] pub struct PermissionDenied; pub fn read() -> Result<u8, PermissionDenied> { Err(PermissionDenied) } }\nacl::read().unwrap();",
            "PermissionDenied",
        ),
        (
            "rust,run=fails",
            "panic!(\"out of memory: {} pages\", 3);",
            "out of memory: 3 pages",
        ),
        (
            "rust,run=fails",
            "std::process::exit(126);",
            "exit status 126",
        ),
    ] {
        let page = format!("```{fence}\n{code}\n```\n");
        let book = Book::with(&[("page.md", &page)], SH);
        book.run(&["bless"]).succeeds();
        assert!(book.page().contains(text), "{}", book.page());
    }
}

#[cfg(unix)]
#[test]
fn git_applies_the_patch_of_a_book_in_a_folder_at_the_root() {
    let git = |book: &Book, words: &[&str]| {
        let output = Command::new("git")
            .current_dir(book.root())
            .args(words)
            .output();
        output.ok().map(|output| output.status.success())
    };
    for page in [
        CODE.to_owned(),
        CODE.trim_end().to_owned(),
        CODE.replace('\n', "\r\n"),
    ] {
        let book = Book::new("text\n");
        for file in ["book.toml", "src/SUMMARY.md"] {
            book.write(&format!("docs/{file}"), &book.read(file));
        }
        book.write("docs/src/page.md", &page);
        if git(&book, &["init", "-q"]).is_none() {
            return;
        }
        let patch = book.run(&["bless", "--diff", "--dir", "docs"]);
        book.write("a.patch", &patch.stdout);
        assert_eq!(
            git(&book, &["apply", "a.patch"]),
            Some(true),
            "{}",
            patch.stdout
        );
        book.run(&["check", "--dir", "docs"]).succeeds();
    }
}

#[test]
fn a_program_that_cannot_start_names_its_setting_in_any_block() {
    for command in [
        "env no-such-shell",
        "sh /no/such/file",
        "bash --nonsense",
        "/etc/passwd",
    ] {
        let configuration = format!("[preprocessor.proof.runner.sh]\ncommand = \"{command}\"\n");
        let book = Book::with(&[("page.md", "```sh,run\necho 1\n```\n")], &configuration);
        book.run(&["check"]).finds(&[
            "page.md:1:1",
            "could not be started",
            "in [preprocessor.proof.runner.sh] of book.toml",
            "`command`",
        ]);
    }
}
