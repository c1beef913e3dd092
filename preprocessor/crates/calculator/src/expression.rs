//! An expression as an author writes it, made into one that the interpreter reads, byte for byte as long.

use crate::runs::{Missing, Runs};
use crate::value::{ExpressionError, Value};
use mdbook_proof_text::bracket::bracketed;
use mdbook_proof_text::quantity::{self, Printed};
use std::collections::BTreeMap;

/// Why an expression can't be computed.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// It reads a run that failed, which is reported already.
    Reported,
    /// It is wrong.
    Wrong(ExpressionError),
}

/// The names that a page took from units, and what the interpreter calls them: equally long.
pub type Renamed = BTreeMap<String, String>;

/// Another name for `name`, as long, which the page doesn't use yet.
pub fn rename(name: &str, renamed: &Renamed) -> Option<String> {
    let start: String = name
        .chars()
        .next()
        .filter(char::is_ascii_alphabetic)
        .into_iter()
        .collect();
    let rest = name.len().checked_sub(2)?;
    ('A'..='Z')
        .chain('a'..='z')
        .map(|c| format!("{start}{c}{}", "_".repeat(rest)))
        .filter(|other| other.len() == name.len())
        .find(|other| other != name && !renamed.values().any(|taken| taken == other))
}

/// Turns `1,000` into a number of the interpreter's, and `name[key].column` into a name for the cell, which `define` runs
/// the definition of.
///
/// # Errors
/// For `12 000`, which the interpreter would read as 0, and for a reference that leads nowhere.
pub fn prepare(
    code: &str,
    mut define: impl FnMut(&str) -> Result<Option<Value>, ExpressionError>,
    runs: &Runs,
    renamed: &Renamed,
) -> Result<String, Problem> {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let at = code.len() - rest.len();
        let length = if c.is_ascii_digit() {
            let length = quantity::number(rest);
            let gap = &rest[length..];
            let next = gap.trim_start_matches([' ', '\t', '\u{a0}']);
            if next.len() < gap.len() && next.starts_with(|c: char| c.is_ascii_digit()) {
                let end = at + length + (gap.len() - next.len()) + quantity::number(next);
                return Err(wrong(
                    at..end,
                    format!("`{}` is not one number", &code[at..end]),
                    "write 12,000 or 12000 for twelve thousand",
                ));
            }
            if let Some(second) = remainder(gap) {
                let start = at + length + gap.find('%').unwrap_or(0);
                return Err(wrong(
                    start..start + 1,
                    format!("`% {second}` is not a remainder: it multiplies by a percent"),
                    &format!(
                        "write mod({first}, {second}) for the remainder, or {first}% × {second}",
                        first = &rest[..length]
                    ),
                ));
            }
            out.push_str(&rest[..length].replace(',', "_"));
            length
        } else if c.is_alphabetic() || c == '_' {
            let length = word(rest);
            match reference(&rest[length..]) {
                Some((key, column, tail)) => {
                    let whole = length + tail;
                    let cell =
                        runs.cell(&rest[..length], key, column).map_err(
                            |missing| match missing {
                                Missing::Failed => Problem::Reported,
                                Missing::Wrong(message) => Problem::Wrong(ExpressionError {
                                    message,
                                    span: at..at + whole,
                                    help: None,
                                    is_name_taken: false,
                                }),
                            },
                        )?;
                    let name = format!("{:_<whole$}", format!("r{at}"));
                    let definition = format!("let {name} = {}", as_code(&cell));
                    define(&definition).map_err(|error| {
                        Problem::Wrong(ExpressionError {
                            span: at..at + whole,
                            ..error
                        })
                    })?;
                    out.push_str(&name);
                    whole
                }
                None => {
                    let word = &rest[..length];
                    out.push_str(renamed.get(word).map_or(word, String::as_str));
                    length
                }
            }
        } else if c == '#' {
            out.push_str(rest);
            rest.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    Ok(out)
}

/// An expression as readers understand it: what it reads from runs as the values that they printed, and then where these stand.
/// `title` is what a run's output is called.
pub fn in_words(code: &str, runs: &Runs, title: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(code.len());
    let mut titles: Vec<String> = Vec::new();
    let mut rest = code.trim();
    while let Some(c) = rest.chars().next() {
        let length = match c {
            _ if c.is_ascii_digit() => quantity::number(rest),
            _ if c.is_alphabetic() || c == '_' => word(rest),
            _ => c.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        let read = reference(after).filter(|_| !c.is_ascii_digit());
        let cell = read.and_then(|(key, column, tail)| {
            let tables = runs.tables(text).ok()?;
            let place = tables.cell(key, column).ok()?;
            Some((key, column, tail, tables.shown(place)))
        });
        let Some((key, column, tail, shown)) = cell else {
            out.push_str(text);
            rest = after;
            continue;
        };
        let title = title(text);
        rest = &after[tail..];
        if out.is_empty() && rest.is_empty() {
            let column = bracketed(column).unwrap_or(column);
            return format!("{column} in the row “{key}” of {title}");
        }
        out.push_str(&shown);
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let out = out.replace(" - ", " − ");
    match titles.is_empty() {
        true => format!("= {out}"),
        false => format!("= {out}, from {}", titles.join(" and ")),
    }
}

fn wrong(span: std::ops::Range<usize>, message: String, help: &str) -> Problem {
    Problem::Wrong(ExpressionError {
        message,
        span,
        help: Some(help.to_owned()),
        is_name_taken: false,
    })
}

/// The number behind a `%` that stands apart, as the operator of other languages does.
fn remainder(gap: &str) -> Option<&str> {
    let second = gap
        .strip_prefix(' ')?
        .trim_start()
        .strip_prefix('%')?
        .trim_start();
    match quantity::number(second) {
        0 => None,
        length => Some(&second[..length]),
    }
}

/// The length of the name that a text starts with.
fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// Whether a character belongs to a name or a number.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads `[key].column` or `[key].[column words]`: the key, the column, and the length of all.
fn reference(text: &str) -> Option<(&str, &str, usize)> {
    let key = bracketed(text)?;
    let rest = text[key.len() + 2..].strip_prefix('.')?;
    let before = text.len() - rest.len();
    if let Some(column) = bracketed(rest) {
        return Some((key.trim(), column.trim(), before + column.len() + 2));
    }
    let length = word(rest);
    (length > 0).then(|| (key.trim(), &rest[..length], before + length))
}

/// A printed quantity, exact as it is printed, in the interpreter's words.
pub fn as_code(printed: &Printed) -> String {
    let sum: Vec<String> = printed
        .parts
        .iter()
        .map(|part| {
            let unit = match part.unit.as_str() {
                "times" => "",
                unit => unit,
            };
            format!("{} × {} {unit}", part.number, part.scale)
        })
        .collect();
    let sign = if printed.is_negative { "-" } else { "" };
    format!("{sign}({})", sum.join(" + "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(code: &str) -> Result<String, Problem> {
        let runs = Runs {
            printed: [(
                "sweep".to_owned(),
                "| n | LRU |\n|--|--|\n| 1,000 | 0.5 |".to_owned(),
            )]
            .into(),
            ..Runs::default()
        };
        prepare(code, |_| Ok(None), &runs, &Renamed::new())
    }

    #[test]
    fn what_is_prepared_is_as_long_as_what_was_written() {
        for code in [
            "1,000,000 × 2",
            "maximum(1, 200)",
            "sweep[1000].LRU + 1",
            "x # 12 000",
        ] {
            assert_eq!(prepared(code).unwrap().len(), code.len());
        }
        assert_eq!(prepared("1,000,000 × 2").unwrap(), "1_000_000 × 2");
        assert_eq!(prepared("maximum(1, 200)").unwrap(), "maximum(1, 200)");
    }

    #[test]
    fn what_an_expression_reads_is_said_as_it_was_printed_and_where() {
        let printed = [
            (
                "sweep",
                "| entries | hit ratio |\n|--|--|\n| 100 | 39.0 % |\n| 1,000 | 67.3 % |",
            ),
            (
                "wait",
                "| busy | mean wait (ms) | n |\n|--|--|--|\n| 90 | 2.5 | x |",
            ),
        ];
        let runs = Runs {
            printed: printed
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .into(),
            ..Runs::default()
        };
        let said = |code: &str| in_words(code, &runs, |name| format!("“{name}”"));
        for (code, expected) in [
            (
                "sweep[1000].[hit ratio] - sweep[100].[hit ratio]",
                "= 67.3 % − 39.0 %, from “sweep”",
            ),
            (
                " sweep[100].[hit ratio] ",
                "hit ratio in the row “100” of “sweep”",
            ),
            (
                "2 × wait[90].[mean wait] / (1 - sweep[1000].[hit ratio])",
                "= 2 × 2.5 ms / (1 − 67.3 %), from “wait” and “sweep”",
            ),
            ("1 + wait[90].n", "= 1 + x, from “wait”"),
            ("10,000 / (2 × 60 s)", "= 10,000 / (2 × 60 s)"),
            // What can't be read is said as it is written.
            ("1 + none[1].x + wait[7].n", "= 1 + none[1].x + wait[7].n"),
            ("", "= "),
        ] {
            assert_eq!(said(code), expected, "{code}");
        }
    }

    #[test]
    fn a_space_inside_a_number_is_an_error_at_the_number() {
        let Err(Problem::Wrong(error)) = prepared("3 × 12 000") else {
            panic!("accepted");
        };
        assert_eq!(error.span, 5..11);
        assert!(prepared("2 requests").is_ok());
    }
}
