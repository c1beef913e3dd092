//! Whether a literal can be what a domain says, and what could vary in a block.

use super::literal::{Kind, Literal};
use super::places::{Binding, Bound, Places};
use mdbook_proof_calculator::claims::domain::{Domain, Range};
use std::collections::BTreeMap;

/// What is wrong with a parameter, and how to fix it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// One line that says what is wrong.
    pub(super) message: String,
    /// How to fix it.
    pub(super) help: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The whole numbers that a type has. Where it depends on the machine, those that it has on every one that runs the page.
const TYPES: &[(&str, i128, i128)] = &[
    ("u8", 0, u8::MAX as i128),
    ("u16", 0, u16::MAX as i128),
    ("u32", 0, u32::MAX as i128),
    ("u64", 0, u64::MAX as i128),
    ("u128", 0, i128::MAX),
    ("usize", 0, u32::MAX as i128),
    ("i8", i8::MIN as i128, i8::MAX as i128),
    ("i16", i16::MIN as i128, i16::MAX as i128),
    ("i32", i32::MIN as i128, i32::MAX as i128),
    ("i64", i64::MIN as i128, i64::MAX as i128),
    ("i128", i128::MIN, i128::MAX),
    ("isize", i32::MIN as i128, i32::MAX as i128),
];

/// What a binding is where nothing is set, as a setting of the domain; none where it is a list.
///
/// # Errors
/// Where it can't be what the domain says.
pub(super) fn check(binding: &Binding, domain: &Domain) -> Result<Option<String>, Fault> {
    let name = &binding.name;
    let literals = binding.bound.literals();
    for literal in literals {
        match domain {
            Domain::Choices(choices) => check_choices(name, literal, choices)?,
            Domain::Range(range) => check_range(binding, literal, range)?,
        }
    }
    // A list keeps its literals, whatever else is added.
    match &binding.bound {
        Bound::One(literal) | Bound::End(literal) => default(name, literal, domain).map(Some),
        _ => Ok(None),
    }
}

fn check_choices(name: &str, literal: &Literal, choices: &[String]) -> Result<(), Fault> {
    let text = &literal.text;
    let is_name = |choice: &String| {
        !choice.starts_with(|c: char| c.is_ascii_digit())
            && choice.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let help = |domain: &str| format!("write `{name}={domain}`");
    match &literal.kind {
        Kind::Integer(..) | Kind::Float(..) => Err(Fault::new(
            format!("`{name}` is the number `{text}`, but it has choices"),
            format!(
                "write a range, as in `{name}={}`",
                range_around(literal).unwrap_or_else(|| "1..9".to_owned())
            ),
        )),
        Kind::Bool(_)
            if choices
                .iter()
                .any(|choice| choice != "true" && choice != "false") =>
        {
            Err(Fault::new(
                format!("`{name}` is `{text}` in the code, so it can only be true or false"),
                help("true|false"),
            ))
        }
        Kind::Variant(..) => match choices.iter().find(|choice| !is_name(choice)) {
            Some(choice) => Err(Fault::new(
                format!("`{choice}` can't be in the place of `{text}`"),
                format!(
                    "write the last segments of paths, as in `{name}={}|Other`",
                    literal.choice().unwrap_or_default()
                ),
            )),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn check_range(binding: &Binding, literal: &Literal, range: &Range) -> Result<(), Fault> {
    let name = &binding.name;
    let text = &literal.text;
    let (from, to) = (range.from(), range.to());
    let suffix = match &literal.kind {
        Kind::Integer(..) if !range.is_whole() => {
            let whole = |end: &str| end.split('.').next().unwrap_or_default().to_owned();
            return Err(Fault::new(
                format!("`{name}` is the whole number `{text}`, but `{range}` has decimals"),
                format!(
                    "write `{name}={}..{}`, or `{text}.0` in the code",
                    whole(&from),
                    whole(&to)
                ),
            ));
        }
        Kind::Float(..) if range.is_whole() => {
            return Err(Fault::new(
                format!("`{name}` is `{text}`, a number with decimals, but `{range}` has none"),
                format!(
                    "write `{name}={from}.0..{to}.0`, in tenths, or `{name}={from}.0..{to}.0 step 1.0`"
                ),
            ));
        }
        Kind::Integer(_, suffix) => suffix.as_ref().or(binding.declared.as_ref()),
        Kind::Float(..) => None,
        _ => {
            let choice = literal.choice().unwrap_or_default();
            let help = match &literal.kind {
                Kind::Bool(_) => format!("write `{name}=true|false`"),
                _ => format!("write choices, as in `{name}={choice}|other`"),
            };
            return Err(Fault::new(
                format!("`{name}` is `{text}`, which is not a number, but `{range}` is a range"),
                help,
            ));
        }
    };
    let bounds = TYPES
        .iter()
        .find(|(name, ..)| Some(*name) == suffix.map(String::as_str));
    let ends = (from.parse::<i128>(), to.parse::<i128>());
    if let (Some((of, low, high)), (Ok(from), Ok(to))) = (bounds, ends)
        && (from < *low || to > *high)
    {
        let note = if of.ends_with("size") {
            " (of 32 bits on some machines)"
        } else {
            ""
        };
        return Err(Fault::new(
            format!("`{name}` is a `{of}`{note}, which can't hold every number in `{range}`"),
            format!("write numbers from {low} to {high}, or give it another type in the code"),
        ));
    }
    Ok(())
}

fn default(name: &str, literal: &Literal, domain: &Domain) -> Result<String, Fault> {
    let text = &literal.text;
    let Some(default) = literal.number().or(literal.choice()) else {
        return Err(Fault::new(
            format!("`{name}` is `{text}`, which is no number that can vary"),
            "write it without an exponent",
        ));
    };
    let decimals = |number: &str| number.split_once('.').map_or(0, |(_, part)| part.len());
    if domain.contains(default) {
        return Ok(match domain.range() {
            Some(range) => padded(default, decimals(&range.from())),
            None => default.to_owned(),
        });
    }
    let message = format!("`{name}` is `{text}` in the code, which is not in `{domain}`");
    let Domain::Range(range) = domain else {
        let all = format!("{default}|{domain}");
        return Err(Fault::new(message, format!("write `{name}={all}`")));
    };
    let (needs, has) = (decimals(default), decimals(&range.from()));
    let help = match needs > has {
        true => {
            let zeros = "0".repeat(needs - has);
            format!(
                "write the ends with as many decimals: `{name}={}{zeros}..{}{zeros}`",
                range.from(),
                range.to()
            )
        }
        false => format!(
            "write a range with {default} in it, whose steps reach it, or another number in the code"
        ),
    };
    Err(Fault::new(message, help))
}

/// What could vary, as it is written in a `vary=` attribute: at most so many names.
pub(super) fn to_paste(places: &Places, count: usize) -> Option<String> {
    let is_whole =
        |text: &String| matches!(Domain::read(text), Ok((_, used)) if used == text.len());
    let words = candidates(places).into_iter().filter_map(|binding| {
        let domain = domain(binding).filter(is_whole)?;
        Some(format!("{}={domain}", binding.name))
    });
    let words: Vec<String> = words.take(count).collect();
    (!words.is_empty()).then(|| format!("vary=\"{}\"", words.join(" ")))
}

/// The bindings that could vary: those of a name that is bound to literals in one place, and is no counter.
pub(super) fn candidates(places: &Places) -> Vec<&Binding> {
    let could = |binding: &&Binding| {
        let is_unused = binding.name.starts_with('_');
        !binding.is_mut && !binding.is_const && !is_unused && binding.bound != Bound::Other
    };
    let all = || places.bindings.iter().filter(could);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for binding in all() {
        *counts.entry(&binding.name).or_default() += 1;
    }
    all()
        .filter(|binding| counts.get(binding.name.as_str()) == Some(&1))
        .collect()
}

/// A domain that has the binding's literals in it.
fn domain(binding: &Binding) -> Option<String> {
    match binding.bound.literals() {
        [literal] => match &literal.kind {
            Kind::Bool(_) => Some("true|false".to_owned()),
            Kind::Integer(..) if binding.name.contains("seed") => {
                let seed: u64 = literal.number()?.parse().ok()?;
                Some(format!("{}..{}", seed.min(1), seed.max(50)))
            }
            _ => range_around(literal),
        },
        [first, ..] if first.number().is_none() => {
            let choices = binding.bound.literals().iter().filter_map(Literal::choice);
            Some(choices.collect::<Vec<_>>().join("|"))
        }
        literals => {
            let value = |literal: &Literal| literal.number()?.parse::<f64>().ok();
            let numbers = || {
                literals
                    .iter()
                    .filter_map(|literal| Some((value(literal)?, literal.number()?)))
            };
            let (_, low) = numbers().min_by(|(a, _), (b, _)| a.total_cmp(b))?;
            let (_, high) = numbers().max_by(|(a, _), (b, _)| a.total_cmp(b))?;
            let decimals = literals.iter().filter_map(decimals).max()?;
            Some(format!(
                "{}..{}",
                padded(low, decimals),
                padded(high, decimals)
            ))
        }
    }
}

/// From half of a number to twice of it, with as many decimals.
fn range_around(literal: &Literal) -> Option<String> {
    let number = padded(literal.number()?, decimals(literal)?);
    let point = number.len() - number.find('.').map_or(number.len(), |at| at + 1);
    let units: i64 = number.replace('.', "").parse().ok()?;
    let (half, twice) = (units / 2, units.checked_mul(2)?);
    let (low, high) = match units {
        0 => (
            0,
            10_i64.checked_mul(10_i64.checked_pow(u32::try_from(point).ok()?)?)?,
        ),
        1.. => (half, twice),
        _ => (twice, half),
    };
    let written = |units: i64| {
        let digits = format!("{:0width$}", units.abs(), width = point + 1);
        let (whole, part) = digits.split_at(digits.len() - point);
        let sign = if units < 0 { "-" } else { "" };
        match part {
            "" => format!("{sign}{whole}"),
            part => format!("{sign}{whole}.{part}"),
        }
    };
    Some(format!("{}..{}", written(low), written(high)))
}

/// How many decimals a setting of a literal has: a float has one at least.
fn decimals(literal: &Literal) -> Option<usize> {
    let number = literal.number()?;
    let decimals = number.split_once('.').map_or(0, |(_, part)| part.len());
    let is_float = matches!(literal.kind, Kind::Float(..));
    Some(decimals.max(usize::from(is_float)))
}

/// A number with this many decimals.
fn padded(number: &str, decimals: usize) -> String {
    match (number.split_once('.'), decimals) {
        (_, 0) => number.to_owned(),
        (Some((whole, part)), _) => format!("{whole}.{part:0<decimals$}"),
        (None, _) => format!("{number}.{}", "0".repeat(decimals)),
    }
}
