//! Traces of requests on which policies of eviction differ: scans, loops, and
//! popularity that moves.
//!
//! Shown in `src/caching/eviction.md`.

/// After every 600 requests of a trace come 400 for keys that are requested once. The
/// trace is as long as before.
pub fn scanned(trace: &[usize]) -> Vec<usize> {
    let strangers = trace.iter().max().map_or(0, |largest| largest + 1);
    let keys = trace.iter().enumerate();
    keys.map(|(at, key)| {
        if at % 1_000 < 600 {
            *key
        } else {
            strangers + at
        }
    })
    .collect()
}

/// The keys below `keys` one after the other, again and again.
pub fn looped(keys: usize, requests: usize) -> Vec<usize> {
    (0..keys).cycle().take(requests).collect()
}

/// The same trace, but after every so many requests other keys take the places of all
/// keys.
pub fn shifted(trace: &[usize], every: usize) -> Vec<usize> {
    let keys = trace.iter().max().map_or(0, |largest| largest + 1);
    let shifts = (0..trace.len()).map(|at| at / every.max(1));
    trace
        .iter()
        .zip(shifts)
        .map(|(key, shift)| key + shift * keys)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_scan_requests_each_stranger_once_and_leaves_the_other_requests() {
        let trace: Vec<usize> = (0..3_000).map(|at| at % 7).collect();
        let with_scans = scanned(&trace);
        assert_eq!(with_scans.len(), 3_000);
        let strangers: Vec<usize> =
            with_scans.iter().copied().filter(|key| *key > 6).collect();
        assert_eq!(strangers.len(), 1_200);
        assert_eq!(strangers.iter().collect::<BTreeSet<_>>().len(), 1_200);
        assert_eq!(with_scans[..600], trace[..600]);
    }

    #[test]
    fn a_loop_comes_back_to_its_first_key() {
        assert_eq!(looped(3, 7), [0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(looped(0, 7), [0; 0]);
    }

    #[test]
    fn no_key_is_requested_before_and_after_a_shift() {
        assert_eq!(shifted(&[0, 1, 0, 1, 1], 2), [0, 1, 2, 3, 5]);
        assert_eq!(shifted(&[0, 1], 0), [0, 3]);
    }
}
