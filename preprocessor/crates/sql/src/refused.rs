//! What a statement can't use: its result would be another one each time, or depend on the machine.
//!
//! Functions are replaced by ones that refuse, so that no default, trigger or view reaches them either. The functions of
//! dates compute in a database of their own, as generated columns, in which `SQLite` itself refuses all that isn't a
//! function of the arguments: `'now'` however it is put together, no arguments at all, the machine's time zone.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::hooks::{Action, AuthAction, AuthContext, Authorization};
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, Error, params_from_iter};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// How much memory a page's SQL may take, in MiB.
pub(crate) const MEMORY: u32 = 512;

/// Functions that are refused, how many arguments they have, and why.
const FUNCTIONS: [(&str, i32, &str); 10] = [
    ("random", 0, CHANCE),
    ("randomblob", 1, CHANCE),
    ("current_date", 0, CLOCK),
    ("current_time", 0, CLOCK),
    ("current_timestamp", 0, CLOCK),
    ("fts5_source_id", 0, PROGRAM),
    ("sqlite_version", 0, PROGRAM),
    ("sqlite_source_id", 0, PROGRAM),
    ("sqlite_compileoption_get", 1, PROGRAM),
    ("sqlite_compileoption_used", 1, PROGRAM),
];

const CHANCE: &str =
    "gives another result each time: write the values, or compute them from a row's number";
const CLOCK: &str = "depends on the clock or the time zone of the machine: write the time itself, such as '2026-01-31 12:00'";
const PROGRAM: &str = "gives another result in another version of this program";

/// The functions of dates, and how many arguments they have; -1 for any number.
const DATES: [(&str, i32); 7] = [
    ("date", -1),
    ("time", -1),
    ("datetime", -1),
    ("julianday", -1),
    ("unixepoch", -1),
    ("strftime", -1),
    ("timediff", 2),
];

/// The pragmas that can be used: they show or change what the statements of the page do, and nothing else.
const PRAGMAS: [&str; 32] = [
    "analysis_limit",
    "application_id",
    "automatic_index",
    "cache_size",
    "case_sensitive_like",
    "collation_list",
    // Full-text search asks for it.
    "data_version",
    "defer_foreign_keys",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "freelist_count",
    "ignore_check_constraints",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "journal_mode",
    "max_page_count",
    "optimize",
    "page_count",
    "page_size",
    "query_only",
    "quick_check",
    "recursive_triggers",
    "reverse_unordered_selects",
    "schema_version",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Why the statement at work was refused, where the database only says that it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusal(Arc<Mutex<Option<String>>>);

impl Refusal {
    fn set(&self, reason: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// The reason, which is then forgotten.
    pub(crate) fn take(&self) -> Option<String> {
        let mut reason = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reason.take()
    }
}

/// Refuses all of this to a database.
pub(crate) fn refuse(connection: &Connection) -> rusqlite::Result<Refusal> {
    let limit = u64::from(MEMORY) << 20;
    connection.execute_batch(&format!("PRAGMA hard_heap_limit = {limit}"))?;
    for (name, count, why) in FUNCTIONS {
        let refuse = move |_: &Context<'_>| -> rusqlite::Result<Value> {
            Err(because(format!("`{name}` {why}")))
        };
        connection.create_scalar_function(name, count, FunctionFlags::SQLITE_UTF8, refuse)?;
    }
    let dates = Arc::new(Mutex::new(Connection::open_in_memory()?));
    for (name, count) in DATES {
        let dates = Arc::clone(&dates);
        let compute = move |call: &Context<'_>| {
            date(
                &dates.lock().unwrap_or_else(PoisonError::into_inner),
                name,
                call,
            )
        };
        let flags = FunctionFlags::SQLITE_UTF8
            | FunctionFlags::SQLITE_DETERMINISTIC
            | FunctionFlags::SQLITE_INNOCUOUS;
        connection.create_scalar_function(name, count, flags, compute)?;
    }
    let refusal = Refusal::default();
    connection.authorizer(Some({
        let refusal = refusal.clone();
        move |context: AuthContext<'_>| match reason(&context.action) {
            Some(reason) => {
                refusal.set(reason);
                Authorization::Deny
            }
            None => Authorization::Allow,
        }
    }))?;
    connection.update_hook(Some({
        let refusal = refusal.clone();
        let mut full = HashSet::new();
        move |action: Action, _: &str, table: &str, row: i64| {
            if action == Action::SQLITE_INSERT && full.contains(table) {
                refusal.set(format!(
                    "the table `{table}` has a row with the last number, {}: the numbers of others are chosen by chance",
                    i64::MAX
                ));
            }
            if row == i64::MAX {
                full.insert(table.to_owned());
            }
        }
    }))?;
    Ok(refusal)
}

/// An error that a statement ends with.
pub(crate) fn because(message: String) -> Error {
    Error::UserFunctionError(message.into())
}

/// Why an action is refused; none for one that isn't.
fn reason(action: &AuthAction<'_>) -> Option<String> {
    match action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            Some("a block has one database, in memory: no other one can be attached, and it can't be written to a file".to_owned())
        }
        AuthAction::Function {
            function_name: "load_extension",
        } => Some("no extension can be loaded".to_owned()),
        AuthAction::Pragma { pragma_name, .. }
            if !PRAGMAS.contains(&pragma_name.to_lowercase().as_str()) =>
        {
            Some(format!(
                "`pragma {pragma_name}` depends on the machine or changes what bounds the database; those that can be used are {}",
                PRAGMAS.join(", ")
            ))
        }
        _ => None,
    }
}

/// A function of dates, computed where only its arguments count.
fn date(dates: &Connection, name: &str, call: &Context<'_>) -> rusqlite::Result<Value> {
    let count = call.len();
    let clock = || because(format!("`{name}` {CLOCK}"));
    if count == 0 {
        return Err(clock());
    }
    let list = |prefix: &str| {
        let mut list = String::new();
        for number in 1..=count {
            let comma = if number > 1 { ", " } else { "" };
            let _ = write!(list, "{comma}{prefix}{number}");
        }
        list
    };
    let table = format!("{name}_{count}");
    let insert = format!(
        "insert or replace into {table} (rowid, {}) values (1, {}) returning result",
        list("a"),
        list("?")
    );
    let arguments = || params_from_iter((0..count).map(|n| ToSqlOutput::Borrowed(call.get_raw(n))));
    let mut statement = match dates.prepare_cached(&insert) {
        Ok(statement) => statement,
        Err(_) => {
            let columns = list("a");
            dates.execute_batch(&format!(
                "create table {table} ({columns}, result as ({name}({columns})))"
            ))?;
            dates.prepare_cached(&insert)?
        }
    };
    statement
        .query_row(arguments(), |row| row.get(0))
        .map_err(|error| match &error {
            Error::SqliteFailure(_, Some(message)) if message.starts_with("non-deterministic") => {
                clock()
            }
            _ => error,
        })
}
