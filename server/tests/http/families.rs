//! How long a family of refresh tokens lives, and how much is kept of it.

use std::time::Duration;

use hallpass_server::{Config, Note, StoreConfig};
use rusqlite::Connection;

use crate::files::Folder;
use crate::jwt::orders;
use crate::support::{Answer, Server, config, server};

const DAY_MS: i64 = 24 * 3_600_000;

async fn refreshed(server: &Server, answer: &Answer) -> Answer {
    let answer = server.refresh(&answer.text("refresh_token"), None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn a_family_ends_a_month_after_its_login_however_often_it_is_renewed() {
    let server = server().await;
    let mut last = server.login("jwt").await;
    for day in [10, 20, 29] {
        server.running.set_clock("default", day * DAY_MS).unwrap();
        last = refreshed(&server, &last).await;
    }
    server.running.set_clock("default", 31 * DAY_MS).unwrap();
    server
        .refresh(&last.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn the_end_of_a_family_ends_its_cookies_and_access_tokens() {
    let server = Server::start(Config {
        family_ttl: Duration::from_secs(100),
        ..config()
    })
    .await;
    let hybrid = server.login("hybrid").await;
    for name in ["hallpass_refresh", "XSRF-TOKEN"] {
        let life = hybrid.cookie(name).max_age().unwrap().whole_seconds();
        assert!((98..=100).contains(&life), "{name}: {life}");
    }
    let jwt = server.login("jwt").await;
    assert!(jwt.json()["expires_in"].as_u64().unwrap() <= 100);
    server.running.set_clock("default", 101_000).unwrap();
    orders(&server, &jwt.text("access_token"))
        .await
        .is_error(401, "invalid_token");
}

#[tokio::test]
async fn a_token_that_was_spent_long_ago_still_ends_its_family() {
    let server = server().await;
    let first = server.login("jwt").await;
    let other = server.login("jwt").await;
    let mut last = first.clone();
    for _ in 0..40 {
        last = refreshed(&server, &last).await;
    }
    server
        .refresh(&first.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    let log = server.running.log("default");
    assert_eq!(log.last().unwrap().note, Some(Note::ReuseDetected));
    server
        .refresh(&last.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    refreshed(&server, &other).await;
}

#[tokio::test]
async fn a_token_that_was_spent_long_ago_revokes_and_signs_out_too() {
    let server = server().await;
    let first = server.login("jwt").await;
    let mut last = first.clone();
    for _ in 0..3 {
        last = refreshed(&server, &last).await;
    }
    let revoke = server.post("/auth/jwt/revoke");
    let token = first.text("refresh_token");
    let revoked = revoke.form(&format!("token={token}")).send().await;
    assert_eq!(revoked.status, 200);
    orders(&server, &last.text("access_token"))
        .await
        .is_error(401, "invalid_token");
}

#[tokio::test]
async fn a_hundred_renewals_leave_two_rows() {
    let folder = Folder::new("renewals");
    let database = folder.path().join("test.sqlite");
    let server = Server::start(Config {
        database: Some(database.clone()),
        store: StoreConfig::Sqlite,
        ..config()
    })
    .await;
    let mut last = server.login("jwt").await;
    for _ in 0..100 {
        last = refreshed(&server, &last).await;
    }
    server.running.stop().await;
    let rows: u32 = Connection::open(database)
        .unwrap()
        .query_row("SELECT count(*) FROM refresh_tokens", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 2);
}

#[tokio::test]
async fn a_file_of_before_families_had_an_end_is_taken_over() {
    let folder = Folder::new("before");
    let database = folder.path().join("test.sqlite");
    let start = async || {
        Server::start(Config {
            database: Some(database.clone()),
            store: StoreConfig::Sqlite,
            ..config()
        })
        .await
    };
    let first = start().await;
    let login = first.login("jwt").await;
    first.running.stop().await;
    Connection::open(&database)
        .unwrap()
        .execute_batch("ALTER TABLE families DROP COLUMN must_end_at")
        .unwrap();
    let second = start().await;
    let last = refreshed(&second, &login).await;
    second.running.set_clock("default", 15 * DAY_MS).unwrap();
    second
        .refresh(&last.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
}
