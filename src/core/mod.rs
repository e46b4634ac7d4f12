//! Every decision of hallpass, with no clock, no network, no storage and no
//! randomness of its own.
//!
//! The engine takes one input at a time and answers with effects. A shell (the
//! browser, a test, a simulation) carries the effects out and feeds back what
//! came of them:
//!
//! ```
//! use hallpass::core::{Effect, Engine, Input, Mono, Now, Wall};
//!
//! fn drive(engine: &mut Engine, now: Now, first: Input, mut carry_out: impl FnMut(Effect) -> Option<Input>) {
//!     let mut inputs = vec![first];
//!     while let Some(input) = inputs.pop() {
//!         for effect in engine.handle(now, input) {
//!             inputs.extend(carry_out(effect)); // what came of it, now or later
//!         }
//!     }
//!     let _wake_me_at = engine.next_deadline(); // then feed `Input::Tick`
//! }
//! # let _ = |e: &mut Engine| drive(e, Now { mono: Mono(0), wall: Wall(0) }, Input::Tick, |_| None);
//! ```
//!
//! The refresh protocol is in `refresh`, the life of one `authFetch` in `call`.

#![forbid(unsafe_code)]

mod auth;
mod calls;
mod context;
mod csrf;
mod engine;
mod identity;
mod options;
mod port;
mod refresh;
mod session;
mod store;
mod tabs;
mod time;
mod wire;

pub use context::journal::JournalEntry;
#[cfg(not(target_arch = "wasm32"))]
#[doc(hidden)]
pub use engine::outline::Outline;
pub use engine::state::Engine;
pub use options::checker::Options;
pub use options::config::{Config, CsrfSource, Endpoint, Fields, Mode, StorageKind, Transport};
pub use options::fault::{Fault, Misconfigured};
pub use options::origin::{Origin, Url, Urls};
pub use port::answer::{Answer, Failure};
pub use port::effect::{Effect, Outcome, Watch};
pub use port::error::{AuthError, Code, Known};
pub use port::ids::{CallId, RequestId};
pub use port::input::{Body, FetchAnswer, FetchFacts, Input, LoadFailure, PageEvent, StoreFailure};
pub use port::message::{Message, SharedAccess, Word};
pub use port::pass::Pass;
pub use port::request::{HeaderValue, HttpRequest, PageCsrf, Redirects};
pub use port::secret::Secret;
#[cfg(not(feature = "js"))]
pub use port::shown::StepUp;
pub use port::shown::{Change, Event, Reason, Snapshot, Status, StorageState};
pub use time::clock::{Mono, Now, ServerTime, Wall};
pub use wire::challenge::wants_step_up;
