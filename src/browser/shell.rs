//! The bindings of the shell.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::values::list;
use crate::core::{HeaderValue, Message, PageCsrf, ServerTime};

#[wasm_bindgen(module = "/src/browser/shell.js")]
extern "C" {
    pub(crate) type Shell;

    #[wasm_bindgen(js_name = shellOf)]
    pub(crate) fn shell_of(
        deliver: &JsValue,
        key: &str,
        base: Option<&str>,
        header: &str,
        longest_hold: u32,
        parts: &JsValue,
    ) -> Shell;

    #[wasm_bindgen(method)]
    pub(crate) fn listen(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn end(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn notify(this: &Shell, change: Array);

    #[wasm_bindgen(method)]
    pub(crate) fn subscribe(this: &Shell, listener: &JsValue) -> Function;

    #[wasm_bindgen(method)]
    pub(crate) fn call(this: &Shell, kind: u32, payload: &JsValue) -> js_sys::Promise;

    #[wasm_bindgen(method, js_name = authFetch)]
    pub(crate) fn auth_fetch(this: &Shell, input: &JsValue, init: &JsValue) -> js_sys::Promise;

    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Shell, call: u32, value: &JsValue);

    #[wasm_bindgen(method, js_name = settleAnswer)]
    pub(crate) fn settle_answer(this: &Shell, call: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &Shell, call: u32, code: &str, message: &str, members: Array);

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
        purpose: u32,
        method: &str,
        url: &str,
        headers: Array,
        body: Option<&str>,
        media_type: Option<&str>,
        include: bool,
        keepalive: bool,
        redirects: u32,
        brings_token: bool,
        access: Option<&str>,
        refresh: Option<&str>,
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
    pub(crate) fn admit(
        this: &Shell,
        until: f64,
        clocks: f64,
        credential: Option<&str>,
        epoch: u32,
        holding: u32,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn lock(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn unlock(this: &Shell);

    #[wasm_bindgen(method)]
    pub(crate) fn tell(this: &Shell, message: Array);
}

// The files that `shell.js` imports and nothing in Rust calls. wasm-bindgen writes a file beside its JavaScript, at its own path, if something is
// imported from it: here a type that nobody uses, of which nothing is left. In this module, as a linker takes along what is beside something used.

#[wasm_bindgen(module = "/src/browser/answers.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type AnswersFile;
}

#[wasm_bindgen(module = "/src/browser/calls.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type CallsFile;
}

#[wasm_bindgen(module = "/src/browser/channel.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ChannelFile;
}

#[wasm_bindgen(module = "/src/browser/csrf.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type CsrfFile;
}

#[wasm_bindgen(module = "/src/browser/doubt.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type DoubtFile;
}

#[wasm_bindgen(module = "/src/browser/fetching.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type FetchingFile;
}

#[wasm_bindgen(module = "/src/browser/kinds.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type KindsFile;
}

#[wasm_bindgen(module = "/src/browser/listeners.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ListenersFile;
}

#[wasm_bindgen(module = "/src/browser/lock.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type LockFile;
}

#[wasm_bindgen(module = "/src/browser/login.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type LoginFile;
}

#[wasm_bindgen(module = "/src/browser/network.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type NetworkFile;
}

#[wasm_bindgen(module = "/src/browser/sending.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type SendingFile;
}

#[wasm_bindgen(module = "/src/browser/pass.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type PassFile;
}

#[wasm_bindgen(module = "/src/browser/plain.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type PlainFile;
}

#[cfg(feature = "js")]
#[wasm_bindgen(module = "/src/browser/common.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type CommonFile;
}

#[wasm_bindgen(module = "/src/browser/report.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type ReportFile;
}

#[wasm_bindgen(module = "/src/browser/requests.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type RequestsFile;
}

#[wasm_bindgen(module = "/src/browser/site.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type SiteFile;
}

#[wasm_bindgen(module = "/src/browser/store.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type StoreFile;
}

#[wasm_bindgen(module = "/src/browser/time.js")]
extern "C" {
    #[allow(dead_code, reason = "takes the file along")]
    type TimeFile;
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
                    PageCsrf::ResponseHeader(name) => ("header", name),
                };
                header.push(&JsValue::UNDEFINED);
                header.push(&kind.into());
                header.push(&name.into());
            }
        }
        list.push(&header);
    }
    list
}

/// Word, login, generation, subject, wait; and of an access token that is shared: token, end, arrival. The shell puts the
/// version before it.
pub(crate) fn message_list(message: &Message) -> Array {
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    let parts = list(&[
        message.word.as_str().into(),
        (message.login as f64).into(),
        (message.generation as f64).into(),
        message.subject.into(),
        message.wait_ms.into(),
    ]);
    if let Some(shared) = &message.access {
        #[allow(clippy::cast_precision_loss, reason = "a date")]
        let time = |time: ServerTime| JsValue::from(time.0 as f64);
        parts.push(&shared.token.expose().into());
        parts.push(&time(shared.ends_at));
        parts.push(&time(shared.issued_at));
    }
    parts
}
