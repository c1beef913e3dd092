//! A book store in two places whose connection is cut, with four ways to keep its
//! stock.
//!
//! Shown in `src/cases/bookstore.md`.

use std::collections::BTreeMap;

use crate::consensus::cap::{Mode, Replicas};
use crate::number::float;
use crate::random::Random;
use crate::replication::crdt::{Counter, GrowCounter, Merge};

/// How the two places keep the stock of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// One number in three replicas, two of them at place 0. A place sells only if it
    /// reaches a majority: consistent.
    Quorum,
    /// The same three replicas, and a place sells with those that it reaches:
    /// available. After a cut the newest number wins.
    NewestWins,
    /// Each place counts what it sold, and the counts are added up: available, too.
    Counters,
    /// Half of what is left belongs to each place while the line is cut, and neither
    /// sells more than its half.
    Halves,
}

/// What is sold, and when the line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Copies of the book.
    pub copies: u64,
    /// Orders, one after the other.
    pub orders: u64,
    /// Percent of the orders that arrive at place 0.
    pub share: u64,
    /// The line is cut from this order on.
    pub cut: u64,
    /// It is back from this order on.
    pub heal: u64,
}

/// How the day ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sales {
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were turned away although a copy was left somewhere.
    pub turned_away: u64,
    /// Orders that were accepted without a copy for them.
    pub oversold: u64,
}

/// Sells for a day. The seed decides at which place each order arrives.
pub fn sell(stock: Stock, day: Day, seed: u64) -> Sales {
    let mut random = Random::new(seed);
    let mut store: Box<dyn Store> = match stock {
        Stock::Quorum => Box::new(Replicated::new(Mode::Consistent, day.copies)),
        Stock::NewestWins => Box::new(Replicated::new(Mode::Available, day.copies)),
        Stock::Counters => Box::new(Counted::new(day.copies)),
        Stock::Halves => Box::new(Halved::new(day.copies)),
    };
    let mut sales = Sales::default();
    for order in 0..day.orders {
        if order == day.cut && day.cut < day.heal {
            store.cut();
        } else if order == day.heal && day.cut < day.heal {
            store.heal();
        }
        let place = usize::from(random.below(100) >= day.share);
        if store.order(place) {
            sales.accepted += 1;
        } else if sales.accepted < day.copies {
            sales.turned_away += 1;
        }
    }
    sales.oversold = sales.accepted.saturating_sub(day.copies);
    sales
}

/// Means over days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Orders that were turned away although a copy was left somewhere.
    pub turned_away: f64,
    /// Orders that were accepted without a copy for them.
    pub oversold: f64,
}

/// The same day with the orders of many seeds.
pub fn sell_days(stock: Stock, day: Day, seeds: u64) -> Mean {
    let sales = (0..seeds).map(|seed| sell(stock, day, seed));
    let (turned_away, oversold) = sales.fold((0, 0), |sum, sales| {
        (sum.0 + sales.turned_away, sum.1 + sales.oversold)
    });
    let mean = |sum: u64| float(sum) / float(seeds.max(1));
    Mean {
        turned_away: mean(turned_away),
        oversold: mean(oversold),
    }
}

/// A stock in two places.
trait Store {
    /// The line between the places is cut.
    fn cut(&mut self);
    /// It is back.
    fn heal(&mut self);
    /// Sells a copy at a place, if the store allows it there.
    fn order(&mut self, place: usize) -> bool;
}

// ANCHOR: replicated
/// The number of copies left, in three replicas: two at place 0, one at place 1.
struct Replicated(Replicas);

impl Replicated {
    fn new(mode: Mode, copies: u64) -> Self {
        let mut replicas = Replicas::new(mode, 3);
        let stocked = replicas.write(0, copies);
        debug_assert!(stocked.is_ok(), "nothing is cut yet");
        Self(replicas)
    }
}

impl Store for Replicated {
    fn cut(&mut self) {
        self.0.partition(2);
    }

    fn heal(&mut self) {
        self.0.heal(); // What the loser sold is forgotten.
    }

    fn order(&mut self, place: usize) -> bool {
        let replica = [0, 2][place];
        match self.0.read(replica) {
            Ok(left) if left > 0 => self.0.write(replica, left - 1).is_ok(),
            _ => false, // Sold out, or no majority.
        }
    }
}
// ANCHOR_END: replicated

/// The copies, and what each place knows to be sold.
struct Counted {
    copies: u64,
    sold: [GrowCounter; 2],
    is_cut: bool,
}

impl Counted {
    fn new(copies: u64) -> Self {
        Self {
            copies,
            sold: [GrowCounter::default(), GrowCounter::default()],
            is_cut: false,
        }
    }
}

// ANCHOR: counted
impl Store for Counted {
    fn cut(&mut self) {
        self.is_cut = true;
    }

    fn heal(&mut self) {
        self.is_cut = false;
        let there = self.sold[1].clone();
        self.sold[0].merge(&there);
        self.sold[1] = self.sold[0].clone();
    }

    fn order(&mut self, place: usize) -> bool {
        if self.sold[place].value() >= self.copies {
            return false;
        }
        self.sold[place].add(place, 1);
        if !self.is_cut {
            self.heal(); // The other place hears of it at once.
        }
        true
    }
}
// ANCHOR_END: counted

/// What is left, and, during a cut, what each place may sell of it.
struct Halved {
    left: u64,
    halves: Option<[u64; 2]>,
}

impl Halved {
    fn new(copies: u64) -> Self {
        Self {
            left: copies,
            halves: None,
        }
    }
}

// ANCHOR: halved
impl Store for Halved {
    fn cut(&mut self) {
        // Agreed on with each sale before the cut, since the places can't talk now.
        self.halves = Some([self.left.div_ceil(2), self.left / 2]);
    }

    fn heal(&mut self) {
        self.left = self.halves.take().map_or(self.left, |[a, b]| a + b);
    }

    fn order(&mut self, place: usize) -> bool {
        let left = match &mut self.halves {
            Some(halves) => &mut halves[place],
            None => &mut self.left,
        };
        let sells = *left > 0;
        *left -= u64::from(sells);
        sells
    }
}
// ANCHOR_END: halved

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

    /// Merges two carts, book by book.
    pub fn merge(&mut self, other: &Self) {
        for (book, count) in &other.counts {
            self.counts.entry(book).or_default().merge(count);
        }
    }

    /// The books in it, and how many of each.
    pub fn content(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.counts.iter();
        let left =
            counts.map(|(book, count)| (*book, count.value().max(0).unsigned_abs()));
        left.filter(|(_, count)| *count > 0).collect()
    }
    // ANCHOR_END: cart
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference: sums. Of `left` copies at the cut, how many does each place sell
    /// of `asked`, and what does the store believe to be left afterwards?
    fn during_the_cut(stock: Stock, left: u64, asked: [u64; 2]) -> (u64, u64) {
        let most = match stock {
            Stock::Quorum => [left, 0],
            Stock::NewestWins | Stock::Counters => [left, left],
            Stock::Halves => [left.div_ceil(2), left / 2],
        };
        let sold = [asked[0].min(most[0]), asked[1].min(most[1])];
        let both = sold[0] + sold[1];
        let believed = match stock {
            // The side that wrote more often has the newer number.
            Stock::NewestWins => left - sold[0].max(sold[1]),
            _ => left.saturating_sub(both),
        };
        (both, believed)
    }

    const ALL: [Stock; 4] = [
        Stock::Quorum,
        Stock::NewestWins,
        Stock::Counters,
        Stock::Halves,
    ];

    proptest! {
        #[test]
        fn every_stock_sells_what_the_sums_say(
            seed in any::<u64>(), copies in 0..60u64, orders in 0..120u64, share in 0..=100u64, cut in 0..60u64, long in 0..60u64,
        ) {
            let day = Day { copies, orders, share, cut, heal: cut + long };
            // The places at which the orders arrive are those that the run draws.
            let mut random = Random::new(seed);
            let places: Vec<usize> = (0..orders).map(|_| usize::from(random.below(100) >= share)).collect();
            let at = |place, from: u64, to: u64| {
                let range = usize::try_from(from.min(orders)).unwrap()..usize::try_from(to.min(orders)).unwrap();
                places[range].iter().filter(|it| **it == place).count() as u64
            };
            for stock in ALL {
                let sales = sell(stock, day, seed);
                let before = cut.min(orders).min(copies);
                let asked = [0, 1].map(|place| at(place, cut, cut + long));
                let (during, believed) = during_the_cut(stock, copies - before, asked);
                let after = orders.saturating_sub(cut + long).min(believed);
                prop_assert_eq!(sales.accepted, before + during + after, "{:?}", stock);
                prop_assert_eq!(sales.oversold, sales.accepted.saturating_sub(copies));
                if matches!(stock, Stock::Quorum | Stock::Halves) {
                    prop_assert_eq!(sales.oversold, 0);
                } else {
                    prop_assert_eq!(sales.turned_away, 0);
                }
                if long == 0 {
                    prop_assert_eq!(sales, Sales { accepted: orders.min(copies), ..Sales::default() });
                }
            }
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
