//! The panel under a block: its verified output as text, as a table or as a picture, folded if readers should guess first.
//!
//! Each panel is one line of HTML, so that it works in lists and quotes.

use crate::read::{Parameter, View};
use mdbook_proof_calculator::claims::domain::Domain;
use mdbook_proof_text::html::{LONG, escaped, preformatted};

/// The verified output of a block, in which `vary` may vary. `picture` is what was drawn of it, `link` leads to its code.
pub fn output(
    view: &View,
    text: &str,
    vary: &[Parameter],
    picture: Option<&str>,
    link: Option<&str>,
) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shows_all = view
        .drawing
        .as_ref()
        .is_some_and(|drawing| drawing.picture.shows_all());
    let shown = match picture {
        Some(picture) if shows_all => picture.to_owned(),
        Some(picture) => format!(
            "{picture}<details class=\"proof-text\"><summary>The printed text</summary>{}</details>",
            preformatted(&lines)
        ),
        None => preformatted(&lines),
    };
    let count = match lines.len() {
        n if n > LONG => format!(", {n} lines"),
        _ => String::new(),
    };
    let link = link.map_or_else(String::new, |link| {
        format!(" <a href=\"{}\">Source</a>", escaped(link))
    });
    let varies = varies(vary);
    let inside =
        format!("<p class=\"proof-verified\">Verified output{count}{varies}{link}</p>{shown}");
    if view.is_guess {
        format!(
            "<details class=\"proof-output proof-guess\"><summary>What do you expect?</summary>{inside}</details>"
        )
    } else {
        format!(
            "<div class=\"proof-output\" role=\"group\" aria-label=\"Verified output\">{inside}</div>"
        )
    }
}

/// What may vary in a block, as a part of its panel's header; nothing where it is none.
fn varies(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = parameters
        .iter()
        .map(|Parameter { name, domain, .. }| match domain {
            Domain::Range(range) => format!("{name} {} to {}", range.from(), range.to()),
            Domain::Choices(choices) => format!("{name} {}", choices.join(" or ")),
        })
        .collect();
    let parts = escaped(&parts.join(", "));
    format!(" <span class=\"proof-vary\">May vary: {parts}</span>")
}

/// A sketch, with its source folded beneath it.
pub fn sketch(picture: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    format!(
        "<div class=\"proof-sketch\">{picture}<details class=\"proof-text\"><summary>The sketch as text</summary>{}</details></div>",
        preformatted(&lines)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::span::Span;
    use proptest::prelude::*;

    #[test]
    fn a_guess_is_folded_and_a_long_text_scrolls() {
        let view = View {
            is_guess: true,
            ..View::default()
        };
        let html = output(&view, &"x\n".repeat(30), &[], None, None);
        assert!(!html.contains("tabindex"), "{html}");
        assert!(output(&view, &"x".repeat(99), &[], None, None).contains("tabindex"));
        let html = output(&view, &"x\n".repeat(31), &[], None, None);
        assert!(html.starts_with("<details"), "{html}");
        assert!(html.contains("What do you expect?"), "{html}");
        assert!(html.contains("31 lines"), "{html}");
        assert!(html.contains("tabindex"), "{html}");
    }

    #[test]
    fn a_link_to_the_source_is_text_too() {
        let html = output(&View::default(), "x", &[], None, Some("https://a/\"{{#x}}"));
        assert!(
            html.contains("<a href=\"https://a/&quot;&#123;&#123;#x}}\">Source</a>"),
            "{html}"
        );
    }

    #[test]
    fn a_panel_says_what_may_vary() {
        let parameter = |name: &str, domain: &str| Parameter {
            name: name.to_owned(),
            domain: Domain::read(domain).unwrap().0,
            span: Span::at(0),
        };
        let vary = [
            parameter("seed", "1..50"),
            parameter("busy", "0.50..0.97"),
            parameter("rule", "Random|Two|<b>"),
        ];
        let html = output(&View::default(), "x", &vary, None, None);
        let header = "Verified output <span class=\"proof-vary\">May vary: seed 1 to 50, busy 0.50 to 0.97, rule Random or Two or &lt;b&gt;</span></p>";
        assert!(html.contains(header), "{html}");
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_html(text in "(\\PC|[|\\n :-]){0,60}") {
            let html = output(&View::default(), &text, &[], None, None);
            prop_assert!(!html.contains(['\n', '{']), "{}", html);
        }
    }
}
