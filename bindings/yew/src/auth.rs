//! The client of an app, and its present state.

use std::ops::Deref;

use hallpass::{AuthError, Json, Reason, Snapshot, Starting, Status};
use serde::de::DeserializeOwned;
use yew::prelude::*;

/// The client of an app, and its state when the component was drawn; each change draws it anew. Calls are those of [`Starting`], and wait
/// until the client is there.
#[derive(Clone, PartialEq)]
pub struct Auth {
    pub(crate) starting: Starting,
    pub(crate) snapshot: Snapshot,
    pub(crate) error: Option<AuthError>,
}

/// The client that an [`AuthProvider`](crate::AuthProvider) above has provided.
///
/// # Panics
/// If there is none.
#[hook]
#[allow(clippy::expect_used, reason = "a component in the wrong place")]
pub fn use_auth() -> Auth {
    use_context().expect("use_auth() found no <AuthProvider> above it")
}

impl Deref for Auth {
    type Target = Starting;

    fn deref(&self) -> &Starting {
        &self.starting
    }
}

impl Auth {
    /// What is known about the visitor.
    #[must_use]
    pub fn status(&self) -> Status {
        self.snapshot.status
    }

    /// The user: the profile that the backend answered, or else the token's claims.
    #[must_use]
    pub fn user(&self) -> Option<&Json> {
        self.snapshot.user.as_ref()
    }

    /// The user as a type of the app's; `None` too if they do not fit.
    #[must_use]
    pub fn user_as<T: DeserializeOwned>(&self) -> Option<T> {
        self.user().and_then(|user| user.to().ok())
    }

    /// Why nobody is signed in any more.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.snapshot.reason
    }

    /// The whole state.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Why there is no client: an option is wrong, or a file of it did not load. The status stays `Restoring` then, and the
    /// console tells it too.
    #[must_use]
    pub fn error(&self) -> Option<&AuthError> {
        self.error.as_ref()
    }
}
