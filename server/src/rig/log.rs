//! What arrived, in the order of arrival. A test reads here what a browser really sent.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, header};
use parking_lot::Mutex;
use serde::Serialize;

use crate::backend::{fingerprint, real_now};
use crate::http::{CSRF_HEADER, IDEMPOTENCY_KEY, Note, pairs};

/// Older entries give way, so that a forgotten demo does not fill the memory.
const MAX_ENTRIES: usize = 20_000;

/// One request that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Counts from 1 in the order of arrival.
    pub seq: u64,
    /// Arrival in milliseconds since 1970, by the real clock.
    pub time_ms: i64,
    /// Also `OPTIONS`, of preflights.
    pub method: String,
    /// Without the client's prefix and without the query.
    pub path: String,
    /// `None`: not answered yet, or the connection was closed in place of an answer.
    pub status: Option<u16>,
    /// The handler is done with it: its effect is there, whatever becomes of the answer.
    pub worked: bool,
    /// `<scheme> <8 hex digits of the token's SHA-256>`.
    pub authorization: Option<String>,
    /// Names of the cookies that came along, in their order.
    pub cookies: Vec<String>,
    /// Whether a CSRF header came along.
    pub csrf: bool,
    /// The `Idempotency-Key`, as it came.
    pub idempotency_key: Option<String>,
    /// The `Origin`, as it came.
    pub origin: Option<String>,
    /// What the server made of it.
    pub note: Option<Note>,
}

/// The log of one client.
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    last_seq: u64,
    list: VecDeque<LogEntry>,
}

impl Log {
    /// Writes the arrival down; the answer's part comes with [`Log::answered`].
    pub(super) fn arrived(&self, method: &Method, path: &str, headers: &HeaderMap) -> u64 {
        let text = |name: &str| {
            headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut entries = self.entries.lock();
        entries.last_seq += 1;
        let entry = LogEntry {
            seq: entries.last_seq,
            time_ms: real_now(),
            method: method.to_string(),
            path: path.to_owned(),
            status: None,
            worked: false,
            authorization: text(header::AUTHORIZATION.as_str()).map(|value| redacted(&value)),
            cookies: pairs(headers).map(|(name, _)| name).collect(),
            csrf: headers.contains_key(CSRF_HEADER),
            idempotency_key: text(IDEMPOTENCY_KEY),
            origin: text(header::ORIGIN.as_str()),
            note: None,
        };
        entries.list.push_back(entry);
        if entries.list.len() > MAX_ENTRIES {
            entries.list.pop_front();
        }
        entries.last_seq
    }

    /// The effect is there. The answer may be held back, or get lost.
    pub(super) fn worked(&self, seq: u64) {
        self.change(seq, |entry| entry.worked = true);
    }

    /// `status` is `None` where the connection was closed without an answer.
    pub(super) fn answered(&self, seq: u64, status: Option<u16>, note: Option<Note>) {
        self.change(seq, |entry| {
            entry.status = status;
            entry.note = note;
        });
    }

    fn change(&self, seq: u64, change: impl FnOnce(&mut LogEntry)) {
        let mut entries = self.entries.lock();
        if let Some(entry) = entries.list.iter_mut().rev().find(|entry| entry.seq == seq) {
            change(entry);
        }
    }

    pub(super) fn entries(&self) -> Vec<LogEntry> {
        self.entries.lock().list.iter().cloned().collect()
    }

    /// Sequence numbers go on, so that an answer under way cannot land in another request's entry.
    pub(super) fn clear(&self) {
        self.entries.lock().list.clear();
    }
}

/// `Bearer abc` as `Bearer <fingerprint of abc>`; a value without scheme as the fingerprint alone.
pub(super) fn redacted(authorization: &str) -> String {
    match authorization.split_once(' ') {
        Some((scheme, credential)) => format!("{scheme} {}", fingerprint(credential.trim())),
        None => fingerprint(authorization),
    }
}
