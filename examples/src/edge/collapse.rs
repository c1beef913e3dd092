//! Requests for the same thing while it is being fetched: one fetch for all, and what
//! may not be shared.
//!
//! Shown in `src/edge/collapsed.md`.

use std::collections::BTreeMap;

/// What a proxy does with requests that come during a fetch of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collapse {
    /// Each is fetched on its own.
    No,
    /// They wait for the first one's answer.
    Wait,
    /// They wait, except for things that turned out not to be shareable before.
    WaitUnlessPrivate,
}

/// What the origin and the clients met. Times are milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Requests to the origin.
    pub fetches: usize,
    /// The most requests at the same time.
    pub most_at_once: usize,
    /// When the last client had its answer.
    pub last_ms: u64,
}

// ANCHOR: run
/// Requests for one thing, one every `gap_ms`; a fetch takes `fetch_ms`. If the answer
/// is private, it is only for the client that asked first, and the next one that waited
/// has to fetch again.
pub fn requests(
    count: u64,
    gap_ms: u64,
    fetch_ms: u64,
    is_private: bool,
    rule: Collapse,
) -> Met {
    let mut met = Met::default();
    let mut known_private = false;
    // When the fetch that others wait for ends, and how long the shared copy has been
    // there.
    let (mut flight_ends, mut shared_since) = (0, None);
    let mut fetches: Vec<(u64, u64)> = Vec::new();
    for request in 0..count {
        let now = request * gap_ms;
        if shared_since.is_some_and(|since| since <= now) {
            met.last_ms = met.last_ms.max(now);
            continue;
        }
        known_private |= is_private && flight_ends > 0 && flight_ends <= now;
        let waits = rule == Collapse::Wait
            || rule == Collapse::WaitUnlessPrivate && !known_private;
        let is_flying = flight_ends > now;
        if waits && is_flying && !is_private {
            met.last_ms = met.last_ms.max(flight_ends);
            continue;
        }
        // A private answer frees the waiting ones: one after the other, or all at the
        // first one's end.
        let starts = if waits && is_flying { flight_ends } else { now };
        let ends = starts + fetch_ms;
        if rule == Collapse::Wait || !is_flying {
            flight_ends = ends;
        }
        if !is_private && rule != Collapse::No {
            shared_since = Some(ends).filter(|_| !is_flying).or(shared_since);
        }
        met.last_ms = met.last_ms.max(ends);
        fetches.push((starts, ends));
    }
    met.fetches = fetches.len();
    met.most_at_once = most_at_once(&fetches);
    met
}
// ANCHOR_END: run

/// The most fetches that run at the same time; one that ends is no longer counted in
/// that moment.
fn most_at_once(fetches: &[(u64, u64)]) -> usize {
    let mut changes: BTreeMap<(u64, i8), i32> = BTreeMap::new();
    for (starts, ends) in fetches {
        *changes.entry((*starts, 1)).or_default() += 1;
        *changes.entry((*ends, 0)).or_default() -= 1;
    }
    let (mut running, mut most) = (0, 0);
    for change in changes.into_values() {
        running += change;
        most = most.max(usize::try_from(running).unwrap_or(0));
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fetch_serves_all_that_may_share_it() {
        let met = requests(100, 1, 200, false, Collapse::Wait);
        assert_eq!((met.fetches, met.most_at_once, met.last_ms), (1, 1, 200));
        let met = requests(100, 1, 200, false, Collapse::No);
        assert_eq!(
            (met.fetches, met.most_at_once, met.last_ms),
            (100, 100, 299)
        );
    }

    #[test]
    fn waiting_for_what_is_private_makes_a_queue() {
        let met = requests(100, 1, 200, true, Collapse::Wait);
        assert_eq!(
            (met.fetches, met.most_at_once, met.last_ms),
            (100, 1, 100 * 200)
        );
    }

    #[test]
    fn once_known_to_be_private_nobody_waits_again() {
        let met = requests(100, 1, 200, true, Collapse::WaitUnlessPrivate);
        // All of them come during the first fetch, and are freed together at its end.
        assert_eq!((met.fetches, met.most_at_once, met.last_ms), (100, 99, 400));
        let met = requests(400, 1, 200, true, Collapse::WaitUnlessPrivate);
        assert_eq!((met.fetches, met.last_ms), (400, 399 + 200));
    }

    #[test]
    fn a_request_after_the_fetch_takes_the_copy() {
        let met = requests(300, 1, 200, false, Collapse::Wait);
        assert_eq!((met.fetches, met.last_ms), (1, 299));
    }
}
