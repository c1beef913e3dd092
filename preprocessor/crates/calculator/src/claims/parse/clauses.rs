//! Reads what a claim varies: `for servers 5..50 × busy`, `on average over seed`, `over 50 seed`, `for 45 of 50 seed`.

use super::Parser;
use crate::claims::ClaimError;
use crate::claims::claim::{Clauses, Share, Varied};
use crate::claims::domain::Domain;
use crate::claims::token::Kind;

/// The clauses, for help texts.
const FORMS: &str = "write `for servers`, `for servers 5..50 × busy`, `on average over seed`, `over 50 seed` or `for 45 of 50 seed`";

impl Parser<'_> {
    /// Reads one clause.
    pub(super) fn clause(&mut self, clauses: &mut Clauses) -> Result<(), ClaimError> {
        let start = self.peek().span.start;
        if self.takes("for") {
            if self.peek().kind == Kind::Number {
                let share = self.share()?;
                if clauses.share.replace(share).is_some() {
                    return Err(twice(self.since(start), "`for … of …`"));
                }
                return Ok(());
            }
            loop {
                let varied = self.varied()?;
                if clauses.each.iter().any(|other| other.name == varied.name) {
                    return Err(twice(varied.span, &format!("`{}`", varied.name)));
                }
                clauses.each.push(varied);
                if !matches!(self.peek().kind, Kind::Sign("×" | "*" | "·")) {
                    return Ok(());
                }
                self.take();
            }
        }
        if self.takes("on") {
            if !self.takes("average") || !self.takes("over") {
                return Err(self.unexpected("`average over`", "write `on average over seed`"));
            }
            let count = match self.peek().kind {
                Kind::Number => Some(self.whole()?),
                _ => None,
            };
            let varied = self.varied()?;
            clauses
                .counts
                .extend(count.map(|count| (count, varied.clone())));
            if clauses.mean.replace(varied).is_some() {
                return Err(twice(self.since(start), "`on average over`"));
            }
            return Ok(());
        }
        if self.takes("over") {
            let count = self.whole()?;
            let varied = self.varied()?;
            if clauses
                .counts
                .iter()
                .any(|(_, other)| other.name == varied.name)
            {
                return Err(twice(
                    varied.span,
                    &format!("a number of `{}`", varied.name),
                ));
            }
            clauses.counts.push((count, varied));
            return Ok(());
        }
        Err(self.unexpected("`where`, `for`, `on average over` or `over`", FORMS))
    }

    /// `45 of 50 seed`
    fn share(&mut self) -> Result<Share, ClaimError> {
        let start = self.peek().span.start;
        let at_least = self.whole()?;
        if !self.takes("of") {
            return Err(self.unexpected("`of`", "write `for 45 of 50 seed`"));
        }
        let of = self.whole()?;
        let span = self.since(start);
        if at_least == 0 || at_least > of {
            return Err(ClaimError::new(
                span,
                format!("a claim can't hold for {at_least} of {of}"),
            )
            .with_help("write `for 45 of 50 seed`, the smaller number first"));
        }
        Ok(Share {
            numbers: span,
            at_least,
            of,
            varied: self.varied()?,
        })
    }

    /// A count of settings.
    fn whole(&mut self) -> Result<usize, ClaimError> {
        let token = self.peek();
        let digits = self.slice(&token).replace(',', "");
        match (token.kind, digits.parse()) {
            (Kind::Number, Ok(count)) => {
                self.take();
                Ok(count)
            }
            _ => Err(self.unexpected("a whole number", FORMS)),
        }
    }

    /// The name of a parameter, and the domain after it if there is one.
    fn varied(&mut self) -> Result<Varied, ClaimError> {
        let token = self.peek();
        if token.kind != Kind::Word {
            return Err(self.unexpected("the name of a parameter", FORMS));
        }
        self.take();
        let name = self.slice(&token).to_owned();
        let next = self.peek();
        let rest = &self.text[next.span.start..];
        let word = rest.split_whitespace().next().unwrap_or_default();
        let is_domain = word.contains("..") || word.contains('|') || next.kind == Kind::Number;
        let domain = match is_domain {
            false => None,
            true => {
                let at = next.span.start;
                let (domain, length) = Domain::read(rest).map_err(|error| ClaimError {
                    span: at + error.span.start..at + error.span.end,
                    message: error.message,
                    help: Some(error.help),
                })?;
                self.at = at + length;
                Some((domain, at..at + length))
            }
        };
        Ok(Varied {
            name,
            span: token.span,
            domain,
        })
    }
}

fn twice(span: std::ops::Range<usize>, what: &str) -> ClaimError {
    ClaimError::new(span, format!("the claim has {what} twice")).with_help("leave one out")
}
