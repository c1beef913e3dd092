//! How updates from a server reach a client: polling, long polling, and streams. Times
//! are in milliseconds.
//!
//! Shown in `src/services/push.md`.
//!
//! RFC 6202 (long polling), the HTML standard (server-sent events), RFC 6455
//! (WebSocket).

use crate::number::float;

/// How the client gets updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It asks at regular intervals.
    Poll(u64),
    /// It asks, and the server answers when there is an update, or with nothing after
    /// this time.
    LongPoll(u64),
    /// One request, with an answer that never ends.
    ServerSentEvents,
    /// One request that upgrades the connection for messages in both directions.
    WebSocket,
}

/// What it cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Requests.
    pub requests: u64,
    /// Bytes of headers and frames, without the updates themselves.
    pub overhead: u64,
    /// The mean time from a message's origin until the client has it.
    pub latency: f64,
}

/// Bytes around messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Headers of a request and its answer together.
    pub headers: u64,
    /// What server-sent events put around a message: `data: ` and two line ends.
    pub event: u64,
    /// The header of a short WebSocket frame from the server.
    pub frame: u64,
}

/// Delivers messages that originate at these times, in order, during `duration`. Each
/// way through the network takes `delay`.
pub fn deliver(
    messages: &[u64],
    duration: u64,
    delay: u64,
    way: Way,
    sizes: Sizes,
) -> Price {
    let (mut requests, mut waits) = (0, 0);
    let mut rest = messages;
    // ANCHOR: deliver
    match way {
        Way::Poll(interval) => {
            for asked in
                (0..=duration).step_by(usize::try_from(interval.max(1)).unwrap_or(1))
            {
                requests += 1;
                let (news, later) =
                    rest.split_at(rest.partition_point(|time| *time <= asked + delay));
                waits += news
                    .iter()
                    .map(|time| asked + 2 * delay - time)
                    .sum::<u64>();
                rest = later;
            }
        }
        Way::LongPoll(hold) => {
            let mut asked = 0;
            while asked <= duration {
                requests += 1;
                let at_server = asked + delay;
                let next = rest.first().map_or(u64::MAX, |time| at_server.max(*time));
                let answered = next.min(at_server + hold.max(1));
                let (news, later) =
                    rest.split_at(rest.partition_point(|time| *time <= answered));
                waits += news.iter().map(|time| answered + delay - time).sum::<u64>();
                rest = later;
                asked = answered + delay;
            }
        }
        Way::ServerSentEvents | Way::WebSocket => {
            requests = 1;
            let (news, later) =
                rest.split_at(rest.partition_point(|time| *time <= duration));
            waits = news
                .iter()
                .map(|time| time.max(&delay) + delay - time)
                .sum();
            rest = later;
        }
    }
    // ANCHOR_END: deliver
    let delivered = (messages.len() - rest.len()) as u64;
    let each = match way {
        Way::ServerSentEvents => sizes.event,
        Way::WebSocket => sizes.frame,
        _ => 0,
    };
    Price {
        requests,
        overhead: requests * sizes.headers + delivered * each,
        latency: float(waits) / float(delivered.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZES: Sizes = Sizes {
        headers: 700,
        event: 8,
        frame: 2,
    };

    proptest! {
        #[test]
        fn latencies_keep_to_the_bounds_of_each_way(mut times in prop::collection::vec(100..9_000u64, 1..40), delay in 1..50u64) {
            times.sort_unstable();
            let price = |way| deliver(&times, 20_000, delay, way, SIZES);
                    prop_assert!((price(Way::WebSocket).latency - float(delay)).abs() < 1e-9);
            prop_assert!(price(Way::LongPoll(5_000)).latency <= 3.0 * float(delay));
            let poll = price(Way::Poll(1_000));
            prop_assert!(poll.latency >= float(delay) && poll.latency <= 1_000.0 + float(delay));
            prop_assert_eq!(poll.requests, 21);
        }
    }
}
