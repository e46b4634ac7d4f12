//! A page around one engine, as little of it as the benchmarks need: a store, a free lock, a clock that is set by hand.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass::core::{
    Answer, Body, CallId, Config, Effect, Engine, FetchAnswer, FetchFacts, Input, Message, Mode,
    Mono, Now, Options, RequestId, Secret, ServerTime, Status, StorageKind, Urls, Wall,
};

#[allow(unreachable_pub, reason = "a module of the tests")]
#[path = "../../../../tests/engine/urls.rs"]
mod urls;

const BEGIN: i64 = 1_800_000_000_000;
const LIFETIME: i64 = 300;

pub(crate) const URLS: urls::HostUrls<'static> = urls::HostUrls(Some("https://app.test/page"));

/// A GET.
const GET: FetchFacts = FetchFacts {
    is_safe: true,
    has_own_credential: false,
    body: Body::Empty,
};

const OK: FetchAnswer = FetchAnswer {
    status: 200,
    is_foreign: false,
    means_signed_out: None,
    wants_step_up: false,
    csrf_moved: false,
    csrf_refused: false,
};

#[derive(Clone)]
pub(crate) struct Page {
    engine: Engine,
    mono: u64,
    store: Option<Secret>,
    /// The engine's own request that is out.
    open: Option<RequestId>,
    told: Option<Message>,
    last_call: u32,
    /// What has been done so far.
    pub(crate) done: Done,
}

/// How often each was done: what a benchmark looks at to know that it measures what it says.
#[derive(Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) dispatched: usize,
    pub(crate) settled: usize,
    pub(crate) notified: usize,
}

impl Page {
    /// Before the first input. It keeps tokens in `localStorage`.
    pub(crate) fn idle() -> Result<Page> {
        Ok(Page {
            engine: Engine::new(config()?, now(0)),
            mono: 0,
            store: None,
            open: None,
            told: None,
            last_call: 0,
            done: Done::default(),
        })
    }

    /// One that a reload finds signed in, as far as the store goes.
    pub(crate) fn with_session() -> Result<Page> {
        let store = Page::signed_in()?.store;
        Ok(Page {
            store,
            ..Page::idle()?
        })
    }

    /// A login has been sent.
    pub(crate) fn at_login() -> Result<Page> {
        let mut page = Page::idle()?;
        page.start();
        let call = page.next_call();
        let body = Secret::new(r#"{"email":"ada@example.com","password":"correct horse"}"#.into());
        page.feed(Input::Login { call, body });
        Ok(page)
    }

    /// With a token that is good.
    pub(crate) fn signed_in() -> Result<Page> {
        let mut page = Page::at_login()?;
        page.answer_tokens()?;
        ensure!(
            page.engine.snapshot().status == Status::SignedIn,
            "the login did not sign in"
        );
        Ok(page)
    }

    /// The token is good, and so many calls are out.
    pub(crate) fn with_calls_out(count: usize) -> Result<Page> {
        let mut page = Page::signed_in()?;
        for _ in 0..count {
            page.fetch();
        }
        ensure!(page.done.dispatched == count, "a call waits");
        Ok(page)
    }

    /// The token is due, the refresh is out, and so many calls wait for it.
    pub(crate) fn with_calls_waiting(count: usize) -> Result<Page> {
        let mut page = Page::signed_in()?;
        page.mono = 1_000 * LIFETIME.unsigned_abs();
        for _ in 0..count {
            page.fetch();
        }
        ensure!(
            page.open.is_some() && page.done.dispatched == 0,
            "a call does not wait"
        );
        Ok(page)
    }

    /// A page that has yet to hear that another tab has refreshed, and what that tab says.
    pub(crate) fn behind() -> Result<(Page, Message)> {
        let mut other = Page::with_calls_waiting(1)?;
        other.answer_tokens()?;
        let message = other.told.context("the other tab tells nothing")?;
        let page = Page {
            store: other.store,
            mono: other.mono,
            ..Page::signed_in()?
        };
        Ok((page, message))
    }

    pub(crate) fn start(&mut self) {
        self.feed(Input::Start { seed: 42 });
    }

    pub(crate) fn fetch(&mut self) -> CallId {
        let call = self.next_call();
        self.feed(Input::Fetch {
            call,
            facts: GET,
            sent_by: None,
        });
        call
    }

    pub(crate) fn answered(&mut self, call: CallId) {
        self.feed(Input::FetchAnswered { call, answer: OK });
    }

    pub(crate) fn token(&mut self) {
        let call = self.next_call();
        self.feed(Input::Token { call });
    }

    pub(crate) fn message(&mut self, message: Message) {
        self.feed(Input::Message(message));
    }

    /// The answer to the request that is out, with tokens.
    pub(crate) fn token_answer(&self) -> Result<(RequestId, Answer)> {
        let request = self.open.context("no request is out")?;
        let seconds = now(self.mono).wall.0 / 1_000;
        let token = jwt(&claims(seconds));
        let body = format!(
            r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{LIFETIME},"refresh_token":"r-{}"}}"#,
            self.mono
        );
        let answer = Answer {
            status: 200,
            is_html: false,
            date: Some(ServerTime(1_000 * seconds)),
            retry_after: None,
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body,
            untrusted: None,
            said: None,
        };
        Ok((request, answer))
    }

    pub(crate) fn answer(&mut self, (request, answer): (RequestId, Answer)) {
        self.feed(Input::Answered {
            request,
            outcome: Ok(answer),
        });
    }

    fn answer_tokens(&mut self) -> Result<()> {
        let answer = self.token_answer()?;
        self.answer(answer);
        Ok(())
    }

    fn next_call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    fn feed(&mut self, input: Input) {
        let mut next = Some(input);
        let mut later = Vec::new();
        while let Some(input) = next {
            for effect in self.engine.handle(now(self.mono), input) {
                later.extend(self.carry_out(effect));
            }
            next = later.pop();
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send { request, .. } => self.open = Some(request),
            Effect::Dispatch { .. } => self.done.dispatched += 1,
            Effect::Settle { .. } => self.done.settled += 1,
            Effect::Notify(_) => self.done.notified += 1,
            Effect::Tell(message) => self.told = Some(message),
            Effect::Load => return Some(Input::Loaded(Ok(self.store.clone()))),
            Effect::Save(record) => {
                self.store = Some(record);
                return Some(Input::Saved(Ok(())));
            }
            Effect::Remove => {
                self.store = None;
                return Some(Input::Saved(Ok(())));
            }
            Effect::Lock => return Some(Input::LockGranted { waited: false }),
            Effect::Cancel { .. } | Effect::Unlock => {}
        }
        None
    }
}

/// Tokens in `localStorage`, as most apps have it that come with a JWT.
pub(crate) fn options() -> Options {
    Options {
        storage: Some(StorageKind::Local),
        ..Options::new(Mode::Jwt)
    }
}

fn config() -> Result<Config> {
    check(options(), &URLS)
}

pub(crate) fn check(options: Options, urls: &dyn Urls) -> Result<Config> {
    // What an error says for people is in its code and detail; it is no `std::error::Error` to everybody.
    options
        .check(urls)
        .map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn now(mono: u64) -> Now {
    Now {
        mono: Mono(mono),
        wall: Wall(BEGIN.saturating_add_unsigned(mono)),
    }
}

fn claims(seconds: i64) -> String {
    let end = seconds + LIFETIME;
    format!(r#"{{"sub":"ada","iat":{seconds},"exp":{end}}}"#)
}

/// A JWT of at least so many bytes: what one grows by is what its bearer may do.
pub(crate) fn jwt_of(bytes: usize) -> String {
    let mut roles = String::from(r#""user""#);
    loop {
        let token = jwt(&format!(
            r#"{{"sub":"ada","iat":1800000000,"exp":1800000300,"roles":[{roles}]}}"#
        ));
        if token.len() >= bytes {
            return token;
        }
        roles.push_str(r#","editor""#);
    }
}

fn jwt(claims: &str) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    [
        part(br#"{"alg":"ES256"}"#),
        part(claims.as_bytes()),
        part(&[7; 64]),
    ]
    .join(".")
}
