//! Tables split into databases by function, and the joins that this breaks.
//!
//! Shown in `src/partitioning/federation.md`.

use crate::service::SERVICE;
use std::collections::{BTreeMap, BTreeSet};

/// A frequent query: the tables that it needs, and how often it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Query<'a> {
    /// What it is for.
    pub name: &'a str,
    /// The tables that it reads or writes.
    pub tables: &'a [&'a str],
    /// How often it runs, a second.
    pub rate: f64,
}

/// What a split into databases does to a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Federated<'a> {
    /// Queries a second on each database, in the order of their names.
    pub load: BTreeMap<&'a str, f64>,
    /// Queries a second that need more than one database. Each is counted in the load
    /// of all that it needs.
    pub crossing: f64,
}

// ANCHOR: federate
/// Sends each query to the databases that hold its tables. `homes` says which table is
/// in which database.
pub fn federate<'a>(queries: &[Query<'_>], homes: &[(&str, &'a str)]) -> Federated<'a> {
    let mut load: BTreeMap<&str, f64> =
        homes.iter().map(|(_, home)| (*home, 0.0)).collect();
    let mut crossing = 0.0;
    for query in queries {
        let of = |table: &&str| {
            homes
                .iter()
                .find(|(name, _)| name == table)
                .map(|(_, home)| *home)
        };
        let needed: BTreeSet<&str> = query.tables.iter().filter_map(of).collect();
        for home in &needed {
            *load.entry(home).or_default() += query.rate;
        }
        if needed.len() > 1 {
            crossing += query.rate;
        }
    }
    Federated { load, crossing }
}
// ANCHOR_END: federate

/// The requests of the service. A page shows the names of its posts' authors; if posts
/// carry a copy of them, it doesn't need the users.
pub fn requests(names_copied: bool) -> [Query<'static>; 5] {
    let (timeline, page): (&[&str], &[&str]) = if names_copied {
        (&["follows", "posts"], &["posts"])
    } else {
        (&["follows", "posts", "users"], &["posts", "users"])
    };
    let query = |name, tables, rate| Query { name, tables, rate };
    [
        query("home timeline", timeline, SERVICE.home_rate),
        query("posts of a user", page, SERVICE.user_page_rate),
        query("a post", page, SERVICE.single_post_rate),
        query("write a post", &["posts"], SERVICE.post_rate),
        query("favorite", &["favorites"], SERVICE.favorite_rate),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requests_are_all_of_the_service() {
        for names_copied in [false, true] {
            let all = requests(names_copied).iter().map(|q| q.rate).sum::<f64>();
            assert!((all / SERVICE.request_rate - 1.0).abs() < 1e-4, "{all}");
        }
    }

    const QUERIES: [Query<'_>; 3] = [
        Query {
            name: "profile",
            tables: &["users"],
            rate: 10.0,
        },
        Query {
            name: "post",
            tables: &["posts"],
            rate: 5.0,
        },
        Query {
            name: "timeline",
            tables: &["posts", "follows"],
            rate: 100.0,
        },
    ];

    #[test]
    fn one_database_has_every_query_once_and_none_crosses() {
        let whole = federate(
            &QUERIES,
            &[("users", "all"), ("posts", "all"), ("follows", "all")],
        );
        assert_eq!(whole.load, BTreeMap::from([("all", 115.0)]));
        assert!(whole.crossing.abs() < 1e-9);
    }

    #[test]
    fn a_query_over_two_databases_is_work_for_both() {
        let cut = federate(
            &QUERIES,
            &[
                ("users", "people"),
                ("follows", "people"),
                ("posts", "posts"),
            ],
        );
        assert_eq!(
            cut.load,
            BTreeMap::from([("people", 110.0), ("posts", 105.0)])
        );
        assert!((cut.crossing - 100.0).abs() < 1e-9);
    }
}
