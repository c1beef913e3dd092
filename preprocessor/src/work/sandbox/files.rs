//! What a process reads and writes, and whom it signals: Landlock.
//!
//! Landlock decides about files, TCP, abstract sockets and signals. What it doesn't cover, such as changes of mode
//! and other sockets, the filter of system calls refuses.

use crate::work::sandbox::{Bound, Bounds};
use anyhow::{Result, bail};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, make_bitflags, path_beneath_rules,
};
use std::path::Path;

/// The system's libraries, compilers and linkers: readable by all that runs here.
const SYSTEM: [&str; 9] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/nix/store",
    "/gnu/store",
];

/// The devices that a program may use.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/urandom"];

/// Where a program's own stack is: without it, an overflow looks like any other bad access.
const STACK: &str = "/proc/self/maps";

/// The version from which files can't be truncated outside of the allowed folders.
const FILES: ABI = ABI::V3;

/// The newest version whose rules are applied where the kernel has them.
const NEWEST: ABI = ABI::V10;

/// Confines this process. What has to hold and can't is an error; the rest is applied as far as the kernel can.
pub(super) fn confine(bounds: &Bounds, must: &[Bound]) -> Result<()> {
    let read = AccessFs::from_read(NEWEST);
    let write = read
        | make_bitflags!(AccessFs::{
            WriteFile | Truncate | MakeReg | MakeDir | MakeSym | RemoveFile | RemoveDir | Refer
        });
    let device = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate | IoctlDev});
    let system = SYSTEM.iter().map(Path::new).filter(|path| path.exists());
    let status = ruleset(must)?
        .handle_access(AccessNet::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(system, read))?
        .add_rules(path_beneath_rules(DEVICES, device))?
        .add_rules(path_beneath_rules([STACK], AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(&bounds.read, read))?
        .add_rules(path_beneath_rules(&bounds.write, write))?
        .restrict_self()?;
    let is_applied = status.ruleset != RulesetStatus::NotEnforced && status.no_new_privs;
    if !is_applied && must.iter().any(|bound| is_ours(*bound)) {
        bail!("Landlock is not in force");
    }
    Ok(())
}

/// Whether this kernel can apply a bound.
pub(super) fn can(bound: Bound) -> bool {
    ruleset(&[bound])
        .and_then(|rules| Ok(rules.create()?))
        .is_ok()
}

fn is_ours(bound: Bound) -> bool {
    matches!(bound, Bound::Files | Bound::Signals)
}

/// The accesses that need a rule; those that have to be refused as hard requirements.
fn ruleset(must: &[Bound]) -> Result<Ruleset> {
    let level = |bound| match must.contains(&bound) {
        true => CompatLevel::HardRequirement,
        false => CompatLevel::BestEffort,
    };
    let signals: BitFlags<Scope> = Scope::Signal.into();
    Ok(Ruleset::default()
        .set_compatibility(level(Bound::Files))
        .handle_access(AccessFs::from_all(FILES))?
        .set_compatibility(level(Bound::Signals))
        .scope(signals)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?)
}
