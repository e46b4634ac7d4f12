//! Bodies of calls that have to be sent twice.

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Suite, by_core, by_engine, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What a copy of a `Request` holds.
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL) => ec22_a_string_is_sent_again_with_its_headers;
        by_engine(Mode::JWT).all(Mode::ALL) =>
            ec22_a_blob_is_sent_again,
            ec22_bytes_are_sent_again,
            ec22_url_search_params_are_sent_again,
            ec22_form_data_with_a_file_is_sent_again,
            ec22_a_request_object_is_sent_again,
            ec22_a_large_body_is_sent_again;
        by_core(Mode::JWT).all(Mode::ALL) => ec22_a_request_that_the_caller_made_stays_the_callers;
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL).needs(&[Feature::RequestStreams]) =>
            ec22_a_stream_is_not_sent_again_and_the_next_call_is_right;
    );
}

async fn ec22_a_string_is_sent_again_with_its_headers(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'POST', body: '{\"snow\":\"☃\"}', headers: { 'Content-Type': 'application/json', 'X-Own': 'kept' } })",
    )
    .await?;
    assert_eq!(echoed["body"], "{\"snow\":\"☃\"}");
    assert_eq!(echoed["headers"]["content-type"], "application/json");
    assert_eq!(echoed["headers"]["x-own"], "kept");
    Ok(())
}

async fn ec22_a_blob_is_sent_again(case: &Case) -> Result<()> {
    let blob = "new Blob(['some ', 'text'], { type: 'text/x-own' })";
    let echoed = echoed_twice(
        case,
        &format!("auth.authFetch(echo, {{ method: 'PUT', body: {blob} }})"),
    )
    .await?;
    assert_eq!(echoed["body"], "some text");
    assert_eq!(echoed["headers"]["content-type"], "text/x-own");
    Ok(())
}

async fn ec22_bytes_are_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'PATCH', body: new Uint8Array([120, 255, 0, 1, 120]).subarray(1, 4) })",
    )
    .await?;
    assert_eq!(echoed["body"], json!({ "base64": "/wAB" }));
    Ok(())
}

async fn ec22_url_search_params_are_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'POST', body: new URLSearchParams({ a: '1 2', b: 'ü' }) })",
    )
    .await?;
    assert_eq!(echoed["body"], "a=1+2&b=%C3%BC");
    Ok(())
}

async fn ec22_form_data_with_a_file_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "(() => { const form = new FormData(); form.append('name', 'value'); form.append('file', new File(['content'], 'a.txt')); return auth.authFetch(echo, { method: 'POST', body: form }); })()",
    )
    .await?;
    let body = multipart(&echoed);
    assert!(
        body.contains("value") && body.contains("filename=\"a.txt\""),
        "{body}"
    );
    assert!(body.contains("content"), "{body}");
    Ok(())
}

async fn ec22_a_request_object_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(new Request(echo, { method: 'POST', body: 'from a request', headers: { 'X-Own': 'kept' } }))",
    )
    .await?;
    assert_eq!(echoed["body"], "from a request");
    assert_eq!(echoed["headers"]["x-own"], "kept");
    Ok(())
}

async fn ec22_a_large_body_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'POST', body: new Blob([new Uint8Array(300_000)]) })",
    )
    .await?;
    assert_eq!(echoed["body"]["length"], 300_000);
    Ok(())
}

async fn ec22_a_request_that_the_caller_made_stays_the_callers(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const request = new Request(echo, { headers: { 'X-Own': 'kept' } });
             const { status } = await auth.authFetch(request);
             return { status, headers: [...request.headers], used: request.bodyUsed };",
        )
        .await?;
    assert_eq!(
        seen,
        json!({ "status": 200, "headers": [["x-own", "kept"]], "used": false })
    );
    Ok(())
}

async fn ec22_a_stream_is_not_sent_again_and_the_next_call_is_right(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    // Browsers send streams over HTTP/2 only, which the backend does not speak: here a string carries what was in it.
    let seen: Value = case
        .run(
            "const real = window.fetch;
             window.fetch = async (input, init) => {
               if (!(init?.body instanceof ReadableStream)) return real(input, init);
               return real(input, { ...init, body: await new Response(init.body).text() });
             };
             const stream = () => new Blob(['streamed']).stream();
             const send = () => auth.authFetch(`${echo}?stream`, { method: 'POST', body: stream(), duplex: 'half' });
             const first = await send();
             const second = await send();
             return { first: first.status, second: second.status, body: (await second.json()).body };",
        )
        .await?;
    assert_has(
        &seen,
        &json!({ "first": stale_status(case.mode), "second": 200, "body": "streamed" }),
    );
    assert_eq!(case.log().to(&case.mode.echo()).count(), 2);
    Ok(())
}
