//! Ways by which blocks reached others: their limits, inherited files, memory beyond the limit, the disk, and life after the build.

use crate::fixture::{Answer, Book, answer};
use crate::hostile::processes;
use rustix::process::{Pid, Resource, Rlimit};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RUNNER: &str = "\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\nprocesses = true\n";

/// Calls that blocks declare.
const CALLS: &str = "unsafe extern \"C\" { fn syscall(n: i64, ...) -> i64; }\n";

/// A page with a block that has to print this.
fn page(fence: &str, code: &str, output: &str) -> String {
    format!("```{fence}\n{code}\n```\n\n```output\n{output}\n```\n")
}

/// Blocks that print `held` when they are refused, each alone and with a neighbor that still has to be judged.
#[track_caller]
fn held(codes: &[String]) {
    let mut text = String::new();
    for code in codes {
        text.push_str(&page("rust,run", code, "held"));
        text.push('\n');
    }
    text.push_str(&page("rust,run", "println!(\"honest\");", "other"));
    let book = Book::with(&[("page.md", &text)], "require-sandbox = true\n");
    book.run(&["check"])
        .finds(&["+ honest|+honest", "1 finding"]);
}

/// A block that makes a call and prints `held` if it is refused.
fn refused(before: &str, number: u32, arguments: &str) -> String {
    format!(
        "{CALLS}{before}\nlet result = unsafe {{ syscall({number}, {arguments}) }};\nprintln!(\"{{}}\", if result < 0 {{ \"held\" }} else {{ \"LEAK\" }});"
    )
}

#[test]
fn the_builds_limits_are_out_of_reach() {
    let parent = "let parent = std::os::unix::process::parent_id() as i64;\nlet none = [0u64, 0];";
    let codes: Vec<String> = [
        "0i64", /* processor time */
        "1i64", /* files */
        "7i64", /* descriptors */
        "9i64", /* memory */
    ]
    .iter()
    .map(|which| {
        refused(
            parent,
            302,
            &format!("parent, {which}, none.as_ptr(), 0i64"),
        )
    })
    .chain([
        // Reading them is a reach too, and the numbers wrap at 32 bits.
        refused(parent, 302, "parent, 1i64, 0i64, none.as_ptr()"),
        refused(parent, 302, "parent | (1 << 32), 1i64, none.as_ptr(), 0i64"),
        refused("", 302, "1i64, 1i64, [0u64, 0].as_ptr(), 0i64"),
    ])
    .collect();
    held(&codes);
}

/// Runs `check` with a file that was left open under a number, as a shell leaves it.
fn check_with(book: &Book, number: u32, mode: &str) -> Answer {
    book.write("secret", "hunter2");
    let script = format!("exec {number}{mode}secret; exec \"$0\" --book check");
    let mut command = Command::new("bash");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_mdbook-proof")]);
    command
        .current_dir(book.root())
        .env_remove("CARGO_TARGET_DIR")
        .stdin(Stdio::null());
    answer(command.output().unwrap())
}

#[test]
fn files_that_the_build_was_started_with_are_closed() {
    for number in [3, 9, 200, 900] {
        let read = format!(
            "use std::io::Read;\nuse std::os::fd::FromRawFd;\nlet mut text = String::new();\nlet mut file = unsafe {{ std::fs::File::from_raw_fd({number}) }};\nlet read = file.read_to_string(&mut text);\nstd::mem::forget(file);\nprintln!(\"{{}} {{text}}\", if read.is_err() {{ \"held\" }} else {{ \"LEAK\" }});"
        );
        let shell =
            format!("if (eval 'cat <&{number}') 2>/dev/null; then echo LEAK; else echo held; fi");
        let text = page("rust,run", &read, "held ") + "\n" + &page("sh,run", &shell, "held");
        let book = Book::with(&[("page.md", &text)], RUNNER);
        check_with(&book, number, "<").succeeds();
    }
    let write = "use std::io::Write;\nuse std::os::fd::FromRawFd;\nlet mut file = unsafe { std::fs::File::from_raw_fd(9) };\nprintln!(\"{}\", if file.write_all(b\"lost\").is_err() { \"held\" } else { \"LEAK\" });\nstd::mem::forget(file);";
    let book = Book::with(&[("page.md", &page("rust,run", write, "held"))], "");
    check_with(&book, 9, "<>").succeeds();
    assert_eq!(book.read("secret"), "hunter2");
    for place in ["/proc/self/fd/9", "/dev/fd/9", "/proc/thread-self/fd/9"] {
        let code = format!("println!(\"{{}}\", include_str!({place:?}));");
        let book = Book::with(&[("page.md", &page("rust,run", &code, "x"))], "");
        let answer = check_with(&book, 9, "<");
        answer.finds(&["couldn't read"]);
        assert!(!answer.stderr.contains("hunter2"), "{answer:?}");
    }
}

#[test]
fn memory_outside_of_the_address_space_is_not_to_be_had() {
    held(&[
        refused("", 319, "c\"x\".as_ptr(), 0i64"),
        refused("", 319, "c\"x\".as_ptr(), 4i64"),
        refused("", 447, "0i64"),
        refused("", 29, "0i64, 1i64 << 30, 0o1600i64"),
        refused("let mut ends = [0i32; 2];\nunsafe { syscall(22, ends.as_mut_ptr()) };", 72, "ends[0] as i64, 1031i64, 1i64 << 20"),
        "println!(\"{}\", if std::fs::write(\"/dev/shm/x\", \"x\").is_err() { \"held\" } else { \"LEAK\" });".to_owned(),
        // What is shared counts too.
        refused("", 9, "0i64, 3i64 << 30, 3i64, 0x21i64, -1i64, 0i64"),
    ]);
}

#[test]
fn devices_are_not_to_be_made() {
    let mut codes = Vec::new();
    for (mode, device) in [
        ("0o60600", "1792i64"),
        ("0o20600", "259i64"),
        ("0o60600", "0xfe00i64"),
        ("0o140600", "0i64"),
        ("0o10600", "0i64"),
    ] {
        codes.push(refused(
            "",
            133,
            &format!("c\"node\".as_ptr(), {mode}i64, {device}"),
        ));
        codes.push(refused(
            "",
            259,
            &format!("-100i64, c\"node\".as_ptr(), {mode}i64, {device}"),
        ));
    }
    held(&codes);
}

#[test]
fn mounts_are_not_to_be_changed() {
    let attributes = "let attributes = [1u64, 0, 0, 0];";
    held(&[
        refused(
            attributes,
            442,
            "-100i64, c\"/usr\".as_ptr(), 0i64, attributes.as_ptr(), 32i64",
        ),
        refused(
            attributes,
            442,
            "-100i64, c\"/\".as_ptr(), 0x8000i64, attributes.as_ptr(), 32i64",
        ),
        refused(
            attributes,
            467,
            "-100i64, c\"/\".as_ptr(), 1i64, attributes.as_ptr(), 32i64",
        ),
        refused("", 165, "0i64, c\"/\".as_ptr(), 0i64, 0x21i64, 0i64"),
        refused("", 428, "-100i64, c\"/\".as_ptr(), 1i64"),
    ]);
}

#[test]
fn nothing_that_cannot_be_deleted_is_left() {
    let folder = "std::fs::create_dir(\"kept\").unwrap();\nlet folder = unsafe { syscall(2, c\"kept\".as_ptr(), 0i64) };\nlet immutable = 0x10u64 | 0x80000;\nlet extended = [8u32, 0, 0, 0, 0, 0, 0];\nlet _ = (folder, immutable, extended);";
    held(&[
        refused(folder, 16, "folder, 0x40086602i64, &raw const immutable"),
        refused(folder, 16, "folder, 0x40046602i64, &raw const immutable"),
        refused(folder, 16, "folder, 0x401c5820i64, extended.as_ptr()"),
        // The kernel looks at the lower half of a request only.
        refused(
            folder,
            16,
            "folder, 0x40086602i64 | (1 << 40), &raw const immutable",
        ),
        refused(
            folder,
            469,
            "-100i64, c\"kept\".as_ptr(), [8u64, 0, 0].as_ptr(), 24i64, 0i64",
        ),
    ]);
}

/// How many processes have a text among their arguments.
fn running(text: &str) -> usize {
    processes(|arguments| String::from_utf8_lossy(arguments).contains(text))
}

#[track_caller]
fn wait_until(text: &str, is_right: impl Fn(usize) -> bool) {
    let start = Instant::now();
    while !is_right(running(text)) {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{} run",
            running(text)
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn start(book: &Book) -> Child {
    let mut command = book.command();
    command
        .arg("check")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Blocks that try to stay, and what to see them by.
fn stayers() -> Vec<(&'static str, String, String)> {
    let prctl = "unsafe extern \"C\" { fn prctl(option: i32, ...) -> i32; fn setsid() -> i32; fn signal(n: i32, to: usize) -> usize; }\n";
    let sleep = |mark: &str| {
        format!(
            "use std::os::unix::process::CommandExt;\nlet error = std::process::Command::new(\"/bin/sleep\").arg(\"{mark}\").exec();\npanic!(\"{{error}}\");"
        )
    };
    let marks = ["731526.1", "731526.2", "731526.3", "731526.4"].map(str::to_owned);
    let [first, second, third, fourth] = marks;
    vec![
        (
            "rust,run,timeout=100s",
            format!(
                "{prctl}unsafe {{ prctl(1, 0i64); setsid(); for n in 1..64 {{ signal(n, 1); }} }}\n{}",
                sleep(&first)
            ),
            first,
        ),
        // Another thread becomes the program, whose parent's end the kernel doesn't report.
        (
            "rust,run,timeout=100s",
            format!(
                "let thread = std::thread::spawn(|| {{ {} }});\nthread.join().unwrap();",
                sleep(&second)
            ),
            second,
        ),
        (
            "sh,run,timeout=100s",
            format!(
                "trap '' HUP INT TERM\nsetsid nohup sleep {third} >/dev/null 2>&1 &\nsleep {third}"
            ),
            third,
        ),
        (
            "sh,run,timeout=100s",
            format!(
                "(setsid sh -c 'sleep {fourth} & sleep {fourth} & wait' >/dev/null 2>&1 &)\nwhile :; do sleep {fourth} & wait; done"
            ),
            fourth,
        ),
    ]
}

#[test]
fn nothing_outlives_a_build_that_is_killed() {
    for (fence, code, mark) in stayers() {
        let book = Book::with(
            &[("page.md", &format!("```{fence}\n{code}\n```\n"))],
            RUNNER,
        );
        let mut build = start(&book);
        wait_until(&mark, |count| count > 0);
        // Let it settle: a shell may have more to start.
        std::thread::sleep(Duration::from_millis(50));
        build.kill().unwrap();
        build.wait().unwrap();
        wait_until(&mark, |count| count == 0);
        wait_until(book.root().to_str().unwrap(), |count| count == 0);
    }
}

#[test]
fn nothing_outlives_a_build_that_is_killed_at_any_moment() {
    let all = stayers();
    let blocks = all
        .iter()
        .map(|(fence, code, _)| format!("```{fence}\n{code}\n```\n"));
    let pages = blocks.collect::<Vec<_>>().join("\n");
    for milliseconds in [0, 1, 3, 7, 15, 30, 60, 120, 200, 300, 400, 600] {
        let book = Book::with(&[("page.md", &pages)], RUNNER);
        let mut build = start(&book);
        std::thread::sleep(Duration::from_millis(milliseconds));
        build.kill().unwrap();
        build.wait().unwrap();
        wait_until(book.root().to_str().unwrap(), |count| count == 0);
    }
}

#[test]
fn a_runners_daemon_ends_with_its_run() {
    let daemon = |before: &str, mark: &str| {
        format!("{before}\nsetsid nohup sleep {mark} >/dev/null 2>&1 &\necho done")
    };
    for (mark, before) in [
        (
            "641537.1",
            "prlimit --pid $PPID --nofile=0 2>/dev/null || true",
        ),
        (
            "641537.2",
            "kill -STOP $PPID 2>/dev/null; kill -KILL $PPID 2>/dev/null || true",
        ),
        (
            "641537.3",
            "(ulimit -n 0) || true; renice -n 19 -p $PPID 2>/dev/null || true",
        ),
        ("641537.4", "kill -STOP -1 2>/dev/null || true; cd /"),
    ] {
        let book = Book::with(
            &[(
                "page.md",
                &page("sh,run,timeout=5s", &daemon(before, mark), "done"),
            )],
            &format!("require-sandbox = true\n{RUNNER}"),
        );
        let answer = book.run(&["check"]);
        if mark != "641537.4" {
            answer.succeeds();
        }
        assert_eq!(running(mark), 0, "{before}");
    }
}

#[test]
fn a_supervisor_that_cannot_see_its_processes_ends_them() {
    let mark = "552817.5";
    let code = format!("setsid nohup sleep {mark} >/dev/null 2>&1 &\nsleep {mark}");
    let book = Book::with(
        &[("page.md", &page("sh,run,timeout=60s", &code, "x"))],
        RUNNER,
    );
    let mut command = book.command();
    command
        .arg("check")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let build = command.spawn().unwrap();
    wait_until(mark, |count| count >= 2);
    // The shims are children of the build: the guard, and this supervisor.
    let tasks = std::fs::read_dir(format!("/proc/{}/task", build.id()))
        .unwrap()
        .flatten();
    let children: String = tasks
        .map(|task| std::fs::read_to_string(task.path().join("children")).unwrap())
        .collect();
    let is_supervisor = |id: &&str| {
        let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap();
        line.contains("block.sh")
    };
    let supervisor = children.split_whitespace().find(is_supervisor).unwrap();
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let supervisor = Pid::from_raw(supervisor.parse().unwrap());
    rustix::process::prlimit(supervisor, Resource::Nofile, none).unwrap();
    let answer = answer(build.wait_with_output().unwrap());
    answer.finds(&["because its processes can't be counted"]);
    assert_eq!(running(mark), 0);
}

#[test]
fn a_build_that_ends_takes_its_guard_along() {
    let book = Book::with(
        &[("page.md", &page("rust,run", "println!(\"1\");", "1"))],
        "",
    );
    let mut build = start(&book);
    let guard = format!("--guard\0{}", build.id());
    assert!(build.wait().unwrap().success());
    wait_until(&guard, |count| count == 0);
}

#[test]
fn honest_blocks_keep_what_they_need() {
    let codes = [
        "use std::io::Write;\nlet mut file = std::fs::File::create(\"a\").unwrap();\nfile.write_all(b\"x\").unwrap();\nfile.sync_all().unwrap();\nstd::fs::rename(\"a\", \"b\").unwrap();\nprintln!(\"held\");",
        "let threads: Vec<_> = (0..8).map(|n| std::thread::spawn(move || n)).collect();\nlet sum: i32 = threads.into_iter().map(|t| t.join().unwrap()).sum();\nassert_eq!(sum, 28);\nstd::thread::available_parallelism().unwrap();\nprintln!(\"held\");",
        "let start = std::time::Instant::now();\nstd::thread::sleep(std::time::Duration::from_millis(2));\nassert!(start.elapsed().as_millis() >= 2);\nlet (send, receive) = std::sync::mpsc::channel();\nstd::thread::scope(|s| { s.spawn(move || send.send(1)); });\nassert_eq!(receive.recv(), Ok(1));\nprintln!(\"held\");",
        "use std::io::{Read, Seek, Write};\nlet (mut reader, mut writer) = std::io::pipe().unwrap();\nwriter.write_all(b\"x\").unwrap();\nlet mut byte = [0];\nreader.read_exact(&mut byte).unwrap();\nlet mut file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(\"f\").unwrap();\nfile.set_len(10).unwrap();\nfile.rewind().unwrap();\nfile.lock().unwrap();\nstd::fs::create_dir_all(\"d/e\").unwrap();\nstd::fs::remove_dir_all(\"d\").unwrap();\nstd::fs::hard_link(\"f\", \"g\").unwrap();\nprintln!(\"held\");",
    ];
    held(&codes.map(str::to_owned));
}
