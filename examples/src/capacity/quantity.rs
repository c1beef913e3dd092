//! Numbers that carry their units, so that a sum over different kinds of things is
//! refused.
//!
//! Shown in `src/capacity/units.md`.
//!
//! A unit is a product of base units to whole powers, as in the *SI Brochure*, BIPM,
//! 9th edition, 2019, section 2.3.3: products and quotients add and subtract the
//! powers, and only equal units can be added.

use std::collections::BTreeMap;
use std::fmt;

/// A number with its unit, such as 1,157 requests/s.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Quantity {
    value: f64,
    /// The base units with their powers, none of which is 0.
    powers: BTreeMap<&'static str, i32>,
}

/// An attempt to add two quantities of different units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The unit of the first.
    pub left: String,
    /// The unit of the second.
    pub right: String,
}

// ANCHOR: quantity
impl Quantity {
    /// A number of a base unit, such as 86,400 of "s".
    pub fn of(value: f64, base: &'static str) -> Self {
        let powers = BTreeMap::from([(base, 1)]);
        Self { value, powers }
    }

    /// The sum, if both have the same unit.
    ///
    /// # Errors
    ///
    /// Both units, if they differ.
    pub fn plus(&self, other: &Self) -> Result<Self, Mismatch> {
        if self.powers != other.powers {
            let (left, right) = (self.unit(), other.unit());
            return Err(Mismatch { left, right });
        }
        let value = self.value + other.value;
        Ok(Self {
            value,
            ..self.clone()
        })
    }

    /// The product: powers of the same base add up.
    pub fn times(&self, other: &Self) -> Self {
        self.combine(other, self.value * other.value, 1)
    }

    /// The quotient: the powers of the divisor are subtracted.
    pub fn per(&self, other: &Self) -> Self {
        self.combine(other, self.value / other.value, -1)
    }

    fn combine(&self, other: &Self, value: f64, sign: i32) -> Self {
        let mut powers = self.powers.clone();
        for (base, power) in &other.powers {
            *powers.entry(base).or_default() += sign * power;
        }
        powers.retain(|_, power| *power != 0);
        Self { value, powers }
    }
    // ANCHOR_END: quantity

    /// The number alone, in base units.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The power of a base unit; 0 if it has no part in the unit.
    pub fn power(&self, base: &str) -> i32 {
        self.powers.get(base).copied().unwrap_or(0)
    }

    /// The unit in words, such as `bytes/s`; that of a plain number is empty.
    pub fn unit(&self) -> String {
        let side = |sign: i32| {
            let parts = self.powers.iter().filter(|(_, power)| **power * sign > 0);
            let names = parts.map(|(base, power)| match power * sign {
                1 => (*base).to_owned(),
                power => format!("{base}^{power}"),
            });
            names.collect::<Vec<_>>().join("·")
        };
        match (side(1), side(-1)) {
            (above, below) if below.is_empty() => above,
            (above, below) if above.is_empty() => format!("1/{below}"),
            (above, below) => format!("{above}/{below}"),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} {}", self.value, self.unit())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: {} and {}", self.left, self.right)
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASES: [&str; 3] = ["bytes", "requests", "s"];

    /// A step of a computation: the operation, and the number and base unit that it is
    /// applied with.
    type Step = (u8, u8, usize);

    /// The result of the steps if everything is measured in base units that are this
    /// many times smaller.
    fn compute(steps: &[Step], smaller: [f64; 3]) -> Result<Quantity, Mismatch> {
        let atom = |(_, number, base): Step| {
            Quantity::of(f64::from(number) * smaller[base], BASES[base])
        };
        let mut result = atom((0, 1, 0));
        for step in steps {
            result = match step.0 {
                0 => result.times(&atom(*step)),
                1 => result.per(&atom(*step)),
                _ => result.plus(&atom(*step))?,
            };
        }
        Ok(result)
    }

    /// The same without any units.
    fn plain(steps: &[Step], smaller: [f64; 3]) -> f64 {
        steps
            .iter()
            .fold(smaller[0], |result, (how, number, base)| {
                let atom = f64::from(*number) * smaller[*base];
                match how {
                    0 => result * atom,
                    1 => result / atom,
                    _ => result + atom,
                }
            })
    }

    proptest! {
        /// The reference is the principle behind units: a sum makes sense if and only
        /// if measuring in other units changes its result by a factor that doesn't
        /// depend on the numbers.
        #[test]
        fn a_computation_is_refused_if_another_choice_of_units_would_change_its_meaning(
            steps in prop::collection::vec((0..3u8, 1..9u8, 0..3usize), 0..8),
        ) {
            // Factors whose products of powers all differ, so that nothing agrees by
            // accident.
            let smaller: [f64; 3] = [7.0, 0.3, 1_000.0];
            match compute(&steps, [1.0; 3]) {
                Ok(result) => {
                    let factor: f64 = BASES.iter().zip(smaller)
                        .map(|(base, times)| times.powi(result.power(base)))
                        .product();
                    let again = compute(&steps, smaller).unwrap();
                    prop_assert!((again.value() / result.value() / factor - 1.0).abs() < 1e-9);
                    prop_assert!((result.value() / plain(&steps, [1.0; 3]) - 1.0).abs() < 1e-9);
                }
                Err(_) => {
                    // Up to the step that was refused, the factor depends on the
                    // numbers.
                    let good = (0..steps.len())
                        .take_while(|n| compute(&steps[..=*n], [1.0; 3]).is_ok())
                        .count();
                    let factor = |more: u8| {
                        let mut steps = steps[..=good].to_vec();
                        steps[good].1 *= more;
                        plain(&steps, smaller) / plain(&steps, [1.0; 3])
                    };
                    prop_assert!((factor(1) / factor(20) - 1.0).abs() > 1e-9);
                }
            }
        }
    }

    #[test]
    fn units_read_as_people_write_them() {
        let [second, byte] = [Quantity::of(1.0, "s"), Quantity::of(1.0, "bytes")];
        let area = second.times(&second);
        let units = [
            byte.per(&second),
            byte.per(&area),
            byte.times(&second),
            second.per(&area),
            byte.per(&byte),
        ]
        .map(|quantity| quantity.unit());
        assert_eq!(units, ["bytes/s", "bytes/s^2", "bytes·s", "1/s", ""]);
        let refused = byte.plus(&second).unwrap_err();
        assert_eq!(refused.to_string(), "refused: bytes and s");
        assert_eq!(
            byte.plus(&byte).map(|two| two.to_string()),
            Ok("2 bytes".to_owned())
        );
    }
}
