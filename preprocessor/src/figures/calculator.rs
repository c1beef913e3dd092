//! The calculator: a process of this program that computes expressions, bounded like every other run.
//!
//! An expression can be a function that never ends. The calculator answers one request a line, in JSON;
//! one that doesn't answer in time is ended, and another one starts for the next request. Its standard output carries
//! answers only, as the interpreter prints nothing; and an answer repeats the number of its request, which no expression
//! can know.

use crate::work::process::{Host, Task};
use crate::work::sandbox::Bounds;
use mdbook_proof_calculator::sessions::{Answer, Request, Sessions};
use mdbook_proof_calculator::value::ExpressionError;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::path::Path;
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long one expression may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// The calculator's address space, in bytes.
const MEMORY: u64 = 2 << 30;

/// The longest answer, in bytes.
const ANSWER: u64 = 16 << 20;

/// A request or an answer, with the number of the request.
#[derive(Serialize, Deserialize)]
struct Numbered<T> {
    number: u64,
    content: T,
}

/// A running calculator.
pub(super) struct Calculator {
    child: Child,
    /// The number of the next request.
    number: u64,
    requests: ChildStdin,
    answers: Receiver<String>,
}

impl Calculator {
    /// Starts one, with the preludes loaded.
    ///
    /// # Errors
    /// When it can't be started, or a prelude is wrong.
    pub(super) fn start(
        host: &Host,
        program: &Path,
        folder: &Path,
        prelude: Option<&str>,
    ) -> io::Result<Result<Self, ExpressionError>> {
        let task = Task {
            program,
            arguments: vec!["calculate".to_owned()],
            environment: Vec::new(),
            folder,
            bounds: Bounds {
                read: vec![program.to_owned()],
                write: Vec::new(),
                memory: MEMORY,
                // It lives as long as the build; each request has its deadline.
                cpu: 24 * 3600,
                file_size: 0,
                processes: false,
            },
            deadline: DEADLINE,
            output: 0,
        };
        let mut child = host.spawn_interactive(&task)?;
        let (Some(requests), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the calculator has no pipes"));
        };
        let (send, answers) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut line = String::new();
                let read = output.by_ref().take(ANSWER).read_line(&mut line);
                if read.is_err() || !line.ends_with('\n') || send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut calculator = Self {
            child,
            // Chosen by chance.
            number: RandomState::new().hash_one(0),
            requests,
            answers,
        };
        let request = Request::Prelude(prelude.map(str::to_owned));
        Ok(match calculator.ask(&request) {
            Ok(Answer::Value(Err(error))) | Err(error) => Err(error),
            Ok(_) => Ok(calculator),
        })
    }

    /// Asks, and waits for the answer. After an error of the calculator's own it is of no more use.
    ///
    /// # Errors
    /// When it doesn't answer in time, or not at all.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer, ExpressionError> {
        let code = match request {
            Request::Define(_, code) | Request::Evaluate(_, code) => code,
            _ => "",
        };
        let gone = || {
            ExpressionError::new(
                code,
                "computing it failed: it takes too much memory, or calls itself without an end",
            )
        };
        self.number = self.number.wrapping_add(1);
        let numbered = Numbered {
            number: self.number,
            content: request,
        };
        let mut line = serde_json::to_string(&numbered).map_err(|_| gone())?;
        line.push('\n');
        let sent = self.requests.write_all(line.as_bytes());
        sent.and_then(|()| self.requests.flush())
            .map_err(|_| gone())?;
        match self.answers.recv_timeout(DEADLINE) {
            Ok(line) => match serde_json::from_str::<Numbered<Answer>>(&line) {
                Ok(answer) if answer.number == self.number => Ok(answer.content),
                _ => Err(gone()),
            },
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
            Err(RecvTimeoutError::Timeout) => Err(ExpressionError::new(
                code,
                format!("computing it took over {} s", DEADLINE.as_secs()),
            )),
        }
    }
}

impl Drop for Calculator {
    fn drop(&mut self) {
        // It may be inside an expression that never ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers requests until there are no more: the calculator's own side.
///
/// # Errors
/// When its pipes fail.
pub fn serve(requests: impl BufRead, mut answers: impl Write) -> anyhow::Result<()> {
    let mut sessions = Sessions::default();
    for line in requests.lines() {
        let request: Numbered<Request> = serde_json::from_str(&line?)?;
        let answer = Numbered {
            number: request.number,
            content: sessions.answer(request.content),
        };
        writeln!(answers, "{}", serde_json::to_string(&answer)?)?;
        answers.flush()?;
    }
    Ok(())
}
