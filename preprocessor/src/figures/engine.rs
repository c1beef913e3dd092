//! The engine that pages compute with: it remembers what expressions gave, and has the rest computed.
//!
//! A result is kept under all that it follows from: the preludes, the definitions before it, and its own
//! text. So a build in which no expression changed computes nothing, whatever else changed on the pages. The
//! rest is computed by a [calculator](super::calculator), a process of its own; a library, which has
//! no program to start, computes it in its own process.

use crate::figures::calculator::Calculator;
use crate::text::source::Source;
use crate::work::key::Key;
use crate::work::memory::Memory;
use crate::work::process::Host;
use mdbook_proof_calculator::interpreter::Interpreter;
use mdbook_proof_calculator::sessions::{Answer, Request};
use mdbook_proof_calculator::value::{ExpressionError, Value};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    session: Session,
}

/// Where an engine's definitions were run already, and how many of them.
enum Session {
    None,
    Here(Box<Interpreter>, usize),
    There(u64, u64, usize),
}

struct Shared {
    program: Option<(PathBuf, Host)>,
    prelude: Option<String>,
    memory: Mutex<Memory<Kept>>,
    calculator: Mutex<Option<Calculator>>,
    /// Counts calculators, so that a session of an ended one is not asked for.
    generation: AtomicU64,
    sessions: AtomicU64,
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
            .with(mdbook_proof_calculator::PRELUDE)
            .with(prelude.as_deref().unwrap_or_default());
        let mut engine = Self {
            shared: Arc::new(Shared {
                program: workplace.program,
                prelude,
                memory: Mutex::new(workplace.memory),
                calculator: Mutex::new(None),
                generation: AtomicU64::new(0),
                sessions: AtomicU64::new(0),
            }),
            definitions: Vec::new(),
            chain: chain.finish(),
            session: Session::None,
        };
        // A wrong prelude is found by the first expression. Ours alone is right: a test reads it.
        if book_prelude.is_some() {
            engine.evaluate("1")?;
        }
        Ok(engine)
    }

    /// Runs statements; the value of the last one, if it is an expression.
    ///
    /// # Errors
    /// When they don't parse, units don't fit, or the value is not a number.
    pub fn interpret(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        let result = self.remember("define", code, Self::define);
        if result.is_ok() {
            self.definitions.push(code.to_owned());
            self.chain = Key::new("chain").with(&self.chain).with(code).finish();
        }
        result
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Engine::interpret`].
    pub fn evaluate(&mut self, code: &str) -> Result<Value, ExpressionError> {
        let result = self.remember("evaluate", code, Self::compute);
        result?.ok_or_else(|| ExpressionError::new(code, "the expression has no value"))
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
        let list = self.compute_list(codes);
        self.keep(&key, Kept::List(list.clone()));
        list
    }

    /// How many `unit` a value is. An empty unit means a bare number.
    ///
    /// # Errors
    /// When the unit is unknown or measures something else.
    pub fn in_unit(&mut self, value: &Value, unit: &str) -> Result<f64, ExpressionError> {
        let one = self.one(unit)?;
        value.in_units_of(&one, unit)
    }

    /// One of a unit. An empty unit means a bare number.
    ///
    /// # Errors
    /// When the unit is unknown.
    pub fn one(&mut self, unit: &str) -> Result<Value, ExpressionError> {
        let unit_code = match unit {
            "" | "times" => "1".to_owned(),
            _ => format!("1 {unit}"),
        };
        self.evaluate(&unit_code).map_err(|problem| ExpressionError {
            message: format!("the figure's unit `{unit}` is not known: {}", problem.message),
            help: Some(format!(
                "the figure is what comes right before its expression; define `{unit}` in the book's prelude if it is a unit"
            )),
            ..problem
        })
    }

    /// Keeps what was computed for later builds.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save(&self) -> anyhow::Result<()> {
        lock(&self.shared.memory).save()
    }

    /// What a code gave before, or gives now.
    fn remember(
        &mut self,
        kind: &str,
        code: &str,
        compute: impl FnOnce(&mut Self, &str) -> Outcome,
    ) -> Outcome {
        let key = self.key(kind, &[code]);
        if let Some(Kept::Value(result)) = self.remembered(&key) {
            return result;
        }
        let result = compute(self, code);
        self.keep(&key, Kept::Value(result.clone()));
        result
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

    fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        if self.shared.program.is_some() {
            let result = self.ask(|session| Request::Define(session, code.to_owned()))?;
            if let (Answer::Value(Ok(_)), Session::There(_, _, run)) = (&result, &mut self.session)
            {
                *run += 1;
            }
            return value(result);
        }
        let (interpreter, run) = self.here()?;
        let result = interpreter.define(code);
        if result.is_ok() {
            *run += 1;
        }
        result
    }

    fn compute(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        if self.shared.program.is_some() {
            let answer = self.ask(|session| Request::Evaluate(session, code.to_owned()));
            return answer.and_then(value);
        }
        self.here()?.0.evaluate(code)
    }

    fn compute_list(&mut self, codes: &[String]) -> Option<Vec<Value>> {
        if self.shared.program.is_some() {
            return match self.ask(|session| Request::List(session, codes.to_vec())) {
                Ok(Answer::List(list)) => list,
                _ => None,
            };
        }
        self.here().ok()?.0.list(codes)
    }

    /// The interpreter in this process, with all definitions run, and how many they are.
    fn here(&mut self) -> Result<(&mut Interpreter, &mut usize), ExpressionError> {
        if !matches!(self.session, Session::Here(..)) {
            let interpreter = Interpreter::new(self.shared.prelude.as_deref())?;
            self.session = Session::Here(Box::new(interpreter), 0);
        }
        let Session::Here(interpreter, run) = &mut self.session else {
            return Err(ExpressionError::new("", "there is no interpreter"));
        };
        for code in &self.definitions[*run..] {
            interpreter.run(code)?;
            *run += 1;
        }
        Ok((interpreter, run))
    }

    /// Asks the calculator, in a session in which all definitions were run.
    fn ask(&mut self, request: impl Fn(u64) -> Request) -> Result<Answer, ExpressionError> {
        let shared = Arc::clone(&self.shared);
        let mut calculator = lock(&shared.calculator);
        if calculator.is_none() {
            *calculator = Some(shared.start()?);
        }
        let generation = shared.generation.load(Ordering::Relaxed);
        let (session, run) = match self.session {
            Session::There(its, session, run) if its == generation => (session, run),
            _ => (shared.sessions.fetch_add(1, Ordering::Relaxed), 0),
        };
        self.session = Session::There(generation, session, run);
        let missing = self.definitions[run..]
            .iter()
            .map(|code| Request::Define(session, code.clone()));
        let requests: Vec<Request> = missing.chain([request(session)]).collect();
        let mut answer = Answer::Value(Ok(None));
        for request in requests {
            let Some(running) = calculator.as_mut() else {
                break;
            };
            match running.ask(&request) {
                Ok(given) => answer = given,
                Err(error) => {
                    *calculator = None;
                    shared.generation.fetch_add(1, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        self.session = Session::There(generation, session, self.definitions.len());
        Ok(answer)
    }
}

fn value(answer: Answer) -> Result<Option<Value>, ExpressionError> {
    match answer {
        Answer::Value(result) => result,
        Answer::List(_) => Err(ExpressionError::new(
            "",
            "the calculator gave another answer",
        )),
    }
}

impl Shared {
    fn start(&self) -> Result<Calculator, ExpressionError> {
        let failed = |error: &dyn std::fmt::Display| {
            ExpressionError::new("", format!("the calculator can't be started: {error}"))
        };
        let Some((program, host)) = &self.program else {
            return Err(failed(&"there is no program"));
        };
        let folder = std::env::temp_dir();
        match Calculator::start(host, program, &folder, self.prelude.as_deref()) {
            Ok(calculator) => calculator,
            Err(error) => Err(failed(&error)),
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
            session: match &self.session {
                Session::Here(interpreter, run) => Session::Here(interpreter.clone(), *run),
                _ => Session::None,
            },
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Session::There(generation, session, _) = self.session else {
            return;
        };
        let mut calculator = lock(&self.shared.calculator);
        if generation == self.shared.generation.load(Ordering::Relaxed)
            && let Some(running) = calculator.as_mut()
        {
            let _ = running.ask(&Request::Close(session));
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
            engine.interpret(&format!("let {name} = 3")).unwrap();
        }
    }
}
