//! The attempts of `tests/attempts` to get out of the sandbox: without it, and in it as a block is, as root and as an ordinary user.
//!
//! The table of the manual comes from here: `UPDATE_MANUAL=1 cargo test --package mdbook-proof --test program attempts`.

use crate::shim::{self, USER};
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a block may do although it reaches outside: the manual says so.
const ALLOWED: [&str; 1] = ["ask whether a file exists and how large it is"];

/// What a runner with `processes = true` may do besides: what it is for.
const ALLOWED_TO_RUNNERS: [&str; 8] = [
    "start a process with `fork`",
    "start a process with `clone`",
    "start a process as the standard library does",
    "leave its process group",
    "leave its session",
    "open a connected pair of sockets",
    "execute through a descriptor",
    ALLOWED[0],
];

/// Where an attempt is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Without the sandbox, in namespaces of its own.
    Outside,
    /// In the sandbox, as a block.
    Block,
    /// In the sandbox, as a runner that may start processes.
    Runner,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Through,
    Refused,
    /// It was not refused, and had no effect.
    Void,
    /// It was not tried.
    Untried,
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::Through => "goes through",
            Self::Refused => "refused",
            Self::Void => "no effect",
            Self::Untried => "not tried",
        }
    }
}

/// A row of the table.
struct Row {
    topic: String,
    name: String,
    /// Without the sandbox, as root.
    without: Outcome,
    as_root: Outcome,
    as_user: Outcome,
    /// As root, with processes.
    as_runner: Outcome,
}

/// The compiled attempts, and what they are made against.
struct Range {
    folder: tempfile::TempDir,
    shim: PathBuf,
    count: AtomicUsize,
}

impl Range {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attempts/attempts.rs");
        let compiled = Command::new("rustc")
            .args(["--edition=2024", "-Dwarnings", "-o"])
            .arg(folder.path().join("attempts"))
            .arg(source)
            .status();
        assert!(compiled.unwrap().success());
        // Another file than the one that the sandbox lets run.
        fs::copy(folder.path().join("attempts"), folder.path().join("other")).unwrap();
        let shim = shim::public_copy(folder.path());
        shim::open_to_all(folder.path());
        Self {
            folder,
            shim,
            count: AtomicUsize::new(0),
        }
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("attempts")
    }

    /// Topic, harmlessness and name of each attempt.
    fn list(&self) -> Vec<(String, bool, String)> {
        let output = Command::new(self.program()).arg("list").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let rows = text.lines().map(|line| {
            let [topic, is_harmless, name] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            (topic.to_owned(), is_harmless == "true", name.to_owned())
        });
        rows.collect()
    }

    /// Makes an attempt as a user.
    fn attempt(&self, name: &str, user: u32, place: Place) -> Outcome {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.path().join(number.to_string());
        let (outside, own) = (folder.join("outside"), folder.join("own"));
        fs::create_dir_all(outside.join("empty")).unwrap();
        fs::create_dir(&own).unwrap();
        for name in ["secret", "spare"] {
            fs::write(outside.join(name), "of others").unwrap();
        }
        fs::hard_link(self.folder.path().join("other"), outside.join("program")).unwrap();
        for path in ["", "secret", "spare", "empty"].map(|name| outside.join(name)) {
            shim::open_to_all(&path);
            chown(path, Some(user), Some(user)).unwrap();
        }
        shim::open_to_all(&folder);
        chown(&own, Some(user), Some(user)).unwrap();
        let mut victim = victim(user);
        let mut arguments = vec![
            name.to_owned(),
            outside.display().to_string(),
            victim.id().to_string(),
        ];
        let mut command;
        let mut channel = None;
        // A file that the build was started with, which nobody meant for a block.
        let start = "exec 9< \"$1\"; shift; exec \"$@\"";
        if place == Place::Outside {
            arguments.push(user.to_string());
            command = Command::new("sh");
            command
                .args(["-c", start, "sh"])
                .arg(outside.join("secret"));
            command
                .arg(self.program())
                .args(&arguments)
                .stdin(Stdio::null());
        } else {
            let has_processes = place == Place::Runner;
            let spec = shim::spec(&self.program(), &arguments, &own, has_processes);
            let (here, there) = UnixStream::pair().unwrap();
            command = Command::new("sh");
            command
                .args(["-c", start, "sh"])
                .arg(outside.join("secret"));
            command.arg(&self.shim).args(["shim", &spec]);
            command.uid(user).gid(user).stdin(OwnedFd::from(there));
            channel = Some(here);
        }
        let output = command.env_clear().current_dir(&own).output().unwrap();
        drop(command);
        if let Some(channel) = channel {
            let report = std::io::read_to_string(channel).unwrap();
            assert_eq!(report, "", "{name}");
        }
        let is_alive = victim.try_wait().unwrap().is_none();
        let _ = victim.kill();
        let _ = victim.wait();
        let text = String::from_utf8_lossy(&output.stdout);
        match text.split_whitespace().next() {
            _ if !is_alive => Outcome::Through,
            Some("through") => Outcome::Through,
            Some("refused") => Outcome::Refused,
            Some("void") => Outcome::Void,
            // The filter ends a process that calls by the numbers of another processor.
            None if output.status.signal() == Some(31)
                || output.status.code() == Some(128 + 31) =>
            {
                Outcome::Refused
            }
            // A program that was started instead of this one printed nothing.
            None if output.status.success() => Outcome::Through,
            _ => panic!("{name}: {output:?}"),
        }
    }
}

/// A process of others that runs as the user.
fn victim(user: u32) -> Child {
    let mut command = Command::new("sleep");
    command.arg("1000").uid(user).gid(user);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_goes_through_without_the_sandbox_is_refused_in_it() {
    let user = rustix::process::geteuid();
    let range = Range::new();
    if !user.is_root() {
        eprintln!("only root can try what goes through without the sandbox, and be two users");
        for (_, _, name) in range.list() {
            let is_allowed = ALLOWED.contains(&name.as_str());
            let outcome = range.attempt(&name, user.as_raw(), Place::Block);
            assert_eq!(outcome == Outcome::Through, is_allowed, "{name}");
        }
        return;
    }
    let row = |(topic, is_harmless, name): &(String, bool, String)| Row {
        without: match is_harmless {
            true => range.attempt(name, 0, Place::Outside),
            false => Outcome::Untried,
        },
        as_root: range.attempt(name, 0, Place::Block),
        as_user: range.attempt(name, USER, Place::Block),
        as_runner: range.attempt(name, 0, Place::Runner),
        topic: topic.clone(),
        name: name.clone(),
    };
    let list = range.list();
    // Processes wait for each other more than they work.
    let rows: Vec<Row> = thread::scope(|scope| {
        let chunks = list.chunks(list.len().div_ceil(8));
        let threads: Vec<_> = chunks
            .map(|chunk| scope.spawn(|| chunk.iter().map(row).collect::<Vec<_>>()))
            .collect();
        let rows = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        rows.collect()
    });
    let through = |of: fn(&Row) -> bool| -> Vec<&str> {
        let rows = rows.iter().filter(|row| of(row));
        rows.map(|row| row.name.as_str()).collect()
    };
    assert_eq!(through(|row| row.as_root == Outcome::Through), ALLOWED);
    assert_eq!(through(|row| row.as_user == Outcome::Through), ALLOWED);
    let mut by_runner = through(|row| row.as_runner == Outcome::Through);
    let mut allowed = ALLOWED_TO_RUNNERS.to_vec();
    by_runner.sort_unstable();
    allowed.sort_unstable();
    assert_eq!(by_runner, allowed);
    let is_telling = |row: &&Row| row.without == Outcome::Through;
    let telling = rows.iter().filter(is_telling).count();
    assert!(
        rows.len() >= 150 && telling >= 150,
        "{telling} of {}",
        rows.len()
    );
    compare_with_manual(&rows);
}

/// The page shows this table. What happens without the sandbox depends on the machine, and so does whether a device that can't be
/// opened is there: compared is what goes through.
fn compare_with_manual(rows: &[Row]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual/src/bounds.md");
    let text = fs::read_to_string(&page).unwrap();
    let mark = "<!-- from the attempts -->\n\n";
    let (before, rest) = text.split_once(mark).unwrap();
    let length: usize = rest
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('|'))
        .map(str::len)
        .sum();
    let (old, after) = rest.split_at(length);
    let mut new = "| attempt | on | without, as root | as root | as a user | as a runner, as root |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for row in rows {
        let outcomes = [row.without, row.as_root, row.as_user, row.as_runner]
            .map(Outcome::words)
            .join(" | ");
        new.push_str(&format!("| {} | {} | {outcomes} |\n", row.name, row.topic));
    }
    let compared = |table: &str| -> Vec<String> {
        let rows = table.lines().skip(2).map(|line| {
            let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
            let through = cells[3..].iter().map(|cell| *cell == "goes through");
            format!("{} {:?}", cells[0], through.collect::<Vec<_>>())
        });
        rows.collect()
    };
    if old != new && std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(page, format!("{before}{mark}{new}{after}")).unwrap();
    } else {
        assert_eq!(
            compared(old),
            compared(&new),
            "write the table with UPDATE_MANUAL=1"
        );
    }
}
