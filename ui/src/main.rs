//! The window: shows snapshots of the core and sends commands, nothing else.
//!
//! **Invariant: no truth is kept here.** `store.rs` mirrors the core's snapshot as signals, `local.rs` holds
//! what is open on this page, `components/` know only their properties, `panels/` read the store, and
//! `bridge.rs` alone calls out of Rust.

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "on the host only tests draw the window"))]

mod app;
mod bridge;
mod components;
mod keys;
mod local;
mod panels;
mod store;
mod words;

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    app::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
