//! Waiting until something may have changed; [`Sources`](super::sources::Sources) finds out what did.

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// An editor writes a file in several steps; they are over when nothing happened for this time.
const QUIET: Duration = Duration::from_millis(40);
/// Endless changes delay a build for this long at most.
const LONGEST: Duration = Duration::from_millis(400);
/// Some folders, such as those on another machine, report nothing, so the files are checked now and then in any
/// case; that reads sizes and times only.
const SELDOM: Duration = Duration::from_secs(2);
/// The same where the system can't watch at all.
const OFTEN: Duration = Duration::from_millis(250);

/// Watches folders, each without those inside it.
#[derive(Debug)]
pub struct Watcher {
    system: Option<RecommendedWatcher>,
    events: Receiver<()>,
    folders: BTreeSet<PathBuf>,
    is_complete: bool,
}

impl Default for Watcher {
    fn default() -> Self {
        let (sender, events) = mpsc::channel();
        let system = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // A build reads its sources, which changes nothing.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                // The receiver is gone when the program ends.
                let _ = sender.send(());
            }
        });
        Self {
            system: system.ok(),
            events,
            folders: BTreeSet::new(),
            is_complete: false,
        }
    }
}

impl Watcher {
    /// Watches these folders from now on, and no others.
    pub fn watch(&mut self, folders: &BTreeSet<PathBuf>) {
        let Some(system) = &mut self.system else {
            return;
        };
        for folder in self.folders.difference(folders) {
            // A deleted folder is no longer watched.
            let _ = system.unwatch(folder);
        }
        let is_watched = |folder: &&PathBuf| {
            self.folders.contains(*folder)
                || system.watch(folder, RecursiveMode::NonRecursive).is_ok()
        };
        let watched: BTreeSet<PathBuf> = folders.iter().filter(is_watched).cloned().collect();
        self.is_complete = watched.len() == folders.len();
        self.folders = watched;
    }

    /// Waits until something may have changed.
    pub fn wait(&self) {
        let patience = if self.is_complete { SELDOM } else { OFTEN };
        if self.system.is_none() {
            std::thread::sleep(patience);
            return;
        }
        if self.events.recv_timeout(patience).is_err() {
            return;
        }
        let first = Instant::now();
        while first.elapsed() < LONGEST && self.events.recv_timeout(QUIET).is_ok() {}
    }
}
