//! A backend that runs: its socket, its connections, its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::client::{Client, DEFAULT_CLIENT};
use crate::config::Config;
use crate::control::armed;
use crate::db::Closed;
use crate::error::{ApiError, internal};
use crate::faults::{Rule, Settings};
use crate::front::{Dropped, Front};
use crate::log::LogEntry;
use crate::tls::Tls;

/// Starts a backend. It is ready for requests when this returns.
///
/// # Errors
/// If the address is taken, the database cannot be opened, or the configuration is wrong.
pub async fn start(config: Config) -> std::io::Result<Running> {
    let listener = TcpListener::bind(config.bind).await?;
    let addr = listener.local_addr()?;
    let base_url = base_url(&config, addr);
    let (app, closed) = App::open(&config, &base_url).await?;
    let server = Server {
        front: Front::new(app.clone(), &config)?,
        tls: config.tls.clone(),
        end: CancellationToken::new(),
        tasks: TaskTracker::new(),
    };
    let (end, tasks) = (server.end.clone(), server.tasks.clone());
    tasks.spawn(server.accept(listener));
    let (node, until) = (app.clone(), end.clone());
    tasks.spawn(async move {
        // Clients with a prefix are there for tests; their keys are read when first needed.
        let client = node.clients.named(DEFAULT_CLIENT);
        node.revocations.follow(&*node.store, client, until).await;
    });
    Ok(Running {
        addr,
        base_url,
        app,
        closed,
        tasks,
        runtime: Handle::current(),
        end: end.drop_guard(),
    })
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
    app: Arc<App>,
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
        drop(self.app);
        // An error would say that the thread is gone, which is just as good.
        let _ = self.closed.await;
    }

    /// What arrived for a client, in the order of arrival.
    pub fn log(&self, client: &str) -> Vec<LogEntry> {
        self.app
            .controlled(client)
            .map(|client| client.log.entries())
            .unwrap_or_default()
    }

    /// How often this node has read what was revoked, which it does by itself every few seconds.
    pub fn revocation_reads(&self) -> u64 {
        self.app.revocations.reads()
    }

    /// Empties a client's log.
    pub fn clear_log(&self, client: &str) -> Result<(), ControlError> {
        self.controlled(client)?.log.clear();
        Ok(())
    }

    /// Replaces a client's fault rules.
    pub fn set_rules(&self, client: &str, rules: Vec<Rule>) -> Result<(), ControlError> {
        let rules = armed(rules).map_err(ApiError::from)?;
        self.controlled(client)?.set_rules(rules);
        Ok(())
    }

    /// Lets one request of a client pass that waits at the gate of this name.
    pub fn open_gate(&self, client: &str, name: &str) -> Result<(), ControlError> {
        Ok(self.controlled(client)?.gates.open(name)?)
    }

    /// Sets a client's clock off by this many milliseconds.
    pub fn set_clock(&self, client: &str, offset_ms: i64) -> Result<(), ControlError> {
        Ok(self
            .controlled(client)?
            .set_clock(offset_ms)
            .map_err(ApiError::from)?)
    }

    /// Changes some of a client's settings.
    pub fn settings(&self, client: &str, settings: &Settings) -> Result<(), ControlError> {
        self.controlled(client)?.change_policy(settings);
        Ok(())
    }

    /// Refuses every access token issued so far.
    pub async fn expire(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.app.expire(&*self.controlled(client)?).await?)
    }

    /// Ends every session and token family of a client.
    pub async fn revoke(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.app.revoke(&*self.controlled(client)?).await?)
    }

    /// A new key signs from now on; the JWKS keeps the old ones until what they signed has ended. Other nodes see it a moment later.
    pub fn rotate_key(&self, client: &str) -> Result<(), ControlError> {
        let client = self.controlled(client)?;
        // Whatever this node does next with a key rotates first; other nodes shall not have to wait for that.
        client.keys.order_rotation();
        let app = self.app.clone();
        let rotation = async move {
            // What failed stays due.
            let _ = client
                .keys
                .rotate_if_due(&*app.store, &client.scope())
                .await;
        };
        self.tasks.spawn_on(rotation, &self.runtime);
        Ok(())
    }

    /// New CSRF tokens for every session and token family of a client.
    pub async fn rotate_csrf(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.app.rotate_csrf(&*self.controlled(client)?).await?)
    }

    /// Everything of a client back to the start; its sessions and token families are removed.
    pub async fn reset(&self, client: &str) -> Result<(), ControlError> {
        Ok(self.app.reset(&*self.controlled(client)?).await?)
    }

    fn controlled(&self, client: &str) -> Result<Arc<Client>, ControlError> {
        Ok(self.app.controlled(client)?)
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

/// What accepts connections.
#[derive(Clone)]
struct Server {
    front: Front,
    tls: Option<Tls>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    async fn accept(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                () = self.end.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    self.tasks.spawn(self.clone().connection(stream));
                }
                // Out of file handles, as a rule: others have to be closed first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn connection(self, stream: TcpStream) {
        let end = self.end.clone();
        tokio::select! {
            () = end.cancelled() => {}
            () = self.serve(stream) => {}
        }
    }

    async fn serve(self, stream: TcpStream) {
        // Answers are small and whole; waiting to fill a packet only makes them late.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.serve_http(stream).await;
        };
        // The rest does not trust the certificate, or speaks no TLS.
        if let Ok(stream) = tls.accept(stream).await {
            self.serve_http(stream).await;
        }
    }

    async fn serve_http(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let service =
            service_fn(|request: hyper::Request<Incoming>| self.work(request.map(Body::new)));
        // An error here is a connection that broke, or was broken on purpose.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    /// Runs in a task of its own, so that work which began is finished even if the caller went away:
    /// just what makes a lost answer hard for a client.
    fn work(&self, request: Request) -> impl Future<Output = Result<Response, Dropped>> + use<> {
        let (front, end) = (self.front.clone(), self.end.clone());
        let task = self.tasks.spawn(async move {
            tokio::select! {
                () = end.cancelled() => Err(Dropped::default()),
                answer = front.handle(request) => answer,
            }
        });
        async move {
            match task.await {
                Ok(answer) => answer,
                Err(panic) => Ok(internal(panic).into_response()),
            }
        }
    }
}
