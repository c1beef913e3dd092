//! The filter of system calls: a list of those that are allowed, with their arguments where these reach further.
//!
//! A call that is not listed is refused, so that a call of a newer kernel is refused too. There are two lists: what a
//! block needs, and what compilers and interpreters need besides, which start processes.

use anyhow::{Result, bail};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Whether the lists were made for this processor's numbers.
const IS_KNOWN: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// The calls of a filter, each with the alternatives that its arguments have.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Whether this system can filter, as far as can be seen without filtering.
pub(super) fn can() -> bool {
    let actions = std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail");
    let actions = actions.unwrap_or_default();
    IS_KNOWN
        && ["allow", "errno"]
            .iter()
            .all(|wanted| actions.split_whitespace().any(|a| a == *wanted))
}

/// Allows this process and all that it starts the listed calls only.
pub(super) fn filter(processes: bool) -> Result<()> {
    if !IS_KNOWN {
        bail!(
            "there is no list for the processor `{}`",
            std::env::consts::ARCH
        );
    }
    let (allow, refuse) = (
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM.cast_unsigned()),
    );
    // Where a C library falls back to an older call, it does so for this error. The list lets these calls pass, so that this
    // filter decides about them, and it comes first, because the list allows no other filter.
    let unknown = missing_calls().map(|call| (call, Vec::new())).collect();
    let missing = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    install(unknown, allow.clone(), missing)?;
    install(allowed(processes)?, refuse, allow)
}

fn install(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> Result<()> {
    let processor = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, otherwise, listed, processor)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}

/// The calls that are reported as missing: some that have an older form, and those that came after this list.
fn missing_calls() -> impl Iterator<Item = i64> {
    MISSING.iter().copied().chain(NEWER)
}

/// The allowed calls.
fn allowed(processes: bool) -> Result<Rules> {
    let mut rules: Rules = [FILES, MEMORY, WAITING, SELF, OLD]
        .concat()
        .into_iter()
        .chain(missing_calls())
        .map(|call| (call, Vec::new()))
        .collect();
    // Limits are read and set by one call, which names a process.
    rules.insert(libc::SYS_prlimit64, one_of(0, &[0])?);
    rules.insert(libc::SYS_prctl, one_of(0, OPTIONS)?);
    rules.insert(libc::SYS_ioctl, one_of(1, REQUESTS)?);
    rules.insert(libc::SYS_fcntl, one_of(1, COMMANDS)?);
    let namespaces = u64::from(NAMESPACES);
    if processes {
        let more = [PROCESSES, OLD_PROCESSES].concat();
        rules.extend(more.into_iter().map(|call| (call, Vec::new())));
        rules.insert(libc::SYS_clone, vec![rule(&[flags(namespaces, 0)?])?]);
        // An open file's times become the current one, as `touch` does. A path would reach any file.
        let now_on_open_file = rule(&[pointer_is_null(1)?, pointer_is_null(2)?])?;
        rules.insert(libc::SYS_utimensat, vec![now_on_open_file]);
        // Connected from the start, so that it can't be sent from to anybody else; a pair of datagrams could.
        let kinds = [libc::SOCK_STREAM, libc::SOCK_SEQPACKET].map(|kind| {
            let local = equal(0, libc::AF_UNIX.cast_unsigned())?;
            let kind = u64::from(kind.cast_unsigned());
            rule(&[local, condition(1, SeccompCmpOp::MaskedEq(0xf), kind)?])
        });
        let kinds: Result<Vec<SeccompRule>> = kinds.into_iter().collect();
        rules.insert(libc::SYS_socketpair, kinds?);
    } else {
        // No process but this one, which keeps its number when it becomes the program.
        let own = std::process::id();
        rules.insert(libc::SYS_kill, one_of(0, &[own])?);
        rules.insert(libc::SYS_tgkill, one_of(0, &[own])?);
        let thread = u64::try_from(libc::CLONE_THREAD)?;
        rules.insert(
            libc::SYS_clone,
            vec![rule(&[flags(thread | namespaces, thread)?])?],
        );
    }
    Ok(rules)
}

/// Alternatives: the argument is one of these. The kernel looks at its lower half only.
fn one_of(argument: u8, values: &[u32]) -> Result<Vec<SeccompRule>> {
    let rules = values.iter().map(|value| rule(&[equal(argument, *value)?]));
    rules.collect()
}

fn equal(argument: u8, value: u32) -> Result<SeccompCondition> {
    condition(argument, SeccompCmpOp::Eq, u64::from(value))
}

fn pointer_is_null(argument: u8) -> Result<SeccompCondition> {
    let length = SeccompCmpArgLen::Qword;
    Ok(SeccompCondition::new(
        argument,
        length,
        SeccompCmpOp::Eq,
        0,
    )?)
}

fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition> {
    let length = SeccompCmpArgLen::Dword;
    Ok(SeccompCondition::new(argument, length, operator, value)?)
}

/// The flags of `clone`, of which those in the mask have this value.
fn flags(mask: u64, value: u64) -> Result<SeccompCondition> {
    condition(0, SeccompCmpOp::MaskedEq(mask), value)
}

fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule> {
    Ok(SeccompRule::new(conditions.to_vec())?)
}

/// The flags of `clone` that make a namespace. That of time is one of the bits of the signal at the end, of which no signal has all.
const NAMESPACES: u32 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET)
    .cast_unsigned();

/// What a process may set about itself with `prctl`: names, and nothing about the signal at its parent's end.
const OPTIONS: &[u32] = &[
    libc::PR_SET_NAME.cast_unsigned(),
    libc::PR_GET_NAME.cast_unsigned(),
    libc::PR_SET_VMA.cast_unsigned(),
    libc::PR_GET_DUMPABLE.cast_unsigned(),
    libc::PR_GET_PDEATHSIG.cast_unsigned(),
    libc::PR_CAPBSET_READ.cast_unsigned(),
    libc::PR_SET_NO_NEW_PRIVS.cast_unsigned(),
    libc::PR_GET_NO_NEW_PRIVS.cast_unsigned(),
];

/// Requests to devices: whether it is a terminal and how large, how much there is to read, and flags of the descriptor.
const REQUESTS: &[u32] = &[
    0x5401,      // TCGETS
    0x5413,      // TIOCGWINSZ
    0x541b,      // FIONREAD
    0x5421,      // FIONBIO
    0x5450,      // FIONCLEX
    0x5451,      // FIOCLEX
    0x802c_542a, // TCGETS2
];

/// Commands on descriptors; not who gets signals about one, and no size of a pipe.
const COMMANDS: &[u32] = &[
    libc::F_DUPFD.cast_unsigned(),
    libc::F_DUPFD_CLOEXEC.cast_unsigned(),
    libc::F_GETFD.cast_unsigned(),
    libc::F_SETFD.cast_unsigned(),
    libc::F_GETFL.cast_unsigned(),
    libc::F_SETFL.cast_unsigned(),
    libc::F_GETLK.cast_unsigned(),
    libc::F_SETLK.cast_unsigned(),
    libc::F_SETLKW.cast_unsigned(),
    libc::F_OFD_GETLK.cast_unsigned(),
    libc::F_OFD_SETLK.cast_unsigned(),
    libc::F_OFD_SETLKW.cast_unsigned(),
    libc::F_GETPIPE_SZ.cast_unsigned(),
];

/// Calls that are reported as missing, because callers then go another way.
const MISSING: &[i64] = &[
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    // Attributes of any file: what lists and copies files takes them for unsupported.
    libc::SYS_getxattr,
    libc::SYS_lgetxattr,
    libc::SYS_fgetxattr,
    libc::SYS_listxattr,
    libc::SYS_llistxattr,
    libc::SYS_flistxattr,
];

/// The numbers that were free when the lists were made. A C library may try a new call first, and use an older one where the kernel
/// hasn't got it.
const NEWER: std::ops::Range<i64> = 470..512;

/// Files: Landlock says which.
const FILES: &[i64] = &[
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_lseek,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_copy_file_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    libc::SYS_flock,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_readahead,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_umask,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
];

/// Memory, within the limit of the address space. No file in memory: it would count for no limit.
const MEMORY: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_msync,
    libc::SYS_mlock,
    libc::SYS_mlock2,
    libc::SYS_munlock,
    libc::SYS_membarrier,
    libc::SYS_mseal,
];

/// Threads, waiting, clocks and signals of its own.
const WAITING: &[i64] = &[
    libc::SYS_futex,
    libc::SYS_futex_waitv,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_set_tid_address,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getitimer,
    libc::SYS_setitimer,
    libc::SYS_timer_create,
    libc::SYS_timer_settime,
    libc::SYS_timer_gettime,
    libc::SYS_timer_getoverrun,
    libc::SYS_timer_delete,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    libc::SYS_eventfd2,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_signalfd4,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigsuspend,
    libc::SYS_sigaltstack,
    libc::SYS_wait4,
    libc::SYS_waitid,
];

/// What a process is told about itself and the system, and becoming another program.
const SELF: &[i64] = &[
    libc::SYS_execve,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getpgid,
    libc::SYS_getsid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getgroups,
    libc::SYS_capget,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_getrusage,
    libc::SYS_getcpu,
    libc::SYS_getrandom,
    libc::SYS_getpriority,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
];

/// Starting processes and talking to them. Modes, owners and attributes are not among them: Landlock doesn't say of which files.
const PROCESSES: &[i64] = &[
    libc::SYS_execveat,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    // On a pair of sockets; there are no others.
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_shutdown,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
];

/// The older forms of the calls above, and what only this processor has.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    libc::SYS_arch_prctl,
    libc::SYS_open,
    libc::SYS_creat,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_dup2,
    libc::SYS_pipe,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_readlink,
    libc::SYS_getdents,
    libc::SYS_time,
    libc::SYS_alarm,
    libc::SYS_pause,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_signalfd,
    libc::SYS_getpgrp,
    libc::SYS_getrlimit,
    libc::SYS_setrlimit,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];

#[cfg(target_arch = "x86_64")]
const OLD_PROCESSES: &[i64] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const OLD_PROCESSES: &[i64] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_fits_the_kernels_limit() {
        for processes in [false, true] {
            let processor = std::env::consts::ARCH.try_into().unwrap();
            let rules = allowed(processes).unwrap();
            let filter = SeccompFilter::new(
                rules,
                SeccompAction::Errno(1),
                SeccompAction::Allow,
                processor,
            );
            let program: BpfProgram = filter.unwrap().try_into().unwrap();
            assert!(program.len() < 4096, "{}", program.len());
        }
    }

    #[test]
    fn no_call_is_listed_twice_or_both_allowed_and_missing() {
        let all = [
            FILES,
            MEMORY,
            WAITING,
            SELF,
            OLD,
            PROCESSES,
            OLD_PROCESSES,
            MISSING,
        ]
        .concat();
        let mut seen = std::collections::BTreeSet::new();
        for call in all {
            assert!(seen.insert(call), "{call}");
        }
    }
}
