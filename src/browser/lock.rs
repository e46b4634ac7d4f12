//! The lock between tabs, over the Web Locks API.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use crate::browser::scope::{global, member, object};
use crate::client::Inner;
use crate::core::Input;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

pub(crate) struct Lock {
    name: String,
    /// Counts the requests: a grant that comes after the wait was given up is let go at once.
    wanted: Cell<u32>,
    state: RefCell<State>,
}

enum State {
    Free,
    Asked(AbortController),
    /// Calling it lets go.
    Held(Function),
}

impl Lock {
    pub(crate) fn new(key: &str) -> Lock {
        Lock {
            name: ["hallpass:", key].concat(),
            wanted: Cell::new(0),
            state: RefCell::new(State::Free),
        }
    }

    pub(crate) fn ask(&self, inner: &Weak<Inner>) {
        let locks = member(&global("navigator"), "locks");
        let controller = AbortController::new();
        let (Ok(controller), false) = (controller, locks.is_undefined()) else {
            Self::granted_without(inner);
            return;
        };
        let ticket = self.wanted.get().wrapping_add(1);
        self.wanted.set(ticket);
        let options = object(&[("signal", controller.signal().into())]);
        *self.state.borrow_mut() = State::Asked(controller);
        let callback = {
            let inner = inner.clone();
            Closure::once_into_js(move || -> JsValue {
                let Some(inner) = inner.upgrade() else {
                    return JsValue::UNDEFINED;
                };
                inner.lock.hold(ticket, &inner)
            })
        };
        let request = locks.unchecked_into::<LockManager>().request(
            &self.name,
            &options,
            callback.unchecked_ref(),
        );
        let inner = inner.clone();
        spawn_local(async move {
            let failed = match request {
                Ok(promise) => JsFuture::from(promise).await.is_err(),
                Err(_) => true,
            };
            // Given up by ourselves, or refused by the browser (opaque origin, page going away).
            if failed
                && inner
                    .upgrade()
                    .is_some_and(|inner| inner.lock.is_asked(ticket))
            {
                Self::granted_without(&inner);
            }
        });
    }

    pub(crate) fn let_go(&self) {
        self.wanted.set(self.wanted.get().wrapping_add(1));
        match self.state.replace(State::Free) {
            State::Free => {}
            State::Asked(controller) => controller.abort(),
            State::Held(release) => {
                let _ = release.call0(&JsValue::UNDEFINED);
            }
        }
    }

    fn hold(&self, ticket: u32, inner: &Rc<Inner>) -> JsValue {
        if !self.is_asked(ticket) {
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        if let Some(release) = release {
            *self.state.borrow_mut() = State::Held(release);
        }
        inner.feed(Input::LockGranted);
        held.into()
    }

    fn is_asked(&self, ticket: u32) -> bool {
        self.wanted.get() == ticket && matches!(*self.state.borrow(), State::Asked(_))
    }

    /// Where there is no such lock, one tab is as good as alone.
    fn granted_without(inner: &Weak<Inner>) {
        if let Some(inner) = inner.upgrade() {
            inner.feed(Input::LockGranted);
        }
    }
}
