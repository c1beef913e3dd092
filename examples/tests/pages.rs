//! Every file of the library names, in its first lines, the page that shows it, or the
//! files that use it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[test]
fn the_first_lines_of_each_file_name_a_page_that_uses_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    list(&root.join("src"), &mut files).unwrap();
    assert!(files.len() > 150, "{} files", files.len());
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let faults: Vec<String> = files
        .iter()
        .map(|path| {
            let path = path.strip_prefix(root.join("src")).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        })
        .filter_map(|path| {
            let text = read(&format!("src/{path}")).unwrap();
            fault(&path, &text, &read)
                .map(|fault| format!("examples/src/{path}: {fault}"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_header_that_names_nothing_or_something_else_is_found() {
    let read = |path: &str| match path {
        "../src/caching/lru.md" => {
            Some("use system_design::caching::lru::Lru;".to_owned())
        }
        "src/caching/levels.rs" => Some("use super::lru::Lru;".to_owned()),
        _ => None,
    };
    let fault = |header: &str| {
        fault(
            "caching/lru.rs",
            &format!("//! LRU.\n//!\n//! {header}\n"),
            &read,
        )
    };
    assert_eq!(fault("Shown in `src/caching/lru.md`."), None);
    assert_eq!(fault("Used by `caching/levels.rs`."), None);
    assert!(fault("A cache.").is_some());
    assert!(fault("Shown in `src/caching/none.md`.").is_some());
    assert!(
        fault("Shown in `src/caching/lru.md` and `src/caching/none.md`.").is_some()
    );
    assert!(fault("Used by `caching/none.rs`.").is_some());
    let other = |path: &str| read(path).map(|text| text.replace("lru", "other"));
    let text = "//! LRU.\n//!\n//! Shown in `src/caching/lru.md`.\n";
    assert!(self::fault("caching/lru.rs", text, &other).is_some());
}

/// What is wrong with the first lines of a file. `read` reads a file by its path from
/// the package's folder.
fn fault(
    path: &str,
    text: &str,
    read: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    if path == "lib.rs" || path.ends_with("tests.rs") {
        return None;
    }
    let mut header = text.lines().take_while(|line| line.starts_with("//!"));
    let module = path
        .trim_end_matches(".rs")
        .trim_end_matches("/mod")
        .replace('/', "::");
    let stem = module.rsplit("::").next().unwrap_or(&module);
    let is_shown_by = |name: &str| {
        read(&format!("../{name}")).is_some_and(|page| {
            page.contains(&format!("examples/src/{path}"))
                || page.contains(&format!("system_design::{module}::"))
        })
    };
    let is_used_by = |name: &str| {
        read(&format!("src/{name}")).is_some_and(|code| {
            let code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
                .any(|word| word == stem)
        })
    };
    let wrong = header.find_map(|line| {
        let line = line.trim_start_matches("//!").trim();
        // Names are in backticks, so every second piece is one.
        let names = || line.split('`').skip(1).step_by(2);
        if line.starts_with("Shown in `") {
            Some(names().find(|name| !is_shown_by(name)))
        } else if line.starts_with("Used by `") {
            Some(names().find(|name| !is_used_by(name)))
        } else if line.starts_with("The pages are in `") {
            Some(names().find(|name| {
                *name != format!("src/{module}")
                    || read(&format!("../{name}/index.md")).is_none()
            }))
        } else {
            None
        }
    });
    match wrong {
        None => Some(
            "add a line `//! Shown in `src/….md`.`, or `//! Used by `….rs`.` if no page shows it"
                .to_owned(),
        ),
        Some(Some(name)) => Some(format!("`{name}` doesn't exist, or doesn't use it")),
        Some(None) => None,
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
