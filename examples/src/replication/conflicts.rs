//! Two leaders that both accept writes of one record, what remains of conflicting ones,
//! and how many conflict.
//!
//! Shown in `src/replication/conflicts.md`.

use std::collections::HashMap;

use crate::number::float;
use crate::random::Random;
use crate::workload::Zipf;

/// What a leader does with two writes that were made without knowing each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolve {
    /// The one with the later time stamp wins.
    LastWins,
    /// The one with the earlier time stamp wins.
    FirstWins,
    /// Both are kept, for a reader to merge.
    KeepBoth,
}

/// A write, stamped with the clock of the leader that took it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// The leader's clock, in milliseconds.
    pub stamp: i64,
    /// The leader, which decides between equal stamps.
    pub leader: usize,
    /// What was written.
    pub value: String,
}

/// A client's write: when it really happens, on which leader, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// The true time, in milliseconds.
    pub time: i64,
    /// The leader that takes it, 0 or 1.
    pub leader: usize,
    /// What is written.
    pub value: &'static str,
}

/// What remains, and what is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What each leader holds in the end.
    pub held: [Vec<String>; 2],
    /// Acknowledged values that no leader holds and no client replaced on purpose.
    pub lost: Vec<String>,
}

// ANCHOR: meet
impl Resolve {
    /// What remains of two sets of writes when leaders exchange them.
    pub fn meet(self, ours: &[Write], theirs: &[Write]) -> Vec<Write> {
        let mut all: Vec<Write> = ours.iter().chain(theirs).cloned().collect();
        all.sort();
        all.dedup();
        match self {
            Self::LastWins => all.pop().into_iter().collect(),
            Self::FirstWins => all.into_iter().take(1).collect(),
            Self::KeepBoth => all,
        }
    }
}
// ANCHOR_END: meet

/// Runs one round: clients write, each leader replaces what it holds itself, and then
/// the two exchange what they hold. `clocks` is how far each leader's clock is ahead,
/// in milliseconds.
pub fn settle(writes: &[Client], clocks: [i64; 2], resolve: Resolve) -> Settled {
    let mut sorted: Vec<&Client> = writes.iter().collect();
    sorted.sort_by_key(|write| write.time);
    let mut held: [Vec<Write>; 2] = [Vec::new(), Vec::new()];
    for Client {
        time,
        leader,
        value,
    } in sorted
    {
        let leader = *leader % 2;
        let write = Write {
            stamp: time + clocks[leader],
            leader,
            value: (*value).to_owned(),
        };
        // The client saw what its leader held, and replaces it.
        held[leader] = vec![write];
    }
    let before: Vec<Write> = held.iter().flatten().cloned().collect();
    let after = [
        resolve.meet(&held[0], &held[1]),
        resolve.meet(&held[1], &held[0]),
    ];
    let is_lost = |write: &&Write| !after.iter().flatten().any(|kept| kept == *write);
    let lost = before
        .iter()
        .filter(is_lost)
        .map(|write| write.value.clone())
        .collect();
    let values =
        |writes: Vec<Write>| writes.into_iter().map(|write| write.value).collect();
    Settled {
        held: after.map(values),
        lost,
    }
}

/// Records that two leaders write: how many there are, how uneven their popularity is
/// (the exponent of Zipf's law), and the mean time between two writes of any of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Records {
    /// How many records there are.
    pub count: usize,
    /// The exponent of their popularity; with 0 all are equally popular.
    pub exponent: f64,
    /// The mean time between two writes, exponentially distributed.
    pub between: f64,
}

// ANCHOR: rate
impl Records {
    /// Writes at random times, each at a leader at random. For each delay between the
    /// leaders: the share of the writes that conflict with an earlier one, because the
    /// other leader took one of the same record within the delay before.
    pub fn conflicts(&self, writes: u32, delays: &[f64], seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        // Draws of their own, so that records and times have nothing to do with each
        // other.
        let draws = Zipf::new(self.count, self.exponent, !seed);
        // For each record and leader, when it was written last.
        let mut last: HashMap<usize, [f64; 2]> = HashMap::new();
        let mut now = 0.0;
        let mut conflicts = vec![0u32; delays.len()];
        for (record, _) in draws.zip(0..writes) {
            now += random.exponential(self.between);
            let leader = random.index(2);
            let times = last.entry(record).or_insert([f64::NEG_INFINITY; 2]);
            let since = now - times[1 - leader];
            for (conflicts, delay) in conflicts.iter_mut().zip(delays) {
                *conflicts += u32::from(since < *delay);
            }
            times[leader] = now;
        }
        let share = |count: u32| f64::from(count) / f64::from(writes.max(1));
        conflicts.into_iter().map(share).collect()
    }
    // ANCHOR_END: rate

    /// The same by the formula: a record with the share p of the writes is written by
    /// the other leader within the delay with the probability 1 - e^-(p delay / 2
    /// `between`).
    pub fn theory(&self, delay: f64) -> f64 {
        let weights = (1..=self.count).map(|rank| float(rank).powf(-self.exponent));
        let weights: Vec<f64> = weights.collect();
        let all: f64 = weights.iter().sum();
        let in_delay = delay / self.between / 2.0;
        let share = |weight: &f64| {
            let share = weight / all;
            share * (1.0 - (-share * in_delay).exp())
        };
        weights.iter().map(share).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOTH: [Client; 2] = [
        Client {
            time: 100,
            leader: 0,
            value: "red",
        },
        Client {
            time: 110,
            leader: 1,
            value: "blue",
        },
    ];

    #[test]
    fn each_rule_loses_another_write() {
        let lost = |resolve| settle(&BOTH, [0, 0], resolve).lost;
        assert_eq!(lost(Resolve::LastWins), ["red"]);
        assert_eq!(lost(Resolve::FirstWins), ["blue"]);
        assert!(lost(Resolve::KeepBoth).is_empty());
    }

    #[test]
    fn a_clock_that_is_ahead_makes_the_earlier_write_the_last() {
        assert_eq!(settle(&BOTH, [20, 0], Resolve::LastWins).lost, ["blue"]);
    }

    #[test]
    fn as_many_writes_conflict_as_the_formula_says() {
        for (count, exponent, between) in [
            (1, 0.0, 5.0),
            (100, 0.8, 10.0),
            (1_000, 1.2, 2.0),
            (500, 0.0, 1.0),
        ] {
            let records = Records {
                count,
                exponent,
                between,
            };
            let delays = [3.0, 40.0, 500.0];
            let seen = records.conflicts(200_000, &delays, 1);
            for (seen, delay) in seen.into_iter().zip(delays) {
                let theory = records.theory(delay);
                let off = (seen - theory).abs();
                assert!(off < 0.002 + 0.03 * theory, "{records:?} {seen} {theory}");
            }
        }
    }

    fn write() -> impl Strategy<Value = Write> {
        (0..5i64, 0..2usize, "[a-c]").prop_map(|(stamp, leader, value)| Write {
            stamp,
            leader,
            value,
        })
    }

    proptest! {
        #[test]
        fn leaders_agree_whatever_the_order(
            a in prop::collection::vec(write(), 0..4), b in prop::collection::vec(write(), 0..4), c in prop::collection::vec(write(), 0..4),
        ) {
            for resolve in [Resolve::LastWins, Resolve::FirstWins, Resolve::KeepBoth] {
                prop_assert_eq!(resolve.meet(&a, &b), resolve.meet(&b, &a));
                let left = resolve.meet(&resolve.meet(&a, &b), &c);
                prop_assert_eq!(&left, &resolve.meet(&a, &resolve.meet(&b, &c)));
                prop_assert_eq!(resolve.meet(&left, &left), left);
            }
        }
    }
}
