//! What a node knows by heart of what was revoked: for when the store is away, or so that not every request asks it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::backend::store::{MAX_LISTED, Revoked, Store};
use crate::backend::tenant::Tenant;

/// How long reading the list may take, beside the time between two readings.
const READING: Duration = Duration::from_secs(1);

/// Where a node looks whether a JWT, or the family that it is of, was revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationCheck {
    /// In the store, for each request: what was revoked is refused at once.
    #[default]
    Store,
    /// In the list that the node reads every [`Config::revocation_interval`](crate::Config): no request asks the store. While the list is too
    /// old, or may not be whole, the store is asked.
    List,
}

impl std::str::FromStr for RevocationCheck {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "store" => Ok(Self::Store),
            "list" => Ok(Self::List),
            _ => Err(format!("{name:?} is none of store, list")),
        }
    }
}

/// The list as it was last read.
pub(crate) struct Revocations {
    list: RwLock<List>,
    interval: Duration,
    reads: AtomicU64,
}

#[derive(Default)]
struct List {
    /// By client.
    revoked: HashMap<String, HashSet<String>>,
    count: usize,
    /// When it was asked for; what was revoked later may be missing.
    asked_at: Option<Instant>,
}

impl Revocations {
    /// One that is read every `interval`: so much of it may be missing when the store goes away.
    pub(crate) fn new(interval: Duration) -> Self {
        Self {
            list: RwLock::default(),
            interval,
            reads: AtomicU64::new(0),
        }
    }

    pub(crate) fn contains(&self, client: &str, id: &str) -> bool {
        let list = self.list.read();
        list.revoked.get(client).is_some_and(|ids| ids.contains(id))
    }

    /// Whether all is listed that was revoked before the last reading, and that was not long ago.
    pub(crate) fn are_whole(&self) -> bool {
        let list = self.list.read();
        let longest = self.interval.saturating_mul(2).saturating_add(READING);
        list.count < MAX_LISTED as usize && list.asked_at.is_some_and(|at| at.elapsed() < longest)
    }

    /// How often the list was read.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    fn learn(&self, revoked: Vec<Revoked>, asked_at: Instant) {
        let mut list = List {
            count: revoked.len(),
            asked_at: Some(asked_at),
            ..List::default()
        };
        for Revoked { client, id } in revoked {
            list.revoked.entry(client).or_default().insert(id);
        }
        *self.list.write() = list;
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// Reads the list again and again, and the keys of `tenant` with it, so that both are known when the store is away. Tells the
    /// operator when it goes and comes back.
    pub(crate) async fn follow(&self, store: &dyn Store, tenant: &Tenant, end: CancellationToken) {
        let mut is_away = false;
        loop {
            let looked = tenant.keys.read(store, &tenant.scope()).await;
            let asked_at = Instant::now();
            let listed = store.revoked().await;
            let listed = listed.map(|revoked| self.learn(revoked, asked_at));
            match looked.and(listed) {
                Ok(()) if std::mem::take(&mut is_away) => {
                    eprintln!("hallpass-server: the store is back");
                }
                Ok(()) => {}
                Err(error) if !std::mem::replace(&mut is_away, true) => {
                    eprintln!("hallpass-server: {error}");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = end.cancelled() => return,
                () = sleep(self.interval) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(count: u32) -> Vec<Revoked> {
        let revoked = |n| Revoked {
            client: "default".to_owned(),
            id: format!("id-{n}"),
        };
        (0..count).map(revoked).collect()
    }

    #[test]
    fn a_list_is_whole_once_read_and_until_it_is_old() {
        let list = Revocations::new(Duration::from_secs(2));
        assert!(!list.are_whole(), "it was never read");
        let now = Instant::now();
        list.learn(some(1), now);
        assert!(list.are_whole());
        assert!(list.contains("default", "id-0"));
        assert!(!list.contains("other", "id-0"));
        list.learn(some(1), now - Duration::from_secs(5));
        assert!(!list.are_whole(), "what was revoked since is missing");
        assert!(
            list.contains("default", "id-0"),
            "it is better than nothing"
        );
    }

    #[test]
    fn a_full_list_may_lack_something() {
        let list = Revocations::new(Duration::from_secs(2));
        list.learn(some(MAX_LISTED - 1), Instant::now());
        assert!(list.are_whole());
        list.learn(some(MAX_LISTED), Instant::now());
        assert!(!list.are_whole());
    }
}
