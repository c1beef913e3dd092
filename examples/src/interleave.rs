//! Every order in which the steps of several programs can happen, each program's own
//! order kept.
//!
//! Used by `caching/race.rs` and `relational/deadlock.rs`.

/// All schedules of programs with these numbers of steps. A schedule names, step by
/// step, the program that moves. There are (a + b + …)! / (a! b! …) of them, in lexical
/// order.
pub fn interleavings(steps: &[usize]) -> Vec<Vec<usize>> {
    let mut schedules = Vec::new();
    extend(&mut steps.to_vec(), &mut Vec::new(), &mut schedules);
    schedules
}

fn extend(
    left: &mut [usize],
    schedule: &mut Vec<usize>,
    schedules: &mut Vec<Vec<usize>>,
) {
    if left.iter().all(|steps| *steps == 0) {
        schedules.push(schedule.clone());
    }
    for program in 0..left.len() {
        if left[program] > 0 {
            left[program] -= 1;
            schedule.push(program);
            extend(left, schedule, schedules);
            schedule.pop();
            left[program] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_as_many_as_the_multinomial_says_and_all_differ() {
        for (steps, expected) in [
            (vec![], 1),
            (vec![3], 1),
            (vec![2, 2], 6),
            (vec![3, 2], 10),
            (vec![2, 2, 2], 90),
            (vec![4, 3, 2], 1_260),
        ] {
            let all = interleavings(&steps);
            assert_eq!(all.len(), expected, "{steps:?}");
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), expected);
            for schedule in all {
                for (program, count) in steps.iter().enumerate() {
                    let moves = schedule.iter().filter(|p| **p == program).count();
                    assert_eq!(moves, *count);
                }
            }
        }
    }
}
