//! The reference backend of hallpass: sessions, JWT and hybrid, with faults to order.
//!
//! See `README.md` beside this crate for its HTTP surface.
//!
//! Three rooms, each of which looks down only: `rig` (what breaks it on purpose), `http` (its face), `backend` (all the rest). What
//! puts them together is beside them: `config`, `running`, and `seed` for measurements.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! use hallpass_server::{Config, PasswordCost, start};
//!
//! let config = Config { faults: true, password_cost: PasswordCost::TESTS, ..Config::default() };
//! let server = start(config).await?;
//! println!("{}", server.base_url());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod backend;
mod config;
mod http;
mod rig;
mod running;
mod seed;

pub use backend::{Algorithm, Memory, MissingFeature, PasswordCost, RevocationCheck, StoreConfig};
pub use config::{Config, STRICT_CSP};
pub use http::{DefaultMode, Limits, Note, Tls};
pub use rig::{DropAt, LogEntry, Rule, Settings};
pub use running::{ControlError, Running, start};
pub use seed::{SignedIn, seed};
