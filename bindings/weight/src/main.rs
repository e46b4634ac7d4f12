//! One app in Leptos with and without hallpass: a form that posts JSON, a call, and what came of it.
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(unused, reason = "it runs in a browser")
)]

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(all(target_arch = "wasm32", feature = "hallpass"))]
#[path = "with.rs"]
mod backend;
#[cfg(all(target_arch = "wasm32", not(feature = "hallpass")))]
#[path = "without.rs"]
mod backend;

fn main() {
    #[cfg(target_arch = "wasm32")]
    leptos::mount::mount_to_body(app::App);
}
