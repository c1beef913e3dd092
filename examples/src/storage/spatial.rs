//! Points on a map: a quadtree, and geohashes that turn two coordinates into one key.
//!
//! Shown in `src/storage/spatial.md`.
//!
//! R. A. Finkel and J. L. Bentley, "Quad Trees: A Data Structure for Retrieval on
//! Composite Keys", Acta Informatica 4, 1974. Geohash: G. Niemeyer, 2008.

use crate::random::Random;

/// A place: longitude and latitude, in degrees.
pub type Point = (f64, f64);

/// A rectangle, from the lowest corner, included, to the highest one, excluded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The lowest longitude and latitude.
    pub low: Point,
    /// The highest longitude and latitude.
    pub high: Point,
}

impl Area {
    /// Whether it contains a point.
    pub fn contains(&self, (x, y): Point) -> bool {
        self.low.0 <= x && x < self.high.0 && self.low.1 <= y && y < self.high.1
    }

    /// A square around a point, as wide and as high as this many degrees.
    pub fn square((x, y): Point, size: f64) -> Self {
        let half = size / 2.0;
        Self {
            low: (x - half, y - half),
            high: (x + half, y + half),
        }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn around(&self, other: &Area) -> Area {
        Area {
            low: (self.low.0.min(other.low.0), self.low.1.min(other.low.1)),
            high: (self.high.0.max(other.high.0), self.high.1.max(other.high.1)),
        }
    }

    /// Its width and its height together, in degrees.
    pub fn extent(&self) -> f64 {
        self.high.0 - self.low.0 + self.high.1 - self.low.1
    }

    /// Whether the two overlap.
    pub fn overlaps(&self, other: &Area) -> bool {
        self.low.0 < other.high.0
            && other.low.0 < self.high.0
            && self.low.1 < other.high.1
            && other.low.1 < self.high.1
    }

    fn quarters(&self) -> [Area; 4] {
        let (x, y) = (
            self.low.0.midpoint(self.high.0),
            self.low.1.midpoint(self.high.1),
        );
        let (low, high) = (self.low, self.high);
        [
            Area { low, high: (x, y) },
            Area {
                low: (x, low.1),
                high: (high.0, y),
            },
            Area {
                low: (low.0, y),
                high: (x, high.1),
            },
            Area { low: (x, y), high },
        ]
    }
}

/// A quadtree: an area that is divided in four when it holds too many points.
#[derive(Debug, Clone)]
pub struct Quadtree {
    area: Area,
    room: usize,
    points: Vec<Point>,
    parts: Vec<Quadtree>,
    depth: u32,
}

impl Quadtree {
    /// An empty tree over an area, with room for this many points in each part.
    pub fn new(area: Area, room: usize) -> Self {
        Self {
            area,
            room: room.max(1),
            points: Vec::new(),
            parts: Vec::new(),
            depth: 0,
        }
    }

    // ANCHOR: insert
    /// Adds a point. A part that is too full is divided, unless it is a 2^40th of the
    /// whole already, as with many points in one place.
    pub fn insert(&mut self, point: Point) {
        if let Some(part) = self.parts.iter_mut().find(|part| part.area.contains(point))
        {
            return part.insert(point);
        }
        self.points.push(point);
        if self.points.len() > self.room && self.parts.is_empty() && self.depth < 40 {
            let depth = self.depth + 1;
            let part = |area| Quadtree {
                depth,
                ..Quadtree::new(area, self.room)
            };
            self.parts = self.area.quarters().map(part).into();
            for point in std::mem::take(&mut self.points) {
                self.insert(point);
            }
        }
    }

    /// The points in an area, and how many points were looked at. Parts that don't
    /// overlap it are passed over.
    pub fn within(&self, area: &Area) -> (Vec<Point>, usize) {
        if !self.area.overlaps(area) {
            return (Vec::new(), 0);
        }
        let inside = self.points.iter().filter(|point| area.contains(**point));
        let (mut found, mut looked) =
            (inside.copied().collect::<Vec<_>>(), self.points.len());
        for part in &self.parts {
            let (points, steps) = part.within(area);
            found.extend(points);
            looked += steps;
        }
        (found, looked)
    }
    // ANCHOR_END: insert

    /// The depth of the deepest part.
    pub fn deepest(&self) -> u32 {
        self.parts
            .iter()
            .map(Quadtree::deepest)
            .max()
            .unwrap_or(self.depth)
    }
}

// ANCHOR: geohash
/// The geohash of a point, with this many characters: halve the longitude, then the
/// latitude, and so on, a bit for each half; five bits make a character.
pub fn geohash((longitude, latitude): Point, length: usize) -> String {
    const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let (mut x, mut y) = ((-180.0, 180.0), (-90.0, 90.0));
    let mut bit = |is_x: bool| {
        let (range, at) = if is_x {
            (&mut x, longitude)
        } else {
            (&mut y, latitude)
        };
        let middle = f64::midpoint(range.0, range.1);
        if at < middle {
            range.1 = middle;
            return 0;
        }
        range.0 = middle;
        1
    };
    let digit = |n: usize| {
        (5 * n..5 * n + 5).fold(0, |code, place| code << 1 | bit(place % 2 == 0))
    };
    (0..length)
        .map(digit)
        .map(|code| char::from(DIGITS[code]))
        .collect()
}
// ANCHOR_END: geohash

/// The length of the common prefix of two geohashes.
pub fn common_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Random points from a seed: a share in a few towns, each within about a degree, the
/// others anywhere.
pub fn people(n: usize, in_towns: f64, seed: u64) -> Vec<Point> {
    let mut random = Random::new(seed);
    let towns: Vec<Point> = (0..5)
        .map(|_| {
            (
                random.uniform() * 340.0 - 170.0,
                random.uniform() * 160.0 - 80.0,
            )
        })
        .collect();
    let mut person = |n: usize| {
        if random.chance(in_towns) {
            let (x, y) = towns[n % towns.len()];
            (x + random.uniform() - 0.5, y + random.uniform() - 0.5)
        } else {
            (
                random.uniform() * 360.0 - 180.0,
                random.uniform() * 180.0 - 90.0,
            )
        }
    };
    (0..n).map(&mut person).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORLD: Area = Area {
        low: (-180.0, -90.0),
        high: (180.0, 90.0),
    };

    #[test]
    fn known_geohashes() {
        // The example of the original site, and that of the Wikipedia article.
        assert_eq!(geohash((-5.6, 42.6), 5), "ezs42");
        assert_eq!(geohash((10.40744, 57.64911), 11), "u4pruydqqvj");
    }

    proptest! {
        #[test]
        fn a_tree_finds_what_a_scan_finds(n in 0..200usize, towns in 0.0..1.0, seed in 0..500u64, room in 1..9usize, x in -180.0..180.0f64, y in -90.0..90.0f64, size in 0.1..90.0f64) {
            let points = people(n, towns, seed);
            let mut tree = Quadtree::new(WORLD, room);
            for point in &points { tree.insert(*point); }
            let area = Area { low: (x, y), high: (x + size, y + size) };
            let (mut found, _) = tree.within(&area);
            let mut scan: Vec<Point> = points.into_iter().filter(|point| area.contains(*point)).collect();
            let order = |a: &Point, b: &Point| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
            found.sort_by(order);
            scan.sort_by(order);
            prop_assert_eq!(found, scan);
        }

        #[test]
        fn a_common_prefix_means_close(a in (-180.0..180.0f64, -90.0..90.0f64), b in (-180.0..180.0f64, -90.0..90.0f64)) {
            let same = common_prefix(&geohash(a, 9), &geohash(b, 9));
            let bits = i32::try_from(5 * same).unwrap();
            prop_assert!((a.0 - b.0).abs() <= 360.0 / 2f64.powi((bits + 1) / 2));
            prop_assert!((a.1 - b.1).abs() <= 180.0 / 2f64.powi(bits / 2));
        }
    }
}
