//! Messages on their way from an author to all screens.
//!
//! Shown in `src/cases/chat.md`.

use crate::number::float;
use std::collections::{BTreeMap, BTreeSet};

use super::MessageId;
use crate::random::Random;
use crate::simulation::EventQueue;

/// How a message gets from its author to all screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// A gateway shows what its readers write to its own readers and passes it on to
    /// the other gateways.
    Gateways,
    /// Gateways bring everything to the room's server, and it comes back from there.
    /// Screens show what arrives.
    Server,
    /// The same, and the server numbers the messages. A screen shows number 8 only
    /// below number 7.
    Numbers,
}

/// A room and its people. Times are in milliseconds; a pair is the shortest and the
/// longest of times that are drawn evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// People, each with one device.
    pub readers: usize,
    /// Machines that hold their connections.
    pub gateways: usize,
    /// Messages in all.
    pub messages: u64,
    /// Conversations that go on at the same time. In each, every message answers the
    /// one before.
    pub conversations: u64,
    /// From seeing a message to sending the answer.
    pub think: (u64, u64),
    /// From one machine to another.
    pub hop: (u64, u64),
    /// From a gateway to a reader, and back.
    pub line: (u64, u64),
    /// The mean time after which a connection breaks, if any does.
    pub breaks: Option<u64>,
    /// How long a reader is disconnected then. It reconnects to any gateway.
    pub away: (u64, u64),
}

/// What the readers saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The messages on each screen, from the top.
    pub screens: Vec<Vec<MessageId>>,
    /// For each message the one that it answers.
    pub answers: Vec<Option<MessageId>>,
    /// How long messages waited at readers for one before them, together, in
    /// microseconds.
    pub held: u64,
}

/// Where a line begins or ends. A reader's connection has a number, since no line
/// survives its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Reader(usize, u32),
    Gateway(usize),
    Server,
}

/// A message under way. Its number is its place in the log, once it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Message {
    id: MessageId,
    number: usize,
}

#[derive(Debug, Clone, Copy)]
enum Happens {
    Arrives(Place, Message),
    Writes(usize, Option<MessageId>),
    Breaks(usize),
    Returns(usize),
    /// A reader's request for what it missed reaches the log, from a connection with
    /// this number.
    Asked(usize, u32),
    /// The answer: everything up to here.
    Answered(usize, u32, usize),
}

#[derive(Debug, Clone, Default)]
struct Reader {
    /// `None` while away.
    gateway: Option<usize>,
    connection: u32,
    screen: Vec<MessageId>,
    seen: BTreeSet<MessageId>,
    /// Messages that wait for one before them, by number, and since when.
    early: BTreeMap<usize, (MessageId, u64)>,
    /// Messages that this reader will answer.
    answers: BTreeSet<MessageId>,
    /// What was written while away.
    unsent: Vec<Option<MessageId>>,
}

struct Run {
    room: Room,
    design: Design,
    random: Random,
    queue: EventQueue<Happens>,
    /// When the last message of each line arrives.
    lines: BTreeMap<(Place, Place), u64>,
    readers: Vec<Reader>,
    log: Vec<MessageId>,
    answers: Vec<Option<MessageId>>,
    /// Messages that are written or will be.
    planned: u64,
    held: u64,
}

impl Room {
    /// Lets the people of the room talk until all messages are on all screens.
    pub fn talk(self, design: Design, seed: u64) -> Seen {
        let gateways = self.gateways.max(1);
        let readers = (0..self.readers).map(|reader| Reader {
            gateway: Some(reader % gateways),
            ..Reader::default()
        });
        let mut run = Run {
            room: Self { gateways, ..self },
            design,
            random: Random::new(seed),
            queue: EventQueue::new(),
            lines: BTreeMap::new(),
            readers: readers.collect(),
            log: Vec::new(),
            answers: Vec::new(),
            planned: 0,
            held: 0,
        };
        run.start();
        while let Some(event) = run.queue.pop() {
            run.handle(event);
        }
        Seen {
            screens: run.readers.into_iter().map(|it| it.screen).collect(),
            answers: run.answers,
            held: run.held,
        }
    }
}

impl Run {
    fn start(&mut self) {
        if self.readers.is_empty() {
            return;
        }
        for _ in 0..self.room.conversations.min(self.room.messages) {
            self.planned += 1;
            let (author, delay) = (self.any_reader(), self.draw(self.room.think));
            self.queue.schedule_in(delay, Happens::Writes(author, None));
        }
        (0..self.readers.len()).for_each(|reader| self.plan_break(reader));
    }

    fn handle(&mut self, event: Happens) {
        match event {
            Happens::Writes(reader, answers) => self.write(reader, answers),
            // ANCHOR: arrives
            Happens::Arrives(Place::Gateway(gateway), message) => match self.design {
                _ if message.number < self.log.len() => {
                    self.show_readers(gateway, message);
                }
                Design::Gateways => {
                    let message = self.store(message);
                    self.show_readers(gateway, message);
                    for other in
                        (0..self.room.gateways).filter(|other| *other != gateway)
                    {
                        self.send(
                            Place::Gateway(gateway),
                            Place::Gateway(other),
                            message,
                        );
                    }
                }
                Design::Server | Design::Numbers => {
                    self.send(Place::Gateway(gateway), Place::Server, message);
                }
            },
            Happens::Arrives(Place::Server, message) => {
                let message = self.store(message);
                for gateway in 0..self.room.gateways {
                    self.send(Place::Server, Place::Gateway(gateway), message);
                }
            }
            // ANCHOR_END: arrives
            Happens::Arrives(Place::Reader(reader, connection), message) => {
                if self.is_connected(reader, connection) {
                    self.show(reader, message);
                }
            }
            Happens::Breaks(reader) => self.break_off(reader),
            Happens::Returns(reader) => self.connect_again(reader),
            Happens::Asked(reader, connection) => {
                let (delay, upto) = (self.draw(self.room.line), self.log.len());
                self.queue
                    .schedule_in(delay, Happens::Answered(reader, connection, upto));
            }
            Happens::Answered(reader, connection, upto) => {
                if self.is_connected(reader, connection) {
                    for number in 0..upto {
                        let id = self.log[number];
                        self.show(reader, Message { id, number });
                    }
                }
            }
        }
    }

    fn write(&mut self, reader: usize, answers: Option<MessageId>) {
        let author = &mut self.readers[reader];
        let Some(gateway) = author.gateway else {
            author.unsent.push(answers);
            return;
        };
        let connection = author.connection;
        let id = self.answers.len() as MessageId;
        self.answers.push(answers);
        if self.planned < self.room.messages {
            self.planned += 1;
            let next = self.any_reader();
            self.readers[next].answers.insert(id);
        }
        let number = usize::MAX; // Not in the log yet.
        let from = Place::Reader(reader, connection);
        self.send(from, Place::Gateway(gateway), Message { id, number });
    }

    /// Writes a message into the room's log, before other readers get it.
    fn store(&mut self, message: Message) -> Message {
        let number = self.log.len();
        self.log.push(message.id);
        Message { number, ..message }
    }

    fn show_readers(&mut self, gateway: usize, message: Message) {
        for reader in 0..self.readers.len() {
            if self.readers[reader].gateway == Some(gateway) {
                let to = Place::Reader(reader, self.readers[reader].connection);
                self.send(Place::Gateway(gateway), to, message);
            }
        }
    }

    // ANCHOR: send
    /// Sends a message over a line. It arrives after everything that was sent over the
    /// same line before.
    fn send(&mut self, from: Place, to: Place, message: Message) {
        let is_line =
            matches!((from, to), (Place::Reader(..), _) | (_, Place::Reader(..)));
        let delay = self.draw(if is_line {
            self.room.line
        } else {
            self.room.hop
        });
        let last = self.lines.entry((from, to)).or_insert(0);
        *last = (*last).max(self.queue.now() + delay);
        self.queue.schedule_at(*last, Happens::Arrives(to, message));
    }
    // ANCHOR_END: send

    // ANCHOR: show
    /// A message has reached a reader, from a gateway or from the history.
    fn show(&mut self, reader: usize, message: Message) {
        let now = self.queue.now();
        let it = &mut self.readers[reader];
        if !it.seen.insert(message.id) {
            return; // It came twice.
        }
        let shown_before = it.screen.len();
        if self.design == Design::Numbers {
            it.early.insert(message.number, (message.id, now));
            while let Some((id, arrived)) = it.early.remove(&it.screen.len()) {
                it.screen.push(id);
                self.held += now - arrived;
            }
        } else {
            it.screen.push(message.id);
        }
        // ANCHOR_END: show
        let shown = &it.screen[shown_before..];
        let answered: Vec<_> = shown
            .iter()
            .copied()
            .filter(|id| it.answers.remove(id))
            .collect();
        for id in answered {
            let delay = self.draw(self.room.think);
            self.queue
                .schedule_in(delay, Happens::Writes(reader, Some(id)));
        }
    }

    fn plan_break(&mut self, reader: usize) {
        if let Some(mean) = self.room.breaks {
            let delay = self.random.exponential_us(float(mean) * 1e3);
            self.queue.schedule_in(delay, Happens::Breaks(reader));
        }
    }

    fn break_off(&mut self, reader: usize) {
        if self.answers.len() as u64 == self.room.messages {
            return; // Everything is said.
        }
        self.readers[reader].gateway = None;
        self.readers[reader].connection += 1;
        let away = self.draw(self.room.away);
        self.queue.schedule_in(away, Happens::Returns(reader));
    }

    /// A reader is connected again: from now on it gets what is new, and it asks for
    /// what it missed.
    fn connect_again(&mut self, reader: usize) {
        let gateway = self.random.below(self.room.gateways as u64);
        let delay = self.draw(self.room.line);
        let it = &mut self.readers[reader];
        it.gateway = usize::try_from(gateway).ok();
        let asked = Happens::Asked(reader, it.connection);
        let unsent = std::mem::take(&mut it.unsent);
        self.queue.schedule_in(delay, asked);
        for answers in unsent {
            self.write(reader, answers);
        }
        self.plan_break(reader);
    }

    fn is_connected(&self, reader: usize, connection: u32) -> bool {
        let it = &self.readers[reader];
        it.gateway.is_some() && it.connection == connection
    }

    fn any_reader(&mut self) -> usize {
        self.random.index(self.readers.len())
    }

    /// A time from a range of milliseconds, in microseconds.
    fn draw(&mut self, (shortest, longest): (u64, u64)) -> u64 {
        let spread = longest.saturating_sub(shortest) * 1_000;
        shortest * 1_000 + self.random.below(spread + 1)
    }
}
