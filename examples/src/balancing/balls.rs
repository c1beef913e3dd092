//! Balls into bins: the fullest bin when each ball takes the emptiest of some bins
//! drawn at random.
//!
//! Shown in `src/balancing/two-choices.md`.
//!
//! Azar, Broder, Karlin and Upfal, "Balanced Allocations", SIAM Journal on Computing
//! 29(1), 1999.

use crate::random::Random;

// ANCHOR: throw
/// How full the bins are after throwing as many balls. Each ball draws this many bins
/// (at least one), and goes into the emptiest of them, the first one drawn if there are
/// several.
pub fn throw(balls: usize, bins: usize, choices: usize, seed: u64) -> Vec<u32> {
    let mut random = Random::new(seed);
    let mut loads = vec![0; bins.max(1)];
    for _ in 0..balls {
        let mut bin = random.index(loads.len());
        for _ in 1..choices {
            let other = random.index(loads.len());
            if loads[other] < loads[bin] {
                bin = other;
            }
        }
        loads[bin] += 1;
    }
    loads
}
// ANCHOR_END: throw

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;

    fn share_of_seeds(choices: usize, is_so: impl Fn(&[u32]) -> bool) -> f64 {
        let seeds = (0..4_000).filter(|seed| is_so(&throw(2, 2, choices, *seed)));
        float(seeds.count()) / 4_000.0
    }

    #[test]
    fn two_balls_meet_as_often_as_the_count_of_cases_says() {
        // One choice: 1 case in 2. Two choices: only if both draws name the full bin, 1
        // case in 4.
        for (choices, expected) in [(1, 0.5), (2, 0.25), (3, 0.125)] {
            let met = share_of_seeds(choices, |loads| loads.contains(&2));
            assert!((met - expected).abs() < 0.03, "{choices}: {met}");
        }
    }

    #[test]
    fn no_ball_is_lost_and_a_second_choice_flattens() {
        for seed in 0..20 {
            let max = |choices| {
                let loads = throw(2_000, 2_000, choices, seed);
                assert_eq!(loads.iter().sum::<u32>(), 2_000);
                loads.into_iter().max().unwrap()
            };
            let (one, two) = (max(1), max(2));
            assert!(
                (4..=10).contains(&one) && (2..=4).contains(&two),
                "{one} {two}"
            );
        }
    }
}
