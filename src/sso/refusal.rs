/// Why something is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What follows for the app.
    pub code: Code,
    /// For developers, in English.
    pub words: &'static str,
    /// The provider's own code (RFC 6749 §4.1.2.1, §5.2), or empty.
    pub server_code: String,
    /// The provider's own words, or empty.
    pub server_message: String,
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
        }
    }
}

impl Refusal {
    pub(super) fn new(code: Code, words: &'static str) -> Refusal {
        Refusal {
            code,
            words,
            server_code: String::new(),
            server_message: String::new(),
        }
    }
}

/// The provider's words, without what a terminal or a page could take for more than words.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 300;
    text.chars()
        .filter(|char| !char.is_ascii_control())
        .take(LONGEST)
        .collect()
}
