//! What tabs tell each other, over BroadcastChannel.

use std::cell::RefCell;
use std::rc::Weak;

use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::browser::scope::{call_if_there, global};
use crate::client::Inner;
use crate::core::{Input, Message, Word};

/// Begins each message; the version follows.
const THIS: &str = "hallpass/1 ";

pub(crate) struct Channel {
    name: String,
    open: RefCell<Option<Open>>,
}

struct Open {
    channel: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    pub(crate) fn new(key: &str) -> Channel {
        Channel {
            name: ["hallpass:", key].concat(),
            open: RefCell::new(None),
        }
    }

    /// True: messages will come.
    pub(crate) fn open(&self, inner: &Weak<Inner>) -> bool {
        if self.open.borrow().is_some() {
            return true;
        }
        if global("BroadcastChannel").is_undefined() {
            return false;
        }
        let Ok(channel) = BroadcastChannel::new(&self.name) else {
            return false;
        };
        // In Node an open channel would keep the process alive.
        call_if_there(&channel, "unref");
        let inner = inner.clone();
        let listener = Closure::new(move |event: MessageEvent| {
            let data = event.data().as_string();
            let word = data
                .as_deref()
                .and_then(|text| Word::read(text.strip_prefix(THIS)?));
            if let (Some(inner), Some(word)) = (inner.upgrade(), word) {
                inner.feed(Input::Message(Message { word }));
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        *self.open.borrow_mut() = Some(Open {
            channel,
            _listener: listener,
        });
        true
    }

    pub(crate) fn close(&self) {
        if let Some(open) = self.open.borrow_mut().take() {
            open.channel.set_onmessage(None);
            open.channel.close();
        }
    }

    pub(crate) fn tell(&self, message: Message) {
        if let Some(open) = &*self.open.borrow() {
            // A channel that cannot send tells nobody: the others find out from the server.
            let _ = open
                .channel
                .post_message(&[THIS, message.word.as_str()].concat().into());
        }
    }
}
