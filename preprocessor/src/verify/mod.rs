//! Verifying runs: what a block printed is compared with the output under it.

mod difference;
pub use mdbook_proof_text::elision;
mod failure;
pub mod misplaced;
mod refused;

use crate::read::{Block, Fence};
use crate::run::BLOCK;
use crate::run::job::{Diagnostic, JobResult};
use crate::run::language::interface::{Language, Reading};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::process::{End, Run};
pub use difference::difference;
use difference::shown;
pub use mdbook_proof_text::printed::normalize;
use mdbook_proof_text::printed::visible;
use refused::Refused;
use std::sync::Arc;

/// What is wrong with a block's run, and the output that it printed if it ended as it should.
///
/// `earlier` says how many blocks of its language the page has above it.
pub fn verify(
    source: &Arc<Source>,
    block: &Block,
    earlier: usize,
    language: &dyn Language,
    result: &JobResult,
) -> (Vec<Finding>, Option<String>) {
    let diagnostics = result.diagnostics.iter();
    let mut findings: Vec<Finding> = diagnostics
        .map(|diagnostic| compiler(source, block, diagnostic))
        .collect();
    if let Some((line, idle)) = language.idle(block) {
        let line = block.code.lines.get(line);
        let span = line.map_or(block.code.opening(), |line| line.span);
        let finding = Finding::new(Code::Idle, source, span, idle.message).with_help(idle.help);
        return (vec![finding], None);
    }
    let Some(run) = &result.run else {
        return (findings, None);
    };
    let mut all = Vec::new();
    for run in std::iter::once(run).chain(&result.others) {
        match printed(source, block, earlier, language, run) {
            Ok(text) => all.push(text),
            Err(finding) if all.is_empty() && result.others.is_empty() => {
                findings.extend(finding.map(|finding| *finding));
                return (findings, None);
            }
            Err(_) => break,
        }
    }
    if let Some(other) = result.others.first()
        && (block.view.elided.is_none() || all.len() <= result.others.len())
    {
        findings.push(unstable(source, block, run, other));
        return (findings, None);
    }
    let found = match compare(source, block, &all) {
        Ok(found) => found,
        Err(number) => Some(unstable(source, block, run, &result.others[number - 1])),
    };
    findings.extend(found);
    (findings, all.into_iter().next())
}

/// What a run printed that ended as it should; otherwise what is wrong with it, unless that is said elsewhere.
///
/// # Errors
/// What is wrong with it.
pub fn printed(
    source: &Arc<Source>,
    block: &Block,
    earlier: usize,
    language: &dyn Language,
    run: &Run,
) -> Result<String, Option<Box<Finding>>> {
    let Ok(stdout) = std::str::from_utf8(&run.stdout) else {
        return Err(Some(Box::new(no_text(source, block, run))));
    };
    let is_failure = matches!(
        run.end,
        End::Status(_) | End::Abnormal(_) | End::NotStarted(_)
    );
    let finding = match language.reading(block, earlier, run, stdout) {
        Reading::Printed(_) if run.end == End::Success && block.fails => Finding::new(
            Code::Run,
            source,
            block.code.opening(),
            "the block has to fail, and succeeded",
        )
        .with_help("leave out `=fails`, or make it fail"),
        Reading::Printed(text) => return Ok(visible(&normalize(&text))),
        Reading::Failed if block.fails && is_failure => {
            let Some(refused) = refused::find(block, language, run) else {
                let text = failure::normalized(language, stdout, run);
                return Ok(visible(&normalize(&text)));
            };
            let finding = failed(source, block, language, run);
            Finding {
                message: refused.message().to_owned(),
                ..finding
            }
        }
        Reading::Failed => failed(source, block, language, run),
        Reading::Error {
            line,
            column,
            message,
        } => {
            let rest = Span::new(column, usize::MAX / 2);
            let span = place(block, Some(&(line, rest)));
            Finding::new(Code::Sql, source, span, message)
        }
        Reading::Earlier => return Err(None),
    };
    Err(Some(Box::new(finding)))
}

/// What is wrong with the output under a block, judged by what all runs printed.
///
/// # Errors
/// The number of a run that printed something else than the first where nothing is elided.
fn compare(source: &Arc<Source>, block: &Block, all: &[String]) -> Result<Option<Finding>, usize> {
    let printed = all.first().map_or("", String::as_str);
    let Some(output) = &block.output else {
        return Ok(match printed.is_empty() {
            true => None,
            false => Some(absent(source, block, printed)),
        });
    };
    if block.view.is_misread {
        // With wrong attributes, nobody knows how to compare it.
        return Ok(None);
    }
    if !output.closed {
        return Ok(Some(unclosed(source, block, output, printed)));
    }
    let expected = normalize(&output.text());
    let wanted = if block.view.elided.is_some() {
        if !elision::is_in(&expected) {
            return Ok(Some(nothing_elided(source, output)));
        }
        if all
            .iter()
            .all(|printed| elision::matches(&expected, printed))
        {
            return Ok(None);
        }
        let wanted = elision::rewrite(&expected, printed);
        let other = |printed: &String| !elision::matches(&wanted, printed);
        if let Some(number) = all.iter().position(other) {
            return Err(number.max(1));
        }
        wanted
    } else if expected == printed {
        return Ok(None);
    } else {
        printed.to_owned()
    };
    Ok(Some(
        Finding::new(Code::Output, source, output.opening(), "the output changed")
            .with_label("the block above prints something else")
            .with_details(difference(&expected, &wanted))
            .with_blessed(Edit::new(
                output.span,
                written(source, output, block, &wanted),
            )),
    ))
}

fn nothing_elided(source: &Arc<Source>, output: &Fence) -> Finding {
    let finding = Finding::new(
        Code::Output,
        source,
        output.opening(),
        "nothing is elided in this output",
    );
    finding.with_help(
        "take `elided=` out, or put `...` on a line for lines that differ and `[..]` for text that does",
    )
}

/// An output whose fence is never closed. `bless` closes it where it is clear which lines it has.
fn unclosed(source: &Arc<Source>, block: &Block, output: &Fence, printed: &str) -> Finding {
    let marker = crate::read::fence::marker(source.slice(output.opening()));
    let finding = Finding::new(
        Code::Fence,
        source,
        output.opening(),
        "a code fence is never closed",
    )
    .with_label("opened here");
    let printed_lines: Vec<&str> = printed.lines().collect();
    let lines: Vec<&str> = output
        .lines
        .iter()
        .map(|line| line.text.trim_end())
        .collect();
    let blank = lines.iter().position(|line| line.is_empty());
    let paragraph = blank.unwrap_or(lines.len());
    let is_start = lines.len() >= printed_lines.len()
        && lines
            .iter()
            .zip(&printed_lines)
            .all(|(line, printed)| *line == printed.trim_end());
    let is_near = |(line, printed): (&&str, &&str)| {
        // Figures change, and what is around them rarely does.
        let plain = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
        elision::likeness(&plain(line), &plain(printed)) >= 30
    };
    let is_like = paragraph == printed_lines.len() && lines.iter().zip(&printed_lines).all(is_near);
    let last = printed_lines
        .len()
        .checked_sub(1)
        .and_then(|last| output.lines.get(last));
    match last {
        Some(last) if block.view.elided.is_none() && (is_start || is_like) => {
            let mut text = written(source, output, block, printed);
            if lines
                .get(printed_lines.len())
                .is_some_and(|line| !line.is_empty())
            {
                text.push_str(source.line_end());
                text.push_str(output.prefix.trim_end());
            }
            finding.with_blessed(Edit::new(Span::new(output.span.start, last.span.end), text))
        }
        _ => finding.with_help(format!("end the output with a line {marker}")),
    }
}

fn written(source: &Source, output: &Fence, block: &Block, printed: &str) -> String {
    let info = source.slice(output.info);
    markdown::fence(info, printed, &block.code.prefix, source.line_end())
}

fn absent(source: &Arc<Source>, block: &Block, printed: &str) -> Finding {
    Finding::new(
        Code::Output,
        source,
        block.code.opening(),
        "the block has no output under it",
    )
    .with_details(prefixed(printed, "+ "))
    .with_blessed(missing(source, block, "output", printed))
}

/// The edit that puts an output below its block, with a blank line between.
fn missing(source: &Source, block: &Block, info: &str, printed: &str) -> Edit {
    let prefix = &block.code.prefix;
    let fence = markdown::fence(info, printed, prefix, source.line_end());
    let line_end = source.line_end();
    let gap = match is_tight(source, block) {
        true => String::new(),
        false => format!("{line_end}{}", prefix.trim_end()),
    };
    let mut text = format!("{gap}{line_end}{prefix}{fence}");
    let end = block.code.span.end;
    let last = source.position(end).line;
    let is_followed = source.line(last + 1).is_some_and(|line| {
        let text = source.slice(line).trim_start_matches(['>', ' ', '\t']);
        !text.is_empty()
    });
    if is_followed && !gap.is_empty() {
        text.push_str(line_end);
        text.push_str(prefix.trim_end());
    }
    Edit::new(Span::at(end), text)
}

/// Whether a blank line would change how a list is shown: no blank line is around the block in its item.
fn is_tight(source: &Source, block: &Block) -> bool {
    let inside = block.code.prefix.rsplit('>').next().unwrap_or_default();
    // A space after the mark of a quote belongs to that.
    let is_in_list = match block.code.prefix.contains('>') {
        true => inside.len() > 1,
        false => !inside.is_empty(),
    };
    let first = source.position(block.code.span.start).line;
    let Some(line) = source.line(first).filter(|_| is_in_list) else {
        return false;
    };
    let is_blank = |text: &str| text.trim_matches(['>', ' ', '\t']).is_empty();
    let starts_item = !is_blank(source.slice(line.start..block.code.span.start));
    let above = first.checked_sub(1).and_then(|above| source.line(above));
    starts_item || above.is_some_and(|above| !is_blank(source.slice(above)))
}

fn unstable(source: &Arc<Source>, block: &Block, one: &Run, other: &Run) -> Finding {
    let text = |run: &Run| {
        let stdout = String::from_utf8_lossy(&run.stdout);
        normalize(&stdout) + &String::from_utf8_lossy(&run.stderr)
    };
    let details = match one.end == other.end {
        true => difference(&text(one), &text(other)),
        false => format!("{:?} and {:?}", one.end, other.end),
    };
    Finding::new(
        Code::Unstable,
        source,
        block.code.opening(),
        "two runs of the block gave different outputs",
    )
    .with_details(details)
    .with_help(
        "give random numbers a fixed seed, an order to what has none, and leave out the clock and the folder it runs in",
    )
}

fn no_text(source: &Arc<Source>, block: &Block, run: &Run) -> Finding {
    let text = String::from_utf8_lossy(&run.stdout);
    let valid = text.find('\u{fffd}').unwrap_or(text.len());
    Finding::new(
        Code::Output,
        source,
        block.code.opening(),
        "the block printed bytes that are not UTF-8",
    )
    .with_details(format!(
        "the first {valid} bytes are text, the next one is not"
    ))
    .with_help("print such bytes in hexadecimal")
}

fn compiler(source: &Arc<Source>, block: &Block, diagnostic: &Diagnostic) -> Finding {
    let span = place(block, diagnostic.place.as_ref());
    let code = if diagnostic.is_error {
        Code::Compile
    } else {
        Code::Warning
    };
    let mut finding = Finding::new(code, source, span, diagnostic.message.clone());
    finding.label.clone_from(&diagnostic.label);
    if !diagnostic.notes.is_empty() {
        finding.details = Some(shown(&diagnostic.notes.join("\n"), 20));
    }
    finding
}

/// The bytes of a part of a block's line.
fn place(block: &Block, place: Option<&(usize, Span)>) -> Span {
    let found = place.and_then(|(line, columns)| {
        let line = block.code.lines.get(*line)?;
        let start = (line.span.start + columns.start).min(line.span.end);
        let end = (line.span.start + columns.end).clamp(start, line.span.end);
        Some(Span::new(start, end))
    });
    found.unwrap_or(block.code.opening())
}

fn failed(source: &Arc<Source>, block: &Block, language: &dyn Language, run: &Run) -> Finding {
    let is_start = refused::find(block, language, run) == Some(Refused::Start);
    let message = match &run.end {
        End::Status(status) if is_start => {
            format!("the block could not be started: exit status {status}")
        }
        End::Success => "the block succeeded".to_owned(),
        End::Status(status) if language.is_in_message(*status) => "the block panicked".to_owned(),
        End::Status(status) => format!("the block ended with exit status {status}"),
        End::Abnormal(how) => format!("the block {how}"),
        End::NotStarted(why) => format!("the block could not be started: {why}"),
        End::Deadline(seconds) => format!("the block ran for over {seconds} s"),
        End::OutputLimit(bytes) => format!("the block printed over {} KiB", bytes / 1024),
    };
    let stderr = String::from_utf8_lossy(&run.stderr);
    let (stderr, line) = language.located(source, block, BLOCK, &stderr);
    let line = line.and_then(|line| block.code.lines.get(line));
    let span = line.map_or(block.code.opening(), |line| line.span);
    let mut finding = Finding::new(Code::Run, source, span, message);
    let text = shown(stderr.trim_end(), 20);
    if !text.is_empty() {
        finding = finding.with_details(text);
    }
    match run.end {
        End::Deadline(_) => finding.with_help(
            "make the example smaller, since readers wait for it as well, or give the block more time: timeout=20s",
        ),
        End::OutputLimit(_) => finding.with_help("make the example print less"),
        _ => match refused::find(block, language, run) {
            Some(refused) => finding.with_help(refused.help(language)),
            None => finding,
        },
    }
}

fn prefixed(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{prefix}{line}")).collect();
    shown(&lines.join("\n"), 20)
}
