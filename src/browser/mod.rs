//! The only place that names the browser. Each file carries out one kind of
//! effect or delivers one kind of input, and decides nothing.

pub(crate) mod channel;
pub(crate) mod fetch;
pub(crate) mod http;
pub(crate) mod lock;
pub(crate) mod page;
pub(crate) mod page_csrf;
pub(crate) mod scope;
pub(crate) mod storage;
pub(crate) mod timer;
pub(crate) mod urls;
