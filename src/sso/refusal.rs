/// Why something is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What follows for the app.
    pub code: Code,
    /// For developers, in English.
    pub words: &'static str,
    /// The provider itself refuses: its answer has the reason as `error` and `error_description` (RFC 6749 §4.1.2.1, §5.2).
    pub by_provider: bool,
}

/// The kinds of refusals, as `AuthError` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// What the app asks for contradicts the protocol.
    ConfigInvalid,
    /// The answer belongs to a login that is over, or was begun elsewhere.
    CallbackStale,
    /// The provider refuses, or its answer is not one to what was asked.
    CallbackRefused,
    /// The provider's document or its token answer is not what it has to be.
    ResponseInvalid,
    /// The ID token is not to be believed.
    TokenUntrusted,
    /// The provider refuses what goes beyond the sign-in.
    RequestRejected,
}

impl Code {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::ConfigInvalid => "config_invalid",
            Code::CallbackStale => "callback_stale",
            Code::CallbackRefused => "callback_refused",
            Code::ResponseInvalid => "response_invalid",
            Code::TokenUntrusted => "token_untrusted",
            Code::RequestRejected => "request_rejected",
        }
    }
}

impl Refusal {
    pub(super) fn new(code: Code, words: &'static str) -> Refusal {
        Refusal {
            code,
            words,
            by_provider: false,
        }
    }

    pub(super) fn by_provider(words: &'static str) -> Refusal {
        Refusal {
            by_provider: true,
            ..Refusal::new(Code::CallbackRefused, words)
        }
    }
}
