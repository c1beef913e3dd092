//! The numbers of a text, each taken whole: `1,157`, `3 472`, `1.5×10⁶`, `2½`, and what only looks like one.

use crate::quantity::characters::{
    fraction, is_dash, is_group_space, is_letter, is_space, superscript,
};
use crate::quantity::refusal::Reason;
use crate::quantity::{DecimalMark, Exponent, Form, is_time_unit};
use crate::visible::{ORDINALS, Seen};
use std::ops::Range;

/// A number, or what has digits and is none. Its ranges count characters.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) range: Range<usize>,
    pub(crate) number: Result<Number, Reason>,
}

/// A number as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    /// The digits, in this module's own form: no separators, and a point.
    pub(crate) written: String,
    pub(crate) value: f64,
    pub(crate) scale: f64,
    pub(crate) form: Form,
    /// Which character separates its groups.
    pub(crate) group: Option<usize>,
    pub(crate) exponent: Option<(Range<usize>, i32)>,
    /// The digits, the exponent left out.
    pub(crate) digits: Range<usize>,
}

/// Whether groups of three may have plain spaces between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spaces {
    /// In a text that is one figure and nothing else.
    Group,
    /// In running text, where two numbers may stand side by side.
    Separate,
}

/// All numbers of a text, and the words that have digits.
pub(crate) fn fields(seen: &[Seen], mark: DecimalMark, spaces: Spaces) -> Vec<Field> {
    let lexer = Lexer { seen, mark, spaces };
    let mut fields: Vec<Field> = Vec::new();
    let mut at = 0;
    while let Some(c) = lexer.char(at) {
        if is_digit(c) || fraction(c).is_some() {
            let field = lexer.field(at);
            at = field.range.end;
            fields.push(field);
        } else if is_letter(c) {
            let follows = fields.last().is_some_and(|field| field.range.end == at);
            let (end, has_digits) = lexer.word(at, follows);
            if has_digits {
                fields.push(Field {
                    range: at..end,
                    number: Err(Reason::Word),
                });
            }
            at = end;
        } else {
            at += 1;
            // The power of a unit, as in `m^2`.
            if c == '^' && at > 1 && lexer.char(at - 2).is_some_and(is_letter) {
                at = lexer.run(at, |c| is_digit(c) || matches!(c, '-' | '−'));
            }
        }
    }
    fields
}

/// The value of the digits after the `0` of a number to the base 16, 8 or 2.
pub(crate) fn radix(word: &str) -> Option<u128> {
    let base = match word.chars().next()? {
        'x' | 'X' => 16,
        'o' | 'O' => 8,
        'b' | 'B' => 2,
        _ => return None,
    };
    u128::from_str_radix(&word[1..].replace('_', ""), base).ok()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What stands for any raised character: neither a letter nor a digit.
const RAISED: char = '\u{fffd}';

struct Lexer<'text> {
    seen: &'text [Seen],
    mark: DecimalMark,
    spaces: Spaces,
}

/// What an exponent or a power says, and where it ends.
struct Power {
    place: Range<usize>,
    value: i32,
    end: usize,
}

impl Lexer<'_> {
    /// The character at a place; none after the end.
    fn char(&self, at: usize) -> Option<char> {
        let seen = self.seen.get(at)?;
        Some(if seen.is_raised { RAISED } else { seen.c })
    }

    fn is_raised(&self, at: usize) -> bool {
        self.char(at) == Some(RAISED)
    }

    /// Where the characters of a kind end.
    fn run(&self, start: usize, is_kind: impl Fn(char) -> bool) -> usize {
        let mut end = start;
        while self.char(end).is_some_and(&is_kind) {
            end += 1;
        }
        end
    }

    fn digits(&self, start: usize) -> usize {
        self.run(start, is_digit)
    }

    fn text(&self, range: Range<usize>) -> String {
        self.seen[range].iter().map(|seen| seen.c).collect()
    }

    /// The end of a word, and whether it has digits. One that follows a number and is a unit of time ends before the next
    /// number, as in `8h45m57s`.
    fn word(&self, start: usize, follows: bool) -> (usize, bool) {
        let mut at = start;
        let mut has_digits = false;
        while let Some(c) = self.char(at) {
            if is_digit(c) {
                if !has_digits && follows && is_time_unit(&self.text(start..at)) {
                    break;
                }
                has_digits = true;
            } else if !is_letter(c) {
                break;
            }
            at += 1;
        }
        (at, has_digits)
    }

    /// The number that starts at a digit, or why it is none.
    fn field(&self, start: usize) -> Field {
        let (groups, separators) = self.groups(start);
        let end = groups.last().map_or(start, |group| group.end);
        let mut field = Field {
            range: start..end,
            number: Err(Reason::Grouping),
        };
        let number = match self.plain(&groups, &separators) {
            Ok(number) => number,
            Err(reason) => {
                field.number = Err(reason);
                return field;
            }
        };
        let cut = (start + 1..end).any(|at| self.seen[at].is_cut);
        field.number = match self.suffixed(number, &mut field.range) {
            Ok(_) if cut => Err(Reason::Markup),
            other => other,
        };
        field
    }

    /// The groups of digits of a number, and the characters between them.
    fn groups(&self, start: usize) -> (Vec<Range<usize>>, Vec<usize>) {
        let (mut groups, mut separators) = (Vec::new(), Vec::new());
        let mut at = start;
        loop {
            let end = self.digits(at);
            groups.push(at..end);
            let is_separator = |c: char| {
                is_group_space(c)
                    || (c == ' ' && self.spaces == Spaces::Group)
                    || is_dash(c)
                    || matches!(c, '.' | ',' | '\'' | '’' | '_' | ':' | '/' | '⁄')
            };
            let continues = end > at
                && self.char(end).is_some_and(is_separator)
                && self.char(end + 1).is_some_and(is_digit);
            if !continues {
                return (groups, separators);
            }
            separators.push(end);
            at = end + 1;
        }
    }

    /// The number that groups of digits make.
    fn plain(&self, groups: &[Range<usize>], separators: &[usize]) -> Result<Number, Reason> {
        let marks: Vec<char> = separators.iter().map(|at| self.seen[*at].c).collect();
        let text = |group: &Range<usize>| self.text(group.clone());
        let all = groups[0].start..groups[groups.len() - 1].end;
        if all.start == all.end {
            return Ok(Number::fraction(0.0, String::new(), all));
        }
        if marks.contains(&':') {
            return Err(Reason::Time);
        }
        if marks.iter().any(|mark| is_dash(*mark)) {
            let is_date = marks.len() == 2 && marks.iter().all(|mark| is_dash(*mark));
            return Err(if is_date { Reason::Date } else { Reason::Range });
        }
        if marks.iter().any(|mark| matches!(mark, '/' | '⁄')) {
            let [above, below] = groups else {
                let is_date = marks.len() == 2 && marks.iter().all(|mark| *mark == '/');
                return Err(if is_date {
                    Reason::Date
                } else {
                    Reason::Grouping
                });
            };
            let value = |group| text(group).parse::<f64>().unwrap_or(f64::NAN);
            let value = value(above) / value(below);
            return match value.is_finite() {
                true => Ok(Number::fraction(value, self.text(all.clone()), all)),
                false => Err(Reason::Grouping),
            };
        }
        let point = self.mark.as_char();
        let decimals = marks.iter().filter(|mark| **mark == point).count();
        let has_fraction = decimals == 1 && marks.last() == Some(&point);
        if decimals > usize::from(has_fraction) {
            let is_version = marks.len() > 1 && marks.iter().all(|mark| *mark == '.');
            return Err(if is_version {
                Reason::Version
            } else {
                Reason::Grouping
            });
        }
        let whole = groups.len() - usize::from(has_fraction);
        let between = &marks[..whole - 1];
        let is_grouped = between.is_empty()
            || (between.iter().all(|mark| *mark == between[0])
                && (1..=3).contains(&groups[0].len())
                && !text(&groups[0]).starts_with('0')
                && groups[1..whole].iter().all(|group| group.len() == 3));
        if !is_grouped {
            let is_version = marks.len() > 1 && marks.iter().all(|mark| *mark == '.');
            let is_spaced = marks.iter().all(|mark| is_space(*mark));
            return Err(match (is_version, is_spaced) {
                (true, _) => Reason::Version,
                (_, true) => Reason::SideBySide,
                _ => Reason::Grouping,
            });
        }
        let mut written: String = groups[..whole].iter().map(&text).collect();
        if has_fraction {
            written.push('.');
            written.push_str(&text(&groups[whole]));
        }
        let value = written.parse().map_err(|_| Reason::Grouping)?;
        Ok(Number {
            written,
            value,
            scale: 1.0,
            form: Form::Plain,
            group: separators[..whole - 1].first().copied(),
            exponent: None,
            digits: all,
        })
    }

    /// A number with what may follow its digits: a fraction, a power, an exponent. The range grows with it.
    fn suffixed(&self, mut number: Number, range: &mut Range<usize>) -> Result<Number, Reason> {
        let end = range.end;
        if let Some((fraction, after)) = self.mixed(end, range.start == end) {
            range.end = after;
            let is_whole = number.written.is_empty()
                || (number.form == Form::Plain && !number.written.contains('.'));
            if !is_whole {
                return Err(Reason::Grouping);
            }
            number = Number::fraction(
                number.value + fraction,
                self.text(range.clone()),
                range.clone(),
            );
        } else if let Some(power) = self.power(end) {
            range.end = power.end;
            let is_whole = number.form == Form::Plain && !number.written.contains('.');
            if !is_whole || power.value.abs() >= 1000 {
                return Err(Reason::Power);
            }
            number.value = number.value.powi(power.value);
            number.form = Form::Power;
            number.digits = range.clone();
        } else if let Some(power) = self.exponent(end) {
            range.end = power.end;
            if number.form != Form::Plain {
                return Err(Reason::Power);
            }
            if power.value.abs() >= 300 {
                return Err(Reason::TooLarge);
            }
            number.scale = 10f64.powi(power.value);
            number.exponent = Some((power.place, power.value));
        }
        self.ends(&number, range)?;
        match (number.value * number.scale).is_finite() {
            true => Ok(number),
            false => Err(Reason::TooLarge),
        }
    }

    /// Whether a number ends where it was read to.
    fn ends(&self, number: &Number, range: &mut Range<usize>) -> Result<(), Reason> {
        let end = range.end;
        if self.is_raised(end) {
            range.end = self.run(end, |c| c == RAISED);
            let is_ordinal = ORDINALS.contains(&self.text(end..range.end).as_str());
            return Err(if is_ordinal {
                Reason::Ordinal
            } else {
                Reason::Raised
            });
        }
        let Some(next) = self.char(end) else {
            return Ok(());
        };
        if next == '^' || superscript(next).is_some() || fraction(next).is_some() {
            range.end = self.run(end + 1, |c| {
                is_digit(c) || superscript(c).is_some() || c == '^'
            });
            return Err(Reason::Power);
        }
        if next.is_numeric() {
            range.end = self.run(end, char::is_numeric);
            return Err(Reason::Grouping);
        }
        let word_end = self.run(end, char::is_alphanumeric);
        let word = self.text(end..word_end);
        if number.written == "0" && radix(&word).is_some() {
            range.end = word_end;
            return Err(Reason::Radix);
        }
        if ORDINALS.contains(&word.as_str()) {
            range.end = word_end;
            return Err(Reason::Ordinal);
        }
        Ok(())
    }

    /// The fraction that follows a whole number, or stands alone, and where it ends: `2½`, `2 ½`, `½`.
    fn mixed(&self, at: usize, is_alone: bool) -> Option<(f64, usize)> {
        let gap = match self.char(at) {
            Some(c) if is_space(c) && !is_alone => 1,
            _ => 0,
        };
        Some((fraction(self.char(at + gap)?)?, at + gap + 1))
    }

    /// A power: `^10`, `³`.
    fn power(&self, at: usize) -> Option<Power> {
        if self.char(at) == Some('^') {
            return self.integer(at + 1);
        }
        let end = self.run(at, |c| superscript(c).is_some());
        let value = self.value(at..end, superscript)?;
        Some(Power {
            place: at..end,
            value,
            end,
        })
    }

    /// The power of ten that scales a number: `e6`, `×10⁶`, `· 10^-3`, `×10<sup>6</sup>`.
    fn exponent(&self, at: usize) -> Option<Power> {
        if matches!(self.char(at), Some('e' | 'E')) {
            return self.integer(at + 1);
        }
        let times = self.run(at, is_space);
        if !matches!(
            self.char(times),
            Some('×' | '·' | '⋅' | '∙' | '✕' | '*' | 'x' | 'X')
        ) {
            return None;
        }
        let ten = self.run(times + 1, is_space);
        if self.digits(ten) != ten + 2 || self.text(ten..ten + 2) != "10" {
            return None;
        }
        if self.is_raised(ten + 2) {
            let end = self.run(ten + 2, |c| c == RAISED);
            let value = self.value(ten + 2..end, Some)?;
            return Some(Power {
                place: ten + 2..end,
                value,
                end,
            });
        }
        self.power(ten + 2)
    }

    /// A whole number with a sign.
    fn integer(&self, at: usize) -> Option<Power> {
        let signed = matches!(self.char(at), Some('-' | '−' | '+'));
        let end = self.digits(at + usize::from(signed));
        Some(Power {
            place: at..end,
            value: self.value(at..end, Some)?,
            end,
        })
    }

    fn value(&self, range: Range<usize>, digit: impl Fn(char) -> Option<char>) -> Option<i32> {
        let digits: Option<String> = self.seen[range].iter().map(|seen| digit(seen.c)).collect();
        digits?.replace('−', "-").parse().ok()
    }
}

impl Number {
    fn fraction(value: f64, written: String, digits: Range<usize>) -> Self {
        Self {
            written,
            value,
            scale: 1.0,
            form: Form::Fraction,
            group: None,
            exponent: None,
            digits,
        }
    }

    /// The exponent with the bytes that it is written in.
    pub(crate) fn exponent(&self, seen: &[Seen]) -> Option<Exponent> {
        let (place, value) = self.exponent.clone()?;
        Some(Exponent {
            place: bytes(seen, &place),
            value,
            is_superscript: superscript(seen[place.start].c).is_some(),
        })
    }
}

/// The bytes of some characters.
pub(crate) fn bytes(seen: &[Seen], range: &Range<usize>) -> Range<usize> {
    match (
        seen.get(range.start),
        range.end.checked_sub(1).and_then(|at| seen.get(at)),
    ) {
        (Some(first), Some(last)) if range.start < range.end => first.start..last.end,
        (Some(first), _) => first.start..first.start,
        _ => 0..0,
    }
}
