//! The text by which a block that has to fail is compared.

use crate::run::language::interface::Language;
use crate::work::process::{End, Run};
use mdbook_proof_text::printed::failed;
use std::fmt::Write as _;

/// The output of a block, then what it said, without thread ids and the places of panics, then its exit status
/// unless that says nothing new.
pub(super) fn normalized(language: &dyn Language, stdout: &str, run: &Run) -> String {
    let said = language.normalized(&String::from_utf8_lossy(&run.stderr));
    let mut text = failed(stdout, &said);
    match &run.end {
        // A block may not end in any other way.
        End::Success | End::NotStarted(_) | End::Deadline(_) | End::OutputLimit(_) => {}
        End::Status(status) if language.is_in_message(*status) => {}
        End::Status(status) => {
            let _ = writeln!(text, "exit status {status}");
        }
        End::Abnormal(how) => {
            let _ = writeln!(text, "the program {how}");
        }
    }
    text
}
