//! How sure an estimate is: inputs as ranges, and what each of them does to the result.
//!
//! Shown in `src/capacity/sensitivity.md`.

use crate::random::Random;
use std::f64::consts::TAU;

/// How many standard deviations to either side hold nine tenths of a normal
/// distribution.
const NINE_TENTHS: f64 = 1.644_853_626_951;

/// A guess: a range of positive numbers that holds the true one in nine cases of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// What is guessed.
    pub name: &'static str,
    /// One case in twenty is below this.
    pub low: f64,
    /// One case in twenty is above this.
    pub high: f64,
}

// ANCHOR: input
impl Input {
    /// The geometric middle of the range: as many times above `low` as below `high`.
    pub fn middle(&self) -> f64 {
        (self.low * self.high).sqrt()
    }

    /// The same input, known to be in the middle of its range.
    #[must_use]
    pub fn known(&self) -> Self {
        let middle = self.middle();
        Self {
            low: middle,
            high: middle,
            ..*self
        }
    }

    /// A possible value, from the log-normal distribution that has the range's ends as
    /// its 5th and 95th percentile.
    pub fn draw(&self, random: &mut Random) -> f64 {
        let spread = (self.high / self.low).ln() / 2.0 / NINE_TENTHS;
        self.middle() * (spread * normal(random)).exp()
    }
}

/// The results when one input after the other goes through its range, while the others
/// stay in the middle.
pub fn alone(
    inputs: &[Input],
    result: impl Fn(&[f64]) -> f64,
) -> Vec<(&'static str, f64, f64)> {
    let middle: Vec<f64> = inputs.iter().map(Input::middle).collect();
    let with = |at: usize, value: f64| {
        let mut values = middle.clone();
        values[at] = value;
        result(&values)
    };
    let each = inputs.iter().enumerate();
    each.map(|(at, input)| (input.name, with(at, input.low), with(at, input.high)))
        .collect()
}

/// Results for inputs that are drawn independently of each other, in ascending order.
pub fn sample(
    inputs: &[Input],
    result: impl Fn(&[f64]) -> f64,
    draws: usize,
    random: &mut Random,
) -> Vec<f64> {
    let mut one = || {
        let values: Vec<f64> = inputs.iter().map(|input| input.draw(random)).collect();
        result(&values)
    };
    let mut results: Vec<f64> = (0..draws).map(|_| one()).collect();
    results.sort_by(f64::total_cmp);
    results
}
// ANCHOR_END: input

/// The least and the greatest result at the ends of all ranges: every combination of
/// low and high.
pub fn extremes(inputs: &[Input], result: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let corners = (0..1_u64 << inputs.len()).map(|corner| {
        let ends = inputs.iter().enumerate();
        let values: Vec<f64> = ends
            .map(|(at, input)| {
                if corner >> at & 1 == 1 {
                    input.high
                } else {
                    input.low
                }
            })
            .collect();
        result(&values)
    });
    corners.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(value), most.max(value)),
    )
}

/// The ratio between the high and the low end of a product's range: logarithms
/// add up like the sides of a right angle.
pub fn ratio_of_product(inputs: &[Input]) -> f64 {
    let squares = inputs
        .iter()
        .map(|input| (input.high / input.low).ln().powi(2));
    squares.sum::<f64>().sqrt().exp()
}

/// A number from the standard normal distribution, by the method of Box and Muller
/// (1958).
fn normal(random: &mut Random) -> f64 {
    let radius = (2.0 * random.exponential(1.0)).sqrt();
    radius * (TAU * random.uniform()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    fn input(low: f64, high: f64) -> Input {
        Input {
            name: "guess",
            low,
            high,
        }
    }

    fn at(results: &[f64], percent: usize) -> f64 {
        results[results.len() * percent / 100]
    }

    #[test]
    fn nine_draws_of_ten_are_in_the_range() {
        let mut random = Random::new(2);
        let guess = input(5.0, 80.0);
        let draws: Vec<f64> = (0..40_000).map(|_| guess.draw(&mut random)).collect();
        let share = |holds: &dyn Fn(&f64) -> bool| {
            let count = draws.iter().filter(|value| holds(value)).count();
            float(count) / 40_000.0
        };
        assert!((share(&|value| *value < 5.0) - 0.05).abs() < 0.004);
        assert!((share(&|value| *value > 80.0) - 0.05).abs() < 0.004);
        assert!((share(&|value| *value < guess.middle()) - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_known_input_is_never_drawn_elsewhere() {
        let mut random = Random::new(2);
        let guess = input(5.0, 80.0).known();
        for _ in 0..100 {
            assert!((guess.draw(&mut random) - 20.0).abs() < 1e-9);
        }
        assert!((ratio_of_product(&[guess]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_product_is_as_uncertain_as_the_formula_says() {
        let inputs = [input(1.0, 2.0), input(3.0, 30.0), input(0.1, 0.5)];
        let product = |values: &[f64]| values.iter().product();
        let results = sample(&inputs, product, 40_000, &mut Random::new(6));
        let ratio = at(&results, 95) / at(&results, 5);
        let theory = ratio_of_product(&inputs);
        assert!((ratio / theory - 1.0).abs() < 0.05, "{ratio} {theory}");
        let (least, most) = extremes(&inputs, product);
        assert!((most / least - 2.0 * 10.0 * 5.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn one_input_alone_never_leaves_the_extremes(
            ends in prop::collection::vec((0.1..10.0_f64, 1.0..20.0_f64), 1..5),
        ) {
            let inputs: Vec<Input> = ends.iter().map(|(low, times)| input(*low, low * times)).collect();
            let sum = |values: &[f64]| values.iter().sum();
            let (least, most) = extremes(&inputs, sum);
            for (_, low, high) in alone(&inputs, sum) {
                prop_assert!(least <= low + 1e-9 && low <= high && high <= most + 1e-9);
            }
        }
    }
}
