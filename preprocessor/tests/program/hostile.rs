//! Hostile blocks: each ends in its own finding, within its limit, with nothing reached, left or leaked.

use crate::fixture::{Answer, Book, answer};
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// What the tests keep from the blocks.
const SECRET: &str = "hunter2-in-the-environment";

/// Checks a book with a hostile block and an honest one, whose finding has to be there too.
fn attack(fence: &str, code: &str) -> Answer {
    let page = format!(
        "```{fence}\n{code}\n```\n\n```rust,run\nprintln!(\"honest\");\n```\n\n```output\nother\n```\n"
    );
    let book = Book::new(&page);
    check(&book)
}

fn check(book: &Book) -> Answer {
    let start = Instant::now();
    let mut command = book.command();
    command.args(["--book", "check"]).env("SECRET", SECRET);
    let answer = answer(command.output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(60), "took too long");
    assert!(!answer.stdout.contains(SECRET) && !answer.stderr.contains(SECRET));
    assert!(!answer.stderr.contains("root:x:0"), "{}", answer.stderr);
    assert!(!answer.stderr.contains('\u{1b}'), "{}", answer.stderr);
    answer
}

/// The block is stopped with these texts, and the honest one still ran.
#[track_caller]
fn stopped(fence: &str, code: &str, texts: &[&str]) {
    let answer = attack(fence, code);
    answer.finds(texts);
    answer.finds(&["+honest"]);
}

#[test]
fn an_endless_loop() {
    stopped(
        "rust,run,timeout=1s",
        "loop {}",
        &["page.md:1:1", "ran for over 1 s"],
    );
    stopped(
        "rust,run,timeout=1s",
        "std::thread::sleep(std::time::Duration::from_secs(1000));",
        &["page.md:1:1", "ran for over 1 s"],
    );
}

#[test]
fn a_fork_bomb() {
    stopped(
        "rust,run,timeout=2s",
        "unsafe extern \"C\" { safe fn fork() -> i32; }\nfor _ in 0..20 { if fork() < 0 { panic!(\"{}\", std::io::Error::last_os_error()); } }",
        &["the block panicked", "Operation not permitted"],
    );
    stopped(
        "rust,run",
        "std::process::Command::new(\"/bin/sh\").arg(\"-c\").arg(\"setsid sleep 1000 &\").status().unwrap();",
        &["the block panicked", "not permitted", "starts no processes"],
    );
}

#[test]
fn ten_gigabytes_printed() {
    stopped(
        "rust,run",
        "let line = \"x\".repeat(1_000_000);\nfor _ in 0..10_000 { println!(\"{line}\"); }",
        &["page.md:1:1", "printed over 1024 KiB"],
    );
}

#[test]
fn thirty_gigabytes_allocated() {
    stopped(
        "rust,run",
        "let list = vec![1u8; 30_000_000_000];\nprintln!(\"{}\", list.len());",
        &[
            "page.md:1:1",
            "memory allocation of 30000000000 bytes failed",
            "2 GiB",
        ],
    );
}

#[test]
fn a_hundred_thousand_threads() {
    stopped(
        "rust,run,timeout=5s",
        "for _ in 0..100_000 {\n    std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(60)));\n}",
        &[
            "page.md:1:1",
            "the block panicked",
            "failed to spawn thread",
        ],
    );
}

#[test]
fn files_outside_are_out_of_reach() {
    let home = std::env::home_dir().unwrap();
    for path in [
        "/etc/passwd",
        "/proc/self/environ",
        "/proc/1/environ",
        "/tmp",
        home.to_str().unwrap(),
    ] {
        stopped(
            "rust,run",
            &format!(
                "let file = std::fs::read_dir({path:?}).map(|_| ()).or(std::fs::read({path:?}).map(|_| ()));\nfile.unwrap();"
            ),
            &["page.md:3:", "the block panicked", "Permission denied"],
        );
    }
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("file");
    std::fs::write(&file, "kept").unwrap();
    for code in [
        format!("std::fs::write({file:?}, \"lost\").unwrap();"),
        format!("std::fs::remove_file({file:?}).unwrap();"),
        format!(
            "use std::os::unix::fs::PermissionsExt;\nstd::fs::set_permissions({file:?}, std::fs::Permissions::from_mode(0o777)).unwrap();"
        ),
        format!(
            "std::os::unix::fs::symlink(\"/etc/passwd\", {:?}).unwrap();",
            outside.path().join("link")
        ),
        format!(
            "std::os::unix::fs::symlink({file:?}, \"link\").unwrap();\nstd::fs::write(\"link\", \"lost\").unwrap();"
        ),
    ] {
        stopped(
            "rust,run",
            &code,
            &["the block panicked", "denied|permitted"],
        );
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_block_may_write_in_its_own_folder() {
    let book = Book::new(
        "```rust,run\nstd::fs::write(\"note\", \"7\").unwrap();\nprintln!(\"{}\", std::fs::read_to_string(\"note\").unwrap());\n```\n\n```output\n7\n```\n",
    );
    check(&book).succeeds();
}

#[test]
fn the_compiler_reads_nothing_else() {
    stopped(
        "rust,run",
        "println!(\"{}\", include_str!(\"/etc/passwd\"));",
        &["page.md:2:16", "couldn\'t read `/etc/passwd`"],
    );
    stopped(
        "rust,run",
        "println!(\"{}\", env!(\"SECRET\"));",
        &["page.md:2:16", "environment variable `SECRET` not defined"],
    );
    stopped(
        "rust,run",
        "println!(\"{:?}\", option_env!(\"SECRET\"));",
        &["page.md:1:1", "+ None"],
    );
}

#[test]
fn the_compilers_environment_is_not_the_callers() {
    let code = "let names = [(\"PATH\", option_env!(\"PATH\")), (\"HOME\", option_env!(\"HOME\")), (\"USER\", option_env!(\"USER\")), (\"CARGO_HOME\", option_env!(\"CARGO_HOME\")), (\"RUSTUP_HOME\", option_env!(\"RUSTUP_HOME\")), (\"SystemRoot\", option_env!(\"SystemRoot\"))];\nfor (name, value) in names {\n    println!(\"{name} {value:?}\");\n}";
    let page = format!("```rust,run\n{code}\n```\n\n```output\nx\n```\n");
    let book = Book::new(&page);
    let own = std::env::var("PATH").unwrap();
    for mark in ["/mark/of/the/caller", "/tmp", "."] {
        let _ = std::fs::remove_dir_all(book.root().join("target"));
        let mut command = book.command();
        command
            .args(["--book", "check"])
            .env("PATH", format!("{own}:{mark}"))
            .env("SystemRoot", SECRET)
            .env("USER", SECRET);
        let answer = answer(command.output().unwrap());
        answer.finds(&[
            "PATH Some",
            "HOME None",
            "USER None",
            "CARGO_HOME None",
            "RUSTUP_HOME None",
            "SystemRoot None",
        ]);
        let line = answer
            .stderr
            .lines()
            .find(|line| line.contains("PATH Some"))
            .unwrap();
        assert!(line.ends_with("/usr/bin:/bin\")"), "{line}");
        assert!(!answer.stderr.contains(SECRET), "{answer:?}");
    }
}

#[test]
fn an_endless_constant() {
    stopped(
        "rust,run",
        "const N: u32 = { let mut n = 0u32; loop { n = n.wrapping_add(1); } };\nprintln!(\"{N}\");",
        &["page.md:2:", "constant evaluation is taking a long time"],
    );
}

#[test]
fn an_include_leaves_the_repository() {
    let book = Book::new(
        "a\n\n{{#include /etc/passwd}}\n\n> ```rust,run\n> {{#include ../../../../../../etc/passwd}}\n> ```\n",
    );
    check(&book).finds(&[
        "page.md:3:1",
        "page.md:6:3",
        "lies outside the repository",
        "2 findings",
    ]);
}

#[test]
fn variables_of_the_build_are_not_there() {
    stopped(
        "rust,run",
        "println!(\"{:?}\", std::env::var(\"SECRET\"));\nlet names: Vec<_> = std::env::vars().map(|(name, _)| name).collect();\nprintln!(\"{names:?}\");",
        &[
            "+ Err(NotPresent)",
            "+ [\"LC_ALL\", \"NO_COLOR\", \"PATH\", \"TZ\"]",
        ],
    );
}

#[test]
fn the_build_gets_no_signal() {
    stopped(
        "rust,run",
        "unsafe extern \"C\" { safe fn kill(id: i32, signal: i32) -> i32; }\nif kill(std::os::unix::process::parent_id() as i32, 9) < 0 {\n    panic!(\"{}\", std::io::Error::last_os_error());\n}",
        &["the block panicked", "Operation not permitted"],
    );
}

#[test]
fn no_socket_reaches_a_listener() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let local = UnixListener::bind(&path).unwrap();
    for listener in [
        tcp.set_nonblocking(true),
        udp.set_nonblocking(true),
        local.set_nonblocking(true),
    ] {
        listener.unwrap();
    }
    for code in [
        format!(
            "std::net::TcpStream::connect({:?}).unwrap();",
            tcp.local_addr().unwrap().to_string()
        ),
        format!(
            "std::net::UdpSocket::bind(\"127.0.0.1:0\").unwrap().send_to(b\"x\", {:?}).unwrap();",
            udp.local_addr().unwrap().to_string()
        ),
        format!("std::os::unix::net::UnixStream::connect({path:?}).unwrap();"),
    ] {
        stopped(
            "rust,run",
            &code,
            &[
                "the block panicked",
                "Operation not permitted",
                "no network",
            ],
        );
    }
    assert!(tcp.accept().is_err() && local.accept().is_err());
    assert!(udp.recv(&mut [0; 8]).is_err());
}

#[test]
fn an_abort_and_a_stack_overflow() {
    stopped(
        "rust,run",
        "std::process::abort();",
        &["page.md:1:1", "was aborted"],
    );
    stopped(
        "rust,run",
        "#[allow(unconditional_recursion)]\nfn deeper(n: u64) -> u64 { deeper(n + 1) + n }\nprintln!(\"{}\", deeper(0));",
        &["page.md:1:1", "was aborted", "has overflowed its stack"],
    );
}

#[test]
fn what_is_printed_is_text() {
    let printed = "\u{1b}[31mred <b>bold</b> </script> {{#include /etc/passwd}} &amp; `x`";
    let code = format!("```rust,run\nprintln!(\"{{}}\", {printed:?});\n```\n");
    let book = Book::new(&code);
    check(&book).finds(&["␛[31mred <b>bold</b>"]);
    book.run(&["bless"]).succeeds();
    book.run(&[]).succeeds();
    let html = book.built();
    assert!(
        html.contains("␛[31mred &lt;b&gt;bold&lt;/b&gt; &lt;/script&gt; {{#include /etc/passwd}} &amp;amp; `x`"),
        "{html}"
    );
    assert!(
        !html.contains("root:x:0"),
        "{}",
        &html[html.find("<main>").unwrap()..]
    );
}

#[test]
fn a_query_that_never_ends() {
    stopped(
        "sql,run,timeout=1s",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;",
        &["page.md:1:1", "ran for over 1 s"],
    );
}

#[test]
fn a_runner_with_processes_leaves_none_behind() {
    let mark = "918273.5";
    let runner = "\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\nprocesses = true\n";
    for (fence, rest, texts) in [
        ("sh,run", "echo started", &["+ started"][..]),
        ("sh,run,timeout=1s", "sleep 1000", &["ran for over 1 s"]),
        (
            "sh,run",
            "for i in 1 2 3 4 5; do (for j in $(seq 100); do sleep 1000 & done; wait) & done; wait",
            &["started over 256 processes"],
        ),
    ] {
        let page = format!("```{fence}\nsetsid sleep {mark} &\n{rest}\n```\n");
        let book = Book::with(&[("page.md", &page)], runner);
        check(&book).finds(texts);
        assert_eq!(running(mark), 0, "{rest}");
    }
}

#[test]
fn an_expression_that_never_ends() {
    for function in [
        "fn forever(x: Scalar) -> Scalar = forever(x + 1)",
        "fn twice(x: Scalar) -> Scalar = if x < 0 then 1 else twice(x - 1) + twice(x - 1)",
    ] {
        let name = &function[3..function.find('(').unwrap()];
        let page = format!(
            "```calc\n{function}\nlet good = 2 + 2 # = 5\n```\n\nIt is 7<!-- = {name}(200) -->, and 9<!-- = good + 4 -->.\n"
        );
        let book = Book::new(&page);
        check(&book).finds(&[
            "page.md:3:",
            "- 5",
            "+ 4",
            "page.md:6:15",
            "computing it failed|computing it took over 10 s",
            "+ 8",
            "3 findings",
        ]);
    }
}

/// How many processes have this argument.
fn running(argument: &str) -> usize {
    processes(|arguments| {
        let mut words = arguments.split(|byte| *byte == 0);
        words.any(|word| word == argument.as_bytes())
    })
}

/// How many processes have arguments, each ended by a zero byte, that are such.
pub(crate) fn processes(are_such: impl Fn(&[u8]) -> bool) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| {
            let mut line = Vec::new();
            let file = std::fs::File::open(entry.path().join("cmdline"));
            let _ = file.and_then(|mut file| file.read_to_end(&mut line));
            are_such(&line)
        })
        .count()
}

#[test]
fn a_killed_build_leaves_nothing_running() {
    let mark = "817263.5";
    let runner = "\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\nprocesses = true\n";
    let page = format!("```sh,run,timeout=100s\nsetsid sleep {mark} &\nsleep {mark}\n```\n");
    let book = Book::with(&[("page.md", &page)], runner);
    let mut child = book
        .command()
        .args(["check"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let wait_until = |number: usize| {
        let start = Instant::now();
        while running(mark) != number {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{} run",
                running(mark)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until(2);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until(0);
}

#[test]
fn a_book_can_require_all_bounds() {
    let page = "```rust,run\nprintln!(\"1\");\n```\n\n```output\n1\n```\n";
    let book = Book::with(&[("page.md", page)], "require-sandbox = true\n");
    check(&book).succeeds();
    // Inside a sandbox the bounds of another one are not to be had.
    let spec = serde_json::json!({
        "program": env!("CARGO_BIN_EXE_mdbook-proof"), "arguments": ["check", "--dir", book.root()],
        "parent": std::process::id(), "must": [], "watched": false, "reports": false,
        "bounds": {
            "read": ["/"], "write": ["/"], "memory": 1u64 << 40, "cpu": 100,
            "file_size": 1u64 << 30, "processes": false,
        },
    });
    std::fs::remove_dir_all(book.root().join("target")).unwrap();
    let output = book.command().args(["shim", &spec.to_string()]).output();
    answer(output.unwrap())
        .gives_up(&["requires the sandbox, and this system lacks: files, signals, descendants"]);
}
