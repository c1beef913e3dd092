//! A file's bytes as text, or the finding that they aren't UTF-8.

use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::path::PathBuf;
use std::sync::Arc;

/// The text of a file's bytes, without its byte order mark.
///
/// # Errors
/// A finding at the first byte that is no text.
pub fn decode(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<Arc<Source>, Box<Finding>> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Arc::new(Source::of_file(path, &text))),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, not UTF-8",
        _ => "the file is not UTF-8",
    };
    let text = String::from_utf8_lossy(bytes).into_owned();
    let source = Arc::new(Source::new(path, text));
    let finding = Finding::new(Code::Encoding, &source, valid..valid, message);
    Err(Box::new(finding.with_help("save it as UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_have_a_place() {
        assert_eq!(
            decode("a.md", b"\xef\xbb\xbfa".to_vec()).unwrap().text(),
            "a"
        );
        let finding = decode("a.md", b"caf\xe9\n".to_vec()).unwrap_err();
        assert_eq!(finding.span.start, 3);
        let finding = decode("a.md", b"\xff\xfea\0".to_vec()).unwrap_err();
        assert!(finding.message.contains("UTF-16"));
    }
}
