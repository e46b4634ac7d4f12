//! Signatures, and the keys that show them to be right.

use hallpass_server::{Algorithm, Settings};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::jwt::orders;
use crate::support::{Server, server};

async fn jwks(server: &Server) -> JwkSet {
    let answer = server.get("/.well-known/jwks.json").send().await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

fn sign_with(server: &Server, alg: Algorithm) {
    let settings = Settings {
        alg: Some(alg),
        ..Settings::default()
    };
    server.running.settings("default", &settings).unwrap();
}

/// Verifies as another service would: by the JWKS alone.
fn verified(token: &str, jwks: &JwkSet) -> Option<Value> {
    let header = decode_header(token).unwrap();
    let jwk = jwks.find(header.kid.as_deref()?)?;
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&["hallpass-api"]);
    Some(
        decode::<Value>(token, &DecodingKey::from_jwk(jwk).unwrap(), &validation)
            .unwrap()
            .claims,
    )
}

#[tokio::test]
async fn the_jwks_verifies_tokens_of_every_algorithm_with_a_public_key() {
    let server = server().await;
    for (alg, name) in [
        (Algorithm::ES256, "ES256"),
        (Algorithm::RS256, "RS256"),
        (Algorithm::EdDSA, "EdDSA"),
    ] {
        sign_with(&server, alg);
        let login = server.login("jwt").await;
        let token = login.text("access_token");
        assert_eq!(crate::jwt::part(&token, 0)["alg"], name);
        let claims = verified(&token, &jwks(&server).await).expect("a key in the JWKS");
        assert_eq!(claims["sub"], login.json()["user"]["id"]);
        assert_eq!(orders(&server, &token).await.status, 200);
    }
}

#[tokio::test]
async fn the_jwks_shows_no_secret() {
    let server = server().await;
    for alg in [
        Algorithm::HS256,
        Algorithm::RS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
    ] {
        sign_with(&server, alg);
        server.login("jwt").await;
    }
    let jwks = server.get("/.well-known/jwks.json").send().await.json();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 3);
    for key in keys {
        assert_eq!(key["use"], "sig");
        for private in ["k", "d", "p", "q", "dp", "dq", "qi"] {
            assert_eq!(key.get(private), None, "{key}");
        }
    }
}

#[tokio::test]
async fn an_hmac_token_works_and_its_key_is_nowhere() {
    let server = server().await;
    sign_with(&server, Algorithm::HS256);
    let token = server.login("jwt").await.text("access_token");
    assert_eq!(orders(&server, &token).await.status, 200);
    assert_eq!(jwks(&server).await.keys.len(), 0);
}

#[tokio::test]
async fn after_a_rotation_old_tokens_stay_good() {
    let server = server().await;
    let old = server.login("jwt").await.text("access_token");
    server.running.rotate_key("default").unwrap();
    let new = server.login("jwt").await.text("access_token");
    let kid = |token: &str| decode_header(token).unwrap().kid.unwrap();
    assert_ne!(kid(&old), kid(&new));
    let jwks = jwks(&server).await;
    assert_eq!(jwks.keys.len(), 2);
    for token in [&old, &new] {
        assert!(verified(token, &jwks).is_some());
        assert_eq!(orders(&server, token).await.status, 200);
    }
}

#[tokio::test]
async fn another_clients_keys_are_others() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    let other = server.get("/c/other/.well-known/jwks.json").send().await;
    let other: JwkSet = serde_json::from_slice(&other.body).unwrap();
    assert_eq!(other.keys.len(), 1);
    assert!(verified(&token, &other).is_none());
}
