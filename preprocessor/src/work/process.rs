//! Running one process: bounded, alone, in a folder of its own, with a deadline and a limit on its output.

use crate::work::host::{self, Place};
use crate::work::sandbox::{Bounds, Spec, Status};
#[cfg(target_os = "linux")]
use crate::work::sandbox::{Channel, Report};
use crate::work::wait::wait;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How much a process may print on each of its two outputs, in bytes.
pub const OUTPUT_LIMIT: u64 = 1024 * 1024;

/// What processes are started with.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// This program, which is the shim; without it nothing is started.
    pub shim: Option<PathBuf>,
    /// Which bounds the system offers, as far as that is seen without starting a process. Which ones hold is measured before
    /// the first process starts.
    pub status: Status,
    /// Whether all bounds have to hold.
    pub is_strict: bool,
}

/// A process to run.
#[derive(Debug)]
pub struct Task<'run> {
    /// The program.
    pub program: &'run Path,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables besides those that every process gets.
    pub environment: Vec<(&'static str, String)>,
    /// Its working folder.
    pub folder: &'run Path,
    /// What it may do.
    pub bounds: Bounds,
    /// When it is killed.
    pub deadline: Duration,
    /// How much it may print on each output, in bytes.
    pub output: u64,
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What it printed on standard output.
    #[serde(with = "bytes")]
    pub stdout: Vec<u8>,
    /// What it printed on standard error.
    #[serde(with = "bytes")]
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// With exit status 0.
    Success,
    /// With another exit status.
    Status(i32),
    /// By a signal, or in another unusual way, in words.
    Abnormal(String),
    /// Never: the program didn't start, for this reason.
    NotStarted(String),
    /// Killed after so many seconds.
    Deadline(u64),
    /// Killed after printing so many bytes.
    OutputLimit(u64),
}

impl Run {
    /// Whether another run had the same result, except for thread ids in messages.
    pub fn is_like(&self, other: &Self) -> bool {
        let message = |run: &Self| -> String {
            let text = String::from_utf8_lossy(&run.stderr);
            let is_id = |part: &str| part.contains(") panicked at ");
            text.split('(')
                .map(|part| match part.split_once(')') {
                    Some((_, rest)) if is_id(part) => rest,
                    _ => part,
                })
                .collect()
        };
        self.end == other.end && self.stdout == other.stdout && message(self) == message(other)
    }
}

impl Host {
    /// Which bounds hold, measured once.
    ///
    /// # Errors
    /// When they can't be measured, or all have to hold and one doesn't.
    pub fn measured(&self) -> io::Result<Status> {
        Ok(self.place()?.status.clone())
    }

    /// Runs a process to its end. `slow` is called once if it takes long.
    ///
    /// # Errors
    /// When it can't be started, or what has to bound it can't be applied.
    pub fn run(&self, task: &Task<'_>, slow: &dyn Fn()) -> io::Result<Run> {
        let place = self.place()?;
        let mut command = self.command(task, &place, true)?;
        #[cfg(target_os = "linux")]
        let (mut channel, input) =
            Channel::pair().map(|(channel, input)| (Some(channel), input))?;
        #[cfg(not(target_os = "linux"))]
        let (mut channel, input) = (None::<()>, Stdio::null());
        command.stdin(input);
        let mut child = place.start(command)?;
        let is_full = Arc::new(AtomicBool::new(false));
        let stdout = drain(child.stdout.take(), task.output, &is_full);
        let stderr = drain(child.stderr.take(), task.output, &is_full);
        // A supervisor ends its program when the channel closes.
        let mut ask = || task.bounds.processes && channel.take().is_some();
        let end = wait(&mut child, task.deadline, &is_full, slow, &mut ask)?;
        let (stdout, stderr) = (collect(stdout), collect(stderr));
        let end = match end {
            _ if is_full.load(Ordering::Relaxed) => End::OutputLimit(task.output),
            Some(status) => ended(status),
            None => End::Deadline(task.deadline.as_secs()),
        };
        #[cfg(target_os = "linux")]
        let end = match channel.and_then(Channel::report) {
            Some(Report::Refused(why)) => return Err(io::Error::other(why)),
            Some(Report::NotStarted(why)) => End::NotStarted(why),
            Some(Report::Ended(how)) => End::Abnormal(how),
            None => end,
        };
        Ok(Run {
            stdout,
            stderr,
            end,
        })
    }

    /// Starts a process whose input and output are pipes to the caller, which has to end it. Its standard error
    /// is discarded.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn spawn_interactive(&self, task: &Task<'_>) -> io::Result<Child> {
        let place = self.place()?;
        let mut command = self.command(task, &place, false)?;
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        place.start(command)
    }

    fn place(&self) -> io::Result<Arc<Place>> {
        host::place(self.shim.as_deref(), self.is_strict)
    }

    fn command(&self, task: &Task<'_>, place: &Place, reports: bool) -> io::Result<Command> {
        let Some(shim) = &self.shim else {
            return Err(io::Error::other(
                "runs are bounded by the program `mdbook-proof`, and this caller names none",
            ));
        };
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new(shim);
            command.arg("shim").arg(serde_json::to_string(&Spec {
                program: task.program.to_owned(),
                arguments: task.arguments.clone(),
                bounds: task.bounds.clone(),
                parent: std::process::id(),
                must: place.status.holding().to_vec(),
                watched: false,
                reports,
            })?);
            command
        } else {
            let mut command = Command::new(task.program);
            command.args(&task.arguments);
            command
        };
        command
            .current_dir(task.folder)
            .env_clear()
            .envs([
                ("PATH", "/usr/bin:/bin"),
                ("TZ", "UTC"),
                ("LC_ALL", "C.UTF-8"),
                ("NO_COLOR", "1"),
            ])
            .envs(task.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Windows needs it to start a program.
        if cfg!(windows)
            && let Some(root) = std::env::var_os("SystemRoot")
        {
            command.env("SystemRoot", root);
        }
        Ok(command)
    }
}

type Drain = Option<JoinHandle<Vec<u8>>>;

/// Reads a pipe to its end or just past the limit, in a thread of its own.
fn drain(pipe: Option<impl Read + Send + 'static>, limit: u64, is_full: &Arc<AtomicBool>) -> Drain {
    let is_full = Arc::clone(is_full);
    pipe.map(|pipe| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What was read before an error is kept.
            let _ = pipe.take(limit + 1).read_to_end(&mut bytes);
            if bytes.len() as u64 > limit {
                is_full.store(true, Ordering::Relaxed);
            }
            bytes
        })
    })
}

/// The bytes read from a pipe. A process left behind may hold it open where nothing bounds processes;
/// that is not waited for.
fn collect(drain: Drain) -> Vec<u8> {
    let Some(drain) = drain else {
        return Vec::new();
    };
    let start = Instant::now();
    while !drain.is_finished() && start.elapsed() < Duration::from_secs(2) {
        thread::sleep(Duration::from_micros(100));
    }
    if drain.is_finished() {
        drain.join().unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn ended(status: ExitStatus) -> End {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return End::Abnormal(match signal {
                4 => "was ended by signal 4 (illegal instruction)".to_owned(),
                6 => "was aborted".to_owned(),
                9 => "was killed".to_owned(),
                11 => "was ended by signal 11 (bad memory access)".to_owned(),
                24 => "used up its processor time".to_owned(),
                25 => "wrote too large a file".to_owned(),
                _ => format!("was ended by signal {signal}"),
            });
        }
    }
    match status.code() {
        Some(0) => End::Success,
        Some(code) => End::Status(code),
        None => End::Abnormal("ended abnormally".to_owned()),
    }
}

/// Bytes as text where they are text, and as a list of numbers where they aren't.
mod bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => text.serialize(to),
            Err(_) => bytes.serialize(to),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Form::deserialize(from)? {
            Form::Text(text) => text.into_bytes(),
            Form::Bytes(bytes) => bytes,
        })
    }
}
