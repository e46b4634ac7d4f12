//! Families of refresh tokens.

use super::pair::*;
use crate::backend::clock::Millis;
use crate::backend::store::records::{Mode, Revoked, Rotation};
use std::sync::Arc;
use tokio::sync::Barrier;

/// How many races there are: `HALLPASS_RACES`, else some.
fn races() -> usize {
    let count = std::env::var("HALLPASS_RACES").ok();
    count.map_or(200, |count| {
        count.parse().expect("HALLPASS_RACES is a number")
    })
}

on_every_store!(
    a_refresh_token_rotates_once,
    of_a_family_two_tokens_are_kept,
    a_refresh_token_is_known_to_its_mode_and_client,
    a_rotation_keeps_its_answer,
    an_ended_refresh_token_does_not_rotate,
    a_revoked_family_is_refused_by_all,
    of_two_rotations_at_once_one_takes_place,
);

async fn a_refresh_token_rotates_once(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let next = hash();
    assert!(
        two.rotate(&at("default", 1), rotation(&family.id, token, next))
            .await
            .unwrap()
    );
    for store in [&one, &two] {
        let again = store
            .rotate(&at("default", 2), rotation(&family.id, token, hash()))
            .await;
        assert!(!again.unwrap());
        let old = store
            .refresh_token(&start(), None, token)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(old.rotated_at, Some(NOW + 1));
        let new = store
            .refresh_token(&start(), None, next)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(new.rotated_at, None);
        assert_eq!(new.expires_at, start().refresh_end(Millis::MAX));
        assert_eq!(new.must_end_at, start().family_end());
        assert_eq!((new.family, new.user), (family.id.clone(), user("ada")));
        assert_eq!(new.csrf_nonce, family.csrf_nonce);
    }
    let strange = rotation("another", next, hash());
    assert!(!one.rotate(&start(), strange).await.unwrap());
    let unknown = rotation(&family.id, hash(), hash());
    assert!(!one.rotate(&start(), unknown).await.unwrap());
}

async fn of_a_family_two_tokens_are_kept(Pair { one, two, .. }: Pair) {
    let (family, first) = started(&*one, "ada").await;
    let (_, others) = started(&*one, "ada").await;
    let (second, third) = (hash(), hash());
    for (old, new) in [(first, second), (second, third)] {
        let rotation = rotation(&family.id, old, new);
        assert!(two.rotate(&start(), rotation).await.unwrap());
    }
    let rotated_at = async |token| {
        let known = one.refresh_token(&start(), None, token).await.unwrap();
        known.map(|known| known.rotated_at)
    };
    assert_eq!(rotated_at(first).await, None);
    assert_eq!(rotated_at(second).await, Some(Some(NOW)));
    assert_eq!(rotated_at(third).await, Some(None));
    assert_eq!(rotated_at(others).await, Some(None));
    let forgotten = one.family(&start(), Mode::Jwt, &family.id).await;
    let forgotten = forgotten.unwrap().unwrap();
    assert_eq!(
        (forgotten.user, forgotten.csrf_nonce, forgotten.revoked),
        (user("ada"), family.csrf_nonce, false)
    );
    assert_eq!(forgotten.must_end_at, family.must_end_at);
    assert!(forgotten.rotated_at.is_some());
    for (at, mode, id) in [
        (start(), Mode::Hybrid, family.id.as_str()),
        (at("other", 0), Mode::Jwt, &family.id),
        (start(), Mode::Jwt, "another"),
    ] {
        assert!(one.family(&at, mode, id).await.unwrap().is_none());
    }
}

async fn a_refresh_token_is_known_to_its_mode_and_client(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let known = async |client, mode| {
        let known = two.refresh_token(&at(client, 0), mode, token).await;
        known.unwrap().is_some()
    };
    assert!(known("default", None).await);
    assert!(known("default", Some(Mode::Jwt)).await);
    assert!(!known("default", Some(Mode::Hybrid)).await);
    assert!(!known("other", None).await);
    let elsewhere = rotation(&family.id, token, hash());
    assert!(!two.rotate(&at("other", 0), elsewhere).await.unwrap());
    two.end_family(&at("other", 0), &family.id).await.unwrap();
    let access = one.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(access.unwrap(), Some(user("ada")));
    let access = one.access(&start(), Mode::Hybrid, &family.id, None).await;
    assert_eq!(access.unwrap(), None);
    let access = one
        .access(&at("other", 0), Mode::Jwt, &family.id, None)
        .await;
    assert_eq!(access.unwrap(), None);
}

async fn a_rotation_keeps_its_answer(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let sealed = vec![0, 159, 146, 150];
    let rotation = Rotation {
        sealed_answer: Some(sealed.clone()),
        ..rotation(&family.id, token, hash())
    };
    assert!(one.rotate(&start(), rotation).await.unwrap());
    let known = two
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.sealed_answer, Some(sealed));
}

async fn an_ended_refresh_token_does_not_rotate(Pair { one, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let mut late = start();
    late.now = start().refresh_end(Millis::MAX);
    assert!(
        !one.rotate(&late, rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
    late.now -= 1;
    assert!(
        one.rotate(&late, rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
}

async fn a_revoked_family_is_refused_by_all(Pair { one, two, .. }: Pair) {
    let (family, token) = started(&*one, "ada").await;
    let (other, _) = started(&*one, "ada").await;
    one.end_family(&start(), &family.id).await.unwrap();
    let access = two.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(access.unwrap(), None);
    assert!(
        !two.rotate(&start(), rotation(&family.id, token, hash()))
            .await
            .unwrap()
    );
    let known = two
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert!(known.revoked);
    let access = two.access(&start(), Mode::Jwt, &other.id, None).await;
    assert!(access.unwrap().is_some());
    let listed = Revoked {
        client: "default".to_owned(),
        id: family.id,
    };
    assert_eq!(two.revoked().await.unwrap(), [listed]);
    two.end_family(&start(), "unknown").await.unwrap();
    assert_eq!(one.revoked().await.unwrap().len(), 1);
}

async fn of_two_rotations_at_once_one_takes_place(Pair { one, two, .. }: Pair) {
    let (family, mut token) = started(&*one, "ada").await;
    let (count, mut won) = (races(), [0, 0]);
    for race in 0..count {
        let line = Arc::new(Barrier::new(2));
        let [first, second] = [&one, &two].map(|store| {
            let (store, line) = (store.clone(), line.clone());
            let (family, next) = (family.id.clone(), hash());
            tokio::spawn(async move {
                line.wait().await;
                let done = store.rotate(&start(), rotation(&family, token, next)).await;
                (done.unwrap(), next)
            })
        });
        let ((first, by_first), (second, by_second)) =
            (first.await.unwrap(), second.await.unwrap());
        assert!(first != second, "race {race}: {first} and {second}");
        token = if first { by_first } else { by_second };
        let loser = if first { by_second } else { by_first };
        let lost = one.refresh_token(&start(), None, loser).await.unwrap();
        assert!(lost.is_none(), "race {race}: the loser's token is none");
        won = [won[0] + usize::from(first), won[1] + usize::from(second)];
    }
    println!("{count} races, won by the first and the second connection: {won:?}");
}
