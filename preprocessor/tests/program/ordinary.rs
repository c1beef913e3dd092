//! A whole book, checked by an ordinary user on a machine whose toolchain belongs to root.

use crate::fixture::{Answer, Book, answer};
use crate::shim::{self, USER};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Command, Stdio};

/// One of everything that runs, and attempts of a block and of a runner.
const PAGE: &str = r#"Six sevens are 42<!-- = 6 * 7 -->.

```rust,run
std::fs::write("own", "x").unwrap();
println!("{} {}", std::fs::read_to_string("own").unwrap(), std::fs::read("/etc/passwd").is_err());
```

```output
x true
```

```rust,run
unsafe extern "C" { fn syscall(n: i64, ...) -> i64; }
let parent = std::os::unix::process::parent_id() as i64;
let refused = [
    unsafe { syscall(302, parent, 1i64, [0u64, 0].as_ptr(), 0i64) },
    unsafe { syscall(62, parent, 9i64) },
    unsafe { syscall(272, 0x1000_0000i64) },
    unsafe { syscall(133, c"node".as_ptr(), 0o10600i64, 0i64) },
    unsafe { syscall(157, 1i64, 0i64) },
];
println!("{refused:?}");
```

```output
[-1, -1, -1, -1, -1]
```

```sql,run
select 1 as one;
```

```output
| one |
| --: |
|   1 |
```

```sh,run
setsid sleep 318264.5 >/dev/null 2>&1 &
kill -KILL $PPID 2>/dev/null || echo refused
cat /etc/passwd 2>/dev/null || echo refused
```

```output
refused
refused
```
"#;

/// Runs the program on a book as an ordinary user, with the toolchain mounted where that user can see it.
fn run(book: &Book, machine: &Path, arguments: &[&str]) -> Answer {
    let (shim, tools) = (machine.join("shim"), machine.join("tools"));
    give(book.root());
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .unwrap();
    let sysroot = String::from_utf8(sysroot.stdout).unwrap();
    let script = "mount --bind \"$1\" \"$2\" && cd \"$3\" && user=\"$4\" && shift 4 && exec setpriv --reuid=\"$user\" --regid=\"$user\" --clear-groups \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation=private", "sh", "-c", script, "sh"])
        .args([Path::new(sysroot.trim()), &tools, book.root()])
        .arg(USER.to_string())
        .arg(shim)
        .arg("--book")
        .args(arguments)
        .env_clear()
        .env("PATH", format!("{}/bin:/usr/bin:/bin", tools.display()))
        .stdin(Stdio::null());
    answer(command.output().unwrap())
}

/// Gives a folder to the ordinary user.
fn give(path: &Path) {
    chown(path, Some(USER), Some(USER)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in std::fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}

#[test]
fn an_ordinary_user_checks_a_whole_book_under_all_bounds() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("whoever runs the tests is an ordinary user, so that all of them show this");
        return;
    }
    let runner = "require-sandbox = true\n\n[preprocessor.proof.runner.sh]\ncommand = \"sh\"\nprocesses = true\n";
    let book = Book::with(&[("page.md", PAGE)], runner);
    let machine = tempfile::tempdir().unwrap();
    shim::public_copy(machine.path());
    shim::open_to_all(machine.path());
    std::fs::create_dir(machine.path().join("tools")).unwrap();
    let run = |book: &Book, arguments: &[&str]| run(book, machine.path(), arguments);
    let checked = run(&book, &["check", "--verbose"]);
    checked.succeeds();
    assert!(!checked.stderr.contains("missing"), "{checked:?}");
    assert_eq!(checked.stderr.matches(": holds").count(), 7, "{checked:?}");
    // Nothing changed: nothing runs.
    let again = run(&book, &["check", "--verbose"]);
    again.succeeds();
    assert!(!again.stderr.contains("ran: "), "{again:?}");
    // What root's build left is not in the way, nor the other way around.
    book.run(&["check"]).succeeds();
    let wrong = PAGE.replace("x true", "x false").replace("42", "43");
    book.write("src/page.md", &wrong);
    run(&book, &["check"]).finds(&["+ 42", "+x true|+ x true", "2 findings"]);
    run(&book, &["bless"]).succeeds();
    assert_eq!(book.page(), PAGE);
}
