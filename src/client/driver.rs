//! Feeds the engine and carries out its effects, one after the other.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::browser::delivered::{Parts, kind, read_input};
use crate::browser::scope::now;
use crate::browser::shell::{Shell, header_list, message_list, shell_of};
#[cfg(feature = "js")]
use crate::browser::values::journal_line;
use crate::browser::values::{error_list, json_value, snapshot_list, text_or_null};
use crate::browser::{scope, storage};
use crate::core::{
    Config, Effect, Engine, Fault, Input, Misconfigured, Mono, Now, Origin, Outcome, Pass, Secret,
    StorageKind, Tokens, Url, Watch,
};

thread_local! {
    /// One engine for a key and page, however often a client is created.
    static ENGINES: RefCell<Vec<Weak<Inner>>> = const { RefCell::new(Vec::new()) };
}

pub(crate) struct Inner {
    engine: RefCell<Engine>,
    effects: RefCell<Vec<Effect>>,
    /// What the shell knows of.
    pass: Cell<Option<(Pass, Mono)>>,
    deadline: Cell<Option<Mono>>,
    /// Effects are being carried out: what comes in meanwhile is queued behind them.
    is_busy: Cell<bool>,
    storage: StorageKind,
    /// The shell has a store of the app's, or one that the package made, in place of Web Storage.
    has_own_store: bool,
    store_key: String,
    handles: Cell<u32>,
    /// Requests of the engine's own that are out, and what its store has not answered. While there are any, or a client, `kept`
    /// holds the engine: a refresh is heard and written even when the last client is gone.
    out: Cell<u32>,
    /// The last client is gone.
    is_over: Cell<bool>,
    kept: RefCell<Option<Rc<Inner>>>,
    pub(crate) shell: Shell,
    _deliver: Closure<Deliver>,
}

type Deliver = dyn Fn(u32, u32, JsValue) -> JsValue;

/// What an app or the package brings beside the options.
pub(crate) struct Setup {
    /// A list for the shell: what makes errors, the app's rule, a store in place of Web Storage, what verifies tokens, what takes
    /// the place of Web Locks. All but the first may be missing.
    pub(crate) parts: JsValue,
    /// Whether there is such a store.
    pub(crate) has_own_store: bool,
}

impl Inner {
    /// The engine of this key, begun if there is none yet.
    pub(crate) fn open(config: Config, setup: Setup) -> Result<Rc<Inner>, Misconfigured> {
        if let Some(running) = running(config.key()) {
            let is_same = *running.engine.borrow().config() == config;
            return if is_same {
                Ok(running)
            } else {
                Err(Misconfigured {
                    option: "key",
                    fault: Fault::KeyInUse,
                })
            };
        }
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| {
            let ear = weak.clone();
            let deliver = Closure::<Deliver>::new(move |kind, id, payload| {
                ear.upgrade()
                    .map_or(JsValue::UNDEFINED, |inner| inner.hear(kind, id, payload))
            });
            let shell = shell_of(
                deliver.as_ref(),
                config.key(),
                config.base(),
                config.header(),
                config.longest_hold_ms(),
                &setup.parts,
            );
            Inner {
                shell,
                storage: config.storage(),
                has_own_store: setup.has_own_store,
                store_key: ["hallpass:", config.key()].concat(),
                engine: RefCell::new(Engine::new(config, now())),
                effects: RefCell::default(),
                pass: Cell::new(None),
                deadline: Cell::new(None),
                is_busy: Cell::new(false),
                handles: Cell::new(0),
                out: Cell::new(0),
                is_over: Cell::new(false),
                kept: RefCell::new(None),
                _deliver: deliver,
            }
        });
        ENGINES.with_borrow_mut(|engines| engines.push(Rc::downgrade(&inner)));
        inner.shell.listen();
        inner.feed(Input::Start {
            seed: scope::seed(),
        });
        Ok(inner)
    }

    fn hear(self: &Rc<Self>, kind: u32, id: u32, payload: JsValue) -> JsValue {
        match kind {
            // It has run off, perhaps before the deadline.
            kind::TICK => self.deadline.set(None),
            kind::LISTS => return self.lists(&payload.into()).into(),
            kind::TOKEN_IN => return self.token_in(&payload, id == 1),
            #[cfg(feature = "js")]
            kind::SNAPSHOT => {
                let engine = self.engine.borrow();
                let version = engine.version();
                let is_known = version == id;
                return if is_known {
                    JsValue::UNDEFINED
                } else {
                    snapshot_list(version.into(), engine.snapshot()).into()
                };
            }
            #[cfg(feature = "js")]
            kind::CLAIMS => return json_value(self.engine.borrow().claims()),
            #[cfg(feature = "js")]
            kind::JOURNAL => {
                let engine = self.engine.borrow();
                return engine.journal().map(journal_line).collect::<Array>().into();
            }
            #[cfg(feature = "js")]
            kind::RELEASE => self.release(),
            kind::ANSWERED | kind::LOADED | kind::SAVED => {
                self.out.set(self.out.get().saturating_sub(1));
            }
            _ => {}
        }
        if let Some(input) = read_input(kind, id, payload) {
            self.feed(input);
        }
        self.end_if_idle();
        JsValue::UNDEFINED
    }

    fn lists(&self, parts: &Parts) -> bool {
        let text = |index| parts.text(index).unwrap_or_default();
        let url = Url {
            protocol: text(0),
            origin: text(1),
            ..Url::default()
        };
        let engine = self.engine.borrow();
        Origin::of(&url).is_some_and(|origin| engine.config().lists(origin.as_str()))
    }

    fn token_in(&self, text: &JsValue, is_stored: bool) -> JsValue {
        let text = text.as_string().unwrap_or_default();
        let engine = self.engine.borrow();
        let (token, time) = engine.token_in(&text, is_stored, now());
        #[allow(clippy::cast_precision_loss, reason = "a date")]
        let time = time as f64;
        let token = token.map_or(JsValue::NULL, |token| token.expose().into());
        Array::of2(&token, &time.into()).into()
    }

    /// One input, and all that follows from it. May be called from anywhere, user code included.
    pub(crate) fn feed(self: &Rc<Self>, input: Input) {
        let begin = now();
        let effects = self.engine.borrow_mut().handle(begin, input);
        self.effects.borrow_mut().extend(effects);
        // Before any effect: a listener may call, and must not go by what is over.
        self.show_pass(begin);
        if self.is_busy.replace(true) {
            return;
        }
        loop {
            // Effects that come meanwhile are behind these.
            let effects = self.effects.take();
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.is_busy.set(false);
        let deadline = self.engine.borrow().next_deadline();
        if self.deadline.replace(deadline) != deadline {
            #[allow(clippy::cast_precision_loss, reason = "milliseconds")]
            let wait = |at: Mono| at.0.saturating_sub(now().mono.0).saturating_add(1) as f64;
            self.shell.arm(deadline.map(wait));
        }
        self.end_if_idle();
    }

    /// Or that there is none: one that has ended.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53, or for ever")]
    fn show_pass(&self, now: Now) {
        let engine = self.engine.borrow();
        let pass = engine.pass();
        if self.pass.replace(pass) == pass {
            return;
        }
        let clocks = now.wall.0.wrapping_sub(now.mono.0.cast_signed()) as f64;
        let credential = engine.credential();
        let (pass, Mono(until)) = pass.unwrap_or_default();
        self.shell.admit(
            until as f64,
            clocks,
            credential.as_ref().map(Secret::expose),
            pass.epoch,
            pass.holding,
        );
    }

    #[inline(never)]
    fn carry_out(self: &Rc<Self>, effect: Effect) {
        let shell = &self.shell;
        match effect {
            Effect::Send { request, http } => {
                self.begin();
                let body = http.body.as_ref();
                let Tokens { access, refresh } = &http.tokens;
                shell.send(
                    request.0,
                    http.kind as u32,
                    http.method,
                    &http.url,
                    header_list(&http.headers),
                    body.map(|(body, _)| body.expose()),
                    body.map(|(_, media_type)| *media_type),
                    http.include_credentials,
                    http.keepalive,
                    http.redirects as u32,
                    http.brings_token,
                    access.as_ref().map(Secret::expose),
                    refresh.as_ref().map(Secret::expose),
                );
            }
            Effect::Cancel { request } => shell.cancel(request.0),
            Effect::Dispatch {
                call,
                headers,
                include_credentials,
                refuse_redirects,
                watch,
            } => {
                let keep = watch == (Watch::Yes { keep_body: true });
                shell.dispatch(
                    call.0,
                    header_list(&headers),
                    include_credentials,
                    refuse_redirects,
                    watch != Watch::No,
                    keep,
                );
            }
            Effect::Settle { call, outcome } => match outcome {
                Ok(Outcome::User(user)) => shell.settle(call.0, &json_value(user.as_ref())),
                Ok(Outcome::Token(token)) => {
                    let token = token.map_or(JsValue::NULL, |token| token.expose().into());
                    shell.settle(call.0, &token);
                }
                Ok(Outcome::Done) => shell.settle(call.0, &JsValue::UNDEFINED),
                Ok(Outcome::Answer) => shell.settle_answer(call.0),
                Err(error) => {
                    shell.fail(
                        call.0,
                        error.code.as_str(),
                        &error.message(),
                        error_list(&error),
                    );
                }
            },
            Effect::Load if self.has_own_store => {
                self.begin();
                shell.load();
            }
            Effect::Save(value) if self.has_own_store => {
                self.begin();
                shell.save(value.expose());
            }
            Effect::Remove if self.has_own_store => {
                self.begin();
                shell.remove();
            }
            Effect::Load => self.feed(Input::Loaded(storage::load(self.storage, &self.store_key))),
            Effect::Save(value) => {
                self.feed(Input::Saved(storage::save(
                    self.storage,
                    &self.store_key,
                    &value,
                )));
            }
            Effect::Remove => {
                self.feed(Input::Saved(storage::remove(self.storage, &self.store_key)))
            }
            Effect::Lock => shell.lock(),
            Effect::Unlock => shell.unlock(),
            Effect::Tell(message) => shell.tell(message_list(&message)),
            Effect::Notify(change) => {
                let parts = snapshot_list(change.event.as_str().into(), &change.snapshot);
                for words in &change.ended_by {
                    parts.push(&text_or_null(words.as_deref()));
                }
                shell.notify(parts);
            }
        }
    }

    #[cfg(not(feature = "js"))]
    pub(crate) fn with_engine<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.engine.borrow())
    }

    /// One client more.
    pub(crate) fn retain(self: &Rc<Self>) {
        self.handles.set(self.handles.get().saturating_add(1));
        *self.kept.borrow_mut() = Some(Rc::clone(self));
    }

    pub(crate) fn release(self: &Rc<Self>) {
        let left = self.handles.get().saturating_sub(1);
        self.handles.set(left);
        if left > 0 {
            return;
        }
        ENGINES.with_borrow_mut(|engines| {
            engines
                .retain(|engine| engine.strong_count() > 0 && engine.as_ptr() != Rc::as_ptr(self));
        });
        self.is_over.set(true);
        self.feed(Input::Dispose);
    }

    /// Something goes out that will be answered.
    fn begin(self: &Rc<Self>) {
        self.out.set(self.out.get().saturating_add(1));
        *self.kept.borrow_mut() = Some(Rc::clone(self));
    }

    /// Once the last client is gone, and all is carried out that came before: a listener may dispose of it, and what the other tabs
    /// are told is behind that. Until what is out has come back the timer goes on: a refresh that hangs would keep the lock.
    fn end_if_idle(&self) {
        if !self.is_over.get() || self.is_busy.get() {
            return;
        }
        self.shell.close();
        if self.out.get() == 0 {
            self.shell.end();
            let kept = self.kept.borrow_mut().take();
            drop(kept);
        }
    }
}

fn running(key: &str) -> Option<Rc<Inner>> {
    ENGINES.with_borrow(|engines| {
        engines
            .iter()
            .filter_map(Weak::upgrade)
            .find(|engine| engine.engine.borrow().config().key() == key)
    })
}
