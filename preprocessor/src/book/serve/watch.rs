//! Waiting until something may have changed. What did is for [`Sources`](super::sources::Sources) to say.

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// An editor writes a file in several steps; they are over when nothing happened for so long.
const QUIET: Duration = Duration::from_millis(40);
/// Something that never rests doesn't hold a build up for longer.
const LONGEST: Duration = Duration::from_millis(400);
/// Some folders, such as those of another machine, tell nothing. So there is a look now and then in any case;
/// it reads sizes and times only.
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
            // A build reads what it is made from, and that is no news.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                // Nobody listens any more when the program ends.
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
            // One that is gone isn't watched any more.
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
