//! What the tabs of one browser share.

pub(crate) mod lock;
