//! Scatter and gather: every shard is asked for its best documents, and the answers are
//! merged, with a deadline or without.
//!
//! Shown in `src/processing/scatter.md`.

use crate::random::Random;

/// A document's score and number. Higher scores are better; of equal scores, the lower
/// number.
pub type Hit = (u64, usize);

/// The merged result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The best documents of the shards that answered, the best first.
    pub hits: Vec<Hit>,
    /// How many shards answered in time.
    pub answered: usize,
    /// When the answer was complete, in the unit of the delays.
    pub time: u64,
}

/// Shards that hold scored documents.
#[derive(Debug, Clone)]
pub struct Shards {
    shards: Vec<Vec<Hit>>,
}

impl Shards {
    /// `documents` documents with random scores, assigned to shards in turn.
    pub fn new(documents: usize, shards: usize, random: &mut Random) -> Self {
        let mut dealt = vec![Vec::new(); shards.max(1)];
        for document in 0..documents {
            let score = random.below(1_000_000);
            dealt[document % shards.max(1)].push((score, document));
        }
        let shards = dealt.into_iter().map(|shard| best(shard, documents));
        Self {
            shards: shards.collect(),
        }
    }

    // ANCHOR: gather
    /// Asks every shard for its best `k`, and merges what arrives until the deadline.
    /// Shard `i` answers after `delays[i]`.
    pub fn search(&self, k: usize, delays: &[u64], deadline: u64) -> Gathered {
        let mut hits = Vec::new();
        let mut in_time = Vec::new();
        for (shard, delay) in self.shards.iter().zip(delays) {
            if *delay <= deadline {
                hits.extend(shard.iter().take(k)); // Sorted, the best first.
                in_time.push(*delay);
            }
        }
        let is_complete = in_time.len() == self.shards.len();
        let last = in_time.iter().max().copied().unwrap_or(0);
        Gathered {
            hits: best(hits, k),
            answered: in_time.len(),
            time: if is_complete { last } else { deadline },
        }
    }
    // ANCHOR_END: gather
}

/// The best `k`, the best first.
fn best(mut hits: Vec<Hit>, k: usize) -> Vec<Hit> {
    hits.sort_by_key(|(score, document)| (u64::MAX - score, *document));
    hits.truncate(k);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The reference: sort all documents at one place.
        #[test]
        fn without_a_deadline_shards_find_what_one_machine_finds(
            documents in 0..200usize, shards in 1..12usize, k in 0..20usize, seed in any::<u64>(),
        ) {
            let index = Shards::new(documents, shards, &mut Random::new(seed));
            let gathered = index.search(k, &vec![5; shards], u64::MAX);
            let all = best(index.shards.iter().flatten().copied().collect(), k);
            prop_assert_eq!(gathered.hits, all);
            prop_assert_eq!((gathered.answered, gathered.time), (shards, 5));
        }

        #[test]
        fn a_deadline_finds_a_part_of_it_and_is_kept(
            seed in any::<u64>(), delays in prop::collection::vec(0..100u64, 8), deadline in 0..100u64,
        ) {
            let index = Shards::new(100, 8, &mut Random::new(seed));
            let part = index.search(10, &delays, deadline);
            prop_assert!(part.time <= deadline);
            prop_assert_eq!(part.answered, delays.iter().filter(|d| **d <= deadline).count());
            for (_, document) in &part.hits {
                prop_assert!(delays[document % 8] <= deadline);
            }
        }
    }
}
