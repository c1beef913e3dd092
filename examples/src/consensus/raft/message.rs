//! What the members of a Raft cluster say to each other: the paper's two calls and
//! their answers.
//!
//! Used by `consensus/raft/cluster.rs` and `consensus/raft/node.rs`.

use std::fmt;

/// An entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: u64,
    /// What is to be done.
    pub command: u64,
}

/// A message between members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A candidate asks for a vote.
    RequestVote {
        /// The candidate's term.
        term: u64,
        /// The index of its last entry.
        last_index: usize,
        /// The term of its last entry.
        last_term: u64,
    },
    /// The answer.
    Vote {
        /// The voter's term.
        term: u64,
        /// Whether the candidate has the vote.
        granted: bool,
    },
    /// A leader sends entries, or none as a heartbeat.
    Append {
        /// The leader's term.
        term: u64,
        /// The index of the entry before those sent.
        prev_index: usize,
        /// The term of that entry.
        prev_term: u64,
        /// The entries after it.
        entries: Vec<Entry>,
        /// The leader's commit index.
        commit: usize,
    },
    /// The answer.
    Appended {
        /// The follower's term.
        term: u64,
        /// Whether the entry before those sent was the same in both logs.
        success: bool,
        /// If so, the index up to which the logs agree; if not, the index at which the
        /// leader may try next.
        index: usize,
    },
    /// A heartbeat by which a leader makes sure that it still leads, before it answers
    /// a read.
    Confirm {
        /// The leader's term.
        term: u64,
        /// The number of the read.
        read: u64,
    },
    /// The answer. One of a higher term means no.
    Confirmed {
        /// The member's term.
        term: u64,
        /// The number of the read.
        read: u64,
    },
}

impl Message {
    /// The sender's term.
    pub fn term(&self) -> u64 {
        match self {
            Self::RequestVote { term, .. }
            | Self::Vote { term, .. }
            | Self::Append { term, .. }
            | Self::Appended { term, .. }
            | Self::Confirm { term, .. }
            | Self::Confirmed { term, .. } => *term,
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RequestVote { term, .. } => write!(f, "vote for me in term {term}"),
            Self::Vote {
                term,
                granted: true,
            } => write!(f, "yes (term {term})"),
            Self::Vote { term, .. } => write!(f, "no (term {term})"),
            Self::Append { term, entries, .. } if entries.is_empty() => {
                write!(f, "heartbeat (term {term})")
            }
            Self::Append {
                term,
                prev_index,
                entries,
                ..
            } => {
                let (from, to) = (prev_index + 1, prev_index + entries.len());
                write!(f, "append {from} to {to} (term {term})")
            }
            Self::Appended {
                success: true,
                index,
                ..
            } => write!(f, "same up to {index}"),
            Self::Appended { .. } => write!(f, "not the same"),
            Self::Confirm { term, .. } => write!(f, "do I still lead? (term {term})"),
            Self::Confirmed { term, .. } => write!(f, "I know term {term}"),
        }
    }
}
