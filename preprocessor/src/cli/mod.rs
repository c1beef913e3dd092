//! The command line: arguments to one command to an exit status. A command is a file here.

mod bless;
mod build;
mod check;
mod explain;
mod explore;
mod fix;
mod hidden;
mod lint;
mod new;
mod output;
mod report;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "sql")]
mod sql;
mod warnings;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use mdbook_preprocessor::Preprocessor as _;
use mdbook_proof::book::Target;
use mdbook_proof::book::preprocessor::Proof;
use mdbook_proof::figures::calculator;
use mdbook_proof::text::visible;
use mdbook_proof::{Error, Options, Redo};
use output::{Caller, Format};
use std::io;
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
    /// Behave as `cargo book` does: build if there is no command.
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

#[derive(Subcommand)]
enum Command {
    /// Verify the book and build it.
    Build {
        /// Open it in the browser.
        #[arg(long)]
        open: bool,
    },
    /// Show the book in a browser on this machine, and build and show it again on each change.
    #[cfg(feature = "serve")]
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
        /// Run each block this many times, and report blocks whose output changes.
        #[arg(long, default_value = "1", value_name = "TIMES")]
        repeat: u32,
        /// Take nothing from earlier builds: run and compute everything again, and compare it with what they kept too.
        #[arg(long)]
        fresh: bool,
        /// As --fresh, and compile each block alone.
        #[arg(long)]
        alone: bool,
        /// Also move the bound of each claim just past what was found, and report a claim that holds there as well: it can't fail.
        #[arg(long)]
        edges: bool,
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
    /// Check the tables of any Markdown files; needs no book and runs nothing.
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
    /// Count the evidence of each page's figures, and list the figures without any.
    Report,
    /// Say where over a wider range the claims of a page hold, and how its blocks follow what varies.
    Explore {
        /// A page, or a line of it with a claim or a block, as PAGE:LINE.
        place: PathBuf,
    },
    /// Say what a finding means, with a wrong and a right example; without a code, list all.
    Explain {
        /// The finding's code, shown in brackets: error[CODE].
        code: Option<String>,
    },
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
        /// End what a build started when the build ends.
        #[arg(long, value_name = "PROCESS")]
        guard: Option<String>,
        /// The program and its bounds, in JSON.
        spec: Option<String>,
    },
    /// Compute expressions, a request a line.
    #[command(hide = true)]
    Calculate,
    /// Run the SQL of a file, in JSON.
    #[cfg(feature = "sql")]
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
        /// The page that it follows in the table of contents; the last one if not given.
        #[arg(long, value_name = "PAGE", conflicts_with = "under")]
        after: Option<PathBuf>,
        /// The page that it becomes the last sub-page of.
        #[arg(long, value_name = "PAGE")]
        under: Option<PathBuf>,
    },
}

/// Runs the program, and returns its exit status.
pub(crate) fn run() -> ExitCode {
    output::watch_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // It quotes the arguments, which may be anything.
        Err(error) if error.use_stderr() => {
            output::say(&visible::text(&error.to_string()));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    let redo = match arguments.command {
        Some(Command::Check { alone: true, .. }) => Redo::EverythingAlone,
        Some(Command::Check { fresh: true, .. }) => Redo::Everything,
        _ => Redo::Nothing,
    };
    let caller = Caller {
        bless: if arguments.book {
            "cargo book bless"
        } else {
            "mdbook-proof bless"
        },
        format: arguments.format,
        dir: match arguments.command {
            // Their paths are those of the call.
            Some(Command::Lint { .. } | Command::Fix { .. }) => None,
            _ => Some(arguments.dir.clone()),
        },
        options: Options {
            program: std::env::current_exe().ok(),
            repeat: 1,
            progress: output::progress(),
            redo,
            edges: matches!(arguments.command, Some(Command::Check { edges: true, .. })),
            ..Options::default()
        },
    };
    let outcome = match arguments.command {
        None if !arguments.book => hidden::protocol(&caller),
        None => build::build(&arguments.dir, false, &caller),
        Some(Command::Build { open }) => build::build(&arguments.dir, open, &caller),
        #[cfg(feature = "serve")]
        Some(Command::Serve { port, open }) => serve::serve(&arguments.dir, port, open, &caller),
        Some(Command::Check {
            paths,
            repeat,
            verbose,
            ..
        }) => check::check(&arguments.dir, &paths, repeat, verbose, caller.clone()),
        Some(Command::Bless { paths, diff: true }) => {
            bless::propose(&arguments.dir, &paths, &caller)
        }
        Some(Command::Bless { paths, .. }) => bless::bless(&arguments.dir, &paths, &caller),
        Some(Command::Explain { code }) => explain::explain(code.as_deref(), &caller),
        Some(Command::Explore { place }) => explore::explore(&arguments.dir, &place, &caller),
        Some(Command::New { what }) => new::new(&arguments.dir, what, &caller),
        Some(Command::Lint { paths }) => lint::lint(&paths, &caller),
        Some(Command::Fix { paths }) => fix::fix(&arguments.dir, &paths, &caller),
        Some(Command::Report) => report::report(&arguments.dir, &caller),
        Some(Command::Supports { renderer }) => {
            return match Proof::default().supports_renderer(&renderer) {
                Ok(true) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            };
        }
        Some(Command::Shim { r#try: true, .. }) => hidden::try_bounds(),
        Some(Command::Shim {
            guard: Some(build), ..
        }) => hidden::guard(&build),
        Some(Command::Shim { spec, .. }) => hidden::shim(&spec.unwrap_or_default()),
        #[cfg(feature = "sql")]
        Some(Command::Sql { file }) => sql::run(&file),
        Some(Command::Calculate) => {
            calculator::serve(io::stdin().lock(), io::stdout().lock()).map(|()| true)
        }
    };
    // Clear the progress line, which an error message would follow.
    caller.options.progress.show("");
    if let Some(reason) = output::broken() {
        let error = anyhow::anyhow!("failed to write to standard output: {reason}");
        output::say_error(&Error::from(error));
        return ExitCode::from(2);
    }
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => match Error::from(error) {
            Error::Findings(findings) => {
                caller.print(&findings);
                ExitCode::from(1)
            }
            error => {
                output::say_error(&error);
                ExitCode::from(2)
            }
        },
    }
}

/// Reads `PATH` and `PATH:LINE`, each relative to where the program was called or to the book's root.
pub(crate) fn targets(root: &Path, paths: &[PathBuf]) -> Result<Vec<Target>> {
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
            let found: Vec<PathBuf> = [PathBuf::from(&path), root.join(&path)]
                .into_iter()
                .filter_map(|path| std::fs::canonicalize(path).ok())
                .collect();
            if found.is_empty() {
                bail!("there is no `{path}`");
            }
            let inside = found.iter().find_map(|path| path.strip_prefix(root).ok());
            let path = inside.with_context(|| format!("`{path}` lies outside the book"))?;
            Ok(Target {
                path: path.to_owned(),
                line,
            })
        })
        .collect()
}
