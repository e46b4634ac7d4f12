//! `authFetch` is `fetch`: each case of `pages/conformance.js`, once by each, in the same page.

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Suite, by_core, by_engine, rounds, tests};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What `fetch` does, compared with what it does.
        // By cookie it is the headers and members of a request that differ from those by token.
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL) =>
            inputs,
            headers,
            members,
            crossing_to_a_listed_origin;
        by_engine(Mode::JWT).all(Mode::ALL) =>
            methods,
            bodies,
            aborts,
            redirects,
            statuses,
            answers,
            schemes,
            crossing;
        by_engine(Mode::JWT).all(Mode::ALL).needs(&[Feature::RequestStreams]) => streams;
        by_core(Mode::JWT) => there_are_as_many_cases_as_we_say;
    );
}

/// No fewer cases: what was compared once is compared from then on.
const CASES: usize = 350;

#[derive(Debug, Deserialize)]
struct Compared {
    cases: usize,
    credentials: usize,
    differing: Vec<Value>,
}

async fn compare(case: &Case, group: &str, options: Value) -> Result<Compared> {
    case.signed_in(options.clone()).await?;
    case.faults([late("/open/slow")])?;
    let args = json!({
        "group": group,
        "foreign": case.foreign(),
        "isListed": options.get("origins").is_some(),
    });
    let compared: Compared = case
        .run_with(
            args,
            "const { compare } = await import('/conformance.js'); return compare(args.group, args);",
        )
        .await?;
    assert!(
        compared.differing.is_empty(),
        "{} of {} cases differ: {}",
        compared.differing.len(),
        compared.cases,
        json!(compared.differing)
    );
    println!(
        "{group}, {}: {} cases are equal, {} with a token",
        case.mode.name(),
        compared.cases,
        compared.credentials
    );
    Ok(compared)
}

/// Equal, and signed in: that arrived with a token, and nothing else did.
async fn equal(case: &Case, group: &str, at_least: usize) -> Result<()> {
    let expected = if case.mode == Mode::Session {
        0
    } else {
        at_least
    };
    for _ in 0..rounds(1) {
        let compared = compare(case, group, json!({})).await?;
        assert!(compared.credentials >= expected, "{compared:?}");
    }
    Ok(())
}

async fn inputs(case: &Case) -> Result<()> {
    equal(case, "inputs", 20).await
}

async fn methods(case: &Case) -> Result<()> {
    equal(case, "methods", 10).await
}

async fn headers(case: &Case) -> Result<()> {
    equal(case, "headers", 20).await
}

async fn bodies(case: &Case) -> Result<()> {
    equal(case, "bodies", 25).await
}

async fn streams(case: &Case) -> Result<()> {
    equal(case, "streams", 0).await
}

async fn members(case: &Case) -> Result<()> {
    equal(case, "members", 30).await
}

async fn aborts(case: &Case) -> Result<()> {
    equal(case, "aborts", 1).await
}

async fn redirects(case: &Case) -> Result<()> {
    equal(case, "redirects", 12).await
}

async fn statuses(case: &Case) -> Result<()> {
    equal(case, "statuses", 0).await
}

async fn answers(case: &Case) -> Result<()> {
    equal(case, "answers", 0).await
}

async fn schemes(case: &Case) -> Result<()> {
    equal(case, "schemes", 0).await
}

async fn crossing(case: &Case) -> Result<()> {
    let compared = compare(case, "crossing", json!({})).await?;
    assert_eq!(compared.credentials, 0);
    assert_eq!(case.foreign_log().credentials().len(), 0);
    Ok(())
}

async fn crossing_to_a_listed_origin(case: &Case) -> Result<()> {
    let compared = compare(
        case,
        "crossing",
        json!({ "origins": [case.backends.foreign.base_url()] }),
    )
    .await?;
    let expected = if case.mode == Mode::Session { 0 } else { 5 };
    assert!(compared.credentials >= expected, "{compared:?}");
    Ok(())
}

async fn there_are_as_many_cases_as_we_say(case: &Case) -> Result<()> {
    let count: usize = case
        .run("const { count } = await import('/conformance.js'); return count();")
        .await?;
    assert!(count >= CASES, "{count}");
    Ok(())
}
