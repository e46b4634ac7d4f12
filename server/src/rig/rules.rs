//! Rules that break answers on purpose.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::http::ApiError;

/// What a captive portal answers.
const PORTAL: &str = "<!doctype html><title>Welcome</title><h1>Please accept the terms</h1>";

/// One fault: which requests it meets, and what happens to them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Without the client's prefix; may end in `*`.
    pub path: String,
    /// Without one the rule meets every method but `OPTIONS`: a preflight uses up no fault.
    #[serde(default)]
    pub method: Option<String>,
    /// How many requests it meets; without it, every one.
    #[serde(default)]
    pub times: Option<u32>,
    /// Waits before the work.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// Waits between the work and the answer.
    #[serde(default)]
    pub delay_after_ms: Option<u64>,
    /// Waits before the work until the gate of this name lets it pass.
    #[serde(default)]
    pub gate: Option<String>,
    /// Waits between the work and the answer until the gate of this name lets it pass.
    #[serde(default)]
    pub gate_after: Option<String>,
    /// Answers this in place of the work.
    #[serde(default)]
    pub status: Option<u16>,
    /// Added to the answer, the rule's own or the real one.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Answers a page in place of the work, as a captive portal does.
    #[serde(default)]
    pub html: bool,
    /// Answers this text in place of the work, as JSON unless `headers` or `html` say otherwise.
    #[serde(default)]
    pub body: Option<String>,
    /// Closes the connection in place of an answer.
    #[serde(default)]
    pub drop: Option<DropAt>,
}

/// When the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DropAt {
    /// The request has no effect.
    Before,
    /// The request has its effect, only its answer is lost.
    After,
}

/// A fault that is none: what is wrong with it.
#[derive(Debug)]
pub(super) struct InvalidFault(pub(super) String);

impl From<InvalidFault> for ApiError {
    fn from(fault: InvalidFault) -> Self {
        Self::invalid_request(fault.0)
    }
}

/// Rules that were checked, all or none.
pub(super) fn armed(rules: Vec<Rule>) -> Result<Vec<ArmedRule>, InvalidFault> {
    rules.into_iter().map(ArmedRule::try_from).collect()
}

/// A rule that was checked and counts its times down.
#[derive(Clone)]
pub(super) struct ArmedRule {
    path: String,
    is_prefix: bool,
    method: Option<Method>,
    times_left: Option<u32>,
    pub(super) delay: Duration,
    pub(super) delay_after: Duration,
    pub(super) gate: Option<String>,
    pub(super) gate_after: Option<String>,
    pub(super) drop: Option<DropAt>,
    answer: Option<Canned>,
    headers: HeaderMap,
}

/// An answer in place of the work.
#[derive(Clone)]
struct Canned {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl TryFrom<Rule> for ArmedRule {
    type Error = InvalidFault;

    fn try_from(rule: Rule) -> Result<Self, InvalidFault> {
        let (path, is_prefix) = match rule.path.strip_suffix('*') {
            Some(prefix) => (prefix.to_owned(), true),
            None => (rule.path.clone(), false),
        };
        if !path.starts_with('/') {
            return Err(InvalidFault(format!(
                "path: {:?} does not begin with /",
                rule.path
            )));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &rule.headers {
            let name = HeaderName::try_from(name)
                .map_err(|_| InvalidFault(format!("headers: {name:?} is no header name")))?;
            let value = HeaderValue::try_from(value)
                .map_err(|_| InvalidFault(format!("headers: {value:?} is no header value")))?;
            headers.insert(name, value);
        }
        Ok(Self {
            path,
            is_prefix,
            method: rule.method.as_deref().map(method_named).transpose()?,
            times_left: rule.times,
            delay: Duration::from_millis(rule.delay_ms.unwrap_or(0)),
            delay_after: Duration::from_millis(rule.delay_after_ms.unwrap_or(0)),
            gate: rule.gate.clone(),
            gate_after: rule.gate_after.clone(),
            drop: rule.drop,
            answer: canned(&rule)?,
            headers,
        })
    }
}

fn method_named(name: &str) -> Result<Method, InvalidFault> {
    Method::from_bytes(name.as_bytes())
        .map_err(|_| InvalidFault(format!("method: {name:?} is no method")))
}

fn canned(rule: &Rule) -> Result<Option<Canned>, InvalidFault> {
    if rule.status.is_none() && !rule.html && rule.body.is_none() {
        return Ok(None);
    }
    let status = rule.status.unwrap_or(200);
    let status = match StatusCode::from_u16(status) {
        // An interim answer (1xx) is not an answer.
        Ok(status) if !status.is_informational() => status,
        _ => return Err(InvalidFault(format!("status: {status} is no status"))),
    };
    let body = match &rule.body {
        Some(body) => body.clone(),
        None if rule.html => PORTAL.to_owned(),
        None => r#"{"error":"temporarily_unavailable"}"#.to_owned(),
    };
    let content_type = if rule.html {
        "text/html; charset=utf-8"
    } else {
        "application/json"
    };
    Ok(Some(Canned {
        status,
        content_type,
        body,
    }))
}

impl ArmedRule {
    /// A copy to carry out, if this rule meets the request and has times left.
    pub(super) fn take(&mut self, method: &Method, path: &str) -> Option<Self> {
        let path_fits = match self.is_prefix {
            true => path.starts_with(&self.path),
            false => path == self.path,
        };
        let method_fits = match &self.method {
            Some(wanted) => wanted == method,
            None => method != Method::OPTIONS,
        };
        if !path_fits || !method_fits || self.times_left == Some(0) {
            return None;
        }
        self.times_left = self.times_left.map(|left| left - 1);
        Some(self.clone())
    }

    /// The answer in place of the work, if this rule has one.
    pub(super) fn answer(&self) -> Option<Response<Body>> {
        let canned = self.answer.as_ref()?;
        let mut response = Response::new(Body::from(canned.body.clone()));
        *response.status_mut() = canned.status;
        let content_type = HeaderValue::from_static(canned.content_type);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        Some(response)
    }

    pub(super) fn add_headers(&self, response: &mut Response<Body>) {
        response.headers_mut().extend(self.headers.clone());
    }
}
