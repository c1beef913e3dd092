//! The crates that hold several programs, in two forms: to run each once as it is written, or to run varied copies at many points.

use crate::run::language::rust::library::BROWSER;
use crate::run::language::rust::program::ENTRY;
use crate::run::language::rust::vary;
use std::path::PathBuf;

/// What programs are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// To run once as they are.
    AsWritten,
    /// To run at many points, with what is set there in the place of their literals.
    Varied,
    /// As those, in a browser.
    Live,
}

impl Form {
    /// Where the crate's `main` finds the program of a module.
    pub(super) fn arm(self, module: &str) -> String {
        match self {
            Self::AsWritten => format!("        Some(\"{module}\") => {module}::{ENTRY}(),\n"),
            Self::Varied | Self::Live => {
                format!("        \"{module}\" => Some({module}::{ENTRY}),\n")
            }
        }
    }

    /// What the crate has besides the modules of its programs.
    pub(super) fn root(self, arms: &str) -> String {
        match self {
            Self::AsWritten => format!(
                "fn main() -> std::process::ExitCode {{\n    match std::env::args().nth(1).as_deref() {{\n{arms}        _ => std::process::ExitCode::from(2),\n    }}\n}}\n"
            ),
            Self::Varied | Self::Live => vary::root(arms),
        }
    }

    /// The file of a crate with this number, next to those of the other form.
    pub(super) fn file(self, number: usize) -> PathBuf {
        PathBuf::from(match self {
            Self::AsWritten => format!("blocks_{number}.rs"),
            Self::Varied => format!("varied_{number}.rs"),
            Self::Live => format!("live_{number}.rs"),
        })
    }

    /// The ending of the compiled file.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::AsWritten | Self::Varied => std::env::consts::EXE_EXTENSION,
            Self::Live => "wasm",
        }
    }

    /// The compiler's arguments for this form.
    pub(super) fn arguments(self) -> Vec<String> {
        match self {
            Self::AsWritten => Vec::new(),
            // Optimized, as each runs many times and what it uses of the library's generics is compiled with it. What a block checks by
            // itself stays.
            Self::Varied => vec![
                // What the compiler says about the block is said once.
                "--cap-lints=allow".to_owned(),
                "-Copt-level=1".to_owned(),
                "-Coverflow-checks=on".to_owned(),
                "-Cdebug-assertions=on".to_owned(),
            ],
            // Small, and with what a block checks.
            Self::Live => [
                "--cap-lints=allow",
                "-Copt-level=s",
                "-Coverflow-checks=on",
                "-Cdebug-assertions=on",
                "-Ccodegen-units=1",
                "-Cpanic=abort",
                "-Cstrip=symbols",
            ]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("--target={BROWSER}")])
            .collect(),
        }
    }
}
