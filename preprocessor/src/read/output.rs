//! The attributes of an `output` fence: how its text is shown.

use crate::read::Fence;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::{Word, nearest, words};
use crate::text::markdown::{Spanned, paragraph};
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_pictures::{Choice, Drawing, Origin, Picture, Refusal, Wanted, find};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::sync::Arc;

/// How an output is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// What is drawn of the text; nothing where it is shown as it is.
    pub drawing: Option<Drawing>,
    /// Whether it is folded, so that the reader thinks first.
    pub is_guess: bool,
    /// Why parts of the text are left out; given where they are.
    pub elided: Option<String>,
    /// Says what it shows.
    pub title: Option<String>,
    /// The paragraph after the fence, which describes a picture.
    pub caption: Option<Caption>,
    /// Whether its attributes are wrong, which is reported.
    pub is_misread: bool,
}

/// The paragraph after a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// Its text.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// Reads the attributes after `output`.
///
/// # Errors
/// A finding for an unknown or repeated attribute, a value that is wrong, and attributes that don't go together.
pub fn read(source: &Arc<Source>, fence: &Fence) -> Result<View, Box<Finding>> {
    let info = source.slice(fence.info);
    let finding = |span: Span, message: String, help: &str| {
        let start = fence.info.start;
        let span = span.shift(start);
        Box::new(Finding::new(Code::Attribute, source, span, message).with_help(help))
    };
    let words = words(info).map_err(|span| {
        finding(
            span,
            "a quotation is never closed".to_owned(),
            "end it with a `\"`",
        )
    })?;
    let words = words.get(1..).unwrap_or_default();
    let mut read = Attributes::default();
    for (at, word) in words.iter().enumerate() {
        let is_repeatable =
            options().any(|option| option.name == word.name && option.value.is_some());
        if !is_repeatable && words[..at].iter().any(|other| other.name == word.name) {
            let message = format!("`{}` stands twice", word.name);
            return Err(finding(word.span, message, "leave one out"));
        }
        read.take(word)
            .map_err(|(message, help)| finding(word.span, message, &help))?;
    }
    read.view().map_err(|(name, message, help)| {
        let span = words.iter().find(|word| word.name == name);
        finding(
            span.map_or(Span::new(0, info.len()), |word| word.span),
            message,
            &help,
        )
    })
}

/// The attributes as they are written, not yet known to go together.
#[derive(Default)]
struct Attributes {
    view: View,
    /// The pictures that are asked for, each with the kind.
    pictures: Vec<(&'static dyn Picture, Option<String>)>,
    options: Vec<(&'static str, Option<String>)>,
}

impl Attributes {
    /// Takes one attribute; an error is a message and a help text.
    fn take(&mut self, word: &Word) -> Result<(), (String, String)> {
        let name = word.name.as_str();
        let value = word.value.as_deref().map(str::trim);
        let given = value.filter(|value| !value.is_empty());
        if let Some(picture) = find(name, Origin::Output) {
            let kind = kind(picture, value)?;
            self.pictures.push((picture, kind));
            return Ok(());
        }
        if let Some(option) = options().find(|option| option.name == name) {
            let value = match (option.value, given) {
                (Some(_), Some(value)) => Some(value.to_owned()),
                (Some(needed), None) => {
                    let message = format!("`{name}` needs {}", needed.what);
                    return Err((message, needed.help.to_owned()));
                }
                (None, _) if value.is_some() => return Err(alone(name)),
                (None, _) => None,
            };
            self.options.push((option.name, value));
            return Ok(());
        }
        match (name, value) {
            ("guess", None) => self.view.is_guess = true,
            ("guess", _) => return Err(alone(name)),
            ("elided", _) if given.is_some() => self.view.elided = given.map(str::to_owned),
            ("title", _) if given.is_some() => self.view.title = given.map(str::to_owned),
            ("title", _) => {
                return Err((
                    "`title` needs the title".to_owned(),
                    "say what the output shows: `title=\"Each doubling adds the same\"`".to_owned(),
                ));
            }
            ("elided", _) => {
                return Err((
                    "`elided` needs its reason".to_owned(),
                    "say why the text is left out: `elided=\"addresses differ\"`".to_owned(),
                ));
            }
            _ => {
                let names = ["guess", "title", "elided"].into_iter();
                let names = names.chain(outputs().map(Picture::word));
                let names: Vec<&str> = names.chain(options().map(|option| option.name)).collect();
                let meant = nearest(name, &names)
                    .map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
                return Err((
                    format!("unknown attribute `{name}`"),
                    format!("{meant}{}", attributes_help()),
                ));
            }
        }
        Ok(())
    }

    /// The view, or the attribute that doesn't go with the others, with a message and a help text.
    fn view(self) -> Result<View, (&'static str, String, String)> {
        if let [_, .., (last, _)] = self.pictures.as_slice() {
            let words: Vec<String> = outputs().map(|one| format!("`{}`", one.word())).collect();
            return Err((
                last.word(),
                "an output is drawn once".to_owned(),
                format!("keep one of {}", listed(&words, "and")),
            ));
        }
        let drawn = self.pictures.into_iter().next();
        let takes = |picture: &dyn Picture, name: &str| {
            picture.options().iter().any(|option| option.name == name)
        };
        for (name, _) in &self.options {
            let is_taken = drawn
                .as_ref()
                .is_some_and(|(picture, _)| takes(*picture, name));
            let owner = outputs().find(|picture| takes(*picture, name));
            if let Some(owner) = owner.filter(|_| !is_taken) {
                return Err((
                    name,
                    format!("`{name}` belongs to a {}", owner.word()),
                    format!("add {}", listed(&forms(owner), "or")),
                ));
            }
        }
        let options = self.options.into_iter();
        let options = options
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let drawing = drawn.map(|(picture, kind)| Drawing {
            picture,
            wanted: Wanted { kind, options },
        });
        if let Some(drawing) = &drawing {
            let checked = drawing.picture.check(&drawing.wanted);
            checked.map_err(|refusal| {
                let Refusal {
                    attribute,
                    message,
                    help,
                } = refusal;
                (attribute, message.to_owned(), help.to_owned())
            })?;
        }
        Ok(View {
            drawing,
            ..self.view
        })
    }
}

/// The pictures that are drawn of outputs.
fn outputs() -> impl Iterator<Item = &'static dyn Picture> {
    let is_output = |picture: &&dyn Picture| picture.origin() == Origin::Output;
    mdbook_proof_pictures::ALL.iter().copied().filter(is_output)
}

/// The attributes that go with them.
fn options() -> impl Iterator<Item = &'static Choice> {
    outputs().flat_map(Picture::options)
}

/// The kind that a picture's word has as its value.
fn kind(picture: &dyn Picture, value: Option<&str>) -> Result<Option<String>, (String, String)> {
    let (word, kinds) = (picture.word(), picture.kinds());
    match value {
        Some(_) if kinds.is_empty() => Err(alone(word)),
        Some(value) if kinds.contains(&value) => Ok(Some(value.to_owned())),
        None if kinds.is_empty() => Ok(None),
        _ => Err((
            value.map_or(format!("a {word} needs its kind"), |value| {
                format!("`{value}` is not a kind of {word}")
            }),
            format!("write {}", listed(&forms(picture), "or")),
        )),
    }
}

fn alone(name: &str) -> (String, String) {
    (
        format!("`{name}` takes no value"),
        format!("write `{name}` alone"),
    )
}

/// All ways to ask for a picture.
fn forms(picture: &dyn Picture) -> Vec<String> {
    let word = picture.word();
    match picture.kinds() {
        [] => vec![format!("`{word}`")],
        kinds => kinds
            .iter()
            .map(|kind| format!("`{word}={kind}`"))
            .collect(),
    }
}

/// The attributes of an `output` fence: how fences write each, and what it does, in a phrase for the manual.
pub fn attributes() -> Vec<(String, &'static str)> {
    let mut all = vec![
        (
            "guess".to_owned(),
            "folds the output behind the question \"What do you expect?\"",
        ),
        (
            "title=\"TITLE\"".to_owned(),
            "appears above the output, and says what it shows",
        ),
    ];
    for picture in outputs() {
        all.push((form(picture), picture.about()));
        let options = picture.options().iter();
        all.extend(options.map(|option| {
            let form = option.value.map_or(option.name, |needed| needed.form);
            (form.to_owned(), option.about)
        }));
    }
    all.push((
        "elided=\"REASON\"".to_owned(),
        "lets a line `...` match any lines, and `[..]` any text in a line",
    ));
    all
}

/// How a fence asks for a picture.
fn form(picture: &dyn Picture) -> String {
    match picture.kinds() {
        [] => picture.word().to_owned(),
        kinds => format!("{}={}", picture.word(), kinds.join("|")),
    }
}

/// The attributes that may follow `output`.
fn attributes_help() -> String {
    let pictures: Vec<String> = outputs()
        .map(|picture| {
            let options: Vec<String> = picture
                .options()
                .iter()
                .map(|option| match option.value {
                    Some(needed) => format!("`{}`", needed.form),
                    None => format!("`{}`", option.name),
                })
                .collect();
            let options = match options.as_slice() {
                [] => String::new(),
                options => format!(" (with {})", listed(options, "and")),
            };
            format!("`{}`{options}", form(picture))
        })
        .collect();
    format!(
        "an `output` fence takes `guess`, `title=\"title\"`, `elided=\"reason\"`, and one of {}",
        listed(&pictures, "and")
    )
}

/// Words as a list in a sentence.
fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// The text of the paragraph that follows the code block whose events `rest` starts with.
pub(super) fn caption(rest: &[Spanned<'_>]) -> Option<Caption> {
    let mut events = rest
        .iter()
        .skip_while(|(event, _)| !matches!(event, Event::End(TagEnd::CodeBlock)))
        .skip(1);
    let (Event::Start(Tag::Paragraph), span) = events.next()? else {
        return None;
    };
    let text = paragraph(events.map(|(event, _)| event));
    (!text.is_empty()).then_some(Caption { text, span: *span })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::markdown;
    use proptest::prelude::*;

    fn page(info: &str, after: &str) -> (Option<View>, Vec<Finding>) {
        let text = format!("```rust,run\n```\n```{info}\nx\n```\n{after}");
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let (mut page, findings) = read::read(
            &source,
            &markdown::parse(source.text(), &options),
            &["rust", "sql"],
        );
        let view = page.blocks.pop().map(|block| block.view);
        (view, findings)
    }

    #[test]
    fn every_attribute_is_read() {
        let (view, findings) = page(
            "output,guess,title=Why,chart=line,logx,ref=\"M/M/1, theory\",elided=\"it differs\"",
            "A `caption` of<!-- x -->\ntwo *lines*.\n\nNo caption.\n",
        );
        assert_eq!(findings, []);
        let view = view.unwrap();
        let span = view.caption.as_ref().unwrap().span;
        assert_eq!(
            view,
            View {
                drawing: Some(Drawing {
                    picture: find("chart", Origin::Output).unwrap(),
                    wanted: Wanted {
                        kind: Some("line".to_owned()),
                        options: vec![
                            ("logx".to_owned(), None),
                            ("ref".to_owned(), Some("M/M/1, theory".to_owned())),
                        ],
                    },
                }),
                is_guess: true,
                elided: Some("it differs".to_owned()),
                is_misread: false,
                title: Some("Why".to_owned()),
                caption: Some(Caption {
                    text: "A caption of two lines.".to_owned(),
                    span,
                }),
            }
        );
        assert_eq!(page("output", "- list\n").0.unwrap(), View::default());
        for word in ["table", "sequence"] {
            for gap in [',', ' '] {
                let view = page(&format!("output{gap}{word}"), "").0.unwrap();
                assert_eq!(view.drawing.unwrap().picture.word(), word);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named_at_its_place() {
        for (info, at, message, help) in [
            (
                "output,chrat=line",
                "chrat=line",
                "unknown attribute",
                "did you mean `chart`",
            ),
            (
                "output,chart=pie",
                "chart=pie",
                "`pie` is not a kind",
                "chart=bar",
            ),
            ("output,chart", "chart", "needs its kind", "chart=bar"),
            (
                "output,table,sequence",
                "sequence",
                "drawn once",
                "keep one",
            ),
            ("output,logx", "logx", "belongs to a chart", "chart=line"),
            ("output,chart=bar,logy", "logy", "length", "scatter"),
            ("output,guess,guess", "guess", "twice", "leave one"),
            ("output,guess=yes", "guess=yes", "no value", "alone"),
            ("output,elided", "elided", "reason", "elided="),
            ("output,title", "title", "needs the title", "title="),
            (
                "output,ref=\"\",chart=line",
                "ref=\"\"",
                "name of a column",
                "ref=Theory",
            ),
            ("output,ref=\"x", "\"x", "never closed", "end it"),
        ] {
            let (_, findings) = page(info, "");
            assert_eq!(findings.len(), 1, "{info}");
            let finding = &findings[0];
            assert_eq!(finding.source.slice(finding.span), at, "{info}");
            assert!(finding.message.contains(message), "{finding:?}");
            assert!(finding.help.as_ref().unwrap().contains(help), "{finding:?}");
        }
    }

    proptest! {
        #[test]
        fn no_attributes_panic(info in "(,?(guess|table|chart=|line|logx|ref=|\"|é|elided=|=| )){0,8}") {
            page(&format!("output,{info}"), "");
        }
    }
}
