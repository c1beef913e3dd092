//! The store: a changed input runs again what depends on it, and nothing else ever does.

use crate::fixture::Book;
#[cfg(unix)]
use crate::fixture::answer;
use std::time::{Duration, Instant};

const RUST: &str = "```rust,run\n# let hidden = 1;\nprintln!(\"{} {hidden}\", lib_one::answer());\n```\n\n```output\n42 1\n```\n";
const PLAIN: &str =
    "Prose.\n\n```rust,run,timeout=9s\n{{#include ../part.rs}}\n```\n\n```output\n7\n```\n";
const SQL: &str = "```sql,run\nselect 1 as one;\n```\n\n```output\n| one |\n| --: |\n|   1 |\n```\n\n```sh,run\necho shell\n```\n\n```output\nshell\n```\n";

/// A book with a library of two modules and a dependency, an include, SQL and a runner.
fn book() -> Book {
    let book = Book::with(
        &[("rust.md", RUST), ("plain.md", PLAIN), ("other.md", SQL)],
        "library = \"lib-one\"\n\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\n",
    );
    let manifest = |name: &str, rest: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n{rest}"
        )
    };
    book.write(
        "Cargo.toml",
        &manifest(
            "lib-one",
            "\n[dependencies]\nlib-two = { path = \"two\" }\n",
        ),
    );
    book.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"lib-one\"\nversion = \"0.1.0\"\ndependencies = [\n \"lib-two\",\n]\n\n[[package]]\nname = \"lib-two\"\nversion = \"0.1.0\"\n");
    book.write("lib.rs", "mod near;\npub use near::answer;\n");
    book.write(
        "near.rs",
        "#[path = \"far.rs\"]\nmod far;\npub fn answer() -> u32 { far::half() * lib_two::two() }\n",
    );
    book.write("far.rs", "pub fn half() -> u32 { 21 }\n");
    book.write(
        "two/Cargo.toml",
        &manifest("lib-two", "").replace("\n[workspace]\n", ""),
    );
    book.write("two/lib.rs", "pub fn two() -> u32 { 2 }\n");
    book.write("part.rs", "println!(\"{}\", 3 + 4);\n");
    book
}

/// The blocks that a check runs.
#[track_caller]
fn ran(book: &Book) -> Vec<String> {
    let answer = book.run(&["check", "--verbose"]);
    assert!(answer.status < 2, "{}", answer.stderr);
    let lines = answer.stderr.lines();
    let ran = lines.filter_map(|line| line.strip_prefix("ran: src/"));
    ran.map(str::to_owned).collect()
}

const ALL: [&str; 4] = ["rust.md:1", "plain.md:3", "other.md:1", "other.md:11"];

/// After this change these blocks run, and then none.
#[track_caller]
fn after(change: impl Fn(&Book), blocks: &[&str]) {
    let book = book();
    assert_eq!(ran(&book), ALL);
    change(&book);
    assert_eq!(ran(&book), blocks);
    assert_eq!(ran(&book), [""; 0]);
}

/// The change that replaces a text of a file, which occurs in it once.
fn edit(path: &'static str, from: &'static str, to: &'static str) -> impl Fn(&Book) {
    move |book| {
        let text = book.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from} in {path}");
        book.write(path, &text.replace(from, to));
    }
}

#[test]
fn a_changed_block_runs_again_with_its_hidden_lines_and_its_limit() {
    after(edit("src/rust.md", "{hidden}", "{hidden} "), &["rust.md:1"]);
    after(
        edit("src/rust.md", "hidden = 1", "hidden = 2"),
        &["rust.md:1"],
    );
    after(
        edit("src/plain.md", "timeout=9s", "timeout=8s"),
        &["plain.md:3"],
    );
    after(
        edit("src/other.md", "select 1", "select 2"),
        &["other.md:1"],
    );
    after(
        edit("src/other.md", "echo shell", "echo Shell"),
        &["other.md:11"],
    );
}

#[test]
fn a_changed_include_runs_its_block_again() {
    after(edit("part.rs", "3 + 4", "4 + 4"), &["plain.md:3"]);
}

#[test]
fn a_changed_library_runs_all_rust_again() {
    let rust = &["rust.md:1", "plain.md:3"];
    after(edit("far.rs", "21", "22"), rust);
    after(edit("two/lib.rs", "{ 2 }", "{ 3 }"), rust);
    after(
        |book| {
            edit("two/Cargo.toml", "0.1.0", "0.1.1")(book);
            let lock = book.read("Cargo.lock");
            let at = lock.rfind("0.1.0").unwrap();
            book.write(
                "Cargo.lock",
                &format!("{}0.1.1{}", &lock[..at], &lock[at + 5..]),
            );
        },
        rust,
    );
    after(
        edit(
            "book.toml",
            "[book]",
            "[rust]\nedition = \"2021\"\n\n[book]",
        ),
        rust,
    );
}

#[test]
fn a_changed_runner_runs_its_language_again() {
    after(
        edit("book.toml", "command = \"sh\"", "command = \"sh -u\""),
        &["other.md:11"],
    );
    after(
        edit(
            "book.toml",
            "command = \"sh\"",
            "command = \"sh\"\nmemory = \"1GiB\"",
        ),
        &["other.md:11"],
    );
}

#[cfg(unix)]
#[test]
fn another_compiler_runs_all_rust_again() {
    use std::os::unix::fs::PermissionsExt;
    let book = book();
    assert_eq!(ran(&book), ALL);
    book.write(
        "rustc",
        "#!/bin/sh\ncase \"$*\" in *-vV*) rustc -vV; echo changed: yes;; *) exec rustc \"$@\";; esac\n",
    );
    let path = book.root().join("rustc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = book
        .command()
        .args(["check", "--verbose"])
        .env("RUSTC", &path)
        .output()
        .unwrap();
    let stderr = answer(output).stderr;
    assert!(stderr.contains("ran: src/rust.md:1"), "{stderr}");
    assert!(!stderr.contains("ran: src/other.md"), "{stderr}");
}

#[test]
fn prose_outputs_and_places_run_nothing() {
    for change in [
        edit(
            "src/plain.md",
            "Prose.",
            "Other prose, and more of it.\n\nText.",
        ),
        edit("src/rust.md", "42 1", "43 1"),
        edit("src/rust.md", "rust,run", "rust,run,name=first"),
        edit("src/SUMMARY.md", "# Summary", "# Contents"),
        edit("book.toml", "title = \"Test\"", "title = \"Other\""),
    ] {
        after(change, &[]);
    }
}

#[test]
fn a_changed_expectation_is_compared_with_the_remembered_output() {
    let book = book();
    book.run(&["check"]).succeeds();
    edit("src/rust.md", "42 1", "43 1")(&book);
    book.run(&["check"])
        .finds(&["rust.md:6:1", "-43 1", "+42 1"]);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_warm_build_starts_no_process() {
    let book = book();
    let build = |book: &Book| {
        // Without `clone` for processes, `fork`, `vfork` and `clone3`, as on a system that hasn't got them.
        let output = std::process::Command::new(crate::shim::without())
            .args(["38", "56,57,58,435", env!("CARGO_BIN_EXE_mdbook-proof")])
            .args(["--book", "build"])
            .current_dir(book.root())
            .env_remove("CARGO_TARGET_DIR")
            .output();
        answer(output.unwrap())
    };
    // Where no process can be started, a cold build fails.
    assert_eq!(build(&book).status, 2);
    book.run(&[]).succeeds();
    build(&book).succeeds();
}

#[test]
fn builds_at_the_same_time_share_the_store() {
    let book = book();
    let start = || book.command().args(["check"]).spawn().unwrap();
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(ran(&book), [""; 0]);
}

#[test]
fn a_damaged_store_costs_time_and_nothing_else() {
    let book = book();
    book.run(&["check"]).succeeds();
    for (path, bytes) in book.files("target/mdbook-proof") {
        let path = book.root().join("target/mdbook-proof").join(path);
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    book.run(&["check"]).succeeds();
    std::fs::remove_dir_all(book.root().join("target/mdbook-proof")).unwrap();
    book.run(&["check"]).succeeds();
}

/// A build killed at any moment leaves a store from which the next one is right.
#[test]
fn a_killed_build_leaves_a_store_that_works() {
    const MOMENTS: u32 = 50;
    let page = |n: u32| {
        format!(
            "```rust,run\nprintln!(\"{{}}\", {n});\n```\n\n```output\n{n}\n```\n\n```sql,run\nselect {n} as n;\n```\n\n```output\n|   n |\n| --: |\n| {n} |\n```\n"
        )
    };
    let book = Book::new(&page(100));
    let start = Instant::now();
    book.run(&["build"]).succeeds();
    let whole = start.elapsed().max(Duration::from_millis(50));
    for moment in 0..MOMENTS {
        book.write("src/page.md", &page(101 + moment));
        let mut command = book.command();
        command.args(["--book", "build"]);
        let mut child = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / MOMENTS);
        let _ = child.kill();
        child.wait().unwrap();
        if moment % 5 == 0 {
            book.run(&["build"]).succeeds();
            assert!(book.built().contains(&(101 + moment).to_string()));
        } else {
            book.run(&["check"]).succeeds();
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_slow_block_is_named_on_a_terminal_while_it_runs_and_a_pipe_stays_silent() {
    let page = "text\n\n```rust,run\nstd::thread::sleep(std::time::Duration::from_secs(3));\n```\n";
    let book = Book::new(page);
    let answer = book.run(&["check"]);
    answer.succeeds();
    assert_eq!(answer.stderr, "");
    book.write("src/page.md", &page.replace("secs(3)", "secs(4)"));
    let command = format!(
        "{} check --dir {}",
        env!("CARGO_BIN_EXE_mdbook-proof"),
        book.root().display()
    );
    let output = std::process::Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("src/page.md:3 is still running"), "{shown}");
}

#[test]
fn a_changed_prelude_is_computed_with() {
    let page = "It is 6<!-- = 2 × shared -->.\n";
    let book = Book::with(&[("page.md", page)], "prelude = \"p.nbt\"\n");
    book.write("p.nbt", "let shared = 3\n");
    book.run(&["check"]).succeeds();
    book.write("p.nbt", "let shared = 4\n");
    book.run(&["check"]).finds(&["page.md:1:7", "- 6", "+ 8"]);
    book.write("p.nbt", "let shared = 3\n");
    book.run(&["check"]).succeeds();
}

#[test]
fn the_store_lies_where_the_book_says() {
    let page = "```rust,run\nprintln!(\"1\");\n```\n\n```output\n1\n```\n";
    let book = Book::with(&[("page.md", page)], "store = \"kept/here\"\n");
    book.run(&["check"]).succeeds();
    assert!(book.files("kept/here").len() > 1);
    assert!(!book.root().join("target").exists());
}
