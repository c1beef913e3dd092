//! The compiler: its real path and version, cached so that a build that compiles nothing starts no process
//! to ask.

use crate::work::key::Key;
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// A Rust compiler.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Toolchain {
    /// The compiler itself, not a shim of a version manager.
    pub rustc: PathBuf,
    /// The folder of its libraries.
    pub sysroot: PathBuf,
    /// What `rustc -vV` prints.
    version: String,
    /// The compiler's path, size and modification time when it was asked.
    stamp: String,
}

impl Toolchain {
    /// Finds the compiler that Cargo would use in `root`.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(root: &Path, store: &Store) -> Result<Self> {
        let name = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        Self::named(&name, root, store)
    }

    /// Finds the compiler that a name or path means in `root`.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &OsStr, root: &Path, store: &Store) -> Result<Self> {
        let key = question(Path::new(name), root).finish();
        if let Some(known) = store.get::<Self>(&key)
            && known.stamp == stamp(&known.rustc)
        {
            return Ok(known);
        }
        let ask = |argument: &[&str]| -> Result<String> {
            let output = Command::new(name)
                .args(argument)
                .current_dir(root)
                .stdin(Stdio::null())
                .output()
                .with_context(|| {
                    format!(
                        "failed to run `{}`, which compiles the book's blocks; https://rustup.rs installs it",
                        name.display()
                    )
                })?;
            if !output.status.success() {
                bail!(
                    "`{}` doesn't work: {}",
                    name.display(),
                    String::from_utf8_lossy(&output.stderr).trim()
                );
            }
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        // A version manager takes a while to find its compiler.
        let (sysroot, version) = thread::scope(|scope| {
            let version = scope.spawn(|| ask(&["-vV"]));
            let sysroot = ask(&["--print", "sysroot"]);
            (sysroot, version.join())
        });
        let sysroot = PathBuf::from(sysroot?);
        let version = version.unwrap_or_else(|_| bail!("asking the compiler failed"))?;
        let inside = sysroot
            .join("bin")
            .join(format!("rustc{}", std::env::consts::EXE_SUFFIX));
        let rustc = match inside.is_file() {
            true => inside,
            false => in_path(Path::new(name)),
        };
        let found = Self {
            stamp: stamp(&rustc),
            rustc,
            sysroot,
            version,
        };
        store.put(&key, &found)?;
        Ok(found)
    }

    /// Whether it has a standard library for a target.
    pub fn has(&self, target: &str) -> bool {
        let folder = self.sysroot.join("lib/rustlib").join(target).join("lib");
        let is_std = |name: &OsStr| name.to_string_lossy().starts_with("libstd-");
        let mut files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files.any(|file| is_std(&file.file_name()))
    }

    /// Adds what compiled code depends on to a key.
    pub fn add_to(&self, key: Key) -> Key {
        key.with(&self.version).with(&self.stamp)
    }
}

fn stamp(rustc: &Path) -> String {
    Key::new("program").with_program(rustc).finish()
}

/// Everything that decides which compiler the name means.
fn question(name: &Path, root: &Path) -> Key {
    let mut key = Key::new("toolchain").with_program(&in_path(name));
    let toolchain = std::env::var_os("RUSTUP_TOOLCHAIN").unwrap_or_default();
    key = key.with(&toolchain.to_string_lossy());
    for folder in root.ancestors() {
        for file in ["rust-toolchain.toml", "rust-toolchain"] {
            let file = folder.join(file);
            if file.exists() {
                key = key.with_file(&file);
            }
        }
    }
    let home = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".rustup")));
    key.with_file(&home.unwrap_or_default().join("settings.toml"))
        .with(&root.to_string_lossy())
}

/// The file of a program, searched for in `PATH`.
///
/// Kept by hand: the crate `which` would look for executable permissions and report errors, and neither is needed.
pub fn in_path(name: &Path) -> PathBuf {
    if name.components().count() > 1 {
        return name.to_owned();
    }
    std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .map(|folder| folder.join(name))
        .flat_map(|file| {
            let with_suffix = format!("{}{}", file.display(), std::env::consts::EXE_SUFFIX);
            [PathBuf::from(with_suffix), file]
        })
        .find(|file| file.is_file())
        .unwrap_or_else(|| name.to_owned())
}
