//! A gateway: a single entry point to many services, which authenticates, limits rates,
//! and routes by path.
//!
//! Shown in `src/services/tiers.md`.

use std::collections::BTreeMap;
use std::fmt;

use super::tokens::{Trust, verify};
use crate::queues::limits::{Limiter, TokenBucket};

/// Why a request isn't passed on, as an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// 401: no token, or one that isn't valid, or no longer.
    Unauthorized,
    /// 404: no service has this path.
    NotFound,
    /// 429: too many requests of this user in a short time.
    TooMany,
}

impl fmt::Display for Turned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "401 no valid token",
            Self::NotFound => "404 no such service",
            Self::TooMany => "429 too many requests",
        })
    }
}

/// A gateway. Times are in milliseconds.
#[derive(Debug, Clone)]
pub struct Gateway<'a> {
    trust: Trust<'a>,
    routes: Vec<(&'static str, &'static str)>,
    rate: u64,
    burst: u64,
    buckets: BTreeMap<String, TokenBucket>,
}

impl<'a> Gateway<'a> {
    /// A gateway that knows whose tokens to accept, and for the first parts of paths
    /// the services. Each user has `rate` requests a second and a burst of `burst`.
    pub fn new(
        trust: Trust<'a>,
        routes: &[(&'static str, &'static str)],
        rate: u64,
        burst: u64,
    ) -> Self {
        Self {
            trust,
            routes: routes.to_vec(),
            rate,
            burst,
            buckets: BTreeMap::new(),
        }
    }

    // ANCHOR: pass
    /// The service for a request and the user who asks, or why it is turned away. Only
    /// the requests of known users are counted, so that nobody can use up somebody
    /// else's limit.
    ///
    /// # Errors
    ///
    /// If the token isn't valid, the user asks too often, or no service has the path.
    pub fn pass(
        &mut self,
        path: &str,
        token: &str,
        now: u64,
    ) -> Result<(&'static str, String), Turned> {
        let user = verify(token, &self.trust, now / 1_000)
            .map_err(|_| Turned::Unauthorized)?;
        let new = TokenBucket::new(self.rate, self.burst);
        let bucket = self.buckets.entry(user.clone()).or_insert(new);
        if !bucket.allow(now) {
            return Err(Turned::TooMany);
        }
        let fits = |route: &&(&str, &str)| {
            path.strip_prefix(route.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let longest = self
            .routes
            .iter()
            .filter(fits)
            .max_by_key(|route| route.0.len());
        longest.map(|route| (route.1, user)).ok_or(Turned::NotFound)
    }
    // ANCHOR_END: pass
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::tokens::issue;
    use proptest::prelude::*;

    const TRUST: Trust<'_> = Trust {
        key: b"key",
        issuer: "login",
        audience: "api",
    };
    const ROUTES: [(&str, &str); 2] =
        [("/users", "profiles"), ("/users/ann/posts", "posts")];

    fn token(user: &str, key: &[u8]) -> String {
        issue(&Trust { key, ..TRUST }, user, 60)
    }

    #[test]
    fn an_expired_token_opens_no_door() {
        let mut gateway = Gateway::new(TRUST, &ROUTES, 100, 100);
        let mut pass = |now| {
            gateway
                .pass("/users/bob", &token("ann", TRUST.key), now)
                .map(|found| found.1)
        };
        assert_eq!(pass(59_999), Ok("ann".to_owned()));
        assert_eq!(pass(60_000), Err(Turned::Unauthorized));
    }

    #[test]
    fn the_longest_path_decides_and_names_are_not_cut() {
        let mut gateway = Gateway::new(TRUST, &ROUTES, 100, 100);
        let mut pass = |path| {
            gateway
                .pass(path, &token("ann", TRUST.key), 0)
                .map(|found| found.0)
        };
        assert_eq!(pass("/users/bob"), Ok("profiles"));
        assert_eq!(pass("/users"), Ok("profiles"));
        assert_eq!(pass("/users/ann/posts/7"), Ok("posts"));
        assert_eq!(pass("/usersecrets"), Err(Turned::NotFound));
        assert_eq!(pass("/"), Err(Turned::NotFound));
    }

    proptest! {
        /// Whatever other users send: a user gets the same answers as from a gateway of
        /// their own.
        #[test]
        fn nobody_can_use_up_the_limit_of_another(mut requests in prop::collection::vec((0..5_000u64, 0..3usize), 0..60)) {
            requests.sort_unstable();
            let (mut shared, mut own) = (Gateway::new(TRUST, &ROUTES, 2, 3), Gateway::new(TRUST, &ROUTES, 2, 3));
            for (now, who) in requests {
                let (user, key) = [("ann", TRUST.key), ("bob", TRUST.key), ("ann", &b"forged"[..])][who];
                let passed = shared.pass("/users/ann", &token(user, key), now);
                if key != TRUST.key {
                    prop_assert_eq!(passed, Err(Turned::Unauthorized));
                } else if user == "ann" {
                    prop_assert_eq!(passed, own.pass("/users/ann", &token(user, key), now));
                }
            }
        }
    }
}
