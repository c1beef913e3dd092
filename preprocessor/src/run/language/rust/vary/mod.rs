//! Varied blocks: what `vary=` names in a block's code, and the copies whose literals can be set.
//!
//! 1. [`places`] finds what names are bound to, by tokens; [`literal`] says what a literal is.
//! 2. [`fit`] compares that with the attribute's domains.
//! 3. [`rewrite`] replaces the literals by lookups, and `reader.rs` is the module that the lookups are in.

mod fit;
mod literal;
mod places;
#[cfg(test)]
mod reader;
mod rewrite;
mod trouble;

pub(super) use trouble::{errors, refusal};

use crate::read::{Block, Parameter};
use crate::run::language::rust::program::Program;
use crate::run::language::rust::tokens;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::nearest;
use crate::text::source::Source;
use crate::text::span::Span;
use fit::Fault;
use places::{Binding, Places};
use rewrite::READER;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The text of the module that the lookups are in.
pub(super) const LOOKUPS: &str = include_str!("reader.rs");

/// What a crate of copies has besides their modules; `arms` find the entry of each by its module's name.
pub(super) fn root(arms: &str) -> String {
    format!(
        "mod {READER} {{\n{LOOKUPS}}}\nfn main() -> std::process::ExitCode {{\n    {READER}::run(|name| match name {{\n{arms}        _ => None,\n    }})\n}}\n"
    )
}

/// How many names a line to paste has at most, and a message how many lines.
const NAMES: usize = 6;

/// A block's program, whose literals can be set.
#[derive(Debug)]
pub(super) struct Varied {
    /// The program.
    pub(super) program: Program,
    /// For each parameter, the bytes of its lookup in the program's code.
    spans: Vec<Span>,
}

impl Varied {
    /// The varied copy of a block; none where it can't vary, which [`defaults`] reports.
    pub(super) fn new(block: &Block) -> Option<Self> {
        let program = Program::new(&block.code);
        let code = program.code();
        let places = Places::read(&tokens::read(&code)?);
        let mut bindings = Vec::new();
        for parameter in &block.vary {
            let binding = find(&places, parameter).ok()?;
            bindings.push((&binding.bound, &parameter.domain));
        }
        let (code, spans) = rewrite::rewrite(&code, &bindings);
        let program = program.with_code(&code);
        program.may_share().then_some(Self { program, spans })
    }

    /// The parameter whose lookup is in these bytes of a line of the block; otherwise one on that line.
    fn parameter_at(&self, line: usize, span: Span) -> Option<usize> {
        let line_span = self.program.span_in_code(line)?;
        let at = line_span.start + span.back(self.program.shift(line)).start;
        let is_there = |lookup: &Span| lookup.start <= at && at < lookup.end;
        let is_on_line =
            |lookup: &Span| lookup.start < line_span.end && line_span.start < lookup.end;
        let there = self.spans.iter().position(is_there);
        there.or_else(|| self.spans.iter().position(is_on_line))
    }
}

/// What those parameters of a block are that have one literal, as settings of their domains.
///
/// # Errors
/// What is wrong with the parameters.
pub(super) fn defaults(
    source: &Arc<Source>,
    block: &Block,
    edition: &str,
) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    let mut defaults = BTreeMap::new();
    if block.vary.is_empty() {
        return Ok(defaults);
    }
    let whole = |message: &str, help: &str| {
        let finding = Finding::new(Code::Attribute, source, attribute(block), message);
        Err(vec![finding.with_help(help)])
    };
    if edition < "2021" {
        return whole(
            "blocks vary from the edition 2021 on",
            "set `edition = \"2021\"` or a newer one under [rust] in book.toml",
        );
    }
    let program = Program::new(&block.code);
    let Some(tokens) = tokens::read(&program.code()) else {
        // The compiler says what is wrong.
        return Ok(defaults);
    };
    if !program.may_share() {
        return whole(
            "this block can't vary, because it has to be compiled alone",
            "take out what could reach other blocks: an attribute of the crate, `crate::`, `unsafe`, `static`, a macro of its own, or an `impl` for a type that it doesn't declare",
        );
    }
    let places = Places::read(&tokens);
    let line = |binding: &&Binding| {
        let line = block.code.lines.get(program.line_in_block(binding.line));
        let span = line.map_or(block.code.span, |line| line.span);
        source.line_in_file(span.start).to_string()
    };
    let mut findings = Vec::new();
    for parameter in &block.vary {
        let name = &parameter.name;
        let fault = match find(&places, parameter) {
            Ok(binding) => match fit::check(binding, &parameter.domain) {
                Ok(default) => {
                    defaults.extend(default.map(|default| (name.clone(), default)));
                    continue;
                }
                Err(fault) => fault,
            },
            Err(Missing::Several(bindings)) => {
                let mut lines: Vec<String> = bindings.iter().take(NAMES).map(line).collect();
                if bindings.len() > NAMES {
                    lines.push("…".to_owned());
                }
                let lines = lines.join(", ");
                Fault::new(
                    format!("`{name}` is bound to literals in several places: lines {lines}"),
                    "give the one that varies a name of its own",
                )
            }
            Err(Missing::None(fault)) => fault,
        };
        let finding = Finding::new(Code::Attribute, source, parameter.span, fault.message);
        findings.push(finding.with_help(fault.help));
    }
    if findings.is_empty() {
        Ok(defaults)
    } else {
        Err(findings)
    }
}

/// What could vary in a program: each name with its literal, or its list of literals.
pub fn suggestion(program: &Program) -> Vec<(String, String)> {
    let code = program.code();
    let Some(tokens) = tokens::read(&code) else {
        return Vec::new();
    };
    let places = Places::read(&tokens);
    let candidates = fit::candidates(&places).into_iter();
    candidates
        .filter_map(|binding| {
            Some((
                binding.name.clone(),
                binding.bound.span()?.slice(&code).to_owned(),
            ))
        })
        .collect()
}

/// The bytes of all parameters of a block.
fn attribute(block: &Block) -> Span {
    let spans = block.vary.iter().map(|parameter| parameter.span);
    spans.reduce(Span::cover).unwrap_or(block.code.opening())
}

/// Why a parameter has no place.
enum Missing<'places> {
    Several(Vec<&'places Binding>),
    None(Fault),
}

/// The one binding that a parameter names.
fn find<'places>(
    places: &'places Places,
    parameter: &Parameter,
) -> Result<&'places Binding, Missing<'places>> {
    let name = parameter.name.as_str();
    match places.of(name).as_slice() {
        [one] => Ok(one),
        [] => Err(Missing::None(absent(places, name))),
        several => Err(Missing::Several(several.to_vec())),
    }
}

/// Why nothing of this name can vary.
fn absent(places: &Places, name: &str) -> Fault {
    let mut bindings = places
        .bindings
        .iter()
        .filter(|binding| binding.name == name);
    if bindings.any(|binding| binding.is_const) {
        return Fault::new(
            format!("`{name}` is computed by the compiler, so it can't vary"),
            format!(
                "write `let {} = …;` inside of a function; an array whose length varies is a `vec![…; length]`",
                name.to_lowercase()
            ),
        );
    }
    if places.names.contains(name) {
        return Fault::new(
            format!("no literal is bound to `{name}` in this block"),
            format!("give the literal a name: `let {name} = 20;`"),
        );
    }
    let candidates = fit::candidates(places);
    let known: Vec<&str> = candidates
        .iter()
        .map(|binding| binding.name.as_str())
        .collect();
    let near = nearest(name, &known).map(|near| format!("did you mean `{near}`? "));
    let paste =
        fit::to_paste(places, NAMES).map(|paste| format!("what could vary here: `{paste}`"));
    let help = match (near, paste) {
        (near, Some(paste)) => format!("{}{paste}", near.unwrap_or_default()),
        (Some(near), None) => near.trim_end().to_owned(),
        (None, None) => format!("give the literal that varies a name: `let {name} = 20;`"),
    };
    Fault::new(format!("nothing in this block is called `{name}`"), help)
}

#[cfg(test)]
mod tests;
