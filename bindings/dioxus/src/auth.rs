//! The client of an app, as signals.

use dioxus::prelude::*;
use futures_util::StreamExt as _;
use hallpass::{
    AuthError, Change, Client, Credentials, FetchError, Json, LoginOptions, Options, Reason,
    Snapshot, Starting, Status,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::Response;

/// The client of an app. It is `Copy`, as signals are. What reads a state subscribes to it; calls wait until the client is there.
#[derive(Clone, Copy)]
pub struct Auth {
    starting: CopyValue<Starting>,
    snapshot: Signal<Snapshot>,
    status: Signal<Status>,
    user: Signal<Option<Json>>,
    error: Signal<Option<AuthError>>,
}

/// Makes the client and gives it to this component and all below. It lives as long as they do.
pub fn use_auth_provider(options: impl FnOnce() -> Options) -> Auth {
    use_context_provider(|| Auth::begin(options()))
}

/// The client that a component above has provided.
///
/// # Panics
/// If none has: call [`use_auth_provider`] in the app's first component.
#[must_use]
pub fn use_auth() -> Auth {
    use_context()
}

impl Auth {
    fn begin(options: Options) -> Auth {
        let (tell, mut told) = futures_channel::mpsc::unbounded();
        // After the component is gone there is nobody to tell.
        let starting = Starting::begin(options, move |state| drop(tell.unbounded_send(state)));
        let mut auth = Auth {
            starting: CopyValue::new(starting),
            snapshot: Signal::new(Snapshot::restoring()),
            status: Signal::new(Status::Restoring),
            user: Signal::new(None),
            error: Signal::new(None),
        };
        // Signals are written where the framework's runtime is.
        spawn(async move {
            while let Some(state) = told.next().await {
                match state {
                    Ok(state) => auth.show(state),
                    Err(error) => auth.error.set(Some(error)),
                }
            }
        });
        auth
    }

    fn show(&mut self, state: Snapshot) {
        if *self.user.peek() != state.user {
            self.user.set(state.user.clone());
        }
        if *self.status.peek() != state.status {
            self.status.set(state.status);
        }
        self.snapshot.set(state);
    }

    /// What is known about the visitor.
    #[must_use]
    pub fn status(&self) -> Status {
        (self.status)()
    }

    /// The user: the profile that the backend answered, or else the token's claims.
    #[must_use]
    pub fn user(&self) -> Option<Json> {
        (self.user)()
    }

    /// The user as a type of the app's; `None` too if they do not fit.
    #[must_use]
    pub fn user_as<T: DeserializeOwned>(&self) -> Option<T> {
        self.user().and_then(|user| user.to().ok())
    }

    /// Why nobody is signed in any more.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.snapshot.read().reason
    }

    /// The whole state.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        (self.snapshot)()
    }

    /// Why there is no client: an option is wrong, or a file of it did not load. The status stays `Restoring` then, and the
    /// console tells it too.
    #[must_use]
    pub fn error(&self) -> Option<AuthError> {
        (self.error)()
    }

    /// Calls back after each change, for as long as the client is there: to clear what is cached of a user at
    /// [`SignedOut`](hallpass::Event::SignedOut) and [`SubjectChanged`](hallpass::Event::SubjectChanged), for instance.
    pub fn on_change(&self, listener: impl Fn(&Change) + 'static) {
        self.starting.read().on_change(listener);
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
        let starting = self.starting.try_read().map(|starting| starting.clone());
        starting.map_err(|_| AuthError::disposed())
    }
}
