//! Text as HTML that nothing further interprets: neither a browser nor another preprocessor.

use crate::control::picture;

/// A text of more lines scrolls inside itself.
pub const LONG: usize = 30;
/// A line of more characters doesn't fit a phone.
const NARROW: usize = 26;

/// Appends `text`, as the content of an element or of an attribute in double quotes.
pub fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            // mdBook expands `{{#include …}}` in what we emit.
            '{' => html.push_str("&#123;"),
            // All on one line of Markdown: a blank one would end the HTML, and each would need the container's prefix.
            '\n' => html.push_str("&#10;"),
            '\t' => html.push(c),
            // HTML allows no control characters, so their pictures are shown.
            _ => html.push(picture(c).unwrap_or(c)),
        }
    }
}

/// The escaped text.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
    html
}

/// Lines as they were printed, in a `<pre>` on one line.
pub fn preformatted(lines: &[&str]) -> String {
    let is_long = lines.len() > LONG;
    // What scrolls has to be reached by keyboard.
    let scrolls = is_long || lines.iter().any(|line| line.chars().count() > NARROW);
    let mut html = format!(
        "<pre{}><code class=\"language-plaintext\"{}>",
        if is_long { " class=\"proof-long\"" } else { "" },
        if scrolls { " tabindex=\"0\"" } else { "" }
    );
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            html.push_str("&#10;");
        }
        escape(line, &mut html);
    }
    html.push_str("</code></pre>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_means_something_to_a_browser_or_to_mdbook_is_spelled_out() {
        assert_eq!(
            escaped("</a> \"&\"\n\n{{#x}}\x1b[0m\x7f"),
            "&lt;/a&gt; &quot;&amp;&quot;&#10;&#10;&#123;&#123;#x}}␛[0m␡"
        );
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_line_without_markup(text in "\\PC{0,20}[<>{}\"\\n\\x00\\r\\t&]{0,9}") {
            let html = escaped(&text);
            prop_assert!(!html.contains(['\n', '\r', '<', '>', '{', '"', '\0']), "{}", html);
        }
    }
}
