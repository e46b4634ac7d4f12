//! A backend that runs: its socket, its connections, its end.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::backend::{Backend, Closed, DEFAULT, Tenant};
use crate::config::Config;
use crate::http::{Answering, ApiError, Front, Listener};
use crate::rig::{Controls, LogEntry, Rig, Rule, Settings};

/// Starts a backend. It is ready for requests when this returns.
///
/// # Errors
/// If the address is taken, the database cannot be opened, or the configuration is wrong.
pub async fn start(config: Config) -> std::io::Result<Running> {
    let listener = TcpListener::bind(config.bind).await?;
    let addr = listener.local_addr()?;
    let base_url = base_url(&config, addr);
    let (backend, closed) = Backend::open(config.backend(&base_url)).await?;
    let backend = Arc::new(backend);
    let tenant = Arc::new(Tenant::new(DEFAULT, String::new(), config.policy()));
    let front = Front::open(backend.clone(), tenant.clone(), &config.http()?).await?;
    let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
    let controls = match config.faults {
        true => {
            let rig = Rig::new(front, backend.clone(), tenant.clone(), config.policy());
            let controls = rig.controls();
            listen(&config, rig, listener, &end, &tasks);
            Some(controls)
        }
        false => {
            listen(&config, front, listener, &end, &tasks);
            None
        }
    };
    let (node, until) = (backend.clone(), end.clone());
    tasks.spawn(async move { node.follow_store(&tenant, until).await });
    Ok(Running {
        addr,
        base_url,
        backend,
        controls,
        closed,
        tasks,
        runtime: Handle::current(),
        end: end.drop_guard(),
    })
}

fn listen(
    config: &Config,
    answering: impl Answering,
    listener: TcpListener,
    end: &CancellationToken,
    tasks: &TaskTracker,
) {
    let (tls, limits) = (config.tls.clone(), config.limits);
    let accepting = Listener::new(answering, tls, limits, end.clone(), tasks.clone());
    tasks.spawn(accepting.accept(listener));
}

/// The host is the certificate's, since a browser will check it.
fn base_url(config: &Config, addr: SocketAddr) -> String {
    match config.tls.as_ref().and_then(|tls| tls.names().first()) {
        Some(name) => format!("https://{name}:{}", addr.port()),
        None => format!("http://{addr}"),
    }
}

/// A backend that runs until this is dropped or stopped.
pub struct Running {
    addr: SocketAddr,
    base_url: String,
    backend: Arc<Backend>,
    /// None without [`Config::faults`].
    controls: Option<Arc<Controls>>,
    closed: Closed,
    tasks: TaskTracker,
    runtime: Handle,
    end: DropGuard,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// Closes all connections and the database, and waits until nothing runs any more.
    pub async fn stop(self) {
        drop(self.end);
        self.tasks.close();
        self.tasks.wait().await;
        drop((self.backend, self.controls));
        // An error would say that the thread is gone, which is just as good.
        let _ = self.closed.await;
    }

    /// How often this node has read what was revoked, which it does by itself every few seconds.
    pub fn revocation_reads(&self) -> u64 {
        self.backend.revocation_reads()
    }
}

/// What [`Config::faults`] allows. Without it each of these is refused, and the log is empty.
impl Running {
    /// What arrived for a client, in the order of arrival.
    pub fn log(&self, client: &str) -> Vec<LogEntry> {
        let log = self.controls().and_then(|rig| Ok(rig.log(client)?));
        log.unwrap_or_default()
    }

    /// Empties a client's log.
    pub fn clear_log(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.clear_log(client)?)
    }

    /// Replaces a client's fault rules.
    pub fn set_rules(&self, client: &str, rules: Vec<Rule>) -> Result<(), ControlError> {
        Ok(self.controls()?.set_rules(client, rules)?)
    }

    /// Lets one request of a client pass that waits at the gate of this name.
    pub fn open_gate(&self, client: &str, name: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.open_gate(client, name)?)
    }

    /// Sets a client's clock off by this many milliseconds.
    pub fn set_clock(&self, client: &str, offset_ms: i64) -> Result<(), ControlError> {
        Ok(self.controls()?.set_clock(client, offset_ms)?)
    }

    /// Changes some of a client's settings.
    pub fn settings(&self, client: &str, settings: &Settings) -> Result<(), ControlError> {
        Ok(self.controls()?.change_settings(client, settings)?)
    }

    /// Refuses every access token issued so far.
    pub async fn expire(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.expire(client).await?)
    }

    /// Ends every session and token family of a client.
    pub async fn revoke(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.revoke(client).await?)
    }

    /// A new key signs from now on; the JWKS keeps the old ones until what they signed has ended. Other nodes see it a moment later.
    pub fn rotate_key(&self, client: &str) -> Result<(), ControlError> {
        // Whatever this node does next with a key rotates first; other nodes shall not have to wait for that.
        let rotation = self.controls()?.order_rotation(client)?;
        self.tasks.spawn_on(rotation, &self.runtime);
        Ok(())
    }

    /// New CSRF tokens for every session and token family of a client.
    pub async fn rotate_csrf(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.rotate_csrf(client).await?)
    }

    /// Everything of a client back to the start; its sessions and token families are removed.
    pub async fn reset(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.controls()?.reset(client).await?)
    }

    fn controls(&self) -> Result<&Controls, ControlError> {
        let controls = self.controls.as_deref();
        controls.ok_or_else(|| ControlError("it was started without faults".to_owned()))
    }
}

/// Why a fault could not be set.
#[derive(Debug)]
pub struct ControlError(String);

impl std::fmt::Display for ControlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}

impl From<ApiError> for ControlError {
    fn from(error: ApiError) -> Self {
        Self(error.to_string())
    }
}
