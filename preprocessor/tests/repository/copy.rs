//! A copy of what the repository tracks, as a clone of the working tree would have it.

use crate::root;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// The copy, which goes with the value.
pub(crate) fn copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .unwrap();
    for file in String::from_utf8(listed.stdout)
        .unwrap()
        .split_terminator('\0')
    {
        let (from, to) = (root().join(file), copy.path().join(file));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&from, &to).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    copy
}
