//! Functions that an app gives, as the files of the npm package call them.

use std::fmt;
use std::future::Future;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::browser::{Request, Response};
use crate::client::members::table;
use crate::core::{RequestKind, Said};
use crate::json::Json;

/// Further headers of the client's own requests: fixed ones, or what gives them.
#[derive(Clone, Debug, Default)]
pub struct Headers(Option<Giver>);

#[derive(Clone, Debug)]
enum Giver {
    Fixed(Vec<(String, String)>),
    Function(Function),
}

impl<const N: usize> From<[(&str, &str); N]> for Headers {
    fn from(headers: [(&str, &str); N]) -> Headers {
        let owned = headers.map(|(name, value)| (name.into(), value.into()));
        Headers(Some(Giver::Fixed(owned.into())))
    }
}

impl Headers {
    /// Called whenever a request is sent.
    #[must_use]
    pub fn by(give: impl Fn(RequestKind) -> Vec<(String, String)> + 'static) -> Headers {
        let give = move |kind: String| {
            let headers = kind_named(&kind).map(&give).unwrap_or_default();
            table(&headers)
        };
        let give = Closure::<dyn Fn(String) -> JsValue>::new(give);
        Headers(Some(Giver::Function(give.into_js_value().unchecked_into())))
    }

    pub(super) fn are_given(&self) -> bool {
        self.0.is_some()
    }

    /// `undefined` if there are none.
    pub(super) fn value(&self) -> JsValue {
        match &self.0 {
            None => JsValue::UNDEFINED,
            Some(Giver::Fixed(headers)) => table(headers),
            Some(Giver::Function(give)) => give.into(),
        }
    }
}

/// An answer to a request of the client's own, as [`Means`] sees it.
#[derive(Clone, Debug)]
pub struct SeenAnswer {
    /// HTTP status; 302 for a redirect that is not followed.
    pub status: u16,
    /// Its JSON, or else its text as a string.
    pub body: Option<Json>,
    headers: JsValue,
}

impl SeenAnswer {
    /// A header of the answer, as far as CORS shows it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let headers: &web_sys::Headers = self.headers.unchecked_ref();
        headers.get(name).ok().flatten()
    }
}

/// The app's own rule for what an answer means. `None`: the usual rule decides.
#[derive(Clone)]
pub struct Means(Rc<Rule>);

type Rule = dyn Fn(RequestKind, &SeenAnswer) -> Option<Said>;

impl Means {
    /// The rule is called with each answer to a request of the client's own.
    #[must_use]
    pub fn by(rule: impl Fn(RequestKind, &SeenAnswer) -> Option<Said> + 'static) -> Means {
        Means(Rc::new(rule))
    }

    pub(super) fn value(&self) -> JsValue {
        let rule = Rc::clone(&self.0);
        let rule = move |kind: String, seen: JsValue| {
            let member = |name: &str| Reflect::get(&seen, &name.into()).unwrap_or_default();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "an HTTP status"
            )]
            let status = member("status").as_f64().unwrap_or_default() as u16;
            let answer = SeenAnswer {
                status,
                body: crate::client::errors::json_of(&member("body")),
                headers: member("headers"),
            };
            let said = kind_named(&kind).and_then(|kind| rule(kind, &answer));
            said.map_or(JsValue::UNDEFINED, |said| said.as_str().into())
        };
        Closure::<dyn Fn(String, JsValue) -> JsValue>::new(rule).into_js_value()
    }
}

impl fmt::Debug for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Means")
    }
}

/// What sends requests in the place of the page's `fetch`.
#[derive(Clone)]
pub struct Fetch(Function);

impl Fetch {
    /// Sends the client's own requests, each with what it is for; and calls of the app, which have no kind, with
    /// [`Options::fetch_calls`](super::Options::fetch_calls). What fails rejects as `fetch` does.
    #[must_use]
    pub fn by<F>(send: impl Fn(Request, Option<RequestKind>) -> F + 'static) -> Fetch
    where
        F: Future<Output = Result<Response, JsValue>> + 'static,
    {
        let send = move |request: JsValue, kind: String| -> Promise {
            let answer = send(request.unchecked_into(), kind_named(&kind));
            future_to_promise(async move { answer.await.map(JsValue::from) })
        };
        let send = Closure::<dyn Fn(JsValue, String) -> Promise>::new(send);
        Fetch(send.into_js_value().unchecked_into())
    }

    pub(super) fn value(&self) -> JsValue {
        self.0.clone().into()
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}

fn kind_named(name: &str) -> Option<RequestKind> {
    Some(match name {
        // By `cargo xtask table`: purposes.
        "login" => RequestKind::Login,
        "logout" => RequestKind::Logout,
        "refresh" => RequestKind::Refresh,
        "me" => RequestKind::Me,
        "csrf" => RequestKind::Csrf,
        // End of the table.
        _ => return None,
    })
}
