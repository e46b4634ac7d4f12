//! A call that is refused is sent once more: what arrives then, and what the caller gets.

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::Rule;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What a copy of a `Request` holds, and when it is made.
        by_engine(Mode::JWT).all(Mode::ALL) =>
            ec22_a_string_without_headers_is_sent_again,
            ec22_a_file_is_sent_again,
            ec22_a_part_of_a_buffer_is_sent_again,
            ec22_form_data_is_sent_again_as_it_was,
            ec22_a_request_with_form_data_is_sent_again,
            ec22_a_post_without_a_body_is_sent_again_without_one,
            ec22_a_body_at_the_limit_of_keepalive_is_sent_again,
            ec22_a_post_that_was_redirected_is_sent_again_from_its_start,
            ec22_a_request_that_was_read_is_refused_as_by_fetch,
            a_401_after_a_redirect_to_another_listed_origin_is_the_callers;
        by_engine(Mode::JWT).all(Mode::ALL).needs(&[Feature::RequestStreams]) =>
            ec22_the_refusal_of_a_stream_reaches_the_caller_whole,
            ec22_a_request_made_of_a_stream_is_sent_again;
        by_engine(Mode::JWT).all(Mode::ALL).needs(&[Feature::CopiedBodies]) =>
            ec22_bytes_are_sent_again_as_they_were,
            ec22_url_search_params_are_sent_again_as_they_were;
        // Its signals, its cache, and what an answer tells of a redirect.
        by_engine(Mode::JWT).all(Mode::RENEWABLE) =>
            ec09_a_call_that_is_aborted_while_it_is_out_again_fails_as_fetch_does,
            ec09_an_abort_reaches_the_answer_to_the_second_attempt,
            a_401_that_may_be_cached_is_not_the_answer_to_the_second_attempt,
            a_401_after_a_redirect_is_renewed_and_the_call_sent_again,
            a_401_after_a_redirect_within_another_listed_origin_is_renewed;
        by_engine(Mode::JWT).all(Mode::RENEWABLE).needs(&[Feature::HttpCache]) =>
            a_refusal_from_the_cache_is_not_the_answer_to_the_second_attempt,
            a_caller_that_asks_for_any_age_gets_it_from_the_cache,
            a_caller_that_asks_for_the_cache_alone_gets_it_from_there;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            ec02_fifty_calls_that_are_refused_at_once_are_each_sent_once_more,
            ec09_a_call_that_is_aborted_before_it_is_sent_again_is_not_sent_again,
            ec09_a_refresh_goes_on_though_its_only_caller_is_gone,
            ec15_a_second_401_is_the_answer,
            ec15_calls_that_are_refused_twice_at_once_cost_one_refresh,
            the_second_attempt_passes_the_cache_by_unless_the_caller_has_chosen;
        by_core(Mode::SESSION) => ec15_a_401_of_a_session_that_stands_is_the_answer;
    );
}

// Bodies: those of the moment of the call.

async fn ec22_a_string_without_headers_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'POST', body: 'grüße, lone \\ud800 surrogate' })",
    )
    .await?;
    assert_eq!(echoed["body"], "grüße, lone \u{fffd} surrogate");
    let content_type = &echoed["headers"]["content-type"];
    assert_eq!(content_type, "text/plain;charset=UTF-8");
    Ok(())
}

async fn ec22_a_file_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "auth.authFetch(echo, { method: 'PUT', body: new File(['con', 'tent'], 'a.txt', { type: 'text/x-own' }) })",
    )
    .await?;
    assert_eq!(echoed["body"], "content");
    assert_eq!(echoed["headers"]["content-type"], "text/x-own");
    Ok(())
}

async fn ec22_a_part_of_a_buffer_is_sent_again(case: &Case) -> Result<()> {
    let body = "new DataView(new TextEncoder().encode('0123456789').buffer, 2, 5)";
    let call = format!("auth.authFetch(echo, {{ method: 'POST', body: {body} }})");
    let echoed = echoed_twice(case, &call).await?;
    assert_eq!(echoed["body"], "23456");
    Ok(())
}

/// What arrives the second time of `body`, which the caller changes after the call.
async fn echoed_though_changed(case: &Case, body: &str, change: &str) -> Result<Value> {
    let call = format!(
        "(() => {{
           {body}
           const calling = auth.authFetch(echo, {{ method: 'POST', body }});
           {change}
           return calling;
         }})()"
    );
    echoed_twice(case, &call).await
}

async fn ec22_bytes_are_sent_again_as_they_were(case: &Case) -> Result<()> {
    let body = "const body = new TextEncoder().encode('before');";
    let echoed = echoed_though_changed(case, body, "body.fill(120);").await?;
    assert_eq!(echoed["body"], "before");
    Ok(())
}

async fn ec22_url_search_params_are_sent_again_as_they_were(case: &Case) -> Result<()> {
    let body = "const body = new URLSearchParams('a=before');";
    let echoed = echoed_though_changed(case, body, "body.append('a', 'after');").await?;
    assert_eq!(echoed["body"], "a=before");
    Ok(())
}

async fn ec22_form_data_is_sent_again_as_it_was(case: &Case) -> Result<()> {
    let body = "const body = new FormData(); body.append('name', 'before');";
    let echoed = echoed_though_changed(case, body, "body.append('name', 'after');").await?;
    let body = multipart(&echoed);
    assert!(
        body.contains("before") && !body.contains("after"),
        "{echoed}"
    );
    Ok(())
}

async fn ec22_a_request_with_form_data_is_sent_again(case: &Case) -> Result<()> {
    let echoed = echoed_twice(
        case,
        "(() => {
           const body = new FormData();
           body.append('name', 'value');
           body.append('file', new File(['content'], 'a.txt'));
           return auth.authFetch(new Request(echo, { method: 'POST', body }));
         })()",
    )
    .await?;
    let body = multipart(&echoed);
    assert!(
        body.contains("value") && body.contains("content"),
        "{echoed}"
    );
    Ok(())
}

async fn ec22_a_post_without_a_body_is_sent_again_without_one(case: &Case) -> Result<()> {
    let echoed = echoed_twice(case, "auth.authFetch(echo, { method: 'POST' })").await?;
    assert_eq!(echoed["body"], "");
    assert_eq!(echoed["headers"]["content-length"], "0");
    assert_eq!(echoed["headers"]["content-type"], Value::Null);
    Ok(())
}

async fn ec22_a_request_that_was_read_is_refused_as_by_fetch(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    let seen: Value = case
        .run(
            "const request = new Request(echo, { method: 'POST', body: 'text' });
             await request.text();
             const [ours, theirs] = [await attempt(auth.authFetch(request)), await attempt(fetch(request))];
             return { ours: ours.error, same: ours.error.message === theirs.error.message, state: state(), changes };",
        )
        .await?;
    let expected = json!({
        "ours": { "name": "TypeError", "isAuthError": false },
        "same": true,
        "state": { "status": "signed-in" },
        "changes": [],
    });
    assert_has(&seen, &expected);
    assert_eq!(case.log().count(), 0);
    Ok(())
}

/// Browsers send streams over HTTP/2 only, which the backend does not speak: here a string carries what was in one.
const AS_STRING: &str = "
    const real = window.fetch;
    window.fetch = async (input, init) => {
      if (input instanceof Request && input.url.includes('?stream')) {
        return real(input.url, { method: input.method, headers: input.headers, body: await input.text() });
      }
      if (!(init?.body instanceof ReadableStream)) return real(input, init);
      return real(input, { ...init, body: await new Response(init.body).text() });
    };
    const init = () => ({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' });";

async fn ec22_the_refusal_of_a_stream_reaches_the_caller_whole(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    let seen: Value = case
        .run(&format!(
            "const gate = hold('/refresh');
             {AS_STRING}
             const response = await auth.authFetch(`${{echo}}?stream`, init());
             // The caller does not wait for the refresh.
             const early = changes.length;
             const seen = {{ status: response.status, used: response.bodyUsed, error: (await response.json()).error, early }};
             gate.release();
             await until(() => kind === 'session' || changes.length === 1);
             return seen;"
        ))
        .await?;
    let error = match case.mode {
        Mode::Session => "csrf_failed",
        _ => "invalid_token",
    };
    let expected =
        json!({ "status": stale_status(case.mode), "used": false, "error": error, "early": 0 });
    assert_eq!(seen, expected);
    assert_eq!(case.log().to(&case.mode.echo()).count(), 1);
    Ok(())
}

async fn ec22_a_request_made_of_a_stream_is_sent_again(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    let body: String = case
        .run(&format!(
            "{AS_STRING}
             const response = await auth.authFetch(new Request(`${{echo}}?stream`, init()));
             return (await response.json()).body;"
        ))
        .await?;
    assert_eq!(body, "streamed");
    assert_eq!(
        case.log().to(&case.mode.echo()).statuses(),
        [stale_status(case.mode), 200]
    );
    Ok(())
}

// `keepalive`: a page may have 64 KiB of bodies out.

/// From now on `sent` holds the requests to `part` that are handed to the browser.
const WATCH: &str = "
    window.sent = [];
    const handOver = window.fetch;
    const watch = (part) => (window.fetch = (input, init) => {
      const request = input instanceof Request ? input : new Request(input, init);
      if (request.url.includes(part)) sent.push(request);
      return handOver(input, init);
    });";

async fn ec22_a_body_at_the_limit_of_keepalive_is_sent_again(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    let seen: Value = case
        .run(&format!(
            "{WATCH}
             watch('echo');
             const init = {{ method: 'POST', body: 'x'.repeat(65_536), keepalive: true }};
             const {{ keepalive }} = new Request(echo, init);
             const response = await auth.authFetch(echo, init);
             return {{
               whole: (await response.json()).body === init.body,
               sent: sent.map((request) => request.keepalive === keepalive),
             }};"
        ))
        .await?;
    assert_eq!(seen, json!({ "whole": true, "sent": [true, true] }));
    assert_eq!(
        case.log().to(&case.mode.echo()).statuses(),
        [stale_status(case.mode), 200]
    );
    Ok(())
}

// Aborts.

/// Both calls are refused, and the refresh is answered but held back.
const REFUSED: &str = "
    const gate = hold('/refresh');
    const controller = new AbortController();
    const refused = (count) => until(() => auth.journal().filter(({ event }) => event === 'refused by the API').length === count);";

async fn ec09_a_call_that_is_aborted_before_it_is_sent_again_is_not_sent_again(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(&format!(
            "{REFUSED}
             const aborted = attempt(auth.authFetch(orders, {{ method: 'POST', body: '{{}}', signal: controller.signal }}));
             const other = auth.authFetch(echo, {{ method: 'POST', body: 'twice' }});
             await refused(2);
             await gate.here();
             controller.abort(new RangeError('mine'));
             const {{ error }} = await aborted;
             const early = changes.length;
             gate.release();
             const {{ body }} = await (await other).json();
             return {{ error, early, body, next: await call(), events: changes.map(({{ event }}) => event) }};"
        ))
        .await?;
    let expected = json!({
        "error": { "name": "RangeError", "message": "mine", "isAuthError": false },
        "early": 0,
        "body": "twice",
        "next": 200,
        "events": ["refreshed"],
    });
    assert_has(&seen, &expected);
    let log = case.log();
    let orders = log.to(&case.mode.orders());
    let aborted = orders.only(|entry| entry.method == "POST");
    assert_eq!(aborted.statuses(), [401], "{log}");
    assert_eq!(log.to(&case.mode.echo()).statuses(), [401, 200]);
    assert_eq!(log.to(&case.mode.auth("refresh")).statuses(), [200]);
    Ok(())
}

async fn ec09_a_refresh_goes_on_though_its_only_caller_is_gone(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(&format!(
            "{REFUSED}
             const aborted = attempt(auth.authFetch(echo, {{ method: 'POST', body: 'once', signal: controller.signal }}));
             await refused(1);
             await gate.here();
             controller.abort();
             const {{ error }} = await aborted;
             gate.release();
             await until(() => changes.length === 1);
             return {{ error: error.name, event: changes[0].event, next: await call() }};"
        ))
        .await?;
    assert_eq!(
        seen,
        json!({ "error": "AbortError", "event": "refreshed", "next": 200 })
    );
    let lines = [
        format!("POST {} 401", case.mode.echo()),
        format!("POST {} 200", case.mode.auth("refresh")),
        format!("GET {} 200", case.mode.orders()),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn ec09_a_call_that_is_aborted_while_it_is_out_again_fails_as_fetch_does(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    let echo = case.mode.echo();
    case.faults([once(answer(&echo, 401)), late(&echo)])?;
    case.run::<()>(
        "window.controller = new AbortController();
         window.calling = attempt(auth.authFetch(echo, { method: 'POST', body: 'twice', signal: controller.signal }));",
    )
    .await?;
    case.until_log("the second attempt", |log| log.to(&echo).count() == 2)
        .await?;
    let seen: Value = case
        .run("controller.abort(); return { ...await calling, state: state() };")
        .await?;
    let error = json!({ "name": "AbortError", "isAuthError": false });
    assert_has(
        &seen,
        &json!({ "error": error, "state": { "status": "signed-in" } }),
    );
    Ok(())
}

async fn ec09_an_abort_reaches_the_answer_to_the_second_attempt(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([once(answer("/open/answer", 401))])?;
    let seen: Value = case
        .run(
            "const controller = new AbortController();
             const init = { method: 'POST', body: 'twice', signal: controller.signal };
             const response = await auth.authFetch('open/answer?chunks=2&gate=never', init);
             const reader = response.body.getReader();
             const { value } = await reader.read();
             controller.abort();
             const { error } = await attempt(reader.read());
             return [response.status, value.length > 0, error.name];",
        )
        .await?;
    assert_eq!(seen, json!([200, true, "AbortError"]));
    Ok(())
}

// How often.

async fn ec02_fifty_calls_that_are_refused_at_once_are_each_sent_once_more(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let bodies: Vec<String> = case
        .run(
            "const send = async (_, number) => {
               const response = await auth.authFetch(echo, { method: 'POST', body: `body ${number}` });
               return (await response.json()).body;
             };
             return Promise.all(Array.from({ length: 50 }, send));",
        )
        .await?;
    let expected: Vec<String> = (0..50).map(|number| format!("body {number}")).collect();
    assert_eq!(bodies, expected);
    let log = case.log();
    assert_eq!(log.to(&case.mode.auth("refresh")).statuses(), [200]);
    let mut statuses = log.to(&case.mode.echo()).statuses();
    statuses.sort_unstable();
    assert_eq!(statuses, [[200; 50], [401; 50]].concat());
    Ok(())
}

async fn ec15_a_second_401_is_the_answer(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let (orders, refresh) = (case.mode.orders(), case.mode.auth("refresh"));
    case.faults(["first", "second"].map(|body| once(answer_json(&orders, 401, body))))?;
    let seen: Value = case
        .run(
            "const response = await auth.authFetch(orders);
             return { status: response.status, body: await response.text(), state: state(), events: changes.map(({ event }) => event) };",
        )
        .await?;
    let expected = json!({
        "status": 401,
        "body": "second",
        "state": { "status": "signed-in" },
        "events": ["refreshed"],
    });
    assert_has(&seen, &expected);
    // The new token is refused by this call only, for all we know: the next one tries it.
    let next: u16 = case.run("return call();").await?;
    assert_eq!(next, 200);
    let lines = [
        format!("GET {orders} 401"),
        format!("POST {refresh} 200"),
        format!("GET {orders} 401"),
        format!("GET {orders} 200"),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn ec15_calls_that_are_refused_twice_at_once_cost_one_refresh(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([answer(case.mode.orders(), 401)])?;
    let seen: Value = case
        .run(
            "const statuses = await Promise.all(Array.from({ length: 10 }, () => call()));
             return { statuses, state: state() };",
        )
        .await?;
    let expected = json!({ "statuses": vec![401; 10], "state": { "status": "signed-in" } });
    assert_has(&seen, &expected);
    let log = case.log();
    assert_eq!(log.to(&case.mode.auth("refresh")).statuses(), [200]);
    assert_eq!(log.to(&case.mode.orders()).count(), 20);
    Ok(())
}

async fn ec15_a_401_of_a_session_that_stands_is_the_answer(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let orders = case.mode.orders();
    case.faults([once(answer(&orders, 401))])?;
    let seen: Value = case
        .run("return { first: await call(), next: await call(), state: state(), changes };")
        .await?;
    let expected = json!({
        "first": 401,
        "next": 200,
        "state": { "status": "signed-in" },
        "changes": [],
    });
    assert_has(&seen, &expected);
    let lines = [
        format!("GET {orders} 401"),
        format!("GET {} 200", case.mode.auth("me")),
        format!("GET {orders} 200"),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

// The HTTP cache.

fn kept(rule: Rule) -> Rule {
    let mut rule = rule;
    let header = ("Cache-Control".to_owned(), "max-age=600".to_owned());
    rule.headers.extend([header]);
    rule
}

async fn a_401_that_may_be_cached_is_not_the_answer_to_the_second_attempt(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([once(kept(answer("/open/answer", 401)))])?;
    let seen: Value = case
        .run(
            "const response = await auth.authFetch('open/answer?body=fresh');
             return [response.status, await response.text()];",
        )
        .await?;
    assert_eq!(seen, json!([200, "fresh"]));
    assert_eq!(case.log().to("/open/answer").statuses(), [401, 200]);
    Ok(())
}

/// Browsers do not keep a 401. What the app's own rule takes for one may be kept: here what has the header, as soon as
/// `means` says so. Before, it gets into the cache.
async fn keep_a_refusal(case: &Case) -> Result<()> {
    let mut rule = once(kept(answer_json("/open/answer", 200, "over")));
    let header = ("X-Session".to_owned(), "over".to_owned());
    rule.headers.extend([header]);
    case.faults([rule])?;
    let kept: Vec<String> = case
        .run(
            "window.means = false;
             await start({ isSignedOut: (response) => means && response.headers.get('X-Session') === 'over' });
             await auth.login(ada);
             // Of each round its own, as the cache outlives them.
             const url = 'open/answer?body=fresh&of=' + crypto.randomUUID();
             window.text = async (init) => (await auth.authFetch(url, init)).text();
             const kept = [await text(), await text()];
             window.means = true;
             return kept;",
        )
        .await?;
    assert_eq!(kept, ["over", "over"]);
    assert_eq!(case.log().to("/open/answer").count(), 1);
    case.clear_log()
}

async fn a_refusal_from_the_cache_is_not_the_answer_to_the_second_attempt(
    case: &Case,
) -> Result<()> {
    keep_a_refusal(case).await?;
    let text: String = case.run("return text();").await?;
    assert_eq!(text, "fresh");
    let lines = [
        format!("POST {} 200", case.mode.auth("refresh")),
        "GET /open/answer 200".to_owned(),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn a_caller_that_asks_for_any_age_gets_it_from_the_cache(case: &Case) -> Result<()> {
    cached_twice(case, "force-cache").await
}

async fn a_caller_that_asks_for_the_cache_alone_gets_it_from_there(case: &Case) -> Result<()> {
    cached_twice(case, "only-if-cached").await
}

async fn cached_twice(case: &Case, cache: &str) -> Result<()> {
    keep_a_refusal(case).await?;
    let seen: Value = case
        .run_with(
            json!({ "cache": cache, "mode": "same-origin" }),
            "return [await text(args), auth.status];",
        )
        .await?;
    assert_eq!(seen, json!(["over", "signed-in"]));
    let refresh = format!("POST {} 200", case.mode.auth("refresh"));
    assert_eq!(case.log().lines(), [refresh]);
    Ok(())
}

async fn the_second_attempt_passes_the_cache_by_unless_the_caller_has_chosen(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run::<()>(&format!("{WATCH} watch('echo');")).await?;
    for (cache, second) in [
        ("default", "reload"),
        ("no-store", "no-store"),
        ("reload", "reload"),
        ("no-cache", "no-cache"),
        ("force-cache", "force-cache"),
    ] {
        case.expire().await?;
        let caches: Vec<String> = case
            .run_with(
                json!(cache),
                "sent.length = 0; await auth.authFetch(echo, { cache: args }); return sent.map(({ cache }) => cache);",
            )
            .await?;
        assert_eq!(caches, [cache, second]);
    }
    Ok(())
}

// Redirects.

async fn a_401_after_a_redirect_is_renewed_and_the_call_sent_again(case: &Case) -> Result<()> {
    case.faults([redirect(
        "/open/away",
        302,
        format!("../api/{}/echo?to", case.mode.kind()),
    )])?;
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "const response = await auth.authFetch('open/away');
             return { redirected: response.redirected, query: (await response.json()).query };",
        )
        .await?;
    assert_eq!(seen, json!({ "redirected": true, "query": "to" }));
    let echo = case.mode.echo();
    let lines = [
        "GET /open/away 302".to_owned(),
        format!("GET {echo} 401"),
        format!("POST {} 200", case.mode.auth("refresh")),
        "GET /open/away 302".to_owned(),
        format!("GET {echo} 200"),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn ec22_a_post_that_was_redirected_is_sent_again_from_its_start(case: &Case) -> Result<()> {
    case.faults([redirect(
        "/open/away",
        307,
        format!("../api/{}/echo", case.mode.kind()),
    )])?;
    let echoed = echoed_twice(
        case,
        "auth.authFetch('open/away', { method: 'POST', body: new Blob(['twice']) })",
    )
    .await?;
    assert_eq!(echoed["body"], "twice");
    assert_eq!(case.log().to("/open/away").statuses(), [307, 307]);
    Ok(())
}

/// There the browser has dropped the credential, so that the 401 says nothing of it.
async fn a_401_after_a_redirect_to_another_listed_origin_is_the_callers(case: &Case) -> Result<()> {
    let there = format!("{}{}", case.foreign(), case.mode.orders());
    case.faults([redirect("/open/away", 302, there)])?;
    case.signed_in(json!({ "origins": [case.backends.foreign.base_url()] }))
        .await?;
    let seen: Value = case
        .run("return { call: await call('open/away'), state: state(), changes };")
        .await?;
    assert_has(
        &seen,
        &json!({ "call": 401, "state": { "status": "signed-in" }, "changes": [] }),
    );
    assert_eq!(case.log().lines(), ["GET /open/away 302"]);
    let there = case.foreign_log().to(&case.mode.orders());
    assert_eq!(there.statuses(), [401]);
    assert_eq!(there.credentials().len(), 0);
    Ok(())
}

async fn a_401_after_a_redirect_within_another_listed_origin_is_renewed(case: &Case) -> Result<()> {
    let there = format!("{}/open/echo", case.foreign());
    let rules = vec![
        redirect("/open/away", 302, there),
        once(answer("/open/echo", 401)),
    ];
    case.backends.foreign.set_rules(&case.client, rules)?;
    case.signed_in(json!({ "origins": [case.backends.foreign.base_url()] }))
        .await?;
    let status: u16 = case
        .run_with(
            json!({ "foreign": case.foreign() }),
            "return call(`${args.foreign}/open/away`);",
        )
        .await?;
    assert_eq!(status, 200);
    let refresh = format!("POST {} 200", case.mode.auth("refresh"));
    assert_eq!(case.log().lines(), [refresh]);
    let log = case.foreign_log();
    assert_eq!(log.to("/open/away").statuses(), [302, 302]);
    let echo = log.to("/open/echo");
    assert_eq!(echo.statuses(), [401, 200]);
    let credentials = echo.credentials();
    assert_ne!(credentials[0], credentials[1]);
    Ok(())
}
