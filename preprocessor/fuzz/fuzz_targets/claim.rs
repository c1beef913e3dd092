//! Any first line is read as a claim, and judged over the other lines as an output: no panic, and spans that fit the claim.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_proof_calculator::claims::domain::Domain;
use mdbook_proof_calculator::claims::{ClaimError, Parameter, Problem, judge, parse, spread};
use mdbook_proof_calculator::expression;
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_calculator::value::Value;

fuzz_target!(|text: &str| {
    let (claimed, output) = text.split_once('\n').unwrap_or((text, ""));
    let fits = |error: &ClaimError| {
        assert!(claimed.get(error.span.clone()).is_some(), "{error:?}");
        assert!(!error.message.is_empty());
    };
    let claim = match parse(claimed) {
        Ok(claim) => claim,
        Err(error) => return fits(&error),
    };
    let Ok((seeds, _)) = Domain::read("1..3") else {
        return;
    };
    let seed = Parameter {
        name: "seed",
        domain: &seeds,
        default: Some("2"),
    };
    let plan = match claim.plan(&[seed]) {
        Ok(plan) => plan,
        Err(error) => return fits(&error),
    };
    let printed = |_| {
        let mut runs = Runs::default();
        for name in claim.runs() {
            runs.add(Some(name), Some(output.to_owned()));
        }
        runs
    };
    let runs: Vec<Runs> = plan.points.iter().map(printed).collect();
    match judge(&claim, &plan, &runs, &mut calculate) {
        Ok(verdict) => {
            assert_eq!(verdict.holds(), verdict.message().is_none());
            let _ = (verdict.summary(), verdict.ranges(), verdict.details());
            if let Ok(moved) = claim.past_edge(&verdict) {
                assert_eq!(moved.runs(), claim.runs());
            }
        }
        Err(Problem::Wrong(error)) => fits(&error),
        Err(Problem::Reported) => {}
    }
    let _ = spread(claimed, &plan, &runs, &mut calculate);
});

/// Every code has a value, which its length and its last character make.
fn calculate(code: &str) -> Result<Value, expression::Problem> {
    let number = f64::from(u32::try_from(code.len()).unwrap_or(1));
    let unit = code.chars().last().filter(|c| c.is_alphabetic());
    let unit = unit.map(String::from).unwrap_or_default();
    Ok(Value {
        base: number,
        dimension: unit.clone(),
        number,
        unit,
        exact: None,
    })
}
