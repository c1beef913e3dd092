//! The module of a crate of varied blocks that knows what is set, and the crate's `main`.
//!
//! This file is part of those crates as it is, and part of ours in tests alone. It is `core` and `std`, without a dependency.

use std::io::Write as _;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::{OnceLock, PoisonError, RwLock};

/// Where a block starts.
pub(crate) type Entry = fn() -> ExitCode;

/// The settings of the point that runs, in the order of the block's parameters; what is empty or missing isn't set.
static POINT: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// What our own lines start with, which the blocks can't know.
static MARK: OnceLock<String> = OnceLock::new();

/// What is between the settings of a point.
const SEPARATOR: char = '\u{1f}';

/// The exit status of a run that was given a setting which it can't take.
const REFUSED: i32 = 65;

/// The number in this place.
pub(crate) fn number<T: FromStr>(place: usize, default: T) -> T {
    set(place, |text| read(place, text)).unwrap_or(default)
}

/// The numbers of a list in this place: those of the block, and the one that is set, unless it is there already.
pub(crate) fn list<T: FromStr + PartialEq, const N: usize>(
    place: usize,
    default: [T; N],
) -> Vec<T> {
    let mut numbers = Vec::from(default);
    if let Some(number) = set(place, |text| read(place, text))
        && !numbers.contains(&number)
    {
        numbers.push(number);
    }
    numbers
}

/// Which of the choices is set in this place, counted from 1; 0 if none is.
pub(crate) fn choice(place: usize, choices: &[&str]) -> usize {
    let at = |text: &str| choices.iter().position(|choice| *choice == text);
    set(place, |text| {
        at(text).map_or_else(|| refuse(place, "choice", text), |at| at + 1)
    })
    .unwrap_or(0)
}

/// The values of a list, and another if one is set that is not there.
pub(crate) fn joined<T, const N: usize>(default: [T; N], other: Vec<T>) -> Vec<T> {
    let mut values = Vec::from(default);
    values.extend(other);
    values
}

/// Runs a block at each point. The arguments are the block's module, the mark, and the points.
///
/// Both outputs have a line with the mark and the point's number before the point, and one with `end` after the last. A
/// point that fails is the last one.
pub(crate) fn run(find: fn(&str) -> Option<Entry>) -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let entry = arguments.next().and_then(|module| find(&module));
    let (Some(entry), Some(mark)) = (entry, arguments.next()) else {
        return ExitCode::from(2);
    };
    let mark = MARK.get_or_init(|| mark);
    for (number, point) in arguments.enumerate() {
        let settings = point.split(SEPARATOR).map(str::to_owned).collect();
        *POINT.write().unwrap_or_else(PoisonError::into_inner) = settings;
        announce(&format!("{mark} {number}\n"));
        let code = entry();
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    announce(&format!("{mark} end\n"));
    ExitCode::SUCCESS
}

/// What a place is set to.
fn set<T>(place: usize, read: impl FnOnce(&str) -> T) -> Option<T> {
    let point = POINT.read().unwrap_or_else(PoisonError::into_inner);
    let setting = point.get(place).filter(|text| !text.is_empty())?;
    Some(read(setting))
}

fn read<T: FromStr>(place: usize, text: &str) -> T {
    text.parse()
        .unwrap_or_else(|_| refuse(place, std::any::type_name::<T>(), text))
}

/// Ends the run: a value of this type can't be what is set.
#[expect(
    clippy::exit,
    reason = "the block can't take the value, and must not go on with another"
)]
fn refuse(place: usize, what: &str, text: &str) -> ! {
    let mark = MARK.get().map_or("", String::as_str);
    announce(&format!("{mark} refused {place} {what} {text}\n"));
    std::process::exit(REFUSED)
}

/// Writes a line to both outputs, behind all that was written before. It is no error if nothing reads them any more.
fn announce(line: &str) {
    let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
    let _ = stdout
        .write_all(line.as_bytes())
        .and_then(|()| stdout.flush());
    let _ = stderr
        .write_all(line.as_bytes())
        .and_then(|()| stderr.flush());
}
