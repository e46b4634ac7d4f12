//! What a node holds per client: its clock, settings, fault rules, log, and what it knows of the store's keys.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::Method;
use parking_lot::Mutex;

use crate::answers::Gates;
use crate::config::{Algorithm, Config};
use crate::faults::{ArmedRule, InvalidFault, Settings};
use crate::keys::Keys;
use crate::limits::Turns;
use crate::log::Log;
use crate::store::Scope;

/// Milliseconds since 1970.
pub(crate) type Millis = i64;

/// When an access token was made: nanoseconds since 1970, no two the same on a node.
pub(crate) type Stamp = u128;

/// The name of the client without a prefix.
pub(crate) const DEFAULT_CLIENT: &str = "default";

/// Fifty years: from 1970 to what every clock can show.
const MAX_OFFSET: Millis = 50 * 365 * 24 * 3_600_000;

/// Made-up prefixes shall not fill the memory.
const MAX_CLIENTS: usize = 10_000;

/// All clients seen so far.
pub(crate) struct Clients {
    defaults: Policy,
    known: Mutex<HashMap<String, Arc<Client>>>,
}

impl Clients {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            defaults: Policy::from_config(config),
            known: Mutex::default(),
        }
    }

    /// The client of this name, made when first asked for; `None` for a name that is none.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Client>> {
        let mut known = self.known.lock();
        if let Some(client) = known.get(name) {
            return Some(client.clone());
        }
        if !is_client_name(name) || known.len() >= MAX_CLIENTS {
            return None;
        }
        let client = Arc::new(Client::new(name, self.defaults));
        known.insert(name.to_owned(), client.clone());
        Some(client)
    }

    /// Splits the client's prefix off a path: the client, and the path behind the prefix.
    pub(crate) fn of_path<'p>(&self, path: &'p str) -> Option<(Arc<Client>, &'p str)> {
        let Some(prefixed) = path.strip_prefix("/c/") else {
            return Some((self.named(DEFAULT_CLIENT)?, path));
        };
        let (name, rest) = prefixed.split_at_checked(prefixed.find('/')?)?;
        Some((self.named(name)?, rest))
    }
}

fn is_client_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// One client of the server. Its sessions, token families and keys are in the store, under its name.
pub(crate) struct Client {
    name: String,
    /// `/c/<name>`, or nothing for the default client.
    prefix: String,
    defaults: Policy,
    state: Mutex<State>,
    pub(crate) log: Log,
    pub(crate) keys: Keys,
    pub(crate) logins: Turns,
    pub(crate) gates: Gates,
}

struct State {
    policy: Policy,
    clock_offset: Millis,
    rules: Vec<ArmedRule>,
    /// Access tokens that were made before it are refused.
    epoch: Stamp,
    last_stamp: Stamp,
}

impl Client {
    fn new(name: &str, defaults: Policy) -> Self {
        let prefix = if name == DEFAULT_CLIENT {
            String::new()
        } else {
            format!("/c/{name}")
        };
        Self {
            name: name.to_owned(),
            prefix,
            defaults,
            state: Mutex::new(State {
                policy: defaults,
                clock_offset: 0,
                rules: Vec::new(),
                epoch: 0,
                last_stamp: 0,
            }),
            log: Log::default(),
            keys: Keys::default(),
            logins: Turns::default(),
            gates: Gates::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The time by this client's clock.
    pub(crate) fn now(&self) -> Millis {
        real_now().saturating_add(self.state.lock().clock_offset)
    }

    pub(crate) fn policy(&self) -> Policy {
        self.state.lock().policy
    }

    /// What the store has to know of this client just now.
    pub(crate) fn scope(&self) -> Scope {
        let state = self.state.lock();
        Scope {
            client: self.name.clone(),
            now: real_now().saturating_add(state.clock_offset),
            policy: state.policy,
        }
    }

    /// Later than any stamp before it on this node; on another, as late as its clock is.
    pub(crate) fn stamp(&self) -> Stamp {
        self.state.lock().stamp()
    }

    pub(crate) fn is_of_this_epoch(&self, stamp: Stamp) -> bool {
        stamp > self.state.lock().epoch
    }

    pub(crate) fn set_clock(&self, offset: Millis) -> Result<(), InvalidFault> {
        if offset.unsigned_abs() > MAX_OFFSET.unsigned_abs() {
            return Err(InvalidFault(format!(
                "offsetMs: {offset} is more than 50 years"
            )));
        }
        self.state.lock().clock_offset = offset;
        Ok(())
    }

    pub(crate) fn change_policy(&self, settings: &Settings) {
        settings.apply(&mut self.state.lock().policy);
    }

    pub(crate) fn begin_epoch(&self) {
        let mut state = self.state.lock();
        state.epoch = state.stamp();
    }

    pub(crate) fn set_rules(&self, rules: Vec<ArmedRule>) {
        self.state.lock().rules = rules;
    }

    /// The first rule for this request that has times left; one of them is used up.
    pub(crate) fn take_fault(&self, method: &Method, path: &str) -> Option<ArmedRule> {
        self.state
            .lock()
            .rules
            .iter_mut()
            .find_map(|rule| rule.take(method, path))
    }

    /// Everything as at the start, but for the store. Tokens of the time before stay refused.
    pub(crate) fn reset(&self) {
        let mut state = self.state.lock();
        state.policy = self.defaults;
        state.clock_offset = 0;
        state.rules.clear();
        state.epoch = state.stamp();
        drop(state);
        self.log.clear();
        self.keys.forget();
        self.gates.clear();
    }
}

impl State {
    fn stamp(&mut self) -> Stamp {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        self.last_stamp = now.max(self.last_stamp + 1);
        self.last_stamp
    }
}

/// How tokens and sessions are made for a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) algorithm: Algorithm,
    pub(crate) access_ttl: Duration,
    pub(crate) refresh_ttl: Duration,
    pub(crate) idle_ttl: Duration,
    pub(crate) absolute_ttl: Duration,
    pub(crate) grace: Duration,
    /// Access tokens are random strings, not JWTs.
    pub(crate) opaque: bool,
    pub(crate) omit_expires_in: bool,
    pub(crate) omit_refresh_token: bool,
    /// Access tokens do not end, and no answer speaks of an end.
    pub(crate) no_expiry: bool,
}

impl Policy {
    pub(crate) fn from_config(config: &Config) -> Self {
        Self {
            algorithm: config.algorithm,
            access_ttl: config.access_ttl,
            refresh_ttl: config.refresh_ttl,
            idle_ttl: config.idle_ttl,
            absolute_ttl: config.absolute_ttl,
            grace: config.grace,
            opaque: false,
            omit_expires_in: false,
            omit_refresh_token: false,
            no_expiry: false,
        }
    }
}

/// The time by the machine's clock.
pub(crate) fn real_now() -> Millis {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
