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

mod answer;
mod call;
mod challenge;
mod clock;
mod config;
mod cooldown;
mod csrf;
mod effect;
mod engine;
mod error;
mod fault;
mod flight;
mod input;
mod journal;
mod lock;
mod login;
mod logout;
mod me;
mod options;
mod options_list;
mod origin;
#[cfg(not(target_arch = "wasm32"))]
mod outline;
mod pass;
mod quotes;
mod record;
mod refresh;
mod refresh_answer;
mod refresh_request;
mod restore;
mod secret;
mod session;
mod tabs;
mod text;
mod timer;
mod token_answer;
mod weight;

pub use answer::{Answer, Failure};
pub use challenge::wants_step_up;
pub use clock::{Mono, Now, ServerTime, Wall};
pub use config::{Config, CsrfSource, Mode, StorageKind, Transport};
pub use effect::{Effect, HeaderValue, HttpRequest, Outcome, PageCsrf, Watch};
pub use engine::Engine;
pub use error::{AuthError, Code, Known};
pub use fault::{Fault, Misconfigured};
pub use flight::{CallId, RequestId};
pub use input::{Body, FetchAnswer, FetchFacts, Input, LoadFailure, PageEvent, StoreFailure};
pub use journal::JournalEntry;
pub use options::{Endpoint, Fields, Options};
pub use origin::{Origin, Url, Urls};
#[cfg(not(target_arch = "wasm32"))]
#[doc(hidden)]
pub use outline::Outline;
pub use pass::Pass;
pub use secret::Secret;
#[cfg(not(feature = "js"))]
pub use session::StepUp;
pub use session::{Change, Event, Reason, Snapshot, Status, StorageState};
pub use tabs::{Message, SharedAccess, Word};
