//! Pages followed through what readers change.

use super::*;
use crate::follow::{Figure, Literal, Page, Parameter, Ran};
use Held::{Fails, Holds, Silent};

const PRELUDE: &str = "# Users.\nlet user_count = 10 million users\nlet visits = 2 requests / user / day\nlet rate = user_count ×\n  visits\nlet spare = 10 - 8\nlet each = rate / spare\n";

fn lines(lines: &[(&str, &str)]) -> Vec<Line> {
    let line = |(code, result): &(&str, &str)| Line {
        code: (*code).to_owned(),
        result: (!result.is_empty()).then(|| (*result).to_owned()),
    };
    lines.iter().map(line).collect()
}

fn figure(number: usize, text: &str, expression: &str) -> Figure {
    Figure {
        number,
        text: text.to_owned(),
        expression: expression.to_owned(),
        is_whole: false,
    }
}

fn request(page: Page, inputs: &[(&str, &str)]) -> Request {
    let inputs = inputs.iter();
    Request {
        prelude: PRELUDE.to_owned(),
        inputs: inputs
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
        page,
        ran: BTreeMap::new(),
    }
}

fn is(text: &str) -> Told {
    Told::Is(text.to_owned())
}

fn sweep() -> Block {
    Block {
        number: 3,
        name: Some("sweep".to_owned()),
        printed: "| busy | wait (ms) |\n|--|--|\n| 80 | 4.0 |\n| 90 | 9.0 |\n".to_owned(),
        is_only_varied: true,
        parameters: vec![Parameter {
            name: "seed".to_owned(),
            domain: "1..50".to_owned(),
            default: Some("1".to_owned()),
        }],
        literals: Vec::new(),
    }
}

#[test]
fn with_nothing_changed_nothing_moves() {
    let page = Page {
        sums: vec![lines(&[
            ("let a = rate", "231.5 requests/s"),
            ("a × 3", "694 requests/s"),
        ])],
        figures: vec![figure(0, "It is 20 million requests/day", "rate")],
        ..Page::default()
    };
    let answer = follow(&request(page, &[])).unwrap();
    assert_eq!(
        answer,
        Answer {
            sums: vec![BTreeMap::new()],
            ..Answer::default()
        }
    );
}

#[test]
fn an_input_moves_what_follows_from_it_in_its_authors_notation() {
    let page = Page {
        sums: vec![lines(&[
            ("let a = rate", "231.5 requests/s"),
            ("# why", ""),
            ("visits", "2 requests/user/day"),
        ])],
        figures: vec![
            figure(0, "It is 20 million requests/day", "rate"),
            figure(1, "in all 463 requests/s", "2 × a"),
            figure(2, "always 2", "1 + 1"),
        ],
        ..Page::default()
    };
    let answer = follow(&request(page, &[("user_count", "25 million users")])).unwrap();
    assert_eq!(answer.sums, [BTreeMap::from([(0, is("578.7 requests/s"))])]);
    let figures = BTreeMap::from([
        (0, is("50 million requests/day")),
        (1, is("1,157 requests/s")),
    ]);
    assert_eq!(answer.figures, figures);
    assert!(answer.refused.is_empty());
}

#[test]
fn a_small_value_is_not_rounded_to_nothing() {
    let page = Page {
        figures: vec![
            figure(0, "231.5 requests/s", "rate"),
            figure(1, "115.7 requests/s", "each"),
        ],
        ..Page::default()
    };
    let answer = follow(&request(page, &[("user_count", "1 user")])).unwrap();
    let Some(Told::Is(text)) = answer.figures.get(&0) else {
        panic!("{answer:?}");
    };
    assert!(!text.starts_with("0.0 "), "{text}");
}

#[test]
fn an_input_is_one_figure_and_nothing_else() {
    for text in [
        "many",
        "",
        "2 users + 3 users",
        "2\nlet x = 3",
        "rate",
        "2; print(3)",
    ] {
        let answer = follow(&request(Page::default(), &[("user_count", text)])).unwrap();
        assert!(answer.refused.contains_key("user_count"), "{text}");
    }
    let answer = follow(&request(Page::default(), &[("nothing", "3")])).unwrap();
    assert!(answer.refused.contains_key("nothing"));
}

#[test]
fn what_has_no_value_any_more_is_unknown_and_the_rest_is_computed() {
    let prelude = "@aliases(sprints)\nunit sprint: Time = 14 days\nlet zones = 3\nlet rate = 12 / (zones - 1)\nlet other = zones × 2\nlet lasts = zones × 2 sprints\n";
    let page = Page {
        figures: vec![
            figure(0, "6", "rate"),
            figure(1, "6", "other"),
            figure(2, "84 days", "lasts"),
        ],
        sums: vec![lines(&[("let a = rate", "6"), ("let b = a + 1", "7")])],
        ..Page::default()
    };
    let request = Request {
        prelude: prelude.to_owned(),
        ..request(page, &[("zones", "1")])
    };
    let answer = follow(&request).unwrap();
    assert_eq!(answer.figures[&1], is("2"));
    assert_eq!(answer.figures[&2], is("28 days"));
    assert!(matches!(answer.figures[&0], Told::Unknown(_)));
    assert!(matches!(answer.sums[0][&1], Told::Unknown(_)));
}

#[test]
fn edited_sums_are_computed_and_what_is_wrong_in_them_is_said() {
    let page = Page {
        sums: vec![lines(&[
            ("let a = 2 × rate", " "),
            ("let b = 3 GB + 2 s", " "),
            ("let c = b", " "),
        ])],
        figures: vec![figure(0, "231.5 requests/s", "a")],
        ..Page::default()
    };
    let answer = follow(&request(page, &[])).unwrap();
    assert_eq!(answer.sums[0][&0], is("40,000,000 request/day"));
    assert!(matches!(&answer.sums[0][&1], Told::Unknown(why) if !why.is_empty()));
    assert_eq!(answer.sums[0][&2], Told::Unknown(String::new()));
    assert_eq!(answer.figures[&0], is("463.0 requests/s"));
}

#[test]
fn figures_and_claims_follow_a_readers_run() {
    let page = Page {
        blocks: vec![sweep()],
        figures: vec![figure(0, "9.0 ms", "sweep[90].wait")],
        claims: vec![Claimed {
            number: 0,
            claims: [
                "sweep[90].wait > 2 × sweep[80].wait",
                "output contains \"90\"",
                "sweep[90].wait > 1 ms on average over seed",
                "sweep[70].wait > 1 ms",
                "sweep.wait rises over seed 1..5",
            ]
            .map(str::to_owned)
            .into(),
        }],
        ..Page::default()
    };
    let mut request = request(page, &[]);
    assert_eq!(follow(&request).unwrap().figures, BTreeMap::new());
    request.ran.insert(
        3,
        Ran {
            point: BTreeMap::from([("seed".to_owned(), "7".to_owned())]),
            printed: Some("| busy | wait (ms) |\n|--|--|\n| 80 | 5.0 |\n| 90 | 8.5 |\n".to_owned()),
        },
    );
    let answer = follow(&request).unwrap();
    assert_eq!(answer.figures[&0], is("8.5 ms"));
    assert_eq!(answer.claims[&0][..4], [Fails, Holds, Silent, Silent]);
    request.ran.get_mut(&3).unwrap().printed = None;
    let answer = follow(&request).unwrap();
    assert_eq!(answer.figures[&0], Told::Unknown(String::new()));
    assert_eq!(answer.claims[&0], [Silent; 5]);
}

#[test]
fn a_block_whose_numbers_moved_is_lost_unless_it_runs_with_the_new_ones() {
    let literal = Literal {
        value: 10.0,
        expression: "spare × 5".to_owned(),
        is_own: false,
        parameter: Some("seed".to_owned()),
    };
    let page = Page {
        blocks: vec![Block {
            literals: vec![literal],
            ..sweep()
        }],
        figures: vec![figure(0, "9.0 ms", "sweep[90].wait")],
        ..Page::default()
    };
    let mut request = request(page, &[("spare", "4")]);
    let answer = follow(&request).unwrap();
    let settings = BTreeMap::from([("seed".to_owned(), "20".to_owned())]);
    assert_eq!(answer.blocks[&3].settings, Some(settings.clone()));
    assert_eq!(answer.figures[&0], Told::Unknown(String::new()));
    let printed = request.page.blocks[0].printed.replace("9.0", "7.0");
    request.ran.insert(
        3,
        Ran {
            point: settings,
            printed: Some(printed),
        },
    );
    assert_eq!(follow(&request).unwrap().figures[&0], is("7.0 ms"));
    // Outside of what the block may vary.
    request.inputs.insert("spare".to_owned(), "40".to_owned());
    assert_eq!(follow(&request).unwrap().blocks[&3].settings, None);
}

#[test]
fn sums_that_read_a_block_whose_numbers_the_page_computes_are_unknown() {
    let literal = Literal {
        value: 20_000_000.0 / 86_400.0,
        expression: "a / (requests/s)".to_owned(),
        is_own: true,
        parameter: None,
    };
    let page = Page {
        blocks: vec![Block {
            literals: vec![literal],
            ..sweep()
        }],
        sums: vec![lines(&[
            ("let a = rate", "231.5 requests/s"),
            ("sweep[90].wait", "9 ms"),
        ])],
        ..Page::default()
    };
    let answer = follow(&request(page.clone(), &[])).unwrap();
    assert_eq!(
        (answer.sums, answer.blocks),
        (vec![BTreeMap::new()], BTreeMap::new())
    );
    let answer = follow(&request(page, &[("user_count", "20 million users")])).unwrap();
    assert_eq!(answer.blocks[&3].settings, None);
    let sums = BTreeMap::from([
        (0, is("463.0 requests/s")),
        (1, Told::Unknown(String::new())),
    ]);
    assert_eq!(answer.sums, [sums]);
}

#[test]
fn only_what_uses_a_readers_run_is_about_it() {
    let other = Block {
        number: 4,
        name: Some("seed".to_owned()),
        ..sweep()
    };
    let other = Block {
        is_only_varied: false,
        ..other
    };
    let claim = |number: usize, text: &str| Claimed {
        number,
        claims: vec![text.to_owned()],
    };
    let page = Page {
        blocks: vec![sweep(), other],
        formulas: ["2 × [seed]", "seed[80].wait", "each × 2", "1 + 1"]
            .map(str::to_owned)
            .into(),
        claims: vec![
            claim(0, "sweep.wait > 1 ms where seed > 0"),
            claim(1, "seed.wait > 1 ms"),
            claim(2, "sweep[90].wait > 0 × each × 1 ms / each"),
        ],
        ..Page::default()
    };
    let mut request = request(page, &[]);
    let ran = Ran {
        printed: Some(sweep().printed),
        ..Ran::default()
    };
    request.ran.insert(4, ran);
    let answer = follow(&request).unwrap();
    assert_eq!(answer.formulas, BTreeSet::from([1]));
    assert_eq!(answer.claims, BTreeMap::from([(1, vec![Holds])]));
    request.ran.clear();
    request
        .inputs
        .insert("user_count".to_owned(), "3 users".to_owned());
    let answer = follow(&request).unwrap();
    assert_eq!(answer.formulas, BTreeSet::from([2]));
    assert_eq!(answer.claims.keys().copied().collect::<Vec<_>>(), [2]);
}

#[test]
fn what_uses_an_edited_sum_of_several_lines_is_about_it() {
    let page = Page {
        sums: vec![lines(&[
            ("let a = 3 ×", ""),
            ("  rate", " "),
            ("let b = 1", "1"),
        ])],
        formulas: ["2 × a", "2 × b"].map(str::to_owned).into(),
        ..Page::default()
    };
    let answer = follow(&request(page, &[])).unwrap();
    assert_eq!(answer.formulas, BTreeSet::from([0]));
}
