//! hallpass for Leptos: who is signed in as signals, guards, and a signed-in fetch.
//!
//! ```ignore
//! use hallpass_leptos::{Mode, Options, SignedIn, SignedOut, provide_auth, use_auth};
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     provide_auth(Options::new(Mode::Hybrid));
//!     view! {
//!         <SignedOut><Login /></SignedOut>
//!         <SignedIn><Orders /></SignedIn>
//!     }
//! }
//! ```
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::must_use_candidate,
    reason = "components, of which a macro makes functions"
)]

mod auth;
mod guards;

pub use auth::{Auth, provide_auth, use_auth};
pub use guards::{AuthGuard, Restoring, SignedIn, SignedOut};
pub use hallpass::*;
