//! How many may connect, and how long a connection may take for what.

use std::time::Duration;

/// Limits of connections. What a caller has to send or to read may take its time and one second more for each
/// [`Limits::MIN_RATE`] bytes, so that large bodies pass on slow lines and drops of them do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time, those included whose request is still worked on. Further ones wait to be accepted.
    pub connections: usize,
    /// Longest TLS handshake.
    pub handshake: Duration,
    /// From connecting, or from the last answer, to the end of a request's head. So long a connection may be idle too.
    pub head: Duration,
    /// Longest wait for a small body.
    pub body: Duration,
    /// Longest wait for a caller to read a small answer.
    pub unread: Duration,
}

impl Limits {
    /// Bytes a second.
    pub const MIN_RATE: u64 = 500;
    /// Bytes of a request's head.
    pub const HEAD_BYTES: usize = 128 * 1024;

    /// How long so many bytes may take.
    pub(super) fn time_for(bytes: u64, at_least: Duration) -> Duration {
        at_least.saturating_add(Duration::from_secs(bytes / Self::MIN_RATE))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            body: Duration::from_secs(20),
            unread: Duration::from_secs(20),
        }
    }
}
