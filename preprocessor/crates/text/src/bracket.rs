//! Names in brackets, such as the columns of `[Hit] = sweep[[Entries]].LRU`.

/// The text between the bracket that a text starts with and the one that closes it. A bracket behind a backslash is
/// text.
pub fn bracketed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let mut depth = 0;
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => depth += 1,
            ']' if depth == 0 => return Some(&inner[..at]),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_the_bracket_that_closes_it() {
        assert_eq!(bracketed("[a [b] c] d]"), Some("a [b] c"));
        assert_eq!(bracketed("[]"), Some(""));
        assert_eq!(bracketed(r"[\[1, 2)] x"), Some(r"\[1, 2)"));
        assert_eq!(bracketed(r"[a \] b]"), Some(r"a \] b"));
        assert_eq!(bracketed("[a"), None);
        assert_eq!(bracketed("a]"), None);
    }
}
