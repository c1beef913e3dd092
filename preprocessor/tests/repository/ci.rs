//! What CI runs is defined once, in `.ci`: the workflows call it, and add nothing.

use crate::root;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// A job's name, with the commands that it runs.
type Job = (String, Vec<String>);

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of `.ci/jobs`: workflow, job, steps.
fn defined() -> Vec<(String, String, Vec<String>)> {
    read(".ci/jobs")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let (workflow, job) = (words.next().unwrap(), words.next().unwrap());
            (workflow, job, words.collect())
        })
        .collect()
}

/// The jobs of a workflow, with all that they run. A command of more than one line is kept as its first, `|`.
fn called(workflow: &str) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let text = read(&format!(".github/workflows/{workflow}.yml"));
    let body = text.split("\njobs:\n").nth(1).unwrap();
    for line in body.lines() {
        let indented = line.trim_start();
        if let (2, Some(name)) = (line.len() - indented.len(), indented.strip_suffix(':'))
            && !indented.starts_with('#')
        {
            jobs.push((name.to_owned(), Vec::new()));
        }
        let key = indented.strip_prefix("- ").unwrap_or(indented);
        if let Some(command) = key.strip_prefix("run:") {
            jobs.last_mut().unwrap().1.push(command.trim().to_owned());
        }
    }
    // Nothing hides in another notation of YAML, such as `{ run: … }`.
    let count: usize = jobs.iter().map(|(_, commands)| commands.len()).sum();
    assert_eq!(body.matches("run:").count(), count, "{workflow}.yml");
    assert_eq!(body.matches("run\":").count(), 0, "{workflow}.yml");
    jobs
}

#[test]
fn the_workflows_call_each_step_once_in_order_and_nothing_else() {
    let defined = defined();
    let workflows: BTreeSet<&str> = defined.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(workflows, BTreeSet::from(["ci", "full"]));
    for workflow in workflows {
        let steps: Vec<Job> = defined
            .iter()
            .filter(|(of, ..)| of == workflow)
            .map(|(_, job, steps)| {
                let command = |step: &String| format!("bash .ci/steps/{step}");
                (job.clone(), steps.iter().map(command).collect())
            })
            .collect();
        assert_eq!(called(workflow), steps, "{workflow}.yml and .ci/jobs");
    }
}

#[test]
fn each_step_has_a_script_and_each_script_a_place() {
    let listed: Vec<String> = defined()
        .into_iter()
        .flat_map(|(.., steps)| steps)
        .collect();
    let mut sorted = listed.clone();
    sorted.sort();
    let mut scripts: Vec<String> = fs::read_dir(root().join(".ci/steps"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    scripts.sort();
    assert_eq!(sorted, scripts);
}

#[test]
fn every_workspace_and_package_has_an_entry_in_dependabots_list() {
    let listed = Command::new("git")
        .args(["ls-files", "*Cargo.toml", "*package.json"])
        .current_dir(root())
        .output()
        .unwrap();
    let mut needed = BTreeSet::from([("github-actions".to_owned(), "/".to_owned())]);
    for path in String::from_utf8(listed.stdout).unwrap().lines() {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_workspace = || read(path).lines().any(|line| line == "[workspace]");
        match name {
            "package.json" => needed.insert(("npm".to_owned(), format!("/{folder}"))),
            "Cargo.toml" if is_workspace() => {
                needed.insert(("cargo".to_owned(), format!("/{folder}")))
            }
            _ => false,
        };
    }
    let text = read(".github/dependabot.yml");
    let values = |key: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim_start_matches([' ', '-']));
        let values = lines.filter_map(|line| line.strip_prefix(key));
        values.map(|value| value.trim().to_owned()).collect()
    };
    let (ecosystems, directories) = (values("package-ecosystem:"), values("directory:"));
    assert_eq!(ecosystems.len(), directories.len());
    let entries: BTreeSet<(String, String)> = ecosystems.into_iter().zip(directories).collect();
    assert_eq!(entries, needed);
}

#[test]
fn every_ignored_advisory_names_a_test() {
    let rules: toml::Table = read("deny.toml").parse().unwrap();
    let ignored = rules["advisories"]["ignore"].as_array().unwrap();
    let folder = root().join("preprocessor/tests/program");
    let tests: String = fs::read_dir(folder)
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for advisory in ignored {
        let reason = advisory["reason"].as_str().unwrap();
        let test = reason.split('`').nth(1);
        let is_name = |name: &str| name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
        assert!(test.is_some_and(is_name), "{advisory}");
        let function = format!("#[test]\nfn {}()", test.unwrap());
        assert!(tests.contains(&function), "{advisory}");
    }
}

/// Without the feature that fetches exchange rates, numbat parses them only for a caller of these.
#[test]
fn the_program_reads_no_exchange_rates_by_itself() {
    let folder = root().join("preprocessor/crates/calculator/src/interpreter");
    for file in fs::read_dir(folder).unwrap() {
        let interpreter = fs::read_to_string(file.unwrap().path()).unwrap();
        for name in [
            "set_exchange_rates",
            "prefetch_exchange_rates",
            "load_currency",
        ] {
            assert!(!interpreter.contains(name), "{name}");
        }
    }
    let wanted = "numbat = { version = \"=1.24.0\", default-features = false }";
    assert!(read("Cargo.toml").contains(wanted));
}
