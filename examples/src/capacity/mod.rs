//! Capacity: rates, sizes, machines and caches from a handful of inputs, and how sure the answer is.

mod estimate;
mod pages;
mod popularity;
mod quantity;
mod servers;
mod traffic;

pub use estimate::{Input, alone, extremes, ratio_of_product, sample};
pub use pages::{Leaves, Split};
pub use popularity::{lru_share, popular_share, warm_share};
pub use quantity::{Mismatch, Quantity};
pub use servers::{must_wait, own_queues, square_root_rule, with_spares, workers_needed};
pub use traffic::{Traffic, busiest, poisson};
