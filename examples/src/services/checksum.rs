//! The checksum of TCP, UDP and IP (RFC 1071), and a cyclic redundancy check to compare
//! it with (CRC-32, IEEE 802.3).
//!
//! Shown in `src/services/checksum.md`.

use crate::random::Random;

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

/// How a packet is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// One bit is flipped.
    Bit,
    /// Two bits are flipped, at the same place of two words of 16 bits.
    TwoBits,
    /// Two words change places.
    Exchange,
    /// The high bytes of two words are replaced by random ones.
    HighBytes,
}

impl Damage {
    /// A damaged copy of a packet that has two different words at least. It differs
    /// from the packet.
    pub fn of(self, packet: &[u8], random: &mut Random) -> Vec<u8> {
        let words = packet.len() / 2;
        loop {
            let mut bad = packet.to_vec();
            let [a, b] = [(); 2].map(|()| 2 * random.index(words));
            let mut byte = || u8::try_from(random.below(256)).unwrap_or(0);
            match self {
                Self::Bit => bad[a] ^= 1 << (byte() % 8),
                Self::TwoBits => {
                    let bit = 1 << (byte() % 8);
                    bad[a] ^= bit;
                    bad[b] ^= bit;
                }
                Self::Exchange => {
                    bad.swap(a, b);
                    bad.swap(a + 1, b + 1);
                }
                Self::HighBytes => (bad[a], bad[b]) = (byte(), byte()),
            }
            if bad != packet {
                return bad;
            }
        }
    }
}

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
        /// A damaged packet differs, and only where the kind of damage says.
        #[test]
        fn damage_is_what_its_name_says(
            packet in prop::collection::vec(any::<u8>(), 16..64), seed in any::<u64>(),
        ) {
            prop_assume!(packet.chunks_exact(2).any(|word| word != &packet[..2]));
            for damage in [Damage::Bit, Damage::TwoBits, Damage::Exchange, Damage::HighBytes] {
                let bad = damage.of(&packet, &mut Random::new(seed));
                let flipped: Vec<u8> = bad.iter().zip(&packet).map(|(a, b)| a ^ b).filter(|bits| *bits != 0).collect();
                let words = bad.chunks(2).zip(packet.chunks(2)).filter(|(a, b)| a != b).count();
                prop_assert_eq!(bad.len(), packet.len());
                let bits: u32 = flipped.iter().map(|byte| byte.count_ones()).sum();
                match damage {
                    Damage::Bit => prop_assert_eq!(bits, 1),
                    Damage::TwoBits => prop_assert!(bits == 2 && words == 2 && flipped[0] == flipped[1]),
                    Damage::Exchange => prop_assert_eq!(words, 2),
                    Damage::HighBytes => prop_assert!((1..=2).contains(&words)),
                }
            }
        }

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
