//! Signed tokens: JSON Web Tokens with HMAC-SHA256 (RFC 7515, RFC 7519), and a guard
//! against replay.
//!
//! Shown in `src/services/tokens.md`.

use std::collections::BTreeSet;
use std::fmt;

use super::claims::{Claim, claims};
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

/// The token's content, if its signature was made with the key. It ignores what the
/// header says about the algorithm, and doesn't read what the content says; [`verify`]
/// does.
pub fn signed_content(token: &str, key: &[u8]) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let expected = hmac(key, signed.as_bytes());
    let given = from_base64url(signature)?;
    // All bytes are compared, so that the time reveals nothing about the first wrong
    // one.
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

/// Whose tokens a service accepts.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The key that they are signed with.
    pub key: &'a [u8],
    /// Who has to have issued them: the claim `iss`.
    pub issuer: &'a str,
    /// For which service they have to be: the claim `aud`. It has to be one text here;
    /// RFC 7519 also allows a list.
    pub audience: &'a str,
}

/// Why a token isn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It wasn't signed with the key, or was changed since.
    Signature,
    /// Its content can't be read, or has no subject.
    Content,
    /// Somebody else issued it, or it doesn't say who.
    Issuer,
    /// It is for another service, or for none.
    Audience,
    /// It has expired, or it has no expiry.
    Expired,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "refused: wrong signature",
            Self::Content => "refused: content can't be read",
            Self::Issuer => "refused: another issuer",
            Self::Audience => "refused: for another service",
            Self::Expired => "refused: expired, or without an end",
        })
    }
}

// ANCHOR: verify
/// The subject of a token, if it is valid in every respect at `now`, in seconds since
/// 1970.
///
/// # Errors
///
/// The first of its faults.
pub fn verify(token: &str, trust: &Trust<'_>, now: u64) -> Result<String, Refused> {
    let content = signed_content(token, trust.key).ok_or(Refused::Signature)?;
    let claims = claims(&content).ok_or(Refused::Content)?;
    let is =
        |name, value: &str| claims.get(name) == Some(&Claim::Text(value.to_owned()));
    if !is("iss", trust.issuer) {
        return Err(Refused::Issuer);
    }
    if !is("aud", trust.audience) {
        return Err(Refused::Audience);
    }
    match (claims.get("exp"), claims.get("sub")) {
        (Some(Claim::Number(end)), Some(Claim::Text(subject))) if now < *end => {
            Ok(subject.clone())
        }
        (Some(Claim::Number(end)), _) if now < *end => Err(Refused::Content),
        _ => Err(Refused::Expired),
    }
}
// ANCHOR_END: verify

/// A token that [`verify`] accepts until `expires`, in seconds since 1970.
pub fn issue(trust: &Trust<'_>, subject: &str, expires: u64) -> String {
    let (issuer, audience) = (trust.issuer, trust.audience);
    let content = format!(
        r#"{{"iss":"{issuer}","aud":"{audience}","sub":"{subject}","exp":{expires}}}"#
    );
    sign(r#"{"alg":"HS256"}"#, &content, trust.key)
}

// ANCHOR: trusting
/// The mistake: the header, which anyone can write, says whether a signature is needed.
pub fn content_as_header_says(token: &str, key: &[u8]) -> Option<String> {
    let (signed, _) = token.rsplit_once('.')?;
    let header = from_base64url(signed.split('.').next()?)?;
    if String::from_utf8(header).ok()?.contains("\"none\"") {
        return content(signed);
    }
    signed_content(token, key)
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
        let content = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let token = sign(header, content, &key);
        assert!(
            token.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "{token}"
        );
        assert_eq!(signed_content(&token, &key).as_deref(), Some(content));
        // The standard's example is for no service in particular, so it is for none.
        let trust = Trust {
            key: &key,
            issuer: "joe",
            audience: "api",
        };
        assert_eq!(
            verify(&token, &trust, 1_300_819_379),
            Err(Refused::Audience)
        );
    }

    const TRUST: Trust<'_> = Trust {
        key: b"key",
        issuer: "login",
        audience: "api",
    };

    #[test]
    fn a_token_that_is_signed_and_expired_is_refused() {
        let token = issue(&TRUST, "ann", 900);
        assert_eq!(verify(&token, &TRUST, 899), Ok("ann".to_owned()));
        // RFC 7519, section 4.1.4: not on the time of expiry, and not after it.
        for now in [900, 901, u64::MAX] {
            assert_eq!(verify(&token, &TRUST, now), Err(Refused::Expired));
            assert!(signed_content(&token, TRUST.key).is_some());
        }
    }

    #[test]
    fn each_claim_has_to_be_there_and_right() {
        let verify = |content: &str| verify(&sign("{}", content, TRUST.key), &TRUST, 5);
        for (content, refused) in [
            (
                r#"{"iss":"login","aud":"api","sub":"ann"}"#,
                Refused::Expired,
            ),
            (
                r#"{"iss":"login","aud":"api","sub":"ann","exp":"9"}"#,
                Refused::Expired,
            ),
            (r#"{"aud":"api","sub":"ann","exp":9}"#, Refused::Issuer),
            (
                r#"{"iss":"other","aud":"api","sub":"ann","exp":9}"#,
                Refused::Issuer,
            ),
            (r#"{"iss":"login","sub":"ann","exp":9}"#, Refused::Audience),
            (
                r#"{"iss":"login","aud":"mail","sub":"ann","exp":9}"#,
                Refused::Audience,
            ),
            (r#"{"iss":"login","aud":"api","exp":9}"#, Refused::Content),
            (
                r#"{"iss":"login","aud":"api","sub":"ann","exp":9,"exp":1}"#,
                Refused::Content,
            ),
            ("ann", Refused::Content),
        ] {
            assert_eq!(verify(content), Err(refused), "{content}");
        }
        let other = Trust {
            key: b"other",
            ..TRUST
        };
        assert_eq!(
            super::verify(&issue(&other, "ann", 9), &TRUST, 5),
            Err(Refused::Signature)
        );
    }

    proptest! {
        #[test]
        fn a_token_is_good_until_it_expires_and_no_longer(subject in "[a-z]{1,9}", expires in any::<u64>(), now in any::<u64>()) {
            let found = verify(&issue(&TRUST, &subject, expires), &TRUST, now);
            prop_assert_eq!(found, if now < expires { Ok(subject) } else { Err(Refused::Expired) });
        }

        #[test]
        fn one_changed_letter_and_the_token_is_refused(content in "[a-z]{1,20}", place in any::<prop::sample::Index>()) {
            let token = sign("{\"alg\":\"HS256\"}", &content, b"key");
            let mut changed = token.clone().into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter carries two unused bits; all others count.
            prop_assert!(place == token.len() - 1 || signed_content(&changed, b"key").is_none());
            prop_assert_eq!(signed_content(&token, b"key"), Some(content));
            prop_assert_eq!(signed_content(&token, b"other"), None);
        }
    }
}
