//! Two balancers that share an address: advertisements, takeover, and what a cut link
//! does.
//!
//! Shown in `src/balancing/pairs.md`.
//!
//! After VRRP, RFC 9568: the backup waits for three advertisements and a skew that is
//! shorter the higher its priority.

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
    /// A node crashes: 0 is the first, any other number the second.
    Crash(usize),
    /// It comes back.
    Recover(usize),
    /// The nodes stop hearing each other, while clients reach both.
    Cut,
    /// They hear each other again.
    Heal,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The messages, as `time  sender -> receiver: text`, without advertisements.
    pub trace: Vec<String>,
    /// Milliseconds in which neither node held the address.
    pub nobody_ms: u64,
    /// Milliseconds in which both did.
    pub both_ms: u64,
    /// Milliseconds in which each of them did, alone or not.
    pub held_ms: [u64; 2],
}

/// How long a backup waits after the last advertisement, in milliseconds.
pub fn down_interval_ms(interval_ms: u64, priority: u64) -> u64 {
    3 * interval_ms + (256 - priority.min(255)) * interval_ms / 256
}

/// The pair while it runs.
struct Pair {
    nodes: [Node; 2],
    is_up: [bool; 2],
    holds: [bool; 2],
    last_heard: [u64; 2],
    is_cut: bool,
    trace: Vec<String>,
}

impl Pair {
    // ANCHOR: rules
    /// The holder says that it is there. A peer of lower priority releases the address
    /// and keeps waiting; a peer of higher priority ignores it, and takes over when its
    /// wait ends.
    fn advertise(&mut self, node: usize, now: u64) {
        let peer = 1 - node;
        let is_heard = self.is_up[peer] && !self.is_cut;
        if is_heard && self.nodes[peer].priority < self.nodes[node].priority {
            self.last_heard[peer] = now;
            if std::mem::replace(&mut self.holds[peer], false) {
                self.log(node, self.nodes[peer].name, "higher priority", now);
            }
        }
    }

    /// Each node acts on what it knows.
    fn act(&mut self, node: usize, now: u64, interval_ms: u64) {
        let wait = down_interval_ms(interval_ms, self.nodes[node].priority);
        if !self.is_up[node] {
            return;
        }
        if self.holds[node] && now.is_multiple_of(interval_ms) {
            self.advertise(node, now);
        } else if !self.holds[node] && now > self.last_heard[node] + wait {
            self.holds[node] = true;
            self.log(node, "network", "the address is here", now);
            self.advertise(node, now);
        }
    }
    // ANCHOR_END: rules

    fn happen(&mut self, event: Event, now: u64) {
        let (node, what) = match event {
            Event::Crash(node) => {
                let node = node.min(1);
                self.is_up[node] = false;
                self.holds[node] = false;
                (node, "crash")
            }
            Event::Recover(node) => {
                let node = node.min(1);
                self.is_up[node] = true;
                self.last_heard[node] = now;
                (node, "start again")
            }
            Event::Cut => {
                self.is_cut = true;
                (0, "the link is cut")
            }
            Event::Heal => {
                self.is_cut = false;
                (0, "the link is back")
            }
        };
        self.log(node, self.nodes[node].name, what, now);
    }

    fn log(&mut self, from: usize, to: &str, what: &str, now: u64) {
        let from = self.nodes[from].name;
        self.trace.push(format!("{now} ms  {from} -> {to}: {what}"));
    }
}

/// Runs the pair millisecond by millisecond. The first node holds the address at the
/// start.
pub fn run(
    nodes: [Node; 2],
    interval_ms: u64,
    events: &[(u64, Event)],
    until_ms: u64,
) -> Course {
    let mut pair = Pair {
        nodes,
        is_up: [true; 2],
        holds: [true, false],
        last_heard: [0; 2],
        is_cut: false,
        trace: Vec::new(),
    };
    let (mut nobody_ms, mut both_ms, mut held_ms) = (0, 0, [0; 2]);
    for now in 0..until_ms {
        for (_, event) in events.iter().filter(|(at, _)| *at == now) {
            pair.happen(*event, now);
        }
        pair.act(0, now, interval_ms);
        pair.act(1, now, interval_ms);
        nobody_ms += u64::from(pair.holds == [false; 2]);
        both_ms += u64::from(pair.holds == [true; 2]);
        for (held, holds) in held_ms.iter_mut().zip(pair.holds) {
            *held += u64::from(holds);
        }
    }
    Course {
        trace: pair.trace,
        nobody_ms,
        both_ms,
        held_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

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
        // From the end of the backup's patience to the first advertisement after the
        // healing.
        assert_eq!(
            course.both_ms,
            15_000 - (4_000 + down_interval_ms(1_000, 100) + 1)
        );
    }

    #[test]
    fn each_moment_has_no_holder_or_one_or_both() {
        for seed in 0..200 {
            let mut random = Random::new(seed);
            let mut event = |_| {
                let node = usize::from(random.chance(0.5));
                let events = [
                    Event::Crash(node),
                    Event::Recover(node),
                    Event::Cut,
                    Event::Heal,
                ];
                let which = random.index(4);
                (random.below(9_000), events[which])
            };
            let events: Vec<(u64, Event)> = (0..6).map(&mut event).collect();
            let course = run(PAIR, 500, &events, 10_000);
            let held: u64 = course.held_ms.iter().sum();
            assert_eq!(held + course.nobody_ms, 10_000 + course.both_ms);
        }
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
        assert_eq!(course.both_ms, 0);
        let back = 12_000 + down_interval_ms(1_000, 200) + 1;
        let takes = format!("{back} ms  one -> network: the address is here");
        assert_eq!(course.trace[course.trace.len() - 2], takes);
        assert!(
            course
                .trace
                .last()
                .is_some_and(|line| line.contains("one -> two"))
        );
    }
}
