//! Why something can't be drawn, and which attribute doesn't fit.

/// Why something can't be drawn.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the text that it is about, from 0; none where it is about all of it.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What can be done.
    pub help: String,
}

impl Problem {
    /// A problem with a line.
    pub fn at(line: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::whole(message, help)
        }
    }

    /// A problem with the whole text.
    pub fn whole(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            line: None,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// An attribute that doesn't go with the others.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its name.
    pub attribute: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What can be done.
    pub help: &'static str,
}
