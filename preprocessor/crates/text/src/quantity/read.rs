//! From a text to its quantity: the numbers, their units, and what stands before them.

use crate::quantity::characters::{
    currency, fraction, is_numeral, is_quote, is_space, is_unspaced, superscript,
};
use crate::quantity::number::{Field, Number, Spaces, bytes, fields};
use crate::quantity::refusal::{Reason, Refusal};
use crate::quantity::{
    DecimalMark, Form, Notation, Part, Printed, is_time_unit, scaled, short_scaled,
};
use crate::visible::{Seen, first_visible, visible};
use std::ops::Range;

/// Reads the quantity that a text ends with; markup, quotes and brackets around it are passed over.
///
/// # Errors
/// When the text ends with something that has digits and is no figure, or is one only in part.
pub fn last(text: &str, mark: DecimalMark) -> Result<Option<Printed>, Refusal> {
    Reader::new(text, mark, Spaces::Separate).last()
}

/// Reads a text that is one quantity and nothing else. Its groups may have plain spaces between them.
///
/// # Errors
/// When it has digits and is no figure.
pub fn read_whole(text: &str, mark: DecimalMark) -> Result<Option<Printed>, Refusal> {
    let reader = Reader::new(text, mark, Spaces::Group);
    let printed = reader.last()?;
    let is_around = |seen: &&Seen| !is_space(seen.c) && !is_quote(seen.c);
    let first = reader.seen.iter().find(is_around).map(|seen| seen.start);
    Ok(printed.filter(|printed| first == Some(printed.span.start)))
}

/// Reads a text that is one quantity and nothing else, as programs print it: with a decimal point.
pub fn whole(text: &str) -> Option<Printed> {
    read_whole(text, DecimalMark::Point).ok().flatten()
}

/// The places of the numbers of a text, units and signs left out. What has digits and is no number isn't among them.
pub fn numbers(text: &str, mark: DecimalMark) -> Vec<Range<usize>> {
    if !may_have_numbers(text) {
        return Vec::new();
    }
    let seen = visible(text);
    fields(&seen, mark, Spaces::Separate)
        .into_iter()
        .filter(|field| field.number.is_ok())
        .map(|field| bytes(&seen, &field.range))
        .collect()
}

/// Whether a text may have numbers: most paragraphs have none, and need not be read.
pub fn may_have_numbers(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_numeric() || is_numeral(c) || c == '&')
}

/// Whether the figure before an expression continues in the text after it: `12<!-- = 12 --> 000`.
pub fn continues(printed: &Printed, after: &str) -> bool {
    // A mark, a scale word and some spaces.
    const MOST_SEEN: usize = 40;
    let seen = first_visible(after, MOST_SEEN);
    let c = |at: usize| seen.get(at).map(|seen| seen.c);
    let is_digit = |at: usize| c(at).is_some_and(|c| c.is_ascii_digit());
    let Some(first) = c(0) else { return false };
    if !is_space(first) {
        return seen[0].is_raised
            || (first.is_alphanumeric() && !is_unspaced(first))
            || is_numeral(first)
            || matches!(first, '%' | '‰' | '°' | '^' | '/' | '×' | '·')
            || currency(first).is_some()
            || (matches!(first, '.' | ',' | '\'' | '’' | '_' | ':') && is_digit(1));
    }
    let is_bare = printed
        .parts
        .last()
        .is_some_and(|part| part.unit.is_empty());
    let Some(at) = (0..seen.len()).find(|at| !is_space(seen[*at].c)) else {
        return false;
    };
    let digits = (at..seen.len()).take_while(|at| is_digit(*at)).count();
    let rest: String = seen[at..].iter().map(|seen| seen.c).collect();
    is_bare
        && (digits == 3
            || matches!(rest.chars().next(), Some('%' | '‰'))
            || rest.chars().next().is_some_and(|c| fraction(c).is_some())
            || scaled(&rest).1.len() < rest.len()
            || rest
                .strip_prefix(['×', '·', '⋅'])
                .is_some_and(|rest| rest.trim_start().starts_with("10")))
}

/// A text, with its numbers.
pub(super) struct Reader<'text> {
    text: &'text str,
    pub(super) mark: DecimalMark,
    seen: Vec<Seen>,
    /// Where what readers see ends, closing marks left out.
    end: usize,
    pub(super) fields: Vec<Field>,
}

impl<'text> Reader<'text> {
    fn new(text: &'text str, mark: DecimalMark, spaces: Spaces) -> Self {
        let seen = visible(text);
        let end = end(&seen);
        let fields = fields(&seen[..end], mark, spaces);
        Self {
            text,
            mark,
            seen,
            end,
            fields,
        }
    }

    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.seen[..self.end].get(at).map(|seen| seen.c)
    }

    pub(super) fn before(&self, at: usize) -> Option<char> {
        self.char(at.checked_sub(1)?)
    }

    /// The place after the last character before `at` that is no space.
    pub(super) fn skip_spaces(&self, mut at: usize) -> usize {
        while self.before(at).is_some_and(is_space) {
            at -= 1;
        }
        at
    }

    pub(super) fn text(&self, range: Range<usize>) -> String {
        self.seen[range].iter().map(|seen| seen.c).collect()
    }

    /// The bytes from a character to the end.
    fn span(&self, start: usize) -> Range<usize> {
        let mut span = bytes(&self.seen, &(start..self.end));
        if self.text[span.end..].starts_with("</sup>") {
            span.end += "</sup>".len();
        }
        span
    }

    fn refuse<T>(&self, reason: Reason, start: usize) -> Result<T, Refusal> {
        let span = self.span(start);
        let text = match reason {
            // What is wrong is what readers don't see.
            Reason::Markup | Reason::Raised => self.text[span.clone()].to_owned(),
            _ => self.text(start..self.end),
        };
        Err(reason.refusal(&text, span, self.mark))
    }

    fn last(&self) -> Result<Option<Printed>, Refusal> {
        let Some(field) = self.fields.last() else {
            return Ok(None);
        };
        let Ok(unit) = self.unit(field.range.end..self.end) else {
            return self.refuse(Reason::Raised, field.range.start);
        };
        let Some((scale, unit)) = unit else {
            return Ok(None);
        };
        let number = match &field.number {
            Ok(number) => number,
            Err(reason) => return self.refuse(*reason, field.range.start),
        };
        let mut parts = vec![self.part(number, scale, unit)];
        let mut first = self.fields.len() - 1;
        while let Some((part, at)) = self.continued(&parts[parts.len() - 1], first) {
            parts.push(part);
            first = at;
        }
        parts.reverse();
        if parts
            .iter()
            .any(|part| part.unit != "m" && is_time_unit(&part.unit))
            && parts.len() > 1
        {
            for part in parts.iter_mut().filter(|part| part.unit == "m") {
                "min".clone_into(&mut part.unit);
            }
        }
        let start = self.fields[first].range.start;
        let lead = match self.lead(start) {
            Ok(lead) => lead,
            Err((reason, start)) => return self.refuse(reason, start),
        };
        if let Some((reason, start)) = self.joined(&lead, first, &parts[0].unit) {
            return self.refuse(reason, start);
        }
        if lead.is_approximate
            && parts
                .iter()
                .any(|part| part.notation.form == Form::Fraction)
        {
            return self.refuse(Reason::Approximate, lead.start);
        }
        if parts
            .iter()
            .any(|part| !(part.number * part.scale).is_finite())
        {
            return self.refuse(Reason::TooLarge, lead.start);
        }
        if let Some(currency) = lead.currency {
            let unit = &mut parts[0].unit;
            if !unit.is_empty() && !unit.starts_with('/') {
                return self.refuse(Reason::Currency, lead.start);
            }
            unit.insert_str(0, currency);
        }
        let place = |at: usize| self.seen[at].start;
        Ok(Some(Printed {
            span: self.span(lead.start),
            is_approximate: lead.is_approximate,
            is_negative: lead.sign.is_some_and(|at| self.seen[at].c != '+'),
            sign: match lead.sign {
                Some(at) => place(at)..self.seen[at].end,
                None => place(lead.unsigned)..place(lead.unsigned),
            },
            parts,
        }))
    }

    fn part(&self, number: &Number, scale: f64, unit: String) -> Part {
        let (whole, decimals) = number
            .written
            .split_once('.')
            .unwrap_or((&number.written, ""));
        let digits = format!("{whole}{decimals}");
        let significant = digits.trim_start_matches('0').len().max(1);
        let trailing_zeros = match decimals.is_empty() && number.value != 0.0 {
            true => whole.len() - whole.trim_end_matches('0').len(),
            false => 0,
        };
        let is_plain = number.form == Form::Plain;
        let separator = match number.group {
            Some(at) => Some(self.text_of(at..at + 1)),
            None => (whole.len() > 3).then(String::new),
        };
        Part {
            number: number.value,
            written: number.written.clone(),
            decimals: decimals.len(),
            significant: if is_plain { significant } else { 15 },
            trailing_zeros: if is_plain { trailing_zeros } else { 0 },
            scale: number.scale * scale,
            digits: bytes(&self.seen, &number.digits),
            unit,
            notation: Notation {
                form: number.form,
                decimal_mark: self.mark,
                separator,
                exponent: number.exponent(&self.seen),
            },
        }
    }

    /// Some characters as they are written.
    fn text_of(&self, range: Range<usize>) -> String {
        self.text[bytes(&self.seen, &range)].to_owned()
    }

    /// The scale and the unit that some characters are; none where they are neither.
    ///
    /// # Errors
    /// When a raised number may be the power of the unit.
    pub(super) fn unit(&self, range: Range<usize>) -> Result<Option<(f64, String)>, ()> {
        let mut text = String::new();
        for seen in &self.seen[range.clone()] {
            // A mark after a word may be its power.
            if seen.is_raised {
                if text.ends_with(|c: char| !c.is_alphabetic()) {
                    continue;
                }
                return Err(());
            }
            let fits = is_space(seen.c)
                || seen.c.is_alphabetic()
                || superscript(seen.c).is_some()
                || currency(seen.c).is_some()
                || matches!(seen.c, '%' | '‰' | '/' | '·' | '^' | '×' | '_' | '°')
                || ((seen.c.is_ascii_digit() || matches!(seen.c, '-' | '−')) && is_power(&text));
            if !fits {
                return Ok(None);
            }
            text.push(if is_space(seen.c) { ' ' } else { seen.c });
        }
        let is_glued = !text.starts_with(' ');
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() > 4 {
            return Ok(None);
        }
        let text = words.join(" ");
        let (mut scale, mut unit) = scaled(&text);
        if is_glued
            && unit.len() == text.len()
            && let Some(short) = short_scaled(&text)
        {
            (scale, unit) = short;
        }
        let unit = unit.trim_start();
        Ok(Some(match unit {
            "×" => (scale, "times".to_owned()),
            "x" if is_glued => (scale, "times".to_owned()),
            _ => {
                let first = unit.chars().next();
                if let Some(name) = first.and_then(currency) {
                    let rest = unit.trim_start_matches(|c| Some(c) == first);
                    (scale, format!("{name}{rest}"))
                } else if let Some(rest) = unit.strip_prefix('‰') {
                    (scale / 10.0, format!("%{rest}"))
                } else if unit.contains('×') {
                    return Ok(None);
                } else {
                    (scale, unit.to_owned())
                }
            }
        }))
    }

    /// The part before the first part of a quantity in several units, as `8h` is in `8h 45m`, and its field.
    fn continued(&self, next: &Part, first: usize) -> Option<(Part, usize)> {
        let at = first.checked_sub(1)?;
        let field = &self.fields[at];
        let number = field.number.as_ref().ok()?;
        let between = field.range.end..self.fields[first].range.start;
        let is_open = (between.start..=between.end).all(|at| !self.has_comment_before(at));
        let (scale, unit) = self.unit(between).ok()??;
        (is_open && !unit.is_empty() && are_alike(&unit, &next.unit) && number.form == Form::Plain)
            .then(|| (self.part(number, scale, unit), at))
    }

    /// Whether an expression ends right before a character: what stands before that is judged by itself.
    pub(super) fn has_comment_before(&self, at: usize) -> bool {
        let Some(seen) = self.seen.get(at).filter(|seen| seen.is_cut) else {
            return false;
        };
        let before = at.checked_sub(1).map_or(0, |at| self.seen[at].end);
        let hidden = &self.text[before..seen.start];
        hidden.rfind("<!--").is_some_and(|comment| {
            let inside = &hidden[comment + "<!--".len()..];
            inside.trim_start().starts_with('=')
        })
    }
}

/// Whether a digit that follows is the power of a unit.
fn is_power(unit: &str) -> bool {
    let base = unit.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '−');
    base.ends_with('^')
}

/// Whether two units are written one after the other as one quantity.
fn are_alike(one: &str, other: &str) -> bool {
    const FAMILIES: [&[&str]; 3] = [
        &[
            "PB", "TB", "GB", "MB", "KB", "kB", "B", "TiB", "GiB", "MiB", "KiB",
        ],
        &["km", "m", "cm", "mm"],
        &["kg", "g", "mg"],
    ];
    (is_time_unit(one) && is_time_unit(other))
        || FAMILIES
            .iter()
            .any(|family| family.contains(&one) && family.contains(&other))
}

/// Where a text ends for its readers: spaces are left out, and closing marks that were opened before.
fn end(seen: &[Seen]) -> usize {
    // More marks than these close no figure, and each one costs a look at the whole text.
    const MOST_MARKS: usize = 8;
    let mut end = seen.len();
    let mut marks = 0;
    while let Some(last) = end.checked_sub(1).and_then(|at| seen.get(at)) {
        if is_space(last.c) {
            end -= 1;
            continue;
        }
        marks += 1;
        let count = |c: char| seen[..end - 1].iter().filter(|seen| seen.c == c).count();
        let is_closing = match last.c {
            _ if marks > MOST_MARKS => false,
            ')' => count('(') > count(')'),
            ']' => count('[') > count(']'),
            '"' => count('"') % 2 == 1,
            '”' => count('“') + count('„') > count('”'),
            '“' => count('„') > count('“'),
            '»' => count('«') > count('»'),
            '«' => count('»') > count('«'),
            '’' => count('‘') > count('’'),
            '‘' => count('‚') > count('‘'),
            '\'' => count('\'') % 2 == 1,
            _ => false,
        };
        if !is_closing {
            return end;
        }
        end -= 1;
    }
    0
}
