//! Replacement policies behind one interface, so that all of them can run the same
//! trace.
//!
//! Shown in `src/caching/eviction.md`.
//!
//! CLOCK is Corbató's "A Paging Experiment with the Multics System", 1968. LRU itself
//! is [`super::lru::Lru`].

use super::fifo_queues::{S3Fifo, Sieve};
use super::sampled::{POOL, Sampled};
use super::two_queues::TwoQueues;
use crate::caching::lru::Lru;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// A cache that only keeps keys and returns whether a request was a hit.
pub trait Cache {
    /// Asks for a key: true if it was there. On a miss the key is loaded and, if the
    /// cache is full, another one is evicted.
    fn request(&mut self, key: usize) -> bool;
}

/// The policies that [`Policy::build`] makes caches of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Evicts the one that came first.
    Fifo,
    /// Evicts the one that came last.
    Lifo,
    /// Evicts the one unused for longest.
    Lru,
    /// Evicts the one used least often since it came; among equals the one unused for
    /// longest.
    Lfu,
    /// Evicts what was used once before what was requested again: 2Q.
    TwoQueues,
    /// A hand passes over used entries once and takes the next unused one.
    Clock,
    /// The same, but the hand's place isn't where newcomers go: SIEVE.
    Sieve,
    /// Three FIFO queues: a small one for newcomers, a large one for those that were
    /// used in it, and one of remembered keys: S3-FIFO.
    S3Fifo,
    /// Evicts the one unused for longest of this many entries drawn at random.
    Sampled(usize),
    /// The same, and the best candidates of earlier draws are kept, as Redis does since
    /// version 3.0.
    Pooled(usize),
}

impl Policy {
    /// All policies by their names, the sampled ones with samples of five.
    pub const NAMED: [(&str, Self); 10] = [
        ("FIFO", Self::Fifo),
        ("LIFO", Self::Lifo),
        ("LRU", Self::Lru),
        ("LFU", Self::Lfu),
        ("CLOCK", Self::Clock),
        ("2Q", Self::TwoQueues),
        ("SIEVE", Self::Sieve),
        ("S3-FIFO", Self::S3Fifo),
        ("sample of 5", Self::Sampled(5)),
        ("with pool", Self::Pooled(5)),
    ];

    /// An empty cache of this policy. One of capacity 0 keeps nothing.
    pub fn build(self, capacity: usize) -> Box<dyn Cache> {
        match self {
            Self::Fifo => Box::new(Fifo::new(capacity, false)),
            Self::Lifo => Box::new(Fifo::new(capacity, true)),
            Self::Lru => Box::new(Lru::new(capacity)),
            Self::Lfu => Box::new(Lfu::new(capacity)),
            Self::TwoQueues => Box::new(TwoQueues::new(capacity)),
            Self::Clock => Box::new(Clock::new(capacity)),
            Self::Sieve => Box::new(Sieve::new(capacity)),
            Self::S3Fifo => Box::new(S3Fifo::new(capacity)),
            Self::Sampled(sample) => Box::new(Sampled::new(capacity, sample, 0)),
            Self::Pooled(sample) => Box::new(Sampled::new(capacity, sample, POOL)),
        }
    }

    /// How many requests of a trace a cache of this policy answers.
    pub fn hits(self, trace: &[usize], capacity: usize) -> usize {
        let mut cache = self.build(capacity);
        trace.iter().filter(|key| cache.request(**key)).count()
    }
}

impl Cache for Lru<usize, ()> {
    fn request(&mut self, key: usize) -> bool {
        let hit = self.get(&key).is_some();
        if !hit {
            self.put(key, ());
        }
        hit
    }
}

struct Fifo {
    queue: VecDeque<usize>,
    kept: HashSet<usize>,
    capacity: usize,
    is_last_out: bool,
}

impl Fifo {
    fn new(capacity: usize, is_last_out: bool) -> Self {
        Self {
            queue: VecDeque::new(),
            kept: HashSet::new(),
            capacity,
            is_last_out,
        }
    }
}

// ANCHOR: fifo
impl Cache for Fifo {
    fn request(&mut self, key: usize) -> bool {
        let hit = self.kept.contains(&key);
        if !hit && self.capacity > 0 {
            let is_full = self.queue.len() == self.capacity;
            let evicted = match self.is_last_out {
                _ if !is_full => None,
                true => self.queue.pop_back(),
                false => self.queue.pop_front(),
            };
            if let Some(evicted) = evicted {
                self.kept.remove(&evicted);
            }
            self.queue.push_back(key);
            self.kept.insert(key);
        }
        hit
    }
}
// ANCHOR_END: fifo

struct Lfu {
    /// Uses, time of the last use, key: the first one is evicted next.
    order: BTreeSet<(u64, u64, usize)>,
    kept: HashMap<usize, (u64, u64)>,
    capacity: usize,
    now: u64,
}

impl Lfu {
    fn new(capacity: usize) -> Self {
        Self {
            order: BTreeSet::new(),
            kept: HashMap::new(),
            capacity,
            now: 0,
        }
    }
}

impl Cache for Lfu {
    fn request(&mut self, key: usize) -> bool {
        self.now += 1;
        let former = self.kept.get(&key).copied();
        if let Some((uses, time)) = former {
            self.order.remove(&(uses, time, key));
        } else if self.capacity == 0 {
            return false;
        } else if self.kept.len() == self.capacity
            && let Some((_, _, rarest)) = self.order.pop_first()
        {
            self.kept.remove(&rarest);
        }
        let uses = former.map_or(0, |(uses, _)| uses) + 1;
        self.order.insert((uses, self.now, key));
        self.kept.insert(key, (uses, self.now));
        former.is_some()
    }
}

struct Clock {
    /// Each slot's key and whether it was used since the hand passed.
    slots: Vec<(usize, bool)>,
    places: HashMap<usize, usize>,
    hand: usize,
    capacity: usize,
}

impl Clock {
    fn new(capacity: usize) -> Self {
        Self {
            slots: Vec::new(),
            places: HashMap::new(),
            hand: 0,
            capacity,
        }
    }
}

// ANCHOR: clock
impl Cache for Clock {
    fn request(&mut self, key: usize) -> bool {
        if let Some(&at) = self.places.get(&key) {
            self.slots[at].1 = true;
            return true;
        }
        if self.slots.len() < self.capacity {
            self.places.insert(key, self.slots.len());
            self.slots.push((key, false));
        } else if self.capacity > 0 {
            while self.slots[self.hand].1 {
                self.slots[self.hand].1 = false;
                self.hand = (self.hand + 1) % self.capacity;
            }
            self.places.remove(&self.slots[self.hand].0);
            self.places.insert(key, self.hand);
            self.slots[self.hand] = (key, false);
            self.hand = (self.hand + 1) % self.capacity;
        }
        false
    }
}
// ANCHOR_END: clock

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::belady::belady_hits;
    use crate::random::Random;
    use proptest::prelude::*;

    #[test]
    fn a_loop_one_larger_than_the_cache_never_hits_an_lru() {
        let trace: Vec<usize> = (0..11).cycle().take(1_000).collect();
        assert_eq!(Policy::Lru.hits(&trace, 10), 0);
        assert_eq!(Policy::Fifo.hits(&trace, 10), 0);
        // LIFO keeps the first nine, and hits them in every round but the first.
        let expected = trace[11..].iter().filter(|key| **key < 9).count();
        assert_eq!(Policy::Lifo.hits(&trace, 10), expected);
    }

    #[test]
    fn more_room_can_cost_a_fifo_hits() {
        // Belady, Nelson and Shedler, 1969: the anomaly's own trace, 9 faults with 3
        // frames, 10 with 4.
        let trace = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
        assert_eq!(trace.len() - Policy::Fifo.hits(&trace, 3), 9);
        assert_eq!(trace.len() - Policy::Fifo.hits(&trace, 4), 10);
    }

    /// LFU again, by a search through plain vectors.
    fn naive_lfu(trace: &[usize], capacity: usize) -> usize {
        let mut kept: Vec<(usize, usize, usize)> = Vec::new();
        let mut hits = 0;
        for (now, key) in trace.iter().enumerate() {
            if let Some(entry) = kept.iter_mut().find(|entry| entry.2 == *key) {
                *entry = (entry.0 + 1, now, *key);
                hits += 1;
                continue;
            }
            if kept.len() == capacity {
                kept.sort_unstable();
                kept.remove(0);
            }
            kept.push((1, now, *key));
        }
        hits
    }

    /// CLOCK again, as the second-chance queue that it is equivalent to.
    fn second_chance(trace: &[usize], capacity: usize) -> usize {
        let mut queue: VecDeque<(usize, bool)> = VecDeque::new();
        let mut hits = 0;
        for key in trace {
            if let Some(entry) = queue.iter_mut().find(|entry| entry.0 == *key) {
                entry.1 = true;
                hits += 1;
                continue;
            }
            while queue.len() == capacity {
                match queue.pop_front() {
                    Some((again, true)) => queue.push_back((again, false)),
                    _ => break,
                }
            }
            queue.push_back((*key, false));
        }
        hits
    }

    /// Redis' pool again, as `evict.c` keeps it: an array of 16 places in ascending
    /// order of idle times, empty ones at the right.
    fn pool_of_redis(trace: &[usize], capacity: usize, sample: usize) -> usize {
        const SIZE: usize = 16;
        let mut random = Random::new(5);
        let mut slots: Vec<(usize, u64)> = Vec::new();
        let mut pool: [Option<(u64, usize)>; SIZE] = [None; SIZE];
        let (mut now, mut hits) = (0u64, 0);
        for key in trace {
            now += 1;
            if let Some(slot) = slots.iter_mut().find(|slot| slot.0 == *key) {
                slot.1 = now;
                hits += 1;
                continue;
            }
            if slots.len() < capacity {
                slots.push((*key, now));
                continue;
            }
            let evicted = 'evict: loop {
                for _ in 0..sample {
                    let at = random.below(slots.len() as u64);
                    let (key, used) = slots[usize::try_from(at).unwrap()];
                    let (idle, offered) = (now - used, (now - used, key));
                    let k = pool
                        .iter()
                        .position(|place| place.is_none_or(|held| held.0 >= idle))
                        .unwrap_or(SIZE);
                    if k == 0 && pool[SIZE - 1].is_some() {
                        continue;
                    }
                    if pool[SIZE - 1].is_none() {
                        pool[k..].rotate_right(1);
                        pool[k] = Some(offered);
                    } else {
                        pool[..k].rotate_left(1);
                        pool[k - 1] = Some(offered);
                    }
                }
                for place in (0..SIZE).rev() {
                    if let Some((_, key)) = pool[place].take()
                        && let Some(at) = slots.iter().position(|slot| slot.0 == key)
                    {
                        break 'evict at;
                    }
                }
            };
            slots[evicted] = (*key, now);
        }
        hits
    }

    proptest! {
        #[test]
        fn the_pool_is_that_of_redis(
            trace in prop::collection::vec(0..60usize, 0..600),
            capacity in 1..40usize, sample in 1..8usize,
        ) {
            prop_assert_eq!(
                Policy::Pooled(sample).hits(&trace, capacity),
                pool_of_redis(&trace, capacity, sample)
            );
        }

        #[test]
        fn clock_is_a_queue_with_a_second_chance(
            trace in prop::collection::vec(0..9usize, 0..200),
            capacity in 1..6usize,
        ) {
            prop_assert_eq!(Policy::Clock.hits(&trace, capacity), second_chance(&trace, capacity));
        }

        #[test]
        fn no_policy_beats_the_bound_and_room_for_all_misses_each_key_once(
            trace in prop::collection::vec(0..12usize, 0..200),
            capacity in 0..12usize,
        ) {
            let bound = belady_hits(&trace, capacity);
            let different = trace.iter().collect::<HashSet<_>>().len();
            for (name, policy) in Policy::NAMED {
                prop_assert!(policy.hits(&trace, capacity) <= bound, "{name}");
                prop_assert_eq!(policy.hits(&trace, 12), trace.len() - different);
            }
        }

        #[test]
        fn lfu_does_what_a_plain_search_does(
            trace in prop::collection::vec(0..9usize, 0..200),
            capacity in 1..6usize,
        ) {
            prop_assert_eq!(Policy::Lfu.hits(&trace, capacity), naive_lfu(&trace, capacity));
        }

        #[test]
        fn a_sample_of_many_entries_is_an_lru(
            trace in prop::collection::vec(0..9usize, 0..100),
        ) {
            let exact = Policy::Lru.hits(&trace, 3);
            prop_assert_eq!(Policy::Sampled(200).hits(&trace, 3), exact);
        }
    }
}
