//! Naming and delivery: how a name becomes an address, and how content comes close to those who ask.
