//! The bytes of a DNS message: RFC 1035, section 4, for the record types A, NS and
//! CNAME.
//!
//! Shown in `src/edge/dns-message.md`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Chosen by the client, repeated in the answer.
    pub id: u16,
    /// Whether it is an answer.
    pub is_answer: bool,
    /// Whether the answer comes from the zone's own server.
    pub is_authoritative: bool,
    /// Whether the client wants the server to ask others.
    pub wants_recursion: bool,
    /// 0: no error. 3: there is no such name.
    pub code: u8,
    /// What is asked: names and types.
    pub questions: Vec<(String, u16)>,
    /// The answers.
    pub answers: Vec<Record>,
    /// The servers that know more.
    pub authority: Vec<Record>,
    /// Their addresses.
    pub additional: Vec<Record>,
}

/// A resource record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The name that the record belongs to.
    pub name: String,
    /// How long it may be kept, in seconds.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// The name's address.
    A(Ipv4Addr),
    /// A server that knows the name's zone.
    Ns(String),
    /// The name's canonical name.
    Cname(String),
}

impl Data {
    /// The number of its type.
    pub fn kind(&self) -> u16 {
        match self {
            Self::A(_) => 1,
            Self::Ns(_) => 2,
            Self::Cname(_) => 5,
        }
    }
}

impl Message {
    /// A question for the address of a name.
    pub fn question(id: u16, name: &str) -> Self {
        Self {
            id,
            wants_recursion: true,
            questions: vec![(name.to_owned(), 1)],
            ..Self::default()
        }
    }

    /// The message's bytes. A name that was written before is written as a pointer to
    /// it.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        let flags = u16::from(self.is_answer) << 15
            | u16::from(self.is_authoritative) << 10
            | u16::from(self.wants_recursion) << 8
            | u16::from(self.code & 0xf);
        let sections = [&self.answers, &self.authority, &self.additional];
        writer.number(self.id);
        writer.number(flags);
        writer.count(self.questions.len());
        for records in sections {
            writer.count(records.len());
        }
        for (name, kind) in &self.questions {
            writer.name(name);
            writer.number(*kind);
            writer.number(1);
        }
        for record in sections.into_iter().flatten() {
            writer.record(record);
        }
        writer.bytes
    }

    /// Reads a message. Returns nothing if the bytes aren't a message, or hold records
    /// of other types.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader { bytes, at: 0 };
        let (id, flags) = (reader.number()?, reader.number()?);
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = reader.number()?;
        }
        let question = |reader: &mut Reader<'_>| {
            let asked = (reader.name()?, reader.number()?);
            (reader.number()? == 1).then_some(asked)
        };
        let questions = (0..counts[0])
            .map(|_| question(&mut reader))
            .collect::<Option<_>>()?;
        let mut records = |count| {
            (0..count)
                .map(|_| reader.record())
                .collect::<Option<Vec<Record>>>()
        };
        Some(Self {
            id,
            is_answer: flags & 0x8000 != 0,
            is_authoritative: flags & 0x0400 != 0,
            wants_recursion: flags & 0x0100 != 0,
            code: u8::try_from(flags & 0xf).ok()?,
            questions,
            answers: records(counts[1])?,
            authority: records(counts[2])?,
            additional: records(counts[3])?,
        })
    }
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    written: BTreeMap<String, u16>,
}

impl Writer {
    fn number(&mut self, number: u16) {
        self.bytes.extend(number.to_be_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(u16::try_from(count).unwrap_or(u16::MAX));
    }

    // ANCHOR: name
    /// Writes a name label by label, each after its length (63 bytes at most; the rest
    /// is cut). If its end was written before, two bytes that begin with the bits 11
    /// point there.
    fn name(&mut self, name: &str) {
        let mut rest = name.trim_end_matches('.');
        while !rest.is_empty() {
            if let Some(place) = self.written.get(rest) {
                return self.number(0xc000 | *place);
            }
            if let Ok(place @ 0..0x4000) = u16::try_from(self.bytes.len()) {
                self.written.insert(rest.to_owned(), place);
            }
            let (label, after) = rest.split_once('.').unwrap_or((rest, ""));
            let label = &label.as_bytes()[..label.len().min(63)];
            self.bytes.push(u8::try_from(label.len()).unwrap_or(63));
            self.bytes.extend(label);
            rest = after;
        }
        self.bytes.push(0);
    }
    // ANCHOR_END: name

    fn record(&mut self, record: &Record) {
        self.name(&record.name);
        self.number(record.data.kind());
        self.number(1);
        self.bytes.extend(record.ttl.to_be_bytes());
        let length_at = self.bytes.len();
        self.number(0);
        match &record.data {
            Data::A(address) => self.bytes.extend(address.octets()),
            Data::Ns(name) | Data::Cname(name) => self.name(name),
        }
        let length =
            u16::try_from(self.bytes.len() - length_at - 2).unwrap_or(u16::MAX);
        self.bytes[length_at..length_at + 2].copy_from_slice(&length.to_be_bytes());
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u16> {
        let [high, low] = self.take()?;
        Some(u16::from_be_bytes([high, low]))
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.bytes.get(self.at..self.at + N)?;
        self.at += N;
        bytes.try_into().ok()
    }

    /// Reads a name. A pointer has to point before the place where the name, or the
    /// part that it continues, began; so a message whose pointers form a loop is
    /// refused.
    fn name(&mut self) -> Option<String> {
        let mut labels: Vec<&str> = Vec::new();
        let (mut at, mut begin, mut after) = (self.at, self.at, None);
        loop {
            let length = usize::from(*self.bytes.get(at)?);
            if length >= 0xc0 {
                let low = usize::from(*self.bytes.get(at + 1)?);
                after = after.or(Some(at + 2));
                at = (length & 0x3f) << 8 | low;
                if at >= begin {
                    return None;
                }
                begin = at;
            } else if length == 0 {
                self.at = after.unwrap_or(at + 1);
                return Some(labels.join("."));
            } else if length < 64 {
                labels.push(
                    std::str::from_utf8(self.bytes.get(at + 1..at + 1 + length)?)
                        .ok()?,
                );
                at += 1 + length;
            } else {
                return None;
            }
        }
    }

    fn record(&mut self) -> Option<Record> {
        let name = self.name()?;
        let (kind, class) = (self.number()?, self.number()?);
        let ttl = u32::from_be_bytes(self.take()?);
        let end = usize::from(self.number()?) + self.at;
        let data = match (kind, class) {
            (1, 1) => Data::A(Ipv4Addr::from(self.take::<4>()?)),
            (2, 1) => Data::Ns(self.name()?),
            (5, 1) => Data::Cname(self.name()?),
            _ => return None,
        };
        (self.at == end).then_some(Record { name, ttl, data })
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
