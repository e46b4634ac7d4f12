//! Access tokens, and the keys that sign them.

use super::pair::*;
use crate::backend::policy::Algorithm;
use crate::backend::store::records::{Mode, NewTokens, Opaque, Rotation};
use crate::backend::store::signing_keys::{StoredKey, Turn};

fn ids(keys: &[StoredKey]) -> Vec<&str> {
    keys.iter().map(|key| key.id.as_str()).collect()
}

on_every_store!(
    opaque_tokens_end,
    a_revoked_jti_is_refused_by_all_and_its_family_lives,
    the_first_key_is_one_for_all,
    a_rotated_key_verifies_until_its_end,
);

async fn opaque_tokens_end(Pair { one, two, .. }: Pair) {
    let (family, refresh_token) = started(&*one, "ada").await;
    let opaque = |expires_at| Opaque {
        hash: hash(),
        expires_at,
    };
    let (short, endless, rotated) = (
        opaque(Some(NOW + 1000)),
        opaque(None),
        opaque(Some(NOW + 1000)),
    );
    for token in [short, endless] {
        one.add_opaque(&start(), &family.id, token).await.unwrap();
    }
    let new = NewTokens {
        refresh: Some(hash()),
        opaque: Some(rotated),
    };
    let rotation = Rotation {
        new,
        ..rotation(&family.id, refresh_token, hash())
    };
    assert!(one.rotate(&start(), rotation).await.unwrap());
    let of = async |after, token: Opaque| {
        let family = two
            .family_of_opaque(&at("default", after), token.hash)
            .await;
        family.unwrap()
    };
    for token in [short, endless, rotated] {
        assert_eq!(of(999, token).await.as_ref(), Some(&family.id));
    }
    assert_eq!(of(1000, short).await, None);
    assert_eq!(of(1000, endless).await.as_ref(), Some(&family.id));
    two.end_opaque(&at("other", 0), endless.hash).await.unwrap();
    assert!(of(0, endless).await.is_some());
    one.end_opaque(&start(), endless.hash).await.unwrap();
    assert_eq!(of(0, endless).await, None);
}

async fn a_revoked_jti_is_refused_by_all_and_its_family_lives(Pair { one, two, .. }: Pair) {
    let (family, _) = started(&*one, "ada").await;
    one.revoke_jti(&start(), "1.jwt.a", 60_000).await.unwrap();
    let access = async |client, jti| {
        let user = two.access(&at(client, 0), Mode::Jwt, &family.id, jti).await;
        user.unwrap().is_some()
    };
    assert!(!access("default", Some("1.jwt.a")).await);
    assert!(access("default", Some("1.jwt.b")).await);
    assert!(access("default", None).await);
    let listed = two.revoked().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed.first().unwrap().id, "1.jwt.a");
}

async fn the_first_key_is_one_for_all(Pair { one, two, .. }: Pair) {
    assert_eq!(one.keys(&start()).await.unwrap(), []);
    let scope = start();
    let (a, b) = tokio::join!(
        one.add_key(&scope, key("a", Algorithm::ES256), Turn::First),
        two.add_key(&scope, key("b", Algorithm::ES256), Turn::First),
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a, b);
    assert_eq!(a.len(), 1);
    let both = two
        .add_key(&start(), key("c", Algorithm::EdDSA), Turn::First)
        .await;
    assert_eq!(both.unwrap().len(), 2, "of another algorithm");
    assert_eq!(one.keys(&at("other", 0)).await.unwrap(), []);
}

async fn a_rotated_key_verifies_until_its_end(Pair { one, two, .. }: Pair) {
    let scope = start();
    for name in ["a", "b"] {
        let algorithm = if name == "a" {
            Algorithm::ES256
        } else {
            Algorithm::RS256
        };
        one.add_key(&scope, key(name, algorithm), Turn::First)
            .await
            .unwrap();
    }
    let others_end_at = NOW + 1000;
    let next = Turn::Next { others_end_at };
    two.add_key(&scope, key("c", Algorithm::ES256), next)
        .await
        .unwrap();
    assert_eq!(
        ids(&one.keys(&at("default", 999)).await.unwrap()),
        ["a", "b", "c"]
    );
    assert_eq!(
        ids(&one.keys(&at("default", 1000)).await.unwrap()),
        ["b", "c"]
    );
    let late = two
        .add_key(
            &at("default", 1000),
            key("d", Algorithm::ES256),
            Turn::First,
        )
        .await;
    assert_eq!(ids(&late.unwrap()), ["b", "c"]);
}
