//! The line from pages to proven pages: read, plan, run, verify, tables, render.

use crate::config::Settings;
use crate::finding::Finding;
use crate::page::{self, Block, Page, markdown};
use crate::render::{self, Evidence};
use crate::run::library::Library;
use crate::run::{self, Results};
use crate::source::Source;
use crate::verify;
use anyhow::Result;
use std::sync::Arc;

/// A page that went through all stages.
#[derive(Debug)]
pub struct Proven {
    /// The chapter's file and text.
    pub source: Arc<Source>,
    /// The text for mdBook.
    pub rendered: String,
    /// All that is wrong with it.
    pub findings: Vec<Finding>,
    /// What it proves.
    pub evidence: Evidence,
}

/// Takes pages through all stages.
///
/// # Errors
/// When the stages themselves can't work: no compiler, a library that doesn't build. What is wrong with
/// a page is a finding of that page.
pub fn prove(sources: Vec<Arc<Source>>, settings: &Settings) -> Result<Vec<Proven>> {
    let options = settings.markdown();
    let pages: Vec<(Page, Vec<Finding>)> = sources
        .iter()
        .map(|source| page::read(source, &markdown::parse(source.text(), &options)))
        .collect();
    let results = run_blocks(pages.iter().flat_map(|(page, _)| &page.blocks), settings)?;
    Ok(pages
        .into_iter()
        .map(|(page, findings)| finish(&page, findings, &results))
        .collect())
}

fn run_blocks<'pages>(
    blocks: impl Iterator<Item = &'pages Block>,
    settings: &Settings,
) -> Result<Results> {
    let jobs = run::plan(blocks);
    if jobs.is_empty() {
        return Ok(Results::new());
    }
    let library = match &settings.proof.library {
        Some(package) => Library::build(package, &settings.root)?,
        None => Library::default(),
    };
    run::run(&jobs, &library, settings.edition)
}

fn finish(page: &Page, mut findings: Vec<Finding>, results: &Results) -> Proven {
    let mut evidence = Evidence::default();
    for block in &page.blocks {
        let job = run::job_name(block);
        let Some(result) = results.get(&job) else {
            continue;
        };
        let (found, _printed) = verify::verify(&page.source, block, &job, result);
        evidence.runs += usize::from(found.is_empty());
        findings.extend(found);
    }
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    Proven {
        source: Arc::clone(&page.source),
        rendered: render::render(page, evidence),
        findings,
        evidence,
    }
}
