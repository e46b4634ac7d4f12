//! A connection whose answers have to be read.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::limits::Limits;

/// Fails when its caller has taken too long to read what was written.
pub(super) struct Read<S> {
    stream: S,
    at_least: Duration,
    /// Bytes that there was no room for until others had been read.
    read: u64,
    /// How long it was waited so far.
    waited: Duration,
    /// Since when it is waited now, and for how long still.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Read<S> {
    pub(super) fn new(stream: S, at_least: Duration) -> Self {
        Self {
            stream,
            at_least,
            read: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// What became of a write, unless it takes too long.
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<Result<T>>,
        bytes: impl FnOnce(&T) -> usize,
    ) -> Poll<Result<T>> {
        if let Poll::Ready(written) = &outcome {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
                self.read += written.as_ref().map_or(0, bytes) as u64;
            }
            return outcome;
        }
        let allowed = Limits::time_for(self.read, self.at_least);
        let left = allowed.saturating_sub(self.waited);
        let (_, end) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        end.as_mut().poll(context).map(|()| {
            let words = "the answer is not read";
            Err(Error::new(ErrorKind::TimedOut, words))
        })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Read<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Read<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(context, outcome, |count| *count)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.in_time(context, outcome, |count| *count)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.in_time(context, outcome, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.in_time(context, outcome, |()| 0)
    }
}
