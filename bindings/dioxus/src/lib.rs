//! hallpass for Dioxus: who is signed in as signals, guards, and a signed-in fetch.
//!
//! ```ignore
//! use hallpass_dioxus::{Mode, Options, SignedIn, SignedOut, use_auth_provider};
//!
//! #[component]
//! fn App() -> Element {
//!     use_auth_provider(|| Options::new(Mode::Hybrid));
//!     rsx! {
//!         SignedOut { Login {} }
//!         SignedIn { Orders {} }
//!     }
//! }
//! ```
#![cfg(target_arch = "wasm32")]

mod auth;
mod guards;

pub use auth::{Auth, use_auth, use_auth_provider};
pub use guards::{AuthGuard, Restoring, SignedIn, SignedOut};
pub use hallpass::*;
