//! A network that delays, loses, doubles and reorders messages, and that can be cut in parts.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{EventId, EventQueue};
use crate::random::Random;

/// A node's place in the list of names that the network was made with.
pub type NodeId = usize;

/// How a network treats its messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// The shortest delay, in microseconds.
    pub min_delay: u64,
    /// The longest. Delays are drawn evenly between the two, so that messages overtake each other unless both are equal.
    pub max_delay: u64,
    /// The probability that a message is lost, from 0 to 1.
    pub loss: f64,
    /// The probability that a message arrives twice, each copy with a delay of its own.
    pub duplication: f64,
}

impl Default for Conditions {
    /// One millisecond for every message, and nothing goes wrong.
    fn default() -> Self {
        Self {
            min_delay: 1_000,
            max_delay: 1_000,
            loss: 0.0,
            duplication: 0.0,
        }
    }
}

/// What happens next: a message of type `M` arrives, or a timer that carries a `T` runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<M, T> {
    /// A message arrives.
    Message {
        /// The sender.
        from: NodeId,
        /// The receiver.
        to: NodeId,
        /// What was sent.
        message: M,
    },
    /// A node's timer runs out.
    Timer {
        /// Whose timer it is.
        node: NodeId,
        /// What it was set with.
        timer: T,
    },
}

/// A line of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// When, in microseconds.
    pub time: u64,
    /// A step in the form of a sequence diagram: `a -> b: text` arrived, `a -x b: text` was lost, `a: text` is a note.
    pub line: String,
}

/// Nodes, the messages between them, and their timers, in virtual time.
///
/// A message between two nodes is lost by chance, or when the way from the one to the other is cut, or the receiver down, at
/// the moment it is sent or at the moment it would arrive.
#[derive(Debug, Clone)]
pub struct Network<M, T> {
    names: Vec<String>,
    /// How messages are treated from now on.
    pub conditions: Conditions,
    random: Random,
    queue: EventQueue<Event<M, T>>,
    /// Pairs (from, to) between which nothing arrives.
    cut: BTreeSet<(NodeId, NodeId)>,
    down: BTreeSet<NodeId>,
    trace: Vec<TraceLine>,
}

impl<M: Clone + Display, T> Network<M, T> {
    /// A network of these nodes, numbered from 0 in their order.
    pub fn new<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        conditions: Conditions,
        seed: u64,
    ) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            conditions,
            random: Random::new(seed),
            queue: EventQueue::new(),
            cut: BTreeSet::new(),
            down: BTreeSet::new(),
            trace: Vec::new(),
        }
    }

    /// The time, in microseconds.
    pub fn now(&self) -> u64 {
        self.queue.now()
    }

    /// All nodes, whether up or down.
    pub fn nodes(&self) -> std::ops::Range<NodeId> {
        0..self.names.len()
    }

    /// A node's name, or `?` for one that does not exist.
    pub fn name(&self, node: NodeId) -> &str {
        self.names.get(node).map_or("?", String::as_str)
    }

    /// Sends a message. What a node sends to itself arrives at once, and always while it is up.
    pub fn send(&mut self, from: NodeId, to: NodeId, message: M) {
        if from == to {
            self.queue
                .schedule_in(0, Event::Message { from, to, message });
            return;
        }
        let is_lost = self.random.chance(self.conditions.loss);
        let is_doubled = self.random.chance(self.conditions.duplication);
        if is_lost || self.is_down(from) || !self.is_reachable(from, to) {
            self.log_step(from, "-x", to, &message);
            return;
        }
        if is_doubled {
            let delay = self.delay();
            let message = message.clone();
            self.queue
                .schedule_in(delay, Event::Message { from, to, message });
        }
        let delay = self.delay();
        self.queue
            .schedule_in(delay, Event::Message { from, to, message });
    }

    /// Sends a message to every other node.
    pub fn broadcast(&mut self, from: NodeId, message: &M) {
        for to in self.nodes().filter(|to| *to != from) {
            self.send(from, to, message.clone());
        }
    }

    /// Sets a timer of a node, `delay` microseconds from now.
    pub fn set_timer(&mut self, node: NodeId, delay: u64, timer: T) -> EventId {
        self.queue.schedule_in(delay, Event::Timer { node, timer })
    }

    /// Takes a timer back.
    pub fn cancel_timer(&mut self, id: EventId) {
        self.queue.cancel(id);
    }

    /// The next message that arrives or timer that runs out, and moves the time there. Lost messages are passed over.
    pub fn next_event(&mut self) -> Option<Event<M, T>> {
        self.next_event_until(u64::MAX)
    }

    /// The same up to and including a time; when nothing is left, the time moves to it, unless it is `u64::MAX`.
    pub fn next_event_until(&mut self, time: u64) -> Option<Event<M, T>> {
        loop {
            let event = match time {
                u64::MAX => self.queue.pop()?,
                _ => self.queue.pop_until(time)?,
            };
            match &event {
                Event::Timer { node, .. } if self.is_down(*node) => {}
                Event::Timer { .. } => return Some(event),
                Event::Message { from, to, message } => {
                    let arrives = self.is_reachable(*from, *to);
                    if from != to {
                        self.log_step(*from, if arrives { "->" } else { "-x" }, *to, message);
                    }
                    if arrives {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// Cuts the network in groups that don't hear each other. Nodes that stand in no group form one more. An earlier cut ends.
    pub fn partition(&mut self, groups: &[&[NodeId]]) {
        let group_of = |node: NodeId| groups.iter().position(|group| group.contains(&node));
        self.cut = self
            .nodes()
            .flat_map(|from| self.nodes().map(move |to| (from, to)))
            .filter(|(from, to)| group_of(*from) != group_of(*to))
            .collect();
    }

    /// Cuts one direction: nothing from the one node arrives at the other.
    pub fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cut.insert((from, to));
    }

    /// Ends all cuts. What was lost stays lost.
    pub fn heal(&mut self) {
        self.cut.clear();
    }

    /// Stops a node: it receives nothing, and its timers are gone.
    pub fn crash(&mut self, node: NodeId) {
        self.down.insert(node);
        self.queue
            .retain(|event| !matches!(event, Event::Timer { node: of, .. } if *of == node));
    }

    /// Starts a node again. Its timers have to be set anew.
    pub fn restart(&mut self, node: NodeId) {
        self.down.remove(&node);
    }

    /// Whether a node is stopped.
    pub fn is_down(&self, node: NodeId) -> bool {
        self.down.contains(&node)
    }

    /// Whether a message from the one node would arrive at the other now, if it isn't lost by chance.
    pub fn is_reachable(&self, from: NodeId, to: NodeId) -> bool {
        !self.is_down(to) && !self.cut.contains(&(from, to))
    }

    /// A random source for the nodes' own draws, such as time-outs, so that one seed decides everything.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Writes a note of a node into the trace.
    pub fn note(&mut self, node: NodeId, text: impl Display) {
        let line = format!("{}: {text}", self.name(node));
        self.log(line);
    }

    /// What happened so far.
    pub fn trace(&self) -> &[TraceLine] {
        &self.trace
    }

    /// The lines of the trace, without times.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.trace.iter().map(|entry| entry.line.as_str())
    }

    /// The lines of the trace, each with its time in milliseconds, as in `12.5 ms  a -> b: text`.
    pub fn timed_lines(&self) -> impl Iterator<Item = String> {
        self.trace.iter().map(|TraceLine { time, line }| {
            let (whole, tenth) = (time / 1_000, time % 1_000 / 100);
            format!("{whole:>4}.{tenth} ms  {line}")
        })
    }

    fn log_step(&mut self, from: NodeId, arrow: &str, to: NodeId, message: &M) {
        let line = format!("{} {arrow} {}: {message}", self.name(from), self.name(to));
        self.log(line);
    }

    fn log(&mut self, line: String) {
        let time = self.now();
        self.trace.push(TraceLine { time, line });
    }

    fn delay(&mut self) -> u64 {
        let Conditions {
            min_delay,
            max_delay,
            ..
        } = self.conditions;
        min_delay + self.random.below(max_delay.saturating_sub(min_delay) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Net = Network<u32, &'static str>;

    fn network(conditions: Conditions, seed: u64) -> Net {
        Network::new(["a", "b", "c"], conditions, seed)
    }

    fn drain(network: &mut Net) -> Vec<u32> {
        std::iter::from_fn(|| network.next_event())
            .filter_map(|event| match event {
                Event::Message { message, .. } => Some(message),
                Event::Timer { .. } => None,
            })
            .collect()
    }

    #[test]
    fn a_cut_loses_what_is_sent_and_what_is_under_way_until_it_heals() {
        let mut network = network(Conditions::default(), 1);
        network.send(0, 1, 1);
        network.partition(&[&[0]]);
        network.send(0, 1, 2);
        network.send(1, 2, 3);
        assert_eq!(drain(&mut network), [3]);
        network.heal();
        network.send(0, 1, 4);
        assert_eq!(drain(&mut network), [4]);
        let lines: Vec<_> = network.lines().collect();
        assert_eq!(lines, ["a -x b: 2", "a -x b: 1", "b -> c: 3", "a -> b: 4"]);
    }

    #[test]
    fn one_direction_can_be_cut() {
        let mut network = network(Conditions::default(), 1);
        network.cut(0, 1);
        network.send(0, 1, 1);
        network.send(1, 0, 2);
        assert_eq!(drain(&mut network), [2]);
    }

    #[test]
    fn a_crashed_node_hears_nothing_and_loses_its_timers() {
        let mut network = network(Conditions::default(), 1);
        network.set_timer(0, 5, "old");
        network.crash(0);
        network.send(1, 0, 1);
        network.restart(0);
        network.set_timer(0, 10, "new");
        let event = network.next_event();
        assert_eq!(
            event,
            Some(Event::Timer {
                node: 0,
                timer: "new"
            })
        );
        assert_eq!(network.now(), 10);
        assert_eq!(network.next_event(), None);
    }

    #[test]
    fn what_a_node_tells_itself_arrives_at_once_and_is_not_traced() {
        let mut network = network(
            Conditions {
                loss: 1.0,
                ..Conditions::default()
            },
            1,
        );
        network.send(0, 0, 7);
        assert_eq!(drain(&mut network), [7]);
        assert_eq!((network.now(), network.lines().count()), (0, 0));
    }

    #[test]
    fn times_of_the_trace_are_milliseconds() {
        let mut network = network(Conditions::default(), 1);
        network.send(0, 1, 1);
        drain(&mut network);
        network.note(1, "done");
        let lines: Vec<_> = network.timed_lines().collect();
        assert_eq!(lines, ["   1.0 ms  a -> b: 1", "   1.0 ms  b: done"]);
    }

    #[test]
    fn loss_and_duplication_are_as_frequent_as_asked() {
        let conditions = Conditions {
            loss: 0.1,
            duplication: 0.2,
            ..Conditions::default()
        };
        let mut network = network(conditions, 3);
        for n in 0..100_000 {
            network.send(0, 1, n);
        }
        let arrived = drain(&mut network);
        let distinct: BTreeSet<_> = arrived.iter().collect();
        assert!(distinct.len().abs_diff(90_000) < 500, "{}", distinct.len());
        assert!(arrived.len().abs_diff(108_000) < 700, "{}", arrived.len());
    }

    proptest! {
        #[test]
        fn delays_keep_to_their_range_and_a_seed_repeats_itself(
            seed in any::<u64>(), min in 0..100u64, more in 0..100u64,
        ) {
            let conditions = Conditions { min_delay: min, max_delay: min + more, duplication: 0.3, loss: 0.3 };
            let run = || {
                let mut network = network(conditions, seed);
                for n in 0..20 {
                    network.broadcast(0, &n);
                }
                let mut times = Vec::new();
                while network.next_event().is_some() {
                    times.push(network.now());
                }
                (times, network.trace().to_vec())
            };
            let (times, trace) = run();
            prop_assert!(times.iter().all(|time| (min..=min + more).contains(time)));
            prop_assert_eq!((times, trace), run());
        }
    }
}
