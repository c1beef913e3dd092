//! Simulated time and a simulated network, shared by the chapters that need more than
//! one machine.
//!
//! Shown in `src/services/rpc.md`.
//!
//! What a program did is a list of lines in the form of a sequence diagram everywhere
//! in this library: `a -> b: text`, with a time in front where it matters, as in `12 ms
//! a -> b: text`.
//!
//! Nothing here reads a clock or opens a socket: a seed and a program give the same
//! events, in the same order, everywhere.
//!
//! ```
//! use system_design::simulation::{Conditions, Event, Network};
//!
//! let conditions = Conditions { min_delay: 1_000, max_delay: 5_000, ..Conditions::default() };
//! let mut network: Network<&str, ()> = Network::new(["client", "server"], conditions, 1);
//! let (client, server) = (0, 1);
//! network.send(client, server, "ping");
//! while let Some(event) = network.next_event() {
//!     if let Event::Message { from, to, message: "ping" } = event {
//!         network.send(to, from, "pong");
//!     }
//! }
//! let lines: Vec<&str> = network.lines().collect();
//! assert_eq!(lines, ["client -> server: ping", "server -> client: pong"]);
//! ```

mod events;
mod network;

pub use events::{EventId, EventQueue};
pub use network::{Conditions, Event, Network, NodeId, TraceLine};
