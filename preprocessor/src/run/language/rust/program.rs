//! A block as a Rust program: hidden lines unhidden, wrapped in `main` where it has none.

use crate::read::Fence;
use crate::text::span::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The name of the function that the generated crate calls.
pub(super) const ENTRY: &str = "__mdbook_proof_main";

/// A block's code in the form that is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The crate-level attributes (`#![…]`), line by line.
    attributes: Vec<(usize, String)>,
    /// The other lines, each with its number in the block, counted from 0.
    lines: Vec<(usize, String)>,
    /// How many bytes each line of the block lost on its left when it was unhidden.
    shifts: Vec<usize>,
    has_main: bool,
}

impl Program {
    /// Reads a program from a block.
    pub fn new(fence: &Fence) -> Self {
        let mut program = Self {
            attributes: Vec::new(),
            lines: Vec::new(),
            shifts: Vec::new(),
            has_main: false,
        };
        let mut in_attributes = true;
        for (number, line) in fence.lines.iter().enumerate() {
            let (text, shift) = unhide(&line.text);
            program.shifts.push(shift);
            let trimmed = text.trim_start();
            if in_attributes && trimmed.starts_with("#![") {
                program.attributes.push((number, text));
            } else {
                in_attributes &= trimmed.is_empty() || trimmed.starts_with("//");
                program.lines.push((number, text));
            }
        }
        let text: String = program
            .lines
            .iter()
            .flat_map(|(_, line)| [line, "\n"])
            .collect();
        program.has_main = declares_main(&text);
        program
    }

    /// Whether the program needs a crate of its own: it can't be a module among others.
    pub fn needs_own_crate(&self) -> bool {
        !self.attributes.is_empty()
            || self.lines.iter().any(|(_, line)| {
                ["crate::", "#[macro_export]", "no_mangle", "extern crate "]
                    .iter()
                    .any(|word| line.contains(word))
            })
    }

    /// Whether the program has the compiler read other files.
    pub fn includes_files(&self) -> bool {
        self.first_include().is_some()
    }

    /// The first line that has the compiler read another file, and its bytes.
    pub fn first_include(&self) -> Option<(usize, Span)> {
        let includes = |line: &str| line.contains("include") || line.contains("#[path");
        let (number, line) = self.lines.iter().find(|(_, line)| includes(line))?;
        Some((
            *number,
            Span::new(self.shift(*number), self.shift(*number) + line.len()),
        ))
    }

    /// The source file, and for each of its lines the line of the block that it comes from.
    pub fn file(&self) -> (String, Vec<Option<usize>>) {
        let mut text = String::new();
        let mut origins = Vec::new();
        let mut push = |line: &str, origin| {
            text.push_str(line);
            text.push('\n');
            origins.push(origin);
        };
        for (number, line) in &self.attributes {
            push(line, Some(*number));
        }
        let returns_result = self
            .lines
            .iter()
            .rev()
            .find(|(_, line)| !line.trim().is_empty())
            .is_some_and(|(_, line)| line.trim_end().ends_with("(())"));
        if !self.has_main && returns_result {
            push(
                "fn main() { fn inner() -> ::core::result::Result<(), impl ::core::fmt::Debug> {",
                None,
            );
        } else if !self.has_main {
            push("fn main() {", None);
        }
        for (number, line) in &self.lines {
            push(line, Some(*number));
        }
        if !self.has_main {
            push(
                if returns_result {
                    "} inner().unwrap() }"
                } else {
                    "}"
                },
                None,
            );
        }
        push(
            &format!(
                "pub(crate) fn {ENTRY}() -> ::std::process::ExitCode {{ ::std::process::Termination::report(main()) }}"
            ),
            None,
        );
        (text, origins)
    }

    /// How many bytes a column of the compiled line is further right in the block's line.
    pub fn shift(&self, line: usize) -> usize {
        self.shifts.get(line).copied().unwrap_or(0)
    }
}

/// Removes what hides a line, as rustdoc does: `# ` and a lone `#`; `##` becomes `#`.
fn unhide(line: &str) -> (String, usize) {
    let trimmed = line.trim_start();
    let indent = &line[..line.len() - trimmed.len()];
    if trimmed == "#" {
        (String::new(), line.len())
    } else if let Some(rest) = trimmed.strip_prefix("# ") {
        (format!("{indent}{rest}"), 2)
    } else if trimmed.starts_with("##") {
        (format!("{indent}{}", &trimmed[1..]), 1)
    } else {
        (line.to_owned(), 0)
    }
}

/// Whether a program has a function `main` outside of all braces.
fn declares_main(text: &str) -> bool {
    let Ok(tokens) = text.parse::<TokenStream>() else {
        // It doesn't compile either way, and the compiler's message is best for the unchanged text.
        return text.contains("fn main");
    };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.windows(3).any(|three| match three {
        [
            TokenTree::Ident(word),
            TokenTree::Ident(name),
            TokenTree::Group(group),
        ] => word == "fn" && name == "main" && group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Fence, Line};

    fn program(text: &str) -> Program {
        Program::new(&Fence {
            span: Span::at(0),
            info: Span::at(0),
            lines: text
                .lines()
                .map(|line| Line {
                    text: line.to_owned(),
                    span: Span::at(0),
                })
                .collect(),
            prefix: String::new(),
            closed: true,
        })
    }

    #[test]
    fn code_without_main_is_wrapped_and_keeps_its_line_numbers() {
        let (text, origins) = program("# let x = 1;\nprintln!(\"{x}\");").file();
        assert!(text.starts_with("fn main() {\nlet x = 1;\nprintln!"));
        assert_eq!(&origins[..4], [None, Some(0), Some(1), None]);
    }

    #[test]
    fn code_with_main_stays_as_it_is() {
        let (text, origins) = program("use std::fmt;\nfn main() {}").file();
        assert!(text.starts_with("use std::fmt;\nfn main() {}\n"));
        assert_eq!(origins[1], Some(1));
    }

    #[test]
    fn a_question_mark_needs_only_a_last_line_that_says_its_error() {
        let (text, _) =
            program("let x: u8 = \"1\".parse()?;\nOk::<(), std::num::ParseIntError>(())").file();
        assert!(text.contains("fn inner()"));
    }

    #[test]
    fn what_cannot_be_a_module_gets_its_own_crate() {
        assert!(program("#![allow(unused)]\nlet x = 1;").needs_own_crate());
        assert!(program("fn f() {}\nfn main() { crate::f() }").needs_own_crate());
        assert!(!program("println!(\"#![x]\");").needs_own_crate());
    }
}
