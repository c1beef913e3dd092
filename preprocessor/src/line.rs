//! The line that a book's pages go through, stage after stage.
//!
//! | stage | does |
//! | --- | --- |
//! | [`assemble`](crate::read::include::Includer::assemble) | puts a page and what it includes together |
//! | [`read`](Line::read) | finds the parts that are run, computed or checked |
//! | [`run`](Line::run) | compiles and runs the blocks, or remembers what they gave |
//! | [`verify`](Line::verify) | compares what they printed with the output in the page |
//! | [`vary`](Line::vary) | runs them wherever a claim, a figure or a chart needs them with their parameters set |
//! | [`judge`](Line::judge) | computes the expressions, judges figures, claims and tables, and counts the evidence |
//! | [`draw`](Line::draw) | draws verified outputs and lays sketches out |
//! | [`whole_book`](crate::whole_book) | looks at all pages at once: limits, dead links, gathered boxes, reading times |
//! | [`live`](live::prepare) | compiles verified blocks for readers' browsers, in a build that is asked to |
//! | [`render`](Line::render) | replaces our markup by what mdBook shows |
//!
//! Each stage reads a [`Page`] and leaves its results on it. Findings of all stages of all pages are collected; what
//! keeps a stage itself from working is an error.

use crate::claims::Earlier;
use crate::claims::explore::{Explored, Questions};
use crate::claims::judge::{self, Judged};
use crate::claims::plan::{self, Planned};
use crate::evidence::precision::OverPrecise;
use crate::evidence::{self, Tally};
use crate::figures::engine::{Engine, Workplace};
use crate::figures::inputs::{self, Inputs};
use crate::figures::{self, Defined, Scope};
use crate::live::{self, Live};
use crate::pictures::{self, Drawn};
use crate::read::include::Assembled;
use crate::read::{self, Parts};
use crate::render::{self, claims::Varied, source_links::Links};
use crate::run;
use crate::run::job::JobResult;
use crate::run::language::Languages;
use crate::run::points::{self, Points};
use crate::run::seeds::{self, SingleSeed};
use crate::tables::judge::Meaning;
use crate::tables::units::Units;
use crate::tables::{check, structure};
use crate::text::code::Code;
use crate::text::edit;
use crate::text::error::Error;
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::source::Source;
use crate::verify;
use crate::whole_book::reading_time::Times;
use crate::whole_book::{dead_links, gather, limit, names};
use crate::work::host;
use crate::work::memory::Memory;
use crate::work::settings::{Settings, Sketches};
use crate::work::store::Store;
use anyhow::{Context, Result};
use mdbook_proof_calculator::runs::Runs;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A page on its way: its parts, and what each stage found out about them.
#[derive(Debug)]
pub struct Page {
    /// The chapter's file and text.
    pub source: Arc<Source>,
    /// What it holds for us.
    pub parts: Parts,
    /// The results of its blocks, by their number; a block that can't run has nothing here.
    pub results: BTreeMap<usize, JobResult>,
    /// The blocks whose output is verified, by their number.
    pub verified: BTreeSet<usize>,
    /// What its named blocks printed.
    pub runs: Runs,
    /// What its claims came to.
    pub claims: Judged,
    /// What its tables mean.
    pub meaning: Meaning,
    /// Its pictures.
    pub drawn: Drawn,
    /// What its runs at other settings showed.
    pub varied: Varied,
    /// What its sums define.
    pub names: Vec<Defined>,
    /// Its figures that readers can change.
    pub inputs: Vec<Inputs>,
    /// What of it readers can run.
    pub live: Live,
    /// The evidence for its figures, counted.
    pub tally: Tally,
    /// Its blocks that draw from a single seed.
    pub single_seeds: Vec<SingleSeed>,
    /// Its figures with more digits than their spread allows.
    pub over_precise: Vec<OverPrecise>,
    /// All that is wrong with it, in the order of its text.
    pub findings: Vec<Finding>,
    /// The text for mdBook.
    pub rendered: String,
}

/// What the stages work with.
#[derive(Debug)]
pub struct Line {
    settings: Settings,
    languages: Languages,
    engine: Engine,
    units: Units,
    /// What earlier builds found out about claims.
    earlier: Earlier,
}

/// What of a page depends on what varies, and what its blocks did there.
#[derive(Debug, Default)]
pub struct Tried {
    planned: Planned,
    points: BTreeMap<usize, Points>,
}

/// Takes pages through all stages, each with what is wrong with its includes. `book` are all pages that their links may lead to.
///
/// # Errors
/// When a stage can't work: no compiler, a library that doesn't build; [`Error::Findings`] when the book's prelude is
/// wrong. What is wrong with a page is a finding of that page.
pub fn check(
    sources: Vec<Assembled>,
    book: &[Arc<Source>],
    settings: &Settings,
) -> Result<Vec<Page>> {
    let mut line = Line::new(settings)?;
    let read = |(source, findings)| {
        let mut page = line.read(&source);
        page.findings.extend::<Vec<Finding>>(findings);
        page
    };
    let mut pages: Vec<Page> = sources.into_iter().map(read).collect();
    line.run(&mut pages)?;
    for page in &mut pages {
        line.verify(page);
    }
    let tried = line.vary(&mut pages)?;
    for (page, tried) in pages.iter_mut().zip(tried) {
        line.judge(page, &tried);
        line.draw(page);
    }
    line.earlier.save()?;
    let links = dead_links::Map::new(book, settings);
    for page in &mut pages {
        page.findings.extend(links.findings(&page.source));
    }
    limit::hold(&mut pages, settings)?;
    if settings.proof.one_value_per_name {
        let mut prelude = Scope::new(&line.engine);
        names::check(&mut pages, line.engine.prelude(), &mut prelude);
    }
    if settings.proof.reading_time {
        line.time(&mut pages, book);
    }
    for page in &mut pages {
        page.findings.sort_by_key(|finding| finding.span);
    }
    if pages.iter().all(|page| page.findings.is_empty()) {
        live::prepare(&mut pages, &line.engine, settings)?;
    }
    line.engine.save()?;
    line.render(&mut pages);
    for page in &mut pages {
        for findings in [&mut page.findings, &mut page.meaning.unfilled] {
            let found = std::mem::take(findings).into_iter();
            findings.extend(found.map(Finding::in_files));
        }
    }
    Ok(pages)
}

/// Explores the claims of a page, or the claims and the blocks of one of its lines. Where the page has findings of its own, these come
/// back in place of answers.
///
/// # Errors
/// As [`fn@check`].
pub fn explore(
    (source, findings): Assembled,
    at: Option<usize>,
    settings: &Settings,
) -> Result<Result<Vec<Explored>, Vec<Finding>>> {
    let mut line = Line::new(settings)?;
    let mut page = line.read(&source);
    page.findings.extend(findings);
    let mut pages = [page];
    line.run(&mut pages)?;
    let parts = [&pages[0].parts];
    let keys = points::keys(&parts, &line.languages, settings)?;
    let keys = keys.into_iter().map(|((_, block), key)| (block, key));
    let [page] = &mut pages;
    line.verify(page);
    let definitions = figures::definitions(&page.parts, &line.engine);
    let keys = keys.collect();
    let planned = plan::plan(
        page,
        &keys,
        &definitions,
        &line.languages,
        &mut line.earlier,
    )?;
    if !page.findings.is_empty() {
        return Ok(Err(std::mem::take(&mut page.findings)));
    }
    let questions = Questions::new(page, &planned, at);
    let wanted = questions.wanted(page).into_iter();
    let wanted = wanted.map(|(block, points)| ((0, block), points)).collect();
    let ran = points::run(&[&page.parts], &wanted, &mut line.languages, settings)?;
    let ran = ran
        .into_iter()
        .map(|((_, block), points)| (block, points))
        .collect();
    let (_, mut scope) = figures::check_in_scope(&page.parts, &line.engine, &page.runs);
    let answers = questions.answers(page, &planned, &ran, &line.languages, &mut scope);
    line.engine.save()?;
    line.earlier.save()?;
    Ok(Ok(answers))
}

impl Line {
    /// The line of a book, which remembers between builds.
    ///
    /// # Errors
    /// As [`check`].
    pub fn new(settings: &Settings) -> Result<Self> {
        let store = Store::open(&settings.store())?;
        let program = match &settings.program {
            Some(program) => Some((program.clone(), host::host(settings)?)),
            None => None,
        };
        let workplace = Workplace {
            program,
            memory: Memory::open(&store, "figures of", &settings.root)
                .compared_with(settings.earlier()),
        };
        let mut line = Self::at(workplace, settings)?;
        line.earlier =
            Memory::open(&store, "claims of", &settings.root).compared_with(settings.earlier());
        Ok(line)
    }

    /// The line whose expressions are computed at a place.
    ///
    /// # Errors
    /// When the prelude can't be read; [`Error::Findings`] when it is wrong.
    pub fn at(workplace: Workplace, settings: &Settings) -> Result<Self> {
        let engine = engine(workplace, settings)?;
        Ok(Self {
            settings: settings.clone(),
            languages: Languages::new(settings),
            units: Units::new(&engine),
            engine,
            earlier: Earlier::default(),
        })
    }

    /// The units of the preludes, to be looked up.
    pub fn units(&self) -> Units {
        Units::new(&self.engine)
    }

    /// Reads a page's parts, and finds what is wrong with its markup and the structure of its tables.
    pub fn read(&self, source: &Arc<Source>) -> Page {
        let events = markdown::parse(source.text(), &self.settings.markdown());
        let (mut parts, mut findings) = read::read(source, &events, &self.languages.names());
        parts.decimal_mark = self.settings.decimal_mark;
        if self.settings.sketches == Sketches::Theirs {
            parts.sketches.clear();
        }
        findings.extend(read::hidden::check(&parts));
        findings.extend(structure::check(
            source,
            &events,
            &parts.tables,
            &parts.orphans,
        ));
        Page {
            source: Arc::clone(source),
            parts,
            results: BTreeMap::new(),
            verified: BTreeSet::new(),
            runs: Runs::default(),
            claims: Judged::default(),
            meaning: Meaning::default(),
            drawn: Drawn::default(),
            varied: Varied::default(),
            names: Vec::new(),
            inputs: Vec::new(),
            live: Live::default(),
            tally: Tally::default(),
            single_seeds: Vec::new(),
            over_precise: Vec::new(),
            findings,
            rendered: String::new(),
        }
    }

    /// Runs the pages' blocks, or finds what they gave before, and those that draw from a single seed.
    ///
    /// # Errors
    /// As [`run::run`] and [`seeds::find`].
    pub fn run(&mut self, pages: &mut [Page]) -> Result<()> {
        let parts: Vec<&Parts> = pages.iter().map(|page| &page.parts).collect();
        let results = run::run(&parts, &mut self.languages, &self.settings)?;
        let seeds = seeds::find(&parts, &self.languages, &self.settings)?;
        for (page, (results, seeds)) in pages.iter_mut().zip(results.into_iter().zip(seeds)) {
            page.results = results;
            page.single_seeds = seeds;
        }
        Ok(())
    }

    /// Compares what the blocks printed with the outputs under them.
    pub fn verify(&self, page: &mut Page) {
        let mut earlier: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all = Vec::new();
        for (number, block) in page.parts.blocks.iter().enumerate() {
            let printed = match (
                page.results.get(&number),
                self.languages.get(&block.language),
            ) {
                (Some(result), Ok(language)) => {
                    let earlier = earlier.entry(language.name()).or_default();
                    let (found, printed) =
                        verify::verify(&page.source, block, *earlier, language, result);
                    *earlier += 1;
                    if found.is_empty() {
                        page.verified.insert(number);
                    }
                    page.findings.extend(found);
                    printed
                }
                _ => None,
            };
            page.runs.add(block.name.as_deref(), printed.clone());
            all.push(printed);
        }
        verify::misplaced::resolve(&page.parts, &all, &mut page.findings);
    }

    /// Plans what depends on what varies, and runs the blocks at all points of it that no earlier build knows.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn vary(&mut self, pages: &mut [Page]) -> Result<Vec<Tried>> {
        let parts: Vec<&Parts> = pages.iter().map(|page| &page.parts).collect();
        let keys = points::keys(&parts, &self.languages, &self.settings)?;
        let mut wanted = BTreeMap::new();
        let mut tried = Vec::new();
        for (number, page) in pages.iter_mut().enumerate() {
            let own = keys.range((number, 0)..(number + 1, 0));
            let own = own.map(|((_, block), key)| (*block, key.clone())).collect();
            let definitions = figures::definitions(&page.parts, &self.engine);
            let mut planned =
                plan::plan(page, &own, &definitions, &self.languages, &mut self.earlier)?;
            if self.settings.edges {
                planned.forget();
            }
            let blocks = planned.wanted(page).into_iter();
            wanted.extend(blocks.map(|(block, points)| ((number, block), points)));
            tried.push(Tried {
                planned,
                points: BTreeMap::new(),
            });
        }
        let parts: Vec<&Parts> = pages.iter().map(|page| &page.parts).collect();
        let ran = points::run(&parts, &wanted, &mut self.languages, &self.settings)?;
        for ((page, block), points) in ran {
            tried[page].points.insert(block, points);
        }
        Ok(tried)
    }

    /// Uses the outputs in the page as what the blocks printed, where nothing may run.
    pub fn believe(&self, page: &mut Page) {
        for block in &page.parts.blocks {
            let printed = block.output.as_ref().map(read::Fence::text);
            page.runs.add(block.name.as_deref(), printed);
        }
    }

    /// Computes the expressions, judges the figures, the claims and the tables, and counts the evidence for each figure.
    pub fn judge(&mut self, page: &mut Page, tried: &Tried) {
        let (figures, mut scope) = figures::check_in_scope(&page.parts, &self.engine, &page.runs);
        let (claims, found) = judge::judge(
            page,
            &tried.planned,
            &tried.points,
            &self.languages,
            &mut scope,
            &mut self.earlier,
            self.settings.edges,
        );
        page.varied = claims.shown(&page.parts);
        page.over_precise = claims.over_precise(&page.parts, &mut scope.program.computer);
        page.claims = claims;
        page.findings.extend(found);
        page.meaning = check::check(
            &page.source,
            &page.parts.tables,
            scope,
            &mut self.units,
            &page.runs,
        );
        page.tally = evidence::tally(&page.parts, &page.meaning, figures.right, &mut self.units);
        page.tally.counts.runs = page.verified.len();
        (page.tally.counts.claims, page.tally.counts.points) = page.varied.counts();
        page.findings.extend(figures.findings);
        page.names = figures.names;
        let (inputs, found) = inputs::find(&page.parts, self.engine.prelude());
        page.inputs = inputs;
        page.findings.extend(found);
        page.findings.append(&mut page.meaning.findings);
    }

    /// Draws the verified outputs and lays the sketches out.
    pub fn draw(&self, page: &mut Page) {
        page.drawn = pictures::draw(&page.parts, &page.verified, &page.varied.outputs);
        // What the rules for tables report already is no second finding of the chart's.
        let is_new =
            |finding: &Finding| page.findings.iter().all(|other| other.span != finding.span);
        let found = std::mem::take(&mut page.drawn.findings);
        let found: Vec<Finding> = found.into_iter().filter(is_new).collect();
        page.findings.extend(found);
    }

    /// Finds the comments that ask for a reading time which there isn't. Links lead to pages of the book that weren't asked for, too.
    pub fn time(&self, pages: &mut [Page], book: &[Arc<Source>]) {
        let asked: BTreeSet<_> = pages.iter().map(|page| page.source.path()).collect();
        let is_other = |page: &&Arc<Source>| !asked.contains(page.path());
        let others = book.iter().filter(is_other);
        let others: Vec<Page> = others.map(|page| self.read(page)).collect();
        let all = pages.iter().chain(&others).map(|page| &page.parts);
        let times = Times::new(&all.collect::<Vec<_>>());
        let found: Vec<_> = pages
            .iter()
            .map(|page| times.findings(&page.parts))
            .collect();
        for (page, found) in pages.iter_mut().zip(found) {
            page.findings.extend(found);
        }
    }

    /// Replaces our markup by what mdBook shows.
    pub fn render(&self, pages: &mut [Page]) {
        let links = Links::new(&self.settings);
        let mut edits: Vec<_> = pages
            .iter()
            .map(|page| {
                let brings_styles = self.settings.proof.styles.unwrap_or(true);
                let mut edits = render::render(page, &links, brings_styles);
                if self.settings.proof.dedent {
                    edits.extend(render::excerpt::dedented(&page.parts));
                }
                edits
            })
            .collect();
        let parts: Vec<&Parts> = pages.iter().map(|page| &page.parts).collect();
        gather::gather(&parts, &mut edits);
        if self.settings.proof.reading_time {
            let times = Times::new(&parts);
            for (page, edits) in parts.iter().zip(&mut edits) {
                edits.extend(times.edits(page));
            }
        }
        for (page, edits) in pages.iter_mut().zip(edits) {
            page.rendered = edit::apply(page.source.text(), edits);
        }
    }
}

impl Page {
    /// The lines of the blocks that ran in this build; the store had what the others gave.
    pub fn ran(&self) -> impl Iterator<Item = usize> {
        let fresh = self.results.iter().filter(|(_, result)| result.is_fresh);
        fresh.filter_map(|(number, _)| self.line(*number))
    }

    /// The lines of the blocks that ran with their parameters set, each with the number of points.
    pub fn ran_at_points(&self) -> impl Iterator<Item = (usize, usize)> {
        let ran = self.claims.ran.iter();
        ran.filter_map(|(number, points)| Some((self.line(*number)?, *points)))
    }

    fn line(&self, block: usize) -> Option<usize> {
        let block = self.parts.blocks.get(block)?;
        Some(self.source.line_in_file(block.code.span.start))
    }
}

/// The engine with our prelude and the book's.
fn engine(workplace: Workplace, settings: &Settings) -> Result<Engine> {
    let source = match &settings.proof.prelude {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(settings.root.join(path))
                .with_context(|| format!("failed to read the prelude `{}`", path.display()))?;
            Some(Arc::new(Source::of_file(path, &text)))
        }
    };
    Engine::at(workplace, source.as_deref()).map_err(|error| {
        // Our own prelude is read by every test.
        let ours = || Arc::new(Source::new("prelude.nbt", ""));
        let span = source.as_ref().map_or(0..0, |_| error.span);
        let source = source.clone().unwrap_or_else(ours);
        let mut finding = Finding::new(Code::Expression, &source, span, error.message);
        finding.help = error.help;
        Error::Findings(vec![finding]).into()
    })
}
