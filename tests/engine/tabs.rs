use crate::world::{World, jwt_stored};
use hallpass::core::{Code, Event, Mode, Options, Reason, Status, Word};

#[test]
fn ec21_a_logout_in_another_tab_is_one_here() {
    let mut world = World::signed_in(jwt_stored());
    world.message(Word::LoggedOut);
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::LogoutElsewhere))
    );
    assert!(
        world.open.is_empty() && world.told.is_empty(),
        "the other tab has told the server and everybody"
    );
    world.changes.clear();
    world.message(Word::LoggedOut);
    assert!(world.changes.is_empty());
}

#[test]
fn a_tab_with_tokens_of_its_own_tells_the_server_of_them() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    world.message(Word::LoggedOut);
    assert!(world.is_open("/auth/logout"));
}

#[test]
fn a_login_in_another_tab_is_taken_from_the_store() {
    let mut world = World::new(jwt_stored());
    world.store = World::signed_in(jwt_stored()).store;
    world.message(Word::SignedIn);
    assert_eq!(
        (world.status(), world.events().last()),
        (Status::SignedIn, Some(&Event::SignedIn))
    );
}

#[test]
fn ec21_another_user_in_another_tab_is_an_event_of_its_own() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    let mut other = World::signed_in(jwt_stored());
    other.login();
    let body = other.tokens_of("grace", 300, "g1");
    other.answer("/auth/login", 200, &body);
    world.advance(301_000);
    let waiting = world.get();
    world.store = other.store.clone();
    world.message(Word::SignedIn);
    assert_eq!(world.events(), [Event::SubjectChanged]);
    assert_eq!(world.code(waiting), Code::Superseded);
}

#[test]
fn a_refresh_in_another_tab_is_adopted() {
    let mut world = World::signed_in(jwt_stored());
    let mut other = World::signed_in(jwt_stored());
    other.make_due();
    let body = other.tokens(300, "r2");
    other.answer("/auth/refresh", 200, &body);
    world.advance(other.mono - 5_000);
    world.store = other.store.clone();
    world.message(Word::Refreshed);
    assert_eq!(world.events(), [Event::Refreshed]);
    world.advance(200_000);
    assert!(world.open.is_empty());
}

#[test]
fn in_cookie_modes_the_server_is_asked() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.events().last(), Some(&Event::SignedIn));
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    assert_eq!(world.events().last(), Some(&Event::SubjectChanged));
    world.message(Word::Ended);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));

    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.message(Word::SignedIn);
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events().last(), Some(&Event::SignedIn));
    world.message(Word::Refreshed);
    assert!(world.open.is_empty(), "its own token is good");
}

#[test]
fn words_read_back_and_others_do_not() {
    for word in Word::ALL {
        assert_eq!(Word::read(word.as_str()), Some(word));
    }
    assert_eq!(Word::read("sign everybody out"), None);
}

#[test]
fn ec26_looking_again_without_news_notifies_nobody() {
    let mut world = World::signed_in(jwt_stored());
    for _ in 0..50 {
        world.message(Word::Refreshed);
        world.feed(hallpass::core::Input::Page(
            hallpass::core::PageEvent::Visible,
        ));
        world.feed(hallpass::core::Input::Page(
            hallpass::core::PageEvent::StoreChanged,
        ));
    }
    assert!(world.changes.is_empty());
    let mut world = crate::calls::session();
    for _ in 0..50 {
        world.message(Word::SignedIn);
        world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    }
    assert!(world.changes.is_empty());
}

#[test]
fn an_empty_store_waits_a_moment_for_the_word_that_explains_it() {
    use hallpass::core::{Input, PageEvent};
    let mut world = World::signed_in(jwt_stored());
    world.store = None;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.status(), Status::SignedIn);
    world.message(Word::LoggedOut);
    assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
    let mut world = World::signed_in(jwt_stored());
    world.store = None;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(600);
    assert_eq!(world.reason(), Some(Reason::StoreCleared));
}
