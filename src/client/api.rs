//! The async Rust API.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Inner, Setup, credentials};
use crate::browser::Response;
use crate::browser::delivered::kind;
use crate::browser::urls::BrowserUrls;
use crate::browser::values::list;
use crate::core::{
    AuthError, Change, Code, Event, JournalEntry, Options, Reason, Snapshot, Status, StepUp,
};
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
    is_disposed: Cell<bool>,
}

/// What an app brings beside its options.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// The app's own rule for "this answer means signed out": gets the `Response`, returns a boolean or a promise of one.
    pub is_signed_out: Option<Function>,
    /// The store behind [`crate::StorageKind::Custom`]: an object with the methods `get(key)`, `set(key, value)`
    /// and `remove(key)`, each of which may return a promise.
    pub store: Option<Object>,
}

/// Why a call failed.
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
    stop: Function,
    _listener: Closure<dyn Fn(Array)>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // It takes a listener out of a set, which cannot fail.
        let _ = self.stop.call0(&JsValue::UNDEFINED);
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
        let config = options.check(&BrowserUrls)?;
        let or_none = |part: Option<JsValue>| part.unwrap_or(JsValue::UNDEFINED);
        let setup = Setup {
            has_own_store: hooks.store.is_some(),
            parts: list(&[
                Closure::<MakeError>::new(make_error).into_js_value(),
                or_none(hooks.is_signed_out.map(JsValue::from)),
                or_none(hooks.store.map(JsValue::from)),
                JsValue::UNDEFINED,
                LEASE.with(JsValue::clone),
            ])
            .into(),
        };
        let inner = Inner::open(config, setup)?;
        inner.retain();
        let client = Client(Rc::new(Handle {
            inner,
            is_disposed: Cell::new(false),
        }));
        client.call(kind::READY, &JsValue::UNDEFINED).await?;
        Ok(client)
    }

    /// Signs in with what the backend wants to know, sent as JSON, and returns the user.
    ///
    /// # Errors
    /// `config_invalid` if JSON cannot hold the credentials; else see [`Code`]. The state is as before then.
    pub async fn login(&self, credentials: &impl Serialize) -> Result<Option<Json>, AuthError> {
        let body = credentials::json(credentials).ok_or_else(|| {
            AuthError::config("credentials", "must be a value that JSON can hold")
        })?;
        self.call(kind::LOGIN, &body).await?;
        Ok(self.user())
    }

    /// Takes up a token answer (RFC 6749 §5.1) that the app got by another way than [`Client::login`], and returns the user.
    ///
    /// # Errors
    /// `config_invalid` in session mode or if JSON cannot hold it; `response_invalid` and the like as of a login's answer.
    pub async fn adopt(&self, answer: &impl Serialize) -> Result<Option<Json>, AuthError> {
        let answer = credentials::json(answer)
            .ok_or_else(|| AuthError::config("answer", "must be a value that JSON can hold"))?;
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
        let response = JsFuture::from(promise).await.map_err(read_error)?;
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
            let event = change
                .get(0)
                .as_string()
                .and_then(|event| Event::read(&event));
            if let (Some(inner), Some(event)) = (inner.upgrade(), event) {
                let snapshot = inner.with_engine(|engine| engine.snapshot().clone());
                let claims = || inner.with_engine(|engine| engine.claims().cloned());
                listener(&Change {
                    event,
                    snapshot,
                    ended_by: [change.get(7).as_string(), change.get(8).as_string()],
                    step_up: (event == Event::StepUpRequired).then(|| step_up(&change)),
                    heaviest: if event == Event::TokenLarge {
                        heaviest(claims())
                    } else {
                        Vec::new()
                    },
                });
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
        let promise = self.0.inner.shell.call(kind, payload);
        JsFuture::from(promise)
            .await
            .map_err(|error| match read_error(error) {
                FetchError::Auth(error) => error,
                // No signal is given, so nothing else can end it.
                FetchError::Native(_) => AuthError::disposed(),
            })
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

/// What the shell puts behind the state.
fn step_up(change: &Array) -> StepUp {
    let acr_values: Array = change.get(7).unchecked_into();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it saturates"
    )]
    let max_age = change.get(8).as_f64().map(|age| age as u32);
    StepUp {
        acr_values: acr_values
            .iter()
            .filter_map(|acr| acr.as_string())
            .collect(),
        max_age,
    }
}

/// The claims that make a token large.
fn heaviest(claims: Option<Json>) -> Vec<(String, usize)> {
    let claims = claims.iter().flat_map(Json::entries);
    let mut weights: Vec<_> = claims
        .map(|(name, value)| (name, value.text().len()))
        .collect();
    weights.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    weights.truncate(5);
    weights
}

type MakeError = dyn Fn(String, String, Array) -> JsValue;

/// An error as the shell rejects with it: a list, which `read_error` knows again.
fn make_error(code: String, _message: String, members: Array) -> JsValue {
    members.unshift(&code.into());
    members.into()
}

/// A value that the engine gave out.
fn json_of(value: &JsValue) -> Option<Json> {
    let text = js_sys::JSON::stringify(value).ok()?.as_string()?;
    Json::parse(&text).filter(|body| !body.is_null())
}

/// What the shell rejected with: an error of `make_error`'s, or the platform's.
fn read_error(thrown: JsValue) -> FetchError {
    let Some(list) = thrown.dyn_ref::<Array>() else {
        return FetchError::Native(thrown);
    };
    let text = |index| list.get(index).as_string();
    let Some(code) = text(0).and_then(|code| Code::read(&code)) else {
        return FetchError::Native(thrown);
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "written from a u32"
    )]
    let number = |index| list.get(index).as_f64().map(|number| number as u32);
    let mut error = AuthError::from_code(code);
    error.status = number(1).and_then(|status| u16::try_from(status).ok());
    error.retry_after = number(3);
    error.server_code = text(4);
    error.server_message = text(5);
    error.reason = text(7).and_then(|reason| Reason::read(&reason));
    error.body = json_of(&list.get(8));
    error.detail = text(9);
    FetchError::Auth(error)
}
