//! Any inputs in any order, also such as no shell gives. Besides what `Tab` looks at after each: the number of effects is
//! bounded, no deadline spins, and when everything has come to its end nobody is left waiting.
//!
//! The first letter is the configuration, a digit. Steps of four letters follow; `step` says what they mean.

use crate::{Steps, Tab, plain};
use hallpass::core::{
    Body, CallId, Failure, FetchAnswer, FetchFacts, Input, LoadFailure, Message, PageEvent,
    RequestId, Secret, StoreFailure, Word,
};

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let mut tab = Tab::of_kind(first.wrapping_sub(b'0'));
    for [what, a, b, c] in Steps::<4>::new(bytes, 200) {
        step(&mut tab, what, [a, b, c]);
    }
    finish(&mut tab);
}

fn step(tab: &mut Tab, what: u8, [a, b, c]: [u8; 3]) {
    let flags = b.wrapping_sub(b'0');
    match what {
        b'L' => drop(tab.login()),
        b'O' => drop(tab.calls(|call| Input::Logout { call })),
        b'R' => drop(tab.calls(|call| Input::Refresh { call })),
        b'T' => drop(tab.calls(|call| Input::Token { call })),
        b'Y' => drop(tab.calls(|call| Input::Ready { call })),
        b'F' => {
            let facts = FetchFacts {
                is_safe: flags & 1 > 0,
                has_own_credential: flags & 2 > 0,
                body: *pick(&[Body::Empty, Body::Repeatable, Body::Once], a),
            };
            tab.calls(|call| Input::Fetch {
                call,
                facts,
                sent_by: None,
            });
        }
        b'f' if !tab.out.is_empty() => {
            let place = usize::from(a) % tab.out.len();
            let call = tab.out.remove(place);
            tab.feed(Input::FetchAnswered {
                call,
                answer: api_answer(b, c),
            });
        }
        b'G' => {
            let waiting: Vec<CallId> = tab.waiting.iter().copied().collect();
            if !waiting.is_empty() {
                tab.gone(*pick(&waiting, a));
            }
        }
        b'A' if !tab.open.is_empty() => answer(tab, a, b, c),
        b'N' if !tab.open.is_empty() => {
            let (request, _) = tab.open.remove(usize::from(a) % tab.open.len());
            let failure = *pick(&[Failure::Network, Failure::Timeout], b);
            tab.feed(Input::Answered {
                request,
                outcome: Err(failure),
            });
        }
        b'S' => {
            tab.store_fails = flags & 1 > 0;
            tab.saves_fail = flags & 2 > 0;
            tab.store_hangs(flags & 4 > 0);
        }
        b's' => tab.store = stored(a),
        b'K' => {
            tab.lock_waits = flags & 1 > 0;
            if !tab.lock_waits {
                let waited = flags & 2 > 0;
                tab.feed(Input::LockGranted { waited });
            }
        }
        b'M' => message(tab, a, b, c),
        b'P' => tab.feed(Input::Page(*pick(
            &[
                PageEvent::Visible,
                PageEvent::Hidden,
                PageEvent::Restored,
                PageEvent::Online,
                PageEvent::StoreChanged,
            ],
            a,
        ))),
        b't' => tab.advance(u64::from(a) * *pick(&[1, 100, 1_000, 5_000, 60_000], b)),
        b'J' => {
            let far = i64::from(a) * *pick(&[10, 1_000, 60_000, -1_000, -3_600_000], b);
            tab.wall += far;
            tab.feed(Input::Tick);
        }
        b'n' => nonsense(tab, a, b),
        b'X' if c == b'!' => tab.feed(Input::Dispose),
        _ => {}
    }
}

fn pick<T>(all: &[T], letter: u8) -> &T {
    &all[usize::from(letter.wrapping_sub(b'0')) % all.len()]
}

fn api_answer(status: u8, flags: u8) -> FetchAnswer {
    let flags = flags.wrapping_sub(b'0');
    FetchAnswer {
        status: *pick(&[200, 401, 403, 419, 0, 500], status),
        is_foreign: flags & 1 > 0,
        means_signed_out: (flags & 2 > 0).then_some(flags & 4 > 0),
        wants_step_up: flags & 8 > 0,
        csrf_moved: flags & 16 > 0,
        csrf_refused: false,
    }
}

fn answer(tab: &mut Tab, a: u8, b: u8, c: u8) {
    let place = usize::from(a.wrapping_sub(b'0')) % tab.open.len();
    let good = tab.good(&tab.open[place].1);
    let short = tab.tokens(5);
    let bodies = [
        good.as_str(),
        "",
        "{}",
        "<html>",
        r#"{"error":"invalid_grant"}"#,
        r#"{"error":"csrf_failed"}"#,
        r#"{"user":{"sub":"bob"}}"#,
        r#"{"access_token":"opaque"}"#,
        r#"{"access_token":"eyJ.."}"#,
        r#"{"access_token":"opaque","expires_in":1e300,"refresh_token":"r"}"#,
        short.as_str(),
    ];
    let status = *pick(&[200, 401, 403, 400, 503, 429, 419, 204, 302], b);
    let body = *pick::<&str>(&bodies, c);
    let mut answer = plain(status, body);
    answer.csrf_moved = c & 64 > 0;
    answer.retry_after = (status == 429).then(|| c.to_string());
    tab.answer(place, answer);
}

fn stored(a: u8) -> Option<String> {
    Some(
        match a {
            b'0' => return None,
            b'1' => "hallpass/1",
            b'2' => "hallpass/2 {}",
            b'3' => "somebody else's",
            b'4' => "hallpass/1 {\"logoutPending\":true}",
            b'5' => "hallpass/1 {\"attempt\":\"0123\"}",
            b'6' => {
                "hallpass/1 {\"login\":1799999999000,\"generation\":3,\"issuedAt\":1799999999000,\"skew\":0,\"access\":\"a\",\"refresh\":\"r\",\"endsAt\":1800000200000}"
            }
            b'7' => {
                "hallpass/1 {\"login\":9007199254740992,\"generation\":0,\"issuedAt\":0,\"skew\":0,\"access\":\"a\"}"
            }
            _ => "hallpass/1 {",
        }
        .into(),
    )
}

fn message(tab: &mut Tab, a: u8, b: u8, c: u8) {
    let own = tab.told.last().cloned();
    let (login, generation, subject) =
        own.map_or((0, 0, 0), |own| (own.login, own.generation, own.subject));
    tab.feed(Input::Message(Message {
        word: *pick(&Word::ALL, a),
        login: *pick(&[login, login + 5_000, 0, i64::MAX, -1], b),
        generation: *pick(&[generation, generation + 1, u64::MAX], b >> 4),
        subject: *pick(&[subject, 0, u32::MAX], c),
        wait_ms: u32::from(c) << (b & 31),
        access: None,
    }));
}

/// What no shell should say.
fn nonsense(tab: &mut Tab, a: u8, b: u8) {
    tab.is_lied_to = true;
    match a {
        b'0' => tab.feed(Input::Saved(Err(StoreFailure))),
        b'1' => tab.feed(Input::Saved(Ok(()))),
        b'2' => tab.feed(Input::Loaded(Err(*pick(
            &[
                LoadFailure::Broken,
                LoadFailure::Untrusted,
                LoadFailure::Unverified,
            ],
            b,
        )))),
        b'3' => tab.feed(Input::Loaded(Ok(stored(b).map(Secret::new)))),
        b'4' => tab.feed(Input::LockGranted { waited: true }),
        b'5' => tab.feed(Input::Answered {
            request: RequestId(u32::from(b)),
            outcome: Ok(plain(200, "{}")),
        }),
        b'6' => tab.feed(Input::Gone {
            call: CallId(u32::from(b) + 10_000),
        }),
        b'7' => tab.feed(Input::Noise { times: u32::MAX }),
        _ => tab.feed(Input::Tick),
    }
}

/// Lets everything come to its end.
fn finish(tab: &mut Tab) {
    tab.store_hangs(false);
    tab.lock_waits = false;
    tab.feed(Input::LockGranted { waited: false });
    // What a page that is left had waited for waits until it comes back.
    tab.feed(Input::Page(PageEvent::Restored));
    for _ in 0..40 {
        for call in std::mem::take(&mut tab.out) {
            tab.feed(Input::FetchAnswered {
                call,
                answer: api_answer(b'0', b'0'),
            });
        }
        tab.open.clear();
        tab.advance(20_000);
        if tab.waiting.is_empty() {
            return;
        }
    }
    panic!("{:?} wait for ever: {:?}", tab.waiting, tab.events());
}
