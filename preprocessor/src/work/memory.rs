//! The results that a book's last build used, kept as one entry of the store, so that a build reads a single file.

use crate::work::key::Key;
use crate::work::store::Store;
use anyhow::{Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// How many results that the book no longer needs are kept.
const UNUSED: usize = 10_000;

/// Results by key, of one kind and of one book.
#[derive(Debug)]
pub struct Memory<T> {
    /// The store and the key of the entry; none where nothing is kept.
    place: Option<(Store, String)>,
    known: HashMap<String, T>,
    used: HashSet<String>,
    is_changed: bool,
    /// What an earlier build kept, only to be compared with, and its store.
    earlier: Option<(HashMap<String, T>, PathBuf)>,
    /// The keys under which it kept something else.
    differing: BTreeSet<String>,
}

impl<T: Serialize + DeserializeOwned> Memory<T> {
    /// Opens the results of one kind for the book at `root`.
    pub fn open(store: &Store, kind: &str, root: &Path) -> Self {
        let key = Key::new(kind).with(&root.to_string_lossy()).finish();
        Self {
            known: store.get(&key).unwrap_or_default(),
            place: Some((store.clone(), key)),
            ..Self::default()
        }
    }

    /// Also compares each result that is added with the one that an earlier build kept in this store.
    #[must_use]
    pub fn compared_with(mut self, earlier: Option<PathBuf>) -> Self {
        if let (Some(folder), Some((_, key))) = (earlier, &self.place) {
            let kept = Store::read_only(&folder).get(key).unwrap_or_default();
            self.earlier = Some((kept, folder));
        }
        self
    }

    /// What an earlier build kept under a key, where this one only compares with it.
    pub fn earlier(&self, key: &str) -> Option<&T> {
        self.earlier.as_ref()?.0.get(key)
    }

    /// The result under a key.
    pub fn get(&mut self, key: &str) -> Option<&T> {
        let result = self.known.get(key)?;
        self.used.insert(key.to_owned());
        Some(result)
    }

    /// Adds or replaces a result.
    pub fn insert(&mut self, key: &str, result: T) {
        let form = |result: &T| serde_json::to_value(result).ok();
        if self
            .earlier(key)
            .is_some_and(|old| form(old) != form(&result))
        {
            self.differing.insert(key.to_owned());
        }
        self.used.insert(key.to_owned());
        self.known.insert(key.to_owned(), result);
        self.is_changed = true;
    }

    /// Adds a result, unless there is one under its key.
    pub fn insert_new(&mut self, key: &str, result: T) {
        if self.get(key).is_none() {
            self.insert(key, result);
        }
    }

    /// Saves changes for later builds.
    ///
    /// # Errors
    /// When it can't be written, or an earlier build kept other results.
    pub fn save(&mut self) -> Result<()> {
        if let Some((_, folder)) = self.earlier.as_ref().filter(|_| !self.differing.is_empty()) {
            let keys: Vec<&str> = self.differing.iter().map(String::as_str).collect();
            bail!(
                "an earlier build kept other results than this one computed, in `{}` under {}; delete that folder, which only costs time",
                folder.display(),
                keys.join(", ")
            );
        }
        if self.known.len() > self.used.len() + UNUSED {
            self.known.retain(|key, _| self.used.contains(key));
            self.is_changed = true;
        }
        if let Some((store, key)) = self.place.as_ref().filter(|_| self.is_changed) {
            store.put(key, &self.known)?;
            self.is_changed = false;
        }
        Ok(())
    }
}

impl<T> Default for Memory<T> {
    /// One that is never saved.
    fn default() -> Self {
        Self {
            place: None,
            known: HashMap::new(),
            used: HashSet::new(),
            is_changed: false,
            earlier: None,
            differing: BTreeSet::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_known_again_and_only_to_its_book() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let open = |root: &str| Memory::<u32>::open(&store, "numbers of", Path::new(root));
        let mut memory = open("/a");
        memory.insert("one", 1);
        assert_eq!(open("/a").get("one"), None);
        memory.save().unwrap();
        assert_eq!(open("/a").get("one"), Some(&1));
        assert_eq!(open("/b").get("one"), None);
    }

    #[test]
    fn what_is_not_needed_any_more_goes_when_it_is_much() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let open = || Memory::<usize>::open(&store, "numbers of", Path::new("/a"));
        let mut memory = open();
        for n in 0..=UNUSED {
            memory.insert(&n.to_string(), n);
        }
        memory.save().unwrap();
        let mut memory = open();
        memory.insert("new", 0);
        memory.save().unwrap();
        let mut memory = open();
        assert_eq!(memory.get("new"), Some(&0));
        assert_eq!(memory.get("7"), None);
    }
}
