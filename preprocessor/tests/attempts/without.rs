//! Starts a program on a system that lacks something: a filter answers the named calls with an error.
//!
//! Arguments: the error's number, the calls' numbers with commas between them, the program and its arguments. `clone` is taken away for
//! processes only, not for threads.

use std::os::unix::process::CommandExt;

unsafe extern "C" {
    fn prctl(option: i32, ...) -> i32;
}

/// An instruction of the filter.
#[repr(C)]
struct Instruction {
    code: u16,
    jump_true: u8,
    jump_false: u8,
    value: u32,
}

#[repr(C)]
struct Filter {
    length: u16,
    instructions: *const Instruction,
}

const LOAD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_SET: u16 = 0x45;
const RETURN: u16 = 0x06;
/// Where a filter finds the first argument of a call.
const FIRST_ARGUMENT: u32 = 16;
const CLONE: u32 = 56;
const THREAD: u32 = 0x1_0000;
const ALLOW: u32 = 0x7fff_0000;
const ERROR: u32 = 0x0005_0000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let error: u32 = arguments[1].parse().unwrap();
    let step = |code, jump_false, value| Instruction {
        code,
        jump_true: 0,
        jump_false,
        value,
    };
    let mut instructions = vec![step(LOAD, 0, 0)];
    for call in arguments[2].split(',') {
        let call: u32 = call.parse().unwrap();
        if call == CLONE {
            instructions.push(step(JUMP_IF_EQUAL, 4, call));
            instructions.push(step(LOAD, 0, FIRST_ARGUMENT));
            instructions.push(step(JUMP_IF_SET, 1, THREAD));
            instructions.push(step(RETURN, 0, ALLOW));
        } else {
            instructions.push(step(JUMP_IF_EQUAL, 1, call));
        }
        instructions.push(step(RETURN, 0, ERROR | error));
    }
    instructions.push(step(RETURN, 0, ALLOW));
    let filter = Filter {
        length: instructions.len().try_into().unwrap(),
        instructions: instructions.as_ptr(),
    };
    unsafe {
        assert_eq!(prctl(38, 1u64, 0u64, 0u64, 0u64), 0);
        assert_eq!(prctl(22, 2u64, &raw const filter), 0);
    }
    let error = std::process::Command::new(&arguments[3])
        .args(&arguments[4..])
        .exec();
    panic!("{error}");
}
