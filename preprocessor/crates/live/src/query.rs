//! The SQL of a page, run up to one of its blocks, with the text that a reader made of that block.

use mdbook_proof_sql::{SqlBlock, SqlError};
use serde::{Deserialize, Serialize};

/// The blocks of a page up to the one that a reader runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// The blocks, in page order.
    pub blocks: Vec<SqlBlock>,
}

/// What the last block gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it printed, or what its failure prints where it has to fail.
    pub stdout: String,
    /// Why it failed, where it shouldn't have.
    pub stderr: String,
    /// Whether it ended as it should.
    pub success: bool,
}

/// Runs the blocks.
pub fn query(request: &Request) -> Answer {
    let fails = request.blocks.last().is_some_and(|block| block.fails);
    let said = |error: &SqlError| format!("line {}: {}", error.line + 1, error.message);
    let failed = |stderr| Answer {
        stdout: String::new(),
        stderr,
        success: false,
    };
    match mdbook_proof_sql::run(&request.blocks) {
        Ok(Ok(stdout)) => Answer {
            stdout,
            stderr: String::new(),
            success: true,
        },
        Ok(Err(error)) if error.block + 1 != request.blocks.len() => failed(format!(
            "an earlier block of the page fails: {}",
            said(&error)
        )),
        Ok(Err(error)) if fails => Answer {
            stdout: format!("error: {}", error.message),
            ..failed(String::new())
        },
        Ok(Err(error)) => failed(said(&error)),
        Err(error) => failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(blocks: &[(&str, bool)]) -> Answer {
        let block = |(text, fails): &(&str, bool)| SqlBlock {
            text: (*text).to_owned(),
            fails: *fails,
        };
        query(&Request {
            blocks: blocks.iter().map(block).collect(),
        })
    }

    #[test]
    fn only_the_last_block_prints_after_the_others_ran() {
        let answer = answer(&[
            (
                "CREATE TABLE a (x); INSERT INTO a VALUES (7); SELECT 1;",
                false,
            ),
            ("SELECT x FROM a;", false),
        ]);
        assert_eq!(answer.stdout, "|  x |\n| -: |\n|  7 |\n");
        assert!(answer.success && answer.stderr.is_empty(), "{answer:?}");
    }

    #[test]
    fn what_fails_says_where_and_what_has_to_fail_prints_it() {
        let failed = answer(&[("SELECT 1;\nSELECT absent;", false)]);
        assert_eq!(failed.stderr, "line 2: no such column: absent");
        assert!(!failed.success && failed.stdout.is_empty(), "{failed:?}");
        let meant = answer(&[("SELECT absent;", true)]);
        assert_eq!(meant.stdout, "error: no such column: absent");
        assert!(!meant.success && meant.stderr.is_empty(), "{meant:?}");
        let earlier = answer(&[("SELECT absent;", false), ("SELECT 1;", false)]);
        assert!(
            earlier
                .stderr
                .starts_with("an earlier block of the page fails: line 1"),
            "{earlier:?}"
        );
    }
}
