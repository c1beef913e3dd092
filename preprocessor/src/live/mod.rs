//! What readers run in the page: the verified blocks as programs for their browsers, one a chapter, what shows their runs, and what
//! computes what the page says of them.
//!
//! Only a command that writes the site can publish these, so that a preprocessor of plain mdBook has none.

mod chapters;
mod data;
mod engine;
mod follow;
mod reads;
mod script;

use crate::figures::engine::Engine;
use crate::line::Page;
use crate::read::Block;
use crate::run::language::rust::computed::Computed;
use crate::run::language::rust::library::BROWSER;
use crate::run::language::rust::live::{Candidate, ForBrowser};
use crate::text::address;
use crate::verify::normalize;
use crate::whole_book::dead_links::site::published;
use crate::work::settings::Settings;
use crate::work::site::Files;
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use chapters::{Built, Part};
use mdbook_proof_live::show::{View, digest};
use reads::Reads;
use script::Script;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// What of a page readers can run.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The file with what runs programs.
    pub runner: String,
    /// The file of what the page's script knows; empty where readers can do nothing.
    pub data: String,
    /// The file with the program that shows runs.
    pub show: String,
    /// The file with the program that computes what the page says.
    pub follow: String,
    /// The blocks that they can run, by their numbers.
    pub blocks: BTreeMap<usize, Runnable>,
    /// The page's blocks of SQL, which build on each other.
    pub queries: Vec<Query>,
}

/// A block that readers can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runnable {
    /// The file with its program.
    pub program: String,
    /// How the program runs it.
    pub start: Start,
    /// How long it may run, if it says so.
    pub limit: Option<Duration>,
    /// How its output is shown, and what it has to be.
    pub view: View,
}

/// How a program runs a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// It is a part of the program.
    Part {
        /// What the program calls it.
        module: String,
        /// What its parameters are in the page, where each is one value there.
        defaults: BTreeMap<String, String>,
    },
    /// The program runs the page's queries up to this one, which readers may edit.
    Query(usize),
}

/// A block of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    /// Its statements.
    pub text: String,
    /// Whether it has to fail.
    pub fails: bool,
}

/// How a block can run in a browser.
enum Way {
    /// As a part of its chapter's program.
    Compiled(Candidate),
    /// As a query.
    Queried,
}

/// Compiles the verified blocks of pages for browsers, and adds what readers load to the site.
///
/// # Errors
/// When it is required and something for it is missing; when the library or what shows runs doesn't build for the browser.
pub fn prepare(pages: &mut [Page], engine: &Engine, settings: &Settings) -> Result<()> {
    let Some(files) = settings.live.as_ref().filter(|_| settings.proof.live) else {
        return Ok(());
    };
    let (parts, queries) = runnable(pages);
    let is_computed = |page: &Page| is_edited(page) || !page.inputs.is_empty();
    if parts.is_empty() && queries.is_empty() && !pages.iter().any(is_computed) {
        return Ok(());
    }
    let store = Store::open(&settings.store())?;
    let Some(compiler) = ForBrowser::find(settings, &store)? else {
        return missing(settings);
    };
    if !parts.is_empty() {
        for built in chapters::build(pages, parts, &compiler, settings, &store)? {
            take(pages, built, files, settings);
        }
    }
    if !queries.is_empty()
        && let Some(program) = query(&compiler, settings)?
    {
        let program = add(files, "query", &program);
        for (page, block) in queries {
            take_query(&mut pages[page], block, &program);
        }
    }
    let has_blocks = |page: &Page| !page.live.blocks.is_empty();
    let (runner, text) = script::runner();
    files.add(&runner, &text);
    let show = match pages.iter().any(has_blocks) {
        true => add(files, "show", &engine::build("show", &compiler, settings)?),
        false => String::new(),
    };
    let has_inputs = pages.iter().any(|page| !page.inputs.is_empty());
    let is_followed = |page: &Page| {
        is_edited(page) || ((has_inputs || has_blocks(page)) && follow::computes(page))
    };
    let follow = match pages.iter().any(is_followed) {
        true => {
            let prelude = serde_json::Value::from(engine.prelude().unwrap_or_default());
            let program = engine::build("follow", &compiler, settings)?;
            let code = format!("globalThis.proofPrelude = {prelude};\n");
            let (file, text) = program.file_after("follow", &code);
            files.add(&file, &text);
            file
        }
        false => String::new(),
    };
    // Nothing else that a reader changes reaches the library.
    let computed = match has_inputs {
        true => compiler.computed(),
        false => Computed::default(),
    };
    let place = pages.iter().find_map(|page| place(page, settings));
    for page in pages.iter_mut() {
        let is_followed = is_followed(page);
        if !has_blocks(page) && !is_followed {
            continue;
        }
        page.live.runner.clone_from(&runner);
        if has_blocks(page) {
            page.live.show.clone_from(&show);
        }
        let mut computing = mdbook_proof_live::follow::Page::default();
        if is_followed {
            page.live.follow.clone_from(&follow);
            let literals = follow::literals(page, &computed, engine);
            computing = follow::page(page, &page.live, &literals);
        }
        let blocks = page.live.blocks.keys().copied();
        let varied = blocks.filter(|number| !page.parts.blocks[*number].vary.is_empty());
        let reads = Reads::of(&page.parts, &varied.collect());
        let (file, text) = data::file(&page.live, &reads, &computing, place.as_ref());
        files.add(&file, &text);
        page.live.data = file;
    }
    Ok(())
}

/// Where the inputs are that a page has.
fn place(page: &Page, settings: &Settings) -> Option<data::Place> {
    let inputs = page.inputs.first()?;
    let path = page.source.path();
    let path = path.strip_prefix(&settings.src).unwrap_or(path);
    Some(data::Place {
        title: inputs.title.clone(),
        page: address::of_path(&published(path, settings.readme_is_index))?,
    })
}

/// Whether a page has sums, which readers can edit.
fn is_edited(page: &Page) -> bool {
    !page.parts.calcs.is_empty()
}

/// Gives a block of SQL to its page.
fn take_query(page: &mut Page, block: usize, program: &str) {
    let own = page.parts.blocks.iter().enumerate();
    let own = own.filter(|(_, block)| block.language == SQL && !block.is_broken);
    let before = own.clone().take_while(|(number, _)| *number < block);
    let start = Start::Query(before.count());
    page.live.queries = own.map(|(_, block)| Query::of(block)).collect();
    let own = &page.parts.blocks[block];
    let runnable = Runnable {
        program: program.to_owned(),
        start,
        limit: own.timeout,
        view: view(own),
    };
    page.live.blocks.insert(block, runnable);
}

/// The language whose blocks are queries.
const SQL: &str = "sql";

impl Query {
    fn of(block: &Block) -> Self {
        Self {
            text: block.code.text(),
            fails: block.fails,
        }
    }
}

/// Says that the compiler lacks what it takes.
///
/// # Errors
/// Where the book requires it.
fn missing(settings: &Settings) -> Result<()> {
    let missing = format!(
        "the compiler has no standard library for the browser; `rustup target add {BROWSER}` installs it"
    );
    if settings.proof.require_live {
        bail!("book.toml has `require-live = true`, and {missing}");
    }
    settings.progress.warn(&format!(
        "note: the pages have no buttons that run their blocks: {missing}"
    ));
    Ok(())
}

/// The program that runs queries; none where it can't be built, which takes a C compiler for the browser besides.
///
/// # Errors
/// Where the book requires it.
fn query(compiler: &ForBrowser, settings: &Settings) -> Result<Option<Script>> {
    match engine::build("query", compiler, settings) {
        Ok(program) => Ok(Some(program)),
        Err(error) if settings.proof.require_live => Err(error).context(NO_SQL),
        Err(_) => {
            settings.progress.warn(&format!("note: {NO_SQL}"));
            Ok(None)
        }
    }
}

/// Why blocks of SQL have no buttons.
const NO_SQL: &str = "the blocks of SQL have no buttons: SQLite takes a C compiler for the browser; on Debian and Ubuntu `apt-get install clang llvm wasi-libc` installs one";

/// Gives the blocks of a program to their pages.
fn take(pages: &mut [Page], built: Built, files: &Files, settings: &Settings) {
    let Built { name, parts, kept } = built;
    let is_left_out = |part: &Part| kept.left_out.contains_key(&part.candidate.name);
    let program = match parts.iter().all(is_left_out) {
        true => String::new(),
        false => add(files, &name, &kept.script),
    };
    for part in parts {
        let page = &mut pages[part.page];
        if let Some(said) = kept.left_out.get(&part.candidate.name) {
            settings.progress.warn(&left_out(page, part.block, said));
            continue;
        }
        let block = &page.parts.blocks[part.block];
        let runnable = Runnable {
            program: program.clone(),
            start: Start::Part {
                module: part.candidate.module(),
                defaults: ForBrowser::defaults(&page.source, block, settings),
            },
            limit: block.timeout,
            view: view(block),
        };
        page.live.blocks.insert(part.block, runnable);
    }
}

/// What to say of a block that doesn't compile for the browser.
fn left_out(page: &Page, block: usize, said: &str) -> String {
    let code = page.parts.blocks[block].code.opening();
    let (file, _) = page.source.origin(code);
    let (path, line) = (file.path().display(), page.source.line_in_file(code.start));
    format!(
        "note: {path}:{line}: readers can't run this block, because it doesn't compile for the browser: {said}; if that is meant, `here-only=\"REASON\"` says so"
    )
}

/// The blocks that readers can run: parts of programs, and queries by the numbers of their page and of themselves.
fn runnable(pages: &[Page]) -> (Vec<Part>, Vec<(usize, usize)>) {
    let (mut parts, mut queries) = (Vec::new(), Vec::new());
    for (page, own) in pages.iter().enumerate() {
        // The report says of the others why readers can't run them.
        for (block, way) in ways(own) {
            match way {
                Ok(Way::Compiled(candidate)) => parts.push(Part {
                    page,
                    block,
                    candidate,
                }),
                Ok(Way::Queried) => queries.push((page, block)),
                Err(_) => {}
            }
        }
    }
    (parts, queries)
}

/// How the verified blocks of a page that print something can run in a browser, or why they can't.
fn ways(page: &Page) -> Vec<(usize, Result<Way, String>)> {
    let blocks = page.parts.blocks.iter().enumerate();
    let shown =
        blocks.filter(|(number, block)| page.verified.contains(number) && block.output.is_some());
    shown
        .map(|(number, block)| {
            let way = match (&block.here_only, block.language.as_str()) {
                (Some(reason), _) => Err(reason.clone()),
                (None, "rust") => Candidate::new(block)
                    .map(Way::Compiled)
                    .map_err(str::to_owned),
                (None, SQL) => Ok(Way::Queried),
                (None, language) => Err(format!(
                    "a command runs blocks in `{language}`, and no browser has it"
                )),
            };
            (number, way)
        })
        .collect()
}

/// The blocks of a page that readers can't run, each with the reason, as far as that is known before they are compiled.
pub fn reasons(page: &Page) -> Vec<(usize, String)> {
    let ways = ways(page).into_iter();
    ways.filter_map(|(number, way)| Some((number, way.err()?)))
        .collect()
}

/// Adds a program to the site, and returns its file.
fn add(files: &Files, name: &str, script: &Script) -> String {
    let (file, text) = script.file(name);
    files.add(&file, &text);
    file
}

/// How the output of a block is shown, and what it has to be.
fn view(block: &Block) -> View {
    let expected = block
        .output
        .as_ref()
        .map_or_else(String::new, |output| normalize(&output.text()));
    let view = &block.view;
    let drawing = view.drawing.as_ref();
    View {
        digest: match view.elided {
            Some(_) => String::new(),
            None => digest(&expected),
        },
        elided: view.elided.as_ref().map(|_| expected),
        fails: block.fails,
        picture: drawing.map(|drawing| drawing.picture.word().to_owned()),
        kind: drawing.and_then(|drawing| drawing.wanted.kind.clone()),
        options: drawing.map_or_else(Vec::new, |drawing| drawing.wanted.options.clone()),
        caption: drawing
            .and(view.caption.as_ref())
            .map(|caption| caption.text.clone()),
    }
}
