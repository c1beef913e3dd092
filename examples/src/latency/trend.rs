//! Hardware figures of one year extrapolated to another, as an interactive page of 2012
//! does.
//!
//! Shown in `src/latency/numbers.md`.
//!
//! Constants from C. Scott, *Numbers Every Programmer Should Know By Year*
//! (`interactive_latency.html`). Its exponents cut 1/3 to 0.33, which is kept here to
//! reproduce the page's figures.

/// A size that doubles every few years from a known year on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The size in the base year.
    base: f64,
    /// That year, counted from 1982.
    base_year: f64,
    /// Doublings a year in the base, as the page rounds them.
    rounded: f64,
    /// Doublings a year.
    doublings: f64,
}

// ANCHOR: trend
impl Trend {
    /// Memory bandwidth, in bytes a second: 4 GB/s in 2001, twice as much every three
    /// years.
    pub const MEMORY: Self = Self::new(4e9, 2001.0, 0.33, 1.0 / 3.0);
    /// SSD bandwidth, in bytes a second: 3 GB/s in 2012, twice as much every three
    /// years.
    pub const SSD: Self = Self::new(3e9, 2012.0, 0.33, 1.0 / 3.0);
    /// Network card bandwidth, in bytes a second: 1 Gbit/s in 2003, twice as much every
    /// two years.
    pub const NETWORK: Self = Self::new(125e6, 2003.0, 0.5, 0.5);
    /// Disk bandwidth from 2002 on, in bytes a second: 100 MB/s in 2002, twice as much
    /// every five years.
    pub const DISK: Self = Self::new(1e8, 2002.0, 0.2, 0.2);

    /// The size in a year.
    pub fn in_year(&self, year: f64) -> f64 {
        let start = self.base / (self.base_year * self.rounded).exp2();
        start * ((year - 1982.0) * self.doublings).exp2()
    }
    // ANCHOR_END: trend

    const fn new(base: f64, base_year: f64, rounded: f64, doublings: f64) -> Self {
        Self {
            base,
            base_year: base_year - 1982.0,
            rounded,
            doublings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_passes_its_base_year_and_doubles_on_time() {
        for (trend, year, size, years) in [
            (Trend::NETWORK, 2003.0, 125e6, 2.0),
            (Trend::DISK, 2002.0, 1e8, 5.0),
        ] {
            assert!((trend.in_year(year) / size - 1.0).abs() < 1e-9);
            assert!(
                (trend.in_year(year + years) / trend.in_year(year) - 2.0).abs() < 1e-9
            );
        }
        // The page's rounding of 1/3 moves the base a little.
        assert!((Trend::MEMORY.in_year(2001.0) / 4e9 - 1.0).abs() < 0.05);
        assert!((Trend::MEMORY.in_year(2026.0) / 1.348e12 - 1.0).abs() < 0.001);
    }
}
