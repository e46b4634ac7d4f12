//! Behind a proxy, which alone speaks TLS and alone sees who calls.

use hallpass_server::Config;

use crate::support::{ADA, Answer, PASSWORD, Server, config};

async fn server(public_url: &str) -> Server {
    Server::start(Config {
        faults: false,
        public_url: Some(public_url.to_owned()),
        proxies: 1,
        ..config()
    })
    .await
}

#[tokio::test]
async fn cookies_are_as_over_tls() {
    let server = server("https://app.example.com").await;
    let session = server.login("session").await;
    let cookie = session.cookie("__Host-hallpass_session");
    assert_eq!(
        (cookie.secure(), cookie.path(), cookie.domain()),
        (Some(true), Some("/"), None)
    );
    assert_eq!(session.cookie("XSRF-TOKEN").secure(), Some(true));
    let hybrid = server.login("hybrid").await;
    let cookie = hybrid.cookie("__Secure-hallpass_refresh");
    assert_eq!(cookie.secure(), Some(true));
    let me = server.get("/auth/session/me").cookies_of(&session);
    assert_eq!(me.send().await.json()["user"]["email"], ADA);
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_tls_and_tokens_who_issued_them() {
    let secure = server("https://app.example.com/").await;
    let login = secure.login("jwt").await;
    assert_eq!(
        login.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    let token = login.text("access_token");
    assert_eq!(
        crate::jwt::part(&token, 1)["iss"],
        "https://app.example.com"
    );
    let plain = server("http://app.example.com").await;
    let login = plain.login("session").await;
    assert_eq!(login.header("strict-transport-security"), None);
    assert_eq!(login.cookie("hallpass_session").secure(), None);
}

#[tokio::test]
async fn what_is_no_origin_is_refused_at_the_start() {
    for public_url in ["app.example.com", "https://app.example.com/path", "ftp://a"] {
        let config = Config {
            public_url: Some(public_url.to_owned()),
            ..config()
        };
        assert!(
            hallpass_server::start(config).await.is_err(),
            "{public_url}"
        );
    }
}

async fn guess(server: &Server, from: &str, email: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "email": email, "password": password });
    server
        .post("/auth/jwt/login")
        .header("x-forwarded-for", from)
        .json(&body)
        .send()
        .await
}

#[tokio::test]
async fn a_hundred_failures_from_one_network_are_enough() {
    let server = server("https://app.example.com").await;
    for n in 0..100 {
        // What the caller says itself stands before what the proxy adds.
        let from = format!("198.51.100.{n}, 203.0.113.7");
        guess(&server, &from, &format!("user-{n}@example.com"), "wrong")
            .await
            .is_error(401, "invalid_credentials");
    }
    guess(&server, "203.0.113.7", ADA, PASSWORD)
        .await
        .is_error(429, "too_many_attempts");
    let elsewhere = guess(&server, "203.0.113.8", ADA, PASSWORD).await;
    assert_eq!(elsewhere.status, 200, "{elsewhere:?}");
}

#[tokio::test]
async fn without_a_proxy_nobody_is_believed_where_they_are() {
    let server = Server::start(config()).await;
    for n in 0..100 {
        let from = format!("198.51.100.{n}");
        guess(&server, &from, &format!("user-{n}@example.com"), "wrong")
            .await
            .is_error(401, "invalid_credentials");
    }
    guess(&server, "198.51.100.200", ADA, PASSWORD)
        .await
        .is_error(429, "too_many_attempts");
}

#[tokio::test]
async fn logins_that_succeed_count_for_no_network() {
    let server = server("https://app.example.com").await;
    for _ in 0..120 {
        let login = guess(&server, "203.0.113.7", ADA, PASSWORD).await;
        assert_eq!(login.status, 200);
    }
}
