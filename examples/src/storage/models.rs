//! One order in four data models, and how many records each reads for a question.

use crate::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// An order of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub id: u32,
    /// Who ordered.
    pub customer: u32,
    /// The day.
    pub day: u32,
    /// The products, each once.
    pub products: Vec<u32>,
}

/// Orders of a seed, in the order of days.
pub fn orders(n: u32, customers: u32, products: u32, seed: u64) -> Vec<Order> {
    let mut random = Random::new(seed);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number from 0 to less than `limit`"
    )]
    let mut below = |limit: u32| (random.uniform() * f64::from(limit)) as u32;
    (0..n)
        .map(|id| {
            let chosen: BTreeSet<u32> = (0..=below(4)).map(|_| below(products)).collect();
            Order {
                id,
                customer: below(customers),
                day: id / 10,
                products: chosen.into_iter().collect(),
            }
        })
        .collect()
}

/// A data model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Keys and values that the store doesn't look into.
    KeyValue,
    /// Documents, with an index on the products in them.
    Document,
    /// Rows under a customer, in the order of days; each with columns of its own.
    WideColumn,
    /// Nodes, and edges that lead from each to its neighbors.
    Graph,
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The order with a number.
    Order(u32),
    /// A customer's orders from a day up to another, excluded.
    OrdersOf(u32, u32, u32),
    /// The orders that have a product.
    OrdersWith(u32),
    /// What those bought, as numbers of products, who bought what a customer bought.
    AlsoBought(u32),
}

// ANCHOR: layout
/// How an order lies in a model: the records, one a line.
pub fn records(order: &Order, model: Model) -> Vec<String> {
    let Order {
        id,
        customer,
        day,
        products,
    } = order;
    let list: Vec<String> = products.iter().map(ToString::to_string).collect();
    let list = list.join(",");
    match model {
        Model::KeyValue => vec![format!(
            "order:{id} -> 0x{:016x}...",
            crate::hash::fnv1a(list.as_bytes())
        )],
        Model::Document => vec![format!(
            "{{\"_id\":{id},\"customer\":{customer},\"day\":{day},\"products\":[{list}]}}"
        )],
        Model::WideColumn => {
            let columns: Vec<String> = products
                .iter()
                .map(|product| format!("p{product}=1"))
                .collect();
            vec![format!(
                "customer {customer} | day {day}, order {id} | {}",
                columns.join(" ")
            )]
        }
        Model::Graph => {
            let mut edges = vec![format!("(customer {customer}) -PLACED-> (order {id})")];
            edges.extend(
                products
                    .iter()
                    .map(|p| format!("(order {id}) -HAS-> (product {p})")),
            );
            edges
        }
    }
}
// ANCHOR_END: layout

/// The orders in all four models.
#[derive(Debug, Clone, Default)]
pub struct Shop {
    orders: BTreeMap<u32, Order>,
    with_product: BTreeMap<u32, Vec<u32>>,
    of_customer: BTreeMap<(u32, u32, u32), u32>,
}

impl Shop {
    /// A shop with these orders.
    pub fn new(all: Vec<Order>) -> Self {
        let mut shop = Self::default();
        for order in all {
            for product in &order.products {
                shop.with_product
                    .entry(*product)
                    .or_default()
                    .push(order.id);
            }
            shop.of_customer
                .insert((order.customer, order.day, order.id), order.id);
            shop.orders.insert(order.id, order);
        }
        shop
    }

    /// The answer in order, and how many records a model reads for it: values, documents, rows, or
    /// edges.
    pub fn ask(&self, model: Model, question: Question) -> (Vec<u32>, usize) {
        match question {
            Question::Order(id) => {
                let found = self.orders.get(&id);
                let read = match model {
                    Model::KeyValue | Model::Document => usize::from(found.is_some()),
                    // The number isn't the beginning of the row key.
                    Model::WideColumn => self.orders.len(),
                    Model::Graph => found.map_or(0, |order| 1 + order.products.len()),
                };
                (found.map(|order| order.id).into_iter().collect(), read)
            }
            Question::OrdersOf(customer, from, to) => {
                let stretch = self
                    .of_customer
                    .range((customer, from, 0)..(customer, to, 0));
                let found: Vec<u32> = stretch.map(|(_, id)| *id).collect();
                let read = match model {
                    Model::KeyValue | Model::Document => self.orders.len(),
                    Model::WideColumn => found.len(),
                    // All of the customer's edges: they are in no order.
                    Model::Graph => self.orders_of(customer).count(),
                };
                (found, read)
            }
            Question::OrdersWith(product) => {
                let found = self.with_product.get(&product).cloned().unwrap_or_default();
                let read = match model {
                    Model::KeyValue | Model::WideColumn => self.orders.len(),
                    Model::Document | Model::Graph => found.len(),
                };
                (found, read)
            }
            Question::AlsoBought(customer) => self.also_bought(model, customer),
        }
    }

    fn orders_of(&self, customer: u32) -> impl Iterator<Item = &Order> {
        let ids = self
            .of_customer
            .range((customer, 0, 0)..=(customer, u32::MAX, u32::MAX));
        ids.filter_map(|(_, id)| self.orders.get(id))
    }

    // ANCHOR: hops
    /// From the customer to the orders, their products, the orders that have those,
    /// and what else is in them.
    fn also_bought(&self, model: Model, customer: u32) -> (Vec<u32>, usize) {
        let mine: BTreeSet<u32> = self
            .orders_of(customer)
            .flat_map(|order| order.products.clone())
            .collect();
        let with = |product: &u32| self.with_product.get(product).into_iter().flatten();
        let others: BTreeSet<u32> = mine.iter().flat_map(with).copied().collect();
        let others = others.iter().filter_map(|id| self.orders.get(id));
        let others: Vec<&Order> = others.filter(|order| order.customer != customer).collect();
        let also: BTreeSet<u32> = others
            .iter()
            .flat_map(|order| &order.products)
            .copied()
            .collect();
        let edges: usize = self
            .orders_of(customer)
            .map(|order| 1 + order.products.len())
            .sum();
        let read = match model {
            // Everything for the customer's orders, and everything again for the others.
            Model::KeyValue => 2 * self.orders.len(),
            Model::Document => {
                self.orders.len()
                    + mine
                        .iter()
                        .map(|product| with(product).count())
                        .sum::<usize>()
            }
            Model::WideColumn => self.orders_of(customer).count() + self.orders.len(),
            Model::Graph => {
                edges
                    + mine
                        .iter()
                        .map(|product| with(product).count())
                        .sum::<usize>()
                    + others
                        .iter()
                        .map(|order| order.products.len())
                        .sum::<usize>()
            }
        };
        (also.difference(&mine).copied().collect(), read)
    }
    // ANCHOR_END: hops
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn answers_are_those_of_a_scan(n in 1..60u32, seed in 0..500u64, customer in 0..6u32, product in 0..9u32, day in 0..4u32) {
            let all = orders(n, 6, 9, seed);
            let shop = Shop::new(all.clone());
            let ids = |keep: &dyn Fn(&Order) -> bool| -> Vec<u32> { all.iter().filter(|order| keep(order)).map(|order| order.id).collect() };
            for model in [Model::KeyValue, Model::Document, Model::WideColumn, Model::Graph] {
                prop_assert_eq!(shop.ask(model, Question::Order(n - 1)).0, [n - 1]);
                let (found, read) = shop.ask(model, Question::OrdersOf(customer, day, day + 2));
                prop_assert_eq!(&found, &ids(&|order| order.customer == customer && (day..day + 2).contains(&order.day)));
                prop_assert!(read >= found.len());
                let (found, read) = shop.ask(model, Question::OrdersWith(product));
                prop_assert_eq!(&found, &ids(&|order| order.products.contains(&product)));
                prop_assert!(read >= found.len());
                let mine: BTreeSet<u32> = all.iter().filter(|order| order.customer == customer).flat_map(|order| order.products.clone()).collect();
                let also: BTreeSet<u32> = all.iter().filter(|order| order.customer != customer && order.products.iter().any(|p| mine.contains(p)))
                    .flat_map(|order| order.products.clone()).filter(|p| !mine.contains(p)).collect();
                prop_assert_eq!(shop.ask(model, Question::AlsoBought(customer)).0, also.into_iter().collect::<Vec<u32>>());
            }
        }
    }
}
