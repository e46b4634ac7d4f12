//! What the tests of several modules need.

use std::collections::BTreeMap;

use anyhow::Result;
use hallpass_e2e::Case;
use hallpass_server::{DropAt, Rule};
use serde_json::Value;

pub(crate) const MINUTE: i64 = 60_000;

/// Both the page and the server live through so much time at once; no timer fires.
pub(crate) async fn pass_time(case: &Case, ms: i64) -> Result<()> {
    case.backends.main.set_clock(&case.client, ms)?;
    case.run(&format!("sleep({ms});")).await
}

/// A fault of `path` that answers nothing by itself. Meets every request until others are set.
pub(crate) fn fault(path: impl Into<String>) -> Rule {
    Rule {
        path: path.into(),
        ..Rule::default()
    }
}

/// Answers `path` by a status, as often as it is asked.
pub(crate) fn answer(path: impl Into<String>, status: u16) -> Rule {
    Rule {
        status: Some(status),
        ..fault(path)
    }
}

/// A status with a JSON body.
pub(crate) fn answer_json(path: impl Into<String>, status: u16, body: &str) -> Rule {
    Rule {
        body: Some(body.to_owned()),
        ..answer(path, status)
    }
}

/// 429 with `Retry-After`.
pub(crate) fn too_many(path: impl Into<String>, seconds: u32) -> Rule {
    let headers = BTreeMap::from([("Retry-After".to_owned(), seconds.to_string())]);
    Rule {
        headers,
        ..answer(path, 429)
    }
}

/// What a captive portal answers.
pub(crate) fn portal(path: impl Into<String>) -> Rule {
    Rule {
        html: true,
        ..fault(path)
    }
}

/// JSON that breaks off.
pub(crate) fn truncated(path: impl Into<String>) -> Rule {
    answer_json(path, 200, r#"{"access_token": "eyJhbGciOi"#)
}

/// Closes the connection in place of an answer, before or after the work.
pub(crate) fn dropped(path: impl Into<String>, at: DropAt) -> Rule {
    Rule {
        drop: Some(at),
        ..fault(path)
    }
}

/// The option `timeout` where one has to pass: short to wait for, and long enough for a busy machine to answer.
pub(crate) const SHORT_TIMEOUT: f64 = 1.5;

/// Answers much later than [`SHORT_TIMEOUT`].
pub(crate) fn late(path: impl Into<String>) -> Rule {
    Rule {
        delay_ms: Some(5_000),
        ..answer(path, 503)
    }
}

/// Meets one request only.
pub(crate) fn once(rule: Rule) -> Rule {
    Rule {
        times: Some(1),
        ..rule
    }
}

/// Asserts that `actual` has all that `expected` has; it may have more.
#[track_caller]
pub(crate) fn assert_has(actual: &Value, expected: &Value) {
    assert!(
        has(actual, expected),
        "expected {expected:#}\nin {actual:#}"
    );
}

fn has(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| actual.get(name).is_some_and(|actual| has(actual, value))),
        _ => actual == expected,
    }
}
