// ANCHOR: square
fn square(n: u64) -> u64 {
    n * n
}
// ANCHOR_END: square
