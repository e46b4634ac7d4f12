//! `Retry-After`, `Date` and the rest of what a failed refresh is answered with, seen through the engine: the session
//! stands, the pause is as long as the server asks for, a day at most, and without its word a minute at most; nothing is
//! sent before its end, and a session whose end is near is asked for after it. Dates that are shown stay dates.
//!
//! The first line is the status and words for headers: `html`, `date=`, `retry=`, `until=`; the rest is the body.

use crate::{BEGIN, Tab, plain};
use hallpass::core::{Answer, Input, Mono, PageEvent, ServerTime, Status};

const DAY_MS: u64 = 86_400_000;
const LAST_MS: i64 = 8_640_000_000_000_000;

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let answer = answer(text);
    let may_refuse =
        may_refuse(answer.status) || answer.body.contains("invalid_") || answer.body.contains('\\');
    if may_refuse {
        return;
    }
    let mut tab = Tab::signed_in(2);
    tab.advance(280_000); // due, and twenty seconds good
    let place = tab.open_to("/auth/refresh").expect("a refresh that is due");
    tab.answer(place, answer.clone());
    let is_success = (200..300).contains(&answer.status);
    if is_success && tab.status() == Status::SignedOut {
        return; // it says so in its body
    }
    assert_eq!(tab.status(), Status::SignedIn);
    if is_success && tab.open.is_empty() && tab.engine.generation() > 1 {
        return shows_dates(&tab);
    }
    let Some(Mono(until)) = tab.engine.next_deadline() else {
        panic!("nothing comes after a failure: {:?}", tab.events());
    };
    let pause = until - tab.mono;
    match asked_for(&answer, tab.now().wall.0) {
        Some(seconds) => assert_eq!(pause, (seconds * 1_000).clamp(500, DAY_MS)),
        None => assert!((500..=60_000).contains(&pause)),
    }
    let sent = tab.sent;
    tab.feed(Input::Page(PageEvent::StoreChanged));
    tab.advance(pause - 1);
    assert_eq!(tab.sent, sent, "sent before the end of the pause");
    tab.advance(1);
    assert_eq!(tab.sent, sent + 1, "not sent behind the end of the pause");
    shows_dates(&tab);
}

fn answer(text: &str) -> Answer {
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = line.split(' ');
    let status = words.next().and_then(|word| word.parse().ok());
    let mut answer = plain(status.unwrap_or(503), body);
    let mut rest = line;
    while let Some((_, word)) = rest.split_once(' ') {
        rest = word;
        let date = |text: &str| {
            let digits = text.split(' ').next().unwrap_or_default();
            Some(digits.parse::<i64>().ok()?.clamp(-LAST_MS, LAST_MS))
        };
        match word.split_once('=').unwrap_or((word, "")) {
            ("html", _) => answer.is_html = true,
            ("date", text) => answer.date = date(text).map(ServerTime),
            ("retry", text) => answer.retry_after = Some(text.replace('_', " ")),
            ("until", text) => answer.retry_after_date = date(text),
            _ => {}
        }
    }
    answer
}

/// How many seconds, if the server says it in a way that RFC 9110 §10.2.3 knows.
fn asked_for(answer: &Answer, wall: i64) -> Option<u64> {
    if (200..300).contains(&answer.status) && is_readable(&answer.body) {
        return None; // that it failed is what the body is to blame for
    }
    let text = answer.retry_after.as_deref()?.trim_ascii();
    let digits = text.trim_start_matches('0');
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than 18 of them are as many as there can be, whatever they are.
        let is_huge = text.len() > 18 || digits.len() > 6;
        return Some(if is_huge {
            DAY_MS / 1_000
        } else {
            digits.parse().unwrap_or(0)
        });
    }
    let base = answer.date.map_or(wall, |date| date.0);
    let ms = answer.retry_after_date? - base;
    Some(u64::try_from(ms).unwrap_or(0).div_ceil(1_000))
}

/// JSON, or nothing at all.
fn is_readable(body: &str) -> bool {
    body.trim_ascii().is_empty() || serde_json::from_str::<serde_json::Value>(body).is_ok()
}

fn shows_dates(tab: &Tab) {
    let snapshot = tab.snapshot();
    for time in [snapshot.expires_at, snapshot.issued_at]
        .into_iter()
        .flatten()
    {
        // Sums of what came in: the answer's date, and a lifetime on top.
        assert!(time.0.abs() <= 3 * LAST_MS, "{time:?}");
    }
    assert!(tab.now().wall.0 >= BEGIN);
}

/// Statuses by which a server may say that the refresh token is worth nothing.
pub(crate) fn may_refuse(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
}
