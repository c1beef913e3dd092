//! The share of requests for the most popular items, when popularity follows Zipf's
//! law.
//!
//! Shown in `src/capacity/cache-size.md`.
//!
//! After L. Breslau, P. Cao, L. Fan, G. Phillips and S. Shenker, "Web Caching and
//! Zipf-like Distributions: Evidence and Implications", *IEEE INFOCOM '99*, 1999; and
//! for a cache that keeps what was used last, H. Che, Y. Tung and Z. Wang,
//! "Hierarchical Web Caching Systems: Modeling, Design and Experimental Results", *IEEE
//! Journal on Selected Areas in Communications* 20(7), 2002.

// ANCHOR: popular_share
/// The share of requests that the `kept` most popular of `items` items get, if the item
/// of rank k has the weight k^(−exponent).
///
/// It is also the most that a cache of `kept` entries can answer in the long run: the
/// one that always holds the right ones.
pub fn popular_share(items: u32, exponent: f64, kept: u32) -> f64 {
    if items == 0 {
        return 0.0;
    }
    weights(kept.min(items), exponent) / weights(items, exponent)
}
// ANCHOR_END: popular_share

// ANCHOR: lru_share
/// The share of requests that a warm LRU cache of `entries` entries answers, if
/// requests are independent and popularity is Zipf's law, by Che's approximation.
///
/// An item is evicted when it wasn't requested during a time that is nearly the same
/// for all items: the time in which as many others are requested as there is room for.
pub fn lru_share(items: u32, exponent: f64, entries: u32) -> f64 {
    if entries >= items {
        return 1.0;
    }
    let ranks = buckets(items);
    let all = weights(items, exponent);
    // How many items, and how many requests, find the item still there after such a
    // time.
    let kept = |time: f64| {
        ranks
            .iter()
            .fold((0.0, 0.0), |(kept, hits), (rank, count)| {
                let rate = rank.powf(-exponent) / all;
                let stays = -(-rate * time).exp_m1();
                (kept + count * stays, hits + count * rate * stays)
            })
    };
    let (mut short, mut long) = (0.0, 1.0);
    while kept(long).0 < f64::from(entries) {
        long *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(short, long);
        if kept(middle).0 < f64::from(entries) {
            short = middle;
        } else {
            long = middle;
        }
    }
    kept(short).1
}
// ANCHOR_END: lru_share

/// Ranks, and how many items each represents: one for the first thousand, then more and
/// more.
fn buckets(items: u32) -> Vec<(f64, f64)> {
    let mut buckets = Vec::new();
    let mut from = 1;
    while from <= items {
        let count = (from / 200).clamp(1, items - from + 1);
        let count = if from < 1_000 { 1 } else { count };
        let middle = f64::from(from) + f64::from(count - 1) / 2.0;
        buckets.push((middle, f64::from(count)));
        from += count;
    }
    buckets
}

/// The sum of the first n weights: one by one at first, then by the Euler–Maclaurin
/// formula.
fn weights(n: u32, exponent: f64) -> f64 {
    const EXACT: u32 = 1_000;
    let first: f64 = (1..=n.min(EXACT))
        .map(|rank| f64::from(rank).powf(-exponent))
        .sum();
    if n <= EXACT {
        return first;
    }
    let (from, to) = (f64::from(EXACT), f64::from(n));
    let power = 1.0 - exponent;
    let integral = if power.abs() < 1e-9 {
        (to / from).ln()
    } else {
        (to.powf(power) - from.powf(power)) / power
    };
    let ends = (to.powf(-exponent) - from.powf(-exponent)) / 2.0;
    let slopes =
        (from.powf(-exponent - 1.0) - to.powf(-exponent - 1.0)) * exponent / 12.0;
    first + integral + ends + slopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::lru::warm_hit_ratio;
    use crate::number::float;
    use crate::workload::Zipf;

    #[test]
    fn the_formula_meets_the_plain_sum() {
        for exponent in [0.5, 0.8, 1.0, 1.3] {
            let sum: f64 = (1..=50_000)
                .map(|rank| f64::from(rank).powf(-exponent))
                .sum();
            let near = weights(50_000, exponent);
            assert!((near / sum - 1.0).abs() < 1e-10, "{exponent}: {near} {sum}");
        }
    }

    #[test]
    fn drawn_requests_go_to_the_popular_as_often_as_computed() {
        for exponent in [0.7, 1.0] {
            let popular = Zipf::new(2_000, exponent, 4)
                .take(100_000)
                .filter(|key| *key < 400);
            let drawn = float(popular.count()) / 100_000.0;
            let share = popular_share(2_000, exponent, 400);
            assert!((drawn - share).abs() < 0.006, "{exponent}: {drawn} {share}");
        }
    }

    #[test]
    fn che_meets_a_warm_cache() {
        for (items, exponent) in
            [(2_000_u32, 0.8), (2_000, 1.0), (5_000, 0.6), (500, 1.2)]
        {
            for share in [20, 5, 2] {
                let entries = items / share;
                let trace = Zipf::new(items as usize, exponent, 11).take(300_000);
                let run = warm_hit_ratio(trace, 100_000, entries as usize);
                let theory = lru_share(items, exponent, entries);
                assert!(
                    (run - theory).abs() < 0.01,
                    "{items} {exponent} {entries}: {run} {theory}"
                );
                assert!(theory <= popular_share(items, exponent, entries) + 1e-9);
            }
        }
    }

    #[test]
    fn buckets_hold_all_items_and_are_as_good_as_one_by_one() {
        for items in [1, 999, 1_000, 20_001] {
            let count: f64 = buckets(items).iter().map(|(_, count)| count).sum();
            assert!((count - f64::from(items)).abs() < 1e-9, "{items}");
        }
        let sum: f64 = buckets(20_000)
            .iter()
            .map(|(rank, count)| count * rank.powf(-0.8))
            .sum();
        assert!((sum / weights(20_000, 0.8) - 1.0).abs() < 1e-5);
        assert!((lru_share(10, 1.0, 10) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn all_items_get_all_requests_and_equal_ones_equal_shares() {
        assert!((popular_share(10, 1.0, 99) - 1.0).abs() < 1e-12);
        assert!((popular_share(5_000, 0.0, 1_000) - 0.2).abs() < 1e-9);
        assert!(popular_share(0, 1.0, 0).abs() < 1e-12);
    }
}
