//! Attempts on files: those of others, and attributes of its own.

use crate::calls::*;
use crate::{Attempt, Outcome};
use std::fs;
use std::os::unix::fs::symlink;

const DIRECTORY: i64 = 0o200_000;
const HANDLE: i64 = 0o10_000_000;
const UNNAMED: i64 = 0o20_200_000;

/// A file of its own.
fn own(name: &str) -> i64 {
    fs::write(name, "own").unwrap();
    path(name)
}

/// An extended attribute's name and value.
fn attribute() -> [i64; 2] {
    [path("user.attempt"), path("1")]
}

/// Whether a file of its own has these permissions or times; `0o600` and 1970 are what the attempts set.
fn has_mode(name: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(name).is_ok_and(|data| data.permissions().mode() & 0o7777 == 0o4711)
}

fn is_old(name: &str) -> bool {
    fs::metadata(name).is_ok_and(|data| {
        data.modified().unwrap() == std::time::UNIX_EPOCH + std::time::Duration::from_secs(1)
    })
}

/// Seconds and fractions, twice.
fn times() -> i64 {
    bytes([1i64, 0, 1, 0])
}

/// Reads what was opened.
fn read(opened: Answer) -> Outcome {
    let buffer = bytes([0u8; 64]);
    outcome(
        opened
            .and_then(|file| call(READ, &[file, buffer, 64]))
            .and_then(|count| if count > 0 { Ok(count) } else { Err(0) }),
    )
}

/// A device node, opened and read.
fn node(answer: Answer) -> Outcome {
    outcome(answer.and_then(|_| open("node", 0)))
}

/// Whether a request about the flags of a file of its own set them. They are taken back, so that the folder can be deleted.
fn flags(request: i64, value: i64, none: i64) -> Outcome {
    fs::create_dir("kept").unwrap();
    let folder = open("kept", DIRECTORY);
    let answer = folder.and_then(|folder| call(IOCTL, &[folder, request, value]));
    let is_kept = answer.is_ok() && fs::write("kept/file", "x").is_err();
    if let Ok(folder) = folder {
        let _ = call(IOCTL, &[folder, request, none]);
    }
    effect(answer, is_kept)
}

pub fn all() -> Vec<Attempt> {
    vec![
        Attempt::harmless("read a file of others", |w| {
            io(fs::read(w.outside.join("secret")))
        }),
        Attempt::harmless("list a folder of others", |w| io(fs::read_dir(&w.outside))),
        Attempt::harmless("write to a file of others", |w| {
            io(fs::OpenOptions::new()
                .append(true)
                .open(w.outside.join("secret")))
        }),
        Attempt::harmless("make a file elsewhere", |w| {
            io(fs::write(w.outside.join("made"), "x"))
        }),
        Attempt::harmless("make a folder elsewhere", |w| {
            io(fs::create_dir(w.outside.join("folder")))
        }),
        Attempt::harmless("remove a file of others", |w| {
            io(fs::remove_file(w.outside.join("spare")))
        }),
        Attempt::harmless("remove a folder of others", |w| {
            io(fs::remove_dir(w.outside.join("empty")))
        }),
        Attempt::harmless("empty a file of others with `open`", |w| {
            io(fs::File::create(w.outside.join("spare")))
        }),
        Attempt::harmless("empty a file of others with `truncate`", |w| {
            outcome(call(TRUNCATE, &[path(w.outside.join("spare")), 0]))
        }),
        Attempt::harmless("rename a file of others into its folder", |w| {
            io(fs::rename(w.outside.join("spare"), "taken"))
        }),
        Attempt::harmless("rename its file to a place elsewhere", |w| {
            own("own");
            io(fs::rename("own", w.outside.join("given")))
        }),
        Attempt::harmless("exchange its file with one of others", |w| {
            outcome(call(
                RENAMEAT2,
                &[HERE, own("own"), HERE, path(w.outside.join("spare")), 2],
            ))
        }),
        Attempt::harmless("link a file of others into its folder", |w| {
            io(fs::hard_link(w.outside.join("spare"), "linked"))
        }),
        Attempt::harmless("link its file elsewhere", |w| {
            own("own");
            io(fs::hard_link("own", w.outside.join("linked")))
        }),
        Attempt::harmless("make a symbolic link elsewhere", |w| {
            io(symlink("/", w.outside.join("symbolic")))
        }),
        Attempt::harmless("read through a symbolic link", |w| {
            symlink(w.outside.join("secret"), "symbolic").unwrap();
            io(fs::read("symbolic"))
        }),
        Attempt::harmless("write through a symbolic link", |w| {
            symlink(w.outside.join("spare"), "symbolic").unwrap();
            io(fs::write("symbolic", "x"))
        }),
        Attempt::harmless("read with `openat2`", |w| {
            read(call(
                OPENAT2,
                &[
                    HERE,
                    path(w.outside.join("secret")),
                    bytes([0u64, 0, 0]),
                    24,
                ],
            ))
        }),
        Attempt::harmless("open a handle first, then read it through `/proc`", |w| {
            let handle = open(w.outside.join("secret"), HANDLE);
            match handle {
                Ok(handle) => io(fs::read(format!("/proc/self/fd/{handle}"))),
                Err(error) => failed(error),
            }
        }),
        Attempt::harmless("read below `/proc/self/root`", |w| {
            io(fs::read(
                std::path::Path::new("/proc/self/root")
                    .join(w.outside.strip_prefix("/").unwrap())
                    .join("secret"),
            ))
        }),
        Attempt::harmless("read after changing to the folder", |w| {
            let moved = std::env::set_current_dir(&w.outside);
            io(moved.and_then(|()| fs::read("secret")))
        }),
        Attempt::harmless("make a file without a name elsewhere", |w| {
            outcome(open(&w.outside, UNNAMED | 2))
        }),
        Attempt::harmless("open by a handle of the file system", |w| {
            let handle = bytes([128u32; 34]);
            let mount = bytes(0i32);
            let named = call(
                NAME_TO_HANDLE_AT,
                &[HERE, path(w.outside.join("secret")), handle, mount, 0],
            );
            let root = named
                .and_then(|_| open("/", HANDLE | DIRECTORY))
                .and_then(|_| open("/usr", DIRECTORY));
            read(root.and_then(|root| call(OPEN_BY_HANDLE_AT, &[root, handle, 0])))
        }),
        Attempt::harmless("ask for a handle of a file", |w| {
            outcome(call(
                NAME_TO_HANDLE_AT,
                &[
                    HERE,
                    path(w.outside.join("secret")),
                    bytes([128u32; 34]),
                    bytes(0i32),
                    0,
                ],
            ))
        }),
        Attempt::harmless("execute a program of others", |w| {
            let program = path(w.outside.join("program"));
            let arguments = bytes([program, path("started"), 0]);
            outcome(call(EXECVE, &[program, arguments, bytes([0i64])]))
        }),
        Attempt::harmless("watch a folder of others with inotify", |w| {
            let watch = call(INOTIFY_INIT1, &[0]);
            outcome(watch.and_then(|watch| call(INOTIFY_ADD, &[watch, path(&w.outside), 2])))
        }),
        Attempt::harmless("watch with the older inotify", |_| {
            outcome(call(INOTIFY_INIT, &[]))
        }),
        Attempt::harmless("hold others' files with fanotify", |_| {
            outcome(call(FANOTIFY_INIT, &[4, 0]))
        }),
        Attempt::harmless("watch with fanotify", |_| {
            outcome(call(FANOTIFY_INIT, &[0x200, 0]))
        }),
        Attempt::harmless("ask for signals about a folder", |w| {
            outcome(
                open(&w.outside, DIRECTORY)
                    .or_else(|_| open(".", DIRECTORY))
                    .and_then(|folder| call(FCNTL, &[folder, 1026, 2])),
            )
        }),
        Attempt::harmless("take a lease on its file", |_| {
            own("own");
            outcome(open("own", 0).and_then(|file| call(FCNTL, &[file, 1024, 0])))
        }),
        Attempt::harmless("read `/etc/passwd`", |_| io(fs::read("/etc/passwd"))),
        Attempt::harmless("read `/etc/shadow`", |_| io(fs::read("/etc/shadow"))),
        Attempt::harmless("list `/`", |_| io(fs::read_dir("/"))),
        Attempt::harmless("list `/tmp`", |_| io(fs::read_dir("/tmp"))),
        Attempt::harmless("make a file in `/dev/shm`", |_| {
            let made = fs::write("/dev/shm/attempt", "x");
            let _ = fs::remove_file("/dev/shm/attempt");
            io(made)
        }),
        Attempt::harmless("make a file in `/tmp`", |_| {
            let made = fs::write("/tmp/attempt", "x");
            let _ = fs::remove_file("/tmp/attempt");
            io(made)
        }),
        Attempt::harmless("read its environment in `/proc`", |_| {
            io(fs::read("/proc/self/environ"))
        }),
        Attempt::harmless("read its status in `/proc`", |_| {
            io(fs::read("/proc/self/status"))
        }),
        Attempt::harmless("write its memory through `/proc`", |_| {
            io(fs::OpenOptions::new().write(true).open("/proc/self/mem"))
        }),
        Attempt::harmless("change the mapping of its users", |_| {
            outcome(open("/proc/self/uid_map", 1))
        }),
        Attempt::harmless(
            "make itself the last one to be ended without memory",
            |_| outcome(open("/proc/self/oom_score_adj", 1)),
        ),
        Attempt::harmless("read another process's environment", |w| {
            io(fs::read(format!("/proc/{}/environ", w.victim)))
        }),
        Attempt::harmless("read another process's memory through `/proc`", |w| {
            io(fs::File::open(format!("/proc/{}/mem", w.victim)))
        }),
        Attempt::harmless("read another process's mappings", |w| {
            io(fs::read(format!("/proc/{}/maps", w.victim)))
        }),
        Attempt::harmless("read another process's arguments", |w| {
            io(fs::read(format!("/proc/{}/cmdline", w.victim)))
        }),
        Attempt::harmless("list another process's files", |w| {
            io(fs::read_dir(format!("/proc/{}/fd", w.victim)))
        }),
        Attempt::harmless("list all processes", |_| io(fs::read_dir("/proc"))),
        Attempt::harmless("set a parameter of the kernel", |_| {
            outcome(open("/proc/sys/kernel/hostname", 1))
        }),
        Attempt::harmless("open the trigger of system requests", |_| {
            outcome(open("/proc/sysrq-trigger", 1))
        }),
        Attempt::harmless("read the kernel's log", |_| {
            outcome(open("/dev/kmsg", 0o4000))
        }),
        Attempt::harmless("read the machine's memory", |_| {
            outcome(open("/dev/mem", 0))
        }),
        Attempt::harmless("read the disk", |_| {
            outcome(open("/dev/vda", 0).or_else(|_| open("/dev/sda", 0)))
        }),
        Attempt::harmless("open the terminal", |_| outcome(open("/dev/tty", 2))),
        Attempt::harmless("open a new terminal", |_| outcome(open("/dev/ptmx", 2))),
        Attempt::harmless("open the file system in user space", |_| {
            outcome(open("/dev/fuse", 2))
        }),
        Attempt::harmless("read the kernel's objects", |_| {
            io(fs::read_dir("/sys/kernel"))
        }),
        Attempt::harmless("list the control groups", |_| {
            io(fs::read_dir("/sys/fs/cgroup"))
        }),
        Attempt::harmless("use a file that the build was started with", |_| {
            read(Ok(9))
        }),
        Attempt::harmless("change the mode of its file", |_| {
            effect(call(CHMOD, &[own("own"), 0o4711]), has_mode("own"))
        }),
        Attempt::harmless("change its mode with `fchmod`", |_| {
            own("own");
            effect(
                open("own", 0).and_then(|file| call(FCHMOD, &[file, 0o4711])),
                has_mode("own"),
            )
        }),
        Attempt::harmless("change its mode with `fchmodat`", |_| {
            effect(call(FCHMODAT, &[HERE, own("own"), 0o4711]), has_mode("own"))
        }),
        Attempt::harmless("change its mode with `fchmodat2`", |_| {
            effect(
                call(FCHMODAT2, &[HERE, own("own"), 0o4711, 0]),
                has_mode("own"),
            )
        }),
        Attempt::harmless("change the mode of a file of others", |w| {
            outcome(call(CHMOD, &[path(w.outside.join("spare")), 0o644]))
        }),
        Attempt::harmless("give its file away", |_| {
            outcome(call(CHOWN, &[own("own"), 1234, 1234]))
        }),
        Attempt::harmless("give it away with `fchown`", |_| {
            own("own");
            outcome(open("own", 0).and_then(|file| call(FCHOWN, &[file, 1234, 1234])))
        }),
        Attempt::harmless("give it away with `lchown`", |_| {
            outcome(call(LCHOWN, &[own("own"), 1234, 1234]))
        }),
        Attempt::harmless("give it away with `fchownat`", |_| {
            outcome(call(FCHOWNAT, &[HERE, own("own"), 1234, 1234, 0]))
        }),
        Attempt::harmless("take a file of others", |w| {
            outcome(call(CHOWN, &[path(w.outside.join("spare")), 0, 0]))
        }),
        Attempt::harmless("change times with `utime`", |_| {
            effect(call(UTIME, &[own("own"), bytes([1i64, 1])]), is_old("own"))
        }),
        Attempt::harmless("change times with `utimes`", |_| {
            effect(call(UTIMES, &[own("own"), times()]), is_old("own"))
        }),
        Attempt::harmless("change times with `futimesat`", |_| {
            effect(call(FUTIMESAT, &[HERE, own("own"), times()]), is_old("own"))
        }),
        Attempt::harmless("change times with `utimensat`", |_| {
            effect(
                call(UTIMENSAT, &[HERE, own("own"), times(), 0]),
                is_old("own"),
            )
        }),
        Attempt::harmless("change the times of a file of others", |w| {
            outcome(call(
                UTIMENSAT,
                &[HERE, path(w.outside.join("spare")), times(), 0],
            ))
        }),
        Attempt::harmless("set an attribute with `setxattr`", |_| {
            outcome(call(
                SETXATTR,
                &[own("own"), attribute()[0], attribute()[1], 1, 0],
            ))
        }),
        Attempt::harmless("set an attribute with `lsetxattr`", |_| {
            outcome(call(
                LSETXATTR,
                &[own("own"), attribute()[0], attribute()[1], 1, 0],
            ))
        }),
        Attempt::harmless("set an attribute with `fsetxattr`", |_| {
            own("own");
            outcome(
                open("own", 0).and_then(|file| {
                    call(FSETXATTR, &[file, attribute()[0], attribute()[1], 1, 0])
                }),
            )
        }),
        Attempt::harmless("set an attribute with `setxattrat`", |_| {
            let value = bytes([attribute()[1], 1]);
            outcome(call(
                SETXATTRAT,
                &[HERE, own("own"), 0, attribute()[0], value, 16],
            ))
        }),
        Attempt::harmless("remove an attribute of a file of others", |w| {
            outcome(call(
                REMOVEXATTR,
                &[path(w.outside.join("spare")), attribute()[0]],
            ))
        }),
        Attempt::harmless("remove it with `removexattrat`", |w| {
            outcome(call(
                REMOVEXATTRAT,
                &[HERE, path(w.outside.join("spare")), 0, attribute()[0]],
            ))
        }),
        Attempt::harmless("read an attribute of a file of others", |w| {
            outcome(call(
                GETXATTR,
                &[
                    path(w.outside.join("secret")),
                    attribute()[0],
                    bytes([0u8; 64]),
                    64,
                ],
            ))
        }),
        Attempt::harmless("read it with `getxattrat`", |w| {
            let value = bytes([bytes([0u8; 64]), 64]);
            outcome(call(
                GETXATTRAT,
                &[
                    HERE,
                    path(w.outside.join("secret")),
                    0,
                    attribute()[0],
                    value,
                    16,
                ],
            ))
        }),
        Attempt::harmless("list the attributes of a file of others", |w| {
            outcome(call(
                LISTXATTR,
                &[path(w.outside.join("secret")), bytes([0u8; 64]), 64],
            ))
        }),
        Attempt::harmless("list them with `listxattrat`", |w| {
            outcome(call(
                LISTXATTRAT,
                &[
                    HERE,
                    path(w.outside.join("secret")),
                    0,
                    bytes([0u8; 64]),
                    64,
                ],
            ))
        }),
        Attempt::harmless("make its folder immutable by a request", |_| {
            flags(0x4008_6602, bytes(0x10u64), bytes(0u64))
        }),
        Attempt::harmless("make it immutable by the newer request", |_| {
            flags(
                0x401c_5820,
                bytes([8u32, 0, 0, 0, 0, 0, 0]),
                bytes([0u32; 7]),
            )
        }),
        Attempt::harmless("make its file immutable with `file_setattr`", |_| {
            let answer = call(
                FILE_SETATTR,
                &[HERE, own("own"), bytes([8u64, 0, 0]), 24, 0],
            );
            let is_kept = answer.is_ok() && fs::OpenOptions::new().write(true).open("own").is_err();
            let _ = call(
                FILE_SETATTR,
                &[HERE, path("own"), bytes([0u64, 0, 0]), 24, 0],
            );
            effect(answer, is_kept)
        }),
        Attempt::harmless("make a character device", |_| {
            node(call(MKNOD, &[path("node"), 0o20_600, 0x103]))
        }),
        Attempt::harmless("make a block device and read the disk", |_| {
            node(call(MKNOD, &[path("node"), 0o60_600, 0x700]))
        }),
        Attempt::harmless("make a block device with `mknodat`", |_| {
            outcome(call(MKNODAT, &[HERE, path("node"), 0o60_600, 0x700]))
        }),
        Attempt::harmless("make a socket's file", |_| {
            outcome(call(MKNOD, &[path("node"), 0o140_600, 0]))
        }),
        Attempt::harmless("make a named pipe", |_| {
            outcome(call(MKNOD, &[path("node"), 0o10_600, 0]))
        }),
        Attempt::harmless("ask whether a file exists and how large it is", |w| {
            outcome(call(
                STAT,
                &[path(w.outside.join("secret")), bytes([0u8; 256])],
            ))
        }),
    ]
}
