//! The indexes that a store keeps by itself beside its records.
//!
//! Used by `storage/models/aggregates.rs` and `storage/models/tables.rs`.

use super::shop::{Counted, Order, sum};
use std::collections::BTreeSet;

/// Entries that lead to the numbers of orders: by customer and day, and by product.
#[derive(Debug, Clone, Default)]
pub(super) struct Indexes {
    /// Customer, day, number.
    by_customer: Counted<(u32, u32, u32), ()>,
    /// Product, number.
    by_product: Counted<(u32, u32), ()>,
}

impl Indexes {
    pub(super) fn put(&mut self, order: &Order) {
        let key = (order.customer, order.day, order.id);
        self.by_customer.put(key, ());
        for product in &order.products {
            self.by_product.put((*product, order.id), ());
        }
    }

    /// The entries of an order as lines, for reading.
    pub(super) fn lines(order: &Order) -> impl Iterator<Item = String> {
        let Order {
            id, customer, day, ..
        } = order;
        let first = format!("index: customer {customer}, day {day} -> {id}");
        let entry = move |product| format!("index: product {product} -> {id}");
        std::iter::once(first).chain(order.products.iter().map(entry))
    }

    /// A customer's orders from a day up to another, excluded.
    pub(super) fn of(
        &self,
        customer: u32,
        from: u32,
        to: u32,
    ) -> impl Iterator<Item = u32> {
        let keys = (customer, from, 0)..(customer, to, 0);
        self.by_customer.range(keys).map(|((_, _, id), ())| *id)
    }

    /// The orders that have any of some products, each once.
    pub(super) fn with_any(&self, products: &BTreeSet<u32>) -> BTreeSet<u32> {
        let of =
            |product: &u32| self.by_product.range((*product, 0)..=(*product, u32::MAX));
        let entries = products.iter().flat_map(of);
        entries.map(|((_, id), ())| *id).collect()
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        sum([self.by_customer.counts(), self.by_product.counts()])
    }
}
