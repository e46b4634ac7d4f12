//! The option `verify`: no token is believed, wherever it comes from, that does not stand up to it.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::{Algorithm, Settings};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // The browser's own cryptography.
        by_engine(Mode::JWT) =>
            each_algorithm_verifies,
            keys_that_an_attacker_may_have_are_refused;
        by_core(Mode::RENEWABLE) => the_tokens_of_a_real_server_are_verified_with_its_keys;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            a_refresh_that_brings_a_token_of_another_key_changes_nothing,
            a_new_key_of_the_server_is_fetched_once,
            without_the_keys_no_token_is_asked_for,
            nothing_of_it_is_loaded_where_it_is_not_asked_for;
        by_core(Mode::JWT) =>
            a_token_that_is_not_right_in_all_is_refused_with_the_reason,
            tokens_of_unknown_keys_cause_no_storm,
            a_clock_that_is_off_is_told_of,
            wrong_options_are_named;
        by_core(&[Mode::JwtLocal, Mode::JwtSealed]).all(WEB) => a_forged_session_in_the_store_signs_nobody_in;
        by_core(Mode::JWT).all(WEB) =>
            a_stored_session_whose_keys_are_out_of_reach_waits_for_them,
            a_stored_session_is_restored_by_a_device_whose_clock_is_off;
        by_core(Mode::HYBRID) => a_forged_token_of_another_tab_is_passed_over;
        by_core(Mode::SESSION) => a_cookie_cannot_be_verified;
    );
}

const WEB: &[Mode] = &[Mode::JwtLocal, Mode::JwtSession, Mode::JwtSealed];

const JWKS: &str = "/.well-known/jwks.json";

/// `verify` as the reference backend's tokens want it.
fn by_url(case: &Case) -> Value {
    let issuer = format!("{}/c/{}", case.backends.main.base_url(), case.client);
    json!({ "verify": { "jwks": ".well-known/jwks.json", "issuer": issuer, "audience": "hallpass-api" } })
}

async fn the_tokens_of_a_real_server_are_verified_with_its_keys(case: &Case) -> Result<()> {
    for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA] {
        case.settings(&Settings {
            alg: Some(algorithm),
            ..Settings::default()
        })?;
        case.clear_log()?;
        case.run_with::<()>(
            by_url(case),
            "window.auth?.dispose(); await start(args); await auth.login(ada);",
        )
        .await?;
        case.expire().await?;
        let seen: Value = case
            .run("return [await call(), await call(), auth.claims.email, state().status];")
            .await?;
        assert_eq!(seen, json!([200, 200, "ada@example.com", "signed-in"]));
        assert_eq!(case.log().to(JWKS).count(), 1, "{}", case.log());
        assert_eq!(
            case.log().to(&case.mode.auth("refresh")).count(),
            1 + usize::from(case.mode == Mode::Hybrid)
        );
        case.run::<()>("await auth.logout();").await?;
    }
    Ok(())
}

/// Has the page sign a token, lets the login endpoint answer it, and tries to sign in.
async fn login_with(case: &Case, token: &str, verify: &str) -> Result<Value> {
    let token: String = case
        .run(&format!(
            "const {{ signer, claims }} = await import('/signer.js');
             window.key ??= await signer('ES256', 'k1');
             return {token};"
        ))
        .await?;
    case.faults([answer_tokens(case.mode.auth("login"), &token)])?;
    case.run(&format!(
        "window.auth?.dispose();
         const wanted = {{ jwks: {{ keys: [key.jwk] }}, issuer: 'https://issuer.test', audience: 'api' }};
         await start({{ verify: {{ ...wanted, ...{verify} }} }});
         const {{ error, value }} = await attempt(auth.login(ada));
         const seen = {{ code: error?.code ?? null, message: error?.message ?? '', user: value?.email ?? null, ...state(), stored: stored() }};
         await auth.logout();
         return seen;"
    ))
    .await
}

fn answer_tokens(path: String, token: &str) -> hallpass_server::Rule {
    let body = json!({ "access_token": token, "refresh_token": "r-1", "expires_in": 300 });
    answer_json(path, 200, &body.to_string())
}

async fn each_algorithm_verifies(case: &Case) -> Result<()> {
    for alg in ["RS256", "PS384", "ES256", "ES384", "EdDSA"] {
        case.run_with::<()>(
            json!(alg),
            "const { signer } = await import('/signer.js'); window.key = await signer(args, 'k1');",
        )
        .await?;
        let seen = login_with(case, "await key.sign(claims())", "{}").await?;
        assert_eq!(seen["user"], "ada@example.com", "{alg}: {seen}");
    }
    case.run::<()>(
        "const { signer } = await import('/signer.js'); window.key = await signer('HS256', 'k1');",
    )
    .await?;
    let by_hand = login_with(
        case,
        "await key.sign(claims())",
        "{ algorithms: ['HS256'] }",
    )
    .await?;
    assert_eq!(by_hand["user"], "ada@example.com", "{by_hand}");
    let unasked = login_with(case, "await key.sign(claims())", "{}").await?;
    assert_eq!(unasked["code"], "token_untrusted", "{unasked}");
    Ok(())
}

async fn a_token_that_is_not_right_in_all_is_refused_with_the_reason(case: &Case) -> Result<()> {
    let right = login_with(case, "await key.sign(claims())", "{}").await?;
    assert_has(
        &right,
        &json!({ "code": null, "user": "ada@example.com", "status": "signed-in" }),
    );
    let cases = [
        (
            "await key.sign(claims({ iss: 'https://evil.test' }))",
            "{}",
            "its iss is not",
        ),
        (
            "await key.sign(claims({ iss: undefined }))",
            "{}",
            "its iss is not",
        ),
        (
            "await key.sign(claims({ aud: 'other' }))",
            "{}",
            "its aud is not",
        ),
        (
            "await key.sign(claims({ aud: ['other', 'more'] }))",
            "{}",
            "its aud is not",
        ),
        (
            "await key.sign(claims({ aud: undefined }))",
            "{}",
            "its aud is not",
        ),
        (
            "await key.sign(claims({ exp: Date.now() / 1000 - 60 }))",
            "{}",
            "its exp has passed",
        ),
        (
            "await key.sign(claims({ exp: 'soon' }))",
            "{}",
            "its exp is not a number",
        ),
        (
            "await key.sign(claims({ nbf: Date.now() / 1000 + 60 }))",
            "{}",
            "its nbf is yet to come",
        ),
        (
            "await key.sign(claims({ iat: Date.now() / 1000 + 60 }))",
            "{}",
            "its iat is yet to come",
        ),
        (
            "await key.sign(claims({ iat: Date.now() / 1000 - 100 }))",
            "{ maxAge: 60 }",
            "it is older than verify.maxAge",
        ),
        (
            "await key.sign(claims({ iat: undefined }))",
            "{ maxAge: 60 }",
            "it has no iat",
        ),
        (
            "await key.sign(claims(), { typ: 'JWT' })",
            "{ typ: 'at+jwt' }",
            "its typ is not",
        ),
        (
            "await key.sign(claims(), { typ: undefined })",
            "{ typ: 'at+jwt' }",
            "its typ is not",
        ),
        (
            "await key.sign(claims(), { alg: 'none' })",
            "{}",
            "its alg is not in",
        ),
        (
            "await key.sign(claims(), { alg: 'HS256' })",
            "{}",
            "its alg is not in",
        ),
        (
            "await key.sign(claims(), { alg: 'ES384' })",
            "{}",
            "the key set has no key",
        ),
        (
            "await key.sign(claims())",
            "{ algorithms: ['RS256'] }",
            "its alg is not in",
        ),
        (
            "await key.sign(claims(), { crit: ['exp'], exp: 1 })",
            "{}",
            "its header has an extension",
        ),
        (
            "await key.sign(claims(), { b64: false })",
            "{}",
            "its header has an extension",
        ),
        (
            "await key.sign(claims(), { kid: 'k2' })",
            "{}",
            "the key set has no key",
        ),
        (
            "await key.sign(claims(), { kid: 7 })",
            "{}",
            "its kid is not a string",
        ),
        (
            "await key.sign(claims(), '{\"alg\":\"ES256\",\"kid\":\"k1\",\"alg\":\"ES256\"}')",
            "{}",
            "its header is not",
        ),
        (
            "await key.sign(JSON.stringify(claims()).replace('{', '{\"\\\\u0073ub\":\"eve\",'))",
            "{}",
            "its payload is not",
        ),
        ("await key.sign('[]')", "{}", "its payload is not"),
        (
            "(await key.sign(claims())).replace(/\\.[^.]{4}/, '.e30x')",
            "{}",
            "its signature is wrong",
        ),
        (
            "(await key.sign(claims())).replace(/[^.]*$/, '')",
            "{}",
            "its signature is wrong",
        ),
        (
            "(await (await signer('ES256', 'k1')).sign(claims()))",
            "{}",
            "its signature is wrong",
        ),
        // A proof that the key is not taken from the token.
        (
            "await (async (own) => own.sign(claims(), { jwk: own.jwk }))(await signer('ES256', 'k1'))",
            "{}",
            "its signature is wrong",
        ),
        ("'7f3a-opaque'", "{}", "it is not a signed JWT"),
    ];
    for (token, verify, why) in cases {
        let seen = login_with(case, token, verify).await?;
        assert_has(
            &seen,
            &json!({ "code": "token_untrusted", "user": null, "status": "signed-out", "stored": [] }),
        );
        let message = seen["message"].as_str().unwrap_or_default();
        assert!(message.contains(why), "{token}: {message}");
    }
    for (token, verify) in [
        ("await key.sign(claims({ aud: ['other', 'api'] }))", "{}"),
        (
            "await key.sign(claims({ aud: 'second' }))",
            "{ audience: ['api', 'second'] }",
        ),
        (
            "await key.sign(claims({ iss: 'b' }))",
            "{ issuer: ['a', 'b'] }",
        ),
        (
            "await key.sign(claims({ exp: Date.now() / 1000 - 10 }))",
            "{}",
        ),
        (
            "await key.sign(claims({ iat: Date.now() / 1000 - 50 }))",
            "{ maxAge: 60 }",
        ),
        (
            "await key.sign(claims(), { typ: 'application/AT+JWT' })",
            "{ typ: 'at+jwt' }",
        ),
        ("await key.sign(claims(), { kid: undefined })", "{}"),
    ] {
        let seen = login_with(case, token, verify).await?;
        assert_eq!(seen["user"], "ada@example.com", "{token}: {seen}");
    }
    Ok(())
}

async fn keys_that_an_attacker_may_have_are_refused(case: &Case) -> Result<()> {
    let sets = [
        ("[key.secret]", "shows a private or symmetric key"),
        (
            "[key.jwk, { kty: 'oct', k: 'AAAA' }]",
            "shows a private or symmetric key",
        ),
        ("[key.jwk, { ...key.jwk, y: key.jwk.x }]", "several keys"),
        ("[{ ...key.jwk, use: 'enc' }]", "no key for it"),
        ("[{ ...key.jwk, key_ops: ['sign'] }]", "no key for it"),
        ("[{ ...key.jwk, alg: 'ES384' }]", "no key for it"),
        // A point that is not on the curve: WebKit imports it.
        (
            "[{ ...key.jwk, y: key.jwk.x }]",
            "not valid|its signature is wrong",
        ),
        ("'none'", "is not a JWK Set"),
    ];
    case.run::<()>(
        "const { signer } = await import('/signer.js'); window.key = await signer('ES256', 'k1');",
    )
    .await?;
    for (keys, why) in sets {
        let made: Value = case
            .run(&format!("const {{ claims }} = await import('/signer.js'); return [await key.sign(claims()), JSON.stringify({{ keys: {keys} }})];"))
            .await?;
        let (token, set) = (
            made[0].as_str().unwrap_or_default(),
            made[1].as_str().unwrap_or_default(),
        );
        case.faults([
            answer_tokens(case.mode.auth("login"), token),
            answer_json(JWKS, 200, set),
        ])?;
        let seen: Value = case
            .run("window.auth?.dispose(); await start({ verify: { jwks: '.well-known/jwks.json' } }); return attempt(auth.login(ada));")
            .await?;
        assert_eq!(seen["error"]["code"], "token_untrusted", "{keys}: {seen}");
        let message = seen["error"]["message"].as_str().unwrap_or_default();
        let is_told = why.split('|').any(|why| message.contains(why));
        assert!(is_told, "{keys}: {message}");
    }
    Ok(())
}

async fn a_refresh_that_brings_a_token_of_another_key_changes_nothing(case: &Case) -> Result<()> {
    case.signed_in(by_url(case)).await?;
    let forged: String = case
        .run("const { signer, claims } = await import('/signer.js'); return (await signer('ES256', 'k1')).sign({ ...auth.claims, ...claims(), sub: 'eve' });")
        .await?;
    let path = case.mode.auth("refresh");
    case.faults([answer_tokens(path.clone(), &forged)])?;
    let seen: Value = case
        .run("const before = auth.claims.sub; const { error } = await attempt(auth.refresh()); return [error.code, error.retryable, auth.claims.sub === before, state().status];")
        .await?;
    assert_eq!(
        seen,
        json!(["refresh_unavailable", true, true, "signed-in"])
    );
    // The right answer is taken as soon as there is one.
    case.faults([])?;
    let after: Value = case
        .run("sleep(61_000); await auth.refresh(); return [state().status, await call()];")
        .await?;
    assert_eq!(after, json!(["signed-in", 200]));
    Ok(())
}

async fn a_new_key_of_the_server_is_fetched_once(case: &Case) -> Result<()> {
    case.signed_in(by_url(case)).await?;
    case.backends.main.rotate_key(&case.client)?;
    case.expire().await?;
    case.clear_log()?;
    let seen: Value = case
        .run("return [...await Promise.all([call(), call(), call()]), state().status];")
        .await?;
    assert_eq!(seen, json!([200, 200, 200, "signed-in"]));
    assert_eq!(case.log().to(JWKS).count(), 1, "{}", case.log());
    Ok(())
}

async fn tokens_of_unknown_keys_cause_no_storm(case: &Case) -> Result<()> {
    let token: String = case
        .run("const { signer, claims } = await import('/signer.js'); return (await signer('ES256', 'unknown')).sign(claims());")
        .await?;
    case.faults([answer_tokens(case.mode.auth("login"), &token)])?;
    let attempt = "await attempt(auth.login(ada));";
    case.run_with::<()>(
        by_url(case),
        &format!("await start(args); {}", attempt.repeat(5)),
    )
    .await?;
    assert_eq!(case.log().to(JWKS).count(), 2, "{}", case.log());
    case.run::<()>(&format!(
        "shiftClocks({{ monotonic: 31_000 }}); {}",
        attempt.repeat(5)
    ))
    .await?;
    assert_eq!(case.log().to(JWKS).count(), 3, "{}", case.log());
    Ok(())
}

async fn without_the_keys_no_token_is_asked_for(case: &Case) -> Result<()> {
    case.faults([answer(JWKS, 503)])?;
    let seen: Value = case
        .run_with(
            by_url(case),
            "await start(args); return (await attempt(auth.login(ada))).error.code;",
        )
        .await?;
    assert_eq!(seen, "network_error");
    for name in ["login", "refresh"] {
        assert_eq!(
            case.log().to(&case.mode.auth(name)).count(),
            0,
            "{}",
            case.log()
        );
    }
    case.faults([])?;
    let after: Value = case.run("await auth.login(ada); return call();").await?;
    assert_eq!(after, 200);
    Ok(())
}

async fn nothing_of_it_is_loaded_where_it_is_not_asked_for(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let loaded = "return performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /verify|store\\.js|faults/.test(name));";
    let seen: Value = case.run(loaded).await?;
    assert_eq!(seen, json!([]));
    Ok(())
}

async fn a_stored_session_is_restored_by_a_device_whose_clock_is_off(case: &Case) -> Result<()> {
    case.signed_in(by_url(case)).await?;
    for wall in [-3_600_000, 3_600_000] {
        case.page.reload().await?;
        let options = json!({ "options": by_url(case), "wall": wall });
        let seen: Value = case
            .run_with(
                options,
                "shiftClocks({ wall: args.wall }); await start(args.options); await until(() => auth.status !== 'restoring'); return [auth.status, await call()];",
            )
            .await?;
        assert_eq!(seen, json!(["signed-in", 200]), "{wall}");
    }
    Ok(())
}

/// What is in the store, opened where it is sealed.
const STORE: &str = "const { storeOf } = await import('/pkg/src/store.js');
    const name = `hallpass:${client}`;
    const [mode, storage] = new URLSearchParams(location.search).get('mode').split('-');
    const store = storeOf({ mode, storage });";

async fn a_forged_session_in_the_store_signs_nobody_in(case: &Case) -> Result<()> {
    case.signed_in(by_url(case)).await?;
    case.run::<()>(&format!(
        "{STORE}
         const {{ signer, claims }} = await import('/signer.js');
         const record = JSON.parse((await store.get(name)).slice('hallpass/1 '.length));
         const forged = await (await signer('ES256', 'k1')).sign({{ ...auth.claims, ...claims(), sub: 'eve' }});
         await store.set(name, 'hallpass/1 ' + JSON.stringify({{ ...record, access: forged }}));"
    ))
    .await?;
    case.clear_log()?;
    case.page.reload().await?;
    let seen: Value = case
        .run_with(
            by_url(case),
            "await start(args); return { ...state(), stored: stored(), call: await call() };",
        )
        .await?;
    let expected = json!({ "status": "signed-out", "reason": "stored_session_invalid", "user": null, "stored": [], "call": 401 });
    assert_has(&seen, &expected);
    assert_eq!(
        case.log().to(&case.mode.orders()).credentials(),
        Vec::<String>::new()
    );
    Ok(())
}

async fn a_stored_session_whose_keys_are_out_of_reach_waits_for_them(case: &Case) -> Result<()> {
    case.signed_in(by_url(case)).await?;
    // The browser's own copy of them would do: another URL has none.
    let mut options = by_url(case);
    options["verify"]["jwks"] = json!(".well-known/jwks.json?again");
    case.faults([answer(JWKS, 503)])?;
    case.page.reload().await?;
    let seen: Value = case
        .run_with(options, "await start(args); const { error } = await attempt(call()); return { ...state(), code: error.code };")
        .await?;
    assert_has(
        &seen,
        &json!({ "status": "restoring", "user": null, "code": "refresh_unavailable", "storage": "ok" }),
    );
    case.faults([])?;
    let after: Value = case
        .run("window.dispatchEvent(new Event('online')); await until(() => auth.status !== 'restoring'); return [state().status, await call()];")
        .await?;
    assert_eq!(after, json!(["signed-in", 200]));
    assert_eq!(
        case.log().to(&case.mode.auth("refresh")).count(),
        0,
        "{}",
        case.log()
    );
    Ok(())
}

async fn a_forged_token_of_another_tab_is_passed_over(case: &Case) -> Result<()> {
    let mut options = by_url(case);
    options["shareAcrossTabs"] = json!(true);
    case.signed_in(options).await?;
    let seen: Value = case
        .run(
            "const { signer, claims } = await import('/signer.js');
             const forged = await (await signer('ES256', 'k1')).sign({ ...auth.claims, ...claims() });
             const channel = new BroadcastChannel(`hallpass:${client}`);
             const heard = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
             await auth.refresh();
             const message = await heard;
             // As the tab would say it itself, of a newer token.
             channel.postMessage([...message.slice(0, 3), message[3] + 1, ...message.slice(4, 6), forged, message[7] + 60_000, message[8]]);
             // What comes behind it is heard when it has been.
             channel.postMessage('noise');
             await until(() => auth.journal().some(({ event }) => event === 'message ignored'));
             const current = await auth.accessToken();
             return [current !== forged, auth.claims.sub !== 'ada', await call()];",
        )
        .await?;
    assert_eq!(seen, json!([true, true, 200]));
    Ok(())
}

async fn a_clock_that_is_off_is_told_of(case: &Case) -> Result<()> {
    // An hour ahead, and the server does not tell its time: nobody can say whether the token has ended.
    let token: String = case
        .run("const { signer, claims } = await import('/signer.js'); window.key = await signer('ES256', 'k1'); return key.sign(claims());")
        .await?;
    case.faults([answer_tokens(case.mode.auth("login"), &token)])?;
    let seen: Value = case
        .run(
            "shiftClocks({ wall: 3_600_000 });
             const get = Headers.prototype.get;
             Headers.prototype.get = function (name) { return name === 'Date' ? null : get.call(this, name); };
             await start({ verify: { jwks: { keys: [key.jwk] } } });
             const hidden = await attempt(auth.login(ada));
             Headers.prototype.get = get;
             const told = await attempt(auth.login(ada));
             return [hidden.error.message, told.value?.email];",
        )
        .await?;
    assert!(
        seen[0]
            .as_str()
            .is_some_and(|message| message.contains("of this device")),
        "{seen}"
    );
    assert_eq!(seen[1], "ada@example.com");
    Ok(())
}

async fn wrong_options_are_named(case: &Case) -> Result<()> {
    let cases = [
        ("{}", "verify.jwks"),
        ("{ jwks: 7 }", "verify.jwks"),
        ("{ jwks: 'http://issuer.test/jwks' }", "verify.jwks"),
        ("{ jwks: 'https://a:b@issuer.test/jwks' }", "verify.jwks"),
        ("{ jwks: { keys: [] } }", "verify.jwks"),
        ("{ jwks: { keys: [{ kty: 'EC', d: 'x' }] } }", "verify.jwks"),
        (
            "{ jwks: { keys: [{ kty: 'EC' }, { kty: 'oct' }] } }",
            "verify.jwks",
        ),
        (
            "{ jwks: '/jwks', algorithms: ['none'] }",
            "verify.algorithms",
        ),
        (
            "{ jwks: '/jwks', algorithms: ['HS256'] }",
            "verify.algorithms",
        ),
        ("{ jwks: '/jwks', algorithms: [] }", "verify.algorithms"),
        ("{ jwks: '/jwks', issuer: 7 }", "verify.issuer"),
        ("{ jwks: '/jwks', audience: '' }", "verify.audience"),
        ("{ jwks: '/jwks', maxAge: -1 }", "verify.maxAge"),
        (
            "{ jwks: '/jwks', clockTolerance: NaN }",
            "verify.clockTolerance",
        ),
        ("{ jwks: '/jwks', typ: 1 }", "verify.typ"),
        ("{ jwks: '/jwks', jkws: 1 }", "verify"),
        ("'yes'", "verify"),
    ];
    for (verify, option) in cases {
        let seen: Value = case
            .run(&format!(
                "return (await attempt(start({{ verify: {verify} }}))).error;"
            ))
            .await?;
        assert_has(
            &seen,
            &json!({ "code": "config_invalid", "option": option }),
        );
    }
    let other: Value = case
        .run(
            "await start({ verify: { jwks: '/jwks' } });
             return (await attempt(start())).error.option;",
        )
        .await?;
    assert_eq!(other, "key", "two clients of one key have to agree");
    Ok(())
}

async fn a_cookie_cannot_be_verified(case: &Case) -> Result<()> {
    let seen: Value = case
        .run("return (await attempt(start({ verify: { jwks: '/jwks' } }))).error;")
        .await?;
    assert_has(
        &seen,
        &json!({ "code": "config_invalid", "option": "verify" }),
    );
    Ok(())
}
