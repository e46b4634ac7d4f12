//! Clients: tenants that tests make by naming them, so that they do not meet.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
use parking_lot::Mutex;

use super::gates::Gates;
use super::log::Log;
use super::rules::{ArmedRule, InvalidFault};
use super::settings::Settings;
use crate::backend::{DEFAULT, Millis, Policy, Tenant};

/// Fifty years: from 1970 to what every clock can show.
const MAX_OFFSET: Millis = 50 * 365 * 24 * 3_600_000;

/// Made-up prefixes shall not fill the memory.
const MAX_CLIENTS: usize = 10_000;

/// All clients seen so far.
pub(super) struct Clients {
    policy: Policy,
    known: Mutex<HashMap<String, Arc<Client>>>,
}

impl Clients {
    /// `first` is the one without a prefix; tokens and sessions of all are made by `policy`, unless they are set otherwise.
    pub(super) fn new(first: Arc<Tenant>, policy: Policy) -> Self {
        let first = Arc::new(Client::new(first));
        Self {
            policy,
            known: Mutex::new(HashMap::from([(DEFAULT.to_owned(), first)])),
        }
    }

    /// The client of this name, made when first asked for; `None` for a name that is none.
    pub(super) fn named(&self, name: &str) -> Option<Arc<Client>> {
        let mut known = self.known.lock();
        if let Some(client) = known.get(name) {
            return Some(client.clone());
        }
        if !is_client_name(name) || known.len() >= MAX_CLIENTS {
            return None;
        }
        let tenant = Tenant::new(name, format!("/c/{name}"), self.policy);
        let client = Arc::new(Client::new(Arc::new(tenant)));
        known.insert(name.to_owned(), client.clone());
        Some(client)
    }

    /// Splits the client's prefix off a path: the client, and the path behind the prefix.
    pub(super) fn of_path<'p>(&self, path: &'p str) -> Option<(Arc<Client>, &'p str)> {
        let Some(prefixed) = path.strip_prefix("/c/") else {
            return Some((self.named(DEFAULT)?, path));
        };
        let (name, rest) = prefixed.split_at_checked(prefixed.find('/')?)?;
        Some((self.named(name)?, rest))
    }

    /// How tokens and sessions are made from the start.
    pub(super) fn policy(&self) -> Policy {
        self.policy
    }
}

fn is_client_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A tenant, and how it is broken.
pub(super) struct Client {
    tenant: Arc<Tenant>,
    rules: Mutex<Vec<ArmedRule>>,
    pub(super) log: Log,
    pub(super) gates: Gates,
}

impl Client {
    fn new(tenant: Arc<Tenant>) -> Self {
        Self {
            tenant,
            rules: Mutex::default(),
            log: Log::default(),
            gates: Gates::default(),
        }
    }

    pub(super) fn tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }

    pub(super) fn set_clock(&self, offset: Millis) -> Result<(), InvalidFault> {
        if offset.unsigned_abs() > MAX_OFFSET.unsigned_abs() {
            return Err(InvalidFault(format!(
                "offsetMs: {offset} is more than 50 years"
            )));
        }
        self.tenant.set_clock(offset);
        Ok(())
    }

    pub(super) fn change_policy(&self, settings: &Settings) {
        self.tenant.change_policy(|policy| settings.apply(policy));
    }

    pub(super) fn set_rules(&self, rules: Vec<ArmedRule>) {
        *self.rules.lock() = rules;
    }

    /// The first rule for this request that has times left; one of them is used up.
    pub(super) fn take_fault(&self, method: &Method, path: &str) -> Option<ArmedRule> {
        let mut rules = self.rules.lock();
        rules.iter_mut().find_map(|rule| rule.take(method, path))
    }

    /// No rules, no log, and nothing waits.
    pub(super) fn reset(&self) {
        self.rules.lock().clear();
        self.log.clear();
        self.gates.clear();
    }
}
