//! The engine that pages compute with: it remembers what expressions gave, and has the rest computed.
//!
//! A result is kept under all that it follows from: the preludes, the definitions before it, and its own
//! text. So a build in which no expression changed computes nothing, whatever else changed on the pages. The
//! rest is computed by a [calculator](super::calculator), a process of its own; a library, which has
//! no program to start, computes it in its own process. Only answers are kept: that there was none, because computing
//! took too long or too much memory, says as much about the machine as about the expression.

use crate::figures::calculator::{Calculator, DEADLINE};
use crate::text::source::Source;
use crate::work::key::Key;
use crate::work::memory::Memory;
use crate::work::process::Host;
use mdbook_proof_calculator::program::Compute;
use mdbook_proof_calculator::sessions::{Answer, Request, Sessions};
use mdbook_proof_calculator::value::{ExpressionError, Value};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A value, nothing after a definition, or why there is none.
type Outcome = Result<Option<Value>, ExpressionError>;

/// How many expressions are computed as one list.
const LIST: usize = 256;

/// What computes, and where results are kept.
#[derive(Default)]
pub struct Workplace {
    /// This program and what bounds it; none in a library.
    pub program: Option<(PathBuf, Host)>,
    /// What expressions gave before.
    pub memory: Memory<Kept>,
}

/// The definitions that expressions start from.
pub struct Engine {
    shared: Arc<Shared>,
    /// What was defined since the preludes.
    definitions: Vec<String>,
    /// The preludes and the definitions, hashed.
    chain: String,
    session: Option<Session>,
}

/// Where an engine's definitions were run already.
#[derive(Clone, Copy)]
struct Session {
    /// The computer's, so that a session of an ended one is not asked for.
    generation: u64,
    number: u64,
    /// How many definitions were run.
    run: usize,
}

struct Shared {
    program: Option<(PathBuf, Host)>,
    prelude: Option<String>,
    memory: Mutex<Memory<Kept>>,
    computer: Mutex<Option<Computer>>,
    /// Counts computers.
    generation: AtomicU64,
    sessions: AtomicU64,
}

/// What answers requests.
enum Computer {
    /// A library's own process.
    Here(Box<Sessions>),
    /// A process of this program.
    There(Calculator),
}

/// What an expression gave, or a list of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Kept {
    /// Of one.
    Value(Result<Option<Value>, ExpressionError>),
    /// Of a list; nothing where it can't be computed as one.
    List(Option<Vec<Value>>),
}

impl Engine {
    /// Loads our prelude, and the book's if it has one, in this process.
    ///
    /// # Errors
    /// What is wrong with the book's prelude, at its bytes.
    pub fn new(book_prelude: Option<&Source>) -> Result<Self, ExpressionError> {
        Self::at(Workplace::default(), book_prelude)
    }

    /// Loads the preludes where computing is done.
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn at(
        workplace: Workplace,
        book_prelude: Option<&Source>,
    ) -> Result<Self, ExpressionError> {
        let prelude = book_prelude.map(|source| source.text().to_owned());
        let chain = Key::new("figures")
            .with(mdbook_proof_calculator::EDITION)
            .with(mdbook_proof_calculator::PRELUDE)
            .with(prelude.as_deref().unwrap_or_default());
        let mut engine = Self {
            shared: Arc::new(Shared {
                program: workplace.program,
                prelude,
                memory: Mutex::new(workplace.memory),
                computer: Mutex::new(None),
                generation: AtomicU64::new(0),
                sessions: AtomicU64::new(0),
            }),
            definitions: Vec::new(),
            chain: chain.finish(),
            session: None,
        };
        // A wrong prelude is found by the first expression. Ours alone is right: a test reads it.
        if book_prelude.is_some() {
            engine.evaluate("1")?;
        }
        Ok(engine)
    }

    /// The book's prelude.
    pub fn prelude(&self) -> Option<&str> {
        self.shared.prelude.as_deref()
    }

    /// The preludes and what was defined since, hashed.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// The values of many expressions: as one list where that works, which is ten times faster.
    pub fn evaluate_all(&mut self, codes: &[String]) -> Vec<Result<Value, ExpressionError>> {
        let mut values = Vec::with_capacity(codes.len());
        for chunk in codes.chunks(LIST) {
            match self.list(chunk) {
                Some(list) => values.extend(list.into_iter().map(Ok)),
                None => values.extend(chunk.iter().map(|code| self.evaluate(code))),
            }
        }
        values
    }

    fn list(&mut self, codes: &[String]) -> Option<Vec<Value>> {
        if codes.len() < 2 {
            return None;
        }
        let parts: Vec<&str> = codes.iter().map(String::as_str).collect();
        let key = self.key("list", &parts);
        if let Some(Kept::List(list)) = self.remembered(&key) {
            return list;
        }
        let request = |session| Request::List(session, codes.to_vec());
        let Ok(Answer::List(list)) = self.ask(request) else {
            return None;
        };
        self.keep(&key, Kept::List(list.clone()));
        list
    }

    /// Keeps what was computed for later builds.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save(&self) -> anyhow::Result<()> {
        lock(&self.shared.memory).save()
    }

    /// What a code gave before, or gives now; and whether it is asked for now.
    fn remember(
        &mut self,
        kind: &str,
        code: &str,
        request: impl Fn(u64) -> Request,
    ) -> (Outcome, bool) {
        let key = self.key(kind, &[code]);
        if let Some(Kept::Value(result)) = self.remembered(&key) {
            return (result, false);
        }
        let result = match self.ask(request) {
            Ok(Answer::Value(result)) => {
                self.keep(&key, Kept::Value(result.clone()));
                result
            }
            Ok(Answer::List(_)) => Err(ExpressionError::new(
                code,
                "the calculator gave another answer",
            )),
            Err(error) => Err(error),
        };
        (result, true)
    }

    fn key(&self, kind: &str, parts: &[&str]) -> String {
        let key = Key::new("figure").with(&self.chain).with(kind);
        parts.iter().fold(key, |key, part| key.with(part)).finish()
    }

    fn remembered(&self, key: &str) -> Option<Kept> {
        lock(&self.shared.memory).get(key).cloned()
    }

    fn keep(&self, key: &str, kept: Kept) {
        lock(&self.shared.memory).insert(key, kept);
    }

    /// Asks, in a session in which all definitions were run.
    ///
    /// # Errors
    /// When there is no answer.
    fn ask(&mut self, request: impl Fn(u64) -> Request) -> Result<Answer, ExpressionError> {
        let shared = Arc::clone(&self.shared);
        let mut computer = lock(&shared.computer);
        let is_used = computer.is_some();
        let start = Instant::now();
        match self.ask_once(&mut computer, &request) {
            // What ended it may have been left by another page. What took too long would do so again.
            Err(_) if is_used && computer.is_none() && start.elapsed() < DEADLINE => {
                self.ask_once(&mut computer, &request)
            }
            answer => answer,
        }
    }

    fn ask_once(
        &mut self,
        computer: &mut Option<Computer>,
        request: impl Fn(u64) -> Request,
    ) -> Result<Answer, ExpressionError> {
        let shared = &self.shared;
        let running = match computer {
            Some(running) => running,
            None => computer.insert(shared.start()?),
        };
        let generation = shared.generation.load(Ordering::Relaxed);
        let is_open = |session: &Session| session.generation == generation;
        let mut session = self.session.filter(is_open).unwrap_or_else(|| Session {
            generation,
            number: shared.sessions.fetch_add(1, Ordering::Relaxed),
            run: 0,
        });
        let mut ask = |request: &Request| {
            running.ask(request).inspect_err(|_| {
                shared.generation.fetch_add(1, Ordering::Relaxed);
            })
        };
        let mut answer = Ok(());
        for code in &self.definitions[session.run..] {
            let define = Request::Define(session.number, code.clone());
            answer = match ask(&define) {
                Ok(Answer::Value(Err(error))) | Err(error) => Err(error),
                Ok(_) => Ok(()),
            };
            if answer.is_err() {
                break;
            }
            session.run += 1;
        }
        let answer = answer.and_then(|()| ask(&request(session.number)));
        self.session = Some(session);
        if generation != shared.generation.load(Ordering::Relaxed) {
            *computer = None;
        }
        answer
    }
}

impl Compute for Engine {
    fn define(&mut self, code: &str) -> Outcome {
        let define = |session| Request::Define(session, code.to_owned());
        let (result, is_fresh) = self.remember("define", code, define);
        if result.is_ok() {
            if let Some(session) = self.session.as_mut().filter(|_| is_fresh) {
                session.run += 1;
            }
            self.definitions.push(code.to_owned());
            self.chain = Key::new("chain").with(&self.chain).with(code).finish();
        }
        result
    }

    fn evaluate(&mut self, code: &str) -> Result<Value, ExpressionError> {
        let evaluate = |session| Request::Evaluate(session, code.to_owned());
        let (result, _) = self.remember("evaluate", code, evaluate);
        result?.ok_or_else(|| ExpressionError::new(code, "the expression has no value"))
    }
}

impl Computer {
    fn ask(&mut self, request: &Request) -> Result<Answer, ExpressionError> {
        match self {
            Self::Here(sessions) => Ok(sessions.answer(request.clone())),
            Self::There(calculator) => calculator.ask(request),
        }
    }
}

impl Shared {
    /// Starts a computer with the preludes loaded.
    fn start(&self) -> Result<Computer, ExpressionError> {
        let Some((program, host)) = &self.program else {
            let mut sessions = Sessions::default();
            return match sessions.answer(Request::Prelude(self.prelude.clone())) {
                Answer::Value(Err(error)) => Err(error),
                _ => Ok(Computer::Here(Box::new(sessions))),
            };
        };
        let folder = std::env::temp_dir();
        match Calculator::start(host, program, &folder, self.prelude.as_deref()) {
            Ok(calculator) => calculator.map(Computer::There),
            Err(error) => Err(ExpressionError::new(
                "",
                format!("the calculator can't be started: {error}"),
            )),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clone for Engine {
    /// The same definitions; what is defined from now on stays apart.
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            definitions: self.definitions.clone(),
            chain: self.chain.clone(),
            session: None,
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(session) = self.session else {
            return;
        };
        let mut computer = lock(&self.shared.computer);
        if session.generation == self.shared.generation.load(Ordering::Relaxed)
            && let Some(running) = computer.as_mut()
        {
            let _ = running.ask(&Request::Close(session.number));
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_unit(code: &str, unit: &str) -> Result<f64, ExpressionError> {
        let mut engine = Engine::new(None).unwrap();
        let value = engine.evaluate(code)?;
        engine.in_unit(&value, unit)
    }

    #[test]
    fn rates_data_and_percents_are_computed_in_any_unit() {
        let close = |code, unit, wanted: f64| {
            let got = in_unit(code, unit).unwrap();
            assert!((got - wanted).abs() < 1e-9 * wanted.abs(), "{code}: {got}");
        };
        close(
            "100 million requests / day",
            "requests/s",
            1_157.407_407_407_407_4,
        );
        close("2.8 TB + 16 GB + 240 GB", "TB", 3.056);
        close("(1 - 99.99%) × 365.25 days", "minutes", 52.596);
        close("ceil(2.8 TB / 512 GB)", "", 6.0);
        close("1 KiB", "B", 1024.0);
        close("1 - 99.9%", "%", 0.1);
        close("2^30 bytes", "MiB", 1024.0);
    }

    #[test]
    fn dimensions_names_and_divisions_by_zero_are_errors() {
        for code in ["3 GB + 5 seconds", "peek × 3", "1 / 0", "3 +", "\"a\""] {
            let error = in_unit(code, "s").unwrap_err();
            assert!(
                error.span.end <= code.len() && !error.message.is_empty(),
                "{error:?}"
            );
        }
        assert!(
            in_unit("3 GB", "s")
                .unwrap_err()
                .message
                .contains("can't be")
        );
        assert!(
            in_unit("3 GB", "frogs")
                .unwrap_err()
                .message
                .contains("frogs")
        );
    }

    #[test]
    fn names_that_pages_need_are_free() {
        let mut engine = Engine::new(None).unwrap();
        for name in ["N", "W", "L", "T", "K", "R", "n", "p", "x"] {
            engine.define(&format!("let {name} = 3")).unwrap();
        }
    }
}
