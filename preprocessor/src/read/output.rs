//! The attributes of an `output` fence: how its text is shown.

use crate::read::Fence;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::{Word, nearest, words};
use crate::text::markdown::Spanned;
use crate::text::source::Source;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;
use std::sync::Arc;

/// How an output is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// What is drawn of the text.
    pub form: Form,
    /// Whether it is folded, so that the reader thinks first.
    pub is_guess: bool,
    /// Why parts of the text are left out; given where they are.
    pub elided: Option<String>,
    /// The text of the paragraph behind the fence, which describes a picture.
    pub caption: Option<String>,
}

/// What is drawn of an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Form {
    /// The text itself.
    #[default]
    Text,
    /// The Markdown table in it, as a table.
    Table,
    /// The Markdown table in it, as a chart.
    Chart(Chart),
    /// Its lines, as a sequence diagram.
    Sequence,
}

/// What a chart looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What stands for a value.
    pub kind: ChartKind,
    /// Whether the axis of the first column is logarithmic.
    pub log_x: bool,
    /// Whether the axis of the other columns is logarithmic.
    pub log_y: bool,
    /// The columns that the others are compared with.
    pub references: Vec<String>,
}

/// What stands for a value in a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A point of a line.
    Line,
    /// The length of a bar.
    Bar,
    /// A point.
    Scatter,
}

/// The attributes: the name of each, how fences write it, and what it does, in a phrase for the manual.
pub const ATTRIBUTES: [(&str, &str, &str); 8] = [
    (
        "guess",
        "guess",
        "folds the output behind the question \"What do you expect?\"",
    ),
    (
        "table",
        "table",
        "shows the first Markdown table in the text as a table",
    ),
    (
        "chart",
        "chart=line|bar|scatter",
        "draws that table as a chart",
    ),
    (
        "logx",
        "logx",
        "makes the axis of a chart's first column logarithmic; not for bars",
    ),
    (
        "logy",
        "logy",
        "makes the other axis of a chart logarithmic; not for bars",
    ),
    (
        "ref",
        "ref=COLUMN",
        "draws a column of a chart as a dashed line to compare the others with; may be repeated",
    ),
    (
        "sequence",
        "sequence",
        "draws the lines as a sequence diagram",
    ),
    (
        "elided",
        "elided=\"REASON\"",
        "lets a line `...` match any lines, and `[..]` any text in a line",
    ),
];
const ATTRIBUTES_HELP: &str = "an `output` fence takes `guess`, `elided=\"reason\"`, and one of `table`, `sequence` and `chart=line|bar|scatter`, the last with `logx`, `logy` and `ref=COLUMN`";

/// The names of the attributes.
fn names() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.into_iter().map(|(name, ..)| name)
}

/// Reads the attributes behind `output`.
///
/// # Errors
/// A finding for an unknown or repeated attribute, a value that is wrong, and attributes that don't go together.
pub fn read(source: &Arc<Source>, fence: &Fence) -> Result<View, Box<Finding>> {
    let info = source.slice(fence.info.clone());
    let finding = |span: &Range<usize>, message: String, help: &str| {
        let start = fence.info.start;
        let span = start + span.start..start + span.end;
        Box::new(Finding::new(Code::Attribute, source, span, message).with_help(help))
    };
    let words = words(info).map_err(|span| {
        finding(
            &span,
            "a quotation is never closed".to_owned(),
            "end it with a `\"`",
        )
    })?;
    let words = words.get(1..).unwrap_or_default();
    let mut read = Attributes::default();
    for (at, word) in words.iter().enumerate() {
        if word.name != "ref" && words[..at].iter().any(|other| other.name == word.name) {
            let message = format!("`{}` stands twice", word.name);
            return Err(finding(&word.span, message, "leave one out"));
        }
        read.take(word)
            .map_err(|(message, help)| finding(&word.span, message, &help))?;
    }
    read.view().map_err(|(name, message, help)| {
        let span = words.iter().find(|word| word.name == name);
        finding(
            span.map_or(&(0..info.len()), |word| &word.span),
            message,
            help,
        )
    })
}

/// The attributes as they are written, not yet known to go together.
#[derive(Default)]
struct Attributes {
    view: View,
    /// `table` and `sequence`, as far as they are there.
    forms: Vec<&'static str>,
    chart: Option<ChartKind>,
    log_x: bool,
    log_y: bool,
    references: Vec<String>,
}

impl Attributes {
    /// Takes one attribute; an error is a message and a help.
    fn take(&mut self, word: &Word) -> Result<(), (String, String)> {
        let value = word.value.as_deref().map(str::trim);
        match (word.name.as_str(), value) {
            ("guess", None) => self.view.is_guess = true,
            ("table", None) => self.forms.push("table"),
            ("sequence", None) => self.forms.push("sequence"),
            ("logx", None) => self.log_x = true,
            ("logy", None) => self.log_y = true,
            ("ref", Some(value)) if !value.is_empty() => self.references.push(value.to_owned()),
            ("elided", Some(value)) if !value.is_empty() => {
                self.view.elided = Some(value.to_owned());
            }
            ("chart", Some("line")) => self.chart = Some(ChartKind::Line),
            ("chart", Some("bar")) => self.chart = Some(ChartKind::Bar),
            ("chart", Some("scatter")) => self.chart = Some(ChartKind::Scatter),
            ("chart", value) => {
                return Err((
                    value.map_or("a chart needs its kind".to_owned(), |value| {
                        format!("`{value}` is no kind of chart")
                    }),
                    "write `chart=line`, `chart=bar` or `chart=scatter`".to_owned(),
                ));
            }
            ("ref", _) => {
                return Err((
                    "`ref` needs the name of a column".to_owned(),
                    "write `ref=Theory`, or `ref=\"two words\"`".to_owned(),
                ));
            }
            ("elided", _) => {
                return Err((
                    "`elided` needs its reason".to_owned(),
                    "say why the text is left out: `elided=\"addresses differ\"`".to_owned(),
                ));
            }
            (name, Some(_)) if names().any(|known| known == name) => {
                return Err((
                    format!("`{name}` takes no value"),
                    format!("write `{name}` alone"),
                ));
            }
            (name, _) => {
                let known: Vec<&str> = names().collect();
                let meant = nearest(name, &known)
                    .map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
                return Err((
                    format!("unknown attribute `{name}`"),
                    format!("{meant}{ATTRIBUTES_HELP}"),
                ));
            }
        }
        Ok(())
    }

    /// The view, or the attribute that doesn't go with the others, a message and a help.
    fn view(self) -> Result<View, (&'static str, String, &'static str)> {
        if let Some(last) = self.forms.last()
            && self.forms.len() + usize::from(self.chart.is_some()) > 1
        {
            return Err((
                last,
                "an output is drawn once".to_owned(),
                "keep one of `table`, `chart` and `sequence`",
            ));
        }
        for (name, is_there) in [
            ("logx", self.log_x),
            ("logy", self.log_y),
            ("ref", !self.references.is_empty()),
        ] {
            if is_there && self.chart.is_none() {
                return Err((
                    name,
                    format!("`{name}` belongs to a chart"),
                    "add `chart=line`, `chart=bar` or `chart=scatter`",
                ));
            }
            if is_there && name != "ref" && self.chart == Some(ChartKind::Bar) {
                return Err((
                    name,
                    "a bar shows its value by its length, which a logarithm would change"
                        .to_owned(),
                    "use `chart=scatter` or `chart=line` for a logarithmic axis",
                ));
            }
        }
        let form = match self.chart {
            Some(kind) => Form::Chart(Chart {
                kind,
                log_x: self.log_x,
                log_y: self.log_y,
                references: self.references,
            }),
            None => match self.forms.first() {
                Some(&"table") => Form::Table,
                Some(_) => Form::Sequence,
                None => Form::Text,
            },
        };
        Ok(View { form, ..self.view })
    }
}

/// The text of the paragraph that follows the code block whose events `rest` starts with.
pub(super) fn caption(rest: &[Spanned<'_>]) -> Option<String> {
    let mut events = rest
        .iter()
        .map(|(event, _)| event)
        .skip_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)))
        .skip(1);
    if !matches!(events.next()?, Event::Start(Tag::Paragraph)) {
        return None;
    }
    let mut text = String::new();
    for event in events {
        match event {
            Event::End(TagEnd::Paragraph) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
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
            "output,guess,chart=line,logx,ref=\"M/M/1, theory\",elided=\"it differs\"",
            "A `caption` of<!-- x -->\ntwo *lines*.\n\nNo caption.\n",
        );
        assert_eq!(findings, []);
        assert_eq!(
            view.unwrap(),
            View {
                form: Form::Chart(Chart {
                    kind: ChartKind::Line,
                    log_x: true,
                    log_y: false,
                    references: vec!["M/M/1, theory".to_owned()],
                }),
                is_guess: true,
                elided: Some("it differs".to_owned()),
                caption: Some("A caption of two lines.".to_owned()),
            }
        );
        assert_eq!(page("output", "- list\n").0.unwrap(), View::default());
        assert_eq!(page("output,table", "").0.unwrap().form, Form::Table);
        assert_eq!(page("output sequence", "").0.unwrap().form, Form::Sequence);
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
                "`pie` is no kind",
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
            assert_eq!(finding.source.slice(finding.span.clone()), at, "{info}");
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
