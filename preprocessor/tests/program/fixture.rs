//! A book in a temporary folder, and the real program run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A book made of a few pages.
pub(crate) struct Book {
    folder: TempDir,
}

/// What the program answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Book {
    /// A book with one page, `page.md`.
    pub(crate) fn new(page: &str) -> Self {
        Self::with(&[("page.md", page)], "")
    }

    /// A book with these pages, in this order, and more lines for `book.toml`.
    pub(crate) fn with(pages: &[(&str, &str)], configuration: &str) -> Self {
        let book = Self {
            folder: TempDir::with_prefix("proof-test-").unwrap(),
        };
        let command = env!("CARGO_BIN_EXE_mdbook-proof").replace('\\', "/");
        book.write(
            "book.toml",
            &format!(
                "[book]\ntitle = \"Test\"\n\n[build]\ncreate-missing = false\n\n[preprocessor.proof]\ncommand = '{command}'\nbefore = [\"links\"]\n{configuration}"
            ),
        );
        let mut summary = "# Summary\n\n".to_owned();
        for (path, text) in pages {
            book.write(&format!("src/{path}"), text);
            summary.push_str(&format!("- [{path}]({path})\n"));
        }
        book.write("src/SUMMARY.md", &summary);
        book
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// The page's source.
    pub(crate) fn page(&self) -> String {
        self.read("src/page.md")
    }

    /// The page as it was built.
    pub(crate) fn built(&self) -> String {
        self.read("book/page.html")
    }

    pub(crate) fn is_built(&self) -> bool {
        self.root().join("book").exists()
    }

    /// Runs the program in the book's folder, as `cargo book` does.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = self.command();
        command.arg("--book").args(arguments);
        answer(command.output().unwrap())
    }

    /// The program in the book's folder, without arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mdbook-proof"));
        command
            .current_dir(self.root())
            .env_remove("CI")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    /// Every file of the built book with its bytes.
    pub(crate) fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let root = self.root().join(folder);
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_owned();
                    found.push((name, fs::read(path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}

pub(crate) fn answer(output: Output) -> Answer {
    Answer {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Answer {
    /// Asserts that the program succeeded.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> &Self {
        assert_eq!(self.status, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts exit status 1 and that the messages hold all of these texts; `one|other` is either.
    #[track_caller]
    pub(crate) fn finds(&self, texts: &[&str]) -> &Self {
        assert_eq!(self.status, 1, "{}\n{}", self.stdout, self.stderr);
        self.says(texts)
    }

    /// Asserts exit status 2 and that the messages hold all of these texts.
    #[track_caller]
    pub(crate) fn gives_up(&self, texts: &[&str]) -> &Self {
        assert_eq!(self.status, 2, "{}\n{}", self.stdout, self.stderr);
        self.says(texts)
    }

    /// Asserts that the messages hold all of these texts.
    #[track_caller]
    pub(crate) fn says(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(
                text.split('|').any(|text| self.stderr.contains(text)),
                "no `{text}` in\n{}",
                self.stderr
            );
        }
        assert!(
            !self.stderr.contains("panicked at preprocessor"),
            "{}",
            self.stderr
        );
        self
    }
}
