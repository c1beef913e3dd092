//! What a process inherits and must not keep: capabilities, and open files.

use anyhow::{Context, Result, bail};
use rustix::io::Errno;
use rustix::thread::{CapabilitySet, CapabilitySets};
use std::fs;

/// How many capabilities the kernel's interface has room for.
const CAPABILITIES: u32 = 64;

/// Gives up all capabilities, and the ways to get one: by a set-user-id program, by a file's capabilities, as root.
pub(super) fn drop_all() -> Result<()> {
    rustix::thread::set_no_new_privs(true).context("failed to give up new privileges")?;
    for number in 0..CAPABILITIES {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // There is none of this number, or an ordinary user can't remove it; `no_new_privs` keeps it out of reach.
            Ok(()) | Err(Errno::INVAL | Errno::PERM) => {}
            Err(error) => return Err(error).context("failed to drop a capability"),
        }
    }
    match rustix::thread::clear_ambient_capability_set() {
        // A kernel without ambient capabilities.
        Ok(()) | Err(Errno::INVAL) => {}
        Err(error) => return Err(error).context("failed to drop ambient capabilities"),
    }
    rustix::thread::set_capabilities(None, none()).context("failed to drop capabilities")?;
    // What was asked for counts for nothing; what holds does.
    if !rustix::thread::no_new_privs()? || rustix::thread::capabilities(None)? != none() {
        bail!("capabilities are left");
    }
    Ok(())
}

fn none() -> CapabilitySets {
    CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    }
}

/// Has all files besides the three standard ones closed when this process becomes another program.
pub(super) fn close_files() -> Result<()> {
    close_fds::set_fds_cloexec(3, &[]);
    let folder = "/proc/self/fdinfo";
    let open = fs::read_dir(folder).with_context(|| format!("failed to list `{folder}`"))?;
    for entry in open {
        let entry = entry?;
        let number = entry.file_name();
        let is_standard = matches!(number.to_str(), Some("0" | "1" | "2"));
        // The folder itself is one of them, and is closed by now if it was listed last.
        let Ok(info) = fs::read_to_string(entry.path()) else {
            continue;
        };
        if !is_standard && !closes(&info) {
            bail!("file {} stays open", number.display());
        }
    }
    Ok(())
}

/// Whether the kernel's description of an open file says that it closes with the program.
fn closes(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags
        .and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok())
        .is_some_and(|flags| flags & libc::O_CLOEXEC != 0)
}

#[cfg(test)]
mod tests {
    use super::closes;

    #[test]
    fn flags_are_octal_and_name_the_files_that_close() {
        assert!(closes("pos:\t0\nflags:\t02100000\nmnt_id:\t9\n"));
        assert!(!closes("pos:\t0\nflags:\t0100000\n"));
        assert!(!closes("flags:\t9\n") && !closes(""));
    }
}
