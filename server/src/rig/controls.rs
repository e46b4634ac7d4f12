//! What a test can do to a backend that runs.

use std::sync::Arc;

use super::clients::{Client, Clients};
use super::log::LogEntry;
use super::rules::{Rule, armed};
use super::settings::Settings;
use crate::backend::{Backend, Millis, Policy, Tenant};
use crate::http::ApiError;

type Done = Result<(), ApiError>;

/// All clients of a backend, and what can be done to them.
pub(crate) struct Controls {
    backend: Arc<Backend>,
    pub(super) clients: Clients,
}

impl Controls {
    pub(super) fn new(backend: Arc<Backend>, first: Arc<Tenant>, policy: Policy) -> Self {
        Self {
            backend,
            clients: Clients::new(first, policy),
        }
    }

    fn named(&self, client: &str) -> Result<Arc<Client>, ApiError> {
        self.clients
            .named(client)
            .ok_or_else(|| ApiError::invalid_request(format!("{client:?} names no client")))
    }

    /// What arrived, in the order of arrival.
    pub(crate) fn log(&self, client: &str) -> Result<Vec<LogEntry>, ApiError> {
        Ok(self.named(client)?.log.entries())
    }

    pub(crate) fn clear_log(&self, client: &str) -> Done {
        self.named(client)?.log.clear();
        Ok(())
    }

    /// Replaces the rules.
    pub(crate) fn set_rules(&self, client: &str, rules: Vec<Rule>) -> Done {
        let rules = armed(rules)?;
        self.named(client)?.set_rules(rules);
        Ok(())
    }

    /// Lets one request pass that waits at the gate of this name.
    pub(crate) fn open_gate(&self, client: &str, name: &str) -> Done {
        self.named(client)?.gates.open(name)
    }

    /// Sets the clock off by so much.
    pub(crate) fn set_clock(&self, client: &str, offset: Millis) -> Done {
        Ok(self.named(client)?.set_clock(offset)?)
    }

    pub(crate) fn change_settings(&self, client: &str, settings: &Settings) -> Done {
        self.named(client)?.change_policy(settings);
        Ok(())
    }

    /// Refuses every access token issued so far: the JWTs on this node, opaque ones on all.
    pub(crate) async fn expire(&self, client: &str) -> Done {
        Ok(self.backend.expire(self.named(client)?.tenant()).await?)
    }

    /// Ends every session and token family.
    pub(crate) async fn revoke(&self, client: &str) -> Done {
        Ok(self.backend.end_all(self.named(client)?.tenant()).await?)
    }

    /// A new key signs from now on.
    pub(crate) async fn rotate_key(&self, client: &str) -> Done {
        Ok(self
            .backend
            .rotate_key(self.named(client)?.tenant())
            .await?)
    }

    /// Whatever this node does next with a key rotates first. The answer does it at once.
    pub(crate) fn order_rotation(
        &self,
        client: &str,
    ) -> Result<impl Future<Output = ()> + Send + use<>, ApiError> {
        let client = self.named(client)?;
        self.backend.order_rotation(client.tenant());
        let backend = self.backend.clone();
        Ok(async move {
            // What failed stays due.
            let _ = backend.finish_rotation(client.tenant()).await;
        })
    }

    /// Gives every session and token family a new CSRF token.
    pub(crate) async fn rotate_csrf(&self, client: &str) -> Done {
        Ok(self
            .backend
            .rotate_csrf(self.named(client)?.tenant())
            .await?)
    }

    /// Everything back to the start.
    pub(crate) async fn reset(&self, client: &str) -> Done {
        let client = self.named(client)?;
        let policy = self.clients.policy();
        self.backend.reset(client.tenant(), policy).await?;
        client.reset();
        Ok(())
    }
}
