//! A store for large objects: bytes in chunks that are named by their content, and
//! metadata stored separately from them.
//!
//! Shown in `src/storage/blobs.md`.
//!
//! Naming by content as in S. Quinlan and S. Dorward, "Venti: A New Approach to
//! Archival Storage", FAST 2002, which uses a cryptographic hash; the one here is
//! short, and only for illustration.

use crate::hash::fnv1a;
use std::collections::BTreeMap;

/// The name of a chunk.
pub type Name = u64;

/// Chunks of bytes, and for each path the chunks of its object.
#[derive(Debug, Clone, Default)]
pub struct BlobStore {
    chunks: BTreeMap<Name, Vec<u8>>,
    objects: BTreeMap<String, Vec<Name>>,
    chunk_size: usize,
}

/// What an operation moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Bytes of chunks that were written.
    pub bytes: usize,
    /// Entries of metadata that were written or removed.
    pub entries: usize,
}

impl BlobStore {
    /// An empty store that cuts objects into chunks of this many bytes, at least one.
    pub fn new(chunk_size: usize) -> Self {
        Self {
            chunk_size: chunk_size.max(1),
            ..Self::default()
        }
    }

    // ANCHOR: put
    /// Stores an object under a path. Chunks that are there already aren't stored
    /// again.
    pub fn put(&mut self, path: &str, object: &[u8]) -> Moved {
        let mut moved = Moved {
            bytes: 0,
            entries: 1,
        };
        let mut names = Vec::new();
        for chunk in object.chunks(self.chunk_size) {
            let name = fnv1a(chunk);
            self.chunks.entry(name).or_insert_with(|| {
                moved.bytes += chunk.len();
                chunk.to_vec()
            });
            names.push(name);
        }
        self.objects.insert(path.to_owned(), names);
        moved
    }

    /// Gives an object another path, without moving its bytes.
    pub fn rename(&mut self, from: &str, to: &str) -> Moved {
        match self.objects.remove(from) {
            Some(names) => {
                self.objects.insert(to.to_owned(), names);
                Moved {
                    bytes: 0,
                    entries: 2,
                }
            }
            None => Moved::default(),
        }
    }

    /// The object of a path, or none if a chunk is missing or isn't what its name
    /// says.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let mut object = Vec::new();
        for name in self.objects.get(path)? {
            let chunk = self.chunks.get(name)?;
            if fnv1a(chunk) != *name {
                return None;
            }
            object.extend(chunk);
        }
        Some(object)
    }
    // ANCHOR_END: put

    /// Removes an object. Its chunks stay until [`collect`](Self::collect).
    pub fn delete(&mut self, path: &str) -> Moved {
        let entries = usize::from(self.objects.remove(path).is_some());
        Moved { bytes: 0, entries }
    }

    /// Removes chunks that no object has, and returns how many bytes that freed.
    pub fn collect(&mut self) -> usize {
        let before = self.stored();
        let used: std::collections::BTreeSet<Name> =
            self.objects.values().flatten().copied().collect();
        self.chunks.retain(|name, _| used.contains(name));
        before - self.stored()
    }

    /// The bytes of all chunks.
    pub fn stored(&self) -> usize {
        self.chunks.values().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_gives_back_what_was_put(objects in proptest::collection::vec(proptest::collection::vec(0..3u8, 0..40), 1..8), size in 1..9usize) {
            let mut store = BlobStore::new(size);
            for (n, object) in objects.iter().enumerate() {
                store.put(&n.to_string(), object);
            }
            store.delete("0");
            store.collect();
            for (n, object) in objects.iter().enumerate().skip(1) {
                let found = store.get(&n.to_string());
                prop_assert_eq!(found.as_ref(), Some(object));
            }
            let all: usize = objects.iter().map(Vec::len).sum();
            prop_assert!(store.stored() <= all);
        }
    }

    #[test]
    fn a_chunk_that_changed_is_noticed() {
        let mut store = BlobStore::new(4);
        store.put("a", b"to be or not");
        assert!(store.get("a").is_some());
        if let Some(chunk) = store.chunks.values_mut().next() {
            chunk[0] ^= 1;
        }
        assert_eq!(store.get("a"), None);
    }
}
