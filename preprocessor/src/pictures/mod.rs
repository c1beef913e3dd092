//! The pictures of a page: its verified outputs drawn, and its sketches laid out. How is known to
//! [`mdbook_proof_pictures`]; here is where what can't be drawn becomes a finding at its line.

use crate::read::{Caption, Fence, Parts};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use mdbook_proof_pictures::{Drawing, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The pictures of a page.
#[derive(Debug, Default)]
pub struct Drawn {
    /// What was drawn of outputs, by the number of their block.
    pub outputs: BTreeMap<usize, String>,
    /// The fences that are pictures themselves, in page order.
    pub sketches: Vec<String>,
    /// What can't be drawn.
    pub findings: Vec<Finding>,
}

/// Draws the outputs of the blocks that are verified, and the sketches.
///
/// `bands` is what a block printed at each setting of what its picture's band is spread over, by its number. An output
/// that differs from the run is reported already; what is wrong with its table may be the same fault.
pub fn draw(
    page: &Parts,
    verified: &BTreeSet<usize>,
    bands: &BTreeMap<usize, Vec<String>>,
) -> Drawn {
    let mut drawn = Drawn::default();
    for (number, block) in page.blocks.iter().enumerate() {
        let Some(output) = block.output.as_ref().filter(|_| verified.contains(&number)) else {
            continue;
        };
        let Some(drawing) = &block.view.drawing else {
            let lines: Vec<&str> = output.lines.iter().map(|line| line.text.as_str()).collect();
            if let Some(tables) = mdbook_proof_pictures::unasked(&lines) {
                drawn.outputs.insert(number, tables);
            }
            continue;
        };
        let varies = |name: &str| block.vary.iter().any(|one| one.name == name);
        if let Some(name) = drawing.band().filter(|name| !varies(name)) {
            let problem = Problem::whole(
                format!("`band={name}`, and the block doesn't vary `{name}`"),
                format!(
                    "add `vary=\"{name}=…\"` to the block, with what it may be, or leave out `band`"
                ),
            );
            drawn
                .findings
                .push(finding(drawing, problem, &page.source, output));
            continue;
        }
        let others = bands.get(&number).map_or(&[][..], Vec::as_slice);
        match picture(drawing, output, block.view.caption.as_ref(), others) {
            Ok(picture) => drop(drawn.outputs.insert(number, picture)),
            Err(problem) => drawn
                .findings
                .push(finding(drawing, problem, &page.source, output)),
        }
    }
    for sketch in &page.sketches {
        let drawing = &sketch.drawing;
        match picture(drawing, &sketch.fence, sketch.caption.as_ref(), &[]) {
            Ok(picture) => drawn.sketches.push(picture),
            Err(problem) => {
                let finding = finding(drawing, problem, &page.source, &sketch.fence);
                drawn.findings.push(finding);
                // Each sketch keeps its number; a page with a finding is not shown.
                drawn.sketches.push(String::new());
            }
        }
    }
    drawn
}

fn picture(
    drawing: &Drawing,
    fence: &Fence,
    caption: Option<&Caption>,
    others: &[String],
) -> Result<String, Problem> {
    let lines: Vec<&str> = fence.lines.iter().map(|line| line.text.as_str()).collect();
    let caption = caption.map(|caption| caption.text.as_str());
    drawing.draw_over(&lines, caption, others)
}

fn finding(drawing: &Drawing, problem: Problem, source: &Arc<Source>, fence: &Fence) -> Finding {
    let line = problem.line.and_then(|line| fence.lines.get(line));
    let span = line.map_or(fence.opening(), |line| line.span);
    let code = Code::Picture(drawing.picture.code());
    Finding::new(code, source, span, problem.message).with_help(problem.help)
}
