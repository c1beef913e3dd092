//! Time series: timestamps as differences of differences, values as their changed bits,
//! and coarser series made from finer ones.
//!
//! Shown in `src/storage/series.md`.
//!
//! T. Pelkonen and others, "Gorilla: A Fast, Scalable, In-Memory Time Series Database",
//! PVLDB 8(12), 2015, section 4.1. The values' blocks are always written with their
//! window, which the paper spares where it is the one before.

/// A measurement: seconds, and a value.
pub type Sample = (i64, f64);

/// A sequence of bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    bits: Vec<bool>,
}

impl Bits {
    fn write(&mut self, value: u64, width: u32) {
        self.bits
            .extend((0..width).rev().map(|place| value >> place & 1 == 1));
    }

    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.bits.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }
}

// ANCHOR: times
/// How a difference of differences is written: a prefix, its width, and the width
/// of the number after it.
const FORMS: [(u64, u32, u32); 5] = [
    (0b0, 1, 0),
    (0b10, 2, 7),
    (0b110, 3, 9),
    (0b1110, 4, 12),
    (0b1111, 4, 64),
];

/// Times as differences of differences. A sample that comes exactly as long after the
/// last one as that one did takes a single bit.
pub fn pack_times(times: &[i64]) -> Bits {
    let (mut bits, mut last, mut gap) = (Bits::default(), 0i64, 0i64);
    for time in times {
        let next = time.wrapping_sub(last);
        let change = next.wrapping_sub(gap);
        (last, gap) = (*time, next);
        let fits = |width: u32| {
            width == 64 || (change >= -(1 << width >> 1) && change < 1 << width >> 1)
        };
        let form = FORMS.iter().find(|(_, _, width)| {
            if *width == 0 {
                change == 0
            } else {
                fits(*width)
            }
        });
        if let Some((beginning, beginning_width, width)) = form {
            bits.write(*beginning, *beginning_width);
            bits.write(change.cast_unsigned(), *width);
        }
    }
    bits
}
// ANCHOR_END: times

/// The times, unpacked.
pub fn unpack_times(bits: &Bits) -> Vec<i64> {
    let (mut times, mut last, mut gap, mut at) = (Vec::new(), 0i64, 0i64, 0);
    while at < bits.len() {
        let ones = bits.bits[at..]
            .iter()
            .take(4)
            .take_while(|bit| **bit)
            .count();
        let (_, beginning, width) = FORMS[ones];
        let places = usize::try_from(width).unwrap_or(0);
        at += usize::try_from(beginning).unwrap_or(0);
        let number = bits.bits[at..at + places]
            .iter()
            .fold(0u64, |number, bit| number << 1 | u64::from(*bit));
        at += places;
        // The highest bit of the number is its sign.
        let change = match width {
            0 => 0,
            width => (number << (64 - width)).cast_signed() >> (64 - width),
        };
        gap = gap.wrapping_add(change);
        last = last.wrapping_add(gap);
        times.push(last);
    }
    times
}

// ANCHOR: values
/// How many bits values take as the XOR with the one before: one for the same value,
/// else two, eleven for where the changed bits are, and those.
pub fn value_bits(values: &[f64]) -> usize {
    let mut last = 0u64;
    let one = |value: &f64| {
        let changed = value.to_bits() ^ last;
        last = value.to_bits();
        match changed {
            0 => 1,
            // Five bits count up to 31 zeros at the front, and six how many bits
            // follow.
            _ => {
                2 + 11 + 64 - changed.leading_zeros().min(31) - changed.trailing_zeros()
            }
        }
    };
    let bits: u32 = values.iter().map(one).sum();
    usize::try_from(bits).unwrap_or(usize::MAX)
}
// ANCHOR_END: values

/// A summary of the samples in an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// When the interval begins.
    pub begin: i64,
    /// How many samples there were.
    pub count: u32,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

// ANCHOR: downsample
/// Summaries of intervals of this many seconds, in order of time. Sums and counts
/// are kept, not means: they can be summed up again.
pub fn downsample(samples: &[Sample], seconds: i64) -> Vec<Summary> {
    let mut summaries: Vec<Summary> = Vec::new();
    for (time, value) in samples {
        let begin = time.div_euclid(seconds) * seconds;
        match summaries.last_mut() {
            Some(last) if last.begin == begin => {
                last.count += 1;
                last.sum += value;
                last.lowest = last.lowest.min(*value);
                last.highest = last.highest.max(*value);
            }
            _ => summaries.push(Summary {
                begin,
                count: 1,
                sum: *value,
                lowest: *value,
                highest: *value,
            }),
        }
    }
    summaries
}
// ANCHOR_END: downsample

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bits that `value_bits` counts, written out.
    fn pack_values(values: &[f64]) -> Bits {
        let (mut bits, mut last) = (Bits::default(), 0u64);
        for value in values {
            let changed = value.to_bits() ^ last;
            last = value.to_bits();
            if changed == 0 {
                bits.write(0, 1);
                continue;
            }
            let (front, back) =
                (changed.leading_zeros().min(31), changed.trailing_zeros());
            let width = 64 - front - back;
            bits.write(0b11, 2);
            bits.write(u64::from(front), 5);
            bits.write(u64::from(width - 1), 6);
            bits.write(changed >> back, width);
        }
        bits
    }

    fn unpack_values(bits: &Bits) -> Vec<f64> {
        let (mut values, mut last, mut at) = (Vec::new(), 0u64, 0);
        let read = |at: &mut usize, width: usize| {
            *at += width;
            let taken = bits.bits[*at - width..*at].iter();
            taken.fold(0u64, |number, bit| number << 1 | u64::from(*bit))
        };
        while at < bits.len() {
            if read(&mut at, 1) == 1 {
                read(&mut at, 1);
                let (front, width) = (read(&mut at, 5), read(&mut at, 6) + 1);
                let changed = read(&mut at, usize::try_from(width).unwrap());
                last ^= changed << (64 - front - width);
            }
            values.push(f64::from_bits(last));
        }
        values
    }

    proptest! {
        #[test]
        fn values_come_back_from_as_many_bits_as_are_counted(
            rough in proptest::collection::vec(-50..50i32, 0..30), fine in proptest::collection::vec(-1e6..1e6f64, 0..30),
        ) {
            let rough: Vec<f64> = rough.into_iter().map(f64::from).collect();
            for values in [rough, fine] {
                let bits = pack_values(&values);
                prop_assert_eq!(bits.len(), value_bits(&values));
                prop_assert_eq!(unpack_values(&bits), values);
            }
        }

        #[test]
        fn times_come_back(times in proptest::collection::vec(any::<i64>(), 0..30), steps in proptest::collection::vec(-3_000..3_000i64, 0..60)) {
            prop_assert_eq!(unpack_times(&pack_times(&times)), times);
            let mut now = 1_700_000_000;
            let regular: Vec<i64> = steps.iter().map(|step| { now += 60 + step; now }).collect();
            prop_assert_eq!(unpack_times(&pack_times(&regular)), regular);
        }

        #[test]
        fn summaries_hold_what_the_samples_did(values in proptest::collection::vec(-100..100i32, 1..80), seconds in 1..50i64) {
            let samples: Vec<Sample> = (0..).zip(&values).map(|(n, value)| (n * 7, f64::from(*value))).collect();
            let summaries = downsample(&samples, seconds);
            let sum: f64 = summaries.iter().map(|part| part.sum).sum();
            prop_assert!((sum - f64::from(values.iter().sum::<i32>())).abs() < 1e-6);
            prop_assert_eq!(summaries.iter().map(|part| part.count).sum::<u32>(), u32::try_from(values.len()).unwrap());
            let highest = summaries.iter().map(|part| part.highest).fold(f64::MIN, f64::max);
            prop_assert!((highest - f64::from(*values.iter().max().unwrap())).abs() < 1e-9);
        }
    }

    #[test]
    fn a_regular_series_takes_a_bit_for_each_time() {
        let times: Vec<i64> = (1..=1_000).map(|n| n * 60).collect();
        // The first gap of 60 takes nine bits; all others are the same.
        assert_eq!(pack_times(&times).len(), 9 + 999);
    }
}
