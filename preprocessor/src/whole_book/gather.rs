//! Gathering: one page lists the claims of all numbered boxes of a book, in book order, each folded over its text, so that none is written twice.
//!
//! The number is for authors. In a book that gathers, it is replaced by an anchor.

use crate::read::Parts;
use crate::read::caution::{Caution, Link};
use crate::text::address::has_scheme;
use crate::text::edit::{self, Edit};
use crate::text::path::{normal, relative};
use crate::text::span::Span;
use mdbook_proof_text::html::escaped;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Marks the boxes for the theme, which may give them another title than mdBook's "Caution".
const MARK: &str = "class=\"proof-caution\"";

/// Adds to the edits of each page what gathering changes there.
///
/// `edits` are those that render the pages, in the same order.
pub fn gather(pages: &[&Parts], edits: &mut [Vec<Edit>]) {
    if pages.iter().all(|page| page.cautions.places.is_empty()) {
        return;
    }
    let mut changes: Vec<Vec<Edit>> = Vec::new();
    for page in pages {
        let mut own = numbers(page);
        for place in &page.cautions.places {
            own.push(Edit::new(*place, gathered(page, pages, edits)));
        }
        changes.push(own);
    }
    for (edits, changes) in edits.iter_mut().zip(changes) {
        edits.extend(changes);
    }
}

/// Anchors in place of the numbers of a page's boxes.
fn numbers(page: &Parts) -> Vec<Edit> {
    let mut seen = BTreeSet::new();
    let boxes = page.cautions.boxes.iter();
    boxes
        .map(|caution| {
            let place = match seen.insert(&caution.number) {
                true => format!("<span id=\"{}\" {MARK}></span>", id(caution)),
                false => format!("<span {MARK}></span>"),
            };
            Edit::new(caution.label, place)
        })
        .collect()
}

fn id(caution: &Caution) -> String {
    caution.number.to_ascii_lowercase()
}

/// What replaces a comment on the page `to`: each page's boxes under its title.
fn gathered(to: &Parts, pages: &[&Parts], edits: &[Vec<Edit>]) -> String {
    let line_end = to.source.line_end();
    let mut text = String::new();
    let mut notes = String::new();
    for (page, edits) in pages.iter().zip(edits) {
        // A page that the book lists twice has its boxes once.
        let is_other = page.source.path() != to.source.path();
        if page.cautions.boxes.is_empty() || !is_other {
            continue;
        }
        let excerpt = Excerpt { page, to, edits };
        let title = excerpt.title();
        let _ = write!(text, "## {title}{line_end}{line_end}");
        let mut cited = BTreeSet::new();
        for caution in &page.cautions.boxes {
            let claim = escaped(&caution.claim);
            let body = excerpt.text(caution.rest, &mut Vec::new(), &mut cited);
            let body = body.trim_start_matches(['>', ' ', '\r', '\n']);
            let target = excerpt.rebased(&format!("#{}", id(caution)));
            let _ = write!(
                text,
                "<details class=\"proof-box\"><summary>{claim}</summary>{line_end}{line_end}"
            );
            if !body.is_empty() {
                let _ = write!(text, "> {body}{line_end}>{line_end}");
            }
            let _ = write!(
                text,
                "> [Read on in “{title}”]({target}){line_end}{line_end}</details>{line_end}{line_end}"
            );
        }
        notes.push_str(&excerpt.notes(cited));
    }
    text.push_str(&notes);
    text.trim_end().to_owned()
}

/// Parts of one page, for another page.
struct Excerpt<'book> {
    page: &'book Parts,
    to: &'book Parts,
    /// What renders the page.
    edits: &'book [Edit],
}

impl Excerpt<'_> {
    fn title(&self) -> String {
        let path = self.page.source.path();
        let name = || {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        self.page.cautions.title.clone().unwrap_or_else(name)
    }

    /// A part as it is rendered, with links and footnotes adapted to the other page.
    fn text(&self, span: Span, edits: &mut Vec<Edit>, cited: &mut BTreeSet<String>) -> String {
        let is_inside = |part: Span| span.contains(part);
        let cautions = &self.page.cautions;
        // What is inserted right after a part belongs to the page, not to the part.
        let renders = |edit: &&Edit| is_inside(edit.span) && edit.span.start < span.end;
        edits.extend(self.edits.iter().filter(renders).cloned());
        let links = cautions.links.iter().filter(|link| is_inside(link.tail));
        edits.extend(links.map(|link| self.link(link)));
        for (name, mark) in cautions.marks.iter().filter(|(_, mark)| is_inside(*mark)) {
            cited.insert(name.clone());
            edits.push(Edit::new(*mark, format!("[^{}]", self.note(name))));
        }
        let moved = edits.drain(..).map(|edit| {
            let place = edit.span.start - span.start..edit.span.end - span.start;
            Edit::new(place, edit.text)
        });
        edit::apply(self.page.source.slice(span), moved)
    }

    /// The footnotes that were cited, and those that they cite.
    fn notes(&self, mut cited: BTreeSet<String>) -> String {
        let defined: BTreeMap<&str, Span> = self
            .page
            .cautions
            .notes
            .iter()
            .map(|(name, span)| (name.as_str(), *span))
            .collect();
        let mut done = BTreeSet::new();
        let mut text = String::new();
        while let Some(name) = cited.pop_first() {
            if !done.insert(name.clone()) {
                continue;
            }
            if let Some(span) = defined.get(name.as_str()) {
                let mark = Span::new(span.start, span.start + name.len() + "[^]:".len());
                let mut edits = vec![Edit::new(mark, format!("[^{}]:", self.note(&name)))];
                let note = self.text(*span, &mut edits, &mut cited);
                let line_end = self.to.source.line_end();
                let _ = write!(text, "{}{line_end}{line_end}", note.trim_end());
            }
        }
        text
    }

    /// A footnote's mark that no other page has.
    fn note(&self, name: &str) -> String {
        let path = self.page.source.path().with_extension("");
        let path = path
            .to_string_lossy()
            .replace(['/', '\\', ' ', '[', ']'], "-");
        format!("{path}-{name}")
    }

    fn link(&self, link: &Link) -> Edit {
        let target = self.rebased(&link.target);
        let title = match link.title.as_str() {
            "" => String::new(),
            title => format!(" \"{}\"", title.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        Edit::new(link.tail, format!("]({target}{title})"))
    }

    /// Where a link of the page leads to, from the other page's folder.
    fn rebased(&self, target: &str) -> String {
        let (path, fragment) = match target.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (target, String::new()),
        };
        let is_elsewhere = path.starts_with('/') || has_scheme(path);
        let folder = |page: &Parts| page.source.path().parent().map(Path::to_owned);
        let file = match path {
            _ if is_elsewhere => None,
            "" => Some(self.page.source.path().to_owned()),
            // One that leads out of the book is a finding, and stays as it is written.
            path => folder(self.page).and_then(|folder| normal(&folder.join(path))),
        };
        let to = match (file, folder(self.to)) {
            (Some(file), Some(folder)) => relative(&folder, &file),
            _ => path.to_owned(),
        };
        format!("<{}{fragment}>", to.replace('<', "%3C").replace('>', "%3E"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::markdown;
    use crate::text::source::Source;
    use std::sync::Arc;

    fn page(path: &str, text: &str) -> Parts {
        let source = Arc::new(Source::new(path, text));
        let events = markdown::parse(source.text(), &mdbook_markdown::MarkdownOptions::default());
        let (page, findings) = read::read(&source, &events, &["rust", "sql"]);
        assert_eq!(findings, []);
        page
    }

    /// What each page is closed with, as those with evidence are.
    const CLOSING: &str = "\n<p>closing</p>\n";

    /// The pages as they are rendered, nothing but gathering done to them.
    fn gathered(pages: &[(&str, &str)]) -> Vec<String> {
        let pages: Vec<Parts> = pages.iter().map(|(path, text)| page(path, text)).collect();
        let pages: Vec<&Parts> = pages.iter().collect();
        let closing = |page: &&Parts| {
            let end = page.source.text().len();
            vec![Edit::new(Span::at(end), CLOSING)]
        };
        let mut edits: Vec<Vec<Edit>> = pages.iter().map(closing).collect();
        gather(&pages, &mut edits);
        let texts = pages.iter().zip(edits);
        texts
            .map(|(page, edits)| edit::apply(page.source.text(), edits))
            .map(|text| text.strip_suffix(CLOSING).unwrap().to_owned())
            .collect()
    }

    const PLACE: (&str, &str) = (
        "src/appendix/all.md",
        "# All\n\n<!-- gather: cautions -->\n",
    );

    #[test]
    fn boxes_come_in_book_order_under_their_pages_titles() {
        let texts = gathered(&[
            (
                "src/b/two.md",
                "# *Two* parts\n\n> [!CAUTION]\n> **E9** Nine `<b>`.\n>\n> No.\n\ntext\n\n> [!CAUTION]\n> **E1** One,\nlazily.\n",
            ),
            PLACE,
            (
                "src/one.md",
                "# One\n\n> [!CAUTION]\n> Not numbered.\n\n> [!CAUTION]\n> **Never** this.\n\n> [!NOTE]\n> **E3** A note.\n\n> [!CAUTION]\n> **E2** Two.\n",
            ),
        ]);
        assert_eq!(
            texts[1],
            "# All\n\n## *Two* parts\n\n\
             <details class=\"proof-box\"><summary>Nine &lt;b&gt;.</summary>\n\n> No.\n>\n> [Read on in “*Two* parts”](<../b/two.md#e9>)\n\n</details>\n\n\
             <details class=\"proof-box\"><summary>One, lazily.</summary>\n\n> [Read on in “*Two* parts”](<../b/two.md#e1>)\n\n</details>\n\n\
             ## One\n\n<details class=\"proof-box\"><summary>Two.</summary>\n\n> [Read on in “One”](<../one.md#e2>)\n\n</details>\n"
        );
        assert!(
            texts[0].contains("> <span id=\"e9\" class=\"proof-caution\"></span>Nine `<b>`."),
            "{}",
            texts[0]
        );
        assert!(texts[2].contains("> **Never** this."), "{}", texts[2]);
        assert!(texts[2].contains("> **E3** A note."), "{}", texts[2]);
    }

    #[test]
    fn links_and_footnotes_lead_to_the_same_places_from_the_other_page() {
        let texts = gathered(&[
            (
                "src/b/two.md",
                "# Two\n\n> [!CAUTION]\n> **E1** A claim.\n>\n> See [`x` *y*](../c/d.md#z \"a \\\"t\"), [r], [s][r], [own](#h), [same](e.md),\n> ![i](i.png), <https://a.example>, [w](https://b.example/#k), [m](mailto:a@b.example).[^n]\n\n[r]: f.md\n\n[^o]: Not cited.\n\n[^n]: Note [l](g.md).[^m]\n\n    More.\n[^m]: Other.\n",
            ),
            PLACE,
        ]);
        assert_eq!(
            texts[1],
            "# All\n\n## Two\n\n<details class=\"proof-box\"><summary>A claim.</summary>\n\n> See [`x` *y*](<../c/d.md#z> \"a \\\"t\"), [r](<../b/f.md>), [s](<../b/f.md>), [own](<../b/two.md#h>), [same](<../b/e.md>),\n\
             > ![i](<../b/i.png>), <https://a.example>, [w](<https://b.example/#k>), [m](<mailto:a@b.example>).[^src-b-two-n]\n>\n> [Read on in “Two”](<../b/two.md#e1>)\n\n</details>\n\n\
             [^src-b-two-n]: Note [l](<../b/g.md>).[^src-b-two-m]\n\n    More.\n\n[^src-b-two-m]: Other.\n"
        );
    }

    #[test]
    fn a_book_that_gathers_nothing_keeps_its_numbers() {
        let text = "# A\n\n> [!CAUTION]\n> **E1** One.\n";
        assert_eq!(gathered(&[("src/a.md", text)]), [text]);
    }

    #[test]
    fn what_cannot_be_gathered_is_found() {
        for (text, message) in [
            ("- > [!CAUTION]\n  > **E1** x\n", "inside a list or a quote"),
            ("a <!-- gather: cautions --> b\n", "inside other text"),
            ("- <!-- gather: cautions -->\n", "inside other text"),
            (
                "<!-- gather: warnings -->\n",
                "`warnings` can't be gathered",
            ),
        ] {
            let source = Arc::new(Source::new("a.md", text));
            let options = mdbook_markdown::MarkdownOptions::default();
            let events = markdown::parse(source.text(), &options);
            let (_, findings) = read::read(&source, &events, &["rust", "sql"]);
            assert_eq!(findings.len(), 1, "{text}: {findings:?}");
            assert!(findings[0].message.contains(message), "{findings:?}");
        }
    }
}
