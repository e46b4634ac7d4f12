//! By which member of claims and profiles a person is told from another.

use crate::world::{World, jwt, jwt_stored};
use hallpass::core::Event;

/// A login's answer with a token of these claims and this profile, in which something differs each time.
fn login(world: &mut World, claims: &str, profile: &str) {
    let token = jwt(claims);
    let visits = world.changes.len();
    let profile = profile.replacen('{', &format!(r#"{{"visits":{visits},"#), 1);
    let profile = profile.replace(",}", "}");
    let body = format!(r#"{{"access_token":"{token}","user":{profile}}}"#);
    world.login();
    world.answer("/auth/login", 200, &body);
}

/// The hash that other tabs are told.
fn hash(claims: &str, profile: &str) -> u32 {
    let mut world = World::new(jwt_stored());
    login(&mut world, claims, profile);
    world.told.last().unwrap().subject
}

/// Whether a second login is taken for that of another person.
fn is_another(first: [&str; 2], second: [&str; 2]) -> bool {
    let mut world = World::new(jwt_stored());
    login(&mut world, first[0], first[1]);
    login(&mut world, second[0], second[1]);
    world.events().last() == Some(&Event::SubjectChanged)
}

#[test]
fn tabs_are_told_of_what_a_person_keeps_if_the_profile_has_that() {
    let of = |value: &str| hash(&format!(r#"{{"sub":"{value}"}}"#), "{}");
    assert_eq!(hash(r#"{"email":"a"}"#, r#"{"id":7}"#), of("7"));
    assert_eq!(hash(r#"{"username":"a"}"#, r#"{"id":7}"#), of("7"));
    assert_eq!(hash(r#"{"email":"a"}"#, r#"{"username":"b"}"#), of("a"));
    assert_eq!(hash(r#"{"sub":"1"}"#, r#"{"id":7}"#), of("1"));
}

#[test]
fn upper_and_lower_case_differ_in_what_no_person_types() {
    for (name, differ) in [
        ("sub", true),
        ("name_identifier", true),
        ("username", false),
        ("mail", false),
    ] {
        let claims = |value: &str| format!(r#"{{"{name}":"{value}"}}"#);
        let seen = is_another([&claims("A"), "{}"], [&claims("a"), "{}"]);
        assert_eq!(seen, differ, "{name}");
    }
}

#[test]
fn of_two_values_of_one_name_the_tokens_counts() {
    let held = [r#"{"email":"a"}"#, r#"{"email":"b"}"#];
    assert!(!is_another(held, ["{}", r#"{"email":"a"}"#]));
    assert!(is_another(held, ["{}", r#"{"email":"b"}"#]));
}
