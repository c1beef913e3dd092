//! A program as a script that hands it over: it is loaded by a tag, so that it works from a folder on disk, and unpacked in the page.

use crate::work::key::Key;
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::Write as _;

/// The folder of what readers load when they run something.
const FOLDER: &str = "live";

/// What has programs run, in the order in which they build on each other; and what runs them, in a worker.
const RUNNER: [&str; 3] = [
    include_str!("../../theme/live/programs.js"),
    include_str!("../../theme/live/follow.js"),
    include_str!("../../theme/live/run.js"),
];
const WORKER: &str = include_str!("../../theme/live/worker.js");

/// What it looks like.
const STYLE: &str = include_str!("../../theme/live/live.css");

/// A program, compressed and written in base64.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Script(String);

impl Script {
    /// The script of a program.
    ///
    /// # Errors
    /// When it can't be compressed.
    pub(super) fn of(wasm: &[u8]) -> Result<Self> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed
            .write_all(wasm)
            .context("failed to compress a program")?;
        let packed = packed.finish().context("failed to compress a program")?;
        Ok(Self(STANDARD.encode(packed)))
    }

    /// How many bytes the compressed program has.
    pub(super) fn size(&self) -> usize {
        self.0.len() / 4 * 3
    }

    /// The file of the script, and its text. Its name says what is in it, so that no cache mixes two builds.
    pub(super) fn file(&self, name: &str) -> (String, String) {
        self.file_after(name, "")
    }

    /// The same, after other code.
    pub(super) fn file_after(&self, name: &str, code: &str) -> (String, String) {
        let file = named(name, &format!("{code}{}", self.0));
        let text = format!("{code}proofProgram(\"{file}\", \"{}\");\n", self.0);
        (file, text)
    }
}

/// The file of what has programs run, and its text. A worker made of a file of its own would not start from a folder on disk.
pub(super) fn runner() -> (String, String) {
    let worker = serde_json::Value::from(WORKER);
    let style = serde_json::Value::from(STYLE);
    let parts = RUNNER.concat();
    let text = format!(
        "{{\n\"use strict\";\nconst data = globalThis.proofPage;\nconst proofWorker = {worker};\nconst proofStyle = {style};\n{parts}}}\n"
    );
    (named("run", &text), text)
}

pub(super) fn named(name: &str, content: &str) -> String {
    let hash = Key::of_data("file").with(content).finish();
    format!("{FOLDER}/{name}-{}.js", &hash[..8])
}
