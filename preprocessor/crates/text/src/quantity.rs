//! A quantity as people print it: `1,157 requests/s`, `100 million`, `52.60 min`, `~1,400`, `8h 45m 57s`.

use std::ops::Range;

/// A printed quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// Its place in the text it was read from, sign and mark included.
    pub span: Range<usize>,
    /// Whether a `~` makes its trailing zeros insignificant.
    pub is_approximate: bool,
    /// Whether it has a minus sign.
    pub is_negative: bool,
    /// Its numbers with their units: one, or several in `8h 45m 57s`.
    pub parts: Vec<Part>,
}

/// A number and its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The number as it is written, scale and unit left out.
    pub number: f64,
    /// How many digits follow the decimal point.
    pub decimals: usize,
    /// How many digits count: all written ones but zeros on the left.
    pub significant: usize,
    /// How many zeros end an integer.
    pub trailing_zeros: usize,
    /// What a scale word such as `million` multiplies it by.
    pub scale: f64,
    /// The place of the digits.
    pub digits: Range<usize>,
    /// The unit, empty for a bare number.
    pub unit: String,
}

impl Printed {
    /// Whether it is a bare integer, which has to be exact.
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
}

/// Reads the quantity that a text ends with; marks of emphasis and code around it are passed over.
pub fn last(text: &str) -> Option<Printed> {
    let text = text.trim_end_matches([' ', '\u{a0}', '*', '_', '`', '\n', '\r']);
    let mut best = None;
    for start in starts(text).into_iter().rev() {
        match parts(text, start) {
            Some(parts) if best.is_none() || (parts.len() > 1 && parts.iter().all(is_time)) => {
                best = Some((start, parts));
            }
            _ if best.is_some() => break,
            _ => {}
        }
    }
    let (start, mut parts) = best?;
    if parts.len() > 1 {
        for part in parts.iter_mut().filter(|part| part.unit == "m") {
            "min".clone_into(&mut part.unit);
        }
    }
    let mut printed = Printed {
        span: start..text.len(),
        is_approximate: false,
        is_negative: false,
        parts,
    };
    while let Some(mark) = text[..printed.span.start].chars().next_back() {
        match mark {
            '~' | '≈' => printed.is_approximate = true,
            '-' | '−'
                if !text[..printed.span.start - mark.len_utf8()]
                    .ends_with(|c: char| c.is_alphanumeric()) =>
            {
                printed.is_negative = true;
            }
            '$' if printed.parts[0].unit.is_empty() => {
                "dollars".clone_into(&mut printed.parts[0].unit);
            }
            _ => break,
        }
        printed.span.start -= mark.len_utf8();
    }
    Some(printed)
}

/// Reads a text that is one quantity and nothing else.
pub fn whole(text: &str) -> Option<Printed> {
    let trimmed = text.trim_matches([' ', '*', '_', '`']);
    last(trimmed).filter(|printed| printed.span == (0..trimmed.len()))
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

/// Where numbers start: a digit behind nothing that makes it part of another word or number.
fn starts(text: &str) -> Vec<usize> {
    let mut before = ' ';
    let mut starts = Vec::new();
    for (at, c) in text.char_indices() {
        let joined = before.is_alphanumeric()
            || matches!(before, ',' | '.' | '^' | '_')
            || is_exponent(&text[..at]);
        if c.is_ascii_digit() && (!joined || (before.is_alphabetic() && unit_ends(&text[..at]))) {
            starts.push(at);
        }
        before = c;
    }
    starts
}

/// Whether a number that follows is an exponent, as in `2e-3`.
fn is_exponent(before: &str) -> bool {
    before
        .strip_suffix(['-', '+'])
        .and_then(|before| before.strip_suffix(['e', 'E']))
        .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether a number may follow without a space, as in `8h45m57s`.
fn unit_ends(before: &str) -> bool {
    let word = before.trim_end_matches(char::is_alphabetic);
    is_time_unit(&before[word.len()..]) && word.ends_with(|c: char| c.is_ascii_digit())
}

const TIMES: [&str; 18] = [
    "w", "d", "h", "m", "s", "min", "ms", "µs", "us", "ns", "day", "days", "hour", "hours",
    "minute", "minutes", "second", "seconds",
];

fn is_time(part: &Part) -> bool {
    is_time_unit(&part.unit)
}

fn parts(text: &str, start: usize) -> Option<Vec<Part>> {
    let mut at = start;
    let mut parts = Vec::new();
    loop {
        let (part, end) = part(text, at)?;
        parts.push(part);
        if end == text.len() {
            return Some(parts);
        }
        at = end;
    }
}

fn part(text: &str, start: usize) -> Option<(Part, usize)> {
    let rest = &text[start..];
    let mut end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    if end == 0 {
        return None;
    }
    if end <= 3 {
        while rest[end..].starts_with(',') && group(&rest[end + 1..]) {
            end += 4;
        }
    }
    let integer = rest[..end].replace(',', "");
    let mut decimals = 0;
    if let Some(fraction) = rest[end..].strip_prefix('.') {
        decimals = fraction
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(fraction.len());
        if decimals > 0 {
            end += decimals + 1;
        }
    }
    let written = format!(
        "{integer}{}",
        rest[..end].rsplit_once('.').map_or("", |(_, f)| f)
    );
    let mut number: f64 = rest[..end].replace(',', "").parse().ok()?;
    let mut significant = written.trim_start_matches('0').len().max(1);
    let mut trailing_zeros = match decimals {
        0 if number != 0.0 => written.len() - written.trim_end_matches('0').len(),
        _ => 0,
    };
    if decimals == 0
        && let Some(power) = rest[end..].strip_prefix('^')
    {
        let digits = power
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(power.len());
        number = number.powi(power[..digits].parse().ok().filter(|p| *p < 1000)?);
        end += digits + 1;
        significant = 15;
        trailing_zeros = 0;
    }
    let digits = start..start + end;
    let (mut scale, length) = exponent(&rest[end..]);
    end += length;
    let tail = &rest[end..];
    let gap = tail.len() - tail.trim_start_matches([' ', '\u{a0}']).len();
    let tail = &tail[gap..];
    let unit_length = tail
        .char_indices()
        .find(|(at, c)| !is_unit_char(*c, &tail[..*at]))
        .map_or(tail.len(), |(at, _)| at);
    let mut unit = tail[..unit_length].trim();
    let (factor, rest) = scaled(unit);
    unit = rest.trim();
    scale *= factor;
    if unit.split_whitespace().count() > 4 {
        return None;
    }
    // More than the numbers that sums are made in can hold is no figure.
    if !(number * scale).is_finite() {
        return None;
    }
    let part = Part {
        number,
        decimals,
        significant,
        trailing_zeros,
        scale,
        digits,
        unit: if unit == "×" {
            String::new()
        } else {
            unit.to_owned()
        },
    };
    // A times sign makes a bare integer a rounded ratio.
    let part = if unit == "×" {
        Part {
            unit: "times".to_owned(),
            ..part
        }
    } else {
        part
    };
    Some((part, start + end + gap + unit_length))
}

/// The power of ten in `1.5e6`, and how long it is written.
fn exponent(text: &str) -> (f64, usize) {
    let Some(power) = text.strip_prefix(['e', 'E']) else {
        return (1.0, 0);
    };
    let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
    let length = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let end = text.len() - digits.len() + length;
    match digits[..length].parse::<i32>() {
        Ok(n) if n < 300 && !text[end..].starts_with(char::is_alphanumeric) => {
            let n = if power.starts_with('-') { -n } else { n };
            (10f64.powi(n), end)
        }
        _ => (1.0, 0),
    }
}

fn group(text: &str) -> bool {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    digits == 3
}

fn is_unit_char(c: char, before: &str) -> bool {
    c.is_alphabetic()
        || matches!(
            c,
            '%' | '/' | '²' | '³' | '·' | '^' | ' ' | '\u{a0}' | '×' | '_'
        )
        || (c.is_ascii_digit() && before.ends_with('^'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (f64, usize, f64, String) {
        let printed = last(text).unwrap();
        let part = &printed.parts[0];
        (part.number, part.decimals, part.scale, part.unit.clone())
    }

    #[test]
    fn the_last_quantity_of_a_sentence_is_read() {
        assert_eq!(
            one("In 2026 it serves 1,157 requests/s"),
            (1157.0, 0, 1.0, "requests/s".into())
        );
        assert_eq!(
            one("some **52.60 minutes**"),
            (52.60, 2, 1.0, "minutes".into())
        );
        assert_eq!(one("100 million users"), (100.0, 0, 1e6, "users".into()));
        assert_eq!(one("99.99%"), (99.99, 2, 1.0, "%".into()));
        assert_eq!(one("14.3×"), (14.3, 1, 1.0, "times".into()));
        assert_eq!(one("it is 2^30"), (1_073_741_824.0, 0, 1.0, String::new()));
        assert_eq!(one("costs $5"), (5.0, 0, 1.0, "dollars".into()));
        assert_eq!(one("1.5e6"), (1.5, 1, 1e6, String::new()));
        assert_eq!(one("2e-3 s"), (2.0, 0, 1e-3, "s".into()));
        assert_eq!(one("5 e"), (5.0, 0, 1.0, "e".into()));
        assert!(last("no number").is_none());
        assert!(last("5 requests, and more").is_none());
    }

    #[test]
    fn what_is_too_large_for_a_number_is_no_quantity() {
        let digits = "9".repeat(400);
        for text in ["515^152", "1e299 trillion", digits.as_str()] {
            assert!(last(text).is_none(), "{text}");
        }
        assert!(last("515^15").is_some());
    }

    #[test]
    fn marks_and_signs_belong_to_it() {
        let printed = last("about ~1,400").unwrap();
        assert!(printed.is_approximate && printed.parts[0].trailing_zeros == 2);
        assert_eq!(printed.span, 6..12);
        assert!(last("to −5").unwrap().is_negative);
        assert!(!last("x-5").unwrap().is_negative);
    }

    #[test]
    fn compound_times_are_one_quantity() {
        for text in ["8h 45m 57s", "8 h 45 min 57 s", "8h45m57s"] {
            let printed = last(&format!("in a year {text}")).unwrap();
            let parts: Vec<_> = printed
                .parts
                .iter()
                .map(|p| (p.number, p.unit.as_str()))
                .collect();
            assert_eq!(parts, [(8.0, "h"), (45.0, "min"), (57.0, "s")], "{text}");
        }
        assert_eq!(last("takes 2 h").unwrap().parts.len(), 1);
        assert_eq!(last("3 of 5 s").unwrap().parts.len(), 1);
    }

    #[test]
    fn a_whole_text_is_one_quantity() {
        assert!(whole("`38`").is_some());
        assert!(whole("a 38").is_none());
    }
}
