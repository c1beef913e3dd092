//! The checksum of TCP, UDP and IP (RFC 1071), and a cyclic redundancy check to compare
//! it with (CRC-32, IEEE 802.3).
//!
//! Shown in `src/services/checksum.md`.

// ANCHOR: checksum
/// The Internet checksum: the words of 16 bits are added, overflow is added back, and
/// the sum is inverted.
pub fn internet_checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| {
        // An odd byte at the end is followed by a zero.
        let low = pair.get(1).copied().unwrap_or(0);
        u64::from(u16::from_be_bytes([pair[0], low]))
    });
    let mut sum: u64 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}
// ANCHOR_END: checksum

// ANCHOR: crc
/// CRC-32: the remainder of a division of polynomials over two elements, bit by bit.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut remainder = u32::MAX;
    for byte in bytes {
        remainder ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = remainder & 1;
            remainder = (remainder >> 1) ^ (0xedb8_8320 * carry);
        }
    }
    !remainder
}
// ANCHOR_END: crc

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_standards_come_out() {
        // RFC 1071, section 3: the sum is ddf2.
        assert_eq!(
            internet_checksum(&[0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7]),
            !0xddf2
        );
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!((internet_checksum(&[]), crc32(&[])), (0xffff, 0));
    }

    proptest! {
        #[test]
        fn exchanged_words_are_seen_by_the_crc_alone(
            bytes in prop::collection::vec(any::<u8>(), 8..60), a in 0..4usize, b in 0..4usize,
        ) {
            let mut swapped = bytes.clone();
            swapped.swap(2 * a, 2 * b);
            swapped.swap(2 * a + 1, 2 * b + 1);
            prop_assert_eq!(internet_checksum(&bytes), internet_checksum(&swapped));
            if swapped != bytes {
                // The two words span less than 64 bits here, and a burst beyond 32 bits
                // may be missed once in 2^32.
                prop_assert_ne!(crc32(&bytes), crc32(&swapped));
            }
        }

        #[test]
        fn one_flipped_bit_is_seen_by_both(bytes in prop::collection::vec(any::<u8>(), 1..60), bit in 0..480usize) {
            let mut flipped = bytes.clone();
            let bit = bit % (bytes.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(crc32(&bytes), crc32(&flipped));
            prop_assert_ne!(internet_checksum(&bytes), internet_checksum(&flipped));
        }
    }
}
