//! The points at which claims are checked, what is said of them, and claims over other points or past their edge.

use super::planted::{BLOCKS, PAIRS};
use super::{Blocks, Settings, judged, judged_by, plan, spread_of, table};
use crate::claims::domain::Domain;
use crate::claims::{Edge, Parameter, Plan, Verdict, parse};

fn settings(text: &str) -> Vec<(String, usize)> {
    let plan = plan(text).unwrap();
    let count = |name: &str| {
        let mut all: Vec<&String> = plan
            .points
            .iter()
            .filter_map(|point| point.get(name))
            .collect();
        all.sort();
        all.dedup();
        all.len()
    };
    let names = ["seed", "servers", "load", "rule"];
    let mut varied: Vec<(String, usize)> = names
        .iter()
        .map(|name| ((*name).to_owned(), count(name)))
        .filter(|(_, count)| *count > 0)
        .collect();
    varied.push((String::new(), plan.points.len()));
    varied
}

#[test]
fn a_claim_varies_what_it_says_and_the_seed_where_it_says_nothing() {
    let cases: [(&str, &[(&str, usize)]); 12] = [
        ("", &[("seed", 20)]),
        ("for servers", &[("servers", 20)]),
        ("for servers 5..9", &[("servers", 5)]),
        ("for servers × seed", &[("seed", 5), ("servers", 5)]),
        (
            "for servers × seed × load",
            &[("seed", 3), ("servers", 3), ("load", 3)],
        ),
        (
            "for servers × seed over 20 seed",
            &[("seed", 20), ("servers", 5)],
        ),
        ("over 50 seed", &[("seed", 50)]),
        ("on average over seed", &[("seed", 20)]),
        (
            "on average over 30 seed for servers",
            &[("seed", 30), ("servers", 5)],
        ),
        (
            "on average over seed for servers over 50 seed",
            &[("seed", 50), ("servers", 5)],
        ),
        ("for 45 of 50 seed", &[("seed", 50)]),
        ("for rule", &[("rule", 2)]),
    ];
    for (clauses, expected) in cases {
        let text = format!("wait.random > 3 ms {clauses}");
        let points = expected.iter().map(|(_, count)| count).product();
        let mut expected: Vec<(String, usize)> = expected
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect();
        expected.push((String::new(), points));
        assert_eq!(settings(&text), expected, "{text}");
    }
}

#[test]
fn both_ends_and_the_literal_in_the_page_are_among_the_settings() {
    let plan = plan("wait.random > 3 ms for servers").unwrap();
    for servers in ["5", "20", "50"] {
        assert!(
            plan.points.iter().any(|point| point["servers"] == servers),
            "{servers}"
        );
    }
}

fn verdict(text: &str) -> Verdict {
    judged(text, BLOCKS).unwrap()
}

#[test]
fn a_verdict_says_where_it_holds_and_what_was_seen() {
    for (text, summary, ranges) in [
        (
            "wait[80].random > wait[50].random",
            "held for 20 of 20 seeds",
            "10 to 10.02 ms against 4.001 to 4.02 ms",
        ),
        (
            "wait[80].random > 5 ms for servers",
            "held at 20 of 20 settings, servers from 5 to 50",
            "10.01 ms against 5 ms",
        ),
        (
            "wait[80].random > 5 ms for servers × seed",
            "held at 25 of 25 settings, servers from 5 to 50, 5 seeds",
            "10 to 10.01 ms against 5 ms",
        ),
        (
            "wait[80].random > 5 ms on average over seed",
            "held on average over 20 seeds",
            "10.01 ms against 5 ms",
        ),
        (
            "wait[80].random > 5 ms on average over seed for servers",
            "held on average over 20 seeds at 5 of 5 settings, servers from 5 to 50",
            "10.01 ms against 5 ms",
        ),
        (
            "wait[80].random > 5 ms for rule",
            "held for 2 of 2 settings of rule",
            "10.01 ms against 5 ms",
        ),
        (
            "wait[80].random < 10.02 ms for 15 of 20 seed",
            "held for 19 of 20 seeds",
            "10 to 10.02 ms against 10.02 ms",
        ),
    ] {
        let verdict = verdict(text);
        assert!(verdict.holds(), "{text}: {:?}", verdict.message());
        assert_eq!(verdict.summary(), summary, "{text}");
        assert_eq!(verdict.ranges().unwrap(), ranges, "{text}");
    }
    let kept = verdict("policies.loop ≤ 20%");
    assert_eq!(kept.skipped, 20);
    assert_eq!(
        kept.details(),
        ["it holds at 20 of 20 settings", "20 cells have no number"]
    );
}

#[test]
fn an_edge_is_the_last_setting_that_holds_and_the_first_that_fails() {
    let blocks: Blocks<'static> = &[("t", &|at: &Settings<'_>| {
        let n = at.servers();
        table(
            "| k | up | down | odd |",
            &[format!("| a | {n} | {} | {} |", 100.0 - n, n % 2.0)],
        )
    })];
    let edge = |text: &str| {
        let verdict = judged(text, blocks).unwrap();
        (verdict.edge.clone(), verdict.details())
    };
    let (up_to, details) = edge("t[a].up < 10 for servers 5..14");
    assert_eq!(
        up_to,
        Some(Edge::UpTo {
            name: "servers".to_owned(),
            holds: "9".to_owned(),
            fails: "10".to_owned()
        })
    );
    assert_eq!(
        details[1],
        "it holds up to servers = 9, and fails from 10 on"
    );
    let (_, details) = edge("t[a].down < 90 for servers 5..14");
    assert_eq!(
        details[1],
        "it fails up to servers = 10, and holds from 11 on"
    );
    let (_, details) = edge("t[a].odd = 1 for servers 5..14 × seed over 10 servers");
    assert_eq!(
        details[1],
        "it fails at 5 of 10 settings of servers: 6, 8, 10, 12, 14"
    );
    assert_eq!(edge("t[a].up < 1 for servers 5..14").0, None);
    assert_eq!(edge("t[a].up < 1").0, None);
}

#[test]
fn every_true_claim_fails_when_its_bound_is_moved_past_the_edge() {
    let mut problems = Vec::new();
    for (text, ..) in PAIRS {
        let claim = parse(text).unwrap();
        let plan = plan(text).unwrap();
        let verdict = judged_by(&claim, &plan, BLOCKS).unwrap();
        match claim.past_edge(&verdict) {
            Ok(moved) => {
                if judged(moved.text(), BLOCKS).is_ok_and(|verdict| verdict.holds()) {
                    problems.push(format!("`{text}` still holds as `{}`", moved.text()));
                }
            }
            Err(why) => problems.push(format!("`{text}`: {why}")),
        }
    }
    for text in [
        "wait.random > 0",
        "policies.loop ≥ 0",
        "raft contains \"elected\"",
        "raft contains no \"x\"",
        "wait[80].jobs within 5% of 7",
        "wait[80].jobs within 2 of 7",
        "wait[80].jobs never falls",
    ] {
        let claim = parse(text).unwrap();
        let plan = plan(text).unwrap();
        let Ok(verdict) = judged_by(&claim, &plan, BLOCKS) else {
            continue;
        };
        let moved = claim.past_edge(&verdict).unwrap();
        assert!(
            !judged(moved.text(), BLOCKS).is_ok_and(|verdict| verdict.holds()),
            "{}",
            moved.text()
        );
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_claim_can_be_checked_along_another_parameter() {
    let claim =
        parse("wait.random > wait.[two choices] where busy ≥ 80 on average over seed for load")
            .unwrap();
    let wide = Domain::read("2..100").unwrap().0;
    let seed = Domain::read("1..50").unwrap().0;
    let parameter = |name, domain| Parameter {
        name,
        domain,
        default: None,
    };
    let parameters = [parameter("servers", &wide), parameter("seed", &seed)];
    let along = claim.along("servers", &wide, 9);
    let plan = along.plan(&parameters).unwrap();
    assert_eq!(plan.points.len(), 9 * 20);
    let verdict = judged_by(&along, &plan, BLOCKS).unwrap();
    assert!(
        matches!(verdict.edge, Some(Edge::From { .. })),
        "{verdict:?}"
    );
    // Each setting by itself gives the same.
    let held = (0..9).filter(|at| {
        let setting = &wide.settings(9)[*at];
        let only = plan.only("servers", setting);
        assert_eq!(only.points.len(), 20);
        judged_by(&along, &only, BLOCKS).unwrap().holds()
    });
    assert_eq!(held.count(), verdict.held);
}

#[test]
fn a_figure_has_a_spread_over_points() {
    let spread =
        |text: &str| spread_of(text, "wait.random > 3 ms", BLOCKS).map(|spread| spread.to_string());
    assert_eq!(spread("wait[50].random").unwrap(), "4.001 to 4.02 ms");
    assert_eq!(
        spread("wait[50].random / wait[90].random").unwrap(),
        "0.2 to 0.2008"
    );
    assert_eq!(spread("wait[50].jobs").unwrap(), "7");
    for none in [
        "2 ms",
        "wait.random",
        "wait[50].[no such]",
        "wait[50].random >",
        "let a = 3",
        "policies[ARC].loop",
    ] {
        assert_eq!(spread(none), None, "{none}");
    }
    let domain = Domain::read("5..50").unwrap().0;
    let parameters = [Parameter {
        name: "servers",
        domain: &domain,
        default: Some("20"),
    }];
    let along = Plan::along(&parameters, "servers", 5).unwrap();
    assert_eq!(along.points.len(), 5);
    assert!(along.points.iter().any(|point| point["servers"] == "20"));
    assert_eq!(Plan::along(&parameters, "seed", 5), None);
}

/// One row, for the servers that are set.
fn sweep(at: &Settings<'_>) -> String {
    let row = |n: f64| format!("| {n} | {} | {:.3} |", n * 3.0, 1.0 / n.sqrt());
    table(
        "| servers | load (%) | error (ms) |",
        &[row(4.0), row(at.servers())],
    )
}

#[test]
fn a_setting_is_a_number_a_key_and_a_condition() {
    const SWEEP: Blocks<'static> = &[("sweep", &sweep)];
    for (text, summary) in [
        (
            "sweep[servers].load = 3 × servers × 1% for servers",
            "held at 20 of 20 settings, servers from 5 to 50",
        ),
        ("sweep.load = 3 × servers × 1%", "held for 20 of 20 seeds"),
        (
            "sweep[servers].error within 1% of 1 ms / sqrt(servers) for servers",
            "held at 20 of 20 settings, servers from 5 to 50",
        ),
        (
            "sweep[servers].error within 1 ms / sqrt(servers) of 0.01 ms for servers",
            "held at 20 of 20 settings, servers from 5 to 50",
        ),
        (
            "sweep[servers].load > 60% where servers > 20 for servers",
            "held at 13 of 13 settings, servers from 22 to 50",
        ),
        (
            "sweep[20].load = 60% where seed ≤ 10 on average over seed",
            "held on average over 10 seeds",
        ),
        (
            "sweep[20].load = 60% where rule is Random for rule",
            "held for 1 of 1 settings of rule",
        ),
    ] {
        let verdict = judged(text, SWEEP).unwrap();
        assert!(verdict.holds(), "{text}: {:?}", verdict.message());
        assert_eq!(verdict.summary(), summary, "{text}");
    }
}

#[test]
fn functions_take_columns_rows_and_what_is_calculated_for_each_cell() {
    for text in [
        "mean(abs(growth.messages - mean(growth.messages))) = 6",
        "max(growth.messages / nodes) = 4",
        "max(growth[4]) = 16",
        "sum(wait.random) / sum(wait.jobs) < 2 ms",
        "min(wait.random, 9 ms) ≤ 9 ms",
        "growth.messages ≤ max(growth.messages)",
        "max(policies[2Q]) > 2 × mean(policies[LRU]) - 10%",
        "sqrt(growth.messages) = nodes",
        "log2(growth.messages) = 2 × log2(nodes)",
        "round(growth.rounds) ≥ nodes where nodes > 1",
        "exp(ln(growth.nodes)) = growth.nodes",
        "-growth.messages falls",
        "growth[2].messages^-1 = 0.25",
        "3 requests per second × 2 s / 1 request × growth[1].messages = 6",
        "6 requests per 2 second growth[1].messages = 3 requests/s",
        "wait.random within 2% of mm1(service, [busy])",
    ] {
        let verdict = judged(text, BLOCKS).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        assert!(verdict.holds(), "{text}: {:?}", verdict.message());
    }
}

#[test]
fn a_quantity_of_0_measures_what_the_others_do() {
    let blocks: Blocks<'static> = &[("bound", &|_: &Settings<'_>| {
        table(
            "| room | wait (ms) | lost (%) |",
            &["| 0 | 0 | 0 |".to_owned(), "| 3 | 9 | 50 |".to_owned()],
        )
    })];
    for text in [
        "bound.wait ≤ 10 ms / 2 × [room] + 10 ms",
        "bound.wait ≤ 3 ms × [room]",
        "bound[0].wait < bound[3].wait",
        "bound.wait - [wait] = 0 ms",
        "bound.wait × [lost] ≤ 4.5 ms",
        "max(bound.wait - 9 ms) ≤ 0",
        "bound.wait ≤ mm1(bound.wait, [lost])",
    ] {
        let verdict = judged(text, blocks).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        assert!(verdict.holds(), "{text}: {:?}", verdict.message());
    }
    for text in [
        "bound.wait ≤ 5 × [room]",
        "bound[0].wait < 3 GB",
        "bound.lost ≤ 50",
    ] {
        assert!(judged(text, blocks).is_err(), "{text}");
    }
}
