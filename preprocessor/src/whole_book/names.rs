//! The names of a book's sums: what several pages define by one name, and whether it is one quantity.

use crate::figures::{Defined, Scope};
use crate::line::Page;
use crate::text::code::Code;
use crate::text::finding::Finding;
use mdbook_proof_calculator::program;
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_calculator::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How far two values of one quantity may be apart, as a share: what is lost by computing in another order.
const ROUNDING: f64 = 1e-9;

/// A name that several pages define.
pub struct Shared<'book> {
    /// The name.
    pub name: &'book str,
    /// Where it is defined, in the book's order.
    pub places: Vec<(&'book Page, &'book Defined)>,
}

impl Shared<'_> {
    /// Whether all define the same quantity.
    pub fn agree(&self) -> bool {
        self.places
            .windows(2)
            .all(|pair| is_same(&pair[0].1.value, &pair[1].1.value))
    }
}

/// The names that several pages define, in alphabetical order; of a page that defines one twice its last value.
pub fn shared(pages: &[Page]) -> Vec<Shared<'_>> {
    let mut all: BTreeMap<&str, Vec<(&Page, &Defined)>> = BTreeMap::new();
    for page in pages {
        let own: BTreeMap<&str, &Defined> = page
            .names
            .iter()
            .map(|defined| (defined.name.as_str(), defined))
            .collect();
        for (name, defined) in own {
            all.entry(name).or_default().push((page, defined));
        }
    }
    let several = all.into_iter().filter(|(_, places)| places.len() > 1);
    several
        .map(|(name, places)| Shared { name, places })
        .collect()
}

/// Reports each definition that gives a name another value than the prelude or an earlier definition.
pub fn check(pages: &mut [Page], prelude: Option<&str>, scope: &mut Scope) {
    let mut found: Vec<(usize, Finding)> = Vec::new();
    let statements = program::statements(prelude.unwrap_or_default().lines());
    let given: BTreeSet<&str> = statements
        .iter()
        .filter_map(|statement| program::defined(&statement.code, "let"))
        .collect();
    let mut first: BTreeMap<&str, (Value, String)> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        for defined in &page.names {
            let name = defined.name.as_str();
            let (value, place) = first.entry(name).or_insert_with(|| {
                let prelude = given.contains(name).then_some(&mut *scope);
                let value = prelude
                    .and_then(|prelude| prelude.program.evaluate(name, &Runs::default()).ok());
                match value {
                    Some(value) => (value, "the prelude".to_owned()),
                    None => (
                        defined.value.clone(),
                        page.source.path().display().to_string(),
                    ),
                }
            });
            if !is_same(value, &defined.value) {
                let message = format!(
                    "`{name}` is {} here, and {} in {place}",
                    defined.value.text(),
                    value.text()
                );
                let finding = Finding::new(Code::Quantity, &page.source, defined.span, message)
                    .with_help("one name is one quantity across the book: give this one another name, or correct the value");
                found.push((number, finding));
            }
        }
    }
    for (number, finding) in found {
        pages[number].findings.push(finding);
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    let apart = (one.base - other.base).abs();
    let exact = one.exact.is_none() || other.exact.is_none() || one.exact == other.exact;
    one.dimension == other.dimension
        && exact
        && apart <= ROUNDING * one.base.abs().max(other.base.abs())
}
