//! Harness of the browser tests: a few browsers side by side, each with a WebDriver and reference backends of its own, the
//! backends in this process, and a fresh client, fresh cookies and fresh storage for each test.

pub mod backend;
pub mod case;
pub mod driver;
mod durations;
pub mod engine;
pub mod memory;
pub mod mode;
mod names;
pub mod page;
pub mod plan;
mod stage;
mod steps;
pub mod suite;

pub use backend::{Backends, Requests};
pub use case::Case;
pub use engine::{Engine, Feature};
pub use memory::{Bytes, Memory, Use};
pub use mode::Mode;
pub use page::Page;
pub use plan::{Plan, Tier, by_core, by_engine};
pub use suite::{Suite, rounds, run};
