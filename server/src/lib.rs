//! The reference backend of hallpass: sessions, JWT and hybrid, with faults to order.
//!
//! See `README.md` beside this crate for its HTTP surface.
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

mod access;
mod answers;
mod api;
mod app;
mod body;
mod caller;
mod client;
mod config;
mod control;
mod cookies;
mod cors;
mod csrf;
mod db;
mod error;
mod families;
mod faults;
mod front;
mod grace;
mod hybrid;
mod jws;
mod jwt;
mod keys;
mod limits;
mod log;
mod login;
mod missing;
mod password;
mod revocations;
mod running;
mod secret;
mod seed;
mod session;
mod statics;
mod store;
#[cfg_attr(not(feature = "tls"), path = "tls/missing.rs")]
mod tls;
mod users;

pub use config::{Algorithm, Config, PasswordCost, RevocationCheck, STRICT_CSP, StoreConfig};
pub use faults::{DropAt, Rule, Settings};
pub use log::{LogEntry, Note};
pub use missing::MissingFeature;
pub use running::{ControlError, Running, start};
pub use seed::{SignedIn, seed};
pub use store::Memory;
pub use tls::Tls;
