//! A tree of small files through which clients coordinate: sessions, ephemeral and
//! sequential nodes, watches.
//!
//! Shown in `src/consensus/coordination.md`.
//!
//! After P. Hunt, M. Konar, F. P. Junqueira and B. Reed, "`ZooKeeper`: Wait-free
//! Coordination for Internet-scale Systems", USENIX ATC 2010. There is one server;
//! agreement by a majority is left to other modules.

use std::collections::{BTreeMap, BTreeSet};

/// A client's session.
pub type Session = u64;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Znode {
    data: String,
    /// The session with which it ends, if it is ephemeral.
    owner: Option<Session>,
    /// The next number of a sequential child.
    next: u64,
}

/// The tree. Paths look like `/lock/n-0000000003`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    nodes: BTreeMap<String, Znode>,
    /// The sessions to notify, once, when a node changes or is deleted.
    watches: BTreeMap<String, BTreeSet<Session>>,
    /// Notifications, in order.
    pub told: Vec<(Session, String)>,
}

impl Tree {
    /// Creates a node, unless it exists or its parent doesn't. An ephemeral one ends
    /// with its session.
    pub fn create(&mut self, path: &str, data: &str, owner: Option<Session>) -> bool {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let parent_exists = parent.is_empty() || self.nodes.contains_key(parent);
        if !parent_exists || self.nodes.contains_key(path) {
            return false;
        }
        let node = Znode {
            data: data.to_owned(),
            owner,
            next: 0,
        };
        self.nodes.insert(path.to_owned(), node);
        true
    }

    // ANCHOR: create
    /// Creates a node whose name ends with the next number of its parent, and returns
    /// its path.
    pub fn create_sequential(
        &mut self,
        parent: &str,
        prefix: &str,
        owner: Option<Session>,
    ) -> Option<String> {
        let node = self.nodes.get_mut(parent)?;
        let path = format!("{parent}/{prefix}{:010}", node.next);
        node.next += 1;
        self.create(&path, "", owner).then_some(path)
    }
    // ANCHOR_END: create

    /// Deletes a node, and notifies its watchers.
    pub fn delete(&mut self, path: &str) -> bool {
        let existed = self.nodes.remove(path).is_some();
        if existed {
            self.tell(path);
        }
        existed
    }

    // ANCHOR: session
    /// Ends a session: its watches and its ephemeral nodes are removed.
    pub fn end_session(&mut self, session: Session) {
        for watchers in self.watches.values_mut() {
            watchers.remove(&session);
        }
        let owned = self
            .nodes
            .iter()
            .filter(|(_, node)| node.owner == Some(session));
        let paths: Vec<String> = owned.map(|(path, _)| path.clone()).collect();
        for path in paths {
            self.delete(&path);
        }
    }
    // ANCHOR_END: session

    /// Changes a node's data, and notifies its watchers.
    pub fn set(&mut self, path: &str, data: &str) -> bool {
        let Some(node) = self.nodes.get_mut(path) else {
            return false;
        };
        data.clone_into(&mut node.data);
        self.tell(path);
        true
    }

    /// A node's data.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.nodes.get(path).map(|node| node.data.as_str())
    }

    /// The paths of a node's children, in order of their names.
    pub fn children(&self, parent: &str) -> Vec<&str> {
        let is_child =
            |path: &&str| path.rsplit_once('/').is_some_and(|(of, _)| of == parent);
        self.nodes
            .keys()
            .map(String::as_str)
            .filter(is_child)
            .collect()
    }

    /// Whether a node exists; if so, the session is notified once when that changes.
    pub fn watch(&mut self, path: &str, session: Session) -> bool {
        let exists = self.nodes.contains_key(path);
        if exists {
            self.watches
                .entry(path.to_owned())
                .or_default()
                .insert(session);
        }
        exists
    }

    fn tell(&mut self, path: &str) {
        for session in self.watches.remove(path).unwrap_or_default() {
            self.told.push((session, path.to_owned()));
        }
    }
}

/// What a client that waits for a lock watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// The holder's node: all waiting clients are notified when it is deleted.
    Herd,
    /// The node right before its own: only one client is notified.
    Predecessor,
}

/// A lock, as a queue of ephemeral sequential nodes. The first one holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The tree that it is kept in.
    pub tree: Tree,
    recipe: Recipe,
    places: BTreeMap<Session, String>,
}

impl Lock {
    /// A lock that no one holds.
    pub fn new(recipe: Recipe) -> Self {
        let mut tree = Tree::default();
        tree.create("/lock", "", None);
        Self {
            tree,
            recipe,
            places: BTreeMap::new(),
        }
    }

    /// A client gets in line.
    pub fn line_up(&mut self, session: Session) {
        if let Some(place) = self.tree.create_sequential("/lock", "n-", Some(session)) {
            self.places.insert(session, place);
            self.look(session);
        }
    }

    // ANCHOR: look
    /// A client checks whether it holds the lock, and if not, watches a node before its
    /// own.
    fn look(&mut self, session: Session) {
        let line: Vec<String> = self
            .tree
            .children("/lock")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let Some(place) = self.places.get(&session) else {
            return;
        };
        let before = line.iter().take_while(|path| *path != place);
        let watched = match self.recipe {
            Recipe::Herd => before.into_iter().next(),
            Recipe::Predecessor => before.last(),
        };
        if let Some(watched) = watched {
            self.tree.watch(watched, session);
        }
    }
    // ANCHOR_END: look

    /// A client's session ends, whether it leaves or crashes. Notified clients check
    /// again.
    pub fn leave(&mut self, session: Session) {
        self.places.remove(&session);
        let before = self.tree.told.len();
        self.tree.end_session(session);
        let told: Vec<Session> = self.tree.told[before..]
            .iter()
            .map(|(told, _)| *told)
            .collect();
        for session in told {
            self.look(session);
        }
    }

    /// Who holds the lock.
    pub fn holder(&self) -> Option<Session> {
        let first = *self.tree.children("/lock").first()?;
        self.places
            .iter()
            .find(|(_, place)| *place == first)
            .map(|(session, _)| *session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    #[test]
    fn a_node_needs_its_parent_and_a_name_of_its_own() {
        let mut tree = Tree::default();
        assert!(!tree.create("/a/b", "", None));
        assert!(tree.create("/a", "1", None) && tree.create("/a/b", "2", Some(7)));
        assert!(!tree.create("/a", "3", None));
        assert!(tree.watch("/a/b", 9) && tree.set("/a", "4"));
        tree.end_session(7);
        assert_eq!((tree.get("/a"), tree.get("/a/b")), (Some("4"), None));
        assert_eq!(tree.told, [(9, "/a/b".to_owned())]);
    }

    proptest! {
        #[test]
        fn the_lock_is_a_line_and_whoever_is_next_is_told(steps in prop::collection::vec((any::<bool>(), 0..12usize), 1..60)) {
            for recipe in [Recipe::Herd, Recipe::Predecessor] {
                let mut lock = Lock::new(recipe);
                let mut line: VecDeque<Session> = VecDeque::new();
                let mut session = 0;
                for (joins, which) in &steps {
                    if *joins || line.is_empty() {
                        session += 1;
                        lock.line_up(session);
                        line.push_back(session);
                    } else {
                        let place = which % line.len();
                        let left = line.remove(place).unwrap();
                        let told = lock.tree.told.len();
                        lock.leave(left);
                        let told: Vec<_> = lock.tree.told[told..].iter().map(|(s, _)| *s).collect();
                        if place == 0 {
                            prop_assert!(line.front().is_none_or(|next| told.contains(next)));
                        }
                        prop_assert!(recipe == Recipe::Herd || told.len() <= 1);
                    }
                    prop_assert_eq!(lock.holder(), line.front().copied());
                }
            }
        }
    }
}
