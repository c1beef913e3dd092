//! The limits that a book sets itself: how many figures in its tables may have no evidence, and how many blocks a single seed.

use crate::line::Page;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::work::settings::Config;

/// Reports what a book has more of than it allows.
pub fn hold(pages: &mut [Page], proof: &Config) {
    if let Some(limit) = proof.max_bare_table_figures {
        bare(pages, limit);
    }
    if let Some(limit) = proof.max_single_seed {
        single_seeds(pages, limit);
    }
}

fn bare(pages: &mut [Page], limit: usize) {
    let count: usize = pages
        .iter()
        .map(|page| page.tally.counts.bare_in_tables)
        .sum();
    if count <= limit {
        return;
    }
    for page in pages {
        page.findings.extend(page.tally.bare_in_tables().map(|bare| {
            Finding::new(
                Code::Bare,
                &page.source,
                bare.span,
                "nothing computes, checks or cites this figure",
            )
            .with_label(format!("one of {count}; `max-bare-table-figures` is {limit}"))
            .with_help("declare a rule above the table, write an expression after the figure, or cite its source in a footnote")
        }));
    }
}

fn single_seeds(pages: &mut [Page], limit: usize) {
    let count: usize = pages.iter().map(|page| page.single_seeds.len()).sum();
    if count <= limit {
        return;
    }
    for page in pages {
        page.findings.extend(page.single_seeds.iter().map(|single| {
            Finding::new(
                Code::Seed,
                &page.source,
                single.seed,
                format!("`{}` draws from one seed, and other seeds may give another result", single.call),
            )
            .with_label(format!("one of {count} blocks; `max-single-seed` is {limit}"))
            .with_help("name it, `let seed = 1;`, and let it vary: `vary=\"seed=1..50\"`; or say why one is enough: `fixed=\"REASON\"`")
        }));
    }
}
