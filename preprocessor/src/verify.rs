//! Verifying runs: what a block printed against the output that stands under it.

use crate::edit::Edit;
use crate::finding::Finding;
use crate::page::{Block, fence};
use crate::run::compile::Diagnostic;
use crate::run::execute::{DEADLINE, OUTPUT_LIMIT};
use crate::run::{End, JobResult, Run};
use crate::source::Source;
use similar::TextDiff;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// What is wrong with a block's run, and the output that it printed if it ended well.
pub fn verify(
    source: &Arc<Source>,
    block: &Block,
    job: &str,
    result: &JobResult,
) -> (Vec<Finding>, Option<String>) {
    let mut findings: Vec<Finding> = result
        .diagnostics
        .iter()
        .map(|diagnostic| compiler(source, block, diagnostic))
        .collect();
    let Some(run) = &result.run else {
        return (findings, None);
    };
    if run.end != End::Success {
        findings.push(failure(source, block, job, run));
        return (findings, None);
    }
    match std::str::from_utf8(&run.stdout) {
        Ok(stdout) => {
            let printed = normalize(stdout);
            findings.extend(compare(source, block, &printed));
            (findings, Some(printed))
        }
        Err(error) => {
            findings.push(
                Finding::new(
                    "output",
                    source,
                    block.code.opening(),
                    "the block printed bytes that are not UTF-8",
                )
                .with_details(format!(
                    "the first {} bytes are text, the next one is not",
                    error.valid_up_to()
                ))
                .with_help("print such bytes in hexadecimal"),
            );
            (findings, None)
        }
    }
}

/// The text with `\n` line ends and without trailing blank lines.
pub fn normalize(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
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
        if printed.is_empty() {
            return None;
        }
        let fence = fence::write("output", printed, &block.code.prefix, source.line_end());
        let end = block.code.span.end;
        let line_end = source.line_end();
        let text = format!("{line_end}{}{fence}", block.code.prefix);
        return Some(
            Finding::new(
                "output",
                source,
                block.code.opening(),
                "the block has no output under it",
            )
            .with_details(prefixed(printed, "+ "))
            .with_mend(Edit::new(end..end, text)),
        );
    };
    let expected = normalize(&output.text());
    if expected == printed {
        return None;
    }
    let diff = TextDiff::from_lines(expected.as_str(), printed);
    let info = source.slice(output.info.clone());
    let text = fence::write(info, printed, &block.code.prefix, source.line_end());
    Some(
        Finding::new("output", source, output.opening(), "the output changed")
            .with_label("the block above prints something else")
            .with_details(
                diff.unified_diff()
                    .context_radius(2)
                    .missing_newline_hint(false)
                    .to_string()
                    .trim_end()
                    .to_owned(),
            )
            .with_mend(Edit::new(output.span.clone(), text)),
    )
}

fn compiler(source: &Arc<Source>, block: &Block, diagnostic: &Diagnostic) -> Finding {
    let span = place(block, diagnostic.place.as_ref());
    let code = if diagnostic.is_error {
        "compile"
    } else {
        "warning"
    };
    let mut finding = Finding::new(code, source, span, diagnostic.message.clone());
    finding.label.clone_from(&diagnostic.label);
    if !diagnostic.notes.is_empty() {
        finding.details = Some(diagnostic.notes.join("\n"));
    }
    finding
}

fn place(block: &Block, place: Option<&(usize, Range<usize>)>) -> Range<usize> {
    place
        .and_then(|(line, columns)| {
            let span = &block.code.lines.get(*line)?.span;
            let start = (span.start + columns.start).min(span.end);
            let end = (span.start + columns.end).clamp(start, span.end);
            Some(start..end)
        })
        .unwrap_or(block.code.opening())
}

fn failure(source: &Arc<Source>, block: &Block, job: &str, run: &Run) -> Finding {
    let message = match &run.end {
        End::Success => "the block ended well".to_owned(),
        End::Failure(how) => format!("the block {how}"),
        End::Deadline => format!("the block ran for over {} seconds", DEADLINE.as_secs()),
        End::OutputLimit => format!("the block printed over {} KiB", OUTPUT_LIMIT / 1024),
    };
    let stderr = String::from_utf8_lossy(&run.stderr);
    let (stderr, line) = in_page(source, block, job, &stderr);
    let span = line
        .and_then(|line| block.code.lines.get(line))
        .map_or(block.code.opening(), |line| line.span.clone());
    let finding = Finding::new("run", source, span, message);
    let text: String = shown(stderr.trim_end());
    let finding = if text.is_empty() {
        finding
    } else {
        finding.with_details(text)
    };
    match run.end {
        End::Deadline | End::OutputLimit => {
            finding.with_help("make the example smaller: readers wait for it as well")
        }
        _ => finding,
    }
}

/// Standard error with the places in our generated file put into the page; and the first such line.
fn in_page(
    source: &Arc<Source>,
    block: &Block,
    job: &str,
    stderr: &str,
) -> (String, Option<usize>) {
    let file = format!("{job}.rs:");
    let (_, origins) = crate::run::Program::new(&block.code).file();
    let mut first = None;
    let mut text = String::new();
    for line in stderr.lines() {
        if line.starts_with("note: run with `RUST_BACKTRACE") {
            continue;
        }
        match line.split_once(&file) {
            Some((before, after)) => {
                let number: String = after.chars().take_while(char::is_ascii_digit).collect();
                let rest = &after[number.len()..];
                let origin = number
                    .parse::<usize>()
                    .ok()
                    .and_then(|n| origins.get(n.checked_sub(1)?).copied().flatten());
                let place = origin.and_then(|line| block.code.lines.get(line));
                match place {
                    Some(place) => {
                        first = first.or(origin);
                        let before = before.rsplit_once(' ').map_or("", |(b, _)| b);
                        text.push_str(before);
                        text.push(' ');
                        let path = source.path().display();
                        let line = source.position(place.span.start).line;
                        let _ = write!(text, "{path}:{line}{rest}");
                    }
                    None => text.push_str(line),
                }
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    (text, first)
}

/// The first lines of a text that a message shows.
fn shown(text: &str) -> String {
    const LINES: usize = 20;
    let mut lines: Vec<&str> = text.lines().take(LINES).collect();
    let rest = text.lines().count().saturating_sub(LINES);
    let more = format!("… and {rest} more lines");
    if rest > 0 {
        lines.push(&more);
    }
    lines.join("\n")
}

fn prefixed(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{prefix}{line}")).collect();
    shown(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_and_trailing_blank_lines_are_normalized() {
        assert_eq!(normalize("a \r\nb  \n\n \n"), "a \nb  \n");
        assert_eq!(normalize("a"), "a\n");
        assert_eq!(normalize(" \n\n"), "");
        assert_eq!(normalize("\n a\n"), "\n a\n");
    }
}
