//! One `authFetch`: reads the arguments, sends what the engine lets go, hands over the answer.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestCredentials, RequestInit, Response};

use crate::browser::http::set_headers;
use crate::browser::scope::{global_fetch, member, object, report, string_of};
use crate::browser::urls::{BrowserUrls, document_base};
use crate::client::{FetchError, Inner, Reply, Slot};
use crate::core::{
    Body, FetchAnswer, FetchFacts, HeaderValue, Input, Origin, Outcome, Url, Urls as _, Watch,
};

/// An `authFetch` whose arguments have been read.
pub(crate) enum Prepared {
    /// Not ours: the platform's own promise.
    Plain(Promise),
    Listed {
        request: Request,
        facts: FetchFacts,
    },
}

/// Reads the arguments now, as `fetch` does. Fails as `fetch` fails.
pub(crate) fn prepare(inner: &Inner, input: &JsValue, init: &JsValue) -> Result<Prepared, JsValue> {
    let given = input.dyn_ref::<Request>();
    let text = match given {
        Some(request) => request.url(),
        None => string_of(input)?.into(),
    };
    let own_base = inner.with_config(|config| config.base().map(String::from));
    let base = own_base.clone().or_else(document_base);
    let url = BrowserUrls.parse(&text, base.as_deref());
    let is_listed = url.as_ref().is_some_and(|url| is_listed(inner, url));
    let target: JsValue = match (given, &url, own_base) {
        (None, Some(url), Some(_)) => url.href.as_str().into(),
        _ => input.clone(),
    };
    if !is_listed {
        return Ok(Prepared::Plain(global_fetch(&target, init)?));
    }
    let init_or_none: &RequestInit = if init.is_object() {
        init.unchecked_ref()
    } else {
        &RequestInit::new()
    };
    let request = match given {
        Some(request) => Request::new_with_request_and_init(request, init_or_none)?,
        None => Request::new_with_str_and_init(&target.as_string().unwrap_or(text), init_or_none)?,
    };
    let header = inner.with_config(|config| config.header().to_owned());
    let method = request.method();
    let facts = FetchFacts {
        is_safe: matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE"),
        has_own_credential: request.headers().has(&header)?,
        body: body_of(&method, given.is_some(), &member(init, "body")),
    };
    Ok(Prepared::Listed { request, facts })
}

fn is_listed(inner: &Inner, url: &Url) -> bool {
    let origin = Origin::of(url);
    origin.is_some_and(|origin| inner.with_config(|config| config.lists(origin.as_str())))
}

/// Whether a body can be sent again. A `Request` is asked by its method, as not every browser shows its body.
fn body_of(method: &str, is_request: bool, body: &JsValue) -> Body {
    if body.is_undefined() || body.is_null() {
        let may_have_one = is_request && !matches!(method, "GET" | "HEAD");
        return if may_have_one {
            Body::Repeatable
        } else {
            Body::Empty
        };
    }
    if body.is_instance_of::<web_sys::ReadableStream>() {
        Body::Once
    } else {
        Body::Repeatable
    }
}

/// The rest of the way of a listed request.
pub(crate) async fn run(
    inner: Rc<Inner>,
    request: Request,
    facts: FetchFacts,
) -> Result<Response, FetchError> {
    let signal = request.signal();
    if signal.aborted() {
        return send(&request).await;
    }
    let slot = Slot::open(&inner);
    let _watch = slot.end_on_abort(&signal);
    inner.feed(Input::Fetch {
        call: slot.id,
        facts,
    });
    let mut unsent = Some(request);
    let mut answer: Option<Response> = None;
    loop {
        match slot.next().await {
            Reply::Aborted(reason) => {
                inner.feed(Input::Gone { call: slot.id });
                discard(answer.as_ref());
                return Err(FetchError::Native(reason));
            }
            Reply::Settled(Err(error)) => return Err(FetchError::Auth(error)),
            Reply::Settled(Ok(Outcome::Answer)) if answer.is_some() => {
                return answer.ok_or(FetchError::Native(JsValue::UNDEFINED));
            }
            Reply::Settled(Ok(_)) => return Err(FetchError::Native(JsValue::UNDEFINED)),
            Reply::Dispatch {
                headers,
                include_credentials,
                watch,
            } => {
                discard(answer.take().as_ref());
                let keep = watch == (Watch::Yes { keep_body: true }) || facts.body == Body::Empty;
                let sent = dispatch(&mut unsent, keep, facts, &headers, include_credentials);
                let (response, csrf) = match sent {
                    Ok((request, csrf)) => (send(&request).await, csrf),
                    Err(error) => {
                        inner.feed(Input::Gone { call: slot.id });
                        return Err(FetchError::Native(error));
                    }
                };
                let response = match response {
                    Ok(response) => response,
                    Err(error) => {
                        inner.feed(Input::Gone { call: slot.id });
                        return Err(error);
                    }
                };
                if watch == Watch::No {
                    return Ok(response);
                }
                let answered = FetchAnswer {
                    status: response.status(),
                    is_foreign: is_foreign(&inner, &response),
                    means_signed_out: ask_rule(&inner, &response).await,
                    csrf_moved: csrf.moved(),
                };
                answer = Some(response);
                inner.feed(Input::FetchAnswered {
                    call: slot.id,
                    answer: answered,
                });
            }
        }
    }
}

/// Takes the request for one sending, keeping another for the next if there may be one.
fn dispatch(
    unsent: &mut Option<Request>,
    keep: bool,
    facts: FetchFacts,
    headers: &[(String, HeaderValue)],
    include_credentials: bool,
) -> Result<(Request, crate::browser::http::SentCsrf), JsValue> {
    let request = unsent.take().ok_or(JsValue::UNDEFINED)?;
    if keep {
        // Without a body, a request can be sent as often as one likes.
        *unsent = Some(if facts.body == Body::Empty {
            Clone::clone(&request)
        } else {
            request.clone()?
        });
    }
    let request = if include_credentials {
        with_credentials(request)?
    } else {
        request
    };
    let csrf = set_headers(&request.headers(), headers)?;
    Ok((request, csrf))
}

/// `credentials: "include"`, where the caller has not said otherwise and it makes a difference.
fn with_credentials(request: Request) -> Result<Request, JsValue> {
    let is_unset = request.credentials() == RequestCredentials::SameOrigin;
    let page = BrowserUrls
        .page()
        .and_then(|page| BrowserUrls.parse(&page, None));
    let target = BrowserUrls.parse(&request.url(), None);
    let is_same_origin = page
        .zip(target)
        .is_some_and(|(page, target)| page.origin == target.origin);
    if !is_unset || is_same_origin {
        return Ok(request);
    }
    // A new request forgets its referrer unless told.
    let init = object(&[
        ("credentials", "include".into()),
        ("referrer", request.referrer().into()),
        ("referrerPolicy", member(&request, "referrerPolicy")),
    ]);
    Request::new_with_request_and_init(&request, init.unchecked_ref())
}

async fn send(request: &Request) -> Result<Response, FetchError> {
    let promise = global_fetch(request, &JsValue::UNDEFINED).map_err(FetchError::Native)?;
    let response = JsFuture::from(promise).await.map_err(FetchError::Native)?;
    Ok(response.unchecked_into())
}

fn is_foreign(inner: &Inner, response: &Response) -> bool {
    response.redirected()
        && !BrowserUrls
            .parse(&response.url(), None)
            .is_some_and(|url| is_listed(inner, &url))
}

/// The app's own rule. One that throws has said nothing.
async fn ask_rule(inner: &Inner, response: &Response) -> Option<bool> {
    let rule: Function = inner.rule()?;
    let said = match rule.call1(&JsValue::UNDEFINED, response) {
        Ok(said) if said.has_type::<Promise>() => JsFuture::from(Promise::resolve(&said)).await,
        said => said,
    };
    match said {
        Ok(said) => Some(said.is_truthy()),
        Err(error) => {
            report(&error);
            None
        }
    }
}

/// Frees the connection of an answer that nobody will read.
fn discard(answer: Option<&Response>) {
    if let Some(body) = answer.and_then(Response::body) {
        let cancelled = body.cancel();
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}
