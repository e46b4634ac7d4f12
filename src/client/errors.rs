//! Why a call failed, as the shell and the files of the package tell it.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

use super::loaded::parts_of;
use crate::core::{AuthError, Code, Reason};
use crate::json::Json;

/// Why a call failed.
#[derive(Clone, Debug)]
pub enum FetchError {
    /// The reason is auth.
    Auth(AuthError),
    /// What `fetch` itself threw: a `TypeError`, an `AbortError`, or the signal's reason.
    Native(JsValue),
}

impl From<AuthError> for FetchError {
    fn from(error: AuthError) -> FetchError {
        FetchError::Auth(error)
    }
}

/// What was thrown: an error of the package's, or the platform's.
pub(super) fn read(thrown: JsValue) -> FetchError {
    let Some(list) = parts_of(&thrown) else {
        return FetchError::Native(thrown);
    };
    let text = |index| list.get(index).as_string();
    let Some(code) = text(0).and_then(|code| Code::read(&code)) else {
        return FetchError::Native(thrown);
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "written from a u32"
    )]
    let number = |index| list.get(index).as_f64().map(|number| number as u32);
    let mut error = AuthError::from_code(code);
    error.status = number(1).and_then(|status| u16::try_from(status).ok());
    error.retry_after = number(2);
    error.server_code = text(3);
    error.server_message = text(4);
    error.option = text(5).map(interned);
    error.reason = text(6).and_then(|reason| Reason::read(&reason));
    error.body = json_of(&list.get(7));
    error.detail = text(8);
    FetchError::Auth(error)
}

/// A value that JavaScript gave out.
pub(super) fn json_of(value: &JsValue) -> Option<Json> {
    let text = js_sys::JSON::stringify(value).ok()?.as_string()?;
    Json::parse(&text).filter(|body| !body.is_null())
}

thread_local! {
    static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// The name of an option, of which there are only so many: each is kept once.
fn interned(name: String) -> &'static str {
    NAMES.with_borrow_mut(|names| {
        let known = names.iter().copied().find(|known| *known == name);
        known.unwrap_or_else(|| {
            let name: &'static str = name.leak();
            names.push(name);
            name
        })
    })
}
