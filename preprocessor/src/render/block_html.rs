//! A block's panel: what it printed as a picture, a table or text, and its code folded beneath.
//!
//! In the page's text the code comes first and its output after it; readers see them the other way around. So a panel is HTML
//! before the code, between the code and what follows, and, where readers should guess first, after the caption. Each piece is one line of HTML, so
//! that it works in lists and quotes.

use crate::read::{Parameter, View};
use crate::text::message;
use mdbook_proof_calculator::claims::domain::Domain;
use mdbook_proof_text::html::{LONG, escaped, preformatted};

/// Code of more lines is folded at first.
const SHORT: usize = 8;

/// What a panel shows.
#[derive(Debug)]
pub struct Panel<'page> {
    /// How its output is shown.
    pub view: &'page View,
    /// The output as text.
    pub text: &'page str,
    /// How many lines of code readers see.
    pub code: usize,
    /// What may vary.
    pub vary: &'page [Parameter],
    /// What was drawn of the output.
    pub picture: Option<&'page str>,
    /// Leads to the code.
    pub link: Option<&'page str>,
    /// The form by which readers run it; empty where they can't.
    pub form: &'page str,
}

impl Panel<'_> {
    /// What comes before the code: the output, or only a header where readers should guess first.
    pub fn before(&self) -> String {
        let (label, header) = self.header();
        let shown = match self.view.is_guess {
            true => String::new(),
            false => self.shown() + self.form,
        };
        let open = if self.code > SHORT { "" } else { " open" };
        let lines = message::count(self.code, "line");
        format!(
            "<figure class=\"proof-output\" aria-label=\"{label}\">{header}{shown}<details class=\"proof-code\"{open}><summary>The code ({lines})</summary>"
        )
    }

    /// What comes between the code and the text after the output.
    pub fn after(&self) -> String {
        let link = self.link.map_or_else(String::new, |link| {
            format!("<a href=\"{}\">Source</a>", escaped(link))
        });
        let varies = varies(self.vary);
        let foot = match varies.is_empty() && link.is_empty() {
            true => String::new(),
            false => format!("<p class=\"proof-foot\">{varies}{link}</p>"),
        };
        match self.view.is_guess {
            true => format!(
                "</details>{foot}<details class=\"proof-guess\"><summary>What do you expect?</summary>{}{}{}",
                self.shown(),
                self.form,
                self.printed()
            ),
            false => format!("</details>{}{foot}</figure>", self.printed()),
        }
    }

    /// What ends a panel of which readers should guess: its caption is folded with it.
    pub fn end(&self) -> Option<&'static str> {
        self.view.is_guess.then_some("</details></figure>")
    }

    /// The panel's name, and the line above it.
    fn header(&self) -> (String, String) {
        let count = match self.text.lines().count() {
            n if n > LONG => format!(", {n} lines"),
            _ => String::new(),
        };
        match &self.view.title {
            Some(title) => {
                let title = escaped(title);
                let header = format!(
                    "<div class=\"proof-head\"><p class=\"proof-title\">{title}</p><p class=\"proof-verified\">Verified{count}</p></div>"
                );
                (title, header)
            }
            None => (
                "Verified output".to_owned(),
                format!(
                    "<div class=\"proof-head\"><p class=\"proof-verified\">Verified output{count}</p></div>"
                ),
            ),
        }
    }

    /// The output: as a picture if there is one, and as text otherwise.
    fn shown(&self) -> String {
        let shown = match self.picture {
            Some(picture) => picture.to_owned(),
            None => preformatted(&self.text.lines().collect::<Vec<_>>()),
        };
        format!("<div class=\"proof-stage\">{shown}</div>")
    }

    /// The output as text, folded; nothing where it is shown as such.
    fn printed(&self) -> String {
        match self.picture {
            Some(_) => {
                let lines: Vec<&str> = self.text.lines().collect();
                format!(
                    "<details class=\"proof-text\"><summary>The printed text</summary>{}</details>",
                    preformatted(&lines)
                )
            }
            None => String::new(),
        }
    }
}

/// What may vary in a block; nothing where it is none.
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
    format!("<span class=\"proof-vary\">May vary: {parts}</span> ")
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

    fn panel<'a>(view: &'a View, text: &'a str, code: usize) -> Panel<'a> {
        Panel {
            view,
            text,
            code,
            vary: &[],
            picture: None,
            link: None,
            form: "",
        }
    }

    #[test]
    fn the_output_comes_before_the_code_and_long_code_is_folded() {
        let view = View::default();
        let short = panel(&view, "42\n", 8);
        assert_eq!(
            short.before(),
            "<figure class=\"proof-output\" aria-label=\"Verified output\"><div class=\"proof-head\"><p class=\"proof-verified\">Verified output</p></div>\
             <div class=\"proof-stage\"><pre><code class=\"language-plaintext\">42</code></pre></div>\
             <details class=\"proof-code\" open><summary>The code (8 lines)</summary>"
        );
        assert_eq!(short.after(), "</details></figure>");
        assert_eq!(short.end(), None);
        let long = panel(&view, "42\n", 9).before();
        assert!(
            long.ends_with("<details class=\"proof-code\"><summary>The code (9 lines)</summary>"),
            "{long}"
        );
        assert!(panel(&view, "", 1).before().ends_with("(1 line)</summary>"));
    }

    #[test]
    fn a_title_names_the_panel() {
        let view = View {
            title: Some("A \"b\" <c>".to_owned()),
            ..View::default()
        };
        let html = panel(&view, "x", 1).before();
        for part in [
            "aria-label=\"A &quot;b&quot; &lt;c&gt;\"",
            "<p class=\"proof-title\">A &quot;b&quot; &lt;c&gt;</p><p class=\"proof-verified\">Verified</p>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_guess_is_folded_and_shows_nothing_before() {
        let view = View {
            is_guess: true,
            ..View::default()
        };
        let secret = panel(&view, "secret", 1);
        assert!(!secret.before().contains("secret"), "{}", secret.before());
        assert!(
            secret
                .after()
                .contains("<summary>What do you expect?</summary><div class=\"proof-stage\"><pre"),
            "{}",
            secret.after()
        );
        assert_eq!(secret.end(), Some("</details></figure>"));
    }

    #[test]
    fn a_long_text_scrolls_and_says_so() {
        let view = View::default();
        assert!(
            !panel(&view, &"x\n".repeat(30), 1)
                .before()
                .contains("tabindex")
        );
        assert!(
            panel(&view, &"x".repeat(99), 1)
                .before()
                .contains("tabindex")
        );
        let html = panel(&view, &"x\n".repeat(31), 1).before();
        assert!(
            html.contains("31 lines") && html.contains("tabindex"),
            "{html}"
        );
    }

    #[test]
    fn what_a_picture_was_drawn_of_is_folded_beneath() {
        let view = View::default();
        let drawn = Panel {
            picture: Some("<svg/>"),
            ..panel(&view, "| x |", 1)
        };
        assert!(
            drawn
                .before()
                .contains("<div class=\"proof-stage\"><svg/></div>")
        );
        assert!(
            drawn.after().contains(
                "<summary>The printed text</summary><pre><code class=\"language-plaintext\">| x |"
            ),
            "{}",
            drawn.after()
        );
    }

    #[test]
    fn a_link_to_the_source_is_text_too() {
        let view = View::default();
        let linked = Panel {
            link: Some("https://a/\"{{#x}}"),
            ..panel(&view, "x", 1)
        };
        assert!(
            linked
                .after()
                .contains("<a href=\"https://a/&quot;&#123;&#123;#x}}\">Source</a>"),
            "{}",
            linked.after()
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
        let view = View::default();
        let html = Panel {
            vary: &vary,
            ..panel(&view, "x", 1)
        }
        .after();
        let foot = "<p class=\"proof-foot\"><span class=\"proof-vary\">May vary: seed 1 to 50, busy 0.50 to 0.97, rule Random or Two or &lt;b&gt;</span> </p>";
        assert!(html.contains(foot), "{html}");
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_html(text in "(\\PC|[|\\n :-]){0,60}") {
            let view = View { title: Some(text.clone()), ..View::default() };
            let panel = panel(&view, &text, 1);
            for html in [panel.before(), panel.after()] {
                prop_assert!(!html.contains(['\n', '{']), "{}", html);
            }
        }
    }
}
