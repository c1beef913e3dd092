//! Sequence diagrams of traces.
//!
//! 1. [`read`](trace::read) makes steps of the printed lines.
//! 2. Participants get a column each, in order of appearance, as wide as the texts between them need.
//! 3. Each step gets a row; time runs downward.

mod trace;

use crate::picture::{Explanation, Picture, Problem, Wanted};
use crate::room::{self, Drawn};
use crate::svg::{self, Anchor, FONT, LINE, Stroke, Svg, float};
use crate::text;
use trace::{Arrow, Step, Trace};

/// The widest that any message gets, in ems.
const MESSAGE: f64 = 17.0;

/// How close together a trace is set.
#[derive(Debug, Clone, Copy)]
struct Spacing {
    /// The widest the name of a participant gets, in ems, before it is wrapped.
    head: f64,
    /// The widest a message gets between two neighbors.
    message: f64,
    /// The widest a note gets, or a step that a participant takes by itself.
    beside: f64,
    /// The widest word that isn't broken, although texts are narrower.
    word: f64,
    /// The most lines of a text.
    lines: usize,
    /// The least distance between two lifelines.
    gap: f64,
    /// The room beside a text.
    pad: f64,
}

/// The best first.
const SPACINGS: [Spacing; 5] = [
    Spacing {
        head: 9.0,
        message: MESSAGE,
        beside: 12.0,
        word: 0.0,
        lines: 4,
        gap: 96.0,
        pad: 28.0,
    },
    Spacing {
        head: 6.0,
        message: 8.0,
        beside: 7.0,
        word: 7.0,
        lines: 8,
        gap: 60.0,
        pad: 18.0,
    },
    Spacing {
        head: 4.5,
        message: 6.0,
        beside: 5.5,
        word: 7.0,
        lines: 12,
        gap: 40.0,
        pad: 14.0,
    },
    NARROWEST,
    Spacing {
        word: 0.0,
        ..NARROWEST
    },
];

const NARROWEST: Spacing = Spacing {
    head: 4.5,
    message: 4.5,
    beside: 4.5,
    word: 7.0,
    lines: 16,
    gap: 40.0,
    pad: 14.0,
};
/// The room around what is drawn.
const MARGIN: f64 = 8.0;
/// The height of a loop to oneself.
const LOOP: f64 = 22.0;

/// The lines of an output as a sequence diagram.
#[derive(Debug)]
pub(crate) struct Sequences;

impl Picture for Sequences {
    fn word(&self) -> &'static str {
        "sequence"
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "an output is not a sequence of steps such as `client -> cache: get k1`",
            wrong: "```rust,run\nprintln!(\"the client asks\");\n```\n\n```output,sequence\nthe client asks\n```\n",
            right: "```rust,run\nprintln!(\"client -> cache: get k1\");\n```\n\n```output,sequence\nclient -> cache: get k1\n```\n",
        }
    }

    fn about(&self) -> &'static str {
        "draws the lines as a sequence diagram"
    }

    fn draw(&self, _: &Wanted, lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
        draw(lines, caption)
    }
}

/// Draws the trace that the lines of an output are.
///
/// # Errors
/// For a line that is no step of a trace, and for a trace too large to read.
fn draw(lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
    let trace = trace::read(lines)?;
    let title = format!("Sequence diagram of {}", trace.participants.join(", "));
    let description = caption.map_or_else(|| description(&trace), str::to_owned);
    let drawn = |room: f64, shrunk: f64| {
        let layout = Layout::within(&trace, room);
        match layout.width <= shrunk {
            true => Ok(layout.draw()),
            false => Err(room::too_wide(
                "the diagram",
                layout.width,
                shrunk,
                "print fewer participants, shorter names or shorter words",
            )),
        }
    };
    room::fitted(drawn, &title, &description)
}

fn description(trace: &Trace) -> String {
    match trace.steps.len() {
        1 => "1 step, given as text below.".to_owned(),
        steps => format!("{steps} steps, given as text below."),
    }
}

/// Where everything stands.
struct Layout<'trace> {
    trace: &'trace Trace,
    heads: Vec<Vec<String>>,
    texts: Vec<Vec<String>>,
    /// The place of each lifeline.
    columns: Vec<f64>,
    /// The right end of the column of times; zero where there are none.
    times: f64,
    width: f64,
}

impl<'trace> Layout<'trace> {
    /// The best layout that is no wider than `room`; where none is, the least wide one.
    fn within(trace: &'trace Trace, room: f64) -> Self {
        let [best, more @ ..] = SPACINGS;
        let mut least = Self::new(trace, best);
        for spacing in more {
            if least.width > room {
                let other = Self::new(trace, spacing);
                if other.width < least.width {
                    least = other;
                }
            }
        }
        least
    }

    fn new(trace: &'trace Trace, spacing: Spacing) -> Self {
        let wrapped = |texts: &str, ems: f64| {
            let words = texts.split_whitespace().map(text::width);
            let whole = words.filter(|word| *word <= spacing.word);
            text::wrap(texts, whole.fold(ems, f64::max), spacing.lines)
        };
        let heads: Vec<_> = trace
            .participants
            .iter()
            .map(|name| wrapped(name, spacing.head))
            .collect();
        let texts: Vec<_> = trace
            .steps
            .iter()
            .map(|step| {
                let (from, to) = step.columns();
                let ems = match to - from {
                    0 => spacing.beside,
                    gaps => (spacing.message * float(gaps)).min(MESSAGE),
                };
                wrapped(step.text(), ems)
            })
            .collect();
        let times = trace
            .steps
            .iter()
            .filter_map(|step| step.time.as_ref())
            .map(|time| svg::width(std::slice::from_ref(time)))
            .fold(0.0, f64::max);
        let start = MARGIN + times + if times > 0.0 { 12.0 } else { 0.0 };

        let mut gaps = vec![spacing.gap; heads.len()];
        for (at, pair) in heads.windows(2).enumerate() {
            let heads = f64::midpoint(svg::width(&pair[0]), svg::width(&pair[1]));
            gaps[at] = gaps[at].max(heads + 20.0 + spacing.gap / 5.0);
        }
        // Notes and loops stand to the right of their lifeline; a message's text between two.
        let mut rest = spacing.gap / 2.0;
        for (step, lines) in trace.steps.iter().zip(&texts) {
            let room = svg::width(lines) + spacing.pad;
            let (from, to) = step.columns();
            if from == to {
                let room = room + 22.0;
                if from + 1 < heads.len() {
                    gaps[from] = gaps[from].max(room);
                } else {
                    rest = f64::max(rest, room);
                }
                continue;
            }
            let there: f64 = gaps[from..to].iter().sum();
            if there < room {
                let more = (room - there) / float(to - from);
                gaps[from..to].iter_mut().for_each(|gap| *gap += more);
            }
        }
        let first = heads
            .first()
            .map_or(0.0, |head| svg::width(head) / 2.0 + 12.0);
        let last = heads
            .last()
            .map_or(0.0, |head| svg::width(head) / 2.0 + 12.0);
        let mut at = start + first;
        let mut columns = Vec::new();
        for gap in &gaps {
            columns.push(at);
            at += gap;
        }
        let end = columns.last().copied().unwrap_or(at);
        Self {
            trace,
            heads,
            texts,
            columns,
            times: if times > 0.0 { MARGIN + times } else { 0.0 },
            width: end + f64::max(rest, last) + MARGIN,
        }
    }

    fn draw(&self) -> Drawn {
        let mut svg = Svg::default();
        let head = self
            .heads
            .iter()
            .map(|head| svg::height(head))
            .fold(LINE, f64::max)
            + 12.0;
        let mut y = MARGIN + head + 14.0;
        let mut rows = Vec::new();
        for (step, lines) in self.trace.steps.iter().zip(&self.texts) {
            rows.push(y);
            y += row(step, lines);
        }
        let end = y + 6.0;
        for (column, lines) in self.columns.iter().zip(&self.heads) {
            svg.line((*column, MARGIN + head), (*column, end), Stroke::Guide);
            let half = svg::width(lines) / 2.0 + 10.0;
            svg.shape(&rectangle(
                (column - half, MARGIN),
                (column + half, MARGIN + head),
            ));
            svg.text((*column, MARGIN + head / 2.0), lines, Anchor::Middle);
        }
        for ((step, lines), y) in self.trace.steps.iter().zip(&self.texts).zip(rows) {
            let at = match step.arrow {
                Some(_) => y + row(step, lines) - 12.0,
                None => y + svg::height(lines) / 2.0 + 5.0,
            };
            if let Some(time) = &step.time {
                svg.text((self.times, at), std::slice::from_ref(time), Anchor::End);
            }
            self.step(&mut svg, step, lines, y);
        }
        svg.finish((self.width, end + MARGIN))
    }

    fn step(&self, svg: &mut Svg, step: &Step, lines: &[String], top: f64) {
        let height = svg::height(lines);
        let from = self.columns[step.from];
        let to = match &step.arrow {
            Some((_, to)) => self.columns[*to],
            None => return note(svg, from, lines, top),
        };
        let Some((arrow, _)) = step.arrow else {
            return;
        };
        let stroke = match arrow {
            Arrow::Reply => Stroke::Dashed,
            _ => Stroke::Solid,
        };
        if step.columns().0 == step.columns().1 {
            let (y, x) = (top + 4.0, from + 20.0);
            let middle = y + LOOP / 2.0;
            let r = svg::round;
            svg.path(
                &format!("M{} {}H{}V{}H{}", r(from), r(y), r(x), r(y + LOOP), r(from)),
                stroke,
            );
            svg.head((x, y + LOOP), (from, y + LOOP));
            if arrow == Arrow::Lost {
                cross(svg, (x, middle));
            }
            svg.label(
                (x + 10.0, middle.max(top + height / 2.0)),
                lines,
                Anchor::Start,
            );
            return;
        }
        let y = top + height + 6.0;
        let direction = if to > from { 1.0 } else { -1.0 };
        svg.label(
            (f64::midpoint(from, to), top + height / 2.0),
            lines,
            Anchor::Middle,
        );
        match arrow {
            Arrow::Lost => {
                // It ends short of where it should arrive.
                let end = to - direction * 0.25 * (to - from).abs().min(80.0);
                svg.line((from, y), (end, y), stroke);
                cross(svg, (end, y));
            }
            Arrow::Delayed => {
                svg.line((from, y), (to - direction * 6.0, y + 16.0), stroke);
                svg.head((from, y), (to - direction, y + 17.0));
            }
            Arrow::Message | Arrow::Reply => {
                svg.line((from, y), (to - direction * 6.0, y), stroke);
                svg.head((from, y), (to - direction, y));
            }
        }
    }
}

/// How much of the height a step takes.
fn row(step: &Step, lines: &[String]) -> f64 {
    let height = svg::height(lines);
    match &step.arrow {
        None => height + 22.0,
        Some((_, to)) if *to == step.from => height.max(LOOP) + 18.0,
        Some((Arrow::Delayed, _)) => height + 34.0,
        Some(_) => height + 18.0,
    }
}

/// A note: a box with a turned corner, to the right of its lifeline.
fn note(svg: &mut Svg, column: f64, lines: &[String], top: f64) {
    let (x, width) = (column + 8.0, svg::width(lines) + 24.0);
    let (y, height) = (top, svg::height(lines) + 10.0);
    let r = svg::round;
    let fold = 9.0;
    svg.shape(&format!(
        "M{} {}H{}L{} {}V{}H{}z",
        r(x),
        r(y),
        r(x + width - fold),
        r(x + width),
        r(y + fold),
        r(y + height),
        r(x)
    ));
    svg.text((x + 8.0, y + height / 2.0), lines, Anchor::Start);
}

fn cross(svg: &mut Svg, at: (f64, f64)) {
    let arm = FONT * 0.45;
    for side in [arm, -arm] {
        svg.line(
            (at.0 - arm, at.1 - side),
            (at.0 + arm, at.1 + side),
            Stroke::Solid,
        );
    }
}

fn rectangle(from: (f64, f64), to: (f64, f64)) -> String {
    let r = svg::round;
    format!(
        "M{} {}H{}V{}H{}z",
        r(from.0),
        r(from.1),
        r(to.0),
        r(to.1),
        r(from.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(text: &str) -> Result<String, Problem> {
        draw(&text.lines().collect::<Vec<_>>(), None)
    }

    #[test]
    fn every_kind_of_step_is_drawn_in_order_of_appearance() {
        let svg = drawn(
            "0 ms  client -> cache: get <k1>\ncache -x db: {{#get}}\ndb ~> cache: v\ncache --> client: v\n\
             db -> db: compact\nnote db: slow\nclient: done\n",
        )
        .unwrap();
        assert!(
            svg.contains("<title>Sequence diagram of client, cache, db</title>"),
            "{svg}"
        );
        for part in [
            "get &lt;k1&gt;",
            "&#123;&#123;#get}}",
            "0 ms",
            "compact",
            "slow",
            "done",
            "6 4",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        for part in [" id=", "NaN", "\n"] {
            assert!(!svg.contains(part), "{part}: {svg}");
        }
    }

    #[test]
    fn a_wide_trace_is_drawn_again_for_a_phone_without_loss_or_is_a_problem() {
        let both = drawn(
            "browser -> resolver: address of www.example.com?\nresolver -> name server: who knows?\nname server -> resolver: 192.0.2.11\n",
        )
        .unwrap();
        assert!(both.contains("proof-wide"), "{both}");
        let (_, narrow) = both.split_once("proof-narrow").unwrap();
        assert!(!narrow.contains('…'), "{narrow}");

        let many = "abcdefghij".split("").filter(|name| !name.is_empty());
        let many: Vec<String> = many
            .map(|name| format!("participant-{name}: works"))
            .collect();
        let problem = drawn(&many.join("\n")).unwrap_err();
        assert!(problem.message.contains("has room for"), "{problem:?}");
    }

    #[test]
    fn a_text_of_ten_thousand_characters_stays_in_its_place() {
        let svg = drawn(&format!("a -> b: {}\n", "x".repeat(10_000))).unwrap();
        assert!(svg.len() < 5_000, "{}", svg.len());
        assert!(svg.contains('…'));
    }

    proptest! {
        #[test]
        fn no_trace_panics(lines in prop::collection::vec("(3 ms  )?(note )?[ab<é]{0,3}( ?(->|-->|-x|~>|:|: ) ?[ab{]{0,3}){0,3}", 0..6)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            if let Ok(svg) = draw(&lines, None) {
                prop_assert!(!svg.contains(['{', '\n']) && !svg.contains("NaN"), "{}", svg);
            }
        }
    }
}
