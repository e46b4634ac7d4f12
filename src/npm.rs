//! What the npm package calls: a thin surface over [`Client`](crate::Client).
//!
//! Methods take `&self`, clone what they need and return a promise, so that any
//! call is legal at any time. Errors are made by the package, as its own class.

#![allow(
    unreachable_pub,
    reason = "what is exported to JavaScript has to be pub"
)]

mod options;
mod values;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use crate::browser::scope::report;
use crate::client::{Client, FetchError, Slot, Subscription};
use crate::core::{AuthError, Input, Outcome, Secret};
use options::read_options;
use values::{change_value, error_value, journal_value, json_value, snapshot_value, user_value};

/// A client as the package holds it.
#[wasm_bindgen]
pub struct Handle {
    client: Client,
    make_error: Function,
    _changes: Subscription,
}

/// Makes a client. Resolves with a [`Handle`] once the first attempt to restore has ended.
///
/// `make_error(code, message, members)` makes the package's `AuthError`;
/// `on_change(change)` is called after each change.
#[wasm_bindgen]
pub fn create(options: JsValue, make_error: Function, on_change: Function) -> Promise {
    let begun = read_options(&options).and_then(|(options, hooks)| {
        let client = Client::open(options, hooks)?;
        let ready = client.begin(|call| Input::Ready { call }, None)?;
        Ok((client, ready))
    });
    let failed = make_error.clone();
    future_to_promise(async move {
        let (client, ready) = begun.map_err(|error| error_value(&failed, &error))?;
        ready
            .settled()
            .await
            .map_err(|error| rejection(&failed, error))?;
        let changes = client.subscribe(move |change| {
            if let Err(error) = on_change.call1(&JsValue::UNDEFINED, &change_value(change)) {
                report(&error);
            }
        });
        Ok(Handle {
            client,
            make_error: failed,
            _changes: changes,
        }
        .into())
    })
}

#[wasm_bindgen]
impl Handle {
    /// Changes whenever the snapshot does.
    pub fn version(&self) -> u32 {
        self.client.inner().with_engine(|engine| engine.version())
    }

    /// The present state.
    pub fn snapshot(&self) -> JsValue {
        self.client
            .inner()
            .with_engine(|engine| snapshot_value(engine.snapshot()))
    }

    /// Changes whenever the claims may have.
    #[allow(clippy::cast_precision_loss, reason = "a count")]
    pub fn generation(&self) -> f64 {
        self.client
            .inner()
            .with_engine(|engine| engine.generation() as f64)
    }

    /// Claims of the current access token, or `null`.
    pub fn claims(&self) -> JsValue {
        self.client.inner().with_engine(|engine| {
            engine
                .claims()
                .map_or(JsValue::NULL, |claims| json_value(claims))
        })
    }

    /// The journal, oldest first.
    pub fn journal(&self) -> JsValue {
        self.client
            .inner()
            .with_engine(|engine| journal_value(engine.journal()))
    }

    /// Signs in with a JSON body.
    pub fn login(&self, json: String, signal: JsValue) -> Promise {
        let signal = signal.dyn_ref::<AbortSignal>();
        if let Some(signal) = signal.filter(|signal| signal.aborted()) {
            return Promise::reject(&signal.reason());
        }
        let body = Secret::new(json);
        self.user_promise(
            self.client
                .begin(|call| Input::Login { call, body }, signal),
        )
    }

    /// Signs out.
    pub fn logout(&self) -> Promise {
        self.promise(
            self.client.begin(|call| Input::Logout { call }, None),
            |_| JsValue::UNDEFINED,
        )
    }

    /// Renews now.
    pub fn refresh(&self) -> Promise {
        self.user_promise(self.client.begin(|call| Input::Refresh { call }, None))
    }

    /// The access token, renewed first if it is due.
    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(&self) -> Promise {
        self.promise(
            self.client.begin(|call| Input::Token { call }, None),
            |outcome| match outcome {
                Outcome::Token(Some(token)) => token.expose().into(),
                _ => JsValue::NULL,
            },
        )
    }

    /// `fetch`, signed in.
    pub fn fetch(&self, input: &JsValue, init: &JsValue) -> Promise {
        let begun = self.client.begin_fetch(input, init);
        let make_error = self.make_error.clone();
        future_to_promise(async move {
            let response = match begun {
                Ok(fetch) => fetch.await,
                Err(error) => Err(error),
            };
            response
                .map(JsValue::from)
                .map_err(|error| rejection(&make_error, error))
        })
    }

    /// Stops this handle.
    pub fn dispose(&self) {
        self.client.dispose();
    }

    fn user_promise(&self, begun: Result<Slot, AuthError>) -> Promise {
        self.promise(begun, |outcome| match outcome {
            Outcome::User(user) => user_value(user.as_ref()),
            _ => JsValue::NULL,
        })
    }

    fn promise(
        &self,
        begun: Result<Slot, AuthError>,
        value: impl FnOnce(Outcome) -> JsValue + 'static,
    ) -> Promise {
        let make_error = self.make_error.clone();
        // Held until the end, so that dropping the handle does not drop what it began.
        let client = self.client.clone();
        future_to_promise(async move {
            let _client = client;
            let settled = match begun {
                Ok(slot) => slot.settled().await,
                Err(error) => Err(FetchError::Auth(error)),
            };
            settled
                .map(value)
                .map_err(|error| rejection(&make_error, error))
        })
    }
}

fn rejection(make_error: &Function, error: FetchError) -> JsValue {
    match error {
        FetchError::Auth(error) => error_value(make_error, &error),
        FetchError::Native(error) => error,
    }
}
