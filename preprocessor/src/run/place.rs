//! Where a run takes place: new folders for every run, whose names never show in what it prints.
//!
//! A run sees itself as if it were alone on the machine: its working folder is `/run`, and the program that was compiled
//! for it is `/bin/block`. Where the folders really are is removed from its output, however it is escaped. What can't be
//! found again in an output, such as the length of a path, differs between repeated runs: each has folders whose names
//! have another length, and every second one works in the system's folder for temporary files.

use anyhow::{Context, Result};
use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use tempfile::TempDir;

/// The working folder's name.
const WORK: &str = "run";

/// The folder of the compiled program.
const PROGRAMS: &str = "bin";

/// What a block's program and its generated files are called.
pub const BLOCK: &str = "block";

/// The folders of one run.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder that holds the program.
    near: PathBuf,
    /// The folder that holds the working folder; often the same.
    root: PathBuf,
    /// Removes the working folder if it is not in the build's folder.
    _temporary: Option<TempDir>,
}

impl Place {
    /// Makes the folders of a job's run, counted from 0, inside the build's folder or next to it.
    pub(super) fn new(folder: &Path, key: &str, number: u32) -> Result<Self> {
        let longer = "x".repeat(usize::try_from(number).unwrap_or_default());
        let near = folder.join(format!("{key}-{number}")).join(&longer);
        fs::create_dir_all(&near)
            .with_context(|| format!("failed to make `{}`", near.display()))?;
        let temporary = (number % 2 == 1)
            .then(|| tempfile::Builder::new().prefix(&longer).tempdir().ok())
            .flatten();
        let root = temporary.as_ref().map_or(near.as_path(), TempDir::path);
        // On Windows that would be a form of paths that many programs don't take.
        let root = match cfg!(windows) {
            true => root.to_owned(),
            false => fs::canonicalize(root)
                .with_context(|| format!("failed to find `{}`", root.display()))?,
        };
        let place = Self {
            near,
            root,
            _temporary: temporary,
        };
        let work = place.work();
        fs::create_dir_all(&work)
            .with_context(|| format!("failed to make `{}`", work.display()))?;
        Ok(place)
    }

    /// The working folder.
    pub(super) fn work(&self) -> PathBuf {
        self.root.join(WORK)
    }

    /// What a run may read: everything in its folders.
    pub(super) fn readable(&self) -> [PathBuf; 2] {
        [self.near.clone(), self.root.clone()]
    }

    /// The same program under a name that says nothing about the build. The run can't write there.
    pub(super) fn program(&self, program: &Path) -> Result<PathBuf> {
        let folder = self.near.join(PROGRAMS);
        let name = Path::new(BLOCK).with_extension(std::env::consts::EXE_EXTENSION);
        let link = folder.join(name);
        fs::create_dir_all(&folder)
            .and_then(|()| {
                fs::hard_link(program, &link).or_else(|_| fs::copy(program, &link).map(drop))
            })
            .with_context(|| format!("failed to make `{}`", link.display()))?;
        Ok(link)
    }

    /// Removes the names of the run's folders from what it printed.
    pub(super) fn hide(&self, text: &mut Vec<u8>) {
        for folder in [&self.root, &self.near] {
            hide(text, folder);
        }
        if let Ok(near) = fs::canonicalize(&self.near) {
            hide(text, &near);
        }
    }
}

/// Removes a folder's name from a text, so that the folder becomes the root of what is in it.
pub(super) fn hide(text: &mut Vec<u8>, folder: &Path) {
    let folder = folder.to_string_lossy();
    // How Windows writes paths that it doesn't interpret.
    let folder = folder.trim_start_matches(r"\\?\");
    let Some(first) = folder.chars().next() else {
        return;
    };
    let mut out = Vec::new();
    let (mut at, mut from) = (0, 0);
    while at < text.len() {
        let is_name = |rest: &[u8]| {
            let next = rest.first();
            next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        let found = spelled(&text[at..], folder);
        let Some(length) = found.filter(|length| !is_name(&text[at + length..])) else {
            at += 1;
            continue;
        };
        out.extend_from_slice(&text[from..at]);
        let after = &text[at + length..];
        if separator(after).is_none() {
            match separator(&text[at..]) {
                Some(length) => out.extend_from_slice(&text[at..at + length]),
                None if first == MAIN_SEPARATOR => {}
                None => out.push(b'/'),
            }
        }
        at += length;
        from = at;
    }
    if from > 0 {
        out.extend_from_slice(&text[from..]);
        *text = out;
    }
}

/// Gives a block's generated file and module their fixed name: `block_KEY.rs:4` becomes `block.rs:3` where `line` says
/// that the fourth line of the file is the third of the block.
pub(super) fn rename(text: &mut Vec<u8>, name: &str, line: impl Fn(usize) -> usize) {
    let mut out = Vec::new();
    let mut rest = text.as_slice();
    while let Some(found) = find(rest, name.as_bytes()) {
        out.extend_from_slice(&rest[..found]);
        rest = &rest[found + name.len()..];
        let kept = out.len() - crate_before(&out) - folder_before(&out);
        out.truncate(kept);
        out.extend_from_slice(BLOCK.as_bytes());
        if let Some(after) = rest.strip_prefix(b".rs:") {
            let digits = after
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let number = std::str::from_utf8(&after[..digits]).ok();
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                out.extend_from_slice(format!(".rs:{}", line(number)).as_bytes());
                rest = &after[digits..];
            }
        }
    }
    if !out.is_empty() {
        out.extend_from_slice(rest);
        *text = out;
    }
}

/// Where a part starts in a text.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// The length of the name of a crate of many blocks, `blocks_3::`, at the end of a text.
fn crate_before(text: &[u8]) -> usize {
    let Some(path) = text.strip_suffix(b"::") else {
        return 0;
    };
    let digits = path
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match path[..path.len() - digits].ends_with(b"blocks_") {
        true if digits > 0 => "blocks_".len() + digits + "::".len(),
        _ => 0,
    }
}

/// The length of the separator at the end of a text that stands alone there: that of a folder whose name was removed.
fn folder_before(text: &[u8]) -> usize {
    let spellings: [&[u8]; 6] = [b"\\\\", b"\\/", b"%2F", b"%2f", b"/", b"\\"];
    let found = spellings
        .into_iter()
        .find(|spelling| text.ends_with(spelling));
    let length = found.map_or(0, <[u8]>::len);
    let is_in_path = text[..text.len() - length].last().is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-')
    });
    if is_in_path { 0 } else { length }
}

/// The length of the separator of a path that a text starts with.
fn separator(text: &[u8]) -> Option<usize> {
    one(text, '/').or_else(|| one(text, MAIN_SEPARATOR))
}

/// How many bytes at the start of a text spell a path: as it is, percent-encoded, or with the escapes of JSON, of a
/// shell or of a programming language.
fn spelled(text: &[u8], path: &str) -> Option<usize> {
    let mut at = 0;
    for c in path.chars() {
        at += one(&text[at..], c)?;
    }
    Some(at)
}

/// As [`spelled`], for one character.
fn one(text: &[u8], c: char) -> Option<usize> {
    let mut buffer = [0; 4];
    let raw = c.encode_utf8(&mut buffer).as_bytes();
    match text.first()? {
        b'\\' => {
            if !c.is_alphanumeric() && text[1..].starts_with(raw) {
                return Some(1 + raw.len());
            }
            let mut units = [0; 2];
            let units = c
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| u32::from(*unit));
            let bytes = raw.iter().map(|byte| u32::from(*byte));
            let code = || std::iter::once(u32::from(c));
            coded(text, "\\u", 4, units)
                .or_else(|| coded(text, "\\x", 2, bytes))
                .or_else(|| coded(text, "\\x", 2, code()))
                .or_else(|| coded(text, "\\U", 8, code()))
                .or_else(|| {
                    let braced = c.escape_unicode().to_string();
                    text.starts_with(braced.as_bytes()).then_some(braced.len())
                })
                .or_else(|| (c == '\\').then_some(1))
        }
        b'%' => {
            let bytes = raw.iter().map(|byte| u32::from(*byte));
            coded(text, "%", 2, bytes).or_else(|| (c == '%').then_some(1))
        }
        _ => text.starts_with(raw).then_some(raw.len()),
    }
}

/// The length of hexadecimal codes of these values, each with a mark before it and so many digits.
fn coded(
    text: &[u8],
    mark: &str,
    digits: usize,
    values: impl Iterator<Item = u32>,
) -> Option<usize> {
    let mut at = 0;
    for value in values {
        let code = text.get(at..at + mark.len() + digits)?;
        let number = std::str::from_utf8(code.strip_prefix(mark.as_bytes())?).ok()?;
        if u32::from_str_radix(number, 16) != Ok(value) {
            return None;
        }
        at += code.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(unix)]
    fn hidden(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        hide(&mut bytes, Path::new("/home/ann é/50%/a-0"));
        String::from_utf8(bytes).unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_the_root_of_what_is_in_it_however_it_is_escaped() {
        for (text, shown) in [
            (
                "at /home/ann é/50%/a-0/run/block.sh:1",
                "at /run/block.sh:1",
            ),
            ("/home/ann é/50%/a-0", "/"),
            ("[/home/ann é/50%/a-0]", "[/]"),
            (
                "file:///home/ann%20%C3%A9/50%25/a-0/run/block.mjs:1",
                "file:///run/block.mjs:1",
            ),
            ("%2Fhome%2Fann%20%c3%a9%2F50%25%2Fa-0%2Frun", "%2Frun"),
            (r#""\/home\/ann \u00e9\/50%\/a-0\/run""#, r#""\/run""#),
            (r"b'/home/ann \xc3\xa9/50%/a-0/run'", "b'/run'"),
            (r"'/home/ann \xe9/50%/a-0/run'", "'/run'"),
            (r"/home/ann \u{e9}/50%/a-0/run", "/run"),
            (r"cd /home/ann\ é/50\%/a-0/run", "cd /run"),
            ("/home/ann/50%/a-0/run", "/home/ann/50%/a-0/run"),
            ("/home/ann é/50%/a-01/run", "/home/ann é/50%/a-01/run"),
        ] {
            assert_eq!(hidden(text), shown, "{text}");
        }
    }

    #[test]
    fn a_generated_file_and_its_module_have_a_fixed_name() {
        for (text, shown) in [
            ("[/b_1.rs:4:9] 2 * 3 = 6", "[block.rs:3:9] 2 * 3 = 6"),
            ("[b_1.rs:4:9] x", "[block.rs:3:9] x"),
            (
                "blocks_0::b_1::main::T and b_1::T",
                "block::main::T and block::T",
            ),
            ("b_1.rs, b_1.rs:x", "block.rs, block.rs:x"),
            ("src/b_1.rs:12", "src/block.rs:11"),
            ("b_2", "b_2"),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            rename(&mut bytes, "b_1", |line| line - 1);
            assert_eq!(String::from_utf8(bytes).unwrap(), shown, "{text}");
        }
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn every_mixture_of_escapes_is_found(
            before in "[a-z :]{0,5}",
            path in "/A[a-z é%表🦀'\"]{1,12}",
            kinds in prop::collection::vec(0..4u8, 14),
        ) {
            let mut text = before.clone();
            for (c, kind) in path.chars().zip(kinds) {
                match kind {
                    1 => c.to_string().bytes().for_each(|byte| text.extend(["%".to_owned(), format!("{byte:02X}")])),
                    2 => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.extend(["\\u".to_owned(), format!("{unit:04x}")])),
                    3 if !c.is_alphanumeric() => text.extend(['\\', c]),
                    _ => text.push(c),
                }
            }
            text.push_str("/run");
            let mut bytes = text.clone().into_bytes();
            hide(&mut bytes, Path::new(&path));
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), format!("{before}/run"), "{}", text);
        }

        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(prop::sample::select(b"/\\%u2fFab\xc3:".to_vec()), 0..40)) {
            hide(&mut bytes, Path::new("/ab"));
            rename(&mut bytes, "a", |line| line);
        }
    }
}
