//! What a finding means, with an example that has it and the same example corrected.

/// An explanation; a test runs both examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What is wrong, in a clause.
    pub means: &'static str,
    /// A page that has the finding.
    pub wrong: &'static str,
    /// The page without it.
    pub right: &'static str,
}
