//! The store: results of runs, kept by key between builds.
//!
//! An entry is one file, written under another name and renamed when it is whole, so that a build killed
//! at any moment leaves no partial entry, and concurrent builds can share it. Each file starts with a
//! hash of what follows; a file that doesn't match (a damaged disk) counts as absent. Deleting the folder
//! costs time and nothing else.

use crate::work::identity;
use crate::work::key::Key;
use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Files that a killed build left half written, or whole folders of its work, are removed after this time.
const STALE: Duration = DAY;

/// Entries are removed after this time. What the book's last build needed is kept elsewhere as well.
const OLD: Duration = Duration::from_secs(60 * DAY.as_secs());

/// A folder of entries.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens a store, and creates its folder if needed.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub fn open(folder: &Path) -> Result<Self> {
        let work = folder.join("work");
        fs::create_dir_all(&work)
            .with_context(|| format!("failed to make `{}`", work.display()))?;
        // Its entries belong to this machine, not in version control.
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            let _ = fs::write(ignore, "*\n");
        }
        let store = Self {
            folder: folder.to_owned(),
        };
        identity::remember(&store);
        Ok(store)
    }

    /// Opens a store only to read what is in it.
    pub fn read_only(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The entry under a key, if there is a valid one.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let text = fs::read_to_string(self.file(key)).ok()?;
        let (hash, body) = text.split_once('\n')?;
        if hash != Key::of_data("entry").with(body).finish() {
            return None;
        }
        serde_json::from_str(body).ok()
    }

    /// Keeps an entry.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put<T: Serialize>(&self, key: &str, entry: &T) -> Result<()> {
        let body = serde_json::to_string(entry)?;
        let hash = Key::of_data("entry").with(&body).finish();
        let file = self.file(key);
        let failed = || format!("failed to write `{}`", file.display());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        let mut half = tempfile::NamedTempFile::new_in(self.work()).with_context(failed)?;
        write!(half, "{hash}\n{body}").with_context(failed)?;
        // No file replaces a folder; a link to one is a file.
        if fs::symlink_metadata(&file).is_ok_and(|found| found.is_dir()) {
            fs::remove_dir_all(&file).with_context(failed)?;
        }
        half.persist(&file).with_context(failed)?;
        Ok(())
    }

    /// A folder for files that only this build needs; later builds remove what is left in it.
    pub fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// Removes what killed builds left and, once a day, entries that are old.
    pub fn sweep(&self) {
        remove_older(&self.work(), STALE);
        let stamp = self.folder.join("swept");
        if age(&stamp).is_some_and(|age| age < DAY) || fs::write(&stamp, "").is_err() {
            return;
        }
        for folder in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if folder.file_name().len() == 2 {
                remove_older(&folder.path(), OLD);
            }
        }
    }

    fn file(&self, key: &str) -> PathBuf {
        let (first, rest) = key.split_at_checked(2).unwrap_or(("", key));
        self.folder.join(first).join(rest)
    }
}

/// Removes what is older than that from a folder.
fn remove_older(folder: &Path, than: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if age(&path).is_some_and(|age| age > than) {
            let _ = match path.is_dir() {
                true => fs::remove_dir_all(path),
                false => fs::remove_file(path),
            };
        }
    }
}

/// How long ago a file was written.
fn age(path: &Path) -> Option<Duration> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    SystemTime::now().duration_since(modified).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_entries_go_and_new_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let [old, new] = ["old", "new"].map(|name| Key::new(name).finish());
        store.put(&old, &1).unwrap();
        store.put(&new, &2).unwrap();
        let file = fs::File::options().write(true).open(store.file(&old));
        let before = SystemTime::now() - OLD - DAY;
        file.unwrap().set_modified(before).unwrap();
        store.sweep();
        assert_eq!(store.get::<u32>(&old), None);
        assert_eq!(store.get::<u32>(&new), Some(2));
    }

    #[test]
    fn a_whole_entry_comes_back_and_a_damaged_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let key = Key::new("test").finish();
        assert_eq!(store.get::<Vec<u32>>(&key), None);
        store.put(&key, &vec![1, 2]).unwrap();
        assert_eq!(store.get::<Vec<u32>>(&key), Some(vec![1, 2]));
        let file = store.file(&key);
        let text = fs::read_to_string(&file).unwrap();
        for cut in 0..text.len() {
            fs::write(&file, &text[..cut]).unwrap();
            assert_eq!(store.get::<Vec<u32>>(&key), None);
        }
        fs::write(&file, text.replace('2', "3")).unwrap();
        assert_eq!(store.get::<Vec<u32>>(&key), None);
    }
}
