//! What a Rust program says when it fails, in the page's terms.

use crate::read::Block;
use crate::run::language::rust::program::Program;
use crate::text::source::Source;
use std::fmt::Write as _;
use std::sync::Arc;

/// What a failed block printed on standard error, with positions in our generated file translated to the page;
/// and the first of the block's lines that it names.
pub(super) fn in_page(
    source: &Arc<Source>,
    block: &Block,
    name: &str,
    stderr: &str,
) -> (String, Option<usize>) {
    let file = format!("{name}.rs:");
    let (_, origins) = Program::new(&block.code).file();
    let mut first = None;
    let mut text = String::new();
    for line in stderr.lines().filter(|line| !is_note(line)) {
        let place = line.split_once(&file).and_then(|(before, after)| {
            let digits = after
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(after.len());
            let number: usize = after[..digits].parse().ok()?;
            let origin = origins.get(number.checked_sub(1)?).copied().flatten()?;
            Some((before, origin, &after[digits..]))
        });
        match place
            .and_then(|(before, at, rest)| Some((before, at, block.code.lines.get(at)?, rest)))
        {
            Some((before, at, line, rest)) => {
                first = first.or(Some(at));
                let (file, span) = source.origin(line.span);
                let before = before.rsplit_once(' ').map_or("", |(before, _)| before);
                let number = file.position(span.start).line;
                let _ = write!(text, "{before} {}:{number}{rest}", file.path().display());
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    (text, first)
}

/// A line of what a failed program said, without thread ids, paths and lines; none for a note.
pub(super) fn normalized(name: &str, line: &str) -> Option<String> {
    if is_note(line) {
        return None;
    }
    let panic = line
        .strip_prefix("thread \'")
        .and_then(|rest| rest.split_once('\''))
        .filter(|(_, rest)| rest.contains(" panicked at "));
    Some(match panic {
        Some((thread, _)) => format!("thread \'{thread}\' panicked:"),
        None => without_places(line, &format!("{name}.rs")),
    })
}

/// The line with `file:12:5` as `file`, whatever folder the file is in.
fn without_places(line: &str, file: &str) -> String {
    let Some((before, after)) = line.split_once(file) else {
        return line.to_owned();
    };
    let before = before.rsplit_once(' ').map_or("", |(before, _)| before);
    let rest = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    format!("{before} the block{rest}").trim_start().to_owned()
}

fn is_note(line: &str) -> bool {
    line.starts_with("note: run with `RUST_BACKTRACE")
}
