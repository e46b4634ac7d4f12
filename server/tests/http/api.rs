//! The API behind the credentials.

use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::support::server;

#[tokio::test]
async fn orders_are_kept_per_user_and_client() {
    let server = server().await;
    let ada = server.login("jwt").await.text("access_token");
    let grace = server
        .try_login("", "jwt", "grace@example.com", "battery staple")
        .await;
    let order = server
        .post("/api/jwt/orders")
        .bearer(&ada)
        .json(&json!({ "item": "cake" }));
    let order = order.send().await;
    assert_eq!(order.status, 201);
    assert_eq!(order.json()["order"]["item"], "cake");
    let list = async |token: &str| {
        server
            .get("/api/jwt/orders")
            .bearer(token)
            .send()
            .await
            .json()
    };
    assert_eq!(list(&ada).await["orders"], json!([order.json()["order"]]));
    assert_eq!(list(&grace.text("access_token")).await["orders"], json!([]));
    let bad = server
        .post("/api/jwt/orders")
        .bearer(&ada)
        .body("application/json", "{");
    bad.send().await.is_error(400, "invalid_request");
}

#[tokio::test]
async fn the_echo_answers_what_arrived() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    let echo = server
        .call("PATCH", "/api/jwt/echo?a=1&a=2")
        .bearer(&token)
        .header("x-twice", "1")
        .header("x-twice", "2")
        .body("text/plain", "grüße")
        .send()
        .await
        .json();
    assert_eq!(echo["method"], "PATCH");
    assert_eq!(echo["path"], "/api/jwt/echo");
    assert_eq!(echo["query"], "a=1&a=2");
    assert_eq!(echo["headers"]["authorization"], format!("Bearer {token}"));
    assert_eq!(echo["headers"]["x-twice"], "1, 2");
    assert_eq!(echo["body"], "grüße");
    server
        .get("/api/jwt/echo")
        .send()
        .await
        .is_error(401, "unauthorized");
    server
        .get("/api/session/echo")
        .send()
        .await
        .is_error(401, "unauthorized");
    server
        .get("/api/other/echo")
        .send()
        .await
        .is_error(404, "not_found");
}

#[tokio::test]
async fn the_echo_gives_no_cookie_to_script() {
    let server = server().await;
    let login = server.login("session").await;
    let echo = server
        .get("/api/session/echo")
        .cookies_of(&login)
        .send()
        .await;
    let cookie = echo.json()["headers"]["cookie"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(cookie.starts_with("hallpass_session="));
    assert!(!cookie.contains(login.cookie("hallpass_session").value()));
}

#[tokio::test]
async fn the_echo_tells_large_and_binary_bodies_by_other_means() {
    let server = server().await;
    let echo = async |body: Vec<u8>| {
        let call = server
            .post("/open/echo")
            .body("application/octet-stream", body);
        call.send().await.json()["body"].clone()
    };
    assert_eq!(echo(Vec::new()).await, "");
    assert_eq!(echo(vec![0xff, 0]).await, json!({ "base64": "/wA=" }));
    assert_eq!(
        echo(vec![b'a'; 64 * 1024]).await.as_str().unwrap().len(),
        64 * 1024
    );
    let large = vec![b'a'; 5_000_000];
    let sha256: String = digest(&SHA256, &large)
        .as_ref()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(
        echo(large).await,
        json!({ "length": 5_000_000, "sha256": sha256 })
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_as_json() {
    let server = server().await;
    server
        .get("/auth/jwt/nothing")
        .send()
        .await
        .is_error(404, "not_found");
    server
        .post("/nothing")
        .send()
        .await
        .is_error(404, "not_found");
    server
        .get("/c/a_b/open/echo")
        .send()
        .await
        .is_error(404, "not_found");
    let wrong_method = server.get("/auth/jwt/login").send().await;
    wrong_method.is_error(405, "invalid_request");
    assert_eq!(wrong_method.header("allow"), Some("POST"));
}
