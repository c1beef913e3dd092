//! Two writers that each change a database and a cache, in every order in which their steps can fall.

/// What a writer does to the cache after it has written to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheStep {
    /// It stores its own value.
    Set,
    /// It stores its own value unless the cache has a newer version.
    SetIfNewer,
    /// It removes the entry.
    Delete,
}

/// One order of steps and what it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordering {
    /// The steps, as lines of a sequence.
    pub steps: Vec<String>,
    /// The value in the database at the end.
    pub database: u32,
    /// The value in the cache at the end.
    pub cache: Option<u32>,
}

impl Ordering {
    /// Whether the cache holds something else than the database, for as long as nobody writes.
    pub fn is_stale(&self) -> bool {
        self.cache.is_some_and(|value| value != self.database)
    }
}

// ANCHOR: orders
/// Runs `writers` writers, at most four, in every order. Each writes its number to the database, which gives it a version, and then
/// does its step on the cache.
pub fn all_orders(writers: u32, cache_step: CacheStep) -> Vec<Ordering> {
    let mut orders = Vec::new();
    extend(&mut Vec::new(), writers.min(4), &mut orders);
    orders.iter().map(|order| run(order, cache_step)).collect()
}

fn run(order: &[u32], cache_step: CacheStep) -> Ordering {
    let (mut database, mut cache) = (0, None::<(usize, u32)>);
    let mut versions: Vec<u32> = Vec::new();
    let mut steps = Vec::new();
    for writer in order {
        let Some(version) = versions.iter().position(|done| done == writer) else {
            versions.push(*writer);
            database = *writer;
            steps.push(format!("writer {writer} -> database: set {writer}"));
            continue;
        };
        let is_newer = cache.is_none_or(|(held, _)| version > held);
        match cache_step {
            CacheStep::Delete => cache = None,
            CacheStep::SetIfNewer if !is_newer => {}
            CacheStep::Set | CacheStep::SetIfNewer => cache = Some((version, *writer)),
        }
        steps.push(format!("writer {writer} -> cache: {cache_step:?} {writer}"));
    }
    Ordering {
        steps,
        database,
        cache: cache.map(|(_, value)| value),
    }
}
// ANCHOR_END: orders

/// All sequences in which each writer stands twice.
fn extend(order: &mut Vec<u32>, writers: u32, orders: &mut Vec<Vec<u32>>) {
    let mut is_done = true;
    for writer in 1..=writers {
        if order.iter().filter(|one| **one == writer).count() < 2 {
            is_done = false;
            order.push(writer);
            extend(order, writers, orders);
            order.pop();
        }
    }
    if is_done {
        orders.push(order.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_orders_as_the_multinomial_coefficient() {
        // (2 n)! / 2^n
        for (writers, orders) in [(1, 1), (2, 6), (3, 90), (4, 2_520)] {
            assert_eq!(all_orders(writers, CacheStep::Set).len(), orders);
        }
    }

    #[test]
    fn plain_sets_can_stay_stale_and_versions_or_deletes_cannot() {
        let stale = |step| {
            all_orders(2, step)
                .iter()
                .filter(|order| order.is_stale())
                .count()
        };
        assert_eq!(stale(CacheStep::Set), 2);
        for writers in 1..=4 {
            for step in [CacheStep::SetIfNewer, CacheStep::Delete] {
                assert!(
                    all_orders(writers, step)
                        .iter()
                        .all(|order| !order.is_stale())
                );
            }
        }
    }
}
