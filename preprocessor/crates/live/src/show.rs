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
            options: self.options.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "| n | square |\n| -: | -----: |\n| 3 | 9 |\n| 4 | 16 |\n";

    fn request(view: View, stdout: &str) -> Request {
        Request {
            view,
            stdout: stdout.to_owned(),
            stderr: String::new(),
            success: true,
        }
    }

    fn as_text(text: &str) -> View {
        View {
            digest: digest(text),
            ..View::default()
        }
    }

    #[test]
    fn a_text_is_the_pages_own_if_it_reads_the_same_there() {
        for (printed, is_same) in [
            ("a\nb\n", true),
            // A page holds neither of these.
            ("a\r\nb\n\n", true),
            ("a\nb \n", false),
            ("a\n", false),
            ("", false),
        ] {
            let answer = show(&request(as_text("a\nb\n"), printed));
            assert_eq!(answer.same, is_same, "{printed:?}");
        }
    }

    #[test]
    fn parts_that_the_page_leaves_out_may_be_anything() {
        let view = View {
            elided: Some("took [..] ms\n...\nend\n".to_owned()),
            ..View::default()
        };
        assert!(show(&request(view.clone(), "took 7 ms\nx\ny\nend\n")).same);
        assert!(!show(&request(view, "took 7 s\nend\n")).same);
    }

    #[test]
    fn a_block_that_has_to_fail_is_compared_with_what_it_said() {
        let view = View {
            fails: true,
            ..as_text("one\nthread 'main' panicked:\ntoo late\n")
        };
        let mut failed = Request {
            stderr: "\nthread 'main' (1) panicked at block_a.rs:3:5:\ntoo late\nnote: run with `RUST_BACKTRACE=1`\n"
                .to_owned(),
            success: false,
            ..request(view, "one\n")
        };
        let answer = show(&failed);
        assert!(answer.same && answer.failed.is_none(), "{answer:?}");
        // It has to fail.
        failed.success = true;
        assert!(!show(&failed).same);
    }

    #[test]
    fn a_run_that_fails_says_why_and_is_not_the_pages_own() {
        let failed = Request {
            stderr: "thread 'main' (1) panicked at block_a.rs:3:5:\nno\n".to_owned(),
            success: false,
            ..request(as_text("one\n"), "one\n")
        };
        let answer = show(&failed);
        assert_eq!(
            answer.failed.as_deref(),
            Some("thread 'main' panicked:\nno\n")
        );
        assert!(!answer.same && answer.html.contains("one"), "{answer:?}");
    }

    #[test]
    fn a_picture_is_drawn_as_the_page_asks_without_its_band() {
        let view = View {
            picture: Some("chart".to_owned()),
            kind: Some("line".to_owned()),
            options: vec![("band".to_owned(), Some("seed".to_owned()))],
            ..as_text(TABLE)
        };
        let answer = show(&request(view.clone(), TABLE));
        assert!(answer.same && answer.html.contains("<svg"), "{answer:?}");
        // What can't be drawn is shown as text, with the reason.
        let answer = show(&request(view, "no table\n"));
        assert!(
            answer.problem.is_some() && answer.html.contains("no table"),
            "{answer:?}"
        );
        assert!(
            show(&request(as_text(TABLE), TABLE))
                .html
                .contains("<table")
        );
    }

    proptest! {
        #[test]
        fn any_output_is_shown_and_forges_nothing(stdout in "(\\PC|\\p{Cc}|<|&|\\||\n){0,60}", picture in "(|chart|table|sequence)", success: bool) {
            let view = View {
                picture: Some(picture).filter(|word| !word.is_empty()),
                kind: Some("line".to_owned()),
                ..View::default()
            };
            let answer = show(&Request { success, ..request(view, &stdout) });
            prop_assert!(!answer.same);
            prop_assert!(!answer.html.contains("<script"), "{}", answer.html);
        }
    }
}
