//! The programs that show runs, run SQL and compute pages, compiled for the browser from their own package: that of the workspace, or of the registry.

use crate::live::script::Script;
use crate::run::language::rust::library::{BROWSER, for_browser};
use crate::run::language::rust::live::ForBrowser;
use crate::work::packages::{self, Workspace};
use crate::work::settings::Settings;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package that it is a program of, in this program's version.
const PACKAGE: &str = "mdbook-proof-live";

/// Builds a program, and packs it for the site.
///
/// # Errors
/// When Cargo can't be run, or the package doesn't build; the message holds what Cargo said.
pub(super) fn build(program: &str, compiler: &ForBrowser, settings: &Settings) -> Result<Script> {
    let progress = settings.progress;
    progress.show(&format!("building the program `{program}` for the browser"));
    let file = built(compiler, settings, program);
    progress.show("");
    let file = file?;
    let wasm =
        std::fs::read(&file).with_context(|| format!("failed to read `{}`", file.display()))?;
    Script::of(&wasm)
}

/// The file of a program, built where Cargo finds that it isn't yet.
fn built(compiler: &ForBrowser, settings: &Settings, program: &str) -> Result<PathBuf> {
    let root = &settings.root;
    let is_here = Workspace::read(root).is_ok_and(|workspace| workspace.package(PACKAGE).is_some());
    let mut cargo = Command::new(packages::cargo());
    let place = settings.store().join("browser");
    match is_here {
        true => cargo.args(["build", "--package", PACKAGE, "--bin", program, "--locked"]),
        false => cargo
            .args([
                "install",
                PACKAGE,
                "--bin",
                program,
                "--locked",
                "--version",
            ])
            .arg(concat!("=", env!("CARGO_PKG_VERSION")))
            .arg("--root")
            .arg(&place),
    };
    for_browser(&mut cargo, root, compiler.toolchain());
    cargo.arg("--no-default-features");
    match program {
        "follow" => drop(cargo.args(["--features", "calculator"])),
        "query" => {
            cargo.args(["--features", "sql"]);
            c_compiler(&mut cargo);
        }
        _ => {}
    }
    // Its checks of itself are in its tests, and would be a tenth of what readers load.
    let output = cargo
        .args(["--config", "profile.live.debug-assertions=false"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("failed to run Cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "the package `{PACKAGE}` doesn't build for {BROWSER}\n\n{}",
            said.trim_end()
        );
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let mut built = said.lines().filter_map(|line| executable(line, program));
    let installed = || {
        let file = place.join("bin").join(program).with_extension("wasm");
        file.is_file().then_some(file)
    };
    let found = built.next_back().or_else(installed);
    found.with_context(|| format!("Cargo built no program `{program}` of `{PACKAGE}`"))
}

/// Has Cargo take the C compiler and the C library that Linux systems have for the browser, unless the caller names others.
fn c_compiler(cargo: &mut Command) {
    let headers = "/usr/include/wasm32-wasi";
    let is_named = std::env::var_os("CC_wasm32_wasip1").is_some();
    if is_named || !Path::new(headers).is_dir() {
        return;
    }
    // The compiler knows the target by the name that it had before.
    let flags = format!("--target=wasm32-wasi --sysroot=/usr -isystem {headers}");
    cargo.env("CC_wasm32_wasip1", "clang");
    cargo.env("AR_wasm32_wasip1", "llvm-ar");
    cargo.env("CFLAGS_wasm32_wasip1", flags);
}

/// The file that a line of Cargo's messages says it built as this program.
fn executable(line: &str, program: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == program;
    let file = message["executable"].as_str().filter(|_| is_it)?;
    Some(Path::new(file).to_owned())
}
