//! What every store has to do: one suite, run against each of them by two connections.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;

use super::*;
use crate::config::Algorithm;
use crate::secret::{random_bytes, random_id};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests over HTTP use more of it"
)]
#[path = "../../tests/http/redis.rs"]
mod server;

const NOW: Millis = 1_800_000_000_000;

/// Two connections to one store, and what holds it.
struct Pair {
    one: Arc<dyn Store>,
    two: Arc<dyn Store>,
    _redis: Option<server::Redis>,
    _file: Option<File>,
}

/// A database file that goes with the test.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

enum Kind {
    Memory,
    Sqlite,
    Redis,
}

impl Pair {
    async fn new(kind: Kind) -> Self {
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
fn path() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!(
        "hallpass-suite-{}-{count}.sqlite",
        std::process::id()
    ))
}

async fn sqlite(path: &Path) -> Arc<dyn Store> {
    let (db, _) = Db::open(Some(path)).unwrap();
    Arc::new(super::sqlite::Sqlite::open(db).await.unwrap())
}

async fn connected(redis: &server::Redis) -> Arc<dyn Store> {
    Arc::new(super::redis::Redis::connect(&redis.url()).await.unwrap())
}

fn user(name: &str) -> User {
    User {
        id: format!("u-{name}"),
        email: format!("{name}@example.com"),
        name: name.to_owned(),
    }
}

fn account(name: &str) -> Account {
    Account {
        user: user(name),
        password: format!("hash of {name}"),
    }
}

/// Of a client, some milliseconds after the start.
fn at(client: &str, after: Millis) -> Scope {
    Scope {
        client: client.to_owned(),
        now: NOW + after,
        policy: Policy::from_config(&Config::default()),
    }
}

fn start() -> Scope {
    at("default", 0)
}

fn hash() -> Hash {
    random_bytes().unwrap()
}

fn session(of: &str) -> SessionRecord {
    SessionRecord {
        hash: hash(),
        csrf_nonce: vec![0, 1, 255],
        user: user(of),
    }
}

fn family(of: &str, mode: Mode) -> FamilyRecord {
    FamilyRecord {
        id: random_id().unwrap(),
        mode,
        csrf_nonce: vec![0, 1, 255],
        user: user(of),
    }
}

fn refresh(hash: Hash) -> NewTokens {
    NewTokens {
        refresh: Some(hash),
        opaque: None,
    }
}

fn rotation(family: &str, old: Hash, new: Hash) -> Rotation {
    Rotation {
        family: family.to_owned(),
        old,
        new: refresh(new),
        sealed_answer: None,
    }
}

/// A family with its first token.
async fn started(store: &dyn Store, of: &str) -> (FamilyRecord, Hash) {
    let (family, token) = (family(of, Mode::Jwt), hash());
    store
        .start_family(&start(), family.clone(), refresh(token))
        .await
        .unwrap();
    (family, token)
}

/// One test for each store.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Pair::new(super::Kind::Memory).await).await })+
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Pair::new(super::Kind::Sqlite).await).await })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Pair::new(super::Kind::Redis).await).await })+
        }
    };
}

on_every_store!(
    secrets_are_made_once,
    users_are_added_once,
    ten_attempts_fail_within_a_minute_however_many_nodes_there_are,
    a_session_is_seen_by_all_and_ended_for_all,
    a_session_ends_idle_and_absolutely,
    a_login_replaces_its_session,
    a_refresh_token_rotates_once,
    a_refresh_token_is_known_to_its_mode_and_client,
    a_rotation_keeps_its_answer,
    an_ended_refresh_token_does_not_rotate,
    a_revoked_family_is_refused_by_all,
    opaque_tokens_end,
    what_ends_for_one_client_stays_for_another,
    a_revoked_jti_is_refused_by_all_and_its_family_lives,
    everything_of_a_user_ends_but_what_is_kept,
    a_new_password_is_seen_by_all,
    the_first_key_is_one_for_all,
    a_rotated_key_verifies_until_its_end,
    the_tools_of_the_tests_reach_all_of_a_client,
    of_two_rotations_at_once_one_takes_place,
);

async fn secrets_are_made_once(Pair { one, two, .. }: Pair) {
    let (a, b) = tokio::join!(one.secret("csrf", hash()), two.secret("csrf", hash()));
    assert_eq!(a.unwrap(), b.unwrap());
    let other = one.secret("other", [7; 32]).await.unwrap();
    assert_eq!(other, [7; 32]);
}

async fn users_are_added_once(Pair { one, two, .. }: Pair) {
    assert!(two.has_users().await.unwrap());
    let again = Account {
        password: "another".to_owned(),
        ..account("ada")
    };
    two.add_users(vec![again]).await.unwrap();
    let found = one.account("ada@example.com").await.unwrap().unwrap();
    assert_eq!(
        (found.user, found.password.as_str()),
        (user("ada"), "hash of ada")
    );
    assert!(one.account("nobody@example.com").await.unwrap().is_none());
}

async fn ten_attempts_fail_within_a_minute_however_many_nodes_there_are(
    Pair { one, two, .. }: Pair,
) {
    let address = hash();
    for second in 0..5 {
        for store in [&one, &two] {
            let attempt = store
                .login_attempt(&at("default", second * 1000), address)
                .await;
            assert_eq!(attempt.unwrap(), Ok(()));
        }
    }
    for store in [&one, &two] {
        let refused = store.login_attempt(&at("default", 5_000), address).await;
        assert_eq!(refused.unwrap(), Err(55_000));
        let free = store.login_attempt(&at("default", 5_000), hash()).await;
        assert_eq!(free.unwrap(), Ok(()), "another address");
        let other = store.login_attempt(&at("other", 5_000), address).await;
        assert_eq!(other.unwrap(), Ok(()), "another client");
    }
    let later = one.login_attempt(&at("default", 60_000), address).await;
    assert_eq!(later.unwrap(), Ok(()), "the first two have left the window");
    two.login_succeeded(&at("default", 60_000), address)
        .await
        .unwrap();
    for _ in 0..10 {
        let again = one.login_attempt(&at("default", 60_000), address).await;
        assert_eq!(again.unwrap(), Ok(()));
    }
}

async fn a_session_is_seen_by_all_and_ended_for_all(Pair { one, two, .. }: Pair) {
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let seen = two.touch_session(&at("default", 1), session.hash).await;
    assert_eq!(seen.unwrap(), Some(session.clone()));
    let other = two.touch_session(&at("other", 1), session.hash).await;
    assert_eq!(other.unwrap(), None);
    two.end_session(&at("other", 2), session.hash)
        .await
        .unwrap();
    assert!(
        one.touch_session(&start(), session.hash)
            .await
            .unwrap()
            .is_some()
    );
    two.end_session(&at("default", 2), session.hash)
        .await
        .unwrap();
    let gone = one.touch_session(&at("default", 3), session.hash).await;
    assert_eq!(gone.unwrap(), None);
}

async fn a_session_ends_idle_and_absolutely(Pair { one, two, .. }: Pair) {
    let (idle, absolute) = (30 * 60_000, 12 * 3_600_000);
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let mut time = 0;
    while time + idle - 1 < absolute {
        time += idle - 1;
        let seen = two.touch_session(&at("default", time), session.hash).await;
        assert!(seen.unwrap().is_some(), "in use until {time}");
    }
    let ended = one
        .touch_session(&at("default", absolute), session.hash)
        .await;
    assert_eq!(ended.unwrap(), None);
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let ended = two.touch_session(&at("default", idle), session.hash).await;
    assert_eq!(ended.unwrap(), None);
    let ended = one.touch_session(&start(), session.hash).await;
    assert_eq!(ended.unwrap(), None, "for good");
}

async fn a_login_replaces_its_session(Pair { one, two, .. }: Pair) {
    let (first, second) = (session("ada"), session("ada"));
    one.start_session(&start(), first.clone(), None)
        .await
        .unwrap();
    two.start_session(&start(), second.clone(), Some(first.hash))
        .await
        .unwrap();
    assert_eq!(one.touch_session(&start(), first.hash).await.unwrap(), None);
    assert_eq!(
        one.touch_session(&start(), second.hash).await.unwrap(),
        Some(second)
    );
}

async fn a_refresh_token_rotates_once(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let next = hash();
    assert!(
        two.rotate(&at("default", 1), rotation(&family.id, token, next))
            .await
            .unwrap()
    );
    for store in [&one, &two] {
        let again = store
            .rotate(&at("default", 2), rotation(&family.id, token, hash()))
            .await;
        assert!(!again.unwrap());
        let old = store
            .refresh_token(&start(), None, token)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(old.rotated_at, Some(NOW + 1));
        let new = store
            .refresh_token(&start(), None, next)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(new.rotated_at, None);
        assert_eq!(new.expires_at, at("default", 1).refresh_end());
        assert_eq!((new.family, new.user), (family.id.clone(), user("ada")));
        assert_eq!(new.csrf_nonce, family.csrf_nonce);
    }
    let strange = rotation("another", next, hash());
    assert!(!one.rotate(&start(), strange).await.unwrap());
    let unknown = rotation(&family.id, hash(), hash());
    assert!(!one.rotate(&start(), unknown).await.unwrap());
}

async fn a_refresh_token_is_known_to_its_mode_and_client(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let known = async |client, mode| {
        let known = two.refresh_token(&at(client, 0), mode, token).await;
        known.unwrap().is_some()
    };
    assert!(known("default", None).await);
    assert!(known("default", Some(Mode::Jwt)).await);
    assert!(!known("default", Some(Mode::Hybrid)).await);
    assert!(!known("other", None).await);
    let elsewhere = rotation(&family.id, token, hash());
    assert!(!two.rotate(&at("other", 0), elsewhere).await.unwrap());
    two.end_family(&at("other", 0), &family.id).await.unwrap();
    let access = one.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(access.unwrap(), Some(user("ada")));
    let access = one.access(&start(), Mode::Hybrid, &family.id, None).await;
    assert_eq!(access.unwrap(), None);
    let access = one
        .access(&at("other", 0), Mode::Jwt, &family.id, None)
        .await;
    assert_eq!(access.unwrap(), None);
}

async fn a_rotation_keeps_its_answer(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let sealed = vec![0, 159, 146, 150];
    let rotation = Rotation {
        sealed_answer: Some(sealed.clone()),
        ..rotation(&family.id, token, hash())
    };
    assert!(one.rotate(&start(), rotation).await.unwrap());
    let known = two
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.sealed_answer, Some(sealed));
}

async fn an_ended_refresh_token_does_not_rotate(Pair { one, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let mut late = start();
    late.now = start().refresh_end();
    assert!(
        !one.rotate(&late, rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
    late.now -= 1;
    assert!(
        one.rotate(&late, rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
}

async fn a_revoked_family_is_refused_by_all(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let (other, _) = started(&*one, "ada").await;
    one.end_family(&start(), &family.id).await.unwrap();
    let access = two.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(access.unwrap(), None);
    assert!(
        !two.rotate(&start(), rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
    let known = two
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert!(known.revoked);
    let access = two.access(&start(), Mode::Jwt, &other.id, None).await;
    assert!(access.unwrap().is_some());
    let listed = Revoked {
        client: "default".to_owned(),
        id: family.id,
    };
    assert_eq!(two.revoked().await.unwrap(), [listed]);
    two.end_family(&start(), "unknown").await.unwrap();
    assert_eq!(one.revoked().await.unwrap().len(), 1);
}

async fn opaque_tokens_end(Pair { one, two, .. }: Pair) {
    let (family, refresh_token) = started(&*one, "ada").await;
    let opaque = |expires_at| Opaque {
        hash: hash(),
        expires_at,
    };
    let (short, endless, rotated) = (
        opaque(Some(NOW + 1000)),
        opaque(None),
        opaque(Some(NOW + 1000)),
    );
    for token in [short, endless] {
        one.add_opaque(&start(), &family.id, token).await.unwrap();
    }
    let new = NewTokens {
        refresh: Some(hash()),
        opaque: Some(rotated),
    };
    let rotation = Rotation {
        new,
        ..rotation(&family.id, refresh_token, hash())
    };
    assert!(one.rotate(&start(), rotation).await.unwrap());
    let of = async |after, token: Opaque| {
        let family = two
            .family_of_opaque(&at("default", after), token.hash)
            .await;
        family.unwrap()
    };
    for token in [short, endless, rotated] {
        assert_eq!(of(999, token).await.as_ref(), Some(&family.id));
    }
    assert_eq!(of(1000, short).await, None);
    assert_eq!(of(1000, endless).await.as_ref(), Some(&family.id));
    two.end_opaque(&at("other", 0), endless.hash).await.unwrap();
    assert!(of(0, endless).await.is_some());
    one.end_opaque(&start(), endless.hash).await.unwrap();
    assert_eq!(of(0, endless).await, None);
}

/// What was made for one client.
struct Made {
    client: &'static str,
    session: Hash,
    /// Rotated, with its answer.
    refresh: Hash,
    opaque: Hash,
}

impl Made {
    async fn make(store: &dyn Store, client: &'static str) -> Self {
        let at = at(client, 0);
        let (session, family) = (session("ada"), family("ada", Mode::Jwt));
        let (refresh_token, opaque) = (hash(), hash());
        store
            .start_session(&at, session.clone(), None)
            .await
            .unwrap();
        let tokens = NewTokens {
            refresh: Some(refresh_token),
            opaque: Some(Opaque {
                hash: opaque,
                expires_at: Some(NOW + 1000),
            }),
        };
        store
            .start_family(&at, family.clone(), tokens)
            .await
            .unwrap();
        let rotation = Rotation {
            sealed_answer: Some(vec![1]),
            ..rotation(&family.id, refresh_token, hash())
        };
        assert!(store.rotate(&at, rotation).await.unwrap());
        Self {
            client,
            session: session.hash,
            refresh: refresh_token,
            opaque,
        }
    }

    /// Whether session, token, answer and opaque token are there, by a clock at which none has ended.
    async fn is_there(&self, store: &dyn Store) -> [bool; 4] {
        let at = at(self.client, 1);
        let session = store.touch_session(&at, self.session).await.unwrap();
        let known = store.refresh_token(&at, None, self.refresh).await.unwrap();
        let answer = known.as_ref().and_then(|known| known.sealed_answer.clone());
        let opaque = store.family_of_opaque(&at, self.opaque).await.unwrap();
        [
            session.is_some(),
            known.is_some(),
            answer.is_some(),
            opaque.is_some(),
        ]
    }
}

/// A clock of tests may be years ahead of another's.
async fn what_ends_for_one_client_stays_for_another(Pair { one, two, .. }: Pair) {
    one.add_users(vec![account("ada")]).await.unwrap();
    let made = Made::make(&*one, "default").await;
    Made::make(&*one, "ahead").await;
    let years = at("ahead", 20 * 365 * 24 * 3_600_000);
    one.start_session(&years, session("ada"), None)
        .await
        .unwrap();
    one.start_family(&years, family("ada", Mode::Jwt), refresh(hash()))
        .await
        .unwrap();
    assert_eq!(made.is_there(&*two).await, [true; 4]);
}

/// Redis does that by its own clock: [`what_redis_keeps_ends_by_itself`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_ended_is_removed() {
    for kind in [Kind::Memory, Kind::Sqlite] {
        let Pair { one, .. } = &Pair::new(kind).await;
        one.add_users(vec![account("ada")]).await.unwrap();
        let made = Made::make(&**one, "default").await;
        // Past the grace time and the end of the opaque token, and nothing else.
        let later = at("default", start().grace() + 1001);
        one.start_family(&later, family("ada", Mode::Jwt), refresh(hash()))
            .await
            .unwrap();
        assert_eq!(made.is_there(&**one).await, [true, true, false, false]);
        // Past all.
        let later = at("default", later.refresh_end() - NOW + 1);
        one.start_session(&later, session("ada"), None)
            .await
            .unwrap();
        one.start_family(&later, family("ada", Mode::Jwt), refresh(hash()))
            .await
            .unwrap();
        assert_eq!(made.is_there(&**one).await, [false; 4]);
    }
}

async fn a_revoked_jti_is_refused_by_all_and_its_family_lives(Pair { one, two, .. }: Pair) {
    let (family, _) = started(&*one, "ada").await;
    one.revoke_jti(&start(), "1.jwt.a", 60_000).await.unwrap();
    let access = async |client, jti| {
        let user = two.access(&at(client, 0), Mode::Jwt, &family.id, jti).await;
        user.unwrap().is_some()
    };
    assert!(!access("default", Some("1.jwt.a")).await);
    assert!(access("default", Some("1.jwt.b")).await);
    assert!(access("default", None).await);
    let listed = two.revoked().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed.first().unwrap().id, "1.jwt.a");
}

async fn everything_of_a_user_ends_but_what_is_kept(Pair { one, two, .. }: Pair) {
    let sessions = [session("ada"), session("ada"), session("grace")];
    for session in &sessions {
        one.start_session(&start(), session.clone(), None)
            .await
            .unwrap();
    }
    let mut families = Vec::new();
    for of in ["ada", "ada", "grace"] {
        families.push(started(&*two, of).await.0.id);
    }
    let alive = async || {
        let mut alive = String::new();
        for session in &sessions {
            let seen = one.touch_session(&start(), session.hash).await.unwrap();
            alive.push(if seen.is_some() { 's' } else { '-' });
        }
        for family in &families {
            let user = one.access(&start(), Mode::Jwt, family, None).await.unwrap();
            alive.push(if user.is_some() { 'f' } else { '-' });
        }
        alive
    };
    assert_eq!(alive().await, "sssfff");
    two.end_all_of(&at("other", 0), "u-ada", None)
        .await
        .unwrap();
    assert_eq!(alive().await, "sssfff", "another client's");
    let [first, _, _] = &sessions;
    let keep = Keep::Session(first.hash);
    two.end_all_of(&start(), "u-ada", Some(keep)).await.unwrap();
    assert_eq!(alive().await, "s-s--f");
    assert_eq!(one.revoked().await.unwrap().len(), 2);
    let (kept, _) = started(&*one, "ada").await;
    let keep = Keep::Family(kept.id.clone());
    two.end_all_of(&start(), "u-ada", Some(keep)).await.unwrap();
    assert_eq!(alive().await, "--s--f");
    let user = two.access(&start(), Mode::Jwt, &kept.id, None).await;
    assert!(user.unwrap().is_some());
    two.end_all_of(&start(), "u-ada", None).await.unwrap();
    let user = two.access(&start(), Mode::Jwt, &kept.id, None).await;
    assert_eq!(user.unwrap(), None);
}

async fn a_new_password_is_seen_by_all(Pair { one, two, .. }: Pair) {
    let (current, other) = (session("ada"), session("ada"));
    for session in [&current, &other] {
        one.start_session(&start(), session.clone(), None)
            .await
            .unwrap();
    }
    let keep = Keep::Session(current.hash);
    one.set_password(&start(), "u-ada", "new", keep)
        .await
        .unwrap();
    let found = two.account("ada@example.com").await.unwrap().unwrap();
    assert_eq!(found.password, "new");
    let found = two.account("grace@example.com").await.unwrap().unwrap();
    assert_eq!(found.password, "hash of grace");
    assert!(
        two.touch_session(&start(), current.hash)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        two.touch_session(&start(), other.hash)
            .await
            .unwrap()
            .is_none()
    );
}

fn key(id: &str, algorithm: Algorithm) -> StoredKey {
    StoredKey {
        id: id.to_owned(),
        algorithm,
        private: "secret".to_owned(),
        ends_at: None,
    }
}

fn ids(keys: &[StoredKey]) -> Vec<&str> {
    keys.iter().map(|key| key.id.as_str()).collect()
}

async fn the_first_key_is_one_for_all(Pair { one, two, .. }: Pair) {
    assert_eq!(one.keys(&start()).await.unwrap(), []);
    let scope = start();
    let (a, b) = tokio::join!(
        one.add_key(&scope, key("a", Algorithm::ES256), Turn::First),
        two.add_key(&scope, key("b", Algorithm::ES256), Turn::First),
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a, b);
    assert_eq!(a.len(), 1);
    let both = two
        .add_key(&start(), key("c", Algorithm::EdDSA), Turn::First)
        .await;
    assert_eq!(both.unwrap().len(), 2, "of another algorithm");
    assert_eq!(one.keys(&at("other", 0)).await.unwrap(), []);
}

async fn a_rotated_key_verifies_until_its_end(Pair { one, two, .. }: Pair) {
    let scope = start();
    for name in ["a", "b"] {
        let algorithm = if name == "a" {
            Algorithm::ES256
        } else {
            Algorithm::RS256
        };
        one.add_key(&scope, key(name, algorithm), Turn::First)
            .await
            .unwrap();
    }
    let others_end_at = NOW + 1000;
    let next = Turn::Next { others_end_at };
    two.add_key(&scope, key("c", Algorithm::ES256), next)
        .await
        .unwrap();
    assert_eq!(
        ids(&one.keys(&at("default", 999)).await.unwrap()),
        ["a", "b", "c"]
    );
    assert_eq!(
        ids(&one.keys(&at("default", 1000)).await.unwrap()),
        ["b", "c"]
    );
    let late = two
        .add_key(
            &at("default", 1000),
            key("d", Algorithm::ES256),
            Turn::First,
        )
        .await;
    assert_eq!(ids(&late.unwrap()), ["b", "c"]);
}

async fn the_tools_of_the_tests_reach_all_of_a_client(Pair { one, two, .. }: Pair) {
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let (family, token) = started(&*one, "grace").await;
    two.rotate_csrf(&start()).await.unwrap();
    let nonce = one
        .touch_session(&start(), session.hash)
        .await
        .unwrap()
        .unwrap()
        .csrf_nonce;
    assert_ne!(nonce, session.csrf_nonce);
    let known = one
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(known.csrf_nonce, family.csrf_nonce);
    let opaque = Opaque {
        hash: hash(),
        expires_at: None,
    };
    one.add_opaque(&start(), &family.id, opaque).await.unwrap();
    two.forget_opaque(&start()).await.unwrap();
    assert_eq!(
        one.family_of_opaque(&start(), opaque.hash).await.unwrap(),
        None
    );

    let elsewhere = FamilyRecord {
        id: random_id().unwrap(),
        ..family.clone()
    };
    let other = at("other", 0);
    one.start_family(&other, elsewhere.clone(), refresh(hash()))
        .await
        .unwrap();
    two.end_all(&start()).await.unwrap();
    assert_eq!(
        one.touch_session(&start(), session.hash).await.unwrap(),
        None
    );
    let user = one.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(user.unwrap(), None);
    two.add_key(&start(), key("a", Algorithm::ES256), Turn::First)
        .await
        .unwrap();
    two.reset(&start()).await.unwrap();
    assert!(
        one.refresh_token(&start(), None, token)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(one.keys(&start()).await.unwrap(), []);
    let user = one.access(&other, Mode::Jwt, &elsewhere.id, None).await;
    assert!(user.unwrap().is_some());
}

/// How many races there are: `HALLPASS_RACES`, else some.
fn races() -> usize {
    let count = std::env::var("HALLPASS_RACES").ok();
    count.map_or(200, |count| {
        count.parse().expect("HALLPASS_RACES is a number")
    })
}

async fn of_two_rotations_at_once_one_takes_place(Pair { one, two, .. }: Pair) {
    let (family, mut token) = started(&*one, "ada").await;
    let (count, mut won) = (races(), [0, 0]);
    for race in 0..count {
        let line = Arc::new(Barrier::new(2));
        let [first, second] = [&one, &two].map(|store| {
            let (store, line) = (store.clone(), line.clone());
            let (family, next) = (family.id.clone(), hash());
            tokio::spawn(async move {
                line.wait().await;
                let done = store.rotate(&start(), rotation(&family, token, next)).await;
                (done.unwrap(), next)
            })
        });
        let ((first, by_first), (second, by_second)) =
            (first.await.unwrap(), second.await.unwrap());
        assert!(first != second, "race {race}: {first} and {second}");
        token = if first { by_first } else { by_second };
        let loser = if first { by_second } else { by_first };
        let lost = one.refresh_token(&start(), None, loser).await.unwrap();
        assert!(lost.is_none(), "race {race}: the loser's token is none");
        won = [won[0] + usize::from(first), won[1] + usize::from(second)];
    }
    println!("{count} races, won by the first and the second connection: {won:?}");
}

#[tokio::test]
async fn what_redis_keeps_ends_by_itself() {
    let redis = server::Redis::start().await;
    let store = connected(&redis).await;
    let mut brief = start();
    brief.policy.idle_ttl = Duration::from_millis(100);
    brief.policy.refresh_ttl = Duration::from_millis(100);
    brief.policy.grace = Duration::from_millis(100);
    let session = session("ada");
    store
        .start_session(&brief, session.clone(), None)
        .await
        .unwrap();
    let (family, token) = (family("ada", Mode::Jwt), hash());
    store
        .start_family(&brief, family.clone(), refresh(token))
        .await
        .unwrap();
    let rotation = Rotation {
        sealed_answer: Some(vec![1]),
        ..rotation(&family.id, token, hash())
    };
    assert!(store.rotate(&brief, rotation).await.unwrap());
    store.login_attempt(&brief, hash()).await.unwrap().unwrap();
    store.revoke_jti(&brief, "1.jwt.a", 100).await.unwrap();
    assert_eq!(
        redis.command("KEYS hallpass:default:refresh:*").await.len(),
        2
    );
    assert_eq!(
        redis.command("KEYS hallpass:default:answer:*").await.len(),
        1
    );
    while !redis
        .command("KEYS hallpass:default:[^fi]*")
        .await
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.revoked().await.unwrap(), []);
    // The family lasts as long as its access tokens may, and so does the index; the count of logins lasts its window.
    for key in redis.command("KEYS hallpass:default:*").await {
        let left = redis.command(&format!("PTTL {key}")).await;
        let left: Millis = left.first().unwrap().parse().unwrap();
        assert!((1..=400_000).contains(&left), "{key}: {left}");
    }
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_away_until_it_does() {
    let redis = server::Redis::start().await;
    let store = connected(&redis).await;
    redis.pause();
    let began = std::time::Instant::now();
    for _ in 0..20 {
        assert!(matches!(
            store.has_users().await,
            Err(StoreError::Unavailable(_))
        ));
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "twenty wait no longer than one"
    );
    redis.resume();
    let back = async {
        while store.has_users().await.is_err() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back)
        .await
        .expect("it comes back");
}
