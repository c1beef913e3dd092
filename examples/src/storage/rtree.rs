//! Shapes on a map: an R-tree, which keeps a rectangle around each group of neighbors.
//!
//! Shown in `src/storage/spatial.md`.
//!
//! A. Guttman, "R-Trees: A Dynamic Index Structure for Spatial Searching", SIGMOD 1984,
//! with its quadratic split. What is kept small is the width and the height of a
//! rectangle together, where the paper takes their product, which is 0 for points.

use crate::storage::spatial::Area;

/// Rectangles, found by what they overlap.
#[derive(Debug, Clone)]
pub struct Rtree {
    root: Node,
    room: usize,
}

#[derive(Debug, Clone)]
enum Node {
    Leaf(Vec<Area>),
    /// Children, each with the rectangle around all that it holds.
    Inner(Vec<(Area, Node)>),
}

impl Rtree {
    /// An empty tree, with room for this many rectangles, at least 2, on each node.
    pub fn new(room: usize) -> Self {
        Self {
            root: Node::Leaf(Vec::new()),
            room: room.max(2),
        }
    }

    /// Adds a rectangle. If the root is split, the tree becomes one level higher.
    pub fn insert(&mut self, area: Area) {
        if let Some(right) = self.root.insert(area, self.room) {
            let left = std::mem::replace(&mut self.root, Node::Leaf(Vec::new()));
            let bounds = left.bounds().unwrap_or(area);
            self.root = Node::Inner(vec![(bounds, left), right]);
        }
    }

    /// The rectangles that overlap an area, and how many rectangles were looked at,
    /// those around groups included.
    pub fn overlapping(&self, area: &Area) -> (Vec<Area>, usize) {
        let mut found = Vec::new();
        let looked = self.root.search(area, &mut found);
        (found, looked)
    }
}

impl Node {
    // ANCHOR: search
    /// Goes down wherever the rectangle around a group overlaps the area: that can be
    /// more than one child.
    fn search(&self, area: &Area, found: &mut Vec<Area>) -> usize {
        match self {
            Self::Leaf(items) => {
                found.extend(items.iter().filter(|item| item.overlaps(area)));
                items.len()
            }
            Self::Inner(children) => {
                let hit = children.iter().filter(|(bounds, _)| bounds.overlaps(area));
                children.len()
                    + hit
                        .map(|(_, child)| child.search(area, found))
                        .sum::<usize>()
            }
        }
    }

    /// Adds a rectangle where the one around the group has to grow least. A node that
    /// is too full is split.
    fn insert(&mut self, area: Area, room: usize) -> Option<(Area, Node)> {
        match self {
            Self::Leaf(items) => {
                items.push(area);
                let (bounds, half) = give_half(items, |item| *item, room)?;
                Some((bounds, Self::Leaf(half)))
            }
            Self::Inner(children) => {
                let growth =
                    |bounds: &Area| bounds.around(&area).extent() - bounds.extent();
                let least = children
                    .iter_mut()
                    .min_by(|a, b| growth(&a.0).total_cmp(&growth(&b.0)));
                if let Some((bounds, child)) = least {
                    let split = child.insert(area, room);
                    *bounds = child.bounds().unwrap_or(area);
                    children.extend(split);
                }
                let (bounds, half) = give_half(children, |(bounds, _)| *bounds, room)?;
                Some((bounds, Self::Inner(half)))
            }
        }
    }
    // ANCHOR_END: search

    fn bounds(&self) -> Option<Area> {
        match self {
            Self::Leaf(items) => around_all(items.iter().copied()),
            Self::Inner(children) => {
                around_all(children.iter().map(|(bounds, _)| *bounds))
            }
        }
    }
}

fn around_all(areas: impl Iterator<Item = Area>) -> Option<Area> {
    areas.reduce(|all, area| all.around(&area))
}

/// Splits items that are more than `room` around the two that fit together worst, and
/// gives those away that are nearer to the second one. Each side keeps at least a
/// third.
fn give_half<T>(
    items: &mut Vec<T>,
    area: impl Fn(&T) -> Area,
    room: usize,
) -> Option<(Area, Vec<T>)> {
    if items.len() <= room {
        return None;
    }
    let areas: Vec<Area> = items.iter().map(&area).collect();
    let waste = |a: &Area, b: &Area| a.around(b).extent() - a.extent() - b.extent();
    let pairs = areas
        .iter()
        .enumerate()
        .flat_map(|(n, a)| areas[n + 1..].iter().map(move |b| (a, b)));
    let (first, second) =
        pairs.max_by(|(a, b), (c, d)| waste(a, b).total_cmp(&waste(c, d)))?;
    let nearer = |item: &Area| {
        first.around(item).extent() - first.extent() - second.around(item).extent()
            + second.extent()
    };
    items.sort_by(|a, b| nearer(&area(a)).total_cmp(&nearer(&area(b))));
    let least = (items.len() / 3).max(1);
    let mine = items.partition_point(|item| nearer(&area(item)) <= 0.0);
    let half = items.split_off(mine.clamp(least, items.len() - least));
    Some((around_all(half.iter().map(area))?, half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area() -> impl Strategy<Value = Area> {
        (0..100i32, 0..100i32, 1..20i32, 1..20i32).prop_map(|(x, y, wide, high)| Area {
            low: (f64::from(x), f64::from(y)),
            high: (f64::from(x + wide), f64::from(y + high)),
        })
    }

    fn sorted(mut areas: Vec<Area>) -> Vec<Area> {
        areas.sort_by(|a, b| {
            let key = |area: &Area| [area.low.0, area.low.1, area.high.0, area.high.1];
            key(a).partial_cmp(&key(b)).unwrap()
        });
        areas
    }

    /// Every rectangle around a group is the smallest one, no node is too full, and all
    /// leaves are equally deep.
    fn depth(node: &Node, room: usize) -> usize {
        match node {
            Node::Leaf(items) => {
                assert!(items.len() <= room);
                1
            }
            Node::Inner(children) => {
                assert!((1..=room).contains(&children.len()));
                let depths = children.iter().map(|(bounds, child)| {
                    assert_eq!(Some(*bounds), child.bounds());
                    depth(child, room)
                });
                let depths: Vec<usize> = depths.collect();
                assert!(depths.windows(2).all(|pair| pair[0] == pair[1]));
                1 + depths[0]
            }
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_a_scan_finds(areas in proptest::collection::vec(area(), 0..120), asked in area(), room in 2..9usize) {
            let mut tree = Rtree::new(room);
            for area in &areas { tree.insert(*area); }
            depth(&tree.root, room);
            let (found, looked) = tree.overlapping(&asked);
            prop_assert!(looked >= found.len());
            let scan: Vec<Area> = areas.into_iter().filter(|area| area.overlaps(&asked)).collect();
            prop_assert_eq!(sorted(found), sorted(scan));
        }
    }
}
