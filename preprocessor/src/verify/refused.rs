//! Runs that failed because of their bounds, or that never started: what they say holds on one machine only, so it is no
//! output of the block's.

use crate::read::Block;
use crate::run::language::interface::Language;
use crate::work::process::{End, Run};

/// What a run was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Its start: the program that runs it is not there, or lacks what it reads.
    Start,
    /// A file, a process, a socket or another call of the system.
    Access,
    /// A process.
    Process,
    /// The network.
    Network,
    /// Memory.
    Memory,
    /// A larger or another file than it may have.
    File,
    /// Processor time, or the rest of its life.
    Time,
}

/// What systems, shells and languages say, in lower case.
const WORDS: [(&str, Refused); 24] = [
    ("permission denied", Refused::Access),
    ("permissiondenied", Refused::Access),
    ("operation not permitted", Refused::Access),
    ("eacces", Refused::Access),
    ("eperm", Refused::Access),
    ("read-only file system", Refused::Access),
    ("erofs", Refused::Access),
    ("function not implemented", Refused::Access),
    ("enosys", Refused::Access),
    ("cannot fork", Refused::Process),
    ("can't fork", Refused::Process),
    ("resource temporarily unavailable", Refused::Process),
    ("temporary failure in name resolution", Refused::Network),
    ("could not resolve host", Refused::Network),
    ("eai_again", Refused::Network),
    ("memory allocation of", Refused::Memory),
    ("cannot allocate memory", Refused::Memory),
    ("enomem", Refused::Memory),
    ("memoryerror", Refused::Memory),
    ("heap out of memory", Refused::Memory),
    ("out of memory", Refused::Memory),
    ("file too large", Refused::File),
    ("too many open files", Refused::File),
    ("emfile", Refused::File),
];

/// What a Rust block names, in lower case, that asks the system for something.
const CALLS: [&str; 6] = ["fs", "file", "net", "process", "command", "thread"];

/// What says that a program could not start, whatever its exit status is.
const NOT_STARTED: [&str; 3] = [
    "error while loading shared libraries",
    "fatal python error: init",
    "no module named 'encodings'",
];

/// What says so with the exit statuses that shells give such programs.
const NOT_FOUND: [&str; 5] = [
    "not found",
    "no such file",
    "cannot execute",
    "permission denied",
    "bad interpreter",
];

/// What a run that failed was refused; nothing if it failed for the block's own reason.
pub(super) fn find(block: &Block, language: &dyn Language, run: &Run) -> Option<Refused> {
    if let End::Abnormal(how) = &run.end {
        let is_ours = |words: &&str| how.contains(*words);
        if ["processor time", "was killed", "signal 31"]
            .iter()
            .any(is_ours)
        {
            return Some(Refused::Time);
        }
        if how.contains("too large a file") {
            return Some(Refused::File);
        }
    }
    let stderr = String::from_utf8_lossy(&run.stderr).to_lowercase();
    if is_start(block, language, run, &stderr) {
        return Some(Refused::Start);
    }
    let text = String::from_utf8_lossy(&run.stdout).to_lowercase() + "\n" + &stderr;
    let code = code(block);
    let is_said_by_system = |words: &str| {
        // A library may have such words of its own; the standard library tells those of the system by their number.
        language.runner().is_some()
            || words.starts_with("memory allocation")
            || ["os error ", "os { code"]
                .iter()
                .any(|mark| text.contains(mark))
            || words == "permissiondenied" && CALLS.iter().any(|call| has_words(&code, call))
    };
    let found = WORDS.iter().find(|(words, _)| {
        // What the block says in its own words is its own reason.
        has_words(&text, words) && !has_words(&code, words) && is_said_by_system(words)
    });
    found.map(|(_, refused)| *refused)
}

/// Whether the program that runs the block failed before the block.
fn is_start(block: &Block, language: &dyn Language, run: &Run, stderr: &str) -> bool {
    if matches!(run.end, End::NotStarted(_)) {
        return true;
    }
    let Some(runner) = language.runner() else {
        return false;
    };
    // A program that doesn't like what the block says names the block's file.
    if stderr.contains(&runner.file.to_lowercase()) {
        return false;
    }
    let code = code(block);
    let says = |words: &&str| stderr.contains(*words) && !code.contains(*words);
    // A program that the block itself starts is named in it.
    let is_foreign = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        !has_words(&code, name.rsplit('/').next().unwrap_or_default())
    };
    let is_unfound =
        matches!(run.end, End::Status(126 | 127)) && stderr.lines().next().is_some_and(is_foreign);
    let path = runner.program.to_string_lossy().to_lowercase();
    let name = runner.program.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_lowercase();
    let is_said_by = |name: &str| {
        let start = format!("{name}:");
        !has_words(&code, name) && stderr.lines().any(|line| line.starts_with(&start))
    };
    NOT_STARTED.iter().any(says)
        || is_unfound && NOT_FOUND.iter().any(says)
        || is_said_by(&path)
        || is_said_by(&name)
}

/// The block's code in lower case, without comments.
fn code(block: &Block) -> String {
    let is_hash_a_comment = block.language != "rust";
    let lines = block.code.lines.iter().map(|line| {
        let text = line.text.to_lowercase();
        let end = text.find("//").unwrap_or(text.len());
        let hash = text.find('#').filter(|_| is_hash_a_comment);
        text[..hash.unwrap_or(end).min(end)].to_owned() + "\n"
    });
    lines.collect()
}

/// Whether a text has these words, and not as a part of longer ones.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let is_letter = |c: char| c.is_alphanumeric() || c == '_';
        !text[..at].ends_with(is_letter) && !text[at + words.len()..].starts_with(is_letter)
    })
}

impl Refused {
    /// What a block with `run=fails` did in place of failing by itself.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Start => "the block didn't start, so it didn't fail for its own reason",
            _ => "the block failed because of its bounds, not for its own reason",
        }
    }

    /// How to give it what it lacks, or to do without.
    pub(super) fn help(self, language: &dyn Language) -> String {
        let table = language
            .runner()
            .map(|runner| format!("[preprocessor.proof.runner.{}]", runner.name));
        let (rule, settings) = match self {
            Self::Start => {
                let help = "name the program itself and no version manager's shim as `command`, and give it what it needs: files besides the system's in `read = [\"PATH\"]`, `processes = true`, `memory = \"4GiB\"`";
                return match table {
                    Some(table) => format!("in {table} of book.toml, {help}"),
                    None => "build the book again; if it stays, report it".to_owned(),
                };
            }
            Self::Access | Self::Process | Self::Network => (
                format!(
                    "a block has no network, no files but those in its own folder, and {}",
                    match language.has_processes() {
                        true => "may start processes under the same bounds",
                        false => "starts no processes",
                    }
                ),
                match self {
                    Self::Network => None,
                    Self::Process => Some("`processes = true`, `memory = \"4GiB\"`"),
                    _ if language.has_processes() => Some("`read = [\"PATH\"]`"),
                    _ => Some("`read = [\"PATH\"]`, `processes = true`"),
                },
            ),
            Self::Memory => (
                format!("a block has {} of address space", amount(language.memory())),
                Some("`memory = \"4GiB\"`"),
            ),
            Self::File => (
                "a block writes no file over 64 MiB, and has at most 1,024 files open".to_owned(),
                None,
            ),
            Self::Time => (
                "a block is ended after its time, also if its program does it".to_owned(),
                None,
            ),
        };
        match (table, settings) {
            (Some(table), Some(settings)) => {
                format!("{rule}; {table} in book.toml can give it more: {settings}")
            }
            _ => rule,
        }
    }
}

/// An amount of memory in words.
fn amount(bytes: u64) -> String {
    match bytes {
        bytes if bytes % (1 << 30) == 0 => format!("{} GiB", bytes >> 30),
        bytes => format!("{} MiB", bytes >> 20),
    }
}
