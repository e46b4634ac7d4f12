//! Where one caller waits for what the engine has to say to it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use serde_json::Value;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::client::{FetchError, Inner};
use crate::core::{AuthError, CallId, HeaderValue, Input, Outcome, Watch};

/// What a caller is told.
pub(crate) enum Reply {
    Dispatch {
        headers: Vec<(String, HeaderValue)>,
        include_credentials: bool,
        watch: Watch,
    },
    Settled(Result<Outcome, AuthError>),
    Aborted(JsValue),
}

#[derive(Default)]
pub(crate) struct Mailbox {
    replies: VecDeque<Reply>,
    waker: Option<Waker>,
}

impl Mailbox {
    pub(crate) fn put(&mut self, reply: Reply) {
        self.replies.push_back(reply);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A caller's place. Dropping it gives it up.
pub(crate) struct Slot {
    pub(crate) id: CallId,
    inner: Rc<Inner>,
    mailbox: Rc<RefCell<Mailbox>>,
    abort: Option<AbortWatch>,
}

/// Listens to a signal until dropped.
pub(crate) struct AbortWatch {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
}

impl Drop for AbortWatch {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", listener);
    }
}

impl Slot {
    pub(crate) fn open(inner: &Rc<Inner>) -> Slot {
        let mailbox = Rc::new(RefCell::new(Mailbox::default()));
        let id = inner.open_slot(Rc::clone(&mailbox));
        Slot {
            id,
            inner: Rc::clone(inner),
            mailbox,
            abort: None,
        }
    }

    /// An abort ends the wait at once, with the signal's reason.
    pub(crate) fn end_on_abort(&self, signal: &AbortSignal) -> AbortWatch {
        let mailbox = Rc::clone(&self.mailbox);
        let listener = Closure::new({
            let signal = signal.clone();
            move || mailbox.borrow_mut().put(Reply::Aborted(signal.reason()))
        });
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        AbortWatch {
            signal: signal.clone(),
            listener,
        }
    }

    pub(crate) fn with_signal(mut self, signal: &AbortSignal) -> Slot {
        self.abort = Some(self.end_on_abort(signal));
        self
    }

    pub(crate) async fn next(&self) -> Reply {
        poll_fn(|context| {
            let mut mailbox = self.mailbox.borrow_mut();
            match mailbox.replies.pop_front() {
                Some(reply) => Poll::Ready(reply),
                None => {
                    mailbox.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Waits for the end of a call that sends nothing by itself.
    pub(crate) async fn settled(self) -> Result<Outcome, FetchError> {
        loop {
            match self.next().await {
                Reply::Settled(outcome) => return outcome.map_err(FetchError::Auth),
                Reply::Aborted(reason) => {
                    self.inner.feed(Input::Gone { call: self.id });
                    return Err(FetchError::Native(reason));
                }
                Reply::Dispatch { .. } => {}
            }
        }
    }

    pub(crate) async fn user(self) -> Result<Option<Value>, FetchError> {
        match self.settled().await? {
            Outcome::User(user) => Ok(user),
            _ => Ok(None),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if self.inner.close_slot(self.id) {
            // Its future was dropped before the end.
            self.inner.feed(Input::Gone { call: self.id });
        }
    }
}
