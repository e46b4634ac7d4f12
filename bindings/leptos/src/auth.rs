//! The client of an app, as signals.

use hallpass::{
    AuthError, Change, Client, Credentials, FetchError, Json, LoginOptions, Options, Reason,
    Snapshot, Starting, Status,
};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::Response;

/// The client of an app. It is `Copy`, as signals are. What reads a state tracks it; calls wait until the client is there.
#[derive(Clone, Copy)]
pub struct Auth {
    starting: StoredValue<Starting, LocalStorage>,
    snapshot: RwSignal<Snapshot, LocalStorage>,
    status: RwSignal<Status>,
    user: RwSignal<Option<Json>, LocalStorage>,
    error: RwSignal<Option<AuthError>, LocalStorage>,
}

/// Makes the client and gives it to all components below this one. It lives as long as they do.
pub fn provide_auth(options: Options) -> Auth {
    let snapshot = RwSignal::new_local(Snapshot::restoring());
    let status = RwSignal::new(Status::Restoring);
    let user = RwSignal::new_local(None);
    let error = RwSignal::new_local(None);
    // After its owner is gone there is nobody to tell.
    let starting = Starting::begin(options, move |told| match told {
        Ok(state) => {
            if user
                .try_get_untracked()
                .is_some_and(|user| user != state.user)
            {
                let _ = user.try_set(state.user.clone());
            }
            if status.try_get_untracked() != Some(state.status) {
                let _ = status.try_set(state.status);
            }
            let _ = snapshot.try_set(state);
        }
        Err(wrong) => {
            let _ = error.try_set(Some(wrong));
        }
    });
    let auth = Auth {
        starting: StoredValue::new_local(starting),
        snapshot,
        status,
        user,
        error,
    };
    provide_context(auth);
    auth
}

/// The client that a component above has provided.
///
/// # Panics
/// If none has: call [`provide_auth`] in the app's first component.
#[must_use]
pub fn use_auth() -> Auth {
    expect_context()
}

impl Auth {
    /// What is known about the visitor.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.get()
    }

    /// The user: the profile that the backend answered, or else the token's claims.
    #[must_use]
    pub fn user(&self) -> Option<Json> {
        self.user.get()
    }

    /// The user as a type of the app's; `None` too if they do not fit.
    #[must_use]
    pub fn user_as<T: DeserializeOwned>(&self) -> Option<T> {
        self.user.get().and_then(|user| user.to().ok())
    }

    /// Why nobody is signed in any more.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.snapshot.get().reason
    }

    /// The whole state.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.get()
    }

    /// Why there is no client: an option is wrong, or a file of it did not load. The status stays `Restoring` then, and the
    /// console tells it too.
    #[must_use]
    pub fn error(&self) -> Option<AuthError> {
        self.error.get()
    }

    /// Calls back after each change, for as long as the client is there: to clear what is cached of a user at
    /// [`SignedOut`](hallpass::Event::SignedOut) and [`SubjectChanged`](hallpass::Event::SubjectChanged), for instance.
    pub fn on_change(&self, listener: impl Fn(&Change) + 'static) {
        self.starting
            .with_value(|starting| starting.on_change(listener));
    }

    /// The client itself, for what is not here.
    ///
    /// # Errors
    /// As of [`Client::create`]; `disposed` after the component that provided it is gone.
    pub async fn client(&self) -> Result<Client, AuthError> {
        self.starting()?.client().await
    }

    /// As [`Client::login`].
    ///
    /// # Errors
    /// As of [`Client::login`].
    pub async fn login(&self, credentials: &impl Serialize) -> Result<Option<Json>, AuthError> {
        self.starting()?.login(credentials).await
    }

    /// As [`Client::login_with`].
    ///
    /// # Errors
    /// As of [`Client::login_with`].
    pub async fn login_with(
        &self,
        credentials: Credentials,
        options: LoginOptions,
    ) -> Result<Option<Json>, FetchError> {
        self.starting()?.login_with(credentials, options).await
    }

    /// As [`Client::logout`].
    ///
    /// # Errors
    /// As of [`Client::logout`].
    pub async fn logout(&self) -> Result<(), AuthError> {
        self.starting()?.logout().await
    }

    /// As [`Client::refresh`].
    ///
    /// # Errors
    /// As of [`Client::refresh`].
    pub async fn refresh(&self) -> Result<Option<Json>, AuthError> {
        self.starting()?.refresh().await
    }

    /// As [`Client::access_token`].
    ///
    /// # Errors
    /// As of [`Client::access_token`].
    pub async fn access_token(&self) -> Result<Option<String>, AuthError> {
        self.starting()?.access_token().await
    }

    /// As [`Client::fetch`].
    ///
    /// # Errors
    /// As of [`Client::fetch`].
    pub async fn fetch(&self, input: impl Into<JsValue>) -> Result<Response, FetchError> {
        self.starting()?.fetch(input).await
    }

    /// As [`Client::fetch_with`].
    ///
    /// # Errors
    /// As of [`Client::fetch_with`].
    pub async fn fetch_with(
        &self,
        input: impl Into<JsValue>,
        init: &JsValue,
    ) -> Result<Response, FetchError> {
        self.starting()?.fetch_with(input, init).await
    }

    fn starting(&self) -> Result<Starting, AuthError> {
        self.starting
            .try_get_value()
            .ok_or_else(AuthError::disposed)
    }
}
