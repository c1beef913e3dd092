//! Services, networks and security: how programs on different machines talk, and whom
//! they trust.
//!
//! The pages are in `src/services`.

pub mod checksum;
pub mod claims;
pub mod discovery;
pub mod fallacies;
pub mod gateway;
pub mod handshake;
pub mod hypermedia;
pub mod input;
pub mod mesh;
pub mod monitoring;
pub mod passwords;
pub mod pool;
pub mod push;
pub mod rest;
pub mod rpc;
pub mod sha256;
pub mod tokens;
pub mod transport;
pub mod watch;
