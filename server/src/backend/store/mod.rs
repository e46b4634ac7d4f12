//! Where everything lies that several nodes have to agree on: users, sessions, token families, revocations, keys, login limits.
//!
//! Owns the contract ([`Store`]), what is kept (`records`, `signing_keys`), for whom and when (`scope`), and three stores that
//! keep it: `memory`, `sqlite`, `redis`. All of them pass one `suite`. Times are milliseconds since 1970 by the clock of the
//! caller's tenant, who says what time it is; secrets reach a store as SHA-256 only.
//!
//! May ask: `clock`, `error`, `policy`, `secret`. Knows nothing of passwords, tokens or HTTP.

mod contract;
mod limits;
mod memory;
mod records;
#[cfg(feature = "redis")]
mod redis;
mod scope;
mod signing_keys;
mod sqlite;
#[cfg(test)]
mod suite;

use std::sync::Arc;

pub(crate) use contract::Store;
pub(crate) use limits::MAX_LISTED;
pub use memory::Memory;
pub(crate) use records::{
    Account, FamilyRecord, Keep, Known, Mode, NewTokens, Opaque, Revoked, Rotation, SessionRecord,
    User,
};
pub(crate) use scope::Scope;
pub(crate) use signing_keys::{StoredKey, Turn, is_live};
pub(crate) use sqlite::{Closed, Db};

/// Where a node keeps what other nodes have to know.
#[derive(Clone, Default)]
pub enum StoreConfig {
    /// In the database of the node.
    #[default]
    Sqlite,
    /// In memory; nodes of one process may share it.
    Memory(Memory),
    /// In Redis, at a URL `redis://…`, with the feature `redis`. One Redis with its replicas, no cluster.
    Redis(String),
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "Sqlite",
            Self::Memory(_) => "Memory",
            // Its URL may hold a password.
            Self::Redis(_) => "Redis",
        })
    }
}

impl std::str::FromStr for StoreConfig {
    type Err = String;

    /// `sqlite`, `memory` or `redis://…`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "memory" => Ok(Self::Memory(Memory::default())),
            url if url.starts_with("redis://") => Ok(Self::Redis(url.to_owned())),
            _ => Err("the store is none of sqlite, sqlite:FILE, memory, redis://…".to_owned()),
        }
    }
}

/// The store that `config` names. `db` is the node's own database, and its store too unless there is another.
pub(crate) async fn open(config: &StoreConfig, db: &Db) -> std::io::Result<Arc<dyn Store>> {
    Ok(match config {
        StoreConfig::Sqlite => Arc::new(sqlite::Sqlite::open(db.clone()).await?),
        StoreConfig::Memory(memory) => Arc::new(memory.clone()),
        #[cfg(feature = "redis")]
        StoreConfig::Redis(url) => Arc::new(redis::Redis::connect(url).await?),
        #[cfg(not(feature = "redis"))]
        StoreConfig::Redis(_) => {
            return Err(crate::backend::missing::MissingFeature("redis").into());
        }
    })
}
