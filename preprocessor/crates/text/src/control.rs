//! Control characters: as pictures that readers can see, such as `␛`, and those that turn text around.

/// The picture of an ASCII control character; none for any other character.
pub fn picture(c: char) -> Option<char> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('␡'),
        _ => None,
    }
}

/// Whether a character embeds, overrides or isolates the direction of the text after it, so that code reads as other code. These are the
/// characters that the Rust compiler refuses too (CVE-2021-42574).
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_control_character_of_ascii_has_a_picture() {
        assert_eq!(
            ['\0', '\n', '\x1b', '\x1f', '\x7f', ' ', '\u{9b}'].map(picture),
            [
                Some('␀'),
                Some('␊'),
                Some('␛'),
                Some('␟'),
                Some('␡'),
                None,
                None
            ]
        );
    }
}
