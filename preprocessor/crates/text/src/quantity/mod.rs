//! A quantity as people print it: `1,157 requests/s`, `100 million`, `52.60 min`, `~1,400`, `8h 45m 57s`, `1.5×10⁶`.
//!
//! A figure is taken whole or refused. What stands right before an expression is followed back to where the figure
//! starts: signs, a currency, and all groups of digits. If a part of it isn't understood, nothing of it is judged.

mod before;
mod characters;
mod number;
mod read;
mod refusal;
#[cfg(test)]
mod tests;

pub(crate) use characters::SUPERSCRIPTS;
pub use characters::currency;
pub use read::{continues, last, may_have_numbers, numbers, read_whole, whole};
pub use refusal::Refusal;

use std::ops::Range;

/// The character before the decimals of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

/// A printed quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// Its place in the text it was read from, sign and mark included.
    pub span: Range<usize>,
    /// Whether a `~` makes its trailing zeros insignificant.
    pub is_approximate: bool,
    /// Whether it has a minus sign.
    pub is_negative: bool,
    /// The place of its sign; empty where it has none, at the place where one would stand.
    pub sign: Range<usize>,
    /// Its numbers with their units: one, or several in `8h 45m 57s`.
    pub parts: Vec<Part>,
}

/// A number and its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The number as it is written, scale and unit left out.
    pub number: f64,
    /// The digits of a plain number without separators, exact however many they are, with a point before the decimals.
    pub written: String,
    /// How many digits follow the decimal mark.
    pub decimals: usize,
    /// How many digits count: all written ones but zeros on the left.
    pub significant: usize,
    /// How many zeros end an integer.
    pub trailing_zeros: usize,
    /// What an exponent and a scale word such as `million` multiply it by.
    pub scale: f64,
    /// The place of the digits.
    pub digits: Range<usize>,
    /// The unit, empty for a bare number.
    pub unit: String,
    /// How the number is written.
    pub notation: Notation,
}

/// How a number is written, so that another one can be written in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notation {
    /// What its digits mean.
    pub form: Form,
    /// The character before its decimals.
    pub decimal_mark: DecimalMark,
    /// What separates groups of three digits, as it is written. None where the number is too short to tell.
    pub separator: Option<String>,
    /// The power of ten after its digits.
    pub exponent: Option<Exponent>,
}

/// What the digits of a number mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// A decimal number.
    #[default]
    Plain,
    /// A power, such as `2^10`.
    Power,
    /// A fraction, such as `1/3` or `2½`.
    Fraction,
}

/// A power of ten, as in `1.5e6` and `1.5×10⁶`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exponent {
    /// The place of the power.
    pub place: Range<usize>,
    /// The power.
    pub value: i32,
    /// Whether it is written in superscripts.
    pub is_superscript: bool,
}

impl DecimalMark {
    /// That of a language, given as in `de` or `pt-BR`.
    pub fn of_language(language: &str) -> Self {
        const COMMA: [&str; 44] = [
            "af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi",
            "fr", "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb",
            "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk",
            "uz", "vi",
        ];
        // Switzerland's decimal mark is the point, and so is that of Spanish in North and Central America.
        const POINT: [&str; 14] = [
            "de-ch", "de-li", "es-419", "es-do", "es-gt", "es-hn", "es-mx", "es-ni", "es-pa",
            "es-pe", "es-pr", "es-sv", "es-us", "it-ch",
        ];
        let language = language.to_ascii_lowercase().replace('_', "-");
        let family = language.split('-').next().unwrap_or_default();
        let has_comma = COMMA.contains(&family);
        match has_comma && !POINT.contains(&language.as_str()) {
            true => Self::Comma,
            false => Self::Point,
        }
    }

    /// The character.
    pub const fn as_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// What separates groups of three digits where nothing else says so.
    pub const fn separator(self) -> &'static str {
        match self {
            Self::Point => ",",
            Self::Comma => ".",
        }
    }
}

impl Printed {
    /// Whether it is a bare integer or fraction, which has to be exact.
    pub fn is_exact(&self) -> bool {
        match self.parts.as_slice() {
            [part] => {
                part.unit.is_empty()
                    && part.decimals == 0
                    && part.scale.to_bits() == 1f64.to_bits()
                    && !self.is_approximate
            }
            _ => false,
        }
    }

    /// The digits of a bare integer with its sign, exact however many they are.
    pub fn integer(&self) -> Option<String> {
        let [part] = self.parts.as_slice() else {
            return None;
        };
        if !self.is_exact() || part.notation.form != Form::Plain {
            return None;
        }
        let digits = part.written.trim_start_matches('0');
        Some(match (digits, self.is_negative) {
            ("", _) => "0".to_owned(),
            (digits, true) => format!("-{digits}"),
            (digits, false) => digits.to_owned(),
        })
    }
}

/// The words that multiply a number.
pub const SCALES: [(&str, f64); 5] = [
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("bn", 1e9),
    ("trillion", 1e12),
];

/// What the scale word that a text starts with multiplies by, and the text after it.
pub fn scaled(text: &str) -> (f64, &str) {
    SCALES
        .iter()
        .find_map(|(word, scale)| Some((*scale, text.strip_prefix(word)?)))
        .filter(|(_, rest)| !rest.starts_with(char::is_alphabetic))
        .unwrap_or((1.0, text))
}

/// What the letter that a text starts with, right after a number, multiplies by, as in `12k`, and the text after it.
pub fn short_scaled(text: &str) -> Option<(f64, &str)> {
    let (scale, rest) = match text.chars().next()? {
        'k' => (1e3, &text[1..]),
        'M' => (1e6, &text[1..]),
        _ => return None,
    };
    (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '^')).then_some((scale, rest))
}

/// Whether a unit is one of time, which compound quantities such as `8h 45m 57s` are made of; `m` may be a meter too.
pub fn is_time_unit(unit: &str) -> bool {
    TIMES.contains(&unit)
}

/// The length of the number that a text starts with: digits, groups of three, a fraction.
pub fn number(text: &str) -> usize {
    let end = integer(text);
    match text[end..].strip_prefix('.').map_or(0, digits) {
        0 => end,
        fraction => end + 1 + fraction,
    }
}

/// How many digits a text starts with.
pub fn digits(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

/// The length of the integer that a text starts with, its groups of three included.
pub fn integer(text: &str) -> usize {
    let mut end = digits(text);
    while text[end..].starts_with(',') && digits(&text[end + 1..]) == 3 {
        end += 4;
    }
    end
}

const TIMES: [&str; 18] = [
    "w", "d", "h", "m", "s", "min", "ms", "µs", "us", "ns", "day", "days", "hour", "hours",
    "minute", "minutes", "second", "seconds",
];
