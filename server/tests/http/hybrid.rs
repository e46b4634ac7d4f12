//! The refresh token in a cookie, the access token in the page.

use cookie::SameSite;
use hallpass_server::{Config, Note};

use crate::support::{ADA, Answer, PASSWORD, Server, config, server};

async fn refresh(server: &Server, cookies: &Answer, csrf: Option<&str>) -> Answer {
    let call = server.post("/auth/hybrid/refresh").cookies_of(cookies);
    match csrf {
        Some(csrf) => call.csrf(csrf).send().await,
        None => call.send().await,
    }
}

fn csrf_of(answer: &Answer) -> String {
    answer.cookie("XSRF-TOKEN").value().to_owned()
}

#[tokio::test]
async fn the_refresh_token_is_in_a_strict_cookie_and_nowhere_else() {
    let server = server().await;
    let login = server.login("hybrid").await;
    assert_eq!(login.json().get("refresh_token"), None);
    assert_eq!(login.json()["expires_in"], 300);
    assert_eq!(login.text("token_type"), "Bearer");
    let cookie = login.cookie("hallpass_refresh");
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.same_site(), Some(SameSite::Strict));
    assert_eq!(cookie.path(), Some("/auth"));
    assert_eq!(cookie.max_age().unwrap().whole_days(), 14);
    let csrf = login.cookie("XSRF-TOKEN");
    assert_eq!((csrf.http_only(), csrf.path()), (None, Some("/")));

    let orders = server
        .get("/api/hybrid/orders")
        .bearer(&login.text("access_token"));
    assert_eq!(orders.send().await.status, 200);
    let order = server
        .post("/api/hybrid/orders")
        .bearer(&login.text("access_token"));
    assert_eq!(
        order.send().await.status,
        201,
        "a Bearer request needs no CSRF token"
    );
}

#[tokio::test]
async fn the_cookies_of_another_client_have_its_paths() {
    let server = server().await;
    let login = server.try_login("/c/one", "hybrid", ADA, PASSWORD).await;
    assert_eq!(login.cookie("hallpass_refresh").path(), Some("/c/one/auth"));
    assert_eq!(login.cookie("XSRF-TOKEN").path(), Some("/c/one"));
}

#[tokio::test]
async fn for_pages_of_another_site_the_cookies_are_secure_and_not_same_site() {
    let server = Server::start(Config {
        cross_site: true,
        ..config()
    })
    .await;
    for mode in ["session", "hybrid"] {
        for cookie in server.login(mode).await.cookies() {
            assert_eq!(cookie.same_site(), Some(SameSite::None), "{cookie}");
            assert_eq!(cookie.secure(), Some(true), "{cookie}");
            assert_eq!(cookie.partitioned(), Some(true), "{cookie}");
        }
    }
}

#[tokio::test]
async fn a_refresh_needs_the_csrf_token_of_the_family() {
    let server = server().await;
    let login = server.login("hybrid").await;
    let stranger = server.login("hybrid").await;
    refresh(&server, &login, None)
        .await
        .is_error(403, "csrf_failed");
    refresh(&server, &login, Some("x"))
        .await
        .is_error(403, "csrf_failed");
    let strange = refresh(&server, &login, Some(&csrf_of(&stranger))).await;
    strange.is_error(403, "csrf_failed");
    let session = server.login("session").await;
    refresh(&server, &login, Some(&csrf_of(&session)))
        .await
        .is_error(403, "csrf_failed");

    let refreshed = refresh(&server, &login, Some(&csrf_of(&login))).await;
    assert_eq!(refreshed.status, 200, "the refused ones rotated nothing");
    let cookie = |answer: &Answer| answer.cookie("hallpass_refresh").value().to_owned();
    assert_ne!(cookie(&refreshed), cookie(&login));
    assert_eq!(csrf_of(&refreshed), csrf_of(&login), "bound to the family");
    assert_eq!(refreshed.json()["user"]["email"], ADA);
    assert_eq!(
        refresh(&server, &refreshed, Some(&csrf_of(&login)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn without_a_good_cookie_the_grant_is_invalid() {
    let server = server().await;
    let none = server.post("/auth/hybrid/refresh").csrf("x").send().await;
    none.is_error(400, "invalid_grant");
    let made_up = server
        .post("/auth/hybrid/refresh")
        .header("cookie", "hallpass_refresh=x");
    let made_up = made_up.csrf("x").send().await;
    made_up.is_error(400, "invalid_grant");
    assert!(
        made_up.cookies().is_empty(),
        "a late answer must not clear a new login's cookie"
    );
    let jwt = server.login("jwt").await.text("refresh_token");
    let jwt = server
        .post("/auth/hybrid/refresh")
        .header("cookie", &format!("hallpass_refresh={jwt}"))
        .send();
    jwt.await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_hybrid_token_is_no_jwt_mode_token() {
    let server = server().await;
    let login = server.login("hybrid").await;
    let cookie = login.cookie("hallpass_refresh").value().to_owned();
    server
        .refresh(&cookie, None)
        .await
        .is_error(400, "invalid_grant");
    let orders = server
        .get("/api/jwt/orders")
        .bearer(&login.text("access_token"))
        .send()
        .await;
    orders.is_error(401, "invalid_token");
    assert_eq!(
        refresh(&server, &login, Some(&csrf_of(&login)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn reuse_ends_the_family_and_a_repeated_attempt_does_not() {
    let server = server().await;
    let login = server.login("hybrid").await;
    let attempt = |name: &'static str| {
        let call = server
            .post("/auth/hybrid/refresh")
            .cookies_of(&login)
            .csrf(&csrf_of(&login));
        call.header("idempotency-key", name).send()
    };
    let first = attempt("a").await;
    let again = attempt("a").await;
    assert_eq!(first.body, again.body);
    let cookie = |answer: &Answer| answer.cookie("hallpass_refresh").value().to_owned();
    assert_eq!(cookie(&first), cookie(&again));

    attempt("b").await.is_error(400, "invalid_grant");
    refresh(&server, &first, Some(&csrf_of(&first)))
        .await
        .is_error(400, "invalid_grant");
    let notes: Vec<_> = server
        .running
        .log("default")
        .iter()
        .map(|entry| entry.note)
        .collect();
    let expected = [
        None,
        None,
        Some(Note::GraceReplay),
        Some(Note::ReuseDetected),
        None,
    ];
    assert_eq!(notes, expected);
}

#[tokio::test]
async fn a_forged_request_cannot_end_a_family_by_reuse() {
    let server = server().await;
    let login = server.login("hybrid").await;
    let refreshed = refresh(&server, &login, Some(&csrf_of(&login))).await;
    refresh(&server, &login, None)
        .await
        .is_error(403, "csrf_failed");
    assert_eq!(
        refresh(&server, &refreshed, Some(&csrf_of(&login)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn logout_needs_the_csrf_token_and_clears_both_cookies() {
    let server = server().await;
    let login = server.login("hybrid").await;
    let logout = || server.post("/auth/hybrid/logout").cookies_of(&login);
    logout().send().await.is_error(403, "csrf_failed");
    let done = logout().csrf(&csrf_of(&login)).send().await;
    assert_eq!(done.status, 204);
    let cleared = done.cookie("hallpass_refresh");
    assert_eq!(cleared.max_age(), Some(cookie::time::Duration::ZERO));
    assert_eq!(cleared.path(), Some("/auth"));
    assert_eq!(
        done.cookie("XSRF-TOKEN").max_age(),
        Some(cookie::time::Duration::ZERO)
    );
    refresh(&server, &login, Some(&csrf_of(&login)))
        .await
        .is_error(400, "invalid_grant");
    let orders = server
        .get("/api/hybrid/orders")
        .bearer(&login.text("access_token"))
        .send()
        .await;
    orders.is_error(401, "invalid_token");
    assert_eq!(server.post("/auth/hybrid/logout").send().await.status, 204);
}

#[tokio::test]
async fn a_login_ends_the_family_of_the_cookie_before_it() {
    let server = server().await;
    let first = server.login("hybrid").await;
    let second = server
        .post("/auth/hybrid/login")
        .cookies_of(&first)
        .json(&serde_json::json!({ "email": ADA, "password": PASSWORD }))
        .send()
        .await;
    assert_ne!(csrf_of(&first), csrf_of(&second));
    refresh(&server, &first, Some(&csrf_of(&first)))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        refresh(&server, &second, Some(&csrf_of(&second)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn after_a_rotation_the_refusal_or_the_endpoint_brings_the_new_csrf_token() {
    let server = server().await;
    let login = server.login("hybrid").await;
    server.running.rotate_csrf("default").await.unwrap();
    let refused = refresh(&server, &login, Some(&csrf_of(&login))).await;
    refused.is_error(403, "csrf_failed");
    let asked = server
        .get("/auth/hybrid/csrf")
        .cookies_of(&login)
        .send()
        .await;
    assert_eq!(asked.text("csrfToken"), csrf_of(&refused));
    assert_eq!(csrf_of(&asked), csrf_of(&refused));
    assert_eq!(
        refresh(&server, &login, Some(&csrf_of(&refused)))
            .await
            .status,
        200
    );

    let signed_out = server.get("/auth/hybrid/csrf").send().await;
    assert_eq!(signed_out.status, 200);
    assert_ne!(signed_out.text("csrfToken"), "");
}
