//! Harness of the browser tests: one WebDriver and one browser for a run, the reference backend in the
//! same process, and a fresh client, fresh cookies and fresh storage for each test.

pub mod backend;
pub mod case;
pub mod driver;
pub mod engine;
pub mod memory;
pub mod mode;
mod names;
pub mod page;
pub mod suite;

pub use backend::{Backends, Requests};
pub use case::Case;
pub use engine::{Engine, Feature};
pub use memory::{Bytes, Memory, Use};
pub use mode::Mode;
pub use page::Page;
pub use suite::{Suite, rounds, run};
