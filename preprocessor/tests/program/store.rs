//! The store can be trusted: whatever happens to it or to a build, the next build is right, or says what is wrong.

use crate::fixture::{Book, answer};
use mdbook_proof::work::store::Store;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A page with a block in Rust, one in SQL and a figure, each showing `n`.
fn page(n: u32) -> String {
    format!(
        "```rust,run\nprintln!(\"{{}}\", {n});\n```\n\n```output\n{n}\n```\n\n```sql,run\nselect '{n}' as n;\n```\n\n```output\n| n   |\n| --- |\n| {n} |\n```\n\n{}<!-- = 2 × {n} -->\n",
        2 * n
    )
}

fn store(book: &Book) -> PathBuf {
    book.root().join("target/mdbook-proof")
}

/// The entries, by key.
fn entries(book: &Book) -> Vec<(String, PathBuf)> {
    let files = book.files("target/mdbook-proof").into_iter();
    files
        .filter_map(|(path, _)| {
            let [first, rest] = [path.parent()?.to_str()?, path.file_name()?.to_str()?];
            let is_entry = first.len() == 2;
            is_entry.then(|| (format!("{first}{rest}"), store(book).join(&path)))
        })
        .collect()
}

/// Replaces a text in whatever is remembered, as a valid entry; in how many.
fn forge(book: &Book, from: &str, to: &str) -> usize {
    let kept = Store::read_only(&store(book));
    let mut count = 0;
    for (key, path) in entries(book) {
        let Some(entry) = kept.get::<Value>(&key) else {
            panic!("{}", path.display());
        };
        let text = entry.to_string();
        if text.contains(from) {
            let forged: Value = serde_json::from_str(&text.replace(from, to)).unwrap();
            kept.put(&key, &forged).unwrap();
            count += 1;
        }
    }
    count
}

#[test]
fn a_forged_result_is_found_by_a_fresh_check() {
    let book = Book::new(&page(123));
    book.run(&["check"]).succeeds();
    assert!(forge(&book, "\"stdout\":\"123\\n\"", "\"stdout\":\"124\\n\"") > 0);
    book.write(
        "src/page.md",
        &page(123).replacen("```output\n123", "```output\n124", 1),
    );
    // It is believed, until everything is done again.
    book.run(&["check"]).succeeds();
    book.run(&["check", "--fresh"]).gives_up(&[
        "kept another result",
        "src/page.md:1,",
        "target/mdbook-proof",
        "delete",
    ]);
    fs::remove_dir_all(store(&book)).unwrap();
    book.run(&["check", "--fresh"]).finds(&["-124", "+123"]);
    book.run(&["check"]).finds(&["-124", "+123"]);
}

#[test]
fn a_forged_result_of_sql_or_of_a_figure_is_found_too() {
    let book = Book::new(&page(123));
    book.run(&["check"]).succeeds();
    book.run(&["check", "--fresh"]).succeeds();
    assert!(forge(&book, "| 123 |", "| 124 |") > 0);
    book.run(&["check", "--fresh"])
        .gives_up(&["kept another result", "src/page.md:9,"]);
    assert!(forge(&book, "| 124 |", "| 123 |") > 0);
    book.run(&["check", "--fresh"]).succeeds();
    assert!(forge(&book, "246", "248") > 0);
    book.run(&["check"]).finds(&["- 246", "+ 248"]);
    book.run(&["check", "--fresh"])
        .gives_up(&["kept other results", "delete"]);
}

#[test]
fn a_fresh_check_leaves_the_store_as_it_was() {
    let book = Book::new(&page(123));
    book.run(&["check"]).succeeds();
    let before = book.files("target/mdbook-proof");
    let fresh = book.run(&["check", "--fresh", "--verbose"]);
    fresh.succeeds();
    assert_eq!(fresh.stderr.matches("ran: ").count(), 2, "{}", fresh.stderr);
    assert!(book.files("target/mdbook-proof") == before);
}

/// The same program at another place remembers; another build of it doesn't.
#[cfg(target_os = "linux")]
#[test]
fn what_another_build_of_the_program_kept_is_not_believed() {
    let book = Book::new(&page(123));
    let program = PathBuf::from(env!("CARGO_BIN_EXE_mdbook-proof"));
    let folder = tempfile::tempdir_in(program.parent().unwrap()).unwrap();
    let ran = |program: &Path| {
        let mut command = std::process::Command::new(program);
        command
            .current_dir(book.root())
            .env_remove("CARGO_TARGET_DIR");
        let answer = answer(command.args(["check", "--verbose"]).output().unwrap());
        answer.succeeds();
        answer.stderr.matches("ran: ").count()
    };
    assert_eq!(ran(&program), 2);
    let same = folder.path().join("same");
    fs::hard_link(&program, &same).unwrap();
    assert_eq!(ran(&same), 0);
    let other = folder.path().join("other");
    fs::copy(&program, &other).unwrap();
    let mut bytes = fs::read(&other).unwrap();
    bytes.push(0);
    fs::write(&other, bytes).unwrap();
    assert_eq!(ran(&other), 2);
    assert_eq!(ran(&program), 0);
}

#[test]
fn garbage_and_folders_in_the_place_of_entries_cost_time_and_nothing_else() {
    let book = Book::new(&page(123));
    book.run(&["check"]).succeeds();
    for number in 0..5 {
        for (_, path) in entries(&book) {
            let _ = fs::remove_file(&path);
            match number {
                0 => fs::write(&path, [0xff; 1000]).unwrap(),
                1 => fs::write(&path, "").unwrap(),
                2 => fs::write(&path, "0123456789abcdef0123456789abcdef\n{}").unwrap(),
                3 => fs::create_dir_all(path.join("inside")).unwrap(),
                _ => fs::create_dir_all(&path).unwrap(),
            }
        }
        let answer = book.run(&["check", "--verbose"]);
        answer.succeeds();
        assert_eq!(
            answer.stderr.matches("ran: ").count(),
            2,
            "{number}: {}",
            answer.stderr
        );
        let answer = book.run(&["check", "--verbose"]);
        assert!(
            !answer.stderr.contains("ran: "),
            "{number}: {}",
            answer.stderr
        );
    }
}

#[test]
fn a_store_that_is_no_folder_is_named() {
    let book = Book::new(&page(123));
    book.write("target/mdbook-proof", "a file");
    book.run(&["check"])
        .gives_up(&["failed to make", "target/mdbook-proof"]);
}

#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "what a test leaves out has to be seen")]
fn say_not_tried() {
    eprintln!("not tried: this system allows no mounts in a namespace");
}

/// Runs a shell script in namespaces of its own, where it may mount; none where the system refuses that.
#[cfg(target_os = "linux")]
fn with_mounts(book: &Book, script: &str) -> Option<crate::fixture::Answer> {
    let unshare = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", script]);
        command
            .current_dir(book.root())
            .env_remove("CARGO_TARGET_DIR");
        command
            .env("PROOF", env!("CARGO_BIN_EXE_mdbook-proof"))
            .stdin(Stdio::null());
        command.output()
    };
    let may = unshare("mount -t tmpfs none target/mdbook-proof");
    if !may.is_ok_and(|output| output.status.success()) {
        say_not_tried();
        return None;
    }
    Some(answer(unshare(script).unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_leaves_nothing_wrong() {
    let book = Book::new(&page(123));
    fs::create_dir_all(store(&book)).unwrap();
    for size in ["4k", "40k", "400k", "4m"] {
        let script = format!(
            "mount -t tmpfs -o size={size} none target/mdbook-proof; \"$PROOF\" check || echo \"status $?\" >&2; mount -o remount,size=200m target/mdbook-proof; \"$PROOF\" check"
        );
        let Some(answer) = with_mounts(&book, &script) else {
            return;
        };
        answer.succeeds();
        let is_named = answer.stderr.contains("No space left");
        assert!(
            is_named || !answer.stderr.contains("status"),
            "{size}: {}",
            answer.stderr
        );
        assert!(
            !answer.stderr.contains("panicked"),
            "{size}: {}",
            answer.stderr
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_that_cannot_be_written_is_read_and_named_when_it_has_to_be_written() {
    let book = Book::new(&page(123));
    book.run(&["check"]).succeeds();
    let script = "mount --bind target/mdbook-proof target/mdbook-proof; mount -o remount,ro,bind target/mdbook-proof; \"$PROOF\" check";
    let Some(answer) = with_mounts(&book, script) else {
        return;
    };
    answer.succeeds();
    book.write("src/page.md", &page(124));
    if let Some(answer) = with_mounts(&book, script) {
        answer.gives_up(&["Read-only file system", "target/mdbook-proof"]);
    }
    book.run(&["check"]).succeeds();
}

#[test]
fn builds_at_once_while_pages_change_are_right_in_the_end() {
    let book = Book::new(&page(100));
    // An editor that saves in two steps would show half a page.
    let save = |text: &str| {
        book.write("saved.md", text);
        fs::rename(
            book.root().join("saved.md"),
            book.root().join("src/page.md"),
        )
        .unwrap();
    };
    for round in 0..5 {
        save(&page(199 + 10 * round));
        let start = || {
            let mut command = book.command();
            command
                .arg("check")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let children: Vec<_> = (0..4)
            .map(|number| {
                let child = start();
                save(&page(100 + 10 * round + number));
                child
            })
            .collect();
        for child in children {
            answer(child.wait_with_output().unwrap()).succeeds();
        }
        book.run(&["check"]).succeeds();
        let wrong = page(100 + 10 * round).replacen("```output\n1", "```output\n2", 1);
        save(&wrong);
        book.run(&["check"])
            .finds(&["src/page.md:5:1", "1 finding"]);
    }
}

/// What ends because of the machine's load, or of a limit, runs again in the next build.
#[test]
fn what_a_limit_ended_is_never_remembered() {
    for (fence, code) in [
        (
            "rust,run,timeout=300ms",
            "std::thread::sleep(std::time::Duration::from_secs(2));",
        ),
        (
            "rust,run=fails,timeout=300ms",
            "std::thread::sleep(std::time::Duration::from_secs(2));\npanic!();",
        ),
        (
            "rust,run",
            "for _ in 0..300_000 { println!(\"0123456789\"); }",
        ),
        ("rust,run", "std::process::abort();"),
        (
            "rust,run",
            "let all: Vec<u8> = vec![1; 5 << 30];\nprintln!(\"{}\", all.len());",
        ),
    ] {
        if cfg!(not(target_os = "linux")) && code.contains("<< 30") {
            continue;
        }
        let book = Book::new(&format!("```{fence}\n{code}\n```\n"));
        for _ in 0..2 {
            let answer = book.run(&["check", "--verbose"]);
            answer.finds(&["ran: src/page.md:1"]);
        }
    }
}
