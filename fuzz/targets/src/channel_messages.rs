//! Any messages of other tabs to one that is signed in, or was.
//!
//! - Nobody but Ada is ever signed in: nobody else is in the store, nor does the server know anybody else.
//! - What is said alone signs nobody in where nothing can be asked: without a shared store and without a cookie.
//! - No message is answered by one, so that two tabs cannot go on for ever.
//! - What a message makes the tab do is bounded. A flood of them makes at most a dozen requests, or in session mode one
//!   for each: who is signed in is asked anew, as an answer that is under way may be from before.
//!
//! The first letter is the configuration, a digit. Steps of eight letters follow; `step` says what they mean.

use crate::{BEGIN, Steps, Tab, token_of};
use hallpass::core::{Input, Message, PageEvent, Secret, ServerTime, SharedAccess, Status, Word};

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let digit = first.wrapping_sub(b'0') % 10;
    let mut tab = Tab::signed_in(digit);
    let (is_alone, is_session) = (matches!(digit, 2 | 6), matches!(digit, 0 | 1));
    let mut sent_before_flood = tab.sent;
    for letters in Steps::<8>::new(bytes, 120) {
        let before = tab.status();
        let (told, sent, mono) = (tab.told.len(), tab.sent, tab.mono);
        step(&mut tab, letters);
        if letters[0] == b'M' {
            assert_eq!(tab.told.len(), told, "a message is answered by a message");
            assert!(tab.sent - sent <= 3 && tab.mono == mono);
            assert!(tab.sent - sent_before_flood <= 12 || is_session);
            assert!(!is_alone || before == Status::SignedIn || tab.status() == before);
        } else {
            sent_before_flood = tab.sent;
        }
        let user = tab.snapshot().user.as_ref();
        let subject = user.and_then(|user| user.get("sub")?.as_string());
        assert!(subject.is_none_or(|subject| subject == "ada"));
    }
}

fn step(tab: &mut Tab, [what, word, login, generation, subject, access, a, b]: [u8; 8]) {
    match what {
        b'M' => {
            let message = message(tab, [word, login, generation, subject, access, a, b]);
            tab.feed(Input::Message(message));
        }
        b'Z' => tab.feed(Input::Noise {
            times: u32::from_be_bytes([word, login, generation, subject]),
        }),
        b'A' => tab.answer_all(if word == b'0' { 200 } else { 401 }),
        b'F' => tab.answer_all(503),
        b't' => tab.advance(u64::from(u16::from_be_bytes([a, b])) * 20),
        b'O' => drop(tab.calls(|call| Input::Logout { call })),
        b'L' => drop(tab.login()),
        b'R' => drop(tab.calls(|call| Input::Refresh { call })),
        b'E' => tab.store = None,
        b'P' => tab.feed(Input::Page(PageEvent::Visible)),
        b'H' => {
            tab.feed(Input::Page(PageEvent::Hidden));
            tab.feed(Input::Page(PageEvent::Restored));
        }
        _ => {}
    }
}

/// What the shell lets through: whole numbers that are not negative, as a double holds them.
fn message(tab: &Tab, [word, login, generation, subject, access, a, b]: [u8; 7]) -> Message {
    let own = tab.told.last().cloned();
    let (own_login, own_generation, own_subject) =
        own.map_or((0, 0, 0), |own| (own.login, own.generation, own.subject));
    let number = u64::from(u16::from_be_bytes([a, b]));
    let words = Word::ALL;
    Message {
        word: words[usize::from(word.wrapping_sub(b'0')) % words.len()],
        login: match login {
            b'0' => own_login,
            b'1' => own_login + 1_000,
            b'2' => 0,
            b'3' => i64::MAX,
            b'4' => own_login.saturating_sub(1_000).max(0),
            _ => BEGIN + i64::from(login) * 1_000_000,
        },
        generation: match generation {
            b'0' => own_generation,
            b'1' => own_generation + 1,
            b'2' => i64::MAX.cast_unsigned(),
            b'3' => 1 << 32,
            _ => number << (generation & 31),
        },
        subject: match subject {
            b'0' => own_subject,
            b'1' => 0,
            _ => u32::from(subject).wrapping_mul(0x0100_0193),
        },
        wait_ms: u32::from(a) << (b & 31),
        access: shared(tab, access, number),
    }
}

fn shared(tab: &Tab, access: u8, number: u64) -> Option<SharedAccess> {
    let now = tab.now().wall.0;
    let later = now + 1_000 * number.cast_signed();
    let claims = |sub: &str| token_of(&format!(r#"{{"sub":"{sub}","exp":{}}}"#, later / 1_000));
    let (token, ends_at) = match access {
        b'1' => (claims("ada"), later),
        b'2' => (claims("bob"), later),
        b'3' => ("opaque".into(), later),
        b'4' => ("eyJ.not a token".into(), later),
        b'5' => (claims("ada"), i64::MAX),
        b'6' => (String::new(), 0),
        b'7' => (claims("ada"), now - 1_000),
        _ => return None,
    };
    Some(SharedAccess {
        token: Secret::new(token),
        ends_at: ServerTime(ends_at),
        issued_at: ServerTime(now),
    })
}
