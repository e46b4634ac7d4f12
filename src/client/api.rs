//! The async Rust API.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::changes::{self, Subscription};
use super::credentials::{self, Credentials};
use super::errors::{self, FetchError};
use super::loaded::{self, MAKE_ERROR};
use super::options::{Endpoint, Options};
use super::{Inner, Setup};
use crate::browser::delivered::kind;
use crate::browser::urls::BrowserUrls;
use crate::browser::values::list;
use crate::browser::{AbortSignal, Response};
use crate::core::{AuthError, Change, JournalEntry, Snapshot, Status};
use crate::json::Json;

#[wasm_bindgen(module = "/src/browser/lease.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = lease)]
    static LEASE: JsValue;
}

/// The auth client. Clones share one engine, as do all clients with one key.
///
/// Every method may be called at any time, also from inside a listener. The
/// last clone that is dropped stops timers and listeners; the session stays.
#[derive(Clone)]
pub struct Client(Rc<Handle>);

struct Handle {
    inner: Rc<Inner>,
    /// The options, as the files of the package take them.
    given: JsValue,
    is_disposed: Cell<bool>,
}

/// How a login goes, where it is not as usual.
#[derive(Clone, Debug, Default)]
pub struct LoginOptions {
    /// Goes to this endpoint in place of the usual one: to sign up, for a second factor, with a code from a mail. Its headers are
    /// fixed ones.
    pub endpoint: Option<Endpoint>,
    /// Ends the wait of the caller.
    pub signal: Option<AbortSignal>,
}

impl Client {
    /// Makes a client and restores what is stored. Succeeds also when the backend is down.
    ///
    /// # Errors
    /// `config_invalid`, naming the option; `network_error` if a file that the options need did not come.
    pub async fn create(options: Options) -> Result<Client, AuthError> {
        let mut lowered = options.lowered();
        let loading = loaded::load(&lowered.given, lowered.is_translated, lowered.names_headers);
        let parts: Array = settled(loading).await?.unchecked_into();
        if parts.get(4).is_truthy() {
            lowered.renew_by_cookie();
        }
        let config = lowered.core.check(&BrowserUrls)?;
        let store = parts.get(1);
        let setup = Setup {
            has_own_store: !store.is_undefined(),
            parts: list(&[
                MAKE_ERROR.with(JsValue::clone),
                lowered.is_signed_out,
                store,
                parts.get(0),
                LEASE.with(JsValue::clone),
                parts.get(2),
                parts.get(3),
                lowered.token_header,
            ])
            .into(),
        };
        let inner = Inner::open(config, setup)?;
        inner.retain();
        let client = Client(Rc::new(Handle {
            inner,
            given: lowered.given,
            is_disposed: Cell::new(false),
        }));
        settled(loaded::begin(&client.0.inner.shell, &client.0.given)).await?;
        Ok(client)
    }

    /// Signs in with what the backend wants to know, and returns the user.
    ///
    /// # Errors
    /// `config_invalid` if JSON cannot hold the credentials; `login_pending` if the backend wants another step, which the error's `body`
    /// tells of; else see [`Code`](crate::Code). The state is as before then.
    pub async fn login(&self, credentials: &impl Serialize) -> Result<Option<Json>, AuthError> {
        let credentials = Credentials::json(credentials)?;
        let signed_in = self.login_with(credentials, LoginOptions::default());
        signed_in.await.map_err(without_signal)
    }

    /// As [`Client::login`], with a form, at another endpoint, or with a signal.
    ///
    /// # Errors
    /// As [`Client::login`]; with a signal, its reason too.
    pub async fn login_with(
        &self,
        credentials: Credentials,
        options: LoginOptions,
    ) -> Result<Option<Json>, FetchError> {
        self.check_alive()?;
        let endpoint = options.endpoint.as_ref().map(Endpoint::value);
        let endpoint = endpoint.unwrap_or(JsValue::UNDEFINED);
        let (value, is_form) = credentials.parts();
        let signed_in = loaded::login(
            &self.0.inner.shell,
            &self.0.given,
            value,
            is_form,
            &endpoint,
            &options.signal.map_or(JsValue::UNDEFINED, JsValue::from),
        );
        JsFuture::from(signed_in).await.map_err(errors::read)?;
        Ok(self.user())
    }

    /// Takes up a token answer (RFC 6749 §5.1) that the app got by another way than [`Client::login`], and returns the user.
    ///
    /// # Errors
    /// `config_invalid` in session mode or if JSON cannot hold it; `response_invalid` and the like as of a login's answer.
    pub async fn adopt(&self, answer: &impl Serialize) -> Result<Option<Json>, AuthError> {
        let answer = credentials::json("answer", answer)?;
        self.call(kind::ADOPT, &list(&[answer])).await?;
        Ok(self.user())
    }

    /// Signs out here at once, then tells the server as well as can be.
    ///
    /// # Errors
    /// `request_rejected` or `csrf_failed` if the server refuses the request: it goes on with a session that nobody is in here.
    /// A server that is away is none.
    pub async fn logout(&self) -> Result<(), AuthError> {
        self.call(kind::LOGOUT, &JsValue::UNDEFINED).await?;
        Ok(())
    }

    /// Renews now: the token, or in session mode what is known of the user.
    ///
    /// # Errors
    /// `signed_out` or `refresh_unavailable`.
    pub async fn refresh(&self) -> Result<Option<Json>, AuthError> {
        self.call(kind::REFRESH, &JsValue::UNDEFINED).await?;
        Ok(self.user())
    }

    /// The access token, renewed first if it is due. `None` when signed out or in session mode.
    ///
    /// # Errors
    /// `signed_out` or `refresh_unavailable`.
    pub async fn access_token(&self) -> Result<Option<String>, AuthError> {
        Ok(self
            .call(kind::TOKEN, &JsValue::UNDEFINED)
            .await?
            .as_string())
    }

    /// `fetch`, signed in. Takes a URL, a `Request`, or whatever else `fetch` takes.
    ///
    /// # Errors
    /// What `fetch` throws; an [`AuthError`] only where the reason is auth.
    pub async fn fetch(&self, input: impl Into<JsValue>) -> Result<Response, FetchError> {
        self.fetch_with(input, &JsValue::UNDEFINED).await
    }

    /// As [`Client::fetch`], with a `RequestInit`.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub async fn fetch_with(
        &self,
        input: impl Into<JsValue>,
        init: &JsValue,
    ) -> Result<Response, FetchError> {
        self.check_alive()?;
        let promise = self.0.inner.shell.auth_fetch(&input.into(), init);
        let response = JsFuture::from(promise).await.map_err(errors::read)?;
        Ok(response.unchecked_into())
    }

    /// What is known about the visitor.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.inner.with_engine(|engine| engine.snapshot().status)
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> Option<Json> {
        self.0
            .inner
            .with_engine(|engine| engine.snapshot().user.clone())
    }

    /// The present state.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.0.inner.with_engine(|engine| engine.snapshot().clone())
    }

    /// Claims of the current access token, not verified.
    #[must_use]
    pub fn claims(&self) -> Option<Json> {
        self.0.inner.with_engine(|engine| engine.claims().cloned())
    }

    /// What happened lately, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.0
            .inner
            .with_engine(|engine| engine.journal().copied().collect())
    }

    /// Calls back after each change, once the state is committed.
    pub fn subscribe(&self, listener: impl Fn(&Change) + 'static) -> Subscription {
        let inner = Rc::downgrade(&self.0.inner);
        let listener = Closure::<dyn Fn(Array)>::new(move |change: Array| {
            if let Some(change) = inner
                .upgrade()
                .and_then(|inner| changes::read(&inner, &change))
            {
                listener(&change);
            }
        });
        let stop = self.0.inner.shell.subscribe(listener.as_ref());
        Subscription {
            stop,
            _listener: listener,
        }
    }

    /// Stops this client and its clones. Other clients of the same key go on.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    async fn call(&self, kind: u32, payload: &JsValue) -> Result<JsValue, AuthError> {
        self.check_alive()?;
        settled(self.0.inner.shell.call(kind, payload)).await
    }

    fn check_alive(&self) -> Result<(), AuthError> {
        if self.0.is_disposed.get() {
            Err(AuthError::disposed())
        } else {
            Ok(())
        }
    }
}

impl Handle {
    fn dispose(&self) {
        if !self.is_disposed.replace(true) {
            self.inner.release();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.dispose();
    }
}

/// What comes of a promise that no signal ends.
async fn settled(promise: Promise) -> Result<JsValue, AuthError> {
    let value = JsFuture::from(promise).await;
    value.map_err(|error| without_signal(errors::read(error)))
}

fn without_signal(error: FetchError) -> AuthError {
    match error {
        FetchError::Auth(error) => error,
        // Nothing but a signal ends a call in the platform's words, and none was given.
        FetchError::Native(_) => AuthError::disposed(),
    }
}
