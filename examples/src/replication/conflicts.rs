//! Two leaders that both accept writes of one record, and what remains of conflicting
//! ones.
//!
//! Shown in `src/replication/conflicts.md`.

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
