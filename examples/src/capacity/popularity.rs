//! What the most popular items get, when popularity follows Zipf's law.
//!
//! After L. Breslau, P. Cao, L. Fan, G. Phillips and S. Shenker, "Web Caching and Zipf-like Distributions: Evidence and
//! Implications", *IEEE INFOCOM '99*, 1999.

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
    let slopes = (from.powf(-exponent - 1.0) - to.powf(-exponent - 1.0)) * exponent / 12.0;
    first + integral + ends + slopes
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let drawn = f64::from(u32::try_from(popular.count()).unwrap()) / 100_000.0;
            let share = popular_share(2_000, exponent, 400);
            assert!((drawn - share).abs() < 0.006, "{exponent}: {drawn} {share}");
        }
    }

    #[test]
    fn all_items_get_all_requests_and_equal_ones_equal_shares() {
        assert!((popular_share(10, 1.0, 99) - 1.0).abs() < 1e-12);
        assert!((popular_share(5_000, 0.0, 1_000) - 0.2).abs() < 1e-9);
        assert!(popular_share(0, 1.0, 0).abs() < 1e-12);
    }
}
