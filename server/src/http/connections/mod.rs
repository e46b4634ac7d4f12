//! Sockets: who may connect, by TLS or without, and for how long.
//!
//! Owns the accepting and serving of connections (`listener`), and certificates (`tls`, or `no_tls` where that is left out).
//! What is answered it does not know: whoever calls gives it an [`Answering`].
//! May ask: `backend` for hashes, `error` beside it.

mod listener;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

pub(crate) use listener::{Answering, Dropped, Listener};
pub use tls::Tls;
