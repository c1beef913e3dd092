//! The bounds on Linux: resource limits, Landlock, and a filter of system calls, in this order.
//!
//! Landlock decides about files, TCP, abstract sockets and signals. It does not
//! cover UDP, other local sockets, changes of mode, owner and times, and processes: the filter does.

use crate::work::sandbox::{Bounds, NAMES, Spec, Status};
use anyhow::{Context, Error, Result, bail};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

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

/// Bounds this process and becomes the program.
pub(super) fn enter(spec: &Spec) -> Error {
    if let Err(error) = die_with(spec.parent).and_then(|()| apply(spec)) {
        return error;
    }
    let error = Command::new(&spec.program).args(&spec.arguments).exec();
    Error::new(error).context(format!("failed to start `{}`", spec.program.display()))
}

/// Ends this process when its parent ends, even after it became another program.
fn die_with(parent: u32) -> Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let is_there = rustix::process::getppid()
        .is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
    if !is_there {
        bail!("the build has ended");
    }
    Ok(())
}

/// Applies what this system supports; [`try_all`] found out earlier what it doesn't.
fn apply(spec: &Spec) -> Result<()> {
    limit(&spec.bounds).context("failed to set limits")?;
    confine(&spec.bounds).context("failed to confine files")?;
    if spec.filter {
        filter(spec.bounds.processes).context("failed to filter system calls")?;
    }
    Ok(())
}

pub(super) fn try_all() -> Status {
    let bounds = Bounds {
        read: Vec::new(),
        write: Vec::new(),
        memory: 1 << 30,
        cpu: 10,
        file_size: 1 << 20,
        processes: false,
    };
    let limits = limit(&bounds).is_ok();
    let confined = confine(&bounds);
    let files = confined
        .as_ref()
        .is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced);
    let all = confined.is_ok_and(|status| status.ruleset == RulesetStatus::FullyEnforced);
    let subreaper = rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_ok();
    let calls = filter(false).is_ok();
    let holds = [limits, files, all, calls, subreaper];
    Status {
        bounds: NAMES.map(str::to_owned).into_iter().zip(holds).collect(),
    }
}

fn limit(bounds: &Bounds) -> rustix::io::Result<()> {
    for (resource, value) in [
        (Resource::Cpu, bounds.cpu),
        (Resource::As, bounds.memory),
        (Resource::Fsize, bounds.file_size),
        (Resource::Core, 0),
        (Resource::Nofile, 1024),
    ] {
        let old = rustix::process::getrlimit(resource);
        let value = old.maximum.map_or(value, |most| most.min(value));
        rustix::process::setrlimit(
            resource,
            Rlimit {
                current: Some(value),
                maximum: Some(value),
            },
        )?;
    }
    Ok(())
}

fn confine(bounds: &Bounds) -> Result<RestrictionStatus> {
    // The newest rules that all of this needs; an older kernel applies those that it knows.
    let abi = ABI::V6;
    let read = AccessFs::from_read(abi);
    let all = AccessFs::from_all(abi);
    let system = SYSTEM.iter().map(Path::new).filter(|path| path.exists());
    let devices = ["/dev/null", "/dev/zero", "/dev/urandom"];
    // Where a program's own stack is: without it, an overflow looks like any other bad access.
    let own = ["/proc/self/maps"];
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(system, read))?
        .add_rules(path_beneath_rules(devices, AccessFs::from_file(abi)))?
        .add_rules(path_beneath_rules(own, AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(&bounds.read, read))?
        .add_rules(path_beneath_rules(&bounds.write, all))?
        .restrict_self()?;
    Ok(status)
}

/// Refuses system calls: sockets, changes of mode, owner and times, what acts on other processes, and new
/// processes unless they are allowed.
fn filter(processes: bool) -> Result<()> {
    let mut refused: BTreeMap<i64, Vec<SeccompRule>> = REFUSED
        .iter()
        .chain(OLD_CALLS)
        .map(|call| (*call, Vec::new()))
        .collect();
    if processes {
        // Linkers and interpreters set the modes of what they write, inside the folders they may write in.
        // A pair of connected sockets reaches nobody else, and starting a process may need one.
        for call in MODES.iter().chain(OLD_MODES).chain([&libc::SYS_socketpair]) {
            refused.remove(call);
        }
    } else {
        let own = u64::from(std::process::id());
        refused.insert(libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Ne, own)?]);
        let thread = u64::try_from(libc::CLONE_THREAD)?;
        refused.insert(
            libc::SYS_clone,
            vec![rule(0, SeccompCmpOp::MaskedEq(thread), 0)?],
        );
        for call in NEW_PROCESSES
            .iter()
            .chain([libc::SYS_kill, libc::SYS_tkill].iter())
        {
            refused.insert(*call, Vec::new());
        }
    }
    // The 32-bit numbering of the same calls, where a processor has it.
    let other: Vec<_> = refused.keys().map(|call| call | 0x4000_0000).collect();
    refused.extend(other.into_iter().map(|call| (call, Vec::new())));
    install(refused, libc::EPERM)?;
    if !processes {
        // Its arguments can't be looked at; without it the C library falls back to `clone`.
        install(
            BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
            libc::ENOSYS,
        )?;
    }
    Ok(())
}

fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)?;
    Ok(SeccompRule::new(vec![condition])?)
}

fn install(refused: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<()> {
    let filter = SeccompFilter::new(
        refused,
        SeccompAction::Allow,
        SeccompAction::Errno(u32::try_from(errno)?),
        std::env::consts::ARCH.try_into()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}

const MODES: &[i64] = &[
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_utimensat,
];

const REFUSED: &[i64] = &[
    // Sockets of any kind; the ring can open them without a call of its own.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_io_uring_setup,
    // Modes, owners, times and attributes.
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    // Other processes, and the system.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pidfd_getfd,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_setpriority,
    libc::SYS_sched_setaffinity,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_quotactl,
    libc::SYS_acct,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_shmget,
];

/// Calls that exist only on older architectures.
#[cfg(target_arch = "x86_64")]
const OLD_CALLS: &[i64] = &[
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD_CALLS: &[i64] = &[];

#[cfg(target_arch = "x86_64")]
const OLD_MODES: &[i64] = &[libc::SYS_chmod, libc::SYS_utime, libc::SYS_utimes];
#[cfg(not(target_arch = "x86_64"))]
const OLD_MODES: &[i64] = &[];

#[cfg(target_arch = "x86_64")]
const NEW_PROCESSES: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const NEW_PROCESSES: &[i64] = &[];
