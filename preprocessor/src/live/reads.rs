//! Which blocks the figures, the sums and the claims of a page read, by themselves or by way of the page's sums. They are about the
//! verified run, also where a reader runs the block with other values.

use crate::read::Parts;
use mdbook_proof_calculator::claims::{self, OUTPUT};
use mdbook_proof_calculator::program::{code_of, defined, words};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of blocks.
pub(super) type Blocks = BTreeSet<usize>;

/// The blocks that parts of a page read; what reads none is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reads {
    /// By the number of the figure.
    pub figures: BTreeMap<usize, Blocks>,
    /// By the number of the `calc` fence, and the line in it.
    pub sums: BTreeMap<(usize, usize), Blocks>,
    /// By the number of the comment with claims.
    pub claims: BTreeMap<usize, Blocks>,
}

impl Reads {
    /// What a page's parts read of some of its blocks.
    pub(super) fn of(page: &Parts, of: &Blocks) -> Self {
        let named = page.blocks.iter().enumerate();
        let named = named.filter(|(number, _)| of.contains(number));
        let mut known: BTreeMap<&str, Blocks> = named
            .filter_map(|(number, block)| Some((block.name.as_deref()?, Blocks::from([number]))))
            .collect();
        let mut reads = Self::default();
        for (number, calc) in page.calcs.iter().enumerate() {
            for (at, line) in calc.lines.iter().enumerate() {
                let code = code_of(&line.text);
                let blocks = blocks(code, &known);
                let name = defined(code, "let").or_else(|| defined(code, "fn"));
                if let Some(name) = name.filter(|_| !blocks.is_empty()) {
                    known.insert(name, blocks.clone());
                }
                insert(&mut reads.sums, (number, at), blocks);
            }
        }
        for (number, figure) in page.figures.iter().enumerate() {
            let expression = page.source.slice(figure.expression);
            insert(&mut reads.figures, number, blocks(expression, &known));
        }
        let mut varied = page.blocks.iter().enumerate();
        let varied = varied.find(|(_, block)| !block.vary.is_empty());
        if let Some((number, _)) = varied.filter(|(number, _)| of.contains(number)) {
            known.insert(OUTPUT, Blocks::from([number]));
        }
        for (number, claimed) in page.claims.iter().enumerate() {
            let texts = claimed.claims.iter().map(|span| page.source.slice(*span));
            let read = texts.filter_map(|text| claims::parse(text).ok());
            let read = read.flat_map(|claim| {
                let names = claim.runs().into_iter();
                names
                    .filter_map(|name| known.get(name))
                    .flatten()
                    .copied()
                    .collect::<Vec<_>>()
            });
            insert(&mut reads.claims, number, read.collect());
        }
        reads
    }
}

fn insert<K: Ord>(reads: &mut BTreeMap<K, Blocks>, place: K, blocks: Blocks) {
    if !blocks.is_empty() {
        reads.insert(place, blocks);
    }
}

/// The blocks behind the names in an expression.
fn blocks(expression: &str, known: &BTreeMap<&str, Blocks>) -> Blocks {
    words(expression)
        .filter_map(|word| known.get(word))
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::markdown;
    use crate::text::source::Source;
    use std::sync::Arc;

    #[test]
    fn what_reads_a_block_by_way_of_sums_is_found() {
        let text = "```rust,run,name=a,vary=\"seed=1..5\"\nlet seed = 1;\n```\n```output\n```\n\n\
            ```rust,run,name=b\n```\n```output\n```\n\n\
            ```calc\nlet x = a[1].y  # = 2\nlet z = x + 1  # = 3\nlet w = 5\n```\n\n\
            2<!-- = a[1].y -->, 3<!-- = z -->, 4<!-- = b[1].y -->, 5<!-- = w -->.\n\n\
            One<!-- holds: a.y > 1 -->, two<!-- holds: b.y > 1 -->, three<!-- holds: output contains \"x\" -->.\n";
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let (page, _) = read::read(&source, &markdown::parse(text, &options), &["rust"]);
        let first = || Blocks::from([0]);
        assert_eq!(
            Reads::of(&page, &first()),
            Reads {
                figures: BTreeMap::from([(0, first()), (1, first())]),
                sums: BTreeMap::from([((0, 0), first()), ((0, 1), first())]),
                claims: BTreeMap::from([(0, first()), (2, first())]),
            }
        );
        assert_eq!(Reads::of(&page, &Blocks::new()), Reads::default());
    }
}
