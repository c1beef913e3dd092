//! How often an LRU cache hits, by a formula.
//!
//! H. Che, Y. Tung and Z. Wang, "Hierarchical Web Caching Systems: Modeling, Design and Experimental Results", IEEE Journal on
//! Selected Areas in Communications 20(7), 2002.

/// The share of the requests that an LRU cache of `entries` answers, if they are independent draws from `items` whose popularity
/// falls as 1 / rank^exponent. Without items, or without entries, it is 0.
///
/// The approximation says that an item is in the cache if it was asked for within a time that is the same for all items: the time
/// in which as many different items are asked for as there is room for. That time is found by bisection.
pub fn lru_hit_ratio(items: u64, exponent: f64, entries: u64) -> f64 {
    if entries >= items {
        return if items == 0 { 0.0 } else { 1.0 };
    }
    let ranks = blocks(items, exponent);
    let total: f64 = ranks.iter().map(|(count, weight)| count * weight).sum();
    let held = |time: f64| -> f64 {
        ranks
            .iter()
            .map(|(count, weight)| count * -(-weight / total * time).exp_m1())
            .sum()
    };
    let (mut low, mut high) = (0.0, 1.0);
    let room = float(entries);
    while held(high) < room {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if held(middle) < room {
            low = middle;
        } else {
            high = middle;
        }
    }
    ranks
        .iter()
        .map(|(count, weight)| count * weight / total * -(-weight / total * high).exp_m1())
        .sum()
}

/// How many items, and the weight of each: one by one at first, then neighbors together, in blocks of a thousandth of their rank.
/// So a billion items are a few thousand blocks.
fn blocks(items: u64, exponent: f64) -> Vec<(f64, f64)> {
    let mut all = Vec::new();
    let mut first = 1;
    while first <= items {
        let last = (first + first / 1_000).min(items);
        let middle = f64::midpoint(float(first), float(last));
        all.push((float(last - first + 1), middle.powf(-exponent)));
        first = last + 1;
    }
    all
}

fn float(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "items stay far below 2^52")]
    let float = number as f64;
    float
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::warm_hit_ratio;
    use crate::workload::Zipf;

    #[test]
    fn a_real_lru_hits_as_often() {
        for exponent in [0.6, 0.8, 1.0, 1.2] {
            for entries in [100usize, 1_000, 3_000] {
                let trace = Zipf::new(10_000, exponent, 9).take(200_000);
                let seen = warm_hit_ratio(trace, 100_000, entries);
                let theory = lru_hit_ratio(10_000, exponent, entries as u64);
                assert!(
                    (seen - theory).abs() < 0.006,
                    "{exponent} {entries}: {seen} {theory}"
                );
            }
        }
    }

    #[test]
    fn blocks_count_every_item_once_and_weigh_it_well() {
        let all = blocks(1_000_000, 0.8);
        assert!((all.iter().map(|(count, _)| count).sum::<f64>() - 1e6).abs() < 1e-6);
        let sum: f64 = all.iter().map(|(count, weight)| count * weight).sum();
        let exact: f64 = (1..=1_000_000u32)
            .map(|rank| f64::from(rank).powf(-0.8))
            .sum();
        assert!((sum / exact - 1.0).abs() < 1e-6, "{sum} {exact}");
    }

    #[test]
    fn equal_items_hit_as_often_as_there_is_room() {
        assert!((lru_hit_ratio(1_000, 0.0, 250) - 0.25).abs() < 1e-9);
        assert!((lru_hit_ratio(1_000, 1.0, 1_000) - 1.0).abs() < 1e-9);
        assert!(lru_hit_ratio(0, 1.0, 0).abs() < 1e-9);
        assert!(lru_hit_ratio(10, 1.0, 0).abs() < 1e-9);
    }
}
