//! The life of a session.

use std::time::Duration;

use cookie::SameSite;
use hallpass_server::{Config, Settings};

use crate::support::{ADA, Answer, PASSWORD, Server, config, server};

async fn me(server: &Server, login: &Answer) -> Answer {
    server
        .get("/auth/session/me")
        .cookies_of(login)
        .send()
        .await
}

#[tokio::test]
async fn a_session_lasts_from_login_to_logout() {
    let server = server().await;
    let login = server.login("session").await;
    assert_eq!(me(&server, &login).await.json()["user"]["email"], ADA);

    let token = login.cookie("XSRF-TOKEN").value().to_owned();
    let logout = server
        .post("/auth/session/logout")
        .cookies_of(&login)
        .csrf(&token)
        .send()
        .await;
    assert_eq!(logout.status, 204);
    for name in ["hallpass_session", "XSRF-TOKEN"] {
        assert_eq!(
            logout.cookie(name).max_age(),
            Some(cookie::time::Duration::ZERO)
        );
        assert_eq!(logout.cookie(name).path(), Some("/"));
    }
    me(&server, &login).await.is_error(401, "unauthorized");
    let again = server
        .post("/auth/session/logout")
        .cookies_of(&login)
        .send()
        .await;
    assert_eq!(again.status, 204, "to log out twice is fine");
}

#[tokio::test]
async fn the_cookies_are_as_strict_as_they_can_be() {
    let server = server().await;
    let login = server.login("session").await;
    let session = login.cookie("hallpass_session");
    assert_eq!(session.http_only(), Some(true));
    assert_eq!(session.same_site(), Some(SameSite::Lax));
    assert_eq!(session.path(), Some("/"));
    assert_eq!(session.domain(), None);
    assert_eq!(session.value().len(), 43, "256 bits");
    let csrf = login.cookie("XSRF-TOKEN");
    assert_eq!(csrf.http_only(), None, "script has to read it");
    assert_eq!(csrf.same_site(), Some(SameSite::Lax));
}

#[tokio::test]
async fn a_login_renews_the_id_and_ends_the_old_session() {
    let server = server().await;
    let first = server.login("session").await;
    let second = server
        .post("/auth/session/login")
        .cookies_of(&first)
        .json(&serde_json::json!({ "email": ADA, "password": PASSWORD }))
        .send()
        .await;
    let id = |answer: &Answer| answer.cookie("hallpass_session").value().to_owned();
    assert_ne!(id(&first), id(&second));
    assert_ne!(
        first.cookie("XSRF-TOKEN").value(),
        second.cookie("XSRF-TOKEN").value()
    );
    me(&server, &first).await.is_error(401, "unauthorized");
    assert_eq!(me(&server, &second).await.status, 200);
}

#[tokio::test]
async fn an_id_from_before_the_login_is_not_the_id_after_it() {
    let server = server().await;
    let before = server.get("/auth/session/csrf").send().await;
    let login = server
        .post("/auth/session/login")
        .cookies_of(&before)
        .json(&serde_json::json!({ "email": ADA, "password": PASSWORD }))
        .send()
        .await;
    assert_eq!(login.status, 200);
    me(&server, &before).await.is_error(401, "unauthorized");
}

#[tokio::test]
async fn no_session_and_a_made_up_one_are_the_same() {
    let server = server().await;
    let none = server.get("/auth/session/me").send().await;
    none.is_error(401, "unauthorized");
    assert_eq!(
        none.header("www-authenticate"),
        Some(r#"Cookie realm="hallpass""#)
    );
    let made_up = server
        .get("/auth/session/me")
        .header("cookie", "hallpass_session=x")
        .send()
        .await;
    assert_eq!(made_up.status, 401);
    assert_eq!(made_up.body, none.body);
    assert!(
        made_up.cookies().is_empty(),
        "a late answer must not clear a new login's cookie"
    );
}

#[tokio::test]
async fn revocation_works_at_once() {
    let server = server().await;
    let login = server.login("session").await;
    server.running.revoke("default").await.unwrap();
    me(&server, &login).await.is_error(401, "unauthorized");
}

#[tokio::test]
async fn a_session_ends_when_it_was_idle() {
    let idle_ttl = Duration::from_secs(100);
    let server = Server::start(Config {
        idle_ttl,
        ..config()
    })
    .await;
    let login = server.login("session").await;
    for seconds in [90, 180, 270] {
        server.running.set_clock("default", seconds * 1000).unwrap();
        assert_eq!(
            me(&server, &login).await.status,
            200,
            "in use until {seconds} s"
        );
    }
    server.running.set_clock("default", 371_000).unwrap();
    me(&server, &login).await.is_error(401, "unauthorized");
    server.running.set_clock("default", 0).unwrap();
    me(&server, &login).await.is_error(401, "unauthorized");
}

#[tokio::test]
async fn a_session_ends_absolutely_however_much_it_is_used() {
    let absolute_ttl = Duration::from_secs(100);
    let server = Server::start(Config {
        absolute_ttl,
        ..config()
    })
    .await;
    let login = server.login("session").await;
    for seconds in [50, 90] {
        server.running.set_clock("default", seconds * 1000).unwrap();
        assert_eq!(me(&server, &login).await.status, 200);
    }
    server.running.set_clock("default", 100_000).unwrap();
    me(&server, &login).await.is_error(401, "unauthorized");
}

#[tokio::test]
async fn new_ends_hold_for_present_sessions_too() {
    let server = server().await;
    let login = server.login("session").await;
    let settings = Settings {
        idle_ms: Some(1000),
        ..Settings::default()
    };
    server.running.settings("default", &settings).unwrap();
    assert_eq!(me(&server, &login).await.status, 200);
    server.running.set_clock("default", 1001).unwrap();
    me(&server, &login).await.is_error(401, "unauthorized");
}

#[tokio::test]
async fn a_session_belongs_to_its_client() {
    let server = server().await;
    let login = server.try_login("/c/one", "session", ADA, PASSWORD).await;
    assert_eq!(login.cookie("hallpass_session").path(), Some("/c/one"));
    assert_eq!(login.cookie("XSRF-TOKEN").path(), Some("/c/one"));
    let at = async |path: &str| server.get(path).cookies_of(&login).send().await.status;
    assert_eq!(at("/c/one/auth/session/me").await, 200);
    assert_eq!(at("/c/two/auth/session/me").await, 401);
    assert_eq!(at("/auth/session/me").await, 401);
    server.running.revoke("two").await.unwrap();
    assert_eq!(at("/c/one/auth/session/me").await, 200);
}
