//! Includes: those of blocks that run are expanded, and all includes of a page are checked: the file has to be
//! inside the repository, and the lines have to exist.
//!
//! Blocks are expanded here, once, so that the text that runs is the text that is shown. Everywhere else mdBook
//! expands them later, and doesn't report a missing anchor.

use crate::read::{Fence, Line, Parts};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::path::relative;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::settings::Folders;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Expands the includes of the page's blocks, and checks all others.
pub fn expand(page: &mut Parts, folders: &Folders) -> Vec<Finding> {
    let source = Arc::clone(&page.source);
    let mut reader = Reader {
        folders,
        files: HashMap::new(),
        checked: HashSet::new(),
    };
    let mut findings = Vec::new();
    let mut expanded: Vec<Span> = Vec::new();
    for block in &mut page.blocks {
        let lines = reader.block(&source, &block.code);
        if lines.is_err() {
            block.is_broken = true;
        }
        match lines {
            Ok(Some(lines)) => {
                block.code.lines = lines;
                block.is_expanded = true;
            }
            Ok(None) => {}
            Err(finding) => findings.push(*finding),
        }
        expanded.push(block.code.span);
        // What a block printed is text, and is rendered as such.
        expanded.extend(block.output.as_ref().map(|output| output.span));
    }
    for directive in directives(source.text()) {
        if expanded.iter().any(|span| span.contains(directive.span)) {
            continue;
        }
        findings.extend(
            reader
                .check(&source, source.path(), &directive)
                .err()
                .map(|f| *f),
        );
    }
    findings
}

/// An include in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its bytes.
    pub span: Span,
    /// The file, relative to the folder of the file that includes it.
    pub path: String,
    /// Which lines of it.
    pub lines: Selection,
    /// Whether the other lines are there too, hidden.
    pub hides_rest: bool,
}

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selection {
    /// From one line to another, both counted from 1 and included; all where nothing is given.
    Range(Option<usize>, Option<usize>),
    /// Between `ANCHOR: name` and `ANCHOR_END: name`.
    Anchor(String),
}

/// Finds the includes of a text, as mdBook does.
pub fn directives(text: &str) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|start| at + start) {
        at = start + 2;
        let inner = text[at..].trim_start();
        let Some(rest) = inner.strip_prefix('#') else {
            continue;
        };
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at(length);
        let Some(close) = rest.find('}') else {
            continue;
        };
        let is_escaped = text[..start].ends_with('\\');
        let names_file = matches!(
            word,
            "include" | "rustdoc_include" | "playground" | "playpen"
        );
        let ends = rest[close..].starts_with("}}");
        if is_escaped || !names_file || !ends || !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let end = text.len() - rest.len() + close + 2;
        let argument = rest[..close].split_whitespace().next().unwrap_or_default();
        let (path, lines) = match word {
            "playground" | "playpen" => (argument, Selection::Range(None, None)),
            _ => selection(argument),
        };
        found.push(Directive {
            span: Span::new(start, end),
            path: path.to_owned(),
            lines,
            hides_rest: word == "rustdoc_include",
        });
        at = end;
    }
    found
}

fn selection(argument: &str) -> (&str, Selection) {
    let mut parts = argument.splitn(3, ':');
    let path = parts.next().unwrap_or_default();
    let (first, second) = (parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|part| part.trim().parse::<usize>().ok());
    let lines = match (first, second) {
        (None, _) => Selection::Range(None, None),
        (Some(name), None) => match name.parse() {
            Ok(line) => Selection::Range(Some(line), Some(line)),
            Err(_) if name.is_empty() => Selection::Range(None, None),
            Err(_) => Selection::Anchor(name.to_owned()),
        },
        (Some(name), Some(_)) if !name.is_empty() && number(first).is_none() => {
            Selection::Anchor(name.to_owned())
        }
        _ => Selection::Range(number(first), number(second)),
    };
    (path, lines)
}

struct Reader<'page> {
    folders: &'page Folders,
    files: HashMap<PathBuf, Arc<Source>>,
    /// Includes that are right, by the file they are in, the path and the lines: each is followed once.
    checked: HashSet<(PathBuf, String, Selection)>,
}

impl Reader<'_> {
    /// The lines of a block with its includes expanded; none if it has none.
    fn block(
        &mut self,
        page: &Arc<Source>,
        code: &Fence,
    ) -> Result<Option<Vec<Line>>, Box<Finding>> {
        let mut lines = Vec::new();
        let mut is_expanded = false;
        for line in &code.lines {
            let found = directives(&line.text);
            let alone = found
                .first()
                .filter(|directive| line.text.trim().len() == directive.span.len());
            // Inside a line it is part of the program, and is shown as it is.
            let Some(directive) = alone else {
                lines.push(line.clone());
                continue;
            };
            let span = directive.span.shift(line.span.start);
            is_expanded = true;
            let directive = Directive {
                span,
                ..directive.clone()
            };
            let file = self.file(page, page.path(), &directive)?;
            for (number, is_shown) in selected(page, &file, &directive)? {
                let span = file.line(number).unwrap_or_default();
                let text = file.slice(span);
                lines.push(Line {
                    text: match is_shown {
                        true => text.to_owned(),
                        false => format!("# {text}"),
                    },
                    span,
                    file: Some(Arc::clone(&file)),
                });
            }
        }
        Ok(is_expanded.then_some(lines))
    }

    /// Checks an include that mdBook will expand, and those in what it includes.
    fn check(
        &mut self,
        page: &Arc<Source>,
        from: &Path,
        directive: &Directive,
    ) -> Result<(), Box<Finding>> {
        let here = (
            from.to_owned(),
            directive.path.clone(),
            directive.lines.clone(),
        );
        if !self.checked.insert(here) {
            return Ok(());
        }
        let file = self.file(page, from, directive)?;
        let lines = selected(page, &file, directive)?;
        for (number, _) in lines {
            let text = file.slice(file.line(number).unwrap_or_default());
            for inner in directives(text) {
                let path = file.path().to_owned();
                // Its faults are reported at the page's include.
                let inner = Directive {
                    span: directive.span,
                    ..inner
                };
                self.check(page, &path, &inner)?;
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        page: &Arc<Source>,
        from: &Path,
        directive: &Directive,
    ) -> Result<Arc<Source>, Box<Finding>> {
        let finding = |message: String, help: &str| {
            Box::new(Finding::new(Code::Include, page, directive.span, message).with_help(help))
        };
        let folder = self.folders.root.join(from);
        let path = folder.parent().unwrap_or(&folder).join(&directive.path);
        let Ok(file) = std::fs::canonicalize(&path) else {
            return Err(finding(
                format!("there is no file `{}`", directive.path),
                "the path starts from the folder of this page",
            ));
        };
        if !file.starts_with(&self.folders.repository) {
            return Err(finding(
                format!("`{}` lies outside the repository", directive.path),
                "include files of the repository only",
            ));
        }
        if let Some(source) = self.files.get(&file) {
            return Ok(Arc::clone(source));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| {
            finding(
                format!("`{}` can't be read: {error}", directive.path),
                "include text files",
            )
        })?;
        let shown = relative(&self.folders.root, &file);
        let source = Arc::new(Source::of_file(shown, &text));
        self.files.insert(file.clone(), Arc::clone(&source));
        Ok(source)
    }
}

/// The lines that an include selects, by number, and whether each is shown.
fn selected(
    page: &Arc<Source>,
    file: &Source,
    directive: &Directive,
) -> Result<Vec<(usize, bool)>, Box<Finding>> {
    let count = file.text().lines().count();
    let text = |number: usize| file.slice(file.line(number).unwrap_or_default());
    let is_marker = |number: usize| marker(text(number)).is_some();
    let chosen: Vec<usize> = match &directive.lines {
        Selection::Range(from, to) => {
            let from = from.unwrap_or(1).max(1);
            (from..=to.unwrap_or(count).min(count))
                .filter(|n| *n <= count)
                .collect()
        }
        Selection::Anchor(name) => {
            let is = |number: &usize, end: bool| marker(text(*number)) == Some((name, end));
            let start = (1..=count).find(|number| is(number, false));
            let Some(start) = start else {
                let known: Vec<_> = (1..=count).filter_map(|n| marker(text(n))).collect();
                let mut names: Vec<_> = known
                    .iter()
                    .filter(|(_, end)| !end)
                    .map(|(n, _)| *n)
                    .collect();
                names.dedup();
                let finding = Finding::new(
                    Code::Include,
                    page,
                    directive.span,
                    format!("`{}` has no anchor `{name}`", directive.path),
                );
                return Err(Box::new(if names.is_empty() {
                    finding
                } else {
                    finding.with_help(format!("its anchors are {}", names.join(", ")))
                }));
            };
            let end = (start..=count)
                .find(|number| is(number, true))
                .unwrap_or(count + 1);
            (start + 1..end).collect()
        }
    };
    let has_markers = matches!(directive.lines, Selection::Anchor(_));
    if directive.hides_rest {
        return Ok((1..=count)
            .filter(|number| !is_marker(*number))
            .map(|number| (number, chosen.contains(&number)))
            .collect());
    }
    Ok(chosen
        .into_iter()
        .filter(|number| !has_markers || !is_marker(*number))
        .map(|number| (number, true))
        .collect())
}

/// The name in an anchor's comment, and whether it ends the anchor.
fn marker(line: &str) -> Option<(&str, bool)> {
    let (rest, is_end) = match (line.split_once("ANCHOR_END:"), line.split_once("ANCHOR:")) {
        (Some((_, rest)), _) => (rest, true),
        (None, Some((_, rest))) => (rest, false),
        (None, None) => return None,
    };
    let rest = rest.trim_start();
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
        .unwrap_or(rest.len());
    (length > 0).then_some((&rest[..length], is_end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn includes_are_found_where_mdbook_finds_them() {
        let text = "a {{#include x.rs}} \\{{#include y.rs}} {{ #include z.rs:2:4 }} {{#title T}} {{#include}} {{#rustdoc_include a.rs:name}} {{#include open\n";
        let found: Vec<_> = directives(text)
            .into_iter()
            .map(|d| (d.path, d.lines, d.hides_rest))
            .collect();
        assert_eq!(
            found,
            [
                ("x.rs".to_owned(), Selection::Range(None, None), false),
                ("z.rs".to_owned(), Selection::Range(Some(2), Some(4)), false),
                (
                    "a.rs".to_owned(),
                    Selection::Anchor("name".to_owned()),
                    true
                ),
            ]
        );
        assert_eq!(selection("a:3").1, Selection::Range(Some(3), Some(3)));
        assert_eq!(selection("a::3").1, Selection::Range(None, Some(3)));
        assert_eq!(selection("a:3:").1, Selection::Range(Some(3), None));
    }

    #[test]
    fn an_anchor_is_what_is_between_its_comments() {
        let page = Arc::new(Source::new("page.md", "{{#include f.rs:a}}"));
        let file = Source::new(
            "f.rs",
            "1\n// ANCHOR: a\n2\n// ANCHOR: b\n3\n// ANCHOR_END: a\n4\n",
        );
        let directive = &directives(page.text())[0];
        let lines: Vec<_> = selected(&page, &file, directive).unwrap();
        assert_eq!(lines, [(3, true), (5, true)]);
        let other = Directive {
            lines: Selection::Anchor("c".to_owned()),
            ..directive.clone()
        };
        let finding = selected(&page, &file, &other).unwrap_err();
        assert_eq!(finding.help.as_deref(), Some("its anchors are a, b"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[{}#a-z :\\\\\nµ]{0,60}") {
            for directive in directives(&text) {
                prop_assert!(directive.span.fits(&text));
            }
        }
    }
}
