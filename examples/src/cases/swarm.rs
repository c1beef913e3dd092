//! Distributing a file inside a cluster: from one server, or among peers. A round is
//! the time in which one machine sends one piece.
//!
//! Shown in `src/cases/swarm.md`.
//!
//! After B. Cohen, "Incentives Build Robustness in `BitTorrent`", 2003; the bound for
//! one piece doubles the holders in each round.

use crate::random::Random;

// ANCHOR: one
/// The rounds until all machines have a file, if only the first one sends.
pub fn from_one_server(machines: u64, pieces: u64) -> u64 {
    machines.saturating_sub(1) * pieces
}
// ANCHOR_END: one

// ANCHOR: swarm
/// The same among peers: in each round every machine sends one piece that it has to one
/// that lacks it, and receives at most one. A machine offers the piece that the fewest
/// have. `None` if it doesn't end.
pub fn among_peers(machines: usize, pieces: usize, random: &mut Random) -> Option<u64> {
    let mut has = vec![vec![false; pieces]; machines];
    let mut holders = vec![1usize; pieces];
    has.first_mut()?.fill(true);
    let most = (machines * pieces) as u64 + 1;
    (0..most).find(|_| {
        if holders.iter().all(|n| *n == machines) {
            return true;
        }
        let before = has.clone();
        let mut receives = vec![false; machines];
        let first = random.index(machines);
        for sender in (0..machines).map(|n| (first + n) % machines) {
            let start = random.index(machines);
            let offer = (0..pieces).filter(|piece| before[sender][*piece]);
            let mut offer: Vec<usize> = offer.collect();
            offer.sort_by_key(|piece| holders[*piece]);
            let receivers = (0..machines).map(|n| (start + n) % machines);
            let found = offer.iter().find_map(|piece| {
                let mut open = receivers
                    .clone()
                    .filter(|to| !receives[*to] && !has[*to][*piece]);
                open.next().map(|to| (*piece, to))
            });
            if let Some((piece, to)) = found {
                receives[to] = true;
                has[to][piece] = true;
                holders[piece] += 1;
            }
        }
        false
    })
}
// ANCHOR_END: swarm

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_plan_beats_doubling_and_ours_is_near_it(machines in 1..40usize, pieces in 1..12usize, seed in any::<u64>()) {
            let rounds = among_peers(machines, pieces, &mut Random::new(seed)).unwrap();
            let doubling = u64::from(machines.next_power_of_two().trailing_zeros());
            // The server needs a round for each piece, and the last piece then doubles.
            let bound = if machines == 1 { 0 } else { pieces as u64 - 1 + doubling };
            prop_assert!(rounds >= bound);
            prop_assert!(rounds <= 3 * bound + 8, "{rounds} {bound}");
        }

        #[test]
        fn one_piece_doubles(machines in 1..200usize, seed in any::<u64>()) {
            let rounds = among_peers(machines, 1, &mut Random::new(seed));
            prop_assert_eq!(rounds, Some(u64::from(machines.next_power_of_two().trailing_zeros())));
        }
    }
}
