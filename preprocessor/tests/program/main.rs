//! The real program on books made for the purpose. A test's name is the claim it makes.
#![allow(
    clippy::format_push_string,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test builds small texts and ends where it fails"
)]

mod answers;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod attempts;
mod bad_input;
mod blocks;
mod changes;
mod claims;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod escapes;
mod explain;
mod fixture;
mod gather;
mod hidden_characters;
#[cfg(target_os = "linux")]
mod hostile;
mod included;
mod independence;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod lacking;
mod links;
mod live;
mod lookalikes;
mod new;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ordinary;
mod others;
mod outlets;
mod outputs;
mod pictures;
mod places;
mod planted;
mod protocol;
mod quantities;
mod reach;
mod remembered;
mod requests;
mod seeds;
mod serve;
mod shared_names;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod shim;
mod shown;
mod store;
mod stranger;
mod subfolder;
mod tables;
mod vary;
mod wrapped;
