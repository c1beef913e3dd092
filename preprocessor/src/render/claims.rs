//! Claims as readers see them: a quiet mark after the sentence, which opens what was tried and what came out.
//!
//! The mark is a button and what it opens a popover, both of HTML alone. All of it is one line of inline HTML, so that it works
//! in paragraphs, items, quotes and cells.

use crate::live::Live;
use crate::read::Parts;
use crate::render::live::place;
use crate::render::mark::Mark;
use crate::text::edit::Edit;
use crate::text::span::Span;
use std::collections::BTreeMap;

/// What runs at other settings than those of the page showed about the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Varied {
    /// The claims that held, in page order.
    pub claims: Vec<Shown>,
    /// What a figure is at these settings, by its number in the page: `2.9 to 3.6 over 20 seeds`.
    pub ranges: BTreeMap<usize, String>,
    /// What a block printed at each setting of what its picture's band is spread over, by its number in the page.
    pub outputs: BTreeMap<usize, Vec<String>>,
}

/// A comment with claims that held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// From `<!--` to `-->`.
    pub comment: Span,
    /// Its claims, in its order.
    pub claims: Vec<ShownClaim>,
}

/// A claim that held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownClaim {
    /// The claim as the page has it.
    pub text: String,
    /// Where it held: `held for 20 of 20 seeds`.
    pub summary: String,
    /// What its two sides were: `random is 5.9 to 7.1, 2 × two choices 2.9 to 3.6`. May be empty.
    pub sides: String,
    /// The settings at which it was tried.
    pub points: usize,
}

impl Varied {
    /// How many claims held, and at how many settings they were tried, each claim's by itself.
    pub fn counts(&self) -> (usize, usize) {
        let claims = self.claims.iter().flat_map(|shown| &shown.claims);
        claims.fold((0, 0), |(claims, points), claim| {
            (claims + 1, points + claim.points)
        })
    }
}

/// The edits that replace the comments by marks.
pub fn marks(page: &Parts, shown: &[Shown], live: &Live) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (number, shown) in shown.iter().enumerate() {
        if !shown.claims.is_empty() {
            let place = place(live, "claims", number);
            let mark = Mark::new(page.source.path(), number + 1, &shown.claims, place);
            edits.extend(placed(page, shown.comment, &mark));
        }
    }
    edits
}

/// The edits that put a mark where it belongs.
fn placed(page: &Parts, comment: Span, mark: &Mark<'_>) -> Vec<Edit> {
    if let Some(passage) = page.passage(comment) {
        let before = page.source.slice(passage.span.start..comment.start);
        let rest = page.source.slice(comment.end..passage.span.end);
        // A button can't be in a link, which a heading is as well: to itself.
        if passage.is_heading || is_in_link(before, rest) {
            return vec![Edit::new(comment, "")];
        }
        let behind = &rest[..punctuation(rest)];
        let place = Span::new(comment.start, comment.end + behind.len());
        return vec![Edit::new(place, tied(mark, behind))];
    }
    if let Some(passage) = above(page, comment) {
        let end = passage.start + page.source.slice(passage).trim_end().len();
        return vec![
            Edit::new(Span::at(end), tied(mark, "")),
            Edit::new(comment, ""),
        ];
    }
    // An HTML block that starts with a comment ends with its line, so nothing that follows becomes a part of it.
    let html = format!("<!----><p class=\"proof-claims\">{}</p>", mark.alone());
    vec![Edit::new(comment, html)]
}

/// A mark that stays on one line with the word before it and the punctuation `behind` it.
///
/// The style keeps lines from ending inside of the tag, and the word joiner keeps one from ending before it. A tag around
/// the word would split an emphasis or a link of several words.
fn tied(mark: &Mark<'_>, behind: &str) -> String {
    let mark = mark.behind_text();
    format!("<span class=\"proof-tie\">\u{2060}{mark}{behind}</span>")
}

/// The text that a comment of its own comes after: a paragraph or an item of the same list or quote.
fn above(page: &Parts, comment: Span) -> Option<Span> {
    let source = &page.source;
    let after = page
        .passages
        .partition_point(|passage| passage.span.start < comment.start);
    let passage = page.passages.get(after.checked_sub(1)?)?;
    let between = source.slice(passage.span.end.min(comment.start)..comment.start);
    let is_next = between.chars().all(|c| c.is_whitespace() || c == '>');
    let column = |at: usize| source.position(at).column;
    let is_beside = column(passage.span.start) == column(comment.start);
    let is_text = !passage.in_table && !passage.is_heading;
    (is_next && is_beside && is_text).then_some(passage.span)
}

/// Whether a place is inside of a link's text: a bracket that is opened before it is closed behind it.
fn is_in_link(before: &str, behind: &str) -> bool {
    let is_open = before.chars().rev().try_fold(0_i32, |depth, c| match c {
        ']' => Some(depth + 1),
        '[' if depth == 0 => None,
        '[' => Some(depth - 1),
        _ => Some(depth),
    });
    let is_closed = behind.chars().try_fold(0_i32, |depth, c| match c {
        '[' => Some(depth + 1),
        ']' if depth == 0 => None,
        ']' => Some(depth - 1),
        _ => Some(depth),
    });
    is_open.is_none() && is_closed.is_none()
}

/// The length of the punctuation that a text starts with. Straight quotes stay where they are: what is beside them decides their shape.
fn punctuation(text: &str) -> usize {
    let is_part = |c: char| {
        matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | ')' | '…' | '”' | '’' | '»'
        )
    };
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // `![` is a picture.
    let is_picture = text[..end].ends_with('!') && text[end..].starts_with('[');
    end - usize::from(is_picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::render::mark::ICON;
    use crate::text::edit;
    use crate::text::markdown;
    use crate::text::source::Source;
    use std::sync::Arc;

    fn page(text: &str) -> Parts {
        let source = Arc::new(Source::new("src/a b.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        read::read(
            &source,
            &markdown::parse(source.text(), &options),
            &["rust"],
        )
        .0
    }

    /// The claims of a page, as if they had held.
    fn held(page: &Parts) -> Vec<Shown> {
        let shown = |claimed: &read::Claimed| Shown {
            comment: claimed.comment,
            claims: (claimed.claims.iter())
                .map(|span| ShownClaim {
                    text: page.source.slice(*span).to_owned(),
                    summary: "held for 20 of 20 seeds".to_owned(),
                    sides: String::new(),
                    points: 20,
                })
                .collect(),
        };
        page.claims.iter().map(shown).collect()
    }

    /// The page with its marks; each is written `(✓)` for short, and the tags of a tie `{` and `}`.
    fn shown(text: &str) -> String {
        let page = page(text);
        let html = edit::apply(text, marks(&page, &held(&page), &Live::default()));
        let mut short = String::new();
        let mut rest = html.as_str();
        while let Some((before, mark)) = rest.split_once("<span class=\"proof-claim\">") {
            let (_, after) = mark.split_once("</span></span>").unwrap();
            short.push_str(before);
            short.push_str("(✓)");
            rest = after;
        }
        short.push_str(rest);
        short
            .replace("<span class=\"proof-tie\">\u{2060}", "{")
            .replace("</span>", "}")
    }

    const CLAIM: &str = "<!-- holds: a > b -->";

    #[test]
    fn a_mark_says_what_was_tried_and_opens_it_without_a_script() {
        let page = page("It waits<!-- holds: w[a].b > 2 × c -->.\n");
        let mut all = held(&page);
        all[0].claims[0].sides = "w is 5.9 to 7.1".to_owned();
        let edits = marks(&page, &all, &Live::default());
        let html = edit::apply(page.source.text(), edits);
        let id = "claim-1-src/a%20b.md";
        let expected = format!(
            "It waits<span class=\"proof-tie\">\u{2060}<span class=\"proof-claim\">{ICON}<input type=\"button\" popovertarget=\"{id}\" aria-label=\"Claim, held for 20 of 20 seeds\"></span>\
             <span class=\"proof-tip\" id=\"{id}\" popover role=\"note\"><span class=\"proof-held\"><b>Held for 20 of 20 seeds</b> W is 5.9 to 7.1 \
             <code>w&#91;a&#93;.b &#62; 2 × c</code></span></span>.</span>\n"
        );
        assert_eq!(html, expected);
    }

    #[test]
    fn a_mark_is_tied_to_the_word_before_it_and_to_what_follows() {
        for (text, expected) in [
            ("It waits{C}.", "It waits{(✓).}"),
            ("(It waits{C}), and", "(It waits{(✓)),} and"),
            ("waits{C}", "waits{(✓)}"),
            ("It *waits so*{C}!", "It *waits so*{(✓)!}"),
            ("**It waits{C}**.", "**It waits{(✓)}**."),
            ("It [waits](b.md){C}, so", "It [waits](b.md){(✓),} so"),
            (
                "It waits{C}.[^1]\n\n[^1]: x",
                "It waits{(✓).}[^1]\n\n[^1]: x",
            ),
            ("It waits{C}![i](i.png)", "It waits{(✓)}![i](i.png)"),
            ("\"It waits{C}\"", "\"It waits{(✓)}\""),
            ("| a |\n|---|\n| It{C} |", "| a |\n|---|\n| It{(✓)} |"),
            ("| a |\n|---|\n| {C} |", "| a |\n|---|\n| {(✓)} |"),
            ("> It\n> waits{C}.", "> It\n> waits{(✓).}"),
            ("- It waits{C}{C}.", "- It waits{(✓)}{(✓).}"),
            (
                "It is 5 ms<!-- = 5 ms -->{C}.",
                "It is 5 ms<!-- = 5 ms -->{(✓).}",
            ),
        ] {
            assert_eq!(shown(&text.replace("{C}", CLAIM)), expected, "{text}");
        }
    }

    #[test]
    fn a_comment_of_its_own_is_marked_at_the_end_of_the_text_above_it() {
        let block = "<!-- holds:\n{P}a > b\n{P}b > c\n{P}-->";
        for (above, prefix, expected) in [
            ("It waits.\n", "", "It waits.{(✓)}\n"),
            ("It waits.\n\n", "", "It waits.{(✓)}\n\n"),
            ("> It waits.\n>\n> ", "> ", "> It waits.{(✓)}\n>\n> "),
            ("- It waits.\n\n  ", "  ", "- It waits.{(✓)}\n\n  "),
            // What is above is no text, or the text of something else.
            (
                "- It waits.\n\n",
                "",
                "- It waits.\n\n<!----><p class=\"proof-claims\">(✓)</p>",
            ),
            (
                "| a |\n|---|\n| b |\n\n",
                "",
                "| a |\n|---|\n| b |\n\n<!----><p class=\"proof-claims\">(✓)</p>",
            ),
            (
                "# It waits\n\n",
                "",
                "# It waits\n\n<!----><p class=\"proof-claims\">(✓)</p>",
            ),
            (
                "a\n\n---\n\n",
                "",
                "a\n\n---\n\n<!----><p class=\"proof-claims\">(✓)</p>",
            ),
            ("", "", "<!----><p class=\"proof-claims\">(✓)</p>"),
        ] {
            let text = format!("{above}{}\n{prefix}\nend\n", block.replace("{P}", prefix));
            assert_eq!(
                shown(&text),
                format!("{expected}\n{prefix}\nend\n"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_can_hold_no_button_has_none() {
        for (text, expected) in [
            ("# It waits{C}\n", "# It waits\n"),
            ("It waits{C}\n===\n", "It waits\n===\n"),
            ("[It waits{C} here](b.md)\n", "[It waits here](b.md)\n"),
        ] {
            assert_eq!(shown(&text.replace("{C}", CLAIM)), expected);
        }
        // Brackets that are no link's.
        let text = format!("In [0, 1){CLAIM}, a[1]");
        assert_eq!(shown(&text), "In [0, 1){(✓),} a[1]");
        assert_eq!(marks(&page("a\n"), &[], &Live::default()), []);
    }

    #[test]
    fn each_claim_counts_the_settings_at_which_it_was_tried() {
        let page = page(&format!("a{CLAIM} b<!-- holds:\na > b\nb > c\n-->\n"));
        let varied = Varied {
            claims: held(&page),
            ..Varied::default()
        };
        assert_eq!(varied.counts(), (3, 60));
    }
}
