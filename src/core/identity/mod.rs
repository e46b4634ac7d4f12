//! Who somebody is, with what, and what tells one session and token from another.

pub(crate) mod counters;
pub(crate) mod credentials;
pub(crate) mod subject;
