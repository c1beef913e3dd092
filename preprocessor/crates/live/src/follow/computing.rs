//! The computing of a page with what a reader has changed.

use super::{Answer, Block, Claimed, Held, Line, Moved, Page, Request, Told};
use mdbook_proof_calculator::claims::domain::Domain;
use mdbook_proof_calculator::claims::{self, OUTPUT, Parameter, Point};
use mdbook_proof_calculator::exact;
use mdbook_proof_calculator::expression::{self, Problem};
use mdbook_proof_calculator::figure;
use mdbook_proof_calculator::interpreter::Interpreter;
use mdbook_proof_calculator::program::{self, Compute as _, Program, Statement, words};
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_calculator::shown;
use mdbook_proof_calculator::value::Value;
use mdbook_proof_text::quantity::{self, DecimalMark, Printed};
use std::collections::{BTreeMap, BTreeSet};

/// Computes a page with what a reader has changed.
///
/// # Errors
/// When the book's own definitions are wrong.
pub fn follow(request: &Request) -> Result<Answer, String> {
    let page = &request.page;
    let mut answer = Answer::default();
    let mark = match page.has_decimal_comma {
        true => DecimalMark::Comma,
        false => DecimalMark::default(),
    };
    let prelude = with_inputs(request, mark, &mut answer.refused);
    let mut follower = Follower {
        request,
        program: start(&prelude)?,
        mark,
        runs: Runs::default(),
    };
    follower.take_runs();
    follower.lose_moved(false, &mut answer.blocks);
    let fresh = follower.program.clone();
    answer.sums = follower.all_sums();
    // What blocks run with may be computed by the page, whose sums may read them in turn.
    if follower.lose_moved(true, &mut answer.blocks) {
        follower.program = fresh;
        answer.sums = follower.all_sums();
    }
    for figure in &page.figures {
        let told = follower.figure(&figure.text, figure.is_whole, &figure.expression);
        answer
            .figures
            .extend(told.map(|told| (figure.number, told)));
    }
    let moved = moved_names(request, &prelude, &answer);
    let uses = |code: &str| names_in(code).any(|name| moved.contains(name));
    let formulas = page.formulas.iter().enumerate();
    let formulas = formulas.filter(|(_, formula)| uses(formula));
    answer.formulas = formulas.map(|(number, _)| number).collect();
    for claimed in &page.claims {
        if claimed
            .claims
            .iter()
            .any(|claim| is_about(claim, &moved, page))
        {
            let held = follower.claimed(claimed);
            answer.claims.insert(claimed.number, held);
        }
    }
    Ok(answer)
}

/// The book's definitions with the reader's inputs in place of its own. Those that can't be taken are reported and left.
fn with_inputs(
    request: &Request,
    mark: DecimalMark,
    refused: &mut BTreeMap<String, String>,
) -> Vec<Statement> {
    let mut statements = program::statements(request.prelude.lines());
    for (name, text) in &request.inputs {
        let defines = |one: &&mut Statement| program::defined(&one.code, "let") == Some(name);
        let statement = statements.iter_mut().find(defines);
        match (read_input(text, mark), statement) {
            (Ok(code), Some(statement)) => statement.code = format!("let {name} = {code}"),
            (Err(why), _) => drop(refused.insert(name.clone(), why)),
            (Ok(_), None) => {
                refused.insert(name.clone(), "the book has no such input".to_owned());
            }
        }
    }
    statements
}

/// An input as an expression. It is one figure, so that nothing else can be computed in its place.
fn read_input(text: &str, mark: DecimalMark) -> Result<String, String> {
    match quantity::read_whole(text, mark) {
        Ok(Some(printed)) => match exact::readable(&printed) {
            Ok(()) => Ok(expression::as_code(&printed)),
            Err(error) => Err(error.message),
        },
        Ok(None) => Err(format!("“{}” is not a number", text.trim())),
        Err(refusal) => Err(refusal.message),
    }
}

/// The definitions run: together, or one by one where one of them has no value, so that the others have theirs.
fn start(prelude: &[Statement]) -> Result<Program<Interpreter>, String> {
    let all: Vec<&str> = prelude.iter().map(|one| one.code.as_str()).collect();
    if let Ok(interpreter) = Interpreter::new(Some(&all.join("\n"))) {
        return Ok(Program::new(interpreter));
    }
    let interpreter = Interpreter::new(None).map_err(|error| error.message)?;
    let mut program = Program::new(interpreter);
    let mut decorators = String::new();
    for statement in prelude {
        let code = &statement.code;
        if code.trim_start().starts_with('@') {
            decorators.push_str(code);
            decorators.push('\n');
            continue;
        }
        let code = format!("{}{code}", std::mem::take(&mut decorators));
        // What uses a name that failed fails as well, and is told so.
        let _ = program.statement(&code, &Runs::default());
    }
    Ok(program)
}

impl Moved {
    /// Both together.
    fn and(self, other: Self) -> Self {
        let settings = self.settings.zip(other.settings);
        Self {
            settings: settings.map(|(own, other)| own.into_iter().chain(other).collect()),
        }
    }
}

/// The names of what a reader changed, and of what follows from it.
fn moved_names(request: &Request, prelude: &[Statement], answer: &Answer) -> BTreeSet<String> {
    let page = &request.page;
    let inputs = request.inputs.keys().map(String::as_str);
    let blocks = page.blocks.iter();
    let others = blocks.filter(|block| {
        request.ran.contains_key(&block.number) || answer.blocks.contains_key(&block.number)
    });
    let names = others.flat_map(names);
    let mut moved: BTreeSet<&str> = inputs.chain(names).collect();
    let statements =
        |lines: &Vec<Line>| program::statements(lines.iter().map(|line| line.code.as_str()));
    let sums: Vec<Vec<Statement>> = page.sums.iter().map(statements).collect();
    let told = |fence: usize, one: &Statement| {
        let told = answer.sums.get(fence);
        told.is_some_and(|told| told.contains_key(&one.last))
    };
    let given = prelude.iter().map(|one| (one, false));
    let sums = sums.iter().enumerate();
    let sums = sums.flat_map(|(fence, all)| all.iter().map(move |one| (one, told(fence, one))));
    for (statement, is_told) in given.chain(sums) {
        let code = &statement.code;
        let name = program::defined(code, "let").or_else(|| program::defined(code, "fn"));
        let follows = || names_in(code).any(|name| moved.contains(name));
        if let Some(name) = name.filter(|_| is_told || follows()) {
            moved.insert(name);
        }
    }
    moved.into_iter().map(str::to_owned).collect()
}

/// Whether a claim uses what moved. A parameter may have the name of a block that it doesn't read.
fn is_about(text: &str, moved: &BTreeSet<String>, page: &Page) -> bool {
    let Ok(claim) = claims::parse(text) else {
        return false;
    };
    let runs = claim.runs();
    let is_block = |name: &str| {
        page.blocks
            .iter()
            .any(|block| names(block).any(|own| own == name))
    };
    let uses = |name: &str| runs.contains(name) || !is_block(name);
    names_in(text).any(|name| moved.contains(name) && uses(name))
}

/// The names in a code. What is in brackets names rows and columns.
fn names_in(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = code.split_inclusive(['[', ']']).filter(move |part| {
        let is_outside = depth == 0;
        match part.chars().next_back() {
            Some('[') => depth += 1,
            Some(']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_outside
    });
    parts.flat_map(words)
}

/// What expressions and claims call a block.
fn names(block: &Block) -> impl Iterator<Item = &str> {
    let output = block.is_only_varied.then_some(OUTPUT);
    block.name.as_deref().into_iter().chain(output)
}

struct Follower<'a> {
    request: &'a Request,
    program: Program<Interpreter>,
    mark: DecimalMark,
    runs: Runs,
}

impl Follower<'_> {
    /// Takes what the blocks printed: when the page was built, or for the reader.
    fn take_runs(&mut self) {
        for block in &self.request.page.blocks {
            let printed = match self.request.ran.get(&block.number) {
                Some(ran) => ran.printed.clone(),
                None => Some(block.printed.clone()),
            };
            for name in names(block) {
                self.runs.add(Some(name), printed.clone());
            }
        }
    }

    /// Forgets what the blocks printed that run with other numbers now, and says which these are. `is_own` asks for the numbers in the
    /// page, and otherwise for all others. Whether there are any.
    fn lose_moved(&mut self, is_own: bool, all: &mut BTreeMap<usize, Moved>) -> bool {
        let mut has_moved = false;
        for block in &self.request.page.blocks {
            let Some(moved) = self.moved(block, is_own) else {
                continue;
            };
            has_moved = true;
            let moved = match all.remove(&block.number) {
                Some(other) => other.and(moved),
                None => moved,
            };
            self.lose(block, &moved);
            all.insert(block.number, moved);
        }
        has_moved
    }

    fn all_sums(&mut self) -> Vec<BTreeMap<usize, Told>> {
        let fences = self.request.page.sums.iter();
        fences.map(|lines| self.sums(lines)).collect()
    }

    /// Forgets what a block printed, unless the reader runs it with what it would run with now.
    fn lose(&mut self, block: &Block, moved: &Moved) {
        let ran = self.request.ran.get(&block.number);
        let is_as_set = moved.settings.as_ref().is_some_and(|settings| {
            let set = |(name, value): (&String, &String)| {
                let own = ran.and_then(|ran| ran.point.get(name));
                own.is_some_and(|own| number(own) == number(value))
            };
            settings.iter().all(set)
        });
        if is_as_set {
            return;
        }
        for name in names(block) {
            self.runs.printed.remove(name);
            self.runs.failed.insert(name.to_owned());
        }
    }

    /// Which of a block's numbers are others now: those of its own page, or all others.
    fn moved(&mut self, block: &Block, is_own: bool) -> Option<Moved> {
        let mut settings = Some(BTreeMap::new());
        let mut has_moved = false;
        for literal in block.literals.iter().filter(|one| one.is_own == is_own) {
            let value = self.program.evaluate(&literal.expression, &self.runs).ok();
            let computer = &mut self.program.computer;
            let value = value.and_then(|value| computer.in_unit(&value, "").ok());
            if value.is_some_and(|value| is_same(value, literal.value)) {
                continue;
            }
            has_moved = true;
            let setting = value.map(setting);
            let parameter = literal.parameter.clone();
            let parameter = parameter.filter(|name| {
                let own = block.parameters.iter().find(|one| one.name == *name);
                let domain = own.and_then(|own| Domain::read(&own.domain).ok());
                domain
                    .zip(setting.as_ref())
                    .is_some_and(|((domain, _), setting)| domain.contains(setting))
            });
            match (parameter, setting, &mut settings) {
                (Some(name), Some(setting), Some(settings)) => {
                    settings.insert(name, setting);
                }
                _ => settings = None,
            }
        }
        has_moved.then_some(Moved { settings })
    }

    /// The results of a fence of sums that are no longer as they are written.
    fn sums(&mut self, lines: &[Line]) -> BTreeMap<usize, Told> {
        let mut told = BTreeMap::new();
        let codes = lines.iter().map(|line| line.code.as_str());
        for statement in program::statements(codes) {
            let value = self.program.statement(&statement.code, &self.runs);
            let last = &lines[statement.last];
            let is = match (value, &last.result) {
                (Ok(Some(value)), Some(result)) => self.written(result, true, &value),
                (Ok(_), _) => None,
                (Err(problem), _) => Some(unknown(problem)),
            };
            told.extend(is.map(|is| (statement.last, is)));
        }
        told
    }

    /// A figure that is no longer as it is written.
    fn figure(&mut self, text: &str, is_whole: bool, expression: &str) -> Option<Told> {
        match self.program.evaluate(expression, &self.runs) {
            Ok(value) => self.written(text, is_whole, &value),
            Err(problem) => Some(unknown(problem)),
        }
    }

    /// A value in place of the figure that a text ends with; nothing where the figure covers it.
    fn written(&mut self, text: &str, is_whole: bool, value: &Value) -> Option<Told> {
        let read = match is_whole {
            true => quantity::read_whole,
            false => quantity::last,
        };
        let proposed = || Some(Told::Is(shown::proposed(value, self.mark)));
        let Some(printed) = read(text, self.mark).ok().flatten() else {
            return proposed();
        };
        // An edited line may measure something else.
        let Ok(compared) = figure::compare(&mut self.program.computer, &printed, value) else {
            return proposed();
        };
        if compared.is_right {
            return None;
        }
        let figure = compared.rewritten(text, &printed, value, self.mark, is_whole);
        match figure.filter(|figure| says_enough(figure, &printed, compared.computed, self.mark)) {
            Some(figure) => Some(Told::Is(figure)),
            None => proposed(),
        }
    }

    /// What became of the claims of a comment.
    fn claimed(&mut self, claimed: &Claimed) -> Vec<Held> {
        let claims = claimed.claims.iter();
        claims
            .map(|text| self.claim(text).unwrap_or(Held::Silent))
            .collect()
    }

    /// What became of a claim; nothing where that can't be told.
    fn claim(&mut self, text: &str) -> Option<Held> {
        let claim = claims::parse(text).ok()?;
        let read = claim.runs();
        let Request { page, ran, .. } = self.request;
        let reads = |block: &&Block| names(block).any(|name| read.contains(name));
        let blocks: Vec<&Block> = page.blocks.iter().filter(reads).collect();
        let domains = domains(&blocks)?;
        let parameters = domains.iter().map(|(name, (domain, default))| Parameter {
            name,
            domain,
            default: *default,
        });
        let parameters: Vec<Parameter<'_>> = parameters.collect();
        let point = point(&blocks, ran)?;
        let plan = claim.at(&parameters, &point)?;
        let runs = [self.runs.clone()];
        let (program, own) = (&mut self.program, &self.runs);
        let mut calculate = |code: &str| program.evaluate(code, own);
        let verdict = claims::judge(&claim, &plan, &runs, &mut calculate).ok()?;
        Some(match verdict.holds() {
            true => Held::Holds,
            false => Held::Fails,
        })
    }
}

/// What may vary in some blocks together.
fn domains<'a>(blocks: &[&'a Block]) -> Option<BTreeMap<&'a str, (Domain, Option<&'a str>)>> {
    let parameters = blocks.iter().flat_map(|block| &block.parameters);
    parameters
        .map(|own| {
            let (domain, _) = Domain::read(&own.domain).ok()?;
            Some((own.name.as_str(), (domain, own.default.as_deref())))
        })
        .collect()
}

/// The settings of some blocks together; none where one parameter is set differently in two of them.
fn point(blocks: &[&Block], ran: &BTreeMap<usize, super::Ran>) -> Option<Point> {
    let mut point = Point::new();
    let mut as_in_book = BTreeSet::new();
    for block in blocks {
        let own = ran.get(&block.number).map(|ran| &ran.point);
        for parameter in &block.parameters {
            let name = &parameter.name;
            match own.and_then(|own| own.get(name)) {
                Some(setting) => {
                    let other = point.insert(name.clone(), setting.clone());
                    if other.is_some_and(|other| other != *setting) {
                        return None;
                    }
                }
                None => drop(as_in_book.insert(name)),
            }
        }
    }
    as_in_book
        .iter()
        .all(|name| !point.contains_key(*name))
        .then_some(point)
}

/// Whether a figure still tells something of a value: a small one can round to nothing where a large one stood.
fn says_enough(figure: &str, old: &Printed, computed: f64, mark: DecimalMark) -> bool {
    let Some(new) = quantity::read_whole(figure, mark).ok().flatten() else {
        return true;
    };
    let digits = |printed: &Printed| {
        let parts = printed.parts.iter().map(|part| part.significant);
        parts.max().unwrap_or_default()
    };
    computed == 0.0 || digits(&new) >= digits(old).min(2)
}

/// Whether two values differ by no more than two machines do.
fn is_same(value: f64, other: f64) -> bool {
    (value - other).abs() <= 1e-9 * other.abs()
}

/// A value as the setting of a parameter.
fn setting(value: f64) -> String {
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn number(text: &str) -> Option<f64> {
    text.replace('_', "").parse().ok()
}

fn unknown(problem: Problem) -> Told {
    Told::Unknown(match problem {
        Problem::Reported => String::new(),
        Problem::Wrong(error) => error.message,
    })
}

#[cfg(test)]
mod tests;
