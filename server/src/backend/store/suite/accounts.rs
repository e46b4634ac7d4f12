//! Users, their passwords, and failed logins.

use super::pair::*;
use crate::backend::store::records::{Account, Keep, Mode};

on_every_store!(
    secrets_are_made_once,
    users_are_added_once,
    ten_attempts_fail_within_a_minute_however_many_nodes_there_are,
    a_new_password_is_seen_by_all,
    an_attempt_is_forgiven_alone,
    everything_of_a_user_ends_but_what_is_kept,
);

async fn secrets_are_made_once(Pair { one, two, .. }: Pair) {
    let (a, b) = tokio::join!(one.secret("csrf", hash()), two.secret("csrf", hash()));
    assert_eq!(a.unwrap(), b.unwrap());
    let other = one.secret("other", [7; 32]).await.unwrap();
    assert_eq!(other, [7; 32]);
}

async fn users_are_added_once(Pair { one, two, .. }: Pair) {
    assert!(two.has_users().await.unwrap());
    let again = Account {
        password: "another".to_owned(),
        ..account("ada")
    };
    two.add_users(vec![again]).await.unwrap();
    let found = one.account("ada@example.com").await.unwrap().unwrap();
    assert_eq!(
        (found.user, found.password.as_str()),
        (user("ada"), "hash of ada")
    );
    assert!(one.account("nobody@example.com").await.unwrap().is_none());
}

async fn ten_attempts_fail_within_a_minute_however_many_nodes_there_are(
    Pair { one, two, .. }: Pair,
) {
    let address = hash();
    for second in 0..5 {
        for store in [&one, &two] {
            let attempt = store
                .login_attempt(&at("default", second * 1000), address, 10)
                .await;
            assert_eq!(attempt.unwrap(), Ok(()));
        }
    }
    for store in [&one, &two] {
        let refused = store
            .login_attempt(&at("default", 5_000), address, 10)
            .await;
        assert_eq!(refused.unwrap(), Err(55_000));
        let free = store.login_attempt(&at("default", 5_000), hash(), 10).await;
        assert_eq!(free.unwrap(), Ok(()), "another address");
        let other = store.login_attempt(&at("other", 5_000), address, 10).await;
        assert_eq!(other.unwrap(), Ok(()), "another client");
    }
    let later = one.login_attempt(&at("default", 60_000), address, 10).await;
    assert_eq!(later.unwrap(), Ok(()), "the first two have left the window");
    two.login_succeeded(&at("default", 60_000), address)
        .await
        .unwrap();
    for _ in 0..10 {
        let again = one.login_attempt(&at("default", 60_000), address, 10).await;
        assert_eq!(again.unwrap(), Ok(()));
    }
}

async fn an_attempt_is_forgiven_alone(Pair { one, two, .. }: Pair) {
    let (network, other) = (hash(), hash());
    let attempt = async |by| one.login_attempt(&start(), by, 2).await.unwrap();
    for by in [network, network, other] {
        assert_eq!(attempt(by).await, Ok(()));
    }
    assert!(attempt(network).await.is_err());
    two.login_forgiven(&at("other", 0), network).await.unwrap();
    assert!(attempt(network).await.is_err(), "another client's");
    two.login_forgiven(&start(), network).await.unwrap();
    assert_eq!(attempt(network).await, Ok(()));
    assert!(attempt(network).await.is_err(), "one of them counts still");
}

async fn a_new_password_is_seen_by_all(Pair { one, two, .. }: Pair) {
    let (current, other) = (session("ada"), session("ada"));
    for session in [&current, &other] {
        one.start_session(&start(), session.clone(), None)
            .await
            .unwrap();
    }
    let keep = Keep::Session(current.hash);
    one.set_password(&start(), "u-ada", "new", keep)
        .await
        .unwrap();
    let found = two.account("ada@example.com").await.unwrap().unwrap();
    assert_eq!(found.password, "new");
    let found = two.account("grace@example.com").await.unwrap().unwrap();
    assert_eq!(found.password, "hash of grace");
    assert!(
        two.touch_session(&start(), current.hash)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        two.touch_session(&start(), other.hash)
            .await
            .unwrap()
            .is_none()
    );
}

async fn everything_of_a_user_ends_but_what_is_kept(Pair { one, two, .. }: Pair) {
    let sessions = [session("ada"), session("ada"), session("grace")];
    for session in &sessions {
        one.start_session(&start(), session.clone(), None)
            .await
            .unwrap();
    }
    let mut families = Vec::new();
    for of in ["ada", "ada", "grace"] {
        families.push(started(&*two, of).await.0.id);
    }
    let alive = async || {
        let mut alive = String::new();
        for session in &sessions {
            let seen = one.touch_session(&start(), session.hash).await.unwrap();
            alive.push(if seen.is_some() { 's' } else { '-' });
        }
        for family in &families {
            let user = one.access(&start(), Mode::Jwt, family, None).await.unwrap();
            alive.push(if user.is_some() { 'f' } else { '-' });
        }
        alive
    };
    assert_eq!(alive().await, "sssfff");
    two.end_all_of(&at("other", 0), "u-ada", None)
        .await
        .unwrap();
    assert_eq!(alive().await, "sssfff", "another client's");
    let [first, _, _] = &sessions;
    let keep = Keep::Session(first.hash);
    two.end_all_of(&start(), "u-ada", Some(keep)).await.unwrap();
    assert_eq!(alive().await, "s-s--f");
    assert_eq!(one.revoked().await.unwrap().len(), 2);
    let (kept, _) = started(&*one, "ada").await;
    let keep = Keep::Family(kept.id.clone());
    two.end_all_of(&start(), "u-ada", Some(keep)).await.unwrap();
    assert_eq!(alive().await, "--s--f");
    let user = two.access(&start(), Mode::Jwt, &kept.id, None).await;
    assert!(user.unwrap().is_some());
    two.end_all_of(&start(), "u-ada", None).await.unwrap();
    let user = two.access(&start(), Mode::Jwt, &kept.id, None).await;
    assert_eq!(user.unwrap(), None);
}
