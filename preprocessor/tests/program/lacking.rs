//! Systems that lack a part of the sandbox, and bounds that can't be applied: nothing starts that should have been bounded.

use crate::fixture::{Answer, Book, answer};
use crate::shim;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The numbers of Landlock's three calls, of its last one, and of the two ways to filter calls: the second takes `prctl` away
/// altogether.
const LANDLOCK: &str = "444,445,446";
const RESTRICT: &str = "446";
const SECCOMP: &str = "317";

const MISSING: &str = "38";
const REFUSED: &str = "1";

/// A block whose output depends on whether files are confined.
const READER: &str = "```rust,run\nprintln!(\"{}\", std::fs::read_to_string(\"/etc/passwd\").is_ok());\n```\n\n```output\nfalse\n```\n";

/// Checks a book on a system without some calls.
fn check(book: &Book, error: &str, calls: &str, arguments: &[&str]) -> Answer {
    let mut command = Command::new(shim::without());
    command
        .args([error, calls, env!("CARGO_BIN_EXE_mdbook-proof"), "check"])
        .args(arguments)
        .current_dir(book.root())
        .env_remove("CARGO_TARGET_DIR");
    answer(command.output().unwrap())
}

#[test]
fn what_held_in_an_earlier_build_is_not_believed() {
    for (error, calls, lacks) in [
        (
            MISSING,
            LANDLOCK,
            "this system lacks: files, signals, descendants",
        ),
        (
            REFUSED,
            RESTRICT,
            "this system lacks: files, signals, descendants",
        ),
        (
            MISSING,
            SECCOMP,
            "this system lacks: system calls, descendants",
        ),
        (
            REFUSED,
            SECCOMP,
            "this system lacks: system calls, descendants",
        ),
    ] {
        let book = Book::with(&[("page.md", READER)], "require-sandbox = true\n");
        book.run(&["check"]).succeeds();
        // Something has to run again, which is when it matters.
        let page = book.page();
        book.write("src/page.md", &page.replace("is_ok()", "is_ok() || false"));
        check(&book, error, calls, &[]).gives_up(&[lacks]);
        book.run(&["check"]).succeeds();
    }
}

#[test]
fn without_landlock_a_book_is_built_and_what_is_missing_is_named() {
    let book = Book::with(&[("page.md", READER)], "");
    let with = book.run(&["check", "--verbose"]);
    with.succeeds();
    assert!(with.stderr.contains("bound: files: holds"), "{with:?}");
    for (error, calls) in [
        (MISSING, LANDLOCK),
        (REFUSED, LANDLOCK),
        (REFUSED, RESTRICT),
    ] {
        if calls == RESTRICT {
            // Nothing says that it is missing before it is tried, which happens when something has to run.
            book.write("src/page.md", &READER.replace("is_ok()", "is_ok() && true"));
        }
        // Nor is the result of a bounded run taken for that of one which isn't bounded.
        let answer = check(&book, error, calls, &["--verbose"]);
        answer.finds(&[
            "bound: files: missing",
            "bound: signals: missing",
            "bound: descendants: missing",
            "bound: limits: holds",
            "bound: privileges: holds",
            "+ true|+true",
        ]);
    }
    book.write("src/page.md", READER);
    book.run(&["check"]).succeeds();
}

#[test]
fn blocks_do_not_run_unbounded_without_a_word() {
    let warning = "warning: this system lacks bounds on the blocks that run now: ";
    let page = |number: usize| {
        format!("```rust,run\nprintln!(\"{number}\");\n```\n\n```output\n{number}\n```\n")
    };
    for (number, (error, calls, lacks)) in [
        (MISSING, LANDLOCK, "files, signals, descendants"),
        (REFUSED, RESTRICT, "files, signals, descendants"),
        (MISSING, SECCOMP, "system calls, descendants"),
    ]
    .into_iter()
    .enumerate()
    {
        let book = Book::new(&page(number));
        let cold = check(&book, error, calls, &[]);
        cold.succeeds();
        assert!(
            cold.stderr.contains(&format!("{warning}{lacks} ")),
            "{cold:?}"
        );
        // Nothing runs, so that there is nothing to say.
        let warm = check(&book, error, calls, &[]);
        warm.succeeds();
        assert_eq!(warm.stderr, "", "{calls}");
        let with = book.run(&["check"]);
        with.succeeds();
        assert_eq!(with.stderr, "");
    }
}

#[test]
fn expressions_and_sql_work_without_landlock() {
    let page = "4<!-- = 2 + 2 -->\n\n```sql,run\nselect 1 as one;\n```\n\n```output\n| one |\n| --: |\n|   1 |\n```\n";
    let book = Book::new(page);
    book.run(&["bless"]).succeeds();
    for (error, calls) in [(MISSING, LANDLOCK), (REFUSED, RESTRICT), (REFUSED, SECCOMP)] {
        let _ = std::fs::remove_dir_all(book.root().join("target"));
        check(&book, error, calls, &[]).succeeds();
    }
}

/// Starts the shim on a system without some calls, and returns what it reported. What it starts would leave a file.
fn started(error: &str, calls: &str, change: impl Fn(&mut serde_json::Value)) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-c".to_owned(), "echo started > started".to_owned()];
    let shell = std::fs::canonicalize("/bin/sh").unwrap();
    let text = shim::spec(&shell, &arguments, folder.path(), false);
    let mut spec: serde_json::Value = serde_json::from_str(&text).unwrap();
    change(&mut spec);
    let (here, there) = UnixStream::pair().unwrap();
    let mut command = Command::new(shim::without());
    command
        .args([error, calls, env!("CARGO_BIN_EXE_mdbook-proof"), "shim"])
        .arg(spec.to_string())
        .current_dir(folder.path())
        .stdin(OwnedFd::from(there));
    command.output().unwrap();
    drop(command);
    let report = std::io::read_to_string(here).unwrap();
    (report, folder.path().join("started").exists())
}

#[test]
fn the_shim_starts_nothing_when_it_applied_less_than_was_claimed() {
    // Nothing is missing: it starts.
    let (report, is_started) = started(MISSING, "500", |_| {});
    assert_eq!((report.as_str(), is_started), ("", true));
    for (error, calls, bound) in [
        (MISSING, LANDLOCK, "files"),
        (REFUSED, LANDLOCK, "files"),
        (REFUSED, "444", "files"),
        (MISSING, RESTRICT, "files"),
        (REFUSED, SECCOMP, "system calls"),
        (MISSING, SECCOMP, "system calls"),
        (REFUSED, "126", "privileges"), // capset
        (REFUSED, "125", "privileges"), // capget
        (REFUSED, "160,302", "limits"),
        (REFUSED, "436", "descriptors"), // close_range
    ] {
        let (report, is_started) = started(error, calls, |_| {});
        if bound == "descriptors" && report.is_empty() {
            // They can be closed in another way, and were.
            continue;
        }
        assert!(
            report.contains(&format!("the bound `{bound}` can't be applied")),
            "{calls}: {report}"
        );
        assert!(!is_started, "{calls}");
    }
}

#[test]
fn what_need_not_hold_does_not_keep_a_program_from_starting() {
    for (calls, must) in [
        (
            LANDLOCK,
            vec!["limits", "privileges", "descriptors", "calls"],
        ),
        (SECCOMP, vec!["limits", "files", "signals"]),
        ("126", vec!["files"]),
    ] {
        let (report, is_started) = started(REFUSED, calls, |spec| {
            spec["must"] = serde_json::json!(must);
        });
        assert_eq!((report.as_str(), is_started), ("", true), "{calls}");
    }
}

#[test]
fn a_program_that_is_not_there_is_reported() {
    for program in ["/no/such/program", "/etc", "/etc/passwd"] {
        let (report, _) = started(MISSING, "500", |spec| {
            spec["program"] = serde_json::json!(program);
        });
        assert!(report.contains("failed to start"), "{program}: {report}");
    }
}

#[test]
fn a_supervisor_that_cannot_confine_signals_starts_nothing() {
    for (error, calls) in [(MISSING, LANDLOCK), (REFUSED, RESTRICT), (REFUSED, "444")] {
        let (report, is_started) = started(error, calls, |spec| {
            spec["bounds"]["processes"] = serde_json::json!(true);
        });
        assert!(
            report.contains("`descendants` can't be applied"),
            "{calls}: {report}"
        );
        assert!(!is_started, "{calls}");
    }
}

#[test]
fn only_this_program_starts_a_shim_or_a_guard() {
    let book = Book::new("");
    for arguments in [
        ["shim", "{}"],
        ["shim", "not json"],
        ["shim", ""],
        ["shim", "[]"],
        ["shim", "--guard=x"],
        ["shim", "--guard=0"],
        ["shim", "--guard=-1"],
        // A process that isn't outside of its family, which it hasn't got: it must not kill anything.
        ["shim", &format!("--guard={}", std::process::id())],
    ] {
        book.run(&arguments).gives_up(&["error: "]);
    }
}

#[test]
fn a_guard_that_guards_nothing_kills_nothing() {
    if !rustix::process::geteuid().is_root() {
        // It would be tried on whoever runs the tests.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = shim::public_copy(folder.path());
    shim::open_to_all(folder.path());
    let as_user = |program: &Path| {
        let mut command = Command::new(program);
        command.uid(shim::USER).gid(shim::USER).env_clear();
        command
    };
    let mut bystander = as_user(Path::new("/bin/sleep"))
        .arg("1000")
        .spawn()
        .unwrap();
    let own = std::process::id().to_string();
    for outsider in ["1", &own, "2", &bystander.id().to_string()] {
        for is_channel in [true, false] {
            let mut command = as_user(&program);
            command
                .args(["shim", "--guard", outsider])
                .stdin(Stdio::null());
            if is_channel {
                // The other side is closed at once, as when the build has ended.
                command.stdin(OwnedFd::from(UnixStream::pair().unwrap().0));
            }
            let answer = answer(command.output().unwrap());
            answer.gives_up(&["error: "]);
            assert!(bystander.try_wait().unwrap().is_none(), "{outsider}");
        }
    }
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}
