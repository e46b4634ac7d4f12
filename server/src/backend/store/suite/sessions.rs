//! Sessions.

use super::pair::*;

on_every_store!(
    a_session_is_seen_by_all_and_ended_for_all,
    a_session_ends_idle_and_absolutely,
    a_login_replaces_its_session,
);

async fn a_session_is_seen_by_all_and_ended_for_all(Pair { one, two, .. }: Pair) {
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let seen = two.touch_session(&at("default", 1), session.hash).await;
    assert_eq!(seen.unwrap(), Some(session.clone()));
    let other = two.touch_session(&at("other", 1), session.hash).await;
    assert_eq!(other.unwrap(), None);
    two.end_session(&at("other", 2), session.hash)
        .await
        .unwrap();
    assert!(
        one.touch_session(&start(), session.hash)
            .await
            .unwrap()
            .is_some()
    );
    two.end_session(&at("default", 2), session.hash)
        .await
        .unwrap();
    let gone = one.touch_session(&at("default", 3), session.hash).await;
    assert_eq!(gone.unwrap(), None);
}

async fn a_session_ends_idle_and_absolutely(Pair { one, two, .. }: Pair) {
    let (idle, absolute) = (30 * 60_000, 12 * 3_600_000);
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let mut time = 0;
    while time + idle - 1 < absolute {
        time += idle - 1;
        let seen = two.touch_session(&at("default", time), session.hash).await;
        assert!(seen.unwrap().is_some(), "in use until {time}");
    }
    let ended = one
        .touch_session(&at("default", absolute), session.hash)
        .await;
    assert_eq!(ended.unwrap(), None);
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let ended = two.touch_session(&at("default", idle), session.hash).await;
    assert_eq!(ended.unwrap(), None);
    let ended = one.touch_session(&start(), session.hash).await;
    assert_eq!(ended.unwrap(), None, "for good");
}

async fn a_login_replaces_its_session(Pair { one, two, .. }: Pair) {
    let (first, second) = (session("ada"), session("ada"));
    one.start_session(&start(), first.clone(), None)
        .await
        .unwrap();
    two.start_session(&start(), second.clone(), Some(first.hash))
        .await
        .unwrap();
    assert_eq!(one.touch_session(&start(), first.hash).await.unwrap(), None);
    assert_eq!(
        one.touch_session(&start(), second.hash).await.unwrap(),
        Some(second)
    );
}
