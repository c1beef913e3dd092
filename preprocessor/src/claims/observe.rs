//! Observing: what the blocks of a page printed at a point, or why one of them printed nothing there.

use crate::claims::plan::{only_varied, own};
use crate::line::Page;
use crate::run::language::Languages;
use crate::run::points::Points;
use crate::text::finding::Finding;
use crate::verify;
use anyhow::Result;
use mdbook_proof_calculator::claims::{OUTPUT, Point};
use mdbook_proof_calculator::runs::Runs;
use std::collections::BTreeMap;

/// What a page's blocks did at their points.
#[derive(Debug)]
pub struct Observed<'page> {
    /// The page, whose own outputs are those of the defaults.
    pub page: &'page Page,
    /// What its blocks that vary did, by their numbers.
    pub points: &'page BTreeMap<usize, Points>,
    /// Their languages.
    pub languages: &'page Languages,
}

/// Why there is no output at a point.
#[derive(Debug)]
pub enum Absent {
    /// It is reported already.
    Reported,
    /// The block failed there.
    Failed(Box<Finding>),
}

impl Observed<'_> {
    /// What some blocks printed at a point.
    ///
    /// # Errors
    /// Where one printed nothing there.
    pub fn at(&self, point: &Point, blocks: &[usize]) -> Result<Runs, Absent> {
        let mut runs = Runs::default();
        let alone = only_varied(&self.page.parts);
        for number in blocks {
            let block = &self.page.parts.blocks[*number];
            let own = own(block, point);
            let name = block.name.as_deref();
            let default = name.and_then(|name| self.page.runs.printed.get(name));
            let printed = match default {
                Some(printed) if own.is_empty() => printed.clone(),
                _ => self.printed(*number, &own)?,
            };
            if alone == Some(*number) {
                runs.add(Some(OUTPUT), Some(printed.clone()));
            }
            runs.add(name, Some(printed));
        }
        Ok(runs)
    }

    /// What a block printed at a point that sets some of its parameters.
    ///
    /// # Errors
    /// Where it printed nothing there.
    pub fn printed(&self, number: usize, own: &Point) -> Result<String, Absent> {
        let block = &self.page.parts.blocks[number];
        let Some(points) = self.points.get(&number) else {
            return Err(Absent::Reported);
        };
        let (Some(run), Ok(language)) = (points.at(own), self.languages.get(&block.language))
        else {
            return Err(Absent::Reported);
        };
        let stderr = String::from_utf8_lossy(&run.stderr);
        if let Some(refusal) = language.refusal(&self.page.source, block, &points.mark, &stderr) {
            return Err(Absent::Failed(Box::new(refusal)));
        }
        verify::printed(&self.page.source, block, 0, language, run).map_err(|finding| match finding
        {
            Some(mut finding) => {
                finding.message = format!("with {}, {}", shown(own), finding.message);
                Absent::Failed(finding)
            }
            None => Absent::Reported,
        })
    }
}

/// A point as messages name it: `busy = 80 and seed = 3`.
pub fn shown(point: &Point) -> String {
    let settings: Vec<String> = point
        .iter()
        .map(|(name, setting)| format!("{name} = {setting}"))
        .collect();
    match settings.as_slice() {
        [] => "its defaults".to_owned(),
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => settings.concat(),
    }
}
