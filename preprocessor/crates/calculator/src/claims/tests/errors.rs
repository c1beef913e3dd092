//! What is said of a claim that can't be judged: at which bytes, and why.

use super::planted::BLOCKS;
use super::{Blocks, Settings, judged, plan, table, wrong};
use crate::claims::domain::Domain;
use crate::claims::{ClaimError, Parameter, Problem, parse};

fn refused(text: &str) -> ClaimError {
    match plan(text) {
        Err(error) => error,
        Ok(plan) => panic!("`{text}` is accepted: {plan:?}"),
    }
}

#[test]
fn what_varies_has_to_be_there_and_within_what_the_block_takes() {
    for (text, at, message, help) in [
        (
            "wait.random > 3 ms for server",
            "server",
            "varies `server`",
            "`seed`, `servers`, `load`, `rule`",
        ),
        (
            "wait.random > 3 ms for servers 2..50",
            "2..50",
            "goes beyond what the block varies",
            "`servers=5..50`",
        ),
        (
            "wait.random > 3 ms for servers 5.5..50.5",
            "5.5..50.5",
            "goes beyond",
            "widen it there",
        ),
        (
            "wait.random > 3 ms for servers 5.5..49.5",
            "5.5..49.5",
            "isn't a setting of `servers`",
            "stay inside",
        ),
        (
            "wait.random > 3 ms for servers a|b",
            "a|b",
            "has a range",
            "stay inside",
        ),
        (
            "wait.random > 3 ms for rule 1..5",
            "1..5",
            "has choices",
            "Random|TwoChoices",
        ),
        (
            "wait.random > 3 ms for rule Random|Best",
            "Random|Best",
            "`Best` isn't a choice",
            "",
        ),
        (
            "wait.random > 3 ms for seed on average over seed",
            "seed",
            "in two ways",
            "use one of them",
        ),
        (
            "wait.random > 3 ms for seed for 3 of 5 seed",
            "seed",
            "in two ways",
            "",
        ),
        (
            "wait.random > 3 ms over 51 seed",
            "seed",
            "asks for 51 of `seed`, and `1..50` has 50",
            "widen the range",
        ),
        (
            "wait.random > 3 ms for 3 of 70 seed",
            "seed",
            "asks for 70",
            "",
        ),
        (
            "wait.random > 3 ms over 1 seed",
            "seed",
            "isn't a variation",
            "2 settings",
        ),
        ("wait.random > 3 ms over 5000 seed", "seed", "too many", ""),
        (
            "wait.random > 3 ms for seed × servers over 50 seed over 40 servers",
            "wait.random > 3 ms for seed × servers over 50 seed over 40 servers",
            "2000 points, and 1000 are the most",
            "over 10 seed",
        ),
    ] {
        let error = refused(text);
        assert!(error.message.contains(message), "{text}: {error:?}");
        assert_eq!(&text[error.span], at, "{text}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
}

#[test]
fn a_claim_that_nothing_varies_says_what_could() {
    let claim = parse("wait.random > 3 ms").unwrap();
    let domain = Domain::read("5..50").unwrap().0;
    let servers = Parameter {
        name: "servers",
        domain: &domain,
        default: None,
    };
    let error = claim.plan(&[servers]).unwrap_err();
    assert!(error.message.contains("nothing varies"), "{error:?}");
    assert!(error.help.unwrap().contains("`for servers`"));
    let error = claim.plan(&[]).unwrap_err();
    assert!(error.help.unwrap().contains("vary=\"seed=1..50\""));
}

/// Claims, the bytes that are wrong (all of them where empty), and what the message says.
const NOWHERE: [(&str, &str, &str); 32] = [
    (
        "wait[80].random > 3 ms where servers × 2 > 5",
        "servers × 2",
        "compares no column row by row",
    ),
    (
        "wait.random > 3 ms where growth.nodes > 1",
        "growth.nodes",
        "`growth` has no row `50`",
    ),
    (
        "growth[servers].messages > 3 for servers",
        "growth[servers].messages",
        "no row `5`; its rows are 1, 2, 4",
    ),
    (
        "wat.random > 3 ms",
        "wat.random",
        "no block is named `wat`; its blocks are growth, noise, policies",
    ),
    (
        "wait.randm > 3 ms",
        "wait.randm",
        "no column `randm`; its columns are busy (%), random (ms)",
    ),
    (
        "wait[85].random > 3 ms",
        "wait[85].random",
        "no row `85`; its rows are 50, 80, 90",
    ),
    ("wait[85] > 3 ms", "wait[85]", "no row `85`"),
    (
        "wait.random > [two] ms",
        "[two]",
        "no column `two`; its columns are",
    ),
    (
        "wait.random > 3 ms where bussy > 5",
        "bussy",
        "no column `bussy`; its columns are",
    ),
    (
        "wait.random > 3 ms where [bussy] is x",
        "[bussy]",
        "no column `bussy`; its columns are",
    ),
    (
        "wait[80].random > 3 ms where busy > 5",
        "busy",
        "compares no column row by row",
    ),
    (
        "policies[2Q] > 1% where busy > 5",
        "busy",
        "compares no column row by row",
    ),
    ("wait[80].random > [busy]", "[busy]", "goes through no rows"),
    (
        "wait.random > wait[80]",
        "wait[80]",
        "compares a column with a row",
    ),
    ("wait.random > 3 msec", "msec", "unknown identifier `msec`"),
    (
        "wait.random > load × 1 ms",
        "load",
        "`load` has several settings at once",
    ),
    (
        "wait.jobs > rule for rule",
        "rule",
        "`rule` is `Random` here, which isn't a number",
    ),
    (
        "policies.kind > 3",
        "policies.kind",
        "`old` in `policies` is not a number",
    ),
    (
        "rank(wait[80].random) = 1",
        "wait[80].random",
        "`rank` takes a column or a row",
    ),
    (
        "max(wait[80].random) > 3 ms",
        "wait[80].random",
        "`max` takes a column, a row or several",
    ),
    (
        "wait[80].random rises",
        "wait[80].random",
        "go through the rows of a column",
    ),
    (
        "wait.random > 3 ms where busy > 95",
        "",
        "no row is left to compare",
    ),
    (
        "wait.random rises where busy > 85",
        "",
        "fewer than two numbers",
    ),
    (
        "policies.loop > 3% where policy is ARC",
        "",
        "their cells have no numbers",
    ),
    (
        "wait.jobs / (wait.jobs - 7) > 1",
        "wait.jobs / (wait.jobs - 7)",
        "a finite number",
    ),
    (
        "wait.random > 3 ms where seed > 60",
        "",
        "leaves none of the settings",
    ),
    (
        "raft.leader is b on average over seed",
        "",
        "texts have no average",
    ),
    (
        "policies.zipf < growth.messages",
        "growth.messages",
        "`policies` has rows that `growth` doesn't have: `LRU`, `2Q`, `ARC`",
    ),
    (
        "policies[LRU] < wait[80]",
        "wait[80]",
        "`wait` has no column `zipf (%)`",
    ),
    ("raft.term rises", "", "fewer than two numbers"),
    ("nothing.x > 3", "nothing.x", "no block is named `nothing`"),
    (
        "nothing contains \"x\"",
        "nothing",
        "no block is named `nothing`",
    ),
];

#[test]
fn a_reference_that_leads_nowhere_says_what_there_is() {
    for (text, at, message) in NOWHERE {
        let error = wrong(text, BLOCKS);
        assert!(error.message.contains(message), "{text}: {error:?}");
        let expected = if at.is_empty() { text } else { at };
        assert_eq!(&text[error.span], expected, "{text}");
    }
}

#[test]
fn what_measures_different_things_is_not_compared() {
    for (text, message, help) in [
        (
            "wait.random > wait.jobs",
            "`wait.random` is in `ms`, and `wait.jobs` is a bare number",
            "one kind",
        ),
        (
            "wait.random > 3",
            "`3` has no unit, and `wait.random` is in `ms`",
            "write `3 ms`",
        ),
        (
            "3 < wait.random",
            "`3` has no unit, and `wait.random` is in `ms`",
            "write `3 ms`",
        ),
        ("wait.random > 3 GB", "in `ms`, and `3 GB` is in `GB`", ""),
        (
            "wait.random + wait.jobs > 3 ms",
            "incompatible dimensions",
            "",
        ),
        ("sum(wait[80]) > 3 ms", "incompatible dimensions", ""),
        (
            "policies.zipf > 40",
            "`40` has no unit, and `policies.zipf` is in percent",
            "write `40%`",
        ),
        (
            "policies.zipf within 2 of policies.loop",
            "the tolerance `2` is a bare number, and `policies.zipf` is in percent",
            "abs(policies.zipf - policies.loop) ≤ 2%",
        ),
        (
            "wait.random within 2 of wait.[two choices]",
            "the tolerance `2` is a bare number, and `wait.random` is in `ms`",
            "as in `5 ms`, or as a share",
        ),
        (
            "wait.random within 2 of 0",
            "the tolerance `2` is a bare number",
            "as in `5 ms`",
        ),
        (
            "policies.zipf > 3% where [zipf] - [scan] > 5",
            "compares what is in percent with what is a bare number",
            "",
        ),
        (
            "wait.random > 3 ms where [two choices] > 5 GB",
            "compares what is in `ms` with what is in `GB`",
            "",
        ),
        (
            "wait.random within -5% of wait.[two choices]",
            "less than 0",
            "above 0",
        ),
    ] {
        let error = wrong(text, BLOCKS);
        assert!(error.message.contains(message), "{text}: {error:?}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
    // 0 has every unit, and a share of percents has none.
    for text in [
        "wait.random within 0 of wait.random + 0 ms",
        "wait.random > 0",
        "policies.zipf > 0",
        "policies.zipf / policies.scan > 1.1",
        "wait.random > 3 ms where [two choices] > 5",
        "wait.random > 3 ms where [two choices] > 5000 µs",
    ] {
        assert!(
            judged(text, BLOCKS).is_ok_and(|verdict| verdict.holds()),
            "{text}"
        );
    }
}

#[test]
fn a_mean_that_the_seeds_leave_open_is_refused() {
    for (text, message, help) in [
        (
            "noise[wild].wait > 20 ms on average over seed",
            "20 seeds are too few to tell that `noise[wild].wait` is above `20 ms`: the mean difference is ",
            "`over 40 seed`",
        ),
        (
            "noise.wait within 5% of noise.other on average over seed",
            "in row `wild`, 20 seeds are too few to tell that `noise.wait` is within 1 ms of `noise.other`: two standard errors of the mean difference are ",
            "claim less",
        ),
        (
            "noise[calm].wait = 20 ms on average over seed",
            "is equal to `20 ms`",
            "write `within 5% of`",
        ),
        (
            "noise.wait rises on average over seed",
            "in row `wild`, 20 seeds are too few to tell how",
            "",
        ),
        (
            "noise[wild].wait > 20 ms on average over seed for servers",
            "at servers = 5, 20 seeds are too few",
            "",
        ),
    ] {
        let error = wrong(text, BLOCKS);
        assert!(error.message.contains(message), "{text}: {error:?}");
        let given = error.help.unwrap_or_default();
        assert!(given.contains(help), "{text}: {given}");
    }
}

/// A row that is there at some settings only, and a table that is.
fn patchy(at: &Settings<'_>) -> String {
    if at.seed() > 19.0 {
        return "nothing to see\n".to_owned();
    }
    let mut rows = vec!["| a | 1 |".to_owned()];
    rows.extend((at.seed() < 12.0).then(|| "| b | 2 |".to_owned()));
    table("| k | v |", &rows)
}

#[test]
fn what_is_missing_at_some_points_says_at_which() {
    const PATCHY: Blocks<'static> = &[("patchy", &patchy)];
    for (text, message) in [
        (
            "patchy[b].v = 2",
            "at seed = 12, `patchy` has no row `b`; its rows are a",
        ),
        ("patchy[a].v = 1", "at seed = 20, `patchy` printed no table"),
        (
            "patchy.v within 5% of 2 on average over seed where seed < 15",
            "at seed = 12, there is no number in row `b` to average",
        ),
    ] {
        let error = wrong(text, PATCHY);
        assert!(error.message.contains(message), "{text}: {error:?}");
    }
    let none: Blocks<'static> = &[("text", &|_: &Settings<'_>| "no table".to_owned())];
    assert_eq!(wrong("text.v > 3", none).message, "`text` printed no table");
}

#[test]
fn what_is_reported_already_is_not_reported_again() {
    let claim = parse("gone.x > 3").unwrap();
    let plan = plan("gone.x > 3").unwrap();
    let runs: Vec<crate::runs::Runs> = plan
        .points
        .iter()
        .map(|_| crate::runs::Runs {
            failed: ["gone".to_owned()].into(),
            ..Default::default()
        })
        .collect();
    let mut none = |_: &str| Err(crate::expression::Problem::Reported);
    let problem = crate::claims::judge(&claim, &plan, &runs, &mut none);
    assert_eq!(problem.unwrap_err(), Problem::Reported);
    let problem = crate::claims::judge(&claim, &plan, &runs[1..], &mut none);
    assert!(matches!(problem, Err(Problem::Wrong(_))));
}
