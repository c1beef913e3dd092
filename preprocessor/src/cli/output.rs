//! How commands print: findings in the format that was asked for, and changed files.
//!
//! All that people read passes [`print`] or [`say`], so that no text of an author's is obeyed by a terminal or by a workflow's log. A reader
//! that goes away, such as `head`, ends what is printed and not what is done: the exit status stays the command's own.

use clap::ValueEnum;
use mdbook_proof::book;
use mdbook_proof::book::lint::Fixed;
use mdbook_proof::text::finding::Finding;
use mdbook_proof::text::finding::summary;
use mdbook_proof::text::message::{self, Names};
use mdbook_proof::text::visible;
use mdbook_proof::work::settings::Progress;
use mdbook_proof::{Book, Error, Options};
use similar::TextDiff;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How many annotations are printed: GitHub shows ten of a step, and fifty of a job.
const MOST_ANNOTATIONS: usize = 50;

/// Why standard output can't be written.
static BROKEN: OnceLock<String> = OnceLock::new();

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
        let names = self.names();
        let human = |finding: &Finding| {
            say(&format!("{}\n", message::human(finding, &names, color)));
        };
        match self.format {
            Format::Human => findings.iter().for_each(human),
            Format::Github => {
                let (shown, rest) = findings.split_at(findings.len().min(MOST_ANNOTATIONS));
                for finding in shown {
                    write(&message::github(finding, &names));
                }
                if !rest.is_empty() {
                    write(&message::more_on_github(rest.len()));
                    rest.iter().for_each(human);
                }
            }
            Format::Json => {
                for finding in findings {
                    write(&message::json(finding, &names.bless));
                }
            }
        }
        if !findings.is_empty() && self.format != Format::Json {
            say(&format!("{}\n", summary(findings.len())));
        }
    }

    /// Prints what a person wants to know. With JSON, standard output is for programs alone.
    pub(crate) fn note(&self, text: &str) {
        let text = format!("{}\n", visible::text(text));
        match self.format {
            Format::Json => say(&text),
            Format::Human | Format::Github => print(&text),
        }
    }

    /// Prints how files were changed.
    pub(crate) fn print_changes(&self, written: &[Fixed]) {
        let names = self.names();
        for (path, before, after) in written {
            let diff = |path: &str| {
                let diff = TextDiff::from_lines(before.as_str(), after.as_str());
                diff.unified_diff().header(path, path).to_string()
            };
            match self.format {
                Format::Json => {
                    let path = path.to_string_lossy();
                    let object = serde_json::json!({ "path": path, "diff": diff(&path) });
                    write(&message::json_line(&object));
                }
                Format::Human | Format::Github => {
                    for line in diff(&visible::line(&names.path(path))).lines() {
                        print(&format!("{}\n", visible::text(line)));
                    }
                }
            }
        }
    }

    /// What messages name, seen from where the program was called.
    pub(crate) fn names(&self) -> Names {
        let bless = self.bless.to_owned();
        let open = |folder: &Path| Book::open(folder, Options::default()).ok();
        let Some((dir, book)) = self.dir.as_ref().and_then(|dir| Some((dir, open(dir)?))) else {
            return Names {
                bless,
                ..Names::default()
            };
        };
        let root = book.root().to_owned();
        let is_found_from_here = open(".".as_ref()).is_some_and(|book| book.root() == root);
        let bless = match is_found_from_here {
            true => bless,
            false => format!("{bless} --dir {}", word(&dir.to_string_lossy())),
        };
        let here = std::fs::canonicalize(".").unwrap_or_default();
        let from = match self.format {
            // A program knows which book it asked about.
            Format::Json => root.clone(),
            Format::Github => {
                let mut above = root.ancestors();
                let repository = above.find(|folder| folder.join(".git").exists());
                repository.map_or(here, Path::to_owned)
            }
            Format::Human => here,
        };
        let from = match root.starts_with(&from) || from.starts_with(&root) {
            true => from,
            // From elsewhere the whole path is the shorter way.
            false => PathBuf::new(),
        };
        Names { bless, root, from }
    }

    /// The folder of the book in its repository, from whose root `git apply` reads paths.
    fn folder(&self) -> PathBuf {
        self.dir.as_deref().map(book::folder).unwrap_or_default()
    }

    /// Prints a patch that `git apply` takes, alone or as a section of Markdown; nothing if nothing changes.
    pub(crate) fn print_patch(&self, written: Vec<Fixed>) {
        if self.format == Format::Json {
            self.print_changes(&written);
            return;
        }
        let folder = self.folder();
        let located: Vec<Fixed> = written
            .into_iter()
            .map(|(path, before, after)| (folder.join(path), before, after))
            .collect();
        let patch = message::patch(&located);
        if self.format == Format::Github {
            write(&message::proposal(&patch));
        } else if io::stdout().is_terminal() {
            // A terminal would obey control characters in it; a file or another program gets it unchanged.
            for line in patch.lines() {
                print(&format!("{}\n", visible::text(line)));
            }
        } else {
            write(&patch);
        }
    }
}

/// A word of a command as a shell reads it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-~+".contains(c);
    match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// Prints a text on standard output.
pub(crate) fn print(text: &str) {
    write(&visible::without_commands(text));
}

/// Prints a text that is for programs on standard output, as it is.
pub(crate) fn write(text: &str) {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        // The first reason is the one that counts.
        let _ = BROKEN.set(error.to_string());
    }
}

/// Why standard output couldn't be written, if that matters.
pub(crate) fn broken() -> Option<&'static str> {
    BROKEN.get().map(String::as_str)
}

/// Prints a text on standard error.
pub(crate) fn say(text: &str) {
    let text = visible::without_commands(text);
    // There is no other place to say that it failed.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Prints what keeps the program from working.
pub(crate) fn say_error(error: &Error) {
    say(&format!(
        "{}\n",
        visible::text(&format!("error: {error:#}"))
    ));
}

/// Has a panic's message printed as every other text of others: the hook of the standard library prints it as it is.
pub(crate) fn watch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("<unnamed>");
        let mut text = format!("thread '{name}' {panic}\n");
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            text.push_str(&trace.to_string());
        }
        say(&format!("\n{}", visible::text(&text)));
    }));
}

/// Shows the progress of a build at a terminal; writes nothing into a pipe.
pub(crate) fn progress() -> Progress {
    let warning: Option<fn(&str)> = Some(|text| say(&format!("{}\n", visible::line(text))));
    if !io::stderr().is_terminal() {
        return Progress {
            warning,
            ..Progress::default()
        };
    }
    Progress {
        warning,
        news: Some(|text| say(&format!("\r\x1b[K{}\n", visible::line(text)))),
        // Without a line end, so that the next text replaces it.
        status: Some(|text| say(&format!("\r\x1b[K{}", visible::line(text)))),
    }
}
