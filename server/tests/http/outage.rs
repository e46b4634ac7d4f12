//! The store goes away and comes back. Nobody is signed out by that.

use std::time::{Duration, Instant};

use hallpass_server::{Config, Settings};

use crate::jwt::orders;
use crate::nodes::{Kind, Nodes, reads_revocations, until_read};
use crate::redis::Redis;
use crate::support::{ADA, Answer, PASSWORD, Server, config};

/// The nodes, and what was got from them while the store was there.
struct Before {
    nodes: Nodes,
    session: Answer,
    jwt: Answer,
    hybrid: Answer,
    /// An access token that was revoked long enough ago for every node to know.
    revoked: String,
}

impl Before {
    async fn new() -> Self {
        let nodes = Nodes::start(Kind::Redis).await;
        let revoked = nodes.one.login("jwt").await.text("access_token");
        let form = format!("token={revoked}");
        nodes
            .one
            .post("/auth/jwt/revoke-access")
            .form(&form)
            .send()
            .await;
        let before = Self {
            session: nodes.one.login("session").await,
            jwt: nodes.one.login("jwt").await,
            hybrid: nodes.one.login("hybrid").await,
            revoked,
            nodes,
        };
        for node in [&before.nodes.one, &before.nodes.two] {
            reads_revocations(&node.running).await;
        }
        before
    }

    fn redis(&self) -> &Redis {
        self.nodes.redis.as_ref().expect("the store")
    }

    async fn check_outage(&self) {
        for server in [&self.nodes.one, &self.nodes.two] {
            let csrf = |answer: &Answer| answer.cookie("XSRF-TOKEN").value().to_owned();
            unavailable(
                &server
                    .get("/auth/session/me")
                    .cookies_of(&self.session)
                    .send()
                    .await,
            );
            unavailable(
                &server
                    .get("/api/session/orders")
                    .cookies_of(&self.session)
                    .send()
                    .await,
            );
            unavailable(
                &server
                    .get("/auth/session/csrf")
                    .cookies_of(&self.session)
                    .send()
                    .await,
            );
            let logout = server
                .post("/auth/session/logout")
                .cookies_of(&self.session);
            unavailable(&logout.csrf(&csrf(&self.session)).send().await);
            for mode in ["session", "jwt", "hybrid"] {
                unavailable(&server.try_login("", mode, ADA, PASSWORD).await);
                unavailable(&server.try_login("", mode, ADA, "wrong").await);
            }
            let refresh_token = self.jwt.text("refresh_token");
            unavailable(&server.refresh(&refresh_token, Some("attempt-1")).await);
            let refresh = server.post("/auth/hybrid/refresh").cookies_of(&self.hybrid);
            unavailable(&refresh.csrf(&csrf(&self.hybrid)).send().await);
            let everywhere = server.post("/auth/jwt/logout-everywhere");
            unavailable(
                &everywhere
                    .bearer(&self.jwt.text("access_token"))
                    .send()
                    .await,
            );

            let token = self.jwt.text("access_token");
            assert_eq!(orders(server, &token).await.status, 200);
            let hybrid = self.hybrid.text("access_token");
            let at = |mode: &str| server.get(&format!("/api/{mode}/orders"));
            assert_eq!(at("hybrid").bearer(&hybrid).send().await.status, 200);
            at("jwt")
                .bearer(&hybrid)
                .send()
                .await
                .is_error(401, "invalid_token");
            orders(server, &self.revoked)
                .await
                .is_error(401, "invalid_token");
            let (claims, _) = token.rsplit_once('.').expect("a JWS");
            let (_, signature) = hybrid.rsplit_once('.').expect("a JWS");
            let forged = format!("{claims}.{signature}");
            orders(server, &forged).await.is_error(401, "invalid_token");
            unavailable(&orders(server, "opaque").await);
            let jwks = server.get("/.well-known/jwks.json").send().await;
            assert_eq!(jwks.json()["keys"].as_array().unwrap().len(), 1);
        }
    }

    /// Everything goes on with what was there before.
    async fn check_return(&self) {
        for server in [&self.nodes.one, &self.nodes.two] {
            let began = Instant::now();
            let me = || {
                server
                    .get("/auth/session/me")
                    .cookies_of(&self.session)
                    .send()
            };
            while me().await.status == 503 {
                assert!(
                    began.elapsed() < Duration::from_secs(20),
                    "it never comes back"
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(me().await.status, 200);
            let token = self.jwt.text("access_token");
            assert_eq!(orders(server, &token).await.status, 200);
            orders(server, &self.revoked)
                .await
                .is_error(401, "invalid_token");
            server.login("hybrid").await;
        }
        let token = self.jwt.text("refresh_token");
        let refreshed = self.nodes.two.refresh(&token, Some("attempt-1")).await;
        assert_eq!(
            refreshed.status, 200,
            "the attempt that failed is made again"
        );
    }
}

#[track_caller]
fn unavailable(answer: &Answer) {
    answer.is_error(503, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn a_store_that_is_down_signs_nobody_out() {
    let before = Before::new().await;
    before.redis().stop().await;
    before.check_outage().await;
    before.redis().start_again().await;
    before.check_return().await;
}

#[tokio::test]
async fn a_store_that_does_not_answer_signs_nobody_out() {
    let before = Before::new().await;
    before.redis().pause();
    let began = Instant::now();
    before.check_outage().await;
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "nobody waits for long"
    );
    before.redis().resume();
    before.check_return().await;
}

#[tokio::test]
async fn a_token_of_an_unknown_key_is_not_judged_while_the_store_is_away() {
    // So seldom that a node has read the keys when it started, and when it needed one.
    let config = Config {
        revocation_interval: Duration::from_secs(3600),
        ..config()
    };
    let nodes = Nodes::start_with(Kind::Redis, config).await;
    let Nodes { one, two, .. } = &nodes;
    let old = one.login("jwt").await.text("access_token");
    for node in [one, two] {
        until_read(&node.running, 1).await;
        assert_eq!(orders(node, &old).await.status, 200);
    }
    one.post("/_faults/default/rotate-key").send().await;
    let new = one.login("jwt").await.text("access_token");
    nodes.redis.as_ref().expect("the store").stop().await;
    unavailable(&orders(two, &new).await);
    assert_eq!(orders(one, &new).await.status, 200);
    assert_eq!(orders(two, &old).await.status, 200);
}

#[tokio::test]
async fn an_opaque_token_is_not_judged_while_the_store_is_away() {
    let before = Before::new().await;
    let server: &Server = &before.nodes.one;
    let settings = Settings {
        opaque: Some(true),
        ..Settings::default()
    };
    server.running.settings("default", &settings).unwrap();
    let token = server.login("jwt").await.text("access_token");
    before.redis().stop().await;
    unavailable(&orders(server, &token).await);
    before.redis().start_again().await;
    before.check_return().await;
    assert_eq!(orders(server, &token).await.status, 200);
}

#[tokio::test]
async fn a_node_does_not_start_without_its_store() {
    let config = Config {
        store: hallpass_server::StoreConfig::Redis("redis://127.0.0.1:1".to_owned()),
        ..config()
    };
    assert!(hallpass_server::start(config).await.is_err());
}
