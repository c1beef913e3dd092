//! System calls by their numbers on `x86_64`, and how their answers are read.

use crate::Outcome;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

/// What a call gave: a number, or an error.
pub type Answer = Result<i64, i32>;

/// Makes a call with up to six arguments.
pub fn call(number: i64, arguments: &[i64]) -> Answer {
    let at = |index: usize| arguments.get(index).copied().unwrap_or(0);
    let result = unsafe { syscall(number, at(0), at(1), at(2), at(3), at(4), at(5)) };
    if result < 0 {
        Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
    } else {
        Ok(result)
    }
}

/// The outcome of a call whose success is its effect.
pub fn outcome(answer: Answer) -> Outcome {
    match answer {
        Ok(_) => Outcome::Through,
        Err(error) => failed(error),
    }
}

/// The outcome of a call that has its effect elsewhere: success alone doesn't count.
pub fn without_effect(answer: Answer) -> Outcome {
    match answer {
        Ok(_) => Outcome::Void(0),
        Err(error) => failed(error),
    }
}

/// The outcome of a call whose effect was looked at.
pub fn effect(answer: Answer, is_there: bool) -> Outcome {
    match answer {
        _ if is_there => Outcome::Through,
        Ok(_) => Outcome::Void(0),
        Err(error) => failed(error),
    }
}

/// The outcome of an error: `EPERM`, `EACCES`, `ENOSYS` and `EXDEV` are how the sandbox refuses.
pub fn failed(error: i32) -> Outcome {
    match error {
        1 | 13 | 38 | 18 => Outcome::Refused(error),
        error => Outcome::Void(error),
    }
}

/// The outcome of an operation of the standard library.
pub fn io<T>(result: std::io::Result<T>) -> Outcome {
    outcome(
        result
            .map(|_| 0)
            .map_err(|error| error.raw_os_error().unwrap_or(0)),
    )
}

/// A path for a call. It stays allocated: the process ends soon.
pub fn path(path: impl AsRef<Path>) -> i64 {
    CString::new(path.as_ref().as_os_str().as_bytes())
        .unwrap()
        .into_raw() as i64
}

/// A pointer to bytes that stay allocated.
pub fn bytes<T>(value: T) -> i64 {
    Box::into_raw(Box::new(value)) as i64
}

/// The current folder, for calls that take a folder first.
pub const HERE: i64 = -100;

/// Opens a file with flags.
pub fn open(name: impl AsRef<Path>, flags: i64) -> Answer {
    call(OPENAT, &[HERE, path(name), flags, 0o600])
}

/// Moves this process into namespaces of its own, so that an attempt without the sandbox changes nothing outside, and becomes the
/// user.
pub fn apart(user: i64) {
    const MOUNTS: i64 = 0x0002_0000;
    const NAMES: i64 = 0x0400_0000;
    const IPC: i64 = 0x0800_0000;
    const NETWORK: i64 = 0x4000_0000;
    const PRIVATE: i64 = 0x0004_4000;
    call(UNSHARE, &[MOUNTS | NAMES | IPC | NETWORK]).unwrap();
    call(MOUNT, &[0, path("/"), 0, PRIVATE, 0]).unwrap();
    if user != 0 {
        call(SETGROUPS, &[0, 0]).unwrap();
        call(SETRESGID, &[user, user, user]).unwrap();
        call(SETRESUID, &[user, user, user]).unwrap();
    }
}

macro_rules! numbers {
    ($($name:ident $number:literal)*) => {
        $(pub const $name: i64 = $number;)*
    };
}

numbers! {
    READ 0 WRITE 1 STAT 4 MMAP 9 IOCTL 16 PIPE 22 MINCORE 27 SHMGET 29 SHMAT 30 SHMCTL 31 GETPID 39 SOCKET 41
    SOCKETPAIR 53 CLONE 56 FORK 57 EXECVE 59 KILL 62 SEMGET 64 SEMCTL 66 MSGGET 68 MSGCTL 71 FCNTL 72
    TRUNCATE 76 CHMOD 90 FCHMOD 91 CHOWN 92 FCHOWN 93 LCHOWN 94 PTRACE 101 SYSLOG 103 SETUID 105 SETGID 106
    SETPGID 109 SETSID 112 SETREUID 113 SETGROUPS 116 SETRESUID 117 SETRESGID 119 GETPGID 121 SETFSUID 122
    SETFSGID 123 CAPSET 126 QUEUE_SIGNAL 129 UTIME 132 MKNOD 133 PERSONALITY 135 USTAT 136 SYSFS 139
    SETPRIORITY 141 SCHED_SETPARAM 142 SCHED_SETSCHEDULER 144 MLOCKALL 151 VHANGUP 153 MODIFY_LDT 154
    PIVOT_ROOT 155 PRCTL 157 ADJTIMEX 159 SETRLIMIT 160 CHROOT 161 ACCT 163 SETTIMEOFDAY 164 MOUNT 165
    UMOUNT 166 SWAPON 167 SWAPOFF 168 REBOOT 169 SETHOSTNAME 170 SETDOMAINNAME 171 IOPL 172 IOPERM 173
    INIT_MODULE 175 DELETE_MODULE 176 QUOTACTL 179 SETXATTR 188 LSETXATTR 189 FSETXATTR 190 GETXATTR 191
    LISTXATTR 194 REMOVEXATTR 197 TKILL 200 SCHED_SETAFFINITY 203 IO_SETUP 206 REMAP_FILE_PAGES 216
    CLOCK_SETTIME 227 TGKILL 234 UTIMES 235 MBIND 237 SET_MEMPOLICY 238 MQ_OPEN 240 MQ_UNLINK 241
    KEXEC_LOAD 246 ADD_KEY 248 REQUEST_KEY 249 KEYCTL 250 IOPRIO_SET 251 INOTIFY_INIT 253 INOTIFY_ADD 254
    MIGRATE_PAGES 256 OPENAT 257 MKNODAT 259 FCHOWNAT 260 FUTIMESAT 261 FCHMODAT 268 UNSHARE 272
    GET_ROBUST_LIST 274 VMSPLICE 278 MOVE_PAGES 279 UTIMENSAT 280 INOTIFY_INIT1 294 QUEUE_THREAD_SIGNAL 297
    PERF_EVENT_OPEN 298 FANOTIFY_INIT 300 PRLIMIT 302 NAME_TO_HANDLE_AT 303 OPEN_BY_HANDLE_AT 304
    CLOCK_ADJTIME 305 SYNCFS 306 SETNS 308 PROCESS_VM_READV 310 PROCESS_VM_WRITEV 311 KCMP 312
    FINIT_MODULE 313 SCHED_SETATTR 314 RENAMEAT2 316 SECCOMP 317 MEMFD_CREATE 319 KEXEC_FILE_LOAD 320 BPF 321
    EXECVEAT 322 USERFAULTFD 323 PKEY_ALLOC 330 PIDFD_SEND_SIGNAL 424 IO_URING_SETUP 425 OPEN_TREE 428
    MOVE_MOUNT 429 FSOPEN 430 FSPICK 433 PIDFD_OPEN 434 CLONE3 435 OPENAT2 437 PIDFD_GETFD 438
    PROCESS_MADVISE 440 MOUNT_SETATTR 442 LANDLOCK_CREATE 444 MEMFD_SECRET 447 PROCESS_MRELEASE 448
    CACHESTAT 451 FCHMODAT2 452 LISTMOUNT 458 LSM_LIST 461 SETXATTRAT 463 GETXATTRAT 464 LISTXATTRAT 465
    REMOVEXATTRAT 466 OPEN_TREE_ATTR 467 FILE_SETATTR 469
}
