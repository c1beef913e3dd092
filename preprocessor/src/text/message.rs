//! Findings as text: the author's line quoted, what was expected and found, how to fix it.

use crate::text::code;
use crate::text::finding::{BLESS, Finding};
use crate::text::markdown;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use similar::TextDiff;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A finding as a person reads it. `bless` is the command that accepts what was found.
pub fn human(finding: &Finding, bless: &str, color: bool) -> String {
    let source = &finding.source;
    let start = source.position(finding.span.start).line;
    let end = source.position(finding.span.end).line;
    // Only the lines that the finding touches, however long the file is.
    let from = source.line(start).map_or(0, |line| line.start);
    let to = source
        .line(end)
        .map_or(source.text().len(), |line| line.end);
    let text = source.slice(from..to);
    let span = finding.span.start - from..finding.span.end.min(to) - from;
    let mut annotation = AnnotationKind::Primary.span(span);
    if let Some(label) = &finding.label {
        annotation = annotation.label(label.as_str());
    }
    let path = source.path().to_string_lossy();
    let level = match finding.code.level() {
        code::Level::Warning => Level::WARNING,
        code::Level::Error => Level::ERROR,
    };
    let group = level
        .primary_title(finding.message.as_str())
        .id(finding.code.name())
        .element(
            Snippet::source(text)
                .line_start(start)
                .path(path)
                .annotation(annotation),
        );
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = renderer.render(&[group]);
    let gutter = " ".repeat(end.to_string().len());
    for line in finding.details.iter().flat_map(|details| details.lines()) {
        let _ = write!(out, "\n{gutter}   {}", printable(line));
    }
    if let Some(help) = &finding.help {
        let _ = write!(out, "\n{gutter} = {}", help.replace(BLESS, bless));
    }
    out.push('\n');
    out
}

/// A finding as a workflow command of GitHub's, which shows it beside the changed line.
pub fn github(finding: &Finding, bless: &str) -> String {
    let escape = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let start = finding.source.position(finding.span.start);
    let end = finding.source.position(finding.span.end);
    let mut text = finding.message.clone();
    for part in [&finding.label, &finding.details, &finding.help]
        .into_iter()
        .flatten()
    {
        let _ = write!(text, "\n{}", part.replace(BLESS, bless));
    }
    let level = match finding.code.level() {
        code::Level::Warning => "warning",
        code::Level::Error => "error",
    };
    format!(
        "::{level} file={},line={},col={},endLine={},title={}::{}\n",
        property(&finding.source.path().to_string_lossy()),
        start.line,
        start.column,
        end.line,
        property(finding.code.name()),
        escape(&text)
    )
}

/// A finding as one line of JSON.
///
/// | key | holds |
/// | --- | --- |
/// | `code` | what kind of fault it is, a stable name |
/// | `path` | the file, relative to the book's root |
/// | `line`, `column` | where it starts, both from 1, the column in characters |
/// | `end_line`, `end_column` | where it ends |
/// | `message` | what is wrong, in one line |
/// | `label`, `details`, `help` | more about it, and how to fix it; `null` where there is nothing to say |
/// | `blessable` | whether `bless` can accept what was found |
pub fn json(finding: &Finding, bless: &str) -> String {
    let start = finding.source.position(finding.span.start);
    let end = finding.source.position(finding.span.end);
    let object = serde_json::json!({
        "code": finding.code.name(),
        "path": finding.source.path().to_string_lossy(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "message": finding.message,
        "label": finding.label,
        "details": finding.details,
        "help": finding.help.as_ref().map(|help| help.replace(BLESS, bless)),
        "blessable": finding.blessed.is_some(),
    });
    format!("{object}\n")
}

/// Changed files as a patch: each with its path, its text before and after.
pub fn patch(changes: &[(PathBuf, String, String)]) -> String {
    changes
        .iter()
        .map(|(path, before, after)| {
            let path = path.to_string_lossy().replace('\\', "/");
            TextDiff::from_lines(before.as_str(), after.as_str())
                .unified_diff()
                .header(&format!("a/{path}"), &format!("b/{path}"))
                .to_string()
        })
        .collect()
}

/// A patch as Markdown for a job's summary, which says what to do with it; empty without a patch.
pub fn proposal(patch: &str) -> String {
    // GitHub's limit for a summary is 1 MiB.
    const LARGEST: usize = 500_000;
    if patch.is_empty() {
        return String::new();
    }
    let introduction = "### What the runs print and the sums give\n\nThe pages say something else. If this is what they should say, apply the patch with `git apply`, or put its lines that start with `+` in the place of those that start with `-`.\n\n";
    if patch.len() > LARGEST {
        let kib = patch.len() / 1024;
        return format!(
            "{introduction}The patch has {kib} KiB, too much to show here: run `bless` on your own machine.\n"
        );
    }
    let fence = markdown::fence("diff", patch, "", "\n");
    format!("{introduction}{fence}\n")
}

/// The line without control characters, which a terminal would obey.
///
/// A very long line is cut: a compiler that can't link says so in tens of thousands of characters.
pub fn printable(line: &str) -> String {
    const LONGEST: usize = 500;
    let rest = line.chars().count().saturating_sub(LONGEST);
    let more = match rest {
        0 => String::new(),
        _ => format!(" … and {rest} more characters"),
    };
    line.chars()
        .take(LONGEST)
        .map(|c| match c {
            '\t' => '\t',
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('?'),
            '\x7f'..='\u{9f}' => '?',
            _ => c,
        })
        .chain(more.chars())
        .collect()
}
