//! Reading tables: from Markdown events to rows, and to the rules that are declared above them.

use crate::read::comment::Comment;
use crate::read::row::Row;
use crate::text::info_string;
use crate::text::markdown::Spanned;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_pictures::{Origin, Picture, find};
use mdbook_proof_text::printed_table::is_delimiter;
use pulldown_cmark::{CodeBlockKind, Event, Tag};

/// A table of a page: its rows as they are written.
#[derive(Debug)]
pub struct Table {
    /// The header row.
    pub header: Row,
    /// The rows below the delimiter row.
    pub body: Vec<Row>,
    /// The whole table's bytes.
    pub span: Span,
    /// The comments above it that declare rules.
    pub checks: Vec<Comment>,
    /// Whether a program printed it, so that it is in an `output` fence.
    pub is_printed: bool,
}

/// The tables of a page, in page order, and the declarations that no table follows.
///
/// A table that a program printed counts, where its fence says `output,table` or `output,chart`.
pub fn read(source: &Source, events: &[Spanned<'_>]) -> (Vec<Table>, Vec<Comment>) {
    let mut tables = Vec::new();
    let mut orphans = Vec::new();
    let mut pending: Vec<Comment> = Vec::new();
    for (at, (event, span)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::HtmlBlock) => {
                let lines: Vec<Span> = events[at + 1..]
                    .iter()
                    .map_while(|(event, span)| match event {
                        Event::Html(_) => Some(*span),
                        _ => None,
                    })
                    .collect();
                if let Some(comment) = Comment::read(source, &lines) {
                    pending.push(comment);
                } else if !starts(source, &lines).starts_with("<!--") {
                    orphans.append(&mut pending);
                }
            }
            Event::InlineHtml(_) => {
                orphans.extend(Comment::read(source, std::slice::from_ref(span)));
            }
            Event::Start(Tag::Table(_)) => {
                if let Some(mut table) = written(source, *span, &events[at + 1..]) {
                    table.checks.append(&mut pending);
                    tables.push(table);
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let table = is_table(info).then(|| printed(source, *span, &events[at + 1..]));
                match table.flatten() {
                    Some(mut table) => {
                        table.checks.append(&mut pending);
                        tables.push(table);
                    }
                    None => orphans.append(&mut pending),
                }
            }
            Event::Start(_) | Event::Rule => orphans.append(&mut pending),
            _ => {}
        }
    }
    orphans.append(&mut pending);
    (tables, orphans)
}

fn starts<'text>(source: &'text Source, lines: &[Span]) -> &'text str {
    lines
        .first()
        .map_or("", |line| source.slice(*line).trim_start())
}

fn written(source: &Source, span: Span, events: &[Spanned<'_>]) -> Option<Table> {
    let mut rows = events
        .iter()
        .take_while(|(_, row)| row.start < span.end)
        .filter(|(event, _)| matches!(event, Event::Start(Tag::TableHead | Tag::TableRow)))
        .map(|(_, row)| Row::read(source, *row));
    Some(Table {
        header: rows.next()?,
        body: rows.collect(),
        span,
        checks: Vec::new(),
        is_printed: false,
    })
}

/// Whether an output is shown as a table or drawn from one.
fn is_table(info: &str) -> bool {
    // A quotation that is never closed is reported where attributes are read.
    let words = info_string::words(info).unwrap_or_default();
    let mut names = words.iter().map(|word| word.name.as_str());
    let reads_table = |name: &str| find(name, Origin::Output).is_some_and(Picture::reads_table);
    names.next() == Some("output") && names.any(reads_table)
}

/// The first table in a fence.
fn printed(source: &Source, span: Span, events: &[Spanned<'_>]) -> Option<Table> {
    let mut lines = events
        .iter()
        .map_while(|(event, span)| match event {
            Event::Text(_) => Some(span),
            _ => None,
        })
        .flat_map(|span| {
            let mut at = span.start;
            source
                .slice(*span)
                .split_inclusive('\n')
                .map(|line| {
                    let start = at;
                    at += line.len();
                    Span::new(start, start + line.trim_end().len())
                })
                .collect::<Vec<_>>()
        })
        .skip_while(|line| !source.slice(*line).trim_start().starts_with('|'))
        .take_while(|line| source.slice(*line).trim_start().starts_with('|'));
    let header = Row::read(source, lines.next()?);
    let delimiter = lines.next()?;
    if !is_delimiter(source.slice(delimiter)) {
        return None;
    }
    Some(Table {
        header,
        body: lines.map(|line| Row::read(source, line)).collect(),
        span,
        checks: Vec::new(),
        is_printed: true,
    })
}
