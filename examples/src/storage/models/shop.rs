//! Orders, the questions that a store of them answers, and tables that count.
//!
//! Shown in `src/storage/models.md`.

use super::aggregates::{Documents, KeyValue, WideColumns};
use super::graph::Graph;
use super::tables::Relational;
use crate::random::Random;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeBounds;

/// An order of a shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// Its number.
    pub id: u32,
    /// Who ordered.
    pub customer: u32,
    /// The day.
    pub day: u32,
    /// The products, each once, in order.
    pub products: Vec<u32>,
}

/// Random orders from a seed, sorted by day, ten a day.
pub fn orders(n: u32, customers: u32, products: u32, seed: u64) -> Vec<Order> {
    let mut random = Random::new(seed);
    let mut below =
        |limit: u32| u32::try_from(random.below(u64::from(limit))).unwrap_or(0);
    (0..n)
        .map(|id| {
            let chosen: BTreeSet<u32> =
                (0..=below(4)).map(|_| below(products)).collect();
            Order {
                id,
                customer: below(customers),
                day: id / 10,
                products: chosen.into_iter().collect(),
            }
        })
        .collect()
}

/// How orders are found other than by the store's natural key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// Not at all.
    Natural,
    /// By number, by customer and day, and by product.
    All,
}

/// A store of orders. Queries are answered only from what is read, and return their
/// answers in order.
pub trait Store {
    /// The usual name of its kind.
    fn name(&self) -> &'static str;

    /// Stores an order and its index entries.
    fn put(&mut self, order: &Order);

    /// What the store keeps of an order, as readable lines.
    fn lines(&self, order: &Order) -> Vec<String>;

    /// One order, whole.
    fn order(&self, id: u32) -> Option<Order>;

    /// A customer's orders from a day up to another, excluded, whole.
    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order>;

    /// The orders that have a product, whole.
    fn orders_with(&self, product: u32) -> Vec<Order> {
        self.orders_with_any(&BTreeSet::from([product]))
    }

    /// The products in other customers' orders that have a product of this customer's,
    /// without those.
    fn also_bought(&self, customer: u32) -> Vec<u32> {
        let mine = self.orders_of(customer, 0, u32::MAX);
        let mine: BTreeSet<u32> =
            mine.into_iter().flat_map(|order| order.products).collect();
        let others = self.orders_with_any(&mine).into_iter();
        let others = others.filter(|order| order.customer != customer);
        let also: BTreeSet<u32> = others.flat_map(|order| order.products).collect();
        also.difference(&mine).copied().collect()
    }

    /// The orders that have any of some products. A store that has to read everything
    /// for it does so once.
    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order>;

    /// How many records have been read and written since the last call: values,
    /// documents, rows, nodes, edges, and entries of indexes.
    fn counts(&self) -> (usize, usize);
}

/// A question to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// One order by its number.
    Order(u32),
    /// A customer's orders from a day on.
    Since(u32, u32),
    /// The orders that have a product.
    Product(u32),
    /// What others bought who share a product with this customer.
    AlsoBought(u32),
}

/// Asks a store. Returns how many answers it found and how many records it read for
/// them.
pub fn ask(store: &dyn Store, question: Question) -> (usize, usize) {
    store.counts();
    let found = match question {
        Question::Order(id) => usize::from(store.order(id).is_some()),
        Question::Since(customer, day) => {
            store.orders_of(customer, day, u32::MAX).len()
        }
        Question::Product(product) => store.orders_with(product).len(),
        Question::AlsoBought(customer) => store.also_bought(customer).len(),
    };
    (found, store.counts().0)
}

/// All five kinds, with these orders.
pub fn stores(all: &[Order], paths: Paths) -> Vec<Box<dyn Store>> {
    let mut stores: Vec<Box<dyn Store>> = vec![
        Box::new(KeyValue::new(paths)),
        Box::new(Documents::new(paths)),
        Box::new(WideColumns::new(paths)),
        Box::new(Graph::default()),
        Box::new(Relational::new(paths)),
    ];
    for store in &mut stores {
        for order in all {
            store.put(order);
        }
    }
    stores
}

// ANCHOR: counted
/// A sorted table that counts the records that are read from it and written to it. What
/// a store of some kind can't do with its records, such as a range of hashed keys, it
/// doesn't ask of its table.
#[derive(Debug, Clone)]
pub(super) struct Counted<K, V> {
    records: BTreeMap<K, V>,
    read: Cell<usize>,
    written: Cell<usize>,
}

impl<K: Ord, V> Counted<K, V> {
    /// The record of a key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let found = self.records.get(key);
        self.read
            .set(self.read.get() + usize::from(found.is_some()));
        found
    }

    /// The records of a range of keys, each counted when it is read.
    pub(super) fn range(
        &self,
        keys: impl RangeBounds<K>,
    ) -> impl Iterator<Item = (&K, &V)> {
        let count = |_: &(&K, &V)| self.read.set(self.read.get() + 1);
        self.records.range(keys).inspect(count)
    }

    /// All records.
    pub(super) fn all(&self) -> impl Iterator<Item = (&K, &V)> {
        self.range(..)
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        self.written.set(self.written.get() + 1);
        self.records.insert(key, value);
    }
}
// ANCHOR_END: counted

impl<K, V> Default for Counted<K, V> {
    fn default() -> Self {
        Self {
            records: BTreeMap::new(),
            read: Cell::new(0),
            written: Cell::new(0),
        }
    }
}

impl<K, V> Counted<K, V> {
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.read.take(), self.written.take())
    }
}

pub(super) fn sum<const N: usize>(counts: [(usize, usize); N]) -> (usize, usize) {
    let add = |(a, b), (c, d)| (a + c, b + d);
    counts.into_iter().fold((0, 0), add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_store_answers_as_a_look_at_all_orders_does(n in 1..60u32, seed in 0..500u64, customer in 0..6u32, product in 0..9u32, day in 0..4u32) {
            let all = orders(n, 6, 9, seed);
            let those = |keep: &dyn Fn(&Order) -> bool| -> Vec<Order> { all.iter().filter(|order| keep(order)).cloned().collect() };
            let mine: BTreeSet<u32> = all.iter().filter(|order| order.customer == customer).flat_map(|order| order.products.clone()).collect();
            let also: BTreeSet<u32> = all.iter().filter(|order| order.customer != customer && order.products.iter().any(|p| mine.contains(p)))
                .flat_map(|order| order.products.clone()).filter(|p| !mine.contains(p)).collect();
            for store in [Paths::Natural, Paths::All].into_iter().flat_map(|paths| stores(&all, paths)) {
                let name = store.name();
                prop_assert_eq!(store.order(n - 1), all.last().cloned(), "{}", name);
                prop_assert_eq!(store.order(n), None, "{}", name);
                let found = store.orders_of(customer, day, day + 2);
                prop_assert_eq!(&found, &those(&|order| order.customer == customer && (day..day + 2).contains(&order.day)), "{}", name);
                prop_assert_eq!(&store.orders_with(product), &those(&|order| order.products.contains(&product)), "{}", name);
                prop_assert_eq!(store.also_bought(customer), also.iter().copied().collect::<Vec<u32>>(), "{}", name);
            }
        }
    }

    #[test]
    fn asking_counts_what_was_read_for_the_question_alone() {
        let all = orders(300, 20, 50, 3);
        let of_7 = all
            .iter()
            .filter(|order| order.products.contains(&7))
            .count();
        for store in stores(&all, Paths::All) {
            assert_eq!(ask(store.as_ref(), Question::Order(17)).0, 1);
            assert_eq!(ask(store.as_ref(), Question::Order(300)).0, 0);
            let (found, read) = ask(store.as_ref(), Question::Product(7));
            assert_eq!((found, read >= found), (of_7, true), "{}", store.name());
            assert_eq!(ask(store.as_ref(), Question::Product(7)), (found, read));
            let all_days = ask(store.as_ref(), Question::Since(4, 0)).0;
            let mine = all.iter().filter(|order| order.customer == 4).count();
            assert_eq!(all_days, mine);
            assert_eq!(
                ask(store.as_ref(), Question::AlsoBought(4)).0,
                store.also_bought(4).len()
            );
        }
    }

    /// What a store may read at least and at most, whatever the orders are.
    #[test]
    fn reads_and_writes_are_those_that_each_design_needs() {
        for seed in 0..5 {
            let all = orders(400, 20, 50, seed);
            for paths in [Paths::Natural, Paths::All] {
                for store in stores(&all, paths) {
                    let (_, written) = store.counts();
                    let lines: usize =
                        all.iter().map(|order| store.lines(order).len()).sum();
                    assert_eq!(written, lines, "{} {paths:?}", store.name());
                    let found = store.orders_with(7).len();
                    let (read, _) = store.counts();
                    let is_found_by_path =
                        paths == Paths::All || store.name() == "graph";
                    assert!(read >= found);
                    // With a path it reads the orders found and their parts; otherwise
                    // everything at least once.
                    assert_eq!(
                        read < 12 * found + 3,
                        is_found_by_path,
                        "{}",
                        store.name()
                    );
                    assert_eq!(
                        read >= all.len(),
                        !is_found_by_path,
                        "{}",
                        store.name()
                    );
                }
            }
        }
    }
}
