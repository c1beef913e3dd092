//! Jobs: what is run for a block, and the key under which its result is kept.

use crate::read::{Block, Language};
use crate::run::language::command::Runner;
use crate::run::language::rust::program::Program;
use crate::run::language::sql::{self, SqlBlock};
use crate::work::key::Key;
use std::time::Duration;

/// What is run for a block.
#[derive(Debug, Clone)]
pub struct Job {
    /// The program.
    pub work: Work,
    /// How long it may run.
    pub timeout: Duration,
    /// The block's file and line, to name it while it runs.
    pub place: String,
}

/// A program, by its language.
#[derive(Debug, Clone)]
pub enum Work {
    /// Compiled with the others.
    Rust(Program),
    /// The SQL of the page, up to the block.
    Sql(Vec<SqlBlock>),
    /// A text for another program.
    Command {
        /// That program.
        runner: Runner,
        /// The text.
        code: String,
    },
}

/// How long a block may run if it doesn't say.
pub const TIMEOUT: Duration = Duration::from_secs(10);

impl Job {
    /// The job of a block of a page. `earlier` are the page's SQL blocks before it.
    pub fn new(
        block: &Block,
        runner: Option<&Runner>,
        earlier: &[SqlBlock],
        place: String,
    ) -> Self {
        let work = match (&block.language, runner) {
            (Language::Sql, _) => {
                let mut blocks = earlier.to_vec();
                blocks.push(SqlBlock {
                    text: block.code.text(),
                    fails: block.fails,
                });
                Work::Sql(blocks)
            }
            (Language::Other(_), Some(runner)) => Work::Command {
                runner: runner.clone(),
                code: block.code.text(),
            },
            _ => Work::Rust(Program::new(&block.code)),
        };
        Self {
            work,
            timeout: block.timeout.unwrap_or(TIMEOUT),
            place,
        }
    }

    /// The key of the job's result: its code, and `rust`, which stands for what Rust code is compiled with.
    pub fn key(&self, bounds: &str, rust: &str) -> String {
        let key = Key::new("job")
            .with(bounds)
            .with(&self.timeout.as_millis().to_string());
        match &self.work {
            Work::Rust(program) => key.with("rust").with(rust).with(&program.file().0),
            Work::Sql(blocks) => {
                let key = key.with("sql").with(sql::version());
                blocks.iter().fold(key, |key, block| {
                    key.with(&block.text)
                        .with(if block.fails { "fails" } else { "" })
                })
            }
            Work::Command { runner, code } => runner.add_to(key.with("command")).with(code),
        }
        .finish()
    }
}
