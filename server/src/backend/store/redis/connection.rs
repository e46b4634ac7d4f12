//! The connection, and a call of one of the functions in `steps.lua`.

use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, FromRedisValue, RedisError, Script, ScriptInvocation};
use parking_lot::Mutex;
use tokio::time::timeout;

use crate::backend::clock::Millis;
use crate::backend::error::{StoreError, Stored};
use crate::backend::secret::Hash;
use crate::backend::store::records::{Keep, Opaque, User};
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::StoredKey;

/// Longer than this no request waits for an answer.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// After a failure, requests are refused at once for so long: they would only wait in vain.
const PAUSE: Duration = Duration::from_millis(500);
/// Nodes that set keys at the same time take turns, so a few tries are plenty.
pub(super) const MAX_TRIES: usize = 16;

/// See [`crate::backend::store::Store`].
pub(crate) struct Redis {
    /// Shared by all requests. Connects anew by itself.
    connection: ConnectionManager,
    script: Script,
    paused_until: Mutex<Option<Instant>>,
}

impl Redis {
    pub(crate) async fn connect(url: &str) -> std::io::Result<Self> {
        let client = Client::open(url).map_err(std::io::Error::other)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(PATIENCE)
            .set_response_timeout(PATIENCE);
        let connection = ConnectionManager::new_with_config(client, config).await;
        Ok(Self {
            connection: connection.map_err(std::io::Error::other)?,
            script: Script::new(include_str!("steps.lua")),
            paused_until: Mutex::default(),
        })
    }

    /// A call of one of the script's functions.
    pub(super) fn function(&self, name: &str) -> ScriptInvocation<'_> {
        let mut call = self.script.prepare_invoke();
        call.arg(name);
        call
    }

    /// The same, for a client.
    pub(super) fn of(&self, at: &Scope, name: &str) -> ScriptInvocation<'_> {
        let mut call = self.function(name);
        call.arg(&at.client);
        call
    }

    pub(super) async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Stored<T> {
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

    pub(super) async fn read_keys(&self, at: &Scope) -> Stored<(String, Vec<StoredKey>)> {
        let text: Option<String> = self.run(&self.of(at, "keys")).await?;
        let keys = match &text {
            Some(text) => serde_json::from_str(text).map_err(broken)?,
            None => Vec::new(),
        };
        Ok((text.unwrap_or_default(), keys))
    }
}

/// Whether it is no fault of the request, which may succeed later.
pub(super) fn is_away(error: &RedisError) -> bool {
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

pub(super) fn broken(cause: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(cause.to_string())
}

pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn json(user: &User) -> Stored<String> {
    serde_json::to_string(user).map_err(broken)
}

pub(super) fn user(json: &str) -> Stored<User> {
    serde_json::from_str(json).map_err(broken)
}

/// How the index names it; empty for none.
pub(super) fn member(keep: Option<&Keep>) -> String {
    match keep {
        Some(Keep::Session(hash)) => format!("s:{}", hex(hash)),
        Some(Keep::Family(id)) => format!("f:{id}"),
        None => String::new(),
    }
}

/// A family is there while any of its tokens may be.
pub(super) fn family_life(at: &Scope, expires_at: Millis) -> Millis {
    (expires_at - at.now).max(at.access_left())
}

/// The last three arguments of a function that may add an opaque token.
pub(super) fn with_opaque(call: &mut ScriptInvocation<'_>, at: &Scope, token: Option<Opaque>) {
    match token {
        Some(token) => call
            .arg(hex(&token.hash))
            .arg(or_empty(token.expires_at))
            .arg(at.left_until(token.expires_at)),
        None => call.arg("").arg("").arg(""),
    };
}

pub(super) fn or_empty(time: Option<Millis>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
