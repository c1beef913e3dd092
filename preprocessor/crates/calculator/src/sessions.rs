//! Several programs of expressions, each in a session of its own, asked and answered as data.

use crate::interpreter::Interpreter;
use crate::value::{ExpressionError, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What is asked. Sessions have numbers; each starts from the preludes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Request {
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

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    /// A value, or nothing after a definition.
    Value(Result<Option<Value>, ExpressionError>),
    /// The values of a list, if that works.
    List(Option<Vec<Value>>),
}

/// The sessions that are open.
#[derive(Default)]
#[cfg_attr(
    not(feature = "numbat"),
    allow(
        clippy::zero_sized_map_values,
        reason = "there is no interpreter to keep"
    )
)]
pub struct Sessions {
    /// The preludes.
    base: Option<Interpreter>,
    open: HashMap<u64, Interpreter>,
}

impl Sessions {
    /// Answers a request.
    pub fn answer(&mut self, request: Request) -> Answer {
        match request {
            Request::Prelude(prelude) => match Interpreter::new(prelude.as_deref()) {
                Ok(interpreter) => {
                    self.base = Some(interpreter);
                    Answer::Value(Ok(None))
                }
                Err(error) => Answer::Value(Err(error)),
            },
            Request::Define(number, code) => Answer::Value(match self.session(number) {
                Some(session) => session.define(&code),
                None => Err(unprepared(&code)),
            }),
            Request::Evaluate(number, code) => Answer::Value(match self.session(number) {
                Some(session) => session.evaluate(&code),
                None => Err(unprepared(&code)),
            }),
            Request::List(number, codes) => Answer::List(
                self.session(number)
                    .and_then(|session| session.list(&codes)),
            ),
            Request::Close(number) => {
                self.open.remove(&number);
                Answer::Value(Ok(None))
            }
        }
    }

    /// A session, opened if need be; none before the preludes.
    fn session(&mut self, number: u64) -> Option<&mut Interpreter> {
        let base = self.base.as_ref()?;
        Some(self.open.entry(number).or_insert_with(|| base.clone()))
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions")
            .field("open", &self.open.len())
            .finish_non_exhaustive()
    }
}

fn unprepared(code: &str) -> ExpressionError {
    ExpressionError::new(code, "no preludes are loaded")
}

#[cfg(all(test, feature = "numbat"))]
mod tests {
    use super::*;

    fn number(answer: Answer) -> Option<f64> {
        match answer {
            Answer::Value(Ok(value)) => value.map(|value| value.base),
            _ => None,
        }
    }

    #[test]
    fn sessions_share_the_preludes_and_nothing_else() {
        let mut sessions = Sessions::default();
        let early = sessions.answer(Request::Evaluate(1, "1".to_owned()));
        assert!(matches!(early, Answer::Value(Err(_))));
        sessions.answer(Request::Prelude(Some("let size = 3".to_owned())));
        sessions.answer(Request::Define(1, "let width = size + 1".to_owned()));
        let width = |session| Request::Evaluate(session, "width × size".to_owned());
        assert_eq!(number(sessions.answer(width(1))), Some(12.0));
        assert_eq!(number(sessions.answer(width(2))), None);
        sessions.answer(Request::Close(1));
        assert_eq!(number(sessions.answer(width(1))), None);
    }

    #[test]
    fn a_definition_that_fails_leaves_nothing_behind() {
        let mut sessions = Sessions::default();
        sessions.answer(Request::Prelude(None));
        let failed = sessions.answer(Request::Define(1, "let a = 1\nlet b = c".to_owned()));
        assert!(matches!(failed, Answer::Value(Err(_))));
        let a = sessions.answer(Request::Evaluate(1, "a".to_owned()));
        assert!(matches!(a, Answer::Value(Err(_))));
    }
}
