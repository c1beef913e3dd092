//! Includes: a page put together from its file and those that it includes, exactly as mdBook does it, each part knowing its file.
//!
//! Everything that follows reads the page that readers get, and reports at the author's own file and line. Nothing is left for
//! mdBook to expand. A file has to be inside the repository, and the lines have to exist: mdBook reports neither.
//! What differs is in the fences that are ours. An `output` is what was printed, and stays. In the others only what is alone on its
//! line is an include; it takes the container's prefix (of a list, of a quote) and a fence that is long enough, without which
//! the block would end early. The rest of a line is the program's own text, such as a format string.

mod directive;
mod lines;

pub use directive::{Directive, Kind, Selection, directives};

use crate::read::fence::{self, Fence};
use crate::read::include::lines::NoAnchor;
use crate::read::lookalike;
use crate::text::assembly::Assembly;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string;
use crate::text::markdown;
use crate::text::path::relative;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::settings::{Folders, Settings, Sketches};
use mdbook_proof_pictures::Origin;
use pulldown_cmark::{CodeBlockKind, Event, Tag};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep includes may be nested, as in mdBook.
const DEPTH: usize = 10;
/// How many includes a page may have in all.
const COUNT: usize = 10_000;
/// How long a page may become, in bytes; also the longest file.
const SIZE: usize = 16 << 20;

/// A page with all that it includes, and what is wrong with its includes.
pub type Assembled = (Arc<Source>, Vec<Finding>);

/// Puts pages together.
#[derive(Debug)]
pub struct Includer<'book> {
    settings: &'book Settings,
    folders: Folders,
    /// The files read so far, by their path.
    files: HashMap<PathBuf, Arc<Source>>,
    findings: Vec<Finding>,
    /// How many includes, and how many bytes, the page may still have.
    left: (usize, usize),
}

impl<'book> Includer<'book> {
    /// For the pages of a book.
    pub fn new(settings: &'book Settings) -> Self {
        Self {
            settings,
            folders: settings.folders(),
            files: HashMap::new(),
            findings: Vec::new(),
            left: (COUNT, SIZE),
        }
    }

    /// The page with all that it includes, and what is wrong with its includes, which are left as they are.
    pub fn assemble(&mut self, page: &Arc<Source>) -> Assembled {
        if !page.text().contains("{{") || directives(page.text()).is_empty() {
            return (Arc::clone(page), Vec::new());
        }
        self.left = (COUNT, SIZE);
        let mut text = Assembly::default();
        text.copy(page, Span::new(0, page.text().len()));
        let folder = self.folders.root.join(page.path());
        let folder = folder.parent().unwrap_or(&folder);
        let text = self.expanded(&text, folder, 0);
        let page = Arc::new(Source::assembled(page.path(), text));
        if self.findings.is_empty() {
            self.findings = joined(&page, self.settings);
        }
        (page, std::mem::take(&mut self.findings))
    }

    /// A text with its includes expanded; their paths start from `folder`.
    fn expanded(&mut self, text: &Assembly, folder: &Path, depth: usize) -> Assembly {
        let found = directives(text.text());
        if found.is_empty() {
            return text.clone();
        }
        let source = Source::new("", text.text());
        let fences = fences(&source, self.settings);
        let mut parts: Vec<(Span, Assembly)> = Vec::new();
        for directive in &found {
            let fence = fences
                .iter()
                .find(|fence| fence.span.contains(directive.span));
            if let Some(fence) = fence
                && !is_alone(&source, fence, directive)
            {
                self.findings
                    .extend(mistaken(text, &source, fence, directive));
                continue;
            }
            match self.included(text, directive, folder, depth) {
                Ok(part) => {
                    let part = match fence {
                        Some(fence) => prefixed(&part, &fence.prefix),
                        None => part,
                    };
                    parts.push((directive.span, part));
                }
                Err(finding) if self.findings.contains(&finding) => {}
                Err(finding) => self.findings.push(*finding),
            }
        }
        for fence in &fences {
            parts.extend(longer(&source, text, fence, &parts));
        }
        parts.sort_by_key(|(span, _)| *span);
        let mut out = Assembly::default();
        let mut at = 0;
        for (span, part) in &parts {
            out.append(text, Span::new(at, span.start));
            out.append(part, Span::new(0, part.text().len()));
            at = span.end;
        }
        out.append(text, Span::new(at, text.text().len()));
        out
    }

    /// What takes the place of an include.
    fn included(
        &mut self,
        text: &Assembly,
        directive: &Directive,
        folder: &Path,
        depth: usize,
    ) -> Result<Assembly, Box<Finding>> {
        let Some((place, span)) = text.origin(directive.span) else {
            return Ok(Assembly::default());
        };
        let wrong = |message: String, help: String| {
            Box::new(Finding::new(Code::Include, place, span, message).with_help(help))
        };
        let path = &directive.path;
        if depth >= DEPTH {
            return Err(wrong(
                format!("includes are nested more than {DEPTH} deep here"),
                format!("does `{path}` include itself?"),
            ));
        }
        let target = folder.join(path);
        let file = self.file(&target).map_err(|problem| match problem {
            Problem::Missing => wrong(
                format!("there is no file `{path}`"),
                format!(
                    "the path starts from the folder of `{}`",
                    place.path().display()
                ),
            ),
            Problem::Outside => wrong(
                format!("`{path}` lies outside the repository"),
                "include files of the repository only".to_owned(),
            ),
            Problem::Unreadable(why) => wrong(
                format!("`{path}` can't be read: {why}"),
                "include text files, in UTF-8".to_owned(),
            ),
        })?;
        let content = content(&file, &directive.kind).map_err(|missing| {
            let help = match missing.known.as_slice() {
                [] => "it has no anchors".to_owned(),
                known => format!("its anchors are {}", known.join(", ")),
            };
            let name = missing.name;
            wrong(format!("`{path}` has no anchor `{name}`"), help)
        })?;
        let (count, size) = self.left;
        let left = count
            .checked_sub(1)
            .zip(size.checked_sub(content.text().len()));
        self.left = left.ok_or_else(|| {
            let size = SIZE >> 20;
            wrong(
                format!("with this include the page has over {COUNT} of them, or over {size} MiB"),
                "split the page, or include less".to_owned(),
            )
        })?;
        let folder = target.parent().unwrap_or(&target).to_owned();
        Ok(self.expanded(&content, &folder, depth + 1))
    }

    fn file(&mut self, path: &Path) -> Result<Arc<Source>, Problem> {
        let file = std::fs::canonicalize(path).map_err(|_| Problem::Missing)?;
        if !file.starts_with(&self.folders.repository) {
            return Err(Problem::Outside);
        }
        if let Some(source) = self.files.get(&file) {
            return Ok(Arc::clone(source));
        }
        let unreadable = |error: std::io::Error| Problem::Unreadable(error.to_string());
        let about = std::fs::metadata(&file).map_err(unreadable)?;
        if !about.is_file() {
            return Err(Problem::Unreadable("it is no file".to_owned()));
        }
        if about.len() > SIZE as u64 {
            let size = SIZE >> 20;
            return Err(Problem::Unreadable(format!("it has over {size} MiB")));
        }
        let text = std::fs::read_to_string(&file).map_err(unreadable)?;
        let shown = relative(&self.folders.root, &file);
        let source = Arc::new(Source::of_file(shown, &text));
        self.files.insert(file, Arc::clone(&source));
        Ok(source)
    }
}

/// What only became an include because of what another one put beside it. mdBook would expand it unseen.
fn joined(page: &Arc<Source>, settings: &Settings) -> Vec<Finding> {
    let found = directives(page.text());
    let fences = match found.is_empty() {
        true => Vec::new(),
        false => fences(page, settings),
    };
    let is_text = |directive: &Directive| {
        fences
            .iter()
            .any(|fence| fence.span.contains(directive.span) && !is_alone(page, fence, directive))
    };
    found
        .into_iter()
        .filter(|directive| !is_text(directive))
        .map(|directive| {
            let message = "the text of two files has become an include here";
            Finding::new(Code::Include, page, directive.span, message)
                .with_help("write the include in one file")
                .in_files()
        })
        .collect()
}

/// Why a file can't be included.
enum Problem {
    Missing,
    Outside,
    Unreadable(String),
}

/// What an include takes from its file.
///
/// # Errors
/// As [`lines::selected`].
fn content(file: &Arc<Source>, kind: &Kind) -> Result<Assembly, NoAnchor> {
    let mut content = Assembly::default();
    let all = Span::new(0, file.text().len());
    let (selection, hides_rest) = match kind {
        Kind::Lines(selection) => (selection, false),
        Kind::HidingRest(selection) => (selection, true),
        Kind::Playground(attributes) => {
            let words = std::iter::once("rust").chain(attributes.iter().map(String::as_str));
            let words = words.collect::<Vec<_>>().join(",");
            content.write(&format!("```{words}\n"), file, Span::at(0));
            content.copy(file, all);
            let end = match file.text().ends_with('\n') {
                true => "```\n",
                false => "\n```\n",
            };
            content.write(end, file, Span::at(all.end));
            return Ok(content);
        }
    };
    let mut last: Option<Span> = None;
    for line in lines::selected(file, selection, hides_rest)? {
        if let Some(last) = last {
            let gap = Span::new(last.end, line.span.start);
            match file.slice(gap) == "\n" && line.is_shown {
                true => content.copy(file, gap),
                false => content.write("\n", file, Span::at(last.end)),
            }
        }
        if !line.is_shown {
            content.write("# ", file, Span::at(line.span.start));
        }
        content.copy(file, line.span);
        last = Some(line.span);
    }
    Ok(content)
}

/// The closed fences of a text that are ours: blocks that run, outputs, sums and sketches.
fn fences(source: &Source, settings: &Settings) -> Vec<Fence> {
    let events = markdown::parse(source.text(), &settings.markdown());
    let starts = events.iter().enumerate();
    starts
        .filter(|(_, (event, _))| {
            matches!(
                event,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))
            )
        })
        .map(|(at, (_, span))| fence::read(source, *span, &events[at + 1..]))
        .filter(|fence| fence.closed && is_ours(source, fence, settings))
        .collect()
}

fn is_ours(source: &Source, fence: &Fence, settings: &Settings) -> bool {
    let info = source.slice(fence.info);
    let is_sketch =
        || mdbook_proof_pictures::find(info_string::language(info), Origin::Fence).is_some();
    lookalike::is_ours(info) || (settings.sketches == Sketches::Ours && is_sketch())
}

fn is_output(source: &Source, fence: &Fence) -> bool {
    info_string::language(source.slice(fence.info)) == "output"
}

fn runs(source: &Source, fence: &Fence) -> bool {
    let words = info_string::words(source.slice(fence.info)).unwrap_or_default();
    words.iter().skip(1).any(|word| word.name == "run")
}

/// Whether an include is all of a line of a fence that has includes.
fn is_alone(source: &Source, fence: &Fence, directive: &Directive) -> bool {
    let mut lines = fence.lines.iter();
    let line = lines.find(|line| line.span.contains(directive.span));
    !is_output(source, fence) && line.is_some_and(|line| is_include(source.slice(line.span)))
}

/// Whether a line of a block is an include and nothing else.
pub fn is_include(line: &str) -> bool {
    let line = line.trim();
    let found = directives(line);
    found
        .first()
        .is_some_and(|directive| directive.span.len() == line.len())
}

/// What mdBook would expand in a program's own text, where nothing can keep it from that: only `{{#` can be escaped.
fn mistaken(
    text: &Assembly,
    source: &Source,
    fence: &Fence,
    directive: &Directive,
) -> Option<Finding> {
    let found = source.slice(directive.span);
    if !runs(source, fence) || (found.starts_with("{{#") && !found.contains('\n')) {
        return None;
    }
    let (file, span) = text.origin(directive.span)?;
    let message = "mdBook reads this as an include";
    let help = "put the include on a line of its own; or, if it is none, take the space before the `#` out";
    Some(Finding::new(Code::Include, file, span, message).with_help(help))
}

/// A text with a prefix before each line but the first.
fn prefixed(text: &Assembly, prefix: &str) -> Assembly {
    if prefix.is_empty() {
        return text.clone();
    }
    let mut out = Assembly::default();
    let mut at = 0;
    for line in text.text().split_inclusive('\n') {
        let span = Span::new(at, at + line.len());
        if at > 0
            && let Some((file, place)) = text.origin(span)
        {
            out.write(prefix, file, Span::at(place.start));
        }
        out.append(text, span);
        at = span.end;
    }
    out
}

/// Longer marks for a fence that would end inside of what it includes.
fn longer(
    source: &Source,
    text: &Assembly,
    fence: &Fence,
    parts: &[(Span, Assembly)],
) -> Vec<(Span, Assembly)> {
    let mark = fence::marker(source.slice(fence.span));
    let inside = parts.iter().filter(|(span, _)| fence.span.contains(*span));
    let longest = inside
        .flat_map(|(_, part)| part.text().lines())
        .map(|line| line.trim_start_matches([' ', '\t', '>']))
        .filter(|line| line.starts_with(&mark[..1]))
        .map(|line| fence::marker(line).len())
        .max();
    let Some(longest) = longest.filter(|longest| *longest >= mark.len()) else {
        return Vec::new();
    };
    let opening = Span::new(fence.span.start, fence.span.start + mark.len());
    let closing = source.slice(fence.span).trim_end_matches(&mark[..1]).len();
    let closing = Span::new(fence.span.start + closing, fence.span.end);
    [opening, closing]
        .into_iter()
        .filter_map(|span| {
            let (file, place) = text.origin(span)?;
            let mut longer = Assembly::default();
            longer.write(&mark[..1].repeat(longest + 1), file, place);
            Some((span, longer))
        })
        .collect()
}

#[cfg(test)]
mod tests;
