//! SUMMARY.md, line by line: its entries, and a line put between them with all others left as they are.
//!
//! Kept by hand: mdBook's own reader of SUMMARY.md doesn't say where in the text an entry is.

/// A line that lists a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its title, as it is written.
    pub(super) title: String,
    /// The page's path from the folder of the pages.
    pub(super) path: String,
    /// The spaces before it.
    pub(super) indent: usize,
    /// Whether it is an item of the list, and not one of the pages before and after.
    pub(super) is_item: bool,
    /// Where its line ends, the line end included.
    pub(super) end: usize,
}

/// The entries of a SUMMARY.md.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut end = 0;
    text.split_inclusive('\n')
        .filter_map(|line| {
            end += line.len();
            let rest = line.trim_start_matches([' ', '\t']);
            let indent = line.len() - rest.len();
            let item = rest.strip_prefix(['-', '*', '+']);
            let rest = item.unwrap_or(rest).trim();
            let (title, path) = rest
                .strip_prefix('[')?
                .strip_suffix(')')?
                .rsplit_once("](")?;
            Some(Entry {
                title: title.to_owned(),
                path: path
                    .trim_matches(['<', '>'])
                    .trim_start_matches("./")
                    .to_owned(),
                indent,
                is_item: item.is_some(),
                end,
            })
        })
        .collect()
}

/// The last part of the entry at a place; itself if it has none.
pub(super) fn last_part(entries: &[Entry], at: usize) -> &Entry {
    let own = &entries[at];
    entries[at + 1..]
        .iter()
        .take_while(|entry| entry.is_item && entry.indent > own.indent)
        .last()
        .unwrap_or(own)
}

/// The text with one more line where another one ends.
pub(super) fn with_line(
    text: &str,
    at: usize,
    indent: usize,
    line: &str,
    line_end: &str,
) -> String {
    let (before, after) = text.split_at(at);
    let gap = match before.ends_with('\n') || before.is_empty() {
        true => "",
        false => line_end,
    };
    let spaces = " ".repeat(indent);
    format!("{before}{gap}{spaces}{line}{line_end}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_know_their_depth_and_their_parts() {
        let text = "# Summary\n\n[Preface](preface.md)\n\n# Part\n\n- [A \\[x\\]](a/index.md)\n  - [B](./a/b.md)\n    - [C](<a/c d.md>)\n- [Draft]()\n- [D](d.md)";
        let entries = entries(text);
        let read: Vec<_> = entries
            .iter()
            .map(|entry| {
                (
                    entry.title.as_str(),
                    entry.path.as_str(),
                    entry.indent,
                    entry.is_item,
                )
            })
            .collect();
        assert_eq!(
            read,
            [
                ("Preface", "preface.md", 0, false),
                ("A \\[x\\]", "a/index.md", 0, true),
                ("B", "a/b.md", 2, true),
                ("C", "a/c d.md", 4, true),
                ("Draft", "", 0, true),
                ("D", "d.md", 0, true),
            ]
        );
        assert_eq!(last_part(&entries, 1).title, "C");
        assert_eq!(last_part(&entries, 4).title, "Draft");
        let listed = with_line(text, entries[5].end, 0, "- [E](e.md)", "\n");
        assert_eq!(listed, format!("{text}\n- [E](e.md)\n"));
    }
}
