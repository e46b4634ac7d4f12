//! The shapes of token answers that backends differ in.

use hallpass_server::Settings;
use serde_json::json;

use crate::jwt::{orders, part};
use crate::support::{Server, server};

async fn with(settings: Settings) -> Server {
    let server = server().await;
    server.running.settings("default", &settings).unwrap();
    server
}

#[tokio::test]
async fn opaque_tokens_work_end_and_expire() {
    let server = with(Settings {
        opaque: Some(true),
        ..Settings::default()
    })
    .await;
    let login = server.login("jwt").await;
    let token = login.text("access_token");
    assert!(!token.contains('.'));
    assert_eq!(login.json()["expires_in"], 300);
    assert_eq!(orders(&server, &token).await.status, 200);
    server.running.set_clock("default", 301_000).unwrap();
    orders(&server, &token).await.is_error(401, "invalid_token");
    server.running.set_clock("default", 0).unwrap();
    assert_eq!(orders(&server, &token).await.status, 200);
    server.running.expire("default").await.unwrap();
    orders(&server, &token).await.is_error(401, "invalid_token");

    let token = server
        .refresh(&login.text("refresh_token"), None)
        .await
        .text("access_token");
    assert_eq!(orders(&server, &token).await.status, 200);
    server.running.revoke("default").await.unwrap();
    orders(&server, &token).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn expires_in_can_be_left_out() {
    let server = with(Settings {
        omit_expires_in: Some(true),
        ..Settings::default()
    })
    .await;
    let login = server.login("jwt").await;
    assert_eq!(login.json().get("expires_in"), None);
    assert!(part(&login.text("access_token"), 1)["exp"].is_i64());
}

#[tokio::test]
async fn tokens_can_be_without_end() {
    let server = with(Settings {
        no_expiry: Some(true),
        ..Settings::default()
    })
    .await;
    let login = server.login("jwt").await;
    assert_eq!(login.json().get("expires_in"), None);
    assert_eq!(part(&login.text("access_token"), 1).get("exp"), None);
    server
        .running
        .set_clock("default", 10 * 365 * 24 * 3_600_000)
        .unwrap();
    assert_eq!(
        orders(&server, &login.text("access_token")).await.status,
        200
    );
}

#[tokio::test]
async fn the_refresh_token_can_be_left_out() {
    let server = server().await;
    let before = server.login("jwt").await.text("refresh_token");
    let settings = Settings {
        omit_refresh_token: Some(true),
        ..Settings::default()
    };
    server.running.settings("default", &settings).unwrap();
    assert_eq!(server.login("jwt").await.json().get("refresh_token"), None);
    let hybrid = server.login("hybrid").await;
    assert!(
        hybrid
            .cookies()
            .iter()
            .all(|cookie| cookie.name() == "XSRF-TOKEN")
    );
    for _ in 0..2 {
        let refreshed = server.refresh(&before, None).await;
        assert_eq!(refreshed.status, 200, "the old one stays (RFC 6749 §6)");
        assert_eq!(refreshed.json().get("refresh_token"), None);
    }
}

#[tokio::test]
async fn lifetimes_are_whole_seconds_rounded_up() {
    for (ms, seconds) in [(0, 0), (1, 1), (1000, 1), (1001, 2), (3_600_000, 3600)] {
        let server = with(Settings {
            access_ttl_ms: Some(ms),
            ..Settings::default()
        })
        .await;
        let login = server.login("jwt").await;
        assert_eq!(login.json()["expires_in"], seconds);
        let claims = part(&login.text("access_token"), 1);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            seconds
        );
    }
}

#[tokio::test]
async fn what_is_not_named_stays_and_wrong_names_are_refused() {
    let server = server().await;
    let put = async |body| {
        server
            .put("/_faults/default/settings")
            .json(&body)
            .send()
            .await
    };
    assert_eq!(put(json!({ "accessTtlMs": 7000 })).await.status, 204);
    assert_eq!(
        put(json!({ "opaque": true, "alg": "RS256" })).await.status,
        204
    );
    let login = server.login("jwt").await;
    assert_eq!(login.json()["expires_in"], 7);
    assert!(!login.text("access_token").contains('.'));
    put(json!({ "acessTtlMs": 1 }))
        .await
        .is_error(400, "invalid_request");
    put(json!({ "alg": "none" }))
        .await
        .is_error(400, "invalid_request");
    put(json!({ "accessTtlMs": -1 }))
        .await
        .is_error(400, "invalid_request");
}
