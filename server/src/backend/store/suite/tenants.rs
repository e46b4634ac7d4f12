//! What is kept for one tenant and not for another, and the tools of the tests.

use super::pair::*;
use crate::backend::clock::Millis;
use crate::backend::policy::Algorithm;
use crate::backend::secret::Hash;
use crate::backend::secret::random_id;
use crate::backend::store::contract::Store;
use crate::backend::store::limits::MAX_PER_USER;
use crate::backend::store::records::{
    FamilyRecord, Mode, NewTokens, Opaque, Rotation, SessionRecord,
};
use crate::backend::store::signing_keys::Turn;

/// What was made for one client.
struct Made {
    client: &'static str,
    session: Hash,
    /// Rotated, with its answer.
    refresh: Hash,
    opaque: Hash,
}

impl Made {
    async fn make(store: &dyn Store, client: &'static str) -> Self {
        let at = at(client, 0);
        let (session, family) = (session("ada"), family("ada", Mode::Jwt));
        let (refresh_token, opaque) = (hash(), hash());
        store
            .start_session(&at, session.clone(), None)
            .await
            .unwrap();
        let tokens = NewTokens {
            refresh: Some(refresh_token),
            opaque: Some(Opaque {
                hash: opaque,
                expires_at: Some(NOW + 1000),
            }),
        };
        store
            .start_family(&at, family.clone(), tokens)
            .await
            .unwrap();
        let rotation = Rotation {
            sealed_answer: Some(vec![1]),
            ..rotation(&family.id, refresh_token, hash())
        };
        assert!(store.rotate(&at, rotation).await.unwrap());
        Self {
            client,
            session: session.hash,
            refresh: refresh_token,
            opaque,
        }
    }

    /// Whether session, token, answer and opaque token are there, by a clock at which none has ended.
    async fn is_there(&self, store: &dyn Store) -> [bool; 4] {
        let at = at(self.client, 1);
        let session = store.touch_session(&at, self.session).await.unwrap();
        let known = store.refresh_token(&at, None, self.refresh).await.unwrap();
        let answer = known.as_ref().and_then(|known| known.sealed_answer.clone());
        let opaque = store.family_of_opaque(&at, self.opaque).await.unwrap();
        [
            session.is_some(),
            known.is_some(),
            answer.is_some(),
            opaque.is_some(),
        ]
    }
}

on_every_store!(
    what_ends_for_one_client_stays_for_another,
    a_user_has_so_many_sessions_and_families,
    the_tools_of_the_tests_reach_all_of_a_client,
);

/// A clock of tests may be years ahead of another's.
async fn what_ends_for_one_client_stays_for_another(Pair { one, two, .. }: Pair) {
    one.add_users(vec![account("ada")]).await.unwrap();
    let made = Made::make(&*one, "default").await;
    Made::make(&*one, "ahead").await;
    let years = at("ahead", 20 * 365 * 24 * 3_600_000);
    one.start_session(&years, session("ada"), None)
        .await
        .unwrap();
    one.start_family(&years, family("ada", Mode::Jwt), refresh(hash()))
        .await
        .unwrap();
    assert_eq!(made.is_there(&*two).await, [true; 4]);
}

async fn the_tools_of_the_tests_reach_all_of_a_client(Pair { one, two, .. }: Pair) {
    let session = session("ada");
    one.start_session(&start(), session.clone(), None)
        .await
        .unwrap();
    let (family, token) = started(&*one, "grace").await;
    two.rotate_csrf(&start()).await.unwrap();
    let nonce = one
        .touch_session(&start(), session.hash)
        .await
        .unwrap()
        .unwrap()
        .csrf_nonce;
    assert_ne!(nonce, session.csrf_nonce);
    let known = one
        .refresh_token(&start(), None, token)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(known.csrf_nonce, family.csrf_nonce);
    let opaque = Opaque {
        hash: hash(),
        expires_at: None,
    };
    one.add_opaque(&start(), &family.id, opaque).await.unwrap();
    two.forget_opaque(&start()).await.unwrap();
    assert_eq!(
        one.family_of_opaque(&start(), opaque.hash).await.unwrap(),
        None
    );

    let elsewhere = FamilyRecord {
        id: random_id().unwrap(),
        ..family.clone()
    };
    let other = at("other", 0);
    one.start_family(&other, elsewhere.clone(), refresh(hash()))
        .await
        .unwrap();
    two.end_all(&start()).await.unwrap();
    assert_eq!(
        one.touch_session(&start(), session.hash).await.unwrap(),
        None
    );
    let user = one.access(&start(), Mode::Jwt, &family.id, None).await;
    assert_eq!(user.unwrap(), None);
    two.add_key(&start(), key("a", Algorithm::ES256), Turn::First)
        .await
        .unwrap();
    two.reset(&start()).await.unwrap();
    assert!(
        one.refresh_token(&start(), None, token)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(one.keys(&start()).await.unwrap(), []);
    let user = one.access(&other, Mode::Jwt, &elsewhere.id, None).await;
    assert!(user.unwrap().is_some());
}

async fn a_user_has_so_many_sessions_and_families(Pair { one, two, .. }: Pair) {
    let (mut sessions, mut families) = (Vec::new(), Vec::new());
    let others = (session("grace"), family("grace", Mode::Jwt));
    one.start_session(&start(), others.0.clone(), None)
        .await
        .unwrap();
    one.start_family(&start(), others.1.clone(), refresh(hash()))
        .await
        .unwrap();
    for n in 0..=i64::from(MAX_PER_USER) {
        let at = at("default", n);
        let expires_at = at.refresh_end(Millis::MAX);
        sessions.push(session("ada"));
        let session = sessions.last().unwrap().clone();
        two.start_session(&at, session, None).await.unwrap();
        families.push(family("ada", Mode::Jwt));
        let family = families.last().unwrap().clone();
        let family = FamilyRecord {
            expires_at,
            ..family
        };
        two.start_family(&at, family, refresh(hash()))
            .await
            .unwrap();
    }
    let later = at("default", 200);
    let session = async |record: &SessionRecord| {
        let found = one.touch_session(&later, record.hash).await;
        found.unwrap().is_some()
    };
    let family = async |record: &FamilyRecord| {
        let user = one.access(&later, Mode::Jwt, &record.id, None).await;
        user.unwrap().is_some()
    };
    let first = (session(&sessions[0]).await, family(&families[0]).await);
    assert_eq!(first, (false, false), "the first has to go");
    for (session_of, family_of) in [(1, 1), (50, 50), (100, 100)] {
        assert!(session(&sessions[session_of]).await, "{session_of}");
        assert!(family(&families[family_of]).await, "{family_of}");
    }
    assert!(session(&others.0).await && family(&others.1).await);
    let revoked = one.revoked().await.unwrap();
    assert!(revoked.iter().any(|revoked| revoked.id == families[0].id));
}

/// Redis does that by its own clock: [`what_redis_keeps_ends_by_itself`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_ended_is_removed() {
    for kind in [Kind::Memory, Kind::Sqlite] {
        let Pair { one, .. } = &Pair::new(kind).await;
        one.add_users(vec![account("ada")]).await.unwrap();
        let made = Made::make(&**one, "default").await;
        // Past the grace time and the end of the opaque token, and nothing else.
        let later = at("default", start().grace() + 1001);
        one.start_family(&later, family("ada", Mode::Jwt), refresh(hash()))
            .await
            .unwrap();
        assert_eq!(made.is_there(&**one).await, [true, true, false, false]);
        // Past all.
        let later = at("default", later.refresh_end(Millis::MAX) - NOW + 1);
        one.start_session(&later, session("ada"), None)
            .await
            .unwrap();
        one.start_family(&later, family("ada", Mode::Jwt), refresh(hash()))
            .await
            .unwrap();
        assert_eq!(made.is_there(&**one).await, [false; 4]);
    }
}
