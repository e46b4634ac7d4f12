//! The bindings of `shell.js`, and what it delivers, as inputs.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::core::{
    Answer, Body, CallId, Failure, FetchAnswer, FetchFacts, HeaderValue, Input, Message, PageCsrf,
    PageEvent, RequestId, Secret, ServerTime, StoreFailure, Word,
};

#[wasm_bindgen(module = "/src/browser/shell.js")]
extern "C" {
    pub(crate) type Shell;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(deliver: &JsValue, key: &str, setup: &JsValue) -> Shell;

    #[wasm_bindgen(method)]
    pub(crate) fn listen(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn notify(this: &Shell, change: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn subscribe(this: &Shell, listener: &JsValue) -> Function;

    #[wasm_bindgen(method)]
    pub(crate) fn call(this: &Shell, kind: &str, payload: &JsValue) -> js_sys::Promise;

    #[wasm_bindgen(method, js_name = authFetch)]
    pub(crate) fn auth_fetch(this: &Shell, input: &JsValue, init: &JsValue) -> js_sys::Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Shell, call: u32, value: &JsValue);

    #[wasm_bindgen(method, js_name = settleAnswer)]
    pub(crate) fn settle_answer(this: &Shell, call: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &Shell, call: u32, code: &str, message: &str, members: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn dispatch(
        this: &Shell,
        call: u32,
        headers: Array,
        include: bool,
        refuse_redirects: bool,
        watch: bool,
        keep: bool,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn send(
        this: &Shell,
        request: u32,
        method: &str,
        url: &str,
        headers: Array,
        body: Option<&str>,
        media_type: Option<&str>,
        include: bool,
        keepalive: bool,
        follow: bool,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn cancel(this: &Shell, request: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn load(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn save(this: &Shell, value: &str);

    #[wasm_bindgen(method)]
    pub(crate) fn remove(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn arm(this: &Shell, milliseconds: Option<f64>);

    #[wasm_bindgen(method)]
    pub(crate) fn lock(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn unlock(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn tell(this: &Shell, word: &str);
}

/// Headers as the shell takes them.
pub(crate) fn header_list(headers: &[(String, HeaderValue)]) -> Array {
    let list = Array::new();
    for (name, value) in headers {
        let header = Array::of1(&name.into());
        match value {
            HeaderValue::Is(value) => {
                header.push(&value.expose().into());
            }
            HeaderValue::Csrf(source) => {
                let (kind, name) = match source {
                    PageCsrf::Cookie(name) => ("cookie", name),
                    PageCsrf::Meta(name) => ("meta", name),
                };
                for part in [JsValue::UNDEFINED, kind.into(), name.into()] {
                    header.push(&part);
                }
            }
        }
        list.push(&header);
    }
    list
}

/// What the shell delivers. `None`: nothing this version knows.
pub(crate) fn read_input(kind: &str, id: u32, payload: JsValue) -> Option<Input> {
    let call = CallId(id);
    let text = || payload.as_string();
    Some(match kind {
        "ready" => Input::Ready { call },
        "login" => Input::Login {
            call,
            body: Secret::new(text()?),
        },
        "logout" => Input::Logout { call },
        "refresh" => Input::Refresh { call },
        "token" => Input::Token { call },
        "fetch" => Input::Fetch {
            call,
            facts: facts(&payload.into())?,
        },
        "fetch-answered" => Input::FetchAnswered {
            call,
            answer: fetch_answer(&payload.into()),
        },
        "gone" => Input::Gone { call },
        "answered" => {
            let outcome = if payload.is_undefined() {
                Err(Failure::Network)
            } else {
                Ok(answer(&payload.into()))
            };
            Input::Answered {
                request: RequestId(id),
                outcome,
            }
        }
        "loaded" => Input::Loaded(if id == 1 {
            Ok(text().map(Secret::new))
        } else {
            Err(StoreFailure)
        }),
        "saved" => Input::Saved(if id == 1 { Ok(()) } else { Err(StoreFailure) }),
        "lock" => Input::LockGranted,
        "message" => Input::Message(Message {
            word: Word::read(&text()?)?,
        }),
        "page" => Input::Page(match text()?.as_str() {
            "visible" => PageEvent::Visible,
            "restored" => PageEvent::Restored,
            "online" => PageEvent::Online,
            _ => PageEvent::StoreChanged,
        }),
        "tick" => Input::Tick,
        _ => return None,
    })
}

fn facts(parts: &Array) -> Option<FetchFacts> {
    let method = parts.get(0).as_string()?;
    Some(FetchFacts {
        is_safe: matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE"),
        has_own_credential: parts.get(1).is_truthy(),
        body: match parts.get(2).as_string()?.as_str() {
            "empty" => Body::Empty,
            "once" => Body::Once,
            _ => Body::Repeatable,
        },
    })
}

fn fetch_answer(parts: &Array) -> FetchAnswer {
    FetchAnswer {
        status: status(parts),
        is_foreign: parts.get(1).is_truthy(),
        means_signed_out: parts.get(2).as_bool(),
        csrf_moved: parts.get(3).is_truthy(),
    }
}

fn answer(parts: &Array) -> Answer {
    Answer {
        status: status(parts),
        is_html: parts.get(1).is_truthy(),
        date: milliseconds(&parts.get(2)).map(ServerTime),
        retry_after: parts.get(3).as_string(),
        retry_after_date: milliseconds(&parts.get(4)),
        csrf_moved: parts.get(5).is_truthy(),
        body: parts.get(6).as_string().unwrap_or_default(),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an HTTP status"
)]
fn status(parts: &Array) -> u16 {
    parts.get(0).as_f64().unwrap_or_default() as u16
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a date is within ±8.64e15 ms"
)]
fn milliseconds(value: &JsValue) -> Option<i64> {
    value.as_f64().map(|time| time as i64)
}
