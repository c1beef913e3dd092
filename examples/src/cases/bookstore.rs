//! A book store in two places, cut apart: one that refuses and one that goes on.

use std::collections::BTreeMap;

use crate::replication::{Counter, Merge};

/// What the store does when its two places can't talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only the place that has the majority sells.
    Consistent,
    /// Both sell, and compare afterwards.
    Available,
}

/// What became of the orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that got an error.
    pub refused: u64,
    /// Copies sold that nobody has.
    pub oversold: u64,
}

// ANCHOR: sell
/// Sells `copies` copies of a book. `orders` come in turn to place 0 and place 1; those from `cut` to `heal` while the places
/// can't talk. Place 0 has the majority: two of the three replicas.
pub fn sell(mode: Mode, copies: u64, orders: usize, cut: usize, heal: usize) -> Day {
    let mut day = Day::default();
    let mut sold = [0, 0]; // Sold at each place since they last talked.
    let mut left = copies;
    for order in 0..orders {
        let is_cut = (cut..heal).contains(&order);
        let place = order % 2;
        if !is_cut {
            day.oversold += talk(&mut sold, &mut left);
        }
        let in_stock = left > sold[place];
        if in_stock && (!is_cut || mode == Mode::Available || place == 0) {
            sold[place] += 1;
            day.accepted += 1;
        } else {
            day.refused += 1;
        }
        if !is_cut {
            day.oversold += talk(&mut sold, &mut left);
        }
    }
    day.oversold += talk(&mut sold, &mut left);
    day
}

/// Both places tell what they sold. Returns how many of these copies nobody has.
fn talk(sold: &mut [u64; 2], left: &mut u64) -> u64 {
    let together = std::mem::take(sold).iter().sum::<u64>();
    let oversold = together.saturating_sub(*left);
    *left = left.saturating_sub(together);
    oversold
}
// ANCHOR_END: sell

/// A shopping cart at one place: for each book a counter that can be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cart {
    counts: BTreeMap<&'static str, Counter>,
}

impl Cart {
    // ANCHOR: cart
    /// Adds a book at a place.
    pub fn add(&mut self, place: usize, book: &'static str) {
        self.counts.entry(book).or_default().add(place, 1);
    }

    /// Takes one out at a place.
    pub fn take_out(&mut self, place: usize, book: &'static str) {
        self.counts.entry(book).or_default().add(place, -1);
    }

    /// Brings two carts together, book by book.
    pub fn merge(&mut self, other: &Self) {
        for (book, count) in &other.counts {
            self.counts.entry(book).or_default().merge(count);
        }
    }

    /// What is in it.
    pub fn content(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.counts.iter();
        let left = counts.map(|(book, count)| (*book, count.value().max(0).unsigned_abs()));
        left.filter(|(_, count)| *count > 0).collect()
    }
    // ANCHOR_END: cart
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_consistent_store_never_oversells(copies in 0..50u64, orders in 0..120usize, cut in 0..60usize, long in 0..60usize) {
            let day = sell(Mode::Consistent, copies, orders, cut, cut + long);
            prop_assert_eq!(day.oversold, 0);
            prop_assert!(day.accepted <= copies);
            let available = sell(Mode::Available, copies, orders, cut, cut + long);
            prop_assert!(available.accepted >= day.accepted);
            prop_assert_eq!(available.oversold, available.accepted.saturating_sub(copies));
            prop_assert_eq!(available.accepted + available.refused, orders as u64);
        }

        #[test]
        fn carts_merge_to_the_same_in_any_order(steps in prop::collection::vec((0..2usize, any::<bool>(), 0..3usize), 0..20)) {
            let mut carts = [Cart::default(), Cart::default()];
            for (place, adds, book) in steps {
                let book = ["a", "b", "c"][book];
                if adds { carts[place].add(place, book) } else { carts[place].take_out(place, book) }
            }
            let [a, b] = carts;
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge(&b);
            ba.merge(&a);
            ab.merge(&b);
            prop_assert_eq!(ab, ba);
        }
    }
}
