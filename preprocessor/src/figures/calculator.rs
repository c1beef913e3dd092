//! The calculator: a process of this program that computes expressions, bounded like every other run.
//!
//! An expression can be a function that never ends. The calculator answers one request a line, in JSON;
//! one that doesn't answer in time is ended, and another one starts for the next request.

use crate::figures::interpreter::Interpreter;
use crate::figures::value::{ExpressionError, Value};
use crate::work::process::{Host, Task};
use crate::work::sandbox::Bounds;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long one expression may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// The calculator's address space, in bytes.
const MEMORY: u64 = 2 << 30;

/// What the calculator is asked. Sessions have numbers; each starts from the preludes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Request {
    /// Loads the preludes: ours, and the book's.
    Prelude(Option<String>),
    /// Runs a definition.
    Define(u64, String),
    /// Computes an expression.
    Evaluate(u64, String),
    /// Computes expressions as one list.
    List(u64, Vec<String>),
    /// Forgets a session.
    Close(u64),
}

/// What it answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Answer {
    /// A value, or nothing after a definition.
    Value(Result<Option<Value>, ExpressionError>),
    /// The values of a list, if that works.
    List(Option<Vec<Value>>),
}

/// A running calculator.
pub(super) struct Calculator {
    child: Child,
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
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut calculator = Self {
            child,
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
        let mut line = serde_json::to_string(request).map_err(|_| gone())?;
        line.push('\n');
        let sent = self.requests.write_all(line.as_bytes());
        sent.and_then(|()| self.requests.flush())
            .map_err(|_| gone())?;
        match self.answers.recv_timeout(DEADLINE) {
            Ok(line) => serde_json::from_str(&line).map_err(|_| gone()),
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
    let mut base = None;
    let mut sessions: HashMap<u64, Interpreter> = HashMap::new();
    for line in requests.lines() {
        let request: Request = serde_json::from_str(&line?)?;
        if let Request::Prelude(prelude) = &request {
            let loaded = Interpreter::new(prelude.as_deref());
            let answer = Answer::Value(loaded.as_ref().map(|_| None).map_err(Clone::clone));
            base = loaded.ok();
            writeln!(answers, "{}", serde_json::to_string(&answer)?)?;
            answers.flush()?;
            continue;
        }
        let Some(base) = &base else {
            anyhow::bail!("the preludes come first");
        };
        let answer = match request {
            Request::Define(number, code) => {
                // A statement that fails may have come half way.
                let session = sessions.entry(number).or_insert_with(|| base.clone());
                let mut next = session.clone();
                let result = next.run(&code);
                if result.is_ok() {
                    *session = next;
                }
                Answer::Value(result)
            }
            Request::Evaluate(number, code) => {
                let session = sessions.entry(number).or_insert_with(|| base.clone());
                Answer::Value(session.evaluate(&code))
            }
            Request::List(number, codes) => {
                let session = sessions.entry(number).or_insert_with(|| base.clone());
                Answer::List(session.list(&codes))
            }
            Request::Close(number) => {
                sessions.remove(&number);
                Answer::Value(Ok(None))
            }
            Request::Prelude(_) => Answer::Value(Ok(None)),
        };
        writeln!(answers, "{}", serde_json::to_string(&answer)?)?;
        answers.flush()?;
    }
    Ok(())
}
