//! How often somebody may fail to log in.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::client::Millis;
use crate::error::ApiError;

const MAX_FAILURES: usize = 10;
const WINDOW_MS: Millis = 60_000;
/// Addresses that are remembered at a time, so that made-up ones cannot fill the memory.
const MAX_ADDRESSES: usize = 10_000;

/// Failed logins of one client, per mail address.
#[derive(Default)]
pub(crate) struct LoginLimiter {
    failures: Mutex<HashMap<String, Arc<AsyncMutex<Failures>>>>,
}

/// When the last attempts failed, oldest first.
pub(crate) type Failures = VecDeque<Millis>;

/// The turn to try one password. Attempts on an address take turns, so that none slips past the count.
pub(crate) struct Attempt(OwnedMutexGuard<Failures>);

impl LoginLimiter {
    /// Waits for the turn of `email`; 429 if too many failed within the last minute.
    pub(crate) async fn attempt(
        &self,
        email: &str,
        clock: impl Fn() -> Millis,
    ) -> Result<Attempt, ApiError> {
        let mut failures = self.of(email, clock()).lock_owned().await;
        // Waiting for the turn took time, in which others may have failed.
        let now = clock();
        failures.retain(|at| is_recent(*at, now));
        match failures.front() {
            Some(oldest) if failures.len() >= MAX_FAILURES => {
                let wait = WINDOW_MS - (now - oldest);
                Err(ApiError::too_many_logins(
                    wait.unsigned_abs().div_ceil(1000).max(1),
                ))
            }
            _ => Ok(Attempt(failures)),
        }
    }

    pub(crate) fn forget(&self) {
        self.failures.lock().clear();
    }

    fn of(&self, email: &str, now: Millis) -> Arc<AsyncMutex<Failures>> {
        let mut all = self.failures.lock();
        if all.len() >= MAX_ADDRESSES && !all.contains_key(email) {
            all.retain(|_, failures| match failures.try_lock() {
                Ok(failures) => failures.iter().any(|at| is_recent(*at, now)),
                Err(_) => true,
            });
        }
        all.entry(email.to_owned()).or_default().clone()
    }
}

impl Attempt {
    pub(crate) fn failed(mut self, now: Millis) {
        self.0.push_back(now);
    }

    pub(crate) fn succeeded(mut self) {
        self.0.clear();
    }
}

/// A clock that was set back leaves failures of the future behind; they do not count.
fn is_recent(at: Millis, now: Millis) -> bool {
    (0..WINDOW_MS).contains(&(now - at))
}
