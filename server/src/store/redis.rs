//! A store in Redis, for nodes on several machines.
//!
//! Each thing is done by one function of `redis.lua`, which Redis runs as one step; entries end there by themselves.

use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, FromRedisValue, RedisError, Script, ScriptInvocation};
use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::time::timeout;

use super::{
    Account, FamilyRecord, Keep, Known, LOGIN_WINDOW_MS, MAX_FAILED_LOGINS, NewTokens, Opaque,
    Revoked, Rotation, Scope, SessionRecord, Store, StoreError, Stored, StoredKey, Turn, is_live,
    take_turn,
};
use crate::client::Millis;
use crate::families::Mode;
use crate::secret::{Hash, random_bytes};
use crate::users::User;

/// Longer than this no request waits for an answer.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// After a failure, requests are refused at once for so long: they would only wait in vain.
const PAUSE: Duration = Duration::from_millis(500);
/// Nodes that set keys at the same time take turns, so a few tries are plenty.
const MAX_TRIES: usize = 16;

/// See [`Store`].
pub(super) struct Redis {
    /// Shared by all requests. Connects anew by itself.
    connection: ConnectionManager,
    script: Script,
    paused_until: Mutex<Option<Instant>>,
}

impl Redis {
    pub(super) async fn connect(url: &str) -> std::io::Result<Self> {
        let client = Client::open(url).map_err(std::io::Error::other)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(PATIENCE)
            .set_response_timeout(PATIENCE);
        let connection = ConnectionManager::new_with_config(client, config).await;
        Ok(Self {
            connection: connection.map_err(std::io::Error::other)?,
            script: Script::new(include_str!("redis.lua")),
            paused_until: Mutex::default(),
        })
    }

    /// A call of one of the script's functions.
    fn function(&self, name: &str) -> ScriptInvocation<'_> {
        let mut call = self.script.prepare_invoke();
        call.arg(name);
        call
    }

    /// The same, for a client.
    fn of(&self, at: &Scope, name: &str) -> ScriptInvocation<'_> {
        let mut call = self.function(name);
        call.arg(&at.client);
        call
    }

    async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Stored<T> {
        let paused = *self.paused_until.lock();
        if paused.is_some_and(|until| Instant::now() < until) {
            return Err(StoreError::Unavailable("it was a moment ago".to_owned()));
        }
        let mut connection = self.connection.clone();
        let error = match timeout(PATIENCE, call.invoke_async(&mut connection)).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) if !is_away(&error) => return Err(broken(error)),
            Ok(Err(error)) => error.to_string(),
            Err(elapsed) => elapsed.to_string(),
        };
        *self.paused_until.lock() = Some(Instant::now() + PAUSE);
        Err(StoreError::Unavailable(error))
    }

    async fn read_keys(&self, at: &Scope) -> Stored<(String, Vec<StoredKey>)> {
        let text: Option<String> = self.run(&self.of(at, "keys")).await?;
        let keys = match &text {
            Some(text) => serde_json::from_str(text).map_err(broken)?,
            None => Vec::new(),
        };
        Ok((text.unwrap_or_default(), keys))
    }
}

/// Whether it is no fault of the request, which may succeed later.
fn is_away(error: &RedisError) -> bool {
    let busy = |code: &str| {
        [
            "BUSY",
            "CLUSTERDOWN",
            "LOADING",
            "MASTERDOWN",
            "MISCONF",
            "NOREPLICAS",
            "OOM",
            "READONLY",
            "TRYAGAIN",
        ]
        .contains(&code)
    };
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_connection_refusal()
        || error.code().is_some_and(busy)
}

fn broken(cause: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(cause.to_string())
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json(user: &User) -> Stored<String> {
    serde_json::to_string(user).map_err(broken)
}

fn user(json: &str) -> Stored<User> {
    serde_json::from_str(json).map_err(broken)
}

/// How the index names it; empty for none.
fn member(keep: Option<&Keep>) -> String {
    match keep {
        Some(Keep::Session(hash)) => format!("s:{}", hex(hash)),
        Some(Keep::Family(id)) => format!("f:{id}"),
        None => String::new(),
    }
}

/// A family is there while any of its tokens may be.
fn family_life(at: &Scope) -> Millis {
    (at.refresh_end() - at.now).max(at.access_left())
}

/// The last three arguments of a function that may add an opaque token.
fn with_opaque(call: &mut ScriptInvocation<'_>, at: &Scope, token: Option<Opaque>) {
    match token {
        Some(token) => call
            .arg(hex(&token.hash))
            .arg(or_empty(token.expires_at))
            .arg(at.left_until(token.expires_at)),
        None => call.arg("").arg("").arg(""),
    };
}

fn or_empty(time: Option<Millis>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

#[async_trait]
impl Store for Redis {
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>> {
        self.run(self.function("secret").arg(name).arg(&fresh[..]))
            .await
    }

    async fn has_users(&self) -> Stored<bool> {
        self.run(&self.function("has_users")).await
    }

    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()> {
        for Account { user, password } in accounts {
            let mut call = self.function("add_user");
            call.arg(&user.id).arg(&user.email).arg(json(&user)?);
            self.run::<()>(call.arg(password)).await?;
        }
        Ok(())
    }

    async fn account(&self, email: &str) -> Stored<Option<Account>> {
        let found: Option<(String, String)> = self.run(self.function("account").arg(email)).await?;
        let Some((json, password)) = found else {
            return Ok(None);
        };
        let user = user(&json)?;
        Ok(Some(Account { user, password }))
    }

    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()> {
        let mut call = self.of(at, "set_password");
        call.arg(user).arg(phc).arg(member(Some(&keep)));
        self.run(call.arg(at.access_left())).await
    }

    async fn login_attempt(&self, at: &Scope, address: Hash) -> Stored<Result<(), Millis>> {
        let mut call = self.of(at, "login_attempt");
        call.arg(hex(&address)).arg(at.now);
        call.arg(LOGIN_WINDOW_MS).arg(MAX_FAILED_LOGINS);
        Ok(match self.run(&call).await? {
            0 => Ok(()),
            wait => Err(wait),
        })
    }

    async fn login_succeeded(&self, at: &Scope, address: Hash) -> Stored<()> {
        self.run(self.of(at, "login_succeeded").arg(hex(&address)))
            .await
    }

    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()> {
        let mut call = self.of(at, "start_session");
        call.arg(hex(&session.hash)).arg(&session.csrf_nonce);
        call.arg(&session.user.id).arg(json(&session.user)?);
        call.arg(at.now).arg(at.idle().min(at.absolute()));
        let replaces = replaces.as_ref().map(hex).unwrap_or_default();
        self.run(call.arg(replaces)).await
    }

    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>> {
        let mut call = self.of(at, "touch_session");
        call.arg(hex(&hash)).arg(at.now);
        call.arg(at.idle()).arg(at.absolute());
        let found: Option<(Vec<u8>, String)> = self.run(&call).await?;
        let Some((csrf_nonce, json)) = found else {
            return Ok(None);
        };
        let user = user(&json)?;
        Ok(Some(SessionRecord {
            hash,
            csrf_nonce,
            user,
        }))
    }

    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.run(self.of(at, "end_session").arg(hex(&hash))).await
    }

    async fn start_family(
        &self,
        at: &Scope,
        family: FamilyRecord,
        tokens: NewTokens,
    ) -> Stored<()> {
        let mut call = self.of(at, "start_family");
        call.arg(&family.id).arg(family.mode.name());
        call.arg(&family.csrf_nonce);
        call.arg(&family.user.id).arg(json(&family.user)?);
        call.arg(at.now).arg(at.refresh_end()).arg(family_life(at));
        call.arg(tokens.refresh.as_ref().map(hex).unwrap_or_default());
        with_opaque(&mut call, at, tokens.opaque);
        self.run(&call).await
    }

    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>> {
        type Found = (String, Vec<u8>, String, bool, Millis, String, Vec<u8>);
        let mut call = self.of(at, "refresh_token");
        call.arg(mode.map_or("", Mode::name)).arg(hex(&hash));
        let found: Option<Found> = self.run(&call).await?;
        let Some((family, csrf_nonce, json, revoked, expires_at, rotated_at, answer)) = found
        else {
            return Ok(None);
        };
        let rotated_at = match rotated_at.as_str() {
            "" => None,
            time => Some(time.parse().map_err(broken)?),
        };
        Ok(Some(Known {
            family,
            csrf_nonce,
            user: user(&json)?,
            revoked,
            expires_at,
            rotated_at,
            sealed_answer: Some(answer).filter(|answer| !answer.is_empty()),
        }))
    }

    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool> {
        let Some(new) = rotation.new.refresh else {
            return Err(broken("a rotation without a new token"));
        };
        let mut call = self.of(at, "rotate");
        call.arg(&rotation.family).arg(hex(&rotation.old));
        call.arg(hex(&new));
        call.arg(at.now).arg(at.refresh_end()).arg(family_life(at));
        call.arg(rotation.sealed_answer.unwrap_or_default());
        // The window's last millisecond counts.
        call.arg(at.grace().saturating_add(1));
        with_opaque(&mut call, at, rotation.new.opaque);
        self.run(&call).await
    }

    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()> {
        let mut call = self.of(at, "add_opaque");
        call.arg(family);
        with_opaque(&mut call, at, Some(token));
        self.run(&call).await
    }

    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>> {
        let mut call = self.of(at, "family_of_opaque");
        self.run(call.arg(hex(&hash)).arg(at.now)).await
    }

    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.run(self.of(at, "end_opaque").arg(hex(&hash))).await
    }

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let mut call = self.of(at, "end_family");
        self.run(call.arg(family).arg(at.access_left())).await
    }

    async fn revoke_jti(&self, at: &Scope, jti: &str, left: Millis) -> Stored<()> {
        self.run(self.of(at, "revoke_jti").arg(jti).arg(left)).await
    }

    async fn access(
        &self,
        at: &Scope,
        mode: Mode,
        family: &str,
        jti: Option<&str>,
    ) -> Stored<Option<User>> {
        let mut call = self.of(at, "access");
        call.arg(mode.name()).arg(family);
        let found: Option<String> = self.run(call.arg(jti.unwrap_or_default())).await?;
        found.map(|json| user(&json)).transpose()
    }

    async fn revoked(&self) -> Stored<Vec<Revoked>> {
        let members: Vec<String> = self.run(&self.function("revoked")).await?;
        let revoked = members.iter().filter_map(|member| {
            let (client, id) = member.split_once('/')?;
            let (client, id) = (client.to_owned(), id.to_owned());
            Some(Revoked { client, id })
        });
        Ok(revoked.collect())
    }

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        let mut call = self.of(at, "end_all_of");
        call.arg(user).arg(member(keep.as_ref()));
        self.run(call.arg(at.access_left())).await
    }

    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>> {
        let (_, mut keys) = self.read_keys(at).await?;
        keys.retain(|key| is_live(key, at.now));
        Ok(keys)
    }

    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>> {
        for _ in 0..MAX_TRIES {
            let (old, mut keys) = self.read_keys(at).await?;
            take_turn(&mut keys, key.clone(), turn, at.now);
            let new = serde_json::to_string(&keys).map_err(broken)?;
            if self.run(self.of(at, "set_keys").arg(old).arg(new)).await? {
                return Ok(keys);
            }
        }
        Err(StoreError::Unavailable("its keys keep changing".to_owned()))
    }

    async fn end_all(&self, at: &Scope) -> Stored<()> {
        self.run(self.of(at, "end_all").arg(at.access_left())).await
    }

    async fn forget_opaque(&self, at: &Scope) -> Stored<()> {
        self.run(&self.of(at, "forget_opaque")).await
    }

    async fn rotate_csrf(&self, at: &Scope) -> Stored<()> {
        let seed = random_bytes().map_err(broken)?;
        self.run(self.of(at, "rotate_csrf").arg(&seed[..])).await
    }

    async fn reset(&self, at: &Scope) -> Stored<()> {
        self.run(&self.of(at, "reset")).await
    }
}
