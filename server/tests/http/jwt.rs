//! Tokens that the page holds itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, PASSWORD, Server, server};

pub fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub async fn orders(server: &Server, access_token: &str) -> Answer {
    server
        .get("/api/jwt/orders")
        .bearer(access_token)
        .send()
        .await
}

#[tokio::test]
async fn a_login_answers_both_tokens() {
    let server = server().await;
    let login = server.login("jwt").await;
    assert_eq!(login.text("token_type"), "Bearer");
    assert_eq!(login.json()["expires_in"], 300);
    assert_eq!(
        login.text("refresh_token").len(),
        80,
        "the family, 256 random bits and the mark of who made it"
    );
    assert!(login.cookies().is_empty());

    let token = login.text("access_token");
    assert_eq!(part(&token, 0)["alg"], "ES256");
    let claims = part(&token, 1);
    assert_eq!(claims["iss"], server.running.base_url());
    assert_eq!(claims["aud"], "hallpass-api");
    assert_eq!(claims["sub"], login.json()["user"]["id"]);
    assert_eq!(claims["email"], ADA);
    assert_eq!(claims["name"], "Ada Lovelace");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
    assert_ne!(
        claims["jti"],
        part(&server.login("jwt").await.text("access_token"), 1)["jti"]
    );
    assert_eq!(orders(&server, &token).await.status, 200);
}

#[tokio::test]
async fn the_challenge_tells_no_token_from_a_bad_one() {
    let server = server().await;
    let none = server.get("/api/jwt/orders").send().await;
    none.is_error(401, "unauthorized");
    assert_eq!(
        none.header("www-authenticate"),
        Some(r#"Bearer realm="hallpass""#)
    );
    let basic = server
        .get("/api/jwt/orders")
        .header("authorization", "Basic YTpi")
        .send()
        .await;
    assert_eq!(
        basic.header("www-authenticate"),
        none.header("www-authenticate")
    );

    let bad = orders(&server, "bad").await;
    bad.is_error(401, "invalid_token");
    assert_eq!(
        bad.header("www-authenticate"),
        Some(r#"Bearer error="invalid_token""#)
    );

    let empty = server
        .get("/api/jwt/orders")
        .header("authorization", "Bearer ")
        .send()
        .await;
    empty.is_error(400, "invalid_request");
    let lower = server.login("jwt").await.text("access_token");
    let lower = server
        .get("/api/jwt/orders")
        .header("authorization", &format!("bearer {lower}"));
    assert_eq!(
        lower.send().await.status,
        200,
        "the scheme has no case (RFC 9110 §11.1)"
    );
}

#[tokio::test]
async fn a_token_that_was_changed_is_refused() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("no compact JWS: {token}");
    };
    let mut claims = part(&token, 1);
    claims["sub"] = json!("u-grace");
    let forged = URL_SAFE_NO_PAD.encode(claims.to_string());
    let mut none = part(&token, 0);
    none["alg"] = json!("none");
    let none = URL_SAFE_NO_PAD.encode(none.to_string());
    let mut hmac = part(&token, 0);
    hmac["alg"] = json!("HS256");
    let hmac = URL_SAFE_NO_PAD.encode(hmac.to_string());
    for bad in [
        format!("{header}.{forged}.{signature}"),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{hmac}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        "..".to_owned(),
        "\u{1f}".replace('\u{1f}', "a.b.c"),
    ] {
        orders(&server, &bad).await.is_error(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_token_ends_by_the_clock_of_its_client() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    server.running.set_clock("default", 298_000).unwrap();
    assert_eq!(orders(&server, &token).await.status, 200);
    server.running.set_clock("default", 300_000).unwrap();
    orders(&server, &token).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn a_refresh_rotates_the_refresh_token() {
    let server = server().await;
    let login = server.login("jwt").await;
    let refreshed = server.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(refreshed.status, 200);
    assert_eq!(refreshed.header("cache-control"), Some("no-store"));
    assert_eq!(refreshed.json()["user"], login.json()["user"]);
    assert_ne!(refreshed.text("refresh_token"), login.text("refresh_token"));
    assert_ne!(refreshed.text("access_token"), login.text("access_token"));
    assert_eq!(
        orders(&server, &refreshed.text("access_token"))
            .await
            .status,
        200
    );
    assert_eq!(
        orders(&server, &login.text("access_token")).await.status,
        200,
        "still valid"
    );
    assert_eq!(
        server
            .refresh(&refreshed.text("refresh_token"), None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_refresh_token_travels_as_json_form_or_header() {
    let server = server().await;
    let login = server.login("jwt").await;
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        login.text("refresh_token")
    );
    let by_form = server.post("/auth/jwt/refresh").form(&form).send().await;
    assert_eq!(by_form.status, 200);
    let by_header = server
        .post("/auth/jwt/refresh")
        .header("x-refresh-token", &by_form.text("refresh_token"))
        .send()
        .await;
    assert_eq!(by_header.status, 200);
    assert_eq!(
        server
            .refresh(&by_header.text("refresh_token"), None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_refresh_that_is_none_is_an_invalid_request() {
    let server = server().await;
    let refresh = || server.post("/auth/jwt/refresh");
    refresh().send().await.is_error(400, "invalid_request");
    refresh()
        .json(&json!({}))
        .send()
        .await
        .is_error(400, "invalid_request");
    refresh()
        .json(&json!([]))
        .send()
        .await
        .is_error(400, "invalid_request");
    refresh()
        .json(&json!({ "refresh_token": 7 }))
        .send()
        .await
        .is_error(400, "invalid_request");
    refresh()
        .body("application/json", "{")
        .send()
        .await
        .is_error(400, "invalid_request");
    refresh()
        .form("refresh_token=a")
        .send()
        .await
        .is_error(400, "invalid_request");
    refresh()
        .form("grant_type=refresh_token")
        .send()
        .await
        .is_error(400, "invalid_request");
    let twice = "grant_type=refresh_token&refresh_token=a&refresh_token=b";
    refresh()
        .form(twice)
        .send()
        .await
        .is_error(400, "invalid_request");
    let other = refresh()
        .form("grant_type=password&refresh_token=a")
        .send()
        .await;
    other.is_error(400, "unsupported_grant_type");
    server
        .refresh("made-up", None)
        .await
        .is_error(400, "invalid_grant");
    server
        .refresh("", None)
        .await
        .is_error(400, "invalid_grant");
    server
        .refresh("a", Some(""))
        .await
        .is_error(400, "invalid_request");
    server
        .refresh("a", Some(&"k".repeat(256)))
        .await
        .is_error(400, "invalid_request");
}

#[tokio::test]
async fn a_refresh_token_ends_and_each_rotation_starts_its_life_anew() {
    let server = server().await;
    let day = 24 * 3_600_000;
    let first = server.login("jwt").await.text("refresh_token");
    server.running.set_clock("default", 13 * day).unwrap();
    let second = server.refresh(&first, None).await.text("refresh_token");
    server.running.set_clock("default", 26 * day).unwrap();
    let third = server.refresh(&second, None).await.text("refresh_token");
    server.running.set_clock("default", 41 * day).unwrap();
    server
        .refresh(&third, None)
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn logout_ends_the_family_at_once() {
    let server = server().await;
    let login = server.login("jwt").await;
    let other = server.login("jwt").await;
    let body = json!({ "refresh_token": login.text("refresh_token") });
    let logout = server.post("/auth/jwt/logout").json(&body).send().await;
    assert_eq!(logout.status, 204);
    server
        .refresh(&login.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    orders(&server, &login.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    assert_eq!(
        orders(&server, &other.text("access_token")).await.status,
        200
    );
    let again = server.post("/auth/jwt/logout").json(&body).send().await;
    assert_eq!(again.status, 204);
}

#[tokio::test]
async fn logout_works_by_access_token_too_and_with_nothing_to_end() {
    let server = server().await;
    let login = server.login("jwt").await;
    let token = login.text("access_token");
    let logout = server.post("/auth/jwt/logout").bearer(&token).send().await;
    assert_eq!(logout.status, 204);
    server
        .refresh(&login.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(server.post("/auth/jwt/logout").send().await.status, 204);
    let bad = server
        .post("/auth/jwt/logout")
        .body("application/json", "{")
        .send()
        .await;
    bad.is_error(400, "invalid_request");
}

#[tokio::test]
async fn revocation_is_as_rfc_7009_has_it() {
    let server = server().await;
    for kind in ["refresh_token", "access_token"] {
        let login = server.login("jwt").await;
        let form = format!("token={}&token_type_hint={kind}", login.text(kind));
        assert_eq!(
            server
                .post("/auth/jwt/revoke")
                .form(&form)
                .send()
                .await
                .status,
            200
        );
        server
            .refresh(&login.text("refresh_token"), None)
            .await
            .is_error(400, "invalid_grant");
        orders(&server, &login.text("access_token"))
            .await
            .is_error(401, "invalid_token");
    }
    let unknown = server
        .post("/auth/jwt/revoke")
        .form("token=unknown")
        .send()
        .await;
    assert_eq!(unknown.status, 200);
    let missing = server.post("/auth/jwt/revoke").form("a=b").send().await;
    missing.is_error(400, "invalid_request");
    let json = server
        .post("/auth/jwt/revoke")
        .json(&json!({ "token": "a" }))
        .send()
        .await;
    json.is_error(400, "invalid_request");
}

#[tokio::test]
async fn expire_refuses_all_tokens_so_far_and_no_later_one() {
    let server = server().await;
    let login = server.login("jwt").await;
    server.running.expire("default").await.unwrap();
    orders(&server, &login.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    let refreshed = server.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(
        orders(&server, &refreshed.text("access_token"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn tokens_belong_to_their_client_and_mode() {
    let server = server().await;
    let login = server.try_login("/c/one", "jwt", ADA, PASSWORD).await;
    let token = login.text("access_token");
    assert_eq!(
        part(&token, 1)["iss"],
        format!("{}/c/one", server.running.base_url())
    );
    let at = async |path: &str| server.get(path).bearer(&token).send().await.status;
    assert_eq!(at("/c/one/api/jwt/orders").await, 200);
    assert_eq!(at("/c/one/api/hybrid/orders").await, 401);
    assert_eq!(at("/c/two/api/jwt/orders").await, 401);
    assert_eq!(at("/api/jwt/orders").await, 401);
    server
        .refresh(&login.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    let form = format!("token={token}");
    server
        .post("/c/two/auth/jwt/revoke")
        .form(&form)
        .send()
        .await;
    let form = format!("token={}", login.text("refresh_token"));
    server
        .post("/c/two/auth/jwt/revoke")
        .form(&form)
        .send()
        .await;
    assert_eq!(
        at("/c/one/api/jwt/orders").await,
        200,
        "another client cannot revoke it"
    );
}
