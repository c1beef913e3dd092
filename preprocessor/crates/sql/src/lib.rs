//! The SQL of `mdbook-proof`: the blocks of a page run in one `SQLite` database in memory, in page order.
//!
//! A block's job is the page's SQL up to and including the block; what it prints is what its own statements
//! give. A statement that returns rows prints them as a table, `EXPLAIN QUERY PLAN` prints a tree, anything
//! else prints nothing. No other database can be attached, no extension loaded, and no result depends on chance, the
//! clock or the machine; nothing here reads a file or starts a process.

mod print;
mod refused;

use print::{fits, plan, table};
use refused::{MEMORY, Refusal, because};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection, Error, ErrorCode};
use serde::{Deserialize, Serialize};

/// An error of a statement, at its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlError {
    /// Which of the page's SQL blocks, from 0.
    pub block: usize,
    /// The line of the block, from 0.
    pub line: usize,
    /// The column of the line, in bytes from 0.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Counts the changes of what statements give besides those of the engine.
pub const EDITION: &str = "2";

/// The version of the engine, which results depend on.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// A page's block of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlBlock {
    /// Its statements.
    pub text: String,
    /// Whether it has to fail: then the page goes on behind the statement that does.
    pub fails: bool,
}

/// Runs the blocks in an empty database; what the last one prints.
///
/// # Errors
/// When the database can't be set up; inside, the first statement that fails.
pub fn run(blocks: &[SqlBlock]) -> rusqlite::Result<Result<String, SqlError>> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA temp_store = memory; PRAGMA foreign_keys = on;")?;
    let refusal = refused::refuse(&connection)?;
    let mut printed = String::new();
    for (number, SqlBlock { text: block, fails }) in blocks.iter().enumerate() {
        printed.clear();
        let is_last = number + 1 == blocks.len();
        let mut at = blank(block);
        while at < block.len() {
            let _ = refusal.take();
            let result = statement(&connection, &block[at..], &mut printed);
            match result
                .and_then(|length| refusal.take().map_or(Ok(length), |why| Err(because(why))))
            {
                Ok(length) => at += length + blank(&block[at + length..]),
                // The page goes on behind a statement that had to fail.
                Err(_) if *fails && !is_last => break,
                Err(error) => {
                    let (offset, message) = explain(&error, &refusal);
                    return Ok(Err(error_at(number, block, at + offset, message)));
                }
            }
        }
    }
    Ok(Ok(printed))
}

/// Where in the statement an error lies, and what it is.
fn explain(error: &Error, refusal: &Refusal) -> (usize, String) {
    let (offset, message) = match error {
        Error::SqlInputError { msg, offset, .. } => {
            (usize::try_from(*offset).unwrap_or(0), msg.clone())
        }
        Error::SqliteFailure(_, Some(message)) => (0, message.clone()),
        error => (0, error.to_string()),
    };
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::AuthorizationForStatementDenied) => refusal.take().unwrap_or(message),
        Some(ErrorCode::OutOfMemory) => format!("the page's SQL takes over {MEMORY} MiB of memory"),
        _ => message,
    };
    (offset, message)
}

fn error_at(block: usize, text: &str, at: usize, message: String) -> SqlError {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    SqlError {
        block,
        line: before.matches('\n').count(),
        column: before.len() - before.rfind('\n').map_or(0, |end| end + 1),
        message,
    }
}

/// How many bytes come before the next statement: space, comments and lone semicolons.
fn blank(text: &str) -> usize {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c', ';']);
        rest = if let Some(comment) = trimmed.strip_prefix("--") {
            comment.find('\n').map_or("", |end| &comment[end..])
        } else if let Some(comment) = trimmed.strip_prefix("/*") {
            comment.find("*/").map_or("", |end| &comment[end + 2..])
        } else {
            return text.len() - trimmed.len();
        };
    }
}

/// Runs the first statement of a text and prints its rows; how many bytes it has, as the database read it.
fn statement(connection: &Connection, sql: &str, printed: &mut String) -> rusqlite::Result<usize> {
    // Unlike `prepare`, a batch leaves the statements behind the first one alone.
    let Some(mut statement) = Batch::new(connection, sql).next()? else {
        return Ok(sql.len());
    };
    if statement.parameter_count() > 0 {
        // Their values would be NULL without a word.
        return Err(Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR),
            Some("the statement has a parameter, and a block has no value for it".to_owned()),
        ));
    }
    // Without parameters to expand, this is the statement's own text.
    let length = statement
        .expanded_sql()
        .map_or(sql.len(), |text| text.len());
    if statement.column_count() == 0 {
        statement.execute([])?;
        return Ok(length);
    }
    let text = match statement.is_explain() {
        2 => plan(&mut statement)?,
        kind => table(&mut statement, kind == 1)?,
    };
    if !printed.is_empty() {
        printed.push('\n');
    }
    printed.push_str(&text);
    fits(printed.len())?;
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(blocks: &[&str]) -> Result<String, SqlError> {
        let block = |text: &&str| SqlBlock {
            text: text.trim_end_matches(" -- fails").to_owned(),
            fails: text.ends_with(" -- fails"),
        };
        run(&blocks.iter().map(block).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn the_last_block_prints_its_rows_with_the_database_of_all() {
        let text = printed(&[
            "create table t (name text, n int); select 1;",
            "-- both\ninsert into t values ('a|b', 1), ('c', null);\nselect * from t order by n;\nselect 2.5 as x",
        ]);
        assert_eq!(
            text.unwrap(),
            "| name |    n |\n| ---- | ---: |\n| c    | NULL |\n| a\\|b |    1 |\n\n|   x |\n| --: |\n| 2.5 |\n"
        );
    }

    #[test]
    fn a_query_plan_is_a_tree() {
        let text = printed(&[
            "create table t (n); explain query plan select n from t union select n from t",
        ]);
        let text = text.unwrap();
        assert!(text.starts_with("QUERY PLAN\n`--"), "{text}");
        assert!(text.contains("\n   |  |--SCAN t\n"), "{text}");
    }

    #[test]
    fn errors_stand_at_their_statement() {
        let error = printed(&["select 1;", "\n-- no\nselect 1;\nselect nme from t;"]).unwrap_err();
        assert_eq!((error.block, error.line), (1, 3));
        let error = printed(&[
            "create table t (n unique);\n insert into t values (1);\n  insert into t\n values (1);",
        ]);
        let error = error.unwrap_err();
        assert_eq!((error.line, error.column), (2, 2));
        assert!(error.message.contains("UNIQUE"), "{}", error.message);
    }

    #[test]
    fn other_databases_and_extensions_are_out_of_reach() {
        for sql in [
            "attach ':memory:' as other",
            "select load_extension('x')",
            "vacuum into 'copy.db'",
        ] {
            assert!(printed(&[sql]).is_err(), "{sql}");
        }
    }

    /// The message of the error that the last of some statements ends with.
    #[track_caller]
    fn refused(sql: &str) -> String {
        match printed(&[sql]) {
            Ok(text) => panic!("{sql} printed {text}"),
            Err(error) => error.message,
        }
    }

    #[test]
    fn the_clock_is_out_of_reach_however_it_is_asked_for() {
        for sql in [
            "select date('now')",
            "select datetime('NOW', '+1 day')",
            "select date('n' || 'ow')",
            "select time()",
            "select julianday()",
            "select unixepoch()",
            "select unixepoch('subsec')",
            "select datetime('subsecond')",
            "select strftime('%Y')",
            "select strftime('%s', 'now')",
            "select timediff('now', '2026-01-01')",
            "select datetime('2026-01-01', 'localtime')",
            "select datetime('2026-01-01', 'utc')",
            "select current_timestamp",
            "select CURRENT_DATE, 1",
            "create table t (n, at default current_timestamp); insert into t (n) values (1)",
            "create table t (n, at default (datetime('now'))); insert into t (n) values (1)",
            "create view v as select date('now') as d; select * from v",
            "create table t (n); create trigger r after insert on t begin update t set n = unixepoch(); end; insert into t values (1)",
            "with w (x) as (values ('now'), ('2026-01-01')) select date(x) from w",
            "select date(a) from (select lower('NOW') as a)",
        ] {
            let message = refused(sql);
            assert!(message.contains("the clock"), "{sql}: {message}");
        }
    }

    #[test]
    fn dates_that_are_written_are_computed_as_sqlite_does() {
        for (call, result) in [
            ("date('2026-01-31', '+1 month')", "2026-03-03"),
            ("datetime(86400, 'unixepoch')", "1970-01-02 00:00:00"),
            ("time('12:30', '-31 minutes')", "11:59:00"),
            ("julianday('2000-01-01 12:00')", "2451545"),
            ("unixepoch('1970-01-02')", "86400"),
            ("strftime('%Y/%W', '2026-11-29')", "2026/47"),
            (
                "timediff('2026-02-01', '2026-01-01')",
                "+0000-01-00 00:00:00.000",
            ),
            ("date('no date')", "NULL"),
            ("date(null)", "NULL"),
            ("typeof(julianday('2026-01-01'))", "real"),
        ] {
            let text = printed(&[&format!("select {call} as x")]).unwrap();
            assert!(text.contains(&format!("| {result} ")), "{call}: {text}");
        }
        // They are functions that an index or a generated column can use.
        let sql = "create table t (at, day as (date(at))); create index i on t (date(at)); insert into t values ('2026-01-31 12:00'); select day from t";
        assert!(printed(&[sql]).unwrap().contains("2026-01-31"));
    }

    #[test]
    fn chance_is_out_of_reach() {
        for sql in [
            "select random()",
            "select hex(randomblob(4))",
            "create table t (n); insert into t values (1), (2); select n from t order by random()",
            "create table t (a, b default (random())); insert into t (a) values (1)",
            "create table t (a); create view v as select abs(random()) % 10 as r; select r from v",
            "create table t (n); insert into t (rowid, n) values (9223372036854775807, 1); insert into t (n) values (2)",
        ] {
            let message = refused(sql);
            assert!(
                message.contains("each time") || message.contains("by chance"),
                "{sql}: {message}"
            );
        }
    }

    #[test]
    fn the_machine_and_the_program_are_out_of_reach() {
        for sql in [
            "select sqlite_version()",
            "select sqlite_source_id()",
            "select sqlite_compileoption_get(0)",
            "pragma compile_options",
            "pragma temp_store_directory = '/tmp'",
            "pragma temp_store = file",
            "PRAGMA hard_heap_limit = 0",
            "select * from pragma_compile_options",
            "select * from pragma_hard_heap_limit(0)",
            "pragma main.writable_schema = on",
            "pragma module_list",
            "select readfile('/etc/passwd')",
            "select writefile('x', 'y')",
            "select fts5_source_id()",
            "select load_extension('x')",
            "attach 'file:x?mode=ro' as other",
            "vacuum into 'copy.db'",
            "explain select * from json_each('[1]')",
        ] {
            let message = refused(sql);
            assert_ne!(message, "not authorized", "{sql}");
        }
        let text = printed(&[
            "create table t (n int); pragma table_info(t); select name from pragma_table_info('t')",
        ]);
        assert!(text.unwrap().contains("| n "));
    }

    #[test]
    fn search_trees_and_json_work_under_the_bounds() {
        for (sql, result) in [
            (
                "create virtual table f using fts5(x); insert into f values ('a b'), ('c'); update f set x = 'b' where x = 'c'; select count(*) as n from f where f match 'b'; insert into f (f) values ('optimize'); select count(*) as n from f('b')",
                "|  2 |",
            ),
            (
                "create virtual table f using fts4(x); insert into f values ('a b'), ('c'); select count(*) as n from f where x match 'b'",
                "|  1 |",
            ),
            (
                "create virtual table r using rtree(id, x0, x1); insert into r values (1, 0, 1), (2, 5, 6); select id from r where x0 > 2",
                "|  2 |",
            ),
            ("select sum(value) as n from json_each('[1, 2]')", "|  3 |"),
            (
                "create table t (n); insert into t values (1); begin; insert into t values (2); savepoint s; delete from t; rollback to s; commit; analyze; reindex; select count(*) as n from t",
                "|  2 |",
            ),
            ("pragma user_version = 7; pragma user_version", "7 |"),
            (
                "create table t (n); insert into t (rowid, n) values (9223372036854775807, 1); select n from t",
                "|  1 |",
            ),
        ] {
            let text = printed(&[sql]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            assert!(text.contains(result), "{sql}: {text}");
        }
    }

    #[test]
    fn memory_and_output_have_limits() {
        let endless = "with recursive c (n) as (select 1 union all select n + 1 from c)";
        for (sql, limit) in [
            (format!("{endless} select n from c"), "over 1024 KiB"),
            ("select hex(zeroblob(600000))".to_owned(), "over 1024 KiB"),
            ("create table t (x); insert into t values (zeroblob(100000)), (''); select hex(x) as a, hex(x) as b, hex(x) as c from t".to_owned(), "over 1024 KiB"),
            (format!("create table t (x); {endless} insert into t select zeroblob(10000000) from c"), "512 MiB"),
        ] {
            let message = refused(&sql);
            assert!(message.contains(limit), "{sql}: {message}");
        }
    }

    #[test]
    fn a_text_with_line_ends_stays_in_its_line() {
        let sql = "create table \"a\nb\" (n); create index \"i\r\nj\" on \"a\nb\" (n); explain query plan select n from \"a\nb\" where n = 1; select 'x\r| y |\n' as \"c\rd\"";
        let text = printed(&[sql]).unwrap();
        assert_eq!(text.lines().count(), 2 + 1 + 3, "{text}");
        assert!(!text.contains('\r'));
    }

    #[test]
    fn a_block_that_has_to_fail_keeps_nothing_from_the_next_one() {
        let text = printed(&[
            "create table t (n unique); insert into t values (1);",
            "insert into t values (1); insert into t values (2); -- fails",
            "select n from t;",
        ]);
        assert_eq!(text.unwrap(), "|  n |\n| -: |\n|  1 |\n");
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let sql = "create table t (n); create trigger r after insert on t begin update t set n = n + 1; end; insert into t values (1); select n from t;";
        assert!(printed(&[sql]).unwrap().contains("2 |"));
    }

    #[test]
    fn statements_end_where_the_database_ends_them() {
        let sql = "create table t (n); create trigger r after insert on t begin update t set n = case when n > 1 then 1 else 2 end; select 1; end; insert into t values (5); /* ; */ ;; select n from t -- ; end";
        assert_eq!(printed(&[sql]).unwrap(), "|  n |\n| -: |\n|  1 |\n");
        let error = printed(&["select ';' as a; ; -- x\n  ;select nme"]).unwrap_err();
        assert_eq!((error.line, error.column), (1, 10));
    }

    #[test]
    fn a_parameter_has_no_value() {
        let error = printed(&["select 1;\nselect ?;"]).unwrap_err();
        assert_eq!(error.line, 1);
        assert!(error.message.contains("parameter"), "{}", error.message);
    }

    proptest! {
        #[test]
        fn any_text_ends_and_its_errors_lie_in_it(text in "(select|create|trigger|begin|end|case|[a-z1';\"\\-/*\\[\\] \nµ]){0,40}") {
            if let Err(error) = printed(&[&text]) {
                prop_assert!(error.line <= text.matches('\n').count());
            }
        }
    }
}
