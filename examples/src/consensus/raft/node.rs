//! One member of a Raft cluster: what it does with a message or a time-out, without
//! clocks or networks.
//!
//! Shown in `src/consensus/linearizability.md`, `src/consensus/raft-election.md` and
//! `src/consensus/raft-log.md`.
//!
//! After D. Ongaro and J. Ousterhout, "In Search of an Understandable Consensus
//! Algorithm", USENIX ATC 2014, figure 2. Indexes into the log begin at 1; index 0 is
//! the empty log. There are no snapshots and no changes of membership. Reads without
//! the log are those of section 8 of the paper's extended version.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::message::{Entry, Message};
use crate::simulation::NodeId;

/// What a member is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It follows a leader, or waits for one.
    Follower,
    /// It asks for votes.
    Candidate,
    /// It leads in its term.
    Leader,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Follower => "follower",
            Self::Candidate => "candidate",
            Self::Leader => "leader",
        })
    }
}

/// What a leader does with a read before it answers from the entries that it knows to
/// be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Nothing.
    AtOnce,
    /// It asks a majority whether it still leads.
    AskMajority,
    /// The same, and only once it has committed an entry of its own term, so that it
    /// knows of everything that was committed before (section 8).
    AskAfterOwnCommit,
}

/// The rules that keep Raft safe, each of which can be switched off to see why it is
/// needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A vote goes only to a candidate whose log is at least as up to date as the
    /// voter's (section 5.4.1).
    pub vote_checks_log: bool,
    /// A leader counts replicas only for entries of its own term (section 5.4.2).
    pub commit_own_term_only: bool,
    /// A vote and a term survive a crash.
    pub vote_is_stored: bool,
    /// What comes before the answer to a read (section 8).
    pub reads: Reads,
}

impl Default for Rules {
    /// All of them.
    fn default() -> Self {
        Self {
            vote_checks_log: true,
            commit_own_term_only: true,
            vote_is_stored: true,
            reads: Reads::AskAfterOwnCommit,
        }
    }
}

/// What is to be sent: to whom, and what.
pub type Outgoing = Vec<(NodeId, Message)>;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    id: NodeId,
    members: usize,
    rules: Rules,
    /// The latest term that it knows. Survives a crash.
    pub term: u64,
    voted_for: Option<NodeId>,
    /// Its log. Survives a crash.
    pub log: Vec<Entry>,
    /// How many entries it knows to be committed.
    pub commit: usize,
    /// What it is at the moment.
    pub role: Role,
    /// Whether its election time-out has to be restarted: it heard from a leader, or
    /// gave a vote. The caller clears this.
    pub heard: bool,
    votes: BTreeSet<NodeId>,
    /// For each member, up to where its log is known to agree with the leader's.
    matched: Vec<usize>,
    /// For each member, the index of the entry to send next.
    next: Vec<usize>,
    /// Reads that wait for a majority: the index up to which each one sees the log, and
    /// who has confirmed the leader.
    waiting: BTreeMap<u64, (usize, BTreeSet<NodeId>)>,
    /// Reads that may be answered, and the command that each one sees. The caller takes
    /// them.
    pub answers: Vec<(u64, u64)>,
}

impl Node {
    /// A follower with an empty log.
    pub fn new(id: NodeId, members: usize, rules: Rules) -> Self {
        Self {
            id,
            members,
            rules,
            term: 0,
            voted_for: None,
            log: Vec::new(),
            commit: 0,
            role: Role::Follower,
            heard: false,
            votes: BTreeSet::new(),
            matched: vec![0; members],
            next: vec![1; members],
            waiting: BTreeMap::new(),
            answers: Vec::new(),
        }
    }

    /// Starts again after a crash: only the log, the term and the vote are left.
    pub fn restart(&mut self) {
        let fresh = Self::new(self.id, self.members, self.rules);
        let old = std::mem::replace(self, fresh);
        self.log = old.log;
        if self.rules.vote_is_stored {
            (self.term, self.voted_for) = (old.term, old.voted_for);
        }
    }

    /// Takes a client's command. The index that it gets if it is ever committed, or
    /// `None` if this is not the leader.
    pub fn propose(&mut self, command: u64) -> Option<usize> {
        if self.role != Role::Leader {
            return None;
        }
        let term = self.term;
        self.log.push(Entry { term, command });
        self.matched[self.id] = self.log.len();
        self.advance_commit();
        Some(self.log.len())
    }

    /// What a leader sends to all others: the entries they lack, or a heartbeat.
    /// Members that don't lead send nothing.
    pub fn appends(&self) -> Outgoing {
        if self.role != Role::Leader {
            return Vec::new();
        }
        let others = (0..self.members).filter(|to| *to != self.id);
        others.map(|to| (to, self.append_for(to))).collect()
    }

    // ANCHOR: read
    /// A client asks for the newest command. `read` is a number above 0 that no other
    /// read has. Returns what to send, or `None` if this is no leader, or one that must
    /// not answer yet. The answer comes in [`Node::answers`].
    pub fn read(&mut self, read: u64) -> Option<Outgoing> {
        let knows_all = self.term_at(self.commit) == Some(self.term);
        let is_early = self.rules.reads == Reads::AskAfterOwnCommit && !knows_all;
        if self.role != Role::Leader || is_early {
            return None;
        }
        if self.rules.reads == Reads::AtOnce {
            self.answer(read, self.commit);
            return Some(Vec::new());
        }
        // What is committed now is what the read sees. A majority has to confirm that
        // it was the newest.
        self.waiting.insert(read, (self.commit, BTreeSet::new()));
        self.confirm(read, self.id);
        let term = self.term;
        let others = (0..self.members).filter(|to| *to != self.id);
        Some(
            others
                .map(|to| (to, Message::Confirm { term, read }))
                .collect(),
        )
    }

    /// A member, maybe this one, has said that it knows of no later term than this
    /// leader's.
    fn confirm(&mut self, read: u64, by: NodeId) {
        let Some((index, confirmed)) = self.waiting.get_mut(&read) else {
            return;
        };
        confirmed.insert(by);
        if confirmed.len() > self.members / 2 {
            let index = *index;
            self.waiting.remove(&read);
            self.answer(read, index);
        }
    }
    // ANCHOR_END: read

    fn answer(&mut self, read: u64, index: usize) {
        let last = index.checked_sub(1).and_then(|place| self.log.get(place));
        self.answers
            .push((read, last.map_or(0, |entry| entry.command)));
    }

    // ANCHOR: election
    /// The election time-out ran out: become a candidate in the next term.
    pub fn time_out(&mut self) -> Outgoing {
        self.term += 1;
        self.role = Role::Candidate;
        self.voted_for = Some(self.id);
        self.votes = BTreeSet::from([self.id]);
        self.win_with_majority();
        let request = Message::RequestVote {
            term: self.term,
            last_index: self.log.len(),
            last_term: self.last_term(),
        };
        let others = (0..self.members).filter(|to| *to != self.id);
        others.map(|to| (to, request.clone())).collect()
    }

    fn on_request(
        &mut self,
        from: NodeId,
        last_term: u64,
        last_index: usize,
    ) -> Message {
        let up_to_date = (last_term, last_index) >= (self.last_term(), self.log.len());
        let free = self.voted_for.is_none_or(|voted| voted == from);
        let granted = free && (up_to_date || !self.rules.vote_checks_log);
        if granted {
            self.voted_for = Some(from);
            self.heard = true;
        }
        let term = self.term;
        Message::Vote { term, granted }
    }

    fn win_with_majority(&mut self) {
        if self.votes.len() > self.members / 2 {
            self.role = Role::Leader;
            self.next = vec![self.log.len() + 1; self.members];
            self.matched = vec![0; self.members];
            self.matched[self.id] = self.log.len();
        }
    }
    // ANCHOR_END: election

    /// Handles a message, and returns what to send.
    pub fn receive(&mut self, from: NodeId, message: Message) -> Outgoing {
        if message.term() > self.term {
            self.term = message.term();
            self.voted_for = None;
            self.role = Role::Follower;
            // There may have been another leader since they were asked.
            self.waiting.clear();
        }
        let is_old = message.term() < self.term;
        match message {
            Message::RequestVote { .. } if is_old => {
                let term = self.term;
                vec![(
                    from,
                    Message::Vote {
                        term,
                        granted: false,
                    },
                )]
            }
            Message::RequestVote {
                last_index,
                last_term,
                ..
            } => {
                vec![(from, self.on_request(from, last_term, last_index))]
            }
            Message::Vote { granted: true, .. }
                if !is_old && self.role == Role::Candidate =>
            {
                self.votes.insert(from);
                self.win_with_majority();
                self.appends()
            }
            Message::Append { .. } if is_old => {
                let term = self.term;
                vec![(
                    from,
                    Message::Appended {
                        term,
                        success: false,
                        index: 0,
                    },
                )]
            }
            Message::Append {
                prev_index,
                prev_term,
                entries,
                commit,
                ..
            } => {
                self.role = Role::Follower;
                self.heard = true;
                vec![(from, self.on_append(prev_index, prev_term, entries, commit))]
            }
            Message::Appended { success, index, .. }
                if !is_old && self.role == Role::Leader =>
            {
                self.on_appended(from, success, index)
            }
            // No read has the number 0: the sender learns the term and nothing else.
            Message::Confirm { .. } if is_old => {
                let term = self.term;
                vec![(from, Message::Confirmed { term, read: 0 })]
            }
            Message::Confirm { term, read } => {
                self.role = Role::Follower;
                self.heard = true;
                vec![(from, Message::Confirmed { term, read })]
            }
            Message::Confirmed { read, .. } if !is_old && self.role == Role::Leader => {
                self.confirm(read, from);
                Vec::new()
            }
            Message::Vote { .. }
            | Message::Appended { .. }
            | Message::Confirmed { .. } => Vec::new(),
        }
    }

    // ANCHOR: append
    fn on_append(
        &mut self,
        prev_index: usize,
        prev_term: u64,
        entries: Vec<Entry>,
        commit: usize,
    ) -> Message {
        let term = self.term;
        if self.term_at(prev_index) != Some(prev_term) {
            // The leader tries again from further back.
            let index = self.log.len().min(prev_index.saturating_sub(1));
            return Message::Appended {
                term,
                success: false,
                index,
            };
        }
        let last = prev_index + entries.len();
        for (index, entry) in (prev_index + 1..).zip(entries) {
            if self.term_at(index) != Some(entry.term) {
                // Entries that the leader doesn't have were never committed.
                self.log.truncate(index - 1);
                self.log.push(entry);
            }
        }
        self.commit = self.commit.max(commit.min(last));
        Message::Appended {
            term,
            success: true,
            index: last,
        }
    }
    // ANCHOR_END: append

    fn on_appended(&mut self, from: NodeId, success: bool, index: usize) -> Outgoing {
        if success {
            self.matched[from] = self.matched[from].max(index);
            self.next[from] = self.next[from].max(index + 1);
            self.advance_commit();
            return Vec::new();
        }
        self.next[from] = (index + 1).min(self.next[from]).max(self.matched[from] + 1);
        vec![(from, self.append_for(from))]
    }

    // ANCHOR: commit
    /// Commits what a majority of the cluster has, the leader included.
    fn advance_commit(&mut self) {
        let majority_has = |index: usize| {
            let count = self
                .matched
                .iter()
                .filter(|matched| **matched >= index)
                .count();
            count > self.members / 2
        };
        let counts = |index: usize| {
            !self.rules.commit_own_term_only || self.term_at(index) == Some(self.term)
        };
        let found = (self.commit + 1..=self.log.len())
            .rev()
            .find(|index| majority_has(*index) && counts(*index));
        if let Some(index) = found {
            self.commit = index;
        }
    }
    // ANCHOR_END: commit

    fn append_for(&self, to: NodeId) -> Message {
        let prev_index = self.next[to] - 1;
        Message::Append {
            term: self.term,
            prev_index,
            prev_term: self.term_at(prev_index).unwrap_or(0),
            entries: self.log.get(prev_index..).unwrap_or_default().to_vec(),
            commit: self.commit,
        }
    }

    fn last_term(&self) -> u64 {
        self.log.last().map_or(0, |entry| entry.term)
    }

    /// The term of the entry at an index; 0 for index 0, before the first entry.
    fn term_at(&self, index: usize) -> Option<u64> {
        match index.checked_sub(1) {
            None => Some(0),
            Some(place) => self.log.get(place).map(|entry| entry.term),
        }
    }
}
