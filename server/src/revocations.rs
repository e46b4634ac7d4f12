//! What a node knows by heart of what was revoked, for when the store is away.

use std::collections::HashSet;
use std::time::Duration;

use parking_lot::RwLock;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::{Revoked, Store};

/// How often a node reads the list: so much of it may be missing when the store goes away.
const EVERY: Duration = Duration::from_secs(2);

/// The list as it was last read.
#[derive(Default)]
pub(crate) struct Revocations(RwLock<HashSet<Revoked>>);

impl Revocations {
    pub(crate) fn contains(&self, client: &str, id: &str) -> bool {
        let (client, id) = (client.to_owned(), id.to_owned());
        self.0.read().contains(&Revoked { client, id })
    }

    /// Reads the list again and again, and tells the operator when the store goes away and comes back.
    pub(crate) async fn follow(&self, store: &dyn Store, end: CancellationToken) {
        let mut is_away = false;
        loop {
            match store.revoked().await {
                Ok(revoked) => {
                    *self.0.write() = revoked.into_iter().collect();
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
