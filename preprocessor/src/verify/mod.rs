//! Verifying runs: what a block printed is compared with the output under it.

pub mod elision;
mod failure;

use crate::read::{Block, Fence};
use crate::run::job::{Diagnostic, JobResult};
use crate::run::language::interface::{Language, Reading};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::process::{End, Run};
use similar::TextDiff;
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
    let mut findings: Vec<Finding> = result
        .diagnostics
        .iter()
        .map(|diagnostic| compiler(source, block, diagnostic))
        .collect();
    if let Some((line, idle)) = language.idle(block) {
        let lines = &block.code.lines;
        let (source, span) = match lines.get(line) {
            Some(line) => (line.file.as_ref().unwrap_or(source), line.span),
            None => (source, block.code.opening()),
        };
        let finding = Finding::new(Code::Idle, source, span, idle.message).with_help(idle.help);
        return (vec![finding], None);
    }
    let Some(run) = &result.run else {
        return (findings, None);
    };
    if let Some(other) = &result.other {
        findings.push(unstable(source, block, run, other));
        return (findings, None);
    }
    let Ok(stdout) = std::str::from_utf8(&run.stdout) else {
        findings.push(no_text(source, block, run));
        return (findings, None);
    };
    let is_failure = matches!(run.end, End::Status(_) | End::Abnormal(_));
    let printed = match language.reading(block, earlier, run, stdout) {
        Reading::Printed(_) if run.end == End::Success && block.fails => {
            findings.push(
                Finding::new(
                    Code::Run,
                    source,
                    block.code.opening(),
                    "the block has to fail, and succeeded",
                )
                .with_help("leave out `=fails`, or make it fail"),
            );
            return (findings, None);
        }
        Reading::Printed(text) => normalize(&text),
        Reading::Failed if block.fails && is_failure => normalize(&failure::normalized(
            language,
            &normalize(stdout),
            run,
            &result.name,
        )),
        Reading::Failed => {
            findings.push(failed(source, block, language, &result.name, run));
            return (findings, None);
        }
        Reading::Error {
            line,
            column,
            message,
        } => {
            let (source, span) = place(
                source,
                block,
                Some(&(line, Span::new(column, usize::MAX / 2))),
            );
            findings.push(Finding::new(Code::Sql, source, span, message));
            return (findings, None);
        }
        Reading::Earlier => return (findings, None),
    };
    findings.extend(compare(source, block, &printed));
    (findings, Some(printed))
}

/// The text with `\n` line ends and without trailing blank lines.
pub fn normalize(text: &str) -> String {
    // A page can't hold a carriage return at the end of a line: it would be read as part of the line end.
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let text = lines.collect::<Vec<_>>().join("\n");
    let end = text.trim_end_matches(['\n', ' ', '\t']).len();
    // Spaces at the end of the last line of text count.
    let rest = &text[end..];
    let kept = rest.find('\n').map_or(rest.len(), |at| at);
    let mut text = text[..end + kept].to_owned();
    if text.trim().is_empty() {
        text.clear();
    } else {
        text.push('\n');
    }
    text
}

fn compare(source: &Arc<Source>, block: &Block, printed: &str) -> Option<Finding> {
    let Some(output) = &block.output else {
        return match printed.is_empty() {
            true => None,
            false => Some(absent(source, block, printed)),
        };
    };
    let expected = normalize(&output.text());
    if block.view.elided.is_some() {
        return compare_elided(source, block, output, &expected, printed);
    }
    if expected == printed {
        return None;
    }
    let diff = difference(&expected, printed);
    let finding = Finding::new(Code::Output, source, output.opening(), "the output changed")
        .with_label("the block above prints something else")
        .with_details(diff);
    Some(finding.with_blessed(Edit::new(
        output.span,
        written(source, output, block, printed),
    )))
}

/// As [`compare`], for an output with elisions.
fn compare_elided(
    source: &Arc<Source>,
    block: &Block,
    output: &Fence,
    expected: &str,
    printed: &str,
) -> Option<Finding> {
    if !elision::is_in(expected) {
        let finding = Finding::new(
            Code::Output,
            source,
            output.opening(),
            "nothing is elided in this output",
        );
        return Some(finding.with_help(
            "take `elided=` out, or put `...` on a line for lines that differ and `[..]` for text that does",
        ));
    }
    if elision::matches(expected, printed) {
        return None;
    }
    let rewritten = elision::rewrite(expected, printed);
    let text = written(source, output, block, &rewritten);
    Some(
        Finding::new(Code::Output, source, output.opening(), "the output changed")
            .with_label("the block above prints something else")
            .with_details(difference(expected, &rewritten))
            .with_blessed(Edit::new(output.span, text)),
    )
}

fn written(source: &Source, output: &Fence, block: &Block, printed: &str) -> String {
    let info = source.slice(output.info);
    markdown::fence(info, printed, &block.code.prefix, source.line_end())
}

fn absent(source: &Arc<Source>, block: &Block, printed: &str) -> Finding {
    let fence = markdown::fence("output", printed, &block.code.prefix, source.line_end());
    let end = block.code.span.end;
    let line_end = source.line_end();
    let text = format!("{line_end}{}{fence}", block.code.prefix);
    Finding::new(
        Code::Output,
        source,
        block.code.opening(),
        "the block has no output under it",
    )
    .with_details(prefixed(printed, "+ "))
    .with_blessed(Edit::new(Span::at(end), text))
}

fn difference(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff
        .unified_diff()
        .context_radius(2)
        .missing_newline_hint(false)
        .to_string();
    shown(text.trim_end(), 60)
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
        "give random numbers a fixed seed, an order to what has none, and leave the clock out",
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
    let (source, span) = place(source, block, diagnostic.place.as_ref());
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

/// The file and the bytes of a part of a block's line.
fn place<'page>(
    source: &'page Arc<Source>,
    block: &'page Block,
    place: Option<&(usize, Span)>,
) -> (&'page Arc<Source>, Span) {
    let found = place.and_then(|(line, columns)| {
        let line = block.code.lines.get(*line)?;
        let start = (line.span.start + columns.start).min(line.span.end);
        let end = (line.span.start + columns.end).clamp(start, line.span.end);
        Some((line.file.as_ref().unwrap_or(source), Span::new(start, end)))
    });
    found.unwrap_or((source, block.code.opening()))
}

fn failed(
    source: &Arc<Source>,
    block: &Block,
    language: &dyn Language,
    name: &str,
    run: &Run,
) -> Finding {
    let message = match &run.end {
        End::Success => "the block succeeded".to_owned(),
        End::Status(status) if language.is_in_message(*status) => "the block panicked".to_owned(),
        End::Status(status) => format!("the block ended with exit status {status}"),
        End::Abnormal(how) => format!("the block {how}"),
        End::Deadline(seconds) => format!("the block ran for over {seconds} s"),
        End::OutputLimit(bytes) => format!("the block printed over {} KiB", bytes / 1024),
    };
    let stderr = String::from_utf8_lossy(&run.stderr);
    let (stderr, line) = language.located(source, block, name, &stderr);
    let (source, span) = match line.and_then(|line| block.code.lines.get(line)) {
        Some(line) => (line.file.as_ref().unwrap_or(source), line.span),
        None => (source, block.code.opening()),
    };
    let mut finding = Finding::new(Code::Run, source, span, message);
    let text = shown(stderr.trim_end(), 20);
    let is_refused = [
        "Operation not permitted",
        "Permission denied",
        "not permitted",
    ]
    .iter()
    .any(|words| text.contains(words));
    let is_memory = text.contains("memory allocation of");
    if !text.is_empty() {
        finding = finding.with_details(text);
    }
    match run.end {
        End::Deadline(_) => finding.with_help(
            "make the example smaller, since readers wait for it as well, or give the block more time: timeout=20s",
        ),
        End::OutputLimit(_) => finding.with_help("make the example print less"),
        _ if is_refused => finding.with_help(format!(
            "a block has no network, no files but those in its empty folder, and {}",
            match language.has_processes() {
                true => "may start processes under the same bounds",
                false => "starts no processes",
            }
        )),
        _ if is_memory => finding.with_help(format!(
            "a block has {} of address space",
            amount(language.memory())
        )),
        _ => finding,
    }
}

/// An amount of memory in words.
fn amount(bytes: u64) -> String {
    match bytes {
        bytes if bytes % (1 << 30) == 0 => format!("{} GiB", bytes >> 30),
        bytes => format!("{} MiB", bytes >> 20),
    }
}

/// The first lines of a text that a message shows.
fn shown(text: &str, most: usize) -> String {
    let mut lines: Vec<&str> = text.lines().take(most).collect();
    let rest = text.lines().count().saturating_sub(most);
    let more = format!("… and {rest} more lines");
    if rest > 0 {
        lines.push(&more);
    }
    lines.join("\n")
}

fn prefixed(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{prefix}{line}")).collect();
    shown(&lines.join("\n"), 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_and_trailing_blank_lines_are_normalized() {
        assert_eq!(normalize("a \r\nb  \n\n \n"), "a \nb  \n");
        assert_eq!(normalize("a"), "a\n");
        assert_eq!(normalize("a\r\r\nb\rc\r"), "a\nb\rc\n");
        assert_eq!(normalize(" \n\n"), "");
        assert_eq!(normalize("\n a\n"), "\n a\n");
    }
}
