//! SHA-256 (FIPS 180-4), HMAC (RFC 2104) and base64url (RFC 4648), to show what a
//! signature does.
//!
//! Shown in `src/services/tokens.md`.
//!
//! For learning only. Real systems use a well-maintained library.

use std::sync::LazyLock;

/// The first 32 bits of the fractional part of a root of a prime.
fn root_bits(prime: u32, is_cube: bool) -> u32 {
    // Exact integer roots: the largest r with r^2 <= p * 2^64, or r^3 <= p * 2^96, by
    // bisection.
    let fits = |r: u128| {
        let p = u128::from(prime);
        if is_cube {
            r * r * r <= p << 96
        } else {
            r * r <= p << 64
        }
    };
    let (mut low, mut high) = (0u128, 1u128 << 36);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    u32::try_from(low & 0xffff_ffff).unwrap_or(0)
}

fn primes() -> impl Iterator<Item = u32> {
    (2..400).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
}

/// The constants of the rounds, from the cube roots of the first 64 primes.
static ROUNDS: LazyLock<Vec<u32>> =
    LazyLock::new(|| primes().take(64).map(|p| root_bits(p, true)).collect());

/// The state before the first block, from the square roots of the first 8 primes.
static START: LazyLock<Vec<u32>> =
    LazyLock::new(|| primes().take(8).map(|p| root_bits(p, false)).collect());

/// The SHA-256 hash of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut state = START.clone();
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize((bytes.len() + 9).div_ceil(64) * 64 - 8, 0);
    padded.extend((bytes.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut w: Vec<u32> = block
            .chunks(4)
            .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        for i in 16..64 {
            let s0 = w[i - 15].rotate_right(7)
                ^ w[i - 15].rotate_right(18)
                ^ (w[i - 15] >> 3);
            let s1 = w[i - 2].rotate_right(17)
                ^ w[i - 2].rotate_right(19)
                ^ (w[i - 2] >> 10);
            w.push(
                w[i - 16]
                    .wrapping_add(s0)
                    .wrapping_add(w[i - 7])
                    .wrapping_add(s1),
            );
        }
        let mut v = state.clone();
        for i in 0..64 {
            let s1 =
                v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let t1 = v[7]
                .wrapping_add(s1)
                .wrapping_add(choice)
                .wrapping_add(ROUNDS[i])
                .wrapping_add(w[i]);
            let s0 =
                v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            v.rotate_right(1);
            v[0] = t1.wrapping_add(s0.wrapping_add(majority));
            v[4] = v[4].wrapping_add(t1);
        }
        for (old, new) in state.iter_mut().zip(&v) {
            *old = old.wrapping_add(*new);
        }
    }
    let mut hash = [0; 32];
    for (bytes, word) in hash.chunks_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

// ANCHOR: hmac
/// A hash that only the holder of the key can compute: the key goes in before the inner
/// hash and before the outer one.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = if key.len() > 64 {
        sha256(key).to_vec()
    } else {
        key.to_vec()
    };
    block.resize(64, 0);
    let padded = |with: u8| block.iter().map(move |byte| byte ^ with);
    let inner: Vec<u8> = padded(0x36).chain(message.iter().copied()).collect();
    let outer: Vec<u8> = padded(0x5c).chain(sha256(&inner)).collect();
    sha256(&outer)
}
// ANCHOR_END: hmac

const ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 with the alphabet for addresses, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let digit = bits >> (18 - 6 * place) & 63;
            text.push(char::from(ALPHABET[digit as usize]));
        }
    }
    text
}

/// The bytes that a text encodes. `None` if it isn't valid.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for chunk in text.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for digit in chunk {
            let value = ALPHABET.iter().position(|letter| letter == digit)?;
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        if chunk.len() == 1 {
            return None;
        }
        bits <<= 6 * (4 - chunk.len());
        bytes.extend(bits.to_be_bytes().into_iter().skip(1).take(chunk.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::Digest;

    #[test]
    fn the_standard_s_example_comes_out() {
        // RFC 4231, test case 2.
        let hash = hmac(b"Jefe", b"what do ya want for nothing?");
        let start =
            u64::from_be_bytes([0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        assert_eq!(hash[..8], start.to_be_bytes());
        assert_eq!(hash[30..], [0x38, 0x43]);
    }

    proptest! {
        #[test]
        fn hashes_are_those_of_a_well_tested_library(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let expected: [u8; 32] = sha2::Sha256::digest(&bytes).into();
            prop_assert_eq!(sha256(&bytes), expected);
        }

        #[test]
        fn base64_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(from_base64url(&base64url(&bytes)), Some(bytes));
        }
    }
}
