//! Reading times: one for each page, under its lead, and where comments ask for one.

use crate::read::caution::Link;
use crate::read::time::{TimeMark, TimeOf};
use crate::read::{Parts, Passage};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::path::normal;
use crate::text::span::Span;
use crate::whole_book::dead_links::anchors::made_from;
use std::collections::BTreeMap;
use std::path::Path;

/// How many words are read in a minute: the mean of adults who read English silently (Brysbaert, "How many words do we read per minute?",
/// Journal of Memory and Language 109, 2019, gives 238), less what figures and tables take.
const WORDS: usize = 220;

/// How a line with a page's other names starts, which its reading time stands beside.
const NAMES: &str = "**Also called:**";

/// The reading times of a book's pages.
#[derive(Debug)]
pub struct Times<'book> {
    /// Each page with its minutes, by its file.
    pages: BTreeMap<&'book Path, (&'book Parts, usize)>,
}

/// How long one or more pages take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Time {
    minutes: usize,
    pages: usize,
}

impl<'book> Times<'book> {
    /// Reads the pages of a book.
    pub fn new(pages: &[&'book Parts]) -> Self {
        let timed = |page: &&'book Parts| (page.source.path(), (*page, minutes(page)));
        Self {
            pages: pages.iter().map(timed).collect(),
        }
    }

    /// What is wrong with the comments of a page.
    pub fn findings(&self, page: &Parts) -> Vec<Finding> {
        let wrong = |mark: &TimeMark| self.time(page, mark).err().map(|error| (mark.span, error));
        let wrong = page.times.iter().filter_map(wrong);
        wrong
            .map(|(span, (message, help))| {
                Finding::new(Code::Link, &page.source, span, message).with_help(help)
            })
            .collect()
    }

    /// The times of a page and those that its comments ask for.
    pub fn edits(&self, page: &Parts) -> Vec<Edit> {
        let mut edits = self.under_lead(page);
        for mark in &page.times {
            let Ok(time) = self.time(page, mark) else {
                continue;
            };
            let minutes = duration(time.minutes);
            let text = match (time.pages, &mark.of) {
                (1, _) | (_, Ok(TimeOf::Chapter)) => minutes,
                (pages, _) => format!("{minutes}, {pages} pages"),
            };
            let html = match mark.of {
                Ok(TimeOf::Section) if page.passage(mark.span).is_none() => {
                    format!("<p class=\"proof-minutes\">{text}</p>")
                }
                _ => format!(" <span class=\"proof-minutes\">{text}</span>"),
            };
            edits.push(Edit::new(mark.span, html));
        }
        edits
    }

    /// The page's own time, with its other names if it has any.
    fn under_lead(&self, page: &Parts) -> Vec<Edit> {
        let Some((_, minutes)) = self.pages.get(page.source.path()) else {
            return Vec::new();
        };
        let time = format!("<p class=\"proof-minutes\">{}</p>", duration(*minutes));
        let mut after = page.passages.iter();
        let (Some(_), Some(lead)) = (after.find(|passage| passage.is_heading), after.next()) else {
            return Vec::new();
        };
        let Some(lead) = paragraph(page, lead) else {
            return Vec::new();
        };
        let names = after.next().and_then(|names| paragraph(page, names));
        let names = names.filter(|names| page.source.slice(*names).starts_with(NAMES));
        match names {
            Some(names) => vec![
                Edit::new(Span::at(names.start), "<div class=\"proof-meta\">\n\n"),
                Edit::new(Span::at(names.end), format!("\n\n{time}\n\n</div>")),
            ],
            None => vec![Edit::new(
                Span::at(lead.end),
                format!("\n\n<div class=\"proof-meta\">{time}</div>"),
            )],
        }
    }

    /// The time that a comment asks for.
    ///
    /// # Errors
    /// What is wrong with it, and how to fix it.
    fn time(&self, page: &Parts, mark: &TimeMark) -> Result<Time, (String, &'static str)> {
        const FORMS: &str = "write <!-- minutes --> or <!-- minutes: chapter --> right after a link to a page, and <!-- minutes: section --> before a list of such links";
        let of = mark
            .of
            .as_ref()
            .map_err(|other| (format!("there are no minutes of `{other}`"), FORMS))?;
        if *of == TimeOf::Section {
            let time = self.section(page, mark.span.end);
            return match time.pages {
                0 => Err((
                    "no reading times are asked for after this".to_owned(),
                    FORMS,
                )),
                _ => Ok(time),
            };
        }
        let link = link_before(page, mark);
        let link = link.ok_or_else(|| ("this is not right after a link".to_owned(), FORMS))?;
        let (other, minutes, fragment) = self.target(page, link).ok_or_else(|| {
            let message = format!(
                "`{}` is not a page of this book, and has no reading time",
                link.target
            );
            (message, FORMS)
        })?;
        if *of == TimeOf::Chapter {
            let folder = other.source.path().parent();
            let pages = self.pages.iter();
            let pages = pages.filter(|(path, _)| path.parent() == folder);
            return Ok(pages.map(|(_, (_, minutes))| *minutes).collect());
        }
        // A link to a section that has a time of its own is about that.
        let section = fragment.and_then(|fragment| {
            let heading = other.passages.iter().find(|passage| {
                passage.is_heading
                    && made_from(other.source.slice(passage.span).trim_start_matches('#'))
                        == fragment
            })?;
            let time = self.section(other, heading.span.end);
            (time.pages > 0).then_some(time)
        });
        Ok(section.unwrap_or(Time { minutes, pages: 1 }))
    }

    /// The time of the pages that links ask for, from a place of a page to its next heading, the next such sum, or the end of a `<div>`.
    fn section(&self, page: &Parts, from: usize) -> Time {
        let sums = page
            .times
            .iter()
            .filter(|mark| mark.of == Ok(TimeOf::Section));
        let here = page.times.iter().filter(|mark| mark.of == Ok(TimeOf::Link));
        let end = page.source.text().len();
        let first = |starts: Vec<usize>, from: usize| {
            let mut after = starts.into_iter().filter(|start| *start > from);
            after.next().unwrap_or(end)
        };
        let headings = page.passages.iter().filter(|passage| passage.is_heading);
        let heading = first(headings.map(|heading| heading.span.start).collect(), from);
        // The sum right after a heading is the heading's own.
        let link = first(here.clone().map(|mark| mark.span.start).collect(), from);
        let sum = first(sums.map(|mark| mark.span.start).collect(), link);
        let end = heading.min(sum);
        // A box around the list ends it too.
        let shut = page.source.text()[from..end].find("\n</div>");
        let end = shut.map_or(end, |length| from + length);
        let within = here.filter(|mark| (from..end).contains(&mark.span.start));
        // Of each page its own time, since sections may lead to each other.
        within
            .filter_map(|mark| self.target(page, link_before(page, mark)?))
            .map(|(_, minutes, _)| minutes)
            .collect()
    }

    /// The page that a link leads to with its minutes, and the place in it.
    fn target<'link>(
        &self,
        page: &Parts,
        link: &'link Link,
    ) -> Option<(&'book Parts, usize, Option<&'link str>)> {
        let (path, fragment) = match link.target.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (link.target.as_str(), None),
        };
        let file = normal(&page.source.path().parent()?.join(path))?;
        let (other, minutes) = self.pages.get(file.as_path())?;
        Some((other, *minutes, fragment))
    }
}

impl FromIterator<usize> for Time {
    /// The time of pages with these minutes.
    fn from_iter<I: IntoIterator<Item = usize>>(pages: I) -> Self {
        let add = |time: Self, minutes| Self {
            minutes: time.minutes + minutes,
            pages: time.pages + 1,
        };
        pages.into_iter().fold(Self::default(), add)
    }
}

/// The link that a comment is right after.
fn link_before<'page>(page: &'page Parts, mark: &TimeMark) -> Option<&'page Link> {
    let mut links = page.cautions.links.iter();
    links.find(|link| link.tail.end == mark.span.start)
}

/// The bytes of a passage that is a paragraph of its own, with whatever belongs to its last line.
fn paragraph(page: &Parts, passage: &Passage) -> Option<Span> {
    let text = page.source.text();
    let is_alone = text[..passage.span.start].ends_with(['\n', '\r']);
    if passage.in_table || passage.is_heading || passage.is_note || !is_alone {
        return None;
    }
    let after = &text[passage.span.end..];
    let line = after.find(['\n', '\r']).unwrap_or(after.len());
    Some(Span::new(passage.span.start, passage.span.end + line))
}

/// How many minutes a page takes: its text and its tables, without code, pictures and footnotes.
fn minutes(page: &Parts) -> usize {
    let passages = page.passages.iter().filter(|passage| !passage.is_note);
    let words: usize = passages
        .map(|passage| words(page.source.slice(passage.span)))
        .sum();
    words.div_ceil(WORDS).max(1)
}

/// How many words a text has: comments and the addresses of links are none.
fn words(text: &str) -> usize {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '(']) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let end = match from.strip_prefix("<!--") {
            Some(comment) => comment.find("-->").map(|end| end + "<!---->".len()),
            None if before.ends_with(']') => from.find(')').map(|end| end + 1),
            None => None,
        };
        let end = end.unwrap_or(1);
        shown.push(' ');
        rest = &from[end..];
    }
    shown.push_str(rest);
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    shown.split_whitespace().filter(is_word).count()
}

/// Minutes as people say them.
fn duration(minutes: usize) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::source::Source;
    use crate::text::{edit, markdown};
    use std::sync::Arc;

    fn pages(pages: &[(&str, &str)]) -> Vec<Parts> {
        let read = |(path, text): &(&str, &str)| {
            let source = Arc::new(Source::new(*path, *text));
            let options = mdbook_markdown::MarkdownOptions::default();
            let events = markdown::parse(source.text(), &options);
            let (page, findings) = read::read(&source, &events, &["rust"]);
            assert_eq!(findings, []);
            page
        };
        pages.iter().map(read).collect()
    }

    /// The pages with their times, and what is wrong with them.
    fn timed(texts: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let pages = pages(texts);
        let pages: Vec<&Parts> = pages.iter().collect();
        let times = Times::new(&pages);
        let shown = |page: &&Parts| edit::apply(page.source.text(), times.edits(page));
        let found = pages.iter().flat_map(|page| times.findings(page));
        (
            pages.iter().map(shown).collect(),
            found.map(|finding| finding.message).collect(),
        )
    }

    /// A page whose text takes this many minutes.
    fn long(minutes: usize) -> String {
        format!("# T\n\n{}\n", "word ".repeat(WORDS * minutes - 1))
    }

    #[test]
    fn a_page_says_its_time_beside_its_other_names_or_under_its_lead() {
        let (texts, found) = timed(&[
            (
                "src/a.md",
                "# A\n\nThe lead,\n3<!-- = 1 + 2 -->.\n\n**Also called:** `b`,\nc.\n\nMore.\n",
            ),
            ("src/b.md", "# B\n\nThe lead.\n\nMore.\n"),
            ("src/c.md", "# C\n\n- a list\n"),
            ("src/d.md", "No title.\n"),
        ]);
        assert_eq!(found, [""; 0]);
        assert_eq!(
            texts,
            [
                "# A\n\nThe lead,\n3<!-- = 1 + 2 -->.\n\n<div class=\"proof-meta\">\n\n**Also called:** `b`,\nc.\n\n\
                 <p class=\"proof-minutes\">1 min</p>\n\n</div>\n\nMore.\n",
                "# B\n\nThe lead.\n\n<div class=\"proof-meta\"><p class=\"proof-minutes\">1 min</p></div>\n\nMore.\n",
                "# C\n\n- a list\n",
                "No title.\n",
            ]
        );
    }

    #[test]
    fn comments_get_the_time_of_a_page_a_chapter_a_section_and_a_section_elsewhere() {
        let path = "# Paths\n\n## Two days\n\n<!-- minutes: section -->\n\n1. [a](x/a.md)<!-- minutes -->: why\n2. [b](x/b.md#t)<!-- minutes -->\n\n\
                    ## Other\n\n[a](x/a.md)<!-- minutes -->\n";
        let home = "# Home\n\n[all](paths.md#two-days)<!-- minutes --> [X](x/index.md)<!-- minutes: chapter -->\n\n\
                    <!-- minutes: section -->\n\n[a](x/a.md)<!-- minutes -->\n\n<!-- minutes: section -->\n\n[b](x/b.md)<!-- minutes -->\n\n</div>\n\n[a](x/a.md)<!-- minutes -->\n";
        let (a, b) = (long(62), long(3));
        let (texts, found) = timed(&[
            ("src/home.md", home),
            ("src/paths.md", path),
            ("src/x/a.md", &a),
            ("src/x/b.md", &b),
            ("src/x/index.md", "# X\n"),
        ]);
        assert_eq!(found, [""; 0]);
        let time = |text: &str| format!("<span class=\"proof-minutes\">{text}</span>");
        let sum = |text: &str| format!("<p class=\"proof-minutes\">{text}</p>");
        assert_eq!(
            texts[0],
            format!(
                "# Home\n\n[all](paths.md#two-days) {} [X](x/index.md) {}\n\n<div class=\"proof-meta\"><p class=\"proof-minutes\">1 min</p></div>\n\n{}\n\n[a](x/a.md) {}\n\n{}\n\n[b](x/b.md) {}\n\n</div>\n\n[a](x/a.md) {}\n",
                time("1 h 5 min, 2 pages"),
                time("1 h 6 min"),
                sum("1 h 2 min"),
                time("1 h 2 min"),
                sum("3 min"),
                time("3 min"),
                time("1 h 2 min")
            )
        );
        assert!(
            texts[1].contains(&sum("1 h 5 min, 2 pages")),
            "{}",
            texts[1]
        );
    }

    #[test]
    fn sections_may_lead_to_each_other() {
        let one = "# One\n\n## S\n\n<!-- minutes: section -->\n\n[two](two.md#s)<!-- minutes -->\n";
        let two = one.replace("One", "Two").replace("two", "one");
        let (texts, found) = timed(&[("src/one.md", one), ("src/two.md", &two)]);
        assert_eq!(found, [""; 0]);
        // A section counts the pages that its links lead to, and no section of theirs.
        let sum = "<p class=\"proof-minutes\">1 min</p>";
        assert!(texts.iter().all(|text| text.contains(sum)), "{texts:?}");
    }

    #[test]
    fn comments_that_ask_for_no_time_are_found() {
        let found = |text: &str| timed(&[("src/a.md", text), ("src/b.md", "# B\n")]).1;
        for (text, message) in [
            ("a <!-- minutes -->", "not right after a link"),
            ("[b](b.md) <!-- minutes -->", "not right after a link"),
            ("[b](c.md)<!-- minutes -->", "`c.md` is not a page"),
            ("[b](https://b.example)<!-- minutes -->", "is not a page"),
            ("[b](b.md)<!-- minutes: book -->", "no minutes of `book`"),
            ("<!-- minutes: section -->\n\n[b](b.md)", "no reading times"),
            (
                "<!-- minutes: section -->\n\n## C\n\n[b](b.md)<!-- minutes -->",
                "no reading times",
            ),
        ] {
            let found = found(&format!("# A\n\n{text}\n"));
            assert!(
                found.len() == 1 && found[0].contains(message),
                "{text}: {found:?}"
            );
        }
        assert_eq!(
            found("# A\n\nIt takes <!-- minutes of work --> long.\n"),
            [""; 0]
        );
    }

    #[test]
    fn words_are_what_a_reader_reads() {
        for (text, count) in [
            ("two words", 2),
            (
                "[a link](../very/long.md#x) and 3<!-- = 1 + 2 --> (more)",
                5,
            ),
            ("a < b, <!-- never closed", 4),
            ("", 0),
            ("—", 0),
        ] {
            assert_eq!(words(text), count, "{text}");
        }
    }
}
