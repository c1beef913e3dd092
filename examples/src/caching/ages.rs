//! How old a copy gets on its way through several caches, each of which keeps it for
//! some time. Times are in seconds.
//!
//! Shown in `src/caching/levels.md`.

/// The moment from which a copy's lifetime counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// From its arrival at this level.
    FromArrival,
    /// From the moment when the source made it, as HTTP's `Age` header allows: RFC
    /// 9111, section 4.2.
    FromSource,
}

/// Caches side by side, at one distance from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// How many there are. Clients are assigned to them in turn.
    pub caches: usize,
    /// How long each keeps a copy.
    pub life: u64,
}

/// When the source made a copy, and when the copy came to its cache.
type Held = (u64, u64);

/// Levels of caches, the one nearest to the clients first.
#[derive(Debug, Clone)]
pub struct Chain {
    counted: Counted,
    levels: Vec<(Level, Vec<Option<Held>>)>,
}

impl Chain {
    /// Empty caches.
    pub fn new(levels: &[Level], counted: Counted) -> Self {
        let empty = |level: &Level| (*level, vec![None; level.caches.max(1)]);
        Self {
            counted,
            levels: levels.iter().map(empty).collect(),
        }
    }

    // ANCHOR: read
    /// The age of what a client gets at a time. A cache whose copy has ended asks the
    /// next level.
    pub fn read(&mut self, client: usize, now: u64) -> u64 {
        now - self.made(client, 0, now)
    }

    fn made(&mut self, client: usize, at: usize, now: u64) -> u64 {
        let Some((level, caches)) = self.levels.get(at) else {
            return now; // the source itself
        };
        let (life, cache) = (level.life, client % caches.len());
        if let Some((made, arrived)) = caches[cache] {
            let start = match self.counted {
                Counted::FromArrival => arrived,
                Counted::FromSource => made,
            };
            if now < start + life {
                return made;
            }
        }
        let made = self.made(client, at + 1, now);
        self.levels[at].1[cache] = Some((made, now));
        made
    }
    // ANCHOR_END: read
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_copy_that_is_about_to_end_gets_a_second_life_at_the_next_level() {
        let ages = |counted| {
            let level = |caches| Level { caches, life: 60 };
            let mut chain = Chain::new(&[level(2), level(1)], counted);
            [(0, 0), (1, 59), (1, 118), (1, 119)]
                .map(|(client, now)| chain.read(client, now))
        };
        assert_eq!(ages(Counted::FromArrival), [0, 59, 118, 0]);
        assert_eq!(ages(Counted::FromSource), [0, 59, 0, 1]);
    }

    proptest! {
        #[test]
        fn no_age_reaches_the_sum_of_the_lives(
            levels in prop::collection::vec((1..4usize, 1..50u64), 0..4),
            reads in prop::collection::vec((0..5usize, 0..30u64), 0..200),
        ) {
            let levels: Vec<Level> =
                levels.into_iter().map(|(caches, life)| Level { caches, life }).collect();
            let mut chain = Chain::new(&levels, Counted::FromArrival);
            let (sum, mut now) = (levels.iter().map(|level| level.life).sum::<u64>(), 0);
            for (client, wait) in reads {
                now += wait;
                prop_assert!(chain.read(client, now) < sum.max(1));
            }
        }

        #[test]
        fn counted_from_the_source_no_age_reaches_one_life(
            caches in prop::collection::vec(1..4usize, 1..4),
            life in 1..50u64,
            reads in prop::collection::vec((0..5usize, 0..30u64), 0..200),
        ) {
            let levels: Vec<Level> =
                caches.into_iter().map(|caches| Level { caches, life }).collect();
            let mut chain = Chain::new(&levels, Counted::FromSource);
            let mut now = 0;
            for (client, wait) in reads {
                now += wait;
                prop_assert!(chain.read(client, now) < life);
            }
        }
    }
}
