//! Many entries that were loaded in the same second, and when they are loaded again.
//!
//! Shown in `src/caching/jitter.md`.

use crate::number::whole_count;
use crate::random::Random;

// ANCHOR: loads
/// Loads in each second for entries that were all loaded at time 0 and are loaded again
/// as soon as they expire.
///
/// Each copy lives for `ttl` seconds, plus or minus a share `jitter` of it, drawn for
/// each copy.
pub fn loads_per_second(
    entries: u32,
    ttl: f64,
    jitter: f64,
    seconds: u32,
    seed: u64,
) -> Vec<u32> {
    let mut random = Random::new(seed);
    let mut loads = vec![0; seconds as usize];
    for _ in 0..entries {
        let mut at = 0.0;
        loop {
            at += ttl * (1.0 + jitter * (2.0 * random.uniform() - 1.0));
            match loads.get_mut(whole_count(at)) {
                Some(count) if at > 0.0 => *count += 1,
                _ => break,
            }
        }
    }
    loads
}
// ANCHOR_END: loads

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_jitter_all_entries_expire_together_for_ever() {
        let loads = loads_per_second(100, 60.0, 0.0, 200, 1);
        let busy: Vec<_> = (0..200).filter(|second| loads[*second] > 0).collect();
        assert_eq!(busy, [60, 120, 180]);
        assert!(busy.iter().all(|second| loads[*second] == 100));
    }

    #[test]
    fn the_first_wave_is_as_wide_as_the_jitter() {
        let loads = loads_per_second(12_000, 60.0, 0.1, 67, 1);
        assert_eq!(loads.iter().take(54).sum::<u32>(), 0);
        assert_eq!(loads.iter().sum::<u32>(), 12_000);
        // Spread evenly over 12 s.
        assert!(
            loads[54..66]
                .iter()
                .all(|count| (900..1_100).contains(count))
        );
    }

    #[test]
    fn no_time_to_live_ends() {
        assert_eq!(loads_per_second(3, 0.0, 0.5, 10, 1), [0; 10]);
    }
}
