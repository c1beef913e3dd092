//! Files that a build adds to the site besides what mdBook renders.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Files by their paths in the site: gathered while the pages are checked, and written once they are rendered.
#[derive(Debug, Clone, Default)]
pub struct Files(Arc<Mutex<BTreeMap<String, String>>>);

impl Files {
    /// Adds a file.
    pub fn add(&self, path: &str, text: &str) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(path.to_owned(), text.to_owned());
    }

    /// Writes all of them into the folder of the site.
    ///
    /// # Errors
    /// When one can't be written.
    pub fn write(&self, site: &Path) -> Result<()> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, text) in files.iter() {
            let file = site.join(path);
            let failed = || format!("failed to write `{}`", file.display());
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder).with_context(failed)?;
            }
            std::fs::write(&file, text).with_context(failed)?;
        }
        Ok(())
    }
}
