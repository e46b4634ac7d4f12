//! What the engine is told.

use crate::core::port::answer::{Answer, Failure};
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::message::Message;
use crate::core::port::pass::Pass;
use crate::core::port::secret::Secret;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The first input. `seed` feeds the jitter.
    Start {
        /// Any number; differs between tabs.
        seed: u64,
    },
    /// The app calls `login`.
    Login {
        /// Who waits.
        call: CallId,
        /// The JSON body.
        body: Secret,
    },
    /// The same, to another endpoint than the usual one.
    LoginAt {
        /// Who waits.
        call: CallId,
        /// The credentials as JSON.
        body: Secret,
        /// An absolute URL on a listed origin.
        url: String,
    },
    /// The app has got tokens by another way than a login.
    Adopt {
        /// Who waits.
        call: CallId,
        /// A token answer (RFC 6749 §5.1), as JSON.
        answer: Answer,
    },
    /// The app calls `logout`.
    Logout {
        /// Who waits.
        call: CallId,
    },
    /// The app calls `refresh`.
    Refresh {
        /// Who waits.
        call: CallId,
    },
    /// The app asks for the access token.
    Token {
        /// Who waits.
        call: CallId,
    },
    /// The app waits until the state is known.
    Ready {
        /// Who waits.
        call: CallId,
    },
    /// The app calls `authFetch` for a listed origin.
    Fetch {
        /// Who waits.
        call: CallId,
        /// What there is to know of the request.
        facts: FetchFacts,
        /// It has been sent already, by this pass, and an answer came that the engine has to know of: that follows.
        sent_by: Option<Pass>,
    },
    /// A watched request of `authFetch` has been answered.
    FetchAnswered {
        /// Whose.
        call: CallId,
        /// What there is to know of the answer.
        answer: FetchAnswer,
    },
    /// A request of `authFetch` has failed, or was led to a page: as where a login page stands before the API. The shell holds
    /// the answer, or the failure.
    FetchDoubtful {
        /// Whose.
        call: CallId,
    },
    /// The caller is gone: aborted, or its request failed.
    Gone {
        /// Who.
        call: CallId,
    },
    /// A request of the engine's own has come to an end.
    Answered {
        /// Which.
        request: RequestId,
        /// How.
        outcome: Result<Answer, Failure>,
    },
    /// The store has been read.
    Loaded(Result<Option<Secret>, LoadFailure>),
    /// The store has been written, or cleared.
    Saved(Result<(), StoreFailure>),
    /// The lock between tabs is ours, or there is no such thing here.
    LockGranted {
        /// Another tab had it: what that one wrote may be seen here only a little later.
        waited: bool,
    },
    /// Another tab says something.
    Message(Message),
    /// Something on the channel that is no message of this version.
    Noise {
        /// How often.
        times: u32,
    },
    /// The page or the device changed.
    Page(PageEvent),
    /// The next deadline may have passed.
    Tick,
    /// The app disposes of the client.
    Dispose,
}

/// What there is to know of a request of `authFetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FetchFacts {
    /// GET, HEAD, OPTIONS or TRACE (RFC 9110 §9.2.1).
    pub is_safe: bool,
    /// The caller has set the credential's header itself.
    pub has_own_credential: bool,
    /// What kind of body it has.
    pub body: Body,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// None.
    Empty,
    /// One that can be sent again.
    Repeatable,
    /// A stream that can be read once.
    Once,
}

/// What there is to know of an answer to `authFetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FetchAnswer {
    /// HTTP status; 0 if it is opaque.
    pub status: u16,
    /// It came from another origin than the one that was asked, after a redirect: browsers take the credential away then.
    pub is_foreign: bool,
    /// What the app's own rule says, if it has one.
    pub means_signed_out: Option<bool>,
    /// Its challenge wants another authentication, see [`wants_step_up`](crate::core::wants_step_up).
    pub wants_step_up: bool,
    /// The page's CSRF token differs now from the one that the request carried.
    pub csrf_moved: bool,
    /// It says that it refuses the CSRF token, in words or as the app has named it.
    pub csrf_refused: bool,
}

/// The store did not do it: blocked or full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoreFailure;

/// Why the store gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadFailure {
    /// It did not do it: blocked, or too slow.
    Broken,
    /// It holds a token that does not stand up to being verified.
    Untrusted,
    /// It holds a token that cannot be verified just now, as the keys are out of reach.
    Unverified,
}

impl From<StoreFailure> for LoadFailure {
    fn from(_: StoreFailure) -> LoadFailure {
        LoadFailure::Broken
    }
}

/// The page or the device changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageEvent {
    /// It was left and is loaded again. Told before [`Input::Start`].
    Reloaded,
    /// It is seen again.
    Visible,
    /// It is being left, and may come back from the back/forward cache.
    Hidden,
    /// It came back from there.
    Restored,
    /// The device is online again.
    Online,
    /// Another tab wrote to the store.
    StoreChanged,
}
