//! The library that blocks use: built by Cargo, with the names of what blocks may import.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What `rustc` has to be told so that a block can use the library and its direct dependencies.
#[derive(Debug, Default)]
pub struct Library {
    /// Crate names and their compiled files.
    pub externs: Vec<(String, PathBuf)>,
    /// Folders with the dependencies of those.
    pub search: Vec<PathBuf>,
}

impl Library {
    /// Builds a package of the workspace that `root` lies in, and finds its direct dependencies.
    ///
    /// # Errors
    /// When Cargo can't be run or the package doesn't build; the message holds what Cargo said.
    pub fn build(package: &str, root: &Path) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--package", package, "--lib", "--locked"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(root)
            .stdin(Stdio::null())
            .output()
            .context("failed to run `cargo build`")?;
        if !output.status.success() {
            bail!(
                "the library `{package}` doesn't build\n\n{}",
                String::from_utf8_lossy(&output.stderr).trim_end()
            );
        }
        let artifacts: Vec<Artifact> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(Artifact::read)
            .collect();
        let Some(library) = artifacts.last() else {
            bail!("`cargo build --package {package}` built no library");
        };
        let manifest = std::fs::read_to_string(&library.manifest)
            .with_context(|| format!("failed to read `{}`", library.manifest.display()))?;
        let manifest: toml::Table = toml::from_str(&manifest)
            .with_context(|| format!("failed to parse `{}`", library.manifest.display()))?;
        let mut externs = vec![(library.name.clone(), library.file.clone())];
        let dependencies = manifest.get("dependencies").and_then(|d| d.as_table());
        for (key, value) in dependencies.into_iter().flatten() {
            let package = value.get("package").and_then(|p| p.as_str()).unwrap_or(key);
            let lib = package.replace('-', "_");
            if let Some(artifact) = artifacts.iter().rev().find(|a| a.name == lib) {
                externs.push((key.replace('-', "_"), artifact.file.clone()));
            }
        }
        let mut search: Vec<PathBuf> = artifacts
            .iter()
            .filter_map(|artifact| artifact.file.parent().map(|dir| dir.join("deps")))
            .filter(|dir| dir.is_dir())
            .chain(
                artifacts
                    .iter()
                    .filter_map(|a| a.file.parent().map(Path::to_owned)),
            )
            .collect();
        search.sort();
        search.dedup();
        Ok(Self { externs, search })
    }
}

/// A library that Cargo reported as built.
struct Artifact {
    name: String,
    file: PathBuf,
    manifest: PathBuf,
}

impl Artifact {
    fn read(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["reason"] != "compiler-artifact" {
            return None;
        }
        let file = message["filenames"]
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .map(PathBuf::from)
            .find(|file| {
                let ending = file.extension().and_then(|e| e.to_str());
                matches!(ending, Some("rlib" | "so" | "dylib" | "dll"))
            })?;
        Some(Self {
            name: message["target"]["name"].as_str()?.replace('-', "_"),
            file,
            manifest: PathBuf::from(message["manifest_path"].as_str()?),
        })
    }
}
