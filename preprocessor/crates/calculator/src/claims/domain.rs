//! What a parameter may be: a range of numbers, or a list of choices; and the settings of it that are tried.
//!
//! A range has as many decimals as its ends are written with, so that every setting is a short literal, exact as it is
//! written: `0.5..0.97` has the hundredths in it, and `5..50` whole numbers.

use super::decimal::{DECIMALS, Number, written};
use std::fmt;
use std::ops::Range as Bytes;

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// Numbers from one to another.
    Range(Range),
    /// One of several words: strings, or the last segments of paths such as `Rule::Random`.
    Choices(Vec<String>),
}

/// The numbers from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The smallest, in units of the last decimal.
    from: i64,
    /// The largest.
    to: i64,
    /// How far two neighbors are apart.
    step: i64,
    /// How many decimals they have.
    decimals: u32,
    /// Whether the settings grow by a factor rather than by a difference.
    is_log: bool,
}

/// Why a text isn't a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainError {
    /// The bytes that are wrong.
    pub span: Bytes<usize>,
    /// One line that says what is wrong.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

/// How a domain is written, for help texts.
pub const FORMS: &str = "write a range, as in `5..50`, `0.5..0.97`, `1..1000 log`, `0..100 step 5`, or choices, as in `Random|TwoChoices`";

impl Domain {
    /// Reads the domain that a text starts with, and how many bytes it takes: `a..b`, with `step s` or `log` after it, or `a|b`.
    ///
    /// # Errors
    /// Where it starts with none.
    pub fn read(text: &str) -> Result<(Self, usize), DomainError> {
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        let word = &text[..length];
        let wrong = |message: String| DomainError {
            span: 0..length,
            message,
            help: FORMS.to_owned(),
        };
        let Some((from, to)) = word.split_once("..") else {
            return match choices(word) {
                Ok(choices) => Ok((Self::Choices(choices), length)),
                Err(message) => Err(wrong(message)),
            };
        };
        let number = |text: &str| {
            Number::read(text).ok_or_else(|| {
                wrong(format!(
                    "`{text}` isn't a number of at most {DECIMALS} decimals"
                ))
            })
        };
        let (from, to) = (number(from)?, number(to)?);
        let mut used = length;
        let mut step = None;
        let mut is_log = false;
        for _ in 0..2 {
            let Some((word, at)) = next_word(text, used) else {
                break;
            };
            match word {
                "log" => is_log = true,
                "step" => {
                    let Some((value, value_at)) = next_word(text, at + word.len()) else {
                        return Err(DomainError {
                            span: at..at + word.len(),
                            message: "`step` has no number after it".to_owned(),
                            help: "write `0..100 step 5`".to_owned(),
                        });
                    };
                    let read = Number::read(value).filter(|number| number.units > 0);
                    step = Some(read.ok_or_else(|| DomainError {
                        span: value_at..value_at + value.len(),
                        message: format!("`{value}` isn't a step"),
                        help: "a step is a number above 0, as in `0..100 step 5`".to_owned(),
                    })?);
                    used = value_at + value.len();
                    continue;
                }
                _ => break,
            }
            used = at + word.len();
        }
        let decimals = [Some(from), Some(to), step]
            .iter()
            .flatten()
            .map(|n| n.decimals)
            .max();
        let decimals = decimals.unwrap_or(0);
        let at = |number: Number| {
            number
                .at(decimals)
                .ok_or_else(|| wrong(format!("`{word}` is too long")))
        };
        let range = Range {
            from: at(from)?,
            to: at(to)?,
            step: step.map_or(Ok(1), at)?,
            decimals,
            is_log,
        };
        if range.from >= range.to {
            return Err(wrong(format!("the range `{word}` is empty")));
        }
        if is_log && range.from <= 0 {
            return Err(DomainError {
                span: 0..length,
                message: "a range with `log` starts above 0".to_owned(),
                help: "write `1..1000 log`".to_owned(),
            });
        }
        if is_log && step.is_some() {
            return Err(wrong(
                "a range has a step or `log`, and not both".to_owned(),
            ));
        }
        if range
            .to
            .checked_sub(range.from)
            .is_none_or(|width| width % range.step != 0)
        {
            return Err(DomainError {
                span: 0..used,
                message: format!("the step doesn't lead from one end of `{word}` to the other"),
                help: "choose an end that the steps reach, as in `0..100 step 5`".to_owned(),
            });
        }
        Ok((Self::Range(range), used))
    }

    /// Some of its settings, in its order: at most `count` numbers of a range, evenly apart and with both ends, and all choices.
    pub fn settings(&self, count: usize) -> Vec<String> {
        match self {
            Self::Choices(choices) => choices.clone(),
            Self::Range(range) => range.settings(count),
        }
    }

    /// The first `count` numbers of a range, and all choices.
    pub fn first(&self, count: usize) -> Vec<String> {
        match self {
            Self::Choices(choices) => choices.clone(),
            Self::Range(range) => range.first(count),
        }
    }

    /// Whether a setting is in it.
    pub fn contains(&self, setting: &str) -> bool {
        match self {
            Self::Choices(choices) => choices.iter().any(|choice| choice == setting),
            Self::Range(range) => Number::read(setting)
                .filter(|number| number.decimals <= range.decimals)
                .and_then(|number| number.at(range.decimals))
                .is_some_and(|at| {
                    range.from <= at && at <= range.to && (at - range.from) % range.step == 0
                }),
        }
    }

    /// The range, if it is one.
    pub fn range(&self) -> Option<&Range> {
        match self {
            Self::Range(range) => Some(range),
            Self::Choices(_) => None,
        }
    }
}

impl Range {
    /// Whether its numbers are whole.
    pub fn is_whole(&self) -> bool {
        self.decimals == 0
    }

    /// The smallest number.
    pub fn from(&self) -> String {
        written(self.from, self.decimals)
    }

    /// The largest number.
    pub fn to(&self) -> String {
        written(self.to, self.decimals)
    }

    /// How far two neighbors are apart.
    pub fn step(&self) -> String {
        written(self.step, self.decimals)
    }

    /// How many decimals its numbers have.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// Whether its settings grow by a factor rather than by a difference.
    pub fn is_log(&self) -> bool {
        self.is_log
    }

    /// Whether another range has no number outside of this one.
    pub fn spans(&self, other: &Self) -> bool {
        let at = |number: i64, decimals: u32| i128::from(number) * 10_i128.pow(DECIMALS - decimals);
        at(self.from, self.decimals) <= at(other.from, other.decimals)
            && at(other.to, other.decimals) <= at(self.to, self.decimals)
    }

    /// The range from half its smallest to twice its largest number, in which its own edges may be seen; none below 0 where it has none there.
    #[must_use]
    pub fn widened(&self) -> Self {
        let outward = |number: i64, is_low: bool| match (number < 0) == is_low {
            true => number.saturating_mul(2),
            false => number / 2,
        };
        let steps = |distance: i64| distance - distance % self.step;
        let from = outward(self.from, true).max(if self.is_log { 1 } else { i64::MIN });
        Self {
            from: self.from - steps(self.from - from),
            to: self.to + steps(outward(self.to, false) - self.to),
            ..*self
        }
    }

    fn settings(&self, count: usize) -> Vec<String> {
        let steps = (self.to - self.from) / self.step;
        let wanted = i64::try_from(count.max(2) - 1).unwrap_or(i64::MAX);
        let mut numbers: Vec<i64> = match steps <= wanted {
            true => (0..=steps).map(|at| self.from + at * self.step).collect(),
            false => (0..=wanted)
                .map(|at| self.between(at, wanted, steps))
                .collect(),
        };
        numbers.dedup();
        numbers
            .into_iter()
            .map(|number| written(number, self.decimals))
            .collect()
    }

    fn first(&self, count: usize) -> Vec<String> {
        let steps = (self.to - self.from) / self.step;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        (0..=steps.min(count.saturating_sub(1)))
            .map(|at| written(self.from + at * self.step, self.decimals))
            .collect()
    }

    /// The number that is `at` of `parts` on the way from one end to the other, on the nearest step.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a rounded place between the two ends, which are exact by themselves"
    )]
    fn between(&self, at: i64, parts: i64, steps: i64) -> i64 {
        if at == 0 || at == parts {
            return if at == 0 { self.from } else { self.to };
        }
        let share = at as f64 / parts as f64;
        if self.is_log {
            let number = self.from as f64 * (self.to as f64 / self.from as f64).powf(share);
            return (number.round() as i64).clamp(self.from, self.to);
        }
        self.from + (share * steps as f64).round() as i64 * self.step
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choices(choices) => f.write_str(&choices.join("|")),
            Self::Range(range) => write!(f, "{range}"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from(), self.to())?;
        if self.step > 1 {
            write!(f, " step {}", written(self.step, self.decimals))?;
        }
        if self.is_log {
            f.write_str(" log")
        } else {
            Ok(())
        }
    }
}

/// Reads choices: two or more words, each once.
fn choices(word: &str) -> Result<Vec<String>, String> {
    let choices: Vec<String> = word.split('|').map(str::to_owned).collect();
    let is_choice = |choice: &String| !choice.is_empty();
    if choices.len() < 2 || !choices.iter().all(is_choice) {
        return Err(format!("`{word}` is neither a range nor choices"));
    }
    match (1..choices.len()).find(|at| choices[..*at].contains(&choices[*at])) {
        Some(twice) => Err(format!("the choice `{}` is there twice", choices[twice])),
        None => Ok(choices),
    }
}

/// The next word of a text after some of its bytes, and where it starts.
fn next_word(text: &str, behind: usize) -> Option<(&str, usize)> {
    let rest = &text[behind..];
    let start = behind + (rest.len() - rest.trim_start().len());
    let word = text[start..].split_whitespace().next()?;
    Some((word, start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn domain(text: &str) -> Domain {
        let (domain, used) = Domain::read(text).unwrap();
        assert_eq!(used, text.len());
        domain
    }

    #[test]
    fn a_range_is_tried_at_both_ends_and_evenly_between_them() {
        assert_eq!(domain("1..5").settings(20), ["1", "2", "3", "4", "5"]);
        assert_eq!(
            domain("0..100 step 25").settings(20),
            ["0", "25", "50", "75", "100"]
        );
        assert_eq!(domain("0.5..0.9").settings(3), ["0.5", "0.7", "0.9"]);
        assert_eq!(domain("-1.0..1.00").settings(3), ["-1.00", "0.00", "1.00"]);
        assert_eq!(
            domain("1..1,000 log").settings(4),
            ["1", "10", "100", "1000"]
        );
        assert_eq!(domain("1..4_000").settings(20).len(), 20);
        assert_eq!(
            domain("Random|TwoChoices").settings(1),
            ["Random", "TwoChoices"]
        );
    }

    #[test]
    fn what_follows_a_domain_is_left_to_the_caller() {
        for (text, used) in [
            ("5..50 × busy", 5),
            ("5..50 step 5 × busy", 12),
            ("1..9 log over 5", 8),
            ("a|b on average", 3),
        ] {
            assert_eq!(Domain::read(text).unwrap().1, used, "{text}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_at_its_bytes() {
        for text in [
            "",
            "5",
            "a",
            "5..",
            "..5",
            "5..x",
            "5..5",
            "9..1",
            "0..9 log",
            "0..9 step",
            "0..9 step 0",
            "0..9 step -1",
            "0..10 step 3",
            "1..9 step 2 log",
            "a|",
            "|a",
            "a|a",
            "1.0000000001..2",
            "1...2",
            "1..2..3",
            "99999999999999999999..999999999999999999999",
        ] {
            let error = Domain::read(text).unwrap_err();
            assert!(
                error.span.end <= text.len() && !error.message.is_empty() && !error.help.is_empty(),
                "{text}: {error:?}"
            );
        }
    }

    #[test]
    fn a_wider_range_has_the_range_in_it() {
        assert_eq!(
            domain("5..50").range().unwrap().widened().to_string(),
            "2..100"
        );
        assert_eq!(
            domain("-4..8").range().unwrap().widened().to_string(),
            "-8..16"
        );
        assert_eq!(
            domain("0..8").range().unwrap().widened().to_string(),
            "0..16"
        );
        assert_eq!(
            domain("1..8 log").range().unwrap().widened().to_string(),
            "1..16 log"
        );
    }

    proptest! {
        #[test]
        fn every_setting_of_a_range_is_in_it_and_no_two_are_equal(
            from in -1_000_i64..1_000, width in 1_i64..1_000, decimals in 0_u32..3, count in 2_usize..60, is_log: bool,
        ) {
            let is_log = is_log && from > 0;
            let text = format!("{}..{}{}", written(from, decimals), written(from + width, decimals), if is_log { " log" } else { "" });
            let domain = domain(&text);
            prop_assert_eq!(domain.to_string(), text);
            let settings = domain.settings(count);
            prop_assert!(settings.len() <= count && settings.len() >= 2);
            prop_assert!(settings.windows(2).all(|pair| pair[0] != pair[1]));
            prop_assert!(settings.iter().all(|setting| domain.contains(setting)));
            prop_assert_eq!(settings.first(), Some(&written(from, decimals)));
            prop_assert_eq!(settings.last(), Some(&written(from + width, decimals)));
            let wide = Domain::Range(domain.range().unwrap().widened());
            prop_assert!(settings.iter().all(|setting| wide.contains(setting)));
        }

        #[test]
        fn any_text_is_answered(text in "[-0-9a-c.|, _×logstep]{0,24}") {
            if let Ok((domain, used)) = Domain::read(&text) {
                prop_assert!(used <= text.len());
                domain.settings(7);
            }
        }
    }
}
