//! The redundancy of RAID 5 and RAID 6, byte by byte: P is the XOR of the data, Q
//! weighs each disk with a power of two.
//!
//! Shown in `src/availability/rebuild.md`.
//!
//! After D. A. Patterson, G. Gibson and R. H. Katz, "A Case for Redundant Arrays of
//! Inexpensive Disks (RAID)", SIGMOD 1988, and H. P. Anvin, "The Mathematics of
//! RAID-6", 2004.

use super::galois::{inverse, power_of_two, times};

// ANCHOR: parity
/// P: the XOR of all chunks, byte by byte, as long as the first. Missing bytes count as
/// 0; without chunks, P is empty.
pub fn parity(chunks: &[&[u8]]) -> Vec<u8> {
    let length = chunks.first().map_or(0, |chunk| chunk.len());
    let byte = |at: usize| {
        chunks
            .iter()
            .fold(0, |sum, chunk| sum ^ chunk.get(at).copied().unwrap_or(0))
    };
    (0..length).map(byte).collect()
}

/// The lost chunk: the XOR of all remaining chunks, P included.
pub fn rebuild_one(survivors: &[&[u8]]) -> Vec<u8> {
    parity(survivors)
}
// ANCHOR_END: parity

// ANCHOR: syndrome
/// Q: the XOR of all chunks, each multiplied by 2 to the power of its disk's number, in
/// GF(2^8).
pub fn syndrome(chunks: &[&[u8]]) -> Vec<u8> {
    let length = chunks.first().map_or(0, |chunk| chunk.len());
    let weighed = |at: usize, disk: usize| {
        let byte = chunks[disk].get(at).copied().unwrap_or(0);
        times(power_of_two(disk), byte)
    };
    let byte = |at| (0..chunks.len()).fold(0, |sum, disk| sum ^ weighed(at, disk));
    (0..length).map(byte).collect()
}

/// The two lost data chunks, numbers `x` and `y`, from the others, P and Q. In `chunks`
/// the lost ones are `None`.
///
/// After removing the others from P and Q, two equations remain: a ⊕ b = p and 2^x a ⊕
/// 2^y b = q. Returns `None` unless exactly these two are missing and all chunks have
/// P's length.
pub fn rebuild_two(
    chunks: &[Option<&[u8]>],
    p: &[u8],
    q: &[u8],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let lost: Vec<usize> = (0..chunks.len())
        .filter(|disk| chunks[*disk].is_none())
        .collect();
    let [x, y] = lost[..] else { return None };
    let zeros = vec![0; p.len()];
    let known: Vec<&[u8]> =
        chunks.iter().map(|chunk| chunk.unwrap_or(&zeros)).collect();
    if q.len() != p.len() || known.iter().any(|chunk| chunk.len() != p.len()) {
        return None;
    }
    let p = parity(&[p, &parity(&known)]);
    let q = parity(&[q, &syndrome(&known)]);
    let (weight_x, weight_y) = (power_of_two(x), power_of_two(y));
    let divide = inverse(weight_x ^ weight_y);
    let solve = |(p, q): (&u8, &u8)| times(divide, times(weight_y, *p) ^ q);
    let first: Vec<u8> = p.iter().zip(&q).map(solve).collect();
    let second = parity(&[&p, &first]);
    Some((first, second))
}
// ANCHOR_END: syndrome

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn disks() -> impl Strategy<Value = Vec<Vec<u8>>> {
        (1..9usize).prop_flat_map(|length| {
            prop::collection::vec(prop::collection::vec(any::<u8>(), length), 2..9)
        })
    }

    proptest! {
        #[test]
        fn any_one_disk_comes_back(disks in disks()) {
            let data: Vec<&[u8]> = disks.iter().map(Vec::as_slice).collect();
            let p = parity(&data);
            for lost in 0..data.len() {
                let mut left = data.clone();
                left[lost] = &p;
                prop_assert_eq!(rebuild_one(&left), data[lost]);
            }
        }

        #[test]
        fn any_two_disks_come_back(disks in disks()) {
            let data: Vec<&[u8]> = disks.iter().map(Vec::as_slice).collect();
            let (p, q) = (parity(&data), syndrome(&data));
            for x in 0..data.len() {
                for y in x + 1..data.len() {
                    let mut left: Vec<Option<&[u8]>> = data.iter().copied().map(Some).collect();
                    left[x] = None;
                    left[y] = None;
                    let (a, b) = rebuild_two(&left, &p, &q).unwrap();
                    prop_assert_eq!((&a[..], &b[..]), (data[x], data[y]));
                }
            }
        }
    }

    #[test]
    fn what_can_not_be_rebuilt_is_none() {
        assert_eq!(rebuild_two(&[Some(&[1]), None], &[1], &[1]), None);
        assert_eq!(rebuild_two(&[None, None, None], &[1], &[1]), None);
        assert_eq!(rebuild_two(&[None, None, Some(&[1, 2])], &[1], &[1]), None);
        assert!(parity(&[]).is_empty());
    }
}
