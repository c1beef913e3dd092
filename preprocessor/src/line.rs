//! The line from pages to proven pages: read, plan, run, verify, tables, pictures, render, gather.

use crate::evidence::{self, Tally};
use crate::figures;
use crate::figures::engine::{Engine, Workplace};
use crate::figures::runs::Runs;
use crate::pictures;
use crate::read::{self, Page};
use crate::render::source_links::Links;
use crate::render::{self, Evidence};
use crate::run;
use crate::run::job::JobResult;
use crate::run::language::Languages;
use crate::tables::rules;
use crate::tables::structure;
use crate::tables::units::Units;
use crate::text::code::Code;
use crate::text::edit::{self, Edit};
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use crate::verify;
use crate::whole_book::gather;
use crate::work::host;
use crate::work::memory::Memory;
use crate::work::settings::{Settings, Sketches};
use crate::work::store::Store;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Which of its blocks ran in this build, by line; the store had what the others gave.
    pub ran: Vec<usize>,
    /// What stands behind its figures.
    pub tally: Tally,
    /// What `bless` would fill in, though nothing is wrong without it.
    pub unfilled: Vec<Finding>,
}

/// Takes pages through all stages.
///
/// # Errors
/// When the stages themselves can't work: no compiler, a library that doesn't build. What is wrong with
/// a page is a finding of that page.
pub fn prove(sources: &[Arc<Source>], settings: &Settings) -> Result<Vec<Proven>> {
    let options = settings.markdown();
    let folders = settings.folders();
    let mut languages = Languages::new(settings);
    let pages: Vec<(Page, Vec<Finding>)> = sources
        .iter()
        .map(|source| {
            let events = markdown::parse(source.text(), &options);
            let (mut page, mut findings) = read::read(source, &events, &languages.names());
            if settings.sketches == Sketches::Theirs {
                page.sketches.clear();
            }
            findings.extend(read::include::expand(&mut page, &folders));
            findings.extend(structure::check(
                source,
                &events,
                &page.tables,
                &page.orphans,
            ));
            (page, findings)
        })
        .collect();
    let engine = match engine(settings)? {
        Ok(engine) => engine,
        Err(finding) => {
            return Ok(vec![Proven {
                source: Arc::clone(&finding.source),
                rendered: String::new(),
                findings: vec![*finding],
                evidence: Evidence::default(),
                tally: Tally::default(),
                unfilled: Vec::new(),
                ran: Vec::new(),
            }]);
        }
    };
    let to_run: Vec<&Page> = pages.iter().map(|(page, _)| page).collect();
    let results = run::run(&to_run, &mut languages, settings)?;
    let mut units = Units::new(&engine);
    let links = Links::new(settings);
    let mut proven = Vec::new();
    let mut edits = Vec::new();
    for ((page, findings), results) in pages.iter().zip(results) {
        let (page, rendering) = finish(
            page,
            findings.clone(),
            &results,
            &languages,
            &engine,
            &mut units,
            &links,
        );
        proven.push(page);
        edits.push(rendering);
    }
    engine.save()?;
    gather::gather(&to_run, &mut edits);
    for (page, edits) in proven.iter_mut().zip(edits) {
        page.rendered = edit::apply(page.source.text(), edits);
    }
    hold_to_limit(&mut proven, settings.proof.max_bare_table_figures);
    Ok(proven)
}

/// Reports the bare figures of tables where the book has more of them than it allows itself.
fn hold_to_limit(pages: &mut [Proven], limit: Option<usize>) {
    let count: usize = pages
        .iter()
        .map(|page| page.tally.bare_in_tables().count())
        .sum();
    let Some(limit) = limit.filter(|limit| count > *limit) else {
        return;
    };
    for page in pages {
        let source = &page.source;
        page.findings.extend(page.tally.bare_in_tables().map(|bare| {
            Finding::new(
                Code::Bare,
                source,
                bare.span.clone(),
                "nothing computes, checks or cites this figure",
            )
            .with_label(format!("one of {count}; `max-bare-table-figures` is {limit}"))
            .with_help("declare a rule above the table, write the expression behind the figure, or cite its source in a footnote")
        }));
        page.findings
            .sort_by_key(|finding| (finding.span.start, finding.span.end));
    }
}

/// The engine with our prelude and the book's, or what is wrong with the book's.
fn engine(settings: &Settings) -> Result<std::result::Result<Engine, Box<Finding>>> {
    let source = match &settings.proof.prelude {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(settings.root.join(path))
                .with_context(|| format!("failed to read the prelude `{}`", path.display()))?;
            Some(Arc::new(Source::new(path, text)))
        }
    };
    Ok(
        Engine::at(workplace(settings)?, source.as_deref()).map_err(|error| match &source {
            Some(source) => {
                let mut finding = Finding::new(Code::Expression, source, error.span, error.message);
                finding.help = error.help;
                Box::new(finding)
            }
            // Our own prelude is read by every test.
            None => Box::new(Finding::new(
                Code::Expression,
                &Arc::new(Source::new("prelude.nbt", "")),
                0..0,
                error.message,
            )),
        }),
    )
}

/// Where expressions are computed and remembered.
fn workplace(settings: &Settings) -> Result<Workplace> {
    let store = Store::open(&settings.store())?;
    let program = match &settings.program {
        Some(program) => Some((program.clone(), host::host(settings, &store)?)),
        None => None,
    };
    Ok(Workplace {
        program,
        memory: Memory::open(&store, "figures of", &settings.root),
    })
}

/// The page but for its text, and what renders that.
fn finish(
    page: &Page,
    mut findings: Vec<Finding>,
    results: &[JobResult],
    languages: &Languages,
    engine: &Engine,
    units: &mut Units,
    links: &Links,
) -> (Proven, Vec<Edit>) {
    let mut evidence = Evidence::default();
    let mut runs = Runs::default();
    let mut verified = BTreeSet::new();
    let mut earlier: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ran = Vec::new();
    let broken = page.blocks.iter().filter(|block| block.is_broken);
    runs.failed
        .extend(broken.filter_map(|block| block.name.clone()));
    let blocks = page.blocks.iter().enumerate();
    let blocks = blocks.filter(|(_, block)| !block.is_broken);
    for ((number, block), result) in blocks.zip(results) {
        let Ok(language) = languages.get(&block.language) else {
            continue;
        };
        let count = earlier.entry(language.name()).or_default();
        let (found, printed) = verify::verify(&page.source, block, *count, language, result);
        *count += 1;
        if result.is_fresh {
            ran.push(page.source.position(block.code.span.start).line);
        }
        if found.is_empty() {
            evidence.runs += 1;
            verified.insert(number);
        }
        findings.extend(found);
        if let Some(name) = &block.name {
            match printed {
                Some(printed) => {
                    runs.printed.insert(name.clone(), printed);
                }
                None => {
                    runs.failed.insert(name.clone());
                }
            }
        }
    }
    let (figures, scope) = figures::check_in_scope(page, engine, &runs);
    let meaning = rules::check(&page.source, &page.tables, scope, units, &runs);
    let tally = evidence::tally(page, &meaning, figures.right, units);
    evidence.figures = tally.computed;
    evidence.checked = tally.checked;
    evidence.cited = tally.cited;
    findings.extend(figures.findings);
    let drawn = pictures::draw(page, &verified);
    findings.extend(meaning.findings);
    // What the rules for tables report already is no second finding of the chart's.
    let is_new = |finding: &&Finding| findings.iter().all(|other| other.span != finding.span);
    let of_pictures: Vec<Finding> = drawn.findings.iter().filter(is_new).cloned().collect();
    findings.extend(of_pictures);
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    let proven = Proven {
        source: Arc::clone(&page.source),
        rendered: String::new(),
        findings,
        evidence,
        ran,
        tally,
        unfilled: meaning.unfilled,
    };
    (
        proven,
        render::render(page, &drawn, &meaning.formulas, evidence, links),
    )
}
