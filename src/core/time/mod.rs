//! The one clock.

pub(crate) mod clock;
