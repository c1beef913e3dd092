//! The subset of Mermaid's flowcharts that can be drawn.
//!
//! | part | forms |
//! | --- | --- |
//! | first line | `flowchart` or `graph`, then `LR`, `TD` or `TB` |
//! | nodes | `a`, `a[Box]`, `a(Round)`, `a[(Store)]`, `a{Choice}`; `"…"` around a text that holds brackets, `<br>` between its lines |
//! | edges | `-->`, `---`, `-.->`, each with a text if wanted: `-->\|text\|`; chained `a --> b --> c`; several at once `a & b --> c` |
//! | description | `accTitle: …`, `accDescr: …` |
//! | comments | `%% …` |
//!
//! Statements end at a line's end or at `;`.

use crate::picture::Problem;
use crate::text;

/// A flowchart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flowchart {
    pub(super) is_left_to_right: bool,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The nodes, in order of appearance.
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    id: String,
    /// Its text, or its id where it has none.
    pub(super) text: String,
    pub(super) shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Box,
    Round,
    Store,
    Choice,
}

/// An edge between two nodes, by their numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: Line,
    pub(super) label: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Arrow,
    Open,
    Dotted,
}

const SHAPES: [(&str, &str, Shape); 4] = [
    ("[(", ")]", Shape::Store),
    ("[", "]", Shape::Box),
    ("(", ")", Shape::Round),
    ("{", "}", Shape::Choice),
];
const LINES: [(&str, Line); 3] = [
    ("-.->", Line::Dotted),
    ("-->", Line::Arrow),
    ("---", Line::Open),
];
/// A larger chart can't be read.
const NODES: usize = 40;
const EDGES: usize = 80;
const HELP: &str = "a sketch is `flowchart LR` or `TD` with nodes `a`, `a[Box]`, `a(Round)`, `a[(Store)]`, `a{Choice}` and edges `-->`, `---`, `-.->`, such as `a -->|text| b & c`; `accTitle: …` names it";

/// Reads a flowchart.
///
/// # Errors
/// For what is outside the subset, at its line, and for a chart too large to read.
pub(super) fn read(lines: &[&str]) -> Result<Flowchart, Problem> {
    let mut chart = Flowchart::default();
    let mut has_direction = false;
    for (number, line) in lines.iter().enumerate() {
        let problem = |message: String| Problem::at(number, message, HELP);
        let line = line.trim();
        if line.starts_with("%%") {
            continue;
        }
        // A description may hold a semicolon.
        if let Some(title) = line.strip_prefix("accTitle:").filter(|_| has_direction) {
            chart.title = Some(text::clean(title));
            continue;
        }
        if let Some(text) = line.strip_prefix("accDescr:").filter(|_| has_direction) {
            chart.description = Some(text::clean(text));
            continue;
        }
        for statement in statements(line) {
            if has_direction {
                Statement { rest: statement }
                    .read(&mut chart)
                    .map_err(problem)?;
            } else {
                chart.is_left_to_right = direction(statement).ok_or_else(|| {
                    let line = text::cut(statement, 40.0);
                    problem(format!("`{line}` doesn't start a sketch that can be drawn"))
                })?;
                has_direction = true;
            }
            if chart.nodes.len() > NODES || chart.edges.len() > EDGES {
                return Err(problem(format!(
                    "a sketch of more than {NODES} nodes or {EDGES} edges can't be read"
                )));
            }
        }
    }
    if chart.nodes.is_empty() {
        return Err(Problem::whole("the sketch has no nodes", HELP));
    }
    Ok(chart)
}

/// The statements of a line, split at semicolons outside quotes.
fn statements(line: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    line.split(move |c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    })
    .map(str::trim)
    .filter(|statement| !statement.is_empty())
}

/// Whether the chart goes from left to right; none where it is another diagram.
fn direction(statement: &str) -> Option<bool> {
    let mut words = statement.split_whitespace();
    let (kind, direction) = (words.next()?, words.next()?);
    if !matches!(kind, "graph" | "flowchart") || words.next().is_some() {
        return None;
    }
    match direction {
        "LR" => Some(true),
        "TD" | "TB" => Some(false),
        _ => None,
    }
}

/// What is left of a statement.
struct Statement<'text> {
    rest: &'text str,
}

impl Statement<'_> {
    /// Adds nodes and edges; an error is a message.
    fn read(&mut self, chart: &mut Flowchart) -> Result<(), String> {
        let mut from = self.group(chart)?;
        while !self.rest.is_empty() {
            let (line, label) = self.line()?;
            let to = self.group(chart)?;
            for from in &from {
                for to in &to {
                    chart.edges.push(Edge {
                        from: *from,
                        to: *to,
                        line,
                        label: label.clone(),
                    });
                }
            }
            from = to;
        }
        Ok(())
    }

    /// Nodes with `&` between them.
    fn group(&mut self, chart: &mut Flowchart) -> Result<Vec<usize>, String> {
        let mut group = vec![self.node(chart)?];
        while self.take("&") {
            group.push(self.node(chart)?);
        }
        Ok(group)
    }

    fn node(&mut self, chart: &mut Flowchart) -> Result<usize, String> {
        let length = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (id, rest) = self.rest.split_at(length);
        match id {
            "" => return Err(format!("a node is missing {}", self.place())),
            "subgraph" | "end" | "style" | "class" | "classDef" | "click" | "linkStyle"
            | "direction" => {
                return Err(format!("`{id}` can't be drawn"));
            }
            _ => {}
        }
        self.rest = rest;
        let shown = self.shown()?;
        self.rest = self.rest.trim_start();
        let known = chart.nodes.iter().position(|node| node.id == id);
        let number = known.unwrap_or_else(|| {
            chart.nodes.push(Node {
                id: id.to_owned(),
                text: id.to_owned(),
                shape: Shape::Box,
            });
            chart.nodes.len() - 1
        });
        if let Some((text, shape)) = shown {
            chart.nodes[number].text = text;
            chart.nodes[number].shape = shape;
        }
        Ok(number)
    }

    /// A node's text and shape.
    fn shown(&mut self) -> Result<Option<(String, Shape)>, String> {
        let Some((open, close, shape)) =
            SHAPES.iter().find(|(open, ..)| self.rest.starts_with(open))
        else {
            return Ok(None);
        };
        let inside = &self.rest[open.len()..];
        let (text, rest) = match inside.trim_start().strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .ok_or("a quotation is never closed")?,
            None => inside.split_at(inside.find(close).unwrap_or(inside.len())),
        };
        self.rest = rest
            .trim_start()
            .strip_prefix(close)
            .ok_or_else(|| format!("`{open}` is not closed by `{close}`"))?;
        let is_quoted = inside.trim_start().starts_with('"');
        if !is_quoted && text.contains(['[', ']', '(', ')', '{', '}', '"']) {
            return Err(format!(
                "the text `{}` holds a bracket or a quotation mark; put it into \"…\", or the shape can't be drawn",
                text::cut(text, 30.0)
            ));
        }
        let lines = text
            .replace("<br/>", "\n")
            .replace("<br />", "\n")
            .replace("<br>", "\n");
        let lines: Vec<String> = lines.split('\n').map(text::clean).collect();
        if lines.iter().all(String::is_empty) {
            return Err("a node has no text".to_owned());
        }
        Ok(Some((lines.join("\n"), *shape)))
    }

    fn line(&mut self) -> Result<(Line, Option<String>), String> {
        let line = LINES.iter().find(|(sign, _)| self.take(sign));
        let Some((_, line)) = line else {
            return Err(format!("an edge is missing {}", self.place()));
        };
        if !self.take("|") {
            return Ok((*line, None));
        }
        let (label, rest) = self
            .rest
            .split_once('|')
            .ok_or("an edge's text has no `|` after it")?;
        self.rest = rest.trim_start();
        let label = text::clean(label.trim().trim_matches('"'));
        Ok((*line, Some(label).filter(|label| !label.is_empty())))
    }

    /// Takes a sign and the space after it.
    fn take(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn place(&self) -> String {
        match self.rest {
            "" => "at the end of the line".to_owned(),
            rest => format!("before `{}`", text::cut(rest, 24.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chart(text: &str) -> Result<Flowchart, Problem> {
        read(&text.lines().collect::<Vec<_>>())
    }

    #[test]
    fn the_whole_subset_is_read() {
        let chart = chart(
            "%% a comment\ngraph LR;\n\n  accTitle: Two; parts\n  a[Web <br> server] -->|get, set| b(Round) --- c[(Store)]; d{\"Hit (yes)?\"}\n  a & d -.-> c\n",
        )
        .unwrap();
        assert!(chart.is_left_to_right);
        assert_eq!(chart.title.as_deref(), Some("Two; parts"));
        let nodes: Vec<_> = chart
            .nodes
            .iter()
            .map(|n| (n.text.as_str(), n.shape))
            .collect();
        assert_eq!(
            nodes,
            [
                ("Web\nserver", Shape::Box),
                ("Round", Shape::Round),
                ("Store", Shape::Store),
                ("Hit (yes)?", Shape::Choice),
            ]
        );
        let edges: Vec<_> = chart
            .edges
            .iter()
            .map(|e| (e.from, e.to, e.line, e.label.as_deref()))
            .collect();
        assert_eq!(
            edges,
            [
                (0, 1, Line::Arrow, Some("get, set")),
                (1, 2, Line::Open, None),
                (0, 2, Line::Dotted, None),
                (3, 2, Line::Dotted, None),
            ]
        );
    }

    #[test]
    fn what_is_outside_is_named_at_its_line() {
        for (line, message) in [
            ("subgraph one", "`subgraph` can't be drawn"),
            ("a --> end", "`end` can't be drawn"),
            ("a ==> b", "an edge is missing before `==> b`"),
            ("a -- text --> b", "an edge is missing"),
            ("a -->", "a node is missing at the end"),
            ("--> b", "a node is missing before"),
            ("a((circle))", "holds a bracket"),
            ("a[open", "not closed by `]`"),
            ("a[\"open", "never closed"),
            ("a[]", "no text"),
            ("a -->|x b", "no `|`"),
            ("a:::red", "an edge is missing"),
        ] {
            let problem = chart(&format!("flowchart TD\na --> b\n{line}\n")).unwrap_err();
            assert_eq!(problem.line, Some(2), "{line}");
            assert!(problem.message.contains(message), "{line}: {problem:?}");
            assert!(problem.help.contains("flowchart LR"));
        }
        for first in ["sequenceDiagram", "graph RL", "flowchart", "a --> b"] {
            assert_eq!(chart(first).unwrap_err().line, Some(0), "{first}");
        }
        assert_eq!(chart("graph TD").unwrap_err().line, None);
        let many: Vec<String> = (0..41).map(|n| format!("n{n}")).collect();
        assert_eq!(
            chart(&format!("graph TD\n{}", many.join("\n")))
                .unwrap_err()
                .line,
            Some(41)
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(lines in prop::collection::vec("([ab]|é|\\[|\\]|\\(|\\)|\\{|\"|\\||-->|-\\.->|&|;| |<br>){0,12}", 0..4)) {
            let text = format!("graph TD\n{}", lines.join("\n"));
            let _ = super::super::draw(&text.lines().collect::<Vec<_>>(), None);
        }
    }
}
