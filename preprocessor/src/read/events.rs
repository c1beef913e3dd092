//! Reading a page: from Markdown events to the parts that are run, computed or checked.

use crate::read::block::{self, Attributes, Kind};
use crate::read::{
    Block, Fence, Figure, Line, Parts, Sketch, Stray, View, caution, claim, fence, include,
    lookalike, output, passage,
};
use crate::read::{inputs, table, time};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string;
use crate::text::markdown::{Spanned, is_block, is_block_end};
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::quantity::DecimalMark;
use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use std::collections::HashSet;
use std::sync::Arc;

/// Finds what a page holds for us, and what is wrong with its markup.
///
/// `languages` are those that blocks can be run in.
pub fn read(
    source: &Arc<Source>,
    events: &[Spanned<'_>],
    languages: &[&str],
) -> (Parts, Vec<Finding>) {
    let (tables, orphans) = table::read(source, events);
    let (passages, citations) = passage::read(source, events);
    let (cautions, findings) = caution::read(source, events);
    let mut reader = Reader {
        languages,
        page: Parts {
            source: Arc::clone(source),
            blocks: Vec::new(),
            strays: Vec::new(),
            calcs: Vec::new(),
            sketches: Vec::new(),
            others: Vec::new(),
            figures: Vec::new(),
            claims: Vec::new(),
            tables,
            orphans,
            passages,
            citations,
            cautions,
            times: Vec::new(),
            inputs: Vec::new(),
            decimal_mark: DecimalMark::default(),
        },
        findings,
        inline_start: None,
        above: None,
        takes_output: false,
        is_misread: false,
        in_code: false,
    };
    for (at, (event, span)) in events.iter().enumerate() {
        reader.event(event, *span, &events[at..]);
    }
    reader.repeated_names();
    (reader.page, reader.findings)
}

struct Reader<'page> {
    languages: &'page [&'page str],
    page: Parts,
    findings: Vec<Finding>,
    /// Where the text of the paragraph, item or cell starts, or continues after the last comment.
    inline_start: Option<usize>,
    /// The last fence that was read.
    above: Option<Span>,
    /// Whether the last thing read was a block that runs.
    takes_output: bool,
    /// Whether it was one whose attributes are wrong, which is reported: its output has no block.
    is_misread: bool,
    /// Whether the events are those of a code block.
    in_code: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span, rest: &[Spanned<'_>]) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                self.inline_start = None;
                self.in_code = true;
                let fence = fence::read(&self.page.source, span, &rest[1..]);
                let above = fence.span;
                self.takes_output = self.fence(fence, rest);
                self.above = Some(above);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                self.in_code = true;
                self.takes_output = false;
                self.findings
                    .extend(lookalike::indented(&self.page.source, span));
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            // Rules for a printed table are written between the block and its output.
            _ if self.takes_output && self.is_declaration(span) => {}
            _ if self.in_code => {}
            Event::InlineHtml(html) | Event::Html(html) => {
                self.takes_output = false;
                self.comment(html, span);
                self.page.times.extend(time::read(html, span));
                self.page.inputs.extend(inputs::read(html, span));
                if matches!(event, Event::InlineHtml(_)) {
                    self.claimed(span, self.inline_start);
                    self.findings
                        .extend(lookalike::comment(&self.page.source, span));
                }
            }
            Event::Start(tag) if is_block(tag) => {
                self.takes_output = false;
                self.inline_start = None;
                if *tag == Tag::HtmlBlock {
                    self.findings
                        .extend(lookalike::html_block(&self.page.source, span));
                    self.claimed(span, None);
                }
            }
            Event::End(tag) if is_block_end(*tag) => {
                self.takes_output = false;
                self.inline_start = None;
            }
            _ => {
                self.takes_output = false;
                self.inline_start.get_or_insert(span.start);
                let source = &self.page.source;
                self.findings.extend(match event {
                    Event::Text(_) => lookalike::text(source, span),
                    Event::Code(_) => lookalike::inline(source, span),
                    _ => None,
                });
            }
        }
    }

    /// Whether bytes belong to a comment that declares rules for a table.
    fn is_declaration(&self, span: Span) -> bool {
        let comments = self.page.tables.iter().flat_map(|table| &table.checks);
        comments
            .map(|comment| &comment.span)
            .any(|comment| comment.start <= span.end && span.start < comment.end)
    }

    /// Takes a code fence; true when an `output` fence may follow it.
    fn fence(&mut self, fence: Fence, rest: &[Spanned<'_>]) -> bool {
        let source = Arc::clone(&self.page.source);
        let is_output = info_string::language(source.slice(fence.info)) == "output";
        if !fence.closed {
            if is_output
                && self.takes_output
                && !self.is_misread
                && let Some(block) = self.page.blocks.last_mut()
            {
                // What it has in place of the block's output is seen when the block ran.
                block.output = Some(fence);
                return false;
            }
            let first = source.slice(fence.span).lines().next();
            self.findings.push(
                Finding::new(
                    Code::Fence,
                    &source,
                    fence.opening(),
                    "a code fence is never closed",
                )
                .with_label("opened here")
                .with_help(format!(
                    "end the block with a line {}",
                    first.map_or("```", |line| fence::marker(line))
                )),
            );
            return false;
        }
        let is_misread = std::mem::take(&mut self.is_misread);
        if let Some(finding) = lookalike::swallowed(&source, &fence) {
            self.findings.push(finding);
            return false;
        }
        match block::read(&source, &fence, self.languages) {
            Ok(Kind::Plain) => {
                self.findings
                    .extend(lookalike::plain(&source, &fence, self.languages));
                self.page.others.push(fence);
                false
            }
            Ok(Kind::Run(run)) => {
                self.page.blocks.push(block_of(run, fence));
                true
            }
            Ok(Kind::Calc) => {
                self.page.calcs.push(fence);
                false
            }
            Ok(Kind::Sketch(drawing)) => {
                let caption = output::caption(rest);
                self.page.sketches.push(Sketch {
                    drawing,
                    fence,
                    caption,
                });
                false
            }
            Ok(Kind::Output(view)) => {
                match self.page.blocks.last_mut() {
                    Some(block) if self.takes_output && !is_misread => {
                        block.output = Some(fence);
                        block.view = view;
                        let drawing = block.view.drawing.as_ref();
                        if drawing.is_some_and(|drawing| drawing.picture.has_caption()) {
                            block.view.caption = output::caption(rest);
                        }
                    }
                    _ if self.takes_output && is_misread => {}
                    _ => self.stray(fence, view),
                }
                false
            }
            Err(finding) => {
                self.findings.push(*finding);
                if self.takes_output
                    && !is_misread
                    && is_output
                    && let Some(block) = self.page.blocks.last_mut()
                {
                    // With wrong attributes it is still the output, and must not be reported as missing.
                    block.output = Some(fence);
                    block.view.is_misread = true;
                    return false;
                }
                // What is under it was reported already.
                self.is_misread = true;
                true
            }
        }
    }

    /// Takes an output that is not under a block that runs.
    fn stray(&mut self, fence: Fence, view: View) {
        self.findings.push(
            Finding::new(
                Code::Output,
                &self.page.source,
                fence.opening(),
                "an `output` fence has no block that runs above it",
            )
            .with_help(
                "put it right below its code, and `run` after the code's language: ```rust,run",
            ),
        );
        let strays = &mut self.page.strays;
        let last = strays.last().map(|stray| stray.fence.span);
        strays.push(Stray {
            fence,
            view,
            above: self.above,
            is_below_stray: last.is_some() && last == self.above,
            blocks: self.page.blocks.len(),
        });
    }

    fn comment(&mut self, html: &str, span: Span) {
        let Some(inner) = html
            .trim_end()
            .strip_prefix("<!--")
            .and_then(|html| html.strip_suffix("-->"))
            .filter(|inner| inner.trim_start().starts_with('='))
        else {
            return;
        };
        let comment = Span::new(span.start, span.start + html.trim_end().len());
        let text = inner.trim_start()[1..].trim();
        let start = comment.start + 4 + inner.find('=').unwrap_or_default() + 1;
        let gap = self.page.source.slice(start..comment.end);
        let start = start + (gap.len() - gap.trim_start().len());
        let source = &self.page.source;
        match self.inline_start {
            Some(before) if !text.is_empty() => self.page.figures.push(Figure {
                before: Span::new(before, comment.start),
                comment,
                expression: Span::new(start, start + text.len()),
            }),
            Some(_) => self.findings.push(
                Finding::new(
                    Code::Expression,
                    source,
                    comment,
                    "the comment has no expression",
                )
                .with_help("write what makes the figure: <!-- = 2 × 3 -->"),
            ),
            None => self.findings.push(
                Finding::new(
                    Code::Figure,
                    source,
                    comment,
                    "there is no figure before this expression",
                )
                .with_help("put the comment right after its figure, on the same line"),
            ),
        }
        if self.inline_start.is_some() {
            self.inline_start = Some(comment.end);
        }
    }

    /// Takes a comment with claims, if it is one, behind the text that starts at `from`.
    fn claimed(&mut self, span: Span, from: Option<usize>) {
        let source = &self.page.source;
        let text = source.slice(span).trim_end();
        let comment = Span::new(span.start, span.start + text.len());
        let before = from.map(|from| Span::new(from, comment.start));
        match claim::read(source, comment, before) {
            Some(Ok(claimed)) => self.page.claims.push(claimed),
            Some(Err(finding)) => self.findings.push(*finding),
            None => return,
        }
        if from.is_some() {
            self.inline_start = Some(comment.end);
        }
    }

    fn repeated_names(&mut self) {
        let mut seen = HashSet::new();
        for block in &self.page.blocks {
            if let Some(name) = &block.name
                && !seen.insert(name)
            {
                self.findings.push(
                    Finding::new(
                        Code::Name,
                        &self.page.source,
                        block.code.opening(),
                        format!("two blocks of this page are named `{name}`"),
                    )
                    .with_help("give each block a name of its own"),
                );
            }
        }
    }
}

/// A block that runs, before its output is found.
fn block_of(run: Attributes, code: Fence) -> Block {
    let is_include = |line: &Line| include::is_include(&line.text);
    Block {
        language: run.language,
        name: run.name,
        fails: run.fails,
        timeout: run.timeout,
        vary: run.vary,
        fixed: run.fixed,
        here_only: run.here_only,
        is_broken: code.lines.iter().any(is_include),
        code,
        output: None,
        view: View::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown;

    fn read_text(text: &str) -> (Parts, Vec<Finding>) {
        let source = Arc::new(Source::new("a.md", text));
        let events = markdown::parse(source.text(), &mdbook_markdown::MarkdownOptions::default());
        read(&source, &events, &["rust", "sql", "python"])
    }

    #[test]
    fn a_block_takes_the_output_below_it_even_behind_a_blank_line() {
        for gap in ["", "\n", "\n\n"] {
            let text = format!("```rust,run\nf();\n```\n{gap}```output\nx\n```\n");
            let (page, findings) = read_text(&text);
            assert_eq!(findings, []);
            assert_eq!(page.blocks.len(), 1);
            let output = page.blocks[0].output.as_ref().unwrap();
            assert_eq!(output.text(), "x\n");
        }
    }

    #[test]
    fn blocks_are_read_in_lists_and_quotes_and_with_tildes() {
        let text = "- x\n\n  ~~~rust,run\n  a\n\n  b\n  ~~~\n\n> ````rust, run\n> ```\n>\n> ````\n";
        let (page, findings) = read_text(text);
        assert_eq!(findings, []);
        assert_eq!(page.blocks[0].code.text(), "a\n\nb\n");
        assert_eq!(page.blocks[0].code.prefix, "  ");
        assert_eq!(page.blocks[1].code.text(), "```\n\n");
        assert_eq!(page.blocks[1].code.prefix, "> ");
    }

    #[test]
    fn crlf_is_no_part_of_a_line() {
        let (page, _) = read_text("```rust,run\r\na\r\n\r\nb\r\n```\r\n");
        assert_eq!(page.blocks[0].code.text(), "a\n\nb\n");
    }

    #[test]
    fn an_output_without_a_block_is_reported() {
        for text in [
            "```output\nx\n```\n",
            "```rust,run\n```\n\ntext\n\n```output\n```\n",
            "- ```rust,run\n  ```\n\n```output\n```\n",
        ] {
            let (_, findings) = read_text(text);
            assert_eq!(findings.len(), 1, "{text}");
            assert_eq!(findings[0].code.name(), "output");
        }
    }

    #[test]
    fn an_open_fence_an_unknown_language_and_a_repeated_name_are_reported() {
        for (text, code) in [
            ("```text\nx\n", "fence"),
            ("```cobol,run\n```\n", "language"),
            ("```rust,run,nam=x\n```\n", "attribute"),
            (
                "```rust,run,name=a\n```\n\n```rust,run,name=a\n```\n",
                "name",
            ),
        ] {
            let (_, findings) = read_text(text);
            assert_eq!(findings.len(), 1, "{text}");
            assert_eq!(findings[0].code.name(), code, "{text}");
        }
    }

    #[test]
    fn figures_know_their_text_and_their_expression() {
        let text = "a 5 min<!-- = 1+1 --> b **7**<!--=x-->\n\n| a |\n| - |\n| 3<!-- = 3 --> |\n";
        let (page, findings) = read_text(text);
        assert_eq!(findings, []);
        let figures: Vec<_> = page
            .figures
            .iter()
            .map(|f| (page.source.slice(f.before), page.source.slice(f.expression)))
            .collect();
        assert_eq!(figures, [("a 5 min", "1+1"), (" b **7**", "x"), ("3", "3")]);
    }

    #[test]
    fn a_comment_without_a_figure_or_an_expression_is_reported() {
        let (page, findings) = read_text("<!-- = 3 -->\n\n5<!-- = -->\n\n<!-- note -->\n");
        assert!(page.figures.is_empty());
        assert_eq!(findings.len(), 2);
    }
}
