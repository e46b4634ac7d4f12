//! A store that answers later: what is read while something is written, and what comes of it.

use hallpass::core::{
    CsrfSource, Input, Message, Mode, Options, PageEvent, Secret, Status, Transport, Word,
};

use crate::world::{World, body_of, header, headers_of, jwt_stored};

fn loaded(world: &mut World, text: Option<String>) {
    world.feed(Input::Loaded(Ok(text.map(Secret::new))));
}

fn key(world: &World) -> String {
    let headers = headers_of(world.request("/auth/refresh"));
    header(&headers, "Idempotency-Key").unwrap()
}

fn hybrid() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    world
}

#[test]
fn a_session_that_is_taken_up_while_an_attempt_waits_is_not_renewed_by_that_attempt() {
    let mut world = World::new(Options {
        csrf: Some(Some((
            CsrfSource::Endpoint {
                url: "/csrf".into(),
                field: None,
            },
            "X-CSRF".into(),
        ))),
        transport: Some(Transport::Cookie),
        ..jwt_stored()
    });
    world.login();
    world.answer("/csrf", 200, r#"{"csrfToken":"c1"}"#);
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    world.make_due();
    assert!(world.is_open("/csrf"));
    world.store = World::of_grace(world.mono).store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    world.answer("/csrf", 200, r#"{"csrfToken":"c2"}"#);
    assert!(!world.is_open("/auth/refresh"), "nobody has noted it");
}

#[test]
fn an_attempt_that_was_not_noted_is_noted_when_it_is_repeated() {
    let mut world = hybrid();
    world.store_hangs = true;
    world.make_due();
    world.advance(15_000);
    let first = key(&world);
    assert_eq!(world.store, None);
    world.fail("/auth/refresh");
    world.store_hangs = false;
    loaded(&mut world, None);
    world.refresh();
    assert_eq!(key(&world), first);
    assert!(world.store.unwrap().contains(&first));
}

#[test]
fn a_note_that_is_about_to_be_removed_is_written_anew() {
    let mut world = hybrid();
    world.make_due();
    world.saves_hang = true;
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.store.is_some(), "the removal is under way");
    world.refresh();
    assert!(!world.is_open("/auth/refresh"));
    world.feed(Input::Saved(Ok(())));
    assert!(!world.is_open("/auth/refresh"), "that was the removal");
    world.feed(Input::Saved(Ok(())));
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn the_note_of_a_tab_that_is_gone_does_not_rename_an_attempt_for_the_same_token() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let sent = key(&world);
    world.fail("/auth/refresh");
    world.store = world
        .store
        .map(|text| text.replace(&sent, "of another tab"));
    world.refresh();
    assert_eq!(key(&world), sent);
    assert!(world.store.as_ref().unwrap().contains(&sent));
    assert!(body_of(world.request("/auth/refresh")).contains("r1"));
}

#[test]
fn ec03_a_page_that_thaws_waits_for_the_store_before_its_time_is_up() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.make_due();
    world.mono += 15_100;
    world.feed(Input::Tick);
    assert!(!world.is_open("/auth/refresh"));
    // In a page that is not seen, each timer may come late.
    world.mono += 60_000;
    world.feed(Input::Tick);
    assert!(world.is_open("/auth/refresh"), "not for ever");
}

#[test]
fn a_look_that_was_overtaken_by_another_session_is_taken_again() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.store_hangs = false;
    world.store = None;
    let theirs = World::of_grace(world.mono).store;
    loaded(&mut world, theirs);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    loaded(&mut world, None);
    world.advance(1_000);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn ec25_a_note_of_a_logout_that_is_being_written_is_not_missed() {
    let mut world = hybrid();
    world.saves_hang = true;
    world.logout();
    assert!(!world.is_open("/auth/logout"));
    world.store = Some(r#"hallpass/1 {"logoutPending":true,"subject":0}"#.into());
    world.feed(Input::Saved(Ok(())));
    assert!(world.is_open("/auth/logout"));
}

#[test]
fn a_store_that_did_not_answer_once_says_that_the_session_is_over() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(15_000);
    world.store_hangs = false;
    loaded(&mut world, None);
    world.store = None;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(1_000);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_session_that_another_tab_has_left_behind_is_not_taken_up_while_a_login_is_written() {
    let mut world = World::signed_in(jwt_stored());
    let theirs = World::of_grace(world.mono).store;
    world.saves_hang = true;
    world.advance(1_000);
    world.login();
    let body = world.tokens(300, "r2");
    world.answer("/auth/login", 200, &body);
    let own = world.store.take();
    world.store = theirs;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("ada"));
    world.store = own;
    world.feed(Input::Saved(Ok(())));
    world.advance(1_000);
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn nor_is_one_that_began_later_by_a_clock_that_was_set_back_since() {
    let mut world = World::new(jwt_stored());
    let theirs = World::of_grace(world.mono).store;
    world.saves_hang = true;
    world.wall -= 3_600_000;
    world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    world.store = theirs;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(1_000);
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn a_logout_whose_page_slept_before_it_could_be_sent_asks_first_whose_session_stands() {
    let mut world = hybrid();
    world.lock_waits = true;
    world.logout();
    world.mono += 60_000;
    world.feed(Input::LockGranted { waited: true });
    assert!(!world.is_open("/auth/logout"));
    world.lock_waits = false;
    world.feed(Input::Page(PageEvent::Visible));
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(!world.is_open("/auth/logout"));
}

#[test]
fn a_login_keeps_other_tabs_waiting_while_the_note_of_a_logout_stands() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.logout();
    world.fail("/auth/logout");
    world.login();
    world.answer("/auth/login", 204, "");
    assert!(world.is_open("/auth/me") && world.holds_lock);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!((world.holds_lock, world.store), (false, None));
}

#[test]
fn a_logout_elsewhere_does_not_rename_an_attempt_that_is_out_by_cookie() {
    let mut world = hybrid();
    world.make_due();
    let sent = key(&world);
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.message(Word::LoggedOut);
    world.fail("/auth/refresh");
    world.feed(Input::Page(PageEvent::Online));
    assert_eq!(key(&world), sent);
    assert!(world.store.unwrap().contains(&sent));
}

#[test]
fn a_logout_leaves_the_name_of_an_attempt_that_is_out_to_whoever_asks_next() {
    let mut world = hybrid();
    world.make_due();
    let sent = key(&world);
    world.logout();
    assert!(world.store.unwrap().contains(&sent));
}

#[test]
fn what_the_server_said_before_a_page_slept_ends_no_session() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = World::idle(Options::new(mode));
        world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
        let mut world = world.start();
        world.mono += 60_000;
        let body = world.tokens(300, "");
        let (path, body) = match mode {
            Mode::Session => ("/auth/me", r#"{"user":{"sub":"ada"}}"#),
            _ => ("/auth/refresh", body.as_str()),
        };
        world.answer(path, 200, body);
        assert!(!world.is_open("/auth/logout"));
        world.answer(path, 200, body);
        assert!(world.is_open("/auth/logout"));
    }
}

#[test]
fn ec25_a_page_that_comes_back_sees_the_note_of_a_logout() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.feed(Input::Page(PageEvent::Restored));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn so_does_one_that_does_not_know_yet_who_is_signed_in() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 503, "");
    world.feed(Input::Page(PageEvent::Hidden));
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.feed(Input::Page(PageEvent::Restored));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn what_takes_the_place_of_a_refresh_that_was_overtaken_asks_for_the_lock_anew() {
    let mut world = hybrid();
    world.make_due();
    world.feed(Input::Page(PageEvent::Restored));
    world.lock_waits = true;
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert!(!world.is_open("/auth/refresh"));
}

#[test]
fn a_session_of_which_a_tab_was_told_while_it_read_first_is_looked_for() {
    let (mut world, other) = World::behind();
    let old = world.store.take();
    world = World::idle(jwt_stored());
    world.store_hangs = true;
    let mut world = world.start();
    let told = other.message_of(Word::Refreshed);
    world.feed(Input::Message(told));
    world.store_hangs = false;
    world.store = other.store.clone();
    loaded(&mut world, old);
    world.advance(1_000);
    assert!(world.store == other.store && world.journal().contains(&"adopted"));
}

#[test]
fn somebody_who_is_found_signed_in_after_a_doubt_is_told_to_the_other_tabs() {
    let mut world = hybrid();
    world.make_due();
    world.answer("/auth/refresh", 401, "");
    assert_eq!(world.status(), Status::SignedOut);
    world.told.clear();
    world.message(Word::SignedIn);
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.told.iter().any(|told| told.word == Word::Refreshed));
}

#[test]
fn what_a_tab_still_writes_does_not_take_the_place_of_the_note_of_a_logout_elsewhere() {
    let mut world = hybrid();
    world.make_due();
    world.saves_hang = true;
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.saves_hang = false;
    world.message(Word::LoggedOut);
    assert!(world.store.unwrap().contains("logoutPending"));
}

#[test]
fn a_logout_stands_though_a_refresh_elsewhere_has_noted_itself_in_the_place_of_its_note() {
    let mut world = hybrid();
    world.lock_waits = true;
    world.logout();
    // That tab had the lock, and has read the store before.
    world.store = Some(r#"hallpass/1 {"attempt":"of another tab"}"#.into());
    world.feed(Input::LockGranted { waited: true });
    assert!(world.is_open("/auth/logout"));
    let note = world.store.unwrap();
    assert!(note.contains("logoutPending") && note.contains("of another tab"));
}

#[test]
fn the_note_of_a_logout_that_is_about_to_be_removed_is_not_taken_for_another() {
    let mut world = hybrid();
    world.logout();
    world.saves_hang = true;
    world.answer("/auth/logout", 204, "");
    assert!(world.store.is_some(), "the removal is under way");
    world.refresh();
    world.store = None;
    world.feed(Input::Saved(Ok(())));
    world.feed(Input::Saved(Ok(())));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(!world.is_open("/auth/logout"));
}

#[test]
fn who_has_come_while_a_login_asks_who_it_is_is_asked_for_afterwards() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.login();
    world.answer("/auth/login", 204, "");
    world.message(Word::Refreshed);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn what_a_page_that_slept_had_read_does_not_overwrite_a_login_since() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let old = world.store.clone();
    world.store_hangs = true;
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.mono += 60_000;
    world.store_hangs = false;
    world.store = World::of_grace(world.mono).store;
    loaded(&mut world, old);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.unwrap().contains("g1"));
}

#[test]
fn tokens_that_are_being_written_when_somebody_logs_in_do_not_stay_in_the_store() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.saves_hang = true;
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.saves_hang = false;
    world.store = World::of_grace(world.mono).store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert_eq!(world.saves, 3, "the login, the note, and what was taken up");
}

#[test]
fn a_login_keeps_the_lock_until_it_has_looked_for_the_note_of_a_logout() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.login();
    world.store_hangs = true;
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    assert!(world.holds_lock);
    loaded(&mut world, None);
    assert!(!world.holds_lock);
}

#[test]
fn who_waits_for_the_start_is_answered_by_what_another_tab_has_brought() {
    let (mut world, other) = World::behind();
    let old = world.store.take();
    world = World::idle(jwt_stored());
    world.mono = 290_000;
    (world.store_hangs, world.lock_waits) = (true, true);
    let mut world = world.start();
    let ready = world.ready();
    let told = other.message_of(Word::Refreshed);
    world.feed(Input::Message(told));
    world.store_hangs = false;
    world.store = other.store.clone();
    loaded(&mut world, old);
    assert!(world.waits(ready));
    world.advance(1_000);
    assert!(!world.waits(ready));
}

#[test]
fn what_a_page_that_slept_had_read_is_not_written_over_what_is_newer() {
    let (mut world, other) = World::behind();
    let old = world.store.clone();
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.mono += 60_000;
    world.store_hangs = false;
    world.store = other.store.clone();
    loaded(&mut world, old);
    assert!(world.store == other.store && world.journal().contains(&"adopted"));
}

/// What a tab of Ada's left in the store, and the word of that tab that she has logged out.
fn logged_out() -> (Option<String>, Message) {
    let mut world = World::signed_in(jwt_stored());
    let store = world.store.clone();
    world.logout();
    let told = world.told.into_iter();
    let word = told.last().unwrap();
    assert_eq!(word.word, Word::LoggedOut);
    (store, word)
}

#[test]
fn a_session_that_ends_while_a_start_reads_it_is_not_restored() {
    let (store, word) = logged_out();
    let mut world = World::idle(jwt_stored());
    world.store_hangs = true;
    let mut world = world.start();
    world.feed(Input::Message(word));
    loaded(&mut world, store.clone());
    assert_eq!(world.status(), Status::SignedOut);
    // The store that it was taken out of may show it once more.
    loaded(&mut world, store);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_change_that_is_told_while_a_start_renews_what_it_has_read_ends_nothing() {
    let mut world = World::idle(jwt_stored());
    world.store = World::signed_in(jwt_stored()).store;
    world.mono = 290_000;
    world.lock_waits = true;
    let mut world = world.start();
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.status(), Status::Restoring);
    world.feed(Input::LockGranted { waited: false });
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_change_that_is_told_while_a_start_reads_is_looked_up() {
    let (store, _) = logged_out();
    let mut world = World::idle(jwt_stored());
    world.store_hangs = true;
    let mut world = world.start();
    world.feed(Input::Page(PageEvent::StoreChanged));
    loaded(&mut world, store);
    world.store_hangs = false;
    loaded(&mut world, None);
    world.advance(1_000);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_store_that_answers_too_late_is_looked_into_again() {
    let mut world = World::new(jwt_stored());
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(20_000);
    let theirs = World::of_grace(world.mono).store;
    world.store = theirs.clone();
    world.store_hangs = false;
    loaded(&mut world, theirs);
    world.advance(1_000);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn who_is_asked_for_newer_tokens_leaves_another_login_in_the_store() {
    let mut world = World::signed_in(jwt_stored());
    let theirs = World::of_grace(world.mono + 1_000).store;
    let mut wanted = world.message_of(Word::Wanted);
    wanted.generation = 0;
    world.store = theirs.clone();
    world.feed(Input::Message(wanted));
    assert_eq!(world.store, theirs);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_renewal_leaves_a_login_in_the_store_that_could_not_be_read_yet() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.make_due();
    world.advance(16_000);
    let grace = World::of_grace(world.mono);
    world.store = grace.store.clone();
    let mut word = world.message_of(Word::SignedIn);
    word.login = grace.told.last().unwrap().login;
    world.feed(Input::Message(word));
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.advance(16_000);
    assert_eq!(world.store, grace.store);
}

#[test]
fn what_this_tab_wrote_before_it_took_up_a_login_is_not_taken_for_news() {
    let mut world = World::signed_in(jwt_stored());
    let own = world.store.clone();
    world.store_hangs = true;
    world.saves_hang = true;
    world.make_due();
    world.feed(Input::Page(PageEvent::StoreChanged));
    loaded(&mut world, own.clone());
    // Its note is being written.
    let theirs = World::of_grace(world.mono).store;
    loaded(&mut world, theirs);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    world.feed(Input::Page(PageEvent::StoreChanged));
    loaded(&mut world, own);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_store_that_could_not_be_written_once_tells_of_what_was_taken_up_since() {
    let (mut world, other) = World::behind();
    world.saves_fail = true;
    world.refresh();
    world.fail("/auth/refresh");
    world.saves_fail = false;
    world.store = other.store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.store = None;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(1_000);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn who_looked_before_the_note_of_a_logout_was_written_is_told_once_more() {
    let mut world = hybrid();
    let refreshed = world.message_of(Word::Refreshed);
    world.saves_hang = true;
    world.logout();
    world.told.clear();
    world.feed(Input::Message(refreshed));
    let told = world.told.iter().map(|message| message.word);
    assert_eq!(told.collect::<Vec<_>>(), [Word::LoggedOut]);
}

#[test]
fn what_a_store_writes_too_late_is_looked_at() {
    let mut world = World::signed_in(jwt_stored());
    world.saves_hang = true;
    world.logout();
    world.advance(16_000);
    world.store = World::of_grace(world.mono).store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    // The removal that the logout wanted comes now.
    world.store = None;
    world.feed(Input::Saved(Ok(())));
    world.advance(1_000);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn the_note_of_a_logout_that_is_written_too_late_is_taken_away_where_somebody_has_logged_in_since()
{
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.saves_hang = true;
    world.logout();
    world.advance(16_000);
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.status(), Status::SignedIn);
    world.saves_hang = false;
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.feed(Input::Saved(Ok(())));
    assert_eq!(world.store, None);
}

#[test]
fn the_note_of_a_logout_that_is_being_written_again_goes_where_somebody_has_logged_in_since() {
    let mut world = hybrid();
    world.saves_hang = true;
    world.advance(299_000);
    world.message(Word::LoggedOut);
    assert_eq!(world.status(), Status::SignedOut);
    world.saves_hang = false;
    world.store_hangs = true;
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.message(Word::SignedIn);
    assert!(
        !world
            .store
            .is_some_and(|note| note.contains("logoutPending"))
    );
}

/// Logged out elsewhere, where the store did not take that away. Then Grace logs in there, and it is told sooner than it is written.
fn told_of_grace() -> (World, World) {
    let mut world = World::signed_in(jwt_stored());
    let stored = world.store.clone();
    world.message(Word::LoggedOut);
    assert_eq!(world.status(), Status::SignedOut);
    world.store = stored;
    world.mono += 1_000;
    let mut grace = World::of_grace(world.mono);
    let told = grace.told.pop().unwrap();
    assert_eq!(told.word, Word::SignedIn);
    world.feed(Input::Message(told));
    (world, grace)
}

#[test]
fn a_session_that_was_logged_out_of_does_not_take_away_the_login_that_replaces_it() {
    let (mut world, grace) = told_of_grace();
    assert!(world.store.is_some(), "Grace's session is to come there");
    world.store = grace.store;
    world.advance(1_000);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_session_that_was_logged_out_of_goes_if_no_login_replaces_it() {
    let (mut world, _) = told_of_grace();
    world.advance(5_000);
    assert_eq!(world.store, None);
    assert_eq!(world.status(), Status::SignedOut);
}
