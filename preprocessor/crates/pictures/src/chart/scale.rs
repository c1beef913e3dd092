//! An axis: from values to the straight line they are drawn on, and its ticks.

use crate::svg::float;

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    is_log: bool,
    /// The ends of the axis, on the straight line.
    pub(super) from: f64,
    /// See `from`.
    pub(super) to: f64,
    /// Where ticks stand, on the straight line, with their labels.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Scale {
    /// An axis from the least to the greatest value, with about `count` ticks.
    ///
    /// With `to_ticks` it is lengthened so that it ends with ticks, and starts at zero where the values are not far from it.
    pub(super) fn new(
        values: impl Iterator<Item = f64>,
        is_log: bool,
        to_ticks: bool,
        count: usize,
    ) -> Self {
        let (mut least, mut greatest) = values
            .fold((f64::MAX, f64::MIN), |(least, greatest), v| {
                (least.min(v), greatest.max(v))
            });
        if least > greatest {
            // Every cell is empty.
            (least, greatest) = (1.0, 2.0);
        }
        let ticks = match is_log {
            true => log_ticks(&mut least, &mut greatest, to_ticks, count),
            false => linear_ticks(&mut least, &mut greatest, to_ticks, count),
        };
        let mut scale = Self {
            is_log,
            from: 0.0,
            to: 0.0,
            ticks: Vec::new(),
        };
        scale.from = scale.place(least);
        scale.to = scale.place(greatest);
        scale.ticks = ticks
            .into_iter()
            .map(|(value, label)| (scale.place(value), label))
            .collect();
        scale
    }

    /// Puts the ticks at some values, with their own texts.
    pub(super) fn mark(&mut self, values: &[(f64, String)]) {
        self.ticks = values
            .iter()
            .map(|(value, text)| (self.place(*value), text.clone()))
            .collect();
        self.ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.ticks.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    }

    /// The place of a value on the straight line.
    pub(super) fn place(&self, value: f64) -> f64 {
        if self.is_log { value.log10() } else { value }
    }
}

fn linear_ticks(
    least: &mut f64,
    greatest: &mut f64,
    to_ticks: bool,
    count: usize,
) -> Vec<(f64, String)> {
    if to_ticks && *least >= 0.0 && *least < *greatest / 2.0 {
        *least = 0.0;
    }
    if to_ticks && *greatest <= 0.0 && *greatest > *least / 2.0 {
        *greatest = 0.0;
    }
    if (*greatest - *least).abs() <= least.abs().max(greatest.abs()) * 1e-9 {
        // All values are equal: the axis shows some room around them.
        let room = if *least == 0.0 {
            1.0
        } else {
            least.abs() / 2.0
        };
        *least -= room;
        *greatest += room;
    }
    let step = nice_step((*greatest - *least) / float(count));
    let (first, last) = match to_ticks {
        true => ((*least / step).floor(), (*greatest / step - 1e-9).ceil()),
        false => (
            (*least / step - 1e-9).ceil(),
            (*greatest / step + 1e-9).floor(),
        ),
    };
    if to_ticks {
        *least = first * step;
        *greatest = last * step;
    }
    let mut ticks = Vec::new();
    let mut at = first;
    while at <= last && ticks.len() < 50 {
        ticks.push((at * step, label(at * step, step)));
        at += 1.0;
    }
    ticks
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|digit| digit * power >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    digit * power
}

fn log_ticks(
    least: &mut f64,
    greatest: &mut f64,
    to_ticks: bool,
    count: usize,
) -> Vec<(f64, String)> {
    if *greatest / *least < 1.0 + 1e-9 {
        *least /= 2.0;
        *greatest *= 2.0;
    }
    let decades = (*greatest / *least).log10();
    let digits: &[f64] = match decades {
        d if d < 1.6 => &[1.0, 2.0, 5.0],
        d if d < 3.0 && !to_ticks => &[1.0, 3.0],
        _ => &[1.0],
    };
    let every = (decades / float(count)).ceil().max(1.0);
    let mut power = (least.log10() / every).floor() * every;
    let mut marks = Vec::new();
    // One mark before the first value and one behind the last, to lengthen the axis to.
    while marks.last().is_none_or(|last| *last < *greatest) && marks.len() < 200 {
        marks.extend(digits.iter().map(|digit| digit * 10f64.powf(power)));
        power += every;
    }
    let slack = 1.0 + 1e-9;
    if to_ticks {
        let below = marks.iter().rev().find(|mark| **mark <= *least * slack);
        let above = marks.iter().find(|mark| **mark >= *greatest / slack);
        *least = below.copied().unwrap_or(*least);
        *greatest = above.copied().unwrap_or(*greatest);
    }
    marks.retain(|mark| (*least / slack..=*greatest * slack).contains(mark));
    marks
        .into_iter()
        .map(|mark| (mark, label(mark, mark)))
        .collect()
}

/// A tick's label: thousands grouped, and as many decimals as its step needs.
pub(super) fn label(value: f64, step: f64) -> String {
    let size = value.abs();
    if size < step * 1e-9 {
        return "0".to_owned();
    }
    if value < 0.0 {
        return format!("−{}", label(size, step));
    }
    if !(1e-4..1e7).contains(&size.max(step)) {
        let power = (size * (1.0 + 1e-12)).log10().floor();
        let digits = format!("{:.2}", value / 10f64.powf(power));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return match digits {
            "1" => format!("10{}", superscript(power)),
            _ => format!("{digits}×10{}", superscript(power)),
        };
    }
    let decimals = (0..8_u8)
        .find(|decimals| {
            let scaled = step * 10f64.powi(i32::from(*decimals));
            (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .unwrap_or(8);
    mdbook_proof_text::rounding::grouped(value, usize::from(decimals))
}

fn superscript(power: f64) -> String {
    format!("{power}")
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4'..='9' => char::from_u32(0x2070 + (u32::from(c) - u32::from('0'))).unwrap_or(c),
            _ => '⁰',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(values: &[f64], is_log: bool, to_ticks: bool) -> Vec<String> {
        let scale = Scale::new(values.iter().copied(), is_log, to_ticks, 5);
        scale.ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(
            labels(&[0.131, 0.885], false, true),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(&[10.0, 5000.0], true, false),
            ["10", "30", "100", "300", "1,000", "3,000"]
        );
        assert_eq!(
            labels(&[3.0, 9e6], true, true),
            ["1", "100", "10,000", "1,000,000", "10⁸"]
        );
        assert_eq!(
            labels(&[7.0, 7.0], false, true),
            ["2", "4", "6", "8", "10", "12"]
        );
        assert_eq!(labels(&[0.0, 0.0], false, true).len(), 5);
        assert_eq!(labels(&[], true, true), ["1", "2"]);
        assert_eq!(label(2.5e9, 5e8), "2.5×10⁹");
        assert_eq!(label(1e-7, 1e-7), "10⁻⁷");
        assert_eq!(label(-500.0, 500.0), "−500");
    }

    #[test]
    fn ticks_can_stand_at_values_of_their_own() {
        let mut scale = Scale::new([10.0, 1000.0].into_iter(), true, false, 5);
        let values = [1000.0, 10.0, 10.0].map(|value| (value, format!("{value} s")));
        scale.mark(&values);
        assert_eq!(
            scale.ticks,
            [(1.0, "10 s".to_owned()), (3.0, "1000 s".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn every_value_lies_on_the_axis(
            values in prop::collection::vec(prop_oneof![-1e9..1e9f64, Just(0.0), -1e200..1e200f64, 1e-9..1e-3f64], 1..9),
            is_log: bool,
            to_ticks: bool,
        ) {
            let values: Vec<f64> = match is_log {
                true => values.into_iter().map(|v| v.abs().max(1e-200)).collect(),
                false => values,
            };
            let scale = Scale::new(values.iter().copied(), is_log, to_ticks, 5);
            prop_assert!(scale.from < scale.to && (scale.to - scale.from).is_finite());
            prop_assert!(scale.ticks.len() <= 50);
            let slack = (scale.to - scale.from) * 1e-6;
            for value in values {
                let at = scale.place(value);
                prop_assert!(scale.from - slack <= at && at <= scale.to + slack, "{} {:?}", at, scale);
            }
        }
    }
}
