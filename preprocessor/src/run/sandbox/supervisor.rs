//! Watching a program that may start processes: whatever it leaves behind is killed.
//!
//! The supervisor is what orphans of the program become children of, so that none escapes by a session of
//! its own. It ends them when the program ends, and when its own standard input closes: that is how the
//! build ends a program at its deadline, and what happens when the build itself is killed.

use super::{Spec, linux};
use anyhow::{Context, Error, Result};
use rustix::process::{Pid, Signal, WaitOptions};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// Runs the program in a shim of its own, and ends this process as the program ended.
#[expect(
    clippy::exit,
    reason = "this process stands for the one that it watched"
)]
pub(super) fn enter(spec: &Spec) -> Error {
    match watch(spec) {
        Ok(status) => {
            let code = status.code();
            std::process::exit(code.unwrap_or(128 + status.signal().unwrap_or(0)))
        }
        Err(error) => error,
    }
}

fn watch(spec: &Spec) -> Result<ExitStatus> {
    linux::die_with(spec.parent)?;
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // The lifeline: it closes when the build wants the program ended, or is no more.
    thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        kill_descendants();
        std::process::abort();
    });
    let watched = serde_json::to_string(&Spec {
        parent: std::process::id(),
        watched: true,
        ..spec.clone()
    })?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["shim", &watched])
        .stdin(Stdio::null())
        .spawn()
        .context("failed to start the shim again")?;
    let status = child.wait()?;
    kill_descendants();
    Ok(status)
}

/// Kills all descendants. They are stopped first, so that none starts new ones meanwhile.
fn kill_descendants() {
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
            // Orphans become children of this process, and are reaped here.
            while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {}
            thread::sleep(Duration::from_millis(1));
        }
        known = found;
    }
}

/// The processes that descend from this one and still run, by the kernel's list.
fn descendants() -> BTreeSet<i32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name, in parentheses, may hold anything; the state and the parent follow it.
        let mut fields = stat
            .rsplit_once(") ")
            .map_or("", |(_, rest)| rest)
            .split(' ');
        let is_gone = fields
            .next()
            .is_none_or(|state| state == "Z" || state == "X");
        if let Some(parent) = fields.next().and_then(|field| field.parse::<i32>().ok()) {
            parents.push((id, parent, is_gone));
        }
    }
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let mut family = BTreeSet::from([own]);
    loop {
        let before = family.len();
        let children = parents
            .iter()
            .filter(|(_, parent, _)| family.contains(parent));
        let children: Vec<i32> = children.map(|(id, _, _)| *id).collect();
        family.extend(children);
        if family.len() == before {
            break;
        }
    }
    let gone = parents.iter().filter(|(_, _, is_gone)| *is_gone);
    for (id, _, _) in gone {
        family.remove(id);
    }
    family.remove(&own);
    family
}
