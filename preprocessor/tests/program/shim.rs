//! Starting the shim by hand, as the program starts it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// An ordinary user.
pub(crate) const USER: u32 = 65534;

/// The shim's specification for a program that this process starts, in which every bound has to hold.
pub(crate) fn spec(program: &Path, arguments: &[String], own: &Path, processes: bool) -> String {
    serde_json::json!({
        "program": program, "arguments": arguments, "parent": std::process::id(),
        "must": ["limits", "privileges", "descriptors", "files", "signals", "calls", "descendants"],
        "watched": false, "reports": true,
        "bounds": {
            "read": [program], "write": [own], "memory": 2u64 << 30, "cpu": 11,
            "file_size": 64u64 << 20, "processes": processes,
        },
    })
    .to_string()
}

/// A copy of the program that every user can start.
pub(crate) fn public_copy(folder: &Path) -> PathBuf {
    let copy = folder.join("shim");
    fs::copy(env!("CARGO_BIN_EXE_mdbook-proof"), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

/// Lets every user read, write and search.
pub(crate) fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
}

/// The program that takes calls away.
pub(crate) fn without() -> &'static Path {
    static COMPILED: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = COMPILED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("without");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attempts/without.rs");
        let compiled = Command::new("rustc")
            .args(["--edition=2024", "-Dwarnings", "-o"])
            .args([&program, &source])
            .status();
        assert!(compiled.unwrap().success());
        (folder, program)
    });
    program
}
