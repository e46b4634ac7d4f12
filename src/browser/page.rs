//! What happens to the page and the device.

use std::rc::Weak;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Event, StorageEvent};

use crate::browser::scope::{global, member, object};
use crate::client::Inner;
use crate::core::{Input, PageEvent};

/// Listens until dropped.
pub(crate) struct Page {
    stop: Option<AbortController>,
    _listener: Closure<dyn FnMut(Event)>,
}

impl Page {
    /// `watches_store`: there is no channel that would tell of writes in other tabs.
    pub(crate) fn listen(inner: &Weak<Inner>, watches_store: bool) -> Page {
        let inner = inner.clone();
        let listener = Closure::new(move |event: Event| {
            if let Some(inner) = inner.upgrade() {
                deliver(&inner, &event);
            }
        });
        let stop = AbortController::new().ok();
        if let Some(stop) = &stop {
            let options = object(&[("signal", stop.signal().into())]);
            let listen = |target: &JsValue, name: &str| {
                if let Some(add) = member(target, "addEventListener").dyn_ref::<Function>() {
                    let _ = add.call3(target, &name.into(), listener.as_ref(), &options);
                }
            };
            let scope = js_sys::global();
            for name in ["online", "pageshow", "pagehide"] {
                listen(&scope, name);
            }
            if watches_store {
                listen(&scope, "storage");
            }
            listen(&global("document"), "visibilitychange");
        }
        Page {
            stop,
            _listener: listener,
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            stop.abort();
        }
    }
}

fn deliver(inner: &std::rc::Rc<Inner>, event: &Event) {
    let page_event = match event.type_().as_str() {
        "online" => PageEvent::Online,
        "visibilitychange" => {
            if member(&global("document"), "visibilityState")
                .as_string()
                .as_deref()
                != Some("visible")
            {
                return;
            }
            PageEvent::Visible
        }
        // An open channel would keep the page out of the back/forward cache.
        "pagehide" => {
            inner.channel.close();
            return;
        }
        "pageshow" => {
            inner.channel.open(&std::rc::Rc::downgrade(inner));
            if member(event, "persisted").is_falsy() {
                return;
            }
            PageEvent::Restored
        }
        "storage" => {
            let ours = event.dyn_ref::<StorageEvent>().is_some_and(|event| {
                event
                    .key()
                    .is_none_or(|key| key.strip_prefix("hallpass:") == Some(inner.key().as_str()))
            });
            if !ours {
                return;
            }
            PageEvent::StoreChanged
        }
        _ => return,
    };
    inner.feed(Input::Page(page_event));
}
