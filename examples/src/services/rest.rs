//! Resources behind HTTP's methods, and a check of what the methods promise: to be
//! safe, and idempotent (RFC 9110, section 9.2).
//!
//! Shown in `src/services/rest.md`.

use std::collections::BTreeMap;

/// A request to a service that keeps items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: &'static str,
    /// The path, such as `/items/3` or, in the style of remote calls, `/deleteItem/3`.
    pub path: String,
    /// The body.
    pub body: String,
}

impl Request {
    /// A request.
    pub fn new(method: &'static str, path: &str, body: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            body: body.to_owned(),
        }
    }
}

/// The service: items by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Items {
    items: BTreeMap<u64, String>,
    next: u64,
}

impl Items {
    /// Answers a request with a status and a body. The method and the resource decide;
    /// there are no names of operations.
    pub fn handle(&mut self, request: &Request) -> (u16, String) {
        let mut parts = request.path.trim_matches('/').split('/');
        let (collection, number) = (
            parts.next().unwrap_or(""),
            parts.next().map(str::parse::<u64>),
        );
        // ANCHOR: handle
        match (request.method, collection, number) {
            ("GET", "items", None) => (
                200,
                self.items.values().cloned().collect::<Vec<_>>().join(","),
            ),
            ("POST", "items", None) => {
                self.next += 1;
                self.items.insert(self.next, request.body.clone());
                (201, format!("/items/{}", self.next))
            }
            ("GET" | "HEAD", "items", Some(Ok(n))) => match self.items.get(&n) {
                Some(item) if request.method == "GET" => (200, item.clone()),
                Some(_) => (200, String::new()),
                None => (404, String::new()),
            },
            ("PUT", "items", Some(Ok(n))) => {
                let is_new = self.items.insert(n, request.body.clone()).is_none();
                self.next = self.next.max(n);
                (if is_new { 201 } else { 200 }, String::new())
            }
            ("PATCH", "items", Some(Ok(n))) => match self.items.get_mut(&n) {
                Some(item) => {
                    item.push_str(&request.body);
                    (200, item.clone())
                }
                None => (404, String::new()),
            },
            ("DELETE", "items", Some(Ok(n))) => (
                if self.items.remove(&n).is_some() {
                    204
                } else {
                    404
                },
                String::new(),
            ),
            // The style of remote calls: the path names an operation, and the method
            // says nothing.
            ("GET", "deleteItem", Some(Ok(n))) => {
                (200, self.items.remove(&n).unwrap_or_default())
            }
            (_, "items", _) => (405, String::new()),
            _ => (404, String::new()),
        }
        // ANCHOR_END: handle
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

// ANCHOR: properties
/// Whether a request leaves the state as it is, in all of these states.
pub fn is_safe(request: &Request, states: &[Items]) -> bool {
    states.iter().all(|before| {
        let mut after = before.clone();
        after.handle(request);
        after == *before
    })
}

/// Whether twice is the same as once, in all of these states.
pub fn is_idempotent(request: &Request, states: &[Items]) -> bool {
    states.iter().all(|before| {
        let mut once = before.clone();
        once.handle(request);
        let mut twice = once.clone();
        twice.handle(request);
        twice == once
    })
}
// ANCHOR_END: properties

/// Services with 0, 1, … items: states to check requests in.
pub fn some_states() -> Vec<Items> {
    let mut states = vec![Items::default()];
    for n in 1..6 {
        let mut state = states[n - 1].clone();
        state.handle(&Request::new("POST", "/items", &format!("item {n}")));
        states.push(state);
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_resource_has_a_life() {
        let mut items = Items::default();
        assert_eq!(
            items.handle(&Request::new("POST", "/items", "a")),
            (201, "/items/1".to_owned())
        );
        assert_eq!(items.handle(&Request::new("GET", "/items/1", "")).1, "a");
        assert_eq!(items.handle(&Request::new("DELETE", "/items/1", "")).0, 204);
        assert_eq!(items.handle(&Request::new("DELETE", "/items/1", "")).0, 404);
        assert_eq!(items.handle(&Request::new("POST", "/items/1", "")).0, 405);
        assert!(items.is_empty());
    }

    proptest! {
        /// What RFC 9110 promises of a method holds for every resource and body.
        #[test]
        fn methods_keep_their_promises(n in 0..8u64, body in "[a-c]{0,3}") {
            let states = some_states();
            let path = format!("/items/{n}");
            for (method, safe, idempotent) in [
                ("GET", true, true), ("HEAD", true, true), ("PUT", false, true), ("DELETE", false, true),
            ] {
                let request = Request::new(method, &path, &body);
                prop_assert!(!safe || is_safe(&request, &states));
                prop_assert!(!idempotent || is_idempotent(&request, &states));
            }
            prop_assert!(!is_idempotent(&Request::new("POST", "/items", &body), &states));
        }
    }
}
