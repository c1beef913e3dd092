//! Calling code that may panic, without ending the program and without a word on standard error.
//!
//! `layout-rs` asserts what its layout should fulfil, and some dense graphs don't.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// What `call` returns; none if it panics.
pub(super) fn attempt<T>(call: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                outer(info);
            }
        }));
    });
    let before = IS_QUIET.replace(true);
    // What a failed call leaves behind is dropped, so nobody sees it half done.
    let result = panic::catch_unwind(AssertUnwindSafe(call)).ok();
    IS_QUIET.set(before);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_result() {
        assert_eq!(attempt(|| 1), Some(1));
        assert_eq!(attempt(|| -> u32 { panic!("never printed") }), None);
    }
}
