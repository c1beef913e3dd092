//! What users do: a load for the whole service.

use super::{Service, Tally};
use crate::cases::Post;
use crate::random::Random;

/// What happens in a second, and for how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// How long it lasts.
    pub seconds: u64,
    /// Posts a second. One in twenty is from user 0, the others from anybody.
    pub posts: u64,
    /// Timelines a second, of anybody.
    pub timelines: u64,
    /// How often a second this post is opened.
    pub opened: Option<(Post, u64)>,
}

/// Steps of the workers in a second.
const STEPS: u64 = 10;

// ANCHOR: load
/// Puts a load on a service, from a second on. Returns what the parts had to do.
pub fn run_load(service: &mut Service<'_>, load: Load, from: u64, random: &mut Random) -> Tally {
    service.count_anew();
    let users = service.follows.following.len() as u64;
    let mut anybody = || usize::try_from(random.below(users)).unwrap_or(0);
    for second in from..from + load.seconds {
        for step in 0..STEPS {
            let now = second * 1_000 + step * 1_000 / STEPS;
            for n in due(load.posts, step) {
                let is_star = (second * load.posts + n).is_multiple_of(20);
                service.write(if is_star { 0 } else { anybody() }, now);
            }
            for _ in due(load.timelines, step) {
                service.read(anybody());
            }
            if let Some((post, times)) = load.opened {
                for _ in due(times, step) {
                    service.open(anybody(), post);
                }
            }
            service.work(now);
        }
    }
    service.tally()
}
// ANCHOR_END: load

/// Which of a second's events happen in a step.
fn due(events: u64, step: u64) -> std::ops::Range<u64> {
    events * step / STEPS..events * (step + 1) / STEPS
}
