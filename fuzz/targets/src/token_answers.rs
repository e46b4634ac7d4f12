//! What login and refresh endpoints answer, whatever that is, in each configuration.
//!
//! - A login that fails changes neither who is signed in nor the token that is held; one that succeeds signs in.
//! - A refresh ends the session only by a definite refusal: 401, 403, `invalid_grant` or `invalid_token`.
//! - No error text of a login holds the password, and none of a refresh a token that was held. The journal holds neither.
//!
//! The first letter is the configuration, a digit; sections follow, each behind a line `---`. The first line of a section is
//! where it goes (`login`, `refresh` or `me`), the status, and words for headers: `html`, `moved`, `date=`, `retry=`,
//! `until=`. The rest is the body.

use crate::answers::may_refuse;
use crate::{BEGIN, PASSWORD, Tab, plain};
use hallpass::Json;
use hallpass::core::{Answer, CallId, Code, Input, Outcome, ServerTime, Snapshot, Status};
use hallpass::jwt::Token;

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let Some(first) = text.bytes().next() else {
        return;
    };
    let mut tab = Tab::signed_in(first.wrapping_sub(b'0'));
    for section in text.split("\n---\n").skip(1).take(12) {
        let (line, body) = section.split_once('\n').unwrap_or((section, ""));
        let mut words = line.split(' ');
        let to = words.next().unwrap_or_default();
        let answer = answer(words, body);
        match to {
            "login" => login(&mut tab, answer),
            "refresh" => refresh(&mut tab, answer),
            "me" => me(&mut tab, answer),
            _ => {}
        }
        journal_is_clean(&tab);
        if tab.status() != Status::SignedIn {
            return;
        }
    }
}

fn answer<'a>(mut words: impl Iterator<Item = &'a str>, body: &str) -> Answer {
    let status = words
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(200);
    let mut answer = plain(status, body);
    for word in words {
        // What the browser reads as a date is one that a `Date` can hold.
        let date = |text: &str| Some(text.parse::<i64>().ok()?.clamp(-LAST_MS, LAST_MS));
        match word.split_once('=').unwrap_or((word, "")) {
            ("html", _) => answer.is_html = true,
            ("moved", _) => answer.csrf_moved = true,
            ("date", text) => answer.date = date(text).map(ServerTime),
            ("retry", text) => answer.retry_after = Some(text.into()),
            ("until", text) => answer.retry_after_date = date(text),
            _ => {}
        }
    }
    answer
}

const LAST_MS: i64 = 8_640_000_000_000_000;

fn login(tab: &mut Tab, answer: Answer) {
    tab.secrets.clear();
    tab.answer_all(200); // what earlier steps have asked
    let before = held(tab);
    tab.secrets_in_codes = false;
    tab.secrets = vec![PASSWORD.into(), "424242-otp".into()];
    let call = tab.login();
    fetch_csrf(tab);
    let Some(place) = tab.open_to("/auth/login") else {
        return tab.gone(call);
    };
    let may_succeed = (200..300).contains(&answer.status);
    tab.answer(place, answer.clone());
    fetch_csrf(tab);
    if let Some(place) = tab.open_to("/auth/login") {
        tab.answer(place, answer); // once more, with another CSRF token
    }
    tab.secrets.clear();
    // Nothing else is answered: a refresh that came meanwhile would change what is held.
    while let Some(place) = tab.open_to("/auth/me") {
        let body = tab.good(&tab.open[place].1);
        tab.answer(place, plain(200, &body));
    }
    let Some(outcome) = outcome(tab, call) else {
        panic!("a login waits for ever: {:?}", tab.events());
    };
    if outcome.is_ok() {
        assert!(may_succeed && tab.status() == Status::SignedIn);
    } else {
        assert_eq!(held(tab), before);
    }
}

/// Who is signed in, and by which token. To ask for the token may renew it; to look does not.
fn held(tab: &Tab) -> (u64, Option<Json>, Snapshot) {
    let engine = &tab.engine;
    (
        engine.generation(),
        engine.claims().cloned(),
        tab.snapshot().clone(),
    )
}

fn refresh(tab: &mut Tab, answer: Answer) {
    hold_secrets(tab);
    let call = tab.calls(|call| Input::Refresh { call });
    fetch_csrf(tab);
    let Some(place) = tab.open_to("/auth/refresh") else {
        return tab.gone(call); // too soon after a failure
    };
    // A success may say in its body that nobody is signed in.
    let is_refusal = may_refuse(answer.status) || (200..300).contains(&answer.status);
    tab.answer(place, answer.clone());
    fetch_csrf(tab);
    if let Some(place) = tab.open_to("/auth/refresh") {
        tab.answer(place, answer);
    }
    let outcome = outcome(tab, call);
    match outcome {
        Some(Err(error)) if error.code == Code::SignedOut => assert!(is_refusal),
        // Superseded: somebody else is signed in by it.
        Some(Err(error)) => assert!(matches!(
            error.code,
            Code::RefreshUnavailable | Code::Superseded
        )),
        Some(Ok(_)) => assert_eq!(tab.status(), Status::SignedIn),
        None => panic!("a refresh waits for ever: {:?}", tab.events()),
    }
    if tab.status() != Status::SignedIn {
        assert!(is_refusal, "{:?}", tab.events());
    }
    tab.answer_all(200);
    if tab.status() == Status::SignedIn {
        tab.advance(61_000); // past a backoff
        tab.answer_all(200);
    }
}

/// In session mode it is asked who is signed in; elsewhere it only knows the profile.
fn me(tab: &mut Tab, answer: Answer) {
    tab.secrets.clear();
    let before = token(tab);
    let is_definite = matches!(answer.status, 200..=299 | 400..=499);
    tab.calls(|call| Input::Refresh { call });
    if let Some(place) = tab.open_to("/auth/me") {
        tab.answer(place, answer);
        assert!(tab.status() == Status::SignedIn || is_definite);
    }
    if let (Some(before), Some(now)) = (before, token(tab)) {
        assert!(before == now || tab.status() == Status::SignedIn);
    }
    tab.answer_all(200);
}

fn fetch_csrf(tab: &mut Tab) {
    if let Some(place) = tab.open_to("/csrf") {
        let body = format!(r#"{{"token":"csrf{}"}}"#, tab.sent);
        tab.answer(place, plain(200, &body));
    }
}

/// The access token that the app would be given now, if there is one and it is not due.
fn token(tab: &mut Tab) -> Option<String> {
    let call = tab.calls(|call| Input::Token { call });
    match outcome(tab, call) {
        Some(Ok(Outcome::Token(token))) => Some(token?.expose().to_owned()),
        _ => {
            tab.gone(call);
            None
        }
    }
}

/// What must not be told: tokens that are long enough not to stand in an error by chance.
fn hold_secrets(tab: &mut Tab) {
    tab.secrets.clear();
    tab.secrets_in_codes = true;
    if let Some(token) = token(tab).filter(|token| is_secret(token)) {
        tab.secrets.push(token);
    }
    let stored = tab
        .store
        .as_deref()
        .and_then(|text| text.strip_prefix("hallpass/1 "));
    let record = stored.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let refresh = record
        .as_ref()
        .and_then(|record| record.get("refresh")?.as_str());
    tab.secrets
        .extend(refresh.filter(|token| is_secret(token)).map(str::to_owned));
}

fn is_secret(token: &str) -> bool {
    token.starts_with("refresh-secret-") || (token.len() > 40 && Token::inspect(token).is_ok())
}

fn outcome(tab: &Tab, call: CallId) -> Option<Result<Outcome, hallpass::AuthError>> {
    let mut settled = tab.settled.iter().rev();
    settled
        .find(|(known, _)| *known == call)
        .map(|(_, outcome)| outcome.clone())
}

fn journal_is_clean(tab: &Tab) {
    for line in tab.engine.journal() {
        let text = format!("{line:?}");
        let mut secrets = tab.secrets.iter().map(String::as_str).chain([PASSWORD]);
        assert!(secrets.all(|secret| !text.contains(secret)));
        assert!(line.time.0 >= BEGIN);
    }
}
