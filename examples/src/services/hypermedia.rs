//! A service whose answers carry links, and two clients: one that follows the links,
//! and one that builds paths by itself.
//!
//! Shown in `src/services/hypermedia.md`.
//!
//! After R. T. Fielding, *Architectural Styles and the Design of Network-based Software
//! Architectures*, dissertation, 2000, chapter 5.

use std::collections::BTreeMap;
use std::fmt;

/// An order's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Ordered, not paid.
    Open,
    /// Paid, not sent.
    Paid,
    /// On its way.
    Sent,
    /// Canceled.
    Cancelled,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
        })
    }
}

/// An answer: the content, and the possible next steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The order's state, if the page shows it.
    pub state: Option<State>,
    /// Link relations and their addresses.
    pub links: BTreeMap<&'static str, String>,
}

impl fmt::Display for Page {
    /// The order's state, or that it is the first page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            Some(state) => write!(f, "{state}"),
            None => f.write_str("first page"),
        }
    }
}

/// A shop with one order. Its addresses begin with a prefix that a new version may
/// change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    prefix: String,
    state: State,
}

impl Shop {
    /// A shop with an open order.
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            state: State::Open,
        }
    }

    // ANCHOR: visit
    /// Answers a request for an address. The state decides which links there are.
    pub fn visit(&mut self, address: &str) -> Option<Page> {
        if address == "/" {
            let links = BTreeMap::from([("order", format!("{}/order", self.prefix))]);
            return Some(Page { state: None, links });
        }
        self.state = match (address.strip_prefix(self.prefix.as_str())?, self.state) {
            ("/order", state) => state,
            ("/order/pay", State::Open) => State::Paid,
            ("/order/cancel", State::Open | State::Paid) => State::Cancelled,
            ("/order/send", State::Paid) => State::Sent,
            _ => return None,
        };
        let relations: &[&str] = match self.state {
            State::Open => &["pay", "cancel"],
            State::Paid => &["send", "cancel"],
            State::Sent | State::Cancelled => &[],
        };
        let link = |relation: &&'static str| {
            (*relation, format!("{}/order/{relation}", self.prefix))
        };
        Some(Page {
            state: Some(self.state),
            links: relations.iter().map(link).collect(),
        })
    }
    // ANCHOR_END: visit
}

// ANCHOR: follow
/// Starts at the only known address and follows links by their relations.
///
/// # Errors
///
/// Returns where it ended if a page has no such link, or a link leads nowhere.
pub fn follow(shop: &mut Shop, relations: &[&str]) -> Result<Page, String> {
    let mut page = shop.visit("/").ok_or("nothing at /")?;
    for relation in relations {
        let address = page.links.get(relation);
        let address =
            address.ok_or_else(|| format!("{page}: no link \"{relation}\""))?;
        page = shop
            .visit(address)
            .ok_or_else(|| format!("nothing at {address}"))?;
    }
    Ok(page)
}
// ANCHOR_END: follow

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_found_whatever_the_addresses_are() {
        for prefix in ["", "/v1", "/shop/2026"] {
            let end = follow(&mut Shop::new(prefix), &["order", "pay", "send"]);
            assert_eq!(end.map(|page| page.state), Ok(Some(State::Sent)));
        }
    }

    #[test]
    fn no_link_leads_where_the_state_forbids_it() {
        let relations = ["order", "pay", "send", "cancel"];
        for a in relations {
            for b in relations {
                for c in relations {
                    let mut shop = Shop::new("/v1");
                    let _ = follow(&mut shop, &["order", a, b, c]);
                    if let Ok(page) = follow(&mut shop, &["order"]) {
                        for address in page.links.values() {
                            assert!(
                                shop.clone().visit(address).is_some(),
                                "{page} {address}"
                            );
                        }
                    }
                }
            }
        }
    }
}
