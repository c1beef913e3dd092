//! Watching a program that may start processes: whatever it leaves behind is killed.
//!
//! Its signals reach what the program started and nothing else, so that one signal to all that it may signal ends them at once.
//! Orphans of the program become its children: as long as there is a child to wait for, something is left. It ends
//! them when the program ends, when their number exceeds a limit or can't be told, and when the channel to the build closes:
//! that is how the build ends a program at its deadline, and what happens when the build itself is killed.

use crate::work::sandbox::channel::{Channel, Report, Reporter};
use crate::work::sandbox::family::Family;
use crate::work::sandbox::{Bound, Spec};
use crate::work::wait::rest;
use anyhow::{Context, Error, Result};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

/// How many processes a program may have at a time.
const PROCESSES: usize = 256;

/// Runs the program in a shim of its own, and ends this process as the program ended.
#[expect(clippy::exit, reason = "this process exits as the one that it watched")]
pub(super) fn enter(spec: &Spec) -> Error {
    let mut reporter = match Reporter::take() {
        Ok(reporter) => reporter,
        Err(error) => return Error::new(error).context("the supervisor has no channel"),
    };
    let (report, code) = match watch(spec, &reporter) {
        Ok(Watched::Ended(status)) => {
            let code = status.code();
            std::process::exit(code.unwrap_or(128 + status.signal().unwrap_or(0)))
        }
        Ok(Watched::Stopped(report)) => (report, 1),
        Err(error) => (Report::Refused(format!("{error:#}")), 2),
    };
    reporter.send(&report);
    std::process::exit(code)
}

/// How watching ended.
enum Watched {
    /// With the program.
    Ended(ExitStatus),
    /// With a report.
    Stopped(Report),
}

fn watch(spec: &Spec, reporter: &Reporter) -> Result<Watched> {
    let family = match Family::start(spec.parent) {
        Ok(family) => Some(family),
        Err(error) if spec.must.contains(&Bound::Descendants) => {
            return Err(error).context("the bound `descendants` can't be applied");
        }
        // A kernel that can't confine signals: the processes are listed instead.
        Err(_) => None,
    };
    // It does not end with the build: it has to end the program first, when the channel closes.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let lifeline = reporter.lifeline()?;
    thread::spawn(move || {
        lifeline.wait();
        end_all(family);
        std::process::abort();
    });
    let watched = serde_json::to_string(&Spec {
        parent: std::process::id(),
        watched: true,
        reports: true,
        ..spec.clone()
    })?;
    let (channel, input) = Channel::pair()?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["shim", &watched])
        .stdin(input)
        .spawn()
        .context("failed to start the shim again")?;
    let stopped = follow(&mut child);
    end_all(family);
    match stopped? {
        Watched::Ended(status) => Ok(match channel.report() {
            Some(report) => Watched::Stopped(report),
            None => Watched::Ended(status),
        }),
        stopped @ Watched::Stopped(_) => Ok(stopped),
    }
}

/// Waits for the program, and counts its processes meanwhile.
fn follow(child: &mut Child) -> Result<Watched> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Watched::Ended(status));
        }
        // Nothing else limits their number: root isn't bound by the limit on processes.
        match count() {
            0 => {
                // It runs and isn't seen, unless it ended just now.
                if let Some(status) = child.try_wait()? {
                    return Ok(Watched::Ended(status));
                }
                child.kill()?;
                let why = "was ended, because its processes can't be counted";
                return Ok(Watched::Stopped(Report::Ended(why.to_owned())));
            }
            many if many > PROCESSES => {
                let why = format!("started over {PROCESSES} processes");
                return Ok(Watched::Stopped(Report::Ended(why)));
            }
            _ => {}
        }
        rest(child, pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Ends all that this process started and all that they started, and returns when none is left.
fn end_all(family: Option<Family>) {
    loop {
        match family {
            Some(family) => family.kill(),
            None => kill_listed(),
        }
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                // There is no child, so that there is no descendant either.
                Err(Errno::CHILD) => return,
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Stops, and at the next look kills, the descendants that the kernel lists: stopped, none starts new ones meanwhile.
fn kill_listed() {
    let mut known = BTreeSet::new();
    loop {
        let found = descendants();
        if found.is_empty() {
            return;
        }
        let is_still = found.is_subset(&known);
        let signal = if is_still { Signal::KILL } else { Signal::STOP };
        for process in found.iter().filter_map(|id| Pid::from_raw(*id)) {
            let _ = rustix::process::kill_process(process, signal);
        }
        if is_still {
            return;
        }
        known = found;
    }
}

/// How many processes descend from this one; 0 where that can't be seen. Asked often, so it reads of each only its
/// children, where the kernel lists them.
fn count() -> usize {
    let mut found = 0;
    let mut waiting = vec![rustix::process::getpid().as_raw_nonzero().get()];
    while let Some(id) = waiting.pop() {
        let Some(children) = children(id) else {
            return descendants().len();
        };
        found += children.len();
        // Enough to exceed the limit; the exact number doesn't matter.
        if found > PROCESSES {
            break;
        }
        waiting.extend(children);
    }
    found
}

/// The children of a process; none where the kernel doesn't list them. A process that is gone has no children.
fn children(id: i32) -> Option<Vec<i32>> {
    let mut children = Vec::new();
    let threads = std::fs::read_dir(format!("/proc/{id}/task"));
    for thread in threads.into_iter().flatten().flatten() {
        match std::fs::read_to_string(thread.path().join("children")) {
            Ok(list) => children.extend(list.split(' ').filter_map(|id| id.parse::<i32>().ok())),
            Err(_) if thread.path().exists() => return None,
            Err(_) => {}
        }
    }
    Some(children)
}

/// The processes that descend from this one and still run, by the kernel's list of all.
fn descendants() -> BTreeSet<i32> {
    let all: Vec<Process> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(Process::read)
        .collect();
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let mut family = BTreeSet::from([own]);
    loop {
        let before = family.len();
        for process in &all {
            if family.contains(&process.parent) {
                family.insert(process.id);
            }
        }
        if family.len() == before {
            break;
        }
    }
    let alive = all.iter().filter(|process| process.is_alive);
    let alive = alive.map(|process| process.id);
    alive
        .filter(|id| *id != own && family.contains(id))
        .collect()
}

struct Process {
    id: i32,
    parent: i32,
    /// Whether it still runs, and is not only waited for.
    is_alive: bool,
}

impl Process {
    fn read(id: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name, in parentheses, may hold anything; the state and the parent follow it.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let is_alive = !matches!(fields.next()?, "Z" | "X");
        Some(Self {
            id,
            parent: fields.next()?.parse().ok()?,
            is_alive,
        })
    }
}
