//! A token that is too large to be sent.

use crate::world::{World, jwt, jwt_stored};
use hallpass::core::Options;
use hallpass::{Event, Status};

/// A token answer whose access token has about so many bytes.
fn answer_of(world: &World, bytes: usize) -> String {
    let iat = world.server_now() / 1000;
    let padding = "x".repeat(bytes * 3 / 4);
    let token = jwt(&format!(
        r#"{{"sub":"ada","iat":{iat},"exp":{},"groups":"{padding}"}}"#,
        iat + 300
    ));
    format!(r#"{{"access_token":"{token}","expires_in":300,"refresh_token":"r"}}"#)
}

fn told(world: &World) -> usize {
    let large = |change: &&hallpass::Change| change.event == Event::TokenLarge;
    world.changes.iter().filter(large).count()
}

fn login(world: &mut World, bytes: usize) {
    world.login();
    let body = answer_of(world, bytes);
    world.answer("/auth/login", 200, &body);
}

#[test]
fn a_token_that_servers_refuse_is_told_of_after_the_login() {
    let mut world = World::new(jwt_stored());
    login(&mut world, 9_000);
    let events: Vec<_> = world.changes.iter().map(|change| change.event).collect();
    assert_eq!(events[1..], [Event::SignedIn, Event::TokenLarge]);
    let line = world
        .engine
        .journal()
        .find(|entry| entry.event == "token too large");
    assert!(line.unwrap().value.unwrap() > 9_000);
}

#[test]
fn a_token_of_usual_size_is_not_told_of() {
    let mut world = World::new(jwt_stored());
    login(&mut world, 7_000);
    assert_eq!(told(&world), 0);
}

#[test]
fn the_whole_header_line_counts() {
    let header = "X-".to_owned() + &"long-".repeat(400);
    let mut world = World::new(Options {
        header,
        ..jwt_stored()
    });
    login(&mut world, 7_000);
    assert_eq!(told(&world), 1);
}

#[test]
fn it_is_told_once_until_a_smaller_one_comes() {
    let mut world = World::new(jwt_stored());
    login(&mut world, 9_000);
    let mut refresh = |bytes| {
        world.refresh();
        let body = answer_of(&world, bytes);
        world.answer("/auth/refresh", 200, &body);
        told(&world)
    };
    assert_eq!(
        [
            refresh(9_000),
            refresh(9_500),
            refresh(1_000),
            refresh(9_000)
        ],
        [1, 1, 1, 2]
    );
}

#[test]
fn a_restored_token_is_weighed_too() {
    let mut first = World::new(jwt_stored());
    login(&mut first, 9_000);
    let mut world = World::idle(jwt_stored());
    world.store = first.store;
    let world = world.start();
    assert_eq!(told(&world), 1);
}

#[test]
fn the_longest_line_that_servers_take_is_not_told_of() {
    for (token, expected) in [(8_168, 0), (8_169, 1)] {
        let mut world = World::new(jwt_stored());
        world.login();
        let line = "Authorization: Bearer ".len() + token;
        assert_eq!(line > 8_190, expected == 1);
        let body = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(token));
        world.answer("/auth/login", 200, &body);
        assert_eq!(told(&world), expected, "{line}");
    }
}

#[test]
fn a_stored_token_that_is_being_renewed_is_not_told_of() {
    let mut first = World::new(jwt_stored());
    login(&mut first, 9_000);
    let mut world = World::idle(jwt_stored());
    world.store = first.store;
    world.mono = 300_000;
    let mut world = world.start();
    assert_eq!(world.status(), Status::Restoring);
    let body = answer_of(&world, 1_000);
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(told(&world), 0);
}
