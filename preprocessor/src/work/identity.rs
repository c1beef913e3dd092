//! Which program this is: a hash of its own file, so that no result of another build is taken for its own.

use crate::work::key::Key;
use crate::work::store::Store;
use std::path::Path;
use std::sync::OnceLock;

static PROGRAM: OnceLock<String> = OnceLock::new();

/// The hash of the running program's file.
pub fn program() -> &'static str {
    PROGRAM
        .get_or_init(|| std::env::current_exe().map_or_else(|_| unknown(), |file| content(&file)))
}

/// Looks the hash up where an earlier run kept it for the file's path, size and time: the file is large, and each build needs the hash.
pub fn remember(store: &Store) {
    PROGRAM.get_or_init(|| {
        let Ok(file) = std::env::current_exe() else {
            return unknown();
        };
        let key = Key::of_data("program").with_program(&file).finish();
        if let Some(known) = store.get(&key) {
            return known;
        }
        let hash = content(&file);
        // It only saves time, and a store that can't be written is reported where results are lost.
        let _ = store.put(&key, &hash);
        hash
    });
}

fn content(file: &Path) -> String {
    match std::fs::read(file) {
        Ok(content) => Key::of_data("content").with_bytes(&content).finish(),
        Err(_) => unknown(),
    }
}

/// What no other run has: where the program can't be told, nothing is remembered.
fn unknown() -> String {
    let now = std::time::SystemTime::now();
    format!("{} {now:?}", std::process::id())
}
