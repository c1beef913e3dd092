//! How commands print: findings in the format that was asked for, and changed files.

use clap::ValueEnum;
use mdbook_proof::book::lint::Fixed;
use mdbook_proof::text::finding::Finding;
use mdbook_proof::text::finding::summary;
use mdbook_proof::text::message;
use mdbook_proof::work::settings::Progress;
use mdbook_proof::{Book, Error, Options};
use similar::TextDiff;
use std::io::{self, IsTerminal as _};
use std::path::Path;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on standard error.
    Human,
    /// Workflow commands that GitHub shows beside the changed lines, on standard output.
    Github,
    /// One JSON object a line, on standard output.
    Json,
}

/// How the program was called.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The command that messages name.
    pub(crate) bless: &'static str,
    /// How findings and reports are printed.
    pub(crate) format: Format,
    pub(crate) options: Options,
}

impl Caller {
    /// The book that a folder lies in.
    pub(crate) fn book(&self, folder: &Path) -> Result<Book, Error> {
        Book::open(folder, self.options.clone())
    }

    /// Prints findings, and how many they are.
    pub(crate) fn print(&self, findings: &[Finding]) {
        let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        for finding in findings {
            match self.format {
                Format::Human => eprintln!("{}", message::human(finding, self.bless, color)),
                Format::Github => print!("{}", message::github(finding, self.bless)),
                Format::Json => print!("{}", message::json(finding, self.bless)),
            }
        }
        if !findings.is_empty() && self.format != Format::Json {
            eprintln!("{}", summary(findings.len()));
        }
    }
}

/// Prints a patch that `git apply` takes, alone or as a section of Markdown; nothing where nothing changes.
pub(crate) fn print_patch(written: &[Fixed], as_markdown: bool) {
    let patch = message::patch(written);
    match as_markdown {
        true => print!("{}", message::proposal(&patch)),
        // A terminal would obey what it holds; a file or another program needs it as it is.
        false if io::stdout().is_terminal() => {
            for line in patch.lines() {
                println!("{}", message::printable(line));
            }
        }
        false => print!("{patch}"),
    }
}

/// Prints how files were changed.
pub(crate) fn print_changes(written: &[Fixed]) {
    for (path, before, after) in written {
        let path = path.display().to_string();
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let diff = diff.unified_diff().header(&path, &path).to_string();
        for line in diff.lines() {
            println!("{}", message::printable(line));
        }
    }
}

/// Tells a person at a terminal how far a build is. A pipe gets nothing of it.
pub(crate) fn progress() -> Progress {
    if !io::stderr().is_terminal() {
        return Progress::default();
    }
    Progress {
        news: Some(|text| eprintln!("\r\x1b[K{text}")),
        // Without a line end, so that the next text takes its place.
        status: Some(|text| eprint!("\r\x1b[K{text}")),
    }
}
