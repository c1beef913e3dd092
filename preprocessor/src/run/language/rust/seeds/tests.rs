//! Which calls draw from a single seed.

use super::bindings::Bindings;
use super::calls::Reader;
use super::signatures::Functions;
use crate::run::language::rust::tokens;
use proptest::prelude::*;

/// A library with every kind of function that takes a seed, and others of the same names.
const LIBRARY: &str = "
    pub struct Random(u64);
    impl Random {
        pub fn new(seed: u64) -> Self { Self(seed) }
        pub fn uniform(&mut self) -> f64 { 0.5 }
    }
    pub struct Zipf<T> { keys: Vec<T> }
    impl<T: Fn(u64) -> u64> Zipf<T> {
        pub fn new(keys: usize, exponent: f64, seed: u64) -> Self { todo!() }
        pub fn shuffle<R, S>(&mut self, keys: HashMap<R, S>, mut seed: u64) {}
    }
    pub fn run(wants: &[Vec<u64>], seed: u64) -> f64 { 0.0 }
    pub fn seedless(number: u64) -> f64 { 0.0 }
    pub trait Start { fn start(&self, seed: u64); }
    pub struct Settings { pub servers: u64, pub seed: u64 }
    pub struct Hidden { seed: u64 }
    pub mod other { pub fn run(wants: &[Vec<u64>], rounds: u64) -> f64 { 0.0 } }
    #[cfg(test)]
    mod tests { fn seedless(seed: u64) {} }
";

/// The first call of a block with a single seed, and the seed.
fn drawn(block: &str, vary: &[&str]) -> Option<(String, String)> {
    let functions = Functions::of_text("model", LIBRARY);
    let tokens = tokens::read(block).unwrap();
    let bindings = Bindings::read(&tokens);
    let named = ["seed_from_u64".to_owned()];
    let reader = Reader {
        bindings: &bindings,
        functions: &functions,
        named: &named,
        vary,
    };
    let call = reader.first(&tokens)?;
    Some((block[call.whole].to_owned(), block[call.seed].to_owned()))
}

/// Blocks with their first call that draws from a single seed, and the seed.
const SINGLE: &[(&str, &str, &str)] = &[
    ("use model::run; run(&wants, 7);", "run(&wants, 7)", "7"),
    (
        "model::run(&[vec![1, 2]], 7_u64);",
        "model::run(&[vec![1, 2]], 7_u64)",
        "7_u64",
    ),
    ("let mut r = Random::new(5);", "Random::new(5)", "5"),
    (
        "for x in 0..9 { r = lib::Random::new(5); }",
        "lib::Random::new(5)",
        "5",
    ),
    (
        "use lib::Random as Dice; Dice::new(5);",
        "Dice::new(5)",
        "5",
    ),
    (
        "use lib::{a, model::run as go}; go(&w, 7);",
        "go(&w, 7)",
        "7",
    ),
    (
        "use lib::{a::{self, b}, model}; model::run(&w, 7);",
        "model::run(&w, 7)",
        "7",
    ),
    ("use lib::prelude::run; run(&w, 7);", "run(&w, 7)", "7"),
    ("use lib::model::*; run(&w, 7);", "run(&w, 7)", "7"),
    (
        "println!(\"{}\", model::run(&w, 7));",
        "model::run(&w, 7)",
        "7",
    ),
    (
        "let seed = 7; model::run(&w, seed)",
        "model::run(&w, seed)",
        "seed",
    ),
    (
        "const SEED: u64 = 7; model::run(&w, SEED)",
        "model::run(&w, SEED)",
        "SEED",
    ),
    (
        "let (n, seed): (u32, u64) = (2, 7); model::run(&w, seed)",
        "model::run(&w, seed)",
        "seed",
    ),
    (
        "let base = 7; let seed = base * 2 + 1; model::run(&w, seed)",
        "model::run(&w, seed)",
        "seed",
    ),
    (
        "let seed = 7; model::run(&w, u64::from(seed as u32))",
        "model::run(&w, u64::from(seed as u32))",
        "u64::from(seed as u32)",
    ),
    (
        "model::run(&w, SERVICE.seed)",
        "model::run(&w, SERVICE.seed)",
        "SERVICE.seed",
    ),
    (
        "[1, 2].map(|choices| model::run(&w[choices], 42))",
        "model::run(&w[choices], 42)",
        "42",
    ),
    (
        "zipf.shuffle(keys.collect::<HashMap<u8, u8>>(), 3)",
        "zipf.shuffle(keys.collect::<HashMap<u8, u8>>(), 3)",
        "3",
    ),
    (
        "Zipf::<fn(u64) -> u64>::new(9, 1.0, 3)",
        "Zipf::<fn(u64) -> u64>::new(9, 1.0, 3)",
        "3",
    ),
    (
        "Zipf::shuffle(&mut zipf, |a, b| a + b, 3)",
        "Zipf::shuffle(&mut zipf, |a, b| a + b, 3)",
        "3",
    ),
    ("server.start(3)", "server.start(3)", "3"),
    (
        "let s = Settings { servers: 9, seed: 3 };",
        "Settings { servers: 9, seed: 3 }",
        "3",
    ),
    (
        "let seed = 3; let s = Settings { seed, ..default };",
        "Settings { seed, ..default }",
        "seed",
    ),
    (
        "let go = |w: &W, seed: u64| model::run(w, seed); go(&w, 4)",
        "go(&w, 4)",
        "4",
    ),
    (
        "fn go(w: W, seed: u64) -> f64 { model::run(&w, seed) } go(w, 4)",
        "go(w, 4)",
        "4",
    ),
    (
        "(1..=5).map(|seed| model::run(&w, seed)); let seed = 7; model::run(&w, seed)",
        "model::run(&w, seed)",
        "seed",
    ),
    (
        "let seed = 7; for seed in 1..=5 { model::run(&w, seed); } model::run(&x, seed)",
        "model::run(&x, seed)",
        "seed",
    ),
    ("StdRng::seed_from_u64(4)", "StdRng::seed_from_u64(4)", "4"),
    (
        "let é = \"ü → 7\"; /* run(&w, 1) */ model::run(&w, 7)",
        "model::run(&w, 7)",
        "7",
    ),
];

#[test]
fn a_seed_that_is_always_the_same_is_found_with_its_call() {
    for (block, call, seed) in SINGLE {
        let found = drawn(block, &[]);
        assert_eq!(
            found,
            Some(((*call).to_owned(), (*seed).to_owned())),
            "{block}"
        );
    }
}

#[test]
fn a_seed_that_takes_several_values_is_none_and_neither_is_another_argument() {
    for block in [
        "for seed in 1..=5 { model::run(&w, seed); }",
        "for (name, seed) in [(1, 2), (3, 4)] { model::run(&w, seed); }",
        "(1..=5).map(|seed| model::run(&w, seed)).sum::<f64>()",
        "let run = |seed| model::run(&w, seed); (1..=5).map(run)",
        "let run = move |seed: u64| { let x = seed + 1; model::run(&w, x) };",
        "fn go(seed: u64) { model::run(&w, seed); }",
        "let mut seed = 1; while seed < 9 { model::run(&w, seed); seed += 1; }",
        "if let Some(seed) = seeds.next() { model::run(&w, seed); }",
        "match seeds.next() { Some(seed) => model::run(&w, seed), None => 0.0 }",
        "let seed = seeds.next(); model::run(&w, seed)",
        "use lib::other::run; run(&w, 7)",
        "other::run(&w, 7)",
        "model::run(&w, 7, true)",
        "model::seedless(7)",
        "let run = |rounds| rounds + 1; run(7)",
        "Hidden { seed: 7 }; let Settings { seed: 7, .. } = s else { return };",
        "\"run(&w, 7)\"; // model::run(&w, 7)",
        "#[doc = run(7)] fn run(wants: W, seed: u64) {}",
        "my_seed_from_u64(7)",
        "use model::*; Box::new(5);",
        "use std::thread; thread::run(&w, 7)",
        "use std::thread::run; run(&w, 7)",
    ] {
        assert_eq!(drawn(block, &[]), None, "{block}");
    }
}

#[test]
fn what_varies_and_reaches_the_seed_is_no_single_one() {
    let block = "let base = 7; let seed = base + 1; model::run(&w, seed)";
    assert_eq!(drawn(block, &["base"]), None);
    assert_eq!(drawn(block, &["seed"]), None);
    assert!(drawn(block, &["servers"]).is_some());
    let field = "let s = Settings { servers: 9, seed: 3 };";
    assert_eq!(drawn(field, &["seed"]), None);
    assert!(drawn(field, &["servers"]).is_some());
    let two = "let seed = 7; model::run(&w, seed); Random::new(9);";
    assert_eq!(
        drawn(two, &["seed"]),
        Some(("Random::new(9)".to_owned(), "9".to_owned()))
    );
}

proptest! {
    #[test]
    fn no_code_makes_it_panic(words in proptest::collection::vec(
        prop_oneof![
            Just("let"), Just("for"), Just("in"), Just("fn"), Just("use"), Just("as"), Just("impl"), Just("mod"), Just("const"),
            Just("struct"), Just("pub"), Just("seed"), Just("run"), Just("model"), Just("::"), Just(":"), Just("<"), Just(">"),
            Just("->"), Just("=>"), Just("="), Just("|"), Just(","), Just(";"), Just("."), Just("#"), Just("!"), Just("*"),
            Just("(7)"), Just("(é, 7)"), Just("{ seed: 7 }"), Just("{ seed }"), Just("[7]"), Just("()"), Just("{}"), Just("7"),
        ],
        0..24,
    )) {
        let code = words.join(" ");
        if tokens::read(&code).is_some() {
            let _ = drawn(&code, &["base"]);
            let _ = Functions::of_text("model", &code);
        }
    }
}
