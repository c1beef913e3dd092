//! The kinds of findings: each with a stable name, its family and its level.

use std::fmt;

/// What kind of fault a finding reports.
///
/// ```
/// use mdbook_proof::{Code, Family, Level};
///
/// let code = Code::Output;
/// assert_eq!(code.name(), "output");
/// assert_eq!(code.family(), Family::Blocks);
/// assert_eq!(code.level(), Level::Error);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// An attribute of a fence that is unknown, repeated or has a wrong value.
    Attribute,
    /// A figure that nothing computes, checks or cites, where the book limits them.
    Bare,
    /// A claim that doesn't hold over its range, or that can't be checked.
    Claim,
    /// A block that doesn't compile.
    Compile,
    /// A file that is not UTF-8.
    Encoding,
    /// An expression that can't be computed.
    Expression,
    /// A code fence that is never closed.
    Fence,
    /// A file of the book that is missing, unlisted, a link, or outside of it.
    File,
    /// A figure that its expression doesn't give.
    Figure,
    /// A place or a box for `gather` that can't be used.
    Gather,
    /// A character that turns text around, in what a page proves.
    Hidden,
    /// A block, or a test in one, that never runs although it is there to run.
    Idle,
    /// An include whose file or anchor is missing or out of bounds.
    Include,
    /// A language that blocks can't be run in.
    Language,
    /// A link inside the book that leads nowhere.
    Link,
    /// A name that two blocks share.
    Name,
    /// An output that is missing, or differs from what the block printed.
    Output,
    /// A name of the sums with two values, where the book allows one.
    Quantity,
    /// What can't be drawn; the kind of picture names it.
    Picture(&'static str),
    /// A block that failed, or should have failed and didn't.
    Run,
    /// A block that draws from a single seed, where the book limits them.
    Seed,
    /// A setting of `book.toml` that the book can't be verified with.
    Setting,
    /// A statement that the database refuses.
    Sql,
    /// A cell that a rule needs as a number and that is text.
    TableCell,
    /// A row with more or fewer cells than the header.
    TableCells,
    /// A declared rule that can't be read or names no column of its table.
    TableCheck,
    /// Emphasis that starts in one cell and ends in another.
    TableEmphasis,
    /// Prose glued to a table, or a table cut by a blank line.
    TableEnd,
    /// A header that doesn't match its delimiter row, or an empty or repeated one.
    TableHeader,
    /// A row that occurs twice.
    TableRow,
    /// What a rule for tables reports; the rule names it.
    Rule(&'static str),
    /// A block whose runs give different outputs.
    Unstable,
    /// A warning of the compiler.
    Warning,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The page says something wrong, or can't be verified.
    Error,
    /// The page is right, and could be better. It fails the build too.
    Warning,
}

/// Which part of a page a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Blocks that run and their outputs.
    Blocks,
    /// The book's files and its settings.
    Book,
    /// What has to hold over a range.
    Claims,
    /// Expressions and figures.
    Figures,
    /// Links, includes and gathered boxes.
    Links,
    /// Charts, sequences and sketches.
    Pictures,
    /// Tables and their rules.
    Tables,
}

impl Code {
    /// Every code but those of pictures and of rules for tables, which name their own.
    pub const FIXED: [Self; 31] = [
        Self::Attribute,
        Self::Bare,
        Self::Claim,
        Self::Compile,
        Self::Encoding,
        Self::Expression,
        Self::Fence,
        Self::File,
        Self::Figure,
        Self::Gather,
        Self::Hidden,
        Self::Idle,
        Self::Include,
        Self::Language,
        Self::Link,
        Self::Name,
        Self::Output,
        Self::Quantity,
        Self::Run,
        Self::Seed,
        Self::Setting,
        Self::Sql,
        Self::TableCell,
        Self::TableCells,
        Self::TableCheck,
        Self::TableEmphasis,
        Self::TableEnd,
        Self::TableHeader,
        Self::TableRow,
        Self::Unstable,
        Self::Warning,
    ];

    /// The name in messages, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Bare => "bare",
            Self::Claim => "claim",
            Self::Compile => "compile",
            Self::Encoding => "encoding",
            Self::Expression => "expression",
            Self::Fence => "fence",
            Self::File => "file",
            Self::Figure => "figure",
            Self::Gather => "gather",
            Self::Hidden => "hidden-character",
            Self::Idle => "idle",
            Self::Include => "include",
            Self::Language => "language",
            Self::Link => "link",
            Self::Name => "name",
            Self::Output => "output",
            Self::Quantity => "quantity",
            Self::Run => "run",
            Self::Seed => "seed",
            Self::Setting => "setting",
            Self::Sql => "sql",
            Self::TableCell => "table-cell",
            Self::TableCells => "table-cells",
            Self::TableCheck => "table-check",
            Self::TableEmphasis => "table-emphasis",
            Self::TableEnd => "table-end",
            Self::TableHeader => "table-header",
            Self::TableRow => "table-row",
            Self::Picture(name) | Self::Rule(name) => name,
            Self::Unstable => "unstable",
            Self::Warning => "warning",
        }
    }

    /// How serious it is.
    pub const fn level(self) -> Level {
        match self {
            Self::Warning => Level::Warning,
            _ => Level::Error,
        }
    }

    /// What it is about.
    pub const fn family(self) -> Family {
        match self {
            Self::Attribute
            | Self::Compile
            | Self::Fence
            | Self::Hidden
            | Self::Idle
            | Self::Language
            | Self::Name
            | Self::Output
            | Self::Run
            | Self::Sql
            | Self::Unstable
            | Self::Warning => Family::Blocks,
            Self::Encoding | Self::File | Self::Setting => Family::Book,
            Self::Claim | Self::Seed => Family::Claims,
            Self::Bare | Self::Expression | Self::Figure | Self::Quantity => Family::Figures,
            Self::Gather | Self::Include | Self::Link => Family::Links,
            Self::Picture(_) => Family::Pictures,
            Self::TableCell
            | Self::TableCells
            | Self::TableCheck
            | Self::TableEmphasis
            | Self::TableEnd
            | Self::TableHeader
            | Self::TableRow
            | Self::Rule(_) => Family::Tables,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
