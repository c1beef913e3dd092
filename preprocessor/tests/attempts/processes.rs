//! Attempts on other processes: signals, limits, scheduling, memory; and on processes of its own.

use crate::calls::*;
use crate::{Attempt, Outcome, World};

const KILL_SIGNAL: i64 = 9;
const LIMIT: [i64; 3] = [
    1, /* the size of files */
    0, /* processor time */
    7, /* open files */
];

/// What a new process does: it ends. In the old one, that there is a new one is the effect.
fn new(answer: Answer) -> Outcome {
    if answer == Ok(0) {
        std::process::exit(0);
    }
    outcome(answer)
}

/// Sets one of the victim's limits to what it is less one.
fn limit(world: &World, which: i64) -> Outcome {
    let old = Box::leak(Box::new([0u64; 2]));
    let read = call(PRLIMIT, &[world.victim, which, 0, old.as_ptr() as i64]);
    let less = bytes([old[0].min(1 << 40).saturating_sub(1), old[1].min(1 << 40)]);
    outcome(call(PRLIMIT, &[world.victim, which, less, 0]).and(read))
}

fn signal_information() -> i64 {
    let mut information = [0i32; 32];
    information[0] = 9;
    information[2] = -1;
    bytes(information)
}

/// A part of its own memory, and one of the victim's that it may write, where that can be found out.
fn parts(world: &World) -> [i64; 2] {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", world.victim));
    let maps = maps.unwrap_or_default();
    let line = maps.lines().find(|line| line.contains(" rw-p "));
    let start = line.and_then(|line| i64::from_str_radix(line.split('-').next()?, 16).ok());
    let buffer = bytes([0u8; 8]);
    [bytes([buffer, 8]), bytes([start.unwrap_or(0x40_0000), 8])]
}

fn option(arguments: &[i64]) -> Outcome {
    outcome(call(PRCTL, arguments))
}

fn attributes(policy: u32, nice: u32, priority: u32) -> i64 {
    bytes([48u32, policy, 0, 0, nice, priority, 0, 0, 0, 0, 0, 0])
}

pub fn all() -> Vec<Attempt> {
    vec![
        Attempt::harmless("start a process with `fork`", |_| new(call(FORK, &[]))),
        Attempt::harmless("start a process with `clone`", |_| {
            new(call(CLONE, &[17, 0, 0, 0, 0]))
        }),
        Attempt::harmless("start a process with `clone3`", |_| {
            new(call(CLONE3, &[bytes([0u64, 0, 0, 0, 17, 0, 0, 0]), 64]))
        }),
        Attempt::harmless("start a process as the standard library does", |_| {
            io(std::process::Command::new("/bin/true").status())
        }),
        Attempt::harmless("start a thread in namespaces of its own", |_| {
            new(call(CLONE, &[0x0002_0000 | 17, 0, 0, 0, 0]))
        }),
        Attempt::harmless("make a user namespace with `clone`", |_| {
            new(call(CLONE, &[0x1000_0000 | 17, 0, 0, 0, 0]))
        }),
        Attempt::harmless("make a user namespace with `clone3`", |_| {
            new(call(
                CLONE3,
                &[bytes([0x1000_0000u64, 0, 0, 0, 17, 0, 0, 0]), 64],
            ))
        }),
        Attempt::harmless("make a user namespace with `unshare`", |_| {
            outcome(call(UNSHARE, &[0x1000_0000]))
        }),
        Attempt::harmless("make a mount namespace", |_| {
            outcome(call(UNSHARE, &[0x0002_0000]))
        }),
        Attempt::harmless("make a process namespace", |_| {
            outcome(call(UNSHARE, &[0x2000_0000]))
        }),
        Attempt::harmless("make a network namespace", |_| {
            outcome(call(UNSHARE, &[0x4000_0000]))
        }),
        Attempt::harmless("make a time namespace", |_| outcome(call(UNSHARE, &[0x80]))),
        Attempt::harmless("enter another's namespaces", |w| {
            let process = call(PIDFD_OPEN, &[w.victim, 0]);
            outcome(process.and_then(|process| call(SETNS, &[process, 0x0400_0000])))
        }),
        Attempt::harmless("kill another process", |w| {
            without_effect(call(KILL, &[w.victim, KILL_SIGNAL]))
        }),
        Attempt::harmful("kill the process that started it", |_| {
            let parent = i64::from(std::os::unix::process::parent_id());
            outcome(call(KILL, &[parent, 0]))
        }),
        Attempt::harmful("signal all processes", |_| {
            without_effect(call(KILL, &[-1, 0]))
        }),
        Attempt::harmful("signal its process group", |_| {
            without_effect(call(KILL, &[0, 0]))
        }),
        Attempt::harmless("kill a thread with `tkill`", |w| {
            without_effect(call(TKILL, &[w.victim, KILL_SIGNAL]))
        }),
        Attempt::harmless("kill a thread with `tgkill`", |w| {
            without_effect(call(TGKILL, &[w.victim, w.victim, KILL_SIGNAL]))
        }),
        Attempt::harmless("queue a signal", |w| {
            without_effect(call(
                QUEUE_SIGNAL,
                &[w.victim, KILL_SIGNAL, signal_information()],
            ))
        }),
        Attempt::harmless("queue a signal to a thread", |w| {
            without_effect(call(
                QUEUE_THREAD_SIGNAL,
                &[w.victim, w.victim, KILL_SIGNAL, signal_information()],
            ))
        }),
        Attempt::harmless("kill through a process's descriptor", |w| {
            let process = call(PIDFD_OPEN, &[w.victim, 0]);
            without_effect(
                process.and_then(|process| call(PIDFD_SEND_SIGNAL, &[process, KILL_SIGNAL, 0, 0])),
            )
        }),
        Attempt::harmless("open another process's descriptor", |w| {
            outcome(call(PIDFD_OPEN, &[w.victim, 0]))
        }),
        Attempt::harmless("take a file of another process", |w| {
            let process = call(PIDFD_OPEN, &[w.victim, 0]);
            outcome(process.and_then(|process| call(PIDFD_GETFD, &[process, 0, 0])))
        }),
        Attempt::harmless("have the kernel signal it about a pipe", |w| {
            let ends = Box::leak(Box::new([0i32; 2]));
            let made = call(PIPE, &[ends.as_mut_ptr() as i64]);
            let [reader, writer] = ends.map(i64::from);
            let owner = made.and_then(|_| call(FCNTL, &[reader, 8, w.victim]));
            let mode = call(FCNTL, &[reader, 4, 0o20_000]);
            let written = call(WRITE, &[writer, bytes(0u8), 1]);
            without_effect(owner.and(mode).and(written))
        }),
        Attempt::harmless("choose the signal that it gets about a file", |_| {
            outcome(call(FCNTL, &[0, 10, KILL_SIGNAL]))
        }),
        Attempt::harmless("set the owner of a file's signals by a request", |w| {
            let ends = Box::leak(Box::new([0i32; 2]));
            let made = call(PIPE, &[ends.as_mut_ptr() as i64]);
            outcome(made.and_then(|_| call(IOCTL, &[i64::from(ends[0]), 0x8901, bytes(w.victim)])))
        }),
        Attempt::harmless("trace another process", |w| {
            let answer = call(PTRACE, &[0x4206, w.victim, 0, 0]);
            outcome(answer)
        }),
        Attempt::harmless("attach to another process", |w| {
            outcome(call(PTRACE, &[16, w.victim, 0, 0]))
        }),
        Attempt::harmless("be traced", |_| outcome(call(PTRACE, &[0, 0, 0, 0]))),
        Attempt::harmless("read another process's memory", |w| {
            let [own, remote] = parts(w);
            outcome(call(PROCESS_VM_READV, &[w.victim, own, 1, remote, 1, 0]))
        }),
        Attempt::harmless("write another process's memory", |w| {
            let [own, remote] = parts(w);
            outcome(call(PROCESS_VM_WRITEV, &[w.victim, own, 1, remote, 1, 0]))
        }),
        Attempt::harmless("compare with another process", |w| {
            outcome(call(KCMP, &[w.victim, w.victim, 1, 0, 0]))
        }),
        Attempt::harmless("advise on another process's memory", |w| {
            let process = call(PIDFD_OPEN, &[w.victim, 0]);
            outcome(
                process.and_then(|process| {
                    call(PROCESS_MADVISE, &[process, bytes([0i64, 0]), 1, 20, 0])
                }),
            )
        }),
        Attempt::harmless("release another process's memory", |w| {
            let process = call(PIDFD_OPEN, &[w.victim, 0]);
            without_effect(process.and_then(|process| call(PROCESS_MRELEASE, &[process, 0])))
        }),
        Attempt::harmless("limit how large another's files may be", |w| {
            limit(w, LIMIT[0])
        }),
        Attempt::harmless("limit another's processor time", |w| limit(w, LIMIT[1])),
        Attempt::harmless("limit another's open files", |w| limit(w, LIMIT[2])),
        Attempt::harmful("limit the files of the process that started it", |_| {
            let parent = i64::from(std::os::unix::process::parent_id());
            outcome(call(PRLIMIT, &[parent, LIMIT[0], bytes([0u64, 0]), 0]))
        }),
        Attempt::harmless("read another's limits", |w| {
            outcome(call(PRLIMIT, &[w.victim, LIMIT[0], 0, bytes([0u64; 2])]))
        }),
        Attempt::harmless("raise its own limit of files' sizes", |_| {
            let old = Box::leak(Box::new([0u64; 2]));
            let _ = call(PRLIMIT, &[0, LIMIT[0], 0, old.as_ptr() as i64]);
            // Where there is none yet, it can be raised again after it was lowered.
            let low = bytes([1u64 << 30, old[1].min(1 << 30)]);
            let _ = call(PRLIMIT, &[0, LIMIT[0], low, 0]);
            outcome(call(
                PRLIMIT,
                &[0, LIMIT[0], bytes([u64::MAX, u64::MAX]), 0],
            ))
        }),
        Attempt::harmless("raise its own limit of memory with `setrlimit`", |_| {
            let _ = call(SETRLIMIT, &[9, bytes([1u64 << 30, 1 << 30])]);
            outcome(call(SETRLIMIT, &[9, bytes([u64::MAX, u64::MAX])]))
        }),
        Attempt::harmless("map more memory than allowed", |_| {
            match call(MMAP, &[0, 3 << 40, 3, 0x4022, -1, 0]) {
                Err(12) => Outcome::Refused(12),
                answer => outcome(answer),
            }
        }),
        Attempt::harmless("lower another's priority", |w| {
            outcome(call(SETPRIORITY, &[0, w.victim, 5]))
        }),
        Attempt::harmless(
            "lower the priority of all its user's processes",
            |_| match std::env::var("APART") {
                // Without the sandbox, one process stands for all.
                Ok(_) => outcome(call(SETPRIORITY, &[0, 0, 1])),
                Err(_) => outcome(call(SETPRIORITY, &[2, 0, 19])),
            },
        ),
        Attempt::harmless("raise its own priority", |_| {
            outcome(call(SETPRIORITY, &[0, 0, -5]))
        }),
        Attempt::harmless("move another process to a processor", |w| {
            outcome(call(SCHED_SETAFFINITY, &[w.victim, 8, bytes(1u64)]))
        }),
        Attempt::harmless("move itself to a processor", |_| {
            outcome(call(SCHED_SETAFFINITY, &[0, 8, bytes(1u64)]))
        }),
        Attempt::harmless("change another's scheduling", |w| {
            outcome(call(SCHED_SETSCHEDULER, &[w.victim, 3, bytes(0i32)]))
        }),
        Attempt::harmless("run in real time", |_| {
            outcome(call(SCHED_SETSCHEDULER, &[0, 1, bytes(1i32)]))
        }),
        Attempt::harmless("set another's scheduling parameter", |w| {
            outcome(call(SCHED_SETPARAM, &[w.victim, bytes(0i32)]))
        }),
        Attempt::harmless("set another's scheduling attributes", |w| {
            outcome(call(SCHED_SETATTR, &[w.victim, attributes(0, 3, 0), 0]))
        }),
        Attempt::harmless("set its own scheduling attributes", |_| {
            outcome(call(SCHED_SETATTR, &[0, attributes(1, 0, 1), 0]))
        }),
        Attempt::harmless("set another's priority of input and output", |w| {
            outcome(call(IOPRIO_SET, &[1, w.victim, 3 << 13]))
        }),
        Attempt::harmless("move another's memory", |w| {
            outcome(call(
                MIGRATE_PAGES,
                &[w.victim, 64, bytes(1u64), bytes(1u64)],
            ))
        }),
        Attempt::harmless("ask where another's memory is", |w| {
            outcome(call(
                MOVE_PAGES,
                &[w.victim, 1, bytes(0i64), 0, bytes(0i32), 0],
            ))
        }),
        Attempt::harmless("set its memory policy", |_| {
            outcome(call(SET_MEMPOLICY, &[0, 0, 0]))
        }),
        Attempt::harmless("set the policy of a part of memory", |_| {
            outcome(call(MBIND, &[0, 0, 0, 0, 0, 0]))
        }),
        Attempt::harmless("ask which pages are in memory", |_| {
            let page = call(MMAP, &[0, 4096, 3, 0x22, -1, 0]);
            outcome(page.and_then(|page| call(MINCORE, &[page, 4096, bytes([0u8; 8])])))
        }),
        Attempt::harmless("ask for another's list of locks", |w| {
            outcome(call(GET_ROBUST_LIST, &[w.victim, bytes(0i64), bytes(0i64)]))
        }),
        Attempt::harmless("measure another process", |w| {
            let mut event = [0u64; 16];
            event[0] = 1 | (128 << 32);
            outcome(call(PERF_EVENT_OPEN, &[bytes(event), w.victim, -1, -1, 0]))
        }),
        Attempt::harmless("measure itself", |_| {
            let mut event = [0u64; 16];
            event[0] = 1 | (128 << 32);
            event[5] = 0x60;
            outcome(call(PERF_EVENT_OPEN, &[bytes(event), 0, -1, -1, 0]))
        }),
        Attempt::harmless("leave its process group", |_| {
            outcome(call(SETPGID, &[0, 0]))
        }),
        Attempt::harmless("leave its session", |_| {
            // A leader of a group can't.
            if call(GETPGID, &[0]) == Ok(i64::from(std::process::id())) {
                return Outcome::Void(0);
            }
            outcome(call(SETSID, &[]))
        }),
        Attempt::harmless("outlive its parent", |_| option(&[1, 0])),
        Attempt::harmless("adopt orphans", |_| option(&[36, 1])),
        Attempt::harmless("let itself be traced by anybody", |_| {
            option(&[0x5961_6d61, -1])
        }),
        Attempt::harmless("hide from its user's other processes", |_| option(&[4, 0])),
        Attempt::harmless("change its own memory's description", |_| {
            option(&[35, 14, bytes([0u64; 16]), bytes(0u32), 0])
        }),
        Attempt::harmless("filter its calls with `prctl`", |_| {
            let program = bytes([0x7fff_0000_0000_0006u64]);
            let _ = option(&[38, 1, 0, 0, 0]);
            option(&[22, 2, bytes([1u64, program.cast_unsigned()])])
        }),
        Attempt::harmless("filter its calls with `seccomp`", |_| {
            let program = bytes([0x7fff_0000_0000_0006u64]);
            let _ = option(&[38, 1, 0, 0, 0]);
            outcome(call(
                SECCOMP,
                &[1, 0, bytes([1u64, program.cast_unsigned()])],
            ))
        }),
        Attempt::harmless("set its secure bits", |_| option(&[28, 1])),
        Attempt::harmless("keep capabilities", |_| option(&[8, 1])),
        Attempt::harmless("raise an ambient capability", |_| {
            option(&[47, 2, 10, 0, 0])
        }),
        Attempt::harmless("share a core of the processor", |_| {
            option(&[62, 1, 0, 0, 0])
        }),
        Attempt::harmless("redirect its own calls", |_| {
            option(&[59, 1, 0, 0, bytes(0u8)])
        }),
        Attempt::harmless("become a helper of input and output", |_| {
            option(&[57, 1, 0, 0, 0])
        }),
        Attempt::harmless("change what happens on broken memory", |_| {
            option(&[33, 1, 1, 0, 0])
        }),
        Attempt::harmless("stop counters", |_| option(&[31])),
        Attempt::harmless("get a capability back", |_| {
            let header = bytes([0x2008_0522u32, 0]);
            outcome(call(
                CAPSET,
                &[header, bytes([1u32 << 21, 1 << 21, 0, 0, 0, 0])],
            ))
        }),
        Attempt::harmless("become another user with `setuid`", |_| {
            outcome(call(SETUID, &[1234]))
        }),
        Attempt::harmless("become another user with `setresuid`", |_| {
            outcome(call(SETRESUID, &[1234, 1234, 1234]))
        }),
        Attempt::harmless("become another user with `setreuid`", |_| {
            outcome(call(SETREUID, &[1234, 1234]))
        }),
        Attempt::harmless("read files as another user", |_| {
            let _ = call(SETFSUID, &[1234]);
            effect(call(SETFSUID, &[-1]), call(SETFSUID, &[-1]) == Ok(1234))
        }),
        Attempt::harmless("read files as another group", |_| {
            let _ = call(SETFSGID, &[1234]);
            effect(call(SETFSGID, &[-1]), call(SETFSGID, &[-1]) == Ok(1234))
        }),
        Attempt::harmless("become another group with `setgid`", |_| {
            outcome(call(SETGID, &[1234]))
        }),
        Attempt::harmless("become another group with `setresgid`", |_| {
            outcome(call(SETRESGID, &[1234, 1234, 1234]))
        }),
        Attempt::harmless("join other groups", |_| outcome(call(SETGROUPS, &[0, 0]))),
        Attempt::harmless("call by the numbers of another interface", |_| {
            outcome(call(GETPID | 0x4000_0000, &[]))
        }),
        Attempt::harmless("call by the 32-bit numbers", |_| {
            let number: i64;
            unsafe { std::arch::asm!("int 0x80", inlateout("rax") 20i64 => number) };
            outcome(if number > 0 {
                Ok(number)
            } else {
                Err(-i32::try_from(number).unwrap())
            })
        }),
    ]
}
