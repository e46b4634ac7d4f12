//! Who is signed in, and what the app is shown of it.

use crate::json::Json;

use crate::core::time::clock::Wall;

/// What is known about the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not known yet.
    Restoring,
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is.
    SignedOut,
}

impl Status {
    /// As it is written in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Restoring => "restoring",
            Status::SignedIn => "signed-in",
            Status::SignedOut => "signed-out",
        }
    }
}

/// Why nobody is signed in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// `logout()` here.
    Logout,
    /// `logout()` in another tab.
    LogoutElsewhere,
    /// The server said that the session is over.
    SessionEnded,
    /// The server refused the refresh token for good.
    RefreshRefused,
    /// The server refused a refresh whose earlier answer had been lost.
    RefreshOutcomeUnknown,
    /// The access token ended and nothing renews it.
    TokenExpired,
    /// The stored session was ours but damaged.
    StoredSessionInvalid,
    /// The stored session disappeared.
    StoreCleared,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 8] = [
        Reason::Logout,
        Reason::LogoutElsewhere,
        Reason::SessionEnded,
        Reason::RefreshRefused,
        Reason::RefreshOutcomeUnknown,
        Reason::TokenExpired,
        Reason::StoredSessionInvalid,
        Reason::StoreCleared,
    ];

    /// Reads it back. `None`: not a reason of this version.
    #[must_use]
    pub fn read(reason: &str) -> Option<Reason> {
        Reason::ALL
            .into_iter()
            .find(|known| known.as_str() == reason)
    }

    /// As it is written in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Logout => "logout",
            Reason::LogoutElsewhere => "logout_elsewhere",
            Reason::SessionEnded => "session_ended",
            Reason::RefreshRefused => "refresh_refused",
            Reason::RefreshOutcomeUnknown => "refresh_outcome_unknown",
            Reason::TokenExpired => "token_expired",
            Reason::StoredSessionInvalid => "stored_session_invalid",
            Reason::StoreCleared => "store_cleared",
        }
    }
}

/// Whether a session survives a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageState {
    /// It does, as far as the storage option allows.
    Ok,
    /// The store is blocked, full or missing: memory only.
    Unavailable,
    /// Another app's data, or a newer hallpass's, is under our key: left alone, memory only.
    Occupied,
}

impl StorageState {
    /// As it is written in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StorageState::Ok => "ok",
            StorageState::Unavailable => "unavailable",
            StorageState::Occupied => "occupied",
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The first answer to "who is signed in?" is there.
    Restored,
    /// Somebody signed in.
    SignedIn,
    /// Nobody is signed in any more.
    SignedOut,
    /// The access token was renewed.
    Refreshed,
    /// Same subject, other profile.
    UserChanged,
    /// Somebody else is signed in now.
    SubjectChanged,
    /// The store failed, or works again.
    StorageChanged,
    /// The API wants the user to authenticate in another way (RFC 9470). Who is signed in stays so.
    StepUpRequired,
    /// The access token has come to be so large that many servers refuse requests with it.
    TokenLarge,
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 9] = [
        Event::Restored,
        Event::SignedIn,
        Event::SignedOut,
        Event::Refreshed,
        Event::UserChanged,
        Event::SubjectChanged,
        Event::StorageChanged,
        Event::StepUpRequired,
        Event::TokenLarge,
    ];

    /// Reads it back. `None`: not an event of this version.
    #[must_use]
    pub fn read(event: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|known| known.as_str() == event)
    }

    /// As it is written in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Restored => "restored",
            Event::SignedIn => "signed-in",
            Event::SignedOut => "signed-out",
            Event::Refreshed => "refreshed",
            Event::UserChanged => "user-changed",
            Event::SubjectChanged => "subject-changed",
            Event::StorageChanged => "storage-changed",
            Event::StepUpRequired => "step-up-required",
            Event::TokenLarge => "token-large",
        }
    }
}

/// One state of the client, as the app sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What is known about the visitor.
    pub status: Status,
    /// The profile that the backend answered, or else the claims, less what belongs to one token only.
    pub user: Option<Json>,
    /// Why nobody is signed in.
    pub reason: Option<Reason>,
    /// End of the access token by this device's clock.
    pub expires_at: Option<Wall>,
    /// When it arrived, by the same clock.
    pub issued_at: Option<Wall>,
    /// Whether the session survives a reload.
    pub storage: StorageState,
}

impl Snapshot {
    /// That nothing is known yet.
    #[cfg(not(feature = "js"))]
    #[must_use]
    pub fn restoring() -> Snapshot {
        Snapshot {
            status: Status::Restoring,
            user: None,
            reason: None,
            expires_at: None,
            issued_at: None,
            storage: StorageState::Ok,
        }
    }
}

/// What happened, and the state after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// The state after it.
    pub snapshot: Snapshot,
    /// With [`Event::SignedOut`]: the code and the words by which the server ended the session, as far as it said any.
    pub ended_by: [Option<String>; 2],
    /// With [`Event::StepUpRequired`]: what is wanted. The npm package hands it past the engine.
    #[cfg(not(feature = "js"))]
    pub step_up: Option<StepUp>,
    /// With [`Event::TokenLarge`]: the claims that weigh most, with the bytes of their JSON; the largest first, five at most.
    #[cfg(not(feature = "js"))]
    pub heaviest: Vec<(String, usize)>,
}

/// What an API wants of the user's authentication (RFC 9470 §3).
#[cfg(not(feature = "js"))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// `acr_values`, the most wanted first.
    pub acr_values: Vec<String>,
    /// So many seconds ago the user may have authenticated at most.
    pub max_age: Option<u32>,
}
