//! Why a figure is refused: what has digits, and is no number that a value can be compared with.

use crate::quantity::{DecimalMark, characters, number};
use std::ops::Range;

/// A figure that can't be judged. To judge a part of it, such as the last group of `3 472`, would prove something that
/// the text doesn't say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The bytes of all that belongs to it.
    pub span: Range<usize>,
    /// One line that says what is wrong.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

/// What a text is instead of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Two numbers, or one whose groups are separated by a plain space.
    SideBySide,
    /// Separators at the wrong places.
    Grouping,
    Range,
    Bound,
    Spread,
    Product,
    Date,
    Time,
    Version,
    Radix,
    Ordinal,
    /// A word that has digits.
    Word,
    /// Something right before the number that may belong to it.
    Glued,
    /// Markup between its digits.
    Markup,
    /// A raised number that may be a power or the mark of a footnote.
    Raised,
    Power,
    /// An approximate fraction.
    Approximate,
    /// A currency before the number, and another unit after it.
    Currency,
    TooLarge,
}

impl Reason {
    /// The message about `text`, and how to fix it.
    pub(crate) fn refusal(self, text: &str, span: Range<usize>, mark: DecimalMark) -> Refusal {
        let text = shown(text);
        let example = match mark {
            DecimalMark::Point => "12,345.6",
            DecimalMark::Comma => "12.345,6",
        };
        let (message, help) = match self {
            Self::SideBySide => (
                "could be one number or two".to_owned(),
                format!(
                    "{} for one number; put a word or a comma between two",
                    joined(&text, mark)
                ),
            ),
            Self::Grouping => (
                "is not a number as this book writes them".to_owned(),
                match mark {
                    DecimalMark::Point => format!(
                        "write numbers as in {example}; `decimal = \",\"` in [preprocessor.proof] is for books with a decimal comma"
                    ),
                    DecimalMark::Comma => format!(
                        "write numbers as in {example}; `decimal = \".\"` in [preprocessor.proof] is for books with a decimal point"
                    ),
                },
            ),
            Self::Range => (
                "is a range, and an expression gives one value".to_owned(),
                "give each end its own expression: 3 ms<!-- = … --> to 5 ms<!-- = … -->".to_owned(),
            ),
            Self::Bound => (
                "is a bound, and an expression gives a value".to_owned(),
                "write the value itself, or the bound in words: less than 5 ms<!-- = … -->".to_owned(),
            ),
            Self::Spread => (
                "has a `±`, and an expression gives one value".to_owned(),
                "give each number its own expression: 5 ms<!-- = … --> and 1 ms<!-- = … --> more or less".to_owned(),
            ),
            Self::Product => (
                "is more than one number".to_owned(),
                "write the result before the comment, and the calculation in it: 6 MB<!-- = 2 × 3 MB -->".to_owned(),
            ),
            Self::Date => ("is a date, which no expression gives".to_owned(), quoted()),
            Self::Time => (
                "is a time of day or a ratio, which no expression gives".to_owned(),
                "write one number with its unit: 750 min, or 3× for 3:1".to_owned(),
            ),
            Self::Version => ("is a version or an address, and not a number".to_owned(), quoted()),
            Self::Radix => (
                "is not a decimal number, and others aren't read".to_owned(),
                match radix(&text) {
                    Some(value) => format!("write {value}"),
                    None => "write the number in decimal digits".to_owned(),
                },
            ),
            Self::Ordinal => ("is an ordinal number, which no expression gives".to_owned(), quoted()),
            Self::Word => ("is a word with digits, and not a number".to_owned(), quoted()),
            Self::Glued => (
                "doesn't start at its number, and what stands before that may belong to it".to_owned(),
                "put a space before the number, or bring the figure into a form such as 12,345.6 MB".to_owned(),
            ),
            Self::Markup => (
                "has markup between its digits".to_owned(),
                "put emphasis, code and links around the whole number".to_owned(),
            ),
            Self::Raised => (
                "could be a power or the mark of a footnote".to_owned(),
                "write 2^10 or 5 m² for a power, and [^1] for a footnote".to_owned(),
            ),
            Self::Power => (
                "has a power that isn't read".to_owned(),
                "write 2^10, 2¹⁰, 1.5 × 10^6 or 1.5e6".to_owned(),
            ),
            Self::Approximate => (
                "is a fraction, which can't be approximate".to_owned(),
                "write as many decimals as are meant: ~0.33".to_owned(),
            ),
            Self::Currency => (
                "has both a currency and another unit".to_owned(),
                "write one of them: $5, or 5 dollars/month".to_owned(),
            ),
            Self::TooLarge => (
                "is too large for a number".to_owned(),
                "write it in a larger unit".to_owned(),
            ),
        };
        Refusal {
            span,
            message: format!("`{text}` {message}"),
            help,
        }
    }
}

fn quoted() -> String {
    "put the comment right after a number and its unit: 52.6 minutes<!-- = … -->".to_owned()
}

/// A text on one line, its spaces visible as such.
fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if characters::is_space(c) { ' ' } else { c })
        .collect()
}

/// How a number in groups with spaces between them is written without doubt.
fn joined(text: &str, mark: DecimalMark) -> String {
    let groups: Vec<&str> = text
        .split(' ')
        .take_while(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let is_number = groups.len() > 1
        && (1..=3).contains(&groups[0].len())
        && groups[1..]
            .iter()
            .all(|group| group.chars().take_while(char::is_ascii_digit).count() == 3);
    let separator = match mark {
        DecimalMark::Point => ",",
        DecimalMark::Comma => ".",
    };
    if is_number {
        format!("write {}", groups.join(separator))
    } else {
        "write the digits without spaces".to_owned()
    }
}

/// The value of a number such as `0x10`.
fn radix(text: &str) -> Option<u128> {
    let word = text.strip_prefix('0')?;
    let end = word
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(word.len());
    number::radix(&word[..end])
}
