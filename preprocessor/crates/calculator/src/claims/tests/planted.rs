//! A false claim of every form, with the counterexample that is expected, and a true one beside it.

use super::{Blocks, Settings, judged, table};

/// Waiting times: the second look loses its lead where few servers are busy,.
fn wait(at: &Settings<'_>) -> String {
    let rows = [50.0, 80.0, 90.0].map(|busy: f64| {
        let random = 2.0 / (1.0 - busy / 100.0) + at.seed() / 1000.0;
        let two = 2.0 + 4.0 * busy / 100.0 / at.servers() * 20.0;
        format!("| {busy} | {random:.3} | {two:.3} | 7 |")
    });
    table(
        "| busy (%) | random (ms) | two choices (ms) | jobs |",
        &rows,
    )
}

/// Hit ratios: LRU loses on the loop, where ARC has no number.
fn policies(at: &Settings<'_>) -> String {
    let drift = at.seed() / 100.0;
    table(
        "| policy | zipf (%) | loop (%) | scan (%) | kind |",
        &[
            format!("| LRU | {:.2} | 0.00 | 30.00 | old |", 50.0 + drift),
            format!("| 2Q | {:.2} | 20.00 | {:.2} | new |", 52.0, 40.0 - drift),
            "| **ARC** | 51.00 | — | 35.00 | new |".to_owned(),
        ],
    )
}

fn growth(at: &Settings<'_>) -> String {
    let rows = [1.0, 2.0, 4.0].map(|n: f64| {
        let time = n * n + if n > 3.0 { at.servers() - 20.0 } else { 0.0 };
        format!("| {n} | {time} | {:.2} |", n + at.seed() / 50.0)
    });
    table("| nodes | messages | rounds |", &rows)
}

/// The mean of the noise is 0.
fn noise(at: &Settings<'_>) -> String {
    let seed = at.seed();
    let noise = (seed * 1.7).sin();
    table(
        "| case | wait (ms) | other (ms) |",
        &[
            format!("| calm | {:.4} | 20 |", 20.0 + noise),
            format!("| wild | {:.4} | 20 |", 20.5 + 15.0 * noise),
        ],
    )
}

fn verdict(at: &Settings<'_>) -> String {
    let winner = if at.seed() > 19.0 { "nobody" } else { "b" };
    format!("elected: {winner}\n| term | leader |\n|--|--|\n| 1 | {winner} |\n")
}

pub(super) const BLOCKS: Blocks<'static> = &[
    ("wait", &wait),
    ("policies", &policies),
    ("growth", &growth),
    ("noise", &noise),
    ("raft", &verdict),
];

/// The true claim, the false one, and what the message about the false one says.
pub(super) const PAIRS: [(&str, &str, &str); 36] = [
    (
        "wait[90].random > 5 × service",
        "wait[90].random > 10.01 × service",
        "at seed = 1: `wait[90].random` is 20 ms, which is not above `10.01 × service`, 20.02 ms",
    ),
    (
        "wait[90].random < 21 ms",
        "wait[90].random < 20.02 ms",
        "at seed = 20: `wait[90].random` is 20.02 ms, which is not below 20.02 ms",
    ),
    (
        "wait[90].random ≤ 20.05 ms",
        "wait[90].random ≤ 20.015 ms",
        "at seed = 16: `wait[90].random` is 20.016 ms, which is not at most 20.015 ms",
    ),
    (
        "wait[50].jobs = 7",
        "wait[50].jobs = 8",
        "is 7, which is not equal to 8",
    ),
    (
        "wait[50].jobs ≠ 8",
        "wait[50].jobs != 7",
        "is 7, which is not different from 7",
    ),
    (
        "wait.random > wait.[two choices] where busy ≥ 80",
        "wait.random > wait.[two choices] where busy ≥ 50 for servers 10..20",
        "at servers = 10, row `50`: `wait.random` is 4.007 ms, which is not above `wait.[two choices]`, 6 ms",
    ),
    (
        "wait.random > wait.[two choices] where busy ≥ 80%",
        "wait.random > 2 × wait.[two choices] where busy ≥ 80%",
        "row `80`: `wait.random` is 10 ms, which is not above `2 × wait.[two choices]`, 10.4 ms",
    ),
    (
        "wait.random > 4 ms > 2 ms",
        "wait.random > 4 ms > 5 ms",
        "`4 ms` is 4 ms, which is not above 5 ms",
    ),
    (
        "2 ms < wait[50].random < wait[80].random < wait[90].random",
        "2 ms < wait[50].random < wait[90].random < wait[80].random",
        "`wait[90].random` is 20 ms, which is not below `wait[80].random`, 10 ms",
    ),
    (
        "wait.random within 2% of service / (1 - busy)",
        "wait.random within 0.4% of service / (1 - busy)",
        "at seed = 17, row `50`: `wait.random` is 4.017 ms, which is not within 0.4% of `service / (1 - busy)`, 4 ms: they are 0.425% apart",
    ),
    (
        "wait.random within 2% of mm1(service, busy)",
        "wait.random within 2% of mm1(1.1 × service, busy)",
        "is not within 2% of `mm1(1.1 × service, busy)`",
    ),
    (
        "wait[90].random within 0.05 ms of 20 ms",
        "wait[90].random within 0.015 ms of 20 ms",
        "at seed = 16: `wait[90].random` is 20.02 ms, which is not within 0.015 ms of 20 ms: they are 0.016 ms apart",
    ),
    (
        "wait.random rises",
        "wait.random falls",
        "row `80`: `wait.random` doesn't fall from 4 ms to 10 ms",
    ),
    (
        "wait.jobs never falls",
        "wait.jobs rises",
        "row `80`: `wait.jobs` doesn't rise from 7 to 7",
    ),
    (
        "wait.jobs never rises",
        "wait.random never rises",
        "`wait.random` rises from 4 ms to 10 ms",
    ),
    (
        "growth.messages rises for servers 10..20",
        "growth.messages rises for servers 5..20",
        "at servers = 5, row `4`: `growth.messages` doesn't rise from 4 to 1",
    ),
    (
        "growth.messages = nodes^2",
        "growth.messages = nodes^2 for servers",
        "at servers = 5, row `4`: `growth.messages` is 1, which is not equal to `nodes^2`, 16",
    ),
    (
        "growth[4].messages = 16 + servers - 20 for servers",
        "growth[4].messages = 16 + servers - 21 for servers",
        "at servers = 5: `growth[4].messages` is 1, which is not equal to `16 + servers - 21`, 0",
    ),
    (
        "policies[2Q] > policies[LRU]",
        "policies[2Q] > 1.04 × policies[LRU]",
        "at seed = 1, column `zipf (%)`: `policies[2Q]` is 52%, which is not above `1.04 × policies[LRU]`, 52.01%",
    ),
    (
        "rank(policies[2Q]) = 1",
        "rank(policies[LRU]) ≤ 2",
        "column `zipf (%)`: `rank(policies[LRU])` is 3, which is not at most 2",
    ),
    (
        "rank(policies.zipf) = 1",
        "rank_lowest(policies.zipf) ≠ 3 where [policy] is \"2Q\"",
        "at seed = 1, row `2Q`: `rank_lowest(policies.zipf)` is 3, which is not different from 3",
    ),
    (
        "max(policies.loop) = 20%",
        "max(policies.loop) = 20% where [kind] is old",
        "`max(policies.loop)` is 0%, which is not equal to 20%",
    ),
    (
        "mean(policies.scan) ≥ 34%",
        "mean(policies.scan) ≥ 35%",
        "at seed = 1: `mean(policies.scan)` is 34.997%, which is not at least 35%",
    ),
    (
        "sum(growth.messages) = 21",
        "sum(growth.messages) = 22",
        "`sum(growth.messages)` is 21, which is not equal to 22",
    ),
    (
        "min(wait[90].random, wait[50].random) < 5 ms",
        "max(wait[90].random, wait[50].random) < 5 ms",
        "is 20 ms, which is not below 5 ms",
    ),
    (
        "policies.scan > [loop]",
        "policies.scan > [zipf] where [policy] is not LRU",
        "row `2Q`: `policies.scan` is 39.99%, which is not above `[zipf]`, 52%",
    ),
    (
        "policies.scan > 29% where kind is new and [zipf] > 51%",
        "policies.scan > 40% where kind is new and [zipf] > 51%",
        "row `2Q`: `policies.scan` is 39.99%, which is not above 40%",
    ),
    (
        "policies[2Q].kind is \"new\"",
        "policies[2Q].kind is \"old\"",
        "`policies[2Q].[kind]` is \"new\", not \"old\"",
    ),
    (
        "policies[LRU].kind is not new",
        "policies.kind is new",
        "row `LRU`: `policies.[kind]` is \"old\", not \"new\"",
    ),
    (
        "raft contains \"elected: \"",
        "raft contains \"elected: b\"",
        "at seed = 20: what `raft` printed doesn't contain \"elected: b\"",
    ),
    (
        "raft[1].leader is b for 19 of 20 seed",
        "raft[1].leader is b for 20 of 20 seed",
        "at seed = 20: `raft[1].[leader]` is \"nobody\", not \"b\"",
    ),
    (
        "noise[calm].wait within 2% of 20 ms on average over seed",
        "noise[calm].wait within 2% of 22 ms on average over seed",
        "on average over 20 seeds: `noise[calm].wait` is 20",
    ),
    (
        "noise[calm].wait > 19 ms on average over seed",
        "noise[calm].wait > 21 ms on average over seed",
        "on average over 20 seeds: `noise[calm].wait` is 20",
    ),
    (
        "wait.random > wait.[two choices] where busy ≥ 80 on average over seed for servers 15..30",
        "wait.random > wait.[two choices] where busy ≥ 80 on average over seed for servers",
        "on average over 20 seeds at servers = 5, row `80`: `wait.random` is 10",
    ),
    (
        "wait[50].random < 4.016 ms for 15 of 20 seed",
        "wait[50].random < 4.013 ms for 15 of 20 seed",
        "at seed = 13: `wait[50].random` is 4.013 ms, which is not below 4.013 ms",
    ),
    (
        "abs(policies[2Q].zipf - policies[LRU].zipf) ≤ 2%",
        "abs(policies[2Q].zipf - policies[LRU].zipf) ≤ 1.9%",
        "at seed = 1:",
    ),
];

#[test]
fn every_false_claim_has_its_counterexample_and_its_true_twin_holds() {
    let mut problems = Vec::new();
    for (right, wrong, text) in PAIRS {
        match judged(right, BLOCKS) {
            Ok(verdict) if verdict.holds() => {}
            other => problems.push(format!("`{right}` should hold: {other:?}")),
        }
        match judged(wrong, BLOCKS) {
            Ok(verdict)
                if verdict
                    .message()
                    .is_some_and(|message| message.contains(text)) => {}
            Ok(verdict) => problems.push(format!("`{wrong}` says {:?}", verdict.message())),
            Err(problem) => problems.push(format!("`{wrong}` gives {problem:?}")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
