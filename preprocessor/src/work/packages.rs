//! The packages of a workspace, as Cargo describes them.
//!
//! Kept by hand: the crate `cargo_metadata` would replace two structs, and brings two more crates.

use crate::text::path::normal;
use anyhow::{Context, Result, bail};
use semver::{Version, VersionReq};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A workspace and its packages.
#[derive(Debug, Deserialize)]
pub struct Workspace {
    /// Its packages.
    packages: Vec<Package>,
    /// Its folder.
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
}

/// A package whose source is on this machine.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its id, as in Cargo's messages.
    pub id: String,
    name: String,
    #[serde(rename = "manifest_path")]
    manifest: PathBuf,
    dependencies: Vec<Dependency>,
}

/// A dependency of a package.
#[derive(Debug, Clone, Deserialize)]
pub struct Dependency {
    name: String,
    /// The name that the package gives to it, where it gives one.
    pub rename: Option<String>,
    #[serde(rename = "req")]
    requirement: String,
    /// `dev` or `build`; none for what the package itself uses.
    kind: Option<String>,
    /// Its folder, unless it is downloaded.
    path: Option<PathBuf>,
}

impl Workspace {
    /// Asks Cargo for the workspace that a folder lies in.
    ///
    /// # Errors
    /// When Cargo can't be run or doesn't find one.
    pub fn read(folder: &Path) -> Result<Self> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version=1"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .context("failed to run `cargo metadata`")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        serde_json::from_slice(&output.stdout).context("failed to read what `cargo metadata` says")
    }

    /// The package with a name.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The folders of a package and of all packages on this machine that it is built from.
    ///
    /// # Errors
    /// When there is no such package, or Cargo doesn't find one of the others.
    pub fn folders(&self, name: &str) -> Result<BTreeSet<PathBuf>> {
        let first = self.package(name).context("there is no such package")?;
        let mut folders = BTreeSet::new();
        let mut next = vec![first.folder()];
        while let Some(folder) = next.pop() {
            if !folders.insert(folder.clone()) {
                continue;
            }
            let is_there = |package: &&Package| package.folder() == folder;
            let known = self.packages.iter().find(is_there).cloned();
            let package = match known {
                Some(package) => package,
                // It lies outside of the workspace.
                None => Self::read(&folder)?
                    .packages
                    .into_iter()
                    .find(|package| is_there(&package))
                    .with_context(|| format!("there is no package in `{}`", folder.display()))?,
            };
            let needed = package.dependencies.into_iter();
            let needed = needed.filter(|dependency| dependency.kind.as_deref() != Some("dev"));
            next.extend(needed.filter_map(|dependency| Some(real(&dependency.path?))));
        }
        Ok(folders)
    }
}

impl Package {
    /// Its folder.
    pub fn folder(&self) -> PathBuf {
        real(self.manifest.parent().unwrap_or(&self.manifest))
    }

    /// What its own code may import.
    pub fn dependencies(&self) -> impl Iterator<Item = &Dependency> {
        let dependencies = self.dependencies.iter();
        dependencies.filter(|dependency| dependency.kind.is_none())
    }
}

impl Dependency {
    /// How well the package with an id fits: not at all, by its name, or by its version too.
    pub fn fit(&self, id: &str) -> u8 {
        let Some((name, version)) = named(id) else {
            return 0;
        };
        if name != self.name {
            return 0;
        }
        let requirement = VersionReq::parse(&self.requirement);
        let is_met = requirement.is_ok_and(|requirement| requirement.matches(&version));
        1 + u8::from(is_met)
    }
}

/// The program that a developer builds with.
pub fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The name and the version in an id: `registry+https://…#name@1.2.3`, or `path+file:///…/name#1.2.3`.
fn named(id: &str) -> Option<(&str, Version)> {
    let (address, rest) = id.rsplit_once('#')?;
    let (name, version) = rest.rsplit_once('@').unwrap_or_else(|| {
        let path = address.split('?').next().unwrap_or(address);
        (path.rsplit('/').next().unwrap_or(path), rest)
    });
    Some((name, Version::parse(version).ok()?))
}

/// The path under its one name, as that of the book is.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path)
        .ok()
        .or_else(|| normal(path))
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_their_package() {
        for (id, name, version) in [
            (
                "registry+https://github.com/rust-lang/crates.io-index#a@1.2.3",
                "a",
                "1.2.3",
            ),
            ("path+file:///home/me/a#0.1.0", "a", "0.1.0"),
            (
                "path+file:///home/me/folder#a@0.1.0-rc.1",
                "a",
                "0.1.0-rc.1",
            ),
            (
                "git+https://example.org/me/a?branch=x/y#2.0.0",
                "a",
                "2.0.0",
            ),
        ] {
            assert_eq!(
                named(id),
                Some((name, Version::parse(version).unwrap())),
                "{id}"
            );
        }
        assert_eq!(named("a 1.2.3 (path+file:///home)"), None);
    }

    #[test]
    fn packages_are_found_outside_of_the_workspace_too() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for (path, text) in [
            (
                "w/Cargo.toml",
                "[workspace]\nmembers = [\"a\", \"b\", \"x\"]\n[workspace.dependencies]\nb = { path = \"b\" }\n",
            ),
            (
                "w/a/Cargo.toml",
                "[package]\nname = \"a\"\n[dependencies]\nb = { workspace = true }\n[dev-dependencies]\nx = { path = \"../x\" }\n",
            ),
            (
                "w/b/Cargo.toml",
                "[package]\nname = \"b\"\n[target.'cfg(all())'.dependencies]\nd = { package = \"c\", path = \"../../c\" }\n",
            ),
            ("w/x/Cargo.toml", "[package]\nname = \"x\"\n"),
            (
                "c/Cargo.toml",
                "[package]\nname = \"c\"\n[build-dependencies]\ne = { path = \"../e\" }\n",
            ),
            ("e/Cargo.toml", "[package]\nname = \"e\"\n"),
        ] {
            let file = root.join(path);
            let source = file.parent().unwrap().join("src");
            fs::create_dir_all(&source).unwrap();
            fs::write(file, text).unwrap();
            fs::write(source.join("lib.rs"), "").unwrap();
        }
        let workspace = Workspace::read(&root.join("w/a")).unwrap();
        let folders = workspace.folders("a").unwrap();
        let expected = ["c", "e", "w/a", "w/b"].map(|path| root.join(path));
        assert_eq!(folders, BTreeSet::from(expected));
        assert!(workspace.folders("none").is_err());
        let renamed: Vec<_> = workspace.package("b").unwrap().dependencies().collect();
        assert_eq!(renamed[0].rename.as_deref(), Some("d"));
        assert_eq!(renamed[0].fit("path+file:///c#0.0.0"), 2);
        assert_eq!(renamed[0].fit("path+file:///d#0.0.0"), 0);
    }
}
