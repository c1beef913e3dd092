//! Two balancers that share an address: advertisements, takeover, and what a cut link does.
//!
//! After VRRP, RFC 9568: the backup waits for three advertisements and a skew that is shorter the higher
//! its priority.

use std::collections::BTreeSet;

/// A balancer of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: &'static str,
    /// 1 to 254; the higher one holds the address when both are there.
    pub priority: u64,
}

/// What happens at a time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The first or the second node crashes.
    Crash(usize),
    /// It comes back.
    Recover(usize),
    /// The nodes stop hearing each other, while clients reach both.
    Cut,
    /// They hear each other again.
    Heal,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Who told whom what, as `who -> whom: what`, advertisements left out.
    pub trace: Vec<String>,
    /// Milliseconds in which nobody held the address.
    pub nobody_ms: u64,
    /// Milliseconds in which both did.
    pub both_ms: u64,
}

/// How long a backup waits after the last advertisement, in milliseconds.
pub fn down_interval_ms(interval_ms: u64, priority: u64) -> u64 {
    3 * interval_ms + (256 - priority.min(255)) * interval_ms / 256
}

// ANCHOR: run
/// Runs the pair millisecond by millisecond. The first node starts as the one that holds the address.
pub fn run(nodes: [Node; 2], interval_ms: u64, events: &[(u64, Event)], until_ms: u64) -> Course {
    let mut course = Course {
        trace: Vec::new(),
        nobody_ms: 0,
        both_ms: 0,
    };
    let mut is_up = [true, true];
    let mut holders: BTreeSet<usize> = BTreeSet::from([0]);
    let mut last_heard = [0; 2];
    let mut is_cut = false;
    for now in 0..until_ms {
        for (_, event) in events.iter().filter(|(at, _)| *at == now) {
            match *event {
                Event::Crash(node) => {
                    is_up[node] = false;
                    holders.remove(&node);
                }
                Event::Recover(node) => {
                    is_up[node] = true;
                    last_heard[node] = now;
                }
                Event::Cut => is_cut = true,
                Event::Heal => is_cut = false,
            }
            course.trace.push(format!(
                "world -> {}: {event:?} at {now} ms",
                name(nodes, *event)
            ));
        }
        for node in [0, 1] {
            let peer = 1 - node;
            // Who holds the address advertises it; a holder with a lower priority gives it up.
            if holders.contains(&node) && now % interval_ms == 0 && is_up[peer] && !is_cut {
                last_heard[peer] = now;
                let yields = nodes[peer].priority < nodes[node].priority;
                if yields && holders.remove(&peer) {
                    let (from, to) = (nodes[node].name, nodes[peer].name);
                    course
                        .trace
                        .push(format!("{from} -> {to}: higher priority, at {now} ms"));
                }
            }
        }
        for node in [0, 1] {
            let waited = now - last_heard[node];
            let patience = down_interval_ms(interval_ms, nodes[node].priority);
            let is_silent = waited > patience;
            let outranks = holders.len() == 1
                && !holders.contains(&node)
                && !is_cut
                && nodes[node].priority > nodes[1 - node].priority
                && waited == 0
                && now > 0;
            if is_up[node] && !holders.contains(&node) && (is_silent || outranks) {
                holders.insert(node);
                let from = nodes[node].name;
                course.trace.push(format!(
                    "{from} -> network: the address is here, at {now} ms"
                ));
            }
        }
        course.nobody_ms += u64::from(holders.is_empty());
        course.both_ms += u64::from(holders.len() == 2);
    }
    course
}
// ANCHOR_END: run

fn name(nodes: [Node; 2], event: Event) -> &'static str {
    match event {
        Event::Crash(node) | Event::Recover(node) => nodes[node.min(1)].name,
        Event::Cut | Event::Heal => nodes[0].name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: [Node; 2] = [
        Node {
            name: "one",
            priority: 200,
        },
        Node {
            name: "two",
            priority: 100,
        },
    ];

    #[test]
    fn a_crash_costs_the_down_interval_at_most() {
        let bound = down_interval_ms(1_000, 100);
        assert_eq!(bound, 3_000 + 156 * 1_000 / 256);
        for at in (5_000..6_000).step_by(37) {
            let course = run(PAIR, 1_000, &[(at, Event::Crash(0))], 20_000);
            // The last advertisement was up to one interval before the crash.
            let since = at % 1_000;
            let since = if since == 0 { 1_000 } else { since };
            assert_eq!(course.nobody_ms, bound - since + 1, "crash at {at}");
            assert_eq!(course.both_ms, 0);
        }
    }

    #[test]
    fn without_a_failure_one_holds_the_address() {
        let course = run(PAIR, 1_000, &[], 20_000);
        assert_eq!(
            (course.nobody_ms, course.both_ms, course.trace.len()),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_cut_makes_two_holders_until_it_heals() {
        let events = [(5_000, Event::Cut), (15_000, Event::Heal)];
        let course = run(PAIR, 1_000, &events, 20_000);
        assert_eq!(course.nobody_ms, 0);
        // From the end of the backup's patience to the first advertisement after the healing.
        assert_eq!(
            course.both_ms,
            15_000 - (4_000 + down_interval_ms(1_000, 100) + 1)
        );
    }

    #[test]
    fn the_backup_s_failure_is_not_noticed() {
        let events = [(5_000, Event::Crash(1)), (9_000, Event::Recover(1))];
        let course = run(PAIR, 1_000, &events, 20_000);
        assert_eq!((course.nobody_ms, course.both_ms), (0, 0));
    }

    #[test]
    fn a_recovered_node_with_the_higher_priority_takes_the_address_back() {
        let events = [(5_000, Event::Crash(0)), (12_000, Event::Recover(0))];
        let course = run(PAIR, 1_000, &events, 20_000);
        assert!(course.both_ms <= 1_000, "{course:?}");
        assert!(
            course
                .trace
                .last()
                .is_some_and(|line| line.starts_with("one -> two")),
            "{course:?}"
        );
    }
}
