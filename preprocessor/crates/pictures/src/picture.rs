//! What a kind of picture is to the rest of the program, and how a fence asks for one.

pub use crate::problem::{Problem, Refusal};
pub use mdbook_proof_text::explanation::Explanation;
use std::fmt::Debug;

/// The attribute that asks for a spread.
pub(crate) const BAND: &str = "band";

/// A kind of picture.
pub trait Picture: Debug + Sync {
    /// What asks for it: an attribute of an `output` fence, or the language of a fence of its own.
    fn word(&self) -> &'static str;

    /// What it is drawn from.
    fn origin(&self) -> Origin {
        Origin::Output
    }

    /// What findings about it are called.
    fn code(&self) -> &'static str {
        self.word()
    }

    /// What they mean, with a page that has one and the same page corrected.
    fn explanation(&self) -> Explanation;

    /// What it does with the text, in a phrase for the manual.
    fn about(&self) -> &'static str;

    /// The values that its word takes, of which one has to be given; none where the word stands alone.
    fn kinds(&self) -> &'static [&'static str] {
        &[]
    }

    /// The other attributes that it takes.
    fn options(&self) -> &'static [Choice] {
        &[]
    }

    /// Whether it is drawn from the first table of the text, which rules may then be declared for.
    fn reads_table(&self) -> bool {
        false
    }

    /// Whether the paragraph after it describes it.
    fn has_caption(&self) -> bool {
        true
    }

    /// Whether the attributes go together.
    ///
    /// # Errors
    /// The attribute that doesn't go with the others.
    fn check(&self, _: &Wanted) -> Result<(), Refusal> {
        Ok(())
    }

    /// Draws the lines of a text. `caption` is the text of the paragraph after it.
    ///
    /// # Errors
    /// What can't be drawn, at its line.
    fn draw(
        &self,
        wanted: &Wanted,
        lines: &[&str],
        caption: Option<&str>,
    ) -> Result<String, Problem>;

    /// Draws the lines of a text, and behind them the spread of what the same program printed at other settings. Only what
    /// takes an option for it shows the spread.
    ///
    /// # Errors
    /// What can't be drawn, at its line; a spread's by its own message.
    fn draw_over(
        &self,
        wanted: &Wanted,
        lines: &[&str],
        caption: Option<&str>,
        _: &[String],
    ) -> Result<String, Problem> {
        self.draw(wanted, lines, caption)
    }
}

/// What a picture is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What a block printed.
    Output,
    /// The text of a fence of its own.
    Fence,
}

/// An attribute that goes with a picture's word.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a phrase for the manual.
    pub about: &'static str,
    /// What it takes after a `=`; nothing where it stands alone.
    pub value: Option<Needed>,
}

/// A value that an attribute needs; the attribute may be given several times.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// How help texts write it: `ref=COLUMN`.
    pub form: &'static str,
    /// What it is: `the name of a column`.
    pub what: &'static str,
    /// What to write instead of none.
    pub help: &'static str,
}

/// The attributes that a picture was asked for with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The value of its word.
    pub kind: Option<String>,
    /// The other attributes, each with its value, in the order in which they are written.
    pub options: Vec<(String, Option<String>)>,
}

/// A picture, and how it was asked for.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// What is drawn.
    pub picture: &'static dyn Picture,
    /// How.
    pub wanted: Wanted,
}

impl Wanted {
    /// Whether an attribute was given.
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| option == name)
    }

    /// All values that an attribute was given.
    pub fn values<'wanted>(&'wanted self, name: &str) -> impl Iterator<Item = &'wanted str> {
        self.options
            .iter()
            .filter(move |(option, _)| option == name)
            .filter_map(|(_, value)| value.as_deref())
    }
}

impl Drawing {
    /// Draws the lines of a text. `caption` is the text of the paragraph after it.
    ///
    /// # Errors
    /// As [`Picture::draw`].
    pub fn draw(&self, lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
        self.picture.draw(&self.wanted, lines, caption)
    }

    /// What varies behind the picture, if it shows the spread over something: the value of `band=`.
    pub fn band(&self) -> Option<&str> {
        self.wanted.values(BAND).next()
    }

    /// Draws the lines of a text, and behind them the spread of what was printed at other settings of [`band`](Self::band).
    ///
    /// # Errors
    /// As [`Picture::draw_over`].
    pub fn draw_over(
        &self,
        lines: &[&str],
        caption: Option<&str>,
        others: &[String],
    ) -> Result<String, Problem> {
        self.picture.draw_over(&self.wanted, lines, caption, others)
    }
}

impl PartialEq for Drawing {
    fn eq(&self, other: &Self) -> bool {
        self.picture.word() == other.picture.word() && self.wanted == other.wanted
    }
}

impl Eq for Drawing {}
