//! Waiting for a child: until it ends, a deadline passes, or it has printed too much.
//!
//! Kept by hand: `wait-timeout` installs a handler of SIGCHLD for the whole process, and can't watch how much is printed
//! meanwhile.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// After this time a process is slow, and is named while it still runs.
const SLOW: Duration = Duration::from_secs(2);

/// Waits for the end of a child, and kills it at the deadline; none when it was killed.
///
/// The pause grows, so that short runs end at once and long ones cost nothing. `ask` asks a supervisor to end its program, and says
/// whether there is one.
pub(super) fn wait(
    child: &mut Child,
    deadline: Duration,
    is_full: &AtomicBool,
    slow: &dyn Fn(),
    ask: &mut dyn FnMut() -> bool,
) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    let mut is_named = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > deadline || is_full.load(Ordering::Relaxed) {
            end(child, ask)?;
            return Ok(None);
        }
        if !is_named && start.elapsed() > SLOW {
            is_named = true;
            slow();
        }
        rest(child, pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

/// Waits for some time, or until the child ends where the system can report that.
pub(super) fn rest(child: &Child, time: Duration) {
    #[cfg(target_os = "linux")]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use rustix::process::{Pid, PidfdFlags, pidfd_open};
        let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty());
        if let (Ok(handle), Ok(time)) = (handle, Timespec::try_from(time)) {
            let _ = poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&time));
            return;
        }
    }
    let _ = child;
    thread::sleep(time);
}

/// Ends a child: a supervisor by asking it, so that it ends its own children, anything else by force.
fn end(child: &mut Child, ask: &mut dyn FnMut() -> bool) -> io::Result<()> {
    if ask() {
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(5) {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}
