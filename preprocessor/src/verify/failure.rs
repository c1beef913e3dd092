//! What a block that failed said, put into the page's terms.

use crate::read::Block;
use crate::run::language::rust::program::Program;
use crate::text::source::Source;
use crate::work::process::{End, Run};
use std::fmt::Write as _;

/// What a failed block printed on standard error, with the places in our generated file put into the page;
/// and the first of the block's lines that it names.
pub(super) fn in_page(
    source: &Source,
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
                let source = line.file.as_deref().unwrap_or(source);
                let before = before.rsplit_once(' ').map_or("", |(before, _)| before);
                let number = source.position(line.span.start).line;
                let _ = write!(text, "{before} {}:{number}{rest}", source.path().display());
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    (text, first)
}

/// What a block that has to fail is compared by: its output, then what it said, without thread ids, paths
/// and lines, then its exit status unless it panicked.
pub(super) fn normalized(stdout: &str, run: &Run, name: &str) -> String {
    let mut text = stdout.to_owned();
    let stderr = String::from_utf8_lossy(&run.stderr);
    let file = format!("{name}.rs");
    let lines = stderr.lines().skip_while(|line| line.trim().is_empty());
    for line in lines.filter(|line| !is_note(line)) {
        let panic = line
            .strip_prefix("thread \'")
            .and_then(|rest| rest.split_once('\''))
            .filter(|(_, rest)| rest.contains(" panicked at "));
        match panic {
            Some((thread, _)) => {
                let _ = writeln!(text, "thread \'{thread}\' panicked:");
            }
            None => {
                let _ = writeln!(text, "{}", without_places(line, &file));
            }
        }
    }
    match &run.end {
        // A panic has said so already, and the others are no end that a block may have.
        End::Status(101) | End::Success | End::Deadline(_) | End::OutputLimit(_) => {}
        End::Status(status) => {
            let _ = writeln!(text, "exit status {status}");
        }
        End::Abnormal(how) => {
            let _ = writeln!(text, "the program {how}");
        }
    }
    text
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
