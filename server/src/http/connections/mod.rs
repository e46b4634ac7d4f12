//! Sockets: who may connect, by TLS or without, and for how long.
//!
//! Owns the accepting and serving of connections (`listener`), their `limits` (`arriving` is a body that has to come, `read` an
//! answer that has to be read), and certificates (`tls`, or `no_tls` where that is left out).
//! What is answered it does not know: whoever calls gives it an [`Answering`].
//! May ask: `backend` for hashes, `error` beside it.

mod arriving;
mod limits;
mod listener;
mod read;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

pub(crate) use arriving::Late;
pub use limits::Limits;
pub(crate) use listener::{Answering, Dropped, Listener, Peer};
pub use tls::Tls;
