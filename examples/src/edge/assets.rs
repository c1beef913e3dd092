//! A page and its script, a new version of both, and visitors who get a mix of
//! versions.
//!
//! Shown in `src/edge/assets.md`.

use crate::random::Random;

/// How the script is named and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Always the same name; browsers and the network keep it for its time to live.
    Same,
    /// The same, and the network's copy is deleted at the release.
    SameAndPurge,
    /// The name holds a hash of the content; old scripts stay on the server.
    Hashed,
    /// The same, but the release deletes the old script, in the network as well.
    HashedAndDeleted,
}

/// What is kept for how long, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Ttl {
    /// The page in the network. Browsers ask for it each time.
    pub page: u64,
    /// The script in the network and in browsers.
    pub script: u64,
}

/// What visitors got after the release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Visits.
    pub visits: u32,
    /// Both of the new version.
    pub new: u32,
    /// Both of the old one.
    pub old: u32,
    /// One of each: the page may not work.
    pub mixed: u32,
    /// The page's script was not there.
    pub missing: u32,
    /// Scripts that came from the server or the network rather than the browser.
    pub downloads: u32,
}

#[derive(Clone, Copy)]
struct Copy {
    version: u8,
    until: u64,
}

/// The share of visits with an empty browser cache.
const NEW_VISITORS: f64 = 0.2;

/// Where a visit's script came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Browser,
    Download,
    Nowhere,
}

// ANCHOR: script
/// The script that a visit gets, by the page it has and what the browser kept.
fn script(
    naming: Naming,
    page: Copy,
    kept: Copy,
    edge: &mut Copy,
    at: Moment,
) -> (Copy, Source) {
    match naming {
        Naming::Same | Naming::SameAndPurge => {
            if at.now < kept.until {
                return (kept, Source::Browser);
            }
            // The network's copy, whatever version it is.
            fetch(edge, at, at.ttl);
            (
                Copy {
                    version: edge.version,
                    until: at.now + at.ttl,
                },
                Source::Download,
            )
        }
        // The name holds the version, so that a script is always the page's own.
        _ if kept.version == page.version => (kept, Source::Browser),
        Naming::HashedAndDeleted if page.version < at.newest => (kept, Source::Nowhere),
        _ => (
            Copy {
                version: page.version,
                until: u64::MAX,
            },
            Source::Download,
        ),
    }
}
// ANCHOR_END: script

/// Visitors come back at random, on average each `visit_every` seconds, a fifth of them
/// with an empty browser. In the middle of the time there is a release; visits after it
/// are counted.
pub fn release(
    naming: Naming,
    ttl: Ttl,
    visitors: usize,
    visit_every: f64,
    duration: u64,
) -> Met {
    let mut random = Random::new(42);
    let mut met = Met::default();
    let nothing = Copy {
        version: 0,
        until: 0,
    };
    let (mut page, mut edge, mut browsers) =
        (nothing, nothing, vec![nothing; visitors]);
    let released_at = duration / 2;
    for now in 0..duration {
        let newest = if now < released_at { 1 } else { 2 };
        let at = Moment {
            now,
            newest,
            ttl: ttl.script,
        };
        if now == released_at && naming == Naming::SameAndPurge {
            edge = nothing;
        }
        for browser in &mut browsers {
            if !random.chance(1.0 / visit_every) {
                continue;
            }
            if random.chance(NEW_VISITORS) {
                *browser = nothing;
            }
            fetch(&mut page, at, ttl.page);
            let (got, source) = script(naming, page, *browser, &mut edge, at);
            *browser = got;
            if now < released_at {
                continue;
            }
            met.visits += 1;
            met.downloads += u32::from(source != Source::Browser);
            *match (source, page.version, got.version) {
                (Source::Nowhere, ..) => &mut met.missing,
                (_, 2, 2) => &mut met.new,
                (_, 1, 1) => &mut met.old,
                _ => &mut met.mixed,
            } += 1;
        }
    }
    met
}

/// A second, the version that is the newest then, and how long a script may be kept.
#[derive(Clone, Copy)]
struct Moment {
    now: u64,
    newest: u8,
    ttl: u64,
}

fn fetch(copy: &mut Copy, at: Moment, ttl: u64) {
    if at.now >= copy.until {
        *copy = Copy {
            version: at.newest,
            until: at.now + ttl,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(naming: Naming, page: u64, script: u64) -> Met {
        release(naming, Ttl { page, script }, 100, 300.0, 8_000)
    }

    #[test]
    fn hashed_names_never_mix_and_old_visits_end_with_the_page_s_ttl() {
        let hashed = met(Naming::Hashed, 60, 3_600);
        assert_eq!((hashed.mixed, hashed.missing), (0, 0));
        // At most 60 s with 100 visitors, each once in 300 s.
        assert!(hashed.old < 40, "{hashed:?}");
        assert_eq!(met(Naming::Hashed, 0, 3_600).old, 0);
    }

    #[test]
    fn a_name_that_stays_mixes_until_the_script_s_ttl_ends() {
        let same = met(Naming::Same, 0, 3_000);
        assert!(same.mixed > 0 && same.old == 0);
        // A purge reaches the network and not the browsers.
        let purged = met(Naming::SameAndPurge, 0, 3_000);
        assert!(purged.mixed > 0 && purged.mixed < same.mixed, "{purged:?}");
        assert_eq!(met(Naming::Same, 0, 0).mixed, 0);
    }

    #[test]
    fn deleting_old_scripts_breaks_the_old_pages() {
        let deleted = met(Naming::HashedAndDeleted, 60, 3_600);
        assert!(deleted.missing > 0 && deleted.mixed == 0, "{deleted:?}");
    }

    #[test]
    fn every_visit_is_one_of_the_four() {
        for naming in [
            Naming::Same,
            Naming::SameAndPurge,
            Naming::Hashed,
            Naming::HashedAndDeleted,
        ] {
            let met = met(naming, 60, 600);
            assert_eq!(met.visits, met.new + met.old + met.mixed + met.missing);
        }
    }
}
