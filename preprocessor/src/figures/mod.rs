//! Figures: `calc` fences, and figures in the text and in code, each against the value of its expression.
//!
//! All expressions of a page are one program: the `calc` fences in page order, then the figures.

pub mod calculator;
pub mod engine;
mod judge;
mod literal;
mod printed;
mod shown;

pub use printed::printed;
pub(crate) use shown::{proposed, proposed_number, significant};

use crate::read::{Fence, Line, Parts};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::key::Key;
use engine::Engine;
use judge::Form;
use mdbook_proof_calculator::expression::{self, Problem, Renamed};
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
}

impl Checked {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.findings.extend(other.findings);
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
        engine: checker.engine,
        mark: page.decimal_mark,
        renamed: checker.renamed,
        undefined: checker.undefined,
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
fn is_included(page: &Arc<Source>, line: &Line) -> bool {
    page.origin(line.span).0.path() != page.path()
}

/// What a page's expressions may use: the preludes, and what the page defines.
#[derive(Debug)]
pub struct Scope {
    /// The definitions.
    pub engine: Engine,
    /// The character before the decimals of the page's numbers.
    pub mark: DecimalMark,
    renamed: Renamed,
    undefined: Vec<String>,
}

impl Scope {
    /// Only what the preludes define.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            mark: DecimalMark::default(),
            renamed: Renamed::new(),
            undefined: Vec::new(),
        }
    }

    /// An expression made ready for the engine.
    ///
    /// # Errors
    /// As [`expression::prepare`]; and where it uses a name whose definition failed.
    pub fn prepare(&mut self, code: &str, runs: &Runs) -> Result<String, Problem> {
        if uses(code, &self.undefined) {
            return Err(Problem::Reported);
        }
        expression::prepare(
            code,
            |code| self.engine.interpret(code),
            runs,
            &self.renamed,
        )
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Scope::prepare`], and where it can't be computed.
    pub fn evaluate(&mut self, code: &str, runs: &Runs) -> Result<Value, Problem> {
        let code = self.prepare(code, runs)?;
        self.engine.evaluate(&code).map_err(|error| {
            Problem::Wrong(ExpressionError {
                message: self.in_own_names(&error.message),
                ..error
            })
        })
    }

    /// A message about an expression, in the page's own names.
    pub fn in_own_names(&self, message: &str) -> String {
        in_own_names(message, &self.renamed)
    }
}

fn uses(code: &str, names: &[String]) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| names.iter().any(|name| name == word))
}

fn in_own_names(message: &str, renamed: &Renamed) -> String {
    renamed
        .iter()
        .fold(message.to_owned(), |message, (name, other)| {
            message.replace(other.as_str(), name)
        })
}

struct Checker<'page> {
    source: &'page Arc<Source>,
    engine: Engine,
    runs: &'page Runs,
    /// Names whose definitions failed; what uses them fails for that reason.
    undefined: Vec<String>,
    /// A name that a page defines wins over a unit of that name.
    renamed: Renamed,
    /// The character before the decimals of the page's numbers.
    mark: DecimalMark,
    checked: Checked,
}

impl<'page> Checker<'page> {
    fn new(source: &'page Arc<Source>, engine: &Engine, runs: &'page Runs) -> Self {
        Self {
            source,
            engine: engine.clone(),
            runs,
            undefined: Vec::new(),
            renamed: Renamed::new(),
            mark: DecimalMark::default(),
            checked: Checked::default(),
        }
    }

    /// Runs a `calc` fence, a statement at a time, and judges the results behind `# =`.
    fn calc(&mut self, fence: &Fence) {
        let mut lines = fence.lines.iter();
        while let Some(first) = lines.next() {
            // The engine ends a statement at a line end, so a statement becomes one line.
            let mut code = code_of(&first.text).to_owned();
            let mut last = first;
            while is_open(&code) {
                let Some(next) = lines.next() else { break };
                code.push(' ');
                code.push_str(code_of(&next.text));
                last = next;
            }
            if code.trim().is_empty() {
                continue;
            }
            let end = (!std::ptr::eq(first, last)).then_some(first.span.end);
            let Some(value) = self.statement(&code, first.span.start, end) else {
                continue;
            };
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

    /// Runs a statement; the value of its expression or of the name that it defines.
    fn statement(&mut self, code: &str, start: usize, end: Option<usize>) -> Option<Value> {
        let name = defined(code, "let").map(str::to_owned);
        let mut outcome = self.run(code);
        if let (Err(Problem::Wrong(error)), Some(name)) = (&outcome, &name)
            && error.is_name_taken
            && let Some(other) = expression::rename(name, &self.renamed)
        {
            // The definition itself may still use the unit: `let reads = 5 reads`.
            let definition = code.replacen(name.as_str(), &other, 1);
            outcome = self.run(&definition);
            if outcome.is_ok() {
                self.renamed.insert(name.clone(), other);
            }
        }
        let outcome = outcome.and_then(|value| match (value, &name) {
            (None, Some(name)) => self.run(name),
            (value, _) => Ok(value),
        });
        match outcome {
            Ok(value) => value,
            Err(problem) => {
                // A span inside several lines would have to skip the container's prefixes.
                self.problem(problem, code, start, end);
                self.undefined.extend(name);
                None
            }
        }
    }

    fn run(&mut self, code: &str) -> Result<Option<Value>, Problem> {
        let code = expression::prepare(
            code,
            |code| self.engine.interpret(code),
            self.runs,
            &self.renamed,
        )?;
        self.engine.interpret(&code).map_err(Problem::Wrong)
    }

    fn value(&mut self, code: &str, start: usize) -> Option<Value> {
        let outcome = expression::prepare(
            code,
            |code| self.engine.interpret(code),
            self.runs,
            &self.renamed,
        )
        .and_then(|code| self.engine.evaluate(&code).map_err(Problem::Wrong));
        match outcome {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(problem, code, start, None);
                None
            }
        }
    }

    fn problem(&mut self, problem: Problem, code: &str, start: usize, end: Option<usize>) {
        let Problem::Wrong(error) = problem else {
            return;
        };
        if uses(code, &self.undefined) {
            return;
        }
        let span = match end {
            Some(end) => Span::new(start, end),
            None => Span::from(error.span.clone()).shift(start),
        };
        self.report(error, span);
    }

    fn report(&mut self, error: ExpressionError, span: Span) {
        let message = in_own_names(&error.message, &self.renamed);
        let mut finding = Finding::new(Code::Expression, self.source, span, message);
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

/// A line's code, without its comment.
pub(crate) fn code_of(line: &str) -> &str {
    line.split('#').next().unwrap_or(line)
}

/// Where the text behind `# =` starts.
pub(crate) fn result_mark(line: &str) -> Option<usize> {
    let comment = line.find('#')?;
    let rest = line[comment + 1..].trim_start();
    rest.starts_with('=').then(|| line.len() - rest.len() + 1)
}

/// Whether a statement goes on in the next line: a bracket is open, or an operator stands last.
fn is_open(code: &str) -> bool {
    let count = |set: &[char]| code.matches(set).count();
    count(&['(', '[', '{']) > count(&[')', ']', '}'])
        || code
            .trim_end()
            .ends_with(['+', '-', '−', '*', '×', '·', '/', '÷', '=', '^'])
}

/// The name that a statement defines with a keyword: `let` or `fn`.
pub(crate) fn defined<'code>(code: &'code str, keyword: &str) -> Option<&'code str> {
    let rest = code.trim_start().strip_prefix(keyword)?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(&rest[..end.unwrap_or(rest.len())])
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
