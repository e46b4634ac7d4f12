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
//! # The rooms, from the bottom up. Each asks only those before it.
//!
//! | room | owns | asks |
//! |---|---|---|
//! | `port` | nothing: the types that go in and out | |
//! | `time`, `options` | the one clock; the checked options | `port` |
//! | `identity` | nothing: credentials, counters, and who is the same person | |
//! | `context` | the configuration, the present input's time, the journal, randomness, the list of effects | those |
//! | `wire` | nothing: what answers and stored texts mean | `identity`, `context` |
//! | `session` | who is signed in, since when, with what; what the app is shown; the doubt about it | `wire` |
//! | `store` | the reads that are under way, and what another tab says to have written | `context` |
//! | `tabs` | the lock between tabs | `context` |
//! | `csrf` | the token of a CSRF endpoint, and who waits for it | `wire` |
//! | `calls` | the calls of the app that are under way | `context` |
//! | `refresh` | the phase of the refresh, the attempt's name, the pause after a failure | `context` |
//! | `auth` | the login, the logout and the question of `me` that are out; the note of a logout | `refresh` (how long to pause, and what renews), `session` (the header of a token) |
//! | `engine` | nothing but the parts: where an input goes, and what follows for one part from what another has learnt | all |
//!
//! A part is a type with private fields. A request, a read, the lock and a step of the refresh have their deadline in the value
//! that says that it is waited for, and [`Engine::next_deadline`] is the earliest of them. A call, and a login that is queued,
//! wait for one of these.
//!
//! # What is counted
//!
//! | counter | counts | raised by | compared |
//! |---|---|---|---|
//! | `Epoch` | sessions of this client: logins, logouts, changes of the person | `session` (`begin`, `next_epoch`) | an answer, a read and a call with the session that they were begun in |
//! | `Holding` | credentials that this client has held, whoever brought them | `session.hold` | a call's 401, a refresh and a pass with what is held now |
//! | `Generation` | tokens of one session, in all of its tabs | `session.hold`; taken from a stored record | a stored record and another tab's word with what is held here |
//! | `LoginTime` | nothing: when the session began, by the wall clock of the tab that logged in; it names the session in all tabs | `session.begin` | a stored record and another tab's word with this session |
//! | CSRF version | tokens of the CSRF endpoint | `csrf.read` | a refused request's token with the present one |
//! | `RequestId`, `CallId` | requests of our own; calls | `context.send`; the shell | an answer with what is out |
//! | snapshot version | states that the app was shown | `session.publish` | by the package, to keep one object for one state |
//!
//! `Epoch` and `Holding` are this client's, `Generation` and `LoginTime` those of all tabs; two tabs that got the same answer may
//! count its generation differently, so a holding cannot be told by it.

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
pub use options::config::{
    Config, CsrfSource, Endpoint, Fields, Mode, StorageKind, Transport, UserSource,
};
pub use options::fault::{Fault, Misconfigured};
pub use options::given::Options;
pub use options::origin::{Origin, Url, Urls};
pub use port::answer::{Answer, Failure, Said};
pub use port::effect::{Effect, Outcome, Watch};
pub use port::error::{AuthError, Code, Known};
pub use port::ids::{CallId, RequestId};
pub use port::input::{Body, FetchAnswer, FetchFacts, Input, LoadFailure, PageEvent, StoreFailure};
pub use port::message::{Message, SharedAccess, Word};
pub use port::pass::Pass;
pub use port::request::{HeaderValue, HttpRequest, PageCsrf, Redirects, RequestKind, Tokens};
pub use port::secret::Secret;
#[cfg(not(feature = "js"))]
pub use port::shown::StepUp;
pub use port::shown::{Change, Event, Reason, Snapshot, Status, StorageState};
pub use time::clock::{Mono, Now, ServerTime, Wall};
pub use wire::challenge::wants_step_up;
