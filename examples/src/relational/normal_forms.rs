//! Normal forms from dependencies: closures, keys, 2NF, 3NF, BCNF, and 4NF.
//!
//! Shown in `src/relational/normal-forms.md`.
//!
//! E. F. Codd, "Further Normalization of the Data Base Relational Model", 1971; W. W.
//! Armstrong, "Dependency Structures of Data Base Relationships", IFIP Congress 1974;
//! R. Fagin, "Multivalued Dependencies and a New Normal Form for Relational Databases",
//! ACM TODS 2(3), 1977.

use std::collections::BTreeSet;

/// A set of columns.
pub type Columns = BTreeSet<&'static str>;

/// The columns of a text such as `"order, product"`.
pub fn columns(names: &'static str) -> Columns {
    let names = names.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// Rows that agree in `from` agree in `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// What determines.
    pub from: Columns,
    /// What is determined.
    pub to: Columns,
}

/// A dependency of a text such as `"order, product -> amount"`.
pub fn dependency(text: &'static str) -> Dependency {
    let (from, to) = text.split_once("->").unwrap_or((text, ""));
    Dependency {
        from: columns(from),
        to: columns(to),
    }
}

// ANCHOR: closure
/// All columns that these determine.
pub fn closure(of: &Columns, dependencies: &[Dependency]) -> Columns {
    let mut known = of.clone();
    loop {
        let before = known.len();
        for dependency in dependencies {
            if dependency.from.is_subset(&known) {
                known.extend(&dependency.to);
            }
        }
        if known.len() == before {
            return known;
        }
    }
}

/// The keys of a table: sets of columns that determine all others, and no part of
/// which does.
pub fn keys(all: &Columns, dependencies: &[Dependency]) -> Vec<Columns> {
    let mut keys: Vec<Columns> = Vec::new();
    for candidate in subsets(all) {
        let has_key_inside = keys.iter().any(|key| key.is_subset(&candidate));
        if !has_key_inside && closure(&candidate, dependencies) == *all {
            keys.push(candidate);
        }
    }
    keys
}
// ANCHOR_END: closure

/// All subsets, the smallest first. For tables of up to 16 columns.
fn subsets(all: &Columns) -> Vec<Columns> {
    let names: Vec<&str> = all.iter().copied().collect();
    let mut subsets: Vec<Columns> = (0..1u32 << names.len().min(16))
        .map(|bits| {
            let chosen = names.iter().enumerate();
            let chosen = chosen.filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, name)| *name).collect()
        })
        .collect();
    subsets.sort_by_key(BTreeSet::len);
    subsets
}

/// Why a table isn't in a normal form: which form is broken, and by which dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `2NF`, `3NF` or `BCNF`.
    pub form: &'static str,
    /// What determines.
    pub from: Columns,
    /// The column that is determined.
    pub column: &'static str,
}

// ANCHOR: violations
/// The violations of BCNF in a table, with the lowest form that each dependency breaks.
pub fn violations(all: &Columns, dependencies: &[Dependency]) -> Vec<Violation> {
    let keys = keys(all, dependencies);
    let is_prime = |column: &str| keys.iter().any(|key| key.contains(column));
    let mut found = Vec::new();
    for dependency in dependencies {
        let from = &dependency.from;
        let is_superkey = closure(from, dependencies) == *all;
        for column in dependency.to.difference(from) {
            let part_of_key = keys.iter().any(|key| from.is_subset(key) && from != key);
            let form = match (is_superkey, is_prime(column), part_of_key) {
                (true, _, _) => continue,
                (_, true, _) => "BCNF",
                (_, _, true) => "2NF",
                _ => "3NF",
            };
            found.push(Violation {
                form,
                from: from.clone(),
                column,
            });
        }
    }
    found
}
// ANCHOR_END: violations

/// Splits a table until every part is in BCNF, by taking out what a violating
/// dependency determines. Joins of the parts give back the table; a dependency across
/// several parts can get lost.
pub fn decompose(all: &Columns, dependencies: &[Dependency]) -> Vec<Columns> {
    for from in subsets(all) {
        let determined: Columns = &closure(&from, dependencies) & all;
        if determined.len() > from.len() && determined != *all {
            let rest: Columns = all
                .iter()
                .filter(|column| {
                    from.contains(*column) || !determined.contains(*column)
                })
                .copied()
                .collect();
            let mut parts = decompose(&determined, dependencies);
            parts.extend(decompose(&rest, dependencies));
            return parts;
        }
    }
    vec![all.clone()]
}

/// Whether the rows of a three-column table obey the multivalued dependency first →→
/// second: for each first value, every second value occurs with every third one.
pub fn is_product(rows: &[[&str; 3]]) -> bool {
    rows.iter().all(|[first, second, _]| {
        let mut same = rows.iter().filter(|row| row[0] == *first);
        same.all(|[_, _, third]| rows.contains(&[*first, *second, *third]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

    fn set() -> impl Strategy<Value = Columns> {
        proptest::collection::btree_set(proptest::sample::select(&NAMES[..]), 1..4)
    }

    fn dependencies() -> impl Strategy<Value = Vec<Dependency>> {
        let one = (set(), set()).prop_map(|(from, to)| Dependency { from, to });
        proptest::collection::vec(one, 0..5)
    }

    #[test]
    fn textbook_cases() {
        let lines = columns("order, product, amount, price");
        let fds = [
            dependency("order, product -> amount"),
            dependency("product -> price"),
        ];
        assert_eq!(keys(&lines, &fds), [columns("order, product")]);
        assert_eq!(violations(&lines, &fds)[0].form, "2NF");
        let people = columns("id, zip, city");
        let fds = [dependency("id -> zip"), dependency("zip -> city")];
        assert_eq!(violations(&people, &fds)[0].form, "3NF");
        let streets = columns("street, city, zip");
        let fds = [dependency("street, city -> zip"), dependency("zip -> city")];
        assert_eq!(violations(&streets, &fds)[0].form, "BCNF");
        assert_eq!(keys(&streets, &fds).len(), 2);
    }

    #[test]
    fn a_product_holds_all_combinations() {
        assert!(is_product(&[
            ["x", "1", "p"],
            ["x", "2", "p"],
            ["y", "1", "q"]
        ]));
        assert!(!is_product(&[["x", "1", "p"], ["x", "2", "q"]]));
    }

    proptest! {
        /// A dependency follows when no two-row table that obeys all given ones breaks
        /// it. Two rows that agree in exactly the closure are such a table.
        #[test]
        fn closures_are_those_of_two_row_tables(of in set(), fds in dependencies()) {
            let agree = closure(&of, &fds);
            prop_assert!(fds.iter().all(|fd| !fd.from.is_subset(&agree) || fd.to.is_subset(&agree)));
            // Nothing smaller that holds the columns obeys them.
            for smaller in subsets(&agree) {
                if of.is_subset(&smaller) && smaller != agree {
                    prop_assert!(fds.iter().any(|fd| fd.from.is_subset(&smaller) && !fd.to.is_subset(&smaller)));
                }
            }
        }

        #[test]
        fn parts_have_no_violations_left(fds in dependencies()) {
            let all: Columns = NAMES.into();
            let parts = decompose(&all, &fds);
            prop_assert_eq!(parts.iter().flatten().copied().collect::<Columns>(), all);
            for part in parts {
                for from in subsets(&part) {
                    let determined = &closure(&from, &fds) & &part;
                    prop_assert!(determined == from || determined == part);
                }
            }
        }
    }
}
