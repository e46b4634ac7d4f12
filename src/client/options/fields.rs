//! Where the parts of an answer are.

use wasm_bindgen::JsValue;

use crate::client::members::{Members, texts};

/// Where something is in an answer: names or indices, divided by dots (`"data.jwt"`, `"errors.0.code"`). Of several the first counts
/// that leads somewhere. `"$"` is the whole answer, also one that is no JSON. `"header:Authorization"` is a header of the answer, without
/// its scheme `Bearer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerPath(Vec<String>);

impl From<&str> for AnswerPath {
    fn from(path: &str) -> AnswerPath {
        AnswerPath(vec![path.into()])
    }
}

impl<const N: usize> From<[&str; N]> for AnswerPath {
    fn from(paths: [&str; N]) -> AnswerPath {
        AnswerPath(paths.into_iter().map(String::from).collect())
    }
}

impl AnswerPath {
    /// The one path of names that the engine follows itself.
    pub(super) fn plain(&self) -> Option<String> {
        match &self.0[..] {
            [path] if !is_special(path) => Some(path.clone()),
            _ => None,
        }
    }

    pub(super) fn value(&self) -> JsValue {
        match &self.0[..] {
            [path] => path.into(),
            paths => texts(paths),
        }
    }
}

/// A header, the whole answer, or an index in it.
fn is_special(path: &str) -> bool {
    let is_index = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    path == "$" || path.starts_with("header:") || path.split('.').any(is_index)
}

/// Where the parts of an answer are. `None`: the usual names are tried, at the top and under `data`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The access token (RFC 6749 §5.1 `access_token`).
    pub access_token: Option<AnswerPath>,
    /// The refresh token (RFC 6749 §5.1 `refresh_token`).
    pub refresh_token: Option<AnswerPath>,
    /// Lifetime in seconds (RFC 6749 §5.1 `expires_in`).
    pub expires_in: Option<AnswerPath>,
    /// Lifetime in milliseconds.
    pub expires_in_ms: Option<AnswerPath>,
    /// End as seconds or milliseconds since 1970, or as a date.
    pub expires_at: Option<AnswerPath>,
    /// The profile, also in the answer of `me`.
    pub user: Option<AnswerPath>,
    /// What identifies a person, in the user and in the claims. Default: of the token `sub`.
    pub subject: Option<AnswerPath>,
    /// The code in an answer that is an error.
    pub code: Option<AnswerPath>,
    /// The words in an answer that is an error.
    pub message: Option<AnswerPath>,
}

impl Fields {
    /// Whether the engine does not find them by itself.
    pub(super) fn need_translator(&self) -> bool {
        let beyond = [&self.expires_in_ms, &self.code, &self.message];
        let is_special = |path: &AnswerPath| path.plain().is_none();
        beyond.into_iter().any(Option::is_some)
            || self
                .named()
                .iter()
                .any(|(_, path)| path.as_ref().is_some_and(is_special))
    }

    pub(super) fn object(&self) -> JsValue {
        let mut members = Members::default();
        for (name, path) in self.named() {
            members.set(
                name,
                path.as_ref().map_or(JsValue::UNDEFINED, AnswerPath::value),
            );
        }
        members.object()
    }

    fn named(&self) -> [(&'static str, &Option<AnswerPath>); 9] {
        [
            ("accessToken", &self.access_token),
            ("refreshToken", &self.refresh_token),
            ("expiresIn", &self.expires_in),
            ("expiresInMs", &self.expires_in_ms),
            ("expiresAt", &self.expires_at),
            ("user", &self.user),
            ("subject", &self.subject),
            ("code", &self.code),
            ("message", &self.message),
        ]
    }
}
