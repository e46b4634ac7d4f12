//! Login, logout, and the question who is signed in: the requests of each, and who waits for them.

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
