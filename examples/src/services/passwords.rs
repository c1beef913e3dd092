//! A thief who has a table of hashed passwords and tries the popular ones, without and
//! with a salt.
//!
//! Shown in `src/services/tokens.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::sha256::sha256;

/// What a thief found, and what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theft {
    /// Users whose hash another user has as well.
    pub alike: usize,
    /// Hashes that the thief computed.
    pub hashes: usize,
    /// Accounts whose password the thief knows now.
    pub opened: usize,
}

// ANCHOR: passwords
/// Stores the hash of each user's password, a number by popularity, alone or together
/// with a salt of the user's own, and lets a thief try the first `guesses` passwords on
/// all of them. A fast hash, to keep the run short: never store passwords like this.
pub fn try_popular(passwords: &[usize], guesses: usize, is_salted: bool) -> Theft {
    let hash = |salt: &str, n: usize| sha256(format!("{salt} password {n}").as_bytes());
    let salt = |user: usize| match is_salted {
        true => format!("salt {user}"),
        false => String::new(),
    };
    let users = passwords.iter().enumerate();
    let stored: Vec<_> = users
        .map(|(user, n)| (salt(user), hash(&salt(user), *n)))
        .collect();
    let mut counts = BTreeMap::new();
    for (_, hash) in &stored {
        *counts.entry(hash).or_insert(0) += 1;
    }
    // The thief needs a table of guesses for each salt.
    let mut tables: BTreeMap<&str, BTreeSet<[u8; 32]>> = BTreeMap::new();
    let opened = stored.iter().filter(|(salt, stored)| {
        let table = tables
            .entry(salt)
            .or_insert_with(|| (0..guesses).map(|n| hash(salt, n)).collect());
        table.contains(stored)
    });
    Theft {
        opened: opened.count(),
        alike: counts.values().filter(|count| **count > 1).sum(),
        hashes: tables.len() * guesses,
    }
}
// ANCHOR_END: passwords

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The reference counts numbers, and knows nothing of hashes.
        #[test]
        fn a_salt_changes_the_work_and_not_what_is_opened(
            passwords in prop::collection::vec(0..40usize, 1..30), guesses in 0..30usize,
        ) {
            let opened = passwords.iter().filter(|n| **n < guesses).count();
            let alike = passwords.iter().filter(|n| passwords.iter().filter(|other| other == n).count() > 1).count();
            let users = passwords.len();
            prop_assert_eq!(try_popular(&passwords, guesses, false), Theft { alike, hashes: guesses, opened });
            prop_assert_eq!(try_popular(&passwords, guesses, true), Theft { alike: 0, hashes: users * guesses, opened });
        }
    }
}
