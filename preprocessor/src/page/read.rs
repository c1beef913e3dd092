//! Reading a page: from Markdown events to the parts that are run, computed or checked.

use super::Page;
use super::markdown::Spanned;
use crate::finding::Finding;
use crate::source::Source;
use std::sync::Arc;

/// Finds what a page holds for us, and what is wrong with its markup.
pub fn read(source: &Arc<Source>, _events: &[Spanned<'_>]) -> (Page, Vec<Finding>) {
    let page = Page {
        source: Arc::clone(source),
        blocks: Vec::new(),
        calcs: Vec::new(),
        figures: Vec::new(),
    };
    (page, Vec::new())
}
