//! Refresh tokens that come again: stolen, or just an answer that was lost.

use std::sync::Arc;

use hallpass_server::{Note, Settings};
use tokio::task::JoinSet;

use crate::jwt::orders;
use crate::support::{Answer, Server, server};

fn notes(server: &Server) -> Vec<Option<Note>> {
    let log = server.running.log("default");
    log.iter()
        .filter(|entry| entry.path.ends_with("/refresh"))
        .map(|entry| entry.note)
        .collect()
}

async fn login(server: &Server) -> (Answer, String) {
    let login = server.login("jwt").await;
    let token = login.text("refresh_token");
    (login, token)
}

#[tokio::test]
async fn reuse_ends_the_whole_family() {
    let server = server().await;
    let (login, token) = login(&server).await;
    let refreshed = server.refresh(&token, None).await;
    server
        .refresh(&token, None)
        .await
        .is_error(400, "invalid_grant");
    let newest = refreshed.text("refresh_token");
    server
        .refresh(&newest, None)
        .await
        .is_error(400, "invalid_grant");
    orders(&server, &refreshed.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    orders(&server, &login.text("access_token"))
        .await
        .is_error(401, "invalid_token");
    assert_eq!(notes(&server), [None, Some(Note::ReuseDetected), None]);
}

#[tokio::test]
async fn reuse_leaves_other_families_alone() {
    let server = server().await;
    let (other, _) = login(&server).await;
    let (_, token) = login(&server).await;
    server.refresh(&token, None).await;
    server
        .refresh(&token, None)
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        orders(&server, &other.text("access_token")).await.status,
        200
    );
    assert_eq!(
        server
            .refresh(&other.text("refresh_token"), None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_same_attempt_gets_the_very_same_answer() {
    let server = server().await;
    let (_, token) = login(&server).await;
    let first = server.refresh(&token, Some("attempt-1")).await;
    let again = server.refresh(&token, Some("attempt-1")).await;
    assert_eq!(again.status, 200);
    assert_eq!(first.body, again.body);
    assert_eq!(notes(&server), [None, Some(Note::GraceReplay)]);
    assert_eq!(
        server
            .refresh(&first.text("refresh_token"), None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn another_attempt_with_the_same_token_is_reuse() {
    for second in [None, Some("attempt-2")] {
        let server = server().await;
        let (_, token) = login(&server).await;
        let first = server.refresh(&token, Some("attempt-1")).await;
        server
            .refresh(&token, second)
            .await
            .is_error(400, "invalid_grant");
        server
            .refresh(&token, Some("attempt-1"))
            .await
            .is_error(400, "invalid_grant");
        let newest = first.text("refresh_token");
        server
            .refresh(&newest, None)
            .await
            .is_error(400, "invalid_grant");
        assert_eq!(notes(&server)[1], Some(Note::ReuseDetected));
    }
}

#[tokio::test]
async fn an_answer_that_was_spent_since_is_not_given_again() {
    let server = server().await;
    let (_, token) = login(&server).await;
    let first = server.refresh(&token, Some("attempt-1")).await;
    let second = server
        .refresh(&first.text("refresh_token"), Some("attempt-2"))
        .await;
    assert_eq!(second.status, 200);
    server
        .refresh(&token, Some("attempt-1"))
        .await
        .is_error(400, "invalid_grant");
    // The answer had not got lost, so somebody else has the token.
    server
        .refresh(&second.text("refresh_token"), None)
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(
        notes(&server),
        [None, None, Some(Note::ReuseDetected), None]
    );
}

#[tokio::test]
async fn an_attempt_without_a_name_cannot_be_named_later() {
    let server = server().await;
    let (_, token) = login(&server).await;
    server.refresh(&token, None).await;
    server
        .refresh(&token, Some("attempt-1"))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn the_grace_window_closes() {
    let server = server().await;
    let (_, token) = login(&server).await;
    server.refresh(&token, Some("a")).await;
    server.running.set_clock("default", 29_000).unwrap();
    assert_eq!(server.refresh(&token, Some("a")).await.status, 200);
    server.running.set_clock("default", 31_000).unwrap();
    server
        .refresh(&token, Some("a"))
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(notes(&server)[2], Some(Note::ReuseDetected));
}

#[tokio::test]
async fn the_grace_window_can_be_set() {
    let server = server().await;
    let settings = Settings {
        grace_ms: Some(1_000),
        ..Settings::default()
    };
    server.running.settings("default", &settings).unwrap();
    let (_, token) = login(&server).await;
    server.refresh(&token, Some("a")).await;
    server.running.set_clock("default", 2_000).unwrap();
    server
        .refresh(&token, Some("a"))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_logout_closes_the_grace_window() {
    let server = server().await;
    let (_, token) = login(&server).await;
    server.refresh(&token, Some("a")).await;
    server.running.revoke("default").await.unwrap();
    server
        .refresh(&token, Some("a"))
        .await
        .is_error(400, "invalid_grant");
}

#[tokio::test]
async fn of_a_hundred_parallel_refreshes_one_rotates() {
    let (answers, notes) = hundred_refreshes(None).await;
    let granted: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(granted.len(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.is_error(400, "invalid_grant");
    }
    assert_eq!(
        notes
            .iter()
            .filter(|note| **note == Some(Note::ReuseDetected))
            .count(),
        99
    );
}

#[tokio::test]
async fn a_hundred_parallel_refreshes_of_one_attempt_get_one_answer() {
    let (answers, notes) = hundred_refreshes(Some("attempt-1")).await;
    let first = &answers[0];
    assert_eq!(first.status, 200);
    assert!(answers.iter().all(|answer| answer.body == first.body));
    assert_eq!(notes.iter().filter(|note| note.is_none()).count(), 1);
    assert_eq!(
        notes
            .iter()
            .filter(|note| **note == Some(Note::GraceReplay))
            .count(),
        99
    );
}

async fn hundred_refreshes(attempt: Option<&'static str>) -> (Vec<Answer>, Vec<Option<Note>>) {
    let server = Arc::new(server().await);
    let (_, token) = login(&server).await;
    let mut refreshes = JoinSet::new();
    for _ in 0..100 {
        let (server, token) = (server.clone(), token.clone());
        refreshes.spawn(async move { server.refresh(&token, attempt).await });
    }
    (refreshes.join_all().await, notes(&server))
}
