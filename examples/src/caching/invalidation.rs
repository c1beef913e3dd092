//! What has to be deleted from a cache when a row changes: everything of the table, the
//! results with that row, or that row.
//!
//! Shown in `src/caching/invalidation.md`.

use crate::number::float;
use crate::random::Random;
use crate::workload::Zipf;
use std::collections::BTreeSet;

/// What is cached, and what a change deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Results of queries. A change to any row deletes all of them.
    Table,
    /// Results of queries. A change deletes those that hold the row.
    Query,
    /// Rows. A change deletes that row; a query collects its rows one by one.
    Object,
}

/// A table, its queries, and how often rows change.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Rows in the table.
    pub rows: usize,
    /// Different queries; which one is asked follows Zipf's law.
    pub queries: usize,
    /// The exponent of that law.
    pub popularity: f64,
    /// Rows in each result.
    pub rows_per_query: usize,
    /// The share of operations that change a row instead of asking a query.
    pub changes: f64,
}

/// What happened. Rates follow by division.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Queries asked.
    pub queries: u32,
    /// Queries answered without the database.
    pub hits: u32,
    /// Entries that queries asked the cache for.
    pub look_ups: usize,
    /// Rows that the database read for the others.
    pub rows_read: usize,
    /// Rows changed.
    pub changes: u32,
    /// Entries deleted by changes.
    pub deleted: usize,
}

/// The rows in the result of each query, drawn once and then fixed.
fn results(load: Load, random: &mut Random) -> Vec<Vec<usize>> {
    let rows = load.rows_per_query.min(load.rows);
    let mut draw = || {
        let mut result = BTreeSet::new();
        while result.len() < rows {
            result.insert(random.index(load.rows));
        }
        result.into_iter().collect()
    };
    (0..load.queries).map(|_| draw()).collect()
}

/// A cache's entries by number: of each cached row its number and its value.
type Entries = Vec<Option<Vec<(usize, u32)>>>;

// ANCHOR: run
/// Runs operations against a cache with room for everything, twice as many as are
/// counted, since the first half fills it. Checks each answer.
///
/// Returns nothing if an answer was stale.
pub fn run(grain: Grain, load: Load, operations: u32, seed: u64) -> Option<Met> {
    let mut met = Met::default();
    if load.rows == 0 || load.queries == 0 {
        return Some(met);
    }
    let mut random = Random::new(seed);
    let mut asked = Zipf::new(load.queries, load.popularity, seed.wrapping_add(1));
    let results = results(load, &mut random);
    // An index from rows to the results that hold them.
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); load.rows];
    for (query, rows) in results.iter().enumerate() {
        for row in rows {
            holders[*row].push(query);
        }
    }
    let mut table = vec![0u32; load.rows];
    let mut cache: Entries = vec![None; load.rows.max(load.queries)];
    for at in 0..2 * operations {
        if at == operations {
            met = Met::default();
        }
        if random.chance(load.changes) {
            let row = random.index(load.rows);
            table[row] += 1;
            met.changes += 1;
            let mut delete = |entry: usize| {
                met.deleted += usize::from(cache[entry].take().is_some());
            };
            match grain {
                Grain::Table => (0..load.queries).for_each(delete),
                Grain::Query => holders[row].iter().copied().for_each(delete),
                Grain::Object => delete(row),
            }
            continue;
        }
        let query = asked.next()?;
        met.queries += 1;
        // A cached object is like the result of a query for one row.
        let wanted: Vec<(usize, &[usize])> = match grain {
            Grain::Object => {
                results[query].chunks(1).map(|row| (row[0], row)).collect()
            }
            Grain::Table | Grain::Query => vec![(query, &results[query])],
        };
        met.look_ups += wanted.len();
        let read_before = met.rows_read;
        for (entry, rows) in wanted {
            let cached = cache[entry].get_or_insert_with(|| {
                met.rows_read += rows.len();
                rows.iter().map(|row| (*row, table[*row])).collect()
            });
            if cached.iter().any(|(row, value)| table[*row] != *value) {
                return None;
            }
        }
        met.hits += u32::from(met.rows_read == read_before);
    }
    Some(met)
}
// ANCHOR_END: run

/// The share of queries that a warm cache answers, in theory, where results are cached.
///
/// A result is there if, looking back, the query itself is met before a change that
/// deletes it: any change, or one of its rows. For objects there is no such formula,
/// since rows of one query are loaded together.
pub fn expected_hits(grain: Grain, load: Load) -> Option<f64> {
    let share = match grain {
        Grain::Table => 1.0,
        Grain::Query => {
            float(load.rows_per_query.min(load.rows)) / float(load.rows.max(1))
        }
        Grain::Object => return None,
    };
    let weights = || (1..=load.queries).map(|rank| float(rank).powf(-load.popularity));
    let all: f64 = weights().sum();
    let deletes = load.changes * share;
    let is_there = |popularity: f64| {
        let asks = popularity * (1.0 - load.changes);
        popularity * asks / (asks + deletes)
    };
    Some(weights().map(|weight| is_there(weight / all)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load {
        rows: 200,
        queries: 50,
        popularity: 0.8,
        rows_per_query: 10,
        changes: 0.1,
    };

    #[test]
    fn no_grain_serves_anything_stale() {
        for grain in [Grain::Table, Grain::Query, Grain::Object] {
            for seed in 0..10 {
                let met = run(grain, LOAD, 2_000, seed);
                assert!(met.is_some_and(|met| met.queries + met.changes == 2_000));
            }
        }
    }

    #[test]
    fn without_changes_nothing_is_read_once_the_cache_is_warm() {
        let load = Load {
            changes: 0.0,
            ..LOAD
        };
        for grain in [Grain::Table, Grain::Query, Grain::Object] {
            let met = run(grain, load, 5_000, 3).unwrap();
            assert_eq!((met.queries, met.hits, met.rows_read), (5_000, 5_000, 0));
        }
        let expected = expected_hits(Grain::Table, load).unwrap();
        assert!((expected - 1.0).abs() < 1e-9);
    }

    #[test]
    fn hits_are_those_of_the_formula() {
        for (changes, popularity) in [(0.02, 0.8), (0.2, 0.8), (0.1, 1.2)] {
            let load = Load {
                popularity,
                changes,
                ..LOAD
            };
            for grain in [Grain::Table, Grain::Query] {
                let share = |seed| {
                    let met = run(grain, load, 10_000, seed).unwrap();
                    f64::from(met.hits) / f64::from(met.queries)
                };
                let share = (0..10).map(share).sum::<f64>() / 10.0;
                let expected = expected_hits(grain, load).unwrap();
                assert!(
                    (share - expected).abs() < 0.02,
                    "{grain:?} {share} {expected}"
                );
            }
        }
        assert_eq!(expected_hits(Grain::Object, LOAD), None);
    }

    #[test]
    fn an_object_is_deleted_once_and_a_table_at_once() {
        let [table, query, object] = [Grain::Table, Grain::Query, Grain::Object]
            .map(|g| run(g, LOAD, 5_000, 3).unwrap());
        assert!(object.deleted <= object.changes as usize);
        assert!(table.hits < query.hits && query.rows_read > object.rows_read);
        assert_eq!(query.look_ups, query.queries as usize);
        assert_eq!(object.look_ups, 10 * object.queries as usize);
    }
}
