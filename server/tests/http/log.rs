//! The log of what arrived.

use serde_json::json;

use crate::support::{ADA, PASSWORD, server};

#[tokio::test]
async fn every_request_to_the_backend_is_there_in_the_order_of_arrival() {
    let server = server().await;
    server.login("session").await;
    server.get("/auth/session/me").send().await;
    server.get("/api/jwt/orders").send().await;
    server.get("/api/unknown/orders").send().await;
    server.get("/auth/nothing").send().await;
    server.call("DELETE", "/auth/jwt/login").send().await;
    server.get("/open/echo?a=b").send().await;
    server.get("/.well-known/jwks.json").send().await;
    server.get("/index.html").send().await;
    let log = server.get("/_faults/default/log").send().await.json();
    let lines: Vec<_> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("{} {} {} {}", e["seq"], e["method"], e["path"], e["status"]))
        .collect();
    assert_eq!(
        lines,
        [
            r#"1 "POST" "/auth/session/login" 200"#,
            r#"2 "GET" "/auth/session/me" 401"#,
            r#"3 "GET" "/api/jwt/orders" 401"#,
            r#"4 "GET" "/api/unknown/orders" 404"#,
            r#"5 "GET" "/auth/nothing" 404"#,
            r#"6 "DELETE" "/auth/jwt/login" 405"#,
            r#"7 "GET" "/open/echo" 200"#,
            r#"8 "GET" "/.well-known/jwks.json" 200"#,
        ]
    );
}

#[tokio::test]
async fn an_entry_tells_what_came_along_and_no_secret() {
    let server = server().await;
    server
        .post("/open/echo")
        .bearer("abc")
        .csrf("token")
        .header("cookie", "one=1; two=2")
        .header("cookie", "three=3")
        .header("origin", "https://a.example")
        .header("idempotency-key", "k-1")
        .send()
        .await;
    let entry = server.get("/_faults/default/log").send().await.json()[0].clone();
    assert!(entry["timeMs"].as_i64().unwrap() > 1_700_000_000_000);
    let mut entry = entry;
    entry["timeMs"] = json!(0);
    assert_eq!(
        entry,
        json!({
            "seq": 1, "timeMs": 0, "method": "POST", "path": "/open/echo", "status": 200, "worked": true,
            // sha256("abc") begins like this.
            "authorization": "Bearer ba7816bf", "cookies": ["one", "two", "three"], "csrf": true,
            "idempotencyKey": "k-1", "origin": "https://a.example", "note": null,
        })
    );
}

#[tokio::test]
async fn each_client_has_its_own_log_and_notes_are_in_it() {
    let server = server().await;
    let login = server.try_login("/c/one", "jwt", ADA, PASSWORD).await;
    let body = json!({ "refresh_token": login.text("refresh_token") });
    for _ in 0..2 {
        server
            .post("/c/one/auth/jwt/refresh")
            .json(&body)
            .send()
            .await;
    }
    let log = server.get("/_faults/one/log").send().await.json();
    assert_eq!(log[1]["path"], "/auth/jwt/refresh", "without prefix");
    assert_eq!(
        (&log[1]["note"], &log[2]["note"]),
        (&json!(null), &json!("reuse_detected"))
    );
    assert_eq!(server.running.log("default"), []);

    assert_eq!(
        server
            .call("DELETE", "/_faults/one/log")
            .send()
            .await
            .status,
        204
    );
    assert_eq!(server.running.log("one"), []);
    server.get("/c/one/open/echo").send().await;
    assert_eq!(
        server.running.log("one")[0].seq,
        4,
        "sequence numbers go on"
    );
}

#[tokio::test]
async fn the_client_default_has_no_prefix_and_may_be_named() {
    let server = server().await;
    let login = server
        .try_login("/c/default", "session", ADA, PASSWORD)
        .await;
    assert_eq!(login.cookie("hallpass_session").path(), Some("/"));
    assert_eq!(server.running.log("default").len(), 1);
}
