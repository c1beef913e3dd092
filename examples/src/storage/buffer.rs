//! Pages in memory: which of them have to be read from the disk, and which have to be
//! written back.
//!
//! Used by `storage/engines.rs`.

use crate::caching::lru::Lru;

/// A buffer for some pages. The page unused for longest is evicted, and written if it
/// was changed.
#[derive(Debug)]
pub struct Buffer {
    /// Each page in memory, and whether it is newer than the one on disk.
    pages: Lru<usize, bool>,
    /// Pages below this number exist on the disk.
    known: usize,
    /// Pages that were read from the disk.
    pub read: u64,
    /// Pages that were written to the disk.
    pub written: u64,
}

impl Buffer {
    /// A buffer for this many pages.
    pub fn new(room: usize) -> Self {
        Self {
            pages: Lru::new(room),
            known: 0,
            read: 0,
            written: 0,
        }
    }

    /// Uses a page, which is read from the disk unless it is in memory or new.
    pub fn touch(&mut self, page: usize, changes: bool) {
        let is_dirty = match self.pages.peek(&page) {
            Some(is_dirty) => *is_dirty,
            None => {
                self.read += u64::from(page < self.known);
                false
            }
        };
        self.known = self.known.max(page + 1);
        if let Some((gone, true)) = self.pages.put(page, is_dirty || changes)
            && gone != page
        {
            self.written += 1;
        }
    }

    /// Writes all changed pages, as a checkpoint does; they stay in memory.
    pub fn flush(&mut self) {
        let pages: Vec<usize> = self.pages.keys().copied().collect();
        for page in pages.into_iter().rev() {
            self.written += u64::from(self.pages.peek(&page) == Some(&true));
            self.pages.put(page, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use crate::number::float;
    use crate::storage::btree::BTree;

    #[test]
    fn each_page_is_written_once_for_each_time_it_was_dirty_in_memory() {
        let mut buffer = Buffer::new(2);
        for (page, changes) in [(0, true), (1, false), (0, true), (2, true), (1, true)]
        {
            buffer.touch(page, changes);
        }
        // 2 evicted 1, unchanged; 1 evicted 0, changed twice; 1 was read from the disk
        // again.
        assert_eq!((buffer.read, buffer.written), (1, 1));
        buffer.flush();
        buffer.flush();
        assert_eq!((buffer.read, buffer.written), (1, 3));
    }

    /// Keys at random in a tree of which a share is in memory: the rest of the leaves
    /// is missed, read and written.
    #[test]
    fn the_share_of_the_tree_that_is_not_in_memory_is_read_and_written() {
        for (entries, part) in [(20_000u64, 2u32), (60_000, 4), (60_000, 10)] {
            let mut tree = BTree::new(64);
            (0..entries).for_each(|n| drop(tree.put(mix(n), n)));
            let mut buffer = Buffer::new(tree.page_count() / part as usize);
            let use_tree = |tree: &mut BTree, buffer: &mut Buffer, n: u64| {
                let key = mix(mix(n) % entries);
                tree.path(key)
                    .iter()
                    .for_each(|page| buffer.touch(*page, false));
                tree.put(key, n)
                    .iter()
                    .for_each(|page| buffer.touch(*page, true));
            };
            (0..5_000).for_each(|n| use_tree(&mut tree, &mut buffer, n));
            let (read, written) = (buffer.read, buffer.written);
            (5_000..25_000).for_each(|n| use_tree(&mut tree, &mut buffer, n));
            let missed = 1.0 - 1.0 / f64::from(part);
            let each = |after: u64, before: u64| float(after - before) / 20_000.0;
            let (read, written) =
                (each(buffer.read, read), each(buffer.written, written));
            assert!((read - missed).abs() < 0.05, "{part}: {read}");
            assert!((written - missed).abs() < 0.05, "{part}: {written}");
        }
    }
}
