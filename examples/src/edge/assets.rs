//! A page and its script, a new version of both, and visitors who get a mix of
//! versions.
//!
//! Shown in `src/edge/assets.md`.

use crate::number::float;
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
    pub page: f64,
    /// The script in the network and in browsers.
    pub script: f64,
}

/// Who visits the site.
#[derive(Debug, Clone, Copy)]
pub struct Audience {
    /// Visitors who come back.
    pub visitors: usize,
    /// The mean time between two visits of one of them, in seconds.
    pub every: f64,
    /// The share of visits with an empty browser cache.
    pub empty: f64,
}

/// What visitors got after a release: counts, as means of several releases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Met {
    /// Visits.
    pub visits: f64,
    /// Both of the new version.
    pub new: f64,
    /// Both of the old one.
    pub old: f64,
    /// One of each: the page may not work.
    pub mixed: f64,
    /// The page's script was not there.
    pub missing: f64,
    /// Scripts that came from the server or the network rather than the browser.
    pub downloads: f64,
}

/// How long visits are watched before and after the release, in seconds.
pub const WATCHED: f64 = 6_000.0;

/// A copy: its version, and until when it is fresh. The time is counted from the moment
/// at which the origin sent it, also by a browser that gets it from the network: its
/// `Age` says how old it is (RFC 9111, section 4.2.3).
#[derive(Clone, Copy)]
struct Copy {
    version: u8,
    until: f64,
}

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
        Naming::Same | Naming::SameAndPurge if at.now < kept.until => {
            (kept, Source::Browser)
        }
        // The network's copy, whatever version it is, for as long as it is fresh there.
        Naming::Same | Naming::SameAndPurge => {
            fetch(edge, at, at.ttl);
            (*edge, Source::Download)
        }
        // The name holds the version, so that a script is always the page's own.
        _ if kept.version == page.version => (kept, Source::Browser),
        Naming::HashedAndDeleted if page.version < at.newest => (kept, Source::Nowhere),
        _ => {
            let version = page.version;
            let until = f64::INFINITY;
            (Copy { version, until }, Source::Download)
        }
    }
}
// ANCHOR_END: script

/// Releases a new version, `releases` times, while visitors come back at random.
///
/// The network's copies have any age at the release: that of the script a different one
/// in each release, evenly spread, that of the page a random one. Without releases
/// nothing is met.
pub fn release(
    naming: Naming,
    ttl: Ttl,
    audience: Audience,
    releases: u32,
    seed: u64,
) -> Met {
    let mut random = Random::new(seed);
    let mut met = Met::default();
    for number in 0..releases {
        let part = (f64::from(number) + random.uniform()) / f64::from(releases);
        one_release(naming, ttl, audience, part, &mut met, &mut random);
    }
    let fields = [
        &mut met.visits,
        &mut met.new,
        &mut met.old,
        &mut met.mixed,
        &mut met.missing,
        &mut met.downloads,
    ];
    for field in fields {
        *field /= f64::from(releases.max(1));
    }
    met
}

/// One release at 0, after which visits are counted. The script in the network is fresh
/// for a `part` of its time to live at the start.
fn one_release(
    naming: Naming,
    ttl: Ttl,
    audience: Audience,
    part: f64,
    met: &mut Met,
    random: &mut Random,
) {
    let nothing = Copy {
        version: 0,
        until: f64::NEG_INFINITY,
    };
    let old = |until| Copy { version: 1, until };
    let mut page = old(-WATCHED + random.uniform() * ttl.page);
    let mut edge = old(-WATCHED + part * ttl.script);
    let mut browsers = vec![nothing; audience.visitors.max(1)];
    let gap = audience.every / float(browsers.len());
    let (mut now, mut is_released) = (-WATCHED, false);
    loop {
        now += random.exponential(gap);
        if now >= WATCHED {
            return;
        }
        if now >= 0.0 && !is_released {
            is_released = true;
            if naming == Naming::SameAndPurge {
                edge = nothing;
            }
        }
        let at = Moment {
            now,
            newest: if is_released { 2 } else { 1 },
            ttl: ttl.script,
        };
        let visitor = random.index(browsers.len());
        let browser = &mut browsers[visitor];
        if random.chance(audience.empty) {
            *browser = nothing;
        }
        fetch(&mut page, at, ttl.page);
        let (got, source) = script(naming, page, *browser, &mut edge, at);
        *browser = got;
        if !is_released {
            continue;
        }
        met.visits += 1.0;
        met.downloads += f64::from(u8::from(source != Source::Browser));
        *match (source, page.version, got.version) {
            (Source::Nowhere, ..) => &mut met.missing,
            (_, 2, 2) => &mut met.new,
            (_, 1, 1) => &mut met.old,
            _ => &mut met.mixed,
        } += 1.0;
    }
}

/// What a busy site expects of visits that mix the versions under one name: page and
/// script become new at independent moments, each somewhere within its time to live, and
/// between these two moments every visit is mixed.
///
/// With equal times to live the moments aren't independent: a visit that finds both
/// copies ended fetches both, and from then on they end together.
pub fn expected_mixed(ttl: Ttl, audience: Audience) -> f64 {
    let (short, long) = (ttl.page.min(ttl.script), ttl.page.max(ttl.script));
    let apart = if long > 0.0 {
        (long - short) / 2.0 + short * short / (3.0 * long)
    } else {
        0.0
    };
    apart * float(audience.visitors) / audience.every
}

/// A moment, the version that is the newest then, and how long a script may be kept.
#[derive(Clone, Copy)]
struct Moment {
    now: f64,
    newest: u8,
    ttl: f64,
}

/// The network's copy, from the origin if it isn't fresh any more.
fn fetch(copy: &mut Copy, at: Moment, ttl: f64) {
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

    const AUDIENCE: Audience = Audience {
        visitors: 300,
        every: 600.0,
        empty: 0.2,
    };

    fn met(naming: Naming, page: f64, script: f64) -> Met {
        release(naming, Ttl { page, script }, AUDIENCE, 200, 1)
    }

    #[test]
    fn hashed_names_never_mix_and_old_visits_end_with_the_page_s_ttl() {
        let hashed = met(Naming::Hashed, 60.0, 3_600.0);
        assert!(hashed.mixed < 1e-9 && hashed.missing < 1e-9, "{hashed:?}");
        // The page lives for 30 s more on average, at half a visit a second.
        assert!((hashed.old - 15.0).abs() < 2.0, "{hashed:?}");
        assert!(met(Naming::Hashed, 0.0, 3_600.0).old < 1e-9);
    }

    #[test]
    fn one_name_mixes_as_many_visits_as_two_random_moments_are_apart() {
        for (page, script) in [
            (60.0, 0.0),
            (60.0, 600.0),
            (60.0, 3_600.0),
            (0.0, 3_000.0),
            (900.0, 250.0),
        ] {
            let ttl = Ttl { page, script };
            let mixed = release(Naming::Same, ttl, AUDIENCE, 600, 1).mixed;
            let expected = expected_mixed(ttl, AUDIENCE);
            let off = (mixed - expected).abs();
            assert!(
                off < 0.08 * expected + 1.0,
                "{page} {script}: {mixed} {expected}"
            );
        }
        assert!(met(Naming::Same, 0.0, 0.0).mixed < 1e-9);
        // Copies that live equally long come to end together.
        let ttl = Ttl {
            page: 60.0,
            script: 60.0,
        };
        let mixed = met(Naming::Same, 60.0, 60.0).mixed;
        assert!(mixed < 0.6 * expected_mixed(ttl, AUDIENCE), "{mixed}");
    }

    #[test]
    fn a_purge_reaches_the_network_and_not_the_browsers() {
        let [same, purged] = [Naming::Same, Naming::SameAndPurge]
            .map(|naming| met(naming, 0.0, 3_000.0));
        assert!(
            purged.mixed > 0.0 && purged.mixed < 0.8 * same.mixed,
            "{purged:?}"
        );
        // A browser that is empty at each visit has nothing that a purge can't reach.
        let empty = Audience {
            empty: 1.0,
            ..AUDIENCE
        };
        let ttl = Ttl {
            page: 0.0,
            script: 3_000.0,
        };
        let purged = release(Naming::SameAndPurge, ttl, empty, 20, 1);
        assert!(purged.mixed < 1e-9, "{purged:?}");
    }

    #[test]
    fn nothing_old_is_met_when_the_longer_time_to_live_is_over() {
        // Also browsers count from the moment at which the origin sent the script. So of
        // 6,000 s after the release only the first 3,000 s can have mixed visits.
        let half = Ttl {
            page: 0.0,
            script: WATCHED / 2.0,
        };
        for seed in 0..20 {
            let met = release(Naming::Same, half, AUDIENCE, 1, seed);
            assert!(met.new > 0.4 * met.visits, "{met:?}");
        }
    }

    #[test]
    fn deleting_old_scripts_breaks_the_old_pages() {
        let deleted = met(Naming::HashedAndDeleted, 60.0, 3_600.0);
        assert!(deleted.missing > 0.0 && deleted.mixed < 1e-9, "{deleted:?}");
    }

    #[test]
    fn every_visit_is_one_of_the_four() {
        for naming in [
            Naming::Same,
            Naming::SameAndPurge,
            Naming::Hashed,
            Naming::HashedAndDeleted,
        ] {
            let met = met(naming, 60.0, 600.0);
            let sum = met.new + met.old + met.mixed + met.missing;
            assert!((met.visits - sum).abs() < 1e-6, "{met:?}");
        }
    }
}
