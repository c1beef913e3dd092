//! The command line.

use crate::{commands, serving, warnings};
use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand, ValueEnum};
use mdbook_preprocessor::Preprocessor;
use mdbook_proof::book::{self, Target};
use mdbook_proof::config::{Call, Progress};
use mdbook_proof::figures::calculator;
use mdbook_proof::finding::Finding;
use mdbook_proof::message;
use mdbook_proof::preprocessor::{self, Proof, summary};
use mdbook_proof::run::{sandbox, sql};
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs a book's examples and checks its figures and tables.
///
/// Without a command it reads a book from standard input, as mdBook calls a preprocessor.
///
/// Exit status: 0 all is well, 1 something is wrong with the book, 2 it could not run.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Call it as `cargo book` does: without a command it builds.
    #[arg(long, hide = true)]
    book: bool,
    /// The folder of the book, or one inside it.
    #[arg(long, global = true, default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// How findings are printed.
    #[arg(long, global = true, default_value = "human")]
    format: Format,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on standard error.
    Human,
    /// Workflow commands that GitHub shows beside the changed lines, on standard output.
    Github,
    /// One JSON object a line, on standard output.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Verify the book and build it.
    Build {
        /// Open it in the browser.
        #[arg(long)]
        open: bool,
    },
    /// Show the book in a browser on this machine, and build and show it again on each change.
    Serve {
        /// The port; 0 takes a free one.
        #[arg(long, short, default_value = "3000", value_name = "NUMBER")]
        port: u16,
        /// Open it in the browser.
        #[arg(long)]
        open: bool,
    },
    /// Verify the book, or some of its pages, without building it.
    Check {
        /// Pages, or folders of pages.
        paths: Vec<PathBuf>,
        /// Run each block so many times, and report those that don't give the same each time.
        #[arg(long, default_value = "1", value_name = "TIMES")]
        repeat: u32,
        /// Say which bounds this system puts on runs, and which blocks ran instead of being remembered.
        #[arg(long)]
        verbose: bool,
    },
    /// Write what the runs print and the expressions give into the pages.
    Bless {
        /// Pages, or single places as PAGE:LINE.
        paths: Vec<PathBuf>,
        /// Print a patch for `git apply` instead, and write nothing; with `--format github` as Markdown.
        #[arg(long)]
        diff: bool,
    },
    /// Check the tables of any Markdown files, with no book around them and nothing run.
    Lint {
        /// Files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Repair tables where nothing can be lost: the book's, or those of some Markdown files.
    Fix {
        /// Files, or folders of them.
        paths: Vec<PathBuf>,
    },
    /// Count what stands behind the figures of each page, and list those that stand alone.
    Report,
    /// Write a page from a template, and list it in SUMMARY.md.
    New {
        #[command(subcommand)]
        what: New,
    },
    /// Tell mdBook whether a renderer is supported.
    #[command(hide = true)]
    Supports {
        /// The renderer's name.
        renderer: String,
    },
    /// Become another program, bounded.
    #[command(hide = true)]
    Shim {
        /// Try which bounds hold, and print them.
        #[arg(long)]
        r#try: bool,
        /// The program and its bounds, in JSON.
        spec: Option<String>,
    },
    /// Compute expressions, a request a line.
    #[command(hide = true)]
    Calculate,
    /// Run the SQL of a file, in JSON.
    #[command(hide = true)]
    Sql {
        /// The file.
        file: PathBuf,
    },
}

/// What `new` writes.
#[derive(Subcommand)]
pub(crate) enum New {
    /// A page.
    Chapter {
        /// Its title.
        #[arg(required = true)]
        title: Vec<String>,
        /// The page that it follows in the table of contents; the last one if none is named.
        #[arg(long, value_name = "PAGE", conflicts_with = "under")]
        after: Option<PathBuf>,
        /// The page whose last part it becomes.
        #[arg(long, value_name = "PAGE")]
        under: Option<PathBuf>,
    },
}

/// Runs the program and tells how it ended.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let caller = Caller {
        bless: if arguments.book {
            "cargo book bless"
        } else {
            "mdbook-proof bless"
        },
        format: arguments.format,
        call: Call {
            program: std::env::current_exe().ok(),
            repeat: 1,
            progress: Progress(
                io::stderr()
                    .is_terminal()
                    .then_some(|news| eprintln!("{news}")),
            ),
        },
    };
    let outcome = match arguments.command {
        None if !arguments.book => protocol(&caller),
        None => build(&arguments.dir, false, &caller),
        Some(Command::Build { open }) => build(&arguments.dir, open, &caller),
        Some(Command::Serve { port, open }) => serving::serve(&arguments.dir, port, open, &caller),
        Some(Command::Check {
            paths,
            repeat,
            verbose,
        }) => check(&arguments.dir, &paths, repeat, verbose, caller.clone()),
        Some(Command::Bless { paths, diff: true }) => propose(&arguments.dir, &paths, &caller),
        Some(Command::Bless { paths, .. }) => bless(&arguments.dir, &paths, &caller),
        Some(Command::New { what }) => commands::new(&arguments.dir, what),
        Some(Command::Lint { paths }) => commands::lint(&paths, &caller),
        Some(Command::Fix { paths }) => commands::fix(&arguments.dir, &paths, &caller),
        Some(Command::Report) => commands::report(&arguments.dir, &caller),
        Some(Command::Supports { renderer }) => {
            return match Proof::default().supports_renderer(&renderer) {
                Ok(true) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            };
        }
        Some(Command::Shim { r#try: true, .. }) => try_bounds(),
        Some(Command::Shim { spec, .. }) => shim(&spec.unwrap_or_default()),
        Some(Command::Sql { file }) => run_sql(&file),
        Some(Command::Calculate) => {
            calculator::serve(io::stdin().lock(), io::stdout().lock()).map(|()| true)
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            if let Some(findings) = book::findings(&error) {
                caller.print(findings);
                return ExitCode::from(1);
            }
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// How the program was called.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The command that messages name.
    pub(crate) bless: &'static str,
    /// How findings and reports are printed.
    pub(crate) format: Format,
    pub(crate) call: Call,
}

impl Caller {
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

fn shim(spec: &str) -> Result<bool> {
    let spec = serde_json::from_str(spec).context("a shim is started by this program only")?;
    Err(sandbox::enter(&spec))
}

fn try_bounds() -> Result<bool> {
    println!("{}", serde_json::to_string(&sandbox::try_all())?);
    Ok(true)
}

fn run_sql(file: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(file)?;
    match sql::run(&serde_json::from_str::<Vec<sql::SqlBlock>>(&text)?)? {
        Ok(printed) => {
            print!("{printed}");
            Ok(true)
        }
        Err(error) => {
            eprintln!("{}", serde_json::to_string(&error)?);
            Ok(false)
        }
    }
}

fn protocol(caller: &Caller) -> Result<bool> {
    if io::stdin().is_terminal() {
        bail!("mdBook calls this program without a command; try `mdbook-proof --help`");
    }
    let (context, book) = preprocessor::parse_input(io::stdin())?;
    let proof = Proof {
        call: caller.call.clone(),
    };
    let book = proof.run(&context, book)?;
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &book).context("failed to answer mdBook")?;
    out.flush().context("failed to answer mdBook")?;
    Ok(true)
}

fn build(dir: &Path, open: bool, caller: &Caller) -> Result<bool> {
    let root = book::find(dir)?;
    warnings::watch();
    let place = book::build(&root, &caller.call, warnings::count)?;
    let page = place.join("index.html");
    println!("the book is verified and built: {}", page.display());
    if open {
        opener::open(&page).with_context(|| format!("failed to open `{}`", page.display()))?;
    }
    Ok(true)
}

fn check(
    dir: &Path,
    paths: &[PathBuf],
    repeat: u32,
    verbose: bool,
    mut caller: Caller,
) -> Result<bool> {
    let root = book::find(dir)?;
    warnings::watch();
    caller.call.repeat = repeat;
    if verbose {
        for (name, holds) in book::bounds(&root, &caller.call)?.bounds {
            eprintln!("bound: {name}: {}", if holds { "holds" } else { "missing" });
        }
    }
    let pages = book::check(&root, &targets(&root, paths)?, &caller.call)?;
    if verbose {
        for page in &pages {
            for line in &page.ran {
                eprintln!("ran: {}:{line}", page.source.path().display());
            }
        }
    }
    let runs: usize = pages.iter().map(|page| page.evidence.runs).sum();
    let figures: usize = pages.iter().map(|page| page.evidence.figures).sum();
    let count = pages.len();
    let findings: Vec<Finding> = pages.into_iter().flat_map(|page| page.findings).collect();
    caller.print(&findings);
    if findings.is_empty() && warnings::count() == 0 {
        println!("{count} pages, {runs} runs verified, {figures} figures computed: all is right");
        return Ok(true);
    }
    Ok(false)
}

fn bless(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    if std::env::var_os("CI").is_some_and(|value| value == OsStr::new("true")) {
        bail!("`bless` is refused where CI=true: what it writes has to be read and committed");
    }
    let root = book::find(dir)?;
    let blessed = book::bless(&root, &targets(&root, paths)?, &caller.call)?;
    commands::print_changes(&blessed.written);
    if blessed.written.is_empty() {
        println!("nothing to bless");
    }
    caller.print(&blessed.findings);
    Ok(blessed.findings.is_empty())
}

/// Prints what [`bless`] would write. Whoever reads the patch decides, so that it may be printed anywhere.
fn propose(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let root = book::find(dir)?;
    let blessed = book::proposal(&root, &targets(&root, paths)?, &caller.call)?;
    commands::print_patch(&blessed.written, caller.format == Format::Github);
    // Standard output is the patch's alone.
    Caller {
        format: Format::Human,
        ..caller.clone()
    }
    .print(&blessed.findings);
    Ok(blessed.written.is_empty() && blessed.findings.is_empty())
}

/// Reads `PATH` and `PATH:LINE`, each relative to where the program was called or to the book's root.
fn targets(root: &Path, paths: &[PathBuf]) -> Result<Vec<Target>> {
    paths
        .iter()
        .map(|path| {
            let text = path.to_string_lossy();
            let (path, line) = match text.rsplit_once(':') {
                Some((path, line)) if !path.is_empty() => match line.parse() {
                    Ok(line) => (path.to_owned(), Some(line)),
                    Err(_) => (text.clone().into_owned(), None),
                },
                _ => (text.clone().into_owned(), None),
            };
            let found = [PathBuf::from(&path), root.join(&path)]
                .into_iter()
                .find_map(|path| std::fs::canonicalize(path).ok())
                .with_context(|| format!("there is no `{path}`"))?;
            let path = found
                .strip_prefix(root)
                .map_err(|_| anyhow::anyhow!("`{path}` lies outside the book"))?;
            Ok(Target {
                path: path.to_owned(),
                line,
            })
        })
        .collect()
}
