//! An inverted index: for each word the documents that have it, and how lists of
//! documents are intersected.
//!
//! Shown in `src/storage/inverted.md`.
//!
//! C. D. Manning, P. Raghavan and H. Schütze, *Introduction to Information Retrieval*,
//! 2008, chapters 1, 2 and 5.

use std::collections::BTreeMap;

/// For each word the numbers of its documents, in order: its posting list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// The posting lists.
    pub postings: BTreeMap<String, Vec<u32>>,
}

/// The words of a text, in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

impl Index {
    // ANCHOR: add
    /// Adds a document. Numbers have to come in order.
    pub fn add(&mut self, document: u32, text: &str) {
        for word in words(text) {
            let list = self.postings.entry(word).or_default();
            if list.last() != Some(&document) {
                list.push(document);
            }
        }
    }

    /// The documents that have all of the words, and how many postings were looked
    /// at. The search begins with the rarest word.
    pub fn search(&self, query: &[&str]) -> (Vec<u32>, usize) {
        let lists = query.iter().map(|word| self.postings.get(*word));
        let Some(mut lists) = lists.collect::<Option<Vec<&Vec<u32>>>>() else {
            return (Vec::new(), 0);
        };
        lists.sort_by_key(|list| list.len());
        let Some((rarest, others)) = lists.split_first() else {
            return (Vec::new(), 0);
        };
        let (mut found, mut looked) = ((*rarest).clone(), rarest.len());
        for other in others {
            let mut from = 0;
            found.retain(|document| {
                let (place, steps) = gallop(&other[from..], *document);
                from += place;
                looked += steps;
                other.get(from) == Some(document)
            });
        }
        (found, looked)
    }
    // ANCHOR_END: add
}

/// The first place that isn't below a number, and the steps: 1, 2, 4, 8 ahead, then
/// binary search.
fn gallop(list: &[u32], number: u32) -> (usize, usize) {
    let (mut low, mut jump, mut steps) = (0, 1, 0);
    while low + jump <= list.len() && list[low + jump - 1] < number {
        low += jump;
        jump *= 2;
        steps += 1;
    }
    let mut high = (low + jump - 1).min(list.len());
    while low < high {
        let middle = low.midpoint(high);
        steps += 1;
        if list[middle] < number {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low, steps)
}

// ANCHOR: pack
/// A posting list in bytes: differences instead of numbers, seven bits a byte; the
/// eighth says that more come.
pub fn pack(list: &[u32]) -> Vec<u8> {
    let (mut bytes, mut last) = (Vec::new(), 0);
    for document in list {
        let mut gap = document - last;
        last = *document;
        while gap > 127 {
            bytes.push(u8::try_from(gap & 127).unwrap_or(0) | 128);
            gap >>= 7;
        }
        bytes.push(u8::try_from(gap).unwrap_or(0));
    }
    bytes
}
// ANCHOR_END: pack

/// The list of packed bytes.
pub fn unpack(bytes: &[u8]) -> Vec<u32> {
    let (mut list, mut last, mut gap, mut shift) = (Vec::new(), 0u32, 0u32, 0);
    for byte in bytes {
        gap |= u32::from(byte & 127) << shift;
        shift += 7;
        if *byte < 128 {
            last += gap;
            list.push(last);
            (gap, shift) = (0, 0);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_search_finds_what_a_scan_finds(
            documents in proptest::collection::vec("[abc ]{0,8}", 0..30),
            query in proptest::collection::vec(proptest::sample::select(vec!["a", "b", "ab", "c"]), 1..4),
        ) {
            let mut index = Index::default();
            for (document, text) in (0..).zip(&documents) {
                index.add(document, text);
            }
            let has_all = |text: &str| query.iter().all(|word| words(text).any(|other| other == *word));
            let scan: Vec<u32> = (0..).zip(&documents).filter(|(_, text)| has_all(text)).map(|(n, _)| n).collect();
            prop_assert_eq!(index.search(&query).0, scan);
        }

        #[test]
        fn lists_come_back(mut list in proptest::collection::vec(0..u32::MAX, 0..50)) {
            list.sort_unstable();
            list.dedup();
            prop_assert_eq!(unpack(&pack(&list)), list);
        }
    }
}
