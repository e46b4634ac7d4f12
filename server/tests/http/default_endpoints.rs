//! `/auth/login` and the like, without a mode in their path.

use hallpass_server::{Config, DefaultMode};
use serde_json::json;

use crate::support::{ADA, Answer, Call, PASSWORD, Server, config, server};

async fn of_mode(mode: DefaultMode) -> Server {
    Server::start(Config { mode, ..config() }).await
}

async fn login(server: &Server) -> Answer {
    let body = json!({ "email": ADA, "password": PASSWORD });
    let answer = server.post("/auth/login").json(&body).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn names(answer: &Answer) -> Vec<String> {
    let cookies = answer.cookies();
    let mut names: Vec<_> = cookies.iter().map(|c| c.name().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// As a browser keeps them: of each name the last.
fn with_cookies<'a>(call: Call<'a>, answer: &Answer) -> Call<'a> {
    let kept: Vec<_> = names(answer)
        .iter()
        .map(|name| {
            let cookies = answer.cookies().into_iter();
            let last = cookies.rev().find(|cookie| cookie.name() == name);
            format!("{name}={}", last.unwrap().value())
        })
        .collect();
    call.header("cookie", &kept.join("; "))
}

fn csrf(answer: &Answer) -> String {
    let cookies = answer.cookies().into_iter();
    let last = cookies.rev().find(|cookie| cookie.name() == "XSRF-TOKEN");
    last.unwrap().value().to_owned()
}

#[tokio::test]
async fn they_are_those_of_the_mode_that_the_server_is_for() {
    let session = of_mode(DefaultMode::Session).await;
    let answer = login(&session).await;
    assert_eq!(names(&answer), ["XSRF-TOKEN", "hallpass_session"]);
    assert!(answer.json()["access_token"].is_null());
    let me = session.get("/auth/me").cookies_of(&answer).send().await;
    assert_eq!(me.json()["user"]["email"], ADA);
    let refresh = session.post("/auth/refresh").send().await;
    refresh.is_error(404, "not_found");

    let jwt = of_mode(DefaultMode::Jwt).await;
    let answer = login(&jwt).await;
    assert!(answer.cookies().is_empty());
    let body = json!({ "refresh_token": answer.text("refresh_token") });
    let refreshed = jwt.post("/auth/refresh").json(&body).send().await;
    assert_eq!(refreshed.status, 200);

    let hybrid = of_mode(DefaultMode::Hybrid).await;
    let answer = login(&hybrid).await;
    assert_eq!(names(&answer), ["XSRF-TOKEN", "hallpass_refresh"]);
    assert!(answer.json()["refresh_token"].is_null());
    let refresh = hybrid.post("/auth/refresh").cookies_of(&answer);
    let refreshed = refresh.csrf(&csrf(&answer)).send().await;
    assert_eq!(refreshed.status, 200);
    assert_eq!(refreshed.cookie("hallpass_refresh").path(), Some("/auth"));
}

#[tokio::test]
async fn by_default_they_serve_a_session() {
    let server = server().await;
    let answer = login(&server).await;
    let me = with_cookies(server.get("/auth/me"), &answer).send().await;
    assert_eq!(me.json()["user"]["email"], ADA);
    let order = || with_cookies(server.post("/api/orders"), &answer);
    order().send().await.is_error(403, "csrf_failed");
    assert_eq!(order().csrf(&csrf(&answer)).send().await.status, 201);
    let logout = || with_cookies(server.post("/auth/logout"), &answer);
    logout().send().await.is_error(403, "csrf_failed");
    let done = logout().csrf(&csrf(&answer)).send().await;
    assert_eq!(done.status, 204);
    assert_eq!(
        names(&done),
        ["XSRF-TOKEN", "hallpass_refresh", "hallpass_session"]
    );
    let me = with_cookies(server.get("/auth/me"), &answer).send().await;
    me.is_error(401, "unauthorized");
}

#[tokio::test]
async fn by_default_they_serve_who_holds_tokens() {
    let server = server().await;
    let answer = login(&server).await;
    let me = server.get("/auth/me").bearer(&answer.text("access_token"));
    assert_eq!(me.send().await.json()["user"]["email"], ADA);
    let body = json!({ "refresh_token": answer.text("refresh_token") });
    let refreshed = server.post("/auth/refresh").json(&body).send().await;
    assert_eq!(refreshed.json()["expires_in"], 300);
    let token = refreshed.text("access_token");
    let orders = || server.get("/api/orders").bearer(&token);
    assert_eq!(orders().send().await.status, 200);
    // Its page sends no CSRF token, and the cookies of that login end as well.
    let logout = with_cookies(server.post("/auth/logout"), &answer)
        .header("sec-fetch-site", "same-origin")
        .bearer(&token)
        .send()
        .await;
    assert_eq!(logout.status, 204);
    orders().send().await.is_error(401, "invalid_token");
    let me = with_cookies(server.get("/auth/me"), &answer).send().await;
    me.is_error(401, "unauthorized");
}

#[tokio::test]
async fn by_default_they_serve_who_has_a_refresh_cookie() {
    let server = server().await;
    let answer = login(&server).await;
    let refresh = || with_cookies(server.post("/auth/refresh"), &answer);
    refresh().send().await.is_error(403, "csrf_failed");
    // The token of the session, which was set with it.
    let refreshed = refresh().csrf(&csrf(&answer)).send().await;
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    assert!(refreshed.json()["refresh_token"].is_null());
    let me = server
        .get("/auth/me")
        .bearer(&refreshed.text("access_token"));
    assert_eq!(me.send().await.status, 200);
    // And its own, which was set since.
    let again = with_cookies(server.post("/auth/refresh"), &refreshed);
    let again = again.csrf(&csrf(&refreshed)).send().await;
    assert_eq!(again.status, 200);
    let nobody = server.post("/auth/refresh").send().await;
    nobody.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_form_of_another_site_ends_nothing_by_a_token_of_its_own() {
    let server = server().await;
    let (victim, attacker) = (login(&server).await, login(&server).await);
    let token = attacker.text("refresh_token");
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let logout = with_cookies(server.post("/auth/logout"), &victim)
        .header("origin", "https://evil.example.com")
        .header("sec-fetch-site", "cross-site")
        .form(&form)
        .send()
        .await;
    assert!(logout.cookies().is_empty(), "{logout:?}");
    let me = with_cookies(server.get("/auth/me"), &victim).send().await;
    assert_eq!(me.status, 200);
}

#[tokio::test]
async fn all_of_a_user_ends_and_a_password_changes_by_whatever_came_along() {
    let server = server().await;
    let (by_cookie, by_token) = (login(&server).await, login(&server).await);
    let change = json!({ "current_password": PASSWORD, "new_password": "another horse" });
    let changed = server
        .post("/auth/password")
        .bearer(&by_token.text("access_token"))
        .json(&change)
        .send()
        .await;
    assert_eq!(changed.status, 204, "{changed:?}");
    let me = with_cookies(server.get("/auth/me"), &by_cookie);
    me.send().await.is_error(401, "unauthorized");
    let everywhere = server.post("/auth/logout-everywhere");
    let everywhere = everywhere.bearer(&by_token.text("access_token"));
    assert_eq!(everywhere.send().await.status, 204);
    let me = server
        .get("/auth/me")
        .bearer(&by_token.text("access_token"));
    me.send().await.is_error(401, "invalid_token");
    let nobody = server.post("/auth/logout-everywhere").send().await;
    nobody.is_error(401, "unauthorized");
}
