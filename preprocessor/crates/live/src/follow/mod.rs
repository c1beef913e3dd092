//! What a page computes, computed anew: with the inputs that a reader has changed, the sums that they have edited, and what the blocks
//! that they varied printed.

#[cfg(feature = "calculator")]
mod computing;

#[cfg(feature = "calculator")]
pub use computing::follow;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What of a page is computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Whether the page's numbers have a comma before their decimals.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_decimal_comma: bool,
    /// The blocks that are read below, or whose numbers are computed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// The lines of each fence of sums.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<Vec<Line>>,
    /// The figures of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// The formulas of the columns of tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formulas: Vec<String>,
    /// The comments with claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claimed>,
}

/// A block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Block {
    /// Its number in the page.
    pub number: usize,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it printed when the page was built.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub printed: String,
    /// Whether it is the only one that varies, so that claims can call it `output`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_only_varied: bool,
    /// What may vary in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The numbers of its code, and of what it uses, that are computed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub literals: Vec<Literal>,
}

/// What may vary in a block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it may be, as the page says it.
    pub domain: String,
    /// What it is in the page, where that is one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A number of code that is computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Literal {
    /// What its expression gave when the page was built.
    pub value: f64,
    /// What computes it.
    pub expression: String,
    /// Whether it is in the page, so that its expression may use what the page defines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
    /// The parameter that it is the value of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

/// A line of a fence of sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The result behind it. An empty one is wanted, and not written yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

/// A figure of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its number in the page.
    pub number: usize,
    /// The text that ends with it.
    pub text: String,
    /// What computes it.
    pub expression: String,
    /// Whether the text is the figure and nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_whole: bool,
}

/// A comment with claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Its number in the page.
    pub number: usize,
    /// Its claims.
    pub claims: Vec<String>,
}

/// A page and what a reader has changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Request {
    /// The book's definitions.
    #[serde(default)]
    pub prelude: String,
    /// The inputs that the reader has changed: names that the prelude defines, and their figures.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// The page, with the sums as the reader has edited them.
    pub page: Page,
    /// What the blocks did that the reader varied, by their numbers.
    #[serde(default)]
    pub ran: BTreeMap<usize, Ran>,
}

/// What a block did with a reader's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The settings that differ from the page's.
    pub point: BTreeMap<String, String>,
    /// What it printed; nothing where it failed.
    #[serde(default)]
    pub printed: Option<String>,
}

/// What a page says with what a reader has changed. What it doesn't mention is as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Why inputs can't be taken, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, String>,
    /// The results of each fence of sums, by the number of the line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<BTreeMap<usize, Told>>,
    /// The figures, by their numbers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<usize, Told>,
    /// The numbers of the formulas that use what is no longer as it was. Their columns aren't computed anew.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub formulas: BTreeSet<usize>,
    /// What became of the claims of each comment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<usize, Vec<Held>>,
    /// The blocks that run with numbers which are others now.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub blocks: BTreeMap<usize, Moved>,
}

/// A figure that is no longer as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    /// What it is.
    Is(String),
    /// It can't be told, for this reason; an empty one where what it reads says the reason.
    Unknown(String),
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// It holds.
    Holds,
    /// It doesn't.
    Fails,
    /// It says nothing about these values, or that can't be told.
    Silent,
}

/// A block that runs with numbers which are others now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The parameters that make it what it would be; none where it takes more than parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<BTreeMap<String, String>>,
}
