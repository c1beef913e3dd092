use super::*;
use crate::number::float;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

proptest! {
    #[test]
    fn base_62_comes_back(number in any::<u128>()) {
        prop_assert_eq!(from_base62(&base62(number)), Some(number));
    }

    #[test]
    fn no_two_addresses_share_a_code(count in 1..200u64, length in 2..4usize) {
        for scheme in [Scheme::Counter, Scheme::FirstDigits, Scheme::LastDigits] {
            let mut shortener = Shortener::new(scheme, length);
            let made: Vec<_> = (0..count).map(|n| shortener.shorten(&format!("a{n}"), None, 9).unwrap()).collect();
            for (n, code) in made.iter().enumerate() {
                let address = format!("a{n}");
                prop_assert_eq!(shortener.follow(code, 0), Some(address.as_str()));
                prop_assert_eq!(code.len(), length);
            }
            prop_assert!(scheme != Scheme::Counter || shortener.collisions == 0);
        }
    }
}

#[test]
fn links_expire_and_names_are_taken_once() {
    let mut shortener = Shortener::new(Scheme::Counter, 6);
    assert_eq!(shortener.shorten("x", Some("me"), 100), Ok("me".to_owned()));
    assert_eq!(shortener.shorten("y", Some("me"), 100), Err(Refused::Taken));
    assert_eq!(shortener.follow("me", 99), Some("x"));
    assert_eq!(shortener.follow("me", 100), None);
    assert_eq!(
        (shortener.clicks("me"), shortener.sweep(100)),
        (vec![(0, 1)], 1)
    );
}

#[test]
fn measured_collisions_are_those_of_the_formula() {
    for scheme in [Scheme::FirstDigits, Scheme::LastDigits] {
        let mut shortener = Shortener::new(scheme, 2);
        for n in 0..700 {
            shortener.shorten(&format!("address {n}"), None, 9).unwrap();
        }
        let expected = filling(scheme, 2, 700.0).collisions;
        let measured = float(shortener.collisions);
        assert!(
            (measured / expected - 1.0).abs() < 0.25,
            "{scheme:?} {measured} {expected}"
        );
    }
}

#[test]
fn evenly_drawn_codes_collide_as_often_as_they_are_taken() {
    let next = filling(Scheme::LastDigits, 6, 6e9).next;
    assert!((next - 6e9 / 62f64.powi(6)).abs() < 1e-9, "{next}");
}

/// Makes a link, or refuses.
type Shorten = fn(&mut Shortener, &str, Option<&str>) -> Option<String>;

/// The property: whatever is shortened, and whatever names are asked for, each code
/// leads to the address it was given for.
fn every_code_leads_home(scheme: Scheme, shorten: Shorten) -> bool {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let name = prop::option::weighted(0.2, "[0-9][0-9A-F]");
    let orders = prop::collection::vec(("[a-z]{1,6}", name), 0..200);
    let property = |orders: Vec<(String, Option<String>)>| {
        let mut shortener = Shortener::new(scheme, 2);
        let mut given = BTreeMap::new();
        for (address, name) in orders {
            if let Some(code) = shorten(&mut shortener, &address, name.as_deref()) {
                let before = given.insert(code, address.clone());
                prop_assert!(before.is_none_or(|before| before == address));
            }
        }
        for (code, address) in &given {
            prop_assert_eq!(shortener.follow(code, 0), Some(address.as_str()));
        }
        Ok(())
    };
    TestRunner::new_with_rng(config, random)
        .run(&orders, property)
        .is_ok()
}

fn right(
    shortener: &mut Shortener,
    address: &str,
    name: Option<&str>,
) -> Option<String> {
    shortener.shorten(address, name, 9).ok()
}

/// The rule of the page, broken: no one checks whether a code is taken.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it replaces the right one, which refuses"
)]
fn without_looking(
    shortener: &mut Shortener,
    address: &str,
    name: Option<&str>,
) -> Option<String> {
    let made = code(
        shortener.scheme,
        address,
        0,
        shortener.counter,
        shortener.length,
    );
    shortener.counter += 1;
    let code = name.map_or(made, str::to_owned);
    let link = Link {
        address: address.to_owned(),
        expires: 9,
        clicks_by_day: BTreeMap::new(),
    };
    shortener.links.insert(code.clone(), link);
    Some(code)
}

/// Broken in another place: only names are looked up, since "a counter never collides".
/// It does with a name.
fn looking_for_names_only(
    shortener: &mut Shortener,
    address: &str,
    name: Option<&str>,
) -> Option<String> {
    if name.is_some() {
        return right(shortener, address, name);
    }
    without_looking(shortener, address, None)
}

#[test]
fn a_wrong_shortener_is_caught() {
    for scheme in [Scheme::Counter, Scheme::FirstDigits, Scheme::LastDigits] {
        assert!(every_code_leads_home(scheme, right), "{scheme:?}");
        assert!(
            !every_code_leads_home(scheme, without_looking),
            "{scheme:?}"
        );
        assert!(
            !every_code_leads_home(scheme, looking_for_names_only),
            "{scheme:?}"
        );
    }
}

#[test]
fn a_known_address_gets_its_code_again_unless_a_counter_makes_it() {
    for (scheme, links) in [
        (Scheme::LastDigits, 1),
        (Scheme::FirstDigits, 1),
        (Scheme::Counter, 3),
    ] {
        let mut shortener = Shortener::new(scheme, 6);
        for expires in [5, 9, 7] {
            shortener.shorten("x", None, expires).unwrap();
        }
        assert_eq!(
            (shortener.len(), shortener.collisions),
            (links, 0),
            "{scheme:?}"
        );
        assert_eq!(shortener.sweep(8), if links == 1 { 0 } else { 2 });
    }
}

#[test]
fn a_removed_link_is_gone() {
    let mut shortener = Shortener::new(Scheme::LastDigits, 6);
    let code = shortener.shorten("x", None, 9).unwrap();
    assert!(
        shortener.remove(&code) && !shortener.remove(&code) && shortener.is_empty()
    );
    assert_eq!(shortener.follow(&code, 0), None);
}

/// The reference for the regions: the first digits of random numbers.
#[test]
fn first_digits_are_as_uneven_as_the_formula_says() {
    let draws = 20_000;
    let begins = |n: u64| code(Scheme::FirstDigits, &n.to_string(), 0, 0, 1);
    let low = (0..draws)
        .filter(|n| ("1"..="7").contains(&begins(*n).as_str()))
        .count();
    let short = 62f64.powi(21) / 2f64.powi(128);
    let expected = 1.0 - short + short * (61.0 / 62.0) * (7.0 / 61.0);
    let measured = float(low) / float(draws);
    assert!((measured - expected).abs() < 0.01, "{measured} {expected}");
}

/// Codes of two digits are few enough to be counted: those that begin hashes of 22
/// digits are 10.95 % of all, not 12.6 %.
#[test]
fn long_hashes_share_a_ninth_of_the_codes() {
    let long = 62u128.pow(21)..;
    let mut seen = std::collections::BTreeSet::new();
    for n in 0..60_000u64 {
        let bytes = sha256(format!("{n} 0").as_bytes());
        let hash = bytes
            .iter()
            .take(16)
            .fold(0u128, |number, byte| number << 8 | u128::from(*byte));
        if long.contains(&hash) {
            seen.insert(code(Scheme::FirstDigits, &n.to_string(), 0, 0, 2));
        }
    }
    // From 10 in base 62 to the first two digits of 2^128: all of them are hit by so
    // many hashes, and no other.
    let first_two = u128::MAX / 62u128.pow(20);
    assert_eq!(seen.len() as u128, first_two - 62 + 1);
    let share = 2f64.powi(128) / 62f64.powi(16) / 62f64.powi(6) - 1.0 / 62.0;
    assert!((share - 0.1095).abs() < 5e-5, "{share}");
}
