//! `serve`: builds the book, shows it in a browser on this machine, and does so again on each
//! change. A failed build is reported here and over the open page, and the last good one stays.

use crate::cli::output::{self, Caller};
use crate::cli::warnings;
use anyhow::{Context, Result, anyhow};
use mdbook_proof::book::serve::server::Port;
use mdbook_proof::book::serve::site::{Built, Site};
use mdbook_proof::book::serve::sources::Sources;
use mdbook_proof::book::serve::watch::Watcher;
use mdbook_proof::text::finding::summary;
use mdbook_proof::text::message::{self, Names};
use mdbook_proof::text::visible;
use mdbook_proof::{Book, Error};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// A page shows at most this many findings; the terminal shows all.
const MOST_SHOWN: usize = 30;

/// Serves a book until the program is ended.
pub(crate) fn serve(dir: &Path, port: u16, open: bool, caller: &Caller) -> Result<bool> {
    let book = caller.book(dir)?;
    warnings::watch();
    let port = Port::take(port)?;
    let url = format!("http://127.0.0.1:{}/", port.number);
    let work = workplace(&book, port.number)?;
    let site = Arc::new(Site::default());
    let mut sources = Sources::new(book.root());
    let mut watcher = Watcher::default();
    // The watch starts before the build, so that changes during the build are seen after it.
    sources.changed();
    watcher.watch(sources.folders());
    update(&book, &work, &site, caller);
    port.serve(&site);
    caller.note(&format!("served at {url} until Ctrl-C"));
    if open {
        opener::open(&url).with_context(|| format!("failed to open `{url}`"))?;
    }
    loop {
        watcher.wait();
        let changed = sources.changed();
        watcher.watch(sources.folders());
        if changed.is_empty() {
            continue;
        }
        for path in &changed {
            let path = path.strip_prefix(book.root()).unwrap_or(path);
            caller.note(&format!("changed: {}", caller.names().path(path)));
        }
        update(&book, &work, &site, caller);
    }
}

/// An empty folder for this port's builds; an earlier server may have left files in it.
fn workplace(book: &Book, port: u16) -> Result<PathBuf> {
    let folder = book.settings()?.store().join(format!("served-{port}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("failed to empty `{}`", folder.display()))?;
    }
    Ok(folder)
}

fn update(book: &Book, work: &Path, site: &Site, caller: &Caller) {
    let start = Instant::now();
    warnings::take();
    match build(book, work) {
        Ok(built) => {
            site.succeed(built);
            let seconds = start.elapsed().as_secs_f64();
            caller.note(&format!("the book is verified and built in {seconds:.1} s"));
        }
        Err(error) => {
            let given = warnings::take();
            let error = Error::from(error);
            match &error {
                Error::Findings(findings) => caller.print(findings),
                error => output::say_error(error),
            }
            site.fail(shown(&error, &given, &caller.names()));
        }
    }
}

/// Builds in a thread of its own: mdBook panics on some HTML, which must not end the program.
fn build(book: &Book, work: &Path) -> Result<Built> {
    thread::scope(|scope| {
        let build = scope.spawn(|| book.build_to_serve(work, warnings::count));
        match build.join() {
            Ok(built) => built,
            Err(_) => Err(anyhow!("the build panicked; the terminal says where")),
        }
    })
}

/// A failure as the page shows it.
fn shown(error: &Error, warnings: &[String], names: &Names) -> String {
    let Error::Findings(findings) = error else {
        let error = visible::text(&format!("error: {error:#}"));
        return format!("{}{error}", lines(warnings));
    };
    let texts: Vec<String> = findings
        .iter()
        .take(MOST_SHOWN)
        .map(|finding| message::human(finding, names, false))
        .collect();
    let count = summary(findings.len());
    format!("{}{}{count}", lines(warnings), lines(&texts))
}

fn lines(texts: &[String]) -> String {
    texts.iter().flat_map(|text| [text, "\n"]).collect()
}
