//! A relational store: a table of orders, a table of their lines, and indexes.
//!
//! Used by `storage/models/shop.rs`.

use super::indexes::Indexes;
use super::shop::{Counted, Order, Paths, Store, sum};
use std::collections::BTreeSet;

/// Two tables, each sorted by its primary key. Indexes beside those are the store's
/// work.
#[derive(Debug, Clone)]
pub(super) struct Relational {
    /// By number: customer and day.
    orders: Counted<u32, (u32, u32)>,
    /// By order and product.
    lines: Counted<(u32, u32), ()>,
    indexes: Indexes,
    paths: Paths,
}

impl Relational {
    /// A store that, if there are more paths, has an index on customer and day, and one
    /// on the product of a line.
    pub(super) fn new(paths: Paths) -> Self {
        Self {
            orders: Counted::default(),
            lines: Counted::default(),
            indexes: Indexes::default(),
            paths,
        }
    }

    /// The join of an order's row with its lines.
    fn join(&self, id: u32, (customer, day): (u32, u32)) -> Order {
        let lines = self.lines.range((id, 0)..=(id, u32::MAX));
        Order {
            id,
            customer,
            day,
            products: lines.map(|((_, product), ())| *product).collect(),
        }
    }
}

impl Store for Relational {
    fn name(&self) -> &'static str {
        "relational"
    }

    fn put(&mut self, order: &Order) {
        self.orders.put(order.id, (order.customer, order.day));
        for product in &order.products {
            self.lines.put((order.id, *product), ());
        }
        if self.paths == Paths::All {
            self.indexes.put(order);
        }
    }

    fn lines(&self, order: &Order) -> Vec<String> {
        let Order {
            id,
            customer,
            day,
            products,
        } = order;
        let mut lines = vec![format!("orders ({id}, {customer}, {day})")];
        lines.extend(products.iter().map(|p| format!("lines ({id}, {p})")));
        if self.paths == Paths::All {
            lines.extend(Indexes::lines(order));
        }
        lines
    }

    fn order(&self, id: u32) -> Option<Order> {
        let row = self.orders.get(&id)?;
        Some(self.join(id, *row))
    }

    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order> {
        if self.paths == Paths::Natural {
            let rows = self.orders.all();
            let mine = rows
                .filter(|(_, (who, day))| *who == customer && (from..to).contains(day));
            return mine.map(|(id, row)| self.join(*id, *row)).collect();
        }
        let found = self.indexes.of(customer, from, to);
        found.filter_map(|id| self.order(id)).collect()
    }

    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order> {
        let ids: BTreeSet<u32> = if self.paths == Paths::Natural {
            let lines = self.lines.all();
            let have = lines.filter(|((_, product), ())| products.contains(product));
            have.map(|((id, _), ())| *id).collect()
        } else {
            self.indexes.with_any(products)
        };
        ids.into_iter().filter_map(|id| self.order(id)).collect()
    }

    fn counts(&self) -> (usize, usize) {
        sum([
            self.orders.counts(),
            self.lines.counts(),
            self.indexes.counts(),
        ])
    }
}
