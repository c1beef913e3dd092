//! Attempts to get out of the sandbox: one table, each row something that a hostile block could try.
//!
//! The tests compile this program alone, as a block is compiled, and run it once for each attempt: without the sandbox, where the
//! attempt should go through so that it means something, and in it. An attempt looks at its effect, not only at what the call
//! returned; what it may have done to another process is looked at by the test.

mod calls;
mod files;
mod processes;
mod system;

use std::os::unix::process::CommandExt;
use std::path::PathBuf;

/// What the attempts are made against.
pub struct World {
    /// A folder of others that everybody may write in by its mode, with a file `secret`.
    pub outside: PathBuf,
    /// A process of others, of the same user.
    pub victim: i64,
}

/// How an attempt ended.
pub enum Outcome {
    /// It had its effect.
    Through,
    /// The system refused it.
    Refused(i32),
    /// It was not refused, but had no effect here: the error of the system, or 0.
    Void(i32),
}

/// An attempt.
pub struct Attempt {
    /// What is tried.
    pub name: &'static str,
    /// Whether it may be tried without the sandbox too, which changes nothing that outlives the test.
    pub is_harmless: bool,
    /// Tries it.
    pub run: fn(&World) -> Outcome,
}

impl Attempt {
    /// One that may be tried without the sandbox too.
    pub fn harmless(name: &'static str, run: fn(&World) -> Outcome) -> Self {
        Self {
            name,
            is_harmless: true,
            run,
        }
    }

    /// One that would reach the tests themselves, or change the machine.
    pub fn harmful(name: &'static str, run: fn(&World) -> Outcome) -> Self {
        Self {
            name,
            is_harmless: false,
            run,
        }
    }
}

/// The attempts, by topic.
fn all() -> Vec<(&'static str, Vec<Attempt>)> {
    vec![
        ("files", files::all()),
        ("processes", processes::all()),
        ("system", system::all()),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "list" => {
            for (topic, attempts) in all() {
                for attempt in attempts {
                    println!("{topic}\t{}\t{}", attempt.is_harmless, attempt.name);
                }
            }
        }
        // What a program that was started, or became this one, says.
        "started" => println!("through"),
        name => {
            let world = World {
                outside: PathBuf::from(&arguments[2]),
                victim: arguments[3].parse().unwrap(),
            };
            // Once more from the start, as a process of that user.
            if let Some(user) = arguments.get(4) {
                calls::apart(user.parse().unwrap());
                let mut again = std::process::Command::new(&arguments[0]);
                let error = again.args(&arguments[1..4]).env("APART", "1").exec();
                panic!("{error}");
            }
            let attempts = all().into_iter().flat_map(|(_, attempts)| attempts);
            let attempt = attempts
                .into_iter()
                .find(|attempt| attempt.name == name)
                .unwrap();
            match (attempt.run)(&world) {
                Outcome::Through => println!("through"),
                Outcome::Refused(error) => println!("refused {error}"),
                Outcome::Void(error) => println!("void {error}"),
            }
        }
    }
}
