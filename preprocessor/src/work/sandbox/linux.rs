//! The bounds on Linux, in the order in which they are applied: limits, open files, privileges, Landlock, and the filter of
//! system calls.
//!
//! A bound that has to hold and can't be applied is an error, and no program starts. Whether it holds is what the kernel
//! says afterwards, not that a call was made.

use crate::work::sandbox::channel::{Report, Reporter};
use crate::work::sandbox::family::Family;
use crate::work::sandbox::{Bound, Bounds, Spec, Status, calls, files, privileges};
use anyhow::{Context, Error, Result, bail};
use rustix::process::{Resource, Rlimit, Signal};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Bounds this process and becomes the program.
pub(super) fn enter(spec: &Spec) -> Error {
    let mut reporter = None;
    let mut prepare = || -> Result<()> {
        if spec.reports {
            reporter = Some(Reporter::take()?);
        }
        die_with(spec.parent)?;
        apply(spec)
    };
    let (error, report): (Error, fn(String) -> Report) = match prepare() {
        Err(error) => (error, Report::Refused),
        Ok(()) => {
            let error = Command::new(&spec.program).args(&spec.arguments).exec();
            let what = format!("failed to start `{}`", spec.program.display());
            (Error::new(error).context(what), Report::NotStarted)
        }
    };
    if let Some(reporter) = &mut reporter {
        reporter.send(&report(format!("{error:#}")));
    }
    error
}

/// Ends this process when its parent ends, even after it became another program.
fn die_with(parent: u32) -> Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let is_there = rustix::process::getppid()
        .is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
    if !is_there {
        bail!("the build has ended");
    }
    Ok(())
}

/// Applies all bounds. An error of one that doesn't have to hold is passed over.
fn apply(spec: &Spec) -> Result<()> {
    for (bound, outcome) in steps(&spec.bounds, &spec.must) {
        if let Err(error) = outcome()
            && (spec.must.contains(&bound)
                || bound == Bound::Files && spec.must.contains(&Bound::Signals))
        {
            return Err(error)
                .with_context(|| format!("the bound `{}` can't be applied", bound.name()));
        }
    }
    Ok(())
}

type Step<'spec> = (Bound, Box<dyn FnOnce() -> Result<()> + 'spec>);

/// What applies each bound; Landlock applies two at once.
fn steps<'spec>(bounds: &'spec Bounds, must: &'spec [Bound]) -> [Step<'spec>; 5] {
    [
        (Bound::Limits, Box::new(|| limit(bounds))),
        (Bound::Descriptors, Box::new(privileges::close_files)),
        (Bound::Privileges, Box::new(privileges::drop_all)),
        (Bound::Files, Box::new(|| files::confine(bounds, must))),
        (Bound::Calls, Box::new(|| calls::filter(bounds.processes))),
    ]
}

/// Which bounds this system offers, as far as that can be seen without applying one.
pub(super) fn look() -> Status {
    let signals = files::can(Bound::Signals);
    let calls = calls::can();
    let has_list = std::path::Path::new("/proc/self/fdinfo").exists();
    Status::from_iter([
        (Bound::Limits, true),
        (Bound::Privileges, true),
        (Bound::Descriptors, has_list),
        (Bound::Files, files::can(Bound::Files)),
        (Bound::Signals, signals),
        (Bound::Calls, calls),
        (Bound::Descendants, signals && calls),
    ])
}

/// Applies every bound to this process, and looks at what it can still do.
pub(super) fn try_all() -> Status {
    let bounds = Bounds {
        read: Vec::new(),
        write: Vec::new(),
        memory: 1 << 30,
        cpu: 10,
        file_size: 1 << 20,
        processes: false,
    };
    let seen = look();
    let parent =
        rustix::process::getppid().map_or(0, |id| id.as_raw_nonzero().get().cast_unsigned());
    let family = seen.holds(Bound::Signals) && Family::start(parent).is_ok();
    let must: Vec<Bound> = [Bound::Files, Bound::Signals]
        .into_iter()
        .filter(|bound| seen.holds(*bound))
        .collect();
    let mut applied = Vec::new();
    for (bound, step) in steps(&bounds, &must) {
        applied.push((bound, step().is_ok()));
    }
    let is_applied = |wanted| {
        applied
            .iter()
            .any(|(bound, is_ok)| *bound == wanted && *is_ok)
    };
    let reads = std::fs::File::open("/proc/self/status").is_ok();
    let connects = std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
    let signals = seen.holds(Bound::Signals) && is_applied(Bound::Files) && family;
    let calls = is_applied(Bound::Calls) && !connects;
    Status::from_iter([
        (Bound::Limits, is_applied(Bound::Limits)),
        (Bound::Privileges, is_applied(Bound::Privileges)),
        (Bound::Descriptors, is_applied(Bound::Descriptors)),
        (
            Bound::Files,
            seen.holds(Bound::Files) && is_applied(Bound::Files) && !reads,
        ),
        (Bound::Signals, signals),
        (Bound::Calls, calls),
        (Bound::Descendants, signals && calls),
    ])
}

fn limit(bounds: &Bounds) -> Result<()> {
    for (resource, value) in [
        (Resource::Cpu, bounds.cpu),
        (Resource::As, bounds.memory),
        (Resource::Fsize, bounds.file_size),
        (Resource::Core, 0),
        (Resource::Nofile, 1024),
        (Resource::Msgqueue, 0),
    ] {
        let old = rustix::process::getrlimit(resource);
        let value = old.maximum.map_or(value, |most| most.min(value));
        let wanted = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        rustix::process::setrlimit(resource, wanted)?;
        if rustix::process::getrlimit(resource) != wanted {
            bail!("a limit was not kept");
        }
    }
    Ok(())
}
