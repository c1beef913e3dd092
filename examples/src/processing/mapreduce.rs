//! `MapReduce`, with shuffle and combiner, on simulated machines.
//!
//! Shown in `src/processing/mapreduce.md`.
//!
//! After Dean and Ghemawat, "`MapReduce`: Simplified Data Processing on Large
//! Clusters", OSDI 2004.

use crate::hash::fnv1a;
use std::collections::BTreeMap;

/// Counts of words.
pub type WordCount = BTreeMap<String, u64>;

/// A function that turns a key's numbers into one.
pub type Reduce = fn(&[u64]) -> u64;

/// How a job is split.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Machines that map; 0 counts as 1.
    pub mappers: usize,
    /// Machines that reduce; 0 counts as 1.
    pub reducers: usize,
    /// What each mapper applies to a key's numbers before it sends them. Without it,
    /// every pair is sent.
    pub combiner: Option<Reduce>,
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
        if let Some(combine) = job.combiner {
            pairs = reduce_groups(pairs, combine).into_iter().collect();
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
fn reduce_groups(
    pairs: Vec<(String, u64)>,
    reduce: impl Fn(&[u64]) -> u64,
) -> WordCount {
    let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    let reduced = groups.into_iter().map(|(key, group)| (key, reduce(&group)));
    reduced.collect()
}
// ANCHOR_END: job

// ANCHOR: split
/// A split of one key's numbers between two mappers after which the reducer, used as
/// its own combiner, gives a different result than over all the numbers at once. `None`
/// if every split of these numbers gives the same. Looks at the first 16 numbers.
pub fn harmful_split(reduce: Reduce, numbers: &[u64]) -> Option<[Vec<u64>; 2]> {
    let numbers = numbers.get(..16).unwrap_or(numbers);
    let result = reduce(numbers);
    let splits = (1..1_u32 << numbers.len()).map(|split| {
        let mut mappers = [Vec::new(), Vec::new()];
        for (place, number) in numbers.iter().enumerate() {
            mappers[usize::from(split >> place & 1 == 0)].push(*number);
        }
        mappers
    });
    let mut splits = splits.filter(|mappers| {
        let combined = mappers.iter().filter(|numbers| !numbers.is_empty());
        let combined: Vec<u64> = combined.map(|numbers| reduce(numbers)).collect();
        reduce(&combined) != result
    });
    splits.next()
}
// ANCHOR_END: split

/// The reducer that a key belongs to: FNV-1a over its bytes, so that every mapper
/// agrees.
fn partition(key: &str, reducers: usize) -> usize {
    usize::try_from(fnv1a(key) % reducers as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn job(mappers: usize, reducers: usize, combiner: Option<Reduce>) -> Job {
        Job {
            mappers,
            reducers,
            combiner,
        }
    }

    /// The reference: one loop over all words.
    fn count(documents: &[&str]) -> WordCount {
        let mut counts = WordCount::new();
        for word in documents.join(" ").split_whitespace() {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn no_documents_give_no_counts() {
        let (counts, shuffled) = map_reduce(&[], job(0, 0, Some(sum)), map_words, sum);
        assert!(counts.is_empty());
        assert_eq!(shuffled, Shuffled::default());
    }

    #[test]
    fn words_are_split_at_everything_but_letters_and_digits() {
        let words: Vec<_> = map_words("To be, or not—to be?")
            .into_iter()
            .map(|p| p.0)
            .collect();
        assert_eq!(words, ["to", "be", "or", "not", "to", "be"]);
    }

    /// Reducers, and whether each may be its own combiner whatever the numbers are.
    const REDUCERS: [(Reduce, bool); 5] = [
        (sum, true),
        (|numbers| numbers.iter().copied().max().unwrap_or(0), true),
        (|numbers| numbers.iter().copied().min().unwrap_or(0), true),
        (|numbers| numbers.len() as u64, false),
        (
            |numbers| sum(numbers) / (numbers.len() as u64).max(1),
            false,
        ),
    ];

    #[test]
    fn a_count_of_counts_is_no_count() {
        let count = REDUCERS[3].0;
        // Two mappers with one number each hide the mistake; a mapper with both shows
        // it.
        assert_eq!(harmful_split(count, &[7, 8]), Some([vec![7, 8], vec![]]));
        let documents = ["be be", "be"];
        let run = |combiner, reduce: Reduce| {
            map_reduce(&documents, job(2, 1, combiner), map_words, reduce).0["be"]
        };
        assert_eq!(run(None, count), 3);
        assert_eq!(run(Some(count), count), 2);
        assert_eq!(run(Some(count), sum), 3);
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
                map_reduce(&documents, job(mappers, reducers, None), map_words, sum);
            let (combined, fewer) =
                map_reduce(&documents, job(mappers, reducers, Some(sum)), map_words, sum);
            prop_assert_eq!(&plain, &expected);
            prop_assert_eq!(&combined, &expected);
            prop_assert!(fewer.pairs <= all.pairs);
            prop_assert_eq!(all.pairs, expected.values().sum::<u64>());
        }

        /// The reference is the job itself: however the numbers are split, a reducer
        /// that no split harms gives the same result as without a combiner.
        #[test]
        fn a_reducer_that_no_split_harms_may_combine(numbers in prop::collection::vec(0..20u64, 1..7), which in 0..5usize) {
            let (reduce, always) = REDUCERS[which];
            let documents: Vec<String> = numbers.iter().map(u64::to_string).collect();
            let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
            let map = |text: &str| vec![(String::from("key"), text.parse().unwrap())];
            let run = |combiner| map_reduce(&documents, job(2, 1, combiner), map, reduce).0;
            let harmful = harmful_split(reduce, &numbers);
            prop_assert!(harmful.is_none() || !always);
            prop_assert!(harmful.is_some() || run(Some(reduce)) == run(None));
            let [one, other] = harmful.unwrap_or_default();
            prop_assert!(one.len() + other.len() == numbers.len() || one.is_empty() && other.is_empty());
        }
    }
}
