//! The library that blocks use: built by Cargo, with the names that blocks may import.
//!
//! Its inputs are remembered, so that a build can see without Cargo whether anything changed.

use crate::work::key::Key;
use crate::work::packages::{self, Package, Workspace};
use crate::work::store::Store;
use crate::work::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What `rustc` needs so that a block can use the library and its direct dependencies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Library {
    /// Crate names and their compiled files.
    pub externs: Vec<(String, PathBuf)>,
    /// Folders with the dependencies of those.
    pub search: Vec<PathBuf>,
    /// What it was built from: sources, manifests, the lockfile, and Cargo's configuration.
    inputs: BTreeSet<PathBuf>,
    /// The inputs' content when it was built.
    key: String,
    /// The compiled files' sizes and times when it was built.
    stamp: String,
}

/// Where what uses a library runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Here,
    /// In a reader's browser.
    Browser,
}

/// The target of what runs in a browser. Its programs have arguments and both outputs as everywhere, so that blocks are compiled for
/// it as they are.
pub const BROWSER: &str = "wasm32-wasip1";

/// How Cargo builds for the browser: small, and with the checks that blocks have here.
const PROFILE: [&str; 7] = [
    "profile.live.inherits='release'",
    "profile.live.opt-level='s'",
    "profile.live.overflow-checks=true",
    "profile.live.debug-assertions=true",
    "profile.live.codegen-units=1",
    "profile.live.panic='abort'",
    "profile.live.strip='symbols'",
];

/// Variables that change what Cargo builds.
const VARIABLES: [&str; 6] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_TARGET_DIR",
    "RUSTC_WRAPPER",
];

impl Library {
    /// What the last build found, if there was one here. Its sources may have changed since.
    pub fn remembered(
        package: &str,
        place: Place,
        root: &Path,
        toolchain: &Toolchain,
        store: &Store,
    ) -> Option<Self> {
        store.get(&key(package, place, root, toolchain))
    }

    /// A hash of everything that the library is built from.
    pub fn content(&self) -> String {
        let mut key = Key::new("library");
        for name in VARIABLES {
            let value = std::env::var_os(name).unwrap_or_default();
            key = key.with(&value.to_string_lossy());
        }
        for file in &self.inputs {
            key = key.with_file(file);
        }
        key.finish()
    }

    /// The Rust files that it was built from.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Path> {
        let is_rust = |file: &&Path| file.extension().is_some_and(|ending| ending == "rs");
        self.inputs.iter().map(PathBuf::as_path).filter(is_rust)
    }

    /// Whether the compiled files match the current content.
    pub fn is_built(&self) -> bool {
        self.key == self.content() && self.stamp == self.stamp_now()
    }

    fn stamp_now(&self) -> String {
        let files = self.externs.iter().map(|(_, file)| file);
        files
            .fold(Key::new("files"), |key, file| key.with_program(file))
            .finish()
    }

    /// Builds a package of the workspace that `root` lies in, and finds its direct dependencies.
    ///
    /// # Errors
    /// When Cargo can't be run or the package doesn't build; the message holds what Cargo said.
    pub fn build(
        package: &str,
        place: Place,
        root: &Path,
        toolchain: &Toolchain,
        store: &Store,
    ) -> Result<Self> {
        let mut command = Command::new(packages::cargo());
        command
            .args(["build", "--package", package, "--lib", "--locked"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(root);
        if place == Place::Browser {
            for_browser(&mut command, root, toolchain);
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .context("failed to run `cargo build`")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            if let Some(advice) = about_lockfile(&said) {
                bail!("the library `{package}` doesn't build: {advice}");
            }
            bail!(
                "the library `{package}` doesn't build\n\n{}",
                said.trim_end()
            );
        }
        let artifacts: Vec<Artifact> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(Artifact::read)
            .collect();
        let workspace = Workspace::read(root)?;
        let own = workspace.package(package).and_then(|package| {
            let library = artifacts
                .iter()
                .find(|artifact| artifact.package == package.id)?;
            Some((package, library))
        });
        let Some((description, library)) = own else {
            bail!("`cargo build --package {package}` built no library");
        };
        let folders = artifacts.iter().filter_map(|a| a.file.parent());
        let mut search: Vec<PathBuf> = folders
            .flat_map(|folder| [folder.join("deps"), folder.to_owned()])
            .filter(|folder| folder.is_dir())
            .collect();
        search.sort();
        search.dedup();
        let mut built = Self {
            externs: externs(description, library, &artifacts),
            search,
            inputs: inputs(library)?,
            ..Self::default()
        };
        built.key = built.content();
        built.stamp = built.stamp_now();
        store.put(&key(package, place, root, toolchain), &built)?;
        Ok(built)
    }
}

/// What to do about a lockfile that Cargo doesn't accept. Its own advice is about an option that the author never gave.
fn about_lockfile(said: &str) -> Option<&'static str> {
    let is_refused = said.contains("--locked was passed");
    match () {
        () if is_refused && said.contains("cannot create the lock file") => Some(
            "its workspace has no Cargo.lock, which fixes the versions that blocks are compiled with; `cargo generate-lockfile` writes it",
        ),
        () if is_refused => Some(
            "Cargo.lock is older than a Cargo.toml; `cargo update --workspace` brings it up to date",
        ),
        () => None,
    }
}

/// The library and what it depends on, by the names under which its code imports them.
fn externs(
    package: &Package,
    library: &Artifact,
    artifacts: &[Artifact],
) -> Vec<(String, PathBuf)> {
    let mut externs = vec![(library.name.clone(), library.file.clone())];
    for dependency in package.dependencies() {
        let fit = |artifact: &&Artifact| dependency.fit(&artifact.package);
        let fitting = artifacts.iter().filter(|artifact| fit(artifact) > 0);
        // One of another platform was not built.
        if let Some(artifact) = fitting.max_by_key(fit) {
            let name = match &dependency.rename {
                Some(name) => name.replace('-', "_"),
                None => artifact.name.clone(),
            };
            externs.push((name, artifact.file.clone()));
        }
    }
    externs
}

fn key(package: &str, place: Place, root: &Path, toolchain: &Toolchain) -> String {
    let key = Key::new("library at").with(package);
    let key = match place {
        Place::Here => key,
        Place::Browser => PROFILE
            .iter()
            .fold(key.with(BROWSER), |key, line| key.with(line)),
    };
    toolchain.add_to(key.with(&root.to_string_lossy())).finish()
}

/// Has Cargo build for the browser.
pub fn for_browser(cargo: &mut Command, root: &Path, toolchain: &Toolchain) {
    cargo.args(["--target", BROWSER, "--profile", "live"]);
    cargo.args(PROFILE.iter().flat_map(|line| ["--config", line]));
    cargo.env("RUSTC", &toolchain.rustc);
    // Those of the caller are for this machine.
    cargo.env_remove("RUSTFLAGS");
    let remapped = remapped(root, &toolchain.sysroot);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", remapped.join("\u{1f}"));
}

/// The compiler's arguments that keep this machine's folders out of what is published.
pub(super) fn remapped(own: &Path, sysroot: &Path) -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let folders = [
        (Some(own), "book"),
        (home.as_deref(), "cargo"),
        (Some(sysroot), "rust"),
    ];
    let known = folders
        .into_iter()
        .filter_map(|(folder, name)| Some((folder?, name)));
    known
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect()
}

/// What a library is built from: the sources that the compiler read, as its dep-info names them, and
/// whatever tells Cargo how to build them.
fn inputs(library: &Artifact) -> Result<BTreeSet<PathBuf>> {
    let info = library.file.with_extension("d");
    let text = std::fs::read_to_string(&info)
        .with_context(|| format!("failed to read `{}`", info.display()))?;
    let mut inputs: BTreeSet<PathBuf> = dep_info(&text).into_iter().map(PathBuf::from).collect();
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for file in inputs.iter().chain([&library.manifest]) {
        folders.extend(file.ancestors().skip(1).map(Path::to_owned));
    }
    for folder in folders {
        let names = ["Cargo.toml", "Cargo.lock", "build.rs", ".cargo/config.toml"];
        let files = names.iter().map(|name| folder.join(name));
        inputs.extend(files.filter(|file| file.is_file()));
    }
    Ok(inputs)
}

/// The files that a line of a dep-info file lists after its colon; a space in a name has a backslash.
pub(super) fn dep_info(text: &str) -> Vec<String> {
    let mut files = vec![String::new()];
    let Some((_, list)) = text.lines().next().unwrap_or_default().split_once(": ") else {
        return Vec::new();
    };
    let mut characters = list.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek() == Some(&' ') => {
                characters.next();
                if let Some(file) = files.last_mut() {
                    file.push(' ');
                }
            }
            ' ' => files.push(String::new()),
            _ => {
                if let Some(file) = files.last_mut() {
                    file.push(c);
                }
            }
        }
    }
    files.retain(|file| !file.is_empty());
    files
}

/// A library that Cargo reported as built. The message is read by hand for the reason that [`packages`] gives.
struct Artifact {
    /// The name of its crate.
    name: String,
    /// The id of its package.
    package: String,
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
            package: message["package_id"].as_str()?.to_owned(),
            name: message["target"]["name"].as_str()?.replace('-', "_"),
            file,
            manifest: PathBuf::from(message["manifest_path"].as_str()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_dep_info_may_hold_spaces() {
        let text = "/t/lib.rlib: /a/b.rs /a/my\\ file.rs\n\n/a/b.rs:\n";
        assert_eq!(dep_info(text), ["/a/b.rs", "/a/my file.rs"]);
        assert!(dep_info("").is_empty());
    }
}
