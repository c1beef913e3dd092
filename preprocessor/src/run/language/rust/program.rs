//! A block as a Rust program: hidden lines unhidden, wrapped in `main` where it has none.

use crate::read::Fence;
use crate::run::language::interface::Idle;
use crate::run::language::rust::tokens::{self, is_punct, level, word};
use crate::run::language::rust::{entry, sharing};
use crate::text::span::Span;
use proc_macro2::{TokenStream, TokenTree};

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
    may_share: bool,
    /// What never runs, with its line in the block.
    idle: Option<(usize, Idle)>,
    /// The first line that has the compiler read another file.
    include: Option<usize>,
}

impl Program {
    /// Reads a program from a block.
    pub fn new(fence: &Fence) -> Self {
        let mut program = Self {
            attributes: Vec::new(),
            lines: Vec::new(),
            shifts: Vec::new(),
            has_main: false,
            may_share: false,
            idle: None,
            include: None,
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
        let text = program.code();
        match tokens::read(&text) {
            Some(tokens) => program.read(&tokens),
            // It doesn't compile either way, and the compiler's message is best for the unchanged text.
            None => program.has_main = text.contains("fn main"),
        }
        program
    }

    fn read(&mut self, tokens: &TokenStream) {
        let include = include(tokens.clone()).map(|line| self.line_in_block(line));
        let idle = entry::idle(tokens).map(|(line, idle)| (self.line_in_block(line), idle));
        self.has_main = entry::declares_main(tokens);
        self.may_share = self.attributes.is_empty() && sharing::may_share(tokens.clone());
        self.include = include;
        self.idle = idle;
    }

    /// Whether the program may be a module among others.
    pub fn may_share(&self) -> bool {
        self.may_share
    }

    /// The code without the crate-level attributes.
    pub fn code(&self) -> String {
        let lines = self.lines.iter();
        lines.flat_map(|(_, line)| [line, "\n"]).collect()
    }

    /// The same program with other code, which has the same lines.
    pub(super) fn with_code(&self, code: &str) -> Self {
        let numbers = self.lines.iter().map(|(number, _)| *number);
        let lines = numbers.zip(code.lines().map(str::to_owned));
        Self {
            lines: lines.collect(),
            ..self.clone()
        }
    }

    /// The line of the block that a line of the code comes from, both from 0.
    pub(super) fn line_in_block(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |(number, _)| *number)
    }

    /// The bytes that a line of the block has in the code.
    pub(super) fn span_in_code(&self, line: usize) -> Option<Span> {
        let at = self.lines.iter().position(|(number, _)| *number == line)?;
        let start = self.lines[..at]
            .iter()
            .map(|(_, line)| line.len() + 1)
            .sum();
        Some(Span::new(start, start + self.lines[at].1.len()))
    }

    /// What of the program never runs, and its line in the block.
    pub fn idle(&self) -> Option<&(usize, Idle)> {
        self.idle.as_ref()
    }

    /// The first line that has the compiler read another file, and its bytes.
    pub fn first_include(&self) -> Option<(usize, Span)> {
        let (number, line) = self
            .lines
            .iter()
            .find(|(number, _)| Some(*number) == self.include)?;
        let start = self.shift(*number);
        Some((*number, Span::new(start, start + line.len())))
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

/// The line, from 0, of what has the compiler read another file: `include!` and its kind, `#[path = "…"]`, and `mod name;`.
fn include(stream: TokenStream) -> Option<usize> {
    let tokens = level(stream);
    tokens.iter().enumerate().find_map(|(at, token)| {
        let next = tokens.get(at + 1);
        let is_reading = match word(Some(token)).as_deref() {
            Some("include" | "include_str" | "include_bytes") => is_punct(next, '!'),
            // It starts an attribute.
            Some("path") => at == 0 && is_punct(next, '='),
            Some("mod") => is_punct(tokens.get(at + 2), ';'),
            _ => false,
        };
        match token {
            _ if is_reading => Some(token.span().start().line.saturating_sub(1)),
            TokenTree::Group(group) => include(group.stream()),
            _ => None,
        }
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
    fn a_program_with_attributes_of_its_crate_or_broken_tokens_is_alone() {
        for text in [
            "#![allow(unused)]\nlet x = 1;",
            "fn f() {}\nfn main() { crate::f() }",
            "let x = (1;",
            // The compiler leaves out a first line that starts with `#!`, and reads what is a comment to the tokens.
            "#!/*\nfn main() { println!(\"a\"); }\n// */",
        ] {
            assert!(!program(text).may_share(), "{text}");
        }
        assert!(program("println!(\"#![x]\");").may_share());
    }

    #[test]
    fn a_file_that_the_compiler_reads_is_named_by_its_line() {
        for text in [
            "\nlet x = include_str!(\"x\");",
            "// include!\nprintln!(\"{}\", include!(\"x\"));",
            "let path = 1;\nlet y = include_bytes!(\"x\");",
            "fn f() {}\n#[path = \"x\"] mod y;",
            "let s = \"include!\"; let path = s;\nmod y;",
        ] {
            let (line, _) = program(text).first_include().unwrap();
            assert_eq!(line, 1, "{text}");
        }
        assert_eq!(
            program("let included = \"include!\";").first_include(),
            None
        );
    }
}
