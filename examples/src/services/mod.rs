//! Services, networks and security: how programs on different machines talk, and whom they trust.

mod checksum;
mod claims;
mod discovery;
pub mod fallacies;
mod gateway;
mod handshake;
mod hypermedia;
mod input;
mod mesh;
mod monitoring;
mod pool;
mod push;
mod rest;
pub mod rpc;
mod sha256;
mod tokens;
mod transport;
mod watch;

pub use checksum::{crc32, internet_checksum};
pub use claims::{Claim, claims};
pub use discovery::{Registry, found_after_crash};
pub use gateway::{Gateway, Turned};
pub use handshake::{Setup, connect, key_share};
pub use hypermedia::{Page, Shop, State, follow};
pub use input::{Rule, Token, escape_html, is_allowed, remove_scripts, shape, tags};
pub use mesh::{Chain, is_on};
pub use monitoring::{Buckets, BurnAlert, increase};
pub use pool::{Database, with_pool};
pub use push::{Price, Sizes, Way, deliver};
pub use rest::{Items, Request, is_idempotent, is_safe, some_states};
pub use sha256::{base64url, from_base64url, hmac, sha256};
pub use tokens::{
    OnceOnly, Refused, Trust, content_as_header_says, issue, sign, signed_content, verify,
};
pub use transport::{
    Packet, Reaction, Sending, Transfer, datagrams, reliable, share_link, windows_by_round,
};
pub use watch::{Collection, Noticed, Watch};
