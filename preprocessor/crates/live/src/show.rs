//! A run as readers see it: its text, whether that is the page's, and what is drawn of it.

use mdbook_proof_pictures::{Drawing, Origin, Wanted};
use mdbook_proof_text::elision;
use mdbook_proof_text::html::preformatted;
use mdbook_proof_text::printed::{failed, normalize, visible, without_places};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// How the output of a block is shown, and what it has to be: what a page knows of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// What tells its text from any other: [`digest`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// The text with parts left out, where the page leaves some out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elided: Option<String>,
    /// Whether the block has to fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
    /// The word of the picture that is drawn of it, such as `chart`; none where only its tables are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The picture's kind, such as `line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The picture's other attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, Option<String>)>,
    /// The paragraph after the picture, which describes it to readers who can't see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A run of a block, to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// How.
    pub view: View,
    /// What the block printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
    /// Whether it ended as programs end that succeed.
    pub success: bool,
}

/// A run as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the block printed, as a page holds it.
    pub text: String,
    /// Whether that is what the page holds.
    pub same: bool,
    /// What is shown of it, as HTML on one line.
    pub html: String,
    /// Why no picture could be drawn of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What the program said as it failed, where it shouldn't have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What tells a text from any other: 64 bits of its SHA-256, in hexadecimal.
pub fn digest(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

impl View {
    /// The picture that is drawn; none where the text is shown with its tables.
    fn drawing(&self) -> Option<Drawing> {
        let picture = mdbook_proof_pictures::find(self.picture.as_deref()?, Origin::Output)?;
        let wanted = Wanted {
            kind: self.kind.clone(),
            // The spread behind a line takes the runs at many points, and this is one.
            options: self
                .options
                .iter()
                .filter(|(name, _)| name != "band")
                .cloned()
                .collect(),
        };
        Some(Drawing { picture, wanted })
    }

    /// Whether a text is the page's.
    fn is(&self, text: &str) -> bool {
        match &self.elided {
            Some(expected) => elision::matches(expected, text),
            None => self.digest == digest(text),
        }
    }
}

/// Shows a run.
pub fn show(request: &Request) -> Answer {
    let Request {
        view,
        stdout,
        stderr,
        success,
    } = request;
    let said = || without_places(stderr);
    let text = match !success && view.fails {
        true => visible(&normalize(&failed(stdout, &said()))),
        false => visible(&normalize(stdout)),
    };
    let lines: Vec<&str> = text.lines().collect();
    let drawn = match view.drawing() {
        Some(drawing) => drawing.draw(&lines, view.caption.as_deref()).map(Some),
        None => Ok(mdbook_proof_pictures::unasked(&lines)),
    };
    let (html, problem) = match drawn {
        Ok(drawn) => (drawn, None),
        Err(problem) => (None, Some(problem.message)),
    };
    let ended_as_it_should = *success != view.fails;
    Answer {
        same: ended_as_it_should && view.is(&text),
        html: html.unwrap_or_else(|| preformatted(&lines)),
        problem,
        failed: (!success && !view.fails).then(|| visible(&said())),
        text,
    }
}
