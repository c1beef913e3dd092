//! What holds for any claim.

use super::planted::{BLOCKS, PAIRS};
use super::{judged_by, plan};
use crate::claims::parse;
use proptest::prelude::*;

const WORDS: [&str; 44] = [
    "wait",
    "wait.random",
    "wait[80]",
    ".",
    "[two choices]",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"a\"",
    ",",
    "<",
    "≤",
    ">",
    "=",
    "≠",
    "+",
    "-",
    "×",
    "/",
    "^",
    "5",
    "1,000",
    "0.5",
    "%",
    "ms",
    "where",
    "and",
    "for",
    "on",
    "average",
    "over",
    "within",
    "of",
    "rises",
    "never",
    "is",
    "not",
    "contains",
    "seed",
    "5..50",
    "rank",
    "max",
];

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_its_bytes(text in "\\PC{0,40}") {
        check(&text)?;
    }

    #[test]
    fn any_words_are_read_or_refused_at_their_bytes(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..14)) {
        check(&words.join(" "))?;
        check(&words.concat())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_order_of_points_changes_nothing(number in 0..PAIRS.len(), moves in prop::collection::vec((0_usize..100, 0_usize..100), 1..20)) {
        for text in [PAIRS[number].0, PAIRS[number].1] {
            let claim = parse(text).unwrap();
            let plan = plan(text).unwrap();
            let mut shuffled = plan.clone();
            let count = shuffled.points.len();
            for (from, to) in &moves {
                shuffled.points.swap(from % count, to % count);
            }
            let verdict = judged_by(&claim, &plan, BLOCKS).unwrap();
            let mut other = judged_by(&claim, &shuffled, BLOCKS).unwrap();
            // Sums of the same numbers in another order differ in their last digits.
            other.left.clone_from(&verdict.left);
            other.right.clone_from(&verdict.right);
            other.margin = verdict.margin;
            prop_assert_eq!(verdict, other);
        }
    }

    #[test]
    fn a_wider_tolerance_holds_where_a_narrower_one_does(narrow in 1_u32..300, more in 0_u32..300, on_average: bool) {
        let holds = |percent: u32| {
            let average = if on_average { " on average over seed" } else { "" };
            let text = format!("wait.random within {}% of mm1(service, busy){average}", f64::from(percent) / 100.0);
            judged_by(&parse(&text).unwrap(), &plan(&text).unwrap(), BLOCKS).is_ok_and(|verdict| verdict.holds())
        };
        prop_assert!(!holds(narrow) || holds(narrow + more));
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(claim) => {
            prop_assert_eq!(claim.text(), text);
            let _ = claim.runs();
            let _ = plan(text);
        }
        Err(error) => {
            prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error);
            prop_assert!(!error.message.is_empty());
        }
    }
    Ok(())
}
