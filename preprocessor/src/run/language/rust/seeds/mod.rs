//! Blocks that draw from one seed: the calls that take a seed, and whether a block has more than one to give them.
//!
//! 1. [`signatures`] reads from the library's sources which functions have a parameter named `seed`.
//! 2. [`bindings`] finds what the names of a block are bound to.
//! 3. [`calls`] finds the calls, and whether their seed is the same each time.

mod bindings;
mod calls;
mod parts;
mod signatures;

pub(super) use signatures::Functions;

use crate::read::Block;
use crate::run::language::rust::program::Program;
use crate::run::language::rust::tokens;
use crate::run::seeds::Drawn;
use bindings::Bindings;
use calls::Reader;
use std::ops::Range;

/// The first call of a block whose seed is always the same, by the library's functions and by those that the book names.
pub(super) fn single(block: &Block, functions: &Functions, named: &[String]) -> Option<Drawn> {
    let program = Program::new(&block.code);
    let (text, origins) = program.file();
    let tokens = tokens::read(&text)?;
    let vary: Vec<&str> = block.vary.iter().map(|it| it.name.as_str()).collect();
    let bindings = Bindings::read(&tokens);
    let reader = Reader {
        bindings: &bindings,
        functions,
        named,
        vary: &vary,
    };
    let call = reader.first(&tokens)?;
    let (line, seed) = within_line(&text, &call.seed);
    let number = origins.get(line).copied().flatten()?;
    let shift = program.shift(number);
    Some(Drawn {
        line: number,
        start: seed.start + shift,
        end: seed.end + shift,
        call: in_one_line(&text[call.whole]),
    })
}

/// A call as it would be written in one line.
fn in_one_line(call: &str) -> String {
    if !call.contains('\n') {
        return call.to_owned();
    }
    let joined = call.split_whitespace().collect::<Vec<_>>().join(" ");
    joined
        .replace("( ", "(")
        .replace(", )", ")")
        .replace(" )", ")")
}

/// The line of a range, from 0, and what of the range is in it, in bytes from the line's start.
fn within_line(text: &str, range: &Range<usize>) -> (usize, Range<usize>) {
    let before = &text[..range.start];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.clone()]
        .find('\n')
        .map_or(range.end, |at| range.start + at);
    (
        before.matches('\n').count(),
        range.start - start..end - start,
    )
}

#[cfg(test)]
mod tests;
