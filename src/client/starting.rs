//! A client that a view can show before it is there.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::api::{Client, LoginOptions};
use super::changes::Subscription;
use super::credentials::Credentials;
use super::errors::FetchError;
use super::options::Options;
use crate::browser::Response;
use crate::core::{AuthError, Change, Snapshot};
use crate::json::Json;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// A client that is being made. A framework draws its first view before [`Client::create`] is through: until then the state is
/// [`Snapshot::restoring`], and whoever calls waits. Clones share one client, which goes with the last of them.
///
/// The crates `hallpass-leptos`, `hallpass-yew` and `hallpass-dioxus` stand on it; it is there for the glue of other frameworks.
#[derive(Clone)]
pub struct Starting(Rc<Inner>);

impl PartialEq for Starting {
    fn eq(&self, other: &Starting) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    made: Rc<RefCell<Made>>,
    done: Promise,
}

type Listener = Rc<dyn Fn(&Change)>;

#[derive(Default)]
struct Made {
    /// `None`: not yet.
    client: Option<Result<Client, AuthError>>,
    /// Each with its subscription, once there is a client.
    listeners: Vec<(Listener, Option<Subscription>)>,
    is_over: bool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let mut made = self.made.borrow_mut();
        made.is_over = true;
        let listeners = std::mem::take(&mut made.listeners);
        let client = made.client.take();
        drop(made);
        drop((listeners, client));
    }
}

impl Starting {
    /// Begins. `told` is called with the first state and with each that follows, or once with what is wrong.
    pub fn begin(
        options: Options,
        told: impl Fn(Result<Snapshot, AuthError>) + 'static,
    ) -> Starting {
        let told = Rc::new(told);
        let made = Rc::new(RefCell::new(Made::default()));
        let heard = Rc::clone(&told);
        let listener: Listener = Rc::new(move |change| heard(Ok(change.snapshot.clone())));
        made.borrow_mut().listeners.push((listener, None));
        let weak = Rc::downgrade(&made);
        let done = future_to_promise(async move {
            let client = Client::create(options).await;
            let Some(made) = weak.upgrade().filter(|made| !made.borrow().is_over) else {
                return Ok(JsValue::UNDEFINED);
            };
            if let Err(wrong) = &client {
                // Nothing that is shown tells of it by itself.
                error(&["hallpass: ", &wrong.message()].concat());
            }
            let first = client
                .as_ref()
                .map(Client::snapshot)
                .map_err(AuthError::clone);
            made.borrow_mut().take(client);
            told(first);
            Ok(JsValue::UNDEFINED)
        });
        Starting(Rc::new(Inner { made, done }))
    }

    /// The client, as soon as it is there.
    ///
    /// # Errors
    /// As of [`Client::create`].
    pub async fn client(&self) -> Result<Client, AuthError> {
        // It never rejects.
        let _ = JsFuture::from(self.0.done.clone()).await;
        self.now().unwrap_or_else(|| Err(AuthError::disposed()))
    }

    /// The client, if it is there.
    #[must_use]
    pub fn now(&self) -> Option<Result<Client, AuthError>> {
        self.0.made.borrow().client.clone()
    }

    /// As [`Client::login`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::login`].
    pub async fn login(&self, credentials: &impl Serialize) -> Result<Option<Json>, AuthError> {
        self.client().await?.login(credentials).await
    }

    /// As [`Client::login_with`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::login_with`].
    pub async fn login_with(
        &self,
        credentials: Credentials,
        options: LoginOptions,
    ) -> Result<Option<Json>, FetchError> {
        let client = self.client().await?;
        client.login_with(credentials, options).await
    }

    /// As [`Client::logout`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::logout`].
    pub async fn logout(&self) -> Result<(), AuthError> {
        self.client().await?.logout().await
    }

    /// As [`Client::refresh`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::refresh`].
    pub async fn refresh(&self) -> Result<Option<Json>, AuthError> {
        self.client().await?.refresh().await
    }

    /// As [`Client::access_token`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::access_token`].
    pub async fn access_token(&self) -> Result<Option<String>, AuthError> {
        self.client().await?.access_token().await
    }

    /// As [`Client::fetch`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::fetch`].
    pub async fn fetch(&self, input: impl Into<JsValue>) -> Result<Response, FetchError> {
        self.client().await?.fetch(input).await
    }

    /// As [`Client::fetch_with`].
    ///
    /// # Errors
    /// As of [`Client::create`] and [`Client::fetch_with`].
    pub async fn fetch_with(
        &self,
        input: impl Into<JsValue>,
        init: &JsValue,
    ) -> Result<Response, FetchError> {
        self.client().await?.fetch_with(input, init).await
    }

    /// Calls back after each change, for as long as the client is there.
    pub fn on_change(&self, listener: impl Fn(&Change) + 'static) {
        let listener: Listener = Rc::new(listener);
        let mut made = self.0.made.borrow_mut();
        let subscription = made.subscribe(&listener);
        made.listeners.push((listener, subscription));
    }
}

impl Made {
    fn take(&mut self, client: Result<Client, AuthError>) {
        self.client = Some(client);
        for (listener, subscription) in std::mem::take(&mut self.listeners) {
            let subscription = subscription.or_else(|| self.subscribe(&listener));
            self.listeners.push((listener, subscription));
        }
    }

    fn subscribe(&self, listener: &Listener) -> Option<Subscription> {
        let Some(Ok(client)) = &self.client else {
            return None;
        };
        let listener = Rc::clone(listener);
        Some(client.subscribe(move |change| listener(change)))
    }
}
