//! Servers in zones: how even the load is, and how much room the loss of a zone needs.
//!
//! Shown in `src/balancing/zones.md`.

use crate::number::float;

/// The load of each zone's servers, as a multiple of the mean, when every zone receives
/// the same share.
///
/// With `across` the zones' balancers also use the servers of the other zones. Zones
/// without servers get nothing.
pub fn load_per_server(servers: &[u32], across: bool) -> Vec<f64> {
    let all: u32 = servers.iter().sum();
    let zones = servers.iter().filter(|count| **count > 0).count();
    let share = |count: &u32| match (*count, across) {
        (0, _) => 0.0,
        (_, true) => 1.0,
        // The zone's share of the requests, over its servers' share of all servers.
        (count, false) => f64::from(all) / (float(zones) * f64::from(count)),
    };
    servers.iter().map(share).collect()
}

/// The highest load of a server, as a share of its capacity, with which the loss of one
/// zone of `zones` equal ones leaves no server above its capacity. 0 for a single zone.
pub fn highest_safe_load(zones: u32) -> f64 {
    if zones == 0 {
        0.0
    } else {
        f64::from(zones - 1) / f64::from(zones)
    }
}

/// How many servers `zones` equal zones need together, so that the others hold at least
/// `needed` when one is lost.
///
/// None for a single zone.
pub fn servers_in_zones(needed: u32, zones: u32) -> Option<u32> {
    let others = zones.checked_sub(1).filter(|others| *others > 0)?;
    Some(needed.div_ceil(others) * zones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_requests_arrive(servers in prop::collection::vec(1..20u32, 1..6)) {
            for across in [true, false] {
                let loads = load_per_server(&servers, across);
                let sum: f64 = loads.iter().zip(&servers).map(|(l, n)| l * f64::from(*n)).sum();
                let all = f64::from(servers.iter().sum::<u32>());
                prop_assert!((sum - all).abs() < 1e-9 * all);
            }
        }

        #[test]
        fn no_fewer_servers_in_equal_zones_survive_the_loss_of_one(needed in 1..200u32, zones in 2..9u32) {
            let survives = |all: &u32| all.is_multiple_of(zones) && all - all / zones >= needed;
            let fewest = (1..2_000).find(survives);
            prop_assert_eq!(servers_in_zones(needed, zones), fewest);
            prop_assert_eq!(servers_in_zones(needed, 1), None);
        }

        #[test]
        fn at_the_highest_safe_load_the_rest_is_exactly_full(zones in 2..9u32) {
            let after = highest_safe_load(zones) * f64::from(zones) / f64::from(zones - 1);
            prop_assert!((after - 1.0).abs() < 1e-9);
        }
    }
}
