//! Placing the copies of a file's blocks on machines in racks.
//!
//! Shown in `src/cases/blocks.md`.
//!
//! After K. Shvachko, H. Kuang, S. Radia and R. Chansler, "The Hadoop Distributed File
//! System", MSST 2010, section 3.

use crate::random::Random;

/// A machine: its rack and its place there.
pub type Machine = (usize, usize);

/// Where copies go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Three machines of one rack.
    OneRack,
    /// The writer's machine, and two machines of one other rack.
    TwoRacks,
    /// Three machines of three racks.
    ThreeRacks,
}

/// A cluster's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// Racks; at least three.
    pub racks: usize,
    /// Machines in each; at least three.
    pub machines: usize,
}

// ANCHOR: place
/// The three machines of a block that some machine writes.
pub fn place(
    placement: Placement,
    cluster: Cluster,
    writer: Machine,
    random: &mut Random,
) -> [Machine; 3] {
    let (rack, machine) = writer;
    let machines = cluster.machines.max(3);
    let [other, third] = two_others(rack, cluster.racks.max(3), random);
    match placement {
        Placement::OneRack => {
            let [a, b] = two_others(machine, machines, random);
            [writer, (rack, a), (rack, b)]
        }
        Placement::TwoRacks => {
            let a = random.index(machines);
            let [b, _] = two_others(a, machines, random);
            [writer, (other, a), (other, b)]
        }
        Placement::ThreeRacks => {
            let [a, b] = [(); 2].map(|()| random.index(machines));
            [writer, (other, a), (third, b)]
        }
    }
}

/// Two different numbers below `count`, drawn among those that aren't `taken`.
fn two_others(taken: usize, count: usize, random: &mut Random) -> [usize; 2] {
    let first = 1 + random.index(count - 1);
    let second = 1 + random.index(count - 2);
    let second = second + usize::from(second >= first);
    [first, second].map(|step| (taken + step) % count)
}

/// How many times a block crosses between racks while it is written from each machine
/// to the next.
pub fn crossings(copies: &[Machine; 3]) -> usize {
    copies
        .windows(2)
        .filter(|pair| pair[0].0 != pair[1].0)
        .count()
}
// ANCHOR_END: place

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Some machines, at random.
    Machines(usize),
    /// Some whole racks, at random.
    Racks(usize),
}

// ANCHOR: lost
/// The share of `blocks` blocks of which no copy is left.
pub fn lost_share(
    placement: Placement,
    cluster: Cluster,
    loss: Loss,
    blocks: u32,
    random: &mut Random,
) -> f64 {
    let mut lost = 0;
    for _ in 0..blocks {
        let writer = (random.index(cluster.racks), random.index(cluster.machines));
        let copies = place(placement, cluster, writer, random);
        let (count, total) = match loss {
            Loss::Machines(count) => (count, cluster.racks * cluster.machines),
            Loss::Racks(count) => (count, cluster.racks),
        };
        let mut dead = Vec::new();
        while dead.len() < count.min(total) {
            let one = random.index(total);
            if !dead.contains(&one) {
                dead.push(one);
            }
        }
        let is_dead = |copy: &Machine| match loss {
            Loss::Machines(_) => dead.contains(&(copy.0 * cluster.machines + copy.1)),
            Loss::Racks(_) => dead.contains(&copy.0),
        };
        lost += u32::from(copies.iter().all(is_dead));
    }
    f64::from(lost) / f64::from(blocks.max(1))
}
// ANCHOR_END: lost

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn copies_are_on_different_machines_and_in_as_many_racks_as_said(
            racks in 3..9usize, machines in 3..9usize, r in 0..9usize, m in 0..9usize, seed in any::<u64>(),
        ) {
            let cluster = Cluster { racks, machines };
            for (placement, expected) in [(Placement::OneRack, 1), (Placement::TwoRacks, 2), (Placement::ThreeRacks, 3)] {
                let copies = place(placement, cluster, (r % racks, m % machines), &mut Random::new(seed));
                let mut distinct = copies.to_vec();
                distinct.sort_unstable();
                distinct.dedup();
                prop_assert_eq!(distinct.len(), 3);
                distinct.dedup_by_key(|copy| copy.0);
                prop_assert_eq!(distinct.len(), expected);
                prop_assert_eq!(crossings(&copies), expected - 1);
            }
        }
    }

    /// Each other machine has the same number of copies, within what chance explains.
    #[test]
    fn copies_are_spread_evenly_over_the_others() {
        let cluster = Cluster {
            racks: 5,
            machines: 4,
        };
        let mut random = Random::new(3);
        for placement in [Placement::TwoRacks, Placement::ThreeRacks] {
            let mut counts = [[0_u32; 4]; 5];
            for _ in 0..32_000 {
                for (rack, machine) in place(placement, cluster, (0, 0), &mut random)
                    .into_iter()
                    .skip(1)
                {
                    counts[rack][machine] += 1;
                }
            }
            assert_eq!(counts[0], [0; 4], "{placement:?}");
            // 64,000 copies on 16 machines.
            let even = counts[1..].as_flattened();
            assert!(even.iter().all(|n| n.abs_diff(4_000) < 250), "{counts:?}");
        }
    }

    #[test]
    fn losses_are_those_of_the_formulas() {
        let cluster = Cluster {
            racks: 10,
            machines: 10,
        };
        let mut random = Random::new(1);
        let mut lost =
            |placement, loss| lost_share(placement, cluster, loss, 40_000, &mut random);
        assert!((lost(Placement::OneRack, Loss::Racks(1)) - 0.1).abs() < 0.01);
        assert!(lost(Placement::TwoRacks, Loss::Racks(1)) < 1e-9);
        // Two racks of ten, both of them the block's: 1 / 45.
        assert!((lost(Placement::TwoRacks, Loss::Racks(2)) - 1.0 / 45.0).abs() < 0.003);
        // Twenty of a hundred machines, all three of the block's: 20 · 19 · 18 / (100 ·
        // 99 · 98).
        assert!(
            (lost(Placement::ThreeRacks, Loss::Machines(20)) - 6_840.0 / 970_200.0)
                .abs()
                < 0.002
        );
    }
}
