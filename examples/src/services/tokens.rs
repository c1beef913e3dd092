//! Signed tokens: JSON Web Tokens with HMAC-SHA256 (RFC 7515, RFC 7519), and a guard against replay.

use std::collections::BTreeSet;

use super::sha256::{base64url, from_base64url, hmac};

// ANCHOR: sign
/// A token: header, content and signature, each in base64url, joined by dots.
pub fn sign(header: &str, content: &str, key: &[u8]) -> String {
    let signed = format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(content.as_bytes())
    );
    let signature = base64url(&hmac(key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The token's content, if its signature was made with the key. The header's word on the algorithm is not asked.
pub fn verify(token: &str, key: &[u8]) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let expected = hmac(key, signed.as_bytes());
    let given = from_base64url(signature)?;
    // All bytes are compared, so that the time tells nothing about the first wrong one.
    let differences = expected
        .iter()
        .zip(&given)
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    if given.len() != expected.len() || differences != 0 {
        return None;
    }
    content(signed)
}
// ANCHOR_END: sign

// ANCHOR: trusting
/// The mistake: the header, which anyone can write, says whether a signature is needed.
pub fn verify_as_header_says(token: &str, key: &[u8]) -> Option<String> {
    let (signed, _) = token.rsplit_once('.')?;
    let header = from_base64url(signed.split('.').next()?)?;
    if String::from_utf8(header).ok()?.contains("\"none\"") {
        return content(signed);
    }
    verify(token, key)
}
// ANCHOR_END: trusting

fn content(signed: &str) -> Option<String> {
    let (_, content) = signed.split_once('.')?;
    String::from_utf8(from_base64url(content)?).ok()
}

/// A server that carries out signed orders, each with a number that may be used once.
#[derive(Debug, Clone, Default)]
pub struct OnceOnly {
    seen: BTreeSet<u64>,
}

impl OnceOnly {
    // ANCHOR: once
    /// Whether an order is carried out: its number is new and its time has not run out.
    pub fn accept(&mut self, number: u64, valid_until: u64, now: u64) -> bool {
        now < valid_until && self.seen.insert(number)
    }
    // ANCHOR_END: once
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standard_s_token_comes_out() {
        // RFC 7515, appendix A.1.
        let key = from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow").unwrap();
        let header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
        let content =
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let token = sign(header, content, &key);
        assert!(
            token.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "{token}"
        );
        assert_eq!(verify(&token, &key).as_deref(), Some(content));
    }

    proptest! {
        #[test]
        fn one_changed_letter_and_the_token_is_refused(content in "[a-z]{1,20}", place in any::<prop::sample::Index>()) {
            let token = sign("{\"alg\":\"HS256\"}", &content, b"key");
            let mut changed = token.clone().into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter carries two unused bits; all others count.
            prop_assert!(place == token.len() - 1 || verify(&changed, b"key").is_none());
            prop_assert_eq!(verify(&token, b"key"), Some(content));
            prop_assert_eq!(verify(&token, b"other"), None);
        }
    }
}
