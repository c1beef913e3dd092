//! A Raft cluster whose messages go exactly where a script sends them.
//!
//! Used by `consensus/raft/mod.rs`.

use super::node::{Node, Outgoing, Role, Rules};
use crate::simulation::NodeId;

/// A cluster in which nothing happens by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The members.
    pub nodes: Vec<Node>,
    /// What was done, as lines of a sequence diagram.
    pub trace: Vec<String>,
}

impl Script {
    /// This many members, named S1, S2 and so on.
    pub fn new(members: usize, rules: Rules) -> Self {
        Self {
            nodes: (0..members)
                .map(|id| Node::new(id, members, rules))
                .collect(),
            trace: Vec::new(),
        }
    }

    /// A member's election time-out runs out, and its messages reach only these others.
    /// Returns whether it leads.
    pub fn elect(&mut self, candidate: NodeId, voters: &[NodeId]) -> bool {
        let requests = self.nodes[candidate].time_out();
        let appends = self.exchange(candidate, requests, voters);
        // A new leader's first heartbeats are not sent: the script does it.
        drop(appends);
        self.nodes[candidate].role == Role::Leader
    }

    /// A member crashes and starts again.
    pub fn restart(&mut self, node: NodeId) {
        self.nodes[node].restart();
    }

    /// A client's command, at a member that leads.
    pub fn propose(&mut self, leader: NodeId, command: u64) -> Option<usize> {
        self.trace
            .push(format!("client -> S{}: {command}", leader + 1));
        self.nodes[leader].propose(command)
    }

    /// A leader sends its log to these members until their logs are the same as its
    /// own.
    pub fn replicate(&mut self, leader: NodeId, followers: &[NodeId]) {
        let mut appends = self.nodes[leader].appends();
        while !appends.is_empty() {
            appends = self.exchange(leader, appends, followers);
        }
    }

    /// A member's log, as commands and the terms in which they came.
    pub fn log(&self, node: NodeId) -> String {
        let entries = self.nodes[node].log.iter();
        let entries: Vec<_> = entries
            .map(|entry| format!("{}@{}", entry.command, entry.term))
            .collect();
        entries.join(" ")
    }

    /// Delivers those messages that go to `reach`, and the answers. Returns what the
    /// sender then wants to send.
    fn exchange(
        &mut self,
        from: NodeId,
        messages: Outgoing,
        reach: &[NodeId],
    ) -> Outgoing {
        let mut more = Vec::new();
        for (to, message) in messages.into_iter().filter(|(to, _)| reach.contains(to)) {
            self.trace
                .push(format!("S{} -> S{}: {message}", from + 1, to + 1));
            for (_, answer) in self.nodes[to].receive(from, message) {
                self.trace
                    .push(format!("S{} --> S{}: {answer}", to + 1, from + 1));
                more.extend(self.nodes[from].receive(to, answer));
            }
        }
        more
    }
}

// ANCHOR: figure
/// The steps of the paper's figure 8: (a), (b), (c), and then S5 tries to lead. With
/// `own_entry`, S1 gets one more command in (c).
///
/// Returns the script, and what S1 considered committed before S5 tried.
pub fn figure_eight(rules: Rules, own_entry: bool) -> (Script, Vec<u64>) {
    let [s1, s2, s3, s4, s5] = [0, 1, 2, 3, 4];
    let mut script = Script::new(5, rules);
    script.elect(s1, &[s2, s3, s4, s5]); // term 1
    script.propose(s1, 1);
    script.replicate(s1, &[s2, s3, s4, s5]);
    script.elect(s1, &[s2, s3]); // (a) term 2: S1 leads and reaches only S2
    script.propose(s1, 2);
    script.replicate(s1, &[s2]);
    script.elect(s5, &[s3, s4]);
    script.elect(s5, &[s3, s4]); // (b) S1 is down, S5 leads with the votes of S3 and S4
    script.propose(s5, 3);
    script.elect(s1, &[s2, s3, s4]); // (c) S5 is down, S1 leads again
    script.elect(s1, &[s2, s3, s4]);
    if own_entry {
        script.propose(s1, 4);
    }
    script.replicate(s1, &[s2, s3]);
    let entries = script.nodes[s1].log.iter().take(script.nodes[s1].commit);
    let committed = entries.map(|entry| entry.command).collect();
    script.elect(s5, &[s2, s3, s4]); // (d) S1 is down, S5 leads again and overwrites
    if script.elect(s5, &[s2, s3, s4]) {
        script.replicate(s5, &[s1, s2, s3, s4]);
    }
    (script, committed)
}
// ANCHOR_END: figure

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Elections, commands and appends in any order, each of which reaches any of the
    /// others. Returns whether two members ever consider different entries committed at
    /// the same index.
    fn contradicts_itself(rules: Rules, seed: u64) -> bool {
        let mut random = Random::new(seed);
        let mut script = Script::new(5, rules);
        let mut committed = Vec::new();
        for command in 0..60 {
            let node = random.index(5);
            let reach = |random: &mut Random| -> Vec<NodeId> {
                (0..5)
                    .filter(|other| *other != node && random.chance(0.5))
                    .collect()
            };
            match random.below(4) {
                0 => drop(script.elect(node, &reach(&mut random))),
                1 => drop(script.propose(node, command)),
                2 => script.replicate(node, &reach(&mut random)),
                _ => script.restart(node),
            }
            for node in &script.nodes {
                let known = node.commit.min(committed.len());
                if node.log[..known] != committed[..known] {
                    return true;
                }
                committed.extend_from_slice(&node.log[known..node.commit]);
            }
        }
        false
    }

    #[test]
    fn no_order_of_events_contradicts_itself_unless_a_rule_is_switched_off() {
        let all = Rules::default();
        assert!((0..20_000).all(|seed| !contradicts_itself(all, seed)));
        for broken in [
            Rules {
                vote_checks_log: false,
                ..all
            },
            Rules {
                commit_own_term_only: false,
                ..all
            },
            Rules {
                vote_is_stored: false,
                ..all
            },
        ] {
            assert!(
                (0..20_000).any(|seed| contradicts_itself(broken, seed)),
                "{broken:?}"
            );
        }
    }

    #[test]
    fn five_members_need_two_followers_to_commit() {
        let mut script = Script::new(5, Rules::default());
        assert!(script.elect(0, &[1, 2]));
        script.propose(0, 7);
        script.replicate(0, &[1]);
        assert_eq!(script.nodes[0].commit, 0);
        script.replicate(0, &[2]);
        assert_eq!(script.nodes[0].commit, 1);
    }

    #[test]
    fn figure_eight_commits_two_things_at_one_place_without_the_rule() {
        let broken = Rules {
            commit_own_term_only: false,
            ..Rules::default()
        };
        let (script, committed) = figure_eight(broken, false);
        assert_eq!(committed, [1, 2]);
        assert_eq!(script.log(0), "1@1 3@3");

        let (script, committed) = figure_eight(Rules::default(), false);
        assert_eq!(committed, [1]);
        assert_eq!(script.log(0), "1@1 3@3");

        let (script, committed) = figure_eight(Rules::default(), true);
        assert_eq!(committed, [1, 2, 4]);
        assert_eq!(
            (script.log(0).as_str(), script.nodes[4].role),
            ("1@1 2@2 4@4", Role::Candidate)
        );
    }

    #[test]
    fn a_forgotten_vote_gives_a_term_two_leaders() {
        for vote_is_stored in [true, false] {
            let mut script = Script::new(
                5,
                Rules {
                    vote_is_stored,
                    ..Rules::default()
                },
            );
            assert!(script.elect(0, &[1, 2]));
            script.restart(2);
            assert_eq!(script.elect(4, &[2, 3]), !vote_is_stored);
            assert_eq!(script.nodes[4].term, 1);
        }
    }

    #[test]
    fn a_stale_log_gets_votes_only_without_the_check() {
        for checks in [true, false] {
            let mut script = Script::new(
                5,
                Rules {
                    vote_checks_log: checks,
                    ..Rules::default()
                },
            );
            script.elect(0, &[1, 2]);
            script.propose(0, 7);
            script.replicate(0, &[1, 2]);
            assert_eq!(script.nodes[0].commit, 1);
            script.elect(4, &[3]);
            assert_eq!(script.elect(4, &[2, 3]), !checks);
        }
    }
}
