//! The four programs, end to end, on a tiny synthetic field.
#![allow(missing_docs, clippy::unwrap_used)]

mod controls;
mod determinism;
mod errors;
mod exports;
mod incremental;
mod packs;
#[path = "../programs.rs"]
mod programs;
mod protocols;
mod shards;
mod study;
mod training;
