//! A network that delays, loses, duplicates and reorders messages, and that can be
//! partitioned.
//!
//! Used by `simulation/mod.rs`.

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
    /// The longest. Delays are uniform between the two, so that messages overtake each
    /// other unless both are equal.
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

/// What happens next: a message of type `M` arrives, or a timer that carries a `T` runs
/// out.
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
    /// A step in the form of a sequence diagram: `a -> b: text` arrived, `a -x b: text`
    /// was lost, `a: text` is a note.
    pub line: String,
}

/// Nodes, the messages between them, and their timers, in virtual time.
///
/// A message between two nodes is lost at random, or when the link from one to the
/// other is cut, or the receiver is down, at the moment it is sent or at the moment it
/// would arrive.
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

    /// Sends a message. What a node sends to itself arrives at once, and always while
    /// it is up.
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

    /// Cancels a timer.
    pub fn cancel_timer(&mut self, id: EventId) {
        self.queue.cancel(id);
    }

    /// The next message that arrives or timer that runs out, and moves the time there.
    /// Lost messages are passed over.
    pub fn next_event(&mut self) -> Option<Event<M, T>> {
        self.next_event_until(u64::MAX)
    }

    /// The same up to and including a time; when nothing is left, the time moves to it,
    /// unless it is `u64::MAX`.
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
                        self.log_step(
                            *from,
                            if arrives { "->" } else { "-x" },
                            *to,
                            message,
                        );
                    }
                    if arrives {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// Partitions the network into groups that don't hear each other. Nodes in no group
    /// form one more. An earlier cut ends.
    pub fn partition(&mut self, groups: &[&[NodeId]]) {
        let group_of =
            |node: NodeId| groups.iter().position(|group| group.contains(&node));
        self.cut = self
            .nodes()
            .flat_map(|from| self.nodes().map(move |to| (from, to)))
            .filter(|(from, to)| group_of(*from) != group_of(*to))
            .collect();
    }

    /// Cuts one direction: nothing from the first node arrives at the second.
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
        self.queue.retain(
            |event| !matches!(event, Event::Timer { node: of, .. } if *of == node),
        );
    }

    /// Restarts a node. Its timers have to be set again.
    pub fn restart(&mut self, node: NodeId) {
        self.down.remove(&node);
    }

    /// Whether a node is stopped.
    pub fn is_down(&self, node: NodeId) -> bool {
        self.down.contains(&node)
    }

    /// Whether a message from the first node would arrive at the second now, if it
    /// isn't lost at random.
    pub fn is_reachable(&self, from: NodeId, to: NodeId) -> bool {
        !self.is_down(to) && !self.cut.contains(&(from, to))
    }

    /// A random source for the nodes' own draws, such as time-outs, so that one seed
    /// decides everything.
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

    /// The lines of the trace, each with its time in milliseconds, as in `12.5 ms  a ->
    /// b: text`.
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
mod tests;
