//! One thing that is wrong with a book: where, what was expected and found, and how to fix it.

use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::message;
use crate::text::source::Source;
use crate::text::span::Span;
use std::sync::Arc;

/// A fault at a place in a file of the author's.
///
/// Every stage returns its findings; only the program prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of fault it is.
    pub code: Code,
    /// One line that says what is wrong.
    pub message: String,
    /// The file it is in.
    pub source: Arc<Source>,
    /// The bytes of the file that it is about.
    pub span: Span,
    /// A few words beneath the quoted bytes.
    pub label: Option<String>,
    /// What was expected and what was found, line by line.
    pub details: Option<String>,
    /// How to fix it.
    pub help: Option<String>,
    /// What `bless` would write to accept what was found.
    pub blessed: Option<Edit>,
    /// What `fix` would write: a repair that loses nothing.
    pub repair: Option<Edit>,
}

impl Finding {
    /// A finding with a place and a message; the rest is added by the `with_` functions.
    pub fn new(
        code: Code,
        source: &Arc<Source>,
        span: impl Into<Span>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            source: Arc::clone(source),
            span: span.into(),
            label: None,
            details: None,
            help: None,
            blessed: None,
            repair: None,
        }
    }

    /// Adds a few words beneath the quoted bytes.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what was expected and what was found.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// Adds how to fix it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what `bless` would write, and how to call it.
    #[must_use]
    pub fn with_blessed(mut self, blessed: Edit) -> Self {
        let (file, span) = self.source.origin(self.span);
        let line = file.position(span.start).line;
        self.help = Some(format!(
            "to accept it: {BLESS} {}:{line}",
            file.path().display()
        ));
        self.blessed = Some(blessed);
        self
    }

    /// Adds what `fix` would write, and says so.
    #[must_use]
    pub fn with_repair(mut self, repair: Edit) -> Self {
        let help = self.help.unwrap_or_default();
        self.help = Some(
            format!("{help}; `fix` does it")
                .trim_start_matches("; ")
                .to_owned(),
        );
        self.repair = Some(repair);
        self
    }

    /// The same finding at the place in the author's files: where the page includes some, in the one that it is about.
    #[must_use]
    pub(crate) fn in_files(mut self) -> Self {
        let (file, span) = self.source.origin(self.span);
        let page = std::mem::replace(&mut self.source, file);
        self.span = span;
        let line_end = self.source.line_end();
        let written = |edit: Edit| {
            let span = page.copied(edit.span, &self.source)?;
            let text = match line_end {
                "\r\n" => edit.text.replace("\r\n", "\n").replace('\n', "\r\n"),
                _ => edit.text,
            };
            Some(Edit::new(span, text))
        };
        let had_edit = self.blessed.is_some() || self.repair.is_some();
        self.blessed = self.blessed.and_then(written);
        self.repair = self.repair.and_then(written);
        if had_edit && self.blessed.is_none() && self.repair.is_none() {
            let help = "it comes from several files, so it has to be changed by hand";
            self.help = Some(help.to_owned());
        }
        self
    }
}

/// The closing line of a list of findings.
pub fn summary(findings: usize) -> String {
    message::count(findings, "finding")
}

/// The placeholder in help texts for the command that blesses; the program knows how it was called.
pub const BLESS: &str = "{bless}";

/// The placeholder for the command that explores a claim.
pub const EXPLORE: &str = "{explore}";
