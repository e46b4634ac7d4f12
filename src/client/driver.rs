//! Feeds the engine and carries out its effects, one after the other.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use js_sys::Function;
use wasm_bindgen_futures::spawn_local;

use super::Hooks;
use super::slot::{Mailbox, Reply};
use crate::browser::channel::Channel;
use crate::browser::http::Http;
use crate::browser::lock::Lock;
use crate::browser::page::Page;
use crate::browser::scope;
use crate::browser::storage::{Done, Store, Work};
use crate::browser::timer::Timer;
use crate::core::{AuthError, CallId, Change, Config, Effect, Engine, Input};

type Listener = Rc<dyn Fn(&Change)>;

thread_local! {
    /// One engine for a key and page, however often a client is created.
    static ENGINES: RefCell<BTreeMap<String, Weak<Inner>>> = const { RefCell::new(BTreeMap::new()) };
}

pub(crate) struct Inner {
    engine: RefCell<Engine>,
    effects: RefCell<VecDeque<Effect>>,
    /// Effects are being carried out: what comes in meanwhile is queued behind them.
    is_busy: Cell<bool>,
    slots: RefCell<BTreeMap<CallId, Rc<RefCell<Mailbox>>>>,
    last_id: Cell<u32>,
    listeners: RefCell<BTreeMap<u32, Listener>>,
    handles: Cell<u32>,
    is_signed_out: Option<Function>,
    store: Store,
    work: RefCell<VecDeque<Work>>,
    is_working: Cell<bool>,
    page: RefCell<Option<Page>>,
    pub(crate) timer: Timer,
    pub(crate) http: Http,
    pub(crate) lock: Lock,
    pub(crate) channel: Channel,
}

impl Inner {
    /// The engine of this key, begun if there is none yet.
    pub(crate) fn open(config: Config, hooks: Hooks) -> Result<Rc<Inner>, AuthError> {
        let key = config.key().to_owned();
        let running = ENGINES.with_borrow(|engines| engines.get(&key).and_then(Weak::upgrade));
        if let Some(running) = running {
            let is_same = running.with_config(|of_running| *of_running == config);
            return if is_same {
                Ok(running)
            } else {
                Err(AuthError::config(
                    "key",
                    "is in use by a client with other options; dispose of that one, or give this one a key of its own",
                ))
            };
        }
        let inner = Rc::new(Inner {
            store: Store::new(&key, config.storage(), hooks.store),
            lock: Lock::new(&key),
            channel: Channel::new(&key),
            engine: RefCell::new(Engine::new(config, scope::now())),
            effects: RefCell::default(),
            is_busy: Cell::new(false),
            slots: RefCell::default(),
            last_id: Cell::new(0),
            listeners: RefCell::default(),
            handles: Cell::new(0),
            is_signed_out: hooks.is_signed_out,
            work: RefCell::default(),
            is_working: Cell::new(false),
            page: RefCell::default(),
            timer: Timer::default(),
            http: Http::default(),
        });
        ENGINES.with_borrow_mut(|engines| engines.insert(key, Rc::downgrade(&inner)));
        let weak = Rc::downgrade(&inner);
        let has_channel = inner.channel.open(&weak);
        *inner.page.borrow_mut() = Some(Page::listen(&weak, !has_channel));
        inner.feed(Input::Start {
            seed: scope::seed(),
        });
        Ok(inner)
    }

    /// One input, and all that follows from it. May be called from anywhere, user code included.
    pub(crate) fn feed(self: &Rc<Self>, input: Input) {
        let effects = self.engine.borrow_mut().handle(scope::now(), input);
        self.effects.borrow_mut().extend(effects);
        if self.is_busy.replace(true) {
            return;
        }
        loop {
            let next = self.effects.borrow_mut().pop_front();
            let Some(effect) = next else { break };
            self.carry_out(effect);
        }
        self.is_busy.set(false);
        let deadline = self.engine.borrow().next_deadline();
        self.timer.arm(deadline, &Rc::downgrade(self));
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Send { request, http } => self.http.send(request, http, self),
            Effect::Cancel { request } => self.http.cancel(request),
            Effect::Dispatch {
                call,
                headers,
                include_credentials,
                watch,
            } => {
                self.reply(
                    call,
                    Reply::Dispatch {
                        headers,
                        include_credentials,
                        watch,
                    },
                );
            }
            Effect::Settle { call, outcome } => self.reply(call, Reply::Settled(outcome)),
            Effect::Load => self.store(Work::Load),
            Effect::Save(value) => self.store(Work::Save(value)),
            Effect::Remove => self.store(Work::Remove),
            Effect::Lock => self.lock.ask(&Rc::downgrade(self)),
            Effect::Unlock => self.lock.let_go(),
            Effect::Tell(message) => self.channel.tell(message),
            Effect::Notify(change) => {
                let listeners: Vec<Listener> = self.listeners.borrow().values().cloned().collect();
                for listener in listeners {
                    listener(&change);
                }
            }
        }
    }

    fn reply(&self, call: CallId, reply: Reply) {
        let mailbox = self.slots.borrow().get(&call).cloned();
        if let Some(mailbox) = mailbox {
            mailbox.borrow_mut().put(reply);
        }
    }

    /// In the order of the effects, one at a time.
    fn store(self: &Rc<Self>, work: Work) {
        if self.store.is_immediate() {
            let done = self.store.carry_out(work);
            self.stored(done);
            return;
        }
        self.work.borrow_mut().push_back(work);
        if self.is_working.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            loop {
                let next = inner.work.borrow_mut().pop_front();
                let Some(work) = next else { break };
                let done = inner.store.carry_out_custom(work).await;
                inner.stored(done);
            }
            inner.is_working.set(false);
        });
    }

    fn stored(self: &Rc<Self>, done: Done) {
        self.feed(match done {
            Done::Loaded(result) => Input::Loaded(result),
            Done::Saved(result) => Input::Saved(result),
        });
    }

    pub(crate) fn with_engine<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.engine.borrow())
    }

    pub(crate) fn with_config<T>(&self, look: impl FnOnce(&Config) -> T) -> T {
        look(self.engine.borrow().config())
    }

    /// The name of this client.
    pub(crate) fn key(&self) -> String {
        self.with_config(|config| config.key().to_owned())
    }

    pub(crate) fn rule(&self) -> Option<Function> {
        self.is_signed_out.clone()
    }

    pub(crate) fn open_slot(&self, mailbox: Rc<RefCell<Mailbox>>) -> CallId {
        let id = CallId(self.next_id());
        self.slots.borrow_mut().insert(id, mailbox);
        id
    }

    /// True: it was still open.
    pub(crate) fn close_slot(&self, id: CallId) -> bool {
        self.slots.borrow_mut().remove(&id).is_some()
    }

    pub(crate) fn subscribe(&self, listener: Listener) -> u32 {
        let id = self.next_id();
        self.listeners.borrow_mut().insert(id, listener);
        id
    }

    pub(crate) fn unsubscribe(&self, id: u32) {
        // The listener may own what owns us: it is dropped outside the borrow.
        let removed = self.listeners.borrow_mut().remove(&id);
        drop(removed);
    }

    fn next_id(&self) -> u32 {
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        id
    }

    pub(crate) fn retain(&self) {
        self.handles.set(self.handles.get().saturating_add(1));
    }

    pub(crate) fn release(self: &Rc<Self>) {
        let left = self.handles.get().saturating_sub(1);
        self.handles.set(left);
        if left > 0 {
            return;
        }
        let key = self.key();
        ENGINES.with_borrow_mut(|engines| {
            let is_this = engines
                .get(&key)
                .is_some_and(|engine| engine.as_ptr() == Rc::as_ptr(self));
            if is_this {
                engines.remove(&key);
            }
        });
        self.feed(Input::Dispose);
        self.page.borrow_mut().take();
        let listeners = std::mem::take(&mut *self.listeners.borrow_mut());
        drop(listeners);
        self.channel.close();
    }
}
