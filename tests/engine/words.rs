//! What tabs tell each other, and who acts on it.

use crate::world::{World, jwt_stored};
use hallpass::core::{Input, Message, Mode, Options, Word};

fn hybrid() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world
}

#[test]
fn a_signed_out_tab_asks_the_server_when_another_renews_a_session() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.message(Word::Refreshed);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn so_does_a_tab_when_the_session_of_somebody_else_is_renewed() {
    let mut world = hybrid();
    let grace = Message {
        subject: 7,
        ..world.message_of(Word::Refreshed)
    };
    world.feed(Input::Message(grace));
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_signed_out_tab_asks_nothing_when_a_session_ends_or_the_server_wants_to_be_left_alone() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.message(Word::Ended);
    let wait = Message {
        wait_ms: 1_000,
        ..world.message_of(Word::Unavailable)
    };
    world.feed(Input::Message(wait));
    world.advance(60_000);
    assert!(world.open.is_empty());
}

#[test]
fn ec11_a_refresh_that_is_out_is_heard_though_another_tab_was_told_to_wait() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let wait = Message {
        wait_ms: 90_000,
        ..world.message_of(Word::Unavailable)
    };
    world.feed(Input::Message(wait));
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.store.as_ref().unwrap().contains("r2"));
}
