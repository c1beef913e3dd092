//! Stores that keep an order as a whole: under a key, as a document, or as a row of a
//! partition.
//!
//! Used by `storage/models/shop.rs`.

use super::indexes::Indexes;
use super::shop::{Counted, Order, Paths, Store, sum};
use std::collections::BTreeSet;

/// Values that the store doesn't look into, each under its key. Its keys are hashed: no
/// ranges.
#[derive(Debug, Clone)]
pub(super) struct KeyValue {
    values: Counted<String, Vec<u8>>,
    paths: Paths,
}

impl KeyValue {
    /// A store in which the program, if there are more paths, keeps a list for each
    /// customer and product itself.
    pub(super) fn new(paths: Paths) -> Self {
        Self {
            values: Counted::default(),
            paths,
        }
    }

    /// The program's encoding of an order or of a list: four bytes for each number.
    fn encode(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
        numbers.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn decode(bytes: &[u8]) -> impl Iterator<Item = u32> {
        let numbers = bytes.as_chunks().0.iter();
        numbers.map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn value(order: &Order) -> Vec<u8> {
        let head = [order.id, order.customer, order.day];
        Self::encode(head.into_iter().chain(order.products.iter().copied()))
    }

    fn read_order(bytes: &[u8]) -> Option<Order> {
        let mut numbers = Self::decode(bytes);
        Some(Order {
            id: numbers.next()?,
            customer: numbers.next()?,
            day: numbers.next()?,
            products: numbers.collect(),
        })
    }

    /// The program reads every value and decodes it. Values that are lists are not
    /// orders.
    fn scan(&self) -> impl Iterator<Item = Order> {
        let all = self.values.all();
        let orders = all.filter(|(key, _)| key.starts_with("order:"));
        orders.filter_map(|(_, value)| Self::read_order(value))
    }

    /// A list of pairs under a key: a day and an order.
    fn list(&self, key: &str) -> Vec<(u32, u32)> {
        let value = self.values.get(&key.to_owned());
        let numbers: Vec<u32> =
            value.into_iter().flat_map(|v| Self::decode(v)).collect();
        numbers
            .as_chunks()
            .0
            .iter()
            .map(|[a, b]| (*a, *b))
            .collect()
    }

    fn lists_of(order: &Order) -> impl Iterator<Item = String> {
        let customer = format!("customer:{}", order.customer);
        let products = order.products.iter().map(|p| format!("product:{p}"));
        std::iter::once(customer).chain(products)
    }
}

impl Store for KeyValue {
    fn name(&self) -> &'static str {
        "key-value"
    }

    fn put(&mut self, order: &Order) {
        self.values
            .put(format!("order:{}", order.id), Self::value(order));
        if self.paths == Paths::All {
            for key in Self::lists_of(order) {
                let mut list = self.list(&key);
                list.push((order.day, order.id));
                let numbers = list.into_iter().flat_map(|(day, id)| [day, id]);
                self.values.put(key, Self::encode(numbers));
            }
        }
    }

    fn lines(&self, order: &Order) -> Vec<String> {
        let bytes: Vec<String> = Self::value(order)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let bytes = bytes.concat();
        let mut lines = vec![format!("order:{} -> {bytes}", order.id)];
        if self.paths == Paths::All {
            let entry =
                |key| format!("{key} -> ... (day {}, order {})", order.day, order.id);
            lines.extend(Self::lists_of(order).map(entry));
        }
        lines
    }

    fn order(&self, id: u32) -> Option<Order> {
        Self::read_order(self.values.get(&format!("order:{id}"))?)
    }

    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order> {
        if self.paths == Paths::Natural {
            let mine = |order: &Order| {
                order.customer == customer && (from..to).contains(&order.day)
            };
            let mut found: Vec<Order> = self.scan().filter(mine).collect();
            found.sort_unstable();
            return found;
        }
        let list = self.list(&format!("customer:{customer}")).into_iter();
        let wanted = list.filter(|(day, _)| (from..to).contains(day));
        wanted.filter_map(|(_, id)| self.order(id)).collect()
    }

    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order> {
        if self.paths == Paths::Natural {
            let has =
                |order: &Order| order.products.iter().any(|p| products.contains(p));
            let mut found: Vec<Order> = self.scan().filter(has).collect();
            found.sort_unstable();
            return found;
        }
        let lists = products.iter().map(|p| self.list(&format!("product:{p}")));
        let ids: BTreeSet<u32> = lists.flatten().map(|(_, id)| id).collect();
        ids.into_iter().filter_map(|id| self.order(id)).collect()
    }

    fn counts(&self) -> (usize, usize) {
        self.values.counts()
    }
}

/// Documents with fields that the store knows, and can keep indexes of.
#[derive(Debug, Clone)]
pub(super) struct Documents {
    by_number: Counted<u32, Order>,
    indexes: Indexes,
    paths: Paths,
}

impl Documents {
    /// A store that, if there are more paths, has an index on customer and day, and one
    /// on the products.
    pub(super) fn new(paths: Paths) -> Self {
        Self {
            by_number: Counted::default(),
            indexes: Indexes::default(),
            paths,
        }
    }

    fn filter(&self, keep: impl Fn(&Order) -> bool) -> Vec<Order> {
        let all = self.by_number.all().map(|(_, order)| order);
        all.filter(|order| keep(order)).cloned().collect()
    }
}

impl Store for Documents {
    fn name(&self) -> &'static str {
        "document"
    }

    fn put(&mut self, order: &Order) {
        self.by_number.put(order.id, order.clone());
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
        let list: Vec<String> = products.iter().map(ToString::to_string).collect();
        let list = list.join(",");
        let mut lines = vec![format!(
            "{{\"_id\":{id},\"customer\":{customer},\"day\":{day},\"products\":[{list}]}}"
        )];
        if self.paths == Paths::All {
            lines.extend(Indexes::lines(order));
        }
        lines
    }

    fn order(&self, id: u32) -> Option<Order> {
        self.by_number.get(&id).cloned()
    }

    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order> {
        if self.paths == Paths::Natural {
            return self.filter(|order| {
                order.customer == customer && (from..to).contains(&order.day)
            });
        }
        let found = self.indexes.of(customer, from, to);
        found.filter_map(|id| self.order(id)).collect()
    }

    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order> {
        if self.paths == Paths::Natural {
            return self
                .filter(|order| order.products.iter().any(|p| products.contains(p)));
        }
        let found = self.indexes.with_any(products).into_iter();
        found.filter_map(|id| self.order(id)).collect()
    }

    fn counts(&self) -> (usize, usize) {
        sum([self.by_number.counts(), self.indexes.counts()])
    }
}

/// Rows in order within a partition, each with columns of its own. Tables beside the
/// first are written by the program.
#[derive(Debug, Clone)]
pub(super) struct WideColumns {
    /// Partition: customer. Rows by day and order; a column for each product.
    by_customer: Counted<(u32, u32, u32), Vec<u32>>,
    /// Partition: order.
    by_order: Counted<u32, Order>,
    /// Partition: product. Rows by order.
    by_product: Counted<(u32, u32), Order>,
    paths: Paths,
}

impl WideColumns {
    /// A store with a table by customer and day and, if there are more paths, one by
    /// order and one by product.
    pub(super) fn new(paths: Paths) -> Self {
        Self {
            by_customer: Counted::default(),
            by_order: Counted::default(),
            by_product: Counted::default(),
            paths,
        }
    }

    fn row((key, products): (&(u32, u32, u32), &Vec<u32>)) -> Order {
        let (customer, day, id) = *key;
        Order {
            id,
            customer,
            day,
            products: products.clone(),
        }
    }

    fn filter(&self, keep: impl Fn(&Order) -> bool) -> Vec<Order> {
        let all = self.by_customer.all().map(Self::row);
        let mut found: Vec<Order> = all.filter(|order| keep(order)).collect();
        found.sort_unstable();
        found
    }
}

impl Store for WideColumns {
    fn name(&self) -> &'static str {
        "wide-column"
    }

    fn put(&mut self, order: &Order) {
        let key = (order.customer, order.day, order.id);
        self.by_customer.put(key, order.products.clone());
        if self.paths == Paths::All {
            self.by_order.put(order.id, order.clone());
            for product in &order.products {
                self.by_product.put((*product, order.id), order.clone());
            }
        }
    }

    fn lines(&self, order: &Order) -> Vec<String> {
        let Order {
            id,
            customer,
            day,
            products,
        } = order;
        let columns: Vec<String> = products.iter().map(|p| format!("p{p}=1")).collect();
        let columns = columns.join(" ");
        let mut lines = vec![format!(
            "customer {customer} | day {day}, order {id} | {columns}"
        )];
        if self.paths == Paths::All {
            let rest = format!("customer={customer} day={day} {columns}");
            lines.push(format!("order {id} | {rest}"));
            let row = |p| format!("product {p} | order {id} | {rest}");
            lines.extend(products.iter().map(row));
        }
        lines
    }

    fn order(&self, id: u32) -> Option<Order> {
        if self.paths == Paths::Natural {
            // The number isn't the beginning of the key.
            return self.filter(|order| order.id == id).pop();
        }
        self.by_order.get(&id).cloned()
    }

    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order> {
        let stretch = (customer, from, 0)..(customer, to, 0);
        self.by_customer.range(stretch).map(Self::row).collect()
    }

    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order> {
        if self.paths == Paths::Natural {
            return self
                .filter(|order| order.products.iter().any(|p| products.contains(p)));
        }
        let rows = products
            .iter()
            .flat_map(|p| self.by_product.range((*p, 0)..=(*p, u32::MAX)));
        rows.map(|(_, order)| order.clone()).collect()
    }

    fn counts(&self) -> (usize, usize) {
        sum([
            self.by_customer.counts(),
            self.by_order.counts(),
            self.by_product.counts(),
        ])
    }
}
