//! Figures: `calc` fences, and figures in the text and in code, each against the value of its expression.
//!
//! All expressions of a page are one program: the `calc` fences in page order, then the figures.

pub mod calculator;
pub mod engine;
pub mod inputs;
mod judge;
pub(crate) mod literal;
mod printed;

pub(crate) use mdbook_proof_calculator::shown::{proposed, proposed_number, significant};
pub use printed::printed;

use crate::read::{Fence, Line, Parts};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::key::Key;
use engine::Engine;
use judge::Form;
use mdbook_proof_calculator::expression::Problem;
use mdbook_proof_calculator::program::{self, Program, result_mark};
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_calculator::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::{self, DecimalMark, Refusal};
use std::sync::Arc;

/// What `bless` can't do.
pub(crate) const NOT_WRITTEN: &str =
    "the value can't be written in the way that this figure is: write it by hand";

/// What a page's figures came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many figures were computed and are right.
    pub right: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What the fences of sums defined, in page order.
    pub names: Vec<Defined>,
}

/// A name that a fence of sums defines.
#[derive(Debug)]
pub struct Defined {
    /// The name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The line of the definition.
    pub span: Span,
}

impl Checked {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.findings.extend(other.findings);
        self.names.extend(other.names);
    }
}

/// Computes a page's expressions and judges its figures. `engine` holds the preludes' definitions.
pub fn check(page: &Parts, engine: &Engine, runs: &Runs) -> Checked {
    check_in_scope(page, engine, runs).0
}

/// As [`check`]; and what the page's expressions defined, for what is computed after them.
pub fn check_in_scope(page: &Parts, engine: &Engine, runs: &Runs) -> (Checked, Scope) {
    let mut checker = Checker::new(&page.source, engine, runs);
    checker.mark = page.decimal_mark;
    for calc in &page.calcs {
        checker.calc(calc);
    }
    for (number, figure) in page.figures.iter().enumerate() {
        let code = page.source.slice(figure.expression);
        let value = checker.value(code, figure.expression.start);
        let read = printed(page, number);
        match (read.figure, value) {
            (Ok(Some(printed)), Some(value)) => {
                checker.judge(&printed, read.start, &value, read.form);
            }
            (Ok(None), _) => checker.no_figure(
                figure.comment,
                "put the comment right after its figure: 52.6 minutes<!-- = … -->",
            ),
            (Err(refusal), _) => checker.refuse(refusal, read.start),
            (Ok(Some(_)), None) => {}
        }
    }
    for block in page.blocks.iter().filter(|block| !block.is_broken) {
        checker.code(&block.code);
        checker.checked.add(included(page, &block.code, engine));
    }
    let scope = Scope {
        program: checker.program,
        mark: page.decimal_mark,
    };
    (checker.checked, scope)
}

/// All that the expressions of a page may use besides what its blocks printed, hashed.
pub fn definitions(page: &Parts, engine: &Engine) -> String {
    let key = Key::new("definitions").with(engine.chain());
    let calcs = page.calcs.iter().map(Fence::text);
    calcs.fold(key, |key, calc| key.with(&calc)).finish()
}

/// Judges the numbers of a program that were included. Another page may include them as well, so they can
/// only use what the preludes define.
fn included(page: &Parts, code: &Fence, engine: &Engine) -> Checked {
    let mut checked = Checked::default();
    let runs = Runs::default();
    for line in &code.lines {
        if !is_included(&page.source, line) {
            continue;
        }
        let mut checker = Checker::new(&page.source, engine, &runs);
        checker.literals(&line.text, line.span.start);
        checked.add(checker.checked);
    }
    checked
}

/// Whether a line of a page comes from another file.
pub(crate) fn is_included(page: &Arc<Source>, line: &Line) -> bool {
    page.origin(line.span).0.path() != page.path()
}

/// What a page's expressions may use: the preludes, and what the page defines.
#[derive(Debug)]
pub struct Scope {
    /// The definitions.
    pub program: Program<Engine>,
    /// The character before the decimals of the page's numbers.
    pub mark: DecimalMark,
}

impl Scope {
    /// Only what the preludes define.
    pub fn new(engine: &Engine) -> Self {
        Self {
            program: Program::new(engine.clone()),
            mark: DecimalMark::default(),
        }
    }
}

struct Checker<'page> {
    source: &'page Arc<Source>,
    program: Program<Engine>,
    runs: &'page Runs,
    /// The character before the decimals of the page's numbers.
    mark: DecimalMark,
    checked: Checked,
}

impl<'page> Checker<'page> {
    fn new(source: &'page Arc<Source>, engine: &Engine, runs: &'page Runs) -> Self {
        Self {
            source,
            program: Program::new(engine.clone()),
            runs,
            mark: DecimalMark::default(),
            checked: Checked::default(),
        }
    }

    /// Runs a `calc` fence, a statement at a time, and judges the results behind `# =`.
    fn calc(&mut self, fence: &Fence) {
        for statement in program::statements(fence.lines.iter().map(|line| line.text.as_str())) {
            let (first, last) = (&fence.lines[statement.first], &fence.lines[statement.last]);
            let end = (statement.first != statement.last).then_some(last.span.end);
            let value = match self.program.statement(&statement.code, self.runs) {
                Ok(Some(value)) => value,
                Ok(None) => continue,
                Err(problem) => {
                    // A span inside several lines would have to skip the container's prefixes.
                    self.problem(problem, first.span.start, end);
                    continue;
                }
            };
            if let Some(name) = program::defined(&statement.code, "let") {
                self.checked.names.push(Defined {
                    name: name.to_owned(),
                    value: value.clone(),
                    span: first.span,
                });
            }
            let Some(at) = result_mark(&last.text) else {
                continue;
            };
            let start = last.span.start + at;
            let text = &last.text[at..];
            if text.trim().is_empty() {
                self.empty_result(Span::new(start, last.span.end), &value);
            } else {
                match quantity::read_whole(text, self.mark) {
                    Ok(Some(printed)) => {
                        self.judge(&printed, start, &value, Form::Whole(self.mark));
                    }
                    Ok(None) => {
                        let gap = text.len() - text.trim_start().len();
                        let message = format!("`{}` is not a quantity", text.trim());
                        let span = start + gap..last.span.end;
                        self.checked.findings.push(
                            Finding::new(Code::Figure, self.source, span, message).with_help(
                                "a result is a number and its unit: # = 1,157 requests/s",
                            ),
                        );
                    }
                    Err(refusal) => self.refuse(refusal, start),
                }
            }
        }
    }

    /// Judges the numbers of a program that have an expression, except those of [`included`] lines.
    fn code(&mut self, fence: &Fence) {
        for line in &fence.lines {
            if !is_included(self.source, line) {
                self.literals(&line.text, line.span.start);
            }
        }
    }

    /// Judges the numbers of a line of code, which starts at `at`.
    fn literals(&mut self, line: &str, at: usize) {
        for literal in literal::read(line) {
            let span = literal.expression.shift(at);
            let Some(printed) = literal.printed else {
                let help = "put the comment right after its number: 116 /* = … */";
                self.no_figure(span, help);
                continue;
            };
            let Some(value) = self.value(&line[literal.expression], span.start) else {
                continue;
            };
            self.judge(&printed, at, &value, Form::Code);
        }
    }

    fn no_figure(&mut self, span: Span, help: &str) {
        let message = "there is no figure before this expression";
        let finding = Finding::new(Code::Figure, self.source, span, message).with_help(help);
        self.checked.findings.push(finding);
    }

    /// Reports a figure, read from the text at `start`, that can't be judged.
    fn refuse(&mut self, refusal: Refusal, start: usize) {
        let span = Span::from(refusal.span).shift(start);
        let finding =
            Finding::new(Code::Figure, self.source, span, refusal.message).with_help(refusal.help);
        self.checked.findings.push(finding);
    }

    fn value(&mut self, code: &str, start: usize) -> Option<Value> {
        match self.program.evaluate(code, self.runs) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(problem, start, None);
                None
            }
        }
    }

    /// Reports what is wrong with a code that starts at `start`; `end` is where it ends if it has several lines.
    fn problem(&mut self, problem: Problem, start: usize, end: Option<usize>) {
        let Problem::Wrong(error) = problem else {
            return;
        };
        let span = match end {
            Some(end) => Span::new(start, end),
            None => Span::from(error.span.clone()).shift(start),
        };
        self.report(error, span);
    }

    fn report(&mut self, error: ExpressionError, span: Span) {
        let mut finding = Finding::new(Code::Expression, self.source, span, error.message);
        finding.help = error.help;
        self.checked.findings.push(finding);
    }

    fn empty_result(&mut self, span: Span, value: &Value) {
        let text = format!(" {}", proposed(value, self.mark));
        self.checked.findings.push(
            Finding::new(
                Code::Figure,
                self.source,
                span,
                "the result is not written yet",
            )
            .with_details(format!("+{text}"))
            .with_blessed(Edit::new(span, text.trim_end())),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::edit;
    use crate::text::markdown;

    fn checked(text: &str) -> (Checked, String) {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let (page, _) = read::read(
            &source,
            &markdown::parse(source.text(), &options),
            &["rust", "sql"],
        );
        let checked = check(&page, &Engine::new(None).unwrap(), &Runs::default());
        let edits = checked.findings.iter().filter_map(|f| f.blessed.clone());
        let blessed = edit::apply(text, edits);
        (checked, blessed)
    }

    const RIGHT: &str = "```calc\nlet reads = 100 million requests / day  # = 1,157 requests/s\n\
        let peak = 3 ×\n  reads # = 3,472 requests/s\n```\n\n\
        At its peak 3,472 requests/s<!-- = peak -->, and **52.6 minutes**<!-- = (1 - 99.99%) × 365.25 days -->.\n\n\
        > - 8h 45m 57s<!-- = (1 - 99.9%) × 365.2425 days -->\n";

    #[test]
    fn right_figures_are_counted_in_fences_prose_and_lists() {
        let (checked, _) = checked(RIGHT);
        assert_eq!(checked.findings, []);
        assert_eq!(checked.right, 5);
    }

    #[test]
    fn every_changed_digit_is_found_and_blessed_back() {
        let is_figure_digit = |at: usize| {
            if !RIGHT.as_bytes()[at].is_ascii_digit() {
                return false;
            }
            let before = &RIGHT[..at];
            let in_comment = before
                .rfind("<!--")
                .is_some_and(|open| !before[open..].contains("-->"));
            let line = before.rsplit('\n').next().unwrap_or_default();
            !in_comment && (at > RIGHT.find("At its").unwrap() || line.contains("# ="))
        };
        for at in (0..RIGHT.len()).filter(|at| is_figure_digit(*at)) {
            let digit = RIGHT.as_bytes()[at] - b'0';
            let mut text = RIGHT.to_owned();
            text.replace_range(at..=at, &((digit + 1) % 10).to_string());
            let (found, blessed) = checked(&text);
            assert_eq!(found.findings.len(), 1, "{text}");
            assert_eq!(checked(&blessed).0.findings, [], "{blessed}");
        }
    }

    #[test]
    fn an_empty_result_is_filled_in_once() {
        let (found, blessed) = checked("```calc\n3 GB / 2 # =\n```\n");
        assert_eq!(found.findings.len(), 1);
        let (again, same) = checked(&blessed);
        assert_eq!(again.findings, [], "{blessed}");
        assert_eq!(same, blessed);
    }

    #[test]
    fn one_cause_is_one_finding() {
        let (found, _) = checked(
            "```calc\nlet a = 3 GB + 5 s\nlet b = 2 × a # = 3 GB\n```\n\n4 GB<!-- = b -->\n",
        );
        assert_eq!(found.findings.len(), 1, "{:?}", found.findings);
        assert_eq!(found.findings[0].code.name(), "expression");
    }

    #[test]
    fn errors_stand_at_their_own_bytes() {
        let text = "- 12,000 s<!-- = 12 000 s -->\n";
        let (found, _) = checked(text);
        assert_eq!(&text[found.findings[0].span], "12 000");
    }
}
