//! Two connections to one store, and things to keep in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::server;
use crate::backend::clock::Millis;
use crate::backend::policy::{Algorithm, Policy};
use crate::backend::secret::{Hash, random_bytes, random_id};
use crate::backend::store::contract::Store;
use crate::backend::store::memory::Memory;
use crate::backend::store::records::{
    Account, FamilyRecord, Mode, NewTokens, Rotation, SessionRecord, User,
};
use crate::backend::store::redis::Redis;
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::StoredKey;
use crate::backend::store::sqlite::{Db, Sqlite};

pub(super) const NOW: Millis = 1_800_000_000_000;

/// Two connections to one store, and what holds it.
pub(super) struct Pair {
    pub(super) one: Arc<dyn Store>,
    pub(super) two: Arc<dyn Store>,
    _redis: Option<server::Redis>,
    _file: Option<File>,
}

/// A database file that goes with the test.
pub(super) struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

pub(super) enum Kind {
    Memory,
    Sqlite,
    Redis,
}

impl Pair {
    pub(super) async fn new(kind: Kind) -> Self {
        let pair = match kind {
            Kind::Memory => {
                let memory = Memory::default();
                Self {
                    one: Arc::new(memory.clone()),
                    two: Arc::new(memory),
                    _redis: None,
                    _file: None,
                }
            }
            Kind::Sqlite => {
                let file = File(path());
                Self {
                    one: sqlite(&file.0).await,
                    two: sqlite(&file.0).await,
                    _redis: None,
                    _file: Some(file),
                }
            }
            Kind::Redis => {
                let redis = server::Redis::start().await;
                Self {
                    one: connected(&redis).await,
                    two: connected(&redis).await,
                    _redis: Some(redis),
                    _file: None,
                }
            }
        };
        pair.one
            .add_users(vec![account("ada"), account("grace")])
            .await
            .unwrap();
        pair
    }
}

/// Beside the other tests' files; no two of a run are the same.
pub(super) fn path() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!(
        "hallpass-suite-{}-{count}.sqlite",
        std::process::id()
    ))
}

pub(super) async fn sqlite(path: &Path) -> Arc<dyn Store> {
    let (db, _) = Db::open(Some(path)).unwrap();
    Arc::new(Sqlite::open(db).await.unwrap())
}

pub(super) async fn connected(redis: &server::Redis) -> Arc<dyn Store> {
    Arc::new(Redis::connect(&redis.url()).await.unwrap())
}

pub(super) fn user(name: &str) -> User {
    User {
        id: format!("u-{name}"),
        email: format!("{name}@example.com"),
        name: name.to_owned(),
    }
}

pub(super) fn account(name: &str) -> Account {
    Account {
        user: user(name),
        password: format!("hash of {name}"),
    }
}

/// Of a client, some milliseconds after the start.
pub(super) fn at(client: &str, after: Millis) -> Scope {
    Scope {
        client: client.to_owned(),
        now: NOW + after,
        policy: Policy::default(),
    }
}

pub(super) fn start() -> Scope {
    at("default", 0)
}

pub(super) fn hash() -> Hash {
    random_bytes().unwrap()
}

pub(super) fn session(of: &str) -> SessionRecord {
    SessionRecord {
        hash: hash(),
        csrf_nonce: vec![0, 1, 255],
        user: user(of),
    }
}

pub(super) fn family(of: &str, mode: Mode) -> FamilyRecord {
    FamilyRecord {
        id: random_id().unwrap(),
        mode,
        csrf_nonce: vec![0, 1, 255],
        user: user(of),
        expires_at: start().refresh_end(Millis::MAX),
        must_end_at: start().family_end(),
    }
}

pub(super) fn refresh(hash: Hash) -> NewTokens {
    NewTokens {
        refresh: Some(hash),
        opaque: None,
    }
}

pub(super) fn rotation(family: &str, old: Hash, new: Hash) -> Rotation {
    Rotation {
        family: family.to_owned(),
        old,
        new: refresh(new),
        expires_at: start().refresh_end(Millis::MAX),
        sealed_answer: None,
    }
}

/// A family with its first token.
pub(super) async fn started(store: &dyn Store, of: &str) -> (FamilyRecord, Hash) {
    let (family, token) = (family(of, Mode::Jwt), hash());
    store
        .start_family(&start(), family.clone(), refresh(token))
        .await
        .unwrap();
    (family, token)
}

pub(super) fn key(id: &str, algorithm: Algorithm) -> StoredKey {
    StoredKey {
        id: id.to_owned(),
        algorithm,
        private: "secret".to_owned(),
        ends_at: None,
    }
}
