//! The ways to break it.

use std::time::{Duration, Instant};

use hallpass_server::{Config, DropAt, Rule};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::jwt::{orders, part};
use crate::support::{ADA, PASSWORD, Server, config, server};

fn rule(path: &str) -> Rule {
    Rule {
        path: path.to_owned(),
        ..Rule::default()
    }
}

impl Server {
    fn break_it(&self, rules: Vec<Rule>) {
        self.running.set_rules("default", rules).unwrap();
    }

    async fn statuses(&self, path: &str, times: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        for _ in 0..times {
            statuses.push(self.get(path).send().await.status);
        }
        statuses
    }
}

#[tokio::test]
async fn without_the_switch_there_are_no_faults_and_no_log() {
    let server = Server::start(Config {
        faults: false,
        ..config()
    })
    .await;
    for (method, path) in [
        ("PUT", "/_faults/default/rules"),
        ("PUT", "/_faults/default/clock"),
        ("PUT", "/_faults/default/settings"),
        ("POST", "/_faults/default/expire"),
        ("POST", "/_faults/default/revoke"),
        ("POST", "/_faults/default/rotate-key"),
        ("POST", "/_faults/default/rotate-csrf"),
        ("GET", "/_faults/default/log"),
        ("DELETE", "/_faults/default/log"),
        ("DELETE", "/_faults/default"),
        ("GET", "/c/one/_faults/default/log"),
    ] {
        server
            .call(method, path)
            .json(&json!([]))
            .send()
            .await
            .is_error(404, "not_found");
    }
    server.login("jwt").await;
    assert_eq!(server.running.log("default"), []);
}

#[tokio::test]
async fn a_status_comes_in_place_of_the_work_as_often_as_wanted() {
    let server = server().await;
    let login = server.login("jwt").await;
    let rules = json!([{ "path": "/auth/jwt/refresh", "method": "POST", "times": 2, "status": 503,
                         "headers": { "Retry-After": "7" } }]);
    let put = server
        .put("/_faults/default/rules")
        .json(&rules)
        .send()
        .await;
    assert_eq!(put.status, 204);
    for _ in 0..2 {
        let answer = server.refresh(&login.text("refresh_token"), None).await;
        answer.is_error_without_words(503, "temporarily_unavailable");
        assert_eq!(answer.header("retry-after"), Some("7"));
    }
    let answer = server.refresh(&login.text("refresh_token"), None).await;
    assert_eq!(answer.status, 200, "the token had not been rotated");
}

#[tokio::test]
async fn the_first_rule_that_meets_the_request_and_has_times_left_applies() {
    let server = server().await;
    server.break_it(vec![
        Rule {
            status: Some(501),
            times: Some(1),
            ..rule("/open/*")
        },
        Rule {
            status: Some(502),
            method: Some("POST".to_owned()),
            ..rule("/open/echo")
        },
        Rule {
            status: Some(503),
            times: Some(1),
            ..rule("/open/echo")
        },
    ]);
    assert_eq!(server.statuses("/open/echo", 3).await, [501, 503, 200]);
    for _ in 0..3 {
        assert_eq!(
            server.post("/open/echo").send().await.status,
            502,
            "without times for ever"
        );
    }
    assert_eq!(server.statuses("/open/echoes", 1).await, [404]);
    server.break_it(Vec::new());
    assert_eq!(server.post("/open/echo").send().await.status, 200);
}

#[tokio::test]
async fn a_rule_meets_one_client_only_and_its_path_is_without_prefix() {
    let server = server().await;
    let rules = vec![Rule {
        status: Some(500),
        ..rule("/open/echo")
    }];
    server.running.set_rules("one", rules).unwrap();
    assert_eq!(server.statuses("/c/one/open/echo", 1).await, [500]);
    assert_eq!(server.statuses("/c/two/open/echo", 1).await, [200]);
    assert_eq!(server.statuses("/open/echo", 1).await, [200]);
}

#[tokio::test]
async fn a_preflight_uses_up_no_fault_unless_the_rule_names_it() {
    let server = Server::start(Config {
        allowed_origins: vec!["https://app.example.com".to_owned()],
        ..config()
    })
    .await;
    let preflight = async || {
        let call = server
            .call("OPTIONS", "/open/echo")
            .header("origin", "https://app.example.com");
        call.header("access-control-request-method", "GET")
            .send()
            .await
    };
    server.break_it(vec![Rule {
        status: Some(503),
        times: Some(1),
        ..rule("/open/echo")
    }]);
    assert_eq!(preflight().await.status, 200);
    let broken = server
        .get("/open/echo")
        .header("origin", "https://app.example.com")
        .send()
        .await;
    assert_eq!(broken.status, 503);
    let allowed = broken.header("access-control-allow-origin");
    assert_eq!(
        allowed,
        Some("https://app.example.com"),
        "the page can read a fault"
    );

    let options = Some("OPTIONS".to_owned());
    server.break_it(vec![Rule {
        status: Some(403),
        method: options,
        ..rule("/open/echo")
    }]);
    let refused = preflight().await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn html_is_what_a_captive_portal_answers() {
    let server = server().await;
    server.break_it(vec![Rule {
        html: true,
        times: Some(1),
        ..rule("/auth/*")
    }]);
    let answer = server.try_login("", "jwt", ADA, PASSWORD).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(answer.body.starts_with(b"<!doctype html>"));
}

#[tokio::test]
async fn a_body_can_be_anything() {
    let server = server().await;
    let body = r#"{"access_token": "ey"#;
    server.break_it(vec![Rule {
        body: Some(body.to_owned()),
        ..rule("/auth/jwt/login")
    }]);
    let answer = server.try_login("", "jwt", ADA, PASSWORD).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json"))
    );
    assert_eq!(answer.body, body);
}

#[tokio::test]
async fn headers_alone_are_added_to_the_real_answer() {
    let server = server().await;
    let headers = [("X-Added", "1"), ("Content-Type", "text/plain")];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    server.break_it(vec![Rule {
        headers,
        ..rule("/open/echo")
    }]);
    let answer = server.get("/open/echo").send().await;
    assert_eq!(answer.json()["path"], "/open/echo");
    assert_eq!(answer.header("x-added"), Some("1"));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
}

#[tokio::test]
async fn a_redirect_can_be_ordered() {
    let server = server().await;
    let headers = [("location".to_owned(), "https://other.example/".to_owned())].into();
    server.break_it(vec![Rule {
        status: Some(302),
        headers,
        ..rule("/open/echo")
    }]);
    let answer = server.get("/open/echo").send().await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("https://other.example/"))
    );
}

#[tokio::test]
async fn a_delay_is_before_the_work_or_after_it() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    let orders = async || {
        let orders = orders(&server, &token).await.json();
        orders["orders"].as_array().unwrap().len()
    };
    let method = Some("POST".to_owned());
    let path = "/api/jwt/orders";
    let delay = Some(1000);

    server.break_it(vec![Rule {
        delay_ms: delay,
        method: method.clone(),
        ..rule(path)
    }]);
    let start = Instant::now();
    let order = server.post(path).bearer(&token).send();
    let (answer, ()) = tokio::join!(order, async {
        until(|| is_waiting(&server, path)).await;
        let before = orders().await;
        assert!(
            is_waiting(&server, path),
            "this machine is too slow for this test"
        );
        assert_eq!(before, 0);
    });
    assert_eq!(answer.status, 201);
    assert!(start.elapsed() >= Duration::from_millis(1000));

    server.break_it(vec![Rule {
        delay_after_ms: delay,
        method,
        ..rule(path)
    }]);
    let start = Instant::now();
    let order = server.post(path).bearer(&token).send();
    let (answer, ()) = tokio::join!(order, async {
        while orders().await < 2 {}
        assert!(is_waiting(&server, path), "the answer came with the work");
    });
    assert_eq!(answer.status, 201);
    assert!(start.elapsed() >= Duration::from_millis(1000));
}

#[tokio::test]
async fn a_gate_is_before_the_work_or_after_it() {
    let server = server().await;
    let token = server.login("jwt").await.text("refresh_token");
    let path = "/auth/jwt/refresh";
    let gate = || Some("one".to_owned());
    let is_rotated = || {
        server
            .running
            .log("default")
            .iter()
            .any(|e| e.worked && e.path == path)
    };
    for (before, after) in [(gate(), None), (None, gate())] {
        server.running.clear_log("default").unwrap();
        let is_after = after.is_some();
        server.break_it(vec![Rule {
            gate: before,
            gate_after: after,
            ..rule(path)
        }]);
        let refresh = server.refresh(&token, Some("k"));
        let (answer, ()) = tokio::join!(refresh, async {
            until(|| is_waiting(&server, path) && is_rotated() == is_after).await;
            server.running.open_gate("default", "one").unwrap();
        });
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn the_log_tells_when_the_work_is_done_though_the_answer_is_held_back_or_lost() {
    let server = server().await;
    let token = server.login("jwt").await.text("refresh_token");
    let path = "/auth/jwt/refresh";
    server.running.clear_log("default").unwrap();
    server.break_it(vec![
        Rule {
            delay_ms: Some(1000),
            drop: Some(DropAt::Before),
            times: Some(1),
            ..rule(path)
        },
        Rule {
            status: Some(503),
            times: Some(1),
            ..rule(path)
        },
        Rule {
            delay_after_ms: Some(1000),
            times: Some(1),
            ..rule(path)
        },
    ]);
    let worked = |number: usize| server.running.log("default")[number].worked;
    tokio::select! {
        answer = server.refresh(&token, None) => panic!("not away yet: {answer:?}"),
        () = until(|| is_waiting(&server, path)) => assert!(!worked(0)),
    }
    server.refresh(&token, None).await;
    assert!(!worked(1), "a canned answer is no work");
    let refresh = server.refresh(&token, Some("k"));
    let (answer, ()) = tokio::join!(refresh, async {
        until(|| server.running.log("default").len() == 3 && worked(2)).await;
        assert!(is_waiting(&server, path), "the answer came with the work");
    });
    assert_eq!(answer.status, 200);
    assert!(!worked(0));
}

/// Whether a POST to `path` has arrived and has no answer yet.
fn is_waiting(server: &Server, path: &str) -> bool {
    let log = server.running.log("default");
    log.iter()
        .any(|e| e.method == "POST" && e.path == path && e.status.is_none())
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_drop_before_the_work_has_no_effect() {
    let server = server().await;
    let token = server.login("jwt").await.text("refresh_token");
    let drop = Some(DropAt::Before);
    server.break_it(vec![Rule {
        drop,
        times: Some(1),
        ..rule("/auth/jwt/refresh")
    }]);
    assert!(try_refresh(&server, &token).await.is_err());
    assert_eq!(server.refresh(&token, None).await.status, 200);
    let log = server.running.log("default");
    assert_eq!(
        log.iter().map(|entry| entry.status).collect::<Vec<_>>()[1..],
        [None, Some(200)]
    );
}

#[tokio::test]
async fn a_drop_after_the_work_loses_the_answer_only() {
    let server = server().await;
    let token = server.login("jwt").await.text("refresh_token");
    let drop = Some(DropAt::After);
    server.break_it(vec![Rule {
        drop,
        times: Some(1),
        ..rule("/auth/jwt/refresh")
    }]);
    assert!(try_refresh(&server, &token).await.is_err());
    server
        .refresh(&token, None)
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(server.running.log("default")[1].status, None);
}

async fn try_refresh(server: &Server, token: &str) -> hyper::Result<crate::support::Answer> {
    server
        .post("/auth/jwt/refresh")
        .json(&json!({ "refresh_token": token }))
        .try_send()
        .await
}

#[tokio::test]
async fn a_dropped_connection_closes_without_a_single_byte() {
    let server = server().await;
    for drop in [DropAt::Before, DropAt::After] {
        server.break_it(vec![Rule {
            drop: Some(drop),
            ..rule("/open/echo")
        }]);
        let mut stream = TcpStream::connect(server.running.addr()).await.unwrap();
        stream
            .write_all(b"GET /open/echo HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).await.unwrap();
        assert!(
            received.is_empty(),
            "{}",
            String::from_utf8_lossy(&received)
        );
    }
}

#[tokio::test]
async fn no_connection_is_kept_that_a_browser_could_repeat_a_dropped_request_on() {
    for (faults, connection) in [(true, Some("close")), (false, None)] {
        let server = Server::start(Config { faults, ..config() }).await;
        let answer = server.get("/open/echo").send().await;
        assert_eq!(answer.header("connection"), connection);
    }
}

#[tokio::test]
async fn work_is_done_though_the_caller_went_away() {
    let server = server().await;
    let token = server.login("jwt").await.text("refresh_token");
    server.break_it(vec![Rule {
        delay_ms: Some(100),
        times: Some(1),
        ..rule("/auth/*")
    }]);
    tokio::select! {
        answer = server.refresh(&token, None) => panic!("not away yet: {answer:?}"),
        () = until(|| is_waiting(&server, "/auth/jwt/refresh")) => {}
    }
    until(|| server.running.log("default")[1].status.is_some()).await;
    server
        .refresh(&token, None)
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn the_clock_of_a_client_can_be_off() {
    let server = server().await;
    let hour = 3_600_000;
    for offset in [hour, -hour, 0] {
        let put = server
            .put("/_faults/default/clock")
            .json(&json!({ "offsetMs": offset }));
        assert_eq!(put.send().await.status, 204);
        let login = server.login("jwt").await;
        let real = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let expected = real.as_secs().cast_signed() + offset / 1000;
        let claims = part(&login.text("access_token"), 1);
        let date = httpdate::parse_http_date(login.header("date").unwrap()).unwrap();
        let date = date
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs()
            .cast_signed();
        for shown in [
            claims["iat"].as_i64().unwrap(),
            claims["exp"].as_i64().unwrap() - 300,
            date,
        ] {
            assert!((expected - shown).abs() <= 2, "{shown} is not {expected}");
        }
        assert_eq!(
            orders(&server, &login.text("access_token")).await.status,
            200
        );
    }
    let absurd = server
        .put("/_faults/default/clock")
        .json(&json!({ "offsetMs": i64::MAX }));
    absurd.send().await.is_error(400, "invalid_request");
}

#[tokio::test]
async fn a_fault_that_is_none_is_refused_and_names_what_is_wrong() {
    let server = server().await;
    let put = async |rules| {
        server
            .put("/_faults/default/rules")
            .json(&rules)
            .send()
            .await
    };
    for (rules, wrong) in [
        (json!([{ "path": "open" }]), "path"),
        (json!([{ "path": "/a", "status": 99 }]), "status"),
        (json!([{ "path": "/a", "status": 100 }]), "status"),
        (json!([{ "path": "/a", "method": "G ET" }]), "method"),
        (
            json!([{ "path": "/a", "headers": { "a b": "c" } }]),
            "headers",
        ),
        (
            json!([{ "path": "/a", "headers": { "a": "\n" } }]),
            "headers",
        ),
        (json!([{ "path": "/a", "delay": 5 }]), "JSON"),
        (json!([{ "path": "/a", "drop": "sometimes" }]), "JSON"),
        (json!([{}]), "JSON"),
        (json!({}), "JSON"),
    ] {
        let answer = put(rules).await;
        answer.is_error(400, "invalid_request");
        assert!(
            answer.text("error_description").contains(wrong),
            "{answer:?}"
        );
    }
    let no_client = server.get("/_faults/a_b/log").send().await;
    no_client.is_error(400, "invalid_request");
    assert!(server.running.set_clock("", 0).is_err());
}

#[tokio::test]
async fn faults_can_be_set_over_http_as_well() {
    let server = server().await;
    let post = async |path: &str| {
        server
            .post(&format!("/_faults/default/{path}"))
            .send()
            .await
    };
    let jwt = server.login("jwt").await;
    assert_eq!(post("expire").await.status, 204);
    orders(&server, &jwt.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    let kid = async || server.get("/.well-known/jwks.json").send().await.json()["keys"].clone();
    let before = kid().await;
    assert_eq!(post("rotate-key").await.status, 204);
    assert_eq!(kid().await[0], before[0]);
    assert_eq!(kid().await.as_array().unwrap().len(), 2);

    let session = server.login("session").await;
    let csrf = async || {
        server
            .get("/auth/session/csrf")
            .cookies_of(&session)
            .send()
            .await
    };
    let before = csrf().await.text("csrfToken");
    assert_eq!(post("rotate-csrf").await.status, 204);
    assert_ne!(csrf().await.text("csrfToken"), before);
    assert_eq!(post("revoke").await.status, 204);
    let me = server
        .get("/auth/session/me")
        .cookies_of(&session)
        .send()
        .await;
    me.is_error(401, "unauthorized");
    server
        .refresh(&jwt.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_reset_brings_everything_back_to_the_start() {
    let server = server().await;
    let jwt = server.login("jwt").await;
    let session = server.login("session").await;
    for _ in 0..10 {
        server
            .try_login("", "jwt", "grace@example.com", "wrong")
            .await;
    }
    server.break_it(vec![Rule {
        status: Some(500),
        ..rule("/open/*")
    }]);
    server.running.set_clock("default", 86_400_000).unwrap();
    let settings = json!({ "opaque": true });
    server
        .put("/_faults/default/settings")
        .json(&settings)
        .send()
        .await;

    assert_eq!(
        server
            .call("DELETE", "/_faults/default")
            .send()
            .await
            .status,
        204
    );
    assert_eq!(server.running.log("default"), []);
    assert_eq!(server.statuses("/open/echo", 1).await, [200]);
    orders(&server, &jwt.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    server
        .refresh(&jwt.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    let me = server
        .get("/auth/session/me")
        .cookies_of(&session)
        .send()
        .await;
    me.is_error(401, "unauthorized");
    let login = server
        .try_login("", "jwt", "grace@example.com", "battery staple")
        .await;
    assert!(login.text("access_token").contains('.'));
}
