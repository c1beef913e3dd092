//! Short codes for long addresses: from a counter, from the first digits of a hash, or
//! from its last ones.
//!
//! Shown in `src/cases/shortener.md`.

use std::collections::BTreeMap;
use std::fmt;

use crate::services::sha256::sha256;

const DIGITS: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// ANCHOR: base62
/// A number in base 62, with its highest digit first.
pub fn base62(mut number: u128) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        let digit = usize::try_from(number % 62).unwrap_or(0);
        digits.push(char::from(DIGITS[digit]));
        number /= 62;
    }
    digits.iter().rev().collect()
}
// ANCHOR_END: base62

/// The number that a code represents in base 62. `None` if it is not a code.
pub fn from_base62(code: &str) -> Option<u128> {
    code.bytes().try_fold(0u128, |number, letter| {
        let digit = DIGITS.iter().position(|digit| *digit == letter)?;
        number.checked_mul(62)?.checked_add(digit as u128)
    })
}

/// Where codes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// The next number.
    Counter,
    /// The first digits of a hash of 128 bits, written in base 62.
    FirstDigits,
    /// Its last digits: the hash modulo a power of 62.
    LastDigits,
}

// ANCHOR: code
/// The code of an address, of `length` digits, in the given attempt.
pub fn code(
    scheme: Scheme,
    address: &str,
    attempt: u64,
    counter: u64,
    length: usize,
) -> String {
    let hash = || {
        let bytes = sha256(format!("{address} {attempt}").as_bytes());
        bytes
            .iter()
            .take(16)
            .fold(0u128, |number, byte| number << 8 | u128::from(*byte))
    };
    let digits = match scheme {
        Scheme::Counter => format!("{:0>length$}", base62(u128::from(counter))),
        Scheme::FirstDigits => return base62(hash()).chars().take(length).collect(),
        Scheme::LastDigits => format!("{:0>length$}", base62(hash())),
    };
    digits[digits.len() - length.min(digits.len())..].to_owned()
}
// ANCHOR_END: code

/// A link, its clicks and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    address: String,
    expires: u64,
    clicks_by_day: BTreeMap<u64, u64>,
}

/// A shortener. Times are in seconds.
#[derive(Debug, Clone)]
pub struct Shortener {
    scheme: Scheme,
    length: usize,
    links: BTreeMap<String, Link>,
    counter: u64,
    /// How many codes were taken already when they were made.
    pub collisions: u64,
}

/// Why a link wasn't made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The name that was asked for is taken.
    Taken,
    /// No free code was found.
    Full,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "the name is taken",
            Self::Full => "no free code was found",
        })
    }
}

impl Shortener {
    /// An empty shortener with codes of some length.
    pub fn new(scheme: Scheme, length: usize) -> Self {
        Self {
            scheme,
            length: length.max(1),
            links: BTreeMap::new(),
            counter: 0,
            collisions: 0,
        }
    }

    // ANCHOR: shorten
    /// Makes a link that expires, with a name of the user's choice or a code. An
    /// address whose hash is known gets its code again, and the later end of the two.
    ///
    /// # Errors
    ///
    /// If the name is taken, or no code is free after a thousand attempts.
    pub fn shorten(
        &mut self,
        address: &str,
        name: Option<&str>,
        expires: u64,
    ) -> Result<String, Refused> {
        let link = Link {
            address: address.to_owned(),
            expires,
            clicks_by_day: BTreeMap::new(),
        };
        if let Some(name) = name {
            if self.links.contains_key(name) {
                return Err(Refused::Taken);
            }
            self.links.insert(name.to_owned(), link);
            return Ok(name.to_owned());
        }
        for attempt in 0..1_000 {
            let code = code(self.scheme, address, attempt, self.counter, self.length);
            self.counter += 1;
            match self.links.get_mut(&code) {
                None => {
                    self.links.insert(code.clone(), link);
                    return Ok(code);
                }
                Some(known) if known.address == address => {
                    known.expires = known.expires.max(expires);
                    return Ok(code);
                }
                Some(_) => self.collisions += 1,
            }
        }
        Err(Refused::Full)
    }
    // ANCHOR_END: shorten

    // ANCHOR: follow
    /// The address of a code, if the link has not expired. Counts the click.
    pub fn follow(&mut self, code: &str, now: u64) -> Option<&str> {
        let link = self.links.get_mut(code).filter(|link| now < link.expires)?;
        *link.clicks_by_day.entry(now / 86_400).or_default() += 1;
        Some(&link.address)
    }

    /// Removes what has expired. Returns how many links that were.
    pub fn sweep(&mut self, now: u64) -> usize {
        let before = self.links.len();
        self.links.retain(|_, link| now < link.expires);
        before - self.links.len()
    }

    /// Removes a link by hand. Returns whether there was one.
    pub fn remove(&mut self, code: &str) -> bool {
        self.links.remove(code).is_some()
    }

    /// How many links are stored.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Clicks on a link, by day.
    pub fn clicks(&self, code: &str) -> Vec<(u64, u64)> {
        let days = self.links.get(code).map(|link| &link.clicks_by_day);
        days.into_iter()
            .flatten()
            .map(|(day, clicks)| (*day, *clicks))
            .collect()
    }
    // ANCHOR_END: follow
}

/// How full codes are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Filling {
    /// Collisions to expect until all links have a code.
    pub collisions: f64,
    /// The probability that the next attempt collides.
    pub next: f64,
}

/// Regions of codes: the probability that an attempt falls in it, and its size.
///
/// A number of 128 bits has 22 digits in base 62 unless it is below 62^21. Those of 22
/// digits begin with few digits, since 2^128 is only 7.8 × 62^21; those of 21 digits,
/// about one in eight, may begin with any. Shorter ones are left out.
fn regions(scheme: Scheme, length: i32) -> Vec<(f64, f64)> {
    let all = 62f64.powi(length);
    let (short, highest) = (
        62f64.powi(21) / 2f64.powi(128),
        2f64.powi(128) / 62f64.powi(22 - length),
    );
    let low = highest - all / 62.0;
    let low_share = 1.0 - short + short * low / (all - all / 62.0);
    match scheme {
        Scheme::Counter => vec![],
        Scheme::FirstDigits => vec![(low_share, low), (1.0 - low_share, all - highest)],
        Scheme::LastDigits => vec![(1.0, all)],
    }
}

/// What to expect when this many links have codes. Each attempt is uniform within its
/// region; one that collides is made again.
pub fn filling(scheme: Scheme, length: i32, links: f64) -> Filling {
    let regions = regions(scheme, length);
    let taken = |attempts: f64, (p, size): &(f64, f64)| {
        size * (1.0 - (-p * attempts / size).exp())
    };
    if regions.is_empty() {
        return Filling {
            collisions: 0.0,
            next: 0.0,
        };
    }
    let (mut low, mut high) = (links, links * 1e3);
    for _ in 0..200 {
        let middle = low.midpoint(high);
        let full: f64 = regions.iter().map(|region| taken(middle, region)).sum();
        if full < links {
            low = middle;
        } else {
            high = middle;
        }
    }
    let next = regions
        .iter()
        .map(|region| region.0 * taken(low, region) / region.1);
    Filling {
        collisions: low - links,
        next: next.sum::<f64>().max(0.0),
    }
}

#[cfg(test)]
mod tests;
