//! What servers answer and what the store holds: read within limits, into types.

pub(crate) mod challenge;
pub(crate) mod quotes;
pub(crate) mod reading;
pub(crate) mod record;
pub(crate) mod text;
pub(crate) mod tokens;
pub(crate) mod verdict;
pub(crate) mod words;
