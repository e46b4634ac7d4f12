//! The async Rust API, and the loop that drives the engine in a browser.

mod driver;
mod slot;

use std::rc::Rc;

use js_sys::Function;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Response};

use crate::browser::fetch::{Prepared, prepare, run};
pub use crate::browser::storage::{CustomStore, StoreFuture};
use crate::browser::urls::BrowserUrls;
use crate::core::{
    AuthError, CallId, Change, Input, JournalEntry, Options, Outcome, Secret, Snapshot, Status,
};
pub(crate) use driver::Inner;
pub(crate) use slot::{Reply, Slot};

/// The auth client. Clones share one engine, as do all clients with one key.
///
/// Every method may be called at any time, also from inside a listener.
#[derive(Clone)]
pub struct Client(Rc<Handle>);

/// Keeps the engine running; the last one stops it.
struct Handle {
    inner: Rc<Inner>,
    is_disposed: std::cell::Cell<bool>,
}

/// What an app brings beside its options.
#[derive(Clone, Default)]
pub struct Hooks {
    /// The app's own rule for "this answer means signed out": gets the `Response`, returns a boolean or a promise of one.
    pub is_signed_out: Option<Function>,
    /// The store behind [`crate::StorageKind::Custom`].
    pub store: Option<Rc<dyn CustomStore>>,
}

/// Why [`Client::fetch`] failed.
#[derive(Clone, Debug)]
pub enum FetchError {
    /// The reason is auth.
    Auth(AuthError),
    /// What `fetch` itself threw: a `TypeError`, an `AbortError`, or the signal's reason.
    Native(JsValue),
}

impl From<AuthError> for FetchError {
    fn from(error: AuthError) -> FetchError {
        FetchError::Auth(error)
    }
}

/// Listens until dropped.
#[must_use = "dropping it stops the listener"]
pub struct Subscription {
    inner: std::rc::Weak<Inner>,
    id: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.upgrade() {
            inner.unsubscribe(self.id);
        }
    }
}

impl Client {
    /// Makes a client and restores what is stored. Succeeds also when the backend is down.
    ///
    /// # Errors
    /// `config_invalid`, naming the option.
    pub async fn create(options: Options) -> Result<Client, AuthError> {
        Client::create_with(options, Hooks::default()).await
    }

    /// As [`Client::create`], with the app's own store or rule.
    ///
    /// # Errors
    /// `config_invalid`, naming the option.
    pub async fn create_with(options: Options, hooks: Hooks) -> Result<Client, AuthError> {
        let client = Client::open(options, hooks)?;
        let call = client.begin(|call| Input::Ready { call }, None)?;
        match call.settled().await {
            Ok(_) => Ok(client),
            Err(FetchError::Auth(error)) => Err(error),
            Err(FetchError::Native(_)) => Ok(client),
        }
    }

    /// Makes a client that is still restoring.
    pub(crate) fn open(options: Options, hooks: Hooks) -> Result<Client, AuthError> {
        let config = options.check(&BrowserUrls)?;
        let inner = Inner::open(config, hooks)?;
        inner.retain();
        Ok(Client(Rc::new(Handle {
            inner,
            is_disposed: std::cell::Cell::new(false),
        })))
    }

    /// Signs in with any JSON body, and returns the user.
    ///
    /// # Errors
    /// See [`crate::Code`]; the state is as before then.
    pub async fn login(&self, json: &str) -> Result<Option<Value>, AuthError> {
        let body = Secret::new(json.into());
        let call = self.begin(|call| Input::Login { call, body }, None)?;
        call.user().await.map_err(auth_only)
    }

    /// Signs out here at once, then tells the server as well as can be.
    pub async fn logout(&self) {
        if let Ok(call) = self.begin(|call| Input::Logout { call }, None) {
            let _ = call.settled().await;
        }
    }

    /// Renews now: the token, or in session mode what is known of the user.
    ///
    /// # Errors
    /// `signed_out` or `refresh_unavailable`.
    pub async fn refresh(&self) -> Result<Option<Value>, AuthError> {
        let call = self.begin(|call| Input::Refresh { call }, None)?;
        call.user().await.map_err(auth_only)
    }

    /// The access token, renewed first if it is due. `None` when signed out or in session mode.
    ///
    /// # Errors
    /// `signed_out` or `refresh_unavailable`.
    pub async fn access_token(&self) -> Result<Option<String>, AuthError> {
        let call = self.begin(|call| Input::Token { call }, None)?;
        match call.settled().await.map_err(auth_only)? {
            Outcome::Token(token) => Ok(token.map(|token| token.expose().into())),
            _ => Ok(None),
        }
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
        self.begin_fetch(&input.into(), init)?.await
    }

    /// Reads the arguments now; the future does the rest.
    pub(crate) fn begin_fetch(
        &self,
        input: &JsValue,
        init: &JsValue,
    ) -> Result<impl Future<Output = Result<Response, FetchError>> + 'static, FetchError> {
        self.check_alive()?;
        let inner = Rc::clone(&self.0.inner);
        let prepared = prepare(&inner, input, init).map_err(FetchError::Native)?;
        // Held through the flight, so that dropping the client does not drop what it began.
        let client = self.clone();
        Ok(async move {
            let _client = client;
            match prepared {
                Prepared::Plain(promise) => wasm_bindgen_futures::JsFuture::from(promise)
                    .await
                    .map(JsCast::unchecked_into)
                    .map_err(FetchError::Native),
                Prepared::Listed { request, facts } => run(inner, request, facts).await,
            }
        })
    }

    /// Who is signed in, as far as is known.
    #[must_use]
    pub fn status(&self) -> Status {
        self.snapshot().status
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> Option<Value> {
        self.snapshot().user
    }

    /// The present state.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.0.inner.with_engine(|engine| engine.snapshot().clone())
    }

    /// Claims of the current access token, not verified.
    #[must_use]
    pub fn claims(&self) -> Option<Map<String, Value>> {
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
        Subscription {
            inner: Rc::downgrade(&self.0.inner),
            id: self.0.inner.subscribe(Rc::new(listener)),
        }
    }

    /// Stops this client's share in the engine; the last one stops timers and listeners. The session stays.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    #[cfg(feature = "js")]
    pub(crate) fn inner(&self) -> &Rc<Inner> {
        &self.0.inner
    }

    pub(crate) fn begin(
        &self,
        input: impl FnOnce(CallId) -> Input,
        signal: Option<&AbortSignal>,
    ) -> Result<Slot, AuthError> {
        self.check_alive()?;
        let slot = Slot::open(&self.0.inner);
        let slot = match signal {
            Some(signal) => slot.with_signal(signal),
            None => slot,
        };
        self.0.inner.feed(input(slot.id));
        Ok(slot)
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

/// Calls other than `fetch` fail for reasons of auth only; an abort is the caller's own doing.
fn auth_only(error: FetchError) -> AuthError {
    match error {
        FetchError::Auth(error) => error,
        FetchError::Native(_) => AuthError::disposed(),
    }
}
