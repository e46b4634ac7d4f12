//! A database on disk.

use std::path::Path;

use hallpass_server::{Config, StoreConfig};

use crate::files::Folder;
use crate::jwt::orders;
use crate::support::{Answer, Server, config};

async fn server(folder: &Folder) -> Server {
    let database = Some(folder.path().join("test.sqlite"));
    Server::start(Config {
        database,
        store: StoreConfig::Sqlite,
        ..config()
    })
    .await
}

#[tokio::test]
async fn sessions_and_families_outlive_a_restart() {
    let folder = Folder::new("restart");
    let first = server(&folder).await;
    let session = first.login("session").await;
    let jwt = first.login("jwt").await;
    let lost = first
        .refresh(&jwt.text("refresh_token"), Some("attempt-1"))
        .await;
    let hybrid = first.login("hybrid").await;
    first.running.stop().await;

    let second = server(&folder).await;
    let csrf = |answer: &Answer| answer.cookie("XSRF-TOKEN").value().to_owned();
    let order = second
        .post("/api/session/orders")
        .cookies_of(&session)
        .csrf(&csrf(&session));
    assert_eq!(order.send().await.status, 201);
    let repeated = second
        .refresh(&jwt.text("refresh_token"), Some("attempt-1"))
        .await;
    assert_eq!(repeated.body, lost.body, "the grace window too");
    let refresh = second
        .post("/auth/hybrid/refresh")
        .cookies_of(&hybrid)
        .csrf(&csrf(&hybrid));
    let refreshed = refresh.send().await;
    assert_eq!(refreshed.status, 200);

    // Signing keys are of one run: the page refreshes.
    orders(&second, &lost.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    assert_eq!(
        second
            .refresh(&lost.text("refresh_token"), None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn no_secret_is_readable_in_the_files() {
    let folder = Folder::new("secrets");
    let server = server(&folder).await;
    let settings = hallpass_server::Settings {
        opaque: Some(true),
        ..Default::default()
    };
    server.running.settings("default", &settings).unwrap();
    let session = server.login("session").await;
    let hybrid = server.login("hybrid").await;
    let jwt = server.login("jwt").await;
    let refreshed = server
        .refresh(&jwt.text("refresh_token"), Some("attempt-1"))
        .await;
    let secrets = [
        session.cookie("hallpass_session").value().to_owned(),
        session.cookie("XSRF-TOKEN").value().to_owned(),
        hybrid.cookie("hallpass_refresh").value().to_owned(),
        hybrid.text("access_token"),
        jwt.text("access_token"),
        jwt.text("refresh_token"),
        refreshed.text("access_token"),
        refreshed.text("refresh_token"),
        crate::support::PASSWORD.to_owned(),
    ];
    server.running.stop().await;
    let bytes = all_bytes(folder.path());
    assert!(contains(&bytes, b"ada@example.com"), "the right files");
    assert!(contains(&bytes, b"$argon2id$v=19$"));
    for secret in secrets {
        assert!(!contains(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error() {
    let database = Some("/nonexistent/folder/test.sqlite".into());
    assert!(
        hallpass_server::start(Config {
            database,
            ..config()
        })
        .await
        .is_err()
    );
}

/// Of the database and what SQLite keeps beside it.
pub fn all_bytes(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
