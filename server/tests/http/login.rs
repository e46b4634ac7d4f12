//! Signing in, and failing to.

use hallpass_server::Config;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{ADA, Answer, PASSWORD, Server, config, server};

#[tokio::test]
async fn the_right_password_signs_in_by_every_mode() {
    let server = server().await;
    for mode in ["session", "jwt", "hybrid"] {
        let answer = server.login(mode).await;
        assert_eq!(answer.json()["user"]["email"], ADA);
        assert_eq!(answer.json()["user"]["name"], "Ada Lovelace");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let grace = server
        .try_login("", "jwt", "grace@example.com", "battery staple")
        .await;
    assert_eq!(grace.json()["user"]["name"], "Grace Hopper");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let server = server().await;
    for mode in ["session", "jwt", "hybrid"] {
        let wrong = server.try_login("", mode, ADA, "wrong").await;
        let unknown = server
            .try_login("", mode, "nobody@example.com", "wrong")
            .await;
        wrong.is_error(401, "invalid_credentials");
        unknown.is_error(401, "invalid_credentials");
        assert_eq!(wrong.body, unknown.body);
        assert!(wrong.cookies().is_empty());
    }
}

#[tokio::test]
async fn the_mail_address_is_taken_without_regard_to_case_and_blanks() {
    let server = server().await;
    assert_eq!(
        server
            .try_login("", "jwt", " Ada@Example.COM ", PASSWORD)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn ten_failures_in_a_minute_are_enough() {
    let server = server().await;
    for _ in 0..10 {
        server
            .try_login("", "jwt", ADA, "wrong")
            .await
            .is_error(401, "invalid_credentials");
    }
    let refused = server.try_login("", "session", ADA, PASSWORD).await;
    refused.is_error(429, "too_many_attempts");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");

    let other_user = server
        .try_login("", "jwt", "grace@example.com", "battery staple")
        .await;
    assert_eq!(other_user.status, 200);
    assert_eq!(
        server
            .try_login("/c/other", "jwt", ADA, PASSWORD)
            .await
            .status,
        200
    );

    server.running.set_clock("default", 60_001).unwrap();
    assert_eq!(server.try_login("", "jwt", ADA, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn no_prefix_walks_around_the_limit() {
    let server = Server::start(Config {
        faults: false,
        ..config()
    })
    .await;
    for guess in 0..40 {
        let prefix = format!("/c/guess-{guess}");
        let guess = server.try_login(&prefix, "jwt", ADA, "wrong").await;
        guess.is_error(404, "not_found");
    }
    assert_eq!(server.try_login("", "jwt", ADA, PASSWORD).await.status, 200);
    for path in ["/c/one", "/c/one/", "/_faults/one/log", "/open/answer"] {
        let answer = server.get(path).send().await;
        answer.is_error(404, "not_found");
    }
}

#[tokio::test]
async fn a_login_that_succeeds_ends_the_count() {
    let server = server().await;
    for _ in 0..3 {
        for _ in 0..9 {
            server
                .try_login("", "jwt", ADA, "wrong")
                .await
                .is_error(401, "invalid_credentials");
        }
        server.login("jwt").await;
    }
}

#[tokio::test]
async fn parallel_guesses_are_counted_too() {
    let server = std::sync::Arc::new(server().await);
    let mut guesses = JoinSet::new();
    for _ in 0..30 {
        let server = server.clone();
        guesses.spawn(async move { server.try_login("", "jwt", ADA, "wrong").await.status });
    }
    let statuses = guesses.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 20);
}

#[tokio::test]
async fn parallel_logins_with_the_right_password_all_succeed() {
    let server = std::sync::Arc::new(server().await);
    let mut logins = JoinSet::new();
    for _ in 0..30 {
        let server = server.clone();
        logins.spawn(async move { server.login("jwt").await });
    }
    assert_eq!(logins.join_all().await.len(), 30);
}

#[tokio::test]
async fn a_body_that_is_no_login_is_an_invalid_request() {
    let server = server().await;
    let login = || server.post("/auth/session/login");
    let right = json!({ "email": ADA, "password": PASSWORD }).to_string();
    let answers: [Answer; 6] = [
        login().send().await,
        login()
            .body("application/json", r#"{"email":"#)
            .send()
            .await,
        login().json(&json!({ "email": ADA })).send().await,
        login()
            .json(&json!({ "email": ADA, "password": 1 }))
            .send()
            .await,
        // Both of these a page of another origin can send without a preflight.
        login().body("text/plain", right).send().await,
        login()
            .form("email=ada%40example.com&password=correct+horse")
            .send()
            .await,
    ];
    for answer in answers {
        answer.is_error(400, "invalid_request");
        assert!(answer.cookies().is_empty());
    }
    let large = format!(r#"{{"email":"{}"}}"#, "a".repeat(64 * 1024));
    login()
        .body("application/json", large)
        .send()
        .await
        .is_error(413, "invalid_request");
}

#[tokio::test]
async fn an_error_repeats_nothing_of_what_was_sent() {
    let server = server().await;
    let body = r#"{"email": "ada@example.com", "password": ["s3cret"]}"#;
    let answer = server
        .post("/auth/jwt/login")
        .body("application/json", body)
        .send()
        .await;
    answer.is_error(400, "invalid_request");
    assert!(!String::from_utf8_lossy(&answer.body).contains("s3cret"));
}

#[tokio::test]
async fn a_password_of_absurd_length_is_just_wrong() {
    let server = server().await;
    let answer = server.try_login("", "jwt", ADA, &"x".repeat(50_000)).await;
    answer.is_error(401, "invalid_credentials");
    let answer = server.try_login("", "jwt", &"x".repeat(50_000), "x").await;
    answer.is_error(401, "invalid_credentials");
}
