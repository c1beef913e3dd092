//! Offline locks, for work that lasts longer than a transaction: by version stamp, and
//! by a lock that expires. Times are in seconds.
//!
//! Shown in `src/relational/offline-locks.md`.
//!
//! Both after M. Fowler, *Patterns of Enterprise Application Architecture*, 2002,
//! chapter 16 (by D. Rice).

use crate::number::whole;
use crate::random::Random;

/// A document that people open, edit for a while, and save.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// How often it was saved.
    pub version: u64,
    lock: Option<(String, u64)>,
}

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It was saved since it was opened. The current version.
    Conflict(u64),
    /// Another person holds the lock, until this time.
    Locked(String, u64),
    /// The lock has run out, or was never taken.
    NotHeld,
}

impl Document {
    // ANCHOR: optimistic
    /// Saves, if it wasn't saved since the version that the editor opened.
    ///
    /// # Errors
    /// [`Refused::Conflict`], and nothing is changed.
    pub fn save(&mut self, opened: u64, text: &str) -> Result<u64, Refused> {
        if opened != self.version {
            return Err(Refused::Conflict(self.version));
        }
        text.clone_into(&mut self.text);
        self.version += 1;
        Ok(self.version)
    }
    // ANCHOR_END: optimistic

    // ANCHOR: pessimistic
    /// Takes the lock until `now + lease`, or keeps it that long if it is held by the
    /// same person.
    ///
    /// # Errors
    /// [`Refused::Locked`] while another person holds it.
    pub fn lock(&mut self, who: &str, now: u64, lease: u64) -> Result<(), Refused> {
        match &self.lock {
            Some((holder, until)) if holder != who && *until > now => {
                Err(Refused::Locked(holder.clone(), *until))
            }
            _ => {
                self.lock = Some((who.to_owned(), now + lease));
                Ok(())
            }
        }
    }

    /// Saves and releases, if the lock is still held.
    ///
    /// # Errors
    /// [`Refused::NotHeld`], and nothing is changed.
    pub fn save_locked(
        &mut self,
        who: &str,
        now: u64,
        text: &str,
    ) -> Result<u64, Refused> {
        match self
            .lock
            .take_if(|(holder, until)| holder == who && *until > now)
        {
            Some(_) => self.save(self.version, text),
            None => Err(Refused::NotHeld),
        }
    }
    // ANCHOR_END: pessimistic
}

/// The outcome of many editors of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edits {
    /// Edits that were saved.
    pub saved: usize,
    /// Edits that were done and then refused.
    pub wasted: usize,
    /// Editors that were turned away before they began.
    pub turned_away: usize,
    /// Saves that silently overwrote another person's work.
    pub overwritten: usize,
}

/// How editors are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Not at all: the last one to save wins.
    None,
    /// By version stamp.
    Optimistic,
    /// By a lock that lasts for the edit.
    Pessimistic,
}

/// Edits of one document, each with the time at which its editor opens it and the time
/// that it takes.
pub fn edit(times: &[(u64, u64)], guard: Guard) -> Edits {
    let mut document = Document::default();
    let mut edits = Edits {
        saved: 0,
        wasted: 0,
        turned_away: 0,
        overwritten: 0,
    };
    // Begin and end of each edit in the order of time; at the same moment ends come
    // first.
    let mut events: Vec<(u64, bool, usize)> = Vec::new();
    for (editor, (time, length)) in times.iter().enumerate() {
        events.push((*time, true, editor));
        events.push((time + length, false, editor));
    }
    events.sort_unstable();
    let mut opened: Vec<Option<u64>> = vec![None; times.len()];
    for (now, begins, editor) in events {
        let who = editor.to_string();
        if begins {
            let locked = guard == Guard::Pessimistic
                && document.lock(&who, now, times[editor].1 + 1).is_err();
            edits.turned_away += usize::from(locked);
            opened[editor] = (!locked).then_some(document.version);
        } else if let Some(version) = opened[editor] {
            let saved = match guard {
                Guard::None => {
                    edits.overwritten += usize::from(version != document.version);
                    document.save(document.version, &who)
                }
                Guard::Optimistic => document.save(version, &who),
                Guard::Pessimistic => document.save_locked(&who, now, &who),
            };
            edits.saved += usize::from(saved.is_ok());
            edits.wasted += usize::from(saved.is_err());
        }
    }
    edits
}

/// Openings at random times, so many an hour on average, and edits that take `mean`
/// seconds on average. With a `spread` of 0 all take equally long, with 1 anything from
/// nothing to twice the mean. Times are in milliseconds.
pub fn openings(
    count: usize,
    an_hour: f64,
    mean: f64,
    spread: f64,
    seed: u64,
) -> Vec<(u64, u64)> {
    let mut random = Random::new(seed);
    let mut now = 0.0;
    let mut next = || {
        now += random.exponential(3_600_000.0 / an_hour);
        let length = 1_000.0 * mean * (1.0 + spread * (2.0 * random.uniform() - 1.0));
        (whole(now), whole(length).max(1))
    };
    (0..count).map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn a_lock_that_ran_out_neither_stops_others_nor_saves() {
        let mut document = Document::default();
        assert_eq!(document.lock("ann", 0, 60), Ok(()));
        assert_eq!(
            document.lock("bob", 59, 60),
            Err(Refused::Locked("ann".into(), 60))
        );
        assert_eq!(document.lock("bob", 60, 60), Ok(()));
        assert_eq!(
            document.save_locked("ann", 61, "late"),
            Err(Refused::NotHeld)
        );
        assert_eq!(document.save_locked("bob", 62, "in time"), Ok(1));
    }

    /// With people who come at random times, `overlap` of them on average within one
    /// edit, the share that meets another person's save is `1 - e^-overlap`, and a lock
    /// turns away Erlang's loss for one server, `overlap / (1 + overlap)`.
    #[test]
    fn shares_are_those_of_the_formulas() {
        for (seed, overlap) in [(1, 0.05), (2, 0.5), (3, 1.0), (4, 2.0)] {
            let times = openings(20_000, 120.0 * overlap, 30.0, 0.0, seed);
            let share = |guard, part: fn(Edits) -> usize| {
                float(part(edit(&times, guard))) / 20_000.0
            };
            let near = |measured: f64, formula: f64| (measured - formula).abs() < 0.015;
            assert!(near(
                share(Guard::None, |edits| edits.overwritten),
                1.0 - (-overlap).exp()
            ));
            let loss = overlap / (1.0 + overlap);
            assert!(near(
                share(Guard::Pessimistic, |edits| edits.turned_away),
                loss
            ));
            assert!(near(share(Guard::Optimistic, |edits| edits.wasted), loss));
        }
    }

    /// Erlang's formula needs the mean of the lengths only.
    #[test]
    fn a_lock_turns_away_the_same_share_whatever_the_lengths() {
        for spread in [0.0, 0.5, 1.0] {
            let times = openings(20_000, 120.0, 30.0, spread, 5);
            let mean = times.iter().map(|(_, length)| *length).sum::<u64>() / 20_000;
            assert!(mean.abs_diff(30_000) < 300, "{mean}");
            let share = float(edit(&times, Guard::Pessimistic).turned_away) / 20_000.0;
            assert!((share - 0.5).abs() < 0.015, "{share}");
        }
    }

    proptest! {
        #[test]
        fn guarded_edits_overwrite_nothing(times in proptest::collection::vec((0..500u64, 1..60u64), 0..40)) {
            for guard in [Guard::None, Guard::Optimistic, Guard::Pessimistic] {
                let edits = edit(&times, guard);
                prop_assert_eq!(edits.saved + edits.wasted + edits.turned_away, times.len());
                prop_assert!(guard == Guard::None || edits.overwritten == 0);
            }
            // An editor that locks first is never refused at the end.
            prop_assert_eq!(edit(&times, Guard::Pessimistic).wasted, 0);
        }
    }
}
