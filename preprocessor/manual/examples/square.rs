//! The file that the page on blocks includes from.

// ANCHOR: square
/// A number times itself.
fn square(n: u64) -> u64 {
    n * n
}
// ANCHOR_END: square
