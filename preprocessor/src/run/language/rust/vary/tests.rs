//! What `vary=` finds in a block, what it says where it finds nothing, and what copies do.

mod copies;
mod findings;
mod names;

use super::defaults;
use crate::read::{self, Block};
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use std::sync::Arc;

/// A page that is one block; the code's first line is the page's second.
pub(super) fn page(vary: &str, code: &str) -> (Arc<Source>, Block) {
    let text = format!("```rust,run,vary=\"{vary}\"\n{code}\n```\n");
    let source = Arc::new(Source::new("page.md", text));
    let events = markdown::parse(source.text(), &mdbook_markdown::MarkdownOptions::default());
    let (mut parts, findings) = read::read(&source, &events, &["rust"]);
    assert_eq!(findings, []);
    (source, parts.blocks.remove(0))
}

/// What is wrong with the block's parameters.
pub(super) fn check(source: &Arc<Source>, block: &Block, edition: &str) -> Vec<Finding> {
    defaults(source, block, edition).err().unwrap_or_default()
}
