//! What the shell delivers, as inputs.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::core::{
    Answer, Body, CallId, Failure, FetchAnswer, FetchFacts, Input, LoadFailure, Message, PageEvent,
    Pass, RequestId, Said, Secret, ServerTime, SharedAccess, StoreFailure, Word, wants_step_up,
};

/// What is delivered, by number.
pub(crate) mod kind {
    #![allow(
        dead_code,
        reason = "some are for the npm package, some for the Rust API"
    )]

    // By `cargo xtask table`: kinds.
    pub(crate) const READY: u32 = 0;
    pub(crate) const LOGIN: u32 = 1;
    pub(crate) const LOGOUT: u32 = 2;
    pub(crate) const REFRESH: u32 = 3;
    pub(crate) const TOKEN: u32 = 4;
    pub(crate) const FETCH: u32 = 5;
    pub(crate) const FETCH_ANSWERED: u32 = 6;
    pub(crate) const GONE: u32 = 7;
    pub(crate) const ANSWERED: u32 = 8;
    pub(crate) const LOADED: u32 = 9;
    pub(crate) const SAVED: u32 = 10;
    pub(crate) const LOCK_GRANTED: u32 = 11;
    pub(crate) const MESSAGE: u32 = 12;
    pub(crate) const TICK: u32 = 13;
    pub(crate) const VISIBLE: u32 = 14;
    pub(crate) const RESTORED: u32 = 15;
    pub(crate) const ONLINE: u32 = 16;
    pub(crate) const STORE_CHANGED: u32 = 17;
    pub(crate) const LISTS: u32 = 18;
    pub(crate) const SNAPSHOT: u32 = 19;
    pub(crate) const CLAIMS: u32 = 20;
    pub(crate) const JOURNAL: u32 = 21;
    pub(crate) const RELEASE: u32 = 22;
    pub(crate) const HIDDEN: u32 = 23;
    pub(crate) const TOKEN_IN: u32 = 24;
    pub(crate) const RELOADED: u32 = 25;
    pub(crate) const ADOPT: u32 = 26;
    pub(crate) const FETCH_DOUBTFUL: u32 = 27;
    // End of the table.
}

/// A list from JavaScript. Its members are read in many places: each way to read one is one function in the module.
pub(crate) struct Parts(Array);

impl From<JsValue> for Parts {
    fn from(list: JsValue) -> Parts {
        Parts(list.into())
    }
}

impl Parts {
    #[inline(never)]
    pub(crate) fn text(&self, index: u32) -> Option<String> {
        self.0.get(index).as_string()
    }

    #[inline(never)]
    pub(crate) fn is_truthy(&self, index: u32) -> bool {
        self.0.get(index).is_truthy()
    }

    #[inline(never)]
    fn number(&self, index: u32) -> Option<f64> {
        self.0.get(index).as_f64()
    }

    fn truth(&self, index: u32) -> Option<bool> {
        self.0.get(index).as_bool()
    }

    /// A number that was written from one of 32 bits.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "written from a u32"
    )]
    fn count(&self, index: u32) -> Option<u32> {
        self.number(index).map(|number| number as u32)
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an HTTP status"
    )]
    fn status(&self) -> u16 {
        self.number(0).unwrap_or_default() as u16
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a date is within ±8.64e15 ms"
    )]
    #[inline(never)]
    fn milliseconds(&self, index: u32) -> Option<i64> {
        self.number(index).map(|time| time as i64)
    }
}

/// What the shell delivers. `None`: it is a question, or nothing this version knows.
#[inline(never)]
pub(crate) fn read_input(kind: u32, id: u32, payload: JsValue) -> Option<Input> {
    let call = CallId(id);
    let text = || payload.as_string();
    Some(match kind {
        kind::READY => Input::Ready { call },
        kind::LOGIN => match text() {
            Some(body) => Input::Login {
                call,
                body: Secret::new(body),
            },
            None => {
                let parts = Parts::from(payload);
                Input::LoginAt {
                    call,
                    body: Secret::new(parts.text(0)?),
                    url: parts.text(1)?,
                }
            }
        },
        kind::ADOPT => Input::Adopt {
            call,
            answer: adopted(&payload.into())?,
        },
        kind::FETCH_DOUBTFUL => Input::FetchDoubtful { call },
        kind::LOGOUT => Input::Logout { call },
        kind::REFRESH => Input::Refresh { call },
        kind::TOKEN => Input::Token { call },
        kind::FETCH => {
            let parts = payload.into();
            Input::Fetch {
                call,
                facts: facts(&parts),
                sent_by: sent_by(&parts),
            }
        }
        kind::FETCH_ANSWERED => Input::FetchAnswered {
            call,
            answer: fetch_answer(&payload.into()),
        },
        kind::GONE => Input::Gone { call },
        kind::ANSWERED => {
            let outcome = if payload.is_undefined() {
                Err(Failure::Network)
            } else if payload.is_null() {
                Err(Failure::Hook)
            } else {
                Ok(answer(&payload.into()))
            };
            Input::Answered {
                request: RequestId(id),
                outcome,
            }
        }
        kind::LOADED => Input::Loaded(match id {
            1 => Ok(text().map(Secret::new)),
            2 => Err(LoadFailure::Untrusted),
            3 => Err(LoadFailure::Unverified),
            _ => Err(LoadFailure::Broken),
        }),
        kind::SAVED => Input::Saved(if id == 1 { Ok(()) } else { Err(StoreFailure) }),
        kind::LOCK_GRANTED => Input::LockGranted { waited: id == 1 },
        kind::MESSAGE => {
            message(&payload.into()).map_or(Input::Noise { times: id }, Input::Message)
        }
        kind::TICK => Input::Tick,
        kind::RELOADED => Input::Page(PageEvent::Reloaded),
        kind::VISIBLE => Input::Page(PageEvent::Visible),
        kind::RESTORED => Input::Page(PageEvent::Restored),
        kind::HIDDEN => Input::Page(PageEvent::Hidden),
        kind::ONLINE => Input::Page(PageEvent::Online),
        kind::STORE_CHANGED => Input::Page(PageEvent::StoreChanged),
        _ => return None,
    })
}

/// Reads it back, behind the version. `None`: no tab of this version wrote it.
fn message(parts: &Parts) -> Option<Message> {
    let number = |index| parts.milliseconds(index).filter(|number| *number >= 0);
    let access = parts.text(6).and_then(|token| {
        Some(SharedAccess {
            token: Secret::new(token),
            ends_at: ServerTime(number(7)?),
            issued_at: ServerTime(number(8)?),
        })
    });
    Some(Message {
        word: Word::read(&parts.text(1)?)?,
        login: number(2)?,
        generation: number(3)?.cast_unsigned(),
        subject: u32::try_from(number(4)?).ok()?,
        wait_ms: u32::try_from(number(5)?).ok()?,
        access,
    })
}

fn facts(parts: &Parts) -> FetchFacts {
    FetchFacts {
        is_safe: parts.is_truthy(0),
        has_own_credential: parts.is_truthy(1),
        body: match parts.number(2) {
            // By `cargo xtask table`: bodies.
            Some(0.0) => Body::Empty,
            Some(1.0) => Body::Repeatable,
            _ => Body::Once,
            // End of the table.
        },
    }
}

fn sent_by(parts: &Parts) -> Option<Pass> {
    Some(Pass {
        epoch: parts.count(3)?,
        holding: parts.count(4)?,
    })
}

fn fetch_answer(parts: &Parts) -> FetchAnswer {
    FetchAnswer {
        status: parts.status(),
        is_foreign: parts.is_truthy(1),
        means_signed_out: parts.truth(2),
        csrf_moved: parts.is_truthy(3),
        wants_step_up: parts
            .text(4)
            .is_some_and(|challenges| wants_step_up(&challenges)),
        csrf_refused: parts.is_truthy(5),
    }
}

/// A token answer that no request of ours got: its text, and why it is not to be believed.
fn adopted(parts: &Parts) -> Option<Answer> {
    Some(Answer {
        status: 200,
        is_html: false,
        date: None,
        retry_after: None,
        retry_after_date: None,
        csrf_moved: false,
        csrf_refused: false,
        body: parts.text(0)?,
        untrusted: parts.text(1),
        said: None,
    })
}

fn answer(parts: &Parts) -> Answer {
    Answer {
        status: parts.status(),
        is_html: parts.is_truthy(1),
        date: parts.milliseconds(2).map(ServerTime),
        retry_after: parts.text(3),
        retry_after_date: parts.milliseconds(4),
        csrf_moved: parts.is_truthy(5),
        body: parts.text(6).unwrap_or_default(),
        untrusted: parts.text(7),
        said: parts.text(8).and_then(|word| Said::read(&word)),
        csrf_refused: parts.is_truthy(9),
    }
}
