//! hallpass for Yew: who is signed in as state, guards, and a signed-in fetch.
//!
//! ```ignore
//! use hallpass_yew::{AuthProvider, Mode, Options, SignedIn, SignedOut};
//!
//! #[component]
//! fn App() -> Html {
//!     html! {
//!         <AuthProvider options={Options::new(Mode::Hybrid)}>
//!             <SignedOut><Login /></SignedOut>
//!             <SignedIn><Orders /></SignedIn>
//!         </AuthProvider>
//!     }
//! }
//! ```
#![cfg(target_arch = "wasm32")]

mod auth;
mod guards;
mod provider;

pub use auth::{Auth, use_auth};
pub use guards::{AuthGuard, AuthGuardProps, GuardProps, Restoring, SignedIn, SignedOut};
pub use hallpass::*;
pub use provider::{AuthProvider, AuthProviderProps};
