use crate::world::{World, api_answer as answer, jwt_stored};
use hallpass::core::{
    Body, Event, FetchAnswer, Input, Mode, Options, Reason, Redirects, Status, Watch,
};

fn renew(world: &mut World, refresh: &str) {
    let body = world.tokens(300, refresh);
    world.answer("/auth/refresh", 200, &body);
}

#[test]
fn a_call_with_a_valid_token_goes_at_once() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.get();
    assert!(world.bearer(call).unwrap().starts_with("Bearer eyJ"));
    assert!(!world.sendings(call)[0].include && !world.sendings(call)[0].refuse_redirects);
    world.api(call, 200);
    assert!(world.got_answer(call));
}

#[test]
fn the_header_and_scheme_are_the_apps_choice() {
    let mut world = World::signed_in(Options {
        scheme: String::new(),
        header: "X-Token".into(),
        ..jwt_stored()
    });
    let call = world.get();
    let headers = &world.sendings(call)[0].headers;
    assert!(headers[0].0 == "X-Token" && headers[0].1.starts_with("eyJ"));
    assert!(
        world.sendings(call)[0].refuse_redirects,
        "browsers drop no header of this name"
    );
}

#[test]
fn by_the_apps_word_what_carries_a_credential_follows_no_redirect() {
    let refusing = |options| Options {
        refuse_redirects: true,
        ..options
    };
    let mut world = World::signed_in(refusing(jwt_stored()));
    let call = world.get();
    assert!(world.sendings(call)[0].refuse_redirects && world.engine.pass().is_none());
    let mut world = World::new(refusing(Options::new(Mode::Session)));
    assert_eq!(world.request("/auth/me").redirects, Redirects::Refuse);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.get();
    assert!(world.sendings(call)[0].refuse_redirects && world.engine.pass().is_none());
    let mut world = World::new(refusing(Options::new(Mode::Jwt)));
    let call = world.get();
    assert!(!world.sendings(call)[0].refuse_redirects, "it carries none");
}

#[test]
fn signed_out_a_call_goes_without_a_credential() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.get();
    assert!(world.sendings(call)[0].headers.is_empty());
    world.api(call, 401);
    assert!(world.got_answer(call) && world.open.is_empty());
}

#[test]
fn a_callers_own_credential_stays() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.fetch_with_own_credential();
    assert!(world.sendings(call)[0].headers.is_empty());
    assert_eq!(world.sendings(call)[0].watch, Watch::No);
}

#[test]
fn a_401_is_followed_by_one_refresh_and_one_replay() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.post();
    let first = world.bearer(call);
    world.api(call, 401);
    assert!(world.waits(call));
    renew(&mut world, "r2");
    assert_eq!(world.sendings(call).len(), 2);
    assert_ne!(world.bearer(call), first);
    world.api(call, 200);
    assert!(world.got_answer(call));
}

#[test]
fn a_second_401_is_the_callers() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.get();
    world.api(call, 401);
    renew(&mut world, "r2");
    world.api(call, 401);
    assert!(world.got_answer(call));
    assert!(world.open.is_empty() && world.status() == Status::SignedIn);
}

#[test]
fn ec02_a_401_to_an_older_token_only_replays() {
    let mut world = World::signed_in(jwt_stored());
    let (early, late) = (world.get(), world.get());
    world.api(early, 401);
    renew(&mut world, "r2");
    world.api(late, 401);
    assert!(
        world.open.is_empty(),
        "the current token has not been refused"
    );
    assert_eq!(world.bearer(late), world.bearer(early));
}

#[test]
fn ec02_parallel_401s_share_one_refresh() {
    let mut world = World::signed_in(jwt_stored());
    let calls: Vec<_> = (0..100).map(|_| world.get()).collect();
    for call in &calls {
        world.api(*call, 401);
    }
    renew(&mut world, "r2");
    assert!(calls.iter().all(|call| world.sendings(*call).len() == 2));
    assert!(!world.is_open("/auth/refresh"));
}

#[test]
fn ec22_a_stream_is_not_sent_again_but_the_next_call_is_right() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.fetch(false, Body::Once);
    assert_eq!(
        world.sendings(call)[0].watch,
        Watch::Yes { keep_body: false }
    );
    world.api(call, 401);
    assert!(world.got_answer(call), "the original 401");
    renew(&mut world, "r2");
    let next = world.get();
    assert_ne!(world.bearer(next), world.bearer(call));
}

#[test]
fn ec22_a_body_is_kept_only_where_it_may_be_sent_again() {
    let mut world = World::signed_in(jwt_stored());
    for (body, keep_body) in [
        (Body::Repeatable, true),
        (Body::Empty, false),
        (Body::Once, false),
    ] {
        let call = world.fetch(false, body);
        assert_eq!(world.sendings(call)[0].watch, Watch::Yes { keep_body });
    }
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.post();
    assert_eq!(
        world.sendings(call)[0].watch,
        Watch::Yes { keep_body: false },
        "signed out, no replay is possible"
    );
}

#[test]
fn ec22_a_stream_that_was_refused_with_an_older_token_is_not_sent_again() {
    let mut world = World::signed_in(jwt_stored());
    let (stream, other) = (world.fetch(false, Body::Once), world.get());
    world.api(other, 401);
    renew(&mut world, "r2");
    world.api(stream, 401);
    assert!(world.got_answer(stream));
}

#[test]
fn ec23_a_401_from_elsewhere_after_a_redirect_is_no_sign_of_expiry() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.get();
    world.api_with(
        call,
        FetchAnswer {
            is_foreign: true,
            ..answer(401)
        },
    );
    assert!(world.got_answer(call) && world.open.is_empty());
}

#[test]
fn the_apps_own_rule_stands_in_place_of_401() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.get();
    world.api_with(
        call,
        FetchAnswer {
            means_signed_out: Some(false),
            ..answer(401)
        },
    );
    assert!(world.got_answer(call) && world.open.is_empty());
    let call = world.get();
    world.api_with(
        call,
        FetchAnswer {
            means_signed_out: Some(true),
            ..answer(419)
        },
    );
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn a_403_is_the_callers() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.post();
    world.api(call, 403);
    assert!(world.got_answer(call) && world.open.is_empty());
}

#[test]
fn a_caller_that_holds_a_401_gets_it_when_the_refresh_fails() {
    for refusal in [503, 401] {
        let mut world = World::signed_in(jwt_stored());
        let call = world.get();
        world.api(call, 401);
        world.answer("/auth/refresh", refusal, "");
        assert!(world.got_answer(call), "{refusal}");
        assert_eq!(world.status() == Status::SignedIn, refusal == 503);
    }
}

#[test]
fn a_401_during_the_cooldown_is_the_callers_at_once() {
    let mut world = World::signed_in(jwt_stored());
    let (first, second) = (world.get(), world.get());
    world.api(first, 401);
    world.fail("/auth/refresh");
    world.api(second, 401);
    assert!(world.got_answer(second) && world.open.is_empty());
}

#[test]
fn a_401_with_nothing_to_renew_ends_the_session() {
    let mut world = World::new(Options::new(Mode::Jwt));
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    let call = world.get();
    world.api(call, 401);
    assert!(world.got_answer(call));
    assert_eq!(world.reason(), Some(Reason::TokenExpired));
}

#[test]
fn an_answer_to_the_session_before_means_nothing_to_this_one() {
    let mut world = World::signed_in(jwt_stored());
    let old = world.get();
    world.login();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/login", 200, &body);
    world.api(old, 401);
    assert!(world.got_answer(old), "not sent again as somebody else");
    assert!(world.open.is_empty() && world.sendings(old).len() == 1);
}

#[test]
fn in_session_mode_a_401_asks_me_whether_the_session_is_over() {
    for (me, over) in [(401, true), (200, false), (503, false)] {
        let mut world = session();
        let call = world.get();
        assert!(world.sendings(call)[0].include);
        world.api(call, 401);
        world.answer("/auth/me", me, r#"{"user":{"sub":"ada"}}"#);
        assert!(world.got_answer(call), "{me}");
        assert_eq!(world.reason(), over.then_some(Reason::SessionEnded), "{me}");
    }
}

#[test]
fn a_session_with_a_refresh_endpoint_is_renewed_and_replayed() {
    let mut world = World::new(Options {
        refresh: "/auth/refresh".into(),
        ..Options::new(Mode::Session)
    });
    world.answer(
        "/auth/me",
        200,
        r#"{"user":{"sub":"ada"},"expires_in":300}"#,
    );
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/refresh", 204, "");
    assert_eq!(world.sendings(call).len(), 2);
    assert_eq!(world.subject().as_deref(), Some("ada"));
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/refresh", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn a_session_whose_end_was_foretold_is_asked_about_then() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer(
        "/auth/me",
        200,
        r#"{"user":{"sub":"ada"},"expiresAt":1800000060}"#,
    );
    assert!(world.snapshot().expires_at.is_some());
    world.advance(61_000);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"},"expires_in":60}"#);
    assert_eq!(world.status(), Status::SignedIn, "activity has moved it");
    world.advance(61_000);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn refresh_in_session_mode_asks_me() {
    let mut world = session();
    let call = world.refresh();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada","name":"Ada L."}}"#);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.events().last(), Some(&hallpass::Event::UserChanged));
    let call = world.refresh();
    world.answer("/auth/me", 401, "");
    assert_eq!(world.code(call), hallpass::Code::SignedOut);
}

#[test]
fn a_refresh_that_nothing_can_do_says_so() {
    let mut world = World::new(Options::new(Mode::Jwt));
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    let call = world.refresh();
    assert_eq!(world.code(call), hallpass::Code::RefreshUnavailable);
}

pub fn session() -> World {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.changes.clear();
    world
}

#[test]
fn ec22_a_token_that_was_refused_is_not_tried_again_by_the_next_call() {
    let mut world = World::signed_in(jwt_stored());
    let stream = world.fetch(false, Body::Once);
    world.api(stream, 401);
    let next = world.get();
    assert!(world.sendings(next).is_empty(), "it waits for the renewal");
    renew(&mut world, "r2");
    assert_eq!(world.sendings(next).len(), 1);
}

#[test]
fn a_refused_token_that_cannot_be_renewed_just_now_is_tried_all_the_same() {
    let mut world = World::signed_in(jwt_stored());
    let first = world.get();
    world.api(first, 401);
    world.fail("/auth/refresh");
    let next = world.get();
    assert_eq!(world.sendings(next).len(), 1);
    world.until("/auth/refresh");
}

#[test]
fn a_challenge_to_step_up_is_told_and_renews_nothing() {
    for mode in [Mode::Session, Mode::Jwt] {
        let mut world = World::new(Options {
            storage: None,
            ..Options::new(mode)
        });
        if mode == Mode::Session {
            world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
        } else {
            world = World::signed_in(jwt_stored());
        }
        let call = world.get();
        let challenge = FetchAnswer {
            wants_step_up: true,
            means_signed_out: Some(true),
            ..answer(401)
        };
        world.api_with(call, challenge);
        assert!(world.got_answer(call) && world.open.is_empty(), "{mode:?}");
        assert_eq!(world.events().last(), Some(&Event::StepUpRequired));
        assert_eq!(world.status(), Status::SignedIn);

        let foreign = FetchAnswer {
            is_foreign: true,
            ..challenge
        };
        let forbidden = FetchAnswer {
            status: 403,
            means_signed_out: None,
            ..challenge
        };
        let told = world.events().len();
        for other in [foreign, forbidden] {
            let call = world.get();
            world.api_with(call, other);
            assert!(world.got_answer(call) && world.events().len() == told);
        }
    }
}

#[test]
fn a_call_that_waited_goes_with_the_old_token_if_that_cannot_be_renewed_and_is_still_good() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let call = world.get();
    assert!(world.waits(call) && world.sendings(call).is_empty());
    world.answer("/auth/refresh", 503, "");
    assert_eq!(world.sendings(call).len(), 1);
}

#[test]
fn while_me_is_left_alone_no_failing_or_refused_call_asks_it() {
    let mut world = session();
    world.advance(31_000);
    let refused = FetchAnswer {
        csrf_refused: true,
        ..answer(419)
    };
    let call = world.refresh();
    world.answer("/auth/me", 503, "");
    assert!(!world.waits(call));
    let call = world.get();
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call) && !world.is_open("/auth/me"));
    let call = world.post();
    world.api_with(call, refused);
    assert!(world.got_answer(call) && !world.is_open("/auth/me"));
}

#[test]
fn a_call_that_went_before_anybody_was_known_fails_at_once() {
    let mut world = World::new(Options::new(Mode::Session));
    let call = world.get();
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call));
}
