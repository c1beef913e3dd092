//! Outputs in the wrong place: above their block, below a paragraph, or a second time. Each is one finding, and `bless` puts
//! it right: a stale output never stays beside a new one.

use crate::read::{Block, Fence, Parts, Stray};
use crate::text::code::Code;
use crate::text::edit::{self, Edit};
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::verify::{elision, missing, normalize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Finds the blocks that stray outputs belong to. `printed` is what each block printed, and `findings` has all that was
/// found about the page so far; what is said of a stray output here is not said a second time.
pub fn resolve(parts: &Parts, printed: &[Option<String>], findings: &mut Vec<Finding>) {
    let source = &parts.source;
    let mut taken = BTreeSet::new();
    let mut excused = None;
    for stray in &parts.strays {
        let is_stray = |finding: &Finding| {
            finding.code == Code::Output && finding.span == stray.fence.opening()
        };
        // With a fault of its own, the code above may well be the output's block.
        let code = stray.above.filter(|above| {
            let is_its = |block: &Block| {
                block
                    .output
                    .as_ref()
                    .is_some_and(|output| output.span == *above)
            };
            !stray.is_below_stray && !parts.blocks.iter().any(is_its)
        });
        let is_fault = |finding: &Finding| {
            code.is_some_and(|code| code.contains(finding.span))
                && Arc::ptr_eq(&finding.source, source)
                && !is_missing(finding, &parts.blocks)
        };
        // Its include failed, which is reported in the file that the include stands in.
        let is_broken = parts
            .blocks
            .iter()
            .any(|block| block.is_broken && code == Some(block.code.span));
        let is_below_excused = stray.is_below_stray && excused == stray.above;
        if is_below_excused || is_broken || findings.iter().any(is_fault) {
            excused = Some(stray.fence.span);
            findings.retain(|finding| !is_stray(finding));
            continue;
        }
        let page = Page {
            source,
            blocks: &parts.blocks,
            printed,
        };
        if let Some(number) = page.block_of(stray, &taken) {
            taken.insert(number);
            let code = parts.blocks[number].code.opening();
            let is_missing =
                |finding: &Finding| finding.code == Code::Output && finding.span == code;
            match page.moved(stray, number) {
                Some(finding) => {
                    findings.retain(|finding| !is_stray(finding) && !is_missing(finding));
                    findings.push(finding);
                }
                // To write the output now would leave the stray one beside it.
                None => findings.retain(|finding| !is_missing(finding)),
            }
        } else if let Some(finding) = page.repeated(stray) {
            findings.retain(|finding| !is_stray(finding));
            findings.push(finding);
        }
    }
}

/// Whether a finding only says that a block has no output.
fn is_missing(finding: &Finding, blocks: &[Block]) -> bool {
    finding.code == Code::Output
        && finding.blessed.is_some()
        && blocks
            .iter()
            .any(|block| block.output.is_none() && block.code.opening() == finding.span)
}

struct Page<'page> {
    source: &'page Arc<Source>,
    blocks: &'page [Block],
    printed: &'page [Option<String>],
}

impl Page<'_> {
    fn printed(&self, number: usize) -> Option<&str> {
        self.printed.get(number)?.as_deref()
    }

    /// The block without an output that a stray one belongs to, if that is clear.
    fn block_of(&self, stray: &Stray, taken: &BTreeSet<usize>) -> Option<usize> {
        if self.is_of_shown_code(stray) {
            return None;
        }
        let is_open = |number: &usize| {
            !taken.contains(number)
                && self
                    .blocks
                    .get(*number)
                    .is_some_and(|block| block.output.is_none())
                && self.printed(*number).is_some_and(|text| !text.is_empty())
        };
        let above = stray.blocks.checked_sub(1).filter(is_open);
        let below = Some(stray.blocks).filter(is_open);
        let text = normalize(&stray.fence.text());
        let is_its = |number: &usize| self.printed(*number) == Some(text.as_str());
        if let Some(number) = above.filter(is_its).or(below.filter(is_its)) {
            return Some(number);
        }
        let fence = stray.fence.span;
        let near_below = below.filter(|number| {
            let code = self.blocks[*number].code.span;
            self.is_blank(Span::new(fence.end, code.start))
        });
        let in_section = |number: &usize| {
            let code = self.blocks[*number].code.span;
            let between = match code.start < fence.start {
                true => Span::new(code.end, fence.start),
                false => Span::new(fence.end, code.start),
            };
            let is_heading = |line: &str| line.trim_start_matches(['>', ' ']).starts_with('#');
            !self.source.slice(between).lines().any(is_heading)
        };
        near_below
            .or(above.filter(in_section))
            .or(below.filter(in_section))
    }

    /// Whether an output is that of code which is only shown, right above it: `run` is missing there.
    fn is_of_shown_code(&self, stray: &Stray) -> bool {
        stray.above.is_some_and(|above| {
            let is_known = self.blocks.iter().any(|block| {
                let output = block.output.as_ref().map(|output| output.span);
                block.code.span == above || output == Some(above)
            });
            !is_known
                && !stray.is_below_stray
                && self.is_blank(Span::new(above.end, stray.fence.span.start))
        })
    }

    /// The finding of an output that belongs to a block elsewhere, which `bless` moves; none where it can't be taken out.
    fn moved(&self, stray: &Stray, number: usize) -> Option<Finding> {
        let block = self.blocks.get(number)?;
        let printed = self.printed(number)?;
        let written = match stray.view.elided {
            Some(_) => elision::rewrite(&normalize(&stray.fence.text()), printed),
            None => printed.to_owned(),
        };
        let info = self.source.slice(stray.fence.info);
        let added = missing(self.source, block, info, &written);
        let removed = Edit::new(self.lines(&stray.fence)?, "");
        let whole = added.span.cover(removed.span);
        let text = self.source.text();
        let after = edit::apply(text, [added, removed]);
        let end = after.len() - (text.len() - whole.end);
        let line = self.source.line_in_file(block.code.span.start);
        Some(
            Finding::new(
                Code::Output,
                self.source,
                stray.fence.opening(),
                format!("this output is not right below its block, which is in line {line}"),
            )
            .with_blessed(Edit::new(whole, &after[whole.start..end])),
        )
    }

    /// The finding of a second output of a block, which `bless` takes out.
    fn repeated(&self, stray: &Stray) -> Option<Finding> {
        let text = normalize(&stray.fence.text());
        let fence = stray.fence.span;
        let above = stray.blocks.checked_sub(1).filter(|number| {
            let output = self.blocks[*number].output.as_ref();
            output.is_some_and(|output| {
                self.is_blank(Span::new(output.span.end, fence.start))
                    || self.printed(*number) == Some(text.as_str())
            })
        });
        let below = Some(stray.blocks).filter(|number| {
            self.blocks.get(*number).is_some_and(|block| {
                block.output.is_some()
                    && self.is_blank(Span::new(fence.end, block.code.span.start))
                    && self.printed(*number) == Some(text.as_str())
            })
        });
        let number = above.or(below)?;
        self.printed(number)?;
        let block = &self.blocks[number];
        let line = self.source.line_in_file(block.code.span.start);
        Some(
            Finding::new(
                Code::Output,
                self.source,
                stray.fence.opening(),
                format!("the block in line {line} has a second output"),
            )
            .with_blessed(Edit::new(self.lines(&stray.fence)?, "")),
        )
    }

    /// The lines of a fence, with one of two blank lines around it; none if they hold something else.
    fn lines(&self, fence: &Fence) -> Option<Span> {
        let first = self.source.position(fence.span.start).line;
        let last = self.source.position(fence.span.end).line;
        let line = self.source.line(first)?;
        if !self.is_blank(Span::new(line.start, fence.span.start)) {
            return None;
        }
        let is_blank = |number: usize| {
            let line = self.source.line(number);
            line.is_none_or(|line| self.is_blank(line))
        };
        let start = match first > 1 && is_blank(first - 1) && is_blank(last + 1) {
            true => self.source.line(first - 1)?.start,
            false => line.start,
        };
        let is_first = self.source.slice(0..start).trim().is_empty();
        let after = match is_first && is_blank(last + 1) {
            true => last + 2,
            false => last + 1,
        };
        let end = self
            .source
            .line(after)
            .map_or(self.source.text().len(), |line| line.start);
        Some(Span::new(start, end))
    }

    /// Whether there is nothing there but blanks, the marks of quotes and comments.
    fn is_blank(&self, span: Span) -> bool {
        let mut rest = self.source.slice(span);
        while let Some(at) = rest.find("<!--") {
            let (before, comment) = rest.split_at(at);
            if !is_blank(before) {
                return false;
            }
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        is_blank(rest)
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '>')
}
