//! How fast the structure of tables is linted, against the time that parsing the same Markdown takes.
//!
//! `cargo bench -p mdbook-proof --bench lint -- FOLDER…` measures the Markdown files of some folders, without an argument
//! those of this repository, and always a made text that is nothing but tables.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it fails"
)]

use mdbook_markdown::MarkdownOptions;
use mdbook_proof::book::lint::{self, Linter};
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::Options;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = match folders.is_empty() {
        true => vec![
            root.join("src"),
            root.join("preprocessor"),
            root.join("README.md"),
        ],
        false => folders,
    };
    let files: Vec<Arc<Source>> = folders
        .iter()
        .flat_map(|folder| lint::sources(folder).unwrap())
        .filter_map(|source| source.unwrap().ok())
        .collect();
    let with_tables: Vec<Arc<Source>> = files
        .iter()
        .filter(|source| source.text().contains("\n|"))
        .cloned()
        .collect();
    measure("all files", &files);
    measure("those with tables", &with_tables);
    measure("nothing but tables", &[tables()]);
}

fn tables() -> Arc<Source> {
    let mut text = String::new();
    for table in 0..2_000 {
        text.push_str("\n| name | size | `hits` |\n| :--- | ---: | --- |\n");
        for row in 0..20 {
            let _ = writeln!(
                text,
                "| row {row} of **{table}** | {row},000 | `a\\|b` {row} |"
            );
        }
    }
    Arc::new(Source::new("tables.md", text))
}

/// The best of a few rounds, which other work on the machine disturbs least.
fn best(mut work: impl FnMut()) -> Duration {
    (0..15)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn measure(what: &str, files: &[Arc<Source>]) {
    let linter = Linter::new(Path::new(env!("CARGO_MANIFEST_DIR")), &Options::default()).unwrap();
    let options = MarkdownOptions::default();
    let bytes: usize = files.iter().map(|source| source.text().len()).sum();
    let parsing = best(|| {
        for source in files {
            let events =
                mdbook_markdown::new_cmark_parser(source.text(), &options).into_offset_iter();
            black_box(events.count());
        }
    });
    let linting = best(|| {
        for source in files {
            black_box(linter.structure(source));
        }
    });
    // Bytes a microsecond are megabytes a second.
    let speed = |time: Duration| {
        let micros = u32::try_from(time.as_micros())
            .map_or(f64::MAX, f64::from)
            .max(1.0);
        u32::try_from(bytes).map_or(f64::MAX, f64::from) / micros
    };
    println!(
        "{what}: {} files, {bytes} bytes; parsing {:.0} MB/s, linting with parsing {:.0} MB/s: {:.2} of its speed",
        files.len(),
        speed(parsing),
        speed(linting),
        speed(linting) / speed(parsing)
    );
}
