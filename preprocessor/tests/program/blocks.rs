//! What a block can be: one that fails, one with includes, in another language, with hidden lines.

use crate::fixture::Book;

/// The page is right, and so is the page that `bless` makes of one without outputs.
#[track_caller]
fn right(page: &str) -> Book {
    let book = Book::new(page);
    book.run(&["bless"]).succeeds();
    assert_eq!(book.page(), page);
    book.run(&[]).succeeds();
    book
}

#[test]
fn a_block_that_has_to_fail_is_compared_by_what_it_says() {
    right(
        "```rust,run=fails\nprintln!(\"before\");\nlet list = [1, 2];\nlet at = list.len();\nprintln!(\"{}\", list.get(at).expect(\"an element\"));\n```\n\n```output\nbefore\nthread 'main' panicked:\nan element\n```\n",
    );
    right(
        "```rust,run=fails\neprintln!(\"no\");\nstd::process::exit(3);\n```\n\n```output\nno\nexit status 3\n```\n",
    );
    let book = Book::new("```rust,run=fails\nprintln!(\"1\");\n```\n\n```output\n1\n```\n");
    book.run(&[])
        .finds(&["page.md:1:1", "has to fail, and succeeded"]);
}

#[test]
fn sql_blocks_share_a_database_and_fail_at_their_statement() {
    right(
        "```sql,run\ncreate table posts (id integer primary key, text);\ninsert into posts (text) values ('a'), ('b');\n```\n\nText.\n\n```sql,run\nselect id, text from posts;\n```\n\n```output\n| id | text |\n| -: | ---- |\n|  1 | a    |\n|  2 | b    |\n```\n\n```sql,run=fails\ninsert into posts (id) values (1);\n```\n\n```output\nerror: UNIQUE constraint failed: posts.id\n```\n",
    );
    let book = Book::new(
        "```sql,run\nselect 1;\n  select nme\nfrom t;\n```\n\n```sql,run\nselect 2;\n```\n",
    );
    let answer = book.run(&[]);
    answer.finds(&["page.md:3:", "no such", "1 finding"]);
}

#[test]
fn includes_are_expanded_once_at_top_level_in_lists_and_in_quotes() {
    let file = "// ANCHOR: f\nfn f() -> &'static str {\n    \"```\"\n}\n// ANCHOR_END: f\n";
    let page = "```rust,run\n{{#include ../f.rs:f}}\nfn main() {\n    println!(\"{}\", f());\n}\n```\n\n````output\n```\n````\n\n- > ```rust,run\n  > {{#include ../f.rs}}\n  > fn main() { println!(\"{}\", f().len()); }\n  > ```\n  > ```output\n  > 3\n  > ```\n";
    let book = Book::new(page);
    book.write("f.rs", file);
    book.run(&[]).succeeds();
    let html = book.built();
    assert!(html.contains("fn f() -&gt; &amp;'static str {"), "{html}");
    assert!(!html.contains("#include"), "{html}");
    assert!(html.contains("<li>") && html.contains("<blockquote>"));
    book.write("f.rs", &file.replace("```", "````"));
    book.run(&[]).finds(&["+````", "+4"]);
    book.write("f.rs", &file.replace("\"```\"", "5u8"));
    book.run(&[]).finds(&["f.rs:3:5", "mismatched types"]);
}

#[test]
fn what_cannot_be_a_module_runs_too() {
    right(
        "```rust,run\n#![allow(dead_code)]\nfn unused() {}\nfn main() { println!(\"{}\", module_path!()); }\n```\n\n```output\nblock\n```\n\n```rust,run\nmod inner { pub fn f() -> u8 { 7 } }\nfn main() { println!(\"{}\", crate::inner::f()); }\n```\n\n```output\n7\n```\n",
    );
}

#[test]
fn hidden_lines_run_and_stay_hidden() {
    let book = right(
        "```rust,run\n# let hidden = 7;\nprintln!(\"{hidden}\");\n```\n\n```output\n7\n```\n",
    );
    assert!(
        book.built()
            .contains("<span class=\"boring\">let hidden = 7;"),
        "{}",
        book.built()
    );
}

#[test]
fn other_languages_run_by_the_command_that_the_book_names() {
    let page = "```sh,run,name=shell\necho '| n | x |'\necho '|---|---|'\necho '| 1 | 5 |'\n```\n\n```output\n| n | x |\n|---|---|\n| 1 | 5 |\n```\n\nIt is 10<!-- = 2 × shell[1].x -->.\n";
    let runner = "\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\n";
    let book = Book::with(&[("page.md", page)], runner);
    book.run(&[]).succeeds();
    let book = Book::with(
        &[("page.md", page)],
        &runner.replace("\"sh\"", "\"no-such-shell\""),
    );
    book.run(&[])
        .gives_up(&["needs `no-such-shell`, which is not installed"]);
    let book = Book::with(&[("page.md", page)], &format!("{runner}comand = \"x\"\n"));
    book.run(&[]).gives_up(&["comand"]);
}

#[test]
fn an_unknown_attribute_gets_a_suggestion() {
    for (fence, help) in [
        ("rust,run,timout=3s", "did you mean `timeout=20s`?"),
        ("rust,run,nane=x", "did you mean `name=NAME`?"),
        (
            "rust,run,colour=red",
            "a block that runs takes run, run=fails",
        ),
        ("rust,run,timeout=3", "write `timeout=20s`"),
        ("rust,run,timeout=9999s", "up to 600s"),
        ("rust,run,name=1x", "starts with a letter"),
    ] {
        Book::new(&format!("```{fence}\n```\n"))
            .run(&[])
            .finds(&["page.md:1:4", help]);
    }
}

#[test]
fn outputs_that_differ_from_run_to_run_are_refused() {
    let page = "```rust,run\nuse std::collections::HashMap;\nlet map = HashMap::from([(\"a\", 1), (\"b\", 2)]);\nprintln!(\"{:?}\", map.keys().collect::<Vec<_>>());\n```\n";
    let book = Book::new(page);
    book.run(&["bless"]).finds(&[
        "page.md:1:1",
        "two runs of the block gave different outputs",
        "-[\"a\", \"b\"]|-[\"b\", \"a\"]",
        "fixed seed",
    ]);
    assert_eq!(book.page(), page);
    book.run(&["check", "--repeat", "20"])
        .finds(&["two runs of the block gave different outputs"]);
}

#[test]
fn findings_come_as_workflow_commands_and_as_json() {
    let book = Book::new("a\n\n5 s<!-- = 2 s + 2 s -->, 50%\n");
    let answer = book.run(&["check", "--format", "github"]);
    answer.finds(&["1 finding"]);
    assert!(
        answer.stdout.starts_with("::error file=src/page.md,line=3,col=1,endLine=3,title=figure::the figure is not what its expression gives%0A"),
        "{}",
        answer.stdout
    );
    let answer = book.run(&["--format", "json"]);
    assert_eq!(answer.status, 1);
    assert_eq!(answer.stderr, "");
    let object: serde_json::Value = serde_json::from_str(answer.stdout.trim()).unwrap();
    assert_eq!(object["code"], "figure");
    assert_eq!(
        (&object["line"], &object["column"], &object["end_column"]),
        (&3.into(), &1.into(), &4.into())
    );
    assert_eq!(object["blessable"], true);
    assert_eq!(
        object["help"],
        "to accept it: cargo book bless src/page.md:3"
    );
}

#[test]
fn what_is_elided_may_differ_and_needs_its_reason() {
    let page = "```rust,run\nfor n in 0..5 { println!(\"line {n} of {}\", 5); }\n```\n\n```output,elided=\"only the ends matter\"\nline 0 of [..]\n...\nline 4 of 5\n```\n";
    let book = right(page);
    book.write("src/page.md", &page.replace("0..5", "0..6"));
    book.run(&[]).finds(&["page.md:5:1", "+line 5 of 5"]);
    book.run(&["bless"]).succeeds();
    assert!(
        book.page()
            .contains("line 0 of [..]\n...\nline 4 of 5\nline 5 of 5\n"),
        "{}",
        book.page()
    );
    book.write(
        "src/page.md",
        &page.replace(",elided=\"only the ends matter\"", ""),
    );
    book.run(&[])
        .finds(&["page.md:5:1", "-...", "+line 1 of 5"]);
    book.write(
        "src/page.md",
        "```rust,run\nprintln!(\"1\");\n```\n\n```output,elided=\"why\"\n1\n```\n",
    );
    book.run(&[]).finds(&["page.md:5:1", "nothing is elided"]);
}

#[test]
fn a_trigger_with_a_case_is_one_statement() {
    right(
        "```sql,run\ncreate table t (n integer);\ncreate trigger r after insert on t begin\n  update t set n = case when new.n > 1 then 1 else 0 end;\nend;\ninsert into t values (5);\nselect n from t;\n```\n\n```output\n|  n |\n| -: |\n|  1 |\n```\n",
    );
}

#[test]
fn main_is_found_by_tokens() {
    for program in [
        "let text = r\"\nfn main() {}\n\";\nprintln!(\"{}\", text.len());",
        "pub(crate) fn main() {\n    println!(\"14\");\n}",
        "/* fn main() {} */ println!(\"14\");",
        "fn\nmain()\n{ println!(\"14\") }",
        "mod inner { pub fn main() {} }\ninner::main();\nprintln!(\"14\");",
    ] {
        right(&format!(
            "```rust,run\n{program}\n```\n\n```output\n14\n```\n"
        ));
    }
}

#[cfg(unix)]
#[test]
fn a_failing_command_is_compared_without_the_folder_that_it_ran_in() {
    let page = "```sh,run=fails\nnosuchcommand\n```\n";
    let runner = "[preprocessor.proof.runner.sh]\ncommand = \"sh -u {file}\"\n";
    let book = Book::with(&[("page.md", page)], runner);
    book.run(&["bless"]).succeeds();
    let blessed = book.page();
    assert!(
        blessed.contains("block.sh: 1: nosuchcommand: not found"),
        "{blessed}"
    );
    assert!(!blessed.contains("run-"), "{blessed}");
    // Another folder, and nothing remembered.
    let other = Book::with(&[("page.md", &blessed)], runner);
    other.run(&[]).succeeds();
}

#[cfg(target_os = "linux")]
#[test]
fn help_names_the_limits_of_the_language_that_failed() {
    let page = "```sh,run\necho x > /etc/x\n```\n\n```rust,run\nstd::fs::write(\"/etc/x\", \"x\").unwrap();\n```\n";
    let runner = "[preprocessor.proof.runner.sh]\ncommand = \"sh\"\nprocesses = true\n";
    let book = Book::with(&[("page.md", page)], runner);
    book.run(&[])
        .finds(&["may start processes", "starts no processes"]);
}
