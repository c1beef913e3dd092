//! Paths as text: `.` and `..` resolved, and the way from one to another, written with `/` on every system.
//!
//! Kept by hand: `Path::canonicalize` needs the file to exist and follows links, and the standard library's
//! `normalize_lexically` is not stable yet.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`; none if it leads out of where it starts.
pub fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match normal.components().next_back() {
                Some(Component::Normal(_)) => {
                    normal.pop();
                }
                _ => return None,
            },
            part => normal.push(part),
        }
    }
    Some(normal)
}

/// The way from a folder to a path, both normal and from the same place; `.` if they are the same.
pub fn relative(folder: &Path, path: &Path) -> String {
    let pairs = folder.components().zip(path.components());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| "..".into());
    let down = path.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy());
    match up.chain(down).collect::<Vec<_>>().join("/") {
        way if way.is_empty() => ".".to_owned(),
        way => way,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_back_are_taken_and_none_leaves_the_start() {
        for (path, expected) in [
            ("src/./a/../b.md", Some("src/b.md")),
            ("a/..", Some("")),
            ("/a/../b", Some("/b")),
            ("../b.md", None),
            ("src/../../src/b.md", None),
            ("/..", None),
        ] {
            assert_eq!(
                normal(Path::new(path)),
                expected.map(PathBuf::from),
                "{path}"
            );
        }
    }

    #[test]
    fn a_way_goes_up_only_as_far_as_it_must() {
        for (folder, path, expected) in [
            ("src/caching", "src/caching/lru.md", "lru.md"),
            ("src/caching", "src/edge/cdn.md", "../edge/cdn.md"),
            ("src/a/b", "src", "../.."),
            ("", "src/a.md", "src/a.md"),
            ("src", "src", "."),
            ("/repo/docs", "/repo/code/a.rs", "../code/a.rs"),
        ] {
            assert_eq!(relative(Path::new(folder), Path::new(path)), expected);
        }
    }

    fn paths() -> impl Strategy<Value = PathBuf> {
        let part = prop::sample::select(vec!["a", "b", "c d", "é"]);
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.iter().collect())
    }

    proptest! {
        #[test]
        fn a_way_leads_where_it_says(folder in paths(), path in paths()) {
            let way = relative(&folder, &path);
            prop_assert_eq!(normal(&folder.join(way)), Some(path));
        }

        #[test]
        fn a_normal_path_stays_as_it_is(path in "(/|\\.\\.|\\.|a|b){0,12}") {
            if let Some(path) = normal(Path::new(&path)) {
                prop_assert_eq!(normal(&path), Some(path));
            }
        }
    }
}
