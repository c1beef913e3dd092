//! What has to be deleted from a cache when a row changes: everything of the table, the
//! results with that row, or that row.
//!
//! Shown in `src/caching/invalidation.md`.

use crate::hash::mix;
use crate::random::Random;
use crate::service::SERVICE;
use crate::workload::Zipf;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Different queries; which one is asked follows Zipf's law, with the popularity of
    /// the service.
    pub queries: usize,
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
    /// Rows that the database read for the others.
    pub rows_read: usize,
    /// Rows changed.
    pub changes: u32,
    /// Entries deleted by changes.
    pub deleted: usize,
}

/// The rows in a query's result, fixed for the whole run.
fn rows_of(query: usize, load: Load) -> BTreeSet<usize> {
    let draw = |i: usize| {
        mix((query * load.rows_per_query + i) as u64) % load.rows.max(1) as u64
    };
    (0..load.rows_per_query)
        .map(|i| usize::try_from(draw(i)).unwrap_or(0))
        .collect()
}

// ANCHOR: run
/// Runs operations against an empty cache with room for everything, and checks each
/// answer.
///
/// Returns nothing if an answer was stale.
pub fn run(grain: Grain, load: Load, operations: u32, seed: u64) -> Option<Met> {
    let mut met = Met::default();
    if load.rows == 0 {
        return Some(met);
    }
    let mut random = Random::new(seed);
    let mut asked = Zipf::new(load.queries, SERVICE.popularity, seed + 1);
    let mut changed = Zipf::new(load.rows, 0.0, seed + 2);
    let mut table = vec![0u32; load.rows];
    // A cached query holds its rows' values; a cached object is a query of one row.
    let mut cache: BTreeMap<usize, BTreeMap<usize, u32>> = BTreeMap::new();
    for _ in 0..operations {
        if random.chance(load.changes) {
            let row = changed.next()?;
            table[row] += 1;
            met.changes += 1;
            let before = cache.len();
            match grain {
                Grain::Table => cache.clear(),
                Grain::Query => cache.retain(|_, result| !result.contains_key(&row)),
                Grain::Object => _ = cache.remove(&row),
            }
            met.deleted += before - cache.len();
            continue;
        }
        let query = asked.next()?;
        let rows = rows_of(query, load);
        met.queries += 1;
        let wanted: Vec<(usize, Vec<usize>)> = match grain {
            Grain::Object => rows.iter().map(|row| (*row, vec![*row])).collect(),
            _ => vec![(query, rows.iter().copied().collect())],
        };
        let read_before = met.rows_read;
        for (entry, rows) in wanted {
            let cached = cache.entry(entry).or_insert_with(|| {
                met.rows_read += rows.len();
                rows.into_iter().map(|row| (row, table[row])).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load {
        rows: 200,
        queries: 50,
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
    fn without_changes_all_queries_are_read_once() {
        let load = Load {
            changes: 0.0,
            ..LOAD
        };
        let [table, query, object] = [Grain::Table, Grain::Query, Grain::Object]
            .map(|g| run(g, load, 5_000, 3).unwrap());
        assert_eq!(table, query);
        assert_eq!(table.queries - table.hits, 50);
        assert!(object.rows_read <= 200);
    }

    #[test]
    fn an_object_is_deleted_once_and_a_table_at_once() {
        let [table, query, object] = [Grain::Table, Grain::Query, Grain::Object]
            .map(|g| run(g, LOAD, 5_000, 3).unwrap());
        assert!(object.deleted <= object.changes as usize);
        assert!(table.hits < query.hits && query.rows_read > object.rows_read);
    }
}
