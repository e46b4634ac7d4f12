//! Any text under the client's key, at the start and whenever it is looked at again.
//!
//! - Nobody is signed in by a record that is damaged: what is taken up has every part, and each of its kind.
//! - Another's data is neither overwritten nor removed, whatever is done (`Tab` looks at that), nor does it sign anybody in.
//!
//! The first letter is the configuration, a digit; sections follow, each behind a line `---`. Of a section, the first line
//! says what happens (see `step`); the rest, if there is any, is in the store
//! from then on. The first section is there at the start.

use crate::{BEGIN, Tab, kind};
use hallpass::core::{Input, Options, PageEvent, Status, StorageKind};
use hallpass::jwt::Token;
use serde_json::Value;

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let Some(first) = text.bytes().next() else {
        return;
    };
    let mut sections = text.split("\n---\n").skip(1).take(12);
    let Some(stored) = sections.next() else {
        return;
    };
    let digit = [3, 7, 8, 4, 9, 0][usize::from(first) % 6];
    let mut tab = with_storage(digit);
    tab.store = Some(stored.into());
    tab.feed(Input::Start { seed: 7 });
    if stores_tokens(digit) {
        let may = may_sign_in(stored);
        assert!(
            tab.status() != Status::SignedIn || may,
            "a damaged record signs in: {stored}"
        );
        assert!(tab.sent == 0 || may, "a damaged record is sent: {stored}");
    }
    for section in sections {
        let (what, stored) = section.split_once('\n').unwrap_or((section, ""));
        if !stored.is_empty() {
            tab.store = (stored != "nothing").then(|| stored.into());
        }
        let was_out = tab.status() == Status::SignedOut;
        let can_know = tab.open.is_empty() && tab.waiting.is_empty() && stores_tokens(digit);
        step(&mut tab, what);
        if was_out && can_know && what == "look" && tab.status() == Status::SignedIn {
            let text = tab.store.as_deref().unwrap_or_default();
            assert!(may_sign_in(text), "a damaged record signs in: {text}");
        }
    }
}

fn with_storage(digit: u8) -> Tab {
    let options = kind(digit);
    let storage = options.storage.or(Some(StorageKind::Local));
    Tab::idle(Options { storage, ..options })
}

fn stores_tokens(digit: u8) -> bool {
    matches!(digit, 3 | 7 | 8)
}

fn step(tab: &mut Tab, what: &str) {
    match what {
        "look" => tab.feed(Input::Page(PageEvent::StoreChanged)),
        "login" => {
            tab.login();
            tab.answer_all(200);
            tab.answer_all(200);
        }
        "logout" => {
            tab.calls(|call| Input::Logout { call });
            tab.answer_all(200);
        }
        "refresh" => {
            tab.calls(|call| Input::Refresh { call });
            tab.answer_all(200);
        }
        "refused" => {
            tab.calls(|call| Input::Refresh { call });
            tab.answer_all(401);
        }
        "fail" => tab.store_fails = !tab.store_fails,
        "hang" => tab.store_hangs(true),
        "answer" => tab.store_hangs(false),
        "wait" => tab.advance(200_000),
        _ => tab.feed(Input::Page(PageEvent::Visible)),
    }
}

/// Whether it is a whole record of this version, by the format's own description and no code of hallpass but its JWTs'.
fn may_sign_in(text: &str) -> bool {
    let Some(json) = text.strip_prefix("hallpass/1 ") else {
        return false;
    };
    let Ok(Value::Object(record)) = serde_json::from_str::<Value>(json) else {
        return false;
    };
    let whole = |name: &str| {
        let number = record.get(name)?.as_f64()?;
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number)
    };
    let is_absent = |name: &str| !record.contains_key(name);
    let is_text = |name: &str| record.get(name).is_some_and(Value::is_string);
    let access = record.get("access").and_then(Value::as_str);
    access.is_some_and(|access| Token::inspect(access).is_ok())
        && whole("generation").is_some_and(|count| (0.0..=4_294_967_296.0).contains(&count))
        && whole("issuedAt").is_some()
        && whole("skew").is_some()
        && (is_absent("endsAt") || whole("endsAt").is_some())
        && (is_absent("refresh") || is_text("refresh"))
        && (is_absent("user") || record["user"].is_object())
        && (is_absent("login") || whole("login").is_some_and(|login| login <= TOMORROW))
        && record.get("logoutPending") != Some(&Value::Bool(true))
}

const TOMORROW: f64 = (BEGIN + 86_400_000) as f64;
