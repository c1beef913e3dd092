//! Runs of blocks with their parameters set: a process goes through many points, one after the other.
//!
//! The process prints a mark before each point, and one after the last, on both of its outputs, so that what each point
//! printed can be told apart. Where a point fails, the process ends with it, and another one goes on behind it. The last point
//! is always that of the defaults: it has to print what the block itself prints, or setting parameters changes more than it should.
//!
//! All points of a block are one entry of the store, to which new ones are added.

use crate::read::Parts;
use crate::run::execute::{Executor, Limits, side_by_side};
use crate::run::job::{Diagnostic, Job};
use crate::run::language::Languages;
use crate::run::language::interface::Started;
use crate::run::place::{Place, find};
use crate::run::{bounds_key, make_ready, plan};
use crate::work::host;
use crate::work::key::Key;
use crate::work::process::{End, OUTPUT_LIMIT, Run};
use crate::work::sandbox::Status;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use mdbook_proof_calculator::claims::Point;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many points one process goes through: enough that starting it doesn't matter, and few enough that all processors have work.
const CHUNK: usize = 10;

/// How many times as long as one run a process may take, however many points it has.
const TIMES: u32 = 6;

/// How many times as much as one run it may print.
const OUTPUTS: u64 = 8;

/// Separates the settings of a point in an argument of the process.
const SEPARATOR: &str = "\u{1f}";

/// A block: the numbers of its page and of itself in the page.
pub type Address = (usize, usize);

/// What a block did at its points.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Points {
    /// The runs, by their points as text.
    runs: BTreeMap<String, Run>,
    /// What the compiler says against the block with its parameters open; then it has no runs.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
    /// How many of the runs this build made.
    #[serde(skip)]
    pub fresh: usize,
    /// What the process prints between points, by which a setting that it refuses is told.
    #[serde(skip)]
    pub mark: String,
}

impl Points {
    /// What it did at a point; nothing where the process before it took too long.
    pub fn at(&self, point: &Point) -> Option<&Run> {
        self.runs.get(&written(point))
    }
}

/// Runs blocks at all points that are wanted and that the store lacks, and returns what is known of each block.
///
/// # Errors
/// As [`run`](super::run).
pub fn run(
    pages: &[&Parts],
    wanted: &BTreeMap<Address, BTreeSet<Point>>,
    languages: &mut Languages,
    settings: &Settings,
) -> Result<BTreeMap<Address, Points>> {
    let jobs = plan(pages);
    let jobs: BTreeMap<Address, &Job<'_>> = jobs
        .iter()
        .enumerate()
        .flat_map(|(page, jobs)| jobs.iter().map(move |job| ((page, job.number), job)))
        .filter(|(address, _)| wanted.contains_key(address))
        .collect();
    if jobs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let store = Store::open(&settings.store())?;
    let host = host::host(settings)?;
    let mut bounds = host.status.clone();
    loop {
        let mut known = BTreeMap::new();
        let mut missing: BTreeMap<String, Missing<'_>> = BTreeMap::new();
        for (address, job) in &jobs {
            let key = key(job, &bounds, languages, settings)?;
            let points: Points = store.get(&key).unwrap_or_default();
            let lacking: Vec<Point> = wanted[address]
                .iter()
                .filter(|point| points.at(point).is_none())
                .cloned()
                .collect();
            if !lacking.is_empty() {
                // Two blocks with the same code are one.
                let entry = missing.entry(key.clone()).or_insert_with(|| Missing {
                    job,
                    points: BTreeSet::new(),
                });
                entry.points.extend(lacking);
            }
            known.insert(*address, (key, points));
        }
        let open = missing
            .iter()
            .map(|(key, missing)| (key.clone(), missing.job));
        if make_ready(&open.collect(), languages, settings, &store)? {
            continue;
        }
        if !missing.is_empty() {
            let measured = host.measured()?;
            if bounds_key(&measured, settings) != bounds_key(&bounds, settings) {
                bounds = measured;
                continue;
            }
            store.sweep();
            let folder = tempfile::Builder::new()
                .prefix("points-")
                .tempdir_in(store.work())
                .context("failed to make a folder for the blocks")?;
            let executor = Executor {
                host: &host,
                languages,
                settings,
                store: &store,
                folder: folder.path(),
            };
            let fresh = execute(&missing, &executor)?;
            for (key, points) in known.values_mut() {
                if let Some(fresh) = fresh.get(key) {
                    points.runs.extend(fresh.runs.clone());
                    points.diagnostics.clone_from(&fresh.diagnostics);
                    points.fresh = fresh.runs.keys().filter(|point| !point.is_empty()).count();
                }
            }
        }
        return Ok(known
            .into_iter()
            .map(|(address, (key, mut points))| {
                points.mark = mark(&key);
                (address, points)
            })
            .collect());
    }
}

/// The keys of the points of the blocks that vary, by which it shows whether what is known of them still holds.
///
/// # Errors
/// As [`run`](super::run).
pub fn keys(
    pages: &[&Parts],
    languages: &Languages,
    settings: &Settings,
) -> Result<BTreeMap<Address, String>> {
    let jobs = plan(pages);
    let jobs = jobs.iter().enumerate();
    let varying = jobs
        .flat_map(|(page, jobs)| jobs.iter().map(move |job| ((page, job.number), job)))
        .filter(|(_, job)| !job.block.vary.is_empty())
        .collect::<Vec<_>>();
    if varying.is_empty() {
        return Ok(BTreeMap::new());
    }
    let bounds = host::host(settings)?.status;
    let key = |job: &Job<'_>| key(job, &bounds, languages, settings);
    varying
        .into_iter()
        .map(|(address, job)| Ok((address, key(job)?)))
        .collect()
}

/// The points of a block that have to be run.
struct Missing<'run> {
    job: &'run Job<'run>,
    points: BTreeSet<Point>,
}

/// The key of all points of a block.
fn key(
    job: &Job<'_>,
    bounds: &Status,
    languages: &Languages,
    settings: &Settings,
) -> Result<String> {
    let language = languages.get(&job.block.language)?;
    let key = Key::new("points")
        .with(&bounds_key(bounds, settings))
        .with(&job.timeout().as_millis().to_string())
        .with(language.name());
    Ok(language.vary_key(job, key).finish())
}

/// Runs what is missing, and adds what lasts of it to the store.
fn execute(
    missing: &BTreeMap<String, Missing<'_>>,
    executor: &Executor<'_>,
) -> Result<BTreeMap<String, Points>> {
    let progress = executor.settings.progress;
    progress.show(&format!("compiling {} blocks that vary", missing.len()));
    let jobs = missing
        .iter()
        .map(|(key, missing)| (key.as_str(), missing.job));
    let prepared = executor.prepare(jobs, |language, jobs, site| {
        language.prepare_varied(jobs, site)
    })?;
    let mut results: BTreeMap<String, Points> = BTreeMap::new();
    let mut chunks = Vec::new();
    let mut count = 0;
    for (key, missing) in missing {
        let points = results.entry(key.clone()).or_default();
        let started = match prepared.get(key) {
            Some(prepared) => {
                points.diagnostics.clone_from(&prepared.diagnostics);
                match &prepared.started {
                    Some(started) => started,
                    None => continue,
                }
            }
            None => continue,
        };
        let all: Vec<&Point> = missing
            .points
            .iter()
            .filter(|point| !point.is_empty())
            .collect();
        count += all.len();
        let mut parts: Vec<Vec<Point>> = all
            .chunks(CHUNK)
            .map(|chunk| chunk.iter().copied().cloned().collect())
            .collect();
        match parts.last_mut() {
            Some(last) => last.push(Point::new()),
            None => parts.push(vec![Point::new()]),
        }
        for (number, points) in parts.into_iter().enumerate() {
            chunks.push(Chunk {
                key,
                job: missing.job,
                started,
                number,
                points,
            });
        }
    }
    let done = AtomicUsize::new(0);
    let ran = side_by_side(chunks, |chunk| {
        let key = chunk.key;
        let runs = chunk.run(executor)?;
        let done = done.fetch_add(runs.len(), Ordering::Relaxed) + runs.len();
        progress.show(&format!("{} of {count} points run", done.min(count)));
        Ok((key, runs))
    })?;
    progress.show("");
    for (key, runs) in ran {
        if let Some(points) = results.get_mut(key) {
            points.runs.extend(runs);
        }
    }
    for (key, points) in &results {
        // Another build may have added some as well.
        let mut kept: Points = executor.store.get(key).unwrap_or_default();
        let is_lasting = |run: &Run| matches!(run.end, End::Success | End::Status(_));
        let lasting = points.runs.iter().filter(|(_, run)| is_lasting(run));
        kept.runs
            .extend(lasting.map(|(point, run)| (point.clone(), run.clone())));
        executor.store.put(key, &kept)?;
    }
    Ok(results)
}

/// Some points of a block, which one process goes through.
struct Chunk<'run> {
    key: &'run str,
    job: &'run Job<'run>,
    started: &'run Started,
    number: usize,
    points: Vec<Point>,
}

impl Chunk<'_> {
    /// The runs, by their points as text: all of them, unless one takes too long or can't be started.
    fn run(&self, executor: &Executor<'_>) -> Result<BTreeMap<String, Run>> {
        let mut runs = BTreeMap::new();
        let mut rest = self.points.as_slice();
        let mut round = 0;
        while !rest.is_empty() {
            let whole = self.process(executor, rest, round)?;
            let parts = divided(&whole, self.key, rest.len());
            let count = parts.len();
            let is_over = matches!(
                parts.last().map(|run| &run.end),
                None | Some(End::Deadline(_) | End::OutputLimit(_) | End::NotStarted(_))
            );
            runs.extend(rest.iter().map(written).zip(parts));
            if is_over {
                break;
            }
            rest = &rest[count..];
            round += 1;
        }
        Ok(runs)
    }

    /// One process that goes through points until one fails.
    fn process(&self, executor: &Executor<'_>, points: &[Point], round: usize) -> Result<Run> {
        let parameters = &self.job.block.vary;
        let settings = |point: &Point| {
            let setting = |name: &String| point.get(name).cloned().unwrap_or_default();
            let settings = parameters.iter().map(|parameter| setting(&parameter.name));
            settings.collect::<Vec<_>>().join(SEPARATOR)
        };
        let mut started = self.started.clone();
        started.arguments.push(mark(self.key));
        started.arguments.extend(points.iter().map(settings));
        let place = format!("{}-{}-{round}", self.key, self.number);
        let place = Place::new(executor.folder, &place, 0)?;
        let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
        let limits = Limits {
            deadline: self.job.timeout() * count.min(TIMES),
            output: OUTPUT_LIMIT * OUTPUTS,
        };
        executor.run(self.key, self.job, Some(&started), &place, limits)
    }
}

/// What the process prints between points: nothing that a block prints by itself.
fn mark(key: &str) -> String {
    format!("mdbook-proof:{key}")
}

/// A process's run divided into those of its points: as many as it came to, of which only the last one can have failed.
fn divided(whole: &Run, key: &str, count: usize) -> Vec<Run> {
    let mark = mark(key);
    let parts = |text: &[u8]| -> (Vec<Vec<u8>>, bool) {
        let mut parts = Vec::new();
        let mut rest = text;
        for number in 0..count {
            let start = format!("{mark} {number}\n");
            let Some(at) = find(rest, start.as_bytes()) else {
                break;
            };
            if let Some(before) = parts.last_mut() {
                *before = rest[..at].to_vec();
            }
            rest = &rest[at + start.len()..];
            parts.push(rest.to_vec());
        }
        let end = find(rest, format!("{mark} end\n").as_bytes());
        if let (Some(end), Some(last)) = (end, parts.last_mut()) {
            last.truncate(end);
        }
        (parts, end.is_some())
    };
    let (stdout, has_ended) = parts(&whole.stdout);
    let (stderr, _) = parts(&whole.stderr);
    if stdout.is_empty() {
        // It came to no point.
        return vec![whole.clone()];
    }
    let last = stdout.len() - 1;
    stdout
        .into_iter()
        .enumerate()
        .map(|(number, stdout)| Run {
            stdout,
            stderr: stderr.get(number).cloned().unwrap_or_default(),
            end: match number == last && !has_ended {
                true => whole.end.clone(),
                false => End::Success,
            },
        })
        .collect()
}

/// A point as text: `busy=80 seed=3`.
pub fn written(point: &Point) -> String {
    let settings: Vec<String> = point
        .iter()
        .map(|(name, setting)| format!("{name}={setting}"))
        .collect();
    settings.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(stdout: &str, end: End) -> Run {
        Run {
            stdout: stdout.into(),
            stderr: Vec::new(),
            end,
        }
    }

    fn texts(runs: &[Run]) -> Vec<&str> {
        runs.iter()
            .map(|run| std::str::from_utf8(&run.stdout).unwrap())
            .collect()
    }

    #[test]
    fn each_point_has_what_was_printed_between_its_marks() {
        let mark = mark("k");
        let text = format!("{mark} 0\na\nno line end{mark} 1\n{mark} 2\nc\n{mark} end\n");
        let runs = divided(&whole(&text, End::Success), "k", 3);
        assert_eq!(texts(&runs), ["a\nno line end", "", "c\n"]);
        assert!(runs.iter().all(|run| run.end == End::Success));
    }

    #[test]
    fn the_point_that_the_process_ended_at_has_its_end() {
        let mark = mark("k");
        let text = format!("{mark} 0\na\n{mark} 1\nb\n");
        let runs = divided(&whole(&text, End::Status(101)), "k", 3);
        assert_eq!(texts(&runs), ["a\n", "b\n"]);
        assert_eq!(runs[0].end, End::Success);
        assert_eq!(runs[1].end, End::Status(101));
        let runs = divided(&whole("", End::Deadline(1)), "k", 3);
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].end, End::Deadline(1));
    }
}
