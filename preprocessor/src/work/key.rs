//! Keys: what a result depends on, hashed. A changed input gives another key, so that an old result is never
//! found for it.

use crate::work::identity;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// A key under construction. Every part is hashed with its length, so that no two lists of parts look alike.
#[derive(Clone)]
pub struct Key(Sha256);

impl Key {
    /// A key for one kind of result of this program. Another build of it may print or compute something else, so it finds none of them.
    pub fn new(kind: &str) -> Self {
        Self::of_data(kind).with(identity::program())
    }

    /// A key that is the same for every program: for what is read, and not for what follows from it.
    pub fn of_data(kind: &str) -> Self {
        Self(Sha256::new()).with(kind)
    }

    /// The key with one more part.
    #[must_use]
    pub fn with(self, part: &str) -> Self {
        self.with_bytes(part.as_bytes())
    }

    /// The key with one more part.
    #[must_use]
    pub fn with_bytes(mut self, part: &[u8]) -> Self {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    /// The key with a file's path and content; a file that can't be read counts as such.
    #[must_use]
    pub fn with_file(self, path: &Path) -> Self {
        let key = self.with(&path.to_string_lossy());
        match std::fs::read(path) {
            Ok(content) => key.with("is").with_bytes(&content),
            Err(_) => key.with("is not there"),
        }
    }

    /// The key with a program's path, size and modification time, in place of its content.
    #[must_use]
    pub fn with_program(self, path: &Path) -> Self {
        let key = self.with(&path.to_string_lossy());
        let Ok(metadata) = std::fs::metadata(path) else {
            return key.with("is not there");
        };
        let time = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
            .unwrap_or_default();
        key.with(&metadata.len().to_string())
            .with(&time.as_nanos().to_string())
    }

    /// The key as letters and digits.
    pub fn finish(self) -> String {
        let mut text = String::new();
        for byte in self.0.finalize().iter().take(16) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_borders() {
        let key = |parts: &[&str]| {
            parts
                .iter()
                .fold(Key::new("test"), |key, part| key.with(part))
                .finish()
        };
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["ab"]), key(&["ab", ""]));
    }
}
