//! The lines of a trace.
//!
//! | line | means |
//! | --- | --- |
//! | `a -> b: text` | a message |
//! | `a --> b: text` | an answer, dashed |
//! | `a ~> b: text` | a delayed message, drawn sloping |
//! | `a -x b: text` | a lost message |
//! | `a -> a: text` | a step that `a` takes by itself |
//! | `note a: text`, `a: text` | a note at `a` |
//!
//! A line may start with a time, two or more spaces before the rest: `12 ms  a -> b: text`. It starts with a digit or `t=`.
//! The text may be left out, except in a note. Blank lines are skipped.

use crate::picture::Problem;
use crate::text;

/// A trace.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trace {
    /// The participants, in order of appearance.
    pub(super) participants: Vec<String>,
    /// What happens, in order.
    pub(super) steps: Vec<Step>,
}

/// Something that happens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// When, as it is printed.
    pub(super) time: Option<String>,
    /// The number of the participant that sends, or that the note is about.
    pub(super) from: usize,
    /// How the message travels and the number of the participant it is for; none for a note.
    pub(super) arrow: Option<(Arrow, usize)>,
    text: String,
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrow {
    Message,
    Reply,
    Delayed,
    Lost,
}

impl Step {
    /// The message or the note.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The participants that it spans, the left one first.
    pub(super) fn columns(&self) -> (usize, usize) {
        let to = self.arrow.map_or(self.from, |(_, to)| to);
        (self.from.min(to), self.from.max(to))
    }
}

/// The longest first: `-->` also holds `->`.
const ARROWS: [(&str, Arrow); 4] = [
    (" --> ", Arrow::Reply),
    (" -> ", Arrow::Message),
    (" ~> ", Arrow::Delayed),
    (" -x ", Arrow::Lost),
];
/// More participants don't fit a page.
const PARTICIPANTS: usize = 10;
/// More steps can't be followed.
const STEPS: usize = 150;
const HELP: &str = "a line is `a -> b: text`, with `-->` for an answer, `~>` for a delayed and `-x` for a lost message, or a note: `note a: text`; the line may start with a time and two spaces: `12 ms  a -> b: text`";

/// Reads a trace.
///
/// # Errors
/// For a line that is none of the known ones, and for a trace too large to read.
pub(super) fn read(lines: &[&str]) -> Result<Trace, Problem> {
    let mut trace = Trace {
        participants: Vec::new(),
        steps: Vec::new(),
    };
    for (number, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if trace.steps.len() == STEPS {
            return Err(Problem::at(
                number,
                format!("a diagram of more than {STEPS} steps can't be followed"),
                "print fewer lines, or show the text alone: `output`",
            ));
        }
        let step = trace.step(line).ok_or_else(|| {
            let line = text::cut(line, 40.0);
            Problem::at(number, format!("`{line}` is no step of a sequence"), HELP)
        })?;
        trace.steps.push(step);
        if trace.participants.len() > PARTICIPANTS {
            return Err(Problem::at(
                number,
                format!("a diagram of more than {PARTICIPANTS} participants doesn't fit a page"),
                "let fewer take part, or show the text alone: `output`",
            ));
        }
    }
    if trace.steps.is_empty() {
        return Err(Problem::whole("the output has no steps to draw", HELP));
    }
    Ok(trace)
}

impl Trace {
    fn step(&mut self, line: &str) -> Option<Step> {
        let (time, rest) = time(line);
        // The text after the colon may hold anything, arrows too.
        let (head, text) = match rest.split_once(':') {
            Some((head, text)) => (head, Some(text)),
            None => (rest, None),
        };
        let text = text.map(text::clean).filter(|text| !text.is_empty());
        let head = format!("{} ", head.trim_end());
        let arrow = ARROWS
            .iter()
            .filter_map(|(sign, arrow)| Some((head.find(sign)?, *sign, *arrow)))
            .min_by_key(|(at, ..)| *at);
        let Some((at, sign, arrow)) = arrow else {
            let name = head.strip_prefix("note ").unwrap_or(&head);
            let text = text?;
            let from = self.participant(name)?;
            return Some(Step {
                time,
                from,
                arrow: None,
                text,
            });
        };
        let from = self.participant(&head[..at])?;
        let to = self.participant(&head[at + sign.len()..])?;
        Some(Step {
            time,
            from,
            arrow: Some((arrow, to)),
            text: text.unwrap_or_default(),
        })
    }

    /// The number of a participant; none where the name is empty or holds another arrow.
    fn participant(&mut self, name: &str) -> Option<usize> {
        let name = text::clean(name);
        if name.is_empty() || name.contains(['<', '>']) || name.contains("-x ") {
            return None;
        }
        if let Some(number) = self.participants.iter().position(|other| *other == name) {
            return Some(number);
        }
        self.participants.push(name);
        Some(self.participants.len() - 1)
    }
}

/// Parts the time in front from the rest of a line.
fn time(line: &str) -> (Option<String>, &str) {
    let line = line.trim();
    let starts = line.starts_with(|c: char| c.is_ascii_digit()) || line.starts_with("t=");
    let gap = line.find("  ").into_iter().chain(line.find('\t')).min();
    match gap {
        Some(gap) if starts => (Some(text::cut(&line[..gap], 8.0)), line[gap..].trim_start()),
        _ => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Step {
        read(&[line]).unwrap().steps.remove(0)
    }

    #[test]
    fn every_form_is_read() {
        let step = one("  12 ms  client 1 -> cache: get k1 -> k2: x");
        assert_eq!(step.time.as_deref(), Some("12 ms"));
        assert_eq!(step.arrow, Some((Arrow::Message, 1)));
        assert_eq!(step.text(), "get k1 -> k2: x");
        assert_eq!(one("a --> b").arrow, Some((Arrow::Reply, 1)));
        assert_eq!(one("a ~> b:").arrow, Some((Arrow::Delayed, 1)));
        assert_eq!(one("a -x b: 1").arrow, Some((Arrow::Lost, 1)));
        assert_eq!(one("a -> a: 1").columns(), (0, 0));
        assert_eq!(one("note a: 1").arrow, None);
        assert_eq!(one("t=3\tnode-x: down").time.as_deref(), Some("t=3"));
        assert_eq!(read(&["3 ms  n: x"]).unwrap().participants, ["n"]);
        assert_eq!(read(&["node-x: x"]).unwrap().participants, ["node-x"]);
    }

    #[test]
    fn what_is_no_step_is_named_at_its_line() {
        for line in [
            "hits 7",
            "a =>b: x",
            "-> b: x",
            "a -> : x",
            "a -> b -> c: x",
            "note a:",
            ": x",
            "a ->b: x",
        ] {
            let problem = read(&["a -> b: x", "", line]).unwrap_err();
            assert_eq!(problem.line, Some(2), "{line}");
            assert!(problem.message.contains("no step"), "{problem:?}");
        }
        assert_eq!(read(&["", " "]).unwrap_err().line, None);
        assert_eq!(read(&["a -> b: x"; 151]).unwrap_err().line, Some(150));
        let many: Vec<String> = (0..11).map(|n| format!("n{n} -> n{n}: x")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&many).unwrap_err().line, Some(10));
    }
}
