//! What a power failure at each single write does to the balances of a database.
//!
//! Used by `storage/transactions/mod.rs`.

use super::database::{Database, Rules, restore};
use super::records::ACCOUNTS_A_PAGE;
use crate::random::Random;

/// What crashes did to the balances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// At how many points the power failed.
    pub crashes: usize,
    /// After how many of them the balances match no whole number of transfers.
    pub broken: usize,
    /// After how many a confirmed transfer is missing.
    pub forgotten: usize,
    /// By how many coins the sum of all accounts is off, at worst.
    pub coins_off: u64,
}

/// Transfers between accounts, each of two accounts and an amount, on two pages of
/// accounts with 100 coins each; the power fails after each single write. Pages are
/// written after every third transfer, with a checkpoint every second time, and a long
/// transaction that never commits runs beside them.
pub fn crash_everywhere(transfers: &[(u32, u32, i64)], rules: Rules) -> Damage {
    const PAGES: u32 = 2;
    let (mut database, disk) = Database::new(PAGES, 100, rules);
    let mut states = vec![database.coins()];
    for (number, (from, to, coins)) in (1..).zip(transfers) {
        // The reference: plain sums, without pages and logs.
        let mut state = states[states.len() - 1].clone();
        state[*from as usize] -= coins;
        state[*to as usize] += coins;
        states.push(state);
        database.change(number, *from, -coins);
        if number == 2 {
            database.change(0, 0, 1_000);
        }
        database.change(number, *to, *coins);
        database.commit(number);
        if number % 3 == 0 {
            database.write_pages();
        }
        if number % 6 == 0 {
            database.checkpoint();
        }
    }
    let mut damage = Damage::default();
    let sum: i64 = states[0].iter().sum();
    disk.each_crash(&database.writes, |disk, confirmed| {
        let coins = restore(disk, rules).coins();
        damage.crashes += 1;
        match states.iter().rposition(|state| *state == coins) {
            None => damage.broken += 1,
            Some(done) => damage.forgotten += usize::from(done < confirmed),
        }
        let off = coins.iter().sum::<i64>().abs_diff(sum);
        damage.coins_off = damage.coins_off.max(off);
    });
    damage
}

/// Random transfers from a seed between the accounts of this many pages.
pub fn transfers(count: usize, pages: u32, seed: u64) -> Vec<(u32, u32, i64)> {
    let mut random = Random::new(seed);
    let accounts = u64::from(pages) * ACCOUNTS_A_PAGE as u64;
    let mut below = |limit: u64| u32::try_from(random.below(limit)).unwrap_or(0);
    let transfer = |_| {
        let from = below(accounts);
        // Another account.
        let to = (u64::from(from) + 1 + u64::from(below(accounts - 1))) % accounts;
        let coins = 1 + i64::from(below(30));
        (from, u32::try_from(to).unwrap_or(0), coins)
    };
    (0..count).map(transfer).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Torn;
    use super::*;

    #[test]
    fn with_all_rules_no_crash_loses_or_makes_a_coin() {
        for seed in 0..12 {
            let transfers = transfers(13, 2, seed);
            for torn in [Torn::DoubleWrite, Torn::PageImage] {
                let damage = crash_everywhere(&transfers, Rules { torn, ..Rules::ALL });
                assert!(damage.crashes > 500);
                let Damage {
                    broken,
                    forgotten,
                    coins_off,
                    ..
                } = damage;
                assert_eq!(
                    (broken, forgotten, coins_off),
                    (0, 0, 0),
                    "{seed} {torn:?}"
                );
            }
        }
    }

    #[test]
    fn without_any_one_rule_some_crash_does_damage() {
        for seed in 0..12 {
            let transfers = transfers(13, 2, seed);
            for rules in [
                Rules {
                    log: false,
                    ..Rules::ALL
                },
                Rules {
                    commit_records: false,
                    ..Rules::ALL
                },
                Rules {
                    page_numbers: false,
                    ..Rules::ALL
                },
                Rules {
                    torn: Torn::Believed,
                    ..Rules::ALL
                },
            ] {
                let damage = crash_everywhere(&transfers, rules);
                assert!(damage.broken > 0, "{seed} {rules:?} {damage:?}");
            }
        }
    }
}
