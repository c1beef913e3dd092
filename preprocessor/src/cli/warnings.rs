//! mdBook's own log: warnings are printed and kept, since mdBook exits 0 on them.

use crate::cli::output;
use mdbook_proof::text::visible;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

static GIVEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Prints and keeps mdBook's warnings from now on.
pub(crate) fn watch() {
    let subscriber = tracing_subscriber::registry().with(Warnings);
    // Fails only if it was called before, which changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// How many warnings mdBook has given so far.
pub(crate) fn count() -> usize {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Takes those warnings, which then no longer count.
#[cfg(feature = "serve")]
pub(crate) fn take() -> Vec<String> {
    std::mem::take(&mut GIVEN.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Warnings;

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() <= Level::WARN && metadata.target().starts_with("mdbook") {
            let mut message = Message(String::new());
            event.record(&mut message);
            let text = visible::text(&format!("warning[mdbook]: {}", message.0));
            output::say(&format!("{text}\n"));
            let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
            given.push(text);
        }
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}
