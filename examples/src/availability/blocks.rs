//! Availability of a system from that of its parts, by going through every combination
//! of parts that are up and down.
//!
//! Shown in `src/availability/combining.md` and `src/availability/quorum.md`.
//!
//! This is the state enumeration of reliability theory, as in R. E. Barlow and F.
//! Proschan, *Statistical Theory of Reliability and Life Testing*, 1975. It costs 2^n,
//! and it is right for parts that appear more than once, where the formulas are not.

use std::collections::BTreeSet;

/// How a system depends on its parts. A part is known by its name, and the same name is
/// the same part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum System {
    /// One part.
    Part(&'static str),
    /// All of these are needed.
    All(Vec<System>),
    /// One of these is enough.
    Any(Vec<System>),
    /// At least this many of these are needed.
    AtLeast(usize, Vec<System>),
}

// ANCHOR: works
impl System {
    /// Whether the system works when exactly the parts in `up` do.
    pub fn works(&self, up: &BTreeSet<&str>) -> bool {
        match self {
            Self::Part(name) => up.contains(name),
            Self::All(systems) => systems.iter().all(|system| system.works(up)),
            Self::Any(systems) => systems.iter().any(|system| system.works(up)),
            Self::AtLeast(needed, systems) => {
                systems.iter().filter(|system| system.works(up)).count() >= *needed
            }
        }
    }

    /// The share of time in which the system works, from 0 to 1, if each part works for
    /// its share and fails by itself.
    pub fn availability(&self, of_part: impl Fn(&str) -> f64) -> f64 {
        let parts: Vec<_> = self.parts().into_iter().collect();
        let states = (0..1_u64 << parts.len()).map(|state| {
            let is_up = |at: usize| state >> at & 1 == 1;
            let up = (0..parts.len())
                .filter(|at| is_up(*at))
                .map(|at| parts[at])
                .collect();
            let chance = (0..parts.len()).map(|at| {
                let share = of_part(parts[at]);
                if is_up(at) { share } else { 1.0 - share }
            });
            if self.works(&up) {
                chance.product()
            } else {
                0.0
            }
        });
        states.sum()
    }
    // ANCHOR_END: works

    /// The parts without which nothing works: the single points of failure.
    pub fn single_points(&self) -> Vec<&'static str> {
        let all = self.parts();
        let needed = all.iter().filter(|part| {
            let without = all.iter().filter(|other| other != part).copied().collect();
            !self.works(&without)
        });
        needed.copied().collect()
    }

    /// The names of all parts, each once.
    fn parts(&self) -> BTreeSet<&'static str> {
        match self {
            Self::Part(name) => [*name].into(),
            Self::All(systems) | Self::Any(systems) | Self::AtLeast(_, systems) => {
                systems.iter().flat_map(Self::parts).collect()
            }
        }
    }
}

// ANCHOR: at_least
/// The availability of a system that needs at least `needed` of `n` equal parts, by the
/// binomial formula.
pub fn at_least(needed: u32, n: u32, part: f64) -> f64 {
    if part <= 0.0 || needed > n {
        return f64::from(needed == 0);
    }
    // As logarithms: the powers of many parts are too small for a number.
    let mut chance = f64::from(n) * part.ln();
    let mut sum = chance.exp();
    for down in 1..=n - needed {
        // From exactly down − 1 failed parts to exactly down.
        chance +=
            (f64::from(n - down + 1) / f64::from(down) * (1.0 - part) / part).ln();
        sum += chance.exp();
    }
    sum
}
// ANCHOR_END: at_least

#[cfg(test)]
mod tests {
    use super::*;
    use System::{All, Any, AtLeast, Part};

    fn parts(names: &[&'static str]) -> Vec<System> {
        names.iter().copied().map(Part).collect()
    }

    fn near(one: f64, two: f64) {
        assert!((one - two).abs() < 1e-12, "{one} {two}");
    }

    #[test]
    fn independent_parts_follow_the_formulas() {
        let share = |name: &str| if name == "a" { 0.9 } else { 0.8 };
        near(All(parts(&["a", "b"])).availability(share), 0.72);
        near(Any(parts(&["a", "b"])).availability(share), 1.0 - 0.1 * 0.2);
        near(All(vec![]).availability(share), 1.0);
        near(Any(vec![]).availability(share), 0.0);
    }

    #[test]
    fn a_part_that_appears_twice_fails_once() {
        let side = |name| All(vec![Part(name), Part("power")]);
        let pair = Any(vec![side("a"), side("b")]);
        let share = |name: &str| if name == "power" { 0.9995 } else { 0.999 };
        near(pair.availability(share), 0.9995 * (1.0 - 1e-6));
        assert_eq!(pair.single_points(), ["power"]);
    }

    #[test]
    fn at_least_is_the_binomial_formula_and_the_enumeration() {
        let names = ["a", "b", "c", "d", "e"];
        for n in 1..=5 {
            for needed in 0..=n {
                let system = AtLeast(needed, parts(&names[..n]));
                let (needed, n) =
                    (u32::try_from(needed).unwrap(), u32::try_from(n).unwrap());
                near(at_least(needed, n, 0.97), system.availability(|_| 0.97));
            }
        }
    }

    #[test]
    fn at_least_holds_for_many_parts_and_at_the_ends() {
        near(at_least(0, 5000, 0.99), 1.0);
        // 13 spares for 2.1 expected failures.
        assert!(at_least(197, 210, 0.99) > 1.0 - 1e-6);
        // Half of the parts or more, by symmetry.
        assert!((at_least(2501, 5001, 0.5) - 0.5).abs() < 1e-9);
        for (needed, part, wanted) in
            [(0, 0.0, 1.0), (1, 0.0, 0.0), (5, 1.0, 1.0), (6, 1.0, 0.0)]
        {
            near(at_least(needed, 5, part), wanted);
        }
    }
}
