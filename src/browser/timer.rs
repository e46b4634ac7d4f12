//! One `setTimeout` for the engine's next deadline.

use std::cell::RefCell;
use std::rc::Weak;

use wasm_bindgen::prelude::*;

use crate::browser::scope::{call_if_there, clear_timeout, now, set_timeout};
use crate::client::Inner;
use crate::core::{Input, Mono};

/// `setTimeout` takes 2³¹ − 1 ms at most. An early wake-up asks for the rest.
const LONGEST_MS: u64 = 3_600_000;

#[derive(Default)]
pub(crate) struct Timer(RefCell<State>);

#[derive(Default)]
struct State {
    at: Option<Mono>,
    handle: Option<JsValue>,
    callback: Option<Closure<dyn FnMut()>>,
}

impl Timer {
    pub(crate) fn arm(&self, at: Option<Mono>, inner: &Weak<Inner>) {
        let mut state = self.0.borrow_mut();
        if state.at == at && state.handle.is_some() {
            return;
        }
        if let Some(handle) = state.handle.take() {
            clear_timeout(&handle);
        }
        state.at = at;
        let Some(at) = at else { return };
        let inner = inner.clone();
        let callback = state.callback.get_or_insert_with(|| {
            Closure::new(move || {
                if let Some(inner) = inner.upgrade() {
                    inner.timer.fired();
                    inner.feed(Input::Tick);
                }
            })
        });
        let wait =
            at.0.saturating_sub(now().mono.0)
                .saturating_add(1)
                .min(LONGEST_MS);
        let wait = i32::try_from(wait).unwrap_or(i32::MAX);
        let handle = set_timeout(callback.as_ref().unchecked_ref(), wait);
        // In Node a timer would keep the process alive.
        call_if_there(&handle, "unref");
        state.handle = Some(handle);
    }

    fn fired(&self) {
        self.0.borrow_mut().handle = None;
    }
}
