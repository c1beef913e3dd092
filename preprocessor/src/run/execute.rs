//! Executing compiled jobs: one process each, alone in an empty folder, with a deadline.

use super::compile::Compiled;
use super::{JobResult, Results};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How long a block may run.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// How much a block may print, in bytes.
pub const OUTPUT_LIMIT: u64 = 1024 * 1024;

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What it printed on standard output.
    pub stdout: Vec<u8>,
    /// What it printed on standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With exit status 0.
    Success,
    /// With another exit status or a signal, in words.
    Failure(String),
    /// Killed after [`DEADLINE`].
    Deadline,
    /// Killed after printing [`OUTPUT_LIMIT`].
    OutputLimit,
}

/// Runs every job that compiled, as many at once as there are processors.
///
/// # Errors
/// When a process can't be started.
pub fn execute(compiled: BTreeMap<String, Compiled>, folder: &Path) -> io::Result<Results> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let queue = Mutex::new(compiled.into_iter());
    let results = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| scope.spawn(|| work(&queue, &results, folder)))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a worker failed")))
        })
    })?;
    Ok(results.into_inner().unwrap_or_default())
}

fn work(
    queue: &Mutex<impl Iterator<Item = (String, Compiled)>>,
    results: &Mutex<Results>,
    folder: &Path,
) -> io::Result<()> {
    loop {
        let next = queue.lock().map_or(None, |mut queue| queue.next());
        let Some((name, job)) = next else {
            return Ok(());
        };
        let run = match &job.program {
            Some((program, argument)) => {
                let cwd = folder.join(format!("{name}.cwd"));
                std::fs::create_dir(&cwd)?;
                Some(execute_one(program, argument, &cwd)?)
            }
            None => None,
        };
        let result = JobResult {
            diagnostics: job.diagnostics,
            run,
        };
        if let Ok(mut results) = results.lock() {
            results.insert(name, result);
        }
    }
}

fn execute_one(program: &Path, argument: &str, cwd: &Path) -> io::Result<Run> {
    let mut command = Command::new(program);
    command
        .arg(argument)
        .current_dir(cwd)
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("TZ", "UTC"),
            ("LC_ALL", "C.UTF-8"),
            ("NO_COLOR", "1"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Windows starts no program without it.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    let mut child = command.spawn()?;
    let stdout = child
        .stdout
        .take()
        .map(|pipe| thread::spawn(|| drain(pipe)));
    let stderr = child
        .stderr
        .take()
        .map(|pipe| thread::spawn(|| drain(pipe)));
    let is_full = || {
        let ended = |pipe: &Option<thread::JoinHandle<_>>| {
            pipe.as_ref()
                .is_some_and(std::thread::JoinHandle::is_finished)
        };
        ended(&stdout) && ended(&stderr)
    };
    let end = wait(&mut child, is_full)?;
    let collect = |pipe: Option<thread::JoinHandle<Vec<u8>>>| {
        pipe.and_then(|pipe| pipe.join().ok()).unwrap_or_default()
    };
    let (stdout, stderr) = (collect(stdout), collect(stderr));
    let full = |bytes: &Vec<u8>| bytes.len() as u64 > OUTPUT_LIMIT;
    Ok(Run {
        end: match end {
            _ if full(&stdout) || full(&stderr) => End::OutputLimit,
            Some(status) if status.success() => End::Success,
            Some(status) => End::Failure(in_words(status)),
            None => End::Deadline,
        },
        stdout,
        stderr,
    })
}

/// Waits for the end of a child, and kills it at the deadline; none when it was killed.
///
/// Closed pipes are waited for without delay; the sleep grows so that short runs end at once and long
/// ones cost nothing.
fn wait(child: &mut Child, pipes_closed: impl Fn() -> bool) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > DEADLINE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        if !pipes_closed() {
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }
}

/// Reads a pipe to its end or to just past the limit; a program that prints on then meets a closed pipe.
fn drain(pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before an error counts.
    let _ = pipe.take(OUTPUT_LIMIT + 1).read_to_end(&mut bytes);
    bytes
}

fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("was ended by signal {signal}");
        }
    }
    match status.code() {
        Some(101) => "panicked".to_owned(),
        Some(code) => format!("ended with exit status {code}"),
        None => "ended abnormally".to_owned(),
    }
}
