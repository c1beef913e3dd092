//! A store of nodes and edges: each node leads to its neighbors, in both directions.
//!
//! Used by `storage/models/shop.rs`.

use super::shop::{Counted, Order, Store, sum};
use std::collections::BTreeSet;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Customer(u32),
    Order(u32),
    Product(u32),
}

/// Nodes with properties, and edges that are kept at both of their ends. The day of an
/// order is a property of its node.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    /// The day of each order.
    orders: Counted<u32, u32>,
    edges: Counted<(Node, Node), ()>,
}

impl Graph {
    /// The neighbors of a node, by its edges.
    fn neighbors(&self, node: Node) -> impl Iterator<Item = Node> {
        let edges = (node, Node::Customer(0))..=(node, Node::Product(u32::MAX));
        self.edges.range(edges).map(|((_, to), ())| *to)
    }

    /// An order whose node has been read: its edges lead to the customer and the
    /// products.
    fn whole(&self, id: u32, day: u32) -> Order {
        let (mut customer, mut products) = (0, Vec::new());
        for neighbor in self.neighbors(Node::Order(id)) {
            match neighbor {
                Node::Customer(who) => customer = who,
                Node::Product(product) => products.push(product),
                Node::Order(_) => {}
            }
        }
        Order {
            id,
            customer,
            day,
            products,
        }
    }

    fn edges_of(order: &Order) -> Vec<(Node, Node)> {
        let node = Node::Order(order.id);
        let mut edges = vec![(Node::Customer(order.customer), node)];
        edges.extend(order.products.iter().map(|p| (node, Node::Product(*p))));
        edges
    }
}

impl Store for Graph {
    fn name(&self) -> &'static str {
        "graph"
    }

    fn put(&mut self, order: &Order) {
        self.orders.put(order.id, order.day);
        for (from, to) in Self::edges_of(order) {
            self.edges.put((from, to), ());
            self.edges.put((to, from), ());
        }
    }

    fn lines(&self, order: &Order) -> Vec<String> {
        let Order { id, customer, .. } = order;
        let mut lines = vec![
            format!("(order {id}) day: {}", order.day),
            format!("(customer {customer}) -PLACED-> (order {id})"),
            format!("(order {id}) <-PLACED- (customer {customer})"),
        ];
        for product in &order.products {
            lines.push(format!("(order {id}) -HAS-> (product {product})"));
            lines.push(format!("(product {product}) <-HAS- (order {id})"));
        }
        lines
    }

    fn order(&self, id: u32) -> Option<Order> {
        let day = *self.orders.get(&id)?;
        Some(self.whole(id, day))
    }

    fn orders_of(&self, customer: u32, from: u32, to: u32) -> Vec<Order> {
        // The edges are in no order of time: each leads to an order whose day is read
        // there.
        let mut found = Vec::new();
        for node in self.neighbors(Node::Customer(customer)) {
            if let Node::Order(id) = node
                && let Some(day) = self.orders.get(&id)
                && (from..to).contains(day)
            {
                found.push(self.whole(id, *day));
            }
        }
        found
    }

    fn orders_with_any(&self, products: &BTreeSet<u32>) -> Vec<Order> {
        let nodes = products
            .iter()
            .flat_map(|product| self.neighbors(Node::Product(*product)));
        let nodes: BTreeSet<Node> = nodes.collect();
        nodes
            .into_iter()
            .filter_map(|node| match node {
                Node::Order(id) => self.order(id),
                _ => None,
            })
            .collect()
    }

    fn counts(&self) -> (usize, usize) {
        sum([self.orders.counts(), self.edges.counts()])
    }
}
