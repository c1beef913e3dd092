//! What looks like our markup and is not read: each a finding, so that nothing seems verified that isn't.
//!
//! | looks like | and is |
//! | --- | --- |
//! | a fence that runs | indented code, part of an HTML block, of another fence, or spelled otherwise |
//! | an expression or a rule | a comment spelled otherwise, never closed, or inside of an HTML block or another fence |

use crate::read::Fence;
use crate::read::fence;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_pictures::Origin;
use regex::Regex;
use std::sync::{Arc, LazyLock};

/// The languages of fences whose content is shown as text: Markdown inside of them is an example.
const SHOWN: [&str; 17] = [
    "",
    "bash",
    "console",
    "diff",
    "html",
    "ignore",
    "markdown",
    "md",
    "mdx",
    "none",
    "plain",
    "plaintext",
    "sh",
    "shell",
    "text",
    "txt",
    "xml",
];

/// What is mistyped in a comment's mark: `<!- =`, `<! -- =`, `<!— =`; or the start of one that never ends.
static MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^<\s*!\s*[-–—]+\s*(=|(check|holds)\s*:)").ok());

/// An expression inside of a comment.
static EXPRESSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<!--\s*(=|(check|holds):)").ok());

/// What a fence that isn't ours looks like.
pub(super) fn plain(source: &Arc<Source>, fence: &Fence, languages: &[&str]) -> Vec<Finding> {
    let info = source.slice(fence.info);
    if let Some((message, help)) = misspelled(info, languages) {
        return vec![Finding::new(Code::Fence, source, fence.info, message).with_help(help)];
    }
    let mut findings = Vec::new();
    let language = info_string::language(info);
    if !SHOWN.contains(&language.to_lowercase().as_str()) {
        for line in &fence.lines {
            if opens(&line.text).is_some_and(is_ours) {
                let message = format!("inside of a `{language}` fence this is not verified");
                findings.push(outside(source, line.span, message));
            }
            findings.extend(expression(&line.text).map(|span| {
                let message = format!("inside of a `{language}` fence this is not verified");
                outside(source, span.shift(line.span.start), message)
            }));
        }
    }
    findings
}

fn outside(source: &Arc<Source>, span: Span, message: String) -> Finding {
    Finding::new(Code::Fence, source, span, message)
        .with_help("put it outside of the fence; if it is only shown, name the fence `text`")
}

/// A fence inside of another that only a closed one would be: the one above was never closed.
pub(super) fn swallowed(source: &Arc<Source>, fence: &Fence) -> Option<Finding> {
    let mark = fence::marker(source.slice(fence.span));
    let line = fence.lines.iter().find(|line| {
        let text = line.text.trim_start();
        let inner = fence::marker(text);
        inner.starts_with(mark)
            && opens(text).is_some_and(|info| !info.contains('`') && is_ours(info))
    })?;
    let number = source.line_in_file(line.span.start);
    Some(
        Finding::new(
            Code::Fence,
            source,
            fence.opening(),
            format!("the fence is not closed before the next one, in line {number}"),
        )
        .with_label("opened here")
        .with_help(format!(
            "end the block with a line {mark}; if the next one is a part of it, open it with {mark}{}",
            &mark[..1]
        )),
    )
}

/// What an indented block of code looks like: its bytes are those of its lines.
pub(super) fn indented(source: &Arc<Source>, span: Span) -> Option<Finding> {
    let span = our_fences(source.slice(span)).next()?.shift(span.start);
    let message = "this is indented code, and not a fence";
    let help =
        "indent it by less than four spaces; if it is only shown, put it into a `text` fence";
    Some(Finding::new(Code::Fence, source, span, message).with_help(help))
}

/// What an HTML block contains that would be ours outside of it.
pub(super) fn html_block(source: &Arc<Source>, span: Span) -> Vec<Finding> {
    let text = source.slice(span);
    // What a block of comments starts with is read as a comment of ours.
    let is_raw = ["<pre", "<script", "<style", "<textarea"]
        .iter()
        .any(|tag| text.trim_start().to_ascii_lowercase().starts_with(tag));
    let mut findings = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let next = rest.find("<!--");
        let before = &rest[..next.unwrap_or(rest.len())];
        if !is_raw {
            findings.extend(our_fences(before).map(|fence| {
                let span = fence.shift(span.start + at);
                let message = "inside of an HTML block this is not verified";
                Finding::new(Code::Fence, source, span, message)
                    .with_help("leave a blank line before it")
            }));
        }
        let Some(start) = next.map(|next| at + next) else {
            break;
        };
        let end = text[start..].find("-->").map(|end| start + end + 3);
        let place = Span::new(start, end.unwrap_or(text.len())).shift(span.start);
        if end.is_none() {
            let line = source.slice(place).lines().next().unwrap_or_default();
            let opening = Span::new(place.start, place.start + line.len());
            findings.push(
                Finding::new(Code::Fence, source, opening, "a comment is never closed")
                    .with_help("end it with -->; the rest of the page is a part of it"),
            );
            break;
        }
        // Alone in its block, on one line, it is read where comments are.
        let is_alone = text.trim() == source.slice(place);
        let inner = source
            .slice(place)
            .trim_start_matches(['<', '!', '-', ' ', '\n']);
        let is_rule = inner.starts_with("check") || inner.starts_with("holds");
        let is_read = is_alone && (is_rule || !text.trim().contains('\n'));
        if is_alone {
            findings.extend(comment(source, place));
        }
        if expression(source.slice(place)).is_some() && !is_read {
            findings.push(
                Finding::new(
                    Code::Figure,
                    source,
                    place,
                    "inside of an HTML block this is not verified",
                )
                .with_help("write its line in Markdown, with a blank line between it and the HTML"),
            );
        }
        at = end.unwrap_or(text.len());
    }
    findings
}

/// The lines of a text that open a fence of ours, each without its indentation.
fn our_fences(text: &str) -> impl Iterator<Item = Span> {
    let mut end = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        end += line.len();
        let shown = line.trim_start();
        let start = end - shown.len();
        let span = Span::new(start, start + shown.trim_end().len());
        opens(shown).is_some_and(is_ours).then_some(span)
    })
}

/// A comment that is almost one of ours.
pub(super) fn comment(source: &Arc<Source>, span: Span) -> Option<Finding> {
    let text = source.slice(span);
    let text = text.trim();
    let inner = text.strip_prefix("<!--")?.strip_suffix("-->")?;
    let inner = inner.trim_matches(|c: char| c.is_whitespace() || c == '-');
    let mut code = Code::TableCheck;
    let (message, help) = if inner.starts_with(['＝', '≈', '≡', '≃']) {
        let mark = inner.chars().next().unwrap_or('=');
        (
            format!("a comment that starts with `{mark}` is no expression"),
            "start it with `=`: <!-- = 2 × 3 -->",
        )
    } else if inner.starts_with('=') && !text["<!--".len()..].trim_start().starts_with('=') {
        (
            "this comment is no expression".to_owned(),
            "write two hyphens: <!-- = 2 × 3 -->",
        )
    } else {
        let length = inner
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(inner.len());
        let (word, rest) = inner.split_at(length);
        let rest = rest.trim_start();
        let lower = word.to_lowercase();
        let known = ["check", "gather", "holds"]
            .into_iter()
            .find(|known| strsim::damerau_levenshtein(&lower, known) <= 1)
            .or_else(|| matches!(lower.as_str(), "claim" | "claims").then_some("holds"))?;
        let compares = || rest.contains(['<', '>', '=', '≤', '≥', '≠']) || rest.contains("within");
        let is_meant = match known {
            "check" => rest.starts_with(':') || rest.starts_with('['),
            // A note may start with these words.
            "holds" => compares(),
            _ => rest.starts_with(':'),
        };
        let is_exact = inner
            .strip_prefix(known)
            .is_some_and(|rest| rest.starts_with(':'));
        if !is_meant || is_exact {
            return None;
        }
        if known == "holds" {
            code = Code::Claim;
        }
        (
            format!("a comment that starts with `{word}` is not read"),
            match known {
                "check" => "start it with `check:`",
                "holds" => "start it with `holds:`",
                _ => "start it with `gather:`",
            },
        )
    };
    Some(Finding::new(code, source, span, message).with_help(help))
}

/// Text that looks like the start of one of our comments.
pub(super) fn text(source: &Arc<Source>, span: Span) -> Option<Finding> {
    let line = source.line(source.position(span.start).line)?;
    let mut marks = source.slice(span).match_indices('<');
    let span = marks.find_map(|(at, _)| {
        let rest = Span::new(span.start + at, line.end.max(span.end));
        let found = MARK.as_ref()?.find(source.slice(rest))?;
        Some(Span::new(0, found.end()).shift(rest.start))
    })?;
    Some(
        Finding::new(
            Code::Expression,
            source,
            span,
            "this is text, and not a comment with an expression",
        )
        .with_help("a comment starts with `<!--` and ends with `-->`"),
    )
}

/// Inline code over several lines that looks like a block.
pub(super) fn inline(source: &Arc<Source>, span: Span) -> Option<Finding> {
    let text = source.slice(span);
    let first = text.trim_start_matches('`').lines().next()?;
    if !text.contains('\n') || !is_ours(first.trim()) {
        return None;
    }
    Some(
        Finding::new(
            Code::Fence,
            source,
            span,
            "this is code inside of a paragraph, and not a block",
        )
        .with_help("a block is fenced by three backticks, on lines of their own"),
    )
}

/// The bytes of the first of our comments in a line.
fn expression(line: &str) -> Option<Span> {
    let found = EXPRESSION.as_ref()?.find(line)?;
    let end = line[found.start()..].find("-->")?;
    Some(Span::new(found.start(), found.start() + end + 3))
}

/// The info string of a line that opens a fence.
fn opens(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = fence::marker(line);
    let is_fence = mark.len() >= 3 && mark.starts_with(['`', '~']);
    is_fence.then(|| line[mark.len()..].trim())
}

/// Whether an info string is one of ours: it runs, or is an output, a sum.
pub(super) fn is_ours(info: &str) -> bool {
    let language = info_string::language(info);
    let words = info_string::words(info).unwrap_or_default();
    matches!(language, "output" | "calc") || words.iter().skip(1).any(|word| word.name == "run")
}

/// What an info string was probably meant to be, and how it is written.
fn misspelled(info: &str, languages: &[&str]) -> Option<(String, String)> {
    let language = info_string::language(info);
    let words = info_string::words(info).unwrap_or_default();
    let lower = language.to_lowercase();
    if info.starts_with('{') {
        let mut parts = info.split([' ', ',', '{', '}', '.', '#', '\t']);
        return parts
            .any(|part| matches!(part, "run" | "calc" | "output"))
            .then(|| {
                let message = format!("`{info}` is not read as attributes");
                (message, "write them without braces: ```rust,run".to_owned())
            });
    }
    let named = |known: &str| {
        let message = format!("a `{language}` fence is not verified");
        Some((message, format!("did you mean `{known}`?")))
    };
    for known in ["output", "calc"] {
        if is_slip(&lower, known) {
            return named(known);
        }
    }
    if lower != language && mdbook_proof_pictures::find(&lower, Origin::Fence).is_some() {
        return named(&lower);
    }
    let run = |language: &str| {
        let message = format!("`{info}` does not run the block");
        Some((message, format!("did you mean ```{language},run?")))
    };
    let is_known = |word: &str| {
        languages
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    };
    // `rust:run`, `rust;run` or with a comma of another script.
    let mut parts = language.split(|c: char| !c.is_alphanumeric() && c != '_');
    let first = parts.next().unwrap_or_default();
    if is_known(first) && parts.any(|part| part.eq_ignore_ascii_case("run")) {
        return run(first);
    }
    let second = words.get(1).map_or("", |word| word.name.as_str());
    if lower == "run" && is_known(second) {
        return run(second);
    }
    let near = words.iter().skip(1).find(|word| {
        let name = word.name.to_lowercase();
        let is_near = name.starts_with("run") || strsim::damerau_levenshtein(&name, "run") <= 1;
        name == "run" || (is_near && is_known(language) && !KNOWN.contains(&name.as_str()))
    });
    near.and_then(|_| run(language))
}

/// Whether a word is a known one with a slip. In a short one, another letter makes another word, such as `call`.
fn is_slip(word: &str, known: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_other_letter = word.len() == known.len() && letters(word) != letters(known);
    strsim::damerau_levenshtein(word, known) <= 1 && (known.len() > 4 || !is_other_letter)
}

/// Words of mdBook and rustdoc that are near ours.
const KNOWN: [&str; 1] = ["runnable"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_almost_an_info_string_is_named() {
        let languages = ["rust", "sql", "python"];
        for info in [
            "Calc",
            "CALC",
            "clac",
            "calcs",
            "Output",
            "ouput",
            "outputs",
            "Mermaid",
            "rust,RUN",
            "rust,Run",
            "rust,running",
            "rust,runs",
            "rust,rnu",
            "rust,ru",
            "python,runs",
            "{.rust .run}",
            "{.python, .run}",
            "{rust,run}",
            "{.output}",
            "rust:run",
            "rust;run",
            "rust，run",
            "rust+run",
            "run,rust",
            "run rust",
            "cobol,RUN",
            "Rust,Run",
        ] {
            assert!(misspelled(info, &languages).is_some(), "{info}");
        }
        for info in [
            "",
            "rust",
            "text",
            "rust,ignore",
            "rust,no_run",
            "rust,editable",
            "rust,runnable",
            "rust,should_panic",
            "python",
            "sql",
            "{.rust}",
            "console",
            "js,run_in_browser",
            "call",
            "rust,edition2021",
            "c",
            "out",
            "log",
            "mermaid",
            "scala",
        ] {
            assert_eq!(misspelled(info, &languages), None, "{info}");
        }
    }
}
