//! What the engine wants done.

use crate::json::Json;

use crate::core::port::error::AuthError;
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::message::Message;
use crate::core::port::request::{HeaderValue, HttpRequest};
use crate::core::port::secret::Secret;
use crate::core::port::shown::Change;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a request of the engine's own, and answer with `Input::Answered`.
    Send {
        /// Its name.
        request: RequestId,
        /// What to send.
        http: HttpRequest,
    },
    /// Abort a request of the engine's own. Its answer will not be heard.
    Cancel {
        /// Which.
        request: RequestId,
    },
    /// Let the request of an `authFetch` go.
    Dispatch {
        /// Whose.
        call: CallId,
        /// Headers to set.
        headers: Vec<(String, HeaderValue)>,
        /// With `credentials: "include"`.
        include_credentials: bool,
        /// A redirect is an error, unless the caller handles redirects itself: by the app's word, or as browsers would carry
        /// the token along to another origin, as they drop `Authorization` only (Fetch, HTTP-redirect fetch).
        refuse_redirects: bool,
        /// Answer with `Input::FetchAnswered`, and keep the request so that it can be sent again.
        watch: Watch,
    },
    /// The caller's wait is over.
    Settle {
        /// Whose.
        call: CallId,
        /// With what.
        outcome: Result<Outcome, AuthError>,
    },
    /// Read the store and answer with `Input::Loaded`.
    Load,
    /// Write the store and answer with `Input::Saved`. Stores are written in the order of the effects.
    Save(Secret),
    /// Clear our key in the store and answer with `Input::Saved`.
    Remove,
    /// Ask for the lock between tabs; answer with `Input::LockGranted`.
    Lock,
    /// Let go of the lock, or of the wait for it.
    Unlock,
    /// Tell the other tabs.
    Tell(Message),
    /// Tell the app's listeners.
    Notify(Change),
}

/// Whether the answer to a dispatched request is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Watch {
    /// No: the caller gets it as it is.
    No,
    /// Yes.
    Yes {
        /// And a second copy of the body is needed, as the request may be sent again.
        keep_body: bool,
    },
}

/// What a call comes to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The user, of `login` and `refresh`.
    User(Option<Json>),
    /// The access token.
    Token(Option<Secret>),
    /// Nothing more to say.
    Done,
    /// The answer that the shell holds is the caller's.
    Answer,
}
