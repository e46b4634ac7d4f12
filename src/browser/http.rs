//! Sends the engine's own requests.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Headers, Response};

use crate::browser::page_csrf;
use crate::browser::scope::{global_fetch, object};
use crate::client::Inner;
use crate::core::{
    Answer, Failure, HeaderValue, HttpRequest, Input, PageCsrf, RequestId, ServerTime,
};

/// A longer answer is none of what the engine asks for.
const LONGEST_BODY: u64 = 1024 * 1024;

#[derive(Default)]
pub(crate) struct Http(RefCell<BTreeMap<RequestId, AbortController>>);

/// Which CSRF token of the page a request carried.
#[derive(Clone)]
pub(crate) struct SentCsrf(Option<(PageCsrf, Option<String>)>);

impl SentCsrf {
    /// Whether the page has another one by now.
    pub(crate) fn moved(&self) -> bool {
        self.0.as_ref().is_some_and(|(source, sent)| {
            let now = page_csrf::read(source);
            now.is_some() && now != *sent
        })
    }
}

/// Sets the headers that the engine chose.
pub(crate) fn set_headers(
    headers: &Headers,
    chosen: &[(String, HeaderValue)],
) -> Result<SentCsrf, JsValue> {
    let mut sent = SentCsrf(None);
    for (name, value) in chosen {
        match value {
            HeaderValue::Is(value) => headers.set(name, value.expose())?,
            HeaderValue::Csrf(source) => {
                let token = page_csrf::read(source);
                if let Some(token) = &token {
                    headers.set(name, token)?;
                }
                sent = SentCsrf(Some((source.clone(), token)));
            }
        }
    }
    Ok(sent)
}

impl Http {
    pub(crate) fn send(&self, request: RequestId, http: HttpRequest, inner: &Rc<Inner>) {
        let controller = AbortController::new().ok();
        if let Some(controller) = &controller {
            self.0.borrow_mut().insert(request, controller.clone());
        }
        let signal = controller.map_or(JsValue::UNDEFINED, |controller| controller.signal().into());
        // Begun at once, so that a page that is being left still sends it.
        let begun = begin(&http, &signal);
        // The engine outlives its handles until a refresh under way has been written.
        let inner = Rc::clone(inner);
        spawn_local(async move {
            let outcome = match begun {
                Ok((promise, csrf)) => read(promise, &csrf).await,
                Err(_) => Err(Failure::Network),
            };
            inner.http.0.borrow_mut().remove(&request);
            inner.feed(Input::Answered { request, outcome });
        });
    }

    pub(crate) fn cancel(&self, request: RequestId) {
        let controller = self.0.borrow_mut().remove(&request);
        if let Some(controller) = controller {
            controller.abort();
        }
    }
}

fn begin(http: &HttpRequest, signal: &JsValue) -> Result<(js_sys::Promise, SentCsrf), JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    if let Some((_, media_type)) = &http.body {
        headers.set("Content-Type", media_type)?;
    }
    let csrf = set_headers(&headers, &http.headers)?;
    let body = http
        .body
        .as_ref()
        .map_or(JsValue::UNDEFINED, |(body, _)| body.expose().into());
    let init = object(&[
        ("method", http.method.into()),
        ("headers", headers.into()),
        ("body", body),
        (
            "credentials",
            if http.include_credentials {
                "include"
            } else {
                "same-origin"
            }
            .into(),
        ),
        (
            "redirect",
            if http.follow { "follow" } else { "error" }.into(),
        ),
        ("keepalive", http.keepalive.into()),
        ("cache", "no-store".into()),
        ("signal", signal.clone()),
    ]);
    Ok((global_fetch(&http.url.as_str().into(), &init)?, csrf))
}

async fn read(promise: js_sys::Promise, csrf: &SentCsrf) -> Result<Answer, Failure> {
    let response = JsFuture::from(promise)
        .await
        .map_err(|_| Failure::Network)?;
    let response: Response = response.unchecked_into();
    let headers = response.headers();
    let header = |name| headers.get(name).ok().flatten();
    let retry_after = header("Retry-After");
    let body = if header("Content-Length")
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: u64| length > LONGEST_BODY)
    {
        String::new()
    } else {
        let text = response.text().map_err(|_| Failure::Network)?;
        JsFuture::from(text)
            .await
            .map_err(|_| Failure::Network)?
            .as_string()
            .unwrap_or_default()
    };
    Ok(Answer {
        status: response.status(),
        is_html: header("Content-Type")
            .is_some_and(|media_type| media_type.trim_start().starts_with("text/html")),
        date: header("Date").as_deref().and_then(date).map(ServerTime),
        retry_after_date: retry_after.as_deref().and_then(date),
        retry_after,
        csrf_moved: csrf.moved(),
        body,
    })
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a date is within ±8.64e15 ms"
)]
fn date(text: &str) -> Option<i64> {
    let milliseconds = js_sys::Date::parse(text);
    milliseconds.is_finite().then_some(milliseconds as i64)
}
