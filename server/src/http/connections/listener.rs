//! Accepts connections and serves them.

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
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::tls::Tls;
use crate::http::error::internal;

/// What answers requests.
pub(crate) trait Answering: Send + Sync + 'static {
    /// The answer.
    fn answer(&self, request: Request) -> impl Future<Output = Result<Response, Dropped>> + Send;
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// What accepts connections.
pub(crate) struct Listener<A> {
    answering: Arc<A>,
    tls: Option<Tls>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl<A> Clone for Listener<A> {
    fn clone(&self) -> Self {
        Self {
            answering: self.answering.clone(),
            tls: self.tls.clone(),
            end: self.end.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

impl<A: Answering> Listener<A> {
    /// One whose work is done in `tasks` until `end`.
    pub(crate) fn new(
        answering: Arc<A>,
        tls: Option<Tls>,
        end: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            answering,
            tls,
            end,
            tasks,
        }
    }

    pub(crate) async fn accept(self, listener: TcpListener) {
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
    fn work(&self, request: Request) -> impl Future<Output = Result<Response, Dropped>> + use<A> {
        let (answering, end) = (self.answering.clone(), self.end.clone());
        let task = self.tasks.spawn(async move {
            tokio::select! {
                () = end.cancelled() => Err(Dropped),
                answer = answering.answer(request) => answer,
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
