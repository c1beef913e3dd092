//! Blocks in SQL: one database in memory a page, its blocks' statements in page order.
//!
//! [`mdbook_proof_sql`] runs in a child of this program, which answers on standard output and tells errors as JSON on standard error.

use crate::read::Block;
use crate::run::job::Job;
use crate::run::language::interface::{Language, Reading, Started};
use crate::work::key::Key;
use crate::work::process::{End, Run};
use crate::work::settings::Settings;
use anyhow::{Context, Result};
use mdbook_proof_sql::{SqlBlock, SqlError};
use std::path::{Path, PathBuf};

/// SQL on the embedded `SQLite`.
pub(super) fn language(settings: &Settings) -> Box<dyn Language> {
    Box::new(Sql {
        program: settings.program.clone(),
    })
}

#[derive(Debug)]
struct Sql {
    /// This program; none in a library.
    program: Option<PathBuf>,
}

impl Language for Sql {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn about(&self) -> &'static str {
        "the embedded SQLite; the blocks of a page share one database, empty at the top of the page"
    }

    fn key(&self, job: &Job<'_>, key: Key) -> Key {
        let key = key
            .with(mdbook_proof_sql::version())
            .with(mdbook_proof_sql::EDITION);
        blocks(job).fold(key, |key, block| {
            key.with(&block.code.text())
                .with(if block.fails { "fails" } else { "" })
        })
    }

    fn command(&self, job: &Job<'_>, folder: &Path) -> Result<Started> {
        let blocks: Vec<SqlBlock> = blocks(job)
            .map(|block| SqlBlock {
                text: block.code.text(),
                fails: block.fails,
            })
            .collect();
        let file = folder.join("blocks.json");
        std::fs::write(&file, serde_json::to_string(&blocks)?)
            .with_context(|| format!("failed to write `{}`", file.display()))?;
        Ok(Started {
            program: self
                .program
                .clone()
                .context("SQL runs in a child of the program `mdbook-proof`, and there is none")?,
            arguments: vec!["sql".to_owned(), file.display().to_string()],
        })
    }

    fn reading(&self, block: &Block, earlier: usize, run: &Run, printed: &str) -> Reading {
        match &run.end {
            End::Status(_) => match serde_json::from_slice::<SqlError>(&run.stderr) {
                Ok(error) if error.block != earlier => Reading::Earlier,
                Ok(error) if block.fails => Reading::Printed(format!("error: {}", error.message)),
                Ok(error) => Reading::Error {
                    line: error.line,
                    column: error.column,
                    message: error.message,
                },
                Err(_) => Reading::Failed,
            },
            _ => Reading::by_status(run, printed),
        }
    }
}

/// The page's blocks up to the job's.
fn blocks<'page>(job: &Job<'page>) -> impl Iterator<Item = &'page Block> {
    job.earlier.iter().copied().chain([job.block])
}
