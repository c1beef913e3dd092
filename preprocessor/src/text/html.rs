//! Text as HTML that nothing further interprets: neither a browser nor another preprocessor.

/// Appends `text`, which may stand in an element or in an attribute's double quotes.
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
            // A control character has no place in HTML; its picture has.
            '\0'..='\x1f' => html.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => html.push('␡'),
            _ => html.push(c),
        }
    }
}

/// The same as a text of its own.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
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
