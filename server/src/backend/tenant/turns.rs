//! Attempts to log in with one mail address take turns on a node; the store counts them, over all nodes.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::backend::secret::Hash;

/// Addresses that are remembered at a time, so that made-up ones cannot fill the memory.
const MAX_ADDRESSES: usize = 10_000;

/// Who tries a password just now, per hashed mail address. The store counts an attempt as failed until it succeeded: without
/// turns, many right passwords at once would look like as many wrong ones.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<Hash, Arc<AsyncMutex<()>>>>);

impl Turns {
    /// Waits for the turn of `address`; it lasts as long as what is returned.
    pub(crate) async fn take(&self, address: Hash) -> OwnedMutexGuard<()> {
        let turns = self.of(address);
        turns.lock_owned().await
    }

    fn of(&self, address: Hash) -> Arc<AsyncMutex<()>> {
        let mut all = self.0.lock();
        if all.len() >= MAX_ADDRESSES && !all.contains_key(&address) {
            all.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        all.entry(address).or_default().clone()
    }
}
