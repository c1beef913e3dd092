//! What a book reaches: its pages, includes, links and folders stay inside of it, and no page with our markup is left out.

use crate::fixture::{Answer, Book, answer};
use crate::protocol::{input, send};
use std::fs;

/// What `check`, `build` and `mdbook build` say of a book.
fn three(book: &Book) -> [Answer; 3] {
    let configuration: toml::Value = toml::from_str(&book.read("book.toml")).unwrap();
    let text = input("0.5.4", "# Page\n");
    let mut message: serde_json::Value = serde_json::from_str(&text).unwrap();
    message[0]["config"] = serde_json::to_value(configuration).unwrap();
    [
        book.run(&["check"]),
        book.run(&["build"]),
        send(book, message.to_string().as_bytes()),
    ]
}

#[track_caller]
fn refused(book: &Book, texts: &[&str]) {
    for answer in three(book) {
        answer.finds(texts);
    }
    assert!(!book.is_built());
}

#[cfg(unix)]
#[test]
fn a_link_in_src_is_no_file_of_the_book() {
    use std::os::unix::fs::symlink;
    for (name, to) in [
        ("env.txt", "/proc/self/environ"),
        ("secret.md", "../outside.md"),
        ("deep/up", "../.."),
        ("loop", "loop"),
        ("nothing.svg", "nowhere"),
        ("page2.md", "page.md"),
    ] {
        let book = Book::new("# Page\n");
        let path = book.root().join("src").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, &path).unwrap();
        refused(
            &book,
            &[
                &format!("src/{name}:1:1"),
                &format!("a link to `{to}`"),
                "1 finding",
            ],
        );
    }
    // The folder of the pages itself.
    let book = Book::new("# Page\n");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::rename(book.root().join("src"), elsewhere.path().join("pages")).unwrap();
    symlink(elsewhere.path().join("pages"), book.root().join("src")).unwrap();
    refused(&book, &["book.toml", "`src` leads outside of the book"]);
}

#[cfg(unix)]
#[test]
fn bless_does_not_write_through_a_link() {
    let book = Book::new("# Page\n");
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("page.md");
    fs::write(&file, "5<!-- = 2 + 2 -->\n").unwrap();
    fs::remove_file(book.root().join("src/page.md")).unwrap();
    std::os::unix::fs::symlink(&file, book.root().join("src/page.md")).unwrap();
    book.run(&["bless"])
        .finds(&["src/page.md:1:1", "a link to"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "5<!-- = 2 + 2 -->\n");
}

#[test]
fn a_listed_page_is_a_text_file_inside_of_src() {
    for (listed, message) in [
        ("../../x.md", "`../../x.md` lies outside of `src`"),
        ("../README.md", "`../README.md` lies outside of `src`"),
        ("a/../../x.md", "lies outside of `src`"),
        ("/etc/hostname", "`/etc/hostname` lies outside of `src`"),
        ("paeg.md", "there is no page `paeg.md`"),
        ("gone/x.md", "there is no page `gone/x.md`"),
        ("folder", "`folder` is no file"),
        (
            "https://example.org/x.md",
            "`https://example.org/x.md` is no page",
        ),
    ] {
        let book = Book::new("# Page\n");
        book.write("README.md", "# Outside\n");
        book.write("src/folder/a.txt", "");
        book.write(
            "src/SUMMARY.md",
            &format!("# Summary\n\n- [Page](page.md)\n- [Other]({listed})\n- [Draft]()\n"),
        );
        for command in ["check", "build", "bless", "report"] {
            book.run(&[command])
                .finds(&["src/SUMMARY.md:4:3", message, "1 finding"]);
        }
        assert!(!book.is_built());
        assert!(!book.root().join("src/gone").exists());
    }
    let book = Book::new("# Page\n");
    book.write("src/SUMMARY.md", "# Summary\n\n- [Page](paeg.md)\n");
    book.run(&["check"]).finds(&["did you mean `page.md`?"]);
}

#[test]
fn a_page_that_is_no_text_is_a_finding_in_it() {
    for (bytes, place, message) in [
        (&b"# t\n\n\xff\xfe x\n"[..], "src/bad.md:3:1", "not UTF-8"),
        (b"\xff\xfe#\0 \0t\0", "src/bad.md:1:1", "UTF-16"),
        (b"caf\xe9", "src/bad.md:1:4", "not UTF-8"),
        (b"abc\xed\xa0\x80", "src/bad.md:1:4", "not UTF-8"),
    ] {
        let book = Book::with(&[("page.md", "5<!-- = 4 -->\n"), ("bad.md", "")], "");
        fs::write(book.root().join("src/bad.md"), bytes).unwrap();
        for command in ["check", "build"] {
            book.run(&[command]).finds(&[place, message]);
        }
        // The same by an include.
        let book = Book::new("# P\n\n{{#include bad.txt}}\n");
        fs::write(book.root().join("src/bad.txt"), bytes).unwrap();
        book.run(&["check"])
            .finds(&["src/page.md:3:1", "can't be read"]);
    }
    let book = Book::new("# Page\n");
    fs::write(
        book.root().join("src/SUMMARY.md"),
        b"- [Page](page.md)\n\xff\n",
    )
    .unwrap();
    book.run(&["check"])
        .finds(&["src/SUMMARY.md:2:1", "not UTF-8"]);
}

#[test]
fn a_setting_does_not_lead_outside_of_the_book() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("precious.txt"), "x").unwrap();
    let absolute = outside.path().display().to_string();
    for (lines, message) in [
        (
            format!("[build]\nbuild-dir = '{absolute}'"),
            "`build-dir` leads outside",
        ),
        (
            "[build]\nbuild-dir = '../elsewhere'".to_owned(),
            "`build-dir` leads outside",
        ),
        (
            "build.build-dir = 'a/../../b'".to_owned(),
            "`build-dir` leads outside",
        ),
        (
            "[build]\nbuild-dir = '.'".to_owned(),
            "`build-dir` names a folder with the book's own files",
        ),
        (
            "[build]\nbuild-dir = 'src'".to_owned(),
            "`build-dir` names a folder with the book's own files",
        ),
        (
            "[build]\nbuild-dir = 'x/..'".to_owned(),
            "`build-dir` names a folder with the book's own files",
        ),
        (
            format!("[preprocessor.proof]\nstore = '{absolute}'"),
            "`store` leads outside",
        ),
        (
            "[preprocessor.proof]\nstore = '../store'".to_owned(),
            "`store` leads outside",
        ),
        (
            "[preprocessor.proof]\nstore = 'src/store'".to_owned(),
            "which mdBook publishes",
        ),
        (
            "[preprocessor.proof]\nstore = 'src'".to_owned(),
            "`store` names a folder with the book's own files",
        ),
        ("[book]\nsrc = '..'".to_owned(), "`src` leads outside"),
    ] {
        let book = Book::new("```rust,run\nprintln!(\"a\");\n```\n\n```output\na\n```\n");
        let table = match lines.contains("preprocessor") {
            true => format!("{lines}\nbefore = ['links']\n"),
            false => format!("{lines}\n[preprocessor.proof]\nbefore = ['links']\n"),
        };
        book.write("book.toml", &table);
        refused(&book, &["book.toml:", message]);
        assert!(outside.path().join("precious.txt").exists(), "{lines}");
        assert!(!book.root().parent().unwrap().join("store").exists());
    }
}

#[test]
fn a_folder_of_the_repository_around_the_book_may_be_written() {
    let book = Book::new("# Page\n");
    book.write("docs/src/SUMMARY.md", "- [P](p.md)\n");
    book.write(
        "docs/src/p.md",
        "```rust,run\nprintln!(\"a\");\n```\n\n```output\na\n```\n",
    );
    book.write(".git/HEAD", "");
    book.write("docs/book.toml", "[build]\nbuild-dir = '../public'\n[preprocessor.proof]\nbefore = ['links']\nstore = '../kept'\n");
    book.run(&["build", "--dir", "docs"]).succeeds();
    assert!(book.root().join("public/p.html").exists() && book.root().join("kept").exists());
}

#[test]
fn the_results_of_a_book_whose_pages_are_beside_its_settings_are_not_published() {
    let cache = tempfile::tempdir().unwrap();
    let book = Book::new("");
    fs::remove_dir_all(book.root().join("src")).unwrap();
    book.write("SUMMARY.md", "- [P](p.md)\n");
    book.write(
        "p.md",
        "```rust,run\nprintln!(\"a\");\n```\n\n```output\na\n```\n",
    );
    book.write(
        "book.toml",
        "[book]\nsrc = '.'\n[build]\nbuild-dir = 'out'\n[preprocessor.proof]\nbefore = ['links']\n",
    );
    let mut command = book.command();
    command
        .arg("build")
        .env("XDG_CACHE_HOME", cache.path())
        .env("HOME", cache.path());
    answer(command.output().unwrap()).succeeds();
    assert!(book.root().join("out/p.html").exists());
    assert!(!book.root().join("out/target").exists() && !book.root().join("target").exists());
}

#[test]
fn another_preprocessor_does_not_change_the_pages_first() {
    for (lines, name) in [
        ("[preprocessor.proof]", "links"),
        (
            "[preprocessor.proof]\nbefore = []\nafter = ['links']",
            "links",
        ),
        (
            "[preprocessor.proof]\nbefore = ['links']\n[preprocessor.admonish]\ncommand = 'true'",
            "admonish",
        ),
        (
            "[preprocessor.proof]\nbefore = ['links']\n[preprocessor.toc]\nbefore = ['proof']\ncommand = 'true'",
            "toc",
        ),
    ] {
        let book = Book::new("# Page\n");
        book.write("book.toml", lines);
        refused(
            &book,
            &[
                "book.toml:",
                &format!("the preprocessor `{name}` runs before this one"),
                "before =",
            ],
        );
    }
}

#[test]
fn a_file_with_our_markup_that_no_page_is_made_of_is_named() {
    for (text, place) in [
        (
            "# Lost\n\n```rust,run\nprintln!(\"x\");\n```\n",
            "src/lost.md:3:1",
        ),
        ("Five is 6<!-- = 5 -->.\n", "src/lost.md:1:10"),
        ("\n```calc\n1 + 1 # = 3\n```\n", "src/lost.md:2:1"),
        (
            "<!-- check: ascending [a] -->\n\n| a |\n| - |\n| 1 |\n",
            "src/lost.md:1:1",
        ),
    ] {
        let book = Book::new("# Page\n");
        book.write("src/lost.md", text);
        for command in ["check", "build"] {
            book.run(&[command])
                .finds(&[place, "not verified", "SUMMARY.md"]);
        }
    }
    // Without our markup, or as a part of a page, it is in order.
    let book = Book::new("# Page\n\n{{#include part.md}}\n");
    book.write(
        "src/lost.md",
        "# Notes\n\n| a |\n| - |\n| 1 |\n\n```rust\nfn f() {}\n```\n",
    );
    book.write("src/part.md", "{{#include deep/part.md}}\n");
    book.write("src/deep/part.md", "Five is 5<!-- = 5 -->.\n");
    book.run(&["check"]).succeeds();
}
