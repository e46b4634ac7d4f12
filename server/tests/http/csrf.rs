//! Requests that a page of another origin could forge.

use serde_json::json;

use crate::support::{Answer, Server, server};

async fn order(server: &Server, login: &Answer, token: Option<&str>) -> Answer {
    let call = server
        .post("/api/session/orders")
        .cookies_of(login)
        .json(&json!({ "item": "cake" }));
    match token {
        Some(token) => call.csrf(token).send().await,
        None => call.send().await,
    }
}

fn token_of(answer: &Answer) -> String {
    answer.cookie("XSRF-TOKEN").value().to_owned()
}

#[tokio::test]
async fn an_unsafe_request_needs_the_token_of_its_session() {
    let server = server().await;
    let login = server.login("session").await;
    let stranger = server.login("session").await;
    order(&server, &login, None)
        .await
        .is_error(403, "csrf_failed");
    order(&server, &login, Some(""))
        .await
        .is_error(403, "csrf_failed");
    order(&server, &login, Some("wrong"))
        .await
        .is_error(403, "csrf_failed");
    order(&server, &login, Some(&token_of(&stranger)))
        .await
        .is_error(403, "csrf_failed");
    assert_eq!(
        order(&server, &login, Some(&token_of(&login))).await.status,
        201
    );

    let orders = server
        .get("/api/session/orders")
        .cookies_of(&login)
        .send()
        .await
        .json();
    assert_eq!(
        orders["orders"].as_array().unwrap().len(),
        1,
        "the refused ones had no effect"
    );
    for method in ["PUT", "PATCH", "DELETE"] {
        let echo = server.call(method, "/api/session/echo").cookies_of(&login);
        echo.send().await.is_error(403, "csrf_failed");
    }
}

#[tokio::test]
async fn logout_needs_it_too() {
    let server = server().await;
    let login = server.login("session").await;
    let logout = server
        .post("/auth/session/logout")
        .cookies_of(&login)
        .send()
        .await;
    logout.is_error(403, "csrf_failed");
    let me = server
        .get("/auth/session/me")
        .cookies_of(&login)
        .send()
        .await;
    assert_eq!(me.status, 200);
}

#[tokio::test]
async fn the_endpoint_and_the_cookie_say_the_same_token() {
    let server = server().await;
    let login = server.login("session").await;
    let csrf = server
        .get("/auth/session/csrf")
        .cookies_of(&login)
        .send()
        .await;
    assert_eq!(csrf.text("csrfToken"), token_of(&login));
    assert_eq!(csrf.text("csrfToken"), token_of(&csrf));
    assert_eq!(csrf.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn there_is_a_token_before_the_login_which_the_login_replaces() {
    let server = server().await;
    let before = server.get("/auth/session/csrf").send().await;
    assert_eq!(before.text("csrfToken"), token_of(&before));
    assert_eq!(before.cookie("hallpass_session").http_only(), Some(true));
    let again = server
        .get("/auth/session/csrf")
        .cookies_of(&before)
        .send()
        .await;
    assert_eq!(
        again.text("csrfToken"),
        token_of(&before),
        "stable while nothing happens"
    );

    let other = server.get("/auth/session/csrf").send().await;
    assert_ne!(
        token_of(&other),
        token_of(&before),
        "another visitor has another one"
    );

    let login = server.login("session").await;
    assert_ne!(token_of(&login), token_of(&before));
    order(&server, &login, Some(&token_of(&before)))
        .await
        .is_error(403, "csrf_failed");
}

#[tokio::test]
async fn after_a_rotation_the_refusal_brings_the_new_token() {
    let server = server().await;
    let login = server.login("session").await;
    server.running.rotate_csrf("default").await.unwrap();
    let refused = order(&server, &login, Some(&token_of(&login))).await;
    refused.is_error(403, "csrf_failed");
    assert_eq!(refused.cookies().len(), 1);
    assert_eq!(
        order(&server, &login, Some(&token_of(&refused)))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn without_a_session_the_answer_is_401_not_403() {
    let server = server().await;
    let answer = server.post("/api/session/orders").csrf("x").send().await;
    answer.is_error(401, "unauthorized");
}

/// What a browser says of a form that a page of another site sends: no cookie of ours comes along.
fn foreign_form<'a>(server: &'a Server, path: &str) -> crate::support::Call<'a> {
    server
        .post(path)
        .header("origin", "https://evil.example.com")
        .header("sec-fetch-site", "cross-site")
        .form("")
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_out() {
    let server = server().await;
    for mode in ["session", "hybrid"] {
        for path in ["logout", "logout-everywhere"] {
            let path = format!("/auth/{mode}/{path}");
            let answer = foreign_form(&server, &path).send().await;
            assert!(answer.status >= 400, "{path}: {answer:?}");
            assert!(answer.cookies().is_empty(), "{path}: {answer:?}");
        }
    }
    // One that says only where it comes from, as older browsers do, or that it will not say it.
    for origin in ["https://evil.example.com", "null"] {
        let logout = server
            .post("/auth/session/logout")
            .header("origin", origin)
            .form("")
            .send()
            .await;
        logout.is_error(403, "csrf_failed");
        assert!(logout.cookies().is_empty());
    }
}

#[tokio::test]
async fn a_page_of_another_site_replaces_no_cookie() {
    let server = server().await;
    for path in ["/auth/session/csrf", "/auth/hybrid/csrf"] {
        let call = server.get(path).header("sec-fetch-site", "cross-site");
        let answer = call.send().await;
        assert!(answer.cookies().is_empty(), "{path}: {answer:?}");
    }
    for mode in ["session", "jwt", "hybrid"] {
        let login = foreign_form(&server, &format!("/auth/{mode}/login"));
        let login = login.send().await;
        login.is_error(400, "invalid_request");
        assert!(login.cookies().is_empty());
    }
}

#[tokio::test]
async fn a_page_of_ours_is_signed_out_of_what_has_ended() {
    let server = server().await;
    let host = "http://localhost";
    for mode in ["session", "hybrid"] {
        let path = format!("/auth/{mode}/logout");
        for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", host)] {
            let logout = server.post(&path).header(name, value).send().await;
            assert_eq!(logout.status, 204, "{logout:?}");
            assert_eq!(logout.cookies().len(), 2);
        }
    }
}
