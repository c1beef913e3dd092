//! A book in a folder of its repository: messages name paths that exist from where one stands, and commands that work there.

use crate::fixture::{Book, answer};
use serde_json::Value;

/// A book in the folder `docs` of a folder, which is a repository or none.
fn in_docs(is_repository: bool) -> Book {
    let book = Book::new("# Other\n");
    std::fs::remove_file(book.root().join("book.toml")).unwrap();
    book.write(
        "docs/book.toml",
        "[book]\ntitle = \"Docs\"\n\n[preprocessor.proof]\nbefore = [\"links\"]\n",
    );
    book.write("docs/src/SUMMARY.md", "# Summary\n\n- [P](page.md)\n");
    book.write(
        "docs/src/page.md",
        "# P\n\nIs 43<!-- = 6×7 -->. It has 5 GB.\n",
    );
    if is_repository {
        book.write(".git/HEAD", "");
    }
    book
}

#[test]
fn messages_name_paths_and_commands_from_where_one_stands() {
    for is_repository in [true, false] {
        let book = in_docs(is_repository);
        for (from, words, path, accept) in [
            (
                ".",
                &["--dir", "docs"][..],
                "docs/src/page.md:3:4",
                "bless --dir docs docs/src/page.md:3\n",
            ),
            ("docs", &[], "src/page.md:3:4", "bless src/page.md:3\n"),
            ("docs/src", &[], "page.md:3:4", "bless page.md:3\n"),
            (
                "src",
                &["--dir", "../docs/src"],
                "/docs/src/page.md:3:4",
                "bless --dir ../docs/src /",
            ),
        ] {
            let run = |more: &[&str]| {
                let mut command = book.command();
                command
                    .current_dir(book.root().join(from))
                    .args(words)
                    .args(more);
                answer(command.output().unwrap())
            };
            let answer = run(&["check"]);
            answer.finds(&[path, &format!("to accept it: mdbook-proof {accept}")]);
            let report = run(&["report"]).stdout;
            assert!(report.contains(path.split(':').next().unwrap()), "{report}");
            let annotated = run(&["check", "--format", "github"]).stdout;
            let expected = match (is_repository, from) {
                (true, _) | (_, ".") => "file=docs/src/page.md,",
                (_, "docs") => "file=src/page.md,",
                (_, "docs/src") => "file=page.md,",
                _ => "/docs/src/page.md,",
            };
            assert!(annotated.contains(expected), "{annotated}");
            let json: Value =
                serde_json::from_str(&run(&["check", "--format", "json"]).stdout).unwrap();
            assert_eq!(json["path"], "src/page.md");
            // What it says to do does it.
            let command = answer
                .stderr
                .split("to accept it: mdbook-proof ")
                .nth(1)
                .unwrap();
            let command: Vec<&str> = command.lines().next().unwrap().split(' ').collect();
            let mut bless = book.command();
            bless.current_dir(book.root().join(from)).args(command);
            crate::fixture::answer(bless.output().unwrap()).succeeds();
            let page = book.read("docs/src/page.md");
            assert!(page.contains("Is 42"), "{page}");
            book.write("docs/src/page.md", &page.replace("42", "43"));
        }
    }
}

#[test]
fn a_page_is_found_in_the_book_where_two_books_have_it() {
    let book = in_docs(false);
    book.write("src/page.md", "# Another\n");
    let answer = book.run(&["bless", "--dir", "docs", "src/page.md:3"]);
    answer.succeeds();
    assert!(book.read("docs/src/page.md").contains("Is 42"));
}
