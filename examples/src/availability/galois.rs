//! Arithmetic in GF(2^8): bytes that can be added, multiplied and divided without ever
//! leaving a byte.
//!
//! Used by `availability/parity.rs`.
//!
//! The field of RAID 6 has the polynomial x^8 + x^4 + x^3 + x^2 + 1 and the generator
//! 2; H. P. Anvin, "The Mathematics of RAID-6", 2004.

/// The product of two bytes in the field.
pub(super) fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        let overflows = a & 0x80 != 0;
        a <<= 1;
        if overflows {
            a ^= 0x1d;
        }
        b >>= 1;
    }
    product
}

/// The generator, 2, to a power.
pub(super) fn power_of_two(exponent: usize) -> u8 {
    (0..exponent % 255).fold(1, |power, _| times(power, 2))
}

/// What a byte has to be multiplied with to give 1. 0 has no inverse, and gives 0.
pub(super) fn inverse(a: u8) -> u8 {
    // In a field of 256 elements a^255 is 1, so that a^254 is the inverse.
    (0..254).fold(1, |power, _| times(power, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_field() {
        for a in 0..=255 {
            assert_eq!(times(a, 1), a);
            assert_eq!(times(a, inverse(a)), u8::from(a != 0));
            for b in 0..=255 {
                assert_eq!(times(a, b), times(b, a));
                assert_eq!(times(a, b ^ 3), times(a, b) ^ times(a, 3));
                assert_eq!(times(times(a, b), 7), times(a, times(b, 7)));
            }
        }
    }

    #[test]
    fn powers_of_two_reach_every_byte_but_zero() {
        let mut powers: Vec<u8> = (0..255).map(power_of_two).collect();
        powers.sort_unstable();
        assert!(powers.into_iter().eq(1..=255));
    }
}
