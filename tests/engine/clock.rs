use crate::world::{World, jwt_stored};
use hallpass::core::{Mode, Options, Status};

const HOUR: i64 = 3_600_000;

#[test]
fn ec14_a_wrong_local_clock_refuses_no_login_and_moves_no_refresh() {
    for skew in [-HOUR, HOUR, -30 * 24 * HOUR, 400 * 24 * HOUR] {
        for tells_date in [true, false] {
            let mut world = World::idle(jwt_stored());
            world.skew = skew;
            world.tells_date = tells_date;
            let mut world = world.start();
            let call = world.login();
            let body = world.tokens(300, "r1").replace(r#""expires_in":300,"#, "");
            world.answer("/auth/login", 200, &body);
            assert!(world.outcome(call).is_ok());
            world.advance(260_000);
            assert!(world.open.is_empty(), "too early: {skew}");
            world.advance(15_000);
            assert!(world.is_open("/auth/refresh"), "too late: {skew}");
            let expires_at = world.snapshot().expires_at.unwrap().0;
            let end = crate::world::BEGIN + 300_000;
            assert!(
                (expires_at - end).abs() <= 1_500,
                "by this device's clock: {}",
                expires_at - end
            );
        }
    }
}

#[test]
fn ec14_the_skew_is_kept_over_a_reload() {
    let mut first = World::idle(jwt_stored());
    first.skew = HOUR;
    let mut first = first.start();
    first.login();
    let body = first.tokens(300, "r1");
    first.answer("/auth/login", 200, &body);
    let mut world = World::idle(jwt_stored());
    world.skew = HOUR;
    world.store = first.store.clone();
    let mut world = world.start();
    assert_eq!(world.status(), Status::SignedIn);
    world.advance(260_000);
    assert!(world.open.is_empty());
    world.advance(15_000);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec15_a_clock_set_back_changes_nothing() {
    let mut world = World::signed_in(jwt_stored());
    world.wall -= HOUR;
    world.skew += HOUR;
    world.advance(260_000);
    assert!(world.open.is_empty());
    world.advance(15_000);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec15_a_clock_set_forward_costs_one_early_refresh_at_most() {
    let mut world = World::signed_in(jwt_stored());
    world.wall += HOUR;
    world.skew -= HOUR;
    world.advance(1);
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.advance(260_000);
    assert!(world.open.is_empty(), "the answer has told the time");
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec12_waking_with_an_expired_token_refreshes_before_the_first_request() {
    let mut world = World::signed_in(jwt_stored());
    world.sleep(HOUR);
    assert_eq!(world.status(), Status::SignedIn);
    let call = world.get();
    assert!(world.sendings(call).is_empty());
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(call).len(), 1);
}

#[test]
fn ec13_a_token_that_lives_for_a_year_has_one_deadline_far_away() {
    let mut world = World::new(Options::new(Mode::Jwt));
    world.login();
    let year = 365 * 24 * 3_600;
    let body = world.tokens(year, "r1");
    world.answer("/auth/login", 200, &body);
    let deadline = world.engine.next_deadline().unwrap().0;
    assert!(
        deadline > 1 << 31,
        "longer than a setTimeout takes; the shell cuts it"
    );
    // Waking early, as the shell does, is harmless.
    for _ in 0..100 {
        world.feed(hallpass::core::Input::Tick);
    }
    assert_eq!(world.engine.next_deadline().unwrap().0, deadline);
    world.advance(deadline);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec13_a_throttled_timer_is_made_up_for_when_the_page_is_seen() {
    let mut world = World::signed_in(jwt_stored());
    world.mono += 290_000; // no tick came
    world.feed(hallpass::core::Input::Page(
        hallpass::core::PageEvent::Visible,
    ));
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec15_after_a_jump_the_end_is_told_by_the_new_time() {
    let mut world = World::signed_in(jwt_stored());
    let before = world.snapshot().expires_at.unwrap().0;
    world.wall -= HOUR;
    world.feed(hallpass::core::Input::Tick);
    assert_eq!(world.snapshot().expires_at.unwrap().0, before - HOUR);
}

#[test]
fn of_two_ends_that_differ_by_a_second_the_one_in_the_answer_counts() {
    // The server's clock is taken to be half a second on.
    for (claim, expected) in [(299, 299_500), (298, 297_500)] {
        let mut world = World::new(jwt_stored());
        world.login();
        let body = world.tokens(claim, "r1");
        let lifetime = format!(r#""expires_in":{claim}"#);
        let body = body.replace(&lifetime, r#""expires_in":299.5"#);
        world.answer("/auth/login", 200, &body);
        let expires_at = world.snapshot().expires_at.unwrap().0;
        assert_eq!(expires_at - crate::world::BEGIN, expected);
    }
}
