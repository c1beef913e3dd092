//! Inputs: figures of a table that readers can change, because the book's prelude defines them and everything else follows from it.

use crate::read::{InputsMark, Parts};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::span::Span;
use mdbook_proof_calculator::program::{self, words};
use std::collections::{BTreeMap, BTreeSet};

/// The inputs of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// The comment above the table.
    pub mark: Span,
    /// What they are called together.
    pub title: String,
    /// The names that they have in the prelude, by the number of the figure.
    pub names: BTreeMap<usize, String>,
}

/// The names that a prelude defines by themselves: nothing else that it defines is in their definition.
fn given(prelude: &str) -> BTreeSet<String> {
    let statements = program::statements(prelude.lines());
    let defined = |code: &str| program::defined(code, "let").map(str::to_owned);
    let all: BTreeSet<String> = statements
        .iter()
        .filter_map(|one| defined(&one.code))
        .collect();
    let is_given = |code: &str, name: &str| {
        let own = |word: &str| word == name || !all.contains(word);
        words(code).all(own)
    };
    let given = statements.iter().filter_map(|one| {
        let name = defined(&one.code)?;
        is_given(&one.code, &name).then_some(name)
    });
    given.collect()
}

/// The inputs of a page, and what is wrong with the comments that ask for them.
pub fn find(page: &Parts, prelude: Option<&str>) -> (Vec<Inputs>, Vec<Finding>) {
    let (mut inputs, mut findings) = (Vec::new(), Vec::new());
    if page.inputs.is_empty() {
        return (inputs, findings);
    }
    let given = given(prelude.unwrap_or_default());
    for mark in &page.inputs {
        match of(page, mark, &given) {
            Ok(own) => inputs.push(own),
            Err((message, help)) => {
                let finding = Finding::new(Code::Figure, &page.source, mark.span, message);
                findings.push(finding.with_help(help));
            }
        }
    }
    (inputs, findings)
}

const FORM: &str = "write <!-- inputs: Your service -->, an empty line, and a table";

fn of(
    page: &Parts,
    mark: &InputsMark,
    given: &BTreeSet<String>,
) -> Result<Inputs, (&'static str, &'static str)> {
    if mark.title.is_empty() {
        return Err(("the inputs have no title", FORM));
    }
    let mut tables = page.tables.iter().filter(|table| !table.is_printed);
    let below = tables.find(|table| table.span.start >= mark.span.end);
    let is_next = |start| page.source.slice(mark.span.end..start).trim().is_empty();
    let Some(table) = below.filter(|table| is_next(table.span.start)) else {
        return Err(("there is no table right below this comment", FORM));
    };
    let figures = page.figures.iter().enumerate();
    let inside = figures.filter(|(_, figure)| table.span.contains(figure.comment));
    let names = inside.filter_map(|(number, figure)| {
        let passage = page.passage(figure.comment)?;
        let after = page.source.slice(figure.comment.end..passage.span.end);
        let is_alone = figure.before.start == passage.span.start && after.trim().is_empty();
        let name = page.source.slice(figure.expression);
        (is_alone && given.contains(name)).then(|| (number, name.to_owned()))
    });
    let names: BTreeMap<usize, String> = names.collect();
    match names.is_empty() {
        true => Err((
            "no cell of the table below is an input",
            "an input is a cell with nothing but a figure that has the name of one of the prelude's, which is defined there by a number: 10 million users<!-- = user_count -->",
        )),
        false => Ok(Inputs {
            mark: mark.span,
            title: mark.title.clone(),
            names,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::markdown;
    use crate::text::source::Source;
    use std::sync::Arc;

    const PRELUDE: &str = "unit post\nlet users = 10 million users\nlet each = 2 posts / user\nlet written = users × each\nfn f(x) = x\n";

    fn found(text: &str) -> (Vec<Inputs>, Vec<String>) {
        let source = Arc::new(Source::new("a.md", text));
        let options = mdbook_markdown::MarkdownOptions::default();
        let (page, _) = read::read(&source, &markdown::parse(text, &options), &[]);
        let (inputs, findings) = find(&page, Some(PRELUDE));
        (
            inputs,
            findings.into_iter().map(|one| one.message).collect(),
        )
    }

    #[test]
    fn the_cells_that_a_prelude_gives_are_inputs() {
        let (inputs, findings) = found(
            "# A\n\n3 posts<!-- = each -->\n\n<!-- inputs: Your service -->\n\n| Input | Value |\n|--|--|\n| users | 10 million users<!-- = users --> |\n\
             | each | **2 posts**<!-- = each --> |\n| posts | 20 million posts<!-- = written --> |\n| both | 10 million users<!-- = users --> and more |\n",
        );
        assert_eq!(findings, [""; 0]);
        assert_eq!(inputs.len(), 1);
        assert_eq!(inputs[0].title, "Your service");
        let names = BTreeMap::from([(1, "users".to_owned()), (2, "each".to_owned())]);
        assert_eq!(inputs[0].names, names);
    }

    #[test]
    fn a_comment_that_gives_no_inputs_is_an_error() {
        let table = "| a |\n|--|\n| 10 million users<!-- = users --> |\n";
        for (text, message) in [
            (format!("<!-- inputs: -->\n\n{table}"), "no title"),
            (
                format!("<!-- inputs: A -->\n\nText.\n\n{table}"),
                "no table",
            ),
            (format!("{table}\n<!-- inputs: A -->\n"), "no table"),
            (
                "<!-- inputs: A -->\n\n| a |\n|--|\n| 20 posts<!-- = written --> |\n".to_owned(),
                "no cell",
            ),
        ] {
            let (inputs, findings) = found(&text);
            assert_eq!(inputs, []);
            assert!(
                matches!(findings.as_slice(), [one] if one.contains(message)),
                "{text}: {findings:?}"
            );
        }
        assert_eq!(
            found("Text <!-- the inputs: a --> goes on.\n"),
            (Vec::new(), Vec::new())
        );
    }
}
