//! The one error type.

use crate::core::port::shown::Reason;
use crate::json::Json;

/// What went wrong, as a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// An option is wrong; `option` names it.
    ConfigInvalid,
    /// The browser, or its content security policy, lacks something that is needed.
    Unsupported,
    /// The server does not accept these credentials.
    InvalidCredentials,
    /// The server refused the request with a code of its own.
    RequestRejected,
    /// Too many attempts (status 429).
    RateLimited,
    /// The server failed (status 408 or 5xx).
    ServerError,
    /// No answer: offline, DNS, TLS, CORS or a closed connection.
    NetworkError,
    /// No answer within `timeout`.
    Timeout,
    /// The answer is not what the endpoint should answer.
    ResponseInvalid,
    /// The token in the answer is malformed (RFC 7519 §7.2) or too large.
    TokenMalformed,
    /// The token in the answer does not stand up to being verified (RFC 8725 §3).
    TokenUntrusted,
    /// The server goes on refusing the CSRF token, or none could be fetched.
    CsrfFailed,
    /// Nobody is signed in; `reason` tells since what.
    SignedOut,
    /// The access token has expired and cannot be renewed now. The session remains.
    RefreshUnavailable,
    /// A later login or logout took its place.
    Superseded,
    /// The client has been disposed of.
    Disposed,
    /// The login needs another step, which the answer tells of: a second factor, an e-mail to verify.
    LoginPending,
    /// A function that the app gave in its options threw.
    HookFailed,
    /// The answer of an identity provider belongs to a sign-in that is over, or that began elsewhere.
    #[cfg(not(feature = "js"))]
    CallbackStale,
    /// An identity provider refuses the sign-in, or its answer is not one to what was asked.
    #[cfg(not(feature = "js"))]
    CallbackRefused,
    /// An identity provider does not answer.
    #[cfg(not(feature = "js"))]
    ProviderUnreachable,
    /// The browser opens no window.
    #[cfg(not(feature = "js"))]
    PopupBlocked,
    /// The window of a sign-in was closed before it went anywhere.
    #[cfg(not(feature = "js"))]
    PopupClosed,
}

/// What only the Rust API says: the npm package has words of its own.
const fn of_rust(words: &'static str) -> &'static str {
    if cfg!(feature = "js") { "" } else { words }
}

/// The npm package has these in JavaScript.
const OF_PROVIDERS: usize = if cfg!(feature = "js") { 0 } else { 5 };

impl Code {
    /// The code as it is written in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::ConfigInvalid => "config_invalid",
            Code::Unsupported => "unsupported",
            Code::InvalidCredentials => "invalid_credentials",
            Code::RequestRejected => "request_rejected",
            Code::RateLimited => "rate_limited",
            Code::ServerError => "server_error",
            Code::NetworkError => "network_error",
            Code::Timeout => "timeout",
            Code::ResponseInvalid => "response_invalid",
            Code::TokenMalformed => "token_malformed",
            Code::TokenUntrusted => "token_untrusted",
            Code::CsrfFailed => "csrf_failed",
            Code::SignedOut => "signed_out",
            Code::RefreshUnavailable => "refresh_unavailable",
            Code::Superseded => "superseded",
            Code::Disposed => "disposed",
            Code::LoginPending => "login_pending",
            Code::HookFailed => "hook_failed",
            #[cfg(not(feature = "js"))]
            Code::CallbackStale => "callback_stale",
            #[cfg(not(feature = "js"))]
            Code::CallbackRefused => "callback_refused",
            #[cfg(not(feature = "js"))]
            Code::ProviderUnreachable => "provider_unreachable",
            #[cfg(not(feature = "js"))]
            Code::PopupBlocked => "popup_blocked",
            #[cfg(not(feature = "js"))]
            Code::PopupClosed => "popup_closed",
        }
    }

    /// Reads it back. `None`: not a code of this version.
    #[must_use]
    pub fn read(code: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|known| known.as_str() == code)
    }

    /// Every code.
    pub const ALL: [Code; 18 + OF_PROVIDERS] = [
        Code::ConfigInvalid,
        Code::Unsupported,
        Code::InvalidCredentials,
        Code::RequestRejected,
        Code::RateLimited,
        Code::ServerError,
        Code::NetworkError,
        Code::Timeout,
        Code::ResponseInvalid,
        Code::TokenMalformed,
        Code::TokenUntrusted,
        Code::CsrfFailed,
        Code::SignedOut,
        Code::RefreshUnavailable,
        Code::Superseded,
        Code::Disposed,
        Code::LoginPending,
        Code::HookFailed,
        #[cfg(not(feature = "js"))]
        Code::CallbackStale,
        #[cfg(not(feature = "js"))]
        Code::CallbackRefused,
        #[cfg(not(feature = "js"))]
        Code::ProviderUnreachable,
        #[cfg(not(feature = "js"))]
        Code::PopupBlocked,
        #[cfg(not(feature = "js"))]
        Code::PopupClosed,
    ];

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        #[cfg(not(feature = "js"))]
        if matches!(self, Code::ProviderUnreachable) {
            return true;
        }
        matches!(
            self,
            Code::RateLimited
                | Code::ServerError
                | Code::NetworkError
                | Code::Timeout
                | Code::RefreshUnavailable
        )
    }

    fn advice(self) -> &'static str {
        match self {
            Code::ConfigInvalid => of_rust("an option is wrong"),
            Code::Unsupported => of_rust("this environment lacks something that is needed"),
            Code::InvalidCredentials => "the server does not accept these credentials",
            Code::RequestRejected => {
                "the server refused the request; see serverCode and serverMessage"
            }
            Code::RateLimited => "too many attempts; wait for retryAfter seconds",
            Code::ServerError => "the server failed; try again later",
            Code::NetworkError => {
                "no answer; check the connection, CORS, and whether the server redirects"
            }
            Code::Timeout => "no answer in time; try again, or raise the timeout option",
            Code::ResponseInvalid => "the endpoint's answer is invalid",
            Code::TokenMalformed => "the token in the answer is empty, broken or over 64 KiB",
            Code::TokenUntrusted => "the token in the answer is invalid",
            Code::CsrfFailed => "the server refuses the CSRF token; check the csrf option",
            Code::SignedOut => "nobody is signed in; see reason",
            Code::RefreshUnavailable => {
                "the access token cannot be renewed now; the session remains, try again"
            }
            Code::Superseded => "a later login or logout replaced this call",
            Code::Disposed => "the client has been disposed of; create a new one",
            Code::LoginPending => {
                "another step is needed; see body. If it holds a token, name its field in fields.accessToken"
            }
            Code::HookFailed => "a function in the options failed; its error is in the console",
            #[cfg(not(feature = "js"))]
            Code::CallbackStale => "this sign-in is over, or began elsewhere; start it again",
            #[cfg(not(feature = "js"))]
            Code::CallbackRefused => "the identity provider refuses the sign-in",
            #[cfg(not(feature = "js"))]
            Code::ProviderUnreachable => "no answer from the identity provider; try again",
            #[cfg(not(feature = "js"))]
            Code::PopupBlocked => "the browser opens no window; sign in by a click, or by redirect",
            #[cfg(not(feature = "js"))]
            Code::PopupClosed => "the window of the sign-in was closed",
        }
    }
}

/// Why a call failed, and what is known about it. Holds no token and no password.
///
/// What is known is behind a pointer, so that a result that is no error stays small.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthError(Box<Known>);

/// What is known about an [`AuthError`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// What went wrong.
    pub code: Code,
    /// HTTP status of the answer behind it.
    pub status: Option<u16>,
    /// Seconds to wait (RFC 9110 §10.2.3).
    pub retry_after: Option<u32>,
    /// The server's own error code (RFC 6749 §5.2).
    pub server_code: Option<String>,
    /// The server's own words.
    pub server_message: Option<String>,
    /// The option that is wrong.
    pub option: Option<&'static str>,
    /// Why nobody is signed in.
    pub reason: Option<Reason>,
    /// What there is to say beyond the code, as it goes on from the code's sentence: what is wrong, behind a colon, and the
    /// request that it is about, in brackets.
    pub detail: Option<String>,
    /// The JSON of the answer, without what was secret in the request.
    pub body: Option<Json>,
}

impl AuthError {
    pub(crate) fn new(code: Code) -> AuthError {
        AuthError(Box::new(Known {
            code,
            status: None,
            retry_after: None,
            server_code: None,
            server_message: None,
            option: None,
            reason: None,
            detail: None,
            body: None,
        }))
    }

    /// `option` has the wrong value; `detail` tells what it is and what is allowed.
    #[must_use]
    pub fn config(option: &'static str, detail: &str) -> AuthError {
        let mut error = AuthError::new(Code::ConfigInvalid).with_detail(detail);
        error.option = Some(option);
        error
    }

    /// Something is missing from the environment.
    #[must_use]
    pub fn unsupported(detail: &str) -> AuthError {
        AuthError::new(Code::Unsupported).with_detail(detail)
    }

    /// An error of which no more is known.
    #[must_use]
    pub fn from_code(code: Code) -> AuthError {
        AuthError::new(code)
    }

    /// The client has been disposed of.
    #[must_use]
    pub fn disposed() -> AuthError {
        AuthError::new(Code::Disposed)
    }

    pub(crate) fn signed_out(reason: Option<Reason>) -> AuthError {
        let mut error = AuthError::new(Code::SignedOut);
        error.reason = reason;
        error
    }

    pub(crate) fn with_detail(mut self, detail: &str) -> AuthError {
        let all = self.detail.get_or_insert_default();
        all.push_str(": ");
        all.push_str(detail);
        self
    }

    /// Names the request that went to `url`. Neither origin nor query is told: there may be secrets.
    pub(crate) fn about(mut self, method: &str, url: Option<&String>) -> AuthError {
        let status = self.status;
        let detail = self.detail.get_or_insert_default();
        detail.push_str(method);
        let mut slashes = 0;
        for char in url.map(String::as_str).unwrap_or_default().chars() {
            if char == '?' {
                break;
            }
            slashes += u32::from(char == '/');
            if slashes > 2 {
                detail.push(char);
            }
        }
        if let Some(status) = status {
            detail.push_str(": ");
            for unit in [100, 10, 1] {
                let digit = u8::try_from(status / unit % 10).unwrap_or_default();
                detail.push(char::from(b'0' | digit));
            }
        }
        detail.push(')');
        self
    }

    /// It is why there is no token just now.
    pub(crate) fn made_unavailable(self) -> AuthError {
        let code = self.code.as_str();
        let mut error = self.with_detail(code);
        error.code = Code::RefreshUnavailable;
        error
    }

    /// A sentence for people, in English.
    #[must_use]
    pub fn message(&self) -> String {
        let mut message = String::new();
        match self.option {
            Some(option) => {
                message.push_str("option ");
                message.push_str(option);
            }
            None => message.push_str(self.code.advice()),
        }
        if let Some(detail) = &self.detail {
            message.push_str(detail);
        }
        message
    }
}

impl std::ops::Deref for AuthError {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.0
    }
}

impl std::ops::DerefMut for AuthError {
    fn deref_mut(&mut self) -> &mut Known {
        &mut self.0
    }
}

impl std::fmt::Display for AuthError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for AuthError {}
