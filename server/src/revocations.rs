//! What a node knows by heart of what was revoked, for when the store is away.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::RwLock;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::{Revoked, Store};

/// How often a node reads the list: so much of it may be missing when the store goes away.
const EVERY: Duration = Duration::from_secs(2);

/// The list as it was last read.
#[derive(Default)]
pub(crate) struct Revocations {
    list: RwLock<HashSet<Revoked>>,
    reads: AtomicU64,
}

impl Revocations {
    pub(crate) fn contains(&self, client: &str, id: &str) -> bool {
        let (client, id) = (client.to_owned(), id.to_owned());
        self.list.read().contains(&Revoked { client, id })
    }

    /// How often the list was read.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Reads the list again and again, and tells the operator when the store goes away and comes back.
    pub(crate) async fn follow(&self, store: &dyn Store, end: CancellationToken) {
        let mut is_away = false;
        loop {
            match store.revoked().await {
                Ok(revoked) => {
                    *self.list.write() = revoked.into_iter().collect();
                    self.reads.fetch_add(1, Ordering::Relaxed);
                    if std::mem::take(&mut is_away) {
                        eprintln!("hallpass-server: the store is back");
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        eprintln!("hallpass-server: {error}");
                    }
                }
            }
            tokio::select! {
                () = end.cancelled() => return,
                () = sleep(EVERY) => {}
            }
        }
    }
}
