//! Cache-aside: the application asks the cache, then the database, then fills the
//! cache.
//!
//! Shown in `src/caching/aside.md`.

use std::collections::BTreeMap;

/// A table of users that counts what it is asked.
#[derive(Debug, Clone, Default)]
pub struct Database {
    /// Names by number.
    pub users: BTreeMap<u32, String>,
    /// How many reads it answered.
    pub reads: u32,
}

impl Database {
    /// A table with these users, numbered from 1.
    pub fn new(names: &[&str]) -> Self {
        let users = (1..).zip(names.iter().map(ToString::to_string)).collect();
        Self { users, reads: 0 }
    }

    /// The name of a user, if there is one.
    pub fn read(&mut self, id: u32) -> Option<String> {
        self.reads += 1;
        self.users.get(&id).cloned()
    }
}

/// How the three code paths that use a cache build an entry's key.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// When asking.
    pub get: fn(u32) -> String,
    /// When filling.
    pub fill: fn(u32) -> String,
    /// When deleting after a change.
    pub delete: fn(u32) -> String,
}

impl Keys {
    /// The same function for all three.
    pub fn same(key: fn(u32) -> String) -> Self {
        Self {
            get: key,
            fill: key,
            delete: key,
        }
    }
}

/// An application with a cache beside its database.
#[derive(Debug, Clone)]
pub struct Aside {
    /// Where the data is.
    pub database: Database,
    /// Copies of it.
    pub cache: BTreeMap<String, String>,
    /// The messages, as `sender -> receiver: text`.
    pub trace: Vec<String>,
    keys: Keys,
}

impl Aside {
    /// An application with an empty cache.
    pub fn new(database: Database, keys: Keys) -> Self {
        Self {
            database,
            cache: BTreeMap::new(),
            trace: Vec::new(),
            keys,
        }
    }

    // ANCHOR: get
    /// A user's name, from the cache if it is cached.
    pub fn get(&mut self, id: u32) -> Option<String> {
        let key = (self.keys.get)(id);
        self.log(format!("app -> cache: get {key}"));
        if let Some(cached) = self.cache.get(&key).cloned() {
            self.log(format!("cache -> app: {cached}"));
            return Some(cached);
        }
        self.log("cache -> app: nothing".into());
        self.log(format!("app -> database: read user {id}"));
        let name = self.database.read(id)?;
        self.log(format!("database -> app: {name}"));
        let key = (self.keys.fill)(id);
        self.log(format!("app -> cache: set {key}"));
        self.cache.insert(key, name.clone());
        Some(name)
    }

    /// Renames a user: first in the database, then the copy is deleted.
    pub fn rename(&mut self, id: u32, name: &str) {
        self.log(format!("app -> database: rename user {id} to {name}"));
        self.database.users.insert(id, name.into());
        let key = (self.keys.delete)(id);
        self.log(format!("app -> cache: delete {key}"));
        self.cache.remove(&key);
    }
    // ANCHOR_END: get

    fn log(&mut self, line: String) {
        self.trace.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(id: u32) -> String {
        format!("user.{id}")
    }

    #[test]
    fn a_key_that_is_not_formatted_is_never_found() {
        let keys = Keys {
            get: |_| "user.{0}".into(),
            ..Keys::same(key)
        };
        let mut app = Aside::new(Database::new(&["ann", "bob"]), keys);
        for id in [1, 1, 2, 1] {
            assert!(app.get(id).is_some());
        }
        assert_eq!(app.database.reads, 4);
    }

    #[test]
    fn a_user_that_is_missing_is_read_each_time() {
        let mut app = Aside::new(Database::new(&[]), Keys::same(key));
        assert_eq!((app.get(7), app.get(7)), (None, None));
        assert_eq!(app.database.reads, 2);
    }

    proptest! {
        #[test]
        fn one_client_always_reads_what_the_database_holds(
            operations in prop::collection::vec((0..4u32, prop::option::of("[a-z]{1,3}")), 0..60),
        ) {
            let mut app = Aside::new(Database::new(&["ann", "bob"]), Keys::same(key));
            for (id, name) in operations {
                match name {
                    Some(name) => app.rename(id, &name),
                    None => {
                        let expected = app.database.users.get(&id).cloned();
                        prop_assert_eq!(app.get(id), expected);
                    }
                }
            }
        }
    }
}
