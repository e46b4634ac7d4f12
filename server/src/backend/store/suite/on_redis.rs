//! What Redis alone can do wrong.

use super::pair::*;
use super::server;
use crate::backend::clock::Millis;
use crate::backend::error::StoreError;
use crate::backend::store::records::{FamilyRecord, Mode, Rotation};
use std::time::Duration;

#[tokio::test]
async fn what_redis_keeps_ends_by_itself() {
    let redis = server::Redis::start().await;
    let store = connected(&redis).await;
    let mut brief = start();
    brief.policy.idle_ttl = Duration::from_millis(100);
    brief.policy.refresh_ttl = Duration::from_millis(100);
    brief.policy.grace = Duration::from_millis(100);
    let session = session("ada");
    store
        .start_session(&brief, session.clone(), None)
        .await
        .unwrap();
    let expires_at = brief.refresh_end(Millis::MAX);
    let (family, token) = (family("ada", Mode::Jwt), hash());
    let family = FamilyRecord {
        expires_at,
        ..family
    };
    store
        .start_family(&brief, family.clone(), refresh(token))
        .await
        .unwrap();
    let rotation = Rotation {
        sealed_answer: Some(vec![1]),
        expires_at,
        ..rotation(&family.id, token, hash())
    };
    assert!(store.rotate(&brief, rotation).await.unwrap());
    store
        .login_attempt(&brief, hash(), 10)
        .await
        .unwrap()
        .unwrap();
    store.revoke_jti(&brief, "1.jwt.a", 100).await.unwrap();
    assert_eq!(
        redis.command("KEYS hallpass:default:refresh:*").await.len(),
        2
    );
    assert_eq!(
        redis.command("KEYS hallpass:default:answer:*").await.len(),
        1
    );
    while !redis
        .command("KEYS hallpass:default:[^fi]*")
        .await
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.revoked().await.unwrap(), []);
    // The family lasts as long as its access tokens may, and so does the index; the count of logins lasts its window.
    for key in redis.command("KEYS hallpass:default:*").await {
        let left = redis.command(&format!("PTTL {key}")).await;
        let left: Millis = left.first().unwrap().parse().unwrap();
        assert!((1..=400_000).contains(&left), "{key}: {left}");
    }
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_away_until_it_does() {
    let redis = server::Redis::start().await;
    let store = connected(&redis).await;
    redis.pause();
    let began = std::time::Instant::now();
    for _ in 0..20 {
        assert!(matches!(
            store.has_users().await,
            Err(StoreError::Unavailable(_))
        ));
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "twenty wait no longer than one"
    );
    redis.resume();
    let back = async {
        while store.has_users().await.is_err() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back)
        .await
        .expect("it comes back");
}
