//! How commands print: findings in the format that was asked for, and changed files.

use clap::ValueEnum;
use mdbook_proof::book;
use mdbook_proof::book::lint::Fixed;
use mdbook_proof::text::finding::Finding;
use mdbook_proof::text::finding::summary;
use mdbook_proof::text::message;
use mdbook_proof::text::source::Source;
use mdbook_proof::work::settings::Progress;
use mdbook_proof::{Book, Error, Options};
use similar::TextDiff;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    /// The folder that the book is in or around, if paths of findings start from the book's.
    pub(crate) dir: Option<PathBuf>,
}

impl Caller {
    /// The book that a folder lies in.
    pub(crate) fn book(&self, folder: &Path) -> Result<Book, Error> {
        Book::open(folder, self.options.clone())
    }

    /// Prints findings, and their number.
    pub(crate) fn print(&self, findings: &[Finding]) {
        let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let folder = match self.format {
            Format::Github => self.folder(),
            Format::Human | Format::Json => PathBuf::new(),
        };
        for finding in findings {
            match self.format {
                Format::Human => eprintln!("{}", message::human(finding, self.bless, color)),
                Format::Github => {
                    print!(
                        "{}",
                        message::github(&located(finding, &folder), self.bless)
                    );
                }
                Format::Json => print!("{}", message::json(finding, self.bless)),
            }
        }
        if !findings.is_empty() && self.format != Format::Json {
            eprintln!("{}", summary(findings.len()));
        }
    }

    /// The folder of the book in its repository, from whose root GitHub and `git apply` read paths.
    fn folder(&self) -> PathBuf {
        self.dir.as_deref().map(book::folder).unwrap_or_default()
    }

    /// Prints a patch that `git apply` takes, alone or as a section of Markdown; nothing if nothing changes.
    pub(crate) fn print_patch(&self, written: Vec<Fixed>) {
        let folder = self.folder();
        let located: Vec<Fixed> = written
            .into_iter()
            .map(|(path, before, after)| (folder.join(path), before, after))
            .collect();
        let patch = message::patch(&located);
        if self.format == Format::Github {
            print!("{}", message::proposal(&patch));
        } else if io::stdout().is_terminal() {
            // A terminal would obey control characters in it; a file or another program gets it unchanged.
            for line in patch.lines() {
                println!("{}", message::printable(line));
            }
        } else {
            print!("{patch}");
        }
    }
}

/// The finding with its path from the repository's root, in which the book has this folder.
fn located(finding: &Finding, folder: &Path) -> Finding {
    let source = &finding.source;
    let mut finding = finding.clone();
    finding.source = Arc::new(Source::new(folder.join(source.path()), source.text()));
    finding
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

/// Shows the progress of a build at a terminal; writes nothing into a pipe.
pub(crate) fn progress() -> Progress {
    let warning: Option<fn(&str)> = Some(|text| eprintln!("{text}"));
    if !io::stderr().is_terminal() {
        return Progress {
            warning,
            ..Progress::default()
        };
    }
    Progress {
        warning,
        news: Some(|text| eprintln!("\r\x1b[K{text}")),
        // Without a line end, so that the next text replaces it.
        status: Some(|text| eprint!("\r\x1b[K{text}")),
    }
}
