//! The note of a logout that the server has not heard of ends the session that it was written for, and no other.

use crate::world::{World, header, headers_of};
use hallpass::Reason;
use hallpass::core::{
    Endpoint, Input, LoadFailure, Mode, Options, PageEvent, Redirects, Status, Word,
};

const ADA: &str = r#"{"user":{"id":1,"name":"Ada"}}"#;
const GRACE: &str = r#"{"user":{"id":2,"name":"Grace"}}"#;

fn by_redirect() -> Options {
    Options {
        login: Endpoint::Absent,
        ..Options::new(Mode::Session)
    }
}

/// What a page leaves in the store whose logout of Ada came to nothing.
fn note(options: Options) -> Option<String> {
    let mut world = World::new(options);
    world.answer("/auth/me", 200, ADA);
    world.logout();
    assert_eq!(world.request("/auth/logout").redirects, Redirects::Answer);
    world.answer("/auth/logout", 503, "");
    world.store
}

fn start(options: Options, store: Option<String>) -> World {
    let mut world = World::idle(options);
    world.store = store;
    world.start()
}

#[test]
fn a_redirect_is_an_answer() {
    let mut world = World::new(by_redirect());
    world.answer("/auth/me", 200, ADA);
    let logout = world.logout();
    world.answer("/auth/logout", 302, "");
    assert!(world.outcome(logout).is_ok() && world.store.is_none());
}

#[test]
fn a_session_that_a_page_of_the_backend_began_stands() {
    for user in [ADA, GRACE] {
        let mut world = start(by_redirect(), note(by_redirect()));
        assert!(!world.is_open("/auth/logout"));
        world.answer("/auth/me", 200, user);
        assert_eq!(world.status(), Status::SignedIn, "{user}");
        assert!(world.store.is_none() && world.open.is_empty());
    }
}

#[test]
fn a_page_that_is_only_loaded_again_tells_the_server() {
    let mut world = World::idle(by_redirect());
    world.store = note(by_redirect());
    world.feed(Input::Page(PageEvent::Reloaded));
    let mut world = world.start();
    world.answer("/auth/me", 200, ADA);
    assert_eq!(world.status(), Status::SignedOut);
    assert_eq!(world.reason(), Some(Reason::Logout));
    world.answer("/auth/logout", 204, "");
    assert!(world.store.is_none());
}

#[test]
fn where_sessions_begin_by_login_only_somebody_elses_stands() {
    let options = || Options::new(Mode::Session);
    let mut world = start(options(), note(options()));
    world.answer("/auth/me", 200, GRACE);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(world.store.is_none() && world.open.is_empty());
    let mut world = start(options(), note(options()));
    world.answer("/auth/me", 200, ADA);
    assert_eq!(world.status(), Status::SignedOut);
    assert!(world.is_open("/auth/logout"));
}

#[test]
fn a_session_that_is_over_needs_no_logout() {
    let mut world = start(by_redirect(), note(by_redirect()));
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::Logout));
    assert!(world.store.is_none() && world.open.is_empty());
}

#[test]
fn a_server_that_cannot_be_asked_is_asked_again_and_nobody_is_shown_meanwhile() {
    let options = || Options::new(Mode::Session);
    let mut world = start(options(), note(options()));
    let ready = world.ready();
    world.answer("/auth/me", 503, "");
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.status(), Status::SignedOut);
    world.until("/auth/me");
    world.answer("/auth/me", 200, ADA);
    world.answer("/auth/logout", 204, "");
    assert!(world.store.is_none());
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_refused_access_token_does_not_end_the_cookie_that_brings_the_session_back() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.logout();
    world.answer("/auth/logout", 401, "");
    let mut world = start(Options::new(Mode::Hybrid), world.store);
    let body = world.tokens(300, "new");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedOut);
    let headers = headers_of(world.request("/auth/logout"));
    assert!(
        header(&headers, "Authorization").is_some(),
        "with the new token"
    );
    world.answer("/auth/logout", 204, "");
    assert!(world.store.is_none());
}

#[test]
fn a_hybrid_session_of_somebody_else_stands() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.logout();
    world.fail("/auth/logout");
    let mut world = start(Options::new(Mode::Hybrid), world.store);
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.is_none() && !world.is_open("/auth/logout"));
}

#[test]
fn a_login_elsewhere_takes_the_note_from_all_tabs() {
    let mut world = start(
        Options::new(Mode::Session),
        note(Options::new(Mode::Session)),
    );
    world.answer("/auth/me", 503, "");
    world.store = None;
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, ADA);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(!world.is_open("/auth/logout"));
}

/// Ada has logged out here, in vain. Away in the back/forward cache, the page does not hear that Grace has come, and has logged out
/// in vain, too: another page's note says so.
fn behind_a_later_logout(options: Options, store: Option<String>) -> World {
    let mut world = World::new(options);
    match world.engine.config().mode() {
        Mode::Session => world.answer("/auth/me", 200, ADA),
        _ => {
            let body = world.tokens_of("ada", 300, "");
            world.answer("/auth/refresh", 200, &body);
        }
    }
    world.logout();
    world.fail("/auth/logout");
    world.feed(Input::Page(PageEvent::Hidden));
    world.store = store;
    world.feed(Input::Page(PageEvent::Restored));
    world
}

#[test]
fn a_later_logout_takes_the_place_of_the_one_that_is_noted_here() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, GRACE);
    world.logout();
    world.fail("/auth/logout");
    let mut world = behind_a_later_logout(Options::new(Mode::Session), world.store);
    world.answer("/auth/me", 200, GRACE);
    assert_eq!(world.status(), Status::SignedOut);
    world.answer("/auth/logout", 204, "");
    assert!(world.store.is_none());
}

#[test]
fn a_hybrid_page_asks_about_the_later_logout_too() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    world.logout();
    world.fail("/auth/logout");
    let mut world = behind_a_later_logout(Options::new(Mode::Hybrid), world.store);
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedOut);
    world.answer("/auth/logout", 204, "");
    let is_noted = |store: &String| store.contains("logoutPending");
    assert!(!world.store.as_ref().is_some_and(is_noted));
}

/// Grace is signed in, and finds the note of Ada's logout, or hears of it.
fn of_another(mode: Mode, finds: bool) -> World {
    let signed_in = |user: &str, name: &str| {
        let mut world = World::new(Options::new(mode));
        let tokens = world.tokens_of(name, 300, "");
        match mode {
            Mode::Session => world.answer("/auth/me", 200, user),
            _ => world.answer("/auth/refresh", 200, &tokens),
        }
        world
    };
    let mut ada = signed_in(ADA, "ada");
    ada.logout();
    let mut world = signed_in(GRACE, "grace");
    world.store = ada.store;
    if finds {
        world.refresh();
    } else {
        let told = ada.told.into_iter().last().unwrap();
        assert_eq!(told.word, Word::LoggedOut);
        world.feed(Input::Message(told));
    }
    world
}

#[test]
fn somebody_else_stays_signed_in() {
    for (mode, finds) in [
        (Mode::Hybrid, true),
        (Mode::Hybrid, false),
        (Mode::Session, false),
    ] {
        let mut world = of_another(mode, finds);
        assert_eq!(world.status(), Status::SignedIn);
        if mode == Mode::Session {
            world.answer("/auth/me", 200, GRACE);
        } else {
            let body = world.tokens_of("grace", 300, "");
            world.answer("/auth/refresh", 200, &body);
        }
        assert_eq!(world.status(), Status::SignedIn, "{mode:?}");
        assert!(world.store.is_none() && world.open.is_empty());
    }
}

#[test]
fn the_attempt_that_stands_beside_the_note_of_somebody_elses_logout_is_repeated() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    let note = r#"hallpass/1 {"logoutPending":true,"subject":7,"attempt":"of another tab"}"#;
    world.store = Some(note.into());
    world.refresh();
    let headers = headers_of(world.request("/auth/refresh"));
    let name = header(&headers, "Idempotency-Key");
    assert_eq!(name.as_deref(), Some("of another tab"));
}

#[test]
fn who_was_logged_out_does_not_come_back_in_a_tab_of_somebody_else() {
    for (mode, finds) in [
        (Mode::Hybrid, true),
        (Mode::Hybrid, false),
        (Mode::Session, false),
    ] {
        let mut world = of_another(mode, finds);
        if mode == Mode::Session {
            world.answer("/auth/me", 200, ADA);
        } else {
            let body = world.tokens_of("ada", 300, "");
            world.answer("/auth/refresh", 200, &body);
        }
        assert_eq!(world.status(), Status::SignedOut, "{mode:?}");
        assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
        assert!(world.is_open("/auth/logout"));
    }
}

#[test]
fn a_logout_that_nobody_waits_for_is_not_sent_while_the_store_does_not_say_that_it_stands() {
    let options = || Options::new(Mode::Session);
    let mut world = start(options(), note(options()));
    world.store_refuses = Some(LoadFailure::Broken);
    world.answer("/auth/me", 200, ADA);
    assert!(!world.is_open("/auth/logout"));
    assert_eq!(world.status(), Status::SignedOut);
    world.store_refuses = None;
    world.feed(Input::Page(PageEvent::Online));
    world.answer("/auth/me", 200, ADA);
    assert!(world.is_open("/auth/logout"));
}

/// A logout that is answered without the lock: the page was left while it waited for that.
fn told_without_lock(store: impl FnOnce(Option<String>) -> Option<String>) -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.lock_waits = true;
    world.logout();
    world.feed(Input::Page(PageEvent::Hidden));
    world.store = store(world.store);
    world.answer("/auth/logout", 204, "");
    world
}

#[test]
fn the_note_of_a_logout_goes_without_the_lock_too() {
    let world = told_without_lock(|note| {
        assert!(note.as_ref().unwrap().contains("logoutPending"));
        note
    });
    assert_eq!(world.store, None);
}

#[test]
fn without_the_lock_a_logout_leaves_what_another_tab_has_noted() {
    for note in [
        r#"hallpass/1 {"attempt":"of another tab"}"#,
        r#"hallpass/1 {"logoutPending":true,"subject":7}"#,
    ] {
        let world = told_without_lock(|_| Some(note.into()));
        assert_eq!(world.store.as_deref(), Some(note));
    }
}

#[test]
fn a_logout_that_the_server_knows_of_leaves_the_attempt_of_another_tab_and_not_itself() {
    let world = told_without_lock(|note| {
        let (before, _) = note.as_ref().unwrap().split_once('}').unwrap();
        Some(format!(r#"{before},"attempt":"of another tab"}}"#))
    });
    assert_eq!(
        world.store.as_deref(),
        Some(r#"hallpass/1 {"attempt":"of another tab"}"#)
    );
}
