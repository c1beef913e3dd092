//! Compiling programs: those that may share a crate together, one `rustc` per processor, and the others alone.
//!
//! The compiler is bounded like the blocks: what it includes and which variables it reads is a stranger's choice.
//!
//! What the compiler says against a program is believed only where the program was alone: a shared crate fails for all that
//! are in it, and the one that is named need not be the one that is wrong. So the named ones leave it and are compiled alone. If none
//! is named, or the compiler doesn't end, the crate is divided until the cause is alone.

use crate::run::execute::side_by_side;
use crate::run::job::Diagnostic;
use crate::run::language::interface::{Prepared, Started};
use crate::run::language::rust::form::Form;
use crate::run::language::rust::library::{Library, dep_info, remapped};
use crate::run::language::rust::message::{Files, Message};
use crate::run::language::rust::program::{ENTRY, Program};
use crate::work::host::workers;
use crate::work::process::{End, Host, Task};
use crate::work::sandbox::Bounds;
use crate::work::toolchain::{Toolchain, in_path};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of the crate of a program that is alone: what it prints of its types and modules is the same everywhere.
const CRATE: &str = "block";

/// How long the compiler may take for one block alone.
const ALONE: Duration = Duration::from_secs(30);

/// How long it may take for many: so much, and so much for each. If that isn't enough, they are divided.
const TOGETHER: (Duration, Duration) = (Duration::from_secs(15), Duration::from_millis(200));

/// The address space of the compiler and its linker, in bytes.
const MEMORY: u64 = 8 << 30;

/// The largest file that the compiler may write, in bytes.
const FILE_SIZE: u64 = 1 << 30;

/// How much the compiler may print, in bytes.
const OUTPUT: u64 = 32 << 20;

/// The number of programs from which a second compiler pays off: starting one takes as long as they do.
const GROUP: usize = 20;

/// Programs by key.
pub type Programs<'programs> = BTreeMap<&'programs str, &'programs Program>;

/// What programs are compiled with.
#[derive(Debug)]
pub struct Compiler<'run> {
    /// The compiler.
    pub toolchain: &'run Toolchain,
    /// The library that they use.
    pub library: &'run Library,
    /// Their edition.
    pub edition: &'run str,
    /// What bounds the compiler.
    pub host: &'run Host,
    /// Where the compiled programs go.
    pub folder: &'run Path,
    /// What the programs are run for.
    pub form: Form,
}

/// The module that a program is in, by its key: made from content, never from its place.
pub fn module(key: &str) -> String {
    format!("block_{key}")
}

/// What one run of the compiler gave.
struct Outcome {
    success: bool,
    file: PathBuf,
    diagnostics: BTreeMap<String, Vec<Diagnostic>>,
    /// What it said about no block.
    rest: String,
    end: End,
}

impl Outcome {
    fn failed(&self) -> BTreeSet<&str> {
        let failed = self.diagnostics.iter();
        let failed = failed.filter(|(_, list)| list.iter().any(|d| d.is_error));
        failed.map(|(key, _)| key.as_str()).collect()
    }
}

/// Programs of a shared crate that failed.
#[derive(Default)]
struct Divided<'programs> {
    /// Those that have to be compiled alone.
    alone: Programs<'programs>,
    /// The others, as the crates that are tried next.
    crates: Vec<Programs<'programs>>,
}

impl Compiler<'_> {
    /// Compiles all programs, each under its key: those that `may_share` together.
    ///
    /// # Errors
    /// When the compiler can't be run.
    pub fn compile(
        &self,
        programs: &BTreeMap<String, Program>,
        may_share: impl Fn(&Program) -> bool,
    ) -> Result<BTreeMap<String, Prepared>> {
        let (together, mut alone): (Programs<'_>, Programs<'_>) = programs
            .iter()
            .map(|(key, program)| (key.as_str(), program))
            .partition(|(_, program)| may_share(program));
        let mut compiled = BTreeMap::new();
        let mut crates = divide(together, |count| (count / GROUP).clamp(1, workers()));
        let mut number = 0;
        while !crates.is_empty() {
            let numbered: Vec<_> = (number..).zip(crates).collect();
            number += numbered.len();
            crates = Vec::new();
            for (prepared, rest) in side_by_side(numbered, |(number, programs)| {
                self.together(number, programs)
            })? {
                compiled.extend(prepared);
                alone.extend(rest.alone);
                crates.extend(rest.crates);
            }
        }
        let alone: Vec<_> = (number..).zip(alone).collect();
        compiled.extend(side_by_side(alone, |(number, (key, program))| {
            Ok((key.to_owned(), self.alone(number, key, program)?))
        })?);
        Ok(compiled)
    }

    /// Compiles as many programs as compile as one crate: its file, and what the compiler said about each of the others.
    ///
    /// # Errors
    /// When the compiler can't be run, or fails without naming a program.
    pub fn one(
        &self,
        mut programs: Programs<'_>,
    ) -> Result<(Option<PathBuf>, BTreeMap<String, String>)> {
        let mut left_out = BTreeMap::new();
        while !programs.is_empty() {
            let outcome = self.merged(0, &programs)?;
            if outcome.success {
                return Ok((Some(outcome.file), left_out));
            }
            self.has_space()?;
            let errors = outcome.diagnostics.iter().filter_map(|(key, list)| {
                let error = list.iter().find(|diagnostic| diagnostic.is_error)?;
                Some((key.clone(), error.message.clone()))
            });
            let failed: BTreeMap<String, String> = errors.collect();
            if failed.is_empty() {
                // It isn't the fault of a block.
                match &outcome.end {
                    End::Deadline(seconds) => bail!("the compiler ran for over {seconds} s"),
                    End::Abnormal(how) => bail!("the compiler {how}"),
                    _ => bail!("the compiler failed\n\n{}", outcome.rest.trim()),
                }
            }
            programs.retain(|key, _| !failed.contains_key(*key));
            left_out.extend(failed);
        }
        Ok((None, left_out))
    }

    /// Compiles programs as one crate; where that fails, what to try instead.
    fn together<'programs>(
        &self,
        number: usize,
        mut programs: Programs<'programs>,
    ) -> Result<(BTreeMap<String, Prepared>, Divided<'programs>)> {
        if programs.is_empty() {
            return Ok(Default::default());
        }
        let mut outcome = self.merged(number, &programs)?;
        if outcome.success {
            let prepared = programs.into_keys().map(|key| {
                let prepared = Prepared {
                    diagnostics: outcome.diagnostics.remove(key).unwrap_or_default(),
                    started: Some(Started {
                        program: outcome.file.clone(),
                        arguments: vec![module(key)],
                    }),
                };
                (key.to_owned(), prepared)
            });
            return Ok((prepared.collect(), Divided::default()));
        }
        let failed = outcome.failed();
        let mut alone = programs.clone();
        alone.retain(|key, _| failed.contains(key) || programs.len() == 1);
        programs.retain(|key, _| !alone.contains_key(key));
        // As many crates as there are programs in each find the cause soonest.
        let crates = match alone.is_empty() {
            true => divide(programs, |count| count.isqrt().max(2)),
            false => vec![programs],
        };
        Ok((BTreeMap::new(), Divided { alone, crates }))
    }

    /// One crate that holds every program as a module.
    fn merged(&self, number: usize, programs: &Programs<'_>) -> Result<Outcome> {
        let mut root = String::new();
        let mut arms = String::new();
        let mut files = BTreeMap::new();
        for (key, program) in programs {
            let name = module(key);
            let file = PathBuf::from(&name).with_extension("rs");
            let (text, origins) = program.file();
            write(&self.folder.join(&file), &text)?;
            let _ = writeln!(root, "mod {name};");
            arms.push_str(&self.form.arm(&name));
            files.insert(file, ((*key).to_owned(), origins, *program));
        }
        root.push_str(&self.form.root(&arms));
        let main = self.form.file(number);
        write(&self.folder.join(&main), &root)?;
        let each = u32::try_from(programs.len()).unwrap_or(u32::MAX);
        let deadline = TOGETHER.0 + TOGETHER.1.saturating_mul(each);
        self.rustc("blocks", &main, &files, deadline)
    }

    /// A crate for one program.
    fn alone(&self, number: usize, key: &str, program: &Program) -> Result<Prepared> {
        if self.form != Form::AsWritten {
            let mut outcome = self.merged(number, &Programs::from([(key, program)]))?;
            return self.judged(key, &mut outcome, vec![module(key)]);
        }
        let (text, origins) = program.file();
        // The crate calls `main` itself, so that the entry would only be reported as unused.
        let text = text.lines().filter(|line| !line.contains(ENTRY));
        let text: String = text.flat_map(|line| [line, "\n"]).collect();
        let file = PathBuf::from(module(key)).with_extension("rs");
        write(&self.folder.join(&file), &text)?;
        let files = BTreeMap::from([(file.clone(), (key.to_owned(), origins, program))]);
        let mut outcome = self.rustc(CRATE, &file, &files, ALONE)?;
        self.judged(key, &mut outcome, Vec::new())
    }

    /// What the compiler says about a program that was compiled alone.
    fn judged(&self, key: &str, outcome: &mut Outcome, arguments: Vec<String>) -> Result<Prepared> {
        let mut diagnostics = outcome.diagnostics.remove(key).unwrap_or_default();
        if !outcome.success && !diagnostics.iter().any(|d| d.is_error) {
            self.has_space()?;
            let rest = outcome.rest.trim();
            diagnostics.push(Diagnostic {
                is_error: true,
                message: match &outcome.end {
                    End::Deadline(seconds) => {
                        format!("the compiler ran for over {seconds} s")
                    }
                    End::Abnormal(how) => format!("the compiler {how}"),
                    _ => "the block doesn't compile".to_owned(),
                },
                label: None,
                notes: rest.lines().map(str::to_owned).collect(),
                place: None,
            });
        }
        Ok(Prepared {
            diagnostics,
            started: outcome.success.then(|| Started {
                program: outcome.file.clone(),
                arguments,
            }),
        })
    }

    /// Whether the disk is full, which linkers don't say: some are ended by a signal.
    fn has_space(&self) -> Result<()> {
        let failed = || format!("failed to write into `{}`", self.folder.display());
        let mut file = tempfile::tempfile_in(self.folder).with_context(failed)?;
        // They remove what they wrote, which is as large as a program.
        file.write_all(&vec![0; 16 << 20]).with_context(failed)
    }

    /// Compiles a file of the folder. Its name is relative, so that no path of this machine gets into the program, and none with
    /// a `,` into the arguments.
    fn rustc(
        &self,
        name: &str,
        main: &Path,
        files: &Files<'_>,
        deadline: Duration,
    ) -> Result<Outcome> {
        let file = main.with_extension(self.form.ending());
        let read = main.with_extension("d");
        let mut arguments = vec![
            "--crate-type=bin".to_owned(),
            format!("--crate-name={name}"),
            // Crates of one name are compiled at the same time, in the same folder.
            format!("-Cextra-filename=-{}", main.with_extension("").display()),
            "--error-format=json".to_owned(),
            "-Cdebuginfo=0".to_owned(),
            format!("--edition={}", self.edition),
            format!("--emit=link={},dep-info={}", file.display(), read.display()),
            main.display().to_string(),
        ];
        arguments.extend(self.form.arguments());
        if self.form == Form::Live {
            arguments.extend(remapped(self.folder, &self.toolchain.sysroot));
        }
        if self.form != Form::Live
            && let Some(linker) = linker()
        {
            arguments.push(format!("-Clinker={}", linker.display()));
        }
        for folder in &self.library.search {
            arguments.push("-L".to_owned());
            arguments.push(format!("dependency={}", folder.display()));
        }
        for (name, path) in &self.library.externs {
            arguments.push("--extern".to_owned());
            arguments.push(format!("{name}={}", path.display()));
        }
        let mut bounds = Bounds {
            read: vec![self.toolchain.sysroot.clone(), self.toolchain.rustc.clone()],
            write: vec![self.folder.to_owned()],
            memory: MEMORY,
            cpu: deadline.as_secs().saturating_mul(8),
            file_size: FILE_SIZE,
            processes: true,
        };
        bounds.read.extend(self.library.search.iter().cloned());
        let task = Task {
            program: &self.toolchain.rustc,
            arguments,
            environment: environment(),
            folder: self.folder,
            bounds,
            deadline,
            output: OUTPUT,
        };
        let run = self
            .host
            .run(&task, &|| {})
            .with_context(|| format!("failed to run `{}`", self.toolchain.rustc.display()))?;
        let mut outcome = Outcome {
            success: run.end == End::Success,
            file: self.folder.join(file),
            diagnostics: BTreeMap::new(),
            rest: String::new(),
            end: run.end,
        };
        let mut elsewhere = None;
        for line in String::from_utf8_lossy(&run.stderr).lines() {
            let Ok(message) = serde_json::from_str::<Message>(line) else {
                outcome.rest.push_str(line);
                outcome.rest.push('\n');
                continue;
            };
            match message.locate(files) {
                Some((key, mut diagnostic)) => {
                    // After an error inside the standard library, a note says which line of the block led there.
                    if message.level == "note"
                        && let Some(error) = elsewhere.take()
                    {
                        let note = std::mem::replace(&mut diagnostic.message, error);
                        diagnostic.notes.insert(0, note);
                        diagnostic.is_error = true;
                    }
                    outcome.diagnostics.entry(key).or_default().push(diagnostic);
                }
                None if message.is_summary() => {}
                None => {
                    outcome.rest.push_str(&message.rendered);
                    elsewhere = Some(message.text);
                }
            }
        }
        if outcome.success {
            make_executable(&outcome.file)?;
            self.foreign_files(main, &read, files, &mut outcome);
        }
        Ok(outcome)
    }

    /// Refuses a crate for which the compiler read other files than its own, such as some that a block includes. The sandbox
    /// refuses those outside; not every system has it.
    fn foreign_files(&self, main: &Path, read: &Path, files: &Files<'_>, outcome: &mut Outcome) {
        let text = std::fs::read_to_string(self.folder.join(read)).unwrap_or_default();
        let is_own = |name: &String| Path::new(name) == main || files.contains_key(Path::new(name));
        for name in dep_info(&text).iter().filter(|name| !is_own(name)) {
            outcome.success = false;
            for (key, _, program) in files.values() {
                let list = outcome.diagnostics.entry(key.clone()).or_default();
                list.push(Diagnostic {
                    is_error: true,
                    message: format!("the block reads `{name}`, which is not its own"),
                    label: None,
                    notes: Vec::new(),
                    place: program.first_include(),
                });
            }
        }
    }
}

/// Marks a program as executable, which some linkers do after they wrote it, and inside the bounds can't.
fn make_executable(file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
            .with_context(|| format!("failed to make `{}` executable", file.display()))?;
    }
    let _ = file;
    Ok(())
}

/// Divides programs evenly into as many crates as `crates` says for their number.
fn divide(programs: Programs<'_>, crates: impl Fn(usize) -> usize) -> Vec<Programs<'_>> {
    let count = crates(programs.len()).max(1);
    let mut divided = vec![Programs::new(); count];
    for (number, (key, program)) in programs.into_iter().enumerate() {
        divided[number % count].insert(key, program);
    }
    divided
}

/// The compiler's variables besides those that every process gets. A block can ask for them as it is compiled, so they are the same on
/// every machine; but Windows finds the linker's libraries by the path alone.
fn environment() -> Vec<(&'static str, String)> {
    let mut variables = vec![("TMPDIR", ".".to_owned())];
    if cfg!(windows) {
        variables.push(("PATH", std::env::var("PATH").unwrap_or_default()));
    }
    variables
}

/// The linker, where it isn't one that every system has in its place: the compiler gets no path of the caller's to find it.
fn linker() -> Option<PathBuf> {
    let usual = ["/usr/bin/cc", "/bin/cc"]
        .iter()
        .any(|cc| Path::new(cc).is_file());
    (cfg!(unix) && !usual).then(|| in_path(Path::new("cc")))
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
}
