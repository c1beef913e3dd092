//! The script that each served page gets: it shows a failed build over the page, and the next good one.

use crate::book::serve::site::News;

const SCRIPT: &str = include_str!("reload.js");

/// A built page with the script. `news` describes the build that the page is from.
pub fn with_script(html: &str, news: &News) -> String {
    let script = format!(
        "<script>\n{}</script>\n",
        SCRIPT.replace("\"GOOD\"", &format!("{:?}", news.good))
    );
    // A page's own text can hold no such tag: it would be escaped.
    let at = html.rfind("</body>").unwrap_or(html.len());
    format!("{}{script}{}", &html[..at], &html[at..])
}

/// The page that is shown before the first successful build.
pub fn placeholder(news: &News) -> String {
    let html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Not built yet</title></head>\n<body><p>There is no good build yet.</p></body>\n</html>\n";
    with_script(html, news)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_at_the_end_of_the_page() {
        let news = News {
            attempt: "1-3".to_owned(),
            good: "1-2".to_owned(),
            failure: None,
        };
        let html = with_script("<body>x</body></html>", &news);
        assert!(html.starts_with("<body>x<script>"), "{html}");
        assert!(html.ends_with("</script>\n</body></html>"), "{html}");
        assert!(html.contains("const good = \"1-2\";"), "{html}");
    }
}
