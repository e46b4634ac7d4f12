//! The only place that names the browser. It carries out effects and delivers
//! inputs. What decides something here says so in its first lines.
//!
//! What takes time is written in JavaScript, in `shell.js` and the files that it
//! puts together: futures and closures in WebAssembly for it would be most of
//! the package (`docs/decisions/0002`).

#[cfg(feature = "js")]
pub(crate) mod base64url;
pub(crate) mod delivered;
pub(crate) mod scope;
pub(crate) mod shell;
pub(crate) mod storage;
pub(crate) mod urls;
pub(crate) mod values;

#[cfg(not(feature = "js"))]
pub(crate) use web_sys::{AbortSignal, Request, Response};
