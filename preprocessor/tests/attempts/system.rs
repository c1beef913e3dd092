//! Attempts on what all share: the network, memory and messages between processes, mounts, the kernel and the clock.

use crate::calls::*;
use crate::{Attempt, Outcome};

fn socket(family: i64, kind: i64, protocol: i64) -> Outcome {
    outcome(call(SOCKET, &[family, kind, protocol]))
}

/// A request to a file of its own.
fn request(request: i64, argument: i64) -> Outcome {
    outcome(open(".", 0o200_000).and_then(|file| call(IOCTL, &[file, request, argument])))
}

pub fn all() -> Vec<Attempt> {
    vec![
        Attempt::harmless("open a TCP socket", |_| socket(2, 1, 0)),
        Attempt::harmless("open a UDP socket", |_| socket(2, 2, 0)),
        Attempt::harmless("open a TCP socket of IPv6", |_| socket(10, 1, 0)),
        Attempt::harmless("open a raw socket", |_| socket(2, 3, 1)),
        Attempt::harmless("open a packet socket", |_| socket(17, 3, 0x300)),
        Attempt::harmless("open a local stream socket", |_| socket(1, 1, 0)),
        Attempt::harmless("open a local datagram socket", |_| socket(1, 2, 0)),
        Attempt::harmless("open a netlink socket", |_| socket(16, 3, 0)),
        Attempt::harmless("open a socket to the kernel's log of events", |_| {
            socket(16, 3, 15)
        }),
        Attempt::harmless("open a socket to the host of a virtual machine", |_| {
            socket(40, 1, 0)
        }),
        Attempt::harmless("open a socket to the kernel's ciphers", |_| {
            socket(38, 5, 0)
        }),
        Attempt::harmless("open a connected pair of sockets", |_| {
            outcome(call(SOCKETPAIR, &[1, 1, 0, bytes([0i32; 2])]))
        }),
        Attempt::harmless("open a pair of datagram sockets", |_| {
            outcome(call(SOCKETPAIR, &[1, 2, 0, bytes([0i32; 2])]))
        }),
        Attempt::harmless("listen on TCP with the standard library", |_| {
            io(std::net::TcpListener::bind("127.0.0.1:0"))
        }),
        Attempt::harmless("send over UDP with the standard library", |_| {
            io(std::net::UdpSocket::bind("127.0.0.1:0"))
        }),
        Attempt::harmless("open a ring of input and output", |_| {
            outcome(call(IO_URING_SETUP, &[1, bytes([0u8; 120])]))
        }),
        Attempt::harmless("open a context of asynchronous input and output", |_| {
            outcome(call(IO_SETUP, &[1, bytes(0i64)]))
        }),
        Attempt::harmless("make shared memory", |_| {
            outcome(call(SHMGET, &[0x5ca1, 4096, 0o1666]))
        }),
        Attempt::harmless("attach shared memory of others", |_| {
            let id = call(SHMGET, &[0x5ca1, 4096, 0o1666]);
            outcome(id.and_then(|id| call(SHMAT, &[id, 0, 0])))
        }),
        Attempt::harmless("list shared memory", |_| {
            outcome(call(SHMCTL, &[0, 14, bytes([0u8; 128])]))
        }),
        Attempt::harmless("make a queue of messages", |_| {
            outcome(call(MSGGET, &[0x5ca1, 0o1666]))
        }),
        Attempt::harmless("list queues of messages", |_| {
            outcome(call(MSGCTL, &[0, 12, bytes([0u8; 256])]))
        }),
        Attempt::harmless("make semaphores", |_| {
            outcome(call(SEMGET, &[0x5ca1, 1, 0o1666]))
        }),
        Attempt::harmless("list semaphores", |_| {
            outcome(call(SEMCTL, &[0, 0, 19, bytes([0u8; 128])]))
        }),
        Attempt::harmless("open a named queue of messages", |_| {
            outcome(call(MQ_OPEN, &[path("attempt"), 0o102, 0o600, 0]))
        }),
        Attempt::harmless("remove a named queue of messages", |_| {
            let _ = call(MQ_OPEN, &[path("attempt"), 0o102, 0o600, 0]);
            outcome(call(MQ_UNLINK, &[path("attempt")]))
        }),
        Attempt::harmless("make a file in memory", |_| {
            outcome(call(MEMFD_CREATE, &[path("attempt"), 0]))
        }),
        Attempt::harmless("make a secret file in memory", |_| {
            outcome(call(MEMFD_SECRET, &[0]))
        }),
        Attempt::harmless("make pipes that hold a megabyte each", |_| {
            let ends = Box::leak(Box::new([0i32; 2]));
            let made = call(PIPE, &[ends.as_mut_ptr() as i64]);
            outcome(made.and_then(|_| call(FCNTL, &[i64::from(ends[0]), 1031, 1 << 20])))
        }),
        Attempt::harmless("map its pages into a pipe", |_| {
            let ends = Box::leak(Box::new([0i32; 2]));
            let made = call(PIPE, &[ends.as_mut_ptr() as i64]);
            let part = bytes([bytes([1u8; 8]), 8]);
            outcome(made.and_then(|_| call(VMSPLICE, &[i64::from(ends[1]), part, 1, 0])))
        }),
        Attempt::harmless("lock all its memory", |_| outcome(call(MLOCKALL, &[4]))),
        Attempt::harmless("handle faults of memory", |_| {
            outcome(call(USERFAULTFD, &[1]))
        }),
        Attempt::harmless("take a key of the processor for memory", |_| {
            outcome(call(PKEY_ALLOC, &[0, 0]))
        }),
        Attempt::harmless("remap pages of a file", |_| {
            without_effect(call(REMAP_FILE_PAGES, &[0, 0, 0, 0, 0]))
        }),
        Attempt::harmless("ask what of a file is in memory", |_| {
            std::fs::write("own", "x").unwrap();
            outcome(
                open("own", 0).and_then(|file| {
                    call(CACHESTAT, &[file, bytes([0u64, 1]), bytes([0u64; 8]), 0])
                }),
            )
        }),
        Attempt::harmless("load a program into the kernel", |_| {
            outcome(call(BPF, &[0, bytes([2u32, 4, 4, 1, 0, 0, 0, 0]), 32]))
        }),
        Attempt::harmless("add a key", |_| {
            outcome(call(
                ADD_KEY,
                &[path("user"), path("attempt"), path("x"), 1, -1],
            ))
        }),
        Attempt::harmless("ask for a key", |_| {
            without_effect(call(REQUEST_KEY, &[path("user"), path("attempt"), 0, -1]))
        }),
        Attempt::harmless("join a session of keys", |_| outcome(call(KEYCTL, &[1, 0]))),
        Attempt::harmless("start a Landlock ruleset", |_| {
            outcome(call(LANDLOCK_CREATE, &[bytes([1u64]), 8, 0]))
        }),
        Attempt::harmless("ask which security modules there are", |_| {
            outcome(call(LSM_LIST, &[bytes([0u64; 32]), bytes(256u32), 0]))
        }),
        Attempt::harmless("mount a file system", |_| {
            std::fs::create_dir("mounted").unwrap();
            outcome(call(
                MOUNT,
                &[path("none"), path("mounted"), path("tmpfs"), 0, 0],
            ))
        }),
        Attempt::harmless("mount another folder over its own", |_| {
            std::fs::create_dir("mounted").unwrap();
            outcome(call(MOUNT, &[path("/etc"), path("mounted"), 0, 4096, 0]))
        }),
        Attempt::harmless("remount a folder for reading only", |w| {
            let folder = path(&w.outside);
            let bound = call(MOUNT, &[folder, folder, 0, 4096, 0]);
            outcome(bound.and_then(|_| {
                call(
                    MOUNT_SETATTR,
                    &[HERE, folder, 0, bytes([1u64, 0, 0, 0]), 32],
                )
            }))
        }),
        Attempt::harmless("set a mount's attributes where nothing is mounted", |_| {
            without_effect(call(
                MOUNT_SETATTR,
                &[HERE, path("."), 0, bytes([1u64, 0, 0, 0]), 32],
            ))
        }),
        Attempt::harmless("unmount `/proc`", |_| {
            outcome(call(UMOUNT, &[path("/proc"), 2]))
        }),
        Attempt::harmless("copy a tree of mounts", |_| {
            outcome(call(OPEN_TREE, &[HERE, path("/"), 1]))
        }),
        Attempt::harmless("open a tree of mounts", |_| {
            outcome(call(OPEN_TREE, &[HERE, path("/"), 0]))
        }),
        Attempt::harmless("copy a tree with other attributes", |_| {
            outcome(call(
                OPEN_TREE_ATTR,
                &[HERE, path("/"), 1, bytes([1u64, 0, 0, 0]), 32],
            ))
        }),
        Attempt::harmless("open a file system", |_| {
            outcome(call(FSOPEN, &[path("tmpfs"), 0]))
        }),
        Attempt::harmless("pick a file system", |_| {
            outcome(call(FSPICK, &[HERE, path("/"), 0]))
        }),
        Attempt::harmless("move a mount", |_| {
            without_effect(call(MOVE_MOUNT, &[HERE, path("."), HERE, path("."), 0]))
        }),
        Attempt::harmless("list the mounts", |_| {
            outcome(call(
                LISTMOUNT,
                &[bytes([24u64, u64::MAX, 0]), bytes([0u64; 64]), 64, 0],
            ))
        }),
        Attempt::harmless("change the root", |_| {
            std::fs::create_dir("root").unwrap();
            outcome(call(CHROOT, &[path("root")]))
        }),
        Attempt::harmless("exchange the root", |_| {
            without_effect(call(PIVOT_ROOT, &[path("."), path(".")]))
        }),
        Attempt::harmless("count what every process does", |_| {
            outcome(call(ACCT, &[0]))
        }),
        Attempt::harmless("ask for quotas", |_| {
            without_effect(call(QUOTACTL, &[0x0080_0002, path("/dev/none"), 0, 0]))
        }),
        Attempt::harmful("freeze a file system", |_| request(0xc004_5877, 0)),
        Attempt::harmful("use a file as memory", |_| {
            outcome(call(SWAPON, &[path("own"), 0]))
        }),
        Attempt::harmless("stop using a file as memory", |_| {
            without_effect(call(SWAPOFF, &[path("none")]))
        }),
        Attempt::harmless("flush a file system", |_| {
            outcome(open(".", 0).and_then(|file| call(SYNCFS, &[file])))
        }),
        Attempt::harmless("set the host's name", |_| {
            outcome(call(SETHOSTNAME, &[path("attempt"), 7]))
        }),
        Attempt::harmless("set the domain's name", |_| {
            outcome(call(SETDOMAINNAME, &[path("attempt"), 7]))
        }),
        Attempt::harmful("set the clock", |_| {
            outcome(call(CLOCK_SETTIME, &[0, bytes([1i64, 0])]))
        }),
        Attempt::harmful("set the time of day", |_| {
            outcome(call(SETTIMEOFDAY, &[bytes([1i64, 0]), 0]))
        }),
        Attempt::harmful("tune the clock", |_| {
            outcome(call(CLOCK_ADJTIME, &[0, bytes([2u64; 32])]))
        }),
        Attempt::harmless("read how the clock is tuned", |_| {
            outcome(call(ADJTIMEX, &[bytes([0u64; 32])]))
        }),
        Attempt::harmless("read the kernel's log by a call", |_| {
            outcome(call(SYSLOG, &[3, bytes([0u8; 64]), 64]))
        }),
        Attempt::harmful("clear the kernel's log", |_| {
            outcome(call(SYSLOG, &[5, 0, 0]))
        }),
        Attempt::harmful("hang up the terminal", |_| outcome(call(VHANGUP, &[]))),
        Attempt::harmless("type on a terminal", |_| {
            outcome(call(IOCTL, &[0, 0x5412, bytes(b'x')]))
        }),
        Attempt::harmless("paste on a terminal", |_| {
            outcome(call(IOCTL, &[0, 0x541c, bytes(3u8)]))
        }),
        Attempt::harmless("restart the machine, with a wrong key", |_| {
            without_effect(call(REBOOT, &[0, 0, 0, 0]))
        }),
        Attempt::harmful("turn off the restart by the keyboard", |_| {
            outcome(call(REBOOT, &[0xfee1_dead, 672_274_793, 0]))
        }),
        Attempt::harmless("load another kernel", |_| {
            without_effect(call(KEXEC_LOAD, &[0, 0, 0, 0xffff]))
        }),
        Attempt::harmless("load another kernel from a file", |_| {
            without_effect(call(KEXEC_FILE_LOAD, &[-1, -1, 0, 0, 0xffff]))
        }),
        Attempt::harmless("load a module", |_| {
            without_effect(call(INIT_MODULE, &[bytes(0u8), 1, path("")]))
        }),
        Attempt::harmless("load a module from a file", |_| {
            without_effect(call(FINIT_MODULE, &[-1, path(""), 0]))
        }),
        Attempt::harmless("remove a module", |_| {
            without_effect(call(DELETE_MODULE, &[path("none"), 0]))
        }),
        Attempt::harmless("use ports", |_| outcome(call(IOPERM, &[0x80, 1, 1]))),
        Attempt::harmless("use all ports", |_| outcome(call(IOPL, &[3]))),
        Attempt::harmless("change its table of segments", |_| {
            outcome(call(MODIFY_LDT, &[0, bytes([0u8; 64]), 64]))
        }),
        Attempt::harmless("turn off the randomness of addresses", |_| {
            outcome(call(PERSONALITY, &[0x004_0000]))
        }),
        Attempt::harmless("ask for an old description of a file system", |_| {
            without_effect(call(USTAT, &[0, bytes([0u8; 64])]))
        }),
        Attempt::harmless("list kinds of file systems", |_| {
            outcome(call(SYSFS, &[3, 0, 0]))
        }),
        Attempt::harmless("execute through a descriptor", |_| {
            let program = open("/bin/true", 0o10_000_000);
            let arguments = bytes([path("true"), 0]);
            match program.and_then(|program| {
                call(
                    EXECVEAT,
                    &[program, path(""), arguments, bytes([0i64]), 0x1000],
                )
            }) {
                Ok(_) => Outcome::Through,
                Err(error) => failed(error),
            }
        }),
        Attempt::harmless("make a call that doesn't exist", |_| {
            outcome(call(500, &[]))
        }),
    ]
}
