//! First elections of clusters, and how long they take.
//!
//! Used by `consensus/raft/mod.rs`.

use super::cluster::{Cluster, Times};
use super::node::Rules;
use crate::number::float;
use crate::simulation::Conditions;

/// How many elections went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elections {
    /// When each of those that had an end gave a leader, in milliseconds.
    pub times: Vec<u64>,
    /// The terms that they took together.
    pub terms: u64,
    /// Elections that had given no leader within three seconds.
    pub without: usize,
}

impl Elections {
    /// The first elections of this many clusters, each with a seed of its own. They have
    /// up to nine members, which all start without a leader.
    pub fn run(
        members: usize,
        way: Conditions,
        times: Times,
        clusters: u64,
        seed: u64,
    ) -> Self {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let names = &names[..members.min(names.len())];
        let mut seen = Self {
            times: Vec::new(),
            terms: 0,
            without: 0,
        };
        for number in 0..clusters {
            let its_seed = seed.wrapping_mul(1_000).wrapping_add(number);
            let mut cluster =
                Cluster::new(names, way, times, Rules::default(), its_seed);
            match cluster.run_to_leader(3_000_000) {
                Some(time) => {
                    seen.times.push(time / 1_000);
                    seen.terms += cluster.leaders.keys().sum::<u64>();
                }
                None => seen.without += 1,
            }
        }
        seen
    }

    /// The mean time until there was a leader, in milliseconds; `None` if there never
    /// was one.
    pub fn mean_time(&self) -> Option<f64> {
        self.mean(self.times.iter().sum())
    }

    /// The mean number of terms that it took.
    pub fn mean_terms(&self) -> Option<f64> {
        self.mean(self.terms)
    }

    fn mean(&self, sum: u64) -> Option<f64> {
        let count = self.times.len();
        (count > 0).then(|| float(sum) / float(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(shortest: u64, longest: u64) -> Elections {
        let way = Conditions {
            min_delay: 5_000,
            max_delay: 10_000,
            ..Conditions::default()
        };
        let times = Times {
            shortest,
            longest,
            ..Times::default()
        };
        Elections::run(5, way, times, 50, 1)
    }

    #[test]
    fn equal_time_outs_elect_nobody_and_wide_ones_nearly_always_at_once() {
        let equal = run(150_000, 150_000);
        assert_eq!((equal.without, equal.mean_time()), (50, None));
        // The shortest of five time-outs runs out a sixth of the spread after 150 ms,
        // and a question and its answer take 10 to 20 ms.
        let wide = run(150_000, 450_000);
        let mean = wide.mean_time().unwrap();
        assert!(
            wide.without == 0 && (200.0..230.0).contains(&mean),
            "{mean}"
        );
        assert!(wide.mean_terms().unwrap() < 1.2);
    }
}
