//! `MapReduce`, with shuffle and combiner, on simulated machines.
//!
//! After Dean and Ghemawat, "`MapReduce`: Simplified Data Processing on Large Clusters", OSDI 2004.

use std::collections::BTreeMap;

/// Counts of words.
pub type WordCount = BTreeMap<String, u64>;

/// Whether each mapper adds up its own pairs before it sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combiner {
    /// Every pair travels.
    Off,
    /// A mapper runs the reducer over its own pairs first.
    On,
}

/// How a job is cut up.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Machines that map. At least one works, even if this is 0.
    pub mappers: usize,
    /// Machines that reduce. At least one works, even if this is 0.
    pub reducers: usize,
    /// Whether mappers combine.
    pub combiner: Combiner,
}

/// What crossed the network between the mappers and the reducers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shuffled {
    /// Key-value pairs.
    pub pairs: u64,
    /// Bytes: each pair's key, and 8 for its number.
    pub bytes: u64,
}

// ANCHOR: map
/// The map function of a word count: each word with a 1. It counts nothing.
pub fn map_words(document: &str) -> Vec<(String, u64)> {
    document
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| (word.to_lowercase(), 1))
        .collect()
}

/// The reduce function of a word count: the sum of a word's numbers.
pub fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}
// ANCHOR_END: map

// ANCHOR: job
/// Runs a job: map, combine, shuffle, sort and reduce.
pub fn map_reduce(
    documents: &[&str],
    job: Job,
    map: impl Fn(&str) -> Vec<(String, u64)>,
    reduce: impl Fn(&[u64]) -> u64,
) -> (WordCount, Shuffled) {
    let reducers = job.reducers.max(1);
    let mut shuffled = Shuffled::default();
    let mut inboxes: Vec<Vec<(String, u64)>> = vec![Vec::new(); reducers];
    for mapper in 0..job.mappers.max(1) {
        let share = documents.iter().skip(mapper).step_by(job.mappers.max(1));
        let mut pairs: Vec<(String, u64)> = share.flat_map(|d| map(d)).collect();
        if job.combiner == Combiner::On {
            pairs = reduce_groups(pairs, &reduce).into_iter().collect();
        }
        for (key, value) in pairs {
            shuffled.pairs += 1;
            shuffled.bytes += key.len() as u64 + 8;
            let reducer = partition(&key, reducers);
            inboxes[reducer].push((key, value));
        }
    }
    let counts = inboxes
        .into_iter()
        .flat_map(|inbox| reduce_groups(inbox, &reduce))
        .collect();
    (counts, shuffled)
}

/// Groups pairs by key, in the keys' order, and reduces each group.
fn reduce_groups(pairs: Vec<(String, u64)>, reduce: impl Fn(&[u64]) -> u64) -> WordCount {
    let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    let reduced = groups.into_iter().map(|(key, group)| (key, reduce(&group)));
    reduced.collect()
}
// ANCHOR_END: job

/// The reducer that a key belongs to: FNV-1a over its bytes, so that every mapper agrees.
fn partition(key: &str, reducers: usize) -> usize {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    usize::try_from(hash % reducers as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn job(mappers: usize, reducers: usize, combiner: Combiner) -> Job {
        Job {
            mappers,
            reducers,
            combiner,
        }
    }

    /// The judge: one loop over all words.
    fn count(documents: &[&str]) -> WordCount {
        let mut counts = WordCount::new();
        for word in documents.join(" ").split_whitespace() {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn no_documents_give_no_counts() {
        let (counts, shuffled) = map_reduce(&[], job(0, 0, Combiner::On), map_words, sum);
        assert!(counts.is_empty());
        assert_eq!(shuffled, Shuffled::default());
    }

    #[test]
    fn words_are_parted_at_what_is_no_letter_and_no_digit() {
        let words: Vec<_> = map_words("To be, or not—to be?")
            .into_iter()
            .map(|p| p.0)
            .collect();
        assert_eq!(words, ["to", "be", "or", "not", "to", "be"]);
    }

    proptest! {
        #[test]
        fn any_cut_counts_what_one_loop_counts(
            documents in prop::collection::vec("[a-e]{1,2}( [a-e]{1,2}){0,20}", 0..8),
            mappers in 1..5usize,
            reducers in 1..5usize,
        ) {
            let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
            let expected = count(&documents);
            let (plain, all) =
                map_reduce(&documents, job(mappers, reducers, Combiner::Off), map_words, sum);
            let (combined, fewer) =
                map_reduce(&documents, job(mappers, reducers, Combiner::On), map_words, sum);
            prop_assert_eq!(&plain, &expected);
            prop_assert_eq!(&combined, &expected);
            prop_assert!(fewer.pairs <= all.pairs);
            prop_assert_eq!(all.pairs, expected.values().sum::<u64>());
        }
    }
}
