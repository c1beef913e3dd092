//! Units of figures and headers, looked up once each.

use crate::figures::engine::Engine;
use mdbook_proof_calculator::program::Compute as _;
use mdbook_proof_calculator::value::Value;
use mdbook_proof_text::quantity::{Printed, SCALES, currency};
use std::borrow::Cow;
use std::collections::HashMap;

/// Units, looked up once each.
#[derive(Debug)]
pub struct Units {
    engine: Engine,
    known: HashMap<String, Option<Value>>,
    ratios: HashMap<(String, String), Option<f64>>,
}

impl Units {
    /// Units that an engine knows.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            known: HashMap::new(),
            ratios: HashMap::new(),
        }
    }

    /// One of a unit.
    pub(crate) fn one(&mut self, unit: &str) -> Option<Value> {
        if let Some(one) = self.known.get(unit) {
            return one.clone();
        }
        let one = if could_be(unit) {
            self.engine.one(unit).ok()
        } else {
            None
        };
        self.known.insert(unit.to_owned(), one.clone());
        one
    }

    /// Whether a text is a unit.
    pub fn is_known(&mut self, text: &str) -> bool {
        !text.is_empty() && self.one(text).is_some()
    }

    /// Whether a text is a unit of time or data or their rate, a percent or money: no count of things.
    pub(crate) fn is_measure(&mut self, text: &str) -> bool {
        const MEASURES: [&str; 6] = ["s", "B", "B/s", "1/s", "dollars", "%"];
        looks_like_measure(text)
            && self.is_known(text)
            && !is_number_word(text)
            && MEASURES.iter().any(|unit| self.ratio(text, unit).is_some())
    }

    /// How many `to` one `from` is.
    pub(crate) fn ratio(&mut self, from: &str, to: &str) -> Option<f64> {
        if from == to {
            return Some(1.0);
        }
        let key = (from.to_owned(), to.to_owned());
        if let Some(ratio) = self.ratios.get(&key) {
            return *ratio;
        }
        let ratio = match (self.one(from), self.one(to)) {
            (Some(one), Some(unit)) => one.in_units_of(&unit, to).ok(),
            _ => None,
        };
        self.ratios.insert(key, ratio);
        ratio
    }

    /// How many of its last unit each unit of a figure is.
    pub(crate) fn of_parts(&mut self, printed: &Printed) -> Option<Vec<f64>> {
        let last = &printed.parts.last()?.unit;
        printed
            .parts
            .iter()
            .map(|part| self.ratio(&part.unit, last))
            .collect()
    }
}

/// A header's unit with the name of its currency in place of the sign: `€/month`.
pub(super) fn named(unit: &str) -> Cow<'_, str> {
    let sign = unit.chars().next();
    match sign.and_then(|sign| Some((sign, currency(sign)?))) {
        Some((sign, name)) => format!("{name}{}", &unit[sign.len_utf8()..]).into(),
        None => unit.into(),
    }
}

/// Whether a text can be a unit at all: it may be anything that an author puts into a header.
fn could_be(text: &str) -> bool {
    text.len() <= 40
        && text.chars().all(|c| {
            c.is_alphabetic()
                || matches!(c, '%' | '/' | '²' | '³' | '^' | ' ' | '·' | '_' | '2'..='9')
        })
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Spares the engine most of the words of headers.
fn looks_like_measure(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "second", "minute", "hour", "day", "week", "byte", "bit", "dollar",
    ];
    let unit = text.split('/').next().unwrap_or_default();
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    unit.chars().count() <= 4 || WORDS.iter().any(|word| unit.to_lowercase().ends_with(word))
}

fn is_number_word(text: &str) -> bool {
    SCALES
        .iter()
        .any(|(word, _)| text.trim_end_matches('s') == *word)
}
