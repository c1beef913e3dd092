//! The limits that a book sets itself: how many figures in its tables and in its text may have no evidence, and how many blocks a
//! single seed.

use crate::line::Page;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::toml_file;
use crate::work::settings::{Config, Settings};
use anyhow::{Context, Result};
use std::sync::Arc;

/// What a book may limit.
struct Limited {
    /// The key in `book.toml`.
    key: &'static str,
    allowed: fn(&Config) -> Option<usize>,
    code: Code,
    /// What is limited, after its number.
    things: &'static str,
    /// How to have one less.
    help: &'static str,
    /// A page's, each as a finding.
    found: fn(&Page) -> Vec<Finding>,
}

const ALL: [Limited; 3] = [
    Limited {
        key: "max-bare-table-figures",
        allowed: |proof| proof.max_bare_table_figures,
        code: Code::Bare,
        things: "bare figures in tables",
        help: "declare a rule above the table, write an expression after the figure, or cite its source in a footnote",
        found: |page| bare(page, true),
    },
    Limited {
        key: "max-bare-text-figures",
        allowed: |proof| proof.max_bare_text_figures,
        code: Code::Bare,
        things: "bare figures in the text",
        help: "write an expression after the figure, or cite its source in a footnote in its paragraph",
        found: |page| bare(page, false),
    },
    Limited {
        key: "max-single-seed",
        allowed: |proof| proof.max_single_seed,
        code: Code::Seed,
        things: "blocks with a single seed",
        help: "name it, `let seed = 1;`, and let it vary: `vary=\"seed=1..50\"`; or say why one is enough: `fixed=\"REASON\"`",
        found: single_seeds,
    },
];

/// Reports what a book has more of than it allows: each place where it allows none, and else the setting, since no place is more at fault
/// than another.
///
/// # Errors
/// When `book.toml` can't be read.
pub fn hold(pages: &mut [Page], settings: &Settings) -> Result<()> {
    for limited in &ALL {
        let Some(allowed) = (limited.allowed)(&settings.proof) else {
            continue;
        };
        let found: Vec<Vec<Finding>> = pages.iter().map(limited.found).collect();
        let count = found.iter().map(Vec::len).sum();
        if count <= allowed {
            continue;
        }
        if allowed > 0 {
            let finding = limited.at_setting(count, allowed, settings)?;
            pages[0].findings.push(finding);
            continue;
        }
        for (page, found) in pages.iter_mut().zip(found) {
            let label = format!("one of {count}; `{}` is 0", limited.key);
            let complete = |finding: Finding| finding.with_label(&label).with_help(limited.help);
            page.findings.extend(found.into_iter().map(complete));
        }
    }
    Ok(())
}

impl Limited {
    fn at_setting(&self, count: usize, allowed: usize, settings: &Settings) -> Result<Finding> {
        let path = settings.root.join("book.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read `{}`", path.display()))?;
        let span = toml_file::key(&text, &["preprocessor", "proof", self.key]);
        let source = Arc::new(Source::of_file("book.toml", &text));
        let things = self.things;
        let message = format!("the book has {count} {things}, and allows {allowed}");
        let help = format!(
            "`mdbook-proof report` lists them with their lines: {}",
            self.help
        );
        Ok(Finding::new(self.code, &source, span, message).with_help(help))
    }
}

fn bare(page: &Page, in_table: bool) -> Vec<Finding> {
    let bare = page.tally.bare.iter();
    bare.filter(|bare| bare.in_table == in_table)
        .map(|bare| {
            let message = "nothing computes, checks or cites this figure";
            Finding::new(Code::Bare, &page.source, bare.span, message)
        })
        .collect()
}

fn single_seeds(page: &Page) -> Vec<Finding> {
    let singles = page.single_seeds.iter();
    singles
        .map(|single| {
            let message = format!(
                "`{}` draws from one seed, and other seeds may give another result",
                single.call
            );
            Finding::new(Code::Seed, &page.source, single.seed, message)
        })
        .collect()
}
