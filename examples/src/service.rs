//! The one model of the book's running example: what `examples/prelude.nbt` says, for
//! programs.
//!
//! Shown in `src/capacity/estimation.md`.
//!
//! Every number is checked against the prelude where the book shows them, in
//! `src/capacity/estimation.md`, and written by `cargo book bless
//! src/capacity/estimation.md`.

/// The inputs of the running example, and what follows from them.
///
/// Rates are per second, and means over the day unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Service {
    /// Users.
    pub users: u32,
    /// All requests: reads, and the writes of posts and favorites.
    pub request_rate: f64,
    /// Posts written.
    pub post_rate: f64,
    /// Favorites written.
    pub favorite_rate: f64,
    /// Reads of a home timeline.
    pub home_rate: f64,
    /// Reads of one user's posts.
    pub user_page_rate: f64,
    /// Reads of a single post, by its number.
    pub single_post_rate: f64,
    /// Posts looked up for all of these reads.
    pub lookup_rate: f64,
    /// Posts put into timelines, if each post goes to each follower.
    pub fanout_rate: f64,
    /// All requests at the busiest time of the day.
    pub peak_rate: f64,
    /// All requests at the quietest time of the day.
    pub night_rate: f64,
    /// The peak, in multiples of the mean.
    pub peak_factor: f64,
    /// How many others a user follows, on average.
    pub follows_per_user: u32,
    /// Followers of the most followed user.
    pub most_followers: u32,
    /// Posts on a page of a timeline.
    pub posts_a_page: u32,
    /// Posts of a timeline that are kept ready for its owner.
    pub timeline_length: u32,
    /// The exponent of Zipf's law, by which some posts are read more than others.
    pub popularity: f64,
    /// Posts recent enough to be still read.
    pub recent_posts: u32,
    /// Requests that a server works on at a time.
    pub server_workers: u32,
    /// How long a request takes in a server, in milliseconds.
    pub request_ms: f64,
    /// Requests that a server can do.
    pub server_rate: f64,
    /// How busy a server may be at the peak, as a share of what it can do.
    pub busy_target: f64,
    /// The share of time for which a server is up.
    pub server_up: f64,
    /// The share of time for which any other machine or service is up.
    pub part_up: f64,
    /// Zones that share the servers.
    pub zones: u32,
    /// Servers that carry the peak at the busy target.
    pub servers_at_target: u32,
    /// Servers in all zones, so that the others carry the peak at the busy target when
    /// one zone fails.
    pub server_count: u32,
    /// Posts that a cache machine looks up.
    pub cache_rate: f64,
    /// Posts that a database machine reads.
    pub database_rate: f64,
    /// Copies that a worker puts into timelines.
    pub delivery_rate: f64,
    /// A trip to a machine in the same zone and back, in microseconds.
    pub trip_us: f64,
    /// Bytes of a post's row.
    pub post_bytes: u32,
    /// Bytes of a post in a cache.
    pub cached_post_bytes: u32,
    /// Copies of the data.
    pub copies: u32,
}

// The comment of a number comes before the comma.
#[rustfmt::skip]
// ANCHOR: values
/// The running example.
pub const SERVICE: Service = Service {
    users: 10_000_000 /* = user_count / user */,
    request_rate: 1_157.41 /* = request_rate / (requests/s) */,
    post_rate: 115.74 /* = post_rate / (posts/s) */,
    favorite_rate: 231.48 /* = favorite_rate / (favorites/s) */,
    home_rate: 526.62 /* = home_rate / (requests/s) */,
    user_page_rate: 162.04 /* = user_page_rate / (requests/s) */,
    single_post_rate: 121.53 /* = single_post_rate / (requests/s) */,
    lookup_rate: 13_894.68 /* = lookup_rate / (posts/s) */,
    fanout_rate: 23_148.15 /* = fanout_rate / (posts/s) */,
    peak_rate: 3_472.22 /* = peak_rate / (requests/s) */,
    night_rate: 115.74 /* = night_rate / (requests/s) */,
    peak_factor: 3.0 /* = peak_factor */,
    follows_per_user: 200 /* = follows_per_user / (follow/user) */,
    most_followers: 1_000_000 /* = most_followers / user */,
    posts_a_page: 20 /* = posts_a_page / (posts/request) */,
    timeline_length: 200 /* = timeline_length / (posts/user) */,
    popularity: 0.8 /* = popularity */,
    recent_posts: 70_000_000 /* = recent_posts / post */,
    server_workers: 10 /* = server_workers / (requests/server) */,
    request_ms: 50.0 /* = request_time / ms */,
    server_rate: 200.0 /* = server_rate / (requests/s/server) */,
    busy_target: 0.6 /* = busy_target */,
    server_up: 0.99 /* = server_up */,
    part_up: 0.999 /* = part_up */,
    zones: 3 /* = zones */,
    servers_at_target: 29 /* = servers_at_target / server */,
    server_count: 45 /* = server_count / server */,
    cache_rate: 100_000.0 /* = cache_rate / (posts/s) */,
    database_rate: 10_000.0 /* = database_rate / (posts/s) */,
    delivery_rate: 50_000.0 /* = delivery_rate / (posts/s) */,
    trip_us: 250.0 /* = trip_in_zone / µs */,
    post_bytes: 300 /* = post_row / (bytes/post) */,
    cached_post_bytes: 380 /* = cached_post / (bytes/post) */,
    copies: 3 /* = copies */,
};
// ANCHOR_END: values

#[cfg(test)]
mod tests {
    use super::SERVICE;
    use crate::balancing::zones::servers_in_zones;

    #[test]
    fn all_requests_are_of_one_of_the_kinds() {
        let kinds = [
            SERVICE.home_rate,
            SERVICE.user_page_rate,
            SERVICE.single_post_rate,
            SERVICE.post_rate,
            SERVICE.favorite_rate,
        ];
        let all: f64 = kinds.iter().sum();
        assert!((all - SERVICE.request_rate).abs() < 0.05, "{all}");
    }

    #[test]
    fn the_servers_are_those_that_the_programs_compute() {
        let a_second = 1_000.0 / SERVICE.request_ms * f64::from(SERVICE.server_workers);
        assert!((a_second - SERVICE.server_rate).abs() < 1e-9);
        let needed =
            (SERVICE.peak_rate / (SERVICE.server_rate * SERVICE.busy_target)).ceil();
        assert!((needed - f64::from(SERVICE.servers_at_target)).abs() < 1e-9);
        let all = servers_in_zones(SERVICE.servers_at_target, SERVICE.zones);
        assert_eq!(all, Some(SERVICE.server_count));
    }
}
