//! Case studies: whole designs from the parts of the other chapters.

mod blocks;
mod bookstore;
mod chat;
mod codes;
mod crawler;
mod keyvalue;
mod service;
mod swarm;
mod timelines;

pub use blocks::{Cluster, Loss, Machine, Placement, crossings, lost_share, place};
pub use bookstore::{Cart, Day, Sales, Stock, sell};
pub use chat::{Design, MessageId, Phone, Room, Seen, Sent, answers_before_questions, send_lines};
pub use codes::{Filling, Refused, Scheme, Shortener, base62, code, filling, from_base62};
pub use crawler::{Crawl, Frontier, Page, crawl};
pub use keyvalue::{KeyStore, Promise};
pub use service::{Load, PAGE, Parts, Service, Tally, Used, run_load};
pub use swarm::{among_peers, from_one_server};
pub use timelines::{Follows, Post, Timelines};
