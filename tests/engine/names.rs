//! What JavaScript sees is what its types say.

use hallpass::core::Said;
use hallpass::{Code, Event, Reason, Status, StorageState};

const TYPES: &str = include_str!("../../pkg/index.d.ts");

/// Whether the types name `word` in quotes.
fn is_typed(word: &str) -> bool {
    TYPES.contains(&format!("\"{word}\""))
}

#[test]
fn every_code_reads_back_and_is_in_the_types() {
    for code in Code::ALL {
        assert_eq!(Code::read(code.as_str()), Some(code));
        assert!(is_typed(code.as_str()), "{}", code.as_str());
        let error = hallpass::AuthError::from_code(code);
        assert_eq!(error.to_string(), error.message());
        assert!(
            error.message().len() >= 18,
            "it tells what to do: {}",
            error.message()
        );
    }
    assert_eq!(Code::read("oops"), None);
    assert!(
        hallpass::AuthError::unsupported("no WebAssembly")
            .message()
            .ends_with(": no WebAssembly")
    );
}

#[test]
fn every_reason_and_event_reads_back_and_is_in_the_types() {
    for reason in Reason::ALL {
        assert_eq!(Reason::read(reason.as_str()), Some(reason));
        assert!(is_typed(reason.as_str()), "{}", reason.as_str());
    }
    for event in Event::ALL {
        assert_eq!(Event::read(event.as_str()), Some(event));
        assert!(is_typed(event.as_str()), "{}", event.as_str());
    }
    assert_eq!((Reason::read("oops"), Event::read("oops")), (None, None));
}

#[test]
fn states_are_in_the_types() {
    for status in [Status::Restoring, Status::SignedIn, Status::SignedOut] {
        assert!(is_typed(status.as_str()));
    }
    for state in [
        StorageState::Ok,
        StorageState::Unavailable,
        StorageState::Occupied,
    ] {
        assert!(is_typed(state.as_str()));
    }
}

#[test]
fn a_configuration_tells_what_the_shell_needs() {
    let config = crate::world::check(crate::world::jwt_stored()).unwrap();
    assert_eq!(
        (config.mode(), config.key(), config.base()),
        (hallpass::Mode::Jwt, "default", None)
    );
    assert_eq!(
        (config.storage(), config.header()),
        (hallpass::core::StorageKind::Local, "Authorization")
    );
    let world = crate::world::World::signed_in(crate::world::jwt_stored());
    assert!(
        world.engine.claims().is_some()
            && world.engine.generation() > 0
            && world.engine.version() > 0
    );
    assert_eq!(world.engine.config().key(), "default");
}

#[test]
fn every_meaning_that_an_apps_rule_may_tell_reads_back() {
    for said in [
        Said::Ok,
        Said::Nobody,
        Said::Refused,
        Said::Pending,
        Said::NotNow,
    ] {
        assert_eq!(Said::read(said.as_str()), Some(said));
        assert!(is_typed(said.as_str()), "{}", said.as_str());
    }
    assert_eq!(Said::read("oops"), None);
}
