//! Two nodes over one store: what one of them does, the other knows.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hallpass_server::{
    Config, Memory, Note, RevocationCheck, Running, Settings, StoreConfig, seed,
};
use jsonwebtoken::decode_header;
use jsonwebtoken::jwk::JwkSet;
use serde_json::json;

use crate::disk::{all_bytes, contains};
use crate::files::Folder;
use crate::jwt::orders;
use crate::redis::Redis;
use crate::support::{ADA, Answer, PASSWORD, Server, config};

/// Dropped from the top down: the nodes before what they stand on.
pub struct Nodes {
    pub one: Server,
    pub two: Server,
    /// What both were started with.
    pub config: Config,
    pub redis: Option<Redis>,
    _folder: Option<Folder>,
}

const ISSUER: &str = "https://nodes.example";

pub enum Kind {
    Memory,
    Sqlite,
    Redis,
}

impl Nodes {
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, config()).await
    }

    /// Nodes with further settings of their own.
    pub async fn start_with(kind: Kind, config: Config) -> Self {
        let mut nodes = Config {
            issuer: Some(ISSUER.to_owned()),
            ..config
        };
        let (mut redis, mut folder) = (None, None);
        match kind {
            Kind::Memory => nodes.store = StoreConfig::Memory(Memory::default()),
            Kind::Sqlite => {
                nodes.store = StoreConfig::Sqlite;
                static COUNT: AtomicUsize = AtomicUsize::new(0);
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let own = Folder::new(&format!("nodes-{count}"));
                nodes.database = Some(own.path().join("nodes.sqlite"));
                folder = Some(own);
            }
            Kind::Redis => {
                let own = Redis::start().await;
                nodes.store = StoreConfig::Redis(own.url());
                redis = Some(own);
            }
        }
        Self {
            one: Server::start(nodes.clone()).await,
            two: Server::start(nodes.clone()).await,
            config: nodes,
            redis,
            _folder: folder,
        }
    }
}

/// One test for each store.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() { super::$name(&super::Nodes::start(super::Kind::Memory).await).await })+
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $name() { super::$name(&super::Nodes::start(super::Kind::Sqlite).await).await })+
        }
        mod redis {
            $(#[tokio::test]
            async fn $name() { super::$name(&super::Nodes::start(super::Kind::Redis).await).await })+
        }
    };
}

on_every_store!(
    a_session_lives_and_ends_on_both,
    a_family_lives_and_ends_on_both,
    of_two_refreshes_at_once_one_rotates,
    two_refreshes_of_one_attempt_get_one_answer,
    a_token_revoked_by_its_jti_is_refused_by_both_and_its_family_lives,
    an_opaque_token_can_be_revoked_alone_too,
    a_logout_everywhere_ends_all_of_a_user,
    a_new_password_ends_all_but_the_caller,
    a_new_password_needs_the_old_one,
    failed_logins_count_together,
    a_key_is_shared_and_its_rotation_seen,
    a_rotation_that_nobody_waits_for_is_seen_too,
    an_old_key_is_listed_until_what_it_signed_has_ended,
    users_who_are_made_up_are_signed_in,
);

/// Nodes that look into the list, which they read so often.
async fn listing(kind: Kind, revocation_interval: Duration) -> Nodes {
    let config = Config {
        revocation_check: RevocationCheck::List,
        revocation_interval,
        ..config()
    };
    let nodes = Nodes::start_with(kind, config).await;
    for server in [&nodes.one, &nodes.two] {
        until_read(&server.running, 1).await;
    }
    nodes
}

/// Until the node knows by heart what was revoked before: a reading that is under way may have missed it, the next has not.
pub async fn reads_revocations(node: &Running) {
    until_read(node, node.revocation_reads() + 2).await;
}

/// Until the node has read that often what was revoked, and the keys with it.
pub async fn until_read(node: &Running, wanted: u64) {
    let end = Instant::now() + Duration::from_secs(30);
    while node.revocation_reads() < wanted {
        assert!(Instant::now() < end, "the node does not read the list");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_node_that_asks_the_list_refuses_what_was_revoked_once_it_has_read() {
    for kind in [Kind::Memory, Kind::Sqlite, Kind::Redis] {
        let Nodes { one, two, .. } = &listing(kind, Duration::from_millis(20)).await;
        let (alone, family) = (one.login("jwt").await, one.login("jwt").await);
        let stays = one.login("jwt").await.text("access_token");
        let tokens = [&alone, &family].map(|login| login.text("access_token"));
        for token in &tokens {
            assert_eq!(orders(two, token).await.status, 200);
        }
        revoke_access(one, &tokens[0]).await;
        let form = format!("token={}", family.text("refresh_token"));
        let revoked = one.post("/auth/jwt/revoke").form(&form).send().await;
        assert_eq!(revoked.status, 200);
        for server in [one, two] {
            reads_revocations(&server.running).await;
            for token in &tokens {
                orders(server, token).await.is_error(401, "invalid_token");
            }
            assert_eq!(orders(server, &stays).await.status, 200);
        }
        // The mode that a token is for stands in the token.
        let hybrid = one.login("hybrid").await.text("access_token");
        orders(two, &hybrid).await.is_error(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_node_that_asks_the_list_does_not_ask_the_store() {
    // So seldom that the list stays as it was at the start.
    let Nodes { one, two, .. } = &listing(Kind::Memory, Duration::from_secs(3600)).await;
    let token = one.login("jwt").await.text("access_token");
    revoke_access(one, &token).await;
    assert_eq!(orders(two, &token).await.status, 200);
    // What ends more than a call does not rely on a list that is old.
    let everywhere = two.post("/auth/jwt/logout-everywhere").bearer(&token);
    everywhere.send().await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn a_token_that_outlives_the_list_is_looked_up() {
    let Nodes { one, two, .. } = &listing(Kind::Memory, Duration::from_secs(3600)).await;
    let settings = |seconds: u64| Settings {
        access_ttl_ms: Some(seconds * 1000),
        ..Settings::default()
    };
    one.running.settings("default", &settings(3600)).unwrap();
    let token = one.login("jwt").await.text("access_token");
    assert_eq!(orders(two, &token).await.status, 200);
    revoke_access(one, &token).await;
    // As soon as tokens live for five minutes again, revocations are listed for no longer than that.
    orders(two, &token).await.is_error(401, "invalid_token");
    assert_eq!(orders(one, &token).await.status, 200);
    one.running.settings("default", &settings(300)).unwrap();
    orders(one, &token).await.is_error(401, "invalid_token");
}

async fn users_who_are_made_up_are_signed_in(nodes: &Nodes) {
    let users = seed(&nodes.config, 0..130, 1).await.unwrap();
    assert_eq!(users.len(), 130);
    assert_eq!(seed(&nodes.config, 130..140, 5).await.unwrap().len(), 2);
    for (server, user) in [&nodes.one, &nodes.two]
        .iter()
        .zip([&users[0], &users[129]])
    {
        let me = server
            .get("/auth/session/me")
            .header("cookie", &user.cookie);
        let me = me.send().await;
        assert_eq!(me.status, 200);
        let call = server.get("/api/jwt/orders");
        let call = call
            .header("authorization", &user.authorization)
            .send()
            .await;
        assert_eq!(call.status, 200);
    }
    for password in ["", "user-1"] {
        let login = nodes.one.post("/auth/jwt/login");
        let login = login.json(&json!({ "email": "user-1@example.com", "password": password }));
        login.send().await.is_error(401, "invalid_credentials");
    }
}

async fn me(server: &Server, login: &Answer) -> u16 {
    let me = server.get("/auth/session/me").cookies_of(login);
    me.send().await.status
}

fn csrf_of(answer: &Answer) -> String {
    answer.cookie("XSRF-TOKEN").value().to_owned()
}

async fn hybrid_refresh(server: &Server, login: &Answer) -> Answer {
    let refresh = server.post("/auth/hybrid/refresh").cookies_of(login);
    refresh.csrf(&csrf_of(login)).send().await
}

async fn a_session_lives_and_ends_on_both(Nodes { one, two, .. }: &Nodes) {
    let login = one.login("session").await;
    assert_eq!(me(two, &login).await, 200);
    let order = two.post("/api/session/orders").cookies_of(&login);
    let order = order.csrf(&csrf_of(&login)).send().await;
    assert_eq!(order.status, 201, "its CSRF token is good there too");
    let logout = two.post("/auth/session/logout").cookies_of(&login);
    assert_eq!(logout.csrf(&csrf_of(&login)).send().await.status, 204);
    assert_eq!(me(one, &login).await, 401);
    assert_eq!(me(two, &login).await, 401);
}

async fn a_family_lives_and_ends_on_both(Nodes { one, two, .. }: &Nodes) {
    let login = one.login("jwt").await;
    let refreshed = two.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(refreshed.status, 200);
    for token in [login.text("access_token"), refreshed.text("access_token")] {
        assert_eq!(orders(one, &token).await.status, 200);
        assert_eq!(orders(two, &token).await.status, 200);
    }
    let body = json!({ "refresh_token": refreshed.text("refresh_token") });
    one.post("/auth/jwt/logout").json(&body).send().await;
    for token in [login.text("access_token"), refreshed.text("access_token")] {
        orders(two, &token).await.is_error(401, "invalid_token");
    }
    let refused = two.refresh(&refreshed.text("refresh_token"), None).await;
    refused.is_error(400, "invalid_grant");

    let hybrid = two.login("hybrid").await;
    assert_eq!(hybrid_refresh(one, &hybrid).await.status, 200);
    let reused = hybrid_refresh(two, &hybrid).await;
    reused.is_error(400, "invalid_grant");
    let log = two.running.log("default");
    assert_eq!(log.last().unwrap().note, Some(Note::ReuseDetected));
}

/// The first answer is of the node that rotated.
async fn at_once(nodes: &Nodes, attempt: Option<&str>) -> (String, Answer, Answer) {
    let token = nodes.one.login("jwt").await.text("refresh_token");
    let (a, b) = tokio::join!(
        nodes.one.refresh(&token, attempt),
        nodes.two.refresh(&token, attempt),
    );
    if a.status == 200 {
        (token, a, b)
    } else {
        (token, b, a)
    }
}

/// How many races there are: `HALLPASS_RACES`, else some.
fn races() -> usize {
    let count = std::env::var("HALLPASS_RACES").ok();
    count.map_or(20, |count| count.parse().unwrap())
}

async fn of_two_refreshes_at_once_one_rotates(nodes: &Nodes) {
    for _ in 0..races() {
        let (_, granted, refused) = at_once(nodes, None).await;
        assert_eq!(granted.status, 200);
        refused.is_error(400, "invalid_grant");
        let next = nodes
            .two
            .refresh(&granted.text("refresh_token"), None)
            .await;
        next.is_error(400, "invalid_grant");
    }
}

async fn two_refreshes_of_one_attempt_get_one_answer(nodes: &Nodes) {
    for _ in 0..20 {
        let (token, first, second) = at_once(nodes, Some("attempt-1")).await;
        assert_eq!((first.status, second.status), (200, 200));
        assert_eq!(first.body, second.body);
        let again = nodes.two.refresh(&token, Some("attempt-1")).await;
        assert_eq!(again.body, first.body);
        let next = nodes.two.refresh(&first.text("refresh_token"), None).await;
        assert_eq!(next.status, 200);
    }
}

async fn revoke_access(server: &Server, token: &str) {
    let revoke = server.post("/auth/jwt/revoke-access");
    let revoked = revoke.form(&format!("token={token}")).send().await;
    assert_eq!(revoked.status, 200);
}

async fn a_token_revoked_by_its_jti_is_refused_by_both_and_its_family_lives(nodes: &Nodes) {
    let Nodes { one, two, .. } = nodes;
    let login = one.login("jwt").await;
    let token = login.text("access_token");
    revoke_access(one, &token).await;
    orders(two, &token).await.is_error(401, "invalid_token");
    orders(one, &token).await.is_error(401, "invalid_token");
    let refreshed = two.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(refreshed.status, 200);
    assert_eq!(
        orders(one, &refreshed.text("access_token")).await.status,
        200
    );
    revoke_access(one, "unknown").await;
    revoke_access(one, "a.b.c").await;
}

async fn an_opaque_token_can_be_revoked_alone_too(Nodes { one, two, .. }: &Nodes) {
    let settings = Settings {
        opaque: Some(true),
        ..Settings::default()
    };
    one.running.settings("default", &settings).unwrap();
    let login = one.login("jwt").await;
    let token = login.text("access_token");
    assert!(!token.contains('.'));
    assert_eq!(orders(two, &token).await.status, 200);
    revoke_access(two, &token).await;
    orders(one, &token).await.is_error(401, "invalid_token");
    let refreshed = one.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(
        orders(two, &refreshed.text("access_token")).await.status,
        200
    );
}

/// Somebody who is signed in twice in every mode, and a stranger.
struct SignedIn {
    sessions: [Answer; 2],
    jwts: [Answer; 2],
    hybrids: [Answer; 2],
    stranger: Answer,
}

impl SignedIn {
    async fn new(Nodes { one, two, .. }: &Nodes) -> Self {
        let stranger = one
            .try_login("", "jwt", "grace@example.com", "battery staple")
            .await;
        Self {
            sessions: [one.login("session").await, two.login("session").await],
            jwts: [one.login("jwt").await, two.login("jwt").await],
            hybrids: [one.login("hybrid").await, two.login("hybrid").await],
            stranger,
        }
    }

    /// Which of them are, in this order, by what the other node says.
    async fn alive(&self, server: &Server) -> String {
        let mut alive = String::new();
        let mut add = |name, is_alive| alive.push(if is_alive { name } else { '-' });
        for session in &self.sessions {
            add('s', me(server, session).await == 200);
        }
        for jwt in &self.jwts {
            add(
                'j',
                orders(server, &jwt.text("access_token")).await.status == 200,
            );
        }
        for hybrid in &self.hybrids {
            let orders = server
                .get("/api/hybrid/orders")
                .bearer(&hybrid.text("access_token"));
            add('h', orders.send().await.status == 200);
        }
        let stranger = orders(server, &self.stranger.text("access_token")).await;
        add('x', stranger.status == 200);
        alive
    }
}

async fn a_logout_everywhere_ends_all_of_a_user(nodes: &Nodes) {
    let Nodes { one, two, .. } = nodes;
    let by = SignedIn::new(nodes).await;
    assert_eq!(by.alive(two).await, "ssjjhhx");
    let everywhere = |mode: &str| one.post(&format!("/auth/{mode}/logout-everywhere"));
    let [session, _] = &by.sessions;
    let no_csrf = everywhere("session").cookies_of(session).send().await;
    no_csrf.is_error(403, "csrf_failed");
    everywhere("session")
        .send()
        .await
        .is_error(401, "unauthorized");
    everywhere("jwt").send().await.is_error(401, "unauthorized");
    everywhere("hybrid")
        .send()
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(by.alive(two).await, "ssjjhhx");

    let done = everywhere("session")
        .cookies_of(session)
        .csrf(&csrf_of(session))
        .send()
        .await;
    assert_eq!(done.status, 204);
    assert_eq!(
        done.cookie("hallpass_session").max_age(),
        Some(cookie::time::Duration::ZERO)
    );
    assert_eq!(by.alive(two).await, "------x");
    let [jwt, _] = &by.jwts;
    let refused = two.refresh(&jwt.text("refresh_token"), None).await;
    refused.is_error(400, "invalid_grant");
    let [hybrid, _] = &by.hybrids;
    hybrid_refresh(two, hybrid)
        .await
        .is_error(400, "invalid_grant");

    let by = SignedIn::new(nodes).await;
    let [jwt, _] = &by.jwts;
    let done = everywhere("jwt")
        .bearer(&jwt.text("access_token"))
        .send()
        .await;
    assert_eq!(done.status, 204);
    assert_eq!(by.alive(two).await, "------x");

    let by = SignedIn::new(nodes).await;
    let [jwt, _] = &by.jwts;
    let body = json!({ "refresh_token": jwt.text("refresh_token") });
    assert_eq!(everywhere("jwt").json(&body).send().await.status, 204);
    assert_eq!(by.alive(two).await, "------x");

    let by = SignedIn::new(nodes).await;
    let [hybrid, _] = &by.hybrids;
    let no_csrf = everywhere("hybrid").cookies_of(hybrid).send().await;
    no_csrf.is_error(403, "csrf_failed");
    let done = everywhere("hybrid")
        .cookies_of(hybrid)
        .csrf(&csrf_of(hybrid))
        .send()
        .await;
    assert_eq!(done.status, 204);
    assert_eq!(by.alive(two).await, "------x");
}

async fn a_new_password_ends_all_but_the_caller(nodes: &Nodes) {
    let Nodes { one, two, .. } = nodes;
    let (mut current, mut by) = (PASSWORD, SignedIn::new(nodes).await);
    for (mode, new, left) in [
        ("session", "a new password", "s-----x"),
        ("jwt", "another password", "--j---x"),
        ("hybrid", "the last password", "----h-x"),
    ] {
        let change = one.post(&format!("/auth/{mode}/password"));
        let change = change.json(&json!({ "current_password": current, "new_password": new }));
        let ([session, _], [jwt, _], [hybrid, _]) = (&by.sessions, &by.jwts, &by.hybrids);
        let changed = match mode {
            "session" => change.cookies_of(session).csrf(&csrf_of(session)),
            "jwt" => change.bearer(&jwt.text("access_token")),
            _ => change.bearer(&hybrid.text("access_token")),
        };
        assert_eq!(changed.send().await.status, 204);
        assert_eq!(by.alive(two).await, left);
        let refused = two.try_login("", "jwt", ADA, current).await;
        refused.is_error(401, "invalid_credentials");
        assert_eq!(two.try_login("", "jwt", ADA, new).await.status, 200);
        current = new;
        if mode != "hybrid" {
            by = signed_in_by(nodes, new).await;
        }
    }
    assert_eq!(hybrid_refresh(two, &by.hybrids[0]).await.status, 200);
}

async fn signed_in_by(Nodes { one, two, .. }: &Nodes, password: &str) -> SignedIn {
    let login = async |server: &Server, mode: &str| {
        let login = server.try_login("", mode, ADA, password).await;
        assert_eq!(login.status, 200);
        login
    };
    SignedIn {
        sessions: [login(one, "session").await, login(two, "session").await],
        jwts: [login(one, "jwt").await, login(two, "jwt").await],
        hybrids: [login(one, "hybrid").await, login(two, "hybrid").await],
        stranger: one
            .try_login("", "jwt", "grace@example.com", "battery staple")
            .await,
    }
}

async fn a_new_password_needs_the_old_one(Nodes { one, two, .. }: &Nodes) {
    let session = one.login("session").await;
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        one.post("/auth/session/password")
            .cookies_of(&session)
            .json(&body)
    };
    let csrf = csrf_of(&session);
    let no_csrf = change(PASSWORD, "a new password").send().await;
    no_csrf.is_error(403, "csrf_failed");
    let wrong = change("wrong", "a new password").csrf(&csrf).send().await;
    wrong.is_error(403, "invalid_credentials");
    for new in ["short", &"x".repeat(1025)] {
        let refused = change(PASSWORD, new).csrf(&csrf).send().await;
        refused.is_error(400, "invalid_request");
    }
    let body = json!({ "current_password": PASSWORD, "new_password": "a new password" });
    for mode in ["session", "jwt", "hybrid"] {
        let nobody = one
            .post(&format!("/auth/{mode}/password"))
            .json(&body)
            .send()
            .await;
        nobody.is_error(401, "unauthorized");
    }
    one.post("/auth/other/password")
        .json(&body)
        .send()
        .await
        .is_error(404, "not_found");
    assert_eq!(two.login("jwt").await.status, 200, "nothing has changed");
    for _ in 0..10 {
        change("wrong", "a new password").csrf(&csrf).send().await;
    }
    let guessing = change(PASSWORD, "a new password").csrf(&csrf).send().await;
    guessing.is_error(429, "too_many_attempts");
}

async fn failed_logins_count_together(Nodes { one, two, .. }: &Nodes) {
    for _ in 0..5 {
        for server in [one, two] {
            let wrong = server.try_login("", "jwt", ADA, "wrong").await;
            wrong.is_error(401, "invalid_credentials");
        }
    }
    for server in [one, two] {
        let refused = server.try_login("", "jwt", ADA, PASSWORD).await;
        refused.is_error(429, "too_many_attempts");
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
}

async fn jwks(server: &Server) -> JwkSet {
    let answer = server.get("/.well-known/jwks.json").send().await;
    serde_json::from_slice(&answer.body).unwrap()
}

fn kid(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

async fn new_token(server: &Server) -> String {
    server.login("jwt").await.text("access_token")
}

/// Waits until this node signs with a key of this id.
async fn signs_with(server: &Server, id: &str) {
    let began = std::time::Instant::now();
    while kid(&new_token(server).await) != id {
        assert!(began.elapsed().as_secs() < 20, "the new key is never taken");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn a_key_is_shared_and_its_rotation_seen(Nodes { one, two, .. }: &Nodes) {
    let (old, by_two) = (new_token(one).await, new_token(two).await);
    assert_eq!(kid(&old), kid(&by_two));
    let rotated = one.post("/_faults/default/rotate-key").send().await;
    assert_eq!(rotated.status, 204);
    let new = new_token(one).await;
    assert_ne!(kid(&new), kid(&old));
    assert_eq!(
        orders(two, &new).await.status,
        200,
        "of a key that it has not seen yet"
    );
    assert_eq!(orders(two, &old).await.status, 200);
    for server in [one, two] {
        let jwks = jwks(server).await;
        assert_eq!(jwks.keys.len(), 2);
        for token in [&old, &new] {
            assert!(jwks.find(&kid(token)).is_some());
        }
    }
    signs_with(two, &kid(&new)).await;
}

async fn a_rotation_that_nobody_waits_for_is_seen_too(Nodes { one, two, .. }: &Nodes) {
    let old = new_token(one).await;
    one.running.rotate_key("default").unwrap();
    let new = new_token(one).await;
    assert_ne!(kid(&new), kid(&old));
    two.running.rotate_key("default").unwrap();
    while jwks(one).await.keys.len() < 3 {
        tokio::task::yield_now().await;
    }
    let newest = new_token(two).await;
    assert_eq!(orders(one, &newest).await.status, 200);
}

async fn an_old_key_is_listed_until_what_it_signed_has_ended(Nodes { one, two, .. }: &Nodes) {
    let old = new_token(one).await;
    assert_eq!(
        one.post("/_faults/default/rotate-key").send().await.status,
        204
    );
    for (seconds, keys) in [(299, 2), (360, 2), (400, 1)] {
        for server in [one, two] {
            server.running.set_clock("default", seconds * 1000).unwrap();
            assert_eq!(jwks(server).await.keys.len(), keys, "after {seconds} s");
        }
    }
    orders(two, &old).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn no_token_is_readable_in_redis() {
    let nodes = Nodes::start(Kind::Redis).await;
    let (one, redis) = (&nodes.one, nodes.redis.as_ref().expect("the store"));
    let session = one.login("session").await;
    let hybrid = one.login("hybrid").await;
    let jwt = one.login("jwt").await;
    let refreshed = one
        .refresh(&jwt.text("refresh_token"), Some("attempt-1"))
        .await;
    let settings = Settings {
        opaque: Some(true),
        ..Settings::default()
    };
    one.running.settings("default", &settings).unwrap();
    let opaque = one.login("jwt").await;
    redis.stop().await;
    let bytes = all_bytes(redis.folder());
    assert!(contains(&bytes, b"ada@example.com"), "the right files");
    for secret in [
        session.cookie("hallpass_session").value().to_owned(),
        csrf_of(&session),
        hybrid.cookie("hallpass_refresh").value().to_owned(),
        hybrid.text("access_token"),
        jwt.text("refresh_token"),
        refreshed.text("access_token"),
        refreshed.text("refresh_token"),
        opaque.text("access_token"),
        PASSWORD.to_owned(),
    ] {
        assert!(!contains(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn keys_outlive_a_restart() {
    let memory = StoreConfig::Memory(Memory::default());
    let config = Config {
        store: memory,
        issuer: Some("https://nodes.example".to_owned()),
        ..config()
    };
    let first = Server::start(config.clone()).await;
    let token = new_token(&first).await;
    first.running.stop().await;
    let second = Server::start(config).await;
    assert_eq!(orders(&second, &token).await.status, 200);
}

#[tokio::test]
async fn nodes_with_stores_of_their_own_know_nothing_of_each_other() {
    let memory = || Config {
        store: StoreConfig::Memory(Memory::default()),
        ..config()
    };
    let (one, two) = (Server::start(memory()).await, Server::start(memory()).await);
    let login = one.login("session").await;
    assert_eq!(me(&one, &login).await, 200);
    assert_eq!(me(&two, &login).await, 401);
}

#[test]
fn a_store_has_a_name() {
    assert!(matches!("memory".parse(), Ok(StoreConfig::Memory(_))));
    assert!(matches!("sqlite".parse(), Ok(StoreConfig::Sqlite)));
    let redis: StoreConfig = "redis://:secret@localhost/1".parse().unwrap();
    assert_eq!(format!("{redis:?}"), "Redis", "no password in a log");
    for wrong in [
        "",
        "redis",
        "rediss://localhost",
        "postgres://localhost",
        "Memory",
    ] {
        assert!(wrong.parse::<StoreConfig>().is_err(), "{wrong:?}");
    }
}
