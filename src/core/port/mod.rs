//! What goes into the engine and what comes out of it: the types that a shell, an app and the engine share.

pub(crate) mod answer;
pub(crate) mod effect;
pub(crate) mod error;
pub(crate) mod ids;
pub(crate) mod input;
pub(crate) mod message;
pub(crate) mod pass;
pub(crate) mod request;
pub(crate) mod secret;
pub(crate) mod shown;
