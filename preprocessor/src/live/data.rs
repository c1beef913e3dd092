//! What a page's script knows of the page: a file of its own, which is loaded once a reader acts.

use crate::live::reads::Reads;
use crate::live::script::named;
use crate::live::{Live, Query, Runnable, Start};
use mdbook_proof_live::follow;
use mdbook_proof_live::show::View;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a page's script knows.
#[derive(Serialize)]
struct Data<'page> {
    /// The file with the program that shows runs.
    #[serde(skip_serializing_if = "str::is_empty")]
    show: &'page str,
    /// The file with the program that computes what the page says.
    #[serde(skip_serializing_if = "str::is_empty")]
    follow: &'page str,
    blocks: Vec<Entry<'page>>,
    queries: &'page [Query],
    reads: Readers<'page>,
    page: &'page follow::Page,
    /// Where the book's inputs are.
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<&'page Place>,
}

/// Where the book's inputs are.
#[derive(Serialize)]
pub(super) struct Place {
    /// What they are called together.
    pub(super) title: String,
    /// The page, from the root of the site.
    pub(super) page: String,
}

/// The numbers of the blocks that parts of the page read, by the numbers of these.
#[derive(Serialize)]
struct Readers<'page> {
    figures: BTreeMap<usize, Vec<&'page usize>>,
    /// By the number of the fence, and the line in it.
    sums: BTreeMap<String, Vec<&'page usize>>,
    claims: BTreeMap<usize, Vec<&'page usize>>,
}

/// A block: a part of a program has the name of its module, and a query its number.
#[derive(Serialize)]
struct Entry<'page> {
    number: usize,
    program: &'page str,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'page str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<usize>,
    /// How many seconds it may run, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    view: &'page View,
}

impl<'page> Entry<'page> {
    fn of((number, block): (&usize, &'page Runnable)) -> Self {
        let (module, query) = match &block.start {
            Start::Part { module, .. } => (Some(module.as_str()), None),
            Start::Query(number) => (None, Some(*number)),
        };
        Self {
            number: *number,
            program: &block.program,
            module,
            query,
            limit: block.limit.map(|limit| limit.as_secs_f64()),
            view: &block.view,
        }
    }
}

impl<'page> Readers<'page> {
    fn of(reads: &'page Reads) -> Self {
        let figures = reads.figures.iter();
        let sums = reads.sums.iter();
        let claims = reads.claims.iter();
        Self {
            figures: figures
                .map(|(number, blocks)| (*number, blocks.iter().collect()))
                .collect(),
            sums: sums
                .map(|((fence, line), blocks)| (format!("{fence} {line}"), blocks.iter().collect()))
                .collect(),
            claims: claims
                .map(|(number, blocks)| (*number, blocks.iter().collect()))
                .collect(),
        }
    }
}

/// The file of what a page's script knows, and its text.
pub(super) fn file(
    live: &Live,
    reads: &Reads,
    page: &follow::Page,
    inputs: Option<&Place>,
) -> (String, String) {
    let data = Data {
        show: &live.show,
        follow: &live.follow,
        blocks: live.blocks.iter().map(Entry::of).collect(),
        queries: &live.queries,
        reads: Readers::of(reads),
        page,
        inputs,
    };
    let json = serde_json::json!(data);
    let text = format!("globalThis.proofPage = {json};\n");
    (named("page", &text), text)
}
