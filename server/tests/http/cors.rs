//! Pages of other origins.

use hallpass_server::Config;

use crate::support::{Answer, Call, Server, config};

const LISTED: &str = "https://app.example.com";

async fn server() -> Server {
    let allowed_origins = vec![LISTED.to_owned()];
    Server::start(Config {
        allowed_origins,
        ..config()
    })
    .await
}

fn preflight<'a>(server: &'a Server, path: &str, origin: &str, headers: &str) -> Call<'a> {
    server
        .call("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers)
}

fn allowed_origin(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

fn list(answer: &Answer, name: &str) -> Vec<String> {
    let value = answer.header(name).unwrap_or_default().to_lowercase();
    value
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect()
}

#[tokio::test]
async fn a_listed_origin_may_read_with_credentials() {
    let server = server().await;
    for (path, status) in [
        ("/open/echo", 200),
        ("/api/jwt/orders", 401),
        ("/nothing", 404),
    ] {
        let answer = server.get(path).header("origin", LISTED).send().await;
        assert_eq!(answer.status, status);
        assert_eq!(allowed_origin(&answer), Some(LISTED));
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            Some("true")
        );
        assert!(list(&answer, "vary").contains(&"origin".to_owned()));
        let exposed = list(&answer, "access-control-expose-headers");
        for name in ["retry-after", "www-authenticate", "date"] {
            assert!(exposed.contains(&name.to_owned()), "{name}");
        }
    }
}

#[tokio::test]
async fn any_other_origin_may_not() {
    let server = server().await;
    for origin in [
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        "null",
    ] {
        let answer = server
            .get("/open/echo")
            .header("origin", origin)
            .send()
            .await;
        assert_eq!(allowed_origin(&answer), None, "{origin}");
        assert!(list(&answer, "vary").contains(&"origin".to_owned()));
        let asked = preflight(&server, "/open/echo", origin, "authorization")
            .send()
            .await;
        assert_eq!(allowed_origin(&asked), None, "{origin}");
    }
}

#[tokio::test]
async fn a_preflight_gives_leave_for_what_hallpass_sends() {
    let server = server().await;
    let headers = "authorization,content-type,x-xsrf-token,idempotency-key,x-refresh-token";
    let answer = preflight(&server, "/auth/jwt/refresh", LISTED, headers)
        .send()
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(allowed_origin(&answer), Some(LISTED));
    assert_eq!(
        answer.header("access-control-allow-credentials"),
        Some("true")
    );
    let allowed = list(&answer, "access-control-allow-headers");
    for name in headers.split(',') {
        assert!(allowed.contains(&name.to_owned()), "{name}");
    }
    assert!(!allowed.contains(&"x-other".to_owned()));
    assert!(list(&answer, "access-control-allow-methods").contains(&"delete".to_owned()));
}

#[tokio::test]
async fn a_preflight_is_in_the_log() {
    let server = server().await;
    preflight(&server, "/auth/jwt/refresh", LISTED, "content-type")
        .send()
        .await;
    let log = server.running.log("default");
    assert_eq!(
        (log[0].method.as_str(), log[0].status),
        ("OPTIONS", Some(200))
    );
    assert_eq!(log[0].origin.as_deref(), Some(LISTED));
}

#[tokio::test]
async fn any_page_may_set_faults_but_not_with_credentials() {
    let server = server().await;
    let origin = "https://anywhere.example";
    let answer = preflight(&server, "/_faults/default/rules", origin, "content-type")
        .send()
        .await;
    assert_eq!(allowed_origin(&answer), Some("*"));
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("content-type")
    );
    assert!(list(&answer, "access-control-allow-methods").contains(&"*".to_owned()));
    let log = server
        .get("/_faults/default/log")
        .header("origin", origin)
        .send()
        .await;
    assert_eq!(allowed_origin(&log), Some("*"));
    assert_eq!(log.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn what_is_no_origin_cannot_be_listed() {
    for wrong in [
        "*",
        "",
        "app.example.com",
        "https://app.example.com/",
        "ftp://a",
        "https://a b",
    ] {
        let allowed_origins = vec![wrong.to_owned()];
        let started = hallpass_server::start(Config {
            allowed_origins,
            ..config()
        })
        .await;
        assert!(started.is_err(), "{wrong:?}");
    }
}
