//! What of a page is computed, for readers' browsers, which compute it anew with what a reader changes.

use crate::claims::plan::only_varied;
use crate::figures::engine::Engine;
use crate::figures::{self, literal};
use crate::line::Page;
use crate::live::{Live, Start};
use crate::read::{Block, Fence, Line, Parts};
use crate::run::language::rust::computed::{Computed, last_word};
use crate::run::language::rust::program::Program as Code;
use crate::verify::normalize;
use mdbook_proof_calculator::claims::OUTPUT;
use mdbook_proof_calculator::program::{self, Compute as _, Program, words};
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_live::follow::{self, Claimed, Figure, Literal, Parameter};
use mdbook_proof_text::quantity::{self, DecimalMark};
use std::collections::{BTreeMap, BTreeSet};

/// The computed numbers of a page's blocks, by the number of the block.
pub(super) type Literals = BTreeMap<usize, Vec<Literal>>;

/// What a page computes. `literals` are the computed numbers of its blocks.
pub(super) fn page(page: &Page, live: &Live, literals: &Literals) -> follow::Page {
    let parts = &page.parts;
    let only_varied = only_varied(parts);
    let read = read_names(parts);
    let blocks = parts
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(number, block)| {
            let is_only_varied = only_varied == Some(number) && read.contains(OUTPUT);
            let name = block
                .name
                .clone()
                .filter(|name| read.contains(name.as_str()));
            let literals = literals.get(&number).cloned().unwrap_or_default();
            if name.is_none() && !is_only_varied && literals.is_empty() {
                return None;
            }
            let printed = block
                .name
                .as_ref()
                .and_then(|name| page.runs.printed.get(name));
            let output = || {
                block
                    .output
                    .as_ref()
                    .map(|output| normalize(&output.text()))
            };
            Some(follow::Block {
                number,
                name,
                printed: printed.cloned().or_else(output).unwrap_or_default(),
                is_only_varied,
                parameters: parameters(block, number, live),
                literals,
            })
        });
    follow::Page {
        has_decimal_comma: parts.decimal_mark == DecimalMark::Comma,
        blocks: blocks.collect(),
        sums: parts.calcs.iter().map(sums).collect(),
        figures: (0..parts.figures.len())
            .filter_map(|number| figure(parts, number))
            .collect(),
        formulas: page
            .meaning
            .formulas
            .iter()
            .map(|(_, formula)| parts.source.slice(*formula).to_owned())
            .collect(),
        claims: parts
            .claims
            .iter()
            .enumerate()
            .map(|(number, claimed)| Claimed {
                number,
                claims: claimed
                    .claims
                    .iter()
                    .map(|span| parts.source.slice(*span).to_owned())
                    .collect(),
            })
            .collect(),
    }
}

/// The words of all that may read blocks, their names among them.
fn read_names(parts: &Parts) -> BTreeSet<&str> {
    let sums = parts.calcs.iter().flat_map(|calc| &calc.lines);
    let sums = sums.flat_map(|line| words(program::code_of(&line.text)));
    let figures = parts.figures.iter();
    let figures = figures.flat_map(|figure| words(parts.source.slice(figure.expression)));
    let claims = parts.claims.iter().flat_map(|claimed| &claimed.claims);
    let claims = claims.flat_map(|span| words(parts.source.slice(*span)));
    sums.chain(figures).chain(claims).collect()
}

fn parameters(block: &Block, number: usize, live: &Live) -> Vec<Parameter> {
    let Some(Start::Part { defaults, .. }) = live.blocks.get(&number).map(|one| &one.start) else {
        return Vec::new();
    };
    let parameters = block.vary.iter();
    parameters
        .map(|parameter| Parameter {
            name: parameter.name.clone(),
            domain: parameter.domain.to_string(),
            default: defaults.get(&parameter.name).cloned(),
        })
        .collect()
}

/// The lines of a fence, each with its result.
fn sums(fence: &Fence) -> Vec<follow::Line> {
    let lines = fence.lines.iter();
    lines
        .map(|line| {
            let (code, result) = program::split(&line.text);
            follow::Line {
                code: code.to_owned(),
                result: result.map(str::to_owned),
            }
        })
        .collect()
}

/// A figure with as much of the text before it as it takes to read it.
fn figure(parts: &Parts, number: usize) -> Option<Figure> {
    let read = figures::printed(parts, number);
    let printed = read.figure.as_ref().ok()?.as_ref()?;
    let own = parts.source.slice(read.span()?);
    let alone = quantity::last(own, parts.decimal_mark).ok().flatten();
    let is_read_alone =
        alone.is_some_and(|alone| alone.parts == printed.parts && alone.span == (0..own.len()));
    let text = match is_read_alone {
        true => own,
        false => parts.source.slice(read.start..read.span()?.end),
    };
    Some(Figure {
        number,
        text: text.to_owned(),
        expression: parts
            .source
            .slice(parts.figures[number].expression)
            .to_owned(),
        is_whole: !is_read_alone && read.is_whole(),
    })
}

/// The computed numbers of a page's blocks, with what they are.
pub(super) fn literals(page: &Page, computed: &Computed, engine: &Engine) -> Literals {
    let parts = &page.parts;
    let mut program = Program::new(engine.clone());
    let mut literals = Literals::new();
    let blocks = parts.blocks.iter().enumerate();
    let rust: Vec<(usize, &Block)> = blocks
        .filter(|(_, block)| block.language == "rust")
        .collect();
    let add = |literals: &mut Literals, number: usize, found: Vec<Literal>| {
        if !found.is_empty() {
            literals.entry(number).or_default().extend(found);
        }
    };
    for (number, block) in &rust {
        let text = Code::new(&block.code).code();
        let reached = computed.reached(&text).into_iter().map(str::to_owned);
        let included = own_numbers(parts, block, true).map(|(expression, _)| expression);
        let all: BTreeSet<String> = reached.chain(included).collect();
        let found = all
            .into_iter()
            .filter_map(|expression| literal_of(&mut program, expression, None, false, &page.runs));
        add(&mut literals, *number, found.collect());
    }
    for calc in &parts.calcs {
        let lines = calc.lines.iter().map(|line| line.text.as_str());
        for statement in program::statements(lines) {
            // What is wrong is reported, and then nothing is published.
            let _ = program.statement(&statement.code, &page.runs);
        }
    }
    for (number, block) in &rust {
        let own = own_numbers(parts, block, false);
        let found = own.filter_map(|(expression, parameter)| {
            literal_of(&mut program, expression, parameter, true, &page.runs)
        });
        add(&mut literals, *number, found.collect());
    }
    literals
}

fn literal_of(
    program: &mut Program<Engine>,
    expression: String,
    parameter: Option<String>,
    is_own: bool,
    runs: &Runs,
) -> Option<Literal> {
    let value = program.evaluate(&expression, runs).ok()?;
    let value = program.computer.in_unit(&value, "").ok()?;
    Some(Literal {
        value,
        expression,
        is_own,
        parameter,
    })
}

/// The expressions of the numbers in a block's lines, included ones or its own, each with the parameter whose value the number is.
fn own_numbers(
    parts: &Parts,
    block: &Block,
    is_included: bool,
) -> impl Iterator<Item = (String, Option<String>)> {
    let lines = block.code.lines.iter();
    let lines = lines.filter(move |line| figures::is_included(&parts.source, line) == is_included);
    lines.flat_map(|line| numbers(line, block))
}

fn numbers(line: &Line, block: &Block) -> Vec<(String, Option<String>)> {
    let text = line.text.as_str();
    let number = |literal: literal::Literal| {
        let printed = literal.printed?;
        let bound = text[..printed.span.start].trim_end().strip_suffix('=');
        // `let load: f64 = 0.8`
        let name = bound.map(|bound| last_word(bound.split(':').next().unwrap_or(bound)));
        let parameter = block
            .vary
            .iter()
            .find(|one| Some(one.name.as_str()) == name);
        let parameter = parameter.map(|one| one.name.clone());
        Some((text[literal.expression].to_owned(), parameter))
    };
    literal::read(text).into_iter().filter_map(number).collect()
}

/// Whether a page computes anything.
pub(super) fn computes(page: &Page) -> bool {
    let parts = &page.parts;
    let has_formulas = !page.meaning.formulas.is_empty();
    has_formulas || !(parts.calcs.is_empty() && parts.figures.is_empty() && parts.claims.is_empty())
}
