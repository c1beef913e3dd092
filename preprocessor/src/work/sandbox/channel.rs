//! The channel between a build and a shim: the shim's standard input, in both directions.
//!
//! A shim reports what goes wrong through it, which the program can't do: it gets an empty input before it starts. The
//! channel is a lifeline too: a supervisor ends its program when the other side closes.

use rustix::fd::OwnedFd;
use rustix::fs::FileType;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

/// The longest report, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What a shim says instead of running the program to its end.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::work) enum Report {
    /// Why no program was started: a bound that has to hold can't be applied.
    Refused(String),
    /// Why the program didn't start within its bounds: it isn't there, or may not be read.
    NotStarted(String),
    /// Why the program was ended, in words that follow "the block".
    Ended(String),
}

/// The build's side.
#[derive(Debug)]
pub(in crate::work) struct Channel(UnixStream);

impl Channel {
    /// A channel, and the standard input for the shim.
    pub(in crate::work) fn pair() -> io::Result<(Self, Stdio)> {
        let (here, there) = UnixStream::pair()?;
        Ok((Self(here), Stdio::from(OwnedFd::from(there))))
    }

    /// What was reported; asked once the other process has ended.
    pub(in crate::work) fn report(self) -> Option<Report> {
        self.0.set_nonblocking(true).ok()?;
        let mut text = Vec::new();
        let _ = self.0.take(LONGEST).read_to_end(&mut text);
        if text.is_empty() {
            return None;
        }
        let garbled = || Report::Refused("the shim's report is garbled".to_owned());
        Some(serde_json::from_slice(&text).unwrap_or_else(|_| garbled()))
    }

    /// Waits for a first byte, with which the other side says that it is ready.
    pub(in crate::work) fn is_ready(&mut self) -> bool {
        self.0.read_exact(&mut [0]).is_ok()
    }
}

/// The shim's side, which closes when it becomes the program.
pub(super) struct Reporter(File);

impl Reporter {
    /// Takes the channel from standard input, and leaves an empty input there.
    pub(super) fn take() -> io::Result<Self> {
        let kind = FileType::from_raw_mode(rustix::fs::fstat(rustix::stdio::stdin())?.st_mode);
        if kind != FileType::Socket {
            return Err(io::Error::other("standard input is not a channel"));
        }
        let channel = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        Ok(Self(File::from(channel)))
    }

    /// Reports. Where nobody listens, the exit status has to say it.
    pub(super) fn send(&mut self, report: &Report) {
        if let Ok(text) = serde_json::to_vec(report) {
            let _ = self.0.write_all(&text);
        }
    }

    /// Says that this side is ready.
    pub(super) fn ready(&mut self) -> io::Result<()> {
        self.0.write_all(b".")
    }

    /// Another handle that waits until the other side closes.
    pub(super) fn lifeline(&self) -> io::Result<Lifeline> {
        Ok(Lifeline(self.0.try_clone()?))
    }
}

/// Ends when the build lets go, or has ended itself.
pub(super) struct Lifeline(File);

impl Lifeline {
    pub(super) fn wait(mut self) {
        let _ = io::copy(&mut self.0, &mut io::sink());
    }
}
