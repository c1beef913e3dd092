//! What stands before the digits of a figure: its marks, and what may belong to it without being understood.

use crate::quantity::characters::{currency, is_dash, is_letter, is_numeral, is_opening, is_space};
use crate::quantity::number::Field;
use crate::quantity::read::Reader;
use crate::quantity::refusal::Reason;
use crate::quantity::{DecimalMark, SCALES};
use std::ops::Range;

/// What stands before the digits of a figure.
pub(super) struct Lead {
    pub(super) start: usize,
    pub(super) is_approximate: bool,
    pub(super) sign: Option<usize>,
    /// The first character after the mark of an approximation.
    pub(super) unsigned: usize,
    pub(super) currency: Option<&'static str>,
}

impl Reader<'_> {
    /// What stands before the digits at `start`; or why the figure can't be judged, and where that starts.
    pub(super) fn lead(&self, start: usize) -> Result<Lead, (Reason, usize)> {
        let mut lead = Lead {
            start,
            is_approximate: false,
            sign: None,
            unsigned: start,
            currency: None,
        };
        loop {
            let end = self.skip_spaces(lead.start);
            let is_glued = end == lead.start;
            let Some(c) = self.before(end) else { break };
            let at = end - 1;
            match c {
                _ if lead.currency.is_none() && !lead.is_approximate && currency(c).is_some() => {
                    lead.currency = currency(c);
                    lead.start = at;
                    if c == '$' && self.before(at).is_some_and(is_letter) {
                        let word = self.word(at);
                        if self.text(word.clone()) != "US" {
                            return Err((Reason::Glued, word.start));
                        }
                        lead.start = word.start;
                    }
                }
                '~' | '≈' | '∼' if !lead.is_approximate => {
                    lead.is_approximate = true;
                    lead.start = at;
                    continue;
                }
                '-' | '−' | '+' | '–'
                    if is_glued && lead.sign.is_none() && !lead.is_approximate =>
                {
                    let before = self.before(at);
                    let is_free = before.is_none_or(|c| {
                        is_space(c)
                            || is_opening(c)
                            || matches!(c, '~' | '≈' | '<' | '>' | '≤' | '≥')
                            || currency(c).is_some()
                    });
                    if !is_free || c == '–' {
                        break;
                    }
                    lead.sign = Some(at);
                    lead.start = at;
                }
                '±' | '∓' => return Err((Reason::Spread, at)),
                '<' | '>' | '≤' | '≥' | '≦' | '≧' | '≪' | '≫' => {
                    let is_arrow =
                        c == '>' && self.before(at).is_some_and(|c| c == '=' || is_dash(c));
                    if is_arrow {
                        break;
                    }
                    return Err((Reason::Bound, at));
                }
                _ => break,
            }
            if !lead.is_approximate {
                lead.unsigned = lead.start;
            }
        }
        Ok(lead)
    }

    /// The word that ends at `end`.
    fn word(&self, end: usize) -> Range<usize> {
        let mut start = end;
        while self
            .before(start)
            .is_some_and(|c| is_letter(c) || c.is_ascii_digit())
        {
            start -= 1;
        }
        start..end
    }

    /// Why what stands before a figure may belong to it, and where that starts.
    pub(super) fn joined(&self, lead: &Lead, first: usize, unit: &str) -> Option<(Reason, usize)> {
        let c = self.before(lead.start)?;
        let end = self.skip_spaces(lead.start);
        let earlier = first.checked_sub(1).map(|at| &self.fields[at]);
        if end == lead.start {
            if is_dash(c) && self.has_comment_before(lead.start - 1) {
                return None;
            }
            if is_dash(c)
                && let Some(start) = self.figure_before(lead.start - 1, earlier, None)
            {
                return Some((Reason::Range, start));
            }
            // Another mark between two numbers may separate groups, decimals or the ends of a range.
            let is_between = self.before(lead.start - 1).is_some_and(char::is_numeric)
                && !(c.is_alphabetic() || matches!(c, '(' | '[' | '{' | '=' | '|' | '→' | '>'));
            // A `>` that is no bound ends an arrow.
            if !is_between && !is_numeral(c) && (is_opening(c) || c == '>') {
                return None;
            }
            // The whole run without spaces.
            let mut start = lead.start;
            while self.before(start).is_some_and(|c| !is_space(c)) {
                start -= 1;
            }
            let is_joined = is_dash(c) && self.before(lead.start - 1).is_some_and(is_letter);
            let is_word = is_letter(c) || c.is_ascii_digit() || is_joined;
            let reason = if is_word { Reason::Word } else { Reason::Glued };
            return Some((reason, start));
        }
        let c = self.before(end)?;
        if let Some(field) = earlier
            && field.range.end == end
            && field.number.as_ref().err() != Some(&Reason::Word)
        {
            return Some((Reason::SideBySide, field.range.start));
        }
        let word = self.word(end);
        if self.text(word.clone()) == "minus" {
            return Some((Reason::Glued, word.start));
        }
        let earlier = earlier?;
        if matches!(c, 'k' | 'M') && earlier.range.end == end - 1 {
            return Some((Reason::SideBySide, earlier.range.start));
        }
        let before_word = self.skip_spaces(word.start);
        match self.text(word.clone()).as_str() {
            to if self.is_to(to)
                && earlier.range.end == before_word
                && !self.has_comment_before(earlier.range.end)
                && self.text(self.word(self.skip_spaces(earlier.range.start))) != "from" =>
            {
                return Some((Reason::Range, earlier.range.start));
            }
            "x" if earlier.range.end == before_word => {
                return Some((Reason::Product, earlier.range.start));
            }
            scale
                if earlier.range.end == before_word
                    && SCALES.iter().any(|(word, _)| *word == scale) =>
            {
                return Some((Reason::SideBySide, earlier.range.start));
            }
            _ => {}
        }
        let (reason, unit) = match c {
            '—' => return None,
            '×' | '·' | '⋅' | '*' | '÷' | '+' | '/' | '−' => (Reason::Product, None),
            _ if is_dash(c) => (Reason::Range, Some(unit)),
            // A colon after a space, as in `3 : 1`.
            ':' if unit.is_empty() && self.before(end - 1).is_some_and(is_space) => {
                (Reason::Time, Some(unit))
            }
            _ => return None,
        };
        let start = self.figure_before(end - 1, Some(earlier), unit)?;
        Some((reason, start))
    }

    /// Whether a word stands between the ends of a range.
    fn is_to(&self, word: &str) -> bool {
        // In the languages that write a decimal comma.
        const OTHERS: [&str; 8] = ["bis", "à", "a", "tot", "do", "до", "til", "till"];
        word == "to" || (self.mark == DecimalMark::Comma && OTHERS.contains(&word))
    }

    /// Where the figure starts that ends before an operator: with no unit, with `unit`, or with any if that is none.
    fn figure_before(
        &self,
        end: usize,
        earlier: Option<&Field>,
        unit: Option<&str>,
    ) -> Option<usize> {
        let field = earlier?;
        if (field.range.end..=end).any(|at| self.has_comment_before(at)) {
            return None;
        }
        let (_, found) = self.unit(field.range.end..end).ok()??;
        let fits = match unit {
            Some(unit) => found.is_empty() || found == unit,
            None => found.split(' ').count() < 2,
        };
        fits.then_some(field.range.start)
    }
}
