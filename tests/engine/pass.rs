use crate::world::{World, jwt_stored};
use hallpass::core::{CsrfSource, Input, Mode, Mono, Options, PageEvent, Pass, Status};

fn pass(world: &World) -> Pass {
    world.engine.pass().unwrap().0
}

fn renew(world: &mut World, refresh: &str) {
    let body = world.tokens(300, refresh);
    world.answer("/auth/refresh", 200, &body);
}

#[test]
fn it_stands_until_the_token_is_due() {
    let mut world = World::signed_in(jwt_stored());
    let (_, Mono(until)) = world.engine.pass().unwrap();
    world.advance(until - world.mono - 1);
    assert!(world.engine.pass().is_some() && world.open.is_empty());
    world.advance(1);
    assert!(world.engine.pass().is_none() && world.is_open("/auth/refresh"));
    renew(&mut world, "r2");
    assert!(world.engine.pass().is_some());
}

#[test]
fn a_token_without_an_end_has_a_pass_without_one() {
    let mut world = World::new(Options::new(Mode::Jwt));
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert_eq!(world.engine.pass().unwrap().1, Mono(u64::MAX));
    assert_eq!(world.engine.credential().unwrap().expose(), "Bearer opaque");
}

#[test]
fn there_is_none_unless_somebody_is_signed_in() {
    let mut world = World::idle(jwt_stored());
    assert!(world.engine.pass().is_none(), "restoring");
    world.feed(Input::Start { seed: 42 });
    assert!(world.engine.pass().is_none(), "signed out");
    let mut world = World::signed_in(jwt_stored());
    world.logout();
    assert!(world.engine.pass().is_none(), "after the logout");
}

#[test]
fn a_sleep_ends_it() {
    let mut world = World::signed_in(jwt_stored());
    world.sleep(3_600_000);
    assert!(world.engine.pass().is_none());
}

#[test]
fn a_disposed_client_gives_none() {
    let mut world = World::signed_in(jwt_stored());
    world.feed(Input::Dispose);
    assert!(world.engine.pass().is_none());
}

#[test]
fn a_header_that_browsers_keep_on_redirects_goes_the_usual_way() {
    let world = World::signed_in(Options {
        header: "X-Token".into(),
        ..jwt_stored()
    });
    assert!(world.engine.pass().is_none());
}

#[test]
fn by_cookie_it_has_no_header() {
    let csrf = CsrfSource::Cookie("csrf".into());
    let mut world = World::new(Options {
        csrf: Some(Some((csrf, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.engine.pass().is_some() && world.engine.credential().is_none());
}

#[test]
fn a_401_to_the_current_token_renews_it_and_sends_the_call_again() {
    let mut world = World::signed_in(jwt_stored());
    let old = pass(&world);
    let call = world.got_by_pass(old, 401);
    assert!(world.engine.pass().is_none(), "the next call waits");
    assert!(world.waits(call));
    renew(&mut world, "r2");
    assert!(world.bearer(call).is_some());
    assert_ne!(pass(&world), old);
    world.api(call, 200);
    assert!(world.got_answer(call));
}

#[test]
fn ec02_a_401_to_an_older_token_sends_the_call_again_at_once() {
    let mut world = World::signed_in(jwt_stored());
    let old = pass(&world);
    world.make_due();
    renew(&mut world, "r2");
    let call = world.got_by_pass(old, 401);
    assert!(world.open.is_empty(), "nothing is renewed");
    assert!(world.bearer(call).is_some());
    world.api(call, 401);
    assert!(world.got_answer(call), "once, not again and again");
}

#[test]
fn ec10_a_401_to_the_session_before_is_the_callers() {
    let mut world = World::signed_in(jwt_stored());
    let adas = pass(&world);
    world.logout();
    world.login();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/login", 200, &body);
    let call = world.got_by_pass(adas, 401);
    assert!(world.got_answer(call) && world.sendings(call).is_empty());
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec16_a_session_that_another_page_began_meanwhile_has_a_pass_of_its_own() {
    // Nothing tells these apart but the token: no user, no end, and each page counts from 1.
    let opaque = |token: &str| format!(r#"{{"access_token":"{token}"}}"#);
    let signed_in = |token: &str, mono| {
        let mut world = World::idle(jwt_stored());
        world.mono = mono;
        let mut world = world.start();
        world.login();
        world.answer("/auth/login", 200, &opaque(token));
        world
    };
    let mut kept = signed_in("first", 0);
    let old = pass(&kept);
    kept.mono = 60_000;
    kept.store = signed_in("second", 60_000).store;
    kept.feed(Input::Page(PageEvent::Restored));
    assert_eq!(
        kept.engine.credential().unwrap().expose(),
        "Bearer second",
        "{:?}",
        kept.journal()
    );
    assert_ne!(pass(&kept), old);
    let call = kept.got_by_pass(old, 401);
    assert!(
        kept.status() == Status::SignedIn,
        "the new token was not refused"
    );
    // Whether it is the same person nobody can tell: what was begun for one is not sent as another.
    assert!(kept.got_answer(call) && kept.sendings(call).is_empty());
}

#[test]
fn a_401_after_the_logout_is_the_callers() {
    let mut world = World::signed_in(jwt_stored());
    let before = pass(&world);
    world.logout();
    let call = world.got_by_pass(before, 401);
    assert!(world.got_answer(call) && world.sendings(call).is_empty());
}
