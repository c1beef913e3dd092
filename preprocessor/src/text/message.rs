//! Findings as text: the author's line quoted, what was expected and found, how to fix it.

use crate::text::code;
use crate::text::finding::{BLESS, EXPLORE, Finding};
use crate::text::markdown;
use crate::text::path::{normal, relative};
use crate::text::quote::quote;
use crate::text::visible;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use similar::TextDiff;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The largest field of an annotation, in bytes.
const LARGEST_FIELD: usize = 4_096;
/// The largest value in a line of JSON, in bytes.
const LARGEST_VALUE: usize = 65_536;

/// What messages name depends on how the program was called.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The command that accepts what was found.
    pub bless: String,
    /// The folder that sources' paths start from.
    pub root: PathBuf,
    /// The folder that paths in messages start from; without one they start with `root`.
    pub from: PathBuf,
}

impl Names {
    /// The path of a source, as messages name it.
    pub fn path(&self, path: &Path) -> String {
        let path = self.root.join(path);
        // A book's file may lie beside it: `../code/part.rs`.
        let path = normal(&path).unwrap_or(path);
        if self.from.as_os_str().is_empty() {
            path.to_string_lossy().into_owned()
        } else {
            relative(&self.from, &path)
        }
    }

    /// How to fix a finding.
    fn help(&self, finding: &Finding) -> Option<String> {
        let path = finding.source.path();
        let help = finding.help.as_ref()?;
        let called = [BLESS, EXPLORE].iter().fold(help.clone(), |help, command| {
            help.replace(
                &format!("{command} {}", path.display()),
                &format!("{command} {}", self.path(path)),
            )
        });
        Some(with_commands(&called, &self.bless))
    }
}

/// A help text with the commands that it names; `bless` is one of them, and the others are called as it is.
fn with_commands(help: &str, bless: &str) -> String {
    help.replace(BLESS, bless)
        .replace(EXPLORE, &bless.replacen("bless", "explore", 1))
}

/// A number of things: `1 page`, `2 pages`.
pub fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// A finding as a person reads it.
pub fn human(finding: &Finding, names: &Names, color: bool) -> String {
    let source = &finding.source;
    let start = source.position(finding.span.start);
    let end = source.position(finding.span.end).line;
    let quote = quote(source, finding.span);
    let label = finding.label.as_deref().map(visible::line);
    let mut annotation = AnnotationKind::Primary.span(quote.span.clone());
    if let Some(label) = &label {
        annotation = annotation.label(label);
    }
    let path = visible::line(&names.path(source.path()));
    let message = visible::line(&finding.message);
    let level = match finding.code.level() {
        code::Level::Warning => Level::WARNING,
        code::Level::Error => Level::ERROR,
    };
    let group = level
        .primary_title(message)
        .id(finding.code.name())
        .element(
            Snippet::source(&quote.text)
                .line_start(start.line)
                .path(&path)
                .annotation(annotation),
        );
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = renderer.render(&[group]);
    // The renderer counts in the quotation, which may have more characters than the source, and may begin later.
    let counted = quote.text[..quote.span.start].chars().count() + 1;
    if counted != start.column {
        let place = |column: usize| format!("{path}:{}:{column}", start.line);
        out = out.replacen(&place(counted), &place(start.column), 1);
    }
    let gutter = " ".repeat(end.to_string().len());
    if let Some(details) = &finding.details {
        for line in visible::text(details).lines() {
            let _ = write!(out, "\n{gutter}   {line}");
        }
    }
    if let Some(help) = names.help(finding) {
        let _ = write!(out, "\n{gutter} = {}", visible::text(&help));
    }
    out.push('\n');
    out
}

/// A finding as a workflow command of GitHub's, which shows it beside the changed line.
pub fn github(finding: &Finding, names: &Names) -> String {
    let start = finding.source.position(finding.span.start);
    let end = finding.source.position(finding.span.end);
    let mut text = finding.message.clone();
    let help = names.help(finding);
    for part in [&finding.label, &finding.details, &help]
        .into_iter()
        .flatten()
    {
        let _ = write!(text, "\n{part}");
    }
    let level = match finding.code.level() {
        code::Level::Warning => "warning",
        code::Level::Error => "error",
    };
    format!(
        "::{level} file={},line={},col={},endLine={},title={}::{}\n",
        property(&names.path(finding.source.path())),
        start.line,
        start.column,
        end.line,
        property(finding.code.name()),
        annotation(&visible::text(&text), |c| matches!(c, '%' | '\r' | '\n'))
    )
}

/// How GitHub counts the findings that it doesn't show.
pub fn more_on_github(findings: usize) -> String {
    format!(
        "::error title=more::and {}, which the log lists\n",
        count(findings, "more finding")
    )
}

fn property(text: &str) -> String {
    annotation(&visible::line(text), |c| {
        matches!(c, '%' | '\r' | '\n' | ':' | ',')
    })
}

/// A field of an annotation, percent-encoded where GitHub's rules ask for it, and cut where it is too long.
fn annotation(text: &str, is_encoded: impl Fn(char) -> bool) -> String {
    let mut field = String::new();
    for c in visible::without_commands(text).chars() {
        if field.len() > LARGEST_FIELD - "%0A…".len() {
            field.push('…');
            break;
        }
        if is_encoded(c) {
            let _ = write!(field, "%{:02X}", u32::from(c));
        } else {
            field.push(c);
        }
    }
    field
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
    let help = finding.help.as_ref();
    let help = help.map(|help| with_commands(help, bless));
    json_line(&serde_json::json!({
        "code": finding.code.name(),
        "path": finding.source.path().to_string_lossy(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "message": bounded(&finding.message),
        "label": finding.label.as_deref().map(bounded),
        "details": finding.details.as_deref().map(bounded),
        "help": help.as_deref().map(bounded),
        "blessable": finding.blessed.is_some(),
    }))
}

/// An object as one line that no terminal and no workflow obeys.
pub fn json_line(object: &serde_json::Value) -> String {
    format!("{}\n", visible::json(&object.to_string()))
}

fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= LARGEST_VALUE {
        return text.into();
    }
    let end = (0..=LARGEST_VALUE).rfind(|end| text.is_char_boundary(*end));
    format!("{}…", &text[..end.unwrap_or_default()]).into()
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
