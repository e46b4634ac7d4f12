//! Time, as the backend reckons it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) type Millis = i64;

/// When an access token was made: nanoseconds since 1970, no two the same on a node.
pub(crate) type Stamp = u128;

/// The time by the machine's clock.
pub(crate) fn real_now() -> Millis {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// Later than `last`, and as late as the machine's clock if that is later.
pub(crate) fn stamp_after(last: Stamp) -> Stamp {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    now.max(last.saturating_add(1))
}
