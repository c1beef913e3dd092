use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const SAFE: Promise = Promise {
    copies: 3,
    read: 2,
    write: 2,
    hints: true,
    log: true,
};

/// The reference: a map of what was confirmed. Whatever nodes do, a read that is
/// answered has the last value.
fn answers_are_the_last_confirmed(promise: Promise, seed: u64, steps: u32) -> bool {
    let mut random = Random::new(seed);
    let mut store = KeyStore::new(5, promise);
    let mut names: Vec<String> = (0..5).map(|n| format!("node {n}")).collect();
    let mut confirmed = BTreeMap::new();
    (0..steps).all(|step| {
        let key = random.below(10);
        let node = random.index(names.len());
        match random.below(10) {
            0 => store.crash(&names[node]),
            1 | 2 => store.restart(&names[node]),
            3 if names.len() < 8 => {
                let name = format!("node {}", names.len());
                if store.join(&name, 0..10).is_some() {
                    names.push(name);
                }
            }
            4..7 => {
                if store.put(key, step).is_ok() {
                    confirmed.insert(key, step);
                }
            }
            _ => {
                return store.get(key).is_err()
                    || store.get(key) == Ok(confirmed.get(&key).copied());
            }
        }
        true
    })
}

fn holds(promise: Promise) -> bool {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let property = |seed| {
        prop_assert!(answers_are_the_last_confirmed(promise, seed, 150));
        Ok(())
    };
    TestRunner::new_with_rng(config, random)
        .run(&any::<u64>(), property)
        .is_ok()
}

#[test]
fn overlapping_quorums_with_a_log_never_answer_wrongly() {
    for (read, write) in [(2, 2), (1, 3), (3, 1)] {
        for hints in [false, true] {
            assert!(
                holds(Promise {
                    read,
                    write,
                    hints,
                    ..SAFE
                }),
                "{read} {write} {hints}"
            );
        }
    }
}

#[test]
fn without_overlap_or_without_a_log_the_property_fails() {
    assert!(!holds(Promise { read: 1, ..SAFE }));
    assert!(!holds(Promise {
        write: 1,
        hints: false,
        ..SAFE
    }));
    assert!(!holds(Promise { log: false, ..SAFE }));
}

/// The reference enumerates which of three nodes are up.
#[test]
fn the_share_of_refused_requests_is_that_of_all_cases() {
    for (read, write) in [(1, 1), (2, 2), (1, 3), (3, 2)] {
        let up = 0.9_f64;
        let mut sum = 0.0;
        for case in 0..8_u32 {
            let alive = case.count_ones();
            let chance = (0..3)
                .map(|node| if case >> node & 1 == 1 { up } else { 1.0 - up })
                .product::<f64>();
            let fails = |needed: u32| if alive < needed { chance / 2.0 } else { 0.0 };
            sum += fails(read) + fails(write);
        }
        let promise = Promise {
            read: read as usize,
            write: write as usize,
            ..SAFE
        };
        assert!((promise.refused(up) - sum).abs() < 1e-12, "{read} {write}");
    }
}

#[test]
fn a_hint_is_kept_and_handed_over() {
    let mut store = KeyStore::new(5, Promise { read: 1, ..SAFE });
    let owners = store.owners(7);
    store.crash(&owners[0]);
    assert_eq!(store.put(7, 1), Ok(()));
    store.restart(&owners[0]);
    assert_eq!(
        (store.get(7), store.hinted, store.repaired),
        (Ok(Some(1)), 1, 0)
    );
}

#[test]
fn two_of_three_are_enough_and_one_is_not() {
    let mut store = KeyStore::new(5, SAFE);
    let owners = store.owners(7);
    store.crash(&owners[1]);
    assert_eq!((store.put(7, 1), store.get(7)), (Ok(()), Ok(Some(1))));
    store.crash(&owners[0]);
    assert_eq!(
        (store.put(7, 2), store.get(7)),
        (Err(Refused), Err(Refused))
    );
}
