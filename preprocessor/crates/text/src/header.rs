//! Headers of columns that say a unit.

/// `Wait (p99) (ms)` as its name, `Wait (p99)`, and its unit, `ms`; none without a unit in parentheses at the end.
///
/// Whether the unit is one is for the caller to look up.
pub fn with_unit(header: &str) -> Option<(&str, &str)> {
    let (name, unit) = header.trim().strip_suffix(')')?.rsplit_once('(')?;
    let (name, unit) = (name.trim(), unit.trim());
    (!name.is_empty() && !unit.is_empty()).then_some((name, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_in_the_last_parentheses() {
        assert_eq!(with_unit("wait (ms)"), Some(("wait", "ms")));
        assert_eq!(with_unit("Wait (p99) (ms)"), Some(("Wait (p99)", "ms")));
        assert_eq!(with_unit("Wait"), None);
        assert_eq!(with_unit("(ms)"), None);
        assert_eq!(with_unit("Wait ()"), None);
        assert_eq!(with_unit("Wait (ms) now"), None);
    }
}
