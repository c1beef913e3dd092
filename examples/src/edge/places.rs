//! Where to put data centers: the shortest time that a distance allows, and the best of
//! some places.
//!
//! Shown in `src/edge/places.md`.

use crate::random::Random;

/// A place on Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its name.
    pub name: &'static str,
    /// Degrees north.
    pub north: f64,
    /// Degrees east.
    pub east: f64,
}

/// Large cities, their coordinates rounded to tenths of a degree.
pub const CITIES: [Place; 10] = [
    Place {
        name: "New York",
        north: 40.7,
        east: -74.0,
    },
    Place {
        name: "San Francisco",
        north: 37.8,
        east: -122.4,
    },
    Place {
        name: "Sao Paulo",
        north: -23.6,
        east: -46.6,
    },
    Place {
        name: "London",
        north: 51.5,
        east: -0.1,
    },
    Place {
        name: "Frankfurt",
        north: 50.1,
        east: 8.7,
    },
    Place {
        name: "Lagos",
        north: 6.5,
        east: 3.4,
    },
    Place {
        name: "Mumbai",
        north: 19.1,
        east: 72.9,
    },
    Place {
        name: "Singapore",
        north: 1.4,
        east: 103.8,
    },
    Place {
        name: "Tokyo",
        north: 35.7,
        east: 139.7,
    },
    Place {
        name: "Sydney",
        north: -33.9,
        east: 151.2,
    },
];

// ANCHOR: distance
/// The distance along a great circle, in kilometers, on a sphere of 6,371 km (haversine
/// formula).
pub fn distance_km(a: Place, b: Place) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let along =
        a.north.to_radians().cos() * b.north.to_radians().cos() * half(a.east, b.east);
    2.0 * 6_371.0 * (half(a.north, b.north) + along).sqrt().min(1.0).asin()
}

/// The shortest round trip, in milliseconds: light in glass travels about 200 km in
/// one.
pub fn least_trip_ms(a: Place, b: Place) -> f64 {
    2.0 * distance_km(a, b) / 200.0
}
// ANCHOR_END: distance

/// The best `count` places for data centers, by the mean over all users of the trip to
/// the nearest one; every choice is tried. Each place has as many users as `users` says,
/// and 1 if that list is shorter. Returns names, mean and the longest trip, in
/// milliseconds.
pub fn best(
    places: &[Place],
    users: &[f64],
    count: usize,
) -> Option<(Vec<&'static str>, f64, f64)> {
    let choices = (0u32..1 << places.len().min(20))
        .filter(|set| set.count_ones() as usize == count);
    let weights = || users.iter().copied().chain(std::iter::repeat(1.0));
    let all: f64 = weights().take(places.len()).sum();
    let rated = choices.map(|set| {
        let chosen = || {
            places
                .iter()
                .enumerate()
                .filter(move |(at, _)| set >> at & 1 == 1)
        };
        let nearest = |user: &Place| {
            let trips = chosen().map(|(_, place)| least_trip_ms(*user, *place));
            trips.fold(f64::INFINITY, f64::min)
        };
        let trips: Vec<f64> = places.iter().map(nearest).collect();
        let weighed = trips
            .iter()
            .zip(weights())
            .map(|(trip, users)| trip * users);
        (
            chosen().map(|(_, place)| place.name).collect(),
            weighed.sum::<f64>() / all,
            trips.iter().copied().fold(0.0, f64::max),
        )
    });
    rated.min_by(|a: &(Vec<_>, f64, f64), b| a.1.total_cmp(&b.1))
}

/// Users for each of the places: at most `uneven` times as many in one as in another,
/// their logarithms drawn evenly.
pub fn uneven_users(places: usize, uneven: f64, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    (0..places).map(|_| uneven.powf(random.uniform())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances_come_out() {
        let [a, pole] = [(0.0, 0.0), (90.0, 0.0)].map(|(north, east)| Place {
            name: "",
            north,
            east,
        });
        let quarter = std::f64::consts::PI * 6_371.0 / 2.0;
        assert!((distance_km(a, pole) - quarter).abs() < 1e-6);
        let opposite = Place { east: 180.0, ..a };
        assert!((distance_km(a, opposite) - 2.0 * quarter).abs() < 1e-6);
        // London to New York is 5,570 km by published tables.
        assert!((distance_km(CITIES[0], CITIES[3]) - 5_570.0).abs() < 15.0);
    }

    #[test]
    fn a_data_center_in_each_place_is_next_door_to_all_and_more_never_hurts() {
        let mut last = f64::INFINITY;
        for count in 1..=CITIES.len() {
            let (names, mean, worst) = best(&CITIES, &[], count).unwrap();
            assert_eq!(names.len(), count);
            assert!(mean < last && worst >= mean);
            last = mean;
        }
        assert!(last < 1e-9);
    }

    #[test]
    fn around_a_middle_the_third_data_center_saves_more_than_the_second() {
        let place = |north, east| Place {
            name: "",
            north,
            east,
        };
        let groups = [(0.0, 0.0), (20.0, 0.0), (-10.0, 17.0), (-10.0, -17.0)];
        let places = groups.map(|(north, east)| place(north, east));
        let users = [0.0, 1.0, 1.0, 1.0];
        let mean = |count| best(&places, &users, count).unwrap().1;
        assert!(mean(2) - mean(3) > 1.2 * (mean(1) - mean(2)));
        assert!(mean(3) < 1e-9);
    }

    #[test]
    fn nearly_all_users_in_one_place_draw_the_first_data_center_there() {
        for at in 0..CITIES.len() {
            let mut users = [1.0; CITIES.len()];
            users[at] = 1e6;
            let (names, mean, _) = best(&CITIES, &users, 1).unwrap();
            assert_eq!(names, [CITIES[at].name]);
            assert!(mean < 0.01);
        }
        let users = uneven_users(10, 8.0, 3);
        assert!(users.iter().all(|users| (1.0..8.0).contains(users)));
        assert!(
            uneven_users(10, 1.0, 3)
                .iter()
                .all(|u| (u - 1.0).abs() < 1e-9)
        );
    }
}
