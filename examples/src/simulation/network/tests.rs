//! Tests of the simulated network.

use super::*;
use proptest::prelude::*;

type Net = Network<u32, &'static str>;

fn network(conditions: Conditions, seed: u64) -> Net {
    Network::new(["a", "b", "c"], conditions, seed)
}

fn drain(network: &mut Net) -> Vec<u32> {
    std::iter::from_fn(|| network.next_event())
        .filter_map(|event| match event {
            Event::Message { message, .. } => Some(message),
            Event::Timer { .. } => None,
        })
        .collect()
}

#[test]
fn a_cut_loses_what_is_sent_and_what_is_under_way_until_it_heals() {
    let mut network = network(Conditions::default(), 1);
    network.send(0, 1, 1);
    network.partition(&[&[0]]);
    network.send(0, 1, 2);
    network.send(1, 2, 3);
    assert_eq!(drain(&mut network), [3]);
    network.heal();
    network.send(0, 1, 4);
    assert_eq!(drain(&mut network), [4]);
    let lines: Vec<_> = network.lines().collect();
    assert_eq!(lines, ["a -x b: 2", "a -x b: 1", "b -> c: 3", "a -> b: 4"]);
}

#[test]
fn one_direction_can_be_cut() {
    let mut network = network(Conditions::default(), 1);
    network.cut(0, 1);
    network.send(0, 1, 1);
    network.send(1, 0, 2);
    assert_eq!(drain(&mut network), [2]);
}

#[test]
fn a_crashed_node_hears_nothing_and_loses_its_timers() {
    let mut network = network(Conditions::default(), 1);
    network.set_timer(0, 5, "old");
    network.crash(0);
    network.send(1, 0, 1);
    network.restart(0);
    network.set_timer(0, 10, "new");
    let event = network.next_event();
    assert_eq!(
        event,
        Some(Event::Timer {
            node: 0,
            timer: "new"
        })
    );
    assert_eq!(network.now(), 10);
    assert_eq!(network.next_event(), None);
}

#[test]
fn what_a_node_tells_itself_arrives_at_once_and_is_not_traced() {
    let mut network = network(
        Conditions {
            loss: 1.0,
            ..Conditions::default()
        },
        1,
    );
    network.send(0, 0, 7);
    assert_eq!(drain(&mut network), [7]);
    assert_eq!((network.now(), network.lines().count()), (0, 0));
}

#[test]
fn times_of_the_trace_are_milliseconds() {
    let mut network = network(Conditions::default(), 1);
    network.send(0, 1, 1);
    drain(&mut network);
    network.note(1, "done");
    let lines: Vec<_> = network.timed_lines().collect();
    assert_eq!(lines, ["   1.0 ms  a -> b: 1", "   1.0 ms  b: done"]);
}

#[test]
fn loss_and_duplication_are_as_frequent_as_asked() {
    let conditions = Conditions {
        loss: 0.1,
        duplication: 0.2,
        ..Conditions::default()
    };
    let mut network = network(conditions, 3);
    for n in 0..100_000 {
        network.send(0, 1, n);
    }
    let arrived = drain(&mut network);
    let distinct: BTreeSet<_> = arrived.iter().collect();
    assert!(distinct.len().abs_diff(90_000) < 500, "{}", distinct.len());
    assert!(arrived.len().abs_diff(108_000) < 700, "{}", arrived.len());
}

proptest! {
    #[test]
    fn delays_keep_to_their_range_and_a_seed_repeats_itself(
        seed in any::<u64>(), min in 0..100u64, more in 0..100u64,
    ) {
        let conditions = Conditions { min_delay: min, max_delay: min + more, duplication: 0.3, loss: 0.3 };
        let run = || {
            let mut network = network(conditions, seed);
            for n in 0..20 {
                network.broadcast(0, &n);
            }
            let mut times = Vec::new();
            while network.next_event().is_some() {
                times.push(network.now());
            }
            (times, network.trace().to_vec())
        };
        let (times, trace) = run();
        prop_assert!(times.iter().all(|time| (min..=min + more).contains(time)));
        prop_assert_eq!((times, trace), run());
    }
}
