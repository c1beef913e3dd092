//! Whole numbers as floats, and floats as whole numbers: the casts that simulations
//! need.
//!
//! Used by `random.rs` and most chapters.

/// The types of whole numbers that [`float`] takes.
pub trait Whole {
    /// See [`float`].
    fn float(self) -> f64;
}

impl Whole for u64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    #[inline]
    fn float(self) -> f64 {
        self as f64
    }
}

impl Whole for usize {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    #[inline]
    fn float(self) -> f64 {
        self as f64
    }
}

/// A whole number as a float. It is exact up to 2^53, which no count and no time in a
/// simulation reaches.
#[inline]
pub fn float(number: impl Whole) -> f64 {
    number.float()
}

/// A float without its fraction. Below 0 it is 0, and what is too large becomes the
/// largest number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates"
)]
#[inline]
pub fn whole(number: f64) -> u64 {
    number as u64
}

/// The same for counts and places in a list.
#[inline]
pub fn whole_count(number: f64) -> usize {
    usize::try_from(whole(number)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_exact_both_ways() {
        for number in [0, 1, 1 << 32, (1 << 53) - 1] {
            assert_eq!(whole(float(number)), number);
        }
        assert!((float(3usize) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_fraction_is_cut_off_and_what_does_not_fit_is_the_nearest_number() {
        assert_eq!([whole(2.9), whole(-1.0), whole(f64::NAN)], [2, 0, 0]);
        assert_eq!(whole(1e30), u64::MAX);
        assert_eq!(whole_count(7.5), 7);
    }
}
