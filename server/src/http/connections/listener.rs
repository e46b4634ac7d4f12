//! Accepts connections and serves them.

use std::net::IpAddr;
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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::arriving::Arriving;
use super::limits::Limits;
use super::read::Read;
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

/// Who is at the other end of the connection, as an extension of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What accepts connections.
pub(crate) struct Listener<A> {
    answering: Arc<A>,
    tls: Option<Tls>,
    limits: Limits,
    places: Arc<Semaphore>,
    end: CancellationToken,
    tasks: TaskTracker,
}

impl<A> Clone for Listener<A> {
    fn clone(&self) -> Self {
        Self {
            answering: self.answering.clone(),
            tls: self.tls.clone(),
            limits: self.limits,
            places: self.places.clone(),
            end: self.end.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

impl<A: Answering> Listener<A> {
    /// One whose work is done in `tasks` until `end`.
    pub(crate) fn new(
        answering: A,
        tls: Option<Tls>,
        limits: Limits,
        end: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            answering: Arc::new(answering),
            tls,
            limits,
            places: Arc::new(Semaphore::new(limits.connections)),
            end,
            tasks,
        }
    }

    pub(crate) async fn accept(self, listener: TcpListener) {
        let end = self.end.clone();
        tokio::select! {
            () = end.cancelled() => {}
            () = self.accept_all(listener) => {}
        }
    }

    async fn accept_all(self, listener: TcpListener) {
        // Nobody closes the semaphore.
        while let Ok(place) = self.places.clone().acquire_owned().await {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let place = Place {
                        peer: Peer(peer.ip()),
                        _permit: Arc::new(place),
                    };
                    self.tasks.spawn(self.clone().connection(stream, place));
                }
                // Out of file handles, as a rule: others have to be closed first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn connection(self, stream: TcpStream, place: Place) {
        let end = self.end.clone();
        tokio::select! {
            () = end.cancelled() => {}
            () = self.serve(stream, place) => {}
        }
    }

    async fn serve(self, stream: TcpStream, place: Place) {
        // Answers are small and whole; waiting to fill a packet only makes them late.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.serve_http(stream, place).await;
        };
        // The rest does not trust the certificate, speaks no TLS, or says nothing at all.
        if let Ok(Ok(stream)) = timeout(self.limits.handshake, tls.accept(stream)).await {
            self.serve_http(stream, place).await;
        }
    }

    async fn serve_http(&self, stream: impl AsyncRead + AsyncWrite + Unpin, place: Place) {
        let limits = self.limits;
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let request = request.map(|body| Body::new(Arriving::new(body, limits.body)));
            self.work(request, place.clone())
        });
        // An error here is a connection that broke, took too long, or was broken on purpose.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(Limits::HEAD_BYTES)
            .serve_connection(TokioIo::new(Read::new(stream, limits.unread)), service)
            .await;
    }

    /// Runs in a task of its own, so that work which began is finished even if the caller went away:
    /// just what makes a lost answer hard for a client. Its place is free when it is done.
    fn work(
        &self,
        mut request: Request,
        place: Place,
    ) -> impl Future<Output = Result<Response, Dropped>> + use<A> {
        request.extensions_mut().insert(place.peer);
        let (answering, end) = (self.answering.clone(), self.end.clone());
        let task = self.tasks.spawn(async move {
            let _place = place;
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

/// One of the connections that there may be at a time.
#[derive(Clone)]
struct Place {
    peer: Peer,
    _permit: Arc<OwnedSemaphorePermit>,
}
