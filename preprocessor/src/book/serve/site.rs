//! The last good build, and what is wrong with the current text.
//!
//! A build stays in a folder of its own until the next good one replaces it, so that a browser never reads a
//! partial one.

use serde::Serialize;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// How many requests wait for news at most. Only a page that is looked at asks for them.
const MOST_WAITING: usize = 50;

/// What is served.
#[derive(Debug)]
pub struct Site {
    /// Identifies this run of the program: pages of an earlier one may still be open.
    start: u128,
    state: Mutex<State>,
    news: Condvar,
    built: RwLock<Option<Built>>,
}

/// A built book.
#[derive(Debug)]
pub struct Built {
    /// Its folder, which is removed with it.
    pub folder: TempDir,
    /// Where its pages are.
    pub pages: PathBuf,
}

#[derive(Debug, Default)]
struct State {
    attempt: u64,
    good: u64,
    failure: Option<String>,
    /// How many requests wait for news.
    waiting: usize,
}

/// What an open page has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News {
    /// The last attempt to build.
    pub attempt: String,
    /// The attempt that gave what is served.
    pub good: String,
    /// What is wrong, if the last attempt failed.
    pub failure: Option<String>,
}

impl Default for Site {
    fn default() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            start: now.map_or(0, |now| now.as_millis()),
            state: Mutex::default(),
            news: Condvar::new(),
            built: RwLock::default(),
        }
    }
}

impl Site {
    /// Serves a new build instead of the last one.
    pub fn succeed(&self, built: Built) {
        let mut place = self.built.write().unwrap_or_else(PoisonError::into_inner);
        let last = place.replace(built);
        let mut state = self.state();
        state.attempt += 1;
        state.good = state.attempt;
        state.failure = None;
        drop(place);
        drop(state);
        self.news.notify_all();
        // Removing it takes a while, and no browser should wait for that.
        drop(last);
    }

    /// Says what is wrong; the last build stays.
    pub fn fail(&self, failure: String) {
        let mut state = self.state();
        state.attempt += 1;
        state.failure = Some(failure);
        drop(state);
        self.news.notify_all();
    }

    /// The current state.
    pub fn now(&self) -> News {
        self.tell(&self.state())
    }

    /// The state once it differs from what a page has seen, or after some time. None where too many wait for it already.
    pub fn after(&self, seen: &str, patience: Duration) -> Option<News> {
        let mut state = self.state();
        if state.waiting >= MOST_WAITING {
            return None;
        }
        state.waiting += 1;
        let is_known = |state: &mut State| self.name(state.attempt) == seen;
        let waited = self.news.wait_timeout_while(state, patience, is_known);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        Some(self.tell(&state))
    }

    /// Reads from the build that is served; it is not replaced meanwhile. None before the first good one.
    pub fn read<T>(&self, read: impl FnOnce(&Built, &News) -> T) -> Option<T> {
        let built = self.built.read().unwrap_or_else(PoisonError::into_inner);
        built.as_ref().map(|built| read(built, &self.now()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, state: &State) -> News {
        News {
            attempt: self.name(state.attempt),
            good: self.name(state.good),
            failure: state.failure.clone(),
        }
    }

    fn name(&self, attempt: u64) -> String {
        format!("{}-{attempt}", self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_of_a_failure_and_of_the_build_after_it() {
        let site = Site::default();
        let folder = TempDir::new().unwrap();
        let pages = folder.path().to_owned();
        assert!(site.read(|_, _| ()).is_none());
        site.fail("first".to_owned());
        site.succeed(Built { folder, pages });
        let good = site.now();
        assert_eq!((&good.attempt, &good.failure), (&good.good, &None));
        site.fail("wrong".to_owned());
        let news = site.after(&good.attempt, Duration::from_secs(9)).unwrap();
        assert_eq!(news.failure.as_deref(), Some("wrong"));
        assert_eq!(news.good, good.good);
        assert!(site.read(|built, _| built.pages.is_dir()).unwrap());
        let again = site.after(&news.attempt, Duration::from_millis(1));
        assert_eq!(again.as_ref(), Some(&news));
    }
}
