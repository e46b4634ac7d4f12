//! Over TLS.

use cookie::SameSite;
use hallpass_server::{Config, DropAt, Rule, Tls};

use crate::support::{ADA, PASSWORD, Server, config};

async fn server() -> Server {
    let tls = Tls::self_signed(["localhost", "127.0.0.1"]).unwrap();
    Server::start(Config {
        tls: Some(tls),
        ..config()
    })
    .await
}

#[tokio::test]
async fn the_session_cookie_is_bound_to_its_host() {
    let server = server().await;
    let login = server.login("session").await;
    let cookie = login.cookie("__Host-hallpass_session");
    // What a browser asks of a cookie with this name (RFC 6265bis §4.1.3.2).
    assert_eq!(
        (cookie.secure(), cookie.path(), cookie.domain()),
        (Some(true), Some("/"), None)
    );
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.same_site(), Some(SameSite::Lax));
    assert_eq!(login.cookie("XSRF-TOKEN").secure(), Some(true));
    let me = server
        .get("/auth/session/me")
        .cookies_of(&login)
        .send()
        .await;
    assert_eq!(me.json()["user"]["email"], ADA);
}

#[tokio::test]
async fn a_cookie_with_another_path_only_says_that_it_is_secure() {
    let server = server().await;
    let login = server.try_login("/c/one", "session", ADA, PASSWORD).await;
    let cookie = login.cookie("__Secure-hallpass_session");
    assert_eq!(
        (cookie.secure(), cookie.path()),
        (Some(true), Some("/c/one"))
    );
    let hybrid = server
        .login("hybrid")
        .await
        .cookie("__Secure-hallpass_refresh");
    assert_eq!(
        (hybrid.secure(), hybrid.path()),
        (Some(true), Some("/auth"))
    );
}

#[tokio::test]
async fn the_base_url_has_the_name_of_the_certificate() {
    let server = server().await;
    let port = server.running.addr().port();
    assert_eq!(
        server.running.base_url(),
        format!("https://localhost:{port}")
    );
    let token = server.login("jwt").await.text("access_token");
    assert_eq!(
        crate::jwt::part(&token, 1)["iss"],
        server.running.base_url()
    );
}

#[tokio::test]
async fn an_answer_can_be_dropped_here_too() {
    let server = server().await;
    let rule = Rule {
        path: "/open/echo".to_owned(),
        drop: Some(DropAt::After),
        ..Rule::default()
    };
    server.running.set_rules("default", vec![rule]).unwrap();
    assert!(server.get("/open/echo").try_send().await.is_err());
}

#[tokio::test]
async fn a_certificate_needs_names_that_are_names() {
    assert!(Tls::self_signed(Vec::<String>::new()).is_err());
    assert!(Tls::self_signed(["grüße"]).is_err());
    let spki = Tls::self_signed(["localhost"])
        .unwrap()
        .spki_sha256()
        .to_owned();
    assert_eq!(spki.len(), 44, "SHA-256 as base64");
}
